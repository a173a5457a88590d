#include "engine/sim/network.h"

#include <gtest/gtest.h>

#include "engine/base/random.h"
#include "engine/sim/scalar.h"
#include "tests/sim/circuits.h"

using namespace shixun;
using circuits::kKilo;
using circuits::kMega;
using circuits::kOhm;
using circuits::kVolt;

namespace {

Network sound(Network n) {
  for (const Error& e : check(n)) ADD_FAILURE() << e.text();
  return n;
}
NetworkState started(const Network& n) {
  auto s = start(n);
  EXPECT_TRUE(s.ok());
  return s->state;
}
int64_t between(const Network& n, const NetworkState& s, const char* a, const char* b) {
  const auto solution = solve(n, s);
  EXPECT_TRUE(solution.ok());
  return volts(*solution, find_node(n, a), find_node(n, b)).value_or(INT64_MIN);
}
std::vector<Happening> must(Result<std::vector<Happening>> r) {
  EXPECT_TRUE(r.ok()) << (r.ok() ? "" : r.error().text());
  return r.ok() ? *r : std::vector<Happening>{};
}
NetworkInput toggle(const Network& n, const char* id, int64_t closed, int64_t t_ms) { return {NetworkInput::Kind::kSwitch, find_element(n, id), closed, t_ms}; }

}  // namespace

