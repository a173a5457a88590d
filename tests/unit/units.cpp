#include "engine/base/units.h"

#include <gtest/gtest.h>

using namespace shixun;

TEST(Units, QuantitiesBecomeIntegersInTheirStep) {
  struct Case { const char* text; int64_t value; Unit unit; };
  for (const Case& c : {Case{"98 N·m", 980, Unit::kTorque}, {"88.3 N·m", 883, Unit::kTorque}, {"0.5 turn", 18000, Unit::kAngle}, {"-8 turns", -288000, Unit::kAngle},
                        {"27 mm", 27000, Unit::kLength}, {"1.6 mm", 1600, Unit::kLength}, {"230 kPa", 230000, Unit::kPressure}, {"2.3 bar", 230000, Unit::kPressure},
                        {"20 min", 1200000, Unit::kTime}, {"4 deg", 400, Unit::kAngle}, {"7", 7, Unit::kCount}}) {
    auto q = parse_quantity(c.text);
    ASSERT_TRUE(q) << c.text;
    EXPECT_EQ(q->value, c.value) << c.text;
    EXPECT_EQ(q->unit, c.unit) << c.text;
  }
}

TEST(Units, WhatCannotBeKeptExactlyIsRefused) {
  for (const char* bad : {"", "N·m", "98 Nmm", "0.05 N·m", "1.5", "98 98 N·m", "1e3 N·m", "99999999999999 m", "--1 m", "1..2 m", "0x10 m"}) EXPECT_FALSE(parse_quantity(bad)) << bad;
}

TEST(Units, NumbersAreRoundedOnlyForDisplay) {
  EXPECT_EQ(format_quantity(284, Unit::kTorque, Lang::kEn), "28.4 N·m");
  EXPECT_EQ(format_quantity(230000, Unit::kPressure, Lang::kZh), "230 kPa");
  EXPECT_EQ(format_quantity(-18000, Unit::kAngle, Lang::kEn), "-0.5 turns");
  EXPECT_EQ(format_quantity(1649, Unit::kLength, Lang::kEn), "1.6 mm");
  EXPECT_EQ(format_quantity(1650, Unit::kLength, Lang::kEn), "1.7 mm");
  EXPECT_EQ(format_clock(192340), "03:12");
}
