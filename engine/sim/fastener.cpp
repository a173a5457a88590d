#include "engine/sim/fastener.h"

#include <algorithm>

namespace shixun {

namespace {
constexpr int64_t kTurn = 36000;
}

int64_t torque_dnm(const FastenerSpec& spec, const FastenerState& s) { return s.over_cd * spec.dnm_per_turn / kTurn; }

int64_t over_for_torque(const FastenerSpec& spec, int64_t dnm) { return (dnm * kTurn + spec.dnm_per_turn - 1) / spec.dnm_per_turn; }

Turned turn(const FastenerSpec& spec, FastenerState& s, const Driver& driver, int64_t angle_cd, bool clicked_before, int64_t give_left_cd) {
  Turned out;
  out.give_left_cd = give_left_cd;
  if (angle_cd < 0) {
    int64_t left = -angle_cd;
    const int64_t unload = std::min(left, s.over_cd);
    s.over_cd -= unload;
    left -= unload;
    const int64_t run = std::min(left, s.engaged_cd);
    s.engaged_cd -= run;
    out.moved_cd = -(unload + run);
    return out;
  }
  int64_t left = angle_cd;
  const int64_t run = std::min(left, spec.seat_cd - s.engaged_cd);
  s.engaged_cd += run;
  left -= run;
  out.moved_cd = run;
  if (left == 0) return out;  // not seated yet, or just so

  const int64_t limit = over_for_torque(spec, driver.limit_dnm);
  if (driver.setting_dnm > 0 && !clicked_before) {
    const int64_t click_at = over_for_torque(spec, driver.setting_dnm);
    const int64_t pull = std::clamp<int64_t>(std::min(click_at, limit) - s.over_cd, 0, left);
    s.over_cd += pull;
    left -= pull;
    out.moved_cd += pull;
    if (s.over_cd < click_at) return out;
    out.clicked = true;
    out.give_left_cd = driver.give_cd;
  }
  if (driver.setting_dnm > 0 && (clicked_before || out.clicked)) {
    if (driver.stop_at_click) return out;
    const int64_t give = std::min(left, out.give_left_cd);
    out.give_left_cd -= give;
    left -= give;
  }
  const int64_t pull = std::clamp<int64_t>(limit - s.over_cd, 0, left);
  s.over_cd += pull;
  out.moved_cd += pull;
  return out;
}

}  // namespace shixun
