#version 460
// Keeps the instances that may be seen in any of the pass's views and writes their draw commands: compacted per bucket, except the blended
// ones, whose order the CPU has given (slot = rank, instance_count 0 or 1).
#extension GL_GOOGLE_include_directive : require
#define SHIXUN_COMPUTE
#include "pass.glsl"
#include "cull.h"

layout(local_size_x = 64) in;

bool keep(Instance instance, MeshInfo mesh) {
  vec3 center = place_point(instance.row0, instance.row1, instance.row2, mesh.center);
  vec3 x = vec3(instance.row0.x, instance.row1.x, instance.row2.x) * mesh.half_extent.x;
  vec3 y = vec3(instance.row0.y, instance.row1.y, instance.row2.y) * mesh.half_extent.y;
  vec3 z = vec3(instance.row0.z, instance.row1.z, instance.row2.z) * mesh.half_extent.z;
  for (uint i = 0; i < PASS.view_count; ++i)
    if (box_in_view(center, x, y, z, PASS.views[i])) return true;
  return false;
}

void write_command(uint slot, uint id, MeshInfo mesh, uint count) {
  DrawCommand c;
  c.index_count = mesh.lods[0].index_count;
  c.instance_count = count;
  c.first_index = mesh.lods[0].first_index;
  c.vertex_offset = int(mesh.vertex_offset);
  c.first_instance = id;  // the vertex shader reads its instance by gl_InstanceIndex
  Commands(PASS.commands).at[slot] = c;
}

void main() {
  uint thread = gl_GlobalInvocationID.x;
  bool shadow = (PASS.flags & kPassShadow) != 0;
  bool ranked = thread >= PASS.instance_count;  // the threads after the instances serve the blended ones, by rank
  if (ranked && thread - PASS.instance_count >= PASS.blend_count) return;
  uint id = thread;
  if (ranked) id = Ids(PASS.order).at[thread - PASS.instance_count];
  else if ((PASS.flags & kPassOrdered) != 0) id = Ids(PASS.order).at[PASS.blend_count + thread];

  Instance instance = Instances(PASS.instances).at[id];
  uint bucket = instance.flags & kInstanceBucket;
  if (!ranked) {
    if ((instance.flags & kInstanceVisible) == 0) return;
    if (shadow && ((instance.flags & kInstanceCastsShadow) == 0 || bucket == kBucketBlend)) return;
    if (shadow && ((instance.flags & kInstanceMoving) != 0) != ((PASS.flags & kPassMoving) != 0)) return;
  }
  MeshInfo mesh = Meshes(PASS.meshes).at[instance.mesh];
  bool kept = mesh.radius > 0 && keep(instance, mesh);

  CounterBlock counter = CounterBlock(PASS.counters);
  if (ranked) {
    if (thread == PASS.instance_count) counter.counters.count[kBucketBlend] = PASS.blend_count;
    write_command(kBucketBlend * PASS.command_stride + thread - PASS.instance_count, id, mesh, kept ? 1 : 0);
    if (kept) atomicAdd(counter.counters.triangles, mesh.lods[0].index_count / 3);
    return;
  }
  atomicAdd(counter.counters.tested, 1);
  if (!kept) {
    atomicAdd(counter.counters.frustum_out, 1);
    return;
  }
  uint highlight = (instance.flags >> kInstanceHighlightShift) & kInstanceHighlightMask;
  if (!shadow && highlight != 0 && highlight != kHighlightGhost) {
    uint slot = atomicAdd(counter.counters.count[kBucketOutline], 1);
    write_command(kBucketOutline * PASS.command_stride + slot, id, mesh, 1);
  }
  if (bucket == kBucketBlend) return;
  uint slot = atomicAdd(counter.counters.count[bucket], 1);
  write_command(bucket * PASS.command_stride + slot, id, mesh, 1);
  atomicAdd(counter.counters.triangles, mesh.lods[0].index_count / 3);
}
