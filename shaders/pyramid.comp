#version 460
// One level of the depth pyramid from the one before: the farthest depth (reversed: the least) of 4x4 texels. One layer of threads a view.
#extension GL_GOOGLE_include_directive : require
#define SHIXUN_COMPUTE
#include "pass.glsl"
#include "cull.h"

layout(local_size_x = 64) in;
layout(buffer_reference, scalar, buffer_reference_align = 16) readonly buffer Rows { vec4 at[]; };

void main() {
  uint level = push.argument & 15;
  // The second time there is nothing to do where nothing was drawn since the first.
  if (push.argument >= 16 && DrawListBlock(PASS.middle.state).state.kept.count == 0) return;
  Level from = pyramid_level(PASS.width, PASS.height, level - 1);
  Level to = pyramid_level(PASS.width, PASS.height, level);
  uint x = gl_GlobalInvocationID.x % to.stride, y = gl_GlobalInvocationID.x / to.stride;
  if (x >= to.width || y >= to.height) return;
  uint base = gl_GlobalInvocationID.y * PASS.layer_stride;
  uint rows = min(4, from.height - y * 4);
  vec4 least = vec4(1e30);
  for (uint i = 0; i < rows; ++i) {
    vec4 four = Rows(PASS.depth).at[(base + from.offset + (y * 4 + i) * from.stride) / 4 + x];
    // The padding of a row says nothing.
    if (x * 4 + 3 >= from.width) {
      for (uint k = from.width - x * 4; k < 4; ++k) four[k] = 1e30;
    }
    least = min(least, four);
  }
  Depths(PASS.depth).at[base + to.offset + y * to.stride + x] = min(min(least.x, least.y), min(least.z, least.w));
}
