#pragma once
// The light of a room: one shadowed key light, ceiling lamps as glowing rectangles, and an analytic room of three colours that
// everything reflects. Unit of light: 1 = what a white matte surface sends out when lit head-on by a key light of intensity 1.
// Frame: world, metres, +Y up.

#include <cstdint>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <vector>

namespace shixun {

inline constexpr uint32_t kMaxLamps = 32;
inline constexpr float kCandela = 300;  // of a spot of intensity 1: a white surface in a well lit workshop (1000 lx) sends out some 300 cd/m2

// A glowing rectangle: it lights only what lies in front of it and is seen in reflections. Or a spot, in the terms of glTF's
// KHR_lights_punctual: a small bulb that shines in a cone.
struct Lamp {
  glm::vec3 position{0, 3, 0};
  glm::vec3 direction{0, -1, 0};  // unit, the way it shines
  glm::vec3 along{1, 0, 0};       // unit, square to `direction`: the long side
  glm::vec2 half_size{0.6f, 0.1f};  // metres, along and across
  glm::vec3 color{1};
  float intensity = 8;  // radiance of the glowing surface; of a spot: luminous intensity, in kCandela
  float range = 8;      // metres; no light farther away
  // Half angles of a spot's cone, radians: full light up to the inner one, none from the outer one on; pi: it shines all round, without
  // shadow. outer_angle 0: no spot. Its half_size is that of the bulb: how soft its shadow is.
  float inner_angle = 0, outer_angle = 0;
  bool spot() const { return outer_angle > 0; }
  bool operator==(const Lamp&) const = default;
};

struct Lighting {
  // Key light: a large soft light, direction the light travels.
  glm::vec3 key_direction{-0.32f, -0.9f, -0.28f};
  glm::vec3 key_color{1.0f, 0.97f, 0.92f};
  float key_intensity = 1.0f;
  float key_spread = 0.07f;  // tangent of the half angle it is seen under: how soft its shadow becomes with distance
  bool key_shadow = true;
  float shadow_ceiling = 1e9f;  // nothing above this height casts shadow: roof, beams, lamp housings
  // What the shadow map covers; equal corners: all that casts shadow.
  glm::vec3 shadow_lower{0}, shadow_upper{0};

  // The room that is reflected and that lights from all sides (radiance of its surfaces), and its box.
  glm::vec3 room_lower{-6, 0, -6}, room_upper{6, 4, 6};
  glm::vec3 floor_color{0.15f, 0.15f, 0.155f};
  glm::vec3 wall_color{0.28f, 0.29f, 0.30f};
  glm::vec3 ceiling_color{0.42f, 0.43f, 0.45f};
  float ambient = 1;  // factor on the room's light
  glm::vec3 probe_position{0, 1.6f, 0};  // where the room's reflections are taken from, inside the box

  std::vector<Lamp> lamps;  // at most kMaxLamps are used

  float occlusion_radius = 0.3f;  // metres within which surfaces shade each other from the room's light
  float exposure_stops = 0;
  // What surrounds the scene: the box of a room, or a studio's sky (floor_color low to ceiling_color high) over an endless floor.
  enum class Surround { kRoom, kStudio } surround = Surround::kRoom;
  bool show_room = true;  // where nothing is drawn the reflected room is seen; false: the plain background
  glm::vec3 background{0.05f, 0.055f, 0.06f};
};

// A workshop lit by rows of tubes under the ceiling of the box, along its z axis (a car's length), key light from one side above.
Lighting workshop_lighting(glm::vec3 room_lower, glm::vec3 room_upper);

// A photographer's studio about a box: a big soft light from the front left, a strip from the right, a rim light from behind; a dim sky.
// `yaw`: where the camera stands about the box, radians, 0 at +Z, growing towards +X.
Lighting studio_lighting(glm::vec3 lower, glm::vec3 upper, float yaw);

// A spot from `position` towards `at`; candela, and half angles of its cone in radians.
Lamp spot_lamp(glm::vec3 position, glm::vec3 at, float candela, float inner_angle, float outer_angle, float range);

// Lamps that shine down and hang in rows along x or z become one long lamp a row with the same light in all; others stay as they are.
std::vector<Lamp> merge_rows(const std::vector<Lamp>& lamps);

}  // namespace shixun
