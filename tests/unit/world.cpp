// What the world lets a trainee do, and what comes of it.

#include "engine/training/world.h"

#include "tests/unit/wheel_fixture.h"

using namespace shixun;

TEST(World, TheWheelCannotBeTakenWhileItStandsOnTheGroundOrWithNutsOn) {
  Hands h;
  h.secure(), h.crack_all();
  EXPECT_FALSE(h.take("wheel_fl"));
  EXPECT_NE(h.world.why().en.find("held by a"), std::string::npos) << h.world.why().en;
  for (const std::string k : {"1", "2", "3", "4", "5"}) EXPECT_TRUE(h.turn("nut_" + k, -8 * 36000) && h.move("nut_" + k, "tray.nut_" + k));
  EXPECT_FALSE(h.take("wheel_fl"));
  EXPECT_NE(h.world.why().en.find("on the ground"), std::string::npos) << h.world.why().en;
  h.jack_up();
  EXPECT_TRUE(h.take("wheel_fl"));
}

TEST(World, OneNutLeftOnHoldsTheWheel) {
  Hands h;
  h.secure(), h.crack_all(), h.jack_up();
  for (const std::string k : {"1", "2", "3", "4"}) EXPECT_TRUE(h.turn("nut_" + k, -8 * 36000) && h.move("nut_" + k, "tray.nut_" + k));
  EXPECT_FALSE(h.take("wheel_fl"));
}

TEST(World, ANutComesOffByHandOnceCrackedAndNotBefore) {
  Hands h;
  EXPECT_FALSE(h.turn("nut_1", -36000));
  EXPECT_NE(h.world.why().en.find("Too tight"), std::string::npos);
  EXPECT_FALSE(h.take("nut_1")) << "it is still screwed on";
  h.crack_all();
  EXPECT_TRUE(h.turn("nut_1", -8 * 36000));
  EXPECT_EQ(h.of("nut_1").engaged_cd, 0);
  EXPECT_TRUE(h.take("nut_1"));
}

TEST(World, ABraceLeavesTheLastHalfTurnToTheFingers) {
  Hands h;
  EXPECT_TRUE(h.take("wheel_brace"));
  EXPECT_TRUE(h.turn("nut_1", -20 * 36000));
  EXPECT_EQ(h.of("nut_1").engaged_cd, 18000);
  EXPECT_FALSE(h.turn("nut_1", -36000));
  EXPECT_TRUE(h.put("wheel_brace", "floor"));
  EXPECT_TRUE(h.turn("nut_1", -18000));
  EXPECT_EQ(h.of("nut_1").engaged_cd, 0);
}

TEST(World, ANutGoesOnAnyStudAndIsStartedByHand) {
  Hands h;
  h.until_wheel_off();
  EXPECT_TRUE(h.take("nut_1"));
  EXPECT_FALSE(h.put("nut_1", "car.stud_4")) << "there is no wheel to hold";
  EXPECT_TRUE(h.put("nut_1", "tray.nut_1"));
  EXPECT_TRUE(h.move("wheel_spare", "car.hub_fl"));
  EXPECT_TRUE(h.move("nut_1", "car.stud_4"));
  EXPECT_TRUE(h.turn("nut_1", 3 * 36000));
  EXPECT_EQ(h.of("nut_1").hand_cd, 3 * 36000);
  EXPECT_TRUE(h.turn("nut_1", -36000));
  EXPECT_EQ(h.of("nut_1").hand_cd, 2 * 36000) << "what is turned back is not started any more";
  EXPECT_TRUE(h.take("wheel_brace"));
  EXPECT_TRUE(h.turn("nut_1", 36000));
  EXPECT_EQ(h.of("nut_1").hand_cd, 2 * 36000) << "a brace is no hand start";
  EXPECT_EQ(h.of("nut_1").engaged_cd, 3 * 36000);
}

