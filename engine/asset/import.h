#pragma once
// The importers behind load_model. What they return is whole and safe to index: finite numbers, unit normals, references in range, parents
// before children; images named whether or not they are there.

#include "engine/asset/model.h"

namespace shixun {

Result<Model> import_model(const fs::path& path);   // any of them, by its ending
Result<Model> import_gltf(const fs::path& path);    // .gltf, .glb: read by ourselves
Result<Model> import_assimp(const fs::path& path);  // .obj, .fbx

// Marks the images that are not there and makes their materials do without. Not part of what is cached: a picture may come back.
void find_images(Model& model);

// Shared by both. Fills in tangents where there are texture coordinates and the file has none; a vertex that belongs to mirrored and to
// plain texture is split.
void add_tangents(Mesh& mesh);

// The heaviest four of `count` influences, weights summing to 255.
SkinVertex skin_vertex(const uint32_t* joints, const float* weights, size_t count);

// Forgets keys that only repeat the rest pose: kept, they would undo another clip's motion of the same node.
void drop_idle_keys(Channel& channel, const Node& rest);

// Translation, rotation and scale of a matrix; what no such three can make (shear) is lost, and `whole` says whether something was.
struct Trs {
  glm::vec3 translation{0};
  glm::quat rotation{1, 0, 0, 0};
  glm::vec3 scale{1};
  bool whole = true;
};
Trs trs_of(const glm::mat4& matrix);

}  // namespace shixun
