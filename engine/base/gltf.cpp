#include "engine/base/gltf.h"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/json.h"

namespace shixun {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxFile = 512u << 20;
constexpr size_t kMaxNodes = 65'536, kMaxArray = 1u << 20;
constexpr int kMaxDepth = 64;  // of JSON; the importer's parser recurses
constexpr int kMaxNodeDepth = 256;

struct Document {
  Json json;
  std::vector<std::string> buffers;  // their bytes
};

struct Checker {
  const fs::path& path;
  Error fail(const std::string& what, const std::string& hint = {}) const { return {Code::kFailed, path.string(), what, hint}; }
};

constexpr const char* kReexport = "Export the model again";

uint32_t u32_at(std::string_view s, size_t at) {
  uint32_t v = 0;
  std::memcpy(&v, s.data() + at, 4);
  return v;
}

// A non-negative whole number, or nothing.
std::optional<uint64_t> whole(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number_unsigned()) return std::nullopt;
  return it->get<uint64_t>();
}

uint64_t whole_or(const Json& object, const char* key, uint64_t other) {
  return object.contains(key) ? whole(object, key).value_or(UINT64_MAX) : other;
}

const Json& array_of(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : kEmpty;
}

std::string string_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    int v;
    if (c >= 'A' && c <= 'Z') v = c - 'A';
    else if (c >= 'a' && c <= 'z') v = c - 'a' + 26;
    else if (c >= '0' && c <= '9') v = c - '0' + 52;
    else if (c == '+') v = 62;
    else if (c == '/') v = 63;
    else if (c == '=') break;
    else return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(v);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>(bits >> have & 0xff));
    }
  }
  return out;
}

bool is_glb(const fs::path& path) { return path.extension() == ".glb" || path.extension() == ".GLB"; }

// The JSON of the file and, for .glb, its binary chunk.
Result<std::pair<Json, std::string>> read_json(const fs::path& path) {
  const Checker at{path};
  auto bytes = read_file(path, kMaxFile);
  if (!bytes) return bytes.error();
  std::string_view text = *bytes;
  std::string binary;
  if (is_glb(path)) {
    if (text.size() < 20 || text.substr(0, 4) != "glTF") return at.fail("is not a binary glTF file", kReexport);
    if (u32_at(text, 4) != 2) return at.fail(fmt::format("is glTF version {}, only version 2 is read", u32_at(text, 4)), kReexport);
    if (u32_at(text, 8) != text.size())
      return at.fail(fmt::format("says it is {} bytes long but has {}: it is truncated", u32_at(text, 8), text.size()), "Copy it again");
    const uint64_t json_size = u32_at(text, 12);
    if (u32_at(text, 16) != 0x4E4F534A || 20 + json_size > text.size()) return at.fail("its first chunk is not JSON", kReexport);
    const uint64_t second = 20 + json_size;
    if (second + 8 <= text.size()) {
      const uint64_t size = u32_at(text, second);
      if (u32_at(text, second + 4) == 0x004E4942) {
        if (second + 8 + size > text.size()) return at.fail("its binary chunk is truncated", "Copy it again");
        binary = std::string(text.substr(second + 8, size));
      }
    }
    text = text.substr(20, json_size);
  }
  if (!nests_within(text, kMaxDepth)) return at.fail(fmt::format("its JSON nests deeper than {} levels", kMaxDepth), kReexport);
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return at.fail("is not well-formed JSON", "Copy it again or export it again");
  return std::pair{std::move(json), std::move(binary)};
}

Result<fs::path> buffer_file(const Checker& at, const std::string& uri, size_t i) {
  const fs::path name(uri);
  if (name.is_absolute() || uri.find(':') != std::string::npos)
    return at.fail(fmt::format("buffer {} points outside of the model's folder: {}", i, uri), "Use a relative file name");
  return at.path.parent_path() / name;
}

Status check_extensions(const Checker& at, const Json& json) {
  // What the importer reads wrongly, or not at all, without saying so.
  const struct { const char* name; const char* hint; } refused[] = {
      {"KHR_mesh_quantization", "Export without quantization (gltfpack: -noq)"},
      {"EXT_meshopt_compression", "Export without compression"},
      {"KHR_draco_mesh_compression", "Export without compression"},
      {"KHR_texture_basisu", "Use PNG or JPEG textures"},
      {"EXT_texture_webp", "Use PNG or JPEG textures"},
      {"KHR_texture_transform", "Bake the transform into the texture coordinates"},
  };
  for (const char* list : {"extensionsRequired", "extensionsUsed"})
    for (const Json& e : array_of(json, list))
      for (const auto& r : refused)
        if (e.is_string() && e.get<std::string>() == r.name) return at.fail(fmt::format("uses {}, which is not supported", r.name), r.hint);
  return ok();
}

