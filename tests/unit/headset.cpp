// What of the headset needs no runtime: its session as a state machine, the table of buttons, what lenses hide, how one is moved about.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <glm/gtc/constants.hpp>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "engine/xr/bindings.h"
#include "engine/xr/headset_state.h"
#include "engine/xr/lens.h"
#include "engine/xr/rig.h"
#include "engine/xr/wearer.h"
#include "engine/xr/worker.h"

namespace shixun {
namespace {

HeadsetState after(std::initializer_list<HeadsetEvent> events) {
  HeadsetState s;
  for (const HeadsetEvent e : events) s = step(s, e).next;
  return s;
}

using E = HeadsetEvent;

TEST(HeadsetState, FramesBeginOnceReadyAndEndWhenStopping) {
  const HeadsetStep ready = step(after({E::kIdle}), E::kReady);
  EXPECT_TRUE(ready.begin);
  EXPECT_TRUE(ready.next.running);
  EXPECT_FALSE(step(ready.next, E::kReady).begin) << "a session is begun once";
  const HeadsetStep stop = step(after({E::kReady, E::kSynchronized, E::kVisible, E::kFocused}), E::kStopping);
  EXPECT_TRUE(stop.end);
  EXPECT_FALSE(stop.next.running);
  EXPECT_FALSE(step(stop.next, E::kStopping).end) << "and ended once";
  EXPECT_TRUE(step(after({E::kReady, E::kFocused, E::kStopping, E::kIdle}), E::kReady).begin) << "it may come again";
}

TEST(HeadsetState, AMenuInFrontTakesTheInputAndLeavesTheClock) {
  const HeadsetState visible = after({E::kReady, E::kFocused, E::kVisible});
  EXPECT_TRUE(visible.seen());
  EXPECT_FALSE(visible.takes_input());
  EXPECT_TRUE(visible.clock_runs());
}

TEST(HeadsetState, NobodyWorksWithoutSight) {
  EXPECT_FALSE(after({E::kReady, E::kSynchronized}).clock_runs()) << "another program is in front";
  EXPECT_FALSE(after({E::kReady, E::kFocused, E::kTakenOff}).clock_runs());
  EXPECT_FALSE(after({E::kReady, E::kFocused, E::kTakenOff}).takes_input());
  EXPECT_TRUE(after({E::kReady, E::kFocused, E::kTakenOff, E::kPutOn}).clock_runs());
}

TEST(HeadsetState, EveryLossLeavesOnceAndTellsWhy) {
  const std::pair<HeadsetEvent, HeadsetLoss> losses[] = {{E::kSessionLost, HeadsetLoss::kSessionLost}, {E::kLossPending, HeadsetLoss::kSessionLost},
                                                         {E::kInstanceLost, HeadsetLoss::kInstanceLost}, {E::kInstanceLossPending, HeadsetLoss::kInstanceLost},
                                                         {E::kHung, HeadsetLoss::kHung}, {E::kExiting, HeadsetLoss::kEnded}};
  for (const auto& [event, why] : losses) {
    const HeadsetStep s = step(after({E::kReady, E::kFocused}), event);
    EXPECT_TRUE(s.leave);
    EXPECT_FALSE(s.next.on());
    EXPECT_FALSE(s.next.running);
    EXPECT_EQ(s.next.loss, why);
    for (const HeadsetEvent late : {E::kReady, E::kFocused, E::kStopping, E::kInstanceLost, E::kPutOn}) {
      const HeadsetStep again = step(s.next, late);
      EXPECT_EQ(again.next, s.next) << "late news change nothing";
      EXPECT_FALSE(again.begin || again.end || again.leave);
    }
  }
}

TEST(HandProfiles, EveryControllerCanPointAndPress) {
  std::set<std::string> paths;
  for (const HandProfile& p : hand_profiles()) {
    EXPECT_TRUE(paths.insert(p.path).second) << p.path << " stands twice";
    for (const HandAction must : {HandAction::kAim, HandAction::kGrip, HandAction::kSelect}) {
      const auto it = std::find_if(p.bindings.begin(), p.bindings.end(), [&](const HandBinding& b) { return b.action == must; });
      ASSERT_NE(it, p.bindings.end()) << p.path << " lacks " << action_name(must);
      EXPECT_TRUE(it->left && it->right) << p.path << ": both hands are equal for " << action_name(must);
    }
    std::set<HandAction> once;
    std::set<std::string> left, right;
    for (const HandBinding& b : p.bindings) {
      EXPECT_TRUE(once.insert(b.action).second) << p.path << ": " << action_name(b.action) << " twice";
      EXPECT_TRUE(!b.left || left.insert(b.left).second) << p.path << ": one button, two meanings: " << b.left;
      EXPECT_TRUE(!b.right || right.insert(b.right).second) << p.path << ": one button, two meanings: " << b.right;
    }
  }
  EXPECT_EQ(paths.size(), 13u);
}

TEST(HandProfiles, APanelTakesTheButtonsOfTheSameHandAndNoOthers) {
  EXPECT_EQ(on_panel(HandAction::kSelect), HandAction::kPress);
  EXPECT_EQ(on_panel(HandAction::kMove), HandAction::kScroll) << "so that a stick over a page never turns the wearer";
  std::set<std::string> names;
  for (int i = 0; i < static_cast<int>(HandAction::kCount); ++i) {
    const auto action = static_cast<HandAction>(i);
    EXPECT_TRUE(names.insert(action_name(action)).second) << action_name(action) << " twice";
    const auto meant = on_panel(action);
    if (!meant) continue;
    EXPECT_EQ(set_of(action), HandActionSet::kWork);
    EXPECT_EQ(set_of(*meant), HandActionSet::kPanel);
  }
  EXPECT_LT(HandActionSet::kWork, HandActionSet::kPanel) << "the later set has the higher priority";
}

void expect_near(const glm::vec3& a, const glm::vec3& b) { EXPECT_LT(glm::distance(a, b), 1e-4f) << a.x << " " << a.y << " " << a.z << " for " << b.x << " " << b.y << " " << b.z; }

TEST(Rig, PlacesTheHeadWhereverItIsInTheRoom) {
  const TrackedPose head{{0.7f, 1.5f, -0.4f}, glm::angleAxis(0.9f, glm::vec3(0, 1, 0)) * glm::angleAxis(-0.3f, glm::vec3(1, 0, 0))};
  Rig rig;
  rig.place(head, {3, 0, 2}, -1.2f);
  const TrackedPose now = rig.to_world(head);
  expect_near(now.position, {3, 1.5f, 2});
  EXPECT_NEAR(yaw_of(now.orientation), -1.2f, 1e-4f);
  rig.raise = 0.3f;
  EXPECT_NEAR(rig.to_world(head).position.y, 1.8f, 1e-5f) << "who sits is raised";
}

TEST(Rig, TurningKeepsOneInOnesPlace) {
  const TrackedPose head{{-0.5f, 1.6f, 1.1f}, glm::angleAxis(0.4f, glm::vec3(0, 1, 0))};
  Rig rig;
  rig.place(head, {1, 0, 1}, 0);
  rig.turn(head, glm::half_pi<float>());
  expect_near(rig.to_world(head).position, {1, 1.6f, 1});
  EXPECT_NEAR(yaw_of(rig.to_world(head).orientation), glm::half_pi<float>(), 1e-4f);
}

TEST(Rig, LookingStraightDownStillFacesSomewhere) {
  const glm::quat down = glm::angleAxis(0.8f, glm::vec3(0, 1, 0)) * glm::angleAxis(-1.57f, glm::vec3(1, 0, 0));
  EXPECT_NEAR(yaw_of(down), 0.8f, 0.02f);
}

TEST(ThrowArc, LandsOnTheFloorAheadOrNotAtAll) {
  const auto way = throw_arc({{0, 1.2f, 0}, {1, 0, 0, 0}});
  ASSERT_GT(way.size(), 2u);
  EXPECT_NEAR(way.back().y, 0, 1e-5f);
  EXPECT_NEAR(way.back().z, -2.9f, 0.4f);  // 6 m/s for the half second that 1.2 m of fall take
  EXPECT_TRUE(throw_arc({{0, -1, 0}, {1, 0, 0, 0}}).empty()) << "from below the floor";
}

TEST(SnapTurn, TurnsOnceAPush) {
  SnapTurn turn;
  EXPECT_EQ(turn.step(0.5f), 0);
  EXPECT_EQ(turn.step(0.9f), -1);
  EXPECT_EQ(turn.step(1.0f), 0) << "held";
  EXPECT_EQ(turn.step(0.5f), 0) << "not let go yet";
  EXPECT_EQ(turn.step(0.9f), 0);
  EXPECT_EQ(turn.step(0.0f), 0);
  EXPECT_EQ(turn.step(-0.9f), 1);
}

TEST(Worker, AJobThatHangsIsGivenUpAndNothingElseHangs) {
  auto stop = std::make_shared<std::atomic<bool>>(false);
  {
    Worker worker;
    int done = 0;
    EXPECT_TRUE(worker.run([&done] { done = 7; }, 10));
    EXPECT_EQ(done, 7);
    EXPECT_FALSE(worker.run([stop] { while (!*stop) std::this_thread::sleep_for(std::chrono::milliseconds(1)); }, 0.02));
    EXPECT_TRUE(worker.stuck());
    EXPECT_FALSE(worker.run([&done] { done = 8; }, 10)) << "no further job is taken";
    EXPECT_EQ(done, 7);
  }
  *stop = true;
}

// A runtime whose lenses hide as many triangles of the left eye's picture as this, and one of the right eye's; its last triangle has no third corner.
uint32_t triangles_hidden = 0;
XrResult XRAPI_CALL tell_mask(XrSession, XrViewConfigurationType, uint32_t eye, XrVisibilityMaskTypeKHR type, XrVisibilityMaskKHR* mask) {
  EXPECT_EQ(type, XR_VISIBILITY_MASK_TYPE_HIDDEN_TRIANGLE_MESH_KHR);
  const uint32_t triangles = (eye == 0 ? triangles_hidden : 1) + 1;
  mask->vertexCountOutput = 3;
  mask->indexCountOutput = 3 * triangles;
  if (mask->vertexCapacityInput == 0) return XR_SUCCESS;
  for (uint32_t i = 0; i < 3; ++i) mask->vertices[i] = {-1.0f, static_cast<float>(i)};
  for (uint32_t i = 0; i < 3 * triangles; ++i) mask->indices[i] = i % 3;
  mask->indices[3 * triangles - 1] = 3;
  return XR_SUCCESS;
}

TEST(Lenses, WhatTheyHideIsReadAgainWhenTheRuntimeSaysSo) {
  Lenses lenses;
  lenses.read(XR_NULL_HANDLE, 0);
  EXPECT_TRUE(lenses.hidden[0].empty()) << "a runtime that does not tell";
  lenses.get = tell_mask;
  triangles_hidden = 2;
  for (const uint32_t eye : {0u, 1u}) lenses.read(XR_NULL_HANDLE, eye);
  ASSERT_EQ(lenses.hidden[0].size(), 6u) << "without the triangle that has no third corner";
  EXPECT_EQ(lenses.hidden[0][4], glm::vec2(-1, 1));
  EXPECT_EQ(lenses.hidden[1].size(), 3u);
  triangles_hidden = 5;  // the wearer turned the wheel that moves the lenses
  XrEventDataVisibilityMaskChangedKHR changed{};
  changed.viewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
  for (const uint32_t other : {1u, 7u}) {
    changed.viewIndex = other;
    lenses.take(XR_NULL_HANDLE, changed);
    EXPECT_EQ(lenses.hidden[0].size(), 6u) << "eye " << other;
  }
  changed.viewIndex = 0;
  changed.viewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_MONO;
  lenses.take(XR_NULL_HANDLE, changed);
  EXPECT_EQ(lenses.hidden[0].size(), 6u) << "of a view that is not shown";
  changed.viewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
  lenses.take(XR_NULL_HANDLE, changed);
  EXPECT_EQ(lenses.hidden[0].size(), 15u);
  triangles_hidden = 0;
  lenses.take(XR_NULL_HANDLE, changed);
  EXPECT_TRUE(lenses.hidden[0].empty());
}

TEST(Wearer, WhatWasAnsweredIsKept) {
  const fs::path file = fs::path(testing::TempDir()) / "wearer" / "headset.yaml";
  fs::remove_all(file.parent_path());
  const auto nobody = load_wearer(file);
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(*nobody) << "nobody was asked";
  for (const Wearer& answers : {Wearer{}, Wearer{true, true, false, 90, true}, Wearer{false, true, true, 15, false}}) {
    ASSERT_TRUE(save_wearer(file, answers));
    const auto kept = load_wearer(file);
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ(**kept, answers);
  }
}

TEST(Wearer, AFileOfSomeoneElsesIsRefusedWithItsPlace) {
  const fs::path file = fs::path(testing::TempDir()) / "headset-wrong.yaml";
  const std::pair<const char*, const char*> wrong[] = {{"hand: both\n", ":1:7"}, {"hand: left\nturn: 40\n", ":2:7"}, {"turn: [30]\n", ":1:7"}, {"text: huge\n", ":1:7"}, {"- left\n", ":1:1"}, {"colour: red\n", ":1:9"}};
  for (const auto& [text, place] : wrong) {
    ASSERT_TRUE(write_file(file, text));
    const auto read = load_wearer(file);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().where, file.string() + place) << text;
  }
}

}  // namespace
}  // namespace shixun
