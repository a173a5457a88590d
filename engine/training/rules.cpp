#include "engine/training/rules.h"

#include <algorithm>
#include <array>

#include "engine/training/rules_detail.h"

namespace shixun {

namespace {

// Indexed by RuleKind.
constexpr std::array kRules = {rules::done,   rules::order, rules::hop,  rules::tool,  rules::numeric, rules::measure,  rules::record,   rules::forbid,  rules::time,
                               rules::clean5s, rules::pose,  rules::count, rules::lasting, rules::coverage, rules::dialogue, rules::diagnose, rules::judge};
static_assert(kRules.size() == kRuleKinds);

}  // namespace

Evidence::Evidence(const Pack& p, const Exercise& e, uint64_t seed, const std::vector<Event>& in_sequence, const std::vector<HumanMark>& human)
    : pack(p), exercise(e), truths(draw_truths(p.scene, seed)), events(in_sequence), moments(e, truths, in_sequence), people(human) {
  // Nothing can be done while the clock stands: a pause that something else than its end follows stopped no clock.
  for (size_t i = 1; i < events.size(); ++i) {
    if (events[i - 1].verb == Verb::kPause && events[i].verb == Verb::kResume) {
      const int64_t before = pauses_.empty() ? 0 : pauses_.back().before + pauses_.back().to - pauses_.back().from;
      pauses_.push_back({events[i - 1].t_ms, events[i].t_ms, before});
    }
  }
  if (events.empty()) return;
  active_ms = active_at(events.back().t_ms);
  handed_in = events.back().verb == Verb::kFinish && events.back().text("reason") == "handed_in";
}

const Event* Evidence::first(int i) const {
  const auto found = i < 0 ? std::vector<const Event*>{} : find(i);
  return found.empty() ? nullptr : found.front();
}

int64_t Evidence::active_at(int64_t t_ms) const {
  const auto later = std::upper_bound(pauses_.begin(), pauses_.end(), t_ms, [](int64_t t, const Pause& p) { return t < p.from; });
  if (later == pauses_.begin()) return t_ms;
  const Pause& p = *(later - 1);
  return t_ms - p.before - (std::min(t_ms, p.to) - p.from);
}

Mark mark_of(const Evidence& c, const Aspect& a) {
  Mark m;
  m.id = a.id;
  m.criterion = a.criterion;
  m.lens = a.lens;
  m.max_mp = a.max_mp;
  m.title = c.pack.text(a.title);
  kRules[static_cast<size_t>(a.kind)](c, a, m);
  if (m.rework > 0) rules::append(m.why, rules::sentence("改正 {n} 次", "put right {n}×", {{"n", rules::plain(m.rework)}}));
  std::sort(m.events.begin(), m.events.end());
  m.events.erase(std::unique(m.events.begin(), m.events.end()), m.events.end());
  return m;
}

bool may_be_critical(const Aspect& a) { return (a.kind == RuleKind::kForbid && a.severity == Severity::kCritical) || (a.kind == RuleKind::kWhile && a.critical_ms > 0); }

namespace rules {

void append(Text& t, const Text& more, const char* zh_glue, const char* en_glue) {
  if (!t.zh.empty()) {
    t.zh += zh_glue;
    t.en += en_glue;
  }
  t.zh += more.zh;
  t.en += more.en;
}

Text sentence(const char* zh, const char* en, std::initializer_list<std::pair<const char*, Text>> values) {
  Text t{zh, en};
  for (const auto& [name, v] : values) {
    t.zh = fill(t.zh, {name, v.zh});
    t.en = fill(t.en, {name, v.en});
  }
  return t;
}

Text plain(const std::string& s) { return {s, s}; }
Text plain(int64_t n) { return plain(std::to_string(n)); }
Text at_time(const Event& e) { return {"于 " + format_clock(e.t_ms), "at " + format_clock(e.t_ms)}; }
Text quantity(int64_t v, Unit unit) { return {format_quantity(v, unit, Lang::kZh), format_quantity(v, unit, Lang::kEn)}; }

Text name_of(const Evidence& c, std::string_view id) {
  if (id == "hand") return {"手", "hand"};
  if (const int o = c.pack.scene.find_object(id); o >= 0) {
    const ObjectDef& def = c.pack.scene.objects[static_cast<size_t>(o)];
    if (!def.name.empty()) return c.pack.text(def.name);
  }
  if (const PairDef* pair = c.pack.scene.find_pair(id)) return c.pack.text(pair->name);
  for (const Field& f : c.exercise.sheet) {
    if (f.id == id) return c.pack.text(f.name);
  }
  const Text& place = c.pack.text("place." + std::string(id));
  return place.zh.empty() ? plain(std::string(id)) : place;
}

Text moment_name(const Evidence& c, int moment) {
  const std::string& id = c.moment(moment).name;
  const Text& name = c.pack.text("moment." + id);
  return name.zh.empty() ? plain(id) : name;
}

Text window_text(const Evidence& c, const std::optional<Value>& lo, const std::optional<Value>& hi, Unit unit) {
  if (lo && hi) return {format_range(c.truths.get(*lo), c.truths.get(*hi), unit, Lang::kZh), format_range(c.truths.get(*lo), c.truths.get(*hi), unit, Lang::kEn)};
  const auto one = [&](const char* sign, const Value& v) {
    const int64_t n = c.truths.get(v);
    if (unit == Unit::kTime) return Text{sign + format_number(n, unit) + " " + unit_name(unit, Lang::kZh), sign + format_number(n, unit) + " " + unit_name(unit, Lang::kEn)};
    return Text{sign + format_quantity(n, unit, Lang::kZh), sign + format_quantity(n, unit, Lang::kEn)};
  };
  if (lo) return one("≥ ", *lo);
  if (hi) return one("≤ ", *hi);
  return {};
}

const std::vector<std::string>& subjects_of(const Moment& m) { return m.at.empty() ? m.on : m.at; }

bool all_hold(const std::vector<Where>& conditions, const Evidence& c, const Event& e) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Where& w) { return holds(w, c.truths, e); });
}

bool within(const Evidence& c, const std::optional<Value>& lo, const std::optional<Value>& hi, int64_t v) { return (!lo || v >= c.truths.get(*lo)) && (!hi || v <= c.truths.get(*hi)); }

}  // namespace rules

}  // namespace shixun
