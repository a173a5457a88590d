#pragma once
// A body raised at one corner by a lift: what the lift's height does to it, and when it falls or rolls away.
// Integers only; heights in um above the body's rest on its own wheels.

#include <algorithm>
#include <cstdint>

namespace shixun {

struct RaisedBody {
  int64_t droop_um;  // suspension travel: the wheel leaves the ground only after this much lift
  int64_t slip_um;   // a lift on a wrong point slips off at this lift
};

constexpr int64_t lift_of(int64_t lift_height_um, int64_t point_height_um) { return std::max<int64_t>(0, lift_height_um - point_height_um); }
constexpr int64_t clearance_of(const RaisedBody& b, int64_t lift_um) { return std::max<int64_t>(0, lift_um - b.droop_um); }

enum class Fate { kStays, kRolls, kSlips };
// A raised body that nothing keeps from rolling rolls off as soon as it is lifted; one on a wrong point slips later.
constexpr Fate fate_of(const RaisedBody& b, int64_t lift_um, bool held_in_place, bool wrong_point) {
  if (lift_um > 0 && !held_in_place) return Fate::kRolls;
  if (wrong_point && lift_um >= b.slip_um) return Fate::kSlips;
  return Fate::kStays;
}

}  // namespace shixun
