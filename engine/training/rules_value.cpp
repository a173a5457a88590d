// Values: numeric, pose, coverage, measure, record, diagnose.

#include <algorithm>
#include <map>
#include <set>

#include "engine/training/rules_detail.h"

namespace shixun::rules {

namespace {

struct Credit { int64_t num, den; };  // 0 <= num <= den

// Full inside [lo, hi], linear to nothing at the zero limits, never below half in the half band.
Credit credit_of(const Evidence& c, const Aspect& a, int64_t v) {
  const auto limit = [&](const std::optional<Value>& x) { return x ? std::optional<int64_t>(c.truths.get(*x)) : std::nullopt; };
  const auto lo = limit(a.lo), hi = limit(a.hi), zlo = limit(a.zlo), zhi = limit(a.zhi);
  Credit credit{0, 1};
  if (within(c, a.lo, a.hi, v)) return {1, 1};
  if (lo && v < *lo && zlo && v > *zlo && *lo > *zlo) credit = {v - *zlo, *lo - *zlo};
  if (hi && v > *hi && zhi && v < *zhi && *zhi > *hi) credit = {*zhi - v, *zhi - *hi};
  const bool half = (a.half.lo || a.half.hi) && within(c, a.half.lo, a.half.hi, v);
  return half && credit.num * 2 < credit.den ? Credit{1, 2} : credit;
}

// The event by which each subject is judged: its first or its last that carries what is asked.
std::map<std::string_view, const Event*> by_subject(const Moment& moment, const std::vector<const Event*>& found, bool first, std::string_view key) {
  std::map<std::string_view, const Event*> out;
  for (const Event* e : found) {
    const Arg* arg = key.empty() ? nullptr : e->find(key);
    if (!key.empty() && (!arg || arg->is_text)) continue;
    const Event*& slot = out[subject(moment, *e)];
    if (!slot || !first) slot = e;
  }
  return out;
}

const Event* pick(const std::map<std::string_view, const Event*>& events, bool first) {
  const Event* chosen = nullptr;
  for (const auto& [s, e] : events) {
    if (!chosen || (first ? e->seq < chosen->seq : e->seq > chosen->seq)) chosen = e;
  }
  return chosen;
}

// How often a value was beyond its upper limit and was brought back: overshoot, not the way up.
int overshoots(const Evidence& c, const Aspect& a, const std::vector<const Event*>& found) {
  std::set<std::string_view> beyond;
  int count = 0;
  for (const Event* e : found) {
    if (!e->find(a.key)) continue;
    const std::string_view s = subject(c.moment(a.moment), *e);
    if (a.hi && e->number(a.key) > c.truths.get(*a.hi)) beyond.insert(s);
    else if (within(c, a.lo, a.hi, e->number(a.key)) && beyond.erase(s) > 0) ++count;
  }
  return count;
}

Text not_done(const Evidence& c, const Moment& moment) {
  return c.handed_in || moment.verbs != std::vector<Verb>{Verb::kState} ? Text{"没有做这一步", "This was not done"} : Text{"没有交卷，不评最终状态", "Not handed in: the end state is not judged"};
}

// One that is enough (not `all`): the only subject counts; else the marks are shared among the subjects.
bool is_shared(const Moment& moment) { return moment.all && subjects_of(moment).size() > 1; }

// ---------------------------------------------------------------- the work order
const Field& field_of(const Evidence& c, const Aspect& a) {
  return *std::find_if(c.exercise.sheet.begin(), c.exercise.sheet.end(), [&](const Field& f) { return f.id == a.field; });
}

std::vector<const Event*> entries_of(const Evidence& c, const std::string& field) {
  std::vector<const Event*> out;
  for (const Event& e : c.events) {
    if (e.verb == Verb::kRecord && e.o == field) out.push_back(&e);
  }
  return out;
}

// The number an entry holds: its argument of the field's unit.
std::optional<int64_t> written_number(const Event& e, Unit unit) {
  for (const Arg& arg : e.args) {
    if (!arg.is_text && unit_of_key(arg.key) == unit) return arg.number;
  }
  return std::nullopt;
}

// What an entry should say: what is so, or what the instrument last showed before it was written.
class Real {
 public:
  Real(const Evidence& c, const Aspect& a) : c_(c), a_(a), shown_(a.evidence < 0 ? std::vector<const Event*>{} : c.find(a.evidence)) {
    std::erase_if(shown_, [&](const Event* e) { return !e->find(a.key); });
  }
  // The event whose reading the entry repeats; null without one, or when the truth is asked for.
  const Event* shown(const Event& entry) const {
    const auto later = std::lower_bound(shown_.begin(), shown_.end(), entry.seq, [](const Event* e, uint32_t seq) { return e->seq < seq; });
    return later == shown_.begin() ? nullptr : *(later - 1);
  }
  std::optional<int64_t> number(const Event& entry) const {
    if (a_.truth) return c_.truths.get(*a_.truth);
    const Event* e = shown(entry);
    return e ? std::optional(e->number(a_.key)) : std::nullopt;
  }

