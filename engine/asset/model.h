#pragma once
// A model in CPU memory, as read from a file: nodes, meshes, materials, images, clips.
// Who calls it: render (uploads it), anim (poses it), interact (picks in it).
// Frame: glTF's. Metres, +Y up, the front of an asset faces +Z, right-handed.

#include <array>
#include <cstdint>
#include <glm/gtc/quaternion.hpp>
#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

struct Vertex {
  glm::vec3 position;
  glm::vec3 normal;   // unit
  glm::vec4 tangent;  // xyz unit, w = handedness (+1 or -1); zero when the mesh has no texture coordinates
  glm::vec2 uv;       // glTF's: v = 0 at the top of the image
  float occlusion;    // 0 dark .. 1 open, from vertex colour; 1 when absent
};

// Up to four joints of the skin that the mesh's node names.
struct SkinVertex {
  std::array<uint8_t, 4> joints{};   // indices into Skin::joints
  std::array<uint8_t, 4> weights{};  // 255 in all, heaviest first
};

// One level of detail: a range of Mesh::indices, and its clusters if it has any.
struct MeshLod {
  uint32_t first_index = 0, index_count = 0;
  float error = 0;  // metres in the mesh's frame: about how far the simplified surface lies off the full one
  uint32_t first_cluster = 0, cluster_count = 0;
};

inline constexpr size_t kMaxLods = 4, kMaxLodClusters = 32;

// Some neighbouring triangles of a level that face about the same way. The clusters of a level divide its indices among them, in order.
struct MeshCluster {
  uint32_t first_index = 0, index_count = 0;
  glm::vec3 lower{0}, upper{0};
  // From any eye with dot(normalize(apex - eye), axis) > cutoff all its triangles are seen from behind; a cutoff of 1: from none.
  glm::vec3 apex{0}, axis{0};
  float cutoff = 1;
  float grain = 0;  // metres: how high its triangles are, in the mean
};

struct Mesh {
  std::string name;
  std::vector<Vertex> vertices;
  std::vector<SkinVertex> skin;   // one a vertex; empty: rigid
  std::vector<uint32_t> indices;  // triangle lists, counter-clockwise front, one level of detail after the other
  // What load_model and load_cooked_model return has 1 to kMaxLods levels: [0] is the full mesh (first index 0, error 0), each next one has
  // fewer triangles and a greater error. A mesh made by hand may leave them out: it is one level.
  std::vector<MeshLod> lods;
  std::vector<MeshCluster> clusters;  // level by level; only cooked meshes have them
  uint32_t material = 0;          // index into Model::materials
  glm::vec3 lower{0}, upper{0};   // bounds in the mesh's frame
};

// The triangles of the full mesh.
inline std::span<const uint32_t> full_indices(const Mesh& mesh) {
  return std::span(mesh.indices).first(mesh.lods.empty() ? mesh.indices.size() : mesh.lods[0].index_count);
}

// What a skinned mesh hangs on. A vertex lies, in the model's frame, at the weighted sum of pose[joints[j]] * inverse_bind[j] * position
// (engine/anim/skin.h: joint_matrices); the matrix of the node that shows the mesh plays no part.
struct Skin {
  std::string name;
  std::vector<int> joints;               // indices into Model::nodes, at most 256
  std::vector<glm::mat4> inverse_bind;   // one a joint: mesh to joint at rest
};

struct Material {
  enum class Alpha { kOpaque, kMask, kBlend };
  std::string name;
  glm::vec4 base_color{1};
  glm::vec3 emissive{0};  // already times the emissive strength
  float metallic = 1, roughness = 1, normal_scale = 1, alpha_cutoff = 0.5f;
  float clearcoat = 0, clearcoat_roughness = 0;
  float transmission = 0;  // > 0: glass; drawn blended
  Alpha alpha = Alpha::kOpaque;
  bool double_sided = false;
  int tex_base = -1, tex_normal = -1, tex_orm = -1, tex_emissive = -1, tex_occlusion = -1;  // indices into Model::images, -1 none
};

struct Image {
  fs::path path;              // outside image; empty when embedded
  std::string embedded;       // the compressed bytes of an embedded image
  bool srgb = false;          // colour (base, emissive) is sRGB; data (normal, ORM) is linear
  bool open = false;          // an ORM image whose red says nothing about occlusion: it is decoded as 1
  bool missing = false;       // the file is not there: a checkerboard stands in
};

struct Node {
  std::string name;
  int parent = -1;  // a parent always stands before its children
  glm::vec3 translation{0};
  glm::quat rotation{1, 0, 0, 0};
  glm::vec3 scale{1};
  std::vector<uint32_t> meshes;
  int skin = -1;  // index into Model::skins, for those of its meshes that have skin vertices
  std::map<std::string, std::string> extras;  // flat, as text
};

// How a channel goes from key to key. kCubic: glTF's Hermite spline, three values a key: slope in, value, slope out (per second).
enum class Interpolation : uint8_t { kLinear, kStep, kCubic };

// Keys of one node in one clip; held outside of them.
struct Channel {
  int node = -1;
  Interpolation translation_way = Interpolation::kLinear, rotation_way = Interpolation::kLinear, scale_way = Interpolation::kLinear;
  std::vector<float> translation_times, rotation_times, scale_times;  // seconds, rising
  std::vector<glm::vec3> translations;
  std::vector<glm::quat> rotations;
  std::vector<glm::vec3> scales;
};

struct Clip {
  std::string name;
  float duration = 0;  // seconds
  std::vector<Channel> channels;
};

struct Model {
  std::string name;
  std::vector<Node> nodes;  // [0] is the root
  std::vector<Mesh> meshes;
  std::vector<Material> materials;
  std::vector<Image> images;
  std::vector<Skin> skins;
  std::vector<Clip> clips;
  std::vector<std::string> warnings;  // what of the file is not shown as its author meant it; told once when it is loaded

  int find_node(const std::string& node_name) const;  // -1 when absent
};

// Reads a .gltf, .glb, .obj or .fbx as it is, each mesh one level. What cannot be read right is refused (Code::kFailed; where: the file):
// truncated or missing buffers, numbers that are not finite, indices out of range, node cycles, extensions that change the geometry and are
// not known, more than engine/base/gltf_document.h allows. What can be shown with a loss is shown and named in Model::warnings and the log:
// a lesson goes on without one of its pictures, which a checkerboard replaces (shixunctl check tells the author).
Result<Model> load_model(const fs::path& path);

// Decodes to 8-bit RGBA, at most 8192 x 8192.
struct Pixels {
  uint32_t width = 0, height = 0;
  std::vector<uint8_t> rgba;
};
Result<Pixels> decode_image(const Image& image);

}  // namespace shixun
