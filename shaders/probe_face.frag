#version 460
// One face as drawn by a camera, into the cube: samples averaged, turned round (a cube is seen from inside), very bright spots tamed.
#extension GL_GOOGLE_include_directive : require
#include "textures.glsl"

layout(constant_id = 1) const uint kSamples = 1;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_light;

void main() {
  ivec2 size = kSamples > 1 ? textureSize(screen_probe_face_ms) : textureSize(screen_probe_face, 0);
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  pixel.x = size.x - 1 - pixel.x;
  vec3 sum = vec3(0.0);
  for (int i = 0; i < int(kSamples); ++i) {
    vec3 light = kSamples > 1 ? texelFetch(screen_probe_face_ms, pixel, i).rgb : texelFetch(screen_probe_face, pixel, 0).rgb;
    sum += min(light, vec3(8.0));
  }
  out_light = vec4(sum / float(kSamples), 1.0);
}
