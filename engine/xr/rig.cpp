#include "engine/xr/rig.h"

#include <cmath>

namespace shixun {

float yaw_of(const glm::quat& orientation) {
  glm::vec3 ahead = orientation * glm::vec3(0, 0, -1);
  // Looking straight up or down: the top of the head tells where one faces.
  if (std::hypot(ahead.x, ahead.z) < 0.2f) ahead = (ahead.y > 0 ? -1.0f : 1.0f) * (orientation * glm::vec3(0, 1, 0));
  return std::atan2(-ahead.x, -ahead.z);
}

TrackedPose Rig::to_world(const TrackedPose& tracked) const {
  const glm::quat turned = glm::angleAxis(yaw, glm::vec3(0, 1, 0));
  return {origin + turned * (tracked.position + glm::vec3(0, raise, 0)), turned * tracked.orientation};
}

void Rig::place(const TrackedPose& head, const glm::vec3& feet, float facing) {
  yaw = facing - yaw_of(head.orientation);
  const glm::vec3 under = glm::angleAxis(yaw, glm::vec3(0, 1, 0)) * glm::vec3(head.position.x, 0, head.position.z);
  origin = feet - under;
}

void Rig::turn(const TrackedPose& head, float radians) {
  const TrackedPose now = to_world(head);
  place(head, {now.position.x, origin.y, now.position.z}, yaw_of(now.orientation) + radians);
}

std::vector<glm::vec3> throw_arc(const TrackedPose& aim, float floor_y) {
  constexpr float kSpeed = 6, kGravity = 9.81f, kStep = 0.05f, kFar = 12;
  std::vector<glm::vec3> way{aim.position};
  glm::vec3 speed = aim.orientation * glm::vec3(0, 0, -kSpeed);
  for (int i = 0; i < 80; ++i) {
    const glm::vec3 from = way.back(), to = from + speed * kStep;
    speed.y -= kGravity * kStep;
    if (to.y <= floor_y && from.y > floor_y) {
      way.push_back(from + (to - from) * ((from.y - floor_y) / (from.y - to.y)));
      const glm::vec3 gone = way.back() - aim.position;
      return std::hypot(gone.x, gone.z) <= kFar ? way : std::vector<glm::vec3>{};
    }
    way.push_back(to);
  }
  return {};
}

int SnapTurn::step(float x) {
  constexpr float kPush = 0.7f, kRest = 0.3f;
  if (std::abs(x) < kRest) armed = true;
  if (!armed || std::abs(x) < kPush) return 0;
  armed = false;
  return x < 0 ? 1 : -1;
}

}  // namespace shixun
