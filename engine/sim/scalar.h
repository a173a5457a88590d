#pragma once
// One-number laws: a voltage that decays, an engine that warms up, a needle gauge. Each is a closed form of the time since its start,
// never a sum over frames: asking often, seldom or after a skipped hour gives the same number.

#include <algorithm>
#include <cstdint>

#include "engine/sim/fixed.h"
#include "engine/sim/gauge.h"

namespace shixun {

// start * e^(-t/tau): a capacitor through its bleeder. tau_ms > 0; t_ms < 0 counts as 0. Error: 0.5 + 2^-33 of the result.
inline int64_t decay(int64_t start, int64_t t_ms, int64_t tau_ms) { return times_exp(start, -fx_ratio(std::max<int64_t>(0, t_ms), tau_ms)); }

// First order from start to target: a warming engine, a megger's reading that creeps up.
inline int64_t approach(int64_t start, int64_t target, int64_t t_ms, int64_t tau_ms) { return target + decay(start - target, t_ms, tau_ms); }

// A gauge with ends: what it shows, and whether the needle rests on a stop. Quantised without hysteresis. resolution > 0, min < max.
struct Gauge {
  int64_t min = 0, max = 0, resolution = 1;
};
struct GaugeShown {
  int64_t value = 0;
  bool pegged = false;
};
inline GaugeShown show(const Gauge& g, int64_t truth) {
  return {gauge_reading(std::clamp(truth, g.min, g.max), g.resolution), truth < g.min || truth > g.max};
}

}  // namespace shixun
