#version 460
// Light to picture: ambient occlusion, exposure, a film-like curve, sRGB.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "textures.glsl"
#include "encode.glsl"

layout(constant_id = 1) const uint kSamples = 1;
layout(constant_id = 2) const uint kTone = 0;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_color;

// Four bilinear taps, each on a corner between texels, average exactly the 4x4 rotation pattern; a tap at another distance belongs to another
// surface and counts less.
float openness() {
  vec2 half_size = vec2((PASS.width + 1) / 2, (PASS.height + 1) / 2);
  vec2 position = in_uv * vec2(PASS.width, PASS.height) * 0.5;
  vec2 corner = floor(position + 0.5);
  float total = 0.0, sum = 0.0;
  vec2 here = textureLod(screen_occlusion, vec3(position / half_size, LAYER), 0.0).xy;
  float own = here.y;
  for (int i = 0; i < 4; ++i) {
    vec2 tap = textureLod(screen_occlusion, vec3((corner + vec2(i & 1, i >> 1) * 2.0 - 1.0) / half_size, LAYER), 0.0).xy;
    float w = 1.0 / (1.0 + 400.0 * abs(tap.y - own) / max(own, 0.004));
    sum += tap.x * w;
    total += w;
  }
  return (sum + here.x * 0.02) / (total + 0.02);
}

// Our own rational curve: toe and shoulder like film, 0.18 to about 0.21, a white wall at full light (1) well below white, white itself never
// reached: what is eight times brighter still has shape. As in AgX (Sobotka 2022)
// the primaries are first mixed a little, so that strong colours go to white instead of clipping, and unmixed after: the curve's shoulder takes
// more colour from a bright orange than that little, so more is given back.
vec3 film(vec3 x) {
  float m = (x.r + x.g + x.b) / 3.0;
  x = max(mix(x, vec3(m), 0.02), 0.0);
  vec3 y = x * (1.51 * x + 0.014) / (x * (1.50 * x + 0.972) + 0.0198);
  y = min(y, vec3(1.0));
  float k = (y.r + y.g + y.b) / 3.0;
  return clamp(mix(vec3(k), y, 1.1), 0.0, 1.0);
}

vec3 graded(vec4 light, float open) {
  // The curve comes before the samples are averaged: a bright lamp's edge stays smooth.
  return film(max(light.rgb, 0.0) * (mix(1.0, open, light.a) * PASS.light.exposure));
}

void main() {
  float open = (kTone & kToneOcclusion) != 0 && (PASS.flags & kPassOcclusion) != 0 ? openness() : 1.0;
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  vec3 color = vec3(0.0);
  if (kSamples > 1) {
    for (int i = 0; i < int(kSamples); ++i) color += graded(texelFetch(screen_light_ms, ivec3(pixel, LAYER), i), open);
    color /= float(kSamples);
  } else {
    color = graded(texelFetch(screen_light, ivec3(pixel, LAYER), 0), open);
  }
  out_color = vec4((kTone & kToneEncode) != 0 ? encode(color) : color, 1.0);
}
