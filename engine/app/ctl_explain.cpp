// shixunctl explain JOURNAL: a report of one attempt for people, as a page to print.

#include <fmt/format.h>

#include "engine/app/ctl.h"
#include "engine/base/json.h"
#include "engine/records/explain.h"

namespace shixun {

namespace {

int run(const std::string& file, const std::string& pack_name, const std::string& lang, const std::string& out) {
  auto journal = read_journal(file);
  if (!journal) return report(journal.error());
  const JournalHeader& h = journal->header;
  if (auto same = check_scorer(h.scorer, file); !same) return report(same.error());
  auto found = find_pack(pack_name.empty() ? h.pack_id : pack_name);
  if (!found) return report(found.error());
  PackLoad load = load_pack(*found);
  if (!load.pack) return report(load.errors.front());
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  if (pack->scoring_sha256 != h.scoring_sha256) {
    return report({Code::kFailed, pack->source.string(), fmt::format("is not the pack this journal was made with: {} {} scores differently from {} {}", pack->id, pack->version, h.pack_id, h.pack_version), "Name the pack as it was with --pack"});
  }
  const std::string id = h.exercise.substr(h.exercise.rfind('/') + 1);
  const Exercise* exercise = pack->find_exercise(id);
  if (!exercise) return report({Code::kFailed, file, "the pack has no exercise '" + id + "'", ""});
  if (journal->footer && canonical(to_json(grade(*pack, *exercise, h.mode, h.seed, journal->events))) != canonical(journal->footer->sheet)) {
    return report({Code::kFailed, file, "the marksheet stored in the journal is not what its events come to", "Do not rely on it; shixunctl grade says more"});
  }
  const std::vector<Lang> langs = lang.empty() ? std::vector{Lang::kZh, Lang::kEn} : std::vector{lang == "en" ? Lang::kEn : Lang::kZh};
  const std::string html = explain_html(pack, *exercise, *journal, langs);
  if (out.empty()) {
    fmt::print("{}", html);
    return 0;
  }
  if (auto s = write_file(out, html); !s) return report(s.error());
  fmt::print(stderr, "{}\n", out);
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("explain", "A report of one attempt to print: every mark with its evidence, what was asked, what the expert did, and all that happened (HTML)");
  auto file = std::make_shared<std::string>(), pack = std::make_shared<std::string>(), lang = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  cmd->add_option("journal", *file, "A journal file")->required();
  cmd->add_option("--pack", *pack, "The pack it was made with: a folder or a .shixun file (default: found by the name in the journal)");
  cmd->add_option("--lang", *lang, "Only this language (default: both)")->check(CLI::IsMember({"zh-CN", "en"}));
  cmd->add_option("-o,--out", *out, "Write here (default: to the terminal)");
  cmd->callback([=, &exit_code] { exit_code = run(*file, *pack, *lang, *out); });
}

}  // namespace shixun