Status check_nodes(const Checker& at, const Json& json) {
  const Json& nodes = array_of(json, "nodes");
  if (nodes.size() > kMaxNodes) return at.fail(fmt::format("has {} nodes; at most {} are read", nodes.size(), kMaxNodes));
  const size_t mesh_count = array_of(json, "meshes").size();
  std::vector<int64_t> parent(nodes.size(), -1);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].is_object()) return at.fail(fmt::format("node {} is not an object", i), kReexport);
    if (nodes[i].contains("mesh") && whole_or(nodes[i], "mesh", 0) >= mesh_count)
      return at.fail(fmt::format("node {} ({}) names a mesh that is not there", i, string_of(nodes[i], "name")), kReexport);
    for (const char* key : {"translation", "rotation", "scale", "matrix"})
      for (const Json& v : array_of(nodes[i], key))
        if (!v.is_number() || !std::isfinite(v.get<double>()) || std::abs(v.get<double>()) > 1e9)
          return at.fail(fmt::format("node {} ({}): {} is not a finite number", i, string_of(nodes[i], "name"), key), kReexport);
    for (const Json& c : array_of(nodes[i], "children")) {
      const uint64_t child = c.is_number_unsigned() ? c.get<uint64_t>() : UINT64_MAX;
      if (child >= nodes.size()) return at.fail(fmt::format("node {} has a child that is not there", i), kReexport);
      if (parent[child] != -1) return at.fail(fmt::format("node {} has two parents", child), kReexport);
      parent[child] = static_cast<int64_t>(i);
    }
  }
  // Level by level from the nodes without parent: what is never reached hangs in a cycle.
  std::vector<uint64_t> level, next;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (parent[i] == -1) level.push_back(i);
  size_t reached = level.size();
  for (int depth = 1; !level.empty(); ++depth, level = std::move(next)) {
    if (depth > kMaxNodeDepth) return at.fail(fmt::format("its nodes are nested deeper than {} levels", kMaxNodeDepth), kReexport);
    next.clear();
    for (const uint64_t n : level)
      for (const Json& c : array_of(nodes[n], "children")) next.push_back(c.get<uint64_t>());
    reached += next.size();
  }
  if (reached != nodes.size())
    return at.fail(fmt::format("{} of its nodes hang in a cycle: they are their own ancestors", nodes.size() - reached), kReexport);
  const Json& scenes = array_of(json, "scenes");
  if (scenes.empty() || nodes.empty()) return at.fail("has no scene or no node", kReexport);
  if (whole_or(json, "scene", 0) >= scenes.size()) return at.fail("its scene is not there", kReexport);
  for (const Json& scene : scenes)
    for (const Json& n : array_of(scene, "nodes"))
      if (!n.is_number_unsigned() || n.get<uint64_t>() >= nodes.size() || parent[n.get<uint64_t>()] != -1)
        return at.fail("a scene names a root node that is not there or is another node's child", kReexport);
  return ok();
}

uint64_t component_bytes(uint64_t type) {
  switch (type) {
    case 5120: case 5121: return 1;
    case 5122: case 5123: return 2;
    case 5125: case 5126: return 4;
    default: return 0;
  }
}

uint64_t component_count(const std::string& type) {
  if (type == "SCALAR") return 1;
  if (type == "VEC2") return 2;
  if (type == "VEC3") return 3;
  if (type == "VEC4" || type == "MAT2") return 4;
  if (type == "MAT3") return 9;
  return type == "MAT4" ? 16 : 0;
}

// An accessor resolved to bytes: element i lies at data + i * stride.
struct Span {
  const char* data = nullptr;
  uint64_t count = 0, stride = 0, type = 0, components = 0;
};

