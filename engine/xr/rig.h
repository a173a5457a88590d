#pragma once
// Where the room one really stands in lies in the world, and how it is moved: by teleport and in steps of a turn. Pure maths.
// Frames: tracking space (metres, +Y up, the real floor at 0) and world (metres, +Y up).

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <optional>
#include <vector>

namespace shixun {

struct TrackedPose {
  glm::vec3 position{0};
  glm::quat orientation{1, 0, 0, 0};  // looks along -Z
};

// Of a pose: how far it is turned about the vertical. 0 looks along -Z, positive turns left; radians.
float yaw_of(const glm::quat& orientation);

struct Rig {
  glm::vec3 origin{0};  // of tracking space, in the world
  float yaw = 0;        // of tracking space about it
  float raise = 0;      // m added to every height, for those who sit

  TrackedPose to_world(const TrackedPose& tracked) const;
  // So that the head stands over `feet` and looks along `yaw`; its height stays as it is.
  void place(const TrackedPose& tracked_head, const glm::vec3& feet, float yaw);
  void turn(const TrackedPose& tracked_head, float radians);  // about the head: what is seen turns, one does not move
};

// The way something thrown from the hand takes, down to `floor_y`: points 0.05 s apart, the last one on the floor. Empty: it never lands
// near enough (12 m).
std::vector<glm::vec3> throw_arc(const TrackedPose& aim, float floor_y = 0);

// A stick that turns in steps: once each time it is pushed aside, again after it was let go. +1 left, -1 right, 0.
struct SnapTurn {
  bool armed = true;
  int step(float stick_x);
};

}  // namespace shixun
