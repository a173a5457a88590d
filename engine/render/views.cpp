#include "engine/render/views.h"

#include <cmath>
#include <glm/gtc/matrix_transform.hpp>

namespace shixun {

glm::quat look_orientation(float yaw, float pitch) {
  return glm::angleAxis(yaw, glm::vec3(0, 1, 0)) * glm::angleAxis(pitch, glm::vec3(1, 0, 0));
}

Camera look_at(glm::vec3 eye, glm::vec3 at, float fov_y, float near_m) {
  const glm::vec3 d = glm::normalize(at - eye);
  Camera c;
  c.eye = eye;
  c.orientation = look_orientation(std::atan2(-d.x, -d.z), std::asin(glm::clamp(d.y, -1.0f, 1.0f)));
  c.fov_y = fov_y;
  c.near_m = near_m;
  return c;
}

glm::mat4 view_matrix(const Camera& camera) {
  return glm::mat4_cast(glm::conjugate(camera.orientation)) * glm::translate(glm::mat4(1), -camera.eye);
}

glm::mat4 projection_matrix(const Camera& camera, float aspect) {
  const float f = 1 / std::tan(camera.fov_y / 2);
  glm::mat4 p(0);
  p[0][0] = f / aspect;
  p[1][1] = -f;  // Vulkan's clip space has y down
  p[2][3] = -1;
  p[3][2] = camera.near_m;  // depth = near / distance
  return p;
}

gpu::View make_view(const glm::mat4& view, glm::vec4 p, float near_m) {
  gpu::View v{};
  glm::mat4 projection(0);
  projection[0][0] = p.x;
  projection[1][1] = p.y;
  projection[2] = {p.z, p.w, 0, -1};
  projection[3][2] = near_m;
  v.view = view;
  v.view_projection = projection * view;
  v.projection = p;
  v.eye = glm::vec3(glm::inverse(view)[3]);
  v.near_m = near_m;
  // Inside means -w <= clip <= w; each side is a plane through the eye.
  const glm::vec3 n[4] = {{p.x, 0, p.z - 1}, {-p.x, 0, -p.z - 1}, {0, p.y, p.w - 1}, {0, -p.y, -p.w - 1}};
  for (int i = 0; i < 4; ++i) v.planes[i] = glm::vec4(glm::normalize(n[i]), 0);
  return v;
}

gpu::View make_view(const Camera& camera, float aspect) {
  const glm::mat4 p = projection_matrix(camera, aspect);
  return make_view(view_matrix(camera), {p[0][0], p[1][1], p[2][0], p[2][1]}, camera.near_m);
}

gpu::View make_view(const Camera& pose, const FieldOfView& fov) {
  const float left = std::tan(fov.left), right = std::tan(fov.right), up = std::tan(fov.up), down = std::tan(fov.down);
  // At distance d the sides lie at d * (left, right, up, down), and clip = (x * p.x - d * p.z, y * p.y - d * p.w) is there -d or +d; y goes down.
  return make_view(view_matrix(pose), {2 / (right - left), -2 / (up - down), (right + left) / (right - left), -(up + down) / (up - down)}, pose.near_m);
}

std::array<gpu::View, 2> headset_views(const Camera& camera, const FieldOfView& left, float cant, float apart_m) {
  std::array<gpu::View, 2> views;
  for (const int side : {0, 1}) {
    const float sign = side == 0 ? -1.0f : 1.0f;
    Camera eye = camera;
    eye.eye += camera.orientation * glm::vec3(sign * apart_m / 2, 0, 0);
    eye.orientation = camera.orientation * glm::angleAxis(-sign * cant, glm::vec3(0, 1, 0));
    views[static_cast<size_t>(side)] = make_view(eye, side == 0 ? left : FieldOfView{-left.right, -left.left, left.up, left.down});
  }
  return views;
}

gpu::View make_parallel_view(glm::vec3 direction, glm::vec3 box_lower, glm::vec3 box_upper) {
  gpu::View v{};
  const glm::vec3 up = std::abs(direction.y) > 0.99f ? glm::vec3(0, 0, 1) : glm::vec3(0, 1, 0);
  v.view = glm::lookAt(glm::vec3(0), direction, up);
  glm::vec3 lower(1e30f), upper(-1e30f);
  for (int i = 0; i < 8; ++i) {
    const glm::vec3 corner((i & 1) ? box_upper.x : box_lower.x, (i & 2) ? box_upper.y : box_lower.y, (i & 4) ? box_upper.z : box_lower.z);
    const glm::vec3 p(v.view * glm::vec4(corner, 1));
    lower = glm::min(lower, p);
    upper = glm::max(upper, p);
  }
  // Whole steps of a quarter metre: the map's grid stays where it is while things move about inside.
  lower = glm::floor(lower * 4.0f) / 4.0f - 0.25f;
  upper = glm::ceil(upper * 4.0f) / 4.0f + 0.25f;
  const glm::vec3 size = upper - lower;
  glm::mat4 p(1);
  p[0][0] = 2 / size.x;
  p[1][1] = -2 / size.y;
  p[2][2] = 1 / size.z;  // view z grows towards the light
  p[3] = {-(lower.x + upper.x) / size.x, (lower.y + upper.y) / size.y, -lower.z / size.z, 1};
  v.view_projection = p * v.view;
  v.planes[0] = {1, 0, 0, -lower.x};
  v.planes[1] = {-1, 0, 0, upper.x};
  v.planes[2] = {0, 1, 0, -lower.y};
  v.planes[3] = {0, -1, 0, upper.y};
  v.projection = {p[0][0], p[1][1], 0, 0};
  // What stands between the light and the box still casts shadow into it (depth is clamped): nothing is culled by depth.
  v.near_m = -1e30f;
  return v;
}

glm::vec3 pixel_ray(const Camera& camera, glm::vec2 pixel, glm::vec2 size) {
  const float t = std::tan(camera.fov_y / 2);
  const glm::vec2 ndc = pixel / size * 2.0f - 1.0f;
  return glm::normalize(camera.orientation * glm::vec3(ndc.x * t * size.x / size.y, -ndc.y * t, -1));
}

glm::vec3 world_to_pixel(const Camera& camera, glm::vec3 point, glm::vec2 size) {
  const glm::vec3 v = glm::conjugate(camera.orientation) * (point - camera.eye);
  const float distance = -v.z;
  const float f = 1 / std::tan(camera.fov_y / 2) / (distance == 0 ? 1e-6f : distance);
  const glm::vec2 ndc(v.x * f * size.y / size.x, -v.y * f);
  return {(ndc + 1.0f) * 0.5f * size, distance};
}

}  // namespace shixun
