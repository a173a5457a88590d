#version 460
// How a frame was drawn: the colour of a surface says which level of detail, or which list it is of (push.argument: DebugView | list << 8).
#extension GL_GOOGLE_include_directive : require
#include "pass.glsl"
#include "vertex.glsl"
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Meshes { MeshInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Depths { float at[]; };
#include "cull.h"

layout(push_constant, scalar) uniform Push { uvec2 block; uint argument; } push;
layout(location = 0) out vec3 out_color;
layout(location = 1) out vec3 out_world;

const uint kLevels = 1, kOverdraw = 3;

void main() {
  Instance i = instances.at[gl_BaseInstance];
  PackedVertex v = Vertices(PASS.vertices).at[gl_VertexIndex];
  out_world = place(i, v.position);
  gl_Position = VIEW(view_projection) * vec4(out_world, 1.0);
  uint view = push.argument & 255, list = push.argument >> 8;
  if (view == kOverdraw) {
    out_color = vec3(0.10, 0.06, 0.03);
  } else if (view == kLevels) {
    MeshInfo mesh = Meshes(PASS.meshes).at[i.mesh];
    Box box = box_of(i, mesh);
    const vec3 colors[4] = vec3[4](vec3(0.6), vec3(0.2, 0.8, 0.3), vec3(0.95, 0.8, 0.1), vec3(0.95, 0.2, 0.15));
    out_color = colors[level_of_detail(mesh, box_scale(box, mesh), length(box.center - PASS.lod_eye) - PASS.lod_reach, PASS.lod_scale)];
  } else {
    const vec3 colors[2] = vec3[2](vec3(0.6), vec3(0.95, 0.2, 0.15));
    out_color = colors[list];
  }
}
