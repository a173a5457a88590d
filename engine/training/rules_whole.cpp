// The attempt as a whole: time, clean5s.

#include "engine/training/rules_detail.h"

namespace shixun::rules {

void time(const Evidence& c, const Aspect& a, Mark& m) {
  if (!c.handed_in) {
    m.why = {"没有交卷，不计时间分", "Not handed in: no marks for time"};
    return;
  }
  if (c.active_ms <= a.full_ms) m.awarded_mp = a.max_mp;
  else if (c.active_ms < a.zero_ms) m.awarded_mp = a.max_mp * (a.zero_ms - c.active_ms) / (a.zero_ms - a.full_ms);
  m.why = sentence("用时 {v}，满分 {f} 以内，{z} 为零分", "Took {v}; full marks up to {f}, none from {z}",
                   {{"v", plain(format_clock(c.active_ms))}, {"f", plain(format_clock(a.full_ms))}, {"z", plain(format_clock(a.zero_ms))}});
  m.events.push_back(c.events.back().seq);
}

void clean5s(const Evidence& c, const Aspect& a, Mark& m) {
  if (!c.handed_in) {
    m.why = {"没有交卷，不评收尾", "Not handed in: the end state is not judged"};
    return;
  }
  int64_t kept = 0;
  Text missing;
  for (size_t i = 0; i < a.moments.size(); ++i) {
    const auto found = c.find(a.moments[i]);
    for (const Event* e : found) m.events.push_back(e->seq);
    if (complete(c.moment(a.moments[i]), found)) ++kept;
    else append(missing, c.pack.text(a.item_names[i]), "、", ", ");
  }
  m.awarded_mp = a.max_mp * kept / static_cast<int64_t>(a.moments.size());
  m.why = missing.zh.empty() ? Text{"全部到位", "Everything in its place"} : sentence("未到位：{x}", "Not as it should be: {x}", {{"x", missing}});
}

}  // namespace shixun::rules
