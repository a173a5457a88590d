#include "engine/base/gltf.h"

#include <cmath>
#include <fmt/format.h>

#include "engine/base/gltf_document.h"

namespace shixun {
namespace {

using Json = nlohmann::json;
using namespace json;

constexpr size_t kMaxNodes = 65'536;
constexpr int kMaxNodeDepth = 256;
constexpr uint64_t kMaxJoints = 256;  // of one skin: a vertex names them by one byte

Status check_extensions(const GltfDocument& doc) {
  // What changes the geometry or the meaning of the file and is not read. What only refines it is left out in silence.
  const struct { const char* name; const char* hint; } refused[] = {
      {"KHR_texture_basisu", "Use PNG or JPEG textures"},
      {"EXT_texture_webp", "Use PNG or JPEG textures"},
      {"EXT_texture_avif", "Use PNG or JPEG textures"},
      {"MSFT_texture_dds", "Use PNG or JPEG textures"},
      {"KHR_meshopt_compression", "Export with EXT_meshopt_compression or without compression"},
      {"KHR_gaussian_splatting", "Export triangles"},
  };
  const char* const read[] = {"KHR_mesh_quantization", "EXT_meshopt_compression", "KHR_draco_mesh_compression", "KHR_texture_transform",
                              "KHR_lights_punctual", "EXT_mesh_gpu_instancing"};
  for (const Json& e : array_of(doc.json, "extensionsRequired")) {
    const std::string name = e.is_string() ? e.get<std::string>() : "";
    for (const auto& r : refused)
      if (name == r.name) return doc.fail(fmt::format("needs {}, which is not supported", name), r.hint);
    if (name.starts_with("KHR_materials_") || std::find(std::begin(read), std::end(read), name) != std::end(read)) continue;
    return doc.fail(fmt::format("needs {}, which is not supported", name.substr(0, 80)), "Export the model without this extension");
  }
  return ok();
}

Status check_nodes(const GltfDocument& doc) {
  const Json& nodes = array_of(doc.json, "nodes");
  if (nodes.size() > kMaxNodes) return doc.fail(fmt::format("has {} nodes; at most {} are read", nodes.size(), kMaxNodes), "Join parts that never move apart");
  const size_t mesh_count = array_of(doc.json, "meshes").size(), skin_count = array_of(doc.json, "skins").size();
  std::vector<int64_t> parent(nodes.size(), -1);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const std::string who = fmt::format("node {} ({})", i, string_of(nodes[i], "name").substr(0, 80));
    if (nodes[i].contains("mesh") && whole_or(nodes[i], "mesh", 0) >= mesh_count) return doc.fail(who + " names a mesh that is not there");
    if (nodes[i].contains("skin") && whole_or(nodes[i], "skin", 0) >= skin_count) return doc.fail(who + " names a skin that is not there");
    const struct { const char* key; size_t size; } parts[] = {{"translation", 3}, {"rotation", 4}, {"scale", 3}, {"matrix", 16}};
    for (const auto& part : parts) {
      const Json& values = array_of(nodes[i], part.key);
      if (nodes[i].contains(part.key) && values.size() != part.size) return doc.fail(fmt::format("{}: {} has not {} numbers", who, part.key, part.size));
      for (const Json& v : values)
        if (!v.is_number() || !std::isfinite(v.get<double>()) || std::abs(v.get<double>()) > 1e9)
          return doc.fail(fmt::format("{}: {} is not a finite number", who, part.key));
    }
    for (const Json& c : array_of(nodes[i], "children")) {
      const uint64_t child = c.is_number_unsigned() ? c.get<uint64_t>() : UINT64_MAX;
      if (child >= nodes.size()) return doc.fail(who + " has a child that is not there");
      if (parent[child] != -1) return doc.fail(fmt::format("node {} has two parents", child));
      parent[child] = static_cast<int64_t>(i);
    }
  }
  // Level by level from the nodes without parent: what is never reached hangs in a cycle.
  std::vector<uint64_t> level, next;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (parent[i] == -1) level.push_back(i);
  size_t reached = level.size();
  for (int depth = 1; !level.empty(); ++depth, level = std::move(next)) {
    if (depth > kMaxNodeDepth) return doc.fail(fmt::format("its nodes are nested deeper than {} levels", kMaxNodeDepth));
    next.clear();
    for (const uint64_t n : level)
      for (const Json& c : array_of(nodes[n], "children")) next.push_back(c.get<uint64_t>());
    reached += next.size();
  }
  if (reached != nodes.size())
    return doc.fail(fmt::format("{} of its nodes hang in a cycle: they are their own ancestors", nodes.size() - reached));
  if (nodes.empty()) return doc.fail("has no node: there is nothing in it");
  const Json& scenes = array_of(doc.json, "scenes");
  if (!scenes.empty() && whole_or(doc.json, "scene", 0) >= scenes.size()) return doc.fail("its scene is not there");
  for (const Json& scene : scenes)
    for (const Json& n : array_of(scene, "nodes"))
      if (!n.is_number_unsigned() || n.get<uint64_t>() >= nodes.size() || parent[n.get<uint64_t>()] != -1)
        return doc.fail("a scene names a root node that is not there or is another node's child");
  return ok();
}

Status check_skins(const GltfDocument& doc) {
  const Json& skins = array_of(doc.json, "skins");
  const size_t node_count = array_of(doc.json, "nodes").size();
  for (size_t s = 0; s < skins.size(); ++s) {
    const Json& joints = array_of(skins[s], "joints");
    if (joints.empty() || joints.size() > kMaxJoints)
      return doc.fail(fmt::format("skin {} has {} joints; 1 to {} are read", s, joints.size(), kMaxJoints), "Use fewer bones");
    for (const Json& j : joints)
      if (!j.is_number_unsigned() || j.get<uint64_t>() >= node_count) return doc.fail(fmt::format("skin {} names a joint that is not there", s));
  }
  return ok();
}

// The counts the file claims, before any memory is asked for.
Status check_sizes(const GltfDocument& doc) {
  const Json& accessors = array_of(doc.json, "accessors");
  const auto count_of = [&](uint64_t index) { return index < accessors.size() ? std::min(whole(accessors[index], "count").value_or(0), uint64_t{1} << 32) : 0; };
  uint64_t triangles = 0, vertices = 0, keys = 0, materials = array_of(doc.json, "materials").size();
  for (size_t m = 0; m < array_of(doc.json, "meshes").size(); ++m) {
    const Json& mesh = doc.json["meshes"][m];
    const std::string who = fmt::format("mesh {} ({})", m, string_of(mesh, "name").substr(0, 80));
    for (const Json& p : array_of(mesh, "primitives")) {
      if (!p.is_object()) return doc.fail(who + " has a broken primitive");
      if (p.contains("material") && whole_or(p, "material", 0) >= materials) return doc.fail(who + " names a material that is not there");
      const uint64_t here = count_of(whole_or(object_of(p, "attributes"), "POSITION", UINT64_MAX));
      const uint64_t corners = p.contains("indices") ? count_of(whole_or(p, "indices", UINT64_MAX)) : here, mode = whole_or(p, "mode", 4);
      vertices += here;
      triangles += mode == 4 ? corners / 3 : corners;  // a strip has about as many as it has corners
    }
  }
  if (triangles > kMaxModelTriangles || vertices > kMaxModelVertices)
    return doc.fail(fmt::format("has {} triangles and {} vertices; at most {} and {} are read", triangles, vertices, kMaxModelTriangles, kMaxModelVertices),
                    "Simplify the model, or split it into several files");
  for (const Json& clip : array_of(doc.json, "animations"))
    for (const Json& channel : array_of(clip, "channels")) {
      const Json& samplers = array_of(clip, "samplers");
      const uint64_t s = channel.is_object() ? whole_or(channel, "sampler", UINT64_MAX) : UINT64_MAX;
      if (s < samplers.size() && samplers[s].is_object()) keys += 1 + count_of(whole_or(samplers[s], "output", UINT64_MAX));
    }
  if (keys > kMaxModelKeys) return doc.fail(fmt::format("has {} animation keys; at most {} are read", keys, kMaxModelKeys), "Thin out the keys");
  return ok();
}

Status check_materials(const GltfDocument& doc) {
  const Json& textures = array_of(doc.json, "textures");
  const Json& images = array_of(doc.json, "images");
  for (size_t t = 0; t < textures.size(); ++t) {
    if (textures[t].contains("source")) {
      if (whole_or(textures[t], "source", UINT64_MAX) >= images.size()) return doc.fail(fmt::format("texture {} names an image that is not there", t));
    } else if (!object_of(textures[t], "extensions").empty()) {
      return doc.fail(fmt::format("texture {} has only an image of a kind that is not supported ({})", t, textures[t]["extensions"].begin().key().substr(0, 80)),
                      "Use PNG or JPEG textures");
    }
  }
  for (const Json& image : images) {
    const std::string uri = string_of(image, "uri");
    if (uri.empty() || uri.starts_with("data:")) continue;
    // Shared textures lie in a folder beside the models' folder.
    if (auto file = gltf_uri_file(doc, uri, "an image", 1); !file) return file.error();
  }
  const Json& materials = array_of(doc.json, "materials");
  for (size_t m = 0; m < materials.size(); ++m) {
    std::vector<const Json*> infos;
    for (const char* key : {"normalTexture", "occlusionTexture", "emissiveTexture"})
      if (materials[m].contains(key)) infos.push_back(&materials[m][key]);
    for (const char* key : {"baseColorTexture", "metallicRoughnessTexture"})
      if (const Json& pbr = object_of(materials[m], "pbrMetallicRoughness"); pbr.contains(key)) infos.push_back(&pbr[key]);
    for (const Json* info : infos)
      if (!info->is_object() || whole_or(*info, "index", UINT64_MAX) >= textures.size())
        return doc.fail(fmt::format("material {} ({}) names a texture that is not there", m, string_of(materials[m], "name").substr(0, 80)));
  }
  return ok();
}

}  // namespace

