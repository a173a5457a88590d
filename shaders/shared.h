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
using glm::ivec2;
using glm::ivec3;
using glm::mat4;
using glm::uvec4;
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
SHIXUN_CONST uint kMaxCascades = 3;  // maps of the key light about the camera, beside the one of everything
SHIXUN_CONST uint kLampLimit = 32;
SHIXUN_CONST uint kCellSize = 64;   // instances of a cell: neighbouring slots, and one workgroup of the culling kernel
SHIXUN_CONST uint kBlockSize = 64;  // cells of a block: neighbouring ones, and one workgroup of the kernel that looks for cells
SHIXUN_CONST uint kKeptGroup = 16;  // kept instances of one workgroup of emit.comp, which has 64 threads to judge their clusters
SHIXUN_CONST uint kDrawBins = 64;   // draws are sorted into these: by distance, or by what they may hide
SHIXUN_CONST uint kMaxClusters = 32;  // of a level of detail: one bit each
// What is drawn in part takes a draw command for each run of its kept clusters, and has room for this many; the last one takes in all that
// is left, and what lies between. An instance that was drawn before in the same frame has little to add.
SHIXUN_CONST uint kMostRuns = 8;
SHIXUN_CONST uint kMostAddedRuns = 2;
// Draw commands of a list beyond one an instance. Where they are used up, an instance has room for one.
SHIXUN_CONST uint kSpareCommands = 32768;
SHIXUN_CONST uint kReviewFrames = 4;  // every how many of them what is drawn anyway is looked at again: is it hidden by now?
SHIXUN_CONST uint kMostGroups = 65535;  // of a dispatch along one axis: what any device takes
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
SHIXUN_CONST uint kInstanceOccluder = 1u << 7;  // large for its few triangles: after a jump drawn before the rest is judged
SHIXUN_CONST uint kInstanceHighlightShift = 8;  // 4 bits: the Highlight
SHIXUN_CONST uint kInstanceHighlightMask = 15;
SHIXUN_CONST uint kInstanceInRoom = 1u << 12;   // part of the room itself: seen in reflections
SHIXUN_CONST uint kInstanceGlowShift = 16;  // 8 bits: emission factor in 1/127
SHIXUN_CONST uint kInstanceGlowMask = 255;
SHIXUN_CONST uint kHighlightGhost = 4;

// Pass::flags
SHIXUN_CONST uint kPassShadow = 1;       // keep only what casts shadow and rests
SHIXUN_CONST uint kPassLinearTarget = 2; // the target encodes sRGB itself
SHIXUN_CONST uint kPassShowRoom = 4;     // the reflected room is seen where nothing is drawn
SHIXUN_CONST uint kPassOcclusion = 8;    // the ambient-occlusion picture is there
SHIXUN_CONST uint kPassKeyShadow = 16;   // the shadow map is there
SHIXUN_CONST uint kPassNoFrustum = 32;   // everything counts as in view, to measure what culling saves
SHIXUN_CONST uint kPassMoving = 64;      // with kPassShadow: only what moves, instead
SHIXUN_CONST uint kPassMultisampled = 512;  // more than one sample a pixel: what misses the pixel's centre may still be seen
SHIXUN_CONST uint kPassStudio = 1024;    // no walls: a sky from floor_color (low) to ceiling_color (high) over an endless floor of wall_color
SHIXUN_CONST uint kPassProbe = 2048;     // the room's reflection cube is there
SHIXUN_CONST uint kPassRoomOnly = 4096;  // keep only what is part of the room
SHIXUN_CONST uint kPassWhole = 16384;    // clusters are not judged, to measure what that saves

// What the surface shader is compiled with (specialization constant 2).
SHIXUN_CONST uint kFeatureFineShadow = 1;
SHIXUN_CONST uint kFeatureProbe = 2;
SHIXUN_CONST uint kFeatureLampShadow = 4;
SHIXUN_CONST uint kFeatureCascades = 16;
SHIXUN_CONST uint kFeatureMatte = 8;  // nothing shines or mirrors: the key light and an even light of wall_color, and that is the picture
SHIXUN_CONST uint kFeatureEncode = 32;  // with kFeatureMatte: into a target that does not encode sRGB itself

// What the tone-mapping shader is compiled with (specialization constant 2).
SHIXUN_CONST uint kToneEncode = 1;     // the target does not encode sRGB itself
SHIXUN_CONST uint kToneOcclusion = 2;  // there may be an ambient-occlusion picture

