#include "engine/render/lighting.h"

#include <algorithm>
#include <cmath>
#include <glm/glm.hpp>

namespace shixun {

Lighting workshop_lighting(glm::vec3 room_lower, glm::vec3 room_upper) {
  Lighting l;
  l.room_lower = room_lower;
  l.room_upper = room_upper;
  const glm::vec3 size = room_upper - room_lower;
  l.probe_position = (room_lower + room_upper) * 0.5f;
  l.exposure_stops = 0.35f;
  l.ambient = 0.8f;
  l.key_intensity = 1.15f;
  l.shadow_ceiling = room_upper.y - std::min(1.1f, 0.3f * size.y);
  // Rows of tubes along z, about four metres apart, a hand below the ceiling. A row is one long lamp: cheaper than many, and seen in car
  // paint as the long light lines that a workshop gives.
  const int rows = std::clamp(static_cast<int>(std::round(size.x / 4.5f)), 1, 4);
  for (int r = 0; r < rows; ++r) {
    Lamp lamp;
    lamp.position = {room_lower.x + size.x * (static_cast<float>(r) + 0.5f) / static_cast<float>(rows), room_upper.y - 0.4f,
                     (room_lower.z + room_upper.z) / 2};
    lamp.along = {0, 0, 1};
    lamp.half_size = {0.38f * size.z, 0.12f};
    lamp.color = {1.0f, 0.975f, 0.94f};
    lamp.intensity = 6;
    lamp.range = size.x + size.z;
    l.lamps.push_back(lamp);
  }
  return l;
}

Lighting studio_lighting(glm::vec3 lower, glm::vec3 upper, float yaw) {
  Lighting l;
  const glm::vec3 middle = (lower + upper) * 0.5f;
  const float r = std::max(glm::length(upper - lower) / 2, 1e-3f);
  l.surround = Lighting::Surround::kStudio;
  l.exposure_stops = -0.5f;
  l.occlusion_radius = std::min(0.5f * r, 0.16f);
  l.key_intensity = 0;
  l.room_lower = {middle.x - 60 * r, lower.y, middle.z - 60 * r};
  l.room_upper = {middle.x + 60 * r, lower.y + 60 * r, middle.z + 60 * r};
  l.probe_position = middle;
  l.floor_color = 0.75f * glm::vec3(0.03f, 0.03f, 0.034f);
  l.ceiling_color = 0.75f * glm::vec3(0.34f, 0.37f, 0.42f);
  l.wall_color = glm::vec3(0.10f, 0.105f, 0.11f);  // the floor, a little lit
  const glm::vec3 front(std::sin(yaw), 0, std::cos(yaw)), right(std::cos(yaw), 0, -std::sin(yaw)), up(0, 1, 0);
  const auto softbox = [&](glm::vec3 towards, glm::vec2 size, float radiance) {
    Lamp lamp;
    lamp.direction = -glm::normalize(towards);
    lamp.position = middle - lamp.direction * (4 * r);
    // The first side lies level, the second stands up, as a camera sees them.
    lamp.along = glm::normalize(glm::cross(lamp.direction, up));
    lamp.half_size = size * (r / 2);
    lamp.color = glm::vec3(1);
    lamp.intensity = radiance;
    lamp.range = 1000 * r;
    l.lamps.push_back(lamp);
  };
  softbox(front * 0.5f - right + up, {2.4f, 2.4f}, 14.4f);
  softbox(front * 0.1f + right * 1.4f + up * 0.35f, {0.8f, 4}, 12.9f);
  softbox(-front * 1.2f + up * 0.8f - right * 0.3f, {4, 1}, 19.1f);
  return l;
}

Lamp spot_lamp(glm::vec3 position, glm::vec3 at, float candela, float inner_angle, float outer_angle, float range) {
  Lamp l;
  l.position = position;
  l.direction = glm::normalize(at - position);
  l.along = glm::normalize(glm::cross(l.direction, std::abs(l.direction.y) > 0.9f ? glm::vec3(0, 0, 1) : glm::vec3(0, 1, 0)));
  l.half_size = glm::vec2(0.03f);
  l.intensity = candela / kCandela;
  l.inner_angle = inner_angle;
  l.outer_angle = outer_angle;
  l.range = range;
  return l;
}

std::vector<Lamp> merge_rows(const std::vector<Lamp>& lamps) {
  constexpr float kApart = 0.6f;   // metres across a row
  constexpr float kHeight = 0.4f;  // and up and down
  std::vector<Lamp> best = lamps;
  const auto half_of = [](const Lamp& b) { return glm::abs(b.along) * b.half_size.x + glm::abs(glm::cross(b.direction, b.along)) * b.half_size.y; };
  for (int run : {0, 2}) {  // the axis a row runs along
    const int across = 2 - run;
    // A lamp that lies across the row is no part of it.
    const auto fits = [&](const Lamp& b) { return !b.spot() && b.direction.y < -0.99f && half_of(b)[across] < kApart; };
    std::vector<Lamp> rows;
    std::vector<bool> taken(lamps.size(), false);
    for (size_t i = 0; i < lamps.size(); ++i) {
      if (taken[i]) continue;
      if (!fits(lamps[i])) {
        rows.push_back(lamps[i]);
        continue;
      }
      glm::vec3 lower(1e9f), upper(-1e9f), light(0);
      for (size_t k = i; k < lamps.size(); ++k) {
        const Lamp& b = lamps[k];
        if (taken[k] || !fits(b) || std::abs(b.position[across] - lamps[i].position[across]) > kApart ||
            std::abs(b.position.y - lamps[i].position.y) > kHeight)
          continue;
        taken[k] = true;
        const glm::vec3 half = half_of(b);
        lower = glm::min(lower, b.position - half);
        upper = glm::max(upper, b.position + half);
        light += b.color * (b.intensity * b.half_size.x * b.half_size.y);
      }
      Lamp row = lamps[i];
      const glm::vec3 half = (upper - lower) * 0.5f;
      row.position = (lower + upper) * 0.5f;
      row.along = run == 0 ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1);
      row.half_size = {half[run], half[across]};
      row.intensity = 1;
      row.color = light / std::max(half[run] * half[across], 1e-6f);
      row.range = std::max(row.range, 2 * half[run] + row.range * 0.5f);
      rows.push_back(row);
    }
    if (rows.size() < best.size()) best = std::move(rows);
  }
  return best;
}

}  // namespace shixun
