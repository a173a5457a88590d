#version 460
// The exact boxes of cells, or of blocks by those of their cells, one group each.
#extension GL_GOOGLE_include_directive : require
#define SHIXUN_COMPUTE
#include "pass.glsl"
#include "cull.h"

layout(constant_id = 0) const bool kBlocks = false;
layout(local_size_x = kCellSize) in;
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer CellWords { int at[]; };

// A word of the box in a row, each instance's share in a column: a row is gathered by one thread, where atomics would queue.
shared int shares[8][kCellSize];

const Cell kNothing = Cell(ivec3(0x7fffffff), 0, ivec3(-0x7fffffff), 0);

Cell box_of_instance(uint slot) {
  if (slot >= PASS.instance_count) return kNothing;
  Instance instance = Instances(PASS.instances).at[slot];
  MeshInfo mesh = Meshes(PASS.meshes).at[instance.mesh];
  if ((instance.flags & kInstanceVisible) == 0 || mesh.radius <= 0) return kNothing;
  return cell_of(box_of(instance, mesh), instance);
}

void main() {
  uint at = (kBlocks ? PASS.refit_first / kBlockSize : PASS.refit_first) + gl_WorkGroupID.x, thread = gl_LocalInvocationID.x;
  uint share = at * gl_WorkGroupSize.x + thread;
  Cell cell = kNothing;
  if (!kBlocks) cell = box_of_instance(share);
  else if (share < PASS.cell_count) cell = Cells(PASS.cells).at[share];
  // In the order of the words of a Cell.
  for (uint i = 0; i < 3; ++i) shares[i][thread] = cell.lower[i], shares[4 + i][thread] = cell.upper[i];
  shares[3][thread] = int(cell.occluders);
  shares[7][thread] = int(cell.instances);
  barrier();
  if (thread >= 8) return;
  int word = shares[thread][0];
  for (uint i = 1; i < kCellSize; ++i) {
    int other = shares[thread][i];
    word = thread < 3 ? min(word, other) : (thread & 3) == 3 ? word + other : max(word, other);
  }
  CellWords(kBlocks ? PASS.blocks : PASS.cells).at[at * 8 + thread] = word;
}
