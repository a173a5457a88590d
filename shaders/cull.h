// The maths of culling, compiled as GLSL by the kernels and as C++ (GLM) by the tests and the CPU.
//
// Depth is reversed (near 1, far 0). The depth pyramid of a view is one array of floats: level 0 is the depth picture itself, each further
// level holds the farthest depth of 4x4 texels of the one before; rows are padded to whole groups of four.
#ifndef SHIXUN_CULL_H
#define SHIXUN_CULL_H
#ifdef __cplusplus
#include <bit>
#include <glm/glm.hpp>
#include "shaders/shared.h"
namespace shixun::gpu {
using glm::abs;
using glm::ceil;
using glm::clamp;
using glm::cross;
using glm::dot;
using glm::floor;
using glm::length;
using glm::log2;
using glm::mat3;
using glm::max;
using glm::min;
using glm::sqrt;
using glm::transpose;
using Depths = const float*;
#define SHIXUN_FN inline
#define DEPTH_AT(depths, i) depths[i]
#else
#define SHIXUN_FN
#define DEPTH_AT(depths, i) depths.at[i]
#endif

// Mesh space to world.
SHIXUN_FN vec3 place_point(vec4 row0, vec4 row1, vec4 row2, vec3 p) {
  vec4 q = vec4(p, 1.0f);
  return vec3(dot(row0, q), dot(row1, q), dot(row2, q));
}

// A box in the world: its centre and three half axes, in any direction.
struct Box {
  vec3 center, x, y, z;
};

SHIXUN_FN Box placed_box(Instance i, vec3 center, vec3 half_extent) {
  Box b;
  b.center = place_point(i.row0, i.row1, i.row2, center);
  b.x = vec3(i.row0.x, i.row1.x, i.row2.x) * half_extent.x;
  b.y = vec3(i.row0.y, i.row1.y, i.row2.y) * half_extent.y;
  b.z = vec3(i.row0.z, i.row1.z, i.row2.z) * half_extent.z;
  return b;
}

SHIXUN_FN Box box_of(Instance i, MeshInfo mesh) { return placed_box(i, mesh.center, mesh.half_extent); }

// Floats as integers of the same order, and back.
SHIXUN_FN int ordered_bits(float f) {
#ifdef __cplusplus
  int i = std::bit_cast<int>(f);
#else
  int i = floatBitsToInt(f);
#endif
  return i < 0 ? i ^ 0x7fffffff : i;
}
SHIXUN_FN float from_ordered_bits(int i) {
  i = i < 0 ? i ^ 0x7fffffff : i;
#ifdef __cplusplus
  return std::bit_cast<float>(i);
#else
  return intBitsToFloat(i);
#endif
}

// The cell of one instance alone, whose box this is.
SHIXUN_FN Cell cell_of(Box box, Instance instance) {
  vec3 h = abs(box.x) + abs(box.y) + abs(box.z), lower = box.center - h, upper = box.center + h;
  Cell c;
  c.lower = ivec3(ordered_bits(lower.x), ordered_bits(lower.y), ordered_bits(lower.z));
  c.upper = ivec3(ordered_bits(upper.x), ordered_bits(upper.y), ordered_bits(upper.z));
  c.occluders = (instance.flags & kInstanceOccluder) != 0u ? 1u : 0u;
  c.instances = 1u;
  return c;
}

// A hair larger than the cell: what is dropped with a cell would have been dropped alone too, whatever was rounded.
SHIXUN_FN Box box_of_cell(Cell c) {
  vec3 lower = vec3(from_ordered_bits(c.lower.x), from_ordered_bits(c.lower.y), from_ordered_bits(c.lower.z));
  vec3 upper = vec3(from_ordered_bits(c.upper.x), from_ordered_bits(c.upper.y), from_ordered_bits(c.upper.z));
  Box b;
  b.center = (lower + upper) * 0.5f;
  vec3 h = (upper - lower) * 0.5f + (abs(lower) + abs(upper)) * 1e-6f + vec3(1e-4f);
  b.x = vec3(h.x, 0.0f, 0.0f);
  b.y = vec3(0.0f, h.y, 0.0f);
  b.z = vec3(0.0f, 0.0f, h.z);
  return b;
}

// Whether any part of the box may be seen: for each plane, the box's farthest corner along the plane's normal is tested, which is exact
// for any affine transform (also stretched or sheared). Keeps some boxes that lie outside near the frustum's edges; loses none inside.
SHIXUN_FN bool box_in_view(Box b, View view) {
  vec4 c4 = view.view * vec4(b.center, 1.0f);
  vec3 c = vec3(c4.x, c4.y, c4.z);
  vec4 x4 = view.view * vec4(b.x, 0.0f);
  vec4 y4 = view.view * vec4(b.y, 0.0f);
  vec4 z4 = view.view * vec4(b.z, 0.0f);
  for (uint i = 0u; i < 4u; ++i) {
    vec4 p = view.planes[i];
    vec4 n = vec4(p.x, p.y, p.z, 0.0f);
    float reach = abs(dot(n, x4)) + abs(dot(n, y4)) + abs(dot(n, z4));
    if (dot(p, vec4(c, 1.0f)) + reach < 0.0f) return false;
  }
  float deepest = -c.z + abs(x4.z) + abs(y4.z) + abs(z4.z);
  return deepest >= view.near_m;
}

// ---- the pyramid ----

SHIXUN_CONST uint kPyramidLevels = 6u;  // enough for 16384 pixels

struct Level {
  uint offset, stride, width, height;  // in floats
};

SHIXUN_FN Level pyramid_level(uint width, uint height, uint level) {
  Level l;
  l.offset = 0u;
  l.width = width;
  l.height = height;
  l.stride = (width + 3u) & ~3u;
  for (uint i = 0u; i < level; ++i) {
    l.offset += l.stride * l.height;
    l.width = (l.width + 3u) / 4u;
    l.height = (l.height + 3u) / 4u;
    l.stride = (l.width + 3u) & ~3u;
  }
  return l;
}

// The pixels a box may touch, and how near it is in each. Pixels are cut by their centres: a box that covers no centre changes no pixel.
// A ray through a pixel is in the box between entering the last of the faces that look at the eye and leaving the first of the others. Depth
// is near / distance, so along each face it is linear on the screen: enter[i] and leave[i] are such functions of (x, y, 1), x and y in pixels.
struct Footprint {
  ivec2 lower, upper;  // inclusive; lower > upper: none
  vec3 enter[3], leave[3], leave_too[3];  // by axis of the box; add_faces() sets them
  float nearest;       // depth of its nearest corner
  float margin;        // pixels
  bool whole;          // false: it reaches nearer than the near plane; the rest says nothing
};

// The depth along the face of the parallelepiped that lies `reach` * `normal` from its centre; `away`: eye to centre. Nothing is said (`none`)
// by a face seen edge-on, or of a flat box.
SHIXUN_FN vec3 face_depth(vec3 normal, float reach, vec3 away, mat3 ray, float near_m, bool front, vec3 none) {
  float k = reach + dot(normal, away);
  if (front ? !(k < -1e-12f) : !(k > 1e-12f)) return none;
  return vec3(dot(normal, ray[0]), dot(normal, ray[1]), dot(normal, ray[2])) * (near_m / k);
}

// All but the faces.
SHIXUN_FN Footprint footprint(Box b, View view, uint width, uint height, bool multisampled) {
  vec4 c = view.view_projection * vec4(b.center, 1.0f);
  vec4 x = view.view_projection * vec4(b.x, 0.0f);
  vec4 y = view.view_projection * vec4(b.y, 0.0f);
  vec4 z = view.view_projection * vec4(b.z, 0.0f);
  Footprint f;
  f.lower = ivec2(0);
  f.upper = ivec2(-1);
  f.nearest = 1.0f;
  f.margin = 0.0f;
  f.whole = false;
  vec2 lower = vec2(1e30f), upper = vec2(-1e30f);
  float w_least = 1e30f;
  for (uint i = 0u; i < 8u; ++i) {
    vec4 p = c + x * ((i & 1u) != 0u ? 1.0f : -1.0f) + y * ((i & 2u) != 0u ? 1.0f : -1.0f) + z * ((i & 4u) != 0u ? 1.0f : -1.0f);
    if (p.w < view.near_m) return f;
    vec2 q = vec2(p.x, p.y) / p.w;
    lower = min(lower, q);
    upper = max(upper, q);
    w_least = min(w_least, p.w);
  }
  f.whole = true;
  f.nearest = view.near_m / w_least;
  // The rasterizer snaps to 1/256 pixel, and its vertices are rounded on another way: far from the world's origin by more.
  vec2 size = vec2(float(width), float(height));
  f.margin = 0.0625f + length(view.eye) * 4e-7f * size.x / w_least;
  if (multisampled) f.margin += 0.5f;
  lower = clamp((lower * 0.5f + vec2(0.5f)) * size - vec2(0.5f + f.margin), vec2(-1.0f), size);
  upper = clamp((upper * 0.5f + vec2(0.5f)) * size - vec2(0.5f - f.margin), vec2(-1.0f), size);
  f.lower = ivec2(max(int(ceil(lower.x)), 0), max(int(ceil(lower.y)), 0));
  f.upper = ivec2(min(int(floor(upper.x)), int(width) - 1), min(int(floor(upper.y)), int(height) - 1));
  return f;
}

// The same with its faces.
SHIXUN_FN Footprint add_faces(Footprint f, Box b, View view, uint width, uint height) {
  // The ray through (x, y) of the screen that reaches depth 1 m: ray * (x, y, 1), where pixel 0 has its centre at 0.
  vec2 size = vec2(float(width), float(height));
  vec4 p = view.projection;
  mat3 turn = transpose(mat3(view.view));
  vec3 dx = turn[0] * (2.0f / (size.x * p.x)), dy = turn[1] * (2.0f / (size.y * p.y));
  vec3 corner = turn[0] * ((1.0f / size.x - 1.0f + p.z) / p.x) + turn[1] * ((1.0f / size.y - 1.0f + p.w) / p.y) - turn[2];
  mat3 ray = mat3(dx, dy, corner);
  vec3 away = b.center - view.eye;
  vec3 axes[3];
  axes[0] = b.x;
  axes[1] = b.y;
  axes[2] = b.z;
  vec3 far_off = vec3(0.0f, 0.0f, -1e30f), near_by = vec3(0.0f, 0.0f, 1e30f);
  for (uint i = 0u; i < 3u; ++i) {
    vec3 normal = cross(axes[(i + 1u) % 3u], axes[(i + 2u) % 3u]);
    float reach = abs(dot(normal, axes[i]));
    // Long boxes have large normals: whatever their size, the numbers below stay near 1.
    float scale = 1.0f / max(length(normal), 1e-20f);
    normal = normal * scale;
    reach = reach * scale;
    vec3 plus_front = face_depth(normal, reach, away, ray, view.near_m, true, near_by);
    vec3 minus_front = face_depth(-normal, reach, away, ray, view.near_m, true, near_by);
    f.enter[i] = plus_front.z < 1e29f ? plus_front : minus_front;
    f.leave[i] = face_depth(normal, reach, away, ray, view.near_m, false, far_off);
    f.leave_too[i] = face_depth(-normal, reach, away, ray, view.near_m, false, far_off);
  }
  return f;
}

// Whether the box is behind all that a square of pixels shows (`shown`: the farthest of it), or not there at all. `at`: the square's middle,
// `reach`: from there to its outermost pixel centres.
SHIXUN_FN bool behind_in_square(Footprint f, vec2 at, float reach, float shown, float pull) {
  float enter = 1e30f, leave = 0.0f;
  for (uint i = 0u; i < 3u; ++i) {
    enter = min(enter, f.enter[i].x * at.x + f.enter[i].y * at.y + f.enter[i].z + (abs(f.enter[i].x) + abs(f.enter[i].y)) * reach);
    leave = max(leave, f.leave[i].x * at.x + f.leave[i].y * at.y + f.leave[i].z - (abs(f.leave[i].x) + abs(f.leave[i].y)) * reach);
    leave = max(leave, f.leave_too[i].x * at.x + f.leave_too[i].y * at.y + f.leave_too[i].z - (abs(f.leave_too[i].x) + abs(f.leave_too[i].y)) * reach);
  }
  enter *= 1.0002f;
  return enter < leave || enter * pull < shown;
}

// The finest level of which the footprint touches no more than five squares each way, or the coarsest there is.
SHIXUN_FN uint coarse_level(Footprint f) {
  uint level = 0u;
  int span = max(f.upper.x - f.lower.x, f.upper.y - f.lower.y);
  while (level + 1u < kPyramidLevels && (span >> (2u * level)) > 3) ++level;
  return level;
}

// Whether all that the footprint touches, in two coarse squares each way where there are levels enough, shows something nearer than the nearest
// corner: most of what is hidden needs no closer look.
SHIXUN_FN bool plainly_behind(Footprint f, Depths depths, uint base, uint width, uint height, float pull) {
  if (!f.whole) return false;
  if (f.lower.x > f.upper.x || f.lower.y > f.upper.y) return true;
  uint level = min(coarse_level(f) + 1u, kPyramidLevels - 1u);
  Level l = pyramid_level(width, height, level);
  uint shift = 2u * level;
  float shown = 1.0f;
  for (uint y = uint(f.lower.y) >> shift; y <= uint(f.upper.y) >> shift; ++y)
    for (uint x = uint(f.lower.x) >> shift; x <= uint(f.upper.x) >> shift; ++x)
      shown = min(shown, DEPTH_AT(depths, base + l.offset + y * l.stride + x));
  return f.nearest * 1.0002f * pull < shown;
}

// Whether every pixel of the footprint already shows something nearer. Looks at a coarse level first and goes finer while that costs at
// most `texels` reads. `pull` > 1: counts as that much nearer.
SHIXUN_FN bool behind(Footprint f, Depths depths, uint base, uint width, uint height, float pull, uint texels) {
  if (!f.whole) return false;
  if (f.lower.x > f.upper.x || f.lower.y > f.upper.y) return true;
  uint level = coarse_level(f);
  uint top = uint(f.lower.y);  // pixel rows above are known to hide it
  for (;;) {
    Level l = pyramid_level(width, height, level);
    uint shift = 2u * level;
    uint x0 = uint(f.lower.x) >> shift, x1 = uint(f.upper.x) >> shift, y0 = top >> shift, y1 = uint(f.upper.y) >> shift;
    if ((x1 - x0 + 1u) * (y1 - y0 + 1u) > texels) return false;
    float reach = 0.5f * float((1u << shift) - 1u);
    bool hidden = true;
    for (uint y = y0; y <= y1 && hidden; ++y)
      for (uint x = x0; x <= x1 && hidden; ++x) {
        vec2 at = vec2(float(x << shift) + reach, float(y << shift) + reach);
        if (!behind_in_square(f, at, reach + f.margin, DEPTH_AT(depths, base + l.offset + y * l.stride + x), pull)) {
          hidden = false;
          top = max(top, y << shift);
        }
      }
    if (hidden) return true;
    if (level == 0u) return false;
    --level;
  }
  return false;
}

// Whether the box changes no pixel of what the depths, those of a view from `base` on, already show.
SHIXUN_FN bool box_behind(Box b, View view, Depths depths, uint base, uint width, uint height, bool multisampled, float pull, uint texels) {
  Footprint f = footprint(b, view, width, height, multisampled);
  if (plainly_behind(f, depths, base, width, height, pull)) return true;
  return behind(add_faces(f, b, view, width, height), depths, base, width, height, pull, texels);
}

// ---- clusters ----

// The way back from the world to an instance's mesh, and how much it turns angles.
struct Inverse {
  vec3 row0, row1, row2;  // of the linear part
  float shrink;           // metres of the mesh to one of the world, over all directions
  float distortion;       // 1: none, the transform keeps shapes; 0: turned inside out or flat, so that nothing can be said
};

SHIXUN_FN Inverse inverse_of(Instance i) {
  vec3 x = vec3(i.row0.x, i.row1.x, i.row2.x), y = vec3(i.row0.y, i.row1.y, i.row2.y), z = vec3(i.row0.z, i.row1.z, i.row2.z);
  vec3 yz = cross(y, z), zx = cross(z, x), xy = cross(x, y);
  float det = dot(x, yz);
  Inverse v;
  float by = det > 1e-30f ? 1.0f / det : 0.0f;
  v.row0 = yz * by;
  v.row1 = zx * by;
  v.row2 = xy * by;
  // For a turn and one scale both roots are exact; stretched, their product tells how much narrower an angle may become.
  v.shrink = sqrt((dot(v.row0, v.row0) + dot(v.row1, v.row1) + dot(v.row2, v.row2)) / 3.0f);
  v.distortion = sqrt((dot(x, x) + dot(y, y) + dot(z, z)) / 3.0f) * v.shrink;
  return v;
}

// A view's eye as the mesh sees it: xyz / w, or at infinity in the direction of xyz.
SHIXUN_FN vec4 eye_in_mesh(Instance i, Inverse back, View view) {
  bool parallel = view.near_m < -1e29f;
  vec3 p = view.eye - vec3(i.row0.w, i.row1.w, i.row2.w);
  if (parallel) p = vec3(view.view[0].z, view.view[1].z, view.view[2].z);
  return vec4(dot(back.row0, p), dot(back.row1, p), dot(back.row2, p), parallel ? 0.0f : 1.0f);
}

// What a view adds to the slack of from_behind(): radians of a 1/32 pixel, and metres by which vertices far from the world's origin are rounded.
SHIXUN_FN vec2 slack_of(View view, uint width, uint height) {
  vec4 p = view.projection;
  return vec2(1.0f / (16.0f * min(float(width) * abs(p.x), float(height) * abs(p.y))), 1e-6f * length(view.eye));
}

// Whether all triangles of the cluster turn their backs to the eye, and plainly so: the rasterizer snaps corners to 1/256 pixel, and a triangle
// seen nearly along its plane could turn round by that.
SHIXUN_FN bool from_behind(Cluster c, vec4 eye, Inverse back, vec2 slack) {
  vec3 to = c.apex * eye.w - vec3(eye.x, eye.y, eye.z);
  float distance = length(to);
  float margin = back.distortion * (0.002f * distance + distance * (distance * slack.x + back.shrink * slack.y) / max(c.grain, 1e-9f));
  return back.distortion > 0.0f && dot(to, c.axis) > c.cutoff * distance + margin;
}

// ---- order and level of detail ----

// How much larger than the mesh the box is, along its longest axis.
SHIXUN_FN float box_scale(Box b, MeshInfo mesh) {
  float longest = sqrt(max(dot(b.x, b.x), max(dot(b.y, b.y), dot(b.z, b.z))));
  return max(longest / max(max(mesh.half_extent.x, max(mesh.half_extent.y, mesh.half_extent.z)), 1e-9f), 1e-9f);
}

// Near first, by the farthest point: a room's shell comes after what stands in it. Four bins double the distance.
SHIXUN_FN uint distance_bin(float distance) { return uint(clamp(log2(max(distance, 0.07f)) * 4.0f + 16.0f, 0.0f, float(kDrawBins - 1u))); }

// What hides most for its triangles first, so that little else need be drawn: by how large it looks (`angle`: radius / distance). Two bins halve
// the share of the picture that a triangle covers.
SHIXUN_FN uint hiding_bin(float angle, uint triangles) {
  return uint(clamp(-8.0f - 2.0f * log2(angle * angle / float(triangles + 16u)), 0.0f, float(kDrawBins - 1u)));
}

// The coarsest level whose error is tolerated where the box comes nearest.
SHIXUN_FN uint level_of_detail(MeshInfo mesh, float scale, float distance, float lod_scale) {
  float tolerated = max(distance - mesh.radius * scale, 0.0f) / max(scale * lod_scale, 1e-9f);
  uint level = 0u;
  for (uint i = 1u; i < mesh.lod_count; ++i)
    if (mesh.lods[i].error <= tolerated) level = i;
  return level;
}

#ifdef __cplusplus
// The clusters of which the views may see something, as the kernel finds them where it tests no depth.
inline uint clusters_in_views(const Instance& instance, const Lod& lod, const Cluster* clusters, const View* views, uint view_count, uint width, uint height) {
  const Inverse back = inverse_of(instance);
  uint kept = 0;
  for (uint i = 0; i < view_count; ++i)
    for (uint c = 0; c < lod.cluster_count; ++c) {
      const Cluster& cluster = clusters[lod.first_cluster + c];
      if (from_behind(cluster, eye_in_mesh(instance, back, views[i]), back, slack_of(views[i], width, height))) continue;
      if (box_in_view(placed_box(instance, cluster.center, cluster.half_extent), views[i])) kept |= 1u << c;
    }
  return kept;
}

// The kernel's verdict on one instance, as the CPU sees it.
inline bool instance_in_views(const Instance& instance, const MeshInfo& mesh, const View* views, uint view_count) {
  if (!(instance.flags & kInstanceVisible) || mesh.radius <= 0) return false;
  for (uint i = 0; i < view_count; ++i)
    if (box_in_view(box_of(instance, mesh), views[i])) return true;
  return false;
}
}  // namespace shixun::gpu
#undef DEPTH_AT
#undef SHIXUN_FN
#endif
#endif
