#pragma once
// A curve given by points: an NTC's resistance over temperature, a valve's flow over pressure difference. Integers in, integers out;
// which units, the owner says. Beyond the first and last point the curve keeps their value.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace shixun {

enum class Curve : uint8_t {
  kLinear,       // straight between points
  kLogarithmic,  // straight in ln y: what an NTC's table wants
};

struct TablePoint {
  int64_t x = 0, y = 0;
};

struct Table {
  std::string id;
  Curve curve = Curve::kLinear;
  std::vector<TablePoint> points;  // x rising
};

inline constexpr size_t kMaxTablePoints = 64;
inline constexpr int64_t kMaxTableNumber = 1'000'000'000'000'000;

// Everything wrong with it; empty: sound. `where` is the table's id.
std::vector<Error> check(const Table& t);

// The curve at x; a sound table. Linear: within half a step of the exact value. Logarithmic: within 0.5 + 2^-30 of the value.
int64_t look_up(const Table& t, int64_t x);

}  // namespace shixun
