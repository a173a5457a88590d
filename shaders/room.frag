#version 460
// What is seen where nothing is drawn: the reflected room itself, or a plain colour.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "room.glsl"
#include "encode.glsl"

layout(constant_id = 2) const uint kFeatures = 0;

layout(location = 0) in vec2 in_uv;
layout(location = 0) out vec4 out_light;

void main() {
  vec3 color = PASS.light.background;
  if ((PASS.flags & kPassShowRoom) != 0) {
    vec4 p = VIEW(projection);
    vec2 ndc = in_uv * 2.0 - 1.0;
    vec3 d = transpose(mat3(VIEW(view))) * vec3((ndc.x + p.z) / p.x, (ndc.y + p.w) / p.y, -1.0);
    color = room_walls(VIEW(eye), normalize(d), 0.06);
  }
  if ((kFeatures & kFeatureEncode) != 0) color = encode(clamp(color, 0.0, 1.0));
  out_light = vec4(color, (kFeatures & kFeatureMatte) != 0 ? 1.0 : 0.0);
}
