#include "engine/asset/model.h"

#include <assimp/GltfMaterial.h>
#include <assimp/config.h>
#include <assimp/material.h>
#include <assimp/postprocess.h>
#include <assimp/scene.h>
#include <fmt/format.h>

#include <algorithm>
#include <assimp/Importer.hpp>
#include <cmath>
#include <glm/gtc/matrix_transform.hpp>
#include <map>

#include "engine/base/gltf.h"
#include "engine/base/log.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_MAX_DIMENSIONS 8192
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#pragma GCC diagnostic pop

namespace shixun {
namespace {

constexpr uint64_t kMaxImageFile = 64u << 20;

Error fail(const fs::path& path, const std::string& what, const std::string& hint = "Export the model again") {
  return {Code::kFailed, path.string(), what, hint};
}

glm::vec3 vec3_of(const aiVector3D& v) { return {v.x, v.y, v.z}; }
glm::quat quat_of(const aiQuaternion& q) { return glm::quat(q.w, q.x, q.y, q.z); }
std::string string_of(const aiString& s) { return std::string(s.data, s.length); }

bool finite(const glm::vec3& v) { return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z); }
bool finite(const glm::quat& q) { return std::isfinite(q.x) && std::isfinite(q.y) && std::isfinite(q.z) && std::isfinite(q.w); }

// One metadata value as text; an array arrives as nested metadata whose keys are all alike, and becomes "a b c".
std::string text_of(const aiMetadataEntry& entry) {
  switch (entry.mType) {
    case AI_BOOL: return *static_cast<const bool*>(entry.mData) ? "1" : "0";
    case AI_INT32: return std::to_string(*static_cast<const int32_t*>(entry.mData));
    case AI_UINT64: return std::to_string(*static_cast<const uint64_t*>(entry.mData));
    case AI_FLOAT: return fmt::format("{}", *static_cast<const float*>(entry.mData));
    case AI_DOUBLE: return fmt::format("{}", *static_cast<const double*>(entry.mData));
    case AI_AISTRING: return string_of(*static_cast<const aiString*>(entry.mData));
    case AI_AIMETADATA: {
      const auto& list = *static_cast<const aiMetadata*>(entry.mData);
      std::string joined;
      for (unsigned i = 0; i < list.mNumProperties; ++i) joined += (i ? " " : "") + text_of(list.mValues[i]);
      return joined;
    }
    default: return {};
  }
}

class Reader {
 public:
  Reader(const aiScene& scene, const fs::path& path, const GltfFacts* facts) : scene_(scene), path_(path), facts_(facts) {}

  Result<Model> read() {
    model_.name = path_.stem().string();
    for (const Status& s : {read_nodes(), read_meshes(), read_materials(), read_clips()})
      if (!s) return s.error();
    return std::move(model_);
  }

 private:
  Status read_nodes() {
    // Depth first with an own stack: a parent is always numbered before its children.
    std::vector<std::pair<const aiNode*, int>> open{{scene_.mRootNode, -1}};
    while (!open.empty()) {
      const auto [from, parent] = open.back();
      open.pop_back();
      Node node;
      node.name = string_of(from->mName);
      node.parent = parent;
      aiVector3D scale, position;
      aiQuaternion rotation;
      from->mTransformation.Decompose(scale, rotation, position);
      node.translation = vec3_of(position);
      node.rotation = quat_of(rotation);
      node.scale = vec3_of(scale);
      if (!finite(node.translation) || !finite(node.rotation) || !finite(node.scale))
        return fail(path_, fmt::format("node {} has a transform that is not finite", node.name));
      node.rotation = glm::normalize(node.rotation);
      for (unsigned i = 0; i < from->mNumMeshes; ++i) node.meshes.push_back(from->mMeshes[i]);
      if (from->mMetaData)
        for (unsigned i = 0; i < from->mMetaData->mNumProperties; ++i)
          node.extras[string_of(from->mMetaData->mKeys[i])] = text_of(from->mMetaData->mValues[i]);
      const int index = static_cast<int>(model_.nodes.size());
      node_of_name_.emplace(node.name, index);
      model_.nodes.push_back(std::move(node));
      for (unsigned i = from->mNumChildren; i-- > 0;) open.emplace_back(from->mChildren[i], index);
    }
    return ok();
  }

