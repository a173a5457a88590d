#include "engine/sim/machine.h"

#include <gtest/gtest.h>

#include "engine/sim/dialogue.h"
#include "engine/sim/plc.h"
#include "tests/sim/circuits.h"

using namespace shixun;

namespace {

const Guard kNever = [](int) { return false; };

std::vector<Fired> must(Result<std::vector<Fired>> r) {
  EXPECT_TRUE(r.ok()) << (r.ok() ? "" : r.error().text());
  return r.ok() ? *r : std::vector<Fired>{};
}

}  // namespace

TEST(SimMachine, TheConveyorRaisesItsStopWaitsAndReleases) {
  const Machine m = circuits::conveyor();
  EXPECT_TRUE(check(m).empty());
  MachineNow now = start(m);
  bool part = false, up = false;
  const Guard guard = [&](int g) { return g == 0 ? part : up; };
  EXPECT_TRUE(must(step(m, now, 100, -1, guard)).empty());
  must(step(m, now, 120, find_event(m, "start"), guard));
  EXPECT_EQ(state_of(m, now).id, "run");
  EXPECT_EQ(state_of(m, now).outputs, 1u);
  part = true;
  must(step(m, now, 300, -1, guard));
  EXPECT_EQ(state_of(m, now).text, "hmi.raise");
  up = true;
  must(step(m, now, 360, -1, guard));
  EXPECT_EQ(state_of(m, now).id, "hold");
  const auto fired = must(step(m, now, 650, -1, guard));  // the hold ended between two steps: at its own tick
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].tick, 600);
  EXPECT_EQ(now.since_tick, 600);
  part = false;
  must(step(m, now, 700, -1, guard));
  EXPECT_EQ(state_of(m, now).id, "run");
  must(step(m, now, 700 + 1200, -1, guard));
  EXPECT_EQ(state_of(m, now).id, "alarm");
  must(step(m, now, 2000, find_event(m, "stop"), guard));
  EXPECT_EQ(state_of(m, now).id, "stopped");
}

