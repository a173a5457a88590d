#include "engine/training/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/training/moments.h"
#include "engine/training/rules.h"
#include "engine/training/rules_detail.h"

namespace shixun {

namespace {

// ---------------------------------------------------------------- help
// 1 the goal in words, 2 where to look, 3 what to do, 4 done for me.
constexpr int64_t kHintPercent[] = {0, 0, 10, 30, 100};
constexpr int64_t kDearestHint = std::size(kHintPercent) - 1;

int64_t level_of(const Event& hint) { return std::clamp<int64_t>(hint.number("level"), 0, kDearestHint); }

bool allowed(const ModeRules& mode, const Event& hint) { return level_of(hint) <= mode.hint_level; }

// Help costs a share of the marks of its step's aspects; the dearest counts.
void charge_hints(const Evidence& c, const ModeRules& mode, Mark& m) {
  int64_t percent = 0;
  const Event* asked = nullptr;
  for (const Event& e : c.events) {
    if (e.verb != Verb::kHint) continue;
    const auto step = std::find_if(c.exercise.steps.begin(), c.exercise.steps.end(), [&](const Step& s) { return s.id == e.o; });
    if (step == c.exercise.steps.end() || std::find(step->aspects.begin(), step->aspects.end(), m.id) == step->aspects.end()) continue;
    const int64_t cost = !allowed(mode, e) ? 100 : mode.hints_cost ? kHintPercent[level_of(e)] : 0;
    if (cost > percent) {
      percent = cost;
      asked = &e;
    }
  }
  if (percent == 0 || m.awarded_mp <= 0) return;
  m.awarded_mp = m.awarded_mp * (100 - percent) / 100;
  m.events.insert(std::lower_bound(m.events.begin(), m.events.end(), asked->seq), asked->seq);
  const bool refused = !allowed(mode, *asked);
  rules::append(m.why, rules::sentence(refused ? "本模式不允许提示，{t}，不得分" : "提示扣 {p}%，{t}", refused ? "a hint, which this mode does not give, {t}: no marks" : "hint: −{p} %, {t}",
                                       {{"p", rules::plain(percent)}, {"t", rules::at_time(*asked)}}));
}

// ---------------------------------------------------------------- the verdict
struct Tally { int64_t awarded = 0, max = 0, open = 0; };

bool reaches(const Tally& t, int percent) { return t.awarded * 100 >= t.max * percent; }

}  // namespace

Status check_scorer(int version, const std::string& where) {
  if (version == kScorerVersion) return ok();
  return Error{Code::kFailed, where, fmt::format("was scored by scorer version {}; this program has version {}", version, kScorerVersion), "Grade it with the program that has that version"};
}

Marksheet grade(const Pack& pack, const Exercise& exercise, Mode mode, uint64_t seed, const std::vector<Event>& events, const std::vector<HumanMark>& people) {
  const ModeRules& rules = rules_of(mode);
  const std::vector<Event> effective = effective_events(events);
  const Evidence c(pack, exercise, seed, effective, people);
  Marksheet sheet;
  sheet.exercise = pack.id + "/" + exercise.id;
  sheet.pack_version = pack.version;
  sheet.mode = mode;
  sheet.seed = seed;
  sheet.active_ms = c.active_ms;
  sheet.finished = !effective.empty() && effective.back().verb == Verb::kFinish;
  std::set<std::string> codes;
  bool critical = false;
  std::map<std::string, Tally> by_criterion;
  for (const Aspect& a : exercise.aspects) {
    Mark m = mark_of(c, a);
    charge_hints(c, rules, m);
    if (!m.code.empty()) codes.insert(m.code);
    critical = critical || m.severity == Severity::kCritical;
    sheet.raw_mp += m.awarded_mp;
    sheet.max_mp += m.max_mp;
    sheet.rework += m.rework;
    if (m.open) sheet.open_mp += m.max_mp;
    (a.lens == Lens::kProcess ? sheet.process_mp : sheet.outcome_mp) += m.awarded_mp;
    (a.lens == Lens::kProcess ? sheet.process_max_mp : sheet.outcome_max_mp) += m.max_mp;
    Tally& t = by_criterion[a.criterion];
    t.awarded += m.awarded_mp;
    t.max += m.max_mp;
    t.open += m.open ? m.max_mp : 0;
    sheet.marks.push_back(std::move(m));
  }
  if (rules.on_critical == OnCritical::kRewind && effective.size() != events.size()) {
    // What was taken back is not marked, but that it happened is told.
    const Evidence all(pack, exercise, seed, events, people);
    for (const Aspect& a : exercise.aspects) {
      if (!may_be_critical(a)) continue;
      if (const Mark m = mark_of(all, a); m.severity == Severity::kCritical) codes.insert(m.code);
    }
  }
  const bool helped = std::any_of(effective.begin(), effective.end(), [&](const Event& e) { return e.verb == Verb::kHint && !allowed(rules, e); });
  if (helped) codes.insert(kHintCode);
  sheet.raw_mp = std::max<int64_t>(0, sheet.raw_mp);
  sheet.process_mp = std::max<int64_t>(0, sheet.process_mp);
  sheet.outcome_mp = std::max<int64_t>(0, sheet.outcome_mp);
  sheet.total_mp = critical ? reported_mp(rules.on_critical, sheet.raw_mp) : sheet.raw_mp;
  bool safe = true, can_be_safe = true;
  for (const Criterion& k : exercise.criteria) {
    if (!k.safety) continue;
    Tally t = by_criterion[k.id];
    safe = safe && reaches(t, exercise.safety_percent);
    t.awarded += t.open;
    can_be_safe = can_be_safe && reaches(t, exercise.safety_percent);
  }
  const bool sound = c.handed_in && !critical && !helped;
  sheet.pass = sound && sheet.open_mp == 0 && safe && sheet.total_mp >= exercise.pass_mp;
  sheet.open = sound && sheet.open_mp > 0 && can_be_safe && sheet.total_mp + sheet.open_mp >= exercise.pass_mp;
  sheet.codes.assign(codes.begin(), codes.end());
  return sheet;
}

nlohmann::json to_json(const Marksheet& s) {
  nlohmann::json criteria = nlohmann::json::array();
  for (const Mark& m : s.marks) {
    nlohmann::json j = {{"id", m.id},
                        {"criterion", m.criterion},
                        {"lens", m.lens == Lens::kProcess ? "process" : "outcome"},
                        {"max_mp", m.max_mp},
                        {"awarded_mp", m.awarded_mp},
                        {"events", m.events},
                        {"title", {{"zh-CN", m.title.zh}, {"en", m.title.en}}},
                        {"why", {{"zh-CN", m.why.zh}, {"en", m.why.en}}}};
    if (!m.code.empty()) j["code"] = m.code;
    if (m.severity == Severity::kCritical) j["critical"] = true;
    if (m.rework > 0) j["rework"] = m.rework;
    if (m.open) j["open"] = true;
    criteria.push_back(std::move(j));
  }
  return {{"exercise", s.exercise},
          {"pack_version", s.pack_version},
          {"scorer", kScorerVersion},
          {"mode", mode_name(s.mode)},
          {"seed", std::to_string(s.seed)},
          {"total_mp", s.total_mp},
          {"raw_mp", s.raw_mp},
          {"max_mp", s.max_mp},
          {"process_mp", s.process_mp},
          {"process_max_mp", s.process_max_mp},
          {"outcome_mp", s.outcome_mp},
          {"outcome_max_mp", s.outcome_max_mp},
          {"finished", s.finished},
          {"open_mp", s.open_mp},
          {"rework", s.rework},
          {"verdict", s.pass ? "pass" : s.open ? "open" : "fail"},
          {"active_ms", s.active_ms},
          {"codes", s.codes},
          {"criteria", criteria}};
}

size_t current_step(const Exercise& exercise, const Truths& truths, const std::vector<Event>& events) {
  const Found found(exercise, truths, events);
  size_t i = 0;
  while (i < exercise.steps.size() && found.reached(exercise.steps[i], truths)) ++i;
  return i;
}

std::string critical_code(const Pack& pack, const Exercise& exercise, uint64_t seed, const std::vector<Event>& events) {
  const std::vector<HumanMark> nobody;
  const Evidence c(pack, exercise, seed, events, nobody);
  for (const Aspect& a : exercise.aspects) {
    if (!may_be_critical(a)) continue;
    if (const Mark m = mark_of(c, a); m.severity == Severity::kCritical) return m.code;
  }
  return {};
}

}  // namespace shixun
