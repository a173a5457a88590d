// glTF 2.0 is read by ourselves, not through Assimp: Assimp 5.2 reads quantized positions as garbage, has no meshopt, moves texture transforms
// to wrong places, turns stepped and spline keys into straight ones, drops emissive strength, and follows node cycles and bad offsets. The format
// is small; with the checked document below it (engine/base/gltf_document) nothing here needs to distrust an offset.

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <glm/geometric.hpp>
#include <glm/gtc/type_ptr.hpp>
#include <set>

#include "engine/asset/import.h"
#include "engine/asset/unpack.h"

namespace shixun {
namespace {

using Json = nlohmann::json;
using namespace json;

constexpr size_t kMaxNodes = 65'536;  // with instances

// A value of `extras` as text; a list becomes "a b c".
std::string text_of(const Json& value, int depth = 0) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  if (value.is_number()) return value.dump();
  std::string joined;
  if ((value.is_array() || value.is_object()) && depth < 8)
    for (const Json& item : value) joined += (joined.empty() ? "" : " ") + text_of(item, depth + 1);
  return joined;
}

float clamped(double value, double low, double high) { return static_cast<float>(std::clamp(value, low, high)); }

template <size_t N>
std::array<float, N> numbers(const Json& list, std::array<float, N> values) {
  for (size_t i = 0; i < N && i < list.size(); ++i)
    if (list[i].is_number() && std::isfinite(list[i].get<double>())) values[i] = static_cast<float>(list[i].get<double>());
  return values;
}

// Where in the texture a material looks: which set of coordinates, moved how (KHR_texture_transform).
struct Mapping {
  uint64_t set = 0;
  float offset_u = 0, offset_v = 0, rotation = 0, scale_u = 1, scale_v = 1;
  bool operator==(const Mapping&) const = default;
  bool moves() const { return *this != Mapping{set}; }

  // As the extension's appendix has it: scaled, turned, moved.
  glm::vec2 apply(glm::vec2 uv) const {
    uv *= glm::vec2(scale_u, scale_v);
    const float c = std::cos(rotation), s = std::sin(rotation);
    return {c * uv.x + s * uv.y + offset_u, -s * uv.x + c * uv.y + offset_v};
  }
};

class GltfReader {
 public:
  explicit GltfReader(GltfDocument doc) : doc_(std::move(doc)) {}

  Result<Model> read() {
    model_.name = doc_.path.stem().string();
    for (const auto part : {&GltfReader::read_materials, &GltfReader::read_nodes, &GltfReader::read_skins, &GltfReader::read_clips})
      if (const Status s = (this->*part)(); !s) return s.error();
    if (model_.meshes.empty())
      return doc_.fail(dropped_ > 0 ? "has points or lines only: there is no surface to show" : "has no triangles: there is nothing to show", "Export triangles");
    if (dropped_ > 0) warn(fmt::format("{} parts of points or lines are not shown", dropped_));
    if (morphs_) warn("its morph targets are not applied");
    if (colored_) warn("its vertex colours are shown as shades of grey");
    return std::move(model_);
  }

 private:
  void warn(std::string text) {
    if (std::find(model_.warnings.begin(), model_.warnings.end(), text) == model_.warnings.end()) model_.warnings.push_back(std::move(text));
  }

  std::string named(const char* kind, size_t index, const Json& item) const {
    return fmt::format("{} {} ({})", kind, index, string_of(item, "name").substr(0, 80));
  }

  // Materials ------------------------------------------------------------------------------------------------------------------------

  Mapping mapping_of(const Json& info) const {
    Mapping m;
    m.set = whole_or(info, "texCoord", 0);
    const Json& t = object_of(object_of(info, "extensions"), "KHR_texture_transform");
    if (t.empty()) return m;
    m.set = whole_or(t, "texCoord", m.set);
    const auto offset = numbers<2>(array_of(t, "offset"), {0, 0}), scale = numbers<2>(array_of(t, "scale"), {1, 1});
    m.offset_u = offset[0], m.offset_v = offset[1], m.scale_u = scale[0], m.scale_v = scale[1];
    m.rotation = static_cast<float>(number_or(t, "rotation", 0));
    return m;
  }

