#include "engine/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace shixun {

namespace {

struct UnitName {
  std::string_view name;
  Unit unit;
  int64_t steps;  // in one of the unit
};

constexpr std::array kUnits = {
    UnitName{"N·m", Unit::kTorque, 10},          UnitName{"Nm", Unit::kTorque, 10},
    UnitName{"turns", Unit::kAngle, 36000},      UnitName{"turn", Unit::kAngle, 36000},
    UnitName{"deg", Unit::kAngle, 100},          UnitName{"°", Unit::kAngle, 100},
    UnitName{"µm", Unit::kLength, 1},            UnitName{"um", Unit::kLength, 1},
    UnitName{"mm", Unit::kLength, 1000},         UnitName{"cm", Unit::kLength, 10000},
    UnitName{"m", Unit::kLength, 1000000},       UnitName{"kPa", Unit::kPressure, 1000},
    UnitName{"MPa", Unit::kPressure, 1000000},   UnitName{"Pa", Unit::kPressure, 1},
    UnitName{"bar", Unit::kPressure, 100000},    UnitName{"ms", Unit::kTime, 1},
    UnitName{"min", Unit::kTime, 60000},         UnitName{"s", Unit::kTime, 1000},
    UnitName{"mV", Unit::kVoltage, 1},           UnitName{"V", Unit::kVoltage, 1000},
    UnitName{"kV", Unit::kVoltage, 1000000},     UnitName{"mohm", Unit::kResistance, 1},
    UnitName{"mΩ", Unit::kResistance, 1},        UnitName{"ohm", Unit::kResistance, 1000},
    UnitName{"Ω", Unit::kResistance, 1000},      UnitName{"kohm", Unit::kResistance, 1000000},
    UnitName{"kΩ", Unit::kResistance, 1000000},  UnitName{"Mohm", Unit::kResistance, 1000000000},
    UnitName{"MΩ", Unit::kResistance, 1000000000}, UnitName{"mA", Unit::kCurrent, 1},
    UnitName{"A", Unit::kCurrent, 1000},         UnitName{"°C", Unit::kTemperature, 10},
    UnitName{"g", Unit::kMass, 1},               UnitName{"kg", Unit::kMass, 1000},
    UnitName{"N", Unit::kForce, 10},             UnitName{"kN", Unit::kForce, 10000},
    UnitName{"mm/s", Unit::kSpeed, 1000},        UnitName{"m/s", Unit::kSpeed, 1000000},
    UnitName{"r/min", Unit::kRotation, 1},       UnitName{"%", Unit::kRatio, 100},
    UnitName{"", Unit::kCount, 1}};

// How a key names its unit, and what people call that.
struct UnitKind {
  Unit unit;
  std::string_view suffix;
  const char* kind;
};
constexpr std::array kKinds = {
    UnitKind{Unit::kCount, "", "count"},          UnitKind{Unit::kTorque, "_dnm", "torque"},
    UnitKind{Unit::kLength, "_um", "length"},     UnitKind{Unit::kAngle, "_cd", "angle"},
    UnitKind{Unit::kPressure, "_pa", "pressure"}, UnitKind{Unit::kTime, "_ms", "time"},
    UnitKind{Unit::kVoltage, "_mv", "voltage"},   UnitKind{Unit::kResistance, "_mohm", "resistance"},
    UnitKind{Unit::kCurrent, "_ma", "current"},   UnitKind{Unit::kTemperature, "_dcel", "temperature"},
    UnitKind{Unit::kMass, "_g", "mass"},          UnitKind{Unit::kForce, "_dn", "force"},
    UnitKind{Unit::kSpeed, "_umps", "speed"},     UnitKind{Unit::kRotation, "_rpm", "rotation"},
    UnitKind{Unit::kRatio, "_bp", "ratio"}};

std::string_view trim(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

bool in_word(char c) { return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

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
    const __int128 scaled = static_cast<__int128>(mantissa) * u.steps;
    if (scaled % scale != 0) return bad("finer than the step that is kept");
    if (scaled / scale > max_quantity(u.unit)) return bad("larger than anything an exercise deals with");
    const auto value = static_cast<int64_t>(scaled / scale);
    return Quantity{negative ? -value : value, u.unit};
  }
  return bad("unknown unit '" + std::string(rest) + "'");
}

std::string_view leading_unit(std::string_view s) {
  std::string_view best;
  for (const UnitName& u : kUnits) {
    if (u.name.size() <= best.size() || !s.starts_with(u.name)) continue;
    if (s.size() == u.name.size() || !in_word(u.name.back()) || !in_word(s[u.name.size()])) best = s.substr(0, u.name.size());
  }
  return best;
}

std::vector<std::string_view> unit_names(Unit unit) {
  std::vector<std::string_view> out;
  for (const UnitName& u : kUnits) {
    if (u.unit == unit && !u.name.empty()) out.push_back(u.name);
  }
  return out;
}

static const UnitKind& kind_of(Unit unit) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const UnitKind& k) { return k.unit == unit; });
}

