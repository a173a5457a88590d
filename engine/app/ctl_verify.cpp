// shixunctl verify FILE...: is this evidence whole, who vouches for it, does it score the same again.

#include <fmt/format.h>

#include <memory>

#include "engine/app/ctl.h"
#include "engine/base/json.h"
#include "engine/records/package.h"

namespace shixun {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string pack, lang = "zh-CN";
  bool as_json = false;
};

int run(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  PackShelf packs(o.pack);
  int worst = 0;
  const Lang lang = o.lang == "en" ? Lang::kEn : Lang::kZh;
  for (const std::string& file : o.files) {
    if (looks_like_package(file)) {
      const VerifiedPackage v = verify_package(file, *keys, packs);
      fmt::print("{}", o.as_json ? canonical(to_json(v)) + "\n" : verification_text(v, lang));
      if (!v.good()) worst = 1;
      continue;
    }
    const Verification v = verify_journal(fs::path(file), *keys, packs);
    if (o.as_json) fmt::print("{}\n", canonical(to_json(v)));
    else fmt::print("{}", verification_text(v, lang));
    if (!v.good()) worst = 1;
  }
  return worst;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("verify", "Is this evidence whole, who vouches for it, does it score the same again; exit 1 when anything is not as it should be. Needs no network");
  cmd->add_option("file", o->files, "Journals, and packages of results (results export --package)")->required();
  cmd->add_option("--pack", o->pack, "The pack to score with: a folder or a .shixun file (default: found by the name in the journal)");
  add_lang(cmd, o->lang);
  cmd->add_flag("--json", o->as_json, "One JSON object for each file");
  cmd->callback([=, &exit_code] { exit_code = run(*o); });
}

}  // namespace shixun
