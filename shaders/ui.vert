#version 460
// Dear ImGui's triangles. The texture's index comes as the draw's first instance.
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_GOOGLE_include_directive : require
#include "shared.h"

layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer UiBlock { UiPass pass; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer UiVertices { UiVertex at[]; };
layout(push_constant, scalar) uniform Push { UiBlock block; } push;

layout(location = 0) out vec2 out_uv;
layout(location = 1) out vec4 out_color;
layout(location = 2) flat out uint out_texture;

void main() {
  UiVertex v = UiVertices(push.block.pass.vertices).at[gl_VertexIndex];
  gl_Position = vec4(v.position * push.block.pass.scale + push.block.pass.offset, 0.0, 1.0);
  out_uv = v.uv;
  out_color = unpackUnorm4x8(v.color);
  // Colours are given as sRGB; a target that encodes by itself wants them linear.
  if ((push.block.pass.flags & kPassLinearTarget) != 0) out_color.rgb = pow(out_color.rgb, vec3(2.2));
  out_texture = gl_InstanceIndex;
}