Status check_gltf_structure(const GltfDocument& doc) {
  for (const auto check : {check_extensions, check_nodes, check_skins, check_sizes, check_materials})
    if (const Status s = check(doc); !s) return s;
  return ok();
}

Result<std::vector<fs::path>> gltf_files(const fs::path& path) {
  auto doc = read_gltf_json(path);
  if (!doc) return doc.error();
  std::vector<fs::path> files{path};
  const Json& buffers = array_of(doc->json, "buffers");
  for (size_t i = 0; i < buffers.size(); ++i) {
    const std::string uri = string_of(buffers[i], "uri");
    if (uri.empty() || uri.starts_with("data:")) continue;
    auto file = gltf_uri_file(*doc, uri, fmt::format("buffer {}", i).c_str(), 0);
    if (!file) return file.error();
    files.push_back(*file);
  }
  return files;
}

Result<GltfFacts> check_gltf(const fs::path& path) {
  auto read = read_gltf_json(path);
  if (!read) return read.error();
  GltfDocument& doc = *read;
  if (const Status s = check_gltf_structure(doc); !s) return s.error();
  if (const Status s = read_gltf_buffers(doc, nullptr); !s) return s.error();
  GltfFacts facts;
  const Json& meshes = array_of(doc.json, "meshes");
  for (size_t m = 0; m < meshes.size(); ++m) {
    const std::string who = fmt::format("mesh {} ({})", m, string_of(meshes[m], "name").substr(0, 80));
    for (size_t p = 0; p < array_of(meshes[m], "primitives").size(); ++p) {
      auto primitive = gltf_primitive(doc, meshes[m], p, who);
      if (!primitive) return primitive.error();
      const Json& json = meshes[m]["primitives"][p];
      const Json& accessors = doc.json["accessors"];
      // Of a packed one only the claimed number is known.
      if (primitive->packed) facts.triangles += whole_or(accessors[whole_or(json, "indices", whole_or(json["attributes"], "POSITION", 0))], "count", 0) / 3;
      else facts.triangles += primitive->triangles.size() / 3;
    }
  }
  if (facts.triangles == 0) return doc.fail("has no triangles: there is nothing to show", "Export triangles");
  const Json& clips = array_of(doc.json, "animations");
  for (size_t c = 0; c < clips.size(); ++c)
    for (size_t i = 0; i < array_of(clips[c], "channels").size(); ++i)
      if (auto channel = gltf_channel(doc, clips[c], i, fmt::format("clip {} ({})", c, string_of(clips[c], "name").substr(0, 80))); !channel)
        return channel.error();
  for (const Json& n : array_of(doc.json, "nodes")) facts.nodes.push_back(string_of(n, "name"));
  for (const Json& a : clips) facts.clips.push_back(string_of(a, "name"));
  for (const Json& i : array_of(doc.json, "images")) {
    const std::string uri = string_of(i, "uri");
    if (uri.starts_with("data:")) {
      if (auto bytes = decode_data_uri(uri)) facts.embedded.push_back(std::move(*bytes));
      continue;
    }
    if (uri.empty()) {
      if (auto bytes = gltf_view(doc, whole_or(i, "bufferView", UINT64_MAX))) facts.embedded.emplace_back(*bytes);
      continue;
    }
    auto file = gltf_uri_file(doc, uri, "an image", 1);
    if (!file) return file.error();
    facts.images.push_back(std::move(*file));
  }
  return facts;
}

}  // namespace shixun