  Status read_meshes() {
    for (unsigned m = 0; m < scene_.mNumMeshes; ++m) {
      const aiMesh& from = *scene_.mMeshes[m];
      Mesh mesh;
      mesh.name = string_of(from.mName);
      mesh.material = from.mMaterialIndex;
      if (from.mMaterialIndex >= scene_.mNumMaterials) return fail(path_, fmt::format("mesh {} has no material", mesh.name));
      mesh.vertices.reserve(from.mNumVertices);
      for (unsigned v = 0; v < from.mNumVertices; ++v) {
        Vertex vertex{};
        vertex.position = vec3_of(from.mVertices[v]);
        vertex.normal = from.HasNormals() ? vec3_of(from.mNormals[v]) : glm::vec3(0, 1, 0);
        const float length = glm::length(vertex.normal);
        vertex.normal = std::isfinite(length) && length > 1e-6f ? vertex.normal / length : glm::vec3(0, 1, 0);
        vertex.occlusion = from.HasVertexColors(0) ? from.mColors[0][v].r : 1.0f;
        if (from.HasTextureCoords(0)) {
          vertex.uv = {from.mTextureCoords[0][v].x, from.mTextureCoords[0][v].y};
          if (from.HasTangentsAndBitangents()) vertex.tangent = tangent_of(vertex.normal, vec3_of(from.mTangents[v]), vec3_of(from.mBitangents[v]));
        }
        if (!finite(vertex.position) || !std::isfinite(vertex.uv.x) || !std::isfinite(vertex.uv.y) || !std::isfinite(vertex.occlusion))
          return fail(path_, fmt::format("mesh {} holds a value that is not finite (vertex {})", mesh.name, v));
        if (v == 0) mesh.lower = mesh.upper = vertex.position;
        mesh.lower = glm::min(mesh.lower, vertex.position);
        mesh.upper = glm::max(mesh.upper, vertex.position);
        mesh.vertices.push_back(vertex);
      }
      mesh.indices.reserve(size_t{from.mNumFaces} * 3);
      for (unsigned f = 0; f < from.mNumFaces; ++f) {
        const aiFace& face = from.mFaces[f];
        if (face.mNumIndices != 3) continue;  // points and lines left over by triangulation
        for (unsigned i = 0; i < 3; ++i) {
          if (face.mIndices[i] >= from.mNumVertices)
            return fail(path_, fmt::format("mesh {}: index {} is out of range, it has {} vertices", mesh.name, face.mIndices[i], from.mNumVertices));
          mesh.indices.push_back(face.mIndices[i]);
        }
      }
      if (mesh.indices.empty()) return fail(path_, fmt::format("mesh {} has no triangles", mesh.name));
      mesh.lods = {{0, static_cast<uint32_t>(mesh.indices.size()), 0}};
      if (from.HasBones()) log_once_about_bones();
      model_.meshes.push_back(std::move(mesh));
    }
    return ok();
  }

  // Gram-Schmidt; the handedness says on which side the bitangent lies. A degenerate tangent gets any direction in the surface.
  static glm::vec4 tangent_of(const glm::vec3& n, glm::vec3 t, const glm::vec3& b) {
    t -= n * glm::dot(n, t);
    const float length = glm::length(t);
    if (!std::isfinite(length) || length < 1e-6f) {
      t = glm::normalize(glm::cross(n, std::abs(n.x) < 0.8f ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1)));
    } else {
      t /= length;
    }
    return glm::vec4(t, glm::dot(glm::cross(n, t), b) < 0 ? -1.0f : 1.0f);
  }

