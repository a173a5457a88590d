#version 460
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"

layout(constant_id = 0) const uint kFlat = 0;
layout(location = 0) in vec3 in_color;
layout(location = 1) in vec3 in_world;
layout(location = 0) out vec4 out_color;

void main() {
  // The faces of a shape are told apart by how they lie to the eye.
  float facing = 1.0;
  if (kFlat == 0) facing = 0.3 + 0.7 * abs(dot(normalize(cross(dFdx(in_world), dFdy(in_world))), normalize(VIEW(eye) - in_world)));
  vec3 c = in_color * facing;
  out_color = vec4((PASS.flags & kPassLinearTarget) != 0 ? pow(c, vec3(2.2)) : c, 0.0);
}
