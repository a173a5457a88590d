#version 460
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "vertex.glsl"

// Shared with the fragment stage: 0 = kOneInstanceAGroup, 1 = bucket, 2 = features.
layout(constant_id = 1) const uint kBucket = 0;
layout(constant_id = 2) const uint kFeatures = 0;

layout(location = 0) out vec3 out_world;
layout(location = 1) out vec3 out_normal;
layout(location = 2) out vec4 out_tangent;
layout(location = 3) out vec3 out_uv_occlusion;
layout(location = 4) flat out uint out_instance;

void main() {
  Instance i = instances.at[gl_BaseInstance];  // a draw has one: the same for all lanes, which an index could not promise
  PackedVertex v = Vertices(PASS.vertices).at[gl_VertexIndex];
  vec3 world = place(i, v.position);
  gl_Position = VIEW(view_projection) * vec4(world, 1.0);
  // Labels lie a hair above what they are stuck on: a thousandth of the distance towards the eye keeps them in front (depth is near/distance).
  if (kBucket == kBucketBlend) gl_Position.z *= 1.001;
  // Normals go by the cofactor matrix, right also for stretched parts such as springs.
  vec3 n = unpack_normal(v.normal);
  out_normal = normalize(vec3(dot(cross(i.row1.xyz, i.row2.xyz), n), dot(cross(i.row2.xyz, i.row0.xyz), n), dot(cross(i.row0.xyz, i.row1.xyz), n)));
  if ((i.flags & kInstanceMirrored) != 0) out_normal = -out_normal;
  out_uv_occlusion = vec3(v.uv, unpack_occlusion(v.tangent));
  out_instance = gl_BaseInstance;
  if ((kFeatures & kFeatureMatte) != 0) return;  // reads nothing else
  vec4 t = unpack_tangent(v.tangent);
  out_tangent = vec4(dot(i.row0.xyz, t.xyz), dot(i.row1.xyz, t.xyz), dot(i.row2.xyz, t.xyz), (i.flags & kInstanceMirrored) != 0 ? -t.w : t.w);
  out_world = world;
}
