#version 460
// Ambient occlusion from the depth picture at half size: how much of the hemisphere above a surface point is filled by its surroundings,
// estimated on a spiral of taps around it (after McGuire et al., "Scalable Ambient Obscurance", 2012).
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"

layout(constant_id = 1) const uint kSamples = 1;
layout(constant_id = 2) const uint kTaps = 10;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_open;

const float kTurn = 2.399963;  // golden angle: an even spiral

float depth_at(ivec2 pixel) {
  pixel = clamp(pixel, ivec2(0), ivec2(PASS.width, PASS.height) - 1);
  if (kSamples > 1) return texelFetch(screen_depth_ms, ivec3(pixel, LAYER), 0).x;
  return texelFetch(screen_depth, ivec3(pixel, LAYER), 0).x;
}

vec3 view_point(ivec2 pixel, float depth) {
  vec4 p = VIEW(projection);
  vec2 ndc = (vec2(pixel) + 0.5) / vec2(PASS.width, PASS.height) * 2.0 - 1.0;
  float z = VIEW(near_m) / max(depth, 1e-6);
  return vec3((ndc.x + p.z) / p.x * z, (ndc.y + p.w) / p.y * z, -z);
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy) * 2;
  float depth = depth_at(pixel);
  vec3 c = view_point(pixel, depth);
  out_open = vec4(1.0, min(-c.z / 64.0, 1.0), 0.0, 1.0);
  if (depth <= 0.0 || -c.z > 25.0) return;
  // The surface's direction from its neighbours; the nearer one of each pair, so that edges do not tilt it.
  float dl = depth_at(pixel - ivec2(1, 0)), dr = depth_at(pixel + ivec2(1, 0));
  float du = depth_at(pixel - ivec2(0, 1)), dd = depth_at(pixel + ivec2(0, 1));
  vec3 x = abs(dl - depth) < abs(dr - depth) ? c - view_point(pixel - ivec2(1, 0), dl) : view_point(pixel + ivec2(1, 0), dr) - c;
  vec3 y = abs(du - depth) < abs(dd - depth) ? c - view_point(pixel - ivec2(0, 1), du) : view_point(pixel + ivec2(0, 1), dd) - c;
  vec3 n = normalize(cross(y, x));
  float radius_px = PASS.light.occlusion_radius * abs(VIEW(projection).y) * float(PASS.height) * 0.5 / -c.z;
  if (radius_px < 2.0) return;
  radius_px = min(radius_px, float(PASS.height) * 0.15);
  // A 4x4 pattern of rotations; the 4x4 blur that follows averages it away.
  ivec2 cell = ivec2(gl_FragCoord.xy) & 3;
  float angle = float((cell.x * 4 + cell.y * 7 + cell.x * cell.y * 5) & 15) * (6.2831853 / 16.0);
  float filled = 0.0;
  vec2 spoke = vec2(cos(angle), sin(angle)) * radius_px;
  const mat2 turn = mat2(cos(kTurn), sin(kTurn), -sin(kTurn), cos(kTurn));
  for (uint i = 0; i < kTaps; ++i) {
    float share = (float(i) + 0.5) / float(kTaps);
    spoke = turn * spoke;
    ivec2 tap = pixel + ivec2(spoke * share);
    vec3 v = view_point(tap, depth_at(tap)) - c;
    float v2 = dot(v, v);
    float near_share = max(1.0 - v2 / (PASS.light.occlusion_radius * PASS.light.occlusion_radius), 0.0);
    filled += near_share * near_share * near_share * max((dot(v, n) - 0.013 * PASS.light.occlusion_radius - 0.002 * -c.z) * inversesqrt(v2 + 1e-4), 0.0);
  }
  out_open.x = clamp(1.0 - filled * (5.0 / float(kTaps)), 0.0, 1.0);
}
