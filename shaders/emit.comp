#version 460
// Judges the clusters of triangles of what was kept, a thread a cluster, and writes the draw commands, those of the lowest bin first within each
// bucket: one for each run of an instance's clusters, and empty ones where it has room for more.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

shared uint first[kBuckets * kDrawBins];  // where each bin begins
shared uint shown[kKeptGroup], hidden[kKeptGroup];  // clusters to be drawn; of the others those that the depth hides

void judge(uint n, uint entry, uint c) {
  Kept kept = KeptList(draw_list().kept).at[entry];
  uint bit = 1u << c;
  if ((kept.key & kKeptInPart) == 0 || (kept.clusters & bit) == 0) return;
  Instance instance = Instances(PASS.instances).at[kept.id];
  Lod lod = Meshes(PASS.meshes).at[instance.mesh].lods[kept.key >> 9 & 3];
  uint found = verdict(instance, Clusters(PASS.clusters).at[lod.first_cluster + c]);
  if (found == kIn) atomicOr(shown[n], bit);
  else if (found == kBehind) atomicOr(hidden[n], bit);
}

void write_commands(uint n, uint entry) {
  DrawListInfo list = draw_list();
  DrawListBlock block = DrawListBlock(list.state);
  Kept kept = KeptList(list.kept).at[entry];
  uint bin = (kept.key & 7) * kDrawBins + (kept.key >> 3 & 63), room = kept.key >> 11 & 31;
  bool in_part = (kept.key & kKeptInPart) != 0, again = false;
  uint left = in_part ? shown[n] : 1;
  if (kPhase == kPhaseHidden) {
    Seen(PASS.seen_next).at[entry].clusters = ~hidden[n];
    Drawn before = DrawnList(PASS.drawn).at[kept.id];
    again = before.frame == PASS.frame;
    if (again) left &= ~before.clusters;
  }
  if (room == 0) return;
  MeshInfo mesh = Meshes(PASS.meshes).at[Instances(PASS.instances).at[kept.id].mesh];
  Lod lod = mesh.lods[kept.key >> 9 & 3];
  DrawCommand c;
  c.instance_count = 1;
  c.vertex_offset = int(mesh.vertex_offset);
  c.first_instance = kept.id;  // the vertex shader reads its instance by gl_BaseInstance
  uint slot = first[bin] + atomicAdd(block.state.counters.cursors[bin], room), end = slot + room;
  KeptList(list.kept).at[entry].clusters = slot;
  Clusters clusters = Clusters(PASS.clusters);
  uint written = 0, indices = 0;
  for (; slot < end; ++slot) {
    if (left == 0) {
      c.index_count = c.instance_count = c.first_index = 0;
    } else if (!in_part) {
      c.index_count = lod.index_count;
      c.first_index = lod.first_index;
      left = 0;
    } else {
      uint from = findLSB(left), after = findLSB(~(left | ((1u << from) - 1u)));  // 32 bits set: -1, which is all of them
      uint last = slot + 1 == end ? findMSB(left) : min(after, 32u) - 1u;
      c.first_index = clusters.at[lod.first_cluster + from].first_index;
      c.index_count = clusters.at[lod.first_cluster + last].first_index + clusters.at[lod.first_cluster + last].index_count - c.first_index;
      left &= ~((2u << last) - 1u);
    }
    written += c.instance_count;
    indices += c.index_count;
    Commands(list.commands).at[slot] = c;
  }
  if (written == 0) return;
  atomicAdd(block.state.counters.commands, written);
  atomicAdd(block.state.counters.triangles, indices / 3);
  if (!again) atomicAdd(block.state.counters.drawn, 1);
}

void main() {
  DrawListBlock block = DrawListBlock(draw_list().state);
  uint thread = gl_LocalInvocationID.x, count = block.state.kept.count;
  if (thread < kBuckets) {
    uint at = PASS.first_command[thread];
    for (uint i = thread * kDrawBins; i < (thread + 1) * kDrawBins; ++i) {
      first[i] = at;
      at += block.state.counters.bins[i];
    }
  }
  for (uint from = gl_WorkGroupID.x * kKeptGroup; from < count; from += gl_NumWorkGroups.x * kKeptGroup) {
    uint entries = min(count - from, kKeptGroup);
    if (thread < kKeptGroup) shown[thread] = hidden[thread] = 0;
    barrier();
    for (uint n = thread / kMaxClusters; n < entries; n += 64 / kMaxClusters) judge(n, from + n, thread % kMaxClusters);
    barrier();
    if (thread < entries) write_commands(thread, from + thread);
    barrier();
  }
}
