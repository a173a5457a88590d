#pragma once
// Cameras and the matrices the shaders want. Reversed depth: near = 1, infinitely far = 0. World metres, +Y up; a camera looks
// along its own -Z.

#include <array>
#include <glm/gtc/quaternion.hpp>
#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include "shaders/shared.h"

namespace shixun {

struct Camera {
  glm::vec3 eye{0, 1.6f, 3};
  glm::quat orientation{1, 0, 0, 0};
  float fov_y = 1.05f;    // radians, full vertical angle
  float near_m = 0.05f;
};

// yaw 0 looks along -Z, positive turns left; pitch positive looks up. Radians.
glm::quat look_orientation(float yaw, float pitch);
Camera look_at(glm::vec3 eye, glm::vec3 at, float fov_y = 1.05f, float near_m = 0.05f);

// World to clip, Vulkan's clip space (y down), reversed infinite depth.
glm::mat4 view_matrix(const Camera& camera);
glm::mat4 projection_matrix(const Camera& camera, float aspect);

// What the shaders want to know of a view. The projection is given by its four free terms, so that it may be off-centre (an eye of a
// headset): clip.x = x * p.x + z * p.z, clip.y = y * p.y + z * p.w, with w = -z.
gpu::View make_view(const glm::mat4& view, glm::vec4 projection, float near_m);
gpu::View make_view(const Camera& camera, float aspect);

// Angles from the view's axis in radians, to the right and up positive, as headsets give them (XrFovf): left and down are negative as a rule.
struct FieldOfView {
  float left, right, up, down;
};

// `pose`: where it is and looks, and the near plane; its own field of view does not count.
gpu::View make_view(const Camera& pose, const FieldOfView& fov);

// The eyes of a made-up headset around `camera`, left and right: apart by `apart_m`, each turned outwards by `cant` radians; the right one is
// the left one's mirror image.
std::array<gpu::View, 2> headset_views(const Camera& camera, const FieldOfView& left = {-0.83f, 0.71f, 0.76f, -0.81f}, float cant = 0.09f, float apart_m = 0.064f);

// A parallel view along `direction` (unit) round a box, for shadow. Depth is reversed too: 1 nearest the light.
gpu::View make_parallel_view(glm::vec3 direction, glm::vec3 lower, glm::vec3 upper);

// A pixel (origin top left) as a ray in the world: unit direction from the eye.
glm::vec3 pixel_ray(const Camera& camera, glm::vec2 pixel, glm::vec2 size);

// Where a world point falls in pixels (origin top left); z = distance along the view axis, <= 0 behind the eye.
glm::vec3 world_to_pixel(const Camera& camera, glm::vec3 point, glm::vec2 size);

}  // namespace shixun
