#include "engine/sim/pressure.h"

#include <gtest/gtest.h>

#include "engine/base/random.h"
#include "tests/sim/circuits.h"

using namespace shixun;

namespace {

struct Air {
  PressureNet n = circuits::cylinder_circuit();
  PressureState s;
  Air() {
    for (const Error& e : check(n)) ADD_FAILURE() << e.text();
    s = start(n);
  }
  int link(const char* id) const {
    for (size_t i = 0; i < n.links.size(); ++i) {
      if (n.links[i].id == id) return static_cast<int>(i);
    }
    ADD_FAILURE() << id;
    return -1;
  }
  void open(const char* id, int64_t opening) { EXPECT_TRUE(step(n, s, {PressureInput::Kind::kOpening, link(id), opening}).ok()); }
  void valve(bool extend) {
    open("1-4", extend ? 1000 : 0);
    open("4-5", extend ? 0 : 1000);
    open("1-2", extend ? 0 : 1000);
    open("2-3", extend ? 1000 : 0);
  }
  void run(int ticks) {
    for (int i = 0; i < ticks; ++i) tick(n, s);
  }
  int64_t at(int node) const { return gauge_pa(n, s, node); }
  int until(int64_t position_um, int most) {
    for (int i = 0; i < most; ++i) {
      if (s.position_um[0] == position_um) return i;
      tick(n, s);
    }
    return most;
  }
};

}  // namespace

TEST(SimPressure, FillsToTheSupplyHoldsAndVentsToZero) {
  Air a;
  EXPECT_EQ(a.at(2), 0);
  a.open("main", 1000);
  a.run(240);
  EXPECT_NEAR(a.at(2), 400'000, 2);
  a.open("main", 0);
  a.run(60 * kTicksPerSecond);
  EXPECT_NEAR(a.at(2), 400'000, 500);  // nothing leaks; the pilot line took its share
  a.open("vent", 1000);
  a.run(240);
  EXPECT_EQ(a.at(2), 0);
}

TEST(SimPressure, AClosedCircuitLosesWhatItsLeakTakes) {
  Air a;
  a.valve(true);
  a.open("main", 1000);
  a.run(5 * kTicksPerSecond);
  a.open("main", 0);
  a.run(60);
  const int64_t before = a.at(2);
  a.run(60 * kTicksPerSecond);
  EXPECT_NEAR(a.at(2), before, 100);
  a.open("leak", 20);  // a fitting that hisses
  a.run(60 * kTicksPerSecond);
  EXPECT_LT(a.at(2), before - 20'000);
  EXPECT_GT(a.at(2), 0);
}

TEST(SimPressure, TheThrottleOnTheLeavingAirSetsThePistonsSpeed) {
  Air a;
  a.open("main", 1000);
  a.run(120);
  EXPECT_EQ(a.s.position_um[0], 0);
  a.valve(true);
  const int slow = a.until(100'000, 2000);
  a.valve(false);
  const int back = a.until(0, 2000);
  a.open("throttle.rod", 240);  // twice as open: about twice as fast out, back much as before
  a.valve(true);
  const int fast = a.until(100'000, 2000);
  a.valve(false);
  EXPECT_NEAR(a.until(0, 2000), back, back / 6);
  EXPECT_LT(fast, slow * 7 / 10);
  a.open("throttle.rod", 60);
  a.valve(true);
  EXPECT_GT(a.until(100'000, 4000), slow * 3 / 2);
}

TEST(SimPressure, BothSpeedsOfTheCourseAreWithinReachOfTheThrottles) {  // extend 2.0 +- 0.3 s, retract 1.0 +- 0.2 s
  Air a;
  a.open("main", 1000);
  a.open("throttle.rod", 42);
  a.open("throttle.cap", 106);
  a.run(120);
  a.valve(true);
  EXPECT_NEAR(a.until(100'000, 2000), 2 * kTicksPerSecond, 36);
  a.run(120);
  a.valve(false);
  EXPECT_NEAR(a.until(0, 2000), kTicksPerSecond, 24);
}

TEST(SimPressure, WithoutThrottlingItSlams) {
  Air a;
  a.open("main", 1000);
  a.open("throttle.rod", 1000);
  a.run(120);
  a.valve(true);
  EXPECT_LT(a.until(100'000, 2000), 60);
}

TEST(SimPressure, AirIsNeitherMadeNorLost) {
  PressureNet n;
  using K = PressureNode::Kind;
  Pcg32 r(5, "air");
  for (int i = 0; i < 8; ++i) n.nodes.push_back({"n" + std::to_string(i), K::kVolume, 1 + r.below(500'000), r.below(1'000'000)});
  n.flows = {{"wide", Curve::kLinear, {{0, 0}, {1, 1'000'000'000}}}};  // far more than a tick can take
  for (int i = 0; i < 12; ++i) {
    const int from = static_cast<int>(r.below(8));
    n.links.push_back({"l" + std::to_string(i), from, (from + 1 + static_cast<int>(r.below(7))) % 8, 0, r.below(1001), r.below(3) == 0});
  }
  EXPECT_TRUE(check(n).empty());
  PressureState s = start(n);
  const auto total = [&] {
    int64_t sum = 0;
    for (const int64_t x : s.air) sum += x;
    return sum;
  };
  const int64_t at_first = total();
  int64_t highest = 1'000'001;
  for (int i = 0; i < 500; ++i) {
    tick(n, s);
    EXPECT_EQ(total(), at_first);
    int64_t now = 0;
    for (int k = 0; k < 8; ++k) now = std::max(now, gauge_pa(n, s, k));
    EXPECT_LE(now, highest);  // never above what it was: no swinging
    highest = now + 1;
  }
}

TEST(SimPressure, RefusesInputsAndCircuitsThatMakeNoSense) {
  Air a;
  const PressureState before = a.s;
  using K = PressureInput::Kind;
  for (const PressureInput& bad : {PressureInput{K::kOpening, -1, 5}, PressureInput{K::kOpening, 99, 5}, PressureInput{K::kOpening, 0, 1001}, PressureInput{K::kOpening, 0, -1},
                                   PressureInput{K::kSupply, 1, 5}, PressureInput{K::kSupply, 0, kMaxGauge_pa + 1}}) {
    EXPECT_FALSE(step(a.n, a.s, bad).ok());
  }
  EXPECT_EQ(a.s, before);
  PressureNet n = a.n;
  n.nodes[2].volume_mm3 = 0;
  n.nodes[3].gauge_pa = -1;
  n.flows[0].points[1].y = -1;
  n.links[0].a = n.links[0].b;
  n.links[1].flow = 9;
  n.links[2].opening = 2000;
  n.cylinders[0].cap = 0;
  n.cylinders.push_back(n.cylinders[0]);
  n.cylinders[1].cap = n.cylinders[1].rod = 6;
  n.cylinders[1].max_step_um = 0;
  EXPECT_GE(check(n).size(), 9u);
  EXPECT_FALSE(check(PressureNet{}).empty());
}
