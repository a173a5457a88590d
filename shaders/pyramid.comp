#version 460
// Levels of the depth pyramid, each from the one before: the farthest depth (reversed: the least) of 4x4 texels. A row of threads a row of
// texels, a layer of threads a view: to divide a running number by the row's length would cost software drivers more than all the rest.
#extension GL_GOOGLE_include_directive : require
#define SHIXUN_COMPUTE
#include "pass.glsl"
#include "cull.h"

layout(constant_id = 0) const uint kRest = 0;  // 1: one workgroup a view makes this level and all that follow; they are small
layout(local_size_x = 64) in;
layout(buffer_reference, scalar, buffer_reference_align = 16) coherent buffer Rows { vec4 at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) coherent buffer Texels { float at[]; };

// Read before the threads' ways part: there a software driver reads it once, later lane by lane.
uint base;
Address depth_at;

void make_texel(Level from, Level to, uint x, uint y) {
  vec4 least = vec4(1e30);
  // Below the last row the last one counts again; the padding of a row says nothing.
  for (uint i = 0; i < 4; ++i)
    least = min(least, Rows(depth_at).at[(base + from.offset + min(y * 4 + i, from.height - 1) * from.stride) / 4 + x]);
  least = mix(least, vec4(1e30), greaterThanEqual(uvec4(x * 4) + uvec4(0, 1, 2, 3), uvec4(from.width)));
  Texels(depth_at).at[base + to.offset + y * to.stride + x] = min(min(least.x, least.y), min(least.z, least.w));
}

void main() {
  uint level = push.argument;
  Level from = pyramid_level(PASS.width, PASS.height, level - 1);
  Level to = pyramid_level(PASS.width, PASS.height, level);
  base = gl_GlobalInvocationID.z * PASS.layer_stride;
  depth_at = PASS.depth;
  if (kRest == 0) {
    if (gl_GlobalInvocationID.x < to.width) make_texel(from, to, gl_GlobalInvocationID.x, gl_GlobalInvocationID.y);
    return;
  }
  for (;;) {
    for (uint i = gl_LocalInvocationID.x; i < to.width * to.height; i += 64) make_texel(from, to, i % to.width, i / to.width);
    if (++level == kPyramidLevels || (to.width <= 1 && to.height <= 1)) return;
    memoryBarrierBuffer();
    barrier();
    from = to;
    to = pyramid_level(PASS.width, PASS.height, level);
  }
}
