#pragma once
// Makes meshes ready for the GPU, once, before they go into the cook cache: welded, in an order that reuses vertices and draws outer faces
// first, cut into chunks where they are large, each with its levels of detail. Frame and units: the mesh's own, metres.

#include "engine/asset/model.h"

namespace shixun {

// A mesh of more triangles than this is cut into chunks: entries of Model::meshes under the same nodes. Culling and levels of detail then
// work on a part of a large thing. Below it whole meshes win: see mesh_cook.cpp for what was measured.
inline constexpr size_t kWholeTriangles = 16'384;
inline constexpr size_t kChunkTriangles = 4'096;  // at most, in a chunk

// Replaces the model's meshes by cooked ones and rewrites Node::meshes; `cut` false leaves large ones whole. Triangles without extent are dropped, and meshes of nothing else.
void cook_meshes(Model& model, bool cut = true);

}  // namespace shixun
