#include "engine/base/units.h"

#include <gtest/gtest.h>

using namespace shixun;

TEST(Units, QuantitiesBecomeIntegersInTheirStep) {
  struct Case { const char* text; int64_t value; Unit unit; };
  for (const Case& c : {Case{"98 N·m", 980, Unit::kTorque}, {"88.3 N·m", 883, Unit::kTorque}, {"0.5 turn", 18000, Unit::kAngle}, {"-8 turns", -288000, Unit::kAngle},
                        {"27 mm", 27000, Unit::kLength}, {"1.6 mm", 1600, Unit::kLength}, {"230 kPa", 230000, Unit::kPressure}, {"2.3 bar", 230000, Unit::kPressure},
                        {"20 min", 1200000, Unit::kTime}, {"4 deg", 400, Unit::kAngle}, {"7", 7, Unit::kCount},
                        {"60 V", 60000, Unit::kVoltage}, {"0.14 V", 140, Unit::kVoltage}, {"0.1 ohm", 100, Unit::kResistance}, {"550 MΩ", 550'000'000'000, Unit::kResistance}, {"2.31 kΩ", 2'310'000, Unit::kResistance},
                        {"20 mA", 20, Unit::kCurrent}, {"-40 °C", -400, Unit::kTemperature}, {"1.5 kg", 1500, Unit::kMass}, {"125 N", 1250, Unit::kForce}, {"250 mm/s", 250000, Unit::kSpeed},
                        {"600 r/min", 600, Unit::kRotation}, {"12.5 %", 1250, Unit::kRatio}}) {
    auto q = parse_quantity(c.text);
    ASSERT_TRUE(q) << c.text;
    EXPECT_EQ(q->value, c.value) << c.text;
    EXPECT_EQ(q->unit, c.unit) << c.text;
  }
}

TEST(Units, WhatCannotBeKeptExactlyIsRefused) {
  for (const char* bad : {"", "N·m", "98 Nmm", "0.05 N·m", "1.5", "98 98 N·m", "1e3 N·m", "99999999999999 m", "--1 m", "1..2 m", "0x10 m", "2 Gohm", "2000 Mohm", "0.5 mV", "100000000000 Mohm", "1 v"}) EXPECT_FALSE(parse_quantity(bad)) << bad;
}

TEST(Units, NumbersAreRoundedOnlyForDisplay) {
  EXPECT_EQ(format_quantity(284, Unit::kTorque, Lang::kEn), "28.4 N·m");
  EXPECT_EQ(format_quantity(230000, Unit::kPressure, Lang::kZh), "230 kPa");
  EXPECT_EQ(format_quantity(-18000, Unit::kAngle, Lang::kEn), "-0.5 turns");
  EXPECT_EQ(format_quantity(1649, Unit::kLength, Lang::kEn), "1.6 mm");
  EXPECT_EQ(format_quantity(1650, Unit::kLength, Lang::kEn), "1.7 mm");
  EXPECT_EQ(format_clock(192340), "03:12");
  EXPECT_EQ(format_quantity(4914, Unit::kVoltage, Lang::kEn), "4.91 V");
  EXPECT_EQ(format_quantity(350000, Unit::kVoltage, Lang::kZh), "350.0 V");
  EXPECT_EQ(format_quantity(100, Unit::kResistance, Lang::kEn), "0.100 Ω");
  EXPECT_EQ(format_quantity(2'500'000, Unit::kResistance, Lang::kEn), "2.5 kΩ");
  EXPECT_EQ(format_quantity(550'000'000'000, Unit::kResistance, Lang::kZh), "550.0 MΩ");
  EXPECT_EQ(format_range(175'000'000, 20'000'000'000, Unit::kResistance, Lang::kEn), "175.0 kΩ - 20.0 MΩ");
  EXPECT_EQ(format_range(883, 1079, Unit::kTorque, Lang::kEn), "88.3-107.9 N·m");
  EXPECT_EQ(format_quantity(600, Unit::kRotation, Lang::kZh), "600 转/分");
}

TEST(Units, AnArgumentsSuffixNamesItsUnit) {
  for (const auto& [key, unit] : {std::pair{"torque_dnm", Unit::kTorque}, {"grip_dn", Unit::kForce}, {"bus_mv", Unit::kVoltage}, {"leak_mohm", Unit::kResistance}, {"coolant_dcel", Unit::kTemperature},
                                  {"angle_cd", Unit::kAngle}, {"load_ma", Unit::kCurrent}, {"payload_g", Unit::kMass}, {"tip_umps", Unit::kSpeed}, {"spindle_rpm", Unit::kRotation}, {"overlap_bp", Unit::kRatio}, {"level", Unit::kCount}}) {
    EXPECT_EQ(unit_of_key(key), unit) << key;
    EXPECT_EQ(unit_of_key(key_of_unit(unit)), unit) << key_of_unit(unit);
  }
}

TEST(Units, AUnitEndsWhereItsWordEnds) {
  for (const auto& [text, name] : {std::pair{"mm/s + 1", "mm/s"}, {"mm / s", "mm"}, {"m", "m"}, {"min", "min"}, {"minute", ""}, {"N·m..", "N·m"}, {"N", "N"}, {"°C", "°C"}, {"%x", "%"}, {"", ""}, {"volt", ""}}) {
    EXPECT_EQ(leading_unit(text), name) << text;
  }
}
