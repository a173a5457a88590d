#version 460
// The rim around highlighted objects: outside their mask, within a few pixels of it. Drawn only in the rectangle that holds them.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"
#include "encode.glsl"

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_color;

vec4 painted(float kind, float alpha) {
  int k = int(kind * 4.0 + 0.5);
  vec3 c = k == 1 ? vec3(1.0, 0.86, 0.30)   // hover: warm yellow
         : k == 2 ? vec3(0.15, 0.95, 0.45)  // goal: green
                  : vec3(1.0, 0.20, 0.12);  // warning: red
  if ((PASS.flags & kPassLinearTarget) == 0) return vec4(c, alpha);
  vec4 linear = for_linear_blend(vec4(c * alpha, alpha));
  return vec4(linear.rgb / linear.a, linear.a);
}

void main() {
  ivec2 size = ivec2(PASS.width, PASS.height);
  ivec2 pixel = ivec2(in_uv * vec2(size));
  float inside = texelFetch(screen_mask, ivec3(pixel, LAYER), 0).x;
  float width = clamp(float(size.y) / 240.0, 1.5, 8.0);
  float kind = 0.0, nearest = 1e9;
  for (int ring = 1; ring <= 2; ++ring)
    for (int i = 0; i < 8; ++i) {
      float a = float(i) * 0.785398 + float(ring) * 0.39;
      vec2 offset = vec2(cos(a), sin(a)) * (width * 0.5 * float(ring));
      float k = texelFetch(screen_mask, ivec3(clamp(pixel + ivec2(round(offset)), ivec2(0), size - 1), LAYER), 0).x;
      if (k > 0.0 && float(ring) < nearest) nearest = float(ring), kind = k;
    }
  if (inside > 0.0) {
    // A faint tint inside tells which body is meant where the rim is hidden by the picture's edge.
    out_color = painted(inside, 0.07);
    return;
  }
  if (kind <= 0.0) discard;
  out_color = painted(kind, nearest < 1.5 ? 0.95 : 0.6);
}