TEST(SimNetwork, SolvesABridgeAsByHand) {
  // 10 V over a Wheatstone bridge 1k/2k and 2k/1k with 1k across: by hand (star-delta) the middle nodes stand at 4/7 and 3/7 of 10 V.
  circuits::Builder b;
  using K = ElementKind;
  b.add("s", K::kSource, "top", "x", 1, 10 * kVolt);
  b.n.elements[0].b = b.node("bottom");
  b.n.nodes = {"top", "left", "bottom", "right"};
  b.n.elements[0].b = 2;
  b.add("r1", K::kResistor, "top", "left", kKilo);
  b.add("r2", K::kResistor, "left", "bottom", 2 * kKilo);
  b.add("r3", K::kResistor, "top", "right", 2 * kKilo);
  b.add("r4", K::kResistor, "right", "bottom", kKilo);
  b.add("r5", K::kResistor, "left", "right", kKilo);
  const Network n = sound(b.n);
  const NetworkState s = started(n);
  EXPECT_NEAR(between(n, s, "left", "bottom"), 10'000'000 * 4 / 7, 10);  // the source's milliohm takes 7 uV
  EXPECT_NEAR(between(n, s, "right", "bottom"), 10'000'000 * 3 / 7, 10);
  const auto solution = solve(n, s);
  EXPECT_NEAR(solution->pa[static_cast<size_t>(find_element(n, "r5"))], 1'428'571'428, 2000);
}

TEST(SimNetwork, AShortTakesWhatTheSourceAndTheWireLeave) {
  circuits::Builder b;
  b.add("battery", ElementKind::kSource, "plus", "minus", 49, 12 * kVolt);
  b.add("wire", ElementKind::kResistor, "plus", "minus", 1);
  const Network n = sound(b.n);
  const auto solution = solve(n, started(n));
  EXPECT_EQ(solution->pa[1], 240'000'000'000'000);  // 12 V / 50 mohm
  EXPECT_EQ(solution->pa[0], -240'000'000'000'000);
  EXPECT_EQ(volts(*solution, 0, 1), 240'000);
}

TEST(SimNetwork, NothingStandsBetweenNodesThatNothingJoins) {
  circuits::Builder b;
  b.add("s1", ElementKind::kSource, "a", "b", 1, 5 * kVolt);
  b.add("s2", ElementKind::kSource, "c", "d", 1, 7 * kVolt);
  b.node("alone");
  const Network n = sound(b.n);
  const auto solution = solve(n, started(n));
  EXPECT_EQ(volts(*solution, 0, 1), 5 * kVolt);
  EXPECT_EQ(volts(*solution, 2, 3), 7 * kVolt);
  EXPECT_FALSE(volts(*solution, 0, 2).has_value());
  EXPECT_FALSE(volts(*solution, 4, 0).has_value());
}

TEST(SimNetwork, IsExactOverFourteenDecades) {
  // 350 V behind 1 mohm, floating, held to the body by 100 Gohm on one side and 300 Gohm (three in series) on the other.
  circuits::Builder b;
  using K = ElementKind;
  b.add("s", K::kSource, "p", "m", 1, 350 * kVolt);
  b.add("r1", K::kResistor, "p", "body", kMaxResistance_mohm);
  b.add("r2", K::kResistor, "m", "x", kMaxResistance_mohm);
  b.add("r3", K::kResistor, "x", "y", kMaxResistance_mohm);
  b.add("r4", K::kResistor, "y", "body", kMaxResistance_mohm);
  b.add("load", K::kResistor, "p", "m", 1);
  const Network n = sound(b.n);
  const auto solution = solve(n, started(n));
  EXPECT_EQ(volts(*solution, 0, 1), 175 * kVolt);
  EXPECT_EQ(volts(*solution, 0, 2), 43'750'000);
  EXPECT_EQ(solution->pa[1], 437);  // 43.75 V / 100 Gohm is 437.5 pA; the source's and the load's ends take a hair
}

TEST(SimNetwork, CurrentsOfRandomNetworksMeetInEveryNode) {
  Pcg32 r(7, "kirchhoff");
  for (int round = 0; round < 60; ++round) {
    circuits::Builder b;
    const uint32_t nodes = 3 + r.below(9);
    for (uint32_t i = 0; i < nodes; ++i) b.node("n" + std::to_string(i));
    const uint32_t count = nodes + r.below(2 * nodes);
    for (uint32_t i = 0; i < count; ++i) {
      Element e;
      e.id = "e" + std::to_string(i);
      e.kind = r.below(4) == 0 ? ElementKind::kSource : ElementKind::kResistor;
      e.a = static_cast<int>(r.below(nodes));
      e.b = static_cast<int>((static_cast<uint32_t>(e.a) + 1 + r.below(nodes - 1)) % nodes);
      e.mohm = 1000 + r.below(10'000'000);
      e.uv = r.below(400) * kVolt;
      b.n.elements.push_back(e);
    }
    const Network n = sound(b.n);
    const auto solution = solve(n, started(n));
    std::vector<int64_t> sum(nodes, 0);
    for (size_t i = 0; i < n.elements.size(); ++i) {
      sum[static_cast<size_t>(n.elements[i].a)] += solution->pa[i];
      sum[static_cast<size_t>(n.elements[i].b)] -= solution->pa[i];
    }
    for (const int64_t x : sum) EXPECT_LE(std::abs(x), count);  // each current is within half a picoampere
  }
}

TEST(SimNetwork, AFuseBlowsAboveItsRatingAndTheMostLoadedFirst) {
  circuits::Builder b;
  using K = ElementKind;
  b.add("s", K::kSource, "p", "m", 100, 24 * kVolt);
  b.add("f10", K::kFuse, "p", "x", 10);
  b.add("f2", K::kFuse, "x", "y", 10);
  b.add("load", K::kResistor, "y", "m", 24 * kOhm);
  b.n.elements[1].rating_ua = 10'000'000;
  b.n.elements[2].rating_ua = 2'000'000;
  const Network n = sound(b.n);
  NetworkState s = started(n);
  EXPECT_NE(between(n, s, "y", "m"), INT64_MIN);
  const auto blown = must(step(n, s, {NetworkInput::Kind::kResistance, 3, 100, 5}));  // the load fails to a short: 109 A through both
  ASSERT_EQ(blown.size(), 1u);
  EXPECT_EQ(blown[0], (Happening{Happening::Kind::kBlown, 2}));
  EXPECT_TRUE(s.elements[1].closed);
  EXPECT_EQ(between(n, s, "x", "m"), 24 * kVolt);
  EXPECT_EQ(must(step(n, s, {NetworkInput::Kind::kFuse, 2, 1, 6})).size(), 1u);  // a new one goes the same way
  must(step(n, s, {NetworkInput::Kind::kResistance, 3, 24 * kOhm, 7}));
  EXPECT_TRUE(must(step(n, s, {NetworkInput::Kind::kFuse, 2, 1, 8})).empty());
}

TEST(SimNetwork, ADiodeConductsForwardAboveItsDropOnly) {
  circuits::Builder b;
  using K = ElementKind;
  b.add("s", K::kSource, "p", "m", 1, 12 * kVolt);
  b.add("d", K::kDiode, "p", "x", 100, 700'000);
  b.add("r", K::kResistor, "x", "m", kKilo);
  Network n = sound(b.n);
  NetworkState s = started(n);
  EXPECT_NEAR(between(n, s, "x", "m"), 11'298'870, 20);
  must(step(n, s, {NetworkInput::Kind::kVoltage, 0, 600'000, 1}));
  EXPECT_LE(between(n, s, "x", "m"), 1);  // the leak
  must(step(n, s, {NetworkInput::Kind::kVoltage, 0, -12 * kVolt, 2}));
  EXPECT_GE(between(n, s, "x", "m"), -12);
}

TEST(SimNetwork, EightDiodesOfARectifierAndMoreFindTheirState) {
  // Two bridges in a row: whichever way the source stands, the load sees it the right way round.
  for (const int64_t v : {20 * kVolt, -20 * kVolt}) {
    circuits::Builder b;
    using K = ElementKind;
    b.add("s", K::kSource, "a", "b", 1, v);
    b.add("d1", K::kDiode, "a", "p", 10, 700'000);
    b.add("d2", K::kDiode, "b", "p", 10, 700'000);
    b.add("d3", K::kDiode, "n", "a", 10, 700'000);
    b.add("d4", K::kDiode, "n", "b", 10, 700'000);
    b.add("d5", K::kDiode, "p", "q", 10, 700'000);
    b.add("d6", K::kDiode, "n", "q", 10, 700'000);
    b.add("d7", K::kDiode, "o", "p", 10, 700'000);
    b.add("d8", K::kDiode, "o", "n", 10, 700'000);
    b.add("r", K::kResistor, "q", "o", kKilo);
    const Network n = sound(b.n);
    EXPECT_NEAR(between(n, started(n), "q", "o"), 17'200'000, 5000);  // four drops
  }
}

TEST(SimNetwork, TheBusHoldsWhilePluggedDecaysAfterAndSkipsTimeExactly) {
  const Network n = sound(circuits::high_voltage());
  NetworkState s = started(n);
  EXPECT_EQ(between(n, s, "hv.plus", "hv.minus"), 350 * kVolt);
  EXPECT_NEAR(between(n, s, "hv.plus", "body"), 173'096'000, 100);  // 1100 M with two 100 G branches beside it, over 1100 M
  must(step(n, s, toggle(n, "msd", 0, 10'000)));
  NetworkState leap = s;
  for (int64_t t = 10'000; t <= 310'000; t += 8) must(step(n, s, {NetworkInput::Kind::kTime, -1, 0, t}));
  must(step(n, leap, {NetworkInput::Kind::kTime, -1, 0, 310'000}));
  must(step(n, s, {NetworkInput::Kind::kTime, -1, 0, 310'000}));
  EXPECT_EQ(s, leap);  // watched for five minutes or skipped
  EXPECT_EQ(between(n, s, "hv.plus", "hv.minus"), decay(350 * kVolt, 300'000, 75'000));

  must(step(n, s, toggle(n, "discharge_tool", 1, 310'000)));
  must(step(n, s, {NetworkInput::Kind::kTime, -1, 0, 330'000}));
  EXPECT_LT(between(n, s, "hv.plus", "hv.minus"), 1000);
  must(step(n, s, toggle(n, "discharge_tool", 0, 330'000)));
  must(step(n, s, toggle(n, "msd", 1, 340'000)));
  EXPECT_EQ(between(n, s, "hv.plus", "hv.minus"), 350 * kVolt);
}

TEST(SimNetwork, ADecayGoesOnWhenSomethingElseIsSwitched) {
  const Network n = circuits::high_voltage();
  NetworkState s = started(n), t = s;
  must(step(n, s, toggle(n, "msd", 0, 0)));
  must(step(n, t, toggle(n, "msd", 0, 0)));
  for (int64_t i = 1; i < 50; ++i) must(step(n, s, toggle(n, "ptc.plug", i % 2, i * 777)));
  must(step(n, t, toggle(n, "ptc.plug", 1, 49 * 777)));
  EXPECT_EQ(s, t);
}

TEST(SimNetwork, FaultsChangeWhatAMeterWouldSee) {
  const Network healthy = sound(circuits::coolant_sensor());
  const auto signal = [](const Network& n) { return between(n, started(n), "ecu.signal", "ground"); };
  using Fault = NetworkFault;
  using K = Fault::Kind;
  EXPECT_NEAR(signal(healthy), 2'598'795, 300);  // 5 R / (R + 2.31k) at 20 degrees: 2.6 V
  const auto with = [&](Fault f) {
    Network n = healthy;
    EXPECT_TRUE(put_fault(n, f).ok());
    return sound(n);
  };
  const int sensor = find_element(healthy, "sensor"), wire = find_element(healthy, "wire.signal");
  EXPECT_EQ(signal(with({K::kBroken, sensor})), 5 * kVolt);                       // F1
  EXPECT_EQ(signal(with({K::kBroken, wire})), 5 * kVolt);                         // F2
  EXPECT_LT(signal(with({K::kBridge, -1, find_node(healthy, "sensor.1"), find_node(healthy, "ground"), 50})), 140'000);  // F4: under P0117
  EXPECT_NEAR(signal(with({K::kAdded, wire, -1, -1, 15 * kKilo})), 4'416'900, 1000);     // F5: reads cold, under P0118
  // Signal wire on the ground pin: the sensor is bypassed.
  EXPECT_LT(signal(with({K::kMiswiredB, wire, -1, find_node(healthy, "sensor.2")})), 1000);

  Network n = healthy;
  EXPECT_FALSE(put_fault(n, {K::kBroken, 99}).ok());
  EXPECT_FALSE(put_fault(n, {K::kBlown, sensor}).ok());
  EXPECT_FALSE(put_fault(n, {K::kAdded, sensor, -1, -1, INT64_MAX}).ok());
  EXPECT_FALSE(put_fault(n, {K::kBridge, -1, 0, 0, 1}).ok());
  EXPECT_FALSE(put_fault(n, {K::kMiswiredA, sensor, n.elements[static_cast<size_t>(sensor)].b}).ok());
  EXPECT_FALSE(put_fault(n, {K::kTau, sensor, -1, -1, 5}).ok());
  EXPECT_EQ(n.elements.size(), healthy.elements.size());
}

TEST(SimNetwork, RefusesInputsThatMakeNoSenseAndStaysAsItWas) {
  const Network n = circuits::high_voltage();
  NetworkState s = started(n);
  must(step(n, s, {NetworkInput::Kind::kTime, -1, 0, 500}));
  const NetworkState before = s;
  using K = NetworkInput::Kind;
  for (const NetworkInput& bad : {NetworkInput{K::kTime, -1, 0, 499}, NetworkInput{K::kTime, -1, 0, INT64_MAX}, NetworkInput{K::kSwitch, -1, 1, 500},
                                  NetworkInput{K::kSwitch, 1000, 1, 500}, NetworkInput{K::kSwitch, 0, 1, 500}, NetworkInput{K::kSwitch, 1, 2, 500},
                                  NetworkInput{K::kFuse, 1, 1, 500}, NetworkInput{K::kResistance, 4, 0, 500}, NetworkInput{K::kResistance, 3, 5, 500},
                                  NetworkInput{K::kVoltage, 4, 5, 500}, NetworkInput{K::kVoltage, 0, INT64_MIN, 500}}) {
    EXPECT_FALSE(step(n, s, bad).ok());
    EXPECT_EQ(s, before);
  }
}

TEST(SimNetwork, NamesEverythingWrongWithANetwork) {
  Network n;
  n.nodes = {"a", "a"};
  n.earth = 7;
  n.elements = {{"r", ElementKind::kResistor, 0, 0, 5}, {"r", ElementKind::kResistor, 0, 5, 0}, {"f", ElementKind::kFuse, 0, 1, 1},
                {"c", ElementKind::kCapacitor, 0, 1, 1}, {"d", ElementKind::kDiode, 0, 1, 1, -5}, {"s", ElementKind::kSource, 0, 1, 1, INT64_MIN}};
  n.laws = {{0, -1, {}, {}}, {3, 0, {0}, {{0, 0}}}};
  std::string all;
  for (const Error& e : check(n)) all += e.text() + "\n";
  for (const char* what : {"two nodes", "two elements", "earth is no node", "both ends", "no node", "not within 1 mΩ", "needs a rating", "drop is below", "beyond 10 kV",
                           "belongs to no capacitor", "is no source", "cannot be opened", "a drain's switch", "time constant"}) {
    EXPECT_NE(all.find(what), std::string::npos) << what << "\n" << all;
  }
  Network large;
  large.nodes.resize(kMaxNodes + 1);
  EXPECT_FALSE(check(large).empty());
}

TEST(SimNetwork, TheLargestNetworkIsSolvedInTime) {
  Pcg32 r(3, "large");
  Network n;
  for (size_t i = 0; i < kMaxNodes; ++i) n.nodes.push_back("n" + std::to_string(i));
  for (size_t i = 0; i < kMaxElements; ++i) {
    const int a = static_cast<int>(i % kMaxNodes);
    n.elements.push_back({"e" + std::to_string(i), i % 5 == 0 ? ElementKind::kSource : ElementKind::kResistor, a,
                          (a + 1 + static_cast<int>(r.below(kMaxNodes - 1))) % static_cast<int>(kMaxNodes), 1 + r.below(2'000'000'000), 1000});
  }
  EXPECT_TRUE(check(n).empty());
  EXPECT_TRUE(solve(n, started(n)).ok());
}
