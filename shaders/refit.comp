#version 460
// The exact boxes of cells, one group each.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer CellWords { int at[]; };

// A word of the cell in a row, each instance's share in a column: a row is gathered by one thread, where atomics would queue.
shared int shares[8][kCellSize];

void main() {
  uint cell = PASS.refit_first + gl_WorkGroupID.x, thread = gl_LocalInvocationID.x, slot = cell * kCellSize + thread;
  Instances table = Instances(PASS.instances);
  Meshes meshes = Meshes(PASS.meshes);
  CellWords cells = CellWords(PASS.cells);
  ivec3 lower = ivec3(0x7fffffff), upper = ivec3(-0x7fffffff);
  int occluders = 0, instances = 0;
  if (slot < PASS.instance_count) {
    Instance instance = table.at[slot];
    if ((instance.flags & kInstanceVisible) != 0) {
      MeshInfo mesh = meshes.at[instance.mesh];
      if (mesh.radius > 0) {
        Box box = box_of(instance, mesh);
        vec3 half_size = abs(box.x) + abs(box.y) + abs(box.z), from = box.center - half_size, to = box.center + half_size;
        lower = ivec3(ordered_bits(from.x), ordered_bits(from.y), ordered_bits(from.z));
        upper = ivec3(ordered_bits(to.x), ordered_bits(to.y), ordered_bits(to.z));
        instances = 1;
        occluders = (instance.flags & kInstanceOccluder) != 0 ? 1 : 0;
      }
    }
  }
  // In the order of the words of a Cell.
  for (uint i = 0; i < 3; ++i) shares[i][thread] = lower[i], shares[4 + i][thread] = upper[i];
  shares[3][thread] = occluders;
  shares[7][thread] = instances;
  barrier();
  if (thread >= 8) return;
  int word = shares[thread][0];
  for (uint i = 1; i < kCellSize; ++i) {
    int share = shares[thread][i];
    word = thread < 3 ? min(word, share) : (thread & 3) == 3 ? word + share : max(word, share);
  }
  cells.at[cell * 8 + thread] = word;
}