// What a dispatch of the culling kernels works on (specialization constant 0).
SHIXUN_CONST uint kPhaseHistory = 0;    // what was seen in the last frame: into the early list
SHIXUN_CONST uint kPhaseOccluders = 1;  // after a jump also large and simple things: what the history has not goes into the early list too
SHIXUN_CONST uint kPhaseHidden = 2;     // everything, against the depth of the early list's picture: what is new goes into the late list
SHIXUN_CONST uint kPhaseAll = 3;        // everything in view, no history and no depth: into the late list
SHIXUN_CONST uint kPhaseBlended = 4;    // the sorted ones: into the late list
SHIXUN_CONST uint kPhaseBlendedHidden = 5;  // the same, against depth
SHIXUN_CONST uint kPhaseRecall = 6;  // what the late phase found, against depth that has been added to since

struct PackedVertex {
  vec3 position;
  uint normal;   // octahedral, 16:16 signed
  uint tangent;  // octahedral 11:12 signed, bit 23 = handedness is negative, top 8 bits = occlusion
  vec2 uv;       // in full: tiled surfaces have metres as texture coordinates, where half floats show steps
};
SHIXUN_SIZE(PackedVertex, 28);

struct PackedSkinVertex {
  uint joints;   // 8 bits each
  uint weights;  // 8 bits each, 255 in all
};
SHIXUN_SIZE(PackedSkinVertex, 8);

struct Lod {
  uint first_index, index_count;
  float error;  // object units
  uint first_cluster, cluster_count;  // none: always drawn whole
};
SHIXUN_SIZE(Lod, 20);

struct MeshInfo {
  vec3 center;
  float radius;  // 0: never drawn
  vec3 half_extent;
  uint vertex_offset;
  uint lod_count, skin_offset, flags, spare;
  Lod lods[4];
};
SHIXUN_SIZE(MeshInfo, 128);

// Some neighbouring triangles of one level of detail, one after the other in the index buffer; the clusters of a level follow each other
// there too. Mesh space. From `eye` all are seen from behind when dot(normalize(apex - eye), axis) > cutoff.
struct Cluster {
  vec3 center;
  float cutoff;  // 1: never
  vec3 half_extent;
  float grain;   // how high its triangles are
  vec3 apex;
  uint first_index;
  vec3 axis;
  uint index_count;
};
SHIXUN_SIZE(Cluster, 64);

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
  uint flags, tex_occlusion;
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
  uint shadow;  // 1 + its layer of the lamps' shadow maps; 0: none
  vec2 cone;    // a spot's: share of its light at angle a from its direction = clamp(cos(a) * x + y, 0, 1) squared; 0: a glowing rectangle
};
SHIXUN_SIZE(LampInfo, 72);

// A finer map of the key light about the camera, in layer 1 + its index of the key light's maps.
struct CascadeInfo {
  vec2 scale, offset;  // from the place in the map of everything to the place in this one, both in 0..1
  float reach;         // metres from the eye up to which it serves
  float texel;         // metres
};
SHIXUN_SIZE(CascadeInfo, 24);

struct LightingInfo {
  mat4 shadow_matrix;  // world to shadow map: xy in 0..1, z depth (reversed)
  vec3 key_direction;  // towards the light
  float shadow_texel;  // metres
  vec3 key_radiance;
  uint shadow_taps;    // of a soft shadow; 0: four, hard
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
  float probe_levels;  // mips of the reflection cube less one
  vec3 probe_position;
  float occlusion_radius;  // metres
  float key_spread;        // tangent of the key light's half angle, for soft shadow
  uint cascade_count;
  uint spot_count;     // lamps after the first lamp_count that are spots: `radiance` is their intensity
  uint spare;
  CascadeInfo cascades[kMaxCascades];  // rising reach
};
SHIXUN_SIZE(LightingInfo, 296);

struct DrawCommand {  // VkDrawIndexedIndirectCommand
  uint index_count, instance_count, first_index;
  int vertex_offset;
  uint first_instance;
};
SHIXUN_SIZE(DrawCommand, 20);

// The box round the instances of a cell or of a block, as integers in the order of the floats they stand for (see cull.h), so that atomics can grow it.
struct Cell {
  ivec3 lower;
  uint occluders;  // of those instances
  ivec3 upper;
  uint instances;  // visible ones
};
SHIXUN_SIZE(Cell, 32);

// An instance that changed, on its way into its slot.
struct Moved {
  Instance instance;
  uint slot;
};
SHIXUN_SIZE(Moved, 68);

