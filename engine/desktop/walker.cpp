#include "engine/desktop/walker.h"

#include <algorithm>
#include <cmath>
#include <glm/geometric.hpp>

namespace shixun {
namespace {

constexpr float kWalkSpeed = 2.2f, kSlowSpeed = 0.8f, kCrouchSpeed = 0.9f, kCrawlSpeed = 0.5f;  // m/s
constexpr float kMaxPitch = 1.48f;

// Inside the floor and outside every obstacle, keeping the body's radius. Pushing out along the nearest side lets one slide along walls.
glm::vec2 keep_clear(glm::vec2 at, const Floor& floor, bool prone) {
  for (int pass = 0; pass < 2; ++pass)
    for (const Obstacle& o : floor.obstacles) {
      if (prone && o.open_below) continue;
      const glm::vec2 lower = o.lower - kBodyRadius, upper = o.upper + kBodyRadius;
      if (at.x <= lower.x || at.x >= upper.x || at.y <= lower.y || at.y >= upper.y) continue;
      const float left = at.x - lower.x, right = upper.x - at.x, back = at.y - lower.y, front = upper.y - at.y;
      const float least = std::min({left, right, back, front});
      if (least == left) at.x = lower.x;
      else if (least == right) at.x = upper.x;
      else if (least == back) at.y = lower.y;
      else at.y = upper.y;
    }
  return glm::clamp(at, floor.lower, glm::max(floor.lower, floor.upper));
}

}  // namespace

glm::vec3 Walker::forward() const {
  return {-std::sin(yaw) * std::cos(pitch), std::sin(pitch), -std::cos(yaw) * std::cos(pitch)};
}

void face(Walker& walker, const glm::vec3& target) {
  const glm::vec3 to = target - walker.eye();
  walker.yaw = std::atan2(-to.x, -to.z);
  walker.pitch = std::clamp(std::atan2(to.y, std::hypot(to.x, to.z)), -kMaxPitch, kMaxPitch);
}

void walk(Walker& walker, const Input& input, const Floor& floor, float dt, float radians_per_pixel) {
  walker.yaw -= static_cast<float>(input.look_x) * radians_per_pixel;
  walker.pitch = std::clamp(walker.pitch - static_cast<float>(input.look_y) * radians_per_pixel, -kMaxPitch, kMaxPitch);
  walker.yaw = std::remainder(walker.yaw, 2 * 3.14159265f);

  if (input.was_pressed(Key::kCrouch)) walker.crouched = !walker.crouched || walker.prone, walker.prone = false;
  if (input.was_pressed(Key::kProne)) walker.prone = !walker.prone;
  // Nobody can get up below something.
  const glm::vec2 here(walker.feet.x, walker.feet.z);
  if (!walker.prone && walker.eye_height < 0.5f && keep_clear(here, floor, false) != here) walker.prone = true;
  const float eye = walker.prone ? kProneEye : walker.crouched ? kCrouchedEye : kStandingEye;
  walker.eye_height += (eye - walker.eye_height) * (1 - std::exp(-dt * 9));

  const glm::vec2 ahead(-std::sin(walker.yaw), -std::cos(walker.yaw)), right(-ahead.y, ahead.x);
  glm::vec2 step(0);
  if (input.is_held(Key::kForward)) step += ahead;
  if (input.is_held(Key::kBack)) step -= ahead;
  if (input.is_held(Key::kRight)) step += right;
  if (input.is_held(Key::kLeft)) step -= right;
  const float speed = walker.prone ? kCrawlSpeed : walker.crouched ? kCrouchSpeed : input.is_held(Key::kSlow) ? kSlowSpeed : kWalkSpeed;
  glm::vec2 at(walker.feet.x, walker.feet.z);
  // Small steps, so that a slow frame cannot carry one through a thin obstacle.
  if (glm::length(step) > 0.1f)
    for (float left = std::min(dt, 0.25f) * speed; left > 0; left -= 0.1f) at = keep_clear(at + glm::normalize(step) * std::min(left, 0.1f), floor, walker.prone);
  else
    at = keep_clear(at, floor, walker.prone);
  walker.feet.x = at.x;
  walker.feet.z = at.y;
}

}  // namespace shixun
