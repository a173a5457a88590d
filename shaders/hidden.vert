#version 460
// What a headset's lens hides, on the near plane: nothing behind it is drawn.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"

layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Corners { vec3 at[]; };  // x, y as they cross the plane 1 m ahead; the view
layout(push_constant, scalar) uniform Push { Corners corners; } push;

void main() {
  vec3 c = push.corners.at[gl_VertexIndex];
  vec4 p = VIEW(projection);
  gl_Position = int(c.z) == int(LAYER) ? vec4(c.x * p.x - p.z, c.y * p.y - p.w, 1.0, 1.0) : vec4(0.0, 0.0, 0.0, 1.0);
}
