#version 460
// Outline mask: which highlight covers the pixel, in quarters.
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"

layout(location = 1) flat in uint in_instance;
layout(location = 0) out vec4 out_mask;

void main() {
  uint highlight = (instances.at[in_instance].flags >> kInstanceHighlightShift) & kInstanceHighlightMask;
  out_mask = vec4(float(highlight) / 4.0, 0.0, 0.0, 1.0);
}