TEST(World, ANutPutOnAgainStartsFromNothing) {
  Hands h;
  h.until_wheel_off();
  EXPECT_TRUE(h.move("wheel_spare", "car.hub_fl") && h.move("nut_1", "car.stud_1") && h.turn("nut_1", 8 * 36000));
  EXPECT_TRUE(h.turn("nut_1", -9 * 36000) && h.move("nut_1", "car.stud_2"));
  EXPECT_EQ(h.of("nut_1").engaged_cd, 0);
  EXPECT_EQ(h.of("nut_1").hand_cd, 0);
}

TEST(World, FingersGiveFiveNewtonMetresAndTheBraceWhatAnArmGives) {
  Hands h;
  h.until_wheel_off();
  EXPECT_TRUE(h.move("wheel_spare", "car.hub_fl") && h.move("nut_2", "car.stud_2") && h.turn("nut_2", 10 * 36000));
  EXPECT_EQ(h.of("nut_2").torque_dnm, 50);
  EXPECT_TRUE(h.take("wheel_brace") && h.turn("nut_2", 36000));
  EXPECT_EQ(h.of("nut_2").torque_dnm, 1400);
}

TEST(World, AJackAtAWrongPointDropsTheCar) {
  for (const std::string point : {"sill_mid", "floor_pan", "arm_fl"}) {
    Hands h;
    h.secure();
    EXPECT_TRUE(h.move("jack", "car." + point));
    EXPECT_EQ(h.last.back().number("wrong"), 1);
    EXPECT_TRUE(h.raise("jack", 200'000));
    EXPECT_TRUE(h.happened(Verb::kDrop)) << point;
    EXPECT_TRUE(h.of("car").fallen);
    EXPECT_EQ(h.lift(), 0);
    EXPECT_EQ(h.of("jack").height_um, sheet("jack_height")) << "knocked down where it stood";
  }
}

TEST(World, ACarThatNothingHoldsRollsAsSoonAsItIsLifted) {
  Hands h;
  EXPECT_TRUE(h.move("jack", "car.jack_fl") && h.raise("jack", sheet("jack_point_height") - sheet("jack_height")));
  EXPECT_FALSE(h.happened(Verb::kRoll)) << "the jack only touches";
  EXPECT_TRUE(h.raise("jack", 1'000));
  EXPECT_TRUE(h.happened(Verb::kRoll));
  EXPECT_TRUE(h.of("car").rolled);
  EXPECT_EQ(h.lift(), 0);
}

TEST(World, AnyOneOfBrakeGearAndChockHoldsIt) {
  for (int which = 0; which < 3; ++which) {
    Hands h;
    EXPECT_TRUE(which == 0 ? h.set("car.gear", "p") : which == 1 ? h.set("car.park_brake", "applied") : h.move("chock_1", "car.chock_fr_rear"));
    h.jack_up();
    EXPECT_EQ(h.lift(), 75'000) << which;
  }
}

TEST(World, TakingTheLastChockLetsARaisedCarRoll) {
  Hands h;
  EXPECT_TRUE(h.move("chock_1", "car.chock_rr_front") && h.move("chock_2", "car.chock_rr_rear"));
  h.jack_up();
  EXPECT_TRUE(h.take("chock_1"));
  EXPECT_FALSE(h.happened(Verb::kRoll));
  EXPECT_TRUE(h.put("chock_1", "floor") && h.take("chock_2"));
  EXPECT_TRUE(h.happened(Verb::kRoll));
}

TEST(World, LettingGoOfTheLastBrakeLetsARaisedCarRoll) {
  Hands h;
  h.secure(), h.jack_up();
  EXPECT_TRUE(h.set("car.gear", "n"));
  EXPECT_FALSE(h.happened(Verb::kRoll)) << "the hand brake still holds";
  EXPECT_TRUE(h.set("car.park_brake", "released"));
  EXPECT_TRUE(h.happened(Verb::kRoll));
  EXPECT_EQ(h.lift(), 0);
}

TEST(World, TheStandFitsOnceTheCarIsHighEnoughAndThenBlocksLowering) {
  Hands h;
  h.secure();
  h.jack_up(sheet("stand_min_lift") - 1'000);
  EXPECT_TRUE(h.take("stand"));
  EXPECT_FALSE(h.put("stand", "car.stand_fl"));
  EXPECT_TRUE(h.put("stand", "floor") && h.raise("jack", 1'000) && h.move("stand", "car.stand_fl"));
  EXPECT_FALSE(h.lower("jack", 1'000));
  EXPECT_EQ(h.lift(), sheet("stand_min_lift"));
  EXPECT_TRUE(h.raise("jack", 5'000)) << "up is always possible";
  EXPECT_EQ(h.last.back().number("supports"), 1);
  EXPECT_TRUE(h.take("stand") && h.put("stand", "mat.stand") && h.lower("jack", 400'000));
  EXPECT_EQ(h.lift(), 0);
}

TEST(World, AHubWithoutItsWheelTouchesTheGroundOnce) {
  Hands h;
  h.until_wheel_off();
  EXPECT_TRUE(h.lower("jack", 400'000));
  EXPECT_TRUE(h.happened(Verb::kTouch));
  EXPECT_EQ(h.lift(), 10'000) << "it rests on the bare hub";
  EXPECT_FALSE(h.lower("jack", 1'000));
  EXPECT_TRUE(h.raise("jack", 50'000) && h.move("wheel_spare", "car.hub_fl") && h.lower("jack", 400'000));
  EXPECT_FALSE(h.happened(Verb::kTouch));
  EXPECT_EQ(h.lift(), 0);
}

TEST(World, TheJackStaysWhileItCarriesAndGoesNoHigherThanItCan) {
  Hands h;
  h.secure(), h.jack_up();
  EXPECT_FALSE(h.take("jack"));
  EXPECT_TRUE(h.raise("jack", 900'000));
  EXPECT_EQ(h.of("jack").height_um, 400'000);
  EXPECT_FALSE(h.raise("jack", 1'000));
  const int64_t arm = sheet("suspension_arm_height");
  EXPECT_TRUE(h.lower("jack", h.of("jack").height_um - sheet("jack_point_height")));
  EXPECT_EQ(h.lift(), 0);
  EXPECT_TRUE(h.move("jack", "car.floor_pan")) << "the floor pan is higher";
  EXPECT_TRUE(h.raise("jack", arm + 1'000 - h.of("jack").height_um) && h.take("jack"));
  EXPECT_FALSE(h.put("jack", "car.arm_fl")) << "wound up beyond the arm it does not go under it";
  EXPECT_TRUE(h.put("jack", "car.floor_pan") && h.lower("jack", 1'000) && h.move("jack", "car.arm_fl"));
}

TEST(World, TheTorqueWrenchKeepsToItsScale) {
  Hands h;
  EXPECT_FALSE(h.set("torque_wrench", 980)) << "it is not in the hand";
  EXPECT_TRUE(h.take("torque_wrench"));
  for (const int64_t off : {399, 985, 2001, 2010, 0, -980}) EXPECT_FALSE(h.set("torque_wrench", off)) << off;
  for (const int64_t on : {400, 980, 2000}) EXPECT_TRUE(h.set("torque_wrench", on)) << on;
  EXPECT_EQ(h.of("torque_wrench").setting_dnm, 2000);
}

TEST(World, TheWrenchClicksAtItsSettingAndOvershootsInAHandThatPullsOn) {
  Hands h;
  h.until_wheel_off();
  EXPECT_TRUE(h.move("wheel_spare", "car.hub_fl") && h.move("nut_1", "car.stud_1") && h.turn("nut_1", 8 * 36000));
  EXPECT_TRUE(h.take("torque_wrench") && h.set("torque_wrench", 500));
  EXPECT_TRUE(h.turn("nut_1", 36000, true));
  EXPECT_EQ(h.of("nut_1").torque_dnm, 500);
  EXPECT_EQ(h.last.back().number("clicked"), 1);
  EXPECT_TRUE(h.turn("nut_1", 3600));  // clicks at once, gives 4 degrees, then pulls on for 32: 30.62 + 32 degrees at 588/360 N·m each
  EXPECT_EQ(h.of("nut_1").torque_dnm, 1022);
}

TEST(World, MeasuringPressureNeedsTheCapOffAndTheRightInstrument) {
  Hands h;
  EXPECT_FALSE(h.use(Verb::kMeasure, "wheel_spare.valve"));
  EXPECT_TRUE(h.take("inflator"));
  EXPECT_FALSE(h.use(Verb::kMeasure, "wheel_spare.valve"));
  EXPECT_NE(h.world.why().en.find("Take off the"), std::string::npos) << h.world.why().en;
  EXPECT_FALSE(h.raise("wheel_spare.valve", 10'000));
  EXPECT_FALSE(h.use(Verb::kMeasure, "wheel_spare.tread_1"));
  EXPECT_TRUE(h.put("inflator", "floor") && h.move("cap_spare", "tray.cap") && h.take("inflator"));
  EXPECT_TRUE(h.use(Verb::kMeasure, "wheel_spare.valve"));
  EXPECT_EQ(h.of("inflator").reading, h.of("wheel_spare.valve").pressure_pa);
}

TEST(World, AGaugeShowsNoMoreThanItsDivisions) {
  Hands h;
  EXPECT_TRUE(h.move("cap_fl", "tray.cap") && h.take("inflator"));
  EXPECT_TRUE(h.raise("wheel_fl.valve", 1'100));  // 228 -> 229.1 kPa
  EXPECT_EQ(h.of("wheel_fl.valve").pressure_pa, 229'100);
  EXPECT_EQ(h.of("inflator").reading, 230'000) << "divisions of 2 kPa";
  EXPECT_TRUE(h.use(Verb::kMeasure, "wheel_fl.valve"));
  EXPECT_EQ(h.last.back().number("pressure_pa"), 230'000);
  EXPECT_TRUE(h.raise("wheel_fl.valve", 900'000));
  EXPECT_EQ(h.of("wheel_fl.valve").pressure_pa, 600'000);
  EXPECT_TRUE(h.lower("wheel_fl.valve", 900'000));
  EXPECT_EQ(h.of("wheel_fl.valve").pressure_pa, 0);
}

TEST(World, TreadReadsAsDrawn) {
  Hands h(42);
  EXPECT_TRUE(h.take("tread_gauge"));
  for (const std::string k : {"1", "2", "3"}) {
    EXPECT_TRUE(h.use(Verb::kMeasure, "wheel_spare.tread_" + k));
    EXPECT_EQ(h.last.back().number("length_um"), h.of("wheel_spare.tread_" + k).value);
  }
}

TEST(World, TheHubIsCleanedOnlyWhenItIsBare) {
  Hands h;
  EXPECT_TRUE(h.take("brush"));
  EXPECT_FALSE(h.use(Verb::kApply, "car.hub_face"));
  EXPECT_TRUE(h.put("brush", "trolley.brush"));
  h.until_wheel_off();
  EXPECT_FALSE(h.use(Verb::kApply, "car.hub_face")) << "not with a bare hand";
  EXPECT_TRUE(h.take("brush") && h.use(Verb::kApply, "car.hub_face"));
  EXPECT_EQ(h.of("car.hub_face").state, "clean");
  EXPECT_TRUE(h.put("brush", "floor") && h.take("oil_can") && h.use(Verb::kApply, "car.hub_face"));
  EXPECT_EQ(h.of("car.hub_face").state, "oiled");
}

TEST(World, OneHandHoldsOneThing) {
  Hands h;
  EXPECT_TRUE(h.take("brush"));
  EXPECT_FALSE(h.take("oil_can"));
  EXPECT_FALSE(h.turn("nut_1", -18000)) << "a brush fits no nut";
  EXPECT_FALSE(h.use(Verb::kWear, "gloves", 1));
  EXPECT_FALSE(h.put("brush", "trolley.oil_can"));
  EXPECT_TRUE(h.put("brush", "trolley.brush"));
  EXPECT_TRUE(h.use(Verb::kWear, "gloves", 1));
  EXPECT_FALSE(h.use(Verb::kWear, "gloves", 1));
  EXPECT_FALSE(h.take("gloves"));
  EXPECT_TRUE(h.use(Verb::kWear, "gloves", 0));
  EXPECT_EQ(h.world.held(), h.world.scene().find_object("gloves"));
}

TEST(World, TheRestOfTheShopStaysWhereItIs) {
  Hands h;
  for (const char* o : {"wheel_fr", "wheel_rl", "wheel_rr", "tray", "work_order", "car", "rack", "car.gear", "nobody"}) EXPECT_FALSE(h.take(o)) << o;
  for (size_t o = 0; o < h.world.scene().objects.size(); ++o) {
    if (!h.world.scene().objects[o].static_scenery) continue;
    for (const Option& option : h.world.options(static_cast<int>(o))) EXPECT_NE(option.action.verb, Verb::kTake) << h.world.scene().objects[o].id;
  }
}

TEST(World, AHeldStrokeReportsEverySecondAndTheRestWhenLetGo) {
  Hands h;
  h.secure();
  EXPECT_TRUE(h.move("jack", "car.jack_fl"));
  std::vector<Event> events;
  const Action crank{Verb::kRaise, "jack", "", "", 500, false, true, {}};
  const int64_t begin = h.t_ms;
  for (int64_t t = begin; t <= begin + 2500; t += 100) {
    auto some = h.world.act(crank, t);
    ASSERT_TRUE(some);
    events.insert(events.end(), some->begin(), some->end());
  }
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].t_ms, begin + 1000);
  EXPECT_EQ(events[0].number("height_um"), 105'000 + 11 * 500);
  EXPECT_EQ(events[1].t_ms, begin + 2000);
  const auto rest = h.world.release(begin + 2600);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].number("height_um"), h.of("jack").height_um);
  EXPECT_TRUE(h.world.release(begin + 2700).empty());
}

TEST(World, AHeldStrokeEndsWithTheNextOtherAction) {
  Hands h;
  EXPECT_TRUE(h.take("wheel_brace"));
  EXPECT_TRUE(h.act({Verb::kTurn, "nut_1", "", "", -9000, false, true, {}}));
  EXPECT_TRUE(h.last.empty());
  EXPECT_TRUE(h.turn("nut_2", -9000));
  ASSERT_EQ(h.last.size(), 2u);
  EXPECT_EQ(h.last[0].o, "nut_1");
  EXPECT_EQ(h.last[1].o, "nut_2");
}

TEST(World, AHeldStrokeThatCanGoNoFurtherIsReportedThere) {
  Hands h;
  EXPECT_TRUE(h.take("wheel_brace"));
  const Action loosen{Verb::kTurn, "nut_1", "", "", -20 * 36000, false, true, {}};
  EXPECT_TRUE(h.act(loosen));
  EXPECT_TRUE(h.last.empty());
  EXPECT_TRUE(h.act(loosen)) << "what was done before it stuck";
  ASSERT_EQ(h.last.size(), 1u);
  EXPECT_FALSE(h.act(loosen));
  EXPECT_NE(h.world.why().en.find("by hand"), std::string::npos);
}

TEST(World, NothingHappensAfterHandingIn) {
  Hands h;
  EXPECT_TRUE(h.use(Verb::kFinish, ""));
  EXPECT_TRUE(h.world.finished());
  int studs = 0;
  for (const Event& e : h.last) studs += e.verb == Verb::kState && e.o.starts_with("car.stud_");
  EXPECT_EQ(studs, 5) << "every joint is told, filled or not";
  EXPECT_EQ(h.last.back().text("reason"), "handed_in");
  EXPECT_FALSE(h.take("brush"));
}

TEST(World, WhatCannotBeCountedIsRefused) {
  Hands h;
  EXPECT_FALSE(h.use(Verb::kRecord, "spare_pressure", INT64_MAX));
  EXPECT_FALSE(h.use(Verb::kRecord, "spare_pressure", INT64_MIN));
  EXPECT_FALSE(h.turn("nut_1", 0));
  EXPECT_TRUE(h.take("wheel_brace"));
  EXPECT_TRUE(h.turn("nut_1", INT64_MIN));
  EXPECT_TRUE(h.turn("nut_1", INT64_MAX));
  EXPECT_TRUE(h.put("wheel_brace", "floor") && h.move("jack", "car.jack_fl"));
  h.secure();
  EXPECT_TRUE(h.raise("jack", INT64_MAX));
  EXPECT_FALSE(h.lower("jack", INT64_MIN)) << "a negative way down is a way up, and it is up";
}

// ---------------------------------------------------------------- properties
TEST(World, FoldingTheEventsGivesTheStateThatActingGave) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Hands h(seed);
    wander(h, seed, 120);
    const auto rest = h.world.release(h.t_ms + 10);
    h.all.insert(h.all.end(), rest.begin(), rest.end());
    World folded(wheel_pack(), wheel_change(), seed);
    for (const Event& e : h.all) folded.apply(e);
    ASSERT_EQ(folded.last_seq(), h.world.last_seq()) << seed;
    ASSERT_EQ(folded.held(), h.world.held()) << seed;
    for (size_t i = 0; i < h.world.states().size(); ++i) ASSERT_EQ(folded.states()[i], h.world.states()[i]) << "seed " << seed << ", " << h.world.scene().objects[i].id;
    for (size_t s = 0; s < h.world.scene().sockets.size(); ++s) ASSERT_EQ(folded.occupant(static_cast<int>(s)), h.world.occupant(static_cast<int>(s)));
  }
}

TEST(World, RefusalsChangeNothing) {
  int refused = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Hands h(seed);
    Pcg32 random(seed, "refusals");
    for (int round = 0; round < 10; ++round) {
      wander(h, seed * 100 + static_cast<uint64_t>(round), 12);
      const auto rest = h.world.release(h.t_ms);
      h.all.insert(h.all.end(), rest.begin(), rest.end());
      const auto before = h.world.states();
      const uint32_t seq = h.world.last_seq();
      const Scene& scene = h.world.scene();
      const Action a{static_cast<Verb>(random.below(kVerbCount - 1)), scene.objects[random.below(static_cast<uint32_t>(scene.objects.size()))].id,
                     scene.sockets[random.below(static_cast<uint32_t>(scene.sockets.size()))].id, "x", static_cast<int64_t>(random.below(1000)) - 500, false, false, {}};
      if (a.verb == Verb::kFinish || h.act(a)) continue;
      ++refused;
      ASSERT_EQ(h.world.states(), before) << verb_name(a.verb) << " " << a.o;
      ASSERT_EQ(h.world.last_seq(), seq);
      ASSERT_FALSE(h.world.why().zh.empty() || h.world.why().en.empty());
      ASSERT_FALSE(h.world.stroke_running());
    }
  }
  EXPECT_GT(refused, 200);
}

TEST(World, EveryOptionOfferedHasItsNameInBothLanguages) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Hands h(seed);
    wander(h, seed, 40);
    for (size_t o = 0; o < h.world.scene().objects.size(); ++o) {
      for (const Option& option : h.world.options(static_cast<int>(o))) EXPECT_FALSE(option.label.zh.empty() || option.label.en.empty()) << h.world.scene().objects[o].id;
    }
  }
}

TEST(World, EventsThatCannotHaveHappenedChangeNothing) {
  World w(wheel_pack(), wheel_change(), 1);
  const auto before = w.states();
  const auto bad = [&](Verb v, const char* o, const char* at) {
    Event e;
    e.verb = v;
    e.o = o;
    e.with("at", std::string_view(at)).with("on", 1);
    w.apply(e);
  };
  bad(Verb::kTake, "car", "");
  bad(Verb::kTake, "car.gear", "");
  bad(Verb::kWear, "car", "");
  bad(Verb::kPut, "tray", "tray.nut_1");
  bad(Verb::kPlace, "nut_1", "car.stud_2");  // taken
  bad(Verb::kPlace, "wheel_spare", "wheel_spare.valve_stem");
  bad(Verb::kDrop, "nobody", "");
  EXPECT_EQ(w.states(), before);
  EXPECT_EQ(w.held(), -1);
}