 private:
  const Evidence& c_;
  const Aspect& a_;
  std::vector<const Event*> shown_;  // in sequence
};

const std::string& true_word(const Evidence& c, const Aspect& a) { return a.truth_word >= 0 ? c.truths.words[static_cast<size_t>(a.truth_word)] : a.word; }

bool is_number(const Aspect& a) { return a.truth || a.evidence >= 0; }

bool is_right(const Evidence& c, const Aspect& a, const Real& real, const Event& entry) {
  if (!is_number(a)) return entry.text("value") == true_word(c, a);
  const auto written = written_number(entry, field_of(c, a).unit), number = real.number(entry);
  return written && number && std::abs(*written - *number) <= a.tol;
}

Text entry_text(const Evidence& c, const Aspect& a, const Event& entry) {
  const Field& f = field_of(c, a);
  if (!is_number(a)) {
    const std::string word(entry.text("value"));
    const Text& name = c.pack.text(f.name + "." + word);
    return name.zh.empty() ? plain(word) : name;
  }
  const auto n = written_number(entry, f.unit);
  return n ? quantity(*n, f.unit) : Text{"—", "—"};
}

// Entries that were wrong and then put right.
int corrections(const Evidence& c, const Aspect& a, const Real& real, const std::vector<const Event*>& entries) {
  int count = 0;
  for (size_t i = 1; i < entries.size(); ++i) count += is_right(c, a, real, *entries[i]) && !is_right(c, a, real, *entries[i - 1]) ? 1 : 0;
  return count;
}

}  // namespace

void numeric(const Evidence& c, const Aspect& a, Mark& m) {
  const Moment& moment = c.moment(a.moment);
  const auto found = c.find(a.moment);
  const auto judged = by_subject(moment, found, a.first, a.key);
  const Unit unit = unit_of_key(a.key);
  const Text window = window_text(c, a.lo, a.hi, unit);
  if (judged.empty()) {
    m.why = not_done(c, moment);
    return;
  }
  bool wrong = false;
  if (!is_shared(moment)) {
    const Event* e = pick(judged, a.first);
    const int64_t v = e->number(a.key);
    const Credit credit = credit_of(c, a, v);
    m.awarded_mp = a.max_mp * credit.num / credit.den;
    wrong = credit.num < credit.den;
    m.events.push_back(e->seq);
    m.why = sentence("{v}，窗口 {w}，{t}", "{v}, window {w}, {t}", {{"v", quantity(v, unit)}, {"w", window}, {"t", at_time(*e)}});
  } else {
    const auto& wanted = subjects_of(moment);
    Shared marks(a.max_mp, static_cast<int64_t>(wanted.size()));
    for (const std::string& s : wanted) {
      const auto it = judged.find(s);
      const Text name = name_of(c, s);
      if (it == judged.end()) {
        append(m.why, sentence("{n}：没有做", "{n}: not done", {{"n", name}}));
        continue;
      }
      const int64_t v = it->second->number(a.key);
      const Credit credit = credit_of(c, a, v);
      marks.add(credit.num, credit.den);
      wrong = wrong || credit.num < credit.den;
      m.events.push_back(it->second->seq);
      append(m.why, sentence("{n} {v}", "{n} {v}", {{"n", name}, {"v", quantity(v, unit)}}));
    }
    m.awarded_mp = marks.awarded_mp();
    append(m.why, sentence("窗口 {w}，{t}", "window {w}, {t}", {{"w", window}, {"t", at_time(*pick(judged, false))}}));
  }
  if (!a.first) m.rework = overshoots(c, a, found);
  if (wrong) m.code = a.code;
}

void pose(const Evidence& c, const Aspect& a, Mark& m) {
  const Moment& moment = c.moment(a.moment);
  const auto judged = by_subject(moment, c.find(a.moment), false, {});
  if (judged.empty()) {
    m.why = not_done(c, moment);
    return;
  }
  const bool share = is_shared(moment);
  const std::vector<std::string> wanted = share ? subjects_of(moment) : std::vector{std::string(subject(moment, *pick(judged, false)))};
  Shared marks(a.max_mp, static_cast<int64_t>(wanted.size()));
  int64_t full = 0;
  Text off;
  for (const std::string& s : wanted) {
    const auto it = judged.find(s);
    if (it == judged.end()) {
      append(off, sentence("{n}：没有做", "{n}: not done", {{"n", name_of(c, s)}}));
      continue;
    }
    const Event& e = *it->second;
    m.events.push_back(e.seq);
    int64_t halves = 2;  // a thing lies as well as the worst of what is measured
    Text values;
    for (const Band& band : a.bands) {
      const Arg* arg = e.find(band.key);
      const bool known = arg && !arg->is_text;
      const bool good = known && within(c, band.full.lo, band.full.hi, arg->number);
      const bool fair = good || (known && (band.half.lo || band.half.hi) && within(c, band.half.lo, band.half.hi, arg->number));
      halves = std::min<int64_t>(halves, good ? 2 : fair ? 1 : 0);
      const Unit unit = unit_of_key(band.key);
      if (!good) append(values, sentence("{v}（应为 {w}）", "{v} (should be {w})", {{"v", known ? quantity(arg->number, unit) : Text{"—", "—"}}, {"w", window_text(c, band.full.lo, band.full.hi, unit)}}), "，", ", ");
    }
    marks.add(halves, 2);
    if (halves == 2) ++full;
    else append(off, sentence(halves == 1 ? "{n} {v}，得一半" : "{n} {v}", halves == 1 ? "{n} {v}: half" : "{n} {v}", {{"n", name_of(c, s)}, {"v", values}}));
  }
  m.awarded_mp = marks.awarded_mp();
  m.why = sentence("{k}/{n} 件到位", "{k} of {n} in place", {{"k", plain(full)}, {"n", plain(static_cast<int64_t>(wanted.size()))}});
  if (!off.zh.empty()) append(m.why, off);
  if (full < static_cast<int64_t>(wanted.size()) && !judged.empty()) m.code = a.code;
}

void coverage(const Evidence& c, const Aspect& a, Mark& m) {
  const Moment& moment = c.moment(a.moment);
  const auto& wanted = subjects_of(moment);
  const auto judged = by_subject(moment, c.find(a.moment), false, a.key);
  const auto all = static_cast<int64_t>(wanted.size());
  int64_t in = 0;
  for (const std::string& s : wanted) {
    const auto it = judged.find(s);
    if (it == judged.end()) continue;
    m.events.push_back(it->second->seq);
    if (a.key.empty() || within(c, a.lo, a.hi, it->second->number(a.key))) ++in;
  }
  if (judged.empty()) {
    m.why = not_done(c, moment);
    return;
  }
  if (in * 100 >= a.full_percent * all) m.awarded_mp = a.max_mp;
  else if (in * 100 >= a.floor_percent * all) m.awarded_mp = a.max_mp * in * 100 / (a.full_percent * all);
  if (m.awarded_mp < a.max_mp) m.code = a.code;
  m.why = sentence("{k}/{n} 处合格", "{k} of {n} as they should be", {{"k", plain(in)}, {"n", plain(all)}});
  if (!a.key.empty()) append(m.why, sentence("窗口 {w}", "window {w}", {{"w", window_text(c, a.lo, a.hi, unit_of_key(a.key))}}), "，", ", ");
  if (in * 100 < a.floor_percent * all) append(m.why, sentence("低于 {f}% 不得分", "no marks below {f} %", {{"f", plain(a.floor_percent)}}));
}

void measure(const Evidence& c, const Aspect& a, Mark& m) {
  // Shared equally among what the rubric asks: the right instrument as it must be set, all points, the state of the thing, the value written.
  std::set<std::string_view> measured;
  bool right_tool = true, state_ok = true;
  const Event* first = nullptr;
  for (const Event& e : c.events) {
    if (e.verb != Verb::kMeasure || !contains(a.points, e.o)) continue;
    if (!first) first = &e;
    measured.insert(e.o);
    right_tool = right_tool && contains(a.tools, e.tool) && all_hold(a.spec, c, e);
    state_ok = state_ok && all_hold(a.state, c, e);
    m.events.push_back(e.seq);
  }
  int64_t parts = 2, got = 0;
  m.why = sentence("测点 {n}/{all}", "Points {n}/{all}", {{"n", plain(static_cast<int64_t>(measured.size()))}, {"all", plain(static_cast<int64_t>(a.points.size()))}});
  if (first && right_tool) ++got;
  else if (first) append(m.why, a.spec.empty() ? Text{"量具不对", "wrong instrument"} : Text{"量具、挡位或量程不对", "wrong instrument, mode or range"});
  if (measured.size() == a.points.size()) ++got;
  if (a.state_moment >= 0 || !a.state.empty()) {
    ++parts;
    const Event* prior = c.first(a.state_moment);
    state_ok = state_ok && first && (a.state_moment < 0 || (prior && prior->seq < first->seq));
    if (prior) m.events.push_back(prior->seq);
    if (state_ok) ++got;
    else append(m.why, {"测量前的状态不对", "not in the right state for measuring"});
  }
  if (!a.field.empty()) {
    ++parts;
    const auto entries = entries_of(c, a.field);
    const Real real(c, a);
    for (const Event* e : entries) m.events.push_back(e->seq);
    const Event* shown = entries.empty() ? nullptr : real.shown(*entries.back());
    if (shown) m.events.push_back(shown->seq);
    if (!entries.empty() && is_right(c, a, real, *entries.back())) ++got;
    else append(m.why, entries.empty() ? Text{"没有记录", "not written down"} : Text{"记录值不符", "the value written is not right"});
    m.rework = corrections(c, a, real, entries);
  }
  m.awarded_mp = a.max_mp * got / parts;
  if (first && got < parts) m.code = a.code;
}

void record(const Evidence& c, const Aspect& a, Mark& m) {
  const auto entries = entries_of(c, a.field);
  if (entries.empty()) {
    m.why = {"没有记录", "Not written down"};
    return;
  }
  for (const Event* e : entries) m.events.push_back(e->seq);
  const Event& last = *entries.back();
  const Real real(c, a);
  if (const Event* shown = real.shown(last)) m.events.push_back(shown->seq);
  const bool right = is_right(c, a, real, last);
  m.awarded_mp = right ? a.max_mp : 0;
  if (!right) m.code = a.code;
  m.rework = corrections(c, a, real, entries);
  const Field& f = field_of(c, a);
  Text truth;
  if (!is_number(a)) {
    truth = c.pack.text(f.name + "." + true_word(c, a));
  } else if (const auto number = real.number(last)) {
    truth = quantity(*number, f.unit);
    if (a.tol > 0) truth = sentence("{v} ± {t}", "{v} ± {t}", {{"v", truth}, {"t", quantity(a.tol, f.unit)}});
  } else {
    m.why = sentence("记录 {w}，但此前没有测量，{t}", "Wrote {w}, but nothing was measured before, {t}", {{"w", entry_text(c, a, last)}, {"t", at_time(last)}});
    return;
  }
  m.why = sentence(a.evidence >= 0 ? "记录 {w}，仪表显示 {r}，{t}" : "记录 {w}，实际 {r}，{t}", a.evidence >= 0 ? "Wrote {w}, the instrument showed {r}, {t}" : "Wrote {w}, true {r}, {t}",
                   {{"w", entry_text(c, a, last)}, {"r", truth}, {"t", at_time(last)}});
}

void diagnose(const Evidence& c, const Aspect& a, Mark& m) {
  const auto entries = entries_of(c, a.field);
  if (entries.empty()) {
    m.why = {"没有写出故障", "No fault was named"};
    return;
  }
  for (const Event* e : entries) m.events.push_back(e->seq);
  const Real real(c, a);
  m.rework = corrections(c, a, real, entries);
  // The fault was named where the word that stands was first written and not changed again: writing it once more after a measurement
  // does not turn a guess into a finding.
  const Event& last = *entries.back();
  const Event* named = &last;
  for (size_t i = entries.size(); i-- > 0 && entries[i]->text("value") == last.text("value");) named = entries[i];
  std::set<std::pair<int, std::string_view>> support;
  for (const int i : a.moments) {
    for (const Event* e : c.find(i)) {
      if (e->seq >= named->seq) continue;
      support.insert({i, subject(c.moment(i), *e)});
      m.events.push_back(e->seq);
    }
  }
  const auto have = static_cast<int64_t>(support.size());
  if (is_right(c, a, real, last)) m.awarded_mp = have >= a.at_least ? a.max_mp : have > 0 ? a.max_mp / 2 : 0;
  if (m.awarded_mp < a.max_mp) m.code = a.code;
  m.why = sentence("判断为“{w}”，实际“{r}”；之前有 {k} 项依据测量，应有 {n} 项，{t}", "Named: {w}; true: {r}; {k} supporting measurements before, {n} needed, {t}",
                   {{"w", entry_text(c, a, last)}, {"r", c.pack.text(field_of(c, a).name + "." + true_word(c, a))}, {"k", plain(have)}, {"n", plain(a.at_least)}, {"t", at_time(*named)}});
  if (have == 0) append(m.why, {"没有依据的判断是猜测", "without a measurement it is a guess"});
}

}  // namespace shixun::rules