  // The image of a texture, listed once for each use of it; -1 when there is none.
  Result<int> image_of(const Json& info, bool srgb, bool open) {
    if (info.empty()) return -1;
    const uint64_t t = whole_or(info, "index", UINT64_MAX);
    const Json& textures = array_of(doc_.json, "textures");
    if (t >= textures.size() || !textures[t].contains("source")) return -1;
    const uint64_t source = whole_or(textures[t], "source", UINT64_MAX);  // in range: check_gltf_structure saw to it
    const auto key = std::tuple(source, srgb, open);
    if (const auto it = image_of_key_.find(key); it != image_of_key_.end()) return it->second;
    const Json& json = doc_.json["images"][source];
    Image image;
    image.srgb = srgb;
    image.open = open;
    const std::string uri = string_of(json, "uri");
    if (uri.starts_with("data:")) {
      auto bytes = decode_data_uri(uri);
      if (!bytes) return doc_.fail(fmt::format("image {} is not base64", source));
      image.embedded = std::move(*bytes);
    } else if (!uri.empty()) {
      auto file = gltf_uri_file(doc_, uri, "an image", 1);
      if (!file) return file.error();
      image.path = std::move(*file);
    } else {
      auto bytes = gltf_view(doc_, whole_or(json, "bufferView", UINT64_MAX));
      if (!bytes) return bytes.error();
      image.embedded = *bytes;
    }
    model_.images.push_back(std::move(image));
    return image_of_key_[key] = static_cast<int>(model_.images.size()) - 1;
  }