Result<Span> resolve(const Checker& at, const Document& doc, uint64_t index) {
  const Json& accessors = array_of(doc.json, "accessors");
  if (index >= accessors.size() || !accessors[index].is_object()) return at.fail(fmt::format("accessor {} is not there", index), kReexport);
  const Json& a = accessors[index];
  Span s;
  s.count = whole_or(a, "count", UINT64_MAX);
  s.type = whole_or(a, "componentType", 0);
  s.components = component_count(string_of(a, "type"));
  const uint64_t element = component_bytes(s.type) * s.components;
  if (element == 0 || s.count == 0 || s.count > kMaxFile) return at.fail(fmt::format("accessor {} has no valid type or count", index), kReexport);
  if (a.contains("sparse")) return at.fail(fmt::format("accessor {} is sparse, which is not supported", index), "Export without sparse accessors");
  const Json& views = array_of(doc.json, "bufferViews");
  const uint64_t view = whole_or(a, "bufferView", UINT64_MAX);
  if (view >= views.size() || !views[view].is_object()) return at.fail(fmt::format("accessor {} has no buffer view", index), kReexport);
  const uint64_t buffer = whole_or(views[view], "buffer", UINT64_MAX);
  if (buffer >= doc.buffers.size()) return at.fail(fmt::format("buffer view {} has no buffer", view), kReexport);
  const uint64_t view_offset = whole_or(views[view], "byteOffset", 0), view_size = whole_or(views[view], "byteLength", UINT64_MAX);
  const uint64_t size = doc.buffers[buffer].size();
  if (view_offset > size || view_size > size - view_offset)
    return at.fail(fmt::format("buffer view {} reaches beyond the end of its buffer", view), "The buffer is truncated: copy it again");
  s.stride = whole_or(views[view], "byteStride", element);
  const uint64_t offset = whole_or(a, "byteOffset", 0);
  if (s.stride < element || s.stride > 252 + element || offset > view_size || (s.count - 1) * s.stride + element > view_size - offset)
    return at.fail(fmt::format("accessor {} reaches beyond the end of its buffer view", index), kReexport);
  s.data = doc.buffers[buffer].data() + view_offset + offset;
  return s;
}

bool all_finite(const Span& s) {
  for (uint64_t i = 0; i < s.count; ++i)
    for (uint64_t c = 0; c < s.components; ++c) {
      float v;
      std::memcpy(&v, s.data + i * s.stride + c * 4, 4);
      if (!std::isfinite(v)) return false;
    }
  return true;
}

uint64_t largest_index(const Span& s) {
  uint64_t largest = 0;
  for (uint64_t i = 0; i < s.count; ++i) {
    uint32_t v = 0;
    std::memcpy(&v, s.data + i * s.stride, component_bytes(s.type));  // little-endian, as glTF and every platform we build for
    largest = std::max<uint64_t>(largest, v);
  }
  return largest;
}

Status check_meshes(const Checker& at, const Document& doc) {
  const Json& meshes = array_of(doc.json, "meshes");
  const size_t material_count = array_of(doc.json, "materials").size();
  for (size_t m = 0; m < meshes.size(); ++m) {
    const std::string name = string_of(meshes[m], "name");
    for (const Json& p : array_of(meshes[m], "primitives")) {
      if (!p.is_object()) return at.fail(fmt::format("mesh {} ({}) has a broken primitive", m, name), kReexport);
      if (whole_or(p, "mode", 4) != 4) return at.fail(fmt::format("mesh {} ({}) is not a triangle list", m, name), "Export triangles");
      if (p.contains("material") && whole_or(p, "material", 0) >= material_count)
        return at.fail(fmt::format("mesh {} ({}) names a material that is not there", m, name), kReexport);
      const auto attributes = p.find("attributes");
      if (attributes == p.end() || !attributes->is_object() || !attributes->contains("POSITION"))
        return at.fail(fmt::format("mesh {} ({}) has no positions", m, name), kReexport);
      uint64_t vertices = 0;
      for (const auto& [semantic, accessor] : attributes->items()) {
        auto span = resolve(at, doc, accessor.is_number_unsigned() ? accessor.get<uint64_t>() : UINT64_MAX);
        if (!span) return span.error();
        if (vertices == 0) vertices = span->count;
        if (span->count != vertices) return at.fail(fmt::format("mesh {} ({}): {} differs in length from the other attributes", m, name, semantic), kReexport);
        const bool geometric = semantic == "POSITION" || semantic == "NORMAL" || semantic == "TANGENT";
        if (geometric && span->type != 5126) return at.fail(fmt::format("mesh {} ({}): {} is quantized", m, name, semantic), "Export without quantization");
        if (span->type == 5126 && !all_finite(*span))
          return at.fail(fmt::format("mesh {} ({}): {} holds a value that is not finite", m, name, semantic), kReexport);
      }
      if (!p.contains("indices")) continue;
      auto indices = resolve(at, doc, whole_or(p, "indices", UINT64_MAX));
      if (!indices) return indices.error();
      if (indices->components != 1 || indices->type == 5126 || indices->type == 5120 || indices->type == 5122)
        return at.fail(fmt::format("mesh {} ({}): its indices have a wrong type", m, name), kReexport);
      if (const uint64_t largest = largest_index(*indices); largest >= vertices)
        return at.fail(fmt::format("mesh {} ({}): index {} is out of range, it has {} vertices", m, name, largest, vertices), kReexport);
    }
  }
  return ok();
}

