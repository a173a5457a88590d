#version 460
// Judges the clusters of triangles of each kept instance, a thread a cluster: is any of it in view, from the front and, where depth is tested,
// not behind what is drawn. In phase kPhaseRecall those that the history knows.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

uint verdict(Instance instance, Cluster cluster) {
  Inverse back = inverse_of(instance);
  Box box = placed_box(instance, cluster.center, cluster.half_extent);
  uint found = kOutside;
  for (uint i = 0; i < PASS.view_count; ++i) {
    View view = PASS.views[i];
    if (from_behind(cluster, eye_in_mesh(instance, back, view), back, slack_of(view, PASS.width, PASS.height))) continue;
    uint seen = verdict_in(i, box, 1.0, kFineReads);
    if (seen == kIn) return kIn;
    found = max(found, seen);
  }
  return found;
}

void main() {
  DrawListInfo list = draw_list();
  KeptList kept_list = KeptList(list.kept);
  Seen seen = Seen(kPhase == kPhaseRecall ? PASS.seen : PASS.seen_next);
  uint count = kPhase == kPhaseRecall ? seen.work.count : DrawListBlock(list.state).state.kept.count;
  uint c = gl_LocalInvocationID.x & 31, bit = 1u << c;
  for (uint n = gl_WorkGroupID.x * 2 + gl_LocalInvocationID.x / 32; n < count; n += gl_NumWorkGroups.x * 2) {
    uint id, level;
    if (kPhase == kPhaseRecall) {
      SeenInstance had = seen.at[n];
      if ((had.clusters & bit) == 0) continue;
      id = had.id;
      level = had.level;
    } else {
      Kept kept = kept_list.at[n];
      if ((kept.key & kKeptInPart) == 0 || (kept.clusters & bit) == 0) continue;
      id = kept.id;
      level = kept.key >> 9 & 3;
    }
    Instance instance = Instances(PASS.instances).at[id];
    Lod lod = Meshes(PASS.meshes).at[instance.mesh].lods[level];
    if (c >= lod.cluster_count) continue;  // of the history, where it is drawn whole
    uint found = verdict(instance, Clusters(PASS.clusters).at[lod.first_cluster + c]);
    if (found == kIn) continue;
    if (kPhase != kPhaseRecall) atomicAnd(kept_list.at[n].clusters, ~bit);
    if (found == kBehind && (kPhase == kPhaseHidden || kPhase == kPhaseRecall)) atomicAnd(seen.at[n].clusters, ~bit);
  }
}
