// What was done, in which order, with what: done, order, hop, tool.

#include <algorithm>
#include <set>

#include "engine/training/rules_detail.h"

namespace shixun::rules {

void done(const Evidence& c, const Aspect& a, Mark& m) {
  // `before` something that never came was not in time for it: else leaving that out would earn the marks.
  const Event* limit = c.first(a.before);
  bool all = true, late = false;
  const Event* last = nullptr;
  for (const int i : a.moments) {
    auto found = c.find(i);
    const bool ever = complete(c.moment(i), found);
    if (a.before >= 0) std::erase_if(found, [&](const Event* e) { return !limit || e->seq >= limit->seq; });
    const bool in_time = complete(c.moment(i), found);
    late = late || (ever && !in_time);
    all = all && in_time;
    for (const Event* e : found) {
      m.events.push_back(e->seq);
      if (!last || e->seq > last->seq) last = e;
    }
  }
  if (a.before >= 0 && limit) m.events.push_back(limit->seq);
  m.awarded_mp = all ? a.max_mp : 0;
  if (all) m.why = sentence("已完成，{t}", "Done {t}", {{"t", last ? at_time(*last) : Text{}}});
  else if (late) m.why = sentence("没有在“{b}”之前完成", "Not done before: {b}", {{"b", moment_name(c, a.before)}});
  else m.why = {"没有完成", "Not done"};
  if (late && limit) m.code = a.code;
}

void order(const Evidence& c, const Aspect& a, Mark& m) {
  int64_t kept = 0, all = 0;
  bool wrong = false;
  Text told_kept, told_broken;  // of many pairs only those that were not kept are told
  std::set<int> missing;
  for (const Pair& p : a.pairs) {
    all += p.weight;
    const auto before = c.find(p.first), after = c.find(p.second);
    const bool first_done = complete(c.moment(p.first), before);
    const Text fn = moment_name(c, p.first), sn = moment_name(c, p.second);
    if (after.empty() || !first_done) {
      wrong = wrong || !after.empty();
      if (missing.insert(first_done ? p.second : p.first).second) append(told_broken, sentence("没有做：{a}", "Missing: {a}", {{"a", first_done ? sn : fn}}));
      if (!after.empty()) m.events.push_back(after.front()->seq);
      continue;
    }
    // The moment is first reached when its last needed subject had its first event.
    const Event* reached = before.front();
    if (c.moment(p.first).all) {
      std::set<std::string_view> seen;
      for (const Event* e : before) {
        if (seen.insert(subject(c.moment(p.first), *e)).second) reached = e;
      }
    }
    const bool at_first = reached->seq < after.front()->seq, at_last = before.back()->seq < after.back()->seq;
    const Event* x = a.judge_last ? before.back() : reached;
    const Event* y = a.judge_last ? after.back() : after.front();
    m.events.push_back(x->seq);
    m.events.push_back(y->seq);
    const bool right = a.judge_last ? at_last : at_first;
    if (right) kept += p.weight;
    // Only where the wrong order is an error by name: a tyre may well be measured before it is fitted, and again after.
    if (right && !at_first && !a.code.empty()) ++m.rework;
    wrong = wrong || !right;
    append(right ? told_kept : told_broken, sentence(right ? "{a}（{ta}）先于{b}（{tb}）" : "{a}（{ta}）晚于{b}（{tb}），应在其前", right ? "{a} ({ta}) before {b} ({tb})" : "{a} ({ta}) came after {b} ({tb}); it belongs before",
                           {{"a", fn}, {"ta", plain(format_clock(x->t_ms))}, {"b", sn}, {"tb", plain(format_clock(y->t_ms))}}));
  }
  constexpr size_t kToldWhenKept = 2;
  if (!told_broken.en.empty()) m.why = told_broken;
  else if (a.pairs.size() <= kToldWhenKept) m.why = told_kept;
  else m.why = sentence("{n} 处先后顺序都正确", "All {n} orders kept", {{"n", plain(std::to_string(a.pairs.size()))}});
  m.awarded_mp = a.max_mp * kept / all;
  if (wrong) m.code = a.code;
}

void hop(const Evidence& c, const Aspect& a, Mark& m) {
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
  else m.why = sentence("顺序 {path}：{n} 次合规换位，应为 {of} 次", "Order {path}: {n} legal moves of {of}", {{"path", plain(path)}, {"n", plain(counted)}, {"of", plain(a.hops)}});
}

void tool(const Evidence& c, const Aspect& a, Mark& m) {
  const auto found = c.find(a.moment);
  if (found.empty()) {
    m.why = {"没有做这一步", "This was not done"};
    return;
  }
  bool right = true, usable = true, named = true;
  std::set<std::string> used;
  for (const Event* e : found) {
    const bool in_full = contains(a.tools, e->tool), in_half = in_full || contains(a.half_tools, e->tool);
    const bool full = in_full && all_hold(a.spec, c, *e);
    // Usable: another tool that serves, or the right one set or put together so that it just serves.
    const bool half = full || (in_half && all_hold(a.half_spec.empty() ? a.spec : a.half_spec, c, *e));
    right = right && full;
    usable = usable && half;
    named = named && in_half;
    used.insert(e->tool);
    m.events.push_back(e->seq);
  }
  Text names;
  for (const std::string& t : used) append(names, name_of(c, t), "、", ", ");
  m.awarded_mp = right ? a.max_mp : usable ? a.max_mp / 2 : 0;
  if (!usable) m.code = a.code;
  if (right) m.why = sentence("使用了{t}", "Used: {t}", {{"t", names}});
  else if (usable) m.why = sentence("使用了{t}，可用但不合适", "Used: {t}; usable, not the right choice", {{"t", names}});
  else if (named) m.why = sentence("使用了{t}，规格或设定不对", "Used: {t}; not of the size or setting asked for", {{"t", names}});
  else m.why = sentence("使用了{t}，工具不对", "Used: {t}; not the right tool", {{"t", names}});
}

}  // namespace shixun::rules