  void log_once_about_bones() {
    if (bones_told_) return;
    bones_told_ = true;
    spdlog::info("{}: bones are not read; the model stands in its bind pose", path_.filename().string());
  }

  Status read_materials() {
    for (unsigned m = 0; m < scene_.mNumMaterials; ++m) {
      const aiMaterial& from = *scene_.mMaterials[m];
      Material material;
      aiString text;
      if (from.Get(AI_MATKEY_NAME, text) == AI_SUCCESS) material.name = string_of(text);
      aiColor4D color;
      if (from.Get(AI_MATKEY_BASE_COLOR, color) == AI_SUCCESS || from.Get(AI_MATKEY_COLOR_DIFFUSE, color) == AI_SUCCESS)
        material.base_color = {color.r, color.g, color.b, color.a};
      aiColor3D emissive;
      if (from.Get(AI_MATKEY_COLOR_EMISSIVE, emissive) == AI_SUCCESS) material.emissive = {emissive.r, emissive.g, emissive.b};
      if (facts_ && m < facts_->materials.size()) material.emissive *= facts_->materials[m].emissive_strength;
      // Formats without metallic-roughness (OBJ, FBX) are taken as matt plastic.
      if (from.Get(AI_MATKEY_METALLIC_FACTOR, material.metallic) != AI_SUCCESS) material.metallic = 0;
      if (from.Get(AI_MATKEY_ROUGHNESS_FACTOR, material.roughness) != AI_SUCCESS) material.roughness = 0.7f;
      from.Get(AI_MATKEY_CLEARCOAT_FACTOR, material.clearcoat);
      from.Get(AI_MATKEY_CLEARCOAT_ROUGHNESS_FACTOR, material.clearcoat_roughness);
      from.Get(AI_MATKEY_TRANSMISSION_FACTOR, material.transmission);
      int two_sided = 0;
      if (from.Get(AI_MATKEY_TWOSIDED, two_sided) == AI_SUCCESS) material.double_sided = two_sided != 0;
      if (from.Get(AI_MATKEY_GLTF_ALPHAMODE, text) == AI_SUCCESS) {
        if (string_of(text) == "MASK") material.alpha = Material::Alpha::kMask;
        if (string_of(text) == "BLEND") material.alpha = Material::Alpha::kBlend;
      } else if (float opacity = 1; from.Get(AI_MATKEY_OPACITY, opacity) == AI_SUCCESS && opacity < 1) {
        material.alpha = Material::Alpha::kBlend;
        material.base_color.a = opacity;
      }
      from.Get(AI_MATKEY_GLTF_ALPHACUTOFF, material.alpha_cutoff);
      from.Get(AI_MATKEY_GLTF_TEXTURE_SCALE(aiTextureType_NORMALS, 0), material.normal_scale);
      for (const Status& s : {
               read_texture(from, {aiTextureType_BASE_COLOR, aiTextureType_DIFFUSE}, true, material.tex_base),
               read_texture(from, {aiTextureType_NORMALS}, false, material.tex_normal),
               read_texture(from, {aiTextureType_UNKNOWN, aiTextureType_DIFFUSE_ROUGHNESS, aiTextureType_METALNESS}, false, material.tex_orm),
               read_texture(from, {aiTextureType_EMISSIVE}, true, material.tex_emissive)})
        if (!s) return s.error();
      model_.materials.push_back(std::move(material));
    }
    return ok();
  }

