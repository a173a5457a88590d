#include "engine/render/lighting.h"

#include <algorithm>
#include <cmath>

namespace shixun {

Lighting workshop_lighting(glm::vec3 room_lower, glm::vec3 room_upper) {
  Lighting l;
  l.room_lower = room_lower;
  l.room_upper = room_upper;
  const glm::vec3 size = room_upper - room_lower;
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

}  // namespace shixun
