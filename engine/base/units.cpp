#include "engine/base/units.h"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace shixun {

namespace {

struct UnitName {
  std::string_view name;
  Unit unit;
  int64_t steps;  // in one of the unit
};

// Longest names first, so that "mm" is not read as "m" with a stray letter.
constexpr std::array<UnitName, 19> kUnits{{{"N·m", Unit::kTorque, 10},
                                           {"Nm", Unit::kTorque, 10},
                                           {"turns", Unit::kAngle, 36000},
                                           {"turn", Unit::kAngle, 36000},
                                           {"deg", Unit::kAngle, 100},
                                           {"°", Unit::kAngle, 100},
                                           {"µm", Unit::kLength, 1},
                                           {"um", Unit::kLength, 1},
                                           {"mm", Unit::kLength, 1000},
                                           {"cm", Unit::kLength, 10000},
                                           {"m", Unit::kLength, 1000000},
                                           {"kPa", Unit::kPressure, 1000},
                                           {"MPa", Unit::kPressure, 1000000},
                                           {"Pa", Unit::kPressure, 1},
                                           {"bar", Unit::kPressure, 100000},
                                           {"ms", Unit::kTime, 1},
                                           {"min", Unit::kTime, 60000},
                                           {"s", Unit::kTime, 1000},
                                           {"", Unit::kCount, 1}}};

std::string_view trim(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

// value / scale with `digits` decimals.
std::string decimal(int64_t value, int64_t scale, int digits) {
  int64_t pow = 1;
  for (int i = 0; i < digits; ++i) pow *= 10;
  const int64_t shown = div_round(value * pow, scale);
  const uint64_t magnitude = shown < 0 ? static_cast<uint64_t>(-shown) : static_cast<uint64_t>(shown);
  const char* sign = shown < 0 ? "-" : "";
  const auto p = static_cast<uint64_t>(pow);
  return digits == 0 ? fmt::format("{}{}", sign, magnitude) : fmt::format("{}{}.{:0{}}", sign, magnitude / p, magnitude % p, digits);
}

}  // namespace

Result<Quantity> parse_quantity(std::string_view s) {
  const auto bad = [&](std::string why) { return Error{Code::kFailed, "", "'" + std::string(s) + "' is not a quantity: " + why, "Write a number and a unit, such as \"98 N·m\", \"27 mm\", \"230 kPa\", \"0.5 turn\" or \"20 min\""}; };
  std::string_view rest = trim(s);
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  int64_t mantissa = 0, scale = 1;
  bool digit = false, fraction = false;
  while (!rest.empty() && (std::isdigit(static_cast<unsigned char>(rest[0])) || (rest[0] == '.' && !fraction))) {
    if (rest[0] == '.') fraction = true;
    else {
      digit = true;
      if (mantissa > 100'000'000'000 || scale > 1'000'000) return bad("the number has too many digits");
      mantissa = mantissa * 10 + (rest[0] - '0');
      if (fraction) scale *= 10;
    }
    rest.remove_prefix(1);
  }
  if (!digit) return bad("it does not begin with a number");
  rest = trim(rest);
  for (const UnitName& u : kUnits) {
    if (rest != u.name) continue;
    const int64_t scaled = mantissa * u.steps;
    if (scaled % scale != 0) return bad("finer than the step that is kept");
    if (scaled / scale > kMaxQuantity) return bad("larger than anything an exercise deals with");
    return Quantity{(negative ? -1 : 1) * (scaled / scale), u.unit};
  }
  return bad("unknown unit '" + std::string(rest) + "'");
}

Unit unit_of_key(std::string_view key) {
  if (key.ends_with("_dnm")) return Unit::kTorque;
  if (key.ends_with("_um")) return Unit::kLength;
  if (key.ends_with("_cd")) return Unit::kAngle;
  if (key.ends_with("_pa")) return Unit::kPressure;
  if (key.ends_with("_ms")) return Unit::kTime;
  return Unit::kCount;
}

std::string format_number(int64_t value, Unit unit) {
  switch (unit) {
    case Unit::kTorque: return decimal(value, 10, 1);
    case Unit::kLength: return decimal(value, 1000, 1);
    case Unit::kAngle: return decimal(value, 36000, 1);
    case Unit::kPressure: return decimal(value, 1000, 0);
    case Unit::kTime: return format_clock(value);
    case Unit::kCount: return std::to_string(value);
  }
  return {};
}

const char* unit_name(Unit unit, Lang lang) {
  switch (unit) {
    case Unit::kTorque: return "N·m";
    case Unit::kLength: return "mm";
    case Unit::kAngle: return lang == Lang::kZh ? "圈" : "turns";
    case Unit::kPressure: return "kPa";
    case Unit::kTime: return lang == Lang::kZh ? "分:秒" : "min:s";
    case Unit::kCount: return "";
  }
  return "";
}

std::string format_quantity(int64_t value, Unit unit, Lang lang) {
  const std::string number = format_number(value, unit);
  if (unit == Unit::kCount || unit == Unit::kTime) return number;
  return number + " " + unit_name(unit, lang);
}

std::string format_clock(int64_t t_ms) {
  const int64_t s = (t_ms < 0 ? 0 : t_ms) / 1000;
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60) : fmt::format("{:02}:{:02}", s / 60, s % 60);
}

}  // namespace shixun
