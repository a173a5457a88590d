#version 460
// The exact boxes of cells, one group each.
#extension GL_GOOGLE_include_directive : require
#include "visible.glsl"

shared int lower[3], upper[3];
shared uint instances_here, occluders_here;

void main() {
  uint cell = PASS.refit_first + gl_WorkGroupID.x;
  uint slot = cell * kCellSize + gl_LocalInvocationID.x;
  if (gl_LocalInvocationID.x == 0) {
    for (int i = 0; i < 3; ++i) lower[i] = 0x7fffffff, upper[i] = -0x7fffffff;
    instances_here = occluders_here = 0;
  }
  barrier();
  if (slot < PASS.instance_count) {
    Instance instance = Instances(PASS.instances).at[slot];
    if ((instance.flags & kInstanceVisible) != 0) {
      MeshInfo mesh = Meshes(PASS.meshes).at[instance.mesh];
      if (mesh.radius > 0) {
        Box box = box_of(instance, mesh);
        vec3 half_size = abs(box.x) + abs(box.y) + abs(box.z);
        for (int i = 0; i < 3; ++i) {
          atomicMin(lower[i], ordered_bits(box.center[i] - half_size[i]));
          atomicMax(upper[i], ordered_bits(box.center[i] + half_size[i]));
        }
        atomicAdd(instances_here, 1);
        if ((instance.flags & kInstanceOccluder) != 0) atomicAdd(occluders_here, 1);
      }
    }
  }
  barrier();
  if (gl_LocalInvocationID.x > 0) return;
  Cell c;
  c.lower = ivec3(lower[0], lower[1], lower[2]);
  c.upper = ivec3(upper[0], upper[1], upper[2]);
  c.instances = instances_here;
  c.occluders = occluders_here;
  Cells(PASS.cells).at[cell] = c;
}