// One mesh of a figure whose pose changed: from its vertices at rest into a range of its own, which is drawn like any other mesh.
struct SkinJob {
  MeshInfo mesh;  // to be put into the table: it holds the pose's box
  uint mesh_slot;
  uint rest, skin;  // first vertex at rest, and of its joints and weights
  uint vertex_count;
  uint first_group;  // of 64 vertices, among those of all jobs
  uint first_joint;  // matrices: three rows each
};
SHIXUN_SIZE(SkinJob, 152);

// What shaders/skin.comp is told, followed by the jobs.
struct SkinWork {
  Address vertices, skins, meshes, joints;
  uint job_count, group_count;
};
SHIXUN_SIZE(SkinWork, 40);
SHIXUN_CONST uint kSkinRow = 32768;  // groups in a row of the dispatch

// How long a list is, and the dispatch over it: groups of 64, of kKeptGroup for what is kept, one group each for cells.
struct Work {
  uint groups, one_y, one_z;  // VkDispatchIndirectCommand
  uint count;
};
SHIXUN_SIZE(Work, 16);

struct Counters {
  uint count[5];  // draw commands per bucket
  uint drawn;     // solid instances
  uint spare_commands;  // asked for, of kSpareCommands
  uint tested, frustum_out, occluded, triangles;
  uint commands;  // that draw something
  uint bins[320];     // kBuckets x kDrawBins: draws in each
  uint cursors[320];  // written so far
};
SHIXUN_SIZE(Counters, 2608);

// The working memory of one list of draws, reset for each frame.
struct DrawListState {
  Work cells, kept;
  Counters counters;
  uint rest[5];  // the late list's draw commands per bucket beyond its first, where those are drawn apart
};
SHIXUN_SIZE(DrawListState, 2660);

// An instance on its way into the draw commands.
struct Kept {
  uint id;
  uint key;       // bucket, bin << 3, level of detail << 9, room for commands << 11, kKeptInPart
  uint clusters;  // with kKeptInPart those to be judged, one bit each; once it has its commands: the first of them
};
SHIXUN_SIZE(Kept, 12);
SHIXUN_CONST uint kKeptInPart = 1u << 16;

// What the history knows of an instance that was seen: the clusters of a level of detail that were not found to be hidden.
struct SeenInstance {
  uint id, level, clusters;
};
SHIXUN_SIZE(SeenInstance, 12);

// The frame in which the early list had an instance, and which of its clusters were judged there: drawn, if they are to be.
struct Drawn {
  uint frame, clusters;
};
SHIXUN_SIZE(Drawn, 8);

struct DrawListInfo {
  Address state, cells, kept, commands;
};
SHIXUN_SIZE(DrawListInfo, 32);

struct Pass {
  View views[kMaxViews];
  uint view_count, instance_count, cell_count, flags;
  uint width, height, blend_count, frame;  // frame: never 0
  uint first_command[5];  // of each bucket in the commands of a list
  uint moved_count, refit_first, refit_count;
  vec3 lod_eye;        // levels of detail go by the distance from here, one for all views: the middle of their eyes
  float lod_scale;     // an error of 1 m seen from 1 m away, in tolerated errors
  float occluder_size; // kPhaseOccluders: least angle seen, as radius / distance
  uint layer_stride;   // floats of depth and pyramid of one view
  float lod_reach;     // from lod_eye to the farthest of the eyes: the nearest of them decides
  uint spare;
  Address instances, meshes, clusters, vertices, cells, blocks;
  Address moved, blended;       // blended: slots from far to near
  Address seen, seen_next;      // a Work, then SeenInstances: of the last frame; for the next
  Address drawn;                // a Drawn per slot
  Address depth;                // floats: the depth picture of each view with its pyramid
  DrawListInfo early, late;
  LightingInfo light;
  LampInfo lamps[kLampLimit];
  vec4 lamp_shadow[kMaxViews];  // by layer: 1 / tangent of the map's half angle, its near distance, its texels a side, filter taps
};
SHIXUN_SIZE(Pass, 3816);

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

// A picture or a plain colour that hangs in the world: `across` and `down` lead from its first corner to its neighbours, metres.
struct WorldQuad {
  vec3 corner;
  uint color;    // sRGB and alpha
  vec3 across;
  uint texture;  // premultiplied; 0: none
  vec3 down;
  float behind;  // how much is left of it where something stands before it: 1 it shines through, 0 it is hidden
  vec4 part;     // of the texture: left, top, right, bottom
};
SHIXUN_SIZE(WorldQuad, 64);

#ifdef __cplusplus
inline uint cells_of(uint instances) { return (instances + kCellSize - 1) / kCellSize; }
inline uint blocks_of(uint cells) { return (cells + kBlockSize - 1) / kBlockSize; }
}  // namespace shixun::gpu
#endif
#endif
