#version 460
// Puts changed instances into their slots and grows the boxes of their cells; refit.comp tightens those later.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

void main() {
  uint thread = gl_GlobalInvocationID.x;
  if (thread >= PASS.moved_count) return;
  uint slot = MovedInstances(PASS.moved).at[thread].slot;
  Instance instance = MovedInstances(PASS.moved).at[thread].instance;
  Instances(PASS.instances).at[slot] = instance;
  if ((instance.flags & kInstanceVisible) == 0) return;
  MeshInfo mesh = Meshes(PASS.meshes).at[instance.mesh];
  if (mesh.radius <= 0) return;
  Box box = box_of(instance, mesh);
  vec3 half_size = abs(box.x) + abs(box.y) + abs(box.z);
  vec3 lower = box.center - half_size, upper = box.center + half_size;
  uint cell = slot / kCellSize;
  Cells cells = Cells(PASS.cells);
  atomicMin(cells.at[cell].lower.x, ordered_bits(lower.x));
  atomicMin(cells.at[cell].lower.y, ordered_bits(lower.y));
  atomicMin(cells.at[cell].lower.z, ordered_bits(lower.z));
  atomicMax(cells.at[cell].upper.x, ordered_bits(upper.x));
  atomicMax(cells.at[cell].upper.y, ordered_bits(upper.y));
  atomicMax(cells.at[cell].upper.z, ordered_bits(upper.z));
  atomicAdd(cells.at[cell].instances, 1);  // more than there are, until the next refit: only zero or not matters
  if ((instance.flags & kInstanceOccluder) != 0) atomicAdd(cells.at[cell].occluders, 1);
}
