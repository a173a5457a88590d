// shixunctl judge, dispute: what people say of an attempt, kept beside its journal.

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>

#include "engine/app/ctl.h"
#include "engine/records/attempt.h"
#include "engine/records/human_marks.h"
#include "engine/records/pack_shelf.h"

namespace shixun {

namespace {

struct Options {
  std::string journal, role, by, reason, pack, mark, passphrase_file, lang = "zh-CN";
  std::vector<std::string> marks;
  bool as_json = false;
};

struct Named {
  std::string aspect, value;
};

Result<Named> split(const std::string& text, const char* example) {
  const size_t sign = text.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) return Error{Code::kUsage, "", "'" + text.substr(0, 64) + "' is no mark", std::string("Write ASPECT=") + example};
  return Named{text.substr(0, sign), text.substr(sign + 1)};
}

// "2", "-1.5", "3.125" points as milli-points.
Result<int64_t> parse_points(const std::string& text) {
  const bool minus = !text.empty() && text[0] == '-';
  const std::string s = text.substr(minus ? 1 : 0);
  const size_t dot = s.find('.');
  const std::string fraction = dot == std::string::npos ? "" : s.substr(dot + 1);
  const std::string digits = s.substr(0, dot) + fraction + std::string(fraction.size() <= 3 ? 3 - fraction.size() : 0, '0');
  int64_t mp = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mp);
  if (s.substr(0, dot).empty() || fraction.size() > 3 || digits.size() > 6 || (dot != std::string::npos && fraction.empty()) || error != std::errc() || end != digits.data() + digits.size() || digits[0] == '-')
    return Error{Code::kUsage, "", "'" + text.substr(0, 64) + "' is no number of points", "Write points with at most three decimals, such as 2.5"};
  return minus ? -mp : mp;
}

int say(const Options& o, MarkRecord record) {
  auto path = journal_named(o.journal);
  if (!path) return report(path.error());
  auto journal = read_journal(*path);
  if (!journal) return report(journal.error());
  PackShelf shelf(o.pack);
  auto found = shelf.get(journal->header, path->string());
  if (!found) return report(found.error());
  record.role = o.role;
  record.by = o.by;
  record.reason = o.reason;
  // Who has an evaluator key here under his pseudonym signs with it; who has none marks unsigned, and every report says so.
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  std::optional<PrivateKey> key;
  if (const KnownKey* own = own_key(*keys, KeyRole::kEvaluator, o.by)) {
    auto opened = unlock(*own, o.passphrase_file);
    if (!opened) return report(opened.error());
    key = std::move(*opened);
  }
  auto judged = add_mark(*found->pack, *found->exercise, *path, std::move(record), key ? &*key : nullptr);
  if (!judged) return report(judged.error());
  // The mark is kept whether or not it can be sent now.
  if (auto queued = queue_people_statement(*journal, *judged); !queued) report(queued.error());
  if (o.as_json) fmt::print("{}\n", canonical(to_json(*judged)));
  else fmt::print("{}", judgement_text(*judged, *found->pack, o.lang == "en" ? Lang::kEn : Lang::kZh));
  return 0;
}

int run_judge(const Options& o) {
  MarkRecord r;
  for (const std::string& text : o.marks) {
    auto mark = split(text, "LEVEL with a level from 0 to 3, such as J1=2");
    if (!mark) return report(mark.error());
    if (mark->value.size() != 1 || mark->value[0] < '0' || mark->value[0] > '3') return report({Code::kUsage, mark->aspect, "'" + mark->value.substr(0, 64) + "' is no level", "Levels are 0, 1, 2 and 3"});
    if (!r.levels.emplace(mark->aspect, mark->value[0] - '0').second) return report({Code::kUsage, mark->aspect, "is marked twice here", ""});
  }
  return say(o, std::move(r));
}

int run_dispute(const Options& o) {
  auto mark = split(o.mark, "POINTS with the points held to be right, such as F3=2.5");
  if (!mark) return report(mark.error());
  auto mp = parse_points(mark->value);
  if (!mp) return report(mp.error());
  MarkRecord r;
  r.kind = MarkRecord::Kind::kDispute;
  r.aspect = mark->aspect;
  r.proposed_mp = *mp;
  return say(o, std::move(r));
}

}  // namespace

void add_judge(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  const auto common = [&](CLI::App* c) {
    c->add_option("journal", o->journal, "A journal file, or an attempt's id on this machine")->required();
    c->add_option("--by", o->by, "Who says so: a pseudonym. Signed, if there is an evaluator key of that name here (shixunctl keys create evaluator)")->required();
    add_passphrase_file(c, o->passphrase_file);
    c->add_option("--pack", o->pack, "The pack it was made with: a folder or a .shixun file (default: found by the name in the journal)");
    add_lang(c, o->lang);
    c->add_flag("--json", o->as_json, "Print one JSON object: how the attempt stands now");
  };
  auto* judge = app.add_subcommand("judge", "Mark what people judge: aspects by levels 0 to 3, in a role of the rubric. The machine's marks stay as they are");
  common(judge);
  judge->add_option("marks", o->marks, "ASPECT=LEVEL, such as J1=2 J2=3")->required();
  judge->add_option("--role", o->role, "In which role, such as teacher; self and peer are kept without weight")->required();
  judge->add_option("--reason", o->reason, "Why; needed to mark again");
  judge->callback([=, &exit_code] { exit_code = run_judge(*o); });

  auto* dispute = app.add_subcommand("dispute", "Say that a mark of the machine is wrong: it stays, the dispute stands beside it in every report");
  common(dispute);
  dispute->add_option("mark", o->mark, "ASPECT=POINTS held to be right, such as F3=2.5")->required();
  dispute->add_option("--role", o->role, "In which role");
  dispute->add_option("--reason", o->reason, "Why")->required();
  dispute->callback([=, &exit_code] { exit_code = run_dispute(*o); });
}

}  // namespace shixun
