// shixunctl explain JOURNAL: a report of one attempt for people, as a page to print.

#include "engine/app/ctl.h"
#include "engine/records/explain.h"
#include "engine/records/pack_shelf.h"

namespace shixun {

namespace {

int run(const std::string& file, const std::string& pack_name, const std::string& lang, const std::string& out, const std::string& mapping_file) {
  const MappingLoad mapping = load_school_mapping(mapping_file);
  for (const Error& e : mapping.errors) report(e);
  if (!mapping.errors.empty()) return static_cast<int>(mapping.errors.front().code);
  auto journal = read_journal(file);
  if (!journal) return report(journal.error());
  PackShelf shelf(pack_name);
  auto found = shelf.get(journal->header, file);
  if (!found) return report(found.error());
  const auto& [pack, exercise] = *found;
  std::optional<Judgement> people;
  if (journal->footer) {
    auto judged = judgement_of(*pack, *exercise, *journal, fs::path(file));
    if (!judged) return report(judged.error());
    people = std::move(*judged);
  }
  return write_page(explain_html(pack, *exercise, *journal, langs_of(lang), people ? &*people : nullptr, mapping.mapping ? &*mapping.mapping : nullptr), out);
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("explain", "A report of one attempt to print: every mark with its evidence, what was asked, what the expert did, and all that happened (HTML)");
  auto file = std::make_shared<std::string>(), pack = std::make_shared<std::string>(), lang = std::make_shared<std::string>(), out = std::make_shared<std::string>(),
       mapping = std::make_shared<std::string>();
  cmd->add_option("journal", *file, "A journal file")->required();
  cmd->add_option("--pack", *pack, "The pack it was made with: a folder or a .shixun file (default: found by the name in the journal)");
  cmd->add_option("--lang", *lang, "Only this language (default: both)")->check(CLI::IsMember({"zh-CN", "en"}));
  cmd->add_option("--mapping", *mapping, "The school's mapping.yaml (default: the one in the config folder, if there is one)");
  cmd->add_option("-o,--out", *out, "Write here (default: to the terminal)");
  cmd->callback([=, &exit_code] { exit_code = run(*file, *pack, *lang, *out, *mapping); });
}

}  // namespace shixun
