#include "engine/render/shadows.h"

#include <algorithm>
#include <cmath>
#include <glm/glm.hpp>

namespace shixun {

namespace {

constexpr float kWidest = 3.0f;  // tangent of half the angle of a map
constexpr float kWidestSpot = 1.24f;  // half angle of a cone that such a map covers

// Up to the next of eight steps an octave.
float coarse(float x, bool up) {
  const float steps = std::log2(x) * 8;
  return std::exp2((up ? std::ceil(steps) : std::floor(steps)) / 8);
}

// The view over a lamp's plane, at its middle.
gpu::View view_along(const Lamp& lamp, glm::vec3 ahead, glm::vec3 right, float tangent, float near_m) {
  const glm::vec3 up = glm::cross(right, ahead);
  glm::mat4 view(1);
  for (int i = 0; i < 3; ++i) view[i] = {right[i], up[i], -ahead[i], 0};
  view[3] = {-glm::dot(right, lamp.position), -glm::dot(up, lamp.position), glm::dot(ahead, lamp.position), 1};
  return make_view(view, {1 / tangent, -1 / tangent, 0, 0}, near_m);
}

gpu::View view_of(const Lamp& lamp, const Bounds& casters) {
  const glm::vec3 ahead = glm::normalize(lamp.direction), right = glm::normalize(lamp.along), up = glm::cross(right, ahead);
  if (lamp.spot()) return view_along(lamp, ahead, right, std::min(std::tan(lamp.outer_angle) * 1.02f, kWidest), 0.1f);
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
  return view_along(lamp, ahead, right, tangent, near_m);
}

// As seen from the middle of the casters. A spot is for what it points at: it counts by its light there, a metre away.
float strength_of(const Lamp& l, glm::vec3 middle) {
  const float light = l.intensity * (l.color.r + l.color.g + l.color.b);
  if (l.spot()) return l.outer_angle < kWidestSpot ? light : 0;
  const glm::vec3 d = middle - l.position;
  const float d2 = std::max(glm::dot(d, d), 1e-4f);
  return 4 * light * l.half_size.x * l.half_size.y * std::max(glm::dot(d, glm::normalize(l.direction)), 0.0f) / (std::sqrt(d2) * d2);
}

}  // namespace

LampViews lamp_views(const std::vector<Lamp>& lamps, uint32_t most, const Bounds& casters) {
  const glm::vec3 middle = (casters.lower + casters.upper) * 0.5f;
  most = std::min(most, gpu::kMaxViews);
  std::array<float, gpu::kMaxViews> strengths{};
  LampViews views;
  for (uint32_t i = 0; i < std::min<size_t>(lamps.size(), kMaxLamps); ++i) {
    const float strength = strength_of(lamps[i], middle);
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

namespace {

// The sphere about what a view sees within `d` metres.
glm::vec4 seen_within(const gpu::View& view, float d) {
  const glm::vec4 p = view.projection;
  std::array<glm::vec3, 4> corners;
  glm::vec3 axis(0);
  for (int i = 0; i < 4; ++i) {
    corners[i] = glm::normalize(glm::vec3((((i & 1) ? 1.0f : -1.0f) + p.z) / p.x, (((i & 2) ? 1.0f : -1.0f) + p.w) / p.y, -1));
    axis += corners[i];
  }
  axis = glm::normalize(axis);
  float cosine = 1;
  for (const glm::vec3& c : corners) cosine = std::min(cosine, glm::dot(axis, c));
  // A cone under a spherical cap: up to 45 degrees the sphere passes through its tip and rim, beyond that its rim is the equator.
  const float along = cosine > 0.70711f ? d / (2 * cosine) : d * std::max(cosine, 0.0f);
  const float radius = cosine > 0.70711f ? along : d * std::sqrt(std::max(1 - std::max(cosine, 0.0f) * std::max(cosine, 0.0f), 0.0f));
  return {view.eye + glm::transpose(glm::mat3(view.view)) * axis * along, radius};
}

}  // namespace

Cascades make_cascades(const gpu::View& all, std::span<const gpu::View> views, float pixel, uint32_t count, uint32_t size) {
  constexpr float kPlainlySeen = 1.5f;  // pixels
  constexpr float kFirst = 3, kFirstMost = 12;  // metres: the reach of the finest
  Cascades c;
  const glm::vec2 half(1 / std::abs(all.projection.x), 1 / std::abs(all.projection.y));
  const glm::vec2 middle(0.5f * (all.planes[1].w - all.planes[0].w), 0.5f * (all.planes[3].w - all.planes[2].w));
  const float last = 2 * std::max(half.x, half.y) / static_cast<float>(size) / (kPlainlySeen * pixel);
  if (last <= kFirst || views.empty()) return c;
  c.count = std::min(count, gpu::kMaxCascades);
  const float first = std::clamp(last / 16, kFirst, kFirstMost);
  for (uint32_t i = 0; i < c.count; ++i) {
    c.reach[i] = c.count == 1 ? last : first * std::pow(last / first, static_cast<float>(i) / static_cast<float>(c.count - 1));
    glm::vec3 center(0);
    for (const gpu::View& v : views) center += glm::vec3(seen_within(v, c.reach[i] + glm::length(v.eye - views[0].eye))) / static_cast<float>(views.size());
    float radius = 0;
    for (const gpu::View& v : views) {
      const glm::vec4 sphere = seen_within(v, c.reach[i] + glm::length(v.eye - views[0].eye));
      radius = std::max(radius, glm::length(glm::vec3(sphere) - center) + sphere.w);
    }
    // A quarter of its half width to the next place, so half of that more than the sphere on each side.
    const float h = std::exp2(std::ceil(std::log2(radius / 0.875f) * 32) / 32), step = h / 4;
    const glm::vec2 at = glm::round(glm::vec2(all.view * glm::vec4(center, 1)) / step) * step;
    c.texel[i] = 2 * h / static_cast<float>(size);
    gpu::View& v = c.at[i];
    v = all;
    glm::mat4 move(1);
    move[0][0] = half.x / h;
    move[1][1] = half.y / h;
    move[3][0] = (middle.x - at.x) / h;
    move[3][1] = -(middle.y - at.y) / h;
    v.view_projection = move * all.view_projection;
    v.projection = {1 / h, -1 / h, 0, 0};
    v.planes[0].w = h - at.x;
    v.planes[1].w = h + at.x;
    v.planes[2].w = h - at.y;
    v.planes[3].w = h + at.y;
  }
  return c;
}

}  // namespace shixun
