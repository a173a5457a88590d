#version 460
// The scene's depth at the target's size.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"

layout(constant_id = 1) const uint kSamples = 1;

layout(location = 0) in vec2 in_uv;

void main() {
  ivec2 pixel = ivec2(in_uv * vec2(PASS.width, PASS.height));
  gl_FragDepth = kSamples > 1 ? texelFetch(screen_depth_ms, ivec3(pixel, LAYER), 0).x : texelFetch(screen_depth, ivec3(pixel, LAYER), 0).x;
}
