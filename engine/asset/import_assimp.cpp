// OBJ and FBX are read through Assimp, in a process of its own: its parsers trust their input in places, and a file that crashes them, fills the
// memory or never ends must cost a message, not the lesson.

#include <assimp/config.h>
#include <assimp/material.h>
#include <assimp/postprocess.h>
#include <assimp/scene.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <assimp/Importer.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <glm/geometric.hpp>

#include "engine/asset/cook.h"
#include "engine/asset/import.h"
#include "engine/base/gltf_document.h"
#include "engine/base/text.h"

namespace shixun {
namespace {

constexpr uint64_t kMaxFile = 256u << 20;
constexpr uint64_t kMaxMemory = 1u << 30;  // of the reading process, beyond what this one has
constexpr int kMaxSeconds = 120;
constexpr size_t kMaxNodes = 65'536;

Error fail(const fs::path& path, const std::string& what, const std::string& hint = "Export the model again, as glTF (.glb) if possible") {
  return {Code::kFailed, path.string(), what, hint};
}

glm::vec3 vec3_of(const aiVector3D& v) { return {v.x, v.y, v.z}; }
glm::quat quat_of(const aiQuaternion& q) { return glm::quat(q.w, q.x, q.y, q.z); }
bool finite(const glm::vec3& v) { return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z); }
bool finite(const glm::quat& q) { return std::isfinite(q.x) && std::isfinite(q.y) && std::isfinite(q.z) && std::isfinite(q.w); }
bool finite(const glm::mat4& m) {
  for (int c = 0; c < 4; ++c)
    for (int r = 0; r < 4; ++r)
      if (!std::isfinite(m[c][r])) return false;
  return true;
}
glm::mat4 mat4_of(const aiMatrix4x4& m) {
  return {m.a1, m.b1, m.c1, m.d1, m.a2, m.b2, m.c2, m.d2, m.a3, m.b3, m.c3, m.d3, m.a4, m.b4, m.c4, m.d4};
}

// Names come in whatever encoding their author's machine had.
std::string string_of(const aiString& s) {
  std::string text(s.data, std::min<size_t>(s.length, sizeof s.data - 1));
  if (!is_clean_utf8(text))
    for (char& c : text)
      if (static_cast<unsigned char>(c) >= 0x80 || static_cast<unsigned char>(c) < 0x20) c = '?';
  return text;
}

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

class AssimpReader {
 public:
  AssimpReader(const aiScene& scene, const fs::path& path) : scene_(scene), path_(path) {}

  Result<Model> read() {
    model_.name = path_.stem().string();
    for (const auto part : {&AssimpReader::read_nodes, &AssimpReader::read_materials, &AssimpReader::read_meshes, &AssimpReader::read_clips})
      if (const Status s = (this->*part)(); !s) return s.error();
    if (model_.meshes.empty()) return fail(path_, "has no triangles: there is nothing to show");
    return std::move(model_);
  }

 private:
  Status read_nodes() {
    // Depth first with an own stack: a parent is always numbered before its children.
    std::vector<std::pair<const aiNode*, int>> open{{scene_.mRootNode, -1}};
    while (!open.empty()) {
      const auto [from, parent] = open.back();
      open.pop_back();
      if (model_.nodes.size() >= kMaxNodes) return fail(path_, fmt::format("has more than {} nodes", kMaxNodes), "Join parts that never move apart");
      Node node;
      node.name = string_of(from->mName);
      node.parent = parent;
      const Trs trs = trs_of(mat4_of(from->mTransformation));
      node.translation = trs.translation, node.rotation = trs.rotation, node.scale = trs.scale;
      if (!finite(node.translation) || !finite(node.rotation) || !finite(node.scale))
        return fail(path_, fmt::format("node {} has a transform that is not finite", node.name));
      for (unsigned i = 0; i < from->mNumMeshes; ++i) node.meshes.push_back(from->mMeshes[i]);
      if (from->mMetaData)
        for (unsigned i = 0; i < from->mMetaData->mNumProperties; ++i)
          node.extras[string_of(from->mMetaData->mKeys[i])] = text_of(from->mMetaData->mValues[i]);
      const int index = static_cast<int>(model_.nodes.size());
      node_of_name_.emplace(from->mName.C_Str(), index);
      model_.nodes.push_back(std::move(node));
      for (unsigned i = from->mNumChildren; i-- > 0;) open.emplace_back(from->mChildren[i], index);
    }
    return ok();
  }

