#version 460
// Which instance owns the pixel: its slot + 1. For finding out what is really seen.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"

layout(location = 0) in vec2 in_uv;
layout(location = 1) flat in uint in_instance;
layout(location = 0) out uint out_id;

void main() {
  MaterialInfo m = materials.at[instances.at[in_instance].material];
  if (m.alpha_cutoff > 0.0) {
    float alpha = m.base_color.a;
    if (m.tex_base != kNoTextureIndex) alpha *= sample_texture(m.tex_base, in_uv).a;
    if (alpha < m.alpha_cutoff) discard;
  }
  out_id = in_instance + 1;
}
