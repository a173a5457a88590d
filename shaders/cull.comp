#version 460
// Judges instances: is any of it in view and, where depth is tested, not behind what is drawn. Puts those to be drawn into their phase's list,
// of which emit.comp judges the parts and makes draw commands. Blended ones get their command here: their order is
// given by the CPU (slot = rank, instance_count 0 or 1).
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

bool blended_phase() { return kPhase == kPhaseBlended || kPhase == kPhaseBlendedHidden; }

void write_command(DrawListInfo list, uint slot, uint id, MeshInfo mesh, uint level, uint count) {
  DrawCommand c;
  c.index_count = mesh.lods[level].index_count;
  c.instance_count = count;
  c.first_index = mesh.lods[level].first_index;
  c.vertex_offset = int(mesh.vertex_offset);
  c.first_instance = id;  // the vertex shader reads its instance by gl_BaseInstance
  Commands(list.commands).at[slot] = c;
}

void main() {
  DrawListInfo list = draw_list();
  DrawListBlock block = DrawListBlock(list.state);
  uint thread = gl_GlobalInvocationID.x;
  uint id;
  SeenInstance had;
  if (kPhase == kPhaseHistory) {
    if (thread >= Seen(PASS.seen).work.count) return;
    had = Seen(PASS.seen).at[thread];
    id = had.id;
    if (id >= PASS.instance_count) return;  // of another scene
  } else if (blended_phase()) {
    if (thread >= PASS.blend_count) return;
    id = Ids(PASS.blended).at[thread];
  } else {
    id = Ids(list.cells).at[gl_WorkGroupID.x] * kCellSize + gl_LocalInvocationID.x;
    if (id >= PASS.instance_count) return;
  }

  Instance instance = Instances(PASS.instances).at[id];
  uint bucket = instance.flags & kInstanceBucket;
  bool shadow = (PASS.flags & kPassShadow) != 0;
  bool blended = blended_phase();
  if (!blended) {
    if ((instance.flags & kInstanceVisible) == 0 || bucket == kBucketBlend) return;
    if (kPhase == kPhaseOccluders && (instance.flags & kInstanceOccluder) == 0) return;
    if (shadow && (instance.flags & kInstanceCastsShadow) == 0) return;
    if (shadow && ((instance.flags & kInstanceMoving) != 0) != ((PASS.flags & kPassMoving) != 0)) return;
  }
  MeshInfo mesh = Meshes(PASS.meshes).at[instance.mesh];
  if (mesh.radius <= 0) return;
  Box box = box_of(instance, mesh);
  float scale = box_scale(box, mesh);
  float distance = length(box.center - PASS.views[0].eye);
  if (kPhase == kPhaseOccluders && mesh.radius * scale < PASS.occluder_size * distance) return;
  atomicAdd(block.state.counters.tested, 1);
  // Blended surfaces are drawn a hair nearer than they are (scene.vert).
  if (kPhase == kPhaseOccluders && DrawnList(PASS.drawn).at[id].frame == PASS.frame) return;  // the history has it already
  uint seen = verdict(box, blended ? 1.002 : 1.0, kFineReads);
  if ((PASS.flags & kPassRoomOnly) != 0 && (instance.flags & kInstanceInRoom) == 0) seen = kOutside;
  uint level = level_of_detail(mesh, scale, length(box.center - PASS.lod_eye) - PASS.lod_reach, PASS.lod_scale);
  if (blended) {
    if (thread == 0) block.state.counters.count[kBucketBlend] = PASS.blend_count;
    write_command(list, PASS.first_command[kBucketBlend] + thread, id, mesh, level, seen == kIn ? 1 : 0);
  }
  if (seen != kIn) {
    if (seen == kOutside) atomicAdd(block.state.counters.frustum_out, 1);
    else atomicAdd(block.state.counters.occluded, 1);
    return;
  }

  uint highlight = (instance.flags >> kInstanceHighlightShift) & kInstanceHighlightMask;
  if (!shadow && !early_phase() && highlight != 0 && highlight != kHighlightGhost) {
    uint slot = atomicAdd(block.state.counters.count[kBucketOutline], 1);
    write_command(list, PASS.first_command[kBucketOutline] + slot, id, mesh, level, 1);
  }
  if (blended) {
    atomicAdd(block.state.counters.triangles, mesh.lods[level].index_count / 3);
    return;
  }
  // Another level of detail than the history's has other clusters: any of them may be seen.
  Lod lod = Meshes(PASS.meshes).at[instance.mesh].lods[level];
  bool in_part = bucket == kBucketOpaque && lod.cluster_count > 0 && (PASS.flags & kPassWhole) == 0;
  uint clusters = lod.cluster_count < 32 ? (1u << lod.cluster_count) - 1 : 0xffffffffu;
  if (kPhase == kPhaseHistory && in_part && had.level == level) clusters &= had.clusters;
  if (early_phase()) DrawnList(PASS.drawn).at[id] = Drawn(PASS.frame, in_part ? clusters : 0xffffffffu);
  bool again = false;
  if (kPhase == kPhaseHidden) {
    Drawn before = DrawnList(PASS.drawn).at[id];
    again = before.frame == PASS.frame;
    // Those that were judged have been drawn if they are to be. Whether they are hidden by now need not be known in each frame.
    if (again && (id + PASS.frame) % kReviewFrames != 0) clusters &= ~before.clusters;
  }
  in_part = in_part && clusters != 0;
  uint room = again ? 0 : 1;
  if (in_part) {
    room = min((lod.cluster_count + 1) / 2, again ? kMostAddedRuns : kMostRuns);
    if (room > 1 && atomicAdd(block.state.counters.spare_commands, room - 1) + room - 1 > kSpareCommands) room = 1;
  }
  uint bin = kPhase == kPhaseHidden ? hiding_bin(mesh.radius * scale / max(distance, 1e-3), lod.index_count / 3) : distance_bin(distance + mesh.radius * scale);
  if (room > 0) {
    atomicAdd(block.state.counters.count[bucket], room);
    atomicAdd(block.state.counters.bins[bucket * kDrawBins + bin], room);
  }
  uint slot = atomicAdd(block.state.kept.count, 1);
  if (slot % kKeptGroup == 0 && slot < kKeptGroup * kMostGroups) atomicAdd(block.state.kept.groups, 1);
  KeptList(list.kept).at[slot] = Kept(id, bucket | bin << 3 | level << 9 | room << 11 | (in_part ? kKeptInPart : 0), clusters);
  if (kPhase == kPhaseHidden) {  // the history's slots are those of the list
    Seen next = Seen(PASS.seen_next);
    atomicAdd(next.work.count, 1);
    if ((slot & 63) == 0) atomicAdd(next.work.groups, 1);
    next.at[slot] = SeenInstance(id, level, 0xffffffffu);
  }
}
