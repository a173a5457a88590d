#version 460
#extension GL_GOOGLE_include_directive : require
#include "textures.glsl"

layout(location = 0) in vec2 in_uv;
layout(location = 1) in vec4 in_color;
layout(location = 2) flat in uint in_texture;
layout(location = 0) out vec4 out_color;

void main() { out_color = in_color * sample_texture(in_texture, in_uv); }
