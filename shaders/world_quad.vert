#version 460
// Pictures that hang in the world, six corners each.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"

layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer WorldQuads { WorldQuad at[]; };
layout(push_constant, scalar) uniform Push { WorldQuads quads; uint target_size; } push;

layout(location = 0) out vec2 out_uv;
layout(location = 1) flat out vec4 out_color;
layout(location = 2) flat out uint out_texture;
layout(location = 3) flat out float out_behind;

void main() {
  WorldQuad q = push.quads.at[gl_VertexIndex / 6];
  const vec2 corners[6] = vec2[6](vec2(0, 0), vec2(1, 0), vec2(0, 1), vec2(0, 1), vec2(1, 0), vec2(1, 1));
  vec2 c = corners[gl_VertexIndex % 6];
  gl_Position = VIEW(view_projection) * vec4(q.corner + c.x * q.across + c.y * q.down, 1.0);
  out_uv = mix(q.part.xy, q.part.zw, c);
  out_color = unpackUnorm4x8(q.color);
  out_texture = q.texture;
  out_behind = q.behind;
}
