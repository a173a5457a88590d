#version 460
// Vertices of posed figures: see engine/anim/skin.h, whose words this follows, and SkinJob in shared.h.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#include "shared.h"
#include "vertex.glsl"

layout(local_size_x = 64) in;

layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Vertices { PackedVertex at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Skins { PackedSkinVertex at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Meshes { MeshInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 16) readonly buffer Joints { vec4 at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer Work_ { SkinWork work; SkinJob jobs[]; };
layout(push_constant, scalar) uniform Push { Work_ block; } push;

// The job that the group belongs to.
uint job_of(uint group) {
  uint low = 0, high = push.block.work.job_count - 1;
  while (low < high) {
    uint middle = (low + high + 1) / 2;
    if (push.block.jobs[middle].first_group <= group) low = middle;
    else high = middle - 1;
  }
  return low;
}

void main() {
  uint group = gl_WorkGroupID.x + gl_WorkGroupID.y * kSkinRow;
  if (group >= push.block.work.group_count) return;
  SkinJob job = push.block.jobs[job_of(group)];
  uint index = (group - job.first_group) * 64 + gl_LocalInvocationID.x;
  if (index == 0) Meshes(push.block.work.meshes).at[job.mesh_slot] = job.mesh;
  if (index >= job.vertex_count) return;

  Joints joints = Joints(push.block.work.joints);
  PackedSkinVertex s = Skins(push.block.work.skins).at[job.skin + index];
  vec4 weights = unpackUnorm4x8(s.weights);
  vec4 row0 = vec4(0), row1 = vec4(0), row2 = vec4(0);
  for (uint i = 0; i < 4; ++i) {
    if (weights[i] == 0.0) continue;
    uint at = (job.first_joint + ((s.joints >> (8 * i)) & 255)) * 3;
    row0 += joints.at[at] * weights[i];
    row1 += joints.at[at + 1] * weights[i];
    row2 += joints.at[at + 2] * weights[i];
  }

  PackedVertex v = Vertices(push.block.work.vertices).at[job.rest + index];
  vec4 p = vec4(v.position, 1.0);
  v.position = vec3(dot(row0, p), dot(row1, p), dot(row2, p));
  vec3 n = unpack_normal(v.normal);
  n = vec3(dot(cross(row1.xyz, row2.xyz), n), dot(cross(row2.xyz, row0.xyz), n), dot(cross(row0.xyz, row1.xyz), n));
  if (dot(n, n) > 0.0) v.normal = pack_normal(n);
  vec3 t = unpack_tangent(v.tangent).xyz;
  t = vec3(dot(row0.xyz, t), dot(row1.xyz, t), dot(row2.xyz, t));
  if (dot(t, t) > 0.0) v.tangent = pack_tangent(t) | (v.tangent & 0xff800000u);
  Vertices(push.block.work.vertices).at[job.mesh.vertex_offset + index] = v;
}
