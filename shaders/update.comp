#version 460
// Puts changed instances into their slots and grows the boxes of their cells; refit.comp tightens those later.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

void main() {
  uint thread = gl_GlobalInvocationID.x;
  MovedInstances moved = MovedInstances(PASS.moved);
  Instances instances = Instances(PASS.instances);
  Meshes meshes = Meshes(PASS.meshes);
  Cells cells = Cells(PASS.cells);
  if (thread >= PASS.moved_count) return;
  uint slot = moved.at[thread].slot;
  Instance instance = moved.at[thread].instance;
  instances.at[slot] = instance;
  if ((instance.flags & kInstanceVisible) == 0) return;
  MeshInfo mesh = meshes.at[instance.mesh];
  if (mesh.radius <= 0) return;
  Box box = box_of(instance, mesh);
  vec3 half_size = abs(box.x) + abs(box.y) + abs(box.z);
  vec3 lower = box.center - half_size, upper = box.center + half_size;
  uint cell = slot / kCellSize;
  // Most of what moves stays inside its cell's box, which only grows here: a look is cheaper than eight atomics.
  ivec3 from = ivec3(ordered_bits(lower.x), ordered_bits(lower.y), ordered_bits(lower.z));
  ivec3 to = ivec3(ordered_bits(upper.x), ordered_bits(upper.y), ordered_bits(upper.z));
  Cell had = cells.at[cell];
  if (any(lessThan(from, had.lower)) || any(greaterThan(to, had.upper))) {
    atomicMin(cells.at[cell].lower.x, from.x);
    atomicMin(cells.at[cell].lower.y, from.y);
    atomicMin(cells.at[cell].lower.z, from.z);
    atomicMax(cells.at[cell].upper.x, to.x);
    atomicMax(cells.at[cell].upper.y, to.y);
    atomicMax(cells.at[cell].upper.z, to.z);
  }
  // Until the next refit only zero or not matters.
  if (had.instances == 0) atomicMax(cells.at[cell].instances, 1);
  if (had.occluders == 0 && (instance.flags & kInstanceOccluder) != 0) atomicMax(cells.at[cell].occluders, 1);
}
