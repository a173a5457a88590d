#version 460
// Shadow map and outline mask: position only.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "vertex.glsl"

layout(location = 0) out vec2 out_uv;
layout(location = 1) flat out uint out_instance;

void main() {
  Instance i = instances.at[gl_BaseInstance];
  PackedVertex v = Vertices(PASS.vertices).at[gl_VertexIndex];
  vec3 world = place(i, v.position);
  // Ceiling, beams and lamp housings hang between the light and the room: above this height nothing casts shadow.
  gl_ClipDistance[0] = (PASS.flags & kPassShadow) != 0 ? PASS.light.shadow_ceiling - world.y : 1.0;
  gl_Position = VIEW(view_projection) * vec4(world, 1.0);
  out_uv = v.uv;
  out_instance = gl_BaseInstance;
}
