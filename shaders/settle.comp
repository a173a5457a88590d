#version 460
// The next frame's history once more, by the depth of the whole picture: what the late phase let pass and turned out to be hidden is left out.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

void main() {
  uint thread = gl_GlobalInvocationID.x;
  if (thread >= Seen(PASS.seen_next).work.count) return;
  SeenInstance had = Seen(PASS.seen_next).at[thread];
  if (!in_sight(had.id)) return;
  Seen settled = Seen(PASS.seen);
  uint slot = atomicAdd(settled.work.count, 1);
  COUNT_ENTRY(settled.work, settled.judged, slot);
  settled.at[slot] = had;
}
