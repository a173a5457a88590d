// What a hostile pack may declare: random devices, most of them nonsense. check() must refuse what the simulators cannot bear; what it
// lets through is driven with random inputs. Nothing may crash, hang or overflow (the sanitized build of the tests watches).
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/random.h"
#include "engine/base/units.h"
#include "engine/sim/dialogue.h"
#include "engine/sim/instrument.h"
#include "engine/sim/machine.h"
#include "engine/sim/pressure.h"

using namespace shixun;

namespace {

struct Dice {
  Pcg32 r;
  explicit Dice(uint64_t seed) : r(seed, "hostile") {}
  int64_t wild() {  // any number, the ends more often than they deserve
    switch (r.below(8)) {
      case 0: return INT64_MIN;
      case 1: return INT64_MAX;
      case 2: return -1;
      case 3: return 0;
      default: return static_cast<int64_t>((uint64_t{r.next()} << 32 | r.next()) >> r.below(64));
    }
  }
  // Mostly within, now and then wild.
  int64_t mostly(int64_t low, int64_t high) {
    if (r.below(200) == 0) return wild();
    return low + static_cast<int64_t>((uint64_t{r.next()} << 32 | r.next()) % static_cast<uint64_t>(high - low + 1));
  }
  int index(size_t n) { return static_cast<int>(std::clamp<int64_t>(mostly(0, static_cast<int64_t>(n) - 1), INT32_MIN / 2, INT32_MAX / 2)); }
  bool coin() { return r.below(2) != 0; }
};

}  // namespace