Status check_clips(const Checker& at, const Document& doc) {
  const size_t node_count = array_of(doc.json, "nodes").size();
  const Json& clips = array_of(doc.json, "animations");
  for (size_t c = 0; c < clips.size(); ++c) {
    const std::string name = string_of(clips[c], "name");
    const Json& samplers = array_of(clips[c], "samplers");
    for (const Json& s : samplers) {
      const std::string how = s.is_object() ? string_of(s, "interpolation") : "";
      if (!how.empty() && how != "LINEAR") return at.fail(fmt::format("clip {} ({}) uses {} keys", c, name, how), "Use LINEAR keys");
      for (const char* key : {"input", "output"}) {
        auto span = resolve(at, doc, s.is_object() ? whole_or(s, key, UINT64_MAX) : UINT64_MAX);
        if (!span) return span.error();
        if (span->type != 5126 || !all_finite(*span)) return at.fail(fmt::format("clip {} ({}) has a key that is not a finite number", c, name), kReexport);
      }
    }
    for (const Json& channel : array_of(clips[c], "channels")) {
      const auto target = channel.is_object() ? channel.find("target") : channel.end();
      if (!channel.is_object() || target == channel.end() || !target->is_object() || whole_or(channel, "sampler", UINT64_MAX) >= samplers.size() ||
          whole_or(*target, "node", 0) >= node_count)
        return at.fail(fmt::format("clip {} ({}) has a channel without node or keys", c, name), kReexport);
    }
  }
  return ok();
}

Status check_materials(const Checker& at, const Json& json) {
  const size_t texture_count = array_of(json, "textures").size(), image_count = array_of(json, "images").size();
  for (const Json& t : array_of(json, "textures"))
    if (!t.is_object() || whole_or(t, "source", UINT64_MAX) >= image_count) return at.fail("a texture has no image", kReexport);
  for (const Json& image : array_of(json, "images")) {
    const std::string uri = image.is_object() ? string_of(image, "uri") : "";
    if (!uri.empty() && !uri.starts_with("data:") && (fs::path(uri).is_absolute() || uri.find("://") != std::string::npos))
      return at.fail(fmt::format("an image points outside of the model's folder: {}", uri.substr(0, 80)), "Use a relative file name");
  }
  const Json& materials = array_of(json, "materials");
  for (size_t m = 0; m < materials.size(); ++m) {
    if (!materials[m].is_object()) return at.fail(fmt::format("material {} is not an object", m), kReexport);
    std::vector<const Json*> infos;
    for (const char* key : {"normalTexture", "occlusionTexture", "emissiveTexture"})
      if (materials[m].contains(key)) infos.push_back(&materials[m][key]);
    if (const auto pbr = materials[m].find("pbrMetallicRoughness"); pbr != materials[m].end() && pbr->is_object())
      for (const char* key : {"baseColorTexture", "metallicRoughnessTexture"})
        if (pbr->contains(key)) infos.push_back(&(*pbr)[key]);
    for (const Json* info : infos)
      if (!info->is_object() || whole_or(*info, "index", UINT64_MAX) >= texture_count)
        return at.fail(fmt::format("material {} ({}) names a texture that is not there", m, string_of(materials[m], "name")), kReexport);
  }
  return ok();
}

