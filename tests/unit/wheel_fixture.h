// For the tests of the core: the wheel-change pack as it ships, and a pair of hands at the car.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/base/random.h"
#include "engine/training/trace.h"
#include "tests/unit/pack_fixture.h"

namespace shixun {

inline fs::path shipped_pack_dir() { return fs::path(SHIXUN_SOURCE_DIR) / "scenarios/auto-repair"; }

inline std::shared_ptr<const Pack> wheel_pack() {
  static const std::shared_ptr<const Pack> pack = pack_of(shipped_pack_dir());
  return pack;
}
inline const Exercise& wheel_change() { return wheel_pack()->exercises.front(); }

// A number of the data sheet: what tests reckon with, so that a better number breaks none of them.
inline int64_t sheet(const std::string& entry) { return wheel_pack()->data.at(entry).value.value; }

inline Trace wheel_trace(const std::string& name) {
  auto trace = read_trace(wheel_change().dir / "traces" / (name + ".jsonl"));
  EXPECT_TRUE(trace) << (trace ? "" : trace.error().text());
  return trace ? std::move(*trace) : Trace{};
}

// A sitting with no journal, everything played that can be.
inline Session played(const Trace& trace, Mode mode, uint64_t seed) {
  Session session(wheel_pack(), wheel_change(), {mode, seed}, [](const Event&) { return ok(); });
  const auto status = play(session, trace);
  EXPECT_TRUE(status) << (status ? "" : status.error().text());
  return session;
}

// Hands at the car: each call is one try, a second later than the one before; the events of all are kept.
struct Hands {
  explicit Hands(uint64_t seed = 1) : world(wheel_pack(), wheel_change(), seed) {}

  bool act(Action a) {
    t_ms += 1000;
    auto events = world.act(a, t_ms);
    last.clear();
    if (!events) return false;
    last = *events;
    all.insert(all.end(), last.begin(), last.end());
    return true;
  }
  bool take(const std::string& o) { return act({Verb::kTake, o, "", "", 0, false, false, {}}); }
  bool put(const std::string& o, const std::string& at) { return act({Verb::kPut, o, at, "", 0, false, false, {}}); }
  bool turn(const std::string& o, int64_t angle_cd, bool stop_at_click = false, bool hold = false) { return act({Verb::kTurn, o, "", "", angle_cd, stop_at_click, hold, {}}); }
  bool set(const std::string& o, const std::string& value) { return act({Verb::kSet, o, "", value, 0, false, false, {}}); }
  bool set(const std::string& o, int64_t amount) { return act({Verb::kSet, o, "", "", amount, false, false, {}}); }
  bool raise(const std::string& o, int64_t amount, bool hold = false) { return act({Verb::kRaise, o, "", "", amount, false, hold, {}}); }
  bool lower(const std::string& o, int64_t amount, bool hold = false) { return act({Verb::kLower, o, "", "", amount, false, hold, {}}); }
  bool use(Verb v, const std::string& o, int64_t amount = 0) { return act({v, o, "", "", amount, false, false, {}}); }
  bool move(const std::string& o, const std::string& at) { return take(o) && put(o, at); }

  // The car made safe, the wheel off and the jack under it: where most of the interesting mistakes begin.
  void secure() { EXPECT_TRUE(set("car.gear", "p") && set("car.park_brake", "applied")); }
  void crack_all() {
    EXPECT_TRUE(take("wheel_brace"));
    for (const char* n : {"nut_1", "nut_3", "nut_5", "nut_2", "nut_4"}) EXPECT_TRUE(turn(n, -18000)) << n;
    EXPECT_TRUE(put("wheel_brace", "trolley.wheel_brace"));
  }
  void jack_up(int64_t lift_um = 75'000) { EXPECT_TRUE(move("jack", "car.jack_fl") && raise("jack", sheet("jack_point_height") + lift_um - of("jack").height_um)); }
  void wheel_off() {
    for (const std::string k : {"1", "2", "3", "4", "5"}) EXPECT_TRUE(turn("nut_" + k, -8 * 36000) && move("nut_" + k, "tray.nut_" + k)) << k;
    EXPECT_TRUE(move("wheel_fl", "rack.wheel_2"));
  }
  void until_wheel_off() { secure(), crack_all(), jack_up(), wheel_off(); }

  const ObjectState& of(const std::string& o) const { return world.state(world.scene().find_object(o)); }
  int64_t lift() const { return of("car").lift_um; }
  bool happened(Verb v) const {
    for (const Event& e : last) {
      if (e.verb == v) return true;
    }
    return false;
  }

  World world;
  std::vector<Event> all, last;
  int64_t t_ms = 0;
};

// A trainee who tries anything: mostly what is offered, sometimes nonsense. What comes out is a possible journal.
inline void wander(Hands& h, uint64_t seed, int steps) {
  Pcg32 random(seed, "wander");
  const Scene& scene = h.world.scene();
  const auto pick = [&](size_t n) { return random.below(static_cast<uint32_t>(n)); };
  for (int i = 0; i < steps && !h.world.finished(); ++i) {
    const uint32_t dice = pick(100);
    Action a;
    const std::vector<int> open = h.world.open_sockets();
    if (h.world.held() >= 0 && !open.empty() && dice < 40) {
      a = h.world.put_option(open[pick(open.size())]).action;
    } else if (h.world.held() >= 0 && dice < 50) {
      const auto options = h.world.held_options();
      a = options[pick(options.size())].action;
    } else if (dice < 90) {
      const int o = static_cast<int>(pick(scene.objects.size()));
      const auto options = h.world.options(o);
      if (options.empty()) continue;
      const Option& chosen = options[pick(options.size())];
      a = chosen.action;
      if (a.verb == Verb::kTurn) a.amount *= static_cast<int64_t>(1000 + pick(8 * 36000)), a.stop_at_click = pick(2) == 0;
      if ((a.verb == Verb::kRaise || a.verb == Verb::kLower) && scene.objects[static_cast<size_t>(o)].lift) a.amount *= 1000 * static_cast<int64_t>(1 + pick(150));
      a.hold = chosen.continuous && pick(3) == 0;
    } else if (dice < 93) {
      a = {Verb::kRecord, h.world.exercise().sheet[pick(h.world.exercise().sheet.size())].id, "", pick(2) ? "usable" : "adjust", static_cast<int64_t>(pick(300000)), false, false, {}};
    } else if (dice < 95) {
      a = {Verb::kSet, "torque_wrench", "", "", 10 * static_cast<int64_t>(pick(250)), false, false, {}};
    } else if (dice < 97) {
      a = {pick(2) ? Verb::kEnter : Verb::kLeave, "under_car", "", "", 0, false, false, {}};
    } else if (dice < 99) {
      a = {static_cast<Verb>(pick(kVerbCount)), scene.objects[pick(scene.objects.size())].id, scene.sockets[pick(scene.sockets.size())].id, "p", static_cast<int64_t>(pick(5)), false, false, {}};
      if (a.verb == Verb::kFinish) continue;
    } else {
      a = {Verb::kHint, h.world.exercise().steps[pick(h.world.exercise().steps.size())].id, "", "", 1 + static_cast<int64_t>(pick(3)), false, false, {}};
    }
    if (a.hold) {  // a hand that stays on it for a while
      for (uint32_t k = pick(4); k > 0; --k) (void)h.act(a);
    }
    (void)h.act(a);
  }
}

}  // namespace shixun