  Status read_meshes() {
    std::vector<int> new_of(scene_.mNumMeshes, -1);
    uint64_t vertices = 0, triangles = 0;
    for (unsigned m = 0; m < scene_.mNumMeshes; ++m) {
      const aiMesh& from = *scene_.mMeshes[m];
      vertices += from.mNumVertices, triangles += from.mNumFaces;
      if (vertices > kMaxModelVertices || triangles > kMaxModelTriangles)
        return fail(path_, fmt::format("has more than {} triangles or {} vertices", kMaxModelTriangles, kMaxModelVertices),
                    "Simplify the model, or split it into several files");
      Mesh mesh;
      mesh.name = string_of(from.mName);
      mesh.material = from.mMaterialIndex;
      if (from.mMaterialIndex >= model_.materials.size()) return fail(path_, fmt::format("mesh {} has no material", mesh.name));
      mesh.vertices.reserve(from.mNumVertices);
      for (unsigned v = 0; v < from.mNumVertices; ++v) {
        Vertex vertex{};
        vertex.position = vec3_of(from.mVertices[v]);
        vertex.normal = from.HasNormals() ? vec3_of(from.mNormals[v]) : glm::vec3(0, 1, 0);
        const float length = glm::length(vertex.normal);
        vertex.normal = std::isfinite(length) && length > 1e-6f ? vertex.normal / length : glm::vec3(0, 1, 0);
        vertex.occlusion = 1;
        if (from.HasTextureCoords(0)) vertex.uv = {from.mTextureCoords[0][v].x, from.mTextureCoords[0][v].y};
        if (!finite(vertex.position) || !std::isfinite(vertex.uv.x) || !std::isfinite(vertex.uv.y) ||
            glm::any(glm::greaterThan(glm::abs(vertex.position), glm::vec3(1e9f))))
          return fail(path_, fmt::format("mesh {} holds a value that is not finite (vertex {})", mesh.name, v));
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
      if (mesh.indices.empty()) continue;
      if (const Status s = read_bones(m, from, mesh); !s) return s;
      if (from.HasTextureCoords(0)) add_tangents(mesh);
      mesh.lods = {{0, static_cast<uint32_t>(mesh.indices.size())}};
      mesh.lower = mesh.upper = mesh.vertices[0].position;
      for (const Vertex& v : mesh.vertices) mesh.lower = glm::min(mesh.lower, v.position), mesh.upper = glm::max(mesh.upper, v.position);
      new_of[m] = static_cast<int>(model_.meshes.size());
      model_.meshes.push_back(std::move(mesh));
    }
    for (Node& node : model_.nodes) {
      std::vector<uint32_t> kept;
      for (const uint32_t m : node.meshes)
        if (m < new_of.size() && new_of[m] >= 0) kept.push_back(static_cast<uint32_t>(new_of[m]));
      node.meshes = std::move(kept);
    }
    return ok();
  }

  // A node's meshes share one skin: the bones of all of them, each with its own bind matrix.
  Status read_bones(unsigned index, const aiMesh& from, Mesh& mesh) {
    if (!from.HasBones()) return ok();
    int skin_index = -1;
    for (Node& node : model_.nodes)
      if (std::find(node.meshes.begin(), node.meshes.end(), index) != node.meshes.end()) {
        if (node.skin < 0) {
          node.skin = skin_index < 0 ? static_cast<int>(model_.skins.size()) : skin_index;
          if (skin_index < 0) model_.skins.emplace_back();
        }
        if (skin_index < 0) skin_index = node.skin;
      }
    if (skin_index < 0) return ok();  // shown by no node
    Skin& skin = model_.skins[static_cast<size_t>(skin_index)];
    struct Pulls {
      std::vector<uint32_t> joints;
      std::vector<float> weights;
    };
    std::vector<Pulls> pulls(mesh.vertices.size());
    for (unsigned b = 0; b < from.mNumBones; ++b) {
      const aiBone& bone = *from.mBones[b];
      const auto node = node_of_name_.find(bone.mName.C_Str());
      if (node == node_of_name_.end()) return fail(path_, fmt::format("mesh {} hangs on a bone that is not there: {}", mesh.name, string_of(bone.mName)));
      const glm::mat4 bind = mat4_of(bone.mOffsetMatrix);
      if (!finite(bind)) return fail(path_, fmt::format("bone {} has a matrix that is not finite", string_of(bone.mName)));
      size_t joint = 0;
      while (joint < skin.joints.size() && (skin.joints[joint] != node->second || skin.inverse_bind[joint] != bind)) ++joint;
      if (joint == skin.joints.size()) {
        if (joint >= 256) return fail(path_, fmt::format("mesh {} hangs on more than 256 bones", mesh.name), "Use fewer bones");
        skin.joints.push_back(node->second);
        skin.inverse_bind.push_back(bind);
      }
      for (unsigned w = 0; w < bone.mNumWeights; ++w) {
        const aiVertexWeight& pull = bone.mWeights[w];
        if (pull.mVertexId >= pulls.size()) return fail(path_, fmt::format("bone {} moves a vertex that is not there", string_of(bone.mName)));
        pulls[pull.mVertexId].joints.push_back(static_cast<uint32_t>(joint));
        pulls[pull.mVertexId].weights.push_back(pull.mWeight);
      }
    }
    mesh.skin.reserve(pulls.size());
    for (const Pulls& p : pulls) mesh.skin.push_back(skin_vertex(p.joints.data(), p.weights.data(), p.joints.size()));
    return ok();
  }

  // Neither format says how metallic or rough: everything is taken as matt plastic.
  Status read_materials() {
    for (unsigned m = 0; m < scene_.mNumMaterials; ++m) {
      const aiMaterial& from = *scene_.mMaterials[m];
      Material material;
      aiString text;
      if (from.Get(AI_MATKEY_NAME, text) == AI_SUCCESS) material.name = string_of(text);
      aiColor4D color;
      if (from.Get(AI_MATKEY_BASE_COLOR, color) == AI_SUCCESS || from.Get(AI_MATKEY_COLOR_DIFFUSE, color) == AI_SUCCESS)
        material.base_color = {unit(color.r), unit(color.g), unit(color.b), 1};
      aiColor3D emissive;
      if (from.Get(AI_MATKEY_COLOR_EMISSIVE, emissive) == AI_SUCCESS) material.emissive = {unit(emissive.r), unit(emissive.g), unit(emissive.b)};
      material.metallic = 0;
      material.roughness = 0.7f;
      if (float value = 0; from.Get(AI_MATKEY_METALLIC_FACTOR, value) == AI_SUCCESS) material.metallic = unit(value);
      if (float value = 0; from.Get(AI_MATKEY_ROUGHNESS_FACTOR, value) == AI_SUCCESS) material.roughness = unit(value);
      if (int two_sided = 0; from.Get(AI_MATKEY_TWOSIDED, two_sided) == AI_SUCCESS) material.double_sided = two_sided != 0;
      if (float opacity = 1; from.Get(AI_MATKEY_OPACITY, opacity) == AI_SUCCESS && opacity < 1) {
        material.alpha = Material::Alpha::kBlend;
        material.base_color.a = unit(opacity);
      }
      for (const Status& s : {read_texture(from, {aiTextureType_BASE_COLOR, aiTextureType_DIFFUSE}, true, material.tex_base),
                              read_texture(from, {aiTextureType_NORMALS, aiTextureType_NORMAL_CAMERA}, false, material.tex_normal),
                              read_texture(from, {aiTextureType_EMISSIVE}, true, material.tex_emissive)})
        if (!s) return s.error();
      model_.materials.push_back(std::move(material));
    }
    return ok();
  }

  static float unit(float v) { return v >= 0 ? std::min(v, 1.0f) : 0.0f; }

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
        image.path = find_image(string_of(text));
      }
      index = static_cast<int>(model_.images.size());
      image_of_key_.emplace(key, index);
      model_.images.push_back(std::move(image));
      return ok();
    }
    return ok();
  }

  // These formats often name a path of their author's machine. Only the model's folder, what lies in it and a textures folder beside it are looked in.
  fs::path find_image(std::string name) const {
    std::replace(name.begin(), name.end(), '\\', '/');
    const fs::path folder = path_.parent_path(), given = fs::path(name).lexically_normal(), bare = given.filename();
    const bool inside = !given.is_absolute() && name.find(':') == std::string::npos && (given.empty() || *given.begin() != "..");
    std::error_code ec;
    if (inside && fs::is_regular_file(folder / given, ec)) return folder / given;
    for (const fs::path& place : {folder / bare, folder / "textures" / bare, folder / ".." / "textures" / bare})
      if (fs::is_regular_file(place, ec)) return place.lexically_normal();
    return folder / bare;
  }

  Status read_clips() {
    for (unsigned a = 0; a < scene_.mNumAnimations; ++a) {
      const aiAnimation& from = *scene_.mAnimations[a];
      const double ticks = from.mTicksPerSecond > 0 ? from.mTicksPerSecond : 25.0;  // Assimp's own default
      Clip clip;
      clip.name = string_of(from.mName);
      for (unsigned c = 0; c < from.mNumChannels; ++c) {
        const aiNodeAnim& keys = *from.mChannels[c];
        const auto node = node_of_name_.find(keys.mNodeName.C_Str());
        if (node == node_of_name_.end()) continue;
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

  const aiScene& scene_;
  const fs::path& path_;
  Model model_;
  std::map<std::string, int> node_of_name_, image_of_key_;
};

Result<Model> read_here(const fs::path& path) {
  Assimp::Importer importer;
  importer.SetPropertyInteger(AI_CONFIG_PP_SBP_REMOVE, aiPrimitiveType_POINT | aiPrimitiveType_LINE);
  // Pivots as extra nodes would clutter the tree and hide the names.
  importer.SetPropertyBool(AI_CONFIG_IMPORT_FBX_PRESERVE_PIVOTS, false);
  // The importers put v = 0 at the bottom; FlipUVs brings it to the top, where Vulkan wants it.
  unsigned steps = aiProcess_Triangulate | aiProcess_SortByPType | aiProcess_GenSmoothNormals | aiProcess_FlipUVs | aiProcess_JoinIdenticalVertices;
  if (path.extension() == ".fbx" || path.extension() == ".FBX") steps |= aiProcess_GlobalScale;  // FBX counts in centimetres
  const aiScene* scene = nullptr;
  try {
    scene = importer.ReadFile(path.string(), steps);
    if (!scene || !scene->mRootNode || (scene->mFlags & AI_SCENE_FLAGS_INCOMPLETE)) {
      std::string why = importer.GetErrorString();
      if (!is_clean_utf8(why)) why = "its content makes no sense";
      return fail(path, "cannot be read: " + (why.empty() ? "it holds no scene" : why.substr(0, 200)));
    }
    return AssimpReader(*scene, path).read();
  } catch (const std::bad_alloc&) {
    return fail(path, fmt::format("cannot be read: it needs more than {} MiB of memory", kMaxMemory >> 20), "Simplify the model, or export it as glTF (.glb)");
  } catch (const std::exception&) {
    return fail(path, "cannot be read: its content makes no sense");
  }
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

// The child: limits itself, reads, and sends either the flat form of the model or the parts of the error, split by zero bytes.
[[noreturn]] void read_and_send(const fs::path& path, int fd) {
#ifndef __SANITIZE_ADDRESS__  // which takes all address space for its shadow
  unsigned long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%lu", &pages) != 1) pages = 0;
    std::fclose(statm);
  }
  const rlim_t bytes = static_cast<rlim_t>(pages) * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + kMaxMemory;
  const rlimit memory{bytes, bytes};
  if (pages > 0) setrlimit(RLIMIT_AS, &memory);
#endif
  const rlimit none{0, 0}, seconds{kMaxSeconds, kMaxSeconds};
  setrlimit(RLIMIT_CORE, &none);
  setrlimit(RLIMIT_CPU, &seconds);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);  // what it says when it crashes is of no use to anyone
  bool sent = false;
  try {
    auto model = read_here(path);
    const std::string out = model ? "M" + cook_model(*model, path.parent_path())
                                  : "E" + model.error().where + '\0' + model.error().what + '\0' + model.error().hint;
    sent = write_all(fd, out);
  } catch (const std::exception&) {
    sent = false;
  }
  _exit(sent ? 0 : 1);
}

}  // namespace

