// Which sounds are to be heard: the packs' own sounds against what happens in their recorded attempts. Nothing is played here.

#include "engine/training/sounds.h"

#include <map>

#include "engine/base/hash.h"
#include "engine/training/check.h"
#include "tests/unit/wheel_fixture.h"

using namespace shixun;

namespace {

// Listens to a recorded attempt every 50 ms.
struct Listener {
  std::shared_ptr<const Pack> pack;
  std::vector<Event> events;
  uint64_t seed = 1;
  std::vector<std::pair<int64_t, Cue>> once;                // with the time they begin
  std::map<std::string, std::vector<int64_t>> begins, ends;  // of what goes on

  Listener(std::shared_ptr<const Pack> listened, const std::string& trace_name) : pack(std::move(listened)) {
    const Exercise& exercise = pack->exercises.front();
    auto trace = read_trace(exercise.dir / "traces" / (trace_name + ".jsonl"));
    EXPECT_TRUE(trace);
    if (!trace) return;
    seed = trace->seed;
    Session session(pack, exercise, {Mode::kPractice, seed}, [](const Event&) { return ok(); });
    EXPECT_TRUE(play(session, *trace));
    events = session.events();
    World world(pack, exercise, seed);
    SoundCues cues(pack);
    std::vector<Cue> before;
    size_t done = 0;
    for (int64_t t = 0; t < events.back().t_ms + 2000; t += 50) {
      const size_t first = done;
      while (done < events.size() && events[done].t_ms <= t) world.apply(events[done++]);
      world.advance(t);
      const Heard heard = cues.listen(world, std::span(events).subspan(first, done - first), nullptr);
      for (const Cue& c : heard.once) once.emplace_back(t, c);
      for (const Cue& c : heard.going_on)
        if (std::find(before.begin(), before.end(), c) == before.end()) begins[id(c)].push_back(t);
      for (const Cue& c : before)
        if (std::find(heard.going_on.begin(), heard.going_on.end(), c) == heard.going_on.end()) ends[id(c)].push_back(t);
      before = heard.going_on;
    }
  }
  const std::string& id(const Cue& c) const { return pack->sounds[static_cast<size_t>(c.sound)].id; }
  std::vector<std::pair<int64_t, std::string>> times(const std::string& sound) const {  // and what each comes from
    std::vector<std::pair<int64_t, std::string>> out;
    for (const auto& [t, c] : once)
      if (id(c) == sound) out.emplace_back(t, c.object < 0 ? "" : pack->scene.objects[static_cast<size_t>(c.object)].id);
    return out;
  }
  int64_t time_of(Verb verb, const std::string& o, const std::string& state = "") const {
    for (const Event& e : events)
      if (e.verb == verb && e.o == o && (state.empty() || e.text("state") == state)) return e.t_ms;
    return -1;
  }
};

std::shared_ptr<const Pack> line_pack() { return pack_of(fs::path(SHIXUN_SOURCE_DIR) / "scenarios/smart-manufacturing"); }

}  // namespace

TEST(Sounds, AnEventIsHeardOnceFromTheThingItIsAbout) {
  const Listener l(wheel_pack(), "expert");
  const auto set = l.times("nut_set");
  size_t expected = 0;
  for (const Event& e : l.events) {
    if ((e.verb != Verb::kPut && e.verb != Verb::kPlace) || !e.o.starts_with("nut_")) continue;
    ASSERT_LT(expected, set.size());
    EXPECT_EQ(set[expected].second, e.o);
    EXPECT_GE(set[expected].first, e.t_ms);
    EXPECT_LT(set[expected].first, e.t_ms + 50);
    ++expected;
  }
  EXPECT_EQ(expected, set.size());
  EXPECT_EQ(expected, 10u);  // five into the tray, five onto the studs
  EXPECT_TRUE(l.times("fall").empty());
}

TEST(Sounds, WhatGoesWrongIsHeard) {
  const Listener l(wheel_pack(), "fault_car_rolls");
  ASSERT_EQ(l.times("rolls").size(), 1u);
  EXPECT_EQ(l.times("rolls")[0].second, "car");
}

