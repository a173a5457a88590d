#pragma once
// Instruments: a true value becomes the reading a person sees, rounded to the instrument's resolution.

#include <cstdint>

#include "engine/base/units.h"

namespace shixun {

constexpr int64_t gauge_reading(int64_t truth, int64_t resolution) { return div_round(truth, resolution) * resolution; }

}  // namespace shixun