Result<Model> import_assimp(const fs::path& path) {
  std::error_code ec;
  if (fs::file_size(path, ec) > kMaxFile || ec) return fail(path, fmt::format("is larger than {} MiB", kMaxFile >> 20), "Export it as glTF (.glb), or split it");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{Code::kEnvironment, path.string(), "cannot be read: no pipe could be made", "Close other programs"};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    read_and_send(path, ends[1]);
  }
  close(ends[1]);
  std::string got;
  bool late = false;
  if (child > 0) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(kMaxSeconds);
    std::string part(1u << 20, '\0');
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
      pollfd wait{ends[0], POLLIN, 0};
      const int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0 || got.size() > kMaxMemory) {
        late = true;
        kill(child, SIGKILL);
        break;
      }
      const ssize_t n = read(ends[0], part.data(), part.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      got.append(part.data(), static_cast<size_t>(n));
    }
  }
  close(ends[0]);
  if (child < 0) return Error{Code::kEnvironment, path.string(), "cannot be read: no process could be started", "Close other programs"};
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (late || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || got.empty())
    return fail(path, late ? "cannot be read: reading it takes too long" : "cannot be read: it is broken in a way that stops the reader");
  if (got[0] == 'M') {
    auto model = uncook_model(std::string_view(got).substr(1), path.parent_path());
    return model ? std::move(model) : fail(path, "cannot be read: it is broken in a way that confuses the reader");
  }
  const size_t first = got.find('\0'), second = got.find('\0', first + 1);
  if (second == std::string::npos) return fail(path, "cannot be read");
  return Error{Code::kFailed, got.substr(1, first - 1), got.substr(first + 1, second - first - 1), got.substr(second + 1)};
}

}  // namespace shixun
