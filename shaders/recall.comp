#version 460
// Judges once more what the late phase found, by depth that it had not: a draw command of an instance that is now hidden draws nothing.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

void main() {
  uint thread = gl_GlobalInvocationID.x, threads = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
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
      if (command.instance_count == 0 || in_sight(command.first_instance)) continue;
      commands.at[PASS.first_command[bucket] + i].instance_count = 0;
      atomicAdd(late.state.counters.triangles, 0u - command.index_count / 3);  // not -(x / 3): glslc makes x / -3 of it
    }
  }
}
