#version 460
// The boxes of the seen instances as lines, one a drawn instance; the first two are the fields of view that are
// observed (view_count of them: views[2], views[3]).
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Meshes { MeshInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Depths { float at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Seen { Work work; uint at[]; };
#include "cull.h"

layout(location = 0) out vec3 out_color;
layout(location = 1) out vec3 out_world;

void main() {
  // Twelve edges: four along each axis.
  uint edge = gl_VertexIndex / 2, axis = edge / 4, k = edge & 3;
  vec3 corner;
  corner[axis] = (gl_VertexIndex & 1) != 0 ? 1.0 : -1.0;
  corner[(axis + 1) % 3] = (k & 1) != 0 ? 1.0 : -1.0;
  corner[(axis + 2) % 3] = (k & 2) != 0 ? 1.0 : -1.0;
  out_world = vec3(0.0);
  gl_Position = vec4(0.0, 0.0, -1.0, 1.0);  // nowhere
  if (gl_InstanceIndex < 2) {
    out_color = vec3(0.3, 0.7, 1.0);
    if (gl_InstanceIndex >= PASS.view_count) return;
    View observed = PASS.views[2 + gl_InstanceIndex];
    // From the near plane to 20 m.
    float near_m = observed.near_m, z = corner.z < 0.0 ? near_m : 20.0;
    vec4 p = inverse(observed.view_projection) * vec4(corner.xy * z, near_m, z);
    gl_Position = VIEW(view_projection) * vec4(p.xyz / p.w, 1.0);
    return;
  }
  out_color = vec3(0.25, 1.0, 0.4);
  if (gl_InstanceIndex - 2 >= Seen(PASS.seen).work.count) return;
  Instance i = instances.at[Seen(PASS.seen).at[gl_InstanceIndex - 2]];
  Box box = box_of(i, Meshes(PASS.meshes).at[i.mesh]);
  gl_Position = VIEW(view_projection) * vec4(box.center + box.x * corner.x + box.y * corner.y + box.z * corner.z, 1.0);
}
