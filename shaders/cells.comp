#version 460
// Which cells of 64 instances are to be looked into: a million instances are judged by 16 thousand boxes first.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

void main() {
  uint id = gl_GlobalInvocationID.x;
  if (id >= PASS.cell_count) return;
  Cell cell = Cells(PASS.cells).at[id];
  if (cell.instances == 0) return;
  Box box = box_of_cell(cell);
  if (kPhase == kPhaseOccluders) {
    // The largest box of a cell cannot look larger than the cell.
    if (cell.occluders == 0) return;
    float radius = length(vec3(box.x.x, box.y.y, box.z.z));
    float distance = length(box.center - PASS.views[0].eye);
    if (distance > radius && radius < PASS.occluder_size * (distance - radius)) return;
  }
  if (verdict(box, 1.0, 64) != kIn) return;
  DrawListInfo list = draw_list();
  DrawListBlock block = DrawListBlock(list.state);
  uint slot = atomicAdd(block.state.cells.count, 1);
  atomicAdd(block.state.cells.groups, 1);
  Ids(list.cells).at[slot] = id;
}
