#version 460
// The farthest of a pixel's samples (reversed depth: the least), for the depth pyramid: what is behind that is behind all of them.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"

layout(constant_id = 1) const uint kSamples = 1;

void main() {
  float least = 1.0;
  for (int i = 0; i < int(kSamples); ++i) least = min(least, texelFetch(screen_depth_ms, ivec3(gl_FragCoord.xy, LAYER), i).x);
  gl_FragDepth = least;
}
