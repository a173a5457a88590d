#version 460
// A picture that is smaller than the target onto the target. It comes encoded: so filtered, edges are as even as they look.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"
#include "encode.glsl"

layout(constant_id = 2) const uint kTone = 0;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_color;

void main() {
  vec3 color = textureLod(screen_picture, vec3(in_uv, LAYER), 0.0).rgb;
  out_color = vec4((kTone & kToneEncode) != 0 ? color : decode(color), 1.0);
}