  // The first of `types` that has a texture; the same image for the same use is listed once.
  Status read_texture(const aiMaterial& from, std::initializer_list<aiTextureType> types, bool srgb, int& index) {
    for (const aiTextureType type : types) {
      aiString text;
      if (from.GetTexture(type, 0, &text) != AI_SUCCESS || text.length == 0) continue;
      const std::string key = string_of(text) + (srgb ? "|srgb" : "|linear");
      if (const auto it = image_of_key_.find(key); it != image_of_key_.end()) {
        index = it->second;
        return ok();
      }
      Image image;
      image.srgb = srgb;
      if (const aiTexture* inside = scene_.GetEmbeddedTexture(text.C_Str())) {
        if (inside->mHeight != 0) return fail(path_, "holds an uncompressed embedded image", "Embed PNG or JPEG images");
        image.embedded.assign(reinterpret_cast<const char*>(inside->pcData), inside->mWidth);
      } else {
        image.path = (path_.parent_path() / string_of(text)).lexically_normal();
        if (!fs::is_regular_file(image.path))
          return fail(image.path, fmt::format("the image of {} is missing", path_.filename().string()), "Copy the textures folder beside the models folder");
      }
      index = static_cast<int>(model_.images.size());
      image_of_key_.emplace(key, index);
      model_.images.push_back(std::move(image));
      return ok();
    }
    return ok();
  }

  Status read_clips() {
    for (unsigned a = 0; a < scene_.mNumAnimations; ++a) {
      const aiAnimation& from = *scene_.mAnimations[a];
      const double ticks = from.mTicksPerSecond > 0 ? from.mTicksPerSecond : 1000.0;  // the glTF importer counts milliseconds
      Clip clip;
      clip.name = string_of(from.mName);
      for (unsigned c = 0; c < from.mNumChannels; ++c) {
        const aiNodeAnim& keys = *from.mChannels[c];
        const auto node = node_of_name_.find(string_of(keys.mNodeName));
        if (node == node_of_name_.end()) return fail(path_, fmt::format("clip {} moves a node that is not there: {}", clip.name, keys.mNodeName.C_Str()));
        Channel channel;
        channel.node = node->second;
        for (unsigned k = 0; k < keys.mNumPositionKeys; ++k) {
          channel.translation_times.push_back(static_cast<float>(keys.mPositionKeys[k].mTime / ticks));
          channel.translations.push_back(vec3_of(keys.mPositionKeys[k].mValue));
        }
        for (unsigned k = 0; k < keys.mNumRotationKeys; ++k) {
          channel.rotation_times.push_back(static_cast<float>(keys.mRotationKeys[k].mTime / ticks));
          channel.rotations.push_back(quat_of(keys.mRotationKeys[k].mValue));
        }
        for (unsigned k = 0; k < keys.mNumScalingKeys; ++k) {
          channel.scale_times.push_back(static_cast<float>(keys.mScalingKeys[k].mTime / ticks));
          channel.scales.push_back(vec3_of(keys.mScalingKeys[k].mValue));
        }
        for (auto* times : {&channel.translation_times, &channel.rotation_times, &channel.scale_times}) {
          if (!std::is_sorted(times->begin(), times->end()) || std::any_of(times->begin(), times->end(), [](float t) { return !std::isfinite(t); }))
            return fail(path_, fmt::format("clip {}: the times of its keys do not rise", clip.name));
          if (!times->empty()) clip.duration = std::max(clip.duration, times->back());
        }
        if (!std::all_of(channel.translations.begin(), channel.translations.end(), [](const glm::vec3& v) { return finite(v); }) ||
            !std::all_of(channel.scales.begin(), channel.scales.end(), [](const glm::vec3& v) { return finite(v); }) ||
            !std::all_of(channel.rotations.begin(), channel.rotations.end(), [](const glm::quat& q) { return finite(q); }))
          return fail(path_, fmt::format("clip {} has a key that is not finite", clip.name));
        drop_idle_keys(channel, model_.nodes[static_cast<size_t>(channel.node)]);
        if (!channel.translations.empty() || !channel.rotations.empty() || !channel.scales.empty()) clip.channels.push_back(std::move(channel));
      }
      model_.clips.push_back(std::move(clip));
    }
    return ok();
  }

