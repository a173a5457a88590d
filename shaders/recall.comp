#version 460
// Judges what the late phase found once more, when the nearest of it are drawn and hide much of the rest: of the draw commands that are still
// to come those of hidden instances draw nothing, and only what may be seen becomes the next frame's history.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

bool still_in(uint id) {
  Instance instance = Instances(PASS.instances).at[id];
  return verdict(box_of(instance, Meshes(PASS.meshes).at[instance.mesh]), 1.0, kFineReads) == kIn;
}

void main() {
  uint thread = gl_GlobalInvocationID.x, threads = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  if (thread < Seen(PASS.seen_next).work.count) {
    uint id = Seen(PASS.seen_next).at[thread];
    if (still_in(id)) note_seen(PASS.seen, id);
  }
  uint nearest = push.argument;  // commands of each bucket that are drawn
  DrawListBlock late = DrawListBlock(PASS.late.state);
  Commands commands = Commands(PASS.late.commands);
  for (uint bucket = 0; bucket < kBuckets; ++bucket) {
    if (bucket == kBucketBlend || bucket == kBucketOutline) continue;
    uint count = late.state.counters.count[bucket];
    if (count <= nearest) continue;
    if (thread == 0) late.state.rest[bucket] = count - nearest;
    for (uint i = nearest + thread; i < count; i += threads) {
      DrawCommand command = commands.at[PASS.first_command[bucket] + i];
      if (still_in(command.first_instance)) continue;
      commands.at[PASS.first_command[bucket] + i].instance_count = 0;
      atomicAdd(late.state.counters.triangles, 0u - command.index_count / 3);  // not -(x / 3): glslc makes x / -3 of it
    }
  }
}
