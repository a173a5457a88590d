// Objects that start where the attempt's truths have them, and instruments that tell what they show.

#include <gtest/gtest.h>

#include "engine/training/trace.h"
#include "engine/training/world.h"
#include "tests/unit/pack_fixture.h"

using namespace shixun;

namespace {

std::shared_ptr<const Pack> line_pack() { return pack_of(fs::path(SHIXUN_SOURCE_DIR) / "scenarios/smart-manufacturing"); }

std::string spot_of(const World& world, const char* object) {
  const Spot& spot = world.state(world.scene().find_object(object)).spot;
  return spot.kind == Spot::Kind::kSocket ? world.scene().sockets[static_cast<size_t>(spot.socket)].id : "";
}

}  // namespace

TEST(Starts, FollowWhatWasDrawnAndHomeDoesNot) {
  const auto pack = line_pack();
  ASSERT_TRUE(pack);
  const World chip(pack, pack->exercises.front(), 1), wire(pack, pack->exercises.front(), 2);
  EXPECT_EQ(spot_of(chip, "chip"), "conveyor.b1_face");
  EXPECT_EQ(spot_of(chip, "pallet"), "conveyor.infeed");
  EXPECT_EQ(spot_of(wire, "chip"), "bench.waste");
  EXPECT_EQ(spot_of(wire, "pallet"), "conveyor.stop_seat");
  const Scene& scene = pack->scene;
  const ObjectDef& def = scene.objects[static_cast<size_t>(scene.find_object("chip"))];
  EXPECT_EQ(def.item->home, scene.find_socket("bench.waste"));
}

TEST(Starts, EverySocketHoldsOneThingWhateverIsDrawn) {
  const auto pack = line_pack();
  ASSERT_TRUE(pack);
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const World world(pack, pack->exercises.front(), seed);
    std::set<int> taken;
    for (const ObjectState& s : world.states()) {
      if (s.spot.kind == Spot::Kind::kSocket) {
        EXPECT_TRUE(taken.insert(s.spot.socket).second) << seed;
      }
    }
  }
}

TEST(Shown, IsWhatTheMeterInTheHandReadLast) {
  const auto pack = line_pack();
  ASSERT_TRUE(pack);
  World world(pack, pack->exercises.front(), 2);
  const int meter = pack->scene.find_object("meter");
  EXPECT_FALSE(world.shown_by(meter));
  const auto act = [&](Verb v, const char* o, const char* at, const char* value) { return static_cast<bool>(world.act({v, o, at, value, 0, false, false, {}}, 1000)); };
  ASSERT_TRUE(act(Verb::kTake, "meter", "", ""));
  ASSERT_TRUE(act(Verb::kSet, "meter", "", "dcv"));
  ASSERT_TRUE(act(Verb::kProbe, "junction_box.pin_1", "junction_box.pin_3", ""));
  const auto shown = world.shown_by(meter);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->unit, Unit::kVoltage);
  EXPECT_NEAR(static_cast<double>(shown->value), static_cast<double>(world.truths().numbers[1]), 20);  // supply_voltage, within two steps of the meter
}