  Status read_materials() {
    const Json& materials = array_of(doc_.json, "materials");
    for (size_t i = 0; i < materials.size(); ++i) {
      const Json& from = materials[i];
      const Json& pbr = object_of(from, "pbrMetallicRoughness");
      const Json& extensions = object_of(from, "extensions");
      Material m;
      m.name = string_of(from, "name");
      const auto color = numbers<4>(array_of(pbr, "baseColorFactor"), {1, 1, 1, 1});
      m.base_color = {color[0], color[1], color[2], color[3]};
      m.metallic = clamped(number_or(pbr, "metallicFactor", 1), 0, 1);
      m.roughness = clamped(number_or(pbr, "roughnessFactor", 1), 0, 1);
      const auto emissive = numbers<3>(array_of(from, "emissiveFactor"), {0, 0, 0});
      m.emissive = glm::vec3(emissive[0], emissive[1], emissive[2]) *
                   clamped(number_or(object_of(extensions, "KHR_materials_emissive_strength"), "emissiveStrength", 1), 0, 1e6);
      const Json& coat = object_of(extensions, "KHR_materials_clearcoat");
      m.clearcoat = clamped(number_or(coat, "clearcoatFactor", 0), 0, 1);
      m.clearcoat_roughness = clamped(number_or(coat, "clearcoatRoughnessFactor", 0), 0, 1);
      m.transmission = clamped(number_or(object_of(extensions, "KHR_materials_transmission"), "transmissionFactor", 0), 0, 1);
      m.double_sided = flag_of(from, "doubleSided");
      const std::string alpha = string_of(from, "alphaMode");
      if (alpha == "MASK") m.alpha = Material::Alpha::kMask;
      if (alpha == "BLEND") m.alpha = Material::Alpha::kBlend;
      m.alpha_cutoff = clamped(number_or(from, "alphaCutoff", 0.5), 0, 1);
      const Json *base = &object_of(pbr, "baseColorTexture"), &normal = object_of(from, "normalTexture"), &glow = object_of(from, "emissiveTexture");
      const Json &rough = object_of(pbr, "metallicRoughnessTexture"), &occlusion = object_of(from, "occlusionTexture");
      m.normal_scale = clamped(number_or(normal, "scale", 1), -16, 16);
      // The older model of shine: its colours are read, its highlights become a roughness.
      if (const Json& gloss = object_of(extensions, "KHR_materials_pbrSpecularGlossiness"); !gloss.empty() && pbr.empty()) {
        const auto diffuse = numbers<4>(array_of(gloss, "diffuseFactor"), {1, 1, 1, 1});
        m.base_color = {diffuse[0], diffuse[1], diffuse[2], diffuse[3]};
        m.metallic = 0;
        m.roughness = 1 - clamped(number_or(gloss, "glossinessFactor", 1), 0, 1);
        base = &object_of(gloss, "diffuseTexture");
        if (gloss.contains("specularGlossinessTexture")) m.roughness = 0.6f;
        warn("specular-glossiness materials are shown without their metal parts");
      }
      const Json& base_info = *base;

      // One set of coordinates goes to the GPU: the base colour's, or that of the first texture there is. A texture that looks elsewhere is left out.
      Mapping mapping;
      for (const Json* info : {&base_info, &normal, &rough, &glow})
        if (!info->empty()) {
          mapping = mapping_of(*info);
          break;
        }
      const auto fits = [&](const Json& info, const char* what) {
        if (info.empty() || mapping_of(info) == mapping) return true;
        warn(fmt::format("material {} uses other texture coordinates for its {} than for its colour: that texture is left out", m.name, what));
        return false;
      };
      static const Json nothing = Json::object();
      const bool packed = !rough.empty() && !occlusion.empty() && whole_or(rough, "index", 0) == whole_or(occlusion, "index", 1) &&
                          mapping_of(occlusion) == mapping_of(rough);
      const struct { const Json& info; const char* what; bool srgb, open; int* to; } uses[] = {
          {base_info, "colour", true, false, &m.tex_base},
          {normal, "relief", false, false, &m.tex_normal},
          {rough, "roughness", false, !packed, &m.tex_orm},
          {glow, "glow", true, false, &m.tex_emissive},
          {packed ? nothing : occlusion, "shading", false, false, &m.tex_occlusion},
      };
      for (const auto& use : uses) {
        if (!fits(use.info, use.what)) continue;
        auto image = image_of(use.info, use.srgb, use.open);
        if (!image) return image.error();
        *use.to = *image;
      }
      if (!glow.empty() && m.tex_emissive < 0) m.emissive = glm::vec3(0);  // all of the surface would glow
      if (!rough.empty() && m.tex_orm < 0 && m.metallic == 1) m.metallic = 0, m.roughness = 0.7f;
      // Not lit: it glows in its own colour and reflects nothing.
      if (extensions.contains("KHR_materials_unlit")) {
        m.emissive = glm::vec3(m.base_color);
        m.tex_emissive = m.tex_base;
        m.base_color = {0, 0, 0, m.base_color.a};
        m.metallic = 0, m.roughness = 1;
      }
      model_.materials.push_back(std::move(m));
      mappings_.push_back(mapping);
    }
    return ok();
  }

  uint32_t plain_material() {
    if (plain_ == ~0u) {
      plain_ = static_cast<uint32_t>(model_.materials.size());
      Material m;
      m.name = "default";
      model_.materials.push_back(m);
      mappings_.push_back({});
    }
    return plain_;
  }

  // Meshes ---------------------------------------------------------------------------------------------------------------------------

  // The model's meshes made from a mesh of the file, read when first shown; `skin` (index in the file, or -1) decides over the joints.
  Result<std::vector<uint32_t>> meshes_of(uint64_t index, int64_t skin) {
    const auto key = std::pair(index, skin);
    if (const auto it = meshes_of_key_.find(key); it != meshes_of_key_.end()) return it->second;
    const Json& json = doc_.json["meshes"][index];
    const std::string who = named("mesh", index, json);
    const size_t count = array_of(json, "primitives").size();
    std::vector<uint32_t> made;
    for (size_t p = 0; p < count; ++p) {
      auto primitive = gltf_primitive(doc_, json, p, who);
      if (!primitive) return primitive.error();
      if (primitive->triangles.empty()) {
        ++dropped_;
        continue;
      }
      const Json& from = json["primitives"][p];
      morphs_ = morphs_ || !array_of(from, "targets").empty();
      Mesh mesh;
      mesh.name = string_of(json, "name") + (count > 1 ? "-" + std::to_string(p) : "");
      mesh.material = from.contains("material") ? static_cast<uint32_t>(whole_or(from, "material", 0)) : plain_material();
      // Facets need vertices of their own; and the same geometry read again for another skin counts again.
      if (vertices_ + (primitive->normals.empty() ? primitive->triangles.size() : primitive->vertices) > kMaxModelVertices)
        return doc_.fail(fmt::format("needs more than {} vertices", kMaxModelVertices), "Simplify the model, or export it with normals");
      if (const Status s = fill(mesh, *primitive, skin, who); !s) return s.error();
      vertices_ += mesh.vertices.size();
      made.push_back(static_cast<uint32_t>(model_.meshes.size()));
      model_.meshes.push_back(std::move(mesh));
    }
    return meshes_of_key_[key] = std::move(made);
  }

