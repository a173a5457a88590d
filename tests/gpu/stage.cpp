// What the stage shows of a world that goes on, as the eye sees it between two states; no device needed.

#include "engine/interact/stage.h"

#include <gtest/gtest.h>

#include "engine/training/trace.h"

namespace shixun {
namespace {

struct Place {
  std::shared_ptr<const Pack> pack;
  std::unique_ptr<World> world;
  std::unique_ptr<Stage> stage;

  Place(const char* name, uint64_t seed) {
    PackLoad load = load_pack(fs::path(SHIXUN_SOURCE_DIR) / "scenarios" / name);
    for (const Error& e : load.errors) ADD_FAILURE() << e.text();
    if (!load.pack) return;
    pack = std::make_shared<const Pack>(std::move(*load.pack));
    world = std::make_unique<World>(pack, pack->exercises.front(), seed);
    auto made = Stage::create(pack, fs::path(SHIXUN_SOURCE_DIR) / "assets/models", fs::path(SHIXUN_BUILD_DIR) / "stage-cache");
    if (!made) ADD_FAILURE() << made.error().text();
    else stage = std::move(*made), show(0, true);
  }
  void show(float seconds, bool snap = false) {
    const Onlooker trainee{{0, 1.65f, 0.95f}, {1, 0, 0, 0}, true};
    if (snap) return stage->update(*world, trainee, 0, true);
    for (; seconds > 1e-4f; seconds -= 0.05f) stage->update(*world, trainee, 0.05f);
  }
  glm::vec3 at(const char* object) const { return stage->center(pack->scene.find_object(object)); }
};

TEST(Stage, WhatAPersonHandsOverComesOutOfTheHandOverTheCounter) {
  Place p("tourism-service", 2);  // draws g1
  ASSERT_TRUE(p.stage);
  p.show(0.5f);
  for (const char* answer : {"warm", "surname", "complete"}) ASSERT_TRUE(p.world->act({Verb::kSay, "g1", "", answer, 0, false, false, {}}, 2000)) << p.world->why().en;
  ASSERT_FALSE(p.world->away(p.pack->scene.find_object("id_g1")));
  constexpr float kCounter = 1.10f;  // m high, its edge towards the guests at z = -0.36
  p.show(0.2f);
  EXPECT_LT(p.at("id_g1").z, -0.4f) << "on this side of the counter before the arm can have come there";
  for (float t = 0.2f; t < 0.9f; t += 0.05f) {
    p.show(0.05f);
    const glm::vec3 at = p.at("id_g1");
    EXPECT_TRUE(at.z < -0.39f || at.y > kCounter + 0.01f) << "through the counter, " << t << " s after: " << at.z << " " << at.y;
  }
  EXPECT_GT(p.at("id_g1").z, -0.4f) << "not yet over the counter";
  p.show(1);
  const glm::vec3 laid = p.stage->socket_point(p.pack->scene.find_socket("g1.document"));
  EXPECT_LT(glm::distance(p.at("id_g1"), laid), 0.02f);
  Place again("tourism-service", 2);
  for (const char* answer : {"warm", "surname", "complete"}) ASSERT_TRUE(again.world->act({Verb::kSay, "g1", "", answer, 0, false, false, {}}, 2000));
  again.show(0, true);
  EXPECT_LT(glm::distance(again.at("id_g1"), laid), 0.02f) << "a jump in time shows it where it belongs";
}

TEST(Stage, WhatIsCarriedGoesAtItsSpeedAndStartsOverWhereItSetsOff) {
  Place p("smart-manufacturing", 1);
  ASSERT_TRUE(p.stage);
  const Exercise& exercise = p.pack->exercises.front();
  auto trace = read_trace(exercise.dir / "traces/expert.jsonl");
  ASSERT_TRUE(trace);
  std::vector<Event> events;
  Session session(p.pack, exercise, {trace->mode, trace->seed}, [&](const Event& e) { return events.push_back(e), ok(); });
  ASSERT_TRUE(play(session, *trace));
  p.world = std::make_unique<World>(p.pack, exercise, trace->seed);
  int line = -1;
  for (size_t i = 0; i < p.pack->scene.devices.signals.size(); ++i)
    if (p.pack->scene.devices.signals[i].name == "line") line = static_cast<int>(i);
  int64_t t = 0;
  for (const Event& e : events) {
    p.world->apply(e);
    t = e.t_ms;
    if (p.world->signal_word(line) == "starting") break;
  }
  ASSERT_EQ(p.world->signal_word(line), "starting");
  p.show(0, true);
  const auto go_to = [&](const char* state) {
    for (int i = 0; i < 200 && p.world->signal_word(line) != state; ++i) {
      p.world->advance(t += 50);
      p.show(0.05f);
    }
    ASSERT_EQ(p.world->signal_word(line), state);
  };
  go_to("running");
  const float from = p.at("carried").x;
  EXPECT_NEAR(from, -0.7f, 0.05f);
  p.world->advance(t += 2000);
  p.show(2);
  EXPECT_NEAR(p.at("carried").x - from, 0.54f, 0.03f) << "0.27 m/s for 2 s";
  go_to("arrived");
  EXPECT_NEAR(p.at("carried").x, 0.35f, 0.03f);
  go_to("let_go");
  go_to("counted");
  EXPECT_GT(p.at("carried").x, 0.8f);
  go_to("running");
  EXPECT_NEAR(p.at("carried").x, -0.7f, 0.05f);
  // Stopped in mid-belt it stands where it is.
  p.world->advance(t += 2000);
  p.show(2);
  const float mid = p.at("carried").x;
  Action stop;
  stop.verb = Verb::kPress;
  stop.o = "hmi.stop";
  ASSERT_TRUE(p.world->act(stop, t));
  for (int i = 0; i < 200; ++i) {
    p.world->advance(t += 50);
    p.show(0.05f);
  }
  EXPECT_EQ(p.world->signal_word(line), "stopped");
  EXPECT_NEAR(p.at("carried").x, mid, 0.001f);
}

}  // namespace
}  // namespace shixun