TEST(SimHostile, NetworksAndInstruments) {
  int sound = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    Dice d(seed);
    Network n;
    const uint32_t nodes = 2 + d.r.below(8), elements = 1 + d.r.below(16);
    for (uint32_t i = 0; i < nodes; ++i) n.nodes.push_back("n" + std::to_string(i));
    for (uint32_t i = 0; i < elements; ++i) {
      Element e{"e" + std::to_string(i), static_cast<ElementKind>(d.r.below(6)), d.index(nodes), 0, d.mostly(1, kMaxResistance_mohm), d.mostly(0, kMaxVoltage_uv)};
      e.b = d.coin() ? (e.a + 1) % static_cast<int>(nodes) : (e.a + 2) % static_cast<int>(nodes);
      e.closed = d.coin();
      e.rating_ua = d.mostly(1, 100'000'000);
      e.withstand_uv = d.mostly(0, kMaxVoltage_uv);
      n.elements.push_back(e);
      if (e.kind == ElementKind::kCapacitor) n.laws.push_back({static_cast<int>(i), -1, {}, {{-1, d.mostly(1, 100'000)}}});
    }
    n.earth = d.index(nodes);
    n.alternating = d.r.below(6) == 0;
    if (n.alternating) {
      for (Element& e : n.elements) e.quadrature_uv = e.kind == ElementKind::kSource ? d.mostly(0, kMaxVoltage_uv) : 0;
    }
    InstrumentSpec spec;
    for (int f = 0; f < 6; ++f) spec.ranges.push_back({static_cast<Function>(f), d.mostly(1, 1'000'000'000), 1, d.mostly(1, kMaxVoltage_uv), d.mostly(1, kMaxResistance_mohm)});
    spec.input_mohm = d.mostly(1, kMaxResistance_mohm / 2);
    spec.fuse_ua = d.mostly(1, 20'000'000);
    if (!check(n).empty() || !check(spec).empty()) continue;
    ++sound;
    auto begun = start(n);
    if (!begun) continue;  // diodes without a stable state
    NetworkState s = begun->state;
    InstrumentState meter;
    for (int i = 0; i < 12; ++i) {
      const NetworkInput input{static_cast<NetworkInput::Kind>(d.r.below(5)), d.index(elements), d.coin() ? d.mostly(0, 1) : d.wild(), d.mostly(s.t_ms, s.t_ms + 100'000)};
      (void)step(n, s, input).ok();
      meter.function = static_cast<Function>(d.r.below(6));
      meter.range = d.coin() ? -1 : d.index(6);
      const auto r = measure(n, s, spec, meter, {d.index(nodes), d.index(nodes), 3, d.mostly(0, 60'000)});
      if (!r) continue;
      EXPECT_FALSE(arguments(spec, *r, meter).empty());
      EXPECT_LT(display_text(spec, *r).size(), 40u);
      for (const ReadingArgument& a : arguments(spec, *r, meter)) EXPECT_LE(std::abs(a.number), kMaxQuantity) << a.key;
    }
    EXPECT_EQ(s.elements.size(), n.elements.size());
  }
  EXPECT_GT(sound, 200);
}

TEST(SimHostile, Air) {
  int sound = 0;
  for (uint64_t seed = 0; seed < 600; ++seed) {
    Dice d(seed);
    PressureNet n;
    const uint32_t nodes = 3 + d.r.below(6);
    for (uint32_t i = 0; i < nodes; ++i)
      n.nodes.push_back({"n" + std::to_string(i), i < 2 ? PressureNode::Kind::kVolume : static_cast<PressureNode::Kind>(d.r.below(3)), d.mostly(1, kMaxVolume_mm3), d.mostly(0, kMaxGauge_pa)});
    n.flows = {{"f", Curve::kLinear, {{0, 0}, {d.mostly(1, 1'000'000), d.mostly(0, 1'000'000'000)}}}};
    for (uint32_t i = 0; i < 8; ++i) n.links.push_back({"l", d.index(nodes), d.index(nodes), 0, d.mostly(0, 1000), d.coin()});
    if (d.coin()) n.cylinders.push_back({"c", 0, 1, d.mostly(1, 20'000), 1, d.mostly(1, 2'000'000), d.mostly(0, 100'000), d.mostly(1, 100'000)});
    for (PressureLink& l : n.links) {
      if (l.a == l.b) l.b = (l.a + 1) % static_cast<int>(nodes);
    }
    if (!check(n).empty()) continue;
    ++sound;
    PressureState s = start(n);
    for (int i = 0; i < 200; ++i) {
      (void)step(n, s, {static_cast<PressureInput::Kind>(d.r.below(2)), d.index(nodes), d.mostly(0, 1000)}).ok();
      tick(n, s);
      for (const int64_t a : s.air) EXPECT_GE(a, 0);
      for (size_t c = 0; c < n.cylinders.size(); ++c) {
        EXPECT_GE(s.position_um[c], 0);
        EXPECT_LE(s.position_um[c], n.cylinders[c].stroke_um);
      }
    }
  }
  EXPECT_GT(sound, 100);
}

TEST(SimHostile, MachinesAndDialogues) {
  int machines = 0, dialogues = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    Dice d(seed);
    Machine m;
    m.id = "m";
    m.events = {"x", "y"};
    const uint32_t states = 1 + d.r.below(4);
    for (uint32_t i = 0; i < states; ++i) m.states.push_back({std::to_string(i), 0, ""});
    for (uint32_t i = 0; i < states * 3; ++i)
      m.transitions.push_back({d.index(states), d.r.below(3) == 0 ? d.index(2) : -1, d.mostly(0, 500), d.coin() ? d.index(4) : -1, false, d.index(states)});
    if (check(m).empty()) {
      ++machines;
      MachineNow now = start(m);
      for (int i = 0; i < 20; ++i) {
        const uint32_t truth = d.r.next();
        (void)step(m, now, d.mostly(now.tick, now.tick + 3000), static_cast<int>(d.r.below(3)) - 1, [&](int g) { return (truth >> (g & 31) & 1) != 0; }).ok();
        EXPECT_LT(static_cast<size_t>(now.state), m.states.size());
      }
    }
    Dialogue t;
    t.id = "t";
    t.flags = {"a", "b", "c"};
    const uint32_t nodes = 1 + d.r.below(5);
    for (uint32_t i = 0; i < nodes; ++i) {
      DialogueNode node;
      node.id = std::to_string(i);
      for (uint32_t c = 0; c < d.r.below(4); ++c) {
        Choice x{std::to_string(c), "", static_cast<int>(d.r.below(4)), d.r.below(8), 0, 0, 0, 0, d.index(nodes)};
        if (d.r.below(3) == 0) x.needs = d.r.below(8);
        if (d.r.below(4) == 0) x.repeats = static_cast<int>(d.r.below(3));
        node.choices.push_back(x);
      }
      t.nodes.push_back(node);
    }
    if (!check(t).empty()) continue;
    ++dialogues;
    DialogueState s = start(t);
    int said = 0;
    while (!over(t, s)) {
      const std::vector<int> open = offered(t, s);
      ASSERT_FALSE(open.empty());  // never stuck: check proved it
      ASSERT_TRUE(say(t, s, open[d.r.below(static_cast<uint32_t>(open.size()))]).ok());
      ASSERT_LE(++said, kMaxSaid);
    }
  }
  EXPECT_GT(machines, 200);
  EXPECT_GT(dialogues, 200);
}
