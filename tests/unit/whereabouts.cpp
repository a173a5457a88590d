// Things that come and go: where they are follows conditions of the scene; what is away can neither be seen nor used, nor what it carries.

#include <gtest/gtest.h>

#include "engine/training/trace.h"
#include "engine/training/world.h"

using namespace shixun;

namespace {

struct Reception {
  std::shared_ptr<const Pack> pack;
  uint64_t seed = 2;  // draws g1, then g3
  std::unique_ptr<World> world;

  Reception() {
    PackLoad load = load_pack(fs::path(SHIXUN_SOURCE_DIR) / "scenarios/tourism-service");
    for (const Error& e : load.errors) ADD_FAILURE() << e.text();
    if (!load.pack) return;
    pack = std::make_shared<const Pack>(std::move(*load.pack));
    world = std::make_unique<World>(pack, pack->exercises.front(), seed);
  }
  int object(const char* id) const { return pack->scene.find_object(id); }
  bool act(int64_t t_ms, Verb v, const char* o, const char* value = "") { return static_cast<bool>(world->act({v, o, "", value, 0, false, false, {}}, t_ms)); }
};

}  // namespace

TEST(Whereabouts, WhoWasNotDrawnIsAwayAndSoIsWhatTheyCarry) {
  const Reception r;
  ASSERT_TRUE(r.world);
  EXPECT_FALSE(r.world->away(r.object("g1")));
  EXPECT_FALSE(r.world->away(r.object("g3")));
  EXPECT_TRUE(r.world->away(r.object("g2")));
  EXPECT_TRUE(r.world->away(r.object("bank_g2")));
  EXPECT_TRUE(r.world->away(r.object("passport_g2.photo")));
  EXPECT_TRUE(r.world->options(r.object("g2")).empty());
}

TEST(Whereabouts, WhatIsAwayCannotBeUsedUntilItComes) {
  Reception r;
  ASSERT_TRUE(r.world);
  EXPECT_FALSE(r.act(1000, Verb::kTake, "id_g1"));
  EXPECT_EQ(r.world->why().en, "It is not here now");
  for (const char* answer : {"warm", "surname", "complete"}) EXPECT_TRUE(r.act(2000, Verb::kSay, "g1", answer)) << r.world->why().en;
  EXPECT_FALSE(r.world->away(r.object("id_g1")));
  EXPECT_TRUE(r.act(3000, Verb::kTake, "id_g1")) << r.world->why().en;
}

TEST(Whereabouts, TheFirstCaseThatHoldsCountsElseItIsWhereItWasPut) {
  Reception r;
  ASSERT_TRUE(r.world);
  EXPECT_EQ(r.world->whereabouts(r.object("g3")), nullptr);  // waits
  auto trace = read_trace(r.pack->exercises.front().dir / "traces" / "expert_g1_g3.jsonl");
  ASSERT_TRUE(trace);
  Session session(r.pack, r.pack->exercises.front(), {Mode::kRehearsal, r.seed}, [](const Event&) { return ok(); });
  ASSERT_TRUE(play(session, *trace));
  const Whereabouts* gone = session.world().whereabouts(r.object("g1"));
  ASSERT_NE(gone, nullptr);
  EXPECT_TRUE(gone->away);
  const Whereabouts* here = session.world().whereabouts(r.object("g3"));
  ASSERT_NE(here, nullptr);
  EXPECT_FALSE(here->away);
}

TEST(Whereabouts, APersonsLastWordsAreThoseOfWhereTheConversationIs) {
  Reception r;
  ASSERT_TRUE(r.world);
  EXPECT_TRUE(r.world->last_words(r.object("g1")).en.empty());
  EXPECT_TRUE(r.act(1000, Verb::kSay, "g1", "warm"));
  EXPECT_EQ(r.world->last_words(r.object("g1")).en, "Hello, I have a booking. My name is Li Wei.");
}
