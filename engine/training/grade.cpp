#include "engine/training/grade.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/training/moments.h"

namespace shixun {

namespace {

constexpr int64_t kFailCap_mp = 59000;       // what a critical error leaves of an assessment
constexpr int64_t kMinor_mp = 1000, kMajor_mp = 5000;
constexpr int64_t kRepeatPercent[] = {100, 50, 25, 0};  // the same error again costs less, the fourth time nothing

struct Context {
  const Pack& pack;
  const Exercise& exercise;
  Truths truths;
  const std::vector<Event>& events;
  Found found;
  int64_t active_ms = 0;
  bool handed_in = false;

  const Moment& moment(int i) const { return exercise.moments[static_cast<size_t>(i)]; }
  const std::vector<const Event*>& find(int i) const { return found.all(i); }
  bool happened(int i) const { return found.happened(i); }
};

// The name a person knows a thing by, from the string table where it has one.
Text name_of(const Pack& pack, const Exercise& exercise, std::string_view id) {
  if (const int o = pack.scene.find_object(id); o >= 0) {
    const ObjectDef& def = pack.scene.objects[static_cast<size_t>(o)];
    if (!def.name.empty()) return pack.text(def.name);
  }
  for (const Field& f : exercise.sheet) {
    if (f.id == id) return pack.text(f.name);
  }
  const std::string key = "place." + std::string(id);
  if (pack.strings.contains(key)) return pack.text(key);
  return {std::string(id), std::string(id)};
}

Text window_text(const Context& c, const std::optional<Value>& lo, const std::optional<Value>& hi, Unit unit) {
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

void append(Text& t, const Text& more, const char* zh_glue = "；", const char* en_glue = "; ") {
  if (!t.zh.empty()) {
    t.zh += zh_glue;
    t.en += en_glue;
  }
  t.zh += more.zh;
  t.en += more.en;
}

Text at_time(const Event& e) { return {"于 " + format_clock(e.t_ms), "at " + format_clock(e.t_ms)}; }

Text sentence(const char* zh, const char* en, std::initializer_list<std::pair<const char*, Text>> values) {
  Text t{zh, en};
  for (const auto& [name, v] : values) {
    t.zh = fill(t.zh, {name, v.zh});
    t.en = fill(t.en, {name, v.en});
  }
  return t;
}

Text plain(const std::string& s) { return {s, s}; }

// ---------------------------------------------------------------- the rules: each fills awarded, events, why (and code, when a wrong act was seen)
void rule_done(const Context& c, const Aspect& a, Mark& m) {
  bool all = true;
  const Event* last = nullptr;
  for (const int i : a.moments) {
    const auto found = c.find(i);
    all = all && c.happened(i);
    for (const Event* e : found) {
      m.events.push_back(e->seq);
      if (!last || e->seq > last->seq) last = e;
    }
  }
  m.awarded_mp = all ? a.max_mp : 0;
  m.why = all ? sentence("已完成，{t}", "Done {t}", {{"t", last ? at_time(*last) : Text{}}}) : Text{"没有完成", "Not done"};
}

void rule_order(const Context& c, const Aspect& a, Mark& m) {
  int64_t kept = 0;
  bool wrong = false;
  for (const auto& [first, second] : a.pairs) {
    const auto before = c.find(first);
    const auto after = c.find(second);
    const bool first_done = c.happened(first);
    const Text& first_name = c.pack.text("moment." + c.moment(first).name);
    const Text& second_name = c.pack.text("moment." + c.moment(second).name);
    const Text fn = first_name.zh.empty() ? plain(c.moment(first).name) : first_name, sn = second_name.zh.empty() ? plain(c.moment(second).name) : second_name;
    if (after.empty() || !first_done) {
      wrong = wrong || !after.empty();
      append(m.why, sentence("没有做：{a}", "Missing: {a}", {{"a", first_done ? sn : fn}}));
      if (!after.empty()) m.events.push_back(after.front()->seq);
      continue;
    }
    // The moment is reached when its last needed subject had its first event (a safety pair), or simply at its last event.
    const Event* reached = before.back();
    if (!a.judge_last && c.moment(first).all) {
      std::set<std::string_view> seen;
      for (const Event* e : before) {
        if (seen.insert(subject(c.moment(first), *e)).second) reached = e;
      }
    } else if (!a.judge_last) {
      reached = before.front();
    }
    const Event* then = a.judge_last ? after.back() : after.front();
    m.events.push_back(reached->seq);
    m.events.push_back(then->seq);
    if (reached->seq < then->seq) {
      ++kept;
      append(m.why, sentence("{a}（{ta}）先于{b}（{tb}）", "{a} ({ta}) before {b} ({tb})", {{"a", fn}, {"ta", plain(format_clock(reached->t_ms))}, {"b", sn}, {"tb", plain(format_clock(then->t_ms))}}));
    } else {
      wrong = true;
      append(m.why, sentence("{a}（{ta}）晚于{b}（{tb}），应在其前", "{a} ({ta}) came after {b} ({tb}); it belongs before", {{"a", fn}, {"ta", plain(format_clock(reached->t_ms))}, {"b", sn}, {"tb", plain(format_clock(then->t_ms))}}));
    }
  }
  m.awarded_mp = a.max_mp * kept / static_cast<int64_t>(a.pairs.size());
  if (wrong) m.code = a.code;
}

void rule_hop(const Context& c, const Aspect& a, Mark& m) {
  // The sequence of places as they were first worked on in this pass; working on the same one twice in a row is one visit.
  std::vector<int> sequence;
  std::set<int> visited;
  for (const Event* e : c.find(a.moment)) {
    const auto it = std::find(a.ring.begin(), a.ring.end(), subject(c.moment(a.moment), *e));
    if (it == a.ring.end()) continue;
    const int place = static_cast<int>(it - a.ring.begin());
    if (!sequence.empty() && sequence.back() == place) continue;
    if (visited.size() == a.ring.size()) break;  // the ring is complete: what follows is checking
    sequence.push_back(place);
    visited.insert(place);
    m.events.push_back(e->seq);
  }
  const int n = static_cast<int>(a.ring.size());
  int legal = 0, illegal = 0;
  std::string path;
  for (size_t i = 0; i < sequence.size(); ++i) {
    path += (i ? "-" : "") + std::to_string(sequence[i] + 1);
    if (i == 0) continue;
    const int d = ((sequence[i] - sequence[i - 1]) % n + n) % n;
    if (d == a.step || d == n - a.step) ++legal;
    else ++illegal;
  }
  const int counted = std::max(0, std::min(legal, a.hops) - std::max(0, legal + illegal - a.hops));
  m.awarded_mp = a.max_mp * counted / a.hops;
  if (illegal > 0) m.code = a.code;
  if (sequence.empty()) m.why = {"没有做这一遍", "This pass was not done"};
  else m.why = sentence("顺序 {path}：{n} 次合规换位，应为 {of} 次", "Order {path}: {n} legal moves of {of}", {{"path", plain(path)}, {"n", plain(std::to_string(counted))}, {"of", plain(std::to_string(a.hops))}});
}

void rule_tool(const Context& c, const Aspect& a, Mark& m) {
  const auto found = c.find(a.moment);
  if (found.empty()) {
    m.why = {"没有做这一步", "This was not done"};
    return;
  }
  bool right = true, usable = true;
  std::set<std::string> used;
  for (const Event* e : found) {
    const bool full = std::find(a.tools.begin(), a.tools.end(), e->tool) != a.tools.end();
    const bool half = std::find(a.half_tools.begin(), a.half_tools.end(), e->tool) != a.half_tools.end();
    right = right && full;
    usable = usable && (full || half);
    used.insert(e->tool);
    m.events.push_back(e->seq);
  }
  Text names;
  for (const std::string& t : used) append(names, t == "hand" ? Text{"手", "hand"} : name_of(c.pack, c.exercise, t), "、", ", ");
  m.awarded_mp = right ? a.max_mp : usable ? a.max_mp / 2 : 0;
  if (!usable) m.code = a.code;
  m.why = sentence(right ? "使用了{t}" : usable ? "使用了{t}，可用但不合适" : "使用了{t}，工具不对", right ? "Used: {t}" : usable ? "Used: {t}; usable, not the right choice" : "Used: {t}; not the right tool", {{"t", names}});
}

// Full inside [lo, hi], linear to nothing at the zero limits; 1000 = all.
int64_t credit_permille(const Context& c, const Aspect& a, int64_t v) {
  const auto limit = [&](const std::optional<Value>& x) { return x ? std::optional<int64_t>(c.truths.get(*x)) : std::nullopt; };
  const auto lo = limit(a.lo), hi = limit(a.hi), zlo = limit(a.zlo), zhi = limit(a.zhi);
  if (lo && v < *lo) return zlo && v > *zlo && *lo > *zlo ? (v - *zlo) * 1000 / (*lo - *zlo) : 0;
  if (hi && v > *hi) return zhi && v < *zhi && *zhi > *hi ? (*zhi - v) * 1000 / (*zhi - *hi) : 0;
  return 1000;
}

void rule_numeric(const Context& c, const Aspect& a, Mark& m) {
  const Moment& moment = c.moment(a.moment);
  std::map<std::string_view, const Event*> by_subject;
  for (const Event* e : c.find(a.moment)) {
    if (!e->find(a.key)) continue;
    const Event*& slot = by_subject[subject(moment, *e)];
    if (!slot || !a.first) slot = e;
  }
  const std::vector<std::string>& wanted = moment.at.empty() ? moment.on : moment.at;
  const Unit unit = unit_of_key(a.key);
  const Text window = window_text(c, a.lo, a.hi, unit);
  int64_t permille = 0;
  bool wrong = false;
  // One that is enough (not `all`): the only subject counts; else the marks are shared among the subjects.
  const bool share = moment.all && wanted.size() > 1;
  const int64_t parts = share ? static_cast<int64_t>(wanted.size()) : 1;
  if (by_subject.empty()) {
    m.why = c.handed_in || moment.verbs != std::vector<Verb>{Verb::kState} ? Text{"没有做这一步", "This was not done"} : Text{"没有交卷，不评最终状态", "Not handed in: the end state is not judged"};
    return;
  }
  if (!share) {
    const Event* e = nullptr;
    for (const auto& [s, found] : by_subject) {
      if (!e || (a.first ? found->seq < e->seq : found->seq > e->seq)) e = found;
    }
    const int64_t v = e->number(a.key);
    permille = credit_permille(c, a, v);
    wrong = permille < 1000;
    m.events.push_back(e->seq);
    m.why = sentence("{v}，窗口 {w}，{t}", "{v}, window {w}, {t}", {{"v", {format_quantity(v, unit, Lang::kZh), format_quantity(v, unit, Lang::kEn)}}, {"w", window}, {"t", at_time(*e)}});
  } else {
    for (const std::string& s : wanted) {
      const auto it = by_subject.find(s);
      const Text name = name_of(c.pack, c.exercise, s);
      if (it == by_subject.end()) {
        append(m.why, sentence("{n}：没有做", "{n}: not done", {{"n", name}}));
        continue;
      }
      const int64_t v = it->second->number(a.key);
      const int64_t p = credit_permille(c, a, v);
      permille += p;
      wrong = wrong || p < 1000;
      m.events.push_back(it->second->seq);
      append(m.why, sentence("{n} {v}", "{n} {v}", {{"n", name}, {"v", {format_quantity(v, unit, Lang::kZh), format_quantity(v, unit, Lang::kEn)}}}));
    }
    const Event* latest = nullptr;
    for (const auto& [s, e] : by_subject) {
      if (!latest || e->seq > latest->seq) latest = e;
    }
    append(m.why, sentence("窗口 {w}，{t}", "window {w}, {t}", {{"w", window}, {"t", at_time(*latest)}}));
  }
  m.awarded_mp = a.max_mp * permille / (1000 * parts);
  if (wrong) m.code = a.code;
}

const Arg* written_number(const Event& e) {
  const auto it = std::find_if(e.args.begin(), e.args.end(), [](const Arg& a) { return !a.is_text; });
  return it == e.args.end() ? nullptr : &*it;
}

bool written_is_right(const Context& c, const Aspect& a, const Event& e) {
  if (a.truth) {
    const Arg* written = written_number(e);
    return written && std::abs(written->number - c.truths.get(*a.truth)) <= a.tol;
  }
  return e.text("value") == (a.truth_word >= 0 ? c.truths.words[static_cast<size_t>(a.truth_word)] : a.word);
}

const Event* last_record(const Context& c, const std::string& field) {
  const Event* found = nullptr;
  for (const Event& e : c.events) {
    if (e.verb == Verb::kRecord && e.o == field) found = &e;
  }
  return found;
}

void rule_measure(const Context& c, const Aspect& a, Mark& m) {
  // Shared equally among what the rubric asks: the right instrument, all points, the state of the thing, the value written.
  std::set<std::string_view> measured;
  bool right_tool = true, state_ok = true;
  const Event* first = nullptr;
  for (const Event& e : c.events) {
    if (e.verb != Verb::kMeasure || std::find(a.points.begin(), a.points.end(), e.o) == a.points.end()) continue;
    if (!first) first = &e;
    measured.insert(e.o);
    right_tool = right_tool && std::find(a.tools.begin(), a.tools.end(), e.tool) != a.tools.end();
    m.events.push_back(e.seq);
  }
  int64_t parts = 2, got = 0;
  const std::string count = std::to_string(measured.size()) + "/" + std::to_string(a.points.size());
  append(m.why, sentence("测点 {n}", "Points {n}", {{"n", plain(count)}}));
  if (first && right_tool) ++got;
  else if (first) append(m.why, {"量具不对", "wrong instrument"});
  if (measured.size() == a.points.size()) ++got;
  if (a.state_moment >= 0) {
    ++parts;
    const auto prior = c.find(a.state_moment);
    state_ok = first && !prior.empty() && prior.front()->seq < first->seq;
    if (state_ok) ++got;
    else append(m.why, {"测量前的状态不对", "not in the right state for measuring"});
  }
  if (!a.field.empty()) {
    ++parts;
    const Event* e = last_record(c, a.field);
    if (e) m.events.push_back(e->seq);
    if (e && written_is_right(c, a, *e)) ++got;
    else append(m.why, {e ? "记录值不符" : "没有记录", e ? "the value written is not right" : "not written down"});
  }
  m.awarded_mp = a.max_mp * got / parts;
}

void rule_record(const Context& c, const Aspect& a, Mark& m) {
  const Event* e = last_record(c, a.field);
  if (!e) {
    m.why = {"没有记录", "Not written down"};
    return;
  }
  m.events.push_back(e->seq);
  const bool right = written_is_right(c, a, *e);
  m.awarded_mp = right ? a.max_mp : 0;
  if (!right) m.code = a.code;
  Text written, truth;
  const auto field = std::find_if(c.exercise.sheet.begin(), c.exercise.sheet.end(), [&](const Field& f) { return f.id == a.field; });
  if (a.truth) {
    const Arg* number = written_number(*e);
    const int64_t v = number ? number->number : 0;
    const int64_t t = c.truths.get(*a.truth);
    written = {format_quantity(v, field->unit, Lang::kZh), format_quantity(v, field->unit, Lang::kEn)};
    truth = {format_quantity(t, field->unit, Lang::kZh), format_quantity(t, field->unit, Lang::kEn)};
    if (a.tol > 0) truth = {truth.zh + " ± " + format_quantity(a.tol, field->unit, Lang::kZh), truth.en + " ± " + format_quantity(a.tol, field->unit, Lang::kEn)};
  } else {
    written = c.pack.text(field->name + "." + std::string(e->text("value")));
    truth = c.pack.text(field->name + "." + (a.truth_word >= 0 ? c.truths.words[static_cast<size_t>(a.truth_word)] : a.word));
  }
  m.why = sentence("记录 {w}，实际 {r}，{t}", "Wrote {w}, true {r}, {t}", {{"w", written}, {"r", truth}, {"t", at_time(*e)}});
}

void rule_forbid(const Context& c, const Aspect& a, Mark& m) {
  const Moment& moment = c.moment(a.moment);
  const auto first_seq = [&](int i) {
    return i < 0 || c.find(i).empty() ? UINT32_MAX : c.find(i).front()->seq;
  };
  const uint32_t before = a.before < 0 ? UINT32_MAX : first_seq(a.before);
  const uint32_t after = a.after < 0 ? 0 : first_seq(a.after);
  const uint32_t unless = first_seq(a.unless);
  const Event* first = nullptr;
  std::set<std::string_view> subjects;
  int count = 0;
  for (const Event* e : c.find(a.moment)) {
    if (e->seq >= before || e->seq < after || unless < e->seq) continue;
    if (!first) first = e;
    m.events.push_back(e->seq);
    // A held effort reports every second: the same thing done to the same subject is one error until something else is touched.
    if (subjects.insert(subject(moment, *e)).second) ++count;
  }
  if (count == 0) {
    const bool earned = a.needs < 0 || c.happened(a.needs);
    m.awarded_mp = earned ? a.max_mp : 0;
    m.why = earned ? Text{"没有发生", "Did not happen"} : Text{"相关操作没有做", "The work this belongs to was not done"};
    return;
  }
  m.code = a.code;
  m.severity = a.severity;
  int64_t cost = 0;
  if (a.severity != Severity::kCritical) {
    const int64_t each = a.severity == Severity::kMajor ? kMajor_mp : kMinor_mp;
    for (int i = 0; i < count; ++i) cost += each * kRepeatPercent[std::min(i, 3)] / 100;
  }
  m.awarded_mp = a.max_mp > 0 ? (a.severity == Severity::kCritical ? 0 : std::max<int64_t>(0, a.max_mp - cost)) : -cost;
  m.why = sentence("发生 {n} 次，首次{t}", "Happened {n}×, first {t}", {{"n", plain(std::to_string(count))}, {"t", at_time(*first)}});
}

void rule_time(const Context& c, const Aspect& a, Mark& m) {
  const std::string took = format_clock(c.active_ms), full = format_clock(a.full_ms), zero = format_clock(a.zero_ms);
  if (!c.handed_in) {
    m.why = {"没有交卷，不计时间分", "Not handed in: no marks for time"};
    return;
  }
  if (c.active_ms <= a.full_ms) m.awarded_mp = a.max_mp;
  else if (c.active_ms < a.zero_ms) m.awarded_mp = a.max_mp * (a.zero_ms - c.active_ms) / (a.zero_ms - a.full_ms);
  m.why = sentence("用时 {v}，满分 {f} 以内，{z} 为零分", "Took {v}; full marks up to {f}, none from {z}", {{"v", plain(took)}, {"f", plain(full)}, {"z", plain(zero)}});
  m.events.push_back(c.events.back().seq);
}

void rule_clean5s(const Context& c, const Aspect& a, Mark& m) {
  if (!c.handed_in) {
    m.why = {"没有交卷，不评收尾", "Not handed in: the end state is not judged"};
    return;
  }
  int64_t kept = 0;
  Text missing;
  for (size_t i = 0; i < a.moments.size(); ++i) {
    for (const Event* e : c.find(a.moments[i])) m.events.push_back(e->seq);
    if (c.happened(a.moments[i])) ++kept;
    else append(missing, c.pack.text(a.item_names[i]), "、", ", ");
  }
  m.awarded_mp = a.max_mp * kept / static_cast<int64_t>(a.moments.size());
  m.why = missing.zh.empty() ? Text{"全部到位", "Everything in its place"} : sentence("未到位：{x}", "Not as it should be: {x}", {{"x", missing}});
}

Mark mark_of(const Context& c, const Aspect& a) {
  Mark m;
  m.id = a.id;
  m.criterion = a.criterion;
  m.lens = a.lens;
  m.max_mp = a.max_mp;
  m.title = c.pack.text(a.title);
  switch (a.kind) {
    case RuleKind::kDone: rule_done(c, a, m); break;
    case RuleKind::kOrder: rule_order(c, a, m); break;
    case RuleKind::kHop: rule_hop(c, a, m); break;
    case RuleKind::kTool: rule_tool(c, a, m); break;
    case RuleKind::kNumeric: rule_numeric(c, a, m); break;
    case RuleKind::kMeasure: rule_measure(c, a, m); break;
    case RuleKind::kRecord: rule_record(c, a, m); break;
    case RuleKind::kForbid: rule_forbid(c, a, m); break;
    case RuleKind::kTime: rule_time(c, a, m); break;
    case RuleKind::kClean5s: rule_clean5s(c, a, m); break;
  }
  std::sort(m.events.begin(), m.events.end());
  m.events.erase(std::unique(m.events.begin(), m.events.end()), m.events.end());
  return m;
}

int64_t active_time(const std::vector<Event>& events) {
  int64_t paused_since = -1, paused = 0;
  for (const Event& e : events) {
    if (e.verb == Verb::kPause && paused_since < 0) paused_since = e.t_ms;
    if (e.verb == Verb::kResume && paused_since >= 0) {
      paused += e.t_ms - paused_since;
      paused_since = -1;
    }
  }
  return events.empty() ? 0 : events.back().t_ms - paused;
}

// A hint costs a share of the marks of its step's aspects: level 1 nothing, level 2 10 %, level 3 30 %; the dearest counts.
void charge_hints(const Context& c, Mark& m) {
  int64_t percent = 0;
  const Event* asked = nullptr;
  for (const Event& e : c.events) {
    if (e.verb != Verb::kHint) continue;
    const auto step = std::find_if(c.exercise.steps.begin(), c.exercise.steps.end(), [&](const Step& s) { return s.id == e.o; });
    if (step == c.exercise.steps.end() || std::find(step->aspects.begin(), step->aspects.end(), m.id) == step->aspects.end()) continue;
    const int64_t cost = e.number("level") >= 3 ? 30 : e.number("level") == 2 ? 10 : 0;
    if (cost > percent) {
      percent = cost;
      asked = &e;
    }
  }
  if (percent == 0 || m.awarded_mp <= 0) return;
  m.awarded_mp = m.awarded_mp * (100 - percent) / 100;
  m.events.push_back(asked->seq);
  std::sort(m.events.begin(), m.events.end());
  append(m.why, sentence("提示扣 {p}%，{t}", "hint: −{p} %, {t}", {{"p", plain(std::to_string(percent))}, {"t", at_time(*asked)}}));
}

Context context_of(const Pack& pack, const Exercise& exercise, uint64_t seed, const std::vector<Event>& effective) {
  const Truths truths = draw_truths(pack.scene, seed);
  Context c{pack, exercise, truths, effective, Found(exercise, truths, effective), active_time(effective), false};
  c.handed_in = !effective.empty() && effective.back().verb == Verb::kFinish && effective.back().text("reason") == "handed_in";
  return c;
}

}  // namespace

const char* mode_name(Mode m) { return m == Mode::kGuided ? "guided" : m == Mode::kPractice ? "practice" : "assessment"; }

Result<Mode> mode_from_name(std::string_view name) {
  for (const Mode m : {Mode::kGuided, Mode::kPractice, Mode::kAssessment}) {
    if (name == mode_name(m)) return m;
  }
  return Error{Code::kUsage, "", "unknown mode '" + std::string(name) + "'", "Use guided, practice or assessment"};
}

Marksheet grade(const Pack& pack, const Exercise& exercise, Mode mode, uint64_t seed, const std::vector<Event>& events) {
  const std::vector<Event> effective = effective_events(events);
  const Context c = context_of(pack, exercise, seed, effective);
  Marksheet sheet;
  sheet.exercise = pack.id + "/" + exercise.id;
  sheet.pack_version = pack.version;
  sheet.mode = mode;
  sheet.seed = seed;
  sheet.active_ms = c.active_ms;
  sheet.finished = !effective.empty() && effective.back().verb == Verb::kFinish;
  std::set<std::string> codes;
  bool critical = false;
  std::map<std::string, std::pair<int64_t, int64_t>> safety;  // criterion: awarded, max
  for (const Aspect& a : exercise.aspects) {
    Mark m = mark_of(c, a);
    if (mode != Mode::kGuided) charge_hints(c, m);
    if (!m.code.empty()) codes.insert(m.code);
    critical = critical || m.severity == Severity::kCritical;
    sheet.raw_mp += m.awarded_mp;
    sheet.max_mp += m.max_mp;
    (a.lens == Lens::kProcess ? sheet.process_mp : sheet.outcome_mp) += m.awarded_mp;
    (a.lens == Lens::kProcess ? sheet.process_max_mp : sheet.outcome_max_mp) += m.max_mp;
    safety[a.criterion].first += m.awarded_mp;
    safety[a.criterion].second += m.max_mp;
    sheet.marks.push_back(std::move(m));
  }
  if (mode == Mode::kGuided && effective.size() != events.size()) {
    // What was taken back is not marked, but that it happened is told.
    const Context all = context_of(pack, exercise, seed, events);
    for (const Aspect& a : exercise.aspects) {
      if (a.kind != RuleKind::kForbid || a.severity != Severity::kCritical) continue;
      if (Mark m = mark_of(all, a); !m.code.empty()) codes.insert(m.code);
    }
  }
  sheet.raw_mp = std::max<int64_t>(0, sheet.raw_mp);
  sheet.process_mp = std::max<int64_t>(0, sheet.process_mp);
  sheet.outcome_mp = std::max<int64_t>(0, sheet.outcome_mp);
  sheet.total_mp = critical && mode == Mode::kAssessment ? std::min(sheet.raw_mp, kFailCap_mp) : sheet.raw_mp;
  bool safe = true;
  for (const Criterion& k : exercise.criteria) {
    if (k.safety) safe = safe && safety[k.id].first * 100 >= safety[k.id].second * exercise.safety_percent;
  }
  sheet.pass = c.handed_in && !critical && safe && sheet.total_mp >= exercise.pass_mp;
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
          {"verdict", s.pass ? "pass" : "fail"},
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
  const Context c = context_of(pack, exercise, seed, events);
  for (const Aspect& a : exercise.aspects) {
    if (a.kind != RuleKind::kForbid || a.severity != Severity::kCritical) continue;
    if (const Mark m = mark_of(c, a); !m.code.empty()) return m.code;
  }
  return {};
}

}  // namespace shixun
