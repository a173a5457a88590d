#pragma once
// A person walking in first person: looks with the mouse, walks with the keys, does not walk through what is solid.
// Frame: world, metres, +Y up; yaw 0 looks along -Z, positive turns left; radians.

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <vector>

#include "engine/desktop/window.h"

namespace shixun {

// A vertical box nobody can enter, seen from above.
struct Obstacle {
  glm::vec2 lower{0}, upper{0};  // x, z
  bool open_below = false;       // one may crawl under it
};

struct Floor {
  glm::vec2 lower{-3}, upper{3};  // where one may stand, x, z
  std::vector<Obstacle> obstacles;
};

struct Walker {
  glm::vec3 feet{0, 0, 2};
  float yaw = 0, pitch = 0;
  float eye_height = 1.62f;
  bool crouched = false, prone = false;

  glm::vec3 eye() const { return feet + glm::vec3(0, eye_height, 0); }
  glm::vec3 forward() const;  // unit, where the eye looks
};

inline constexpr float kStandingEye = 1.62f, kCrouchedEye = 0.72f, kProneEye = 0.24f;
inline constexpr float kBodyRadius = 0.22f;

void face(Walker& walker, const glm::vec3& target);

// One frame. `radians_per_pixel` is the mouse's speed.
void walk(Walker& walker, const Input& input, const Floor& floor, float dt, float radians_per_pixel = 0.0022f);

}  // namespace shixun
