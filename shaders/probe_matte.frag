#version 460
// The light that falls on a matte surface from all of the cube: its mean, weighted by the cosine.
#extension GL_GOOGLE_include_directive : require
#include "textures.glsl"
#include "probe.glsl"

layout(push_constant) uniform Push {
  uint face;
  float level;
} push;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_light;

const uint kCount = 128;

void main() {
  mat3 frame = frame_about(cube_direction(push.face, in_uv));
  vec3 sum = vec3(0.0);
  for (uint i = 0; i < kCount; ++i) {
    vec2 u = even_point(i, kCount);
    float phi = u.x * 6.2831853, r = sqrt(u.y);
    vec3 l = vec3(r * cos(phi), r * sin(phi), sqrt(1.0 - u.y));
    sum += textureLod(screen_probe, frame * l, mip_for(l.z / 3.14159265, kCount)).rgb;
  }
  out_light = vec4(sum / float(kCount), 1.0);
}
