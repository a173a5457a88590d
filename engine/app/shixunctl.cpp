// shixunctl: packs, scores and records without graphics. Runs on a school server with no GPU and no display.

#include "engine/app/ctl.h"

#include <fmt/format.h>

#include <csignal>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/base/process.h"
#include "engine/records/store.h"

namespace shixun {

int report(const Error& error) {
  fmt::print(stderr, "shixunctl: {}\n", error.text());
  return static_cast<int>(error.code);
}

Result<fs::path> journal_named(const std::string& name) {
  std::error_code ec;
  if (!is_uuid(name) || fs::exists(name, ec)) return fs::path(name);
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  return store->journal_path(name);
}

int write_page(const std::string& html, const std::string& out) {
  if (out.empty()) {
    fmt::print("{}", html);
    return 0;
  }
  if (auto s = write_file(out, html); !s) return report(s.error());
  fmt::print(stderr, "{}\n", out);
  return 0;
}

std::vector<Lang> langs_of(const std::string& lang) {
  if (lang.empty()) return {Lang::kZh, Lang::kEn};
  return {lang == "en" ? Lang::kEn : Lang::kZh};
}

void add_lang(CLI::App* command, std::string& lang) { command->add_option("--lang", lang, "zh-CN (default) or en")->check(CLI::IsMember({"zh-CN", "en"})); }

void add_passphrase_file(CLI::App* command, std::string& passphrase_file) {
  command->add_option("--passphrase-file", passphrase_file, "File (mode 0600) with the key's passphrase; default: typed at the terminal");
}

}  // namespace shixun

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  shixun::init_log();
  shixun::write_no_core_files();
  CLI::App app("shixunctl: check and pack packs, print handbook pages, grade, judge, verify and explain journals, list and send results, keep keys. Exit codes: 0 ok, 1 a check failed, 2 usage, 3 environment.");
  app.set_version_flag("--version", SHIXUN_VERSION);
  app.require_subcommand(1);
  int exit_code = 0;
  shixun::add_check(app, exit_code);
  shixun::add_grade(app, exit_code);
  shixun::add_results(app, exit_code);
  shixun::add_pack(app, exit_code);
  shixun::add_explain(app, exit_code);
  shixun::add_handbook(app, exit_code);
  shixun::add_upload(app, exit_code);
  shixun::add_judge(app, exit_code);
  shixun::add_keys(app, exit_code);
  shixun::add_token(app, exit_code);
  shixun::add_proctor(app, exit_code);
  shixun::add_cmi5(app, exit_code);
  shixun::add_verify(app, exit_code);
  shixun::add_credential(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  return exit_code;
}
