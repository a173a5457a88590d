#pragma once
// Quantities are integers in small fixed steps, so that a score never meets a float:
// torque 0.1 N·m, length 1 um, angle 0.01 deg, pressure 1 Pa, time 1 ms.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/text.h"

namespace shixun {

enum class Unit { kCount, kTorque, kLength, kAngle, kPressure, kTime };

// No quantity is larger, in a file or an event: a kilometre, a gigapascal, eleven days. Products of two then fit 64 bits.
inline constexpr int64_t kMaxQuantity = 1'000'000'000;

struct Quantity {
  int64_t value = 0;  // in the unit's step
  Unit unit = Unit::kCount;
  bool operator==(const Quantity&) const = default;
};

// "98 N·m", "0.5 turn", "27 mm", "230 kPa", "20 min", "5". The number may have a sign and a fraction; a value finer than the step is refused,
// and so is one beyond kMaxQuantity.
Result<Quantity> parse_quantity(std::string_view s);

// An event's argument names its unit by suffix: torque_dnm, height_um, angle_cd, pressure_pa, t_ms; anything else is a count.
Unit unit_of_key(std::string_view key);

// "98.0 N·m", "3.2 mm", "230 kPa", "3.0 turns", "05:12" for a person. Rounded half away from zero to the digits shown.
std::string format_quantity(int64_t value, Unit unit, Lang lang);
std::string format_number(int64_t value, Unit unit);  // the number alone, in the unit format_quantity uses
const char* unit_name(Unit unit, Lang lang);          // what the load errors and forms call it: "N·m", "mm", ...

std::string format_clock(int64_t t_ms);  // "03:12"

// num / den rounded half away from zero; den > 0.
constexpr int64_t div_round(int64_t num, int64_t den) { return num >= 0 ? (num + den / 2) / den : -((-num + den / 2) / den); }

}  // namespace shixun
