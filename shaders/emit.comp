#version 460
// Draw commands of what was kept, near bins first within each bucket: one for each run of an instance's clusters, and empty ones where it has
// room for more.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

shared uint first[kBuckets * kDistanceBins];  // where each bin begins

// The second pyramid is made anew only where the first one may be wrong.
void touch_columns(DrawListBlock block, uint id) {
  Instance instance = Instances(PASS.instances).at[id];
  Box box = box_of(instance, Meshes(PASS.meshes).at[instance.mesh]);
  for (uint i = 0; i < PASS.view_count; ++i) {
    Footprint f = footprint(box, PASS.views[i], PASS.width, PASS.height, (PASS.flags & kPassMultisampled) != 0);
    if (f.whole && f.lower.x > f.upper.x) continue;
    atomicMax(block.state.from_right, f.whole ? PASS.width - uint(f.lower.x) : PASS.width);
    atomicMax(block.state.right, f.whole ? uint(f.upper.x) + 1 : PASS.width);
  }
}

void main() {
  DrawListInfo list = draw_list();
  DrawListBlock block = DrawListBlock(list.state);
  if (gl_LocalInvocationID.x < kBuckets) {
    uint bucket = gl_LocalInvocationID.x;
    uint at = PASS.first_command[bucket];
    for (uint i = 0; i < kDistanceBins; ++i) {
      first[bucket * kDistanceBins + i] = at;
      at += block.state.counters.bins[bucket * kDistanceBins + i];
    }
  }
  barrier();
  uint thread = gl_GlobalInvocationID.x;
  if (thread >= block.state.kept.count) return;
  Kept kept = KeptList(list.kept).at[thread];
  if (kPhase == kPhaseOccluders) touch_columns(block, kept.id);
  uint bin = (kept.key & 7) * kDistanceBins + (kept.key >> 3 & 63), room = kept.key >> 11 & 31;
  bool in_part = (kept.key & kKeptInPart) != 0, again = false;
  uint left = in_part ? kept.clusters : 1;
  if (kPhase == kPhaseHidden) {
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
