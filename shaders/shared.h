// What C++ and the shaders both know: the structs in GPU memory (scalar layout) and the constants. Included by GLSL and by C++ (GLM).
// An Address is a GPU pointer: uint64_t in C++, uvec2 in GLSL (no 64-bit integers asked of the device); its offset is a multiple of 8.
#ifndef SHIXUN_SHARED_H
#define SHIXUN_SHARED_H

#ifdef __cplusplus
#include <cstdint>
#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>
namespace shixun::gpu {
using glm::mat4;
using glm::vec2;
using glm::vec3;
using glm::vec4;
using uint = uint32_t;
using Address = uint64_t;
#define SHIXUN_SIZE(type, bytes) static_assert(sizeof(type) == bytes)
#define SHIXUN_CONST inline constexpr
#else
#define Address uvec2
#define SHIXUN_SIZE(type, bytes)
#define SHIXUN_CONST const
#endif

SHIXUN_CONST uint kMaxViews = 4;
SHIXUN_CONST uint kLampLimit = 32;
SHIXUN_CONST uint kCullGroup = 64;  // threads of a culling workgroup
SHIXUN_CONST uint kNoTextureIndex = 0xffffffffu;

// A bucket is one pipeline's share of the draw commands.
SHIXUN_CONST uint kBucketOpaque = 0;
SHIXUN_CONST uint kBucketDouble = 1;   // two-sided or mirrored
SHIXUN_CONST uint kBucketMask = 2;     // alpha-tested (and two-sided); apart because discarding costs the early depth test
SHIXUN_CONST uint kBucketBlend = 3;    // sorted by the CPU: slot = rank
SHIXUN_CONST uint kBucketOutline = 4;  // highlighted: drawn once more into the outline mask
SHIXUN_CONST uint kBuckets = 5;

// Instance::flags
SHIXUN_CONST uint kInstanceBucket = 7;  // mask
SHIXUN_CONST uint kInstanceVisible = 1u << 3;
SHIXUN_CONST uint kInstanceCastsShadow = 1u << 4;
SHIXUN_CONST uint kInstanceMirrored = 1u << 5;  // the transform turns triangles inside out
SHIXUN_CONST uint kInstanceMoving = 1u << 6;    // has moved lately: its shadow is drawn over the map of what rests
SHIXUN_CONST uint kInstanceHighlightShift = 8;  // 4 bits: the Highlight
SHIXUN_CONST uint kInstanceHighlightMask = 15;
SHIXUN_CONST uint kInstanceGlowShift = 16;  // 8 bits: emission factor in 1/127
SHIXUN_CONST uint kInstanceGlowMask = 255;
SHIXUN_CONST uint kHighlightGhost = 4;

// Pass::flags
SHIXUN_CONST uint kPassShadow = 1;       // keep only what casts shadow and rests
SHIXUN_CONST uint kPassLinearTarget = 2; // the target encodes sRGB itself
SHIXUN_CONST uint kPassShowRoom = 4;     // the reflected room is seen where nothing is drawn
SHIXUN_CONST uint kPassOcclusion = 8;    // the ambient-occlusion picture is there
SHIXUN_CONST uint kPassKeyShadow = 16;   // the shadow map is there
SHIXUN_CONST uint kPassOrdered = 32;     // instances are visited in the order given by the CPU
SHIXUN_CONST uint kPassMoving = 64;      // with kPassShadow: only what moves, instead
SHIXUN_CONST uint kPassQuick = 256;      // a window on a software driver: fewer samples of the shadow
SHIXUN_CONST uint kPassScaled = 128;     // the target is larger than the images drawn so far

struct PackedVertex {
  vec3 position;
  uint normal;   // octahedral, 16:16 signed
  uint tangent;  // octahedral 11:12 signed, bit 23 = handedness is negative, top 8 bits = occlusion
  vec2 uv;       // in full: tiled surfaces have metres as texture coordinates, where half floats show steps
};
SHIXUN_SIZE(PackedVertex, 28);

struct Lod {
  uint first_index, index_count;
  float error;  // object units
};
SHIXUN_SIZE(Lod, 12);

struct MeshInfo {
  vec3 center;
  float radius;  // 0: never drawn
  vec3 half_extent;
  uint vertex_offset;
  uint lod_count, skin_offset, flags, spare;
  Lod lods[4];
};
SHIXUN_SIZE(MeshInfo, 96);

// A zeroed slot has no visible flag: never drawn.
struct Instance {
  vec4 row0, row1, row2;  // mesh to world, 3x4
  uint mesh, material, flags, object;
};
SHIXUN_SIZE(Instance, 64);

struct MaterialInfo {
  vec4 base_color;
  vec3 emissive;
  float alpha_cutoff;  // 0: not alpha-tested
  float metallic, roughness, normal_scale, clearcoat;
  float clearcoat_roughness, transmission;
  uint flags, spare;
  uint tex_base, tex_normal, tex_orm, tex_emissive;
};
SHIXUN_SIZE(MaterialInfo, 80);

struct View {
  mat4 view_projection;
  mat4 view;
  vec4 planes[4];  // view space, pointing in: left, right, bottom, top; dot(xyz, p) + w >= 0 inside
  vec4 projection; // p00, p11, p20, p21
  vec3 eye;
  float near_m;    // what lies wholly nearer is not drawn; negative huge: everything is kept
};
SHIXUN_SIZE(View, 224);

struct LampInfo {
  vec3 position;
  float range;
  vec3 direction;
  float half_x;
  vec3 along;
  float half_y;
  vec3 radiance;
  float spare;
};
SHIXUN_SIZE(LampInfo, 64);

struct LightingInfo {
  mat4 shadow_matrix;  // world to shadow map: xy in 0..1, z depth (reversed)
  vec3 key_direction;  // towards the light
  float shadow_texel;  // metres
  vec3 key_radiance;
  float shadow_spread; // texels between the filter's taps
  vec3 room_lower;
  float ambient;
  vec3 room_upper;
  float exposure;
  vec3 floor_color;
  uint lamp_count;
  vec3 wall_color;
  float shadow_ceiling;  // no shadow is cast from above this height
  vec3 ceiling_color;
  float shadow_size;   // texels a side
  vec3 background;
  float seconds;
};
SHIXUN_SIZE(LightingInfo, 192);

struct DrawCommand {  // VkDrawIndexedIndirectCommand
  uint index_count, instance_count, first_index;
  int vertex_offset;
  uint first_instance;
};
SHIXUN_SIZE(DrawCommand, 20);

struct Counters {
  uint count[5];  // per bucket
  uint tested, frustum_out, triangles;
};
SHIXUN_SIZE(Counters, 32);

struct Pass {
  View views[kMaxViews];
  uint view_count, instance_count, blend_count, flags;
  uint command_stride;  // commands of one bucket: where the next bucket begins
  uint width, height, spare;
  Address instances, meshes, vertices;
  Address commands, counters, order;  // order: blended ids far to near, then, if kPassOrdered, all ids near to far
  LightingInfo light;
  LampInfo lamps[kLampLimit];
};
SHIXUN_SIZE(Pass, 3216);

struct UiPass {
  vec2 scale, offset;  // pixels to clip space
  Address vertices;
  uint flags, spare;
};
SHIXUN_SIZE(UiPass, 32);

struct UiVertex {
  vec2 position, uv;
  uint color;
};
SHIXUN_SIZE(UiVertex, 20);

#ifdef __cplusplus
}  // namespace shixun::gpu
#endif
#endif
