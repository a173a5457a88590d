#pragma once
// The subcommands of shixunctl: one file each, each adds itself to the command line and sets the exit code when it runs.

#include <CLI/CLI.hpp>

#include "engine/base/file.h"
#include "engine/base/result.h"
#include "engine/base/text.h"
#include "engine/records/keys.h"

namespace shixun {

void add_check(CLI::App& app, int& exit_code);
void add_grade(CLI::App& app, int& exit_code);
void add_results(CLI::App& app, int& exit_code);
void add_pack(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_handbook(CLI::App& app, int& exit_code);
void add_upload(CLI::App& app, int& exit_code);
void add_judge(CLI::App& app, int& exit_code);  // and dispute
void add_keys(CLI::App& app, int& exit_code);
void add_proctor(CLI::App& app, int& exit_code);
void add_token(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);
void add_cmi5(CLI::App& app, int& exit_code);
void add_credential(CLI::App& app, int& exit_code);

// The private part of a key of this machine: with the passphrase from the file (mode 0600), or typed at the terminal where the key has one.
Result<PrivateKey> unlock(const KnownKey& key, const std::string& passphrase_file);

// A journal's file, by its name or by the id of an attempt on this machine.
Result<fs::path> journal_named(const std::string& name);

// A page to print, to a file (whose name is told) or to the terminal; and the languages of --lang, both when it is empty.
int write_page(const std::string& html, const std::string& out);
std::vector<Lang> langs_of(const std::string& lang);

// Options that many have.
void add_lang(CLI::App* command, std::string& lang);                        // --lang
void add_passphrase_file(CLI::App* command, std::string& passphrase_file);  // --passphrase-file

int report(const Error& error);  // prints it to stderr, gives its exit code

}  // namespace shixun
