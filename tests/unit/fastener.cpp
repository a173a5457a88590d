#include "engine/sim/fastener.h"

#include <gtest/gtest.h>

#include "engine/sim/raised_body.h"

using namespace shixun;

namespace {
constexpr FastenerSpec kNut{8 * 36000, 5880};  // 8 turns to the seat, 98 N·m in 60 degrees
}

TEST(Fastener, RunsDownFreelyThenTorqueRisesWithAngle) {
  FastenerState s;
  turn(kNut, s, {50}, 8 * 36000, false, 0);
  EXPECT_EQ(s.engaged_cd, 8 * 36000);
  EXPECT_EQ(torque_dnm(kNut, s), 0);
  turn(kNut, s, {2000}, 6000, false, 0);  // 60 degrees
  EXPECT_EQ(torque_dnm(kNut, s), 980);
}

TEST(Fastener, FingersGiveNoMoreThanTheirLimit) {
  FastenerState s{8 * 36000, 0};
  turn(kNut, s, {50}, 36000, false, 0);
  EXPECT_EQ(torque_dnm(kNut, s), 50);
}

TEST(Fastener, TheWrenchClicksAtItsSettingAndAHandThatStopsStops) {
  FastenerState s{8 * 36000, 0};
  const Turned t = turn(kNut, s, {2000, 980, 400, true}, 36000, false, 0);
  EXPECT_TRUE(t.clicked);
  EXPECT_EQ(torque_dnm(kNut, s), 980);
}

TEST(Fastener, PullingOnAfterTheClickGivesAFewDegreesThenOvershoots) {
  FastenerState s{8 * 36000, 0};
  Turned t = turn(kNut, s, {2000, 980, 400}, 6000, false, 0);
  EXPECT_TRUE(t.clicked);
  t = turn(kNut, s, {2000, 980, 400}, 400, true, t.give_left_cd);
  EXPECT_EQ(torque_dnm(kNut, s), 980);
  turn(kNut, s, {2000, 980, 400}, 1000, true, t.give_left_cd);
  EXPECT_EQ(torque_dnm(kNut, s), 980 + 163);
}

TEST(Fastener, ATightNutClicksAtOnceWithoutMoving) {
  FastenerState s{8 * 36000, over_for_torque(kNut, 1000)};
  const Turned t = turn(kNut, s, {2000, 980, 400, true}, 3000, false, 0);
  EXPECT_TRUE(t.clicked);
  EXPECT_EQ(t.moved_cd, 0);
  EXPECT_EQ(torque_dnm(kNut, s), 1000);
}

TEST(Fastener, LooseningTakesTheTorqueFirst) {
  FastenerState s{8 * 36000, over_for_torque(kNut, 950)};
  const Turned t = turn(kNut, s, {1400}, -18000, false, 0);
  EXPECT_EQ(t.moved_cd, -18000);
  EXPECT_EQ(torque_dnm(kNut, s), 0);
  EXPECT_LT(s.engaged_cd, 8 * 36000);
}

TEST(RaisedBody, RollsWhenNothingHoldsItAndSlipsOffAWrongPoint) {
  constexpr RaisedBody car{40000, 25000};
  EXPECT_EQ(clearance_of(car, lift_of(275000, 200000)), 35000);
  EXPECT_EQ(fate_of(car, 1000, false, false), Fate::kRolls);
  EXPECT_EQ(fate_of(car, 0, false, false), Fate::kStays);
  EXPECT_EQ(fate_of(car, 24000, true, true), Fate::kStays);
  EXPECT_EQ(fate_of(car, 25000, true, true), Fate::kSlips);
  EXPECT_EQ(fate_of(car, 200000, true, false), Fate::kStays);
}