  Status fill(Mesh& mesh, GltfPrimitive& from, int64_t skin, const std::string& who) {
    const Mapping& mapping = mappings_[mesh.material];
    const std::vector<float>* uvs = mapping.set < from.uvs.size() && !from.uvs[mapping.set].empty() ? &from.uvs[mapping.set] : nullptr;
    mesh.vertices.resize(from.vertices);
    float widest = 0;
    for (size_t v = 0; v < from.vertices; ++v) {
      Vertex& vertex = mesh.vertices[v];
      vertex = {};
      vertex.position = {from.positions[v * 3], from.positions[v * 3 + 1], from.positions[v * 3 + 2]};
      if (glm::any(glm::greaterThan(glm::abs(vertex.position), glm::vec3(1e9f)))) return doc_.fail(fmt::format("{} reaches farther than a million kilometres", who));
      vertex.occlusion = 1;
      if (!from.colors.empty()) {
        const float* c = &from.colors[v * 4];
        vertex.occlusion = std::clamp((c[0] + c[1] + c[2]) / 3, 0.0f, 1.0f);
        widest = std::max(widest, std::max({c[0], c[1], c[2]}) - std::min({c[0], c[1], c[2]}));
      }
      if (uvs) {
        vertex.uv = {(*uvs)[v * 2], (*uvs)[v * 2 + 1]};
        if (mapping.moves()) vertex.uv = mapping.apply(vertex.uv);
        if (!std::isfinite(vertex.uv.x) || !std::isfinite(vertex.uv.y)) return doc_.fail(fmt::format("{} has a texture transform that is not finite", who));
      }
    }
    colored_ = colored_ || widest > 0.02f;
    if (from.influences > 0 && skin >= 0) {
      const size_t joints = array_of(doc_.json["skins"][static_cast<size_t>(skin)], "joints").size();
      mesh.skin.resize(from.vertices);
      for (size_t v = 0; v < from.vertices; ++v) {
        uint32_t names[8];
        for (size_t i = 0; i < from.influences; ++i) {
          const float joint = from.joints[v * from.influences + i];
          if (!(joint >= 0) || joint >= static_cast<float>(joints)) return doc_.fail(fmt::format("{}: joint {} is out of range, its skin has {}", who, joint, joints));
          names[i] = static_cast<uint32_t>(joint);
        }
        mesh.skin[v] = skin_vertex(names, &from.weights[v * from.influences], from.influences);
      }
    }
    mesh.indices = std::move(from.triangles);
    if (from.normals.empty()) {
      flatten(mesh);  // the specification asks for facets
    } else {
      for (size_t v = 0; v < from.vertices; ++v) {
        const glm::vec3 n(from.normals[v * 3], from.normals[v * 3 + 1], from.normals[v * 3 + 2]);
        const float length = glm::length(n);
        mesh.vertices[v].normal = std::isfinite(length) && length > 1e-6f ? n / length : glm::vec3(0, 1, 0);
      }
    }
    if (uvs) {
      if (from.normals.empty() || from.tangents.empty() || mapping.moves()) {
        add_tangents(mesh);
      } else {
        for (size_t v = 0; v < from.vertices; ++v) {
          const glm::vec3& n = mesh.vertices[v].normal;
          glm::vec3 t(from.tangents[v * 4], from.tangents[v * 4 + 1], from.tangents[v * 4 + 2]);
          t -= n * glm::dot(n, t);
          const float length = glm::length(t);
          if (std::isfinite(length) && length > 1e-6f) t /= length;
          else t = glm::normalize(glm::cross(n, std::abs(n.x) < 0.8f ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1)));
          mesh.vertices[v].tangent = glm::vec4(t, from.tangents[v * 4 + 3] < 0 ? -1.0f : 1.0f);
        }
      }
    }
    mesh.lods = {{0, static_cast<uint32_t>(mesh.indices.size())}};
    mesh.lower = mesh.upper = mesh.vertices[0].position;
    for (const Vertex& v : mesh.vertices) mesh.lower = glm::min(mesh.lower, v.position), mesh.upper = glm::max(mesh.upper, v.position);
    return ok();
  }

