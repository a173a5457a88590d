#version 460
// Judges once more what the late phase found, by the depth of what has been drawn since: the commands of what is now hidden draw nothing, and
// the next frame's history, which is written anew, knows only the rest.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

shared SeenInstance found[64];
shared uint hidden[64];  // clusters

void drop_commands(uint entry, uint drawn) {
  DrawListBlock late = DrawListBlock(PASS.late.state);
  Commands commands = Commands(PASS.late.commands);
  Kept kept = KeptList(PASS.late.kept).at[entry];
  uint from = kept.clusters, end = from + (kept.key >> 11 & 31), undrawn = PASS.first_command[kept.key & 7] + drawn;
  uint dropped = 0, indices = 0, others = 0;
  for (uint slot = from; slot < end; ++slot) {
    DrawCommand command = commands.at[slot];
    if (command.instance_count == 0) continue;
    if (slot < undrawn) {
      others = 1;
      continue;
    }
    commands.at[slot].instance_count = 0;
    ++dropped;
    indices += command.index_count;
  }
  if (dropped == 0) return;
  atomicAdd(late.state.counters.commands, 0u - dropped);
  atomicAdd(late.state.counters.triangles, 0u - indices / 3);  // not -(x / 3): glslc makes x / -3 of it
  if (others == 0 && DrawnList(PASS.drawn).at[kept.id].frame != PASS.frame) atomicAdd(late.state.counters.drawn, ~0u);
}

void main() {
  uint entry = gl_GlobalInvocationID.x, thread = gl_LocalInvocationID.x;
  uint drawn = push.argument;  // commands of each bucket that have been drawn
  DrawListBlock late = DrawListBlock(PASS.late.state);
  Seen settled = Seen(PASS.seen);
  if (entry < kBuckets) late.state.rest[entry] = max(late.state.counters.count[entry], drawn) - drawn;
  uint slot = 0;
  bool stays = false;
  found[thread].clusters = hidden[thread] = 0;
  if (entry < late.state.kept.count) {
    SeenInstance had = Seen(PASS.seen_next).at[entry];
    stays = in_sight(had.id);
    if (stays) {
      slot = atomicAdd(settled.work.count, 1);
      if ((slot & 63) == 0) atomicAdd(settled.work.groups, 1);
      found[thread] = had;
    } else {
      drop_commands(entry, drawn);
    }
  }
  barrier();
  uint c = thread % kMaxClusters, bit = 1u << c;
  for (uint n = thread / kMaxClusters; n < 64; n += 64 / kMaxClusters) {
    SeenInstance had = found[n];
    if ((had.clusters & bit) == 0) continue;
    Instance instance = Instances(PASS.instances).at[had.id];
    Lod lod = Meshes(PASS.meshes).at[instance.mesh].lods[had.level];
    if (c < lod.cluster_count && verdict(instance, Clusters(PASS.clusters).at[lod.first_cluster + c]) == kBehind) atomicOr(hidden[n], bit);
  }
  barrier();
  if (!stays) return;
  found[thread].clusters &= ~hidden[thread];
  settled.at[slot] = found[thread];
}
