#version 460
// How far away pictures that hang in the world are, where there is more of them than of what is behind.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"

layout(location = 0) in vec2 in_uv;
layout(location = 1) flat in vec4 in_color;
layout(location = 2) flat in uint in_texture;

void main() {
  if (sample_texture(in_texture, in_uv).a * in_color.a < 0.5) discard;
}
