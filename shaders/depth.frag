#version 460
// Shadow of alpha-tested surfaces: holes let light through.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"

layout(location = 0) in vec2 in_uv;
layout(location = 1) flat in uint in_instance;

void main() {
  MaterialInfo m = materials.at[instances.at[in_instance].material];
  float alpha = m.base_color.a;
  if (m.tex_base != kNoTextureIndex) alpha *= sample_texture(m.tex_base, in_uv).a;
  if (alpha < m.alpha_cutoff) discard;
}
