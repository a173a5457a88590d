#pragma once
// Quantities are integers in small fixed steps, so that a score never meets a float:
// torque 0.1 N·m, length 1 um, angle 0.01 deg, pressure 1 Pa, time 1 ms, voltage 1 mV, resistance 1 mohm, current 1 mA,
// temperature 0.1 °C, mass 1 g, force 0.1 N, speed 1 um/s, rotation 1 r/min, ratio 0.01 %.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/text.h"

namespace shixun {

enum class Unit { kCount, kTorque, kLength, kAngle, kPressure, kTime, kVoltage, kResistance, kCurrent, kTemperature, kMass, kForce, kSpeed, kRotation, kRatio };

// No quantity is larger, in a file or an event: a kilometre, a gigapascal, eleven days. Products of two then fit 64 bits.
// Resistance alone spans more: a bond of 0.1 ohm and an insulation of 550 Mohm are read in one exercise, so its limit is 1 Gohm.
inline constexpr int64_t kMaxQuantity = 1'000'000'000;
constexpr int64_t max_quantity(Unit unit) { return unit == Unit::kResistance ? 1'000'000'000'000 : kMaxQuantity; }

struct Quantity {
  int64_t value = 0;  // in the unit's step
  Unit unit = Unit::kCount;
  bool operator==(const Quantity&) const = default;
};

// "98 N·m", "0.5 turn", "27 mm", "230 kPa", "20 min", "60 V", "0.1 ohm", "20 MΩ", "-40 °C", "50 %", "5". The number may have a sign and a
// fraction; a value finer than the step is refused, and so is one beyond max_quantity.
Result<Quantity> parse_quantity(std::string_view s);

// The unit's name that `s` begins with ("mm/s" of "mm/s + 1"), the longest there is; empty when there is none. A name ends where its word does.
std::string_view leading_unit(std::string_view s);

// Every way a pack may write this unit, the usual one first; none for a count.
std::vector<std::string_view> unit_names(Unit unit);

// What a quantity of this unit is, for messages: "torque", "voltage", "count".
const char* unit_kind(Unit unit);

// An event's argument names its unit by suffix: torque_dnm, height_um, angle_cd, pressure_pa, t_ms, bus_mv, leak_mohm, load_ma, coolant_dcel,
// payload_g, grip_dn, speed_umps, spindle_rpm, overlap_bp; anything else is a count.
Unit unit_of_key(std::string_view key);

// How an event names a quantity that has no other name, such as a reading: "length_um", "voltage_mv"; a count is its "number".
std::string key_of_unit(Unit unit);

// "98.0 N·m", "3.2 mm", "230 kPa", "3.0 turns", "05:12", "3.60 V", "20.0 MΩ" for a person. Rounded half away from zero to the digits shown; a
// resistance is shown in the unit that suits its size.
std::string format_quantity(int64_t value, Unit unit, Lang lang);
std::string format_number(int64_t value, Unit unit);  // the number alone, in the unit format_quantity uses
const char* unit_name(Unit unit, Lang lang);          // what the load errors and forms call it: "N·m", "mm", ...

// "88.3-107.9 N·m"; both in the same unit. A resistance keeps a unit of its own at each end.
std::string format_range(int64_t lo, int64_t hi, Unit unit, Lang lang);

std::string format_clock(int64_t t_ms);  // "03:12"

// num / den rounded half away from zero; den > 0.
constexpr int64_t div_round(int64_t num, int64_t den) { return num >= 0 ? (num + den / 2) / den : -((-num + den / 2) / den); }

}  // namespace shixun
