// Reaching the tables. Every shader sees the Pass block as a uniform buffer, which holds the addresses of everything else; drawing shaders see two
// of the tables as storage buffers. When drawing, software drivers read those several times faster than through an address where all lanes want
// the same word, and GPUs like it too.
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

#include "shared.h"

layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Vertices { PackedVertex at[]; };

layout(set = 1, binding = 0, scalar) uniform PassBlock { Pass pass; } pass_block;
#define PASS pass_block.pass

#ifdef SHIXUN_COMPUTE
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Instances { Instance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Meshes { MeshInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 16) readonly buffer Clusters { Cluster at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Cells { Cell at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer MovedInstances { Moved at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Ids { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Seen { Work work; SeenInstance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer DrawnList { Drawn at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer KeptList { Kept at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Commands { DrawCommand at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer DrawListBlock { DrawListState state; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Depths { float at[]; };
layout(push_constant, scalar) uniform Push { Address block; uint argument; } push;
#else
layout(set = 1, binding = 1, scalar) readonly buffer Instances { Instance at[]; } instances;
layout(set = 1, binding = 2, scalar) readonly buffer Materials { MaterialInfo at[]; } materials;
// With several views drawn at once each has a layer of the images; with one, gl_ViewIndex is 0. One view and two are told apart without
// an index: software drivers fetch what is indexed by gl_ViewIndex lane by lane.
#extension GL_EXT_multiview : require
layout(constant_id = 15) const uint kViews = 1;  // one more than the highest that is drawn
#define LAYER (kViews == 1 ? 0 : gl_ViewIndex)
#define VIEW(field) \
  (kViews == 1 ? PASS.views[0].field : kViews == 2 ? (gl_ViewIndex == 0 ? PASS.views[0].field : PASS.views[1].field) : PASS.views[gl_ViewIndex].field)
#endif
