// shixunctl grade JOURNAL...: scores journals again and compares with the marksheets they carry.

#include <fmt/format.h>

#include <map>
#include <memory>

#include "engine/app/ctl.h"
#include "engine/base/hash.h"
#include "engine/records/journal.h"
#include "engine/training/grade.h"

namespace shixun {

namespace {

class Packs {  // each pack is loaded once, however many journals there are
 public:
  explicit Packs(fs::path given) : given_(std::move(given)) {}

  Result<std::shared_ptr<const Pack>> get(const JournalHeader& h) {
    auto& slot = loaded_[h.pack_id];
    if (!slot) {
      auto dir = given_.empty() ? find_pack(h.pack_id) : Result<fs::path>(given_);
      if (!dir) return dir.error();
      PackLoad load = load_pack(*dir);
      if (!load.pack) return load.errors.front();
      slot = std::make_shared<const Pack>(std::move(*load.pack));
    }
    if (slot->scoring_sha256 != h.scoring_sha256) {
      return Error{Code::kFailed, slot->dir.string(), fmt::format("is not the pack this journal was made with: {} {} scores differently from {} {}", slot->id, slot->version, h.pack_id, h.pack_version),
                   "Name the folder of the pack as it was with --pack"};
    }
    return slot;
  }

 private:
  fs::path given_;
  std::map<std::string, std::shared_ptr<const Pack>> loaded_;
};

struct Graded {
  Marksheet sheet;
  bool closed = false, agrees = true;
  std::string attempt;
};

Result<Graded> grade_one(const fs::path& path, Packs& packs) {
  auto journal = read_journal(path);
  if (!journal) return journal.error();
  if (auto same = check_scorer(journal->header.scorer, path.string()); !same) return same.error();
  auto pack = packs.get(journal->header);
  if (!pack) return pack.error();
  const std::string exercise_id = journal->header.exercise.substr(journal->header.exercise.rfind('/') + 1);
  const Exercise* exercise = (*pack)->find_exercise(exercise_id);
  if (!exercise) return Error{Code::kFailed, path.string(), "the pack has no exercise '" + exercise_id + "'", ""};
  Graded g;
  g.attempt = journal->header.attempt;
  g.sheet = grade(**pack, *exercise, journal->header.mode, journal->header.seed, journal->events);
  g.closed = journal->footer.has_value();
  if (g.closed) g.agrees = canonical(to_json(g.sheet)) == canonical(journal->footer->sheet);
  return g;
}

int run(const std::vector<std::string>& files, const std::string& pack, bool json) {
  Packs packs{pack.empty() ? fs::path() : fs::path(pack)};
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
    if (json) fmt::print("{}\n", files.size() == 1 ? canonical(to_json(g->sheet)) : canonical({{"journal", file}, {"attempt", g->attempt}, {"agrees", g->agrees}, {"marksheet", to_json(g->sheet)}}));
    else fmt::print("{}: {}.{} {}{}{}\n", file, g->sheet.total_mp / 1000, g->sheet.total_mp % 1000 / 100, g->sheet.pass ? "pass" : "fail",
                    g->sheet.codes.empty() ? "" : fmt::format(" [{}]", fmt::join(g->sheet.codes, " ")), !g->closed ? ", still open" : g->agrees ? ", as stored" : ", DIFFERS from the stored marksheet");
  }
  return worst;
}

}  // namespace

void add_grade(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("grade", "Score journals again; exit 1 when a chain is broken or a result differs from the stored marksheet");
  auto files = std::make_shared<std::vector<std::string>>();
  auto pack = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  cmd->add_option("journal", *files, "Journal files")->required();
  cmd->add_option("--pack", *pack, "Folder of the pack to score with (default: found by the name in the journal)");
  cmd->add_flag("--json", *json, "Print the marksheet as one JSON object (several journals: one object a line)");
  cmd->callback([=, &exit_code] { exit_code = run(*files, *pack, *json); });
}

}  // namespace shixun
