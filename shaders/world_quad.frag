#version 460
// Drawn over the finished picture, so that letters keep their colours; what stands before it is known from the scene's depth.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"
#include "encode.glsl"

layout(constant_id = 1) const uint kSamples = 1;
layout(push_constant, scalar) uniform Push { uvec2 quads; uint target_size; } push;

layout(location = 0) in vec2 in_uv;
layout(location = 1) flat in vec4 in_color;
layout(location = 2) flat in uint in_texture;
layout(location = 3) flat in float in_behind;
layout(location = 0) out vec4 out_color;

void main() {
  vec2 size = vec2(push.target_size & 0xffffu, push.target_size >> 16);
  ivec2 pixel = ivec2(gl_FragCoord.xy * vec2(PASS.width, PASS.height) / size);
  float scene = kSamples > 1 ? texelFetch(screen_depth_ms, ivec3(pixel, LAYER), 0).x : texelFetch(screen_depth, ivec3(pixel, LAYER), 0).x;
  vec4 c = sample_texture(in_texture, in_uv) * vec4(in_color.rgb * in_color.a, in_color.a);
  if (gl_FragCoord.z < scene) c *= in_behind;  // reversed depth: what is greater is nearer
  out_color = (PASS.flags & kPassLinearTarget) != 0 ? for_linear_blend(c) : c;
}