Result<Document> read_document(const fs::path& path) {
  const Checker at{path};
  auto read = read_json(path);
  if (!read) return read.error();
  Document doc{std::move(read->first), {}};
  const auto asset = doc.json.find("asset");
  if (asset == doc.json.end() || !asset->is_object() || !string_of(*asset, "version").starts_with("2."))
    return at.fail("is not glTF version 2", kReexport);
  for (const char* key : {"accessors", "bufferViews", "buffers", "meshes", "materials", "images", "textures", "animations"})
    if (array_of(doc.json, key).size() > kMaxArray) return at.fail(fmt::format("has too many {}", key));
  const Json& buffers = array_of(doc.json, "buffers");
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (!buffers[i].is_object()) return at.fail(fmt::format("buffer {} is not an object", i), kReexport);
    const std::string uri = string_of(buffers[i], "uri");
    const uint64_t length = whole_or(buffers[i], "byteLength", UINT64_MAX);
    std::string bytes;
    std::string where = path.string();
    if (uri.empty()) {
      bytes = std::move(read->second);
    } else if (uri.starts_with("data:")) {
      const size_t comma = uri.find(";base64,");
      auto decoded = comma == std::string::npos ? std::nullopt : decode_base64(std::string_view(uri).substr(comma + 8));
      if (!decoded) return at.fail(fmt::format("buffer {} is not base64", i), kReexport);
      bytes = std::move(*decoded);
    } else {
      auto file = buffer_file(at, uri, i);
      if (!file) return file.error();
      where = file->string();
      if (!fs::is_regular_file(*file))
        return Error{Code::kFailed, where, fmt::format("the buffer of {} is missing", path.filename().string()), "Copy the .bin beside the .gltf"};
      auto content = read_file(*file, kMaxFile);
      if (!content) return content.error();
      bytes = std::move(*content);
    }
    if (bytes.size() < length)
      return Error{Code::kFailed, where, fmt::format("the buffer has {} bytes, {} are needed: it is truncated", bytes.size(), length), "Copy it again"};
    doc.buffers.push_back(std::move(bytes));
  }
  return doc;
}

}  // namespace

Result<std::vector<fs::path>> gltf_files(const fs::path& path) {
  const Checker at{path};
  auto read = read_json(path);
  if (!read) return read.error();
  std::vector<fs::path> files{path};
  const Json& buffers = array_of(read->first, "buffers");
  for (size_t i = 0; i < buffers.size() && i < kMaxArray; ++i) {
    const std::string uri = buffers[i].is_object() ? string_of(buffers[i], "uri") : "";
    if (uri.empty() || uri.starts_with("data:")) continue;
    auto file = buffer_file(at, uri, i);
    if (!file) return file.error();
    files.push_back(*file);
  }
  return files;
}

Result<GltfFacts> check_gltf(const fs::path& path) {
  const Checker at{path};
  auto doc = read_document(path);
  if (!doc) return doc.error();
  for (const Status& s : {check_extensions(at, doc->json), check_nodes(at, doc->json), check_materials(at, doc->json), check_meshes(at, *doc),
                          check_clips(at, *doc)})
    if (!s) return s.error();
  GltfFacts facts;
  for (const Json& m : array_of(doc->json, "materials")) {
    GltfMaterialFacts f{string_of(m, "name"), 1};
    if (const auto e = m.find("extensions"); e != m.end() && e->is_object())
      if (const auto s = e->find("KHR_materials_emissive_strength"); s != e->end() && s->is_object())
        if (const auto v = s->find("emissiveStrength"); v != s->end() && v->is_number()) f.emissive_strength = v->get<float>();
    facts.materials.push_back(std::move(f));
  }
  for (const Json& n : array_of(doc->json, "nodes")) facts.nodes.push_back(string_of(n, "name"));
  for (const Json& a : array_of(doc->json, "animations")) facts.clips.push_back(a.is_object() ? string_of(a, "name") : "");
  for (const Json& i : array_of(doc->json, "images")) {
    const std::string uri = i.is_object() ? string_of(i, "uri") : "";
    if (!uri.empty() && !uri.starts_with("data:")) facts.images.push_back(path.parent_path() / uri);
  }
  const Json& accessors = array_of(doc->json, "accessors");
  for (const Json& mesh : array_of(doc->json, "meshes")) {
    for (const Json& p : array_of(mesh, "primitives")) {
      // Both are in range: check_meshes saw to it.
      const Json& counted = p.contains("indices") ? accessors[p["indices"].get<size_t>()] : accessors[p["attributes"]["POSITION"].get<size_t>()];
      facts.triangles += counted["count"].get<uint64_t>() / 3;
    }
  }
  return facts;
}

}  // namespace shixun