const char* unit_kind(Unit unit) { return kind_of(unit).kind; }

std::string key_of_unit(Unit unit) { return unit == Unit::kCount ? "number" : kind_of(unit).kind + std::string(kind_of(unit).suffix); }

Unit unit_of_key(std::string_view key) {
  for (const UnitKind& k : kKinds) {
    if (!k.suffix.empty() && key.ends_with(k.suffix)) return k.unit;
  }
  return Unit::kCount;
}

namespace {

// A resistance in ohm, kohm or Mohm.
struct Scaled { int64_t scale; const char* name; };
Scaled scale_of_resistance(int64_t value) {
  const int64_t size = value < 0 ? -value : value;
  if (size < 1'000'000) return {1000, "Ω"};
  return size < 1'000'000'000 ? Scaled{1'000'000, "kΩ"} : Scaled{1'000'000'000, "MΩ"};
}

std::string ohms(int64_t value, const Scaled& s) { return decimal(value, s.scale, value != 0 && s.scale == 1000 && value < 1000 && value > -1000 ? 3 : 1); }

}  // namespace

std::string format_number(int64_t value, Unit unit) {
  switch (unit) {
    case Unit::kTorque: return decimal(value, 10, 1);
    case Unit::kLength: return decimal(value, 1000, 1);
    case Unit::kAngle: return decimal(value, 36000, 1);
    case Unit::kPressure: return decimal(value, 1000, 0);
    case Unit::kTime: return format_clock(value);
    case Unit::kVoltage: return decimal(value, 1000, value < 100'000 && value > -100'000 ? 2 : 1);  // a sensor's 4.91 V; a bus's 350.0 V
    case Unit::kResistance: return ohms(value, {1000, "Ω"});
    case Unit::kCurrent: return decimal(value, 1000, 3);
    case Unit::kTemperature: return decimal(value, 10, 1);
    case Unit::kMass: return decimal(value, 1000, 3);
    case Unit::kForce: return decimal(value, 10, 1);
    case Unit::kSpeed: return decimal(value, 1000, 0);
    case Unit::kRatio: return decimal(value, 100, 1);
    case Unit::kRotation:
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
    case Unit::kVoltage: return "V";
    case Unit::kResistance: return "Ω";
    case Unit::kCurrent: return "A";
    case Unit::kTemperature: return "°C";
    case Unit::kMass: return "kg";
    case Unit::kForce: return "N";
    case Unit::kSpeed: return "mm/s";
    case Unit::kRotation: return lang == Lang::kZh ? "转/分" : "r/min";
    case Unit::kRatio: return "%";
    case Unit::kCount: return "";
  }
  return "";
}

std::string format_quantity(int64_t value, Unit unit, Lang lang) {
  if (unit == Unit::kResistance) {
    const Scaled s = scale_of_resistance(value);
    return ohms(value, s) + " " + s.name;
  }
  const std::string number = format_number(value, unit);
  if (unit == Unit::kCount || unit == Unit::kTime) return number;
  return number + " " + unit_name(unit, lang);
}

std::string format_range(int64_t lo, int64_t hi, Unit unit, Lang lang) {
  if (unit == Unit::kResistance) return format_quantity(lo, unit, lang) + " - " + format_quantity(hi, unit, lang);
  const std::string numbers = format_number(lo, unit) + "-" + format_number(hi, unit), name = unit_name(unit, lang);
  return name.empty() ? numbers : numbers + " " + name;
}

std::string format_clock(int64_t t_ms) {
  const int64_t s = (t_ms < 0 ? 0 : t_ms) / 1000;
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60) : fmt::format("{:02}:{:02}", s / 60, s % 60);
}

}  // namespace shixun
