// The maths of culling, compiled as GLSL by the kernel and as C++ (GLM) by its tests.
#ifndef SHIXUN_CULL_H
#define SHIXUN_CULL_H
#ifdef __cplusplus
#include <glm/glm.hpp>
#include "shaders/shared.h"
namespace shixun::gpu {
using glm::abs;
using glm::dot;
#define SHIXUN_FN inline
#else
#define SHIXUN_FN
#endif

// Mesh space to world.
SHIXUN_FN vec3 place_point(vec4 row0, vec4 row1, vec4 row2, vec3 p) {
  vec4 q = vec4(p, 1.0f);
  return vec3(dot(row0, q), dot(row1, q), dot(row2, q));
}

// Whether any part of the box may be seen: for each plane, the box's farthest corner along the plane's normal is tested, which is exact
// for any affine transform (also stretched or sheared). Keeps some boxes that lie outside near the frustum's edges; loses none inside.
SHIXUN_FN bool box_in_view(vec3 center, vec3 axis_x, vec3 axis_y, vec3 axis_z, View view) {
  vec4 c4 = view.view * vec4(center, 1.0f);
  vec3 c = vec3(c4.x, c4.y, c4.z);
  vec4 x4 = view.view * vec4(axis_x, 0.0f);
  vec4 y4 = view.view * vec4(axis_y, 0.0f);
  vec4 z4 = view.view * vec4(axis_z, 0.0f);
  for (uint i = 0u; i < 4u; ++i) {
    vec4 p = view.planes[i];
    vec4 n = vec4(p.x, p.y, p.z, 0.0f);
    float reach = abs(dot(n, x4)) + abs(dot(n, y4)) + abs(dot(n, z4));
    if (dot(p, vec4(c, 1.0f)) + reach < 0.0f) return false;
  }
  float deepest = -c.z + abs(x4.z) + abs(y4.z) + abs(z4.z);
  return deepest >= view.near_m;
}

#ifdef __cplusplus
// The whole verdict of the kernel on one instance, as the CPU sees it.
inline bool instance_in_views(const Instance& instance, const MeshInfo& mesh, const View* views, uint view_count) {
  const vec3 center = place_point(instance.row0, instance.row1, instance.row2, mesh.center);
  const vec3 x = vec3(instance.row0.x, instance.row1.x, instance.row2.x) * mesh.half_extent.x;
  const vec3 y = vec3(instance.row0.y, instance.row1.y, instance.row2.y) * mesh.half_extent.y;
  const vec3 z = vec3(instance.row0.z, instance.row1.z, instance.row2.z) * mesh.half_extent.z;
  if (!(instance.flags & kInstanceVisible) || mesh.radius <= 0) return false;
  for (uint i = 0; i < view_count; ++i)
    if (box_in_view(center, x, y, z, views[i])) return true;
  return false;
}
}  // namespace shixun::gpu
#undef SHIXUN_FN
#endif
#endif
