#pragma once
// The subcommands of shixunctl: one file each, each adds itself to the command line and sets the exit code when it runs.

#include <CLI/CLI.hpp>

#include "engine/base/result.h"

namespace shixun {

void add_check(CLI::App& app, int& exit_code);
void add_grade(CLI::App& app, int& exit_code);
void add_results(CLI::App& app, int& exit_code);
void add_pack(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_handbook(CLI::App& app, int& exit_code);
void add_upload(CLI::App& app, int& exit_code);
void add_judge(CLI::App& app, int& exit_code);  // and dispute

int report(const Error& error);  // prints it to stderr, gives its exit code

}  // namespace shixun
