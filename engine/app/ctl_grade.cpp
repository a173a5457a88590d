// shixunctl grade JOURNAL...: scores journals again and compares with the marksheets they carry.

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "engine/app/ctl.h"
#include "engine/records/human_marks.h"
#include "engine/records/pack_shelf.h"

namespace shixun {

namespace {

struct Graded {
  Marksheet sheet;
  bool closed = false, agrees = true;
  std::string attempt;
  std::optional<Judgement> people;     // when people mark, or said something
  std::shared_ptr<const Pack> pack;
};

Result<Graded> grade_one(const fs::path& path, PackShelf& packs) {
  auto journal = read_journal(path);
  if (!journal) return journal.error();
  auto found = packs.get(journal->header, path.string());
  if (!found) return found.error();
  const auto& [pack, exercise] = *found;
  Graded g;
  g.attempt = journal->header.attempt;
  g.sheet = grade(*pack, *exercise, journal->header.mode, journal->header.seed, journal->events);
  g.closed = journal->footer.has_value();
  g.pack = pack;
  if (g.closed) g.agrees = canonical(to_json(g.sheet)) == canonical(journal->footer->sheet);
  std::error_code ec;
  if (g.closed && g.agrees && (g.sheet.open_mp > 0 || fs::exists(marks_path(path), ec))) {
    auto people = judgement_of(*pack, *exercise, *journal, path);
    if (!people) return people.error();
    g.people = std::move(*people);
  }
  return g;
}

int run(const std::vector<std::string>& files, const std::string& pack, bool json, bool with_people) {
  PackShelf packs(pack);
  int worst = 0;
  for (const std::string& file : files) {
    auto g = grade_one(file, packs);
    if (!g) {
      worst = std::max(worst, report(g.error()));
      continue;
    }
    if (!g->agrees) {
      fmt::print(stderr, "shixunctl: {}: the marksheet stored in the journal is not what its events come to. It was scored by other rules, or the footer was written by someone else\n", file);
      worst = std::max(worst, 1);
    }
    // One journal prints its marksheet alone, byte for byte as stored; several print one line each.
    if (json) {
      nlohmann::json line = {{"journal", file}, {"attempt", g->attempt}, {"agrees", g->agrees}, {"marksheet", to_json(g->sheet)}};
      if (g->people) line["people"] = to_json(*g->people);
      fmt::print("{}\n", files.size() == 1 && !with_people ? canonical(to_json(g->sheet)) : canonical(line));
      continue;
    }
    fmt::print("{}: {}.{} {}{}{}\n", file, g->sheet.total_mp / 1000, g->sheet.total_mp % 1000 / 100, g->sheet.pass ? "pass" : g->sheet.open ? "to be marked" : "fail",
                    g->sheet.codes.empty() ? "" : fmt::format(" [{}]", fmt::join(g->sheet.codes, " ")), !g->closed ? ", still open" : g->agrees ? ", as stored" : ", DIFFERS from the stored marksheet");
    if (g->people) fmt::print("{}", judgement_text(*g->people, *g->pack, Lang::kEn));
  }
  return worst;
}

}  // namespace

void add_grade(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("grade", "Score journals again; exit 1 when a chain is broken or a result differs from the stored marksheet");
  auto files = std::make_shared<std::vector<std::string>>();
  auto pack = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false), people = std::make_shared<bool>(false);
  cmd->add_option("journal", *files, "Journal files")->required();
  cmd->add_option("--pack", *pack, "Folder of the pack to score with (default: found by the name in the journal)");
  cmd->add_flag("--json", *json, "Print the marksheet as one JSON object (several journals: one object a line)");
  cmd->add_flag("--people", *people, "With --json: what people marked and dispute, too, in an object around the marksheet");
  cmd->callback([=, &exit_code] { exit_code = run(*files, *pack, *json, *people); });
}

}  // namespace shixun
