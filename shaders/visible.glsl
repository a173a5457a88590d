// What the culling kernels share: the verdict on a box, and the list that their phase writes to.
#define SHIXUN_COMPUTE
#include "pass.glsl"
#include "cull.h"

layout(constant_id = 0) const uint kPhase = 0;
layout(local_size_x = 64) in;

const uint kFineReads = 1024;  // texels that the test of one instance may read at its finest level

bool early_phase() { return kPhase == kPhaseHistory || kPhase == kPhaseOccluders; }
bool tests_depth() { return kPhase == kPhaseHidden || kPhase == kPhaseBlendedHidden || kPhase == kPhaseRecall; }

DrawListInfo draw_list() {
  if (early_phase()) return PASS.early;
  return PASS.late;
}

const uint kIn = 0, kOutside = 1, kBehind = 2;

uint verdict_in(uint i, Box box, float pull, uint reads) {
  View view = PASS.views[i];
  if ((PASS.flags & kPassNoFrustum) == 0 && !box_in_view(box, view)) return kOutside;
  if (!tests_depth()) return kIn;
  bool hidden = box_behind(box, view, Depths(PASS.depth), i * PASS.layer_stride, PASS.width, PASS.height, (PASS.flags & kPassMultisampled) != 0, pull, reads);
  return hidden ? kBehind : kIn;
}

// In any of the views, and there not behind what is drawn.
uint verdict(Box box, float pull, uint reads) {
  uint found = kOutside;
  for (uint i = 0; i < PASS.view_count && found != kIn; ++i) {
    uint seen = verdict_in(i, box, pull, reads);
    if (seen != kOutside) found = seen;
  }
  return found;
}

// The same of one instance.
bool in_sight(uint id) {
  Instance instance = Instances(PASS.instances).at[id];
  return verdict(box_of(instance, Meshes(PASS.meshes).at[instance.mesh]), 1.0, kFineReads) == kIn;
}

// The same of a cluster: is any of it in view, from the front and, where depth is tested, not behind what is drawn.
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