TEST(Sounds, AConditionGoesOnFromItsBeginningToItsEnd) {
  const Listener l(line_pack(), "expert");
  ASSERT_EQ(l.begins.at("alarm"), (std::vector<int64_t>{0}));  // it is so from the start
  const int64_t stopped = l.time_of(Verb::kSet, "hmi.estop", "pressed");
  ASSERT_GT(stopped, 0);
  ASSERT_EQ(l.ends.at("alarm").size(), 1u);
  EXPECT_NEAR(static_cast<double>(l.ends.at("alarm")[0]), static_cast<double>(stopped), 50);
  EXPECT_EQ(l.begins.at("hall").size(), 1u);
  EXPECT_EQ(l.ends.count("hall"), 0u);
}

TEST(Sounds, AConditionThatComesToHoldIsHeardOnceAndInTime) {
  const Listener l(line_pack(), "expert");
  const auto horn = l.times("horn");
  ASSERT_EQ(horn.size(), 1u);
  EXPECT_EQ(horn[0].second, "tower");
  // The belt starts by itself two seconds after the horn, and sounds until the line is stopped.
  ASSERT_FALSE(l.begins.at("belt").empty());
  EXPECT_NEAR(static_cast<double>(l.begins.at("belt")[0] - horn[0].first), 2000, 100);
  EXPECT_GE(l.times("stop_down").size(), 5u);  // five good cycles
}

TEST(Sounds, WhatIsSoFromTheStartDoesNotBegin) {
  const Listener l(line_pack(), "expert");
  for (const auto& [t, c] : l.once) EXPECT_GT(t, 0) << l.id(c);
}

TEST(Sounds, AnEffortIsHeardWhileItIsMadeAndByWhatItIsMade) {
  World world(wheel_pack(), wheel_change(), 1);
  SoundCues cues(wheel_pack());
  const auto going = [&](const Effort* effort) {
    std::string all;
    for (const Cue& c : cues.listen(world, {}, effort).going_on) all += wheel_pack()->sounds[static_cast<size_t>(c.sound)].id + " ";
    return all;
  };
  EXPECT_EQ(going(nullptr), "hall ");
  Effort effort{Verb::kTurn, "nut_3", "hand"};
  EXPECT_EQ(going(&effort), "hall thread_hand ");
  effort.tool = "wheel_brace";
  EXPECT_EQ(going(&effort), "hall thread_tool ");
  effort = {Verb::kRaise, "jack", "hand"};
  EXPECT_EQ(going(&effort), "hall crank ");
  EXPECT_EQ(going(nullptr), "hall ");
}

TEST(Sounds, AWrenchClicksOnceAnEffort) {
  Hands hands;
  ASSERT_TRUE(hands.take("torque_wrench"));
  SoundCues cues(wheel_pack());
  Effort effort{Verb::kTurn, "nut_1", "torque_wrench"};
  int clicks = 0;
  for (const bool clicked : {false, true, true, true, false, true}) {
    effort.clicked = clicked;
    for (const Cue& c : cues.listen(hands.world, {}, &effort).once) {
      EXPECT_EQ(wheel_pack()->sounds[static_cast<size_t>(c.sound)].id, "click");
      EXPECT_EQ(wheel_pack()->scene.objects[static_cast<size_t>(c.object)].id, "nut_1");
      ++clicks;
    }
  }
  EXPECT_EQ(clicks, 2);
}

TEST(Sounds, AJumpIsNoNews) {
  const auto pack = line_pack();
  const Exercise& exercise = pack->exercises.front();
  const Listener l(pack, "expert");
  World world(pack, exercise, l.seed);
  SoundCues cues(pack);
  (void)cues.listen(world, {}, nullptr);
  for (const Event& e : l.events) {
    if (e.t_ms > l.times("horn")[0].first) break;
    world.apply(e);
  }
  world.advance(l.times("horn")[0].first);
  cues.settle(world);
  for (const Cue& c : cues.listen(world, {}, nullptr).once) ADD_FAILURE() << pack->sounds[static_cast<size_t>(c.sound)].id;
}

TEST(Sounds, NothingThatScoresKnowsOfThem) {
  const fs::path dir = fs::temp_directory_path() / ("shixun-sounds-" + uuid_v4());
  fs::copy(shipped_pack_dir(), dir, fs::copy_options::recursive);
  ASSERT_TRUE(write_file(dir / "sounds.yaml", "sounds:\n  hall: {file: hall_hum}\n"));
  const auto other = pack_of(dir);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->sounds.size(), 1u);
  EXPECT_NE(other->sha256, wheel_pack()->sha256);
  EXPECT_EQ(other->scoring_sha256, wheel_pack()->scoring_sha256);
  EXPECT_EQ(other->scene_sha256, wheel_pack()->scene_sha256);
  fs::remove_all(dir);
}