TEST(SimMachine, SteppingOftenOrSeldomIsTheSame) {
  Machine lamp;
  lamp.id = "lamp";
  lamp.states = {{"off", 0, ""}, {"on", 1, ""}};
  lamp.transitions = {{0, -1, 60, -1, false, 1}, {1, -1, 30, -1, false, 0}};
  EXPECT_TRUE(check(lamp).empty());
  MachineNow often = start(lamp), seldom = start(lamp);
  std::vector<Fired> one, other = must(step(lamp, seldom, 10'000, -1, kNever));
  for (int64_t t = 1; t <= 10'000; ++t) {
    for (const Fired& f : must(step(lamp, often, t, -1, kNever))) one.push_back(f);
  }
  EXPECT_EQ(one, other);
  EXPECT_EQ(often, seldom);
  EXPECT_EQ(one.size(), 222u);
}

TEST(SimMachine, ALockBoxOpensOnlyToItsOwnLock) {
  Machine box;  // guards: 0 the padlock in hand is mine
  box.id = "box";
  box.events = {"hang", "remove"};
  box.states = {{"open", 0, ""}, {"locked", 0, ""}};
  box.transitions = {{0, 0, 0, -1, false, 1}, {1, 1, 0, 0, false, 0}};
  MachineNow now = start(box);
  must(step(box, now, 1, 0, kNever));
  EXPECT_TRUE(must(step(box, now, 2, 1, kNever)).empty());
  EXPECT_EQ(state_of(box, now).id, "locked");
  EXPECT_EQ(must(step(box, now, 3, 1, [](int g) { return g == 0; })).size(), 1u);
  EXPECT_TRUE(must(step(box, now, 4, 1, kNever)).empty());  // nothing waits for it
}

TEST(SimMachine, RefusesWhatNeverRestsAndWhatDoesNotFit) {
  Machine m;
  m.id = "m";
  m.states = {{"a", 0, ""}, {"b", 0, ""}, {"b", 0, ""}};
  m.transitions = {{0, -1, 0, -1, false, 1}, {1, -1, 0, -1, false, 0}};
  std::string all;
  for (const Error& e : check(m)) all += e.text() + "\n";
  for (const char* what : {"two states", "nothing leads", "runs in a ring"}) EXPECT_NE(all.find(what), std::string::npos) << all;
  m.transitions = {{0, 3, -1, -1, true, 9}, {-1, -1, 0, -1, false, 1}};
  all.clear();
  for (const Error& e : check(m)) all += e.text() + "\n";
  for (const char* what : {"joins no states", "no event of this machine", "time is out", "negates nothing", "leaves every state"}) EXPECT_NE(all.find(what), std::string::npos) << all;
  m.initial = 5;
  EXPECT_FALSE(check(m).empty());

  Machine guarded;  // sound on paper; guards that hold in both directions keep it running
  guarded.id = "g";
  guarded.states = {{"a", 0, ""}, {"b", 0, ""}};
  guarded.transitions = {{0, -1, 0, 0, false, 1}, {1, -1, 0, 0, false, 0}};
  EXPECT_TRUE(check(guarded).empty());
  MachineNow now = start(guarded);
  EXPECT_FALSE(step(guarded, now, 1, -1, [](int) { return true; }).ok());
  EXPECT_EQ(now, start(guarded));
  EXPECT_FALSE(step(guarded, now, -1, -1, kNever).ok());
  EXPECT_FALSE(step(guarded, now, 1, 0, kNever).ok());
  EXPECT_FALSE(step(guarded, now, INT64_MAX, -1, kNever).ok());
}

TEST(SimPlc, AnInputKeepsItsStateBetweenTheThresholds) {
  PlcInput type1;
  PlcInputNow now;
  step(type1, now, 0, 10'000'000);
  step(type1, now, 10, 14'999'999);
  EXPECT_FALSE(now.on);
  step(type1, now, 20, 22'500'000);
  EXPECT_FALSE(now.on);  // filtered
  step(type1, now, 21, 22'500'000);
  EXPECT_TRUE(now.on);
  step(type1, now, 30, 5'000'001);
  step(type1, now, 40, 5'000'001);
  EXPECT_TRUE(now.on);
  step(type1, now, 50, 5'000'000);
  step(type1, now, 51, 5'000'000);
  EXPECT_FALSE(now.on);
}

TEST(SimPlc, AWronglyMappedTagIsBlindWhileTheLedIsRight) {
  std::vector<PlcInputNow> inputs(8);
  inputs[3].on = true;
  const uint64_t image = image_of(inputs);
  EXPECT_EQ(image, 8u);
  EXPECT_TRUE(tag_on({"part", 3}, image));
  EXPECT_FALSE(tag_on({"part", 4}, image));
}

namespace {

// C1 in small: greet, take the ID, perhaps ask for the visa, hand over the key.
Dialogue desk() {
  Dialogue d;
  d.id = "desk";
  d.flags = {"greeted", "registered", "privacy"};
  d.nodes = {{"arrive", "guest", {"guest.hello"}, false, {{"warm", "say.warm", 3, 1, 0, 0, 0, 0, 1}, {"curt", "say.curt", 1, 0, 0, 0, 0, 0, 1}}},
             {"id", "guest", {"guest.here", "guest.quiet_room"}, true, {{"register", "say.register", 3, 2, 0, 0, 2, 0, 1}, {"smalltalk", "say.small", 2, 0, 0, 1, 0, 2, 1},
                                                                        {"key_aloud", "say.room_number", 0, 4, 0, 0, 0, 0, 2}, {"key", "say.key", 3, 0, 0, 2, 0, 0, 2}}},
             {"leave", "guest", {"guest.thanks"}, false, {}}};
  return d;
}

}  // namespace

TEST(SimDialogue, CountsQualitySetsFlagsAndEnds) {
  const Dialogue d = desk();
  for (const Error& e : check(d)) ADD_FAILURE() << e.text();
  DialogueState s = start(d);
  EXPECT_EQ(missed(d, s), std::vector<int>{1});
  EXPECT_EQ(*say(d, s, find_choice(d, s, "warm")), (Said{3, 0, 1, 0, false}));
  EXPECT_EQ(offered(d, s), (std::vector<int>{0, 1, 2}));  // no key before registering, except aloud
  EXPECT_EQ(*say(d, s, 0), (Said{3, 0, 2, 0, false}));
  EXPECT_EQ(offered(d, s), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(*say(d, s, 1), (Said{2, 0, 0, 0, false}));
  EXPECT_EQ(*say(d, s, 1), (Said{2, 1, 0, 0, false}));
  const DialogueState before = s;
  EXPECT_FALSE(say(d, s, 1).ok());  // twice is all
  EXPECT_FALSE(say(d, s, 0).ok());
  EXPECT_FALSE(say(d, s, 17).ok());
  EXPECT_FALSE(say(d, s, -1).ok());
  EXPECT_EQ(s, before);
  EXPECT_TRUE(say(d, s, find_choice(d, s, "key"))->over);
  EXPECT_EQ(s.quality, 13);
  EXPECT_EQ(s.said, 5);
  EXPECT_TRUE(missed(d, s).empty());
  EXPECT_FALSE(say(d, s, 0).ok());
  EXPECT_TRUE(offered(d, s).empty());
}

TEST(SimDialogue, IsOverAfterItsLimitWhateverIsSaid) {
  Dialogue d = desk();
  d.nodes[1].choices[0] = {"again", "say.again", 1, 0, 0, 0, 0, 0, 1};
  EXPECT_TRUE(check(d).empty());
  DialogueState s = start(d);
  ASSERT_TRUE(say(d, s, 1).ok());
  int said = 1;
  while (say(d, s, 0).ok()) ++said;
  EXPECT_EQ(said, kMaxSaid);
  EXPECT_TRUE(over(d, s));
}

TEST(SimDialogue, NamesEverythingWrongWithATree) {
  Dialogue d = desk();
  d.nodes[1].choices.erase(d.nodes[1].choices.begin() + 2);  // only the key for the registered is left
  ASSERT_FALSE(check(d).empty());
  EXPECT_NE(check(d)[0].what.find("no way to an end"), std::string::npos);
  d = desk();
  d.nodes[0].id = "id";
  d.nodes[0].choices[1].id = "warm";
  d.nodes[0].choices[1].quality = 4;
  d.nodes[0].choices[1].repeats = -1;
  d.nodes[0].choices[1].sets = 8;
  d.nodes[1].choices[1].clears = d.nodes[1].choices[1].sets = 1;
  d.nodes[1].choices[3].needs = d.nodes[1].choices[3].forbids = 2;
  d.nodes.push_back({"lost", "guest", {}, false, {}});
  std::string all;
  for (const Error& e : check(d)) all += e.text() + "\n";
  for (const char* what : {"two nodes", "two answers", "quality is not", "how often", "not declare", "sets and clears", "needs and forbids", "no answer leads"}) {
    EXPECT_NE(all.find(what), std::string::npos) << what << "\n" << all;
  }
  d.nodes[0].choices[0].to = -4;
  EXPECT_FALSE(check(d).empty());
  d.first = 77;
  EXPECT_FALSE(check(d).empty());
  EXPECT_FALSE(check(Dialogue{}).empty());
}
