// shixunctl handbook PACK/EXERCISE: what a trainee and a teacher need to know of an exercise, as a page to print.

#include "engine/app/ctl.h"
#include "engine/records/handbook.h"

namespace shixun {

namespace {

int run(const std::string& ref, const std::string& lang, const std::string& out) {
  auto found = find_exercise(ref);
  if (!found) return report(found.error());
  const PackLoad load = load_pack(found->pack_dir);
  for (const Error& e : load.errors) report(e);
  if (!load.pack) return static_cast<int>(Code::kFailed);
  const Exercise* exercise = load.pack->find_exercise(found->exercise);
  if (!exercise) return report({Code::kUsage, ref, "the pack has no exercise '" + found->exercise + "'", "See pack.yaml for those it has"});
  return write_page(handbook_html(*load.pack, *exercise, langs_of(lang)), out);
}

}  // namespace

void add_handbook(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("handbook", "The handbook page of an exercise, to print: task, safety, tools, steps with limits and sources, marks, the blank form, glossary (HTML)");
  auto exercise = std::make_shared<std::string>(), lang = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  cmd->add_option("exercise", *exercise, "PACK/EXERCISE: of a pack under scenarios/, a folder or a .shixun file")->required();
  cmd->add_option("--lang", *lang, "Only this language (default: both)")->check(CLI::IsMember({"zh-CN", "en"}));
  cmd->add_option("-o,--out", *out, "Write here (default: to the terminal)");
  cmd->callback([=, &exit_code] { exit_code = run(*exercise, *lang, *out); });
}

}  // namespace shixun
