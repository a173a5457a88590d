// Devices that a pack declares: tests/trainer has one of each. Numbers beside the checks were worked out by hand.

#include "engine/training/devices.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/base/random.h"
#include "engine/training/check.h"
#include "engine/training/trace.h"
#include "engine/training/world.h"
#include "tests/unit/pack_fixture.h"

using namespace shixun;

namespace {

const fs::path kTrainer = fs::path(SHIXUN_SOURCE_DIR) / "tests/trainer";

std::shared_ptr<const Pack> trainer() {
  static const std::shared_ptr<const Pack> pack = pack_of(kTrainer);
  return pack;
}

// The first seed whose fault is this one.
uint64_t seed_of(const std::string& fault) {
  for (uint64_t seed = 1; seed < 100; ++seed) {
    if (draw_truths(trainer()->scene, seed).words[0] == fault) return seed;
  }
  return 0;
}

struct Bench {
  explicit Bench(const std::string& fault) : Bench(seed_of(fault)) {}
  explicit Bench(uint64_t seed) : world(trainer(), trainer()->exercises.front(), seed) {}

  bool act(Verb v, const std::string& o, const std::string& where = {}, const std::string& value = {}, int64_t amount = 0) {
    t_ms += 1000;
    auto events = world.act({v, o, where, value, amount, false, false, {}}, t_ms);
    last.clear();
    if (!events) return false;
    last = *events;
    all.insert(all.end(), last.begin(), last.end());
    return true;
  }
  // What the meter shows between two points, mV; nothing when it shows no value.
  std::optional<int64_t> volts(const std::string& red, const std::string& black) {
    EXPECT_TRUE(act(Verb::kProbe, red, black)) << world.why().en;
    const Arg* a = last.empty() ? nullptr : last[0].find("voltage_mv");
    return a ? std::optional(a->number) : std::nullopt;
  }
  void meter(const std::string& range) { EXPECT_TRUE(act(Verb::kTake, "meter") && act(Verb::kSet, "meter", {}, range)) << world.why().en; }
  std::string_view word(const std::string& signal) const { return world.signal_word(find(signal)); }
  int64_t number(const std::string& signal) const { return world.signal_number(find(signal)).value_or(-1); }
  static int find(const std::string& signal) {
    const auto& all_signals = trainer()->scene.devices.signals;
    for (size_t i = 0; i < all_signals.size(); ++i) {
      if (all_signals[i].name == signal) return static_cast<int>(i);
    }
    ADD_FAILURE() << "no signal " << signal;
    return 0;
  }