  // The importer fills the paths a clip does not move with the rest value; kept, they would undo another clip's motion of that node.
  static void drop_idle_keys(Channel& c, const Node& rest) {
    const auto near = [](const glm::vec3& a, const glm::vec3& b) { return glm::length(a - b) < 1e-5f; };
    if (std::all_of(c.translations.begin(), c.translations.end(), [&](const glm::vec3& v) { return near(v, rest.translation); })) {
      c.translations.clear();
      c.translation_times.clear();
    }
    if (std::all_of(c.rotations.begin(), c.rotations.end(), [&](const glm::quat& q) { return std::abs(glm::dot(q, rest.rotation)) > 1 - 1e-7f; })) {
      c.rotations.clear();
      c.rotation_times.clear();
    }
    if (std::all_of(c.scales.begin(), c.scales.end(), [&](const glm::vec3& v) { return near(v, rest.scale); })) {
      c.scales.clear();
      c.scale_times.clear();
    }
  }

  const aiScene& scene_;
  const fs::path& path_;
  const GltfFacts* facts_;
  Model model_;
  std::map<std::string, int> node_of_name_, image_of_key_;
  bool bones_told_ = false;
};

}  // namespace

int Model::find_node(const std::string& node_name) const {
  for (size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].name == node_name) return static_cast<int>(i);
  return -1;
}

Result<Model> load_model(const fs::path& path) {
  std::string kind = path.extension().string();
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool gltf = kind == ".gltf" || kind == ".glb";
  if (!gltf && kind != ".obj" && kind != ".fbx") return fail(path, "is not a kind of model that can be read", "Use .gltf, .glb, .obj or .fbx");
  if (!fs::is_regular_file(path)) return fail(path, "there is no such model", "Check the name in the scene file");
  GltfFacts facts;
  if (gltf) {
    auto checked = check_gltf(path);
    if (!checked) return checked.error();
    facts = std::move(*checked);
  }
  Assimp::Importer importer;
  importer.SetPropertyInteger(AI_CONFIG_PP_SBP_REMOVE, aiPrimitiveType_POINT | aiPrimitiveType_LINE);
  // The importers put v = 0 at the bottom; FlipUVs brings it back to the top, where glTF and Vulkan want it.
  unsigned steps = aiProcess_Triangulate | aiProcess_SortByPType | aiProcess_GenSmoothNormals | aiProcess_CalcTangentSpace | aiProcess_FlipUVs |
                   aiProcess_JoinIdenticalVertices;
  if (kind == ".fbx") steps |= aiProcess_GlobalScale;  // FBX counts in centimetres
  const aiScene* scene = nullptr;
  try {
    scene = importer.ReadFile(path.string(), steps);
  } catch (const std::exception& e) {
    return fail(path, std::string("cannot be read: ") + e.what());
  }
  if (!scene || !scene->mRootNode || (scene->mFlags & AI_SCENE_FLAGS_INCOMPLETE))
    return fail(path, std::string("cannot be read: ") + importer.GetErrorString());
  return Reader(*scene, path, gltf ? &facts : nullptr).read();
}

Result<Pixels> decode_image(const Image& image) {
  const std::string where = image.path.empty() ? "embedded image" : image.path.string();
  std::string bytes;
  if (image.path.empty()) {
    bytes = image.embedded;
  } else {
    auto read = read_file(image.path, kMaxImageFile);
    if (!read) return read.error();
    bytes = std::move(*read);
  }
  int width = 0, height = 0, channels = 0;
  stbi_uc* decoded = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()), &width, &height, &channels, 4);
  if (!decoded)
    return Error{Code::kFailed, where, fmt::format("is not a PNG or JPEG image that can be read ({})", stbi_failure_reason()),
                 "Save it again, at most 8192 x 8192"};
  Pixels pixels;
  pixels.width = static_cast<uint32_t>(width);
  pixels.height = static_cast<uint32_t>(height);
  pixels.rgba.assign(decoded, decoded + size_t{pixels.width} * pixels.height * 4);
  stbi_image_free(decoded);
  return pixels;
}

}  // namespace shixun
