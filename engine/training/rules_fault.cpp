// What must not happen, not last, not happen so often: forbid, while, count.

#include <algorithm>

#include "engine/training/rules_detail.h"

namespace shixun::rules {

namespace {

constexpr int64_t kMinor_mp = 1000, kMajor_mp = 5000;
constexpr int64_t kRepeatPercent[] = {100, 50, 25, 0};  // the same error again costs less, the fourth time nothing

// A held effort reports every second. It is one act until something else is done.
struct Act { const Event *first, *last; };
std::vector<Act> acts(const std::vector<const Event*>& found) {
  std::vector<Act> out;
  for (const Event* e : found) {
    const bool held = e->verb == Verb::kTurn || e->verb == Verb::kRaise || e->verb == Verb::kLower;
    const bool same = held && !out.empty() && out.back().last < e && std::all_of(out.back().last, e, [&](const Event& x) { return x.verb == e->verb && x.o == e->o && x.tool == e->tool; });
    if (same) out.back().last = e;
    else out.push_back({e, e});
  }
  return out;
}

// The event that put an act right before it had its consequence, or null. Where the putting right names its things, it must be the same thing.
const Event* correction(const Evidence& c, const Aspect& a, const Act& act, Mark& m) {
  if (a.corrected_by < 0) return nullptr;
  const Moment& by = c.moment(a.corrected_by);
  const std::string_view thing = subject(c.moment(a.moment), *act.last);
  const bool names_it = contains(subjects_of(by), thing);
  uint32_t limit = UINT32_MAX;
  if (a.consequence >= 0) {
    for (const Event* e : c.find(a.consequence)) {
      if (e->seq > act.last->seq) limit = std::min(limit, e->seq);
    }
    if (limit != UINT32_MAX) m.events.push_back(limit);
  }
  for (const Event* e : c.find(a.corrected_by)) {
    if (e->seq > act.last->seq && e->seq < limit && (!names_it || subject(by, *e) == thing)) return e;
  }
  return nullptr;
}

bool earned(const Evidence& c, const Aspect& a) { return a.needs < 0 || c.happened(a.needs); }

// The work by which marks for a clean record are earned belongs to their evidence.
void show_needs(const Evidence& c, const Aspect& a, Mark& m) {
  if (a.needs < 0) return;
  for (const Event* e : c.find(a.needs)) m.events.push_back(e->seq);
}

const Text kNotEarned{"相关操作没有做", "The work this belongs to was not done"};

}  // namespace

void forbid(const Evidence& c, const Aspect& a, Mark& m) {
  const auto seq_of = [&](int i) {
    const Event* e = c.first(i);
    return e ? e->seq : UINT32_MAX;
  };
  const uint32_t before = seq_of(a.before), after = a.after < 0 ? 0 : seq_of(a.after), unless = seq_of(a.unless);
  auto found = c.find(a.moment);
  std::erase_if(found, [&](const Event* e) { return e->seq >= before || e->seq < after || unless < e->seq; });
  for (const Event* e : found) m.events.push_back(e->seq);
  if (found.empty()) {
    const bool good = earned(c, a);
    m.awarded_mp = good ? a.max_mp : 0;
    m.why = good ? Text{"没有发生", "Did not happen"} : kNotEarned;
    if (a.max_mp > 0 && good) show_needs(c, a, m);
    return;
  }
  if (a.after >= 0) m.events.push_back(after);
  m.code = a.code;
  m.severity = a.severity;
  const std::vector<Act> happened = acts(found);
  int64_t cost = 0;
  if (a.severity != Severity::kCritical) {
    const int64_t each = a.severity == Severity::kMajor ? kMajor_mp : kMinor_mp;
    for (size_t i = 0; i < happened.size(); ++i) {
      const int64_t full = each * kRepeatPercent[std::min<size_t>(i, 3)] / 100;
      if (full == 0) break;  // nothing is charged any more, and nothing given back
      const Event* righted = correction(c, a, happened[i], m);
      cost += righted ? full / 2 : full;
      if (righted) {
        ++m.rework;
        m.events.push_back(righted->seq);
      }
    }
  }
  m.awarded_mp = a.max_mp == 0 ? -cost : a.severity == Severity::kCritical || !earned(c, a) ? 0 : std::max<int64_t>(0, a.max_mp - cost);
  m.why = sentence("发生 {n} 次，首次{t}", "Happened {n}×, first {t}", {{"n", plain(static_cast<int64_t>(happened.size()))}, {"t", at_time(*found.front())}});
}

void count(const Evidence& c, const Aspect& a, Mark& m) {
  const auto found = c.find(a.moment);
  for (const Event* e : found) m.events.push_back(e->seq);
  const auto times = static_cast<int64_t>(acts(found).size());
  const int64_t marks = a.table[static_cast<size_t>(std::min<int64_t>(times, static_cast<int64_t>(a.table.size()) - 1))];
  const auto best = static_cast<int64_t>(std::max_element(a.table.begin(), a.table.end()) - a.table.begin());
  if (!earned(c, a)) {
    m.why = kNotEarned;
    return;
  }
  show_needs(c, a, m);
  m.awarded_mp = marks;
  if (marks < a.max_mp && times > best) m.code = a.code;
  m.why = sentence("{n} 次，满分为 {b} 次", "{n}×; full marks for {b}×", {{"n", plain(times)}, {"b", plain(best)}});
}

void lasting(const Evidence& c, const Aspect& a, Mark& m) {
  const auto starts = c.find(a.start), ends = c.find(a.end);
  int64_t total = 0, times = 0;
  const Event* open = nullptr;
  const auto close = [&](const Event& at) {
    total += c.active_at(at.t_ms) - c.active_at(open->t_ms);
    m.events.push_back(open->seq);
    m.events.push_back(at.seq);
    open = nullptr;
    ++times;
  };
  // An event that both ends and begins it ends the old stretch first.
  for (size_t s = 0, e = 0; s < starts.size() || e < ends.size();) {
    if (e < ends.size() && (s == starts.size() || ends[e]->seq <= starts[s]->seq)) {
      if (open) close(*ends[e]);
      ++e;
    } else {
      if (!open) open = starts[s];
      ++s;
    }
  }
  if (open) close(c.events.back());  // still so
  const bool critical = a.critical_ms > 0 && total >= a.critical_ms;
  if (critical) m.severity = Severity::kCritical;
  if (critical || (a.max_mp > 0 && total > a.full_ms)) m.code = a.code;
  const Text lasted = sentence("共 {n} 次，{t}", "{n}×, {t} in all", {{"n", plain(times)}, {"t", plain(format_clock(total))}});
  if (a.max_mp == 0) {
    m.why = times == 0 ? Text{"没有发生", "Did not happen"} : lasted;
    return;
  }
  if (!earned(c, a)) {
    m.why = kNotEarned;
    return;
  }
  show_needs(c, a, m);
  if (critical) m.awarded_mp = 0;
  else if (total <= a.full_ms) m.awarded_mp = a.max_mp;
  else if (total < a.zero_ms) m.awarded_mp = a.max_mp * (a.zero_ms - total) / (a.zero_ms - a.full_ms);
  m.why = times == 0 ? Text{"没有发生", "Did not happen"} : lasted;
  if (times > 0) append(m.why, sentence("满分 {f} 以内，{z} 为零分", "full marks up to {f}, none from {z}", {{"f", plain(format_clock(a.full_ms))}, {"z", plain(format_clock(a.zero_ms))}}));
}

}  // namespace shixun::rules