  // Every triangle gets its own corners and the normal of its face.
  static void flatten(Mesh& mesh) {
    std::vector<Vertex> vertices;
    std::vector<SkinVertex> skin;
    vertices.reserve(mesh.indices.size());
    for (size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
      const uint32_t* corner = &mesh.indices[i];
      const glm::vec3 a = mesh.vertices[corner[0]].position;
      const glm::vec3 n = glm::cross(mesh.vertices[corner[1]].position - a, mesh.vertices[corner[2]].position - a);
      const float length = glm::length(n);
      for (int c = 0; c < 3; ++c) {
        vertices.push_back(mesh.vertices[corner[c]]);
        vertices.back().normal = std::isfinite(length) && length > 0 ? n / length : glm::vec3(0, 1, 0);
        if (!mesh.skin.empty()) skin.push_back(mesh.skin[corner[c]]);
      }
    }
    for (uint32_t i = 0; i < mesh.indices.size(); ++i) mesh.indices[i] = i;
    mesh.vertices = std::move(vertices);
    mesh.skin = std::move(skin);
  }

  // Nodes ----------------------------------------------------------------------------------------------------------------------------

  Status read_nodes() {
    const Json& nodes = array_of(doc_.json, "nodes");
    if (!object_of(object_of(doc_.json, "extensions"), "KHR_lights_punctual").empty()) warn("its lights are not lit: a scene's lamps stand in scene.yaml");
    const Json& scenes = array_of(doc_.json, "scenes");
    std::vector<uint64_t> roots;
    if (!scenes.empty()) {
      for (const Json& n : array_of(scenes[whole_or(doc_.json, "scene", 0)], "nodes")) roots.push_back(n.get<uint64_t>());
    } else {
      std::set<uint64_t> children;
      for (const Json& n : nodes)
        for (const Json& c : array_of(n, "children")) children.insert(c.get<uint64_t>());
      for (uint64_t n = 0; n < nodes.size(); ++n)
        if (!children.contains(n)) roots.push_back(n);
    }
    if (roots.empty()) return doc_.fail("its scene is empty: there is nothing to show");
    int above = -1;
    if (roots.size() > 1) {
      Node top;
      top.name = model_.name;
      model_.nodes.push_back(std::move(top));
      above = 0;
    }
    node_of_.assign(nodes.size(), -1);
    // Depth first with an own stack: a parent is always numbered before its children.
    std::vector<std::pair<uint64_t, int>> open;
    for (size_t i = roots.size(); i-- > 0;) open.emplace_back(roots[i], above);
    while (!open.empty()) {
      const auto [from, parent] = open.back();
      open.pop_back();
      if (node_of_[from] >= 0) continue;  // a root named twice
      const Json& json = nodes[from];
      Node node;
      node.name = string_of(json, "name");
      node.parent = parent;
      const std::string who = named("node", from, json);
      if (json.contains("matrix")) {
        const auto m = numbers<16>(array_of(json, "matrix"), {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
        const Trs trs = trs_of(glm::make_mat4(m.data()));
        node.translation = trs.translation, node.rotation = trs.rotation, node.scale = trs.scale;
        if (!trs.whole) warn(who + " is sheared, which is not kept");
      } else {
        const auto t = numbers<3>(array_of(json, "translation"), {0, 0, 0}), s = numbers<3>(array_of(json, "scale"), {1, 1, 1});
        const auto r = numbers<4>(array_of(json, "rotation"), {0, 0, 0, 1});
        node.translation = {t[0], t[1], t[2]};
        node.scale = {s[0], s[1], s[2]};
        const glm::quat q(r[3], r[0], r[1], r[2]);
        const float length = glm::length(q);
        if (length > 1e-6f && std::isfinite(length)) node.rotation = q / length;
      }
      if (const Json& extras = object_of(json, "extras"); !extras.empty())
        for (const auto& [key, value] : extras.items()) node.extras[key] = text_of(value);
      std::vector<Trs> instances;
      if (json.contains("mesh")) {
        const int64_t skin = json.contains("skin") ? static_cast<int64_t>(whole_or(json, "skin", 0)) : -1;
        node.skin = static_cast<int>(skin);
        auto meshes = meshes_of(whole_or(json, "mesh", 0), skin);
        if (!meshes) return meshes.error();
        node.meshes = std::move(*meshes);
        auto placed = instances_of(json, who);
        if (!placed) return placed.error();
        instances = std::move(*placed);
      }
      const int index = static_cast<int>(model_.nodes.size());
      node_of_[from] = index;
      std::vector<uint32_t> shown;
      if (!instances.empty()) std::swap(shown, node.meshes);
      model_.nodes.push_back(std::move(node));
      for (const Trs& trs : instances) {
        Node one;
        one.parent = index;
        one.translation = trs.translation, one.rotation = trs.rotation, one.scale = trs.scale;
        one.meshes = shown;
        model_.nodes.push_back(std::move(one));
      }
      if (model_.nodes.size() > kMaxNodes) return doc_.fail(fmt::format("has more than {} nodes with its instances", kMaxNodes), "Split the model");
      const Json& children = array_of(json, "children");
      for (size_t i = children.size(); i-- > 0;) open.emplace_back(children[i].get<uint64_t>(), index);
    }
    return ok();
  }

  // EXT_mesh_gpu_instancing: the places of a mesh that is shown many times.
  Result<std::vector<Trs>> instances_of(const Json& node, const std::string& who) {
    const Json& attributes = object_of(object_of(object_of(node, "extensions"), "EXT_mesh_gpu_instancing"), "attributes");
    std::vector<Trs> places;
    std::vector<float> values[3];
    const char* const names[3] = {"TRANSLATION", "ROTATION", "SCALE"};
    const uint64_t components[3] = {3, 4, 3};
    for (int i = 0; i < 3; ++i) {
      if (!attributes.contains(names[i])) continue;
      auto read = gltf_floats(doc_, whole_or(attributes, names[i], UINT64_MAX), components[i]);
      if (!read) return read.error();
      values[i] = std::move(*read);
      const size_t count = values[i].size() / components[i];
      if (count > kMaxNodes || (!places.empty() && places.size() != count)) return doc_.fail(fmt::format("{}: its instances are too many or differ in number", who));
      places.resize(count);
    }
    for (size_t i = 0; i < places.size(); ++i) {
      if (!values[0].empty()) places[i].translation = glm::make_vec3(&values[0][i * 3]);
      if (const float* r = values[1].empty() ? nullptr : &values[1][i * 4]) {
        const glm::quat q(r[3], r[0], r[1], r[2]);
        if (const float length = glm::length(q); length > 1e-6f && std::isfinite(length)) places[i].rotation = q / length;
      }
      if (!values[2].empty()) places[i].scale = glm::make_vec3(&values[2][i * 3]);
    }
    return places;
  }

  Status read_skins() {
    const Json& skins = array_of(doc_.json, "skins");
    for (size_t s = 0; s < skins.size(); ++s) {
      const std::string who = named("skin", s, skins[s]);
      Skin skin;
      skin.name = string_of(skins[s], "name");
      const bool shown = std::any_of(model_.nodes.begin(), model_.nodes.end(), [s](const Node& n) { return n.skin == static_cast<int>(s); });
      for (const Json& j : array_of(skins[s], "joints")) {
        const int node = node_of_[j.get<uint64_t>()];
        if (node < 0 && shown) return doc_.fail(who + " has a joint that is not in the scene");
        skin.joints.push_back(std::max(node, 0));
      }
      skin.inverse_bind.assign(skin.joints.size(), glm::mat4(1));
      if (skins[s].contains("inverseBindMatrices")) {
        auto values = gltf_floats(doc_, whole_or(skins[s], "inverseBindMatrices", UINT64_MAX), 16);
        if (!values) return values.error();
        if (values->size() < skin.joints.size() * 16) return doc_.fail(who + " has not one matrix for each joint");
        for (size_t j = 0; j < skin.joints.size(); ++j) skin.inverse_bind[j] = glm::make_mat4(&(*values)[j * 16]);
      }
      model_.skins.push_back(std::move(skin));
    }
    return ok();
  }

  Status read_clips() {
    const Json& clips = array_of(doc_.json, "animations");
    for (size_t c = 0; c < clips.size(); ++c) {
      const std::string who = named("clip", c, clips[c]);
      Clip clip;
      clip.name = string_of(clips[c], "name");
      std::map<int, Channel> by_node;
      for (size_t i = 0; i < array_of(clips[c], "channels").size(); ++i) {
        auto keys = gltf_channel(doc_, clips[c], i, who);
        if (!keys) return keys.error();
        const int node = keys->node < 0 ? -1 : node_of_[static_cast<size_t>(keys->node)];
        if (node < 0 || keys->times.empty()) continue;
        Channel& channel = by_node[node];
        channel.node = node;
        clip.duration = std::max(clip.duration, keys->times.back());
        const Interpolation way = keys->cubic ? Interpolation::kCubic : keys->step ? Interpolation::kStep : Interpolation::kLinear;
        const std::vector<float>& v = keys->values;
        if (keys->path == "rotation") {
          channel.rotations.clear();
          for (size_t k = 0; k + 3 < v.size(); k += 4) channel.rotations.emplace_back(v[k + 3], v[k], v[k + 1], v[k + 2]);
          channel.rotation_times = std::move(keys->times);
          channel.rotation_way = way;
        } else {
          const bool moves = keys->path == "translation";
          std::vector<glm::vec3>& to = moves ? channel.translations : channel.scales;
          to.clear();
          for (size_t k = 0; k + 2 < v.size(); k += 3) to.emplace_back(v[k], v[k + 1], v[k + 2]);
          (moves ? channel.translation_times : channel.scale_times) = std::move(keys->times);
          (moves ? channel.translation_way : channel.scale_way) = way;
        }
      }
      for (auto& [node, channel] : by_node) {
        drop_idle_keys(channel, model_.nodes[static_cast<size_t>(node)]);
        if (!channel.translations.empty() || !channel.rotations.empty() || !channel.scales.empty()) clip.channels.push_back(std::move(channel));
      }
      model_.clips.push_back(std::move(clip));
    }
    return ok();
  }

  GltfDocument doc_;
  Model model_;
  std::map<std::tuple<uint64_t, bool, bool>, int> image_of_key_;
  std::map<std::pair<uint64_t, int64_t>, std::vector<uint32_t>> meshes_of_key_;
  std::vector<Mapping> mappings_;  // one a material
  std::vector<int> node_of_;       // node of the file to node of the model, -1: not in the scene
  uint64_t vertices_ = 0;
  size_t dropped_ = 0;
  uint32_t plain_ = ~0u;
  bool morphs_ = false, colored_ = false;
};

}  // namespace

Result<Model> import_gltf(const fs::path& path) {
  auto doc = read_gltf_json(path);
  if (!doc) return doc.error();
  if (const Status s = check_gltf_structure(*doc); !s) return s.error();
  const Unpacker unpacker;
  if (const Status s = read_gltf_buffers(*doc, &unpacker); !s) return s.error();
  return GltfReader(std::move(*doc)).read();
}

}  // namespace shixun
