// Reaching the tables: one push constant, the address of a Pass block, which holds the addresses of everything else.
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

#include "shared.h"

layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer PassBlock { Pass pass; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Vertices { PackedVertex at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Instances { Instance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Meshes { MeshInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Materials { MaterialInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Lamps { LampInfo at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Ids { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer Commands { DrawCommand at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer CounterBlock { Counters counters; };

layout(push_constant, scalar) uniform Push { PassBlock block; } push;
#define PASS push.block.pass
