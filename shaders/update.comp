#version 460
// Puts changed instances into their slots and grows the boxes of their cells; refit.comp tightens those later.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

// Most of what moves stays inside its cell's box, which only grows here: a look is cheaper than eight atomics.
bool grow(Cells cells, uint at, Cell by) {
  Cell had = cells.at[at];
  bool larger = any(lessThan(by.lower, had.lower)) || any(greaterThan(by.upper, had.upper));
  if (larger) {
    atomicMin(cells.at[at].lower.x, by.lower.x);
    atomicMin(cells.at[at].lower.y, by.lower.y);
    atomicMin(cells.at[at].lower.z, by.lower.z);
    atomicMax(cells.at[at].upper.x, by.upper.x);
    atomicMax(cells.at[at].upper.y, by.upper.y);
    atomicMax(cells.at[at].upper.z, by.upper.z);
  }
  // Until the next refit only zero or not matters.
  bool first = had.instances == 0, occludes = had.occluders == 0 && by.occluders != 0;
  if (first) atomicMax(cells.at[at].instances, 1);
  if (occludes) atomicMax(cells.at[at].occluders, 1);
  return larger || first || occludes;
}

void main() {
  uint thread = gl_GlobalInvocationID.x;
  MovedInstances moved = MovedInstances(PASS.moved);
  Instances instances = Instances(PASS.instances);
  Meshes meshes = Meshes(PASS.meshes);
  if (thread >= PASS.moved_count) return;
  uint slot = moved.at[thread].slot;
  Instance instance = moved.at[thread].instance;
  instances.at[slot] = instance;
  if ((instance.flags & kInstanceVisible) == 0) return;
  MeshInfo mesh = meshes.at[instance.mesh];
  if (mesh.radius <= 0) return;
  Cell grown = cell_of(box_of(instance, mesh), instance);
  // A block is never smaller than its cells.
  if (grow(Cells(PASS.cells), slot / kCellSize, grown)) grow(Cells(PASS.blocks), slot / kCellSize / kBlockSize, grown);
}
