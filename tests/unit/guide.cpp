// Whoever follows the guide does what the expert does: before each act of the experts' recorded attempts it points at what they use.

#include "engine/training/guide.h"

#include <gtest/gtest.h>

#include "engine/training/moments.h"
#include "engine/training/trace.h"

using namespace shixun;

namespace {

struct Followed {
  int acts = 0, missed = 0;
  std::string story;  // the acts the guide did not point at
};

std::string name_of(const Scene& scene, const Guide& g) {
  if (g.object >= 0) return scene.objects[static_cast<size_t>(g.object)].id;
  return g.socket >= 0 ? scene.sockets[static_cast<size_t>(g.socket)].id : "nothing";
}

// At the thing, at what carries it, at the place, or at the person or lever that takes it there.
bool points_at(const World& world, const Guide& g, const Action& a) {
  const Scene& scene = world.scene();
  const int socket = scene.find_socket(a.at);
  if (socket >= 0) return g.socket == socket || (g.object >= 0 && g.object == scene.sockets[static_cast<size_t>(socket)].owner);
  const int object = scene.find_object(a.o);
  if (object < 0) return true;  // the form, a line, the end: no thing to point at
  return g.object == object || (g.object >= 0 && scene.objects[static_cast<size_t>(object)].part_of == g.object);
}

Followed follow(const std::string& pack_name, const std::string& trace_name) {
  Followed out;
  PackLoad load = load_pack(fs::path(SHIXUN_SOURCE_DIR) / "scenarios" / pack_name);
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  const Exercise& exercise = pack->exercises.front();
  const auto trace = read_trace(exercise.dir / "traces" / (trace_name + ".jsonl"));
  EXPECT_TRUE(trace);
  Session session(pack, exercise, {Mode::kGuided, trace->seed}, [](const Event&) { return ok(); });
  for (const TraceAction& a : trace->actions) {
    session.advance_to(a.t_ms);
    const auto action = action_of(session.world(), *trace, a);
    if (!action || !*action || session.step() >= exercise.steps.size()) break;
    const Step& step = exercise.steps[session.step()];
    const Guide g = guide(session.world(), step, effective_events(session.events()));
    ++out.acts;
    if (!points_at(session.world(), g, **action)) {
      ++out.missed;
      out.story += step.id + ": " + std::string(verb_name((*action)->verb)) + " " + (*action)->o + " " + (*action)->at + ", guided to " + name_of(pack->scene, g) + "\n";
    }
    const auto events = play(session, *trace, a);
    EXPECT_TRUE(events) << (events ? "" : events.error().text());
    if (!events) break;
  }
  return out;
}

}  // namespace

TEST(Guide, PointsAtWhatTheExpertUsesNext) {
  for (const auto& [pack, trace] : {std::pair{"auto-repair", "expert"}, std::pair{"smart-manufacturing", "expert"}, std::pair{"tourism-service", "expert_g1_g3"}}) {
    const Followed f = follow(pack, trace);
    EXPECT_GT(f.acts, 50) << pack;
    EXPECT_LE(f.missed * 100, f.acts * 10) << pack << ": " << f.missed << " of " << f.acts << "\n" << f.story;
  }
}

TEST(Guide, WhatWasPutInPlaceAndTakenOutAgainGoesBackFirst) {
  PackLoad load = load_pack(fs::path(SHIXUN_SOURCE_DIR) / "scenarios/tourism-service");
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  const Exercise& exercise = pack->exercises.front();
  const auto trace = read_trace(exercise.dir / "traces/expert_g1_g3.jsonl");
  ASSERT_TRUE(trace);
  Session session(pack, exercise, {Mode::kGuided, trace->seed}, [](const Event&) { return ok(); });
  const int slot = pack->scene.find_socket("pos.slot");
  for (const TraceAction& a : trace->actions) {
    session.advance_to(a.t_ms);
    ASSERT_TRUE(play(session, *trace, a));
    if (session.world().occupant(slot) >= 0) break;
  }
  const auto guided = [&] { return guide(session.world(), exercise.steps[session.step()], effective_events(session.events())); };
  const int card = session.world().occupant(slot);
  ASSERT_GE(card, 0);
  EXPECT_EQ(name_of(pack->scene, guided()), "pos.ok");
  const std::string& id = pack->scene.objects[static_cast<size_t>(card)].id;
  ASSERT_TRUE(session.act({Verb::kTake, id, "", {}}));
  EXPECT_EQ(name_of(pack->scene, guided()), "pos.slot");
}
