#include "engine/render/lighting.h"

#include <algorithm>
#include <cmath>

namespace shixun {

Lighting workshop_lighting(glm::vec3 room_lower, glm::vec3 room_upper) {
  Lighting l;
  l.room_lower = room_lower;
  l.room_upper = room_upper;
  const glm::vec3 size = room_upper - room_lower;
  // Rows of tubes along the longer side, about 2.4 m apart, a hand below the ceiling.
  const bool along_x = size.x > size.z;
  const float length = along_x ? size.x : size.z, width = along_x ? size.z : size.x;
  const int rows = std::clamp(static_cast<int>(std::round(width / 3.0f)), 1, 3);
  const int columns = std::clamp(static_cast<int>(std::round(length / 3.2f)), 1, 3);
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      const float across = room_lower[along_x ? 2 : 0] + width * (static_cast<float>(r) + 0.5f) / static_cast<float>(rows);
      const float on = room_lower[along_x ? 0 : 2] + length * (static_cast<float>(c) + 0.5f) / static_cast<float>(columns);
      Lamp lamp;
      lamp.position = {along_x ? on : across, room_upper.y - 0.12f, along_x ? across : on};
      lamp.along = along_x ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1);
      lamp.half_size = {std::min(0.75f, 0.35f * length / static_cast<float>(columns)), 0.14f};
      lamp.color = {1.0f, 0.975f, 0.94f};
      lamp.intensity = 7;
      lamp.range = 2.2f * size.y + 1;
      l.lamps.push_back(lamp);
    }
  return l;
}

}  // namespace shixun
