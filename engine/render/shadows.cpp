#include "engine/render/shadows.h"

#include <algorithm>
#include <cmath>
#include <glm/glm.hpp>

namespace shixun {

namespace {

constexpr float kWidest = 3.0f;  // tangent of half the angle of a map

// Up to the next of eight steps an octave.
float coarse(float x, bool up) {
  const float steps = std::log2(x) * 8;
  return std::exp2((up ? std::ceil(steps) : std::floor(steps)) / 8);
}

gpu::View view_of(const Lamp& lamp, const Bounds& casters) {
  const glm::vec3 ahead = glm::normalize(lamp.direction), right = glm::normalize(lamp.along), up = glm::cross(right, ahead);
  float nearest = 1e9f, widest = 0.05f;
  for (int i = 0; i < 8; ++i) {
    const glm::vec3 corner((i & 1) ? casters.upper.x : casters.lower.x, (i & 2) ? casters.upper.y : casters.lower.y, (i & 4) ? casters.upper.z : casters.lower.z);
    const glm::vec3 d = corner - lamp.position;
    const float depth = glm::dot(d, ahead);
    nearest = std::min(nearest, depth);
    widest = depth < 0.01f ? kWidest : std::max(widest, std::max(std::abs(glm::dot(d, right)), std::abs(glm::dot(d, up))) / depth);
  }
  const float tangent = std::min(coarse(widest * 1.02f, true), kWidest);
  const float near_m = coarse(std::max(nearest * 0.98f, 0.3f), false);
  glm::mat4 view(1);
  for (int i = 0; i < 3; ++i) view[i] = {right[i], up[i], -ahead[i], 0};
  view[3] = {-glm::dot(right, lamp.position), -glm::dot(up, lamp.position), glm::dot(ahead, lamp.position), 1};
  return make_view(view, {1 / tangent, -1 / tangent, 0, 0}, near_m);
}

}  // namespace

LampViews lamp_views(const std::vector<Lamp>& lamps, uint32_t most, const Bounds& casters) {
  const glm::vec3 middle = (casters.lower + casters.upper) * 0.5f;
  most = std::min(most, gpu::kMaxViews);
  std::array<float, gpu::kMaxViews> strengths{};
  LampViews views;
  for (uint32_t i = 0; i < std::min<size_t>(lamps.size(), kMaxLamps); ++i) {
    const Lamp& l = lamps[i];
    const glm::vec3 d = middle - l.position;
    const float d2 = std::max(glm::dot(d, d), 1e-4f);
    const float towards = std::max(glm::dot(d, glm::normalize(l.direction)), 0.0f) / std::sqrt(d2);
    const float strength = l.intensity * (l.color.r + l.color.g + l.color.b) * l.half_size.x * l.half_size.y * towards / d2;
    if (strength <= 0) continue;
    uint32_t rank = views.count;
    while (rank > 0 && strengths[rank - 1] < strength) --rank;
    if (rank >= most) continue;
    if (views.count < most) ++views.count;
    for (uint32_t k = views.count - 1; k > rank; --k) strengths[k] = strengths[k - 1], views.at[k] = views.at[k - 1];
    strengths[rank] = strength;
    views.at[rank].lamp = i;
  }
  for (uint32_t k = 0; k < views.count; ++k) views.at[k].view = view_of(lamps[views.at[k].lamp], casters);
  return views;
}

}  // namespace shixun
