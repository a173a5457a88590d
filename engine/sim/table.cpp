#include "engine/sim/table.h"

#include <algorithm>
#include <cassert>

#include "engine/sim/fixed.h"

namespace shixun {

std::vector<Error> check(const Table& t) {
  std::vector<Error> out;
  const auto bad = [&](std::string what, std::string hint) { out.push_back({Code::kFailed, t.id, std::move(what), std::move(hint)}); };
  if (t.points.empty() || t.points.size() > kMaxTablePoints)
    bad("a table has 1 to " + std::to_string(kMaxTablePoints) + " points, this has " + std::to_string(t.points.size()), "give the points that matter");
  for (size_t i = 0; i < t.points.size(); ++i) {
    const auto [x, y] = t.points[i];
    const std::string nth = "point " + std::to_string(i + 1);
    if (std::min(x, y) < -kMaxTableNumber || std::max(x, y) > kMaxTableNumber) bad(nth + " is too large", "a number has at most 15 digits");
    if (i > 0 && x <= t.points[i - 1].x) bad(nth + " does not lie after the one before it", "sort the points by x");
    if (t.curve == Curve::kLogarithmic && y <= 0) bad(nth + " has no logarithm", "a logarithmic table needs values above zero");
  }
  return out;
}

int64_t look_up(const Table& t, int64_t x) {
  assert(!t.points.empty());
  const auto next = std::upper_bound(t.points.begin(), t.points.end(), x, [](int64_t v, const TablePoint& p) { return v < p.x; });
  if (next == t.points.begin()) return t.points.front().y;
  if (next == t.points.end()) return t.points.back().y;
  const TablePoint &a = *(next - 1), &b = *next;
  if (t.curve == Curve::kLinear) return a.y + mul_div(b.y - a.y, x - a.x, b.x - a.x);
  return times_exp(a.y, mul_div(ln_of(b.y) - ln_of(a.y), x - a.x, b.x - a.x));
}

}  // namespace shixun
