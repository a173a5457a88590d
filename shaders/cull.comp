#version 460
// Judges instances, and of single-sided ones each cluster of triangles: is any of it in view, from the front and, in the late phase, not behind
// what is drawn. Puts those to be drawn into their phase's list, which emit.comp turns into draw commands. Blended ones get their command here:
// their order is given by the CPU (slot = rank, instance_count 0 or 1).
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

// One bit for each cluster of which a view may see something; `indices`: how many those have.
uint kept_clusters(Instance instance, Box box, Lod lod, out uint indices) {
  Inverse back = inverse_of(instance);
  Clusters clusters = Clusters(PASS.clusters);
  uint kept = 0;
  indices = 0;
  for (uint i = 0; i < PASS.view_count; ++i) {
    View view = PASS.views[i];
    bool inside = (PASS.flags & kPassNoFrustum) != 0 || box_inside_view(box, view);
    vec4 eye = eye_in_mesh(instance, back, view);
    vec2 slack = slack_of(view, PASS.width, PASS.height);
    for (uint c = 0; c < lod.cluster_count; ++c) {
      if ((kept & 1u << c) != 0) continue;
      Cluster cluster = clusters.at[lod.first_cluster + c];
      if (from_behind(cluster, eye, back, slack)) continue;
      Box part = placed_box(instance, cluster.center, cluster.half_extent);
      if (!inside && !box_in_view(part, view)) continue;
      if (kPhase == kPhaseHidden) {
        Footprint f = footprint(part, view, PASS.width, PASS.height, (PASS.flags & kPassMultisampled) != 0);
        if (behind(f, Depths(PASS.depth), i * PASS.layer_stride, PASS.width, PASS.height, 1.0, kFineReads)) continue;
      }
      kept |= 1u << c;
      indices += cluster.index_count;
    }
  }
  return kept;
}

void main() {
  DrawListInfo list = draw_list();
  DrawListBlock block = DrawListBlock(list.state);
  uint thread = gl_GlobalInvocationID.x;
  uint id;
  if (kPhase == kPhaseHistory) {
    if (thread >= Seen(PASS.seen).work.count) return;
    id = Seen(PASS.seen).at[thread];
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
  if (kPhase == kPhaseOccluders && Ids(PASS.drawn).at[id] == PASS.frame) return;  // the history has it already
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
  if (early_phase()) Ids(PASS.drawn).at[id] = PASS.frame;
  if (kPhase == kPhaseHidden) {
    note_seen(PASS.seen_next, id);
    if (Ids(PASS.drawn).at[id] == PASS.frame) return;
  }
  Lod lod = Meshes(PASS.meshes).at[instance.mesh].lods[level];
  uint clusters = 0, indices = lod.index_count, commands = 1;
  if (bucket == kBucketOpaque && lod.cluster_count > 0 && (PASS.flags & kPassWhole) == 0) {
    clusters = kept_clusters(instance, box, lod, indices);
    if (clusters == 0) return;
    commands = runs_of(clusters);
    if (commands > 1 && atomicAdd(block.state.counters.spare_commands, commands - 1) + commands - 1 > kSpareCommands) {
      clusters = 0;
      indices = lod.index_count;
      commands = 1;
    }
  }
  atomicAdd(block.state.counters.triangles, indices / 3);
  atomicAdd(block.state.counters.drawn, 1);
  atomicAdd(block.state.counters.count[bucket], commands);
  uint bin = distance_bin(distance + mesh.radius * scale);
  atomicAdd(block.state.counters.bins[bucket * kDistanceBins + bin], commands);
  uint slot = atomicAdd(block.state.kept.count, 1);
  if ((slot & 63) == 0) atomicAdd(block.state.kept.groups, 1);
  KeptList(list.kept).at[slot] = Kept(id, bucket | bin << 3 | level << 9, clusters);
}
