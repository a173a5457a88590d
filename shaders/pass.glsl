// Reaching the tables. Compute shaders get one push constant, the address of a Pass block, which holds the addresses of everything else.
// Drawing shaders see the same block as a uniform buffer and two tables as storage buffers: software drivers read those several times faster
// than through an address when all lanes want the same word, and GPUs like it too.
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

#include "shared.h"

layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Vertices { PackedVertex at[]; };

#ifdef SHIXUN_COMPUTE
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer PassBlock { Pass pass; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Instances { Instance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Meshes { MeshInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 16) readonly buffer Clusters { Cluster at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Cells { Cell at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer MovedInstances { Moved at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Ids { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Seen { Work work; uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer KeptList { Kept at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Commands { DrawCommand at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer DrawListBlock { DrawListState state; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Depths { float at[]; };
layout(push_constant, scalar) uniform Push { PassBlock block; uint argument; } push;
#define PASS push.block.pass
#else
layout(set = 1, binding = 0, scalar) uniform PassBlock { Pass pass; } draw_pass;
layout(set = 1, binding = 1, scalar) readonly buffer Instances { Instance at[]; } instances;
layout(set = 1, binding = 2, scalar) readonly buffer Materials { MaterialInfo at[]; } materials;
#define PASS draw_pass.pass
// With several views drawn at once each has a layer of the images; with one, gl_ViewIndex is 0. One view and two are told apart without
// an index: software drivers fetch what is indexed by gl_ViewIndex lane by lane.
#extension GL_EXT_multiview : require
layout(constant_id = 15) const uint kViews = 1;  // one more than the highest that is drawn
#define LAYER (kViews == 1 ? 0 : gl_ViewIndex)
#define VIEW(field) \
  (kViews == 1 ? PASS.views[0].field : kViews == 2 ? (gl_ViewIndex == 0 ? PASS.views[0].field : PASS.views[1].field) : PASS.views[gl_ViewIndex].field)
#endif
