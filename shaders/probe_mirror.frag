#version 460
// The cube as a surface of one roughness mirrors it: the mean over the GGX lobe of a surface seen head-on (after Karis, "Real Shading in
// Unreal Engine 4", 2013), each sample read from the mip that covers its share of the lobe (Krivanek and Colbert, 2008).
#extension GL_GOOGLE_include_directive : require
#include "textures.glsl"
#include "probe.glsl"

layout(push_constant) uniform Push {
  uint face;
  float level;
} push;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_light;

const uint kCount = 64;

void main() {
  vec3 n = cube_direction(push.face, in_uv);
  if (push.level <= 0.0) {
    out_light = vec4(textureLod(screen_probe, n, 0.0).rgb, 1.0);
    return;
  }
  mat3 frame = frame_about(n);
  float roughness = roughness_of(push.level);
  float a = roughness * roughness, a2 = a * a;
  vec3 sum = vec3(0.0);
  float total = 0.0;
  for (uint i = 0; i < kCount; ++i) {
    vec2 u = even_point(i, kCount);
    float cos_h = sqrt((1.0 - u.y) / (1.0 + (a2 - 1.0) * u.y)), sin_h = sqrt(max(1.0 - cos_h * cos_h, 0.0));
    float phi = u.x * 6.2831853;
    vec3 h = vec3(sin_h * cos(phi), sin_h * sin(phi), cos_h);
    vec3 l = vec3(2.0 * cos_h * h.xy, 2.0 * cos_h * h.z - 1.0);
    if (l.z <= 0.0) continue;
    float d = cos_h * cos_h * (a2 - 1.0) + 1.0;
    float pdf = a2 / (3.14159265 * d * d) * 0.25;
    sum += textureLod(screen_probe, frame * l, mip_for(pdf, kCount)).rgb * l.z;
    total += l.z;
  }
  out_light = vec4(sum / max(total, 1e-4), 1.0);
}