  World world;
  std::vector<Event> all, last;
  int64_t t_ms = 0;
};

void expect_same(const World& a, const World& b, const std::string& when) {
  ASSERT_EQ(a.last_seq(), b.last_seq()) << when;
  ASSERT_EQ(a.held(), b.held()) << when;
  ASSERT_TRUE(a.states() == b.states()) << when;
  ASSERT_TRUE(a.devices().state() == b.devices().state()) << when;
}

// A trainee who tries anything at the trainer.
void wander(Bench& b, Pcg32& random, int steps) {
  const Scene& scene = b.world.scene();
  const auto pick = [&](size_t n) { return random.below(static_cast<uint32_t>(n)); };
  for (int i = 0; i < steps; ++i) {
    b.t_ms += pick(4) == 0 ? pick(20'000) : pick(900);
    const std::vector<int> open = b.world.open_sockets();
    if (b.world.held() >= 0 && !open.empty() && pick(10) < 3) {
      const Action a = b.world.put_option(open[pick(open.size())]).action;
      (void)b.act(a.verb, a.o, a.at);
      continue;
    }
    if (b.world.held() >= 0 && pick(10) < 4) {
      const auto options = b.world.held_options();
      const Action a = options[pick(options.size())].action;
      (void)b.act(a.verb, a.o, a.at, a.value, a.amount);
      continue;
    }
    const auto options = b.world.options(static_cast<int>(pick(scene.objects.size())));
    if (options.empty()) continue;
    const Action a = options[pick(options.size())].action;
    (void)b.act(a.verb, a.o, a.at, a.value, a.amount);
  }
}

}  // namespace

TEST(Devices, TheTrainerIsSoundAndItsTracesRaiseExactlyTheirCodes) {
  const CheckReport r = check_pack(kTrainer);
  for (const Error& e : r.errors) ADD_FAILURE() << e.text();
  for (const Error& e : r.warnings) ADD_FAILURE() << e.text();
  EXPECT_GE(r.traces.size(), 6u);
}

TEST(Devices, ABrokenWireIsFoundByMeasuringAlongTheLoop) {
  Bench b("broken_wire");
  b.meter("v60");
  EXPECT_EQ(b.volts("t_plus", "t_minus"), 24'000);  // no load: the lamp's wire is broken; 10 mV steps
  EXPECT_EQ(b.last[0].o, "supply_point");
  EXPECT_EQ(b.last[0].text("main"), "on") << "a terminal tells where the switch stands";
  EXPECT_EQ(b.last[0].number("range_mv"), 60'000);
  EXPECT_EQ(b.last[0].text("misuse"), "none");
  EXPECT_EQ(b.volts("t_fed", "t_minus"), 24'000);
  EXPECT_EQ(b.volts("t_wire_end", "t_minus"), 0);
  EXPECT_EQ(b.volts("t_minus", "t_plus"), -24'000);
  EXPECT_EQ(b.last[0].o, "supply_point") << "a pair has one name whichever lead is where";
  EXPECT_EQ(b.number("lamp_on"), 0);
}

TEST(Devices, ABlownFuseStaysBlownUntilAnotherIsPutIn) {
  Bench b("blown_fuse");
  b.meter("v60");
  EXPECT_EQ(b.volts("t_plus", "t_minus"), 24'000);
  b.world.advance(10 * 60'000);  // the store behind it has emptied
  b.t_ms = 10 * 60'000;
  EXPECT_EQ(b.volts("t_fed", "t_minus"), 0);
  EXPECT_TRUE(b.act(Verb::kPut, "meter", "floor") && b.act(Verb::kTake, "fuse_old") && b.act(Verb::kPlace, "fuse_old", "board.fuse"));
  EXPECT_EQ(b.number("lamp_on"), 0) << "the same blown fuse again";
}

TEST(Devices, AStoreDischargesWithItsTimeConstant) {
  Bench b("broken_wire");
  EXPECT_TRUE(b.act(Verb::kSet, "main", {}, "off"));
  const Truths& truths = b.world.truths();
  const int64_t tau = truths.numbers[1];
  const int64_t from = b.t_ms;
  for (const auto& [share_of_tau, permille] : std::map<int64_t, int64_t>{{1, 368}, {2, 135}, {3, 50}}) {  // e^-1, e^-2, e^-3
    b.world.advance(from + share_of_tau * tau);
    EXPECT_NEAR(static_cast<double>(b.number("store_v")), 24.0 * static_cast<double>(permille), 30.0) << share_of_tau;
  }
}

TEST(Devices, AirGoesOutThroughTheVentAndTheGaugeShowsIt) {
  Bench b("broken_wire");
  EXPECT_EQ(b.number("tank_p"), 500'000);
  EXPECT_TRUE(b.act(Verb::kSet, "valve", {}, "vent"));
  b.world.advance(b.t_ms + 1000);
  const int64_t early = b.number("tank_p");
  EXPECT_LT(early, 490'000);
  EXPECT_GT(early, 0);
  b.world.advance(b.t_ms + 60'000);
  b.t_ms += 60'000;
  EXPECT_TRUE(b.act(Verb::kRead, "gauge"));
  EXPECT_EQ(b.last[0].number("pressure_pa", -1), 0);
  EXPECT_EQ(b.last[0].text("valve"), "vent");
}

TEST(Devices, ADialSetsWhatFollowsIt) {
  Bench b("broken_wire");
  EXPECT_FALSE(b.act(Verb::kSet, "regulator", {}, {}, 610'000)) << "beyond its scale";
  EXPECT_FALSE(b.act(Verb::kSet, "regulator", {}, {}, 410'000)) << "between two marks";
  EXPECT_TRUE(b.act(Verb::kSet, "regulator", {}, {}, 600'000));
  EXPECT_EQ(b.last[0].number("pressure_pa"), 600'000);
  b.world.advance(b.t_ms + 60'000);
  EXPECT_NEAR(static_cast<double>(b.number("tank_p")), 600'000.0, 5.0);
}

TEST(Devices, AMachineStartsOnlyWhenItsConditionsHoldAndTakesItsTime) {
  Bench b("broken_wire");
  EXPECT_EQ(b.word("line"), "alarm");
  EXPECT_TRUE(b.act(Verb::kPress, "stop_button"));
  EXPECT_EQ(b.word("line"), "stopped");
  EXPECT_TRUE(b.act(Verb::kPress, "start_button"));
  EXPECT_EQ(b.word("line"), "stopped") << "the lamp is dark";
  EXPECT_TRUE(b.act(Verb::kTake, "wire_old") && b.act(Verb::kPut, "wire_old", "floor") && b.act(Verb::kTake, "wire_new") && b.act(Verb::kPlace, "wire_new", "board.wire"));
  EXPECT_EQ(b.number("lamp_on"), 1);
  EXPECT_TRUE(b.act(Verb::kPress, "start_button"));
  EXPECT_EQ(b.word("line"), "starting");
  b.world.advance(b.t_ms + 1900);
  EXPECT_EQ(b.word("line"), "starting");
  b.world.advance(b.t_ms + 2100);
  EXPECT_EQ(b.word("line"), "running");
  EXPECT_EQ(b.number("line.motor"), 1);
  b.world.advance(b.t_ms + 300'000);
  EXPECT_NEAR(static_cast<double>(b.number("warmth")), 600.0, 1.0) << "60 °C in the end";
  // The air goes: without anybody doing more, the machine stops by itself once the pressure is low.
  b.t_ms += 300'000;
  EXPECT_TRUE(b.act(Verb::kSet, "valve", {}, "vent"));
  b.world.advance(b.t_ms + 20'000);
  EXPECT_EQ(b.word("line"), "alarm");
}

TEST(Devices, OhmsOnALiveCircuitIsToldAsMisuse) {
  Bench b("broken_wire");
  b.meter("ohm");
  EXPECT_TRUE(b.act(Verb::kProbe, "t_plus", "t_minus"));
  EXPECT_EQ(b.last[0].text("misuse"), "ohms_on_live");
  EXPECT_EQ(b.last[0].number("across_mv"), 24'000);
}

TEST(Devices, TheLeadsStayWhereTheyWerePutUntilTheMeterLeavesTheHand) {
  Bench b("wire");
  EXPECT_EQ(b.world.leads().meter, -1);
  b.meter("v60");
  (void)b.volts("t_plus", "t_minus");
  EXPECT_EQ(b.world.leads().meter, b.world.scene().find_object("meter"));
  EXPECT_EQ(b.world.leads().red, b.world.scene().find_object("t_plus"));
  EXPECT_EQ(b.world.leads().black, b.world.scene().find_object("t_minus"));
  (void)b.volts("t_fed", "t_minus");
  EXPECT_EQ(b.world.leads().red, b.world.scene().find_object("t_fed"));
  EXPECT_TRUE(b.act(Verb::kPut, "meter", "floor"));
  EXPECT_EQ(b.world.leads().meter, -1);
}

TEST(Devices, APadlockKeepsTheSwitchWhereItIs) {
  Bench b("broken_wire");
  EXPECT_TRUE(b.act(Verb::kTake, "padlock"));
  EXPECT_FALSE(b.act(Verb::kLock, "padlock", "board.hasp")) << "only a switch that is off takes a lock";
  EXPECT_TRUE(b.act(Verb::kSet, "main", {}, "off"));
  EXPECT_TRUE(b.act(Verb::kLock, "padlock", "board.hasp"));
  EXPECT_EQ(b.last[0].text("owner"), "own");
  EXPECT_FALSE(b.act(Verb::kSet, "main", {}, "on"));
  EXPECT_NE(b.world.why().zh.find("锁"), std::string::npos);
  EXPECT_TRUE(b.act(Verb::kTake, "padlock"));
  EXPECT_EQ(b.last[0].verb, Verb::kUnlock) << "to take a padlock off is to unlock it";
  EXPECT_TRUE(b.act(Verb::kSet, "main", {}, "on"));
}

TEST(Devices, WhatAThingNeedsIsSaidInBothLanguages) {
  Bench b("broken_wire");
  EXPECT_FALSE(b.act(Verb::kUnplug, "cabinet"));
  EXPECT_EQ(b.world.why().en, "Switch off the main switch first");
  EXPECT_FALSE(b.world.why().zh.empty());
  EXPECT_TRUE(b.act(Verb::kSet, "main", {}, "off") && b.act(Verb::kUnplug, "cabinet"));
  EXPECT_FALSE(b.act(Verb::kUnplug, "cabinet"));
  EXPECT_TRUE(b.act(Verb::kPlug, "cabinet"));
}

TEST(Devices, AConversationGoesOnByWhatWasSaidAndHandedOver) {
  Bench b("broken_wire");
  EXPECT_FALSE(b.act(Verb::kSay, "clerk", {}, "thanks"));
  EXPECT_TRUE(b.act(Verb::kSay, "clerk", {}, "polite"));
  EXPECT_EQ(b.last[0].number("quality"), 3);
  EXPECT_EQ(b.last[0].text("node"), "hello");
  EXPECT_TRUE(b.act(Verb::kSay, "clerk", {}, "aloud"));
  EXPECT_EQ(b.last[0].number("flag_privacy"), 1);
  EXPECT_TRUE(b.act(Verb::kSay, "clerk", {}, "here"));
  EXPECT_FALSE(b.act(Verb::kSay, "clerk", {}, "thanks")) << "the card was not handed over";
  EXPECT_TRUE(b.act(Verb::kTake, "card") && b.act(Verb::kPut, "card", "clerk.hand"));
  EXPECT_EQ(b.last[0].verb, Verb::kGive);
  EXPECT_TRUE(b.act(Verb::kSay, "clerk", {}, "thanks"));
  EXPECT_EQ(b.last[0].number("over"), 1);
  EXPECT_FALSE(b.act(Verb::kSay, "clerk", {}, "thanks"));
}

TEST(Devices, AKeyIsNotHeldLongerThanTimeWent) {
  Bench b("broken_wire");
  b.meter("v60");
  EXPECT_FALSE(b.act(Verb::kProbe, "t_plus", "t_minus", {}, 1001));
  EXPECT_TRUE(b.act(Verb::kProbe, "t_plus", "t_minus", {}, 2000)) << "a refused try does not count as doing something";
}

TEST(Devices, FoldingTheJournalAtEveryEventGivesTheLiveWorld) {
  for (const char* name : {"expert", "fault_live", "fault_charged", "fault_pressed", "fault_ohms", "fault_aloud"}) {
    auto trace = read_trace(kTrainer / "exercises/lamp/traces" / (std::string(name) + ".jsonl"));
    ASSERT_TRUE(trace);
    Session session(trainer(), trainer()->exercises.front(), {Mode::kPractice, trace->seed}, [](const Event&) { return ok(); });
    World folded(trainer(), trainer()->exercises.front(), trace->seed);
    size_t done = 0;
    for (const TraceAction& a : trace->actions) {
      ASSERT_TRUE(play(session, *trace, a)) << name;
      for (; done < session.events().size(); ++done) folded.apply(session.events()[done]);
      expect_same(session.world(), folded, std::string(name) + " line " + std::to_string(a.line));
      World again(trainer(), trainer()->exercises.front(), trace->seed);
      for (size_t i = 0; i < done; ++i) again.apply(session.events()[i]);
      expect_same(folded, again, name);
    }
  }
}

TEST(Devices, HowOftenTimeIsLookedAtMakesNoDifference) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Bench b(seed);
    Pcg32 random(seed, "devices");
    wander(b, random, 60);
    World seldom(trainer(), trainer()->exercises.front(), seed), often(trainer(), trainer()->exercises.front(), seed);
    int64_t t = 0;
    for (const Event& e : b.all) {
      seldom.apply(e);
      for (; t < e.t_ms; t += 1 + static_cast<int64_t>(random.below(40))) often.advance(t);
      often.apply(e);
    }
    const int64_t end = b.t_ms + 7777;
    b.world.advance(end);
    seldom.advance(end);
    for (; t < end; t += 33) often.advance(t);
    often.advance(end);
    expect_same(b.world, seldom, "seed " + std::to_string(seed));
    expect_same(often, seldom, "seed " + std::to_string(seed));
  }
}

TEST(Devices, EventsThatCannotHaveHappenedDoNoHarm) {
  Pcg32 random(5, "hostile");
  const Scene& scene = trainer()->scene;
  const auto pick = [&](size_t n) { return random.below(static_cast<uint32_t>(n)); };
  const auto some = [&] { return scene.objects[pick(scene.objects.size())].id; };
  World w(trainer(), trainer()->exercises.front(), 1);
  for (uint32_t i = 0; i < 5000; ++i) {
    Event e;
    e.seq = i + 1;
    e.t_ms = static_cast<int64_t>(i) * 200;
    e.verb = static_cast<Verb>(pick(kVerbCount));
    if (e.verb == Verb::kFinish) continue;
    e.o = some();
    e.tool = some();
    e.with("red", std::string_view(some())).with("black", std::string_view(some())).with("at", std::string_view(scene.sockets[pick(scene.sockets.size())].id));
    e.with("node", std::string_view(pick(2) ? "hello" : "waits")).with("choice", std::string_view(pick(2) ? "polite" : "nothing")).with("state", std::string_view(pick(2) ? "on" : "odd")).with("on", 1);
    w.apply(e);
  }
  w.advance(kMaxEventTime_ms);
  EXPECT_LE(w.devices().state().tick, kLongestSitting_ticks);
}

TEST(Devices, EveryOptionAndDisplayHasItsWords) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Bench b(seed);
    Pcg32 random(seed, "words");
    wander(b, random, 40);
    for (size_t o = 0; o < b.world.scene().objects.size(); ++o) {
      for (const Option& option : b.world.options(static_cast<int>(o))) EXPECT_FALSE(option.label.zh.empty() || option.label.en.empty()) << b.world.scene().objects[o].id;
    }
    const auto panel = b.world.display(b.world.scene().find_object("panel"));
    ASSERT_TRUE(panel);
    EXPECT_FALSE(panel->zh.empty() || panel->en.empty());
  }
}
