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
