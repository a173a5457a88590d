#version 460
// Which cells of 64 instances are to be looked into, a group for each block of 64 cells: a million instances are judged by some hundred boxes
// first, then by some thousand.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

shared bool block_seen;

bool seen(Cell cell) {
  if (cell.instances == 0) return false;
  Box box = box_of_cell(cell);
  if (kPhase == kPhaseOccluders) {
    // The largest box of a cell cannot look larger than the cell.
    if (cell.occluders == 0) return false;
    float radius = length(vec3(box.x.x, box.y.y, box.z.z));
    float distance = length(box.center - PASS.views[0].eye);
    if (distance > radius && radius < PASS.occluder_size * (distance - radius)) return false;
  }
  return verdict(box, 1.0, 64) == kIn;
}

void main() {
  if (gl_LocalInvocationID.x == 0) block_seen = seen(Cells(PASS.blocks).at[gl_WorkGroupID.x]);
  barrier();
  uint id = gl_GlobalInvocationID.x;
  if (!block_seen || id >= PASS.cell_count || !seen(Cells(PASS.cells).at[id])) return;
  DrawListInfo list = draw_list();
  DrawListBlock block = DrawListBlock(list.state);
  uint slot = atomicAdd(block.state.cells.count, 1);
  atomicAdd(block.state.cells.groups, 1);
  Ids(list.cells).at[slot] = id;
}
