#include "engine/base/gltf_document.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

#include "engine/base/json.h"

namespace shixun {

namespace {
using Json = nlohmann::json;
}

namespace json {

std::optional<uint64_t> whole(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return std::nullopt;
  if (it->is_number_unsigned()) return it->get<uint64_t>();
  // Some exporters write 3.0 for 3.
  if (it->is_number_float() && it->get<double>() >= 0 && it->get<double>() < 9e15 && std::floor(it->get<double>()) == it->get<double>())
    return static_cast<uint64_t>(it->get<double>());
  return std::nullopt;
}

uint64_t whole_or(const Json& object, const char* key, uint64_t other) {
  return object.contains(key) ? whole(object, key).value_or(UINT64_MAX) : other;
}

const Json& array_of(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : kEmpty;
}

const Json& object_of(const Json& object, const char* key) {
  static const Json kEmpty = Json::object();
  const auto it = object.find(key);
  return it != object.end() && it->is_object() ? *it : kEmpty;
}

std::string string_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

double number_or(const Json& object, const char* key, double other) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number()) return other;
  const double value = it->get<double>();
  return std::isfinite(value) ? value : other;
}

bool flag_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_boolean() && it->get<bool>();
}

}  // namespace json

namespace {

using namespace json;

constexpr uint64_t kMaxJson = 256u << 20;          // embedded buffers count
constexpr size_t kMaxJsonValues = 4u << 20;        // some 100 bytes of memory each
constexpr size_t kMaxArray = 1u << 18;
constexpr int kMaxDepth = 64;                      // of JSON; its parser recurses
constexpr uint64_t kMaxUnpacked = kMaxModelBytes;  // by compressed views together

uint32_t u32_at(std::string_view s, size_t at) {
  uint32_t v = 0;
  std::memcpy(&v, s.data() + at, 4);
  return v;
}

bool is_glb(const fs::path& path) { return path.extension() == ".glb" || path.extension() == ".GLB"; }

// Names in another encoding would make the whole file unreadable: their bytes become question marks.
bool mend_utf8(std::string& s) {
  bool mended = false;
  for (size_t i = 0; i < s.size();) {
    const auto at = [&](size_t k) { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0u; };
    const unsigned lead = at(i);
    size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    for (size_t k = 1; k < length; ++k)
      if ((at(i + k) & 0xC0) != 0x80) length = 0;
    if (length == 3 && ((lead == 0xE0 && at(i + 1) < 0xA0) || (lead == 0xED && at(i + 1) > 0x9F))) length = 0;
    if (length == 4 && ((lead == 0xF0 && at(i + 1) < 0x90) || (lead == 0xF4 && at(i + 1) > 0x8F))) length = 0;
    if (length == 0) s[i] = '?', mended = true;
    i += std::max<size_t>(length, 1);
  }
  return mended;
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

const Json* compression_of(const Json& view) {
  const Json& extensions = object_of(view, "extensions");
  const auto it = extensions.find("EXT_meshopt_compression");
  return it != extensions.end() && it->is_object() ? &*it : nullptr;
}

// Numbers laid out in memory: piece i at data + i * stride. Little-endian, as glTF and every platform we build for.
struct Span {
  const char* data = nullptr;
  uint64_t count = 0, stride = 0, type = 0, components = 0;
  bool normalized = false;
};

Result<Span> span_of(const GltfDocument& doc, uint64_t view, uint64_t offset, uint64_t count, uint64_t type, uint64_t components, const std::string& who) {
  const uint64_t element = component_bytes(type) * components;
  if (element == 0 || count == 0 || count > kMaxModelBytes) return doc.fail(fmt::format("{} has no valid type or count", who));
  auto bytes = gltf_view(doc, view);
  if (!bytes) return bytes.error();
  const Json& json = doc.json["bufferViews"][view];
  uint64_t stride = whole_or(json, "byteStride", element);
  if (const Json* packed = compression_of(json)) stride = whole_or(*packed, "byteStride", element);
  if (stride == 0) stride = element;
  if (stride < element || stride > 4096 || offset > bytes->size() || element > bytes->size() - offset ||
      (count - 1) > (bytes->size() - offset - element) / stride)
    return doc.fail(fmt::format("{} reaches beyond the end of its buffer view", who));
  return Span{bytes->data() + offset, count, stride, type, components, false};
}

float float_at(const Span& s, uint64_t i, uint64_t c) {
  const char* at = s.data + i * s.stride + c * component_bytes(s.type);
  const auto as = [at](auto value) {
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  switch (s.type) {
    case 5120: return s.normalized ? std::max(static_cast<float>(as(int8_t{})) / 127.0f, -1.0f) : static_cast<float>(as(int8_t{}));
    case 5121: return s.normalized ? static_cast<float>(as(uint8_t{})) / 255.0f : static_cast<float>(as(uint8_t{}));
    case 5122: return s.normalized ? std::max(static_cast<float>(as(int16_t{})) / 32767.0f, -1.0f) : static_cast<float>(as(int16_t{}));
    case 5123: return s.normalized ? static_cast<float>(as(uint16_t{})) / 65535.0f : static_cast<float>(as(uint16_t{}));
    case 5125: return static_cast<float>(as(uint32_t{}));
    default: return as(float{});
  }
}

Result<const Json*> accessor_of(const GltfDocument& doc, uint64_t index) {
  const Json& accessors = array_of(doc.json, "accessors");
  if (index >= accessors.size() || !accessors[index].is_object()) return doc.fail(fmt::format("accessor {} is not there", index));
  return &accessors[index];
}

Result<std::vector<uint32_t>> read_indices(const GltfDocument& doc, uint64_t view, uint64_t offset, uint64_t count, uint64_t type, const std::string& who) {
  if (type != 5121 && type != 5123 && type != 5125) return doc.fail(fmt::format("{} holds indices of a wrong type", who));
  auto span = span_of(doc, view, offset, count, type, 1, who);
  if (!span) return span.error();
  std::vector<uint32_t> indices(count);
  for (uint64_t i = 0; i < count; ++i) {
    uint32_t v = 0;
    std::memcpy(&v, span->data + i * span->stride, component_bytes(type));
    indices[i] = v;
  }
  return indices;
}

// The same strip, fan or list as a list (glTF 2.0, 3.7.2.1).
std::vector<uint32_t> as_list(std::vector<uint32_t> corners, uint64_t mode) {
  if (mode == 4) {
    corners.resize(corners.size() / 3 * 3);
    return corners;
  }
  std::vector<uint32_t> list;
  if (mode != 5 && mode != 6) return list;
  for (size_t i = 0; i + 2 < corners.size(); ++i) {
    if (mode == 5) list.insert(list.end(), {corners[i], corners[i + 1 + i % 2], corners[i + 2 - i % 2]});
    else list.insert(list.end(), {corners[i + 1], corners[i + 2], corners[0]});
  }
  return list;
}

uint64_t components_of(const std::string& semantic) {
  if (semantic == "POSITION" || semantic == "NORMAL") return 3;
  if (semantic.starts_with("TEXCOORD_")) return 2;
  return 4;
}

}  // namespace

std::optional<std::string> decode_data_uri(std::string_view uri) {
  const size_t start = uri.find(";base64,");
  if (!uri.starts_with("data:") || start == std::string_view::npos) return std::nullopt;
  std::string out;
  out.reserve(uri.size() / 4 * 3);
  uint32_t bits = 0;
  int have = 0;
  for (const char c : uri.substr(start + 8)) {
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

Result<fs::path> gltf_uri_file(const GltfDocument& doc, const std::string& uri, const char* what, int levels) {
  std::string name;
  for (size_t i = 0; i < uri.size(); ++i) {
    const auto hex = [&](size_t at) { return at < uri.size() && std::isxdigit(static_cast<unsigned char>(uri[at])); };
    if (uri[i] == '%' && hex(i + 1) && hex(i + 2)) {
      name.push_back(static_cast<char>(std::stoi(uri.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      name.push_back(uri[i] == '\\' ? '/' : uri[i]);
    }
  }
  const fs::path file = fs::path(name).lexically_normal();
  int climbs = 0;
  for (const fs::path& part : file) climbs += part == "..";
  if (name.find('\0') != std::string::npos || name.find(':') != std::string::npos || name.starts_with('/') || file.is_absolute() || climbs > levels)
    return doc.fail(fmt::format("{} points outside of the model's folder: {}", what, uri.substr(0, 80)), "Use a relative file name");
  return doc.path.parent_path() / file;
}

Result<GltfDocument> read_gltf_json(const fs::path& path) {
  GltfDocument doc;
  doc.path = path;
  auto bytes = read_file(path, kMaxModelBytes);
  if (!bytes) return bytes.error();
  std::string_view text = *bytes;
  uint64_t binary_at = 0, binary_size = 0;
  if (is_glb(path)) {
    if (text.size() < 20 || text.substr(0, 4) != "glTF") return doc.fail("is not a binary glTF file");
    if (u32_at(text, 4) != 2) return doc.fail(fmt::format("is glTF version {}, only version 2 is read", u32_at(text, 4)));
    if (u32_at(text, 8) > text.size())
      return doc.fail(fmt::format("says it is {} bytes long but has {}: it is truncated", u32_at(text, 8), text.size()), "Copy it again");
    const uint64_t json_size = u32_at(text, 12);
    if (u32_at(text, 16) != 0x4E4F534A || 20 + json_size > text.size()) return doc.fail("its first chunk is not JSON");
    const uint64_t second = 20 + json_size;
    if (second + 8 <= text.size()) {
      const uint64_t size = u32_at(text, second);
      if (u32_at(text, second + 4) == 0x004E4942) {
        if (second + 8 + size > text.size()) return doc.fail("its binary chunk is truncated", "Copy it again");
        binary_at = second + 8, binary_size = size;
      }
    }
    text = text.substr(20, json_size);
  }
  if (text.size() > kMaxJson) return doc.fail(fmt::format("its JSON is larger than {} MiB", kMaxJson >> 20), "Keep the buffers in .bin files");
  if (static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c == ',' || c == '[' || c == '{'; })) > kMaxJsonValues)
    return doc.fail(fmt::format("its JSON holds more than {} values", kMaxJsonValues), "Split the model");
  if (!nests_within(text, kMaxDepth)) return doc.fail(fmt::format("its JSON nests deeper than {} levels", kMaxDepth));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  doc.json = Json::parse(text, nullptr, false);
  if (doc.json.is_discarded()) {
    std::string mended(text);
    if (mend_utf8(mended)) doc.json = Json::parse(mended, nullptr, false);
  }
  if (doc.json.is_discarded() || !doc.json.is_object()) return doc.fail("is not well-formed JSON", "Copy it again or export it again");
  if (!string_of(object_of(doc.json, "asset"), "version").starts_with("2.")) return doc.fail("is not glTF version 2");
  for (const char* key : {"accessors", "bufferViews", "buffers", "meshes", "materials", "images", "textures", "animations", "nodes", "scenes", "skins"}) {
    if (doc.json.contains(key) && !doc.json[key].is_array()) return doc.fail(fmt::format("its {} are not a list", key));
    if (array_of(doc.json, key).size() > kMaxArray) return doc.fail(fmt::format("has too many {}", key), "Split the model");
    for (const Json& item : array_of(doc.json, key))
      if (!item.is_object()) return doc.fail(fmt::format("one of its {} is not an object", key));
  }
  if (binary_at > 0) {  // moved, not copied: it may be most of the memory a model is allowed
    std::string binary = std::move(*bytes);
    binary.resize(binary_at + binary_size);
    binary.erase(0, binary_at);
    doc.buffers.push_back(std::move(binary));
  }
  return doc;
}

Status read_gltf_buffers(GltfDocument& doc, const GltfDecoder* decoder) {
  doc.decoder = decoder;
  std::vector<std::string> binary = std::move(doc.buffers);
  doc.buffers.clear();
  uint64_t total = 0;
  const Json& buffers = array_of(doc.json, "buffers");
  for (size_t i = 0; i < buffers.size(); ++i) {
    const std::string uri = string_of(buffers[i], "uri");
    const uint64_t length = whole_or(buffers[i], "byteLength", UINT64_MAX);
    std::string bytes, where = doc.path.string();
    if (uri.empty()) {
      if (i == 0 && !binary.empty()) bytes = std::move(binary[0]);
      else if (object_of(buffers[i], "extensions").contains("EXT_meshopt_compression")) {
        doc.buffers.emplace_back();  // only stands in for readers without the extension
        continue;
      }
    } else if (uri.starts_with("data:")) {
      auto decoded = decode_data_uri(uri);
      if (!decoded) return doc.fail(fmt::format("buffer {} is not base64", i));
      bytes = std::move(*decoded);
    } else {
      auto file = gltf_uri_file(doc, uri, fmt::format("buffer {}", i).c_str(), 0);
      if (!file) return file.error();
      where = file->string();
      if (!fs::is_regular_file(*file))
        return Error{Code::kFailed, where, fmt::format("the buffer of {} is missing", doc.path.filename().string()), "Copy the .bin beside the .gltf"};
      auto content = read_file(*file, kMaxModelBytes);
      if (!content) return content.error();
      bytes = std::move(*content);
    }
    if (bytes.size() < length)
      return Error{Code::kFailed, where, fmt::format("the buffer has {} bytes, {} are needed: it is truncated", bytes.size(), length), "Copy it again"};
    total += bytes.size();
    if (total > kMaxModelBytes) return doc.fail(fmt::format("its buffers are larger than {} MiB", kMaxModelBytes >> 20), "Split the model");
    doc.buffers.push_back(std::move(bytes));
  }
  const Json& views = array_of(doc.json, "bufferViews");
  doc.unpacked.resize(views.size());
  uint64_t unpacked = 0;
  for (size_t v = 0; v < views.size(); ++v) {
    const Json* packed = compression_of(views[v]);
    if (!packed) continue;
    const uint64_t buffer = whole_or(*packed, "buffer", UINT64_MAX), offset = whole_or(*packed, "byteOffset", 0);
    const uint64_t length = whole_or(*packed, "byteLength", UINT64_MAX), count = whole_or(*packed, "count", 0), stride = whole_or(*packed, "byteStride", 0);
    if (buffer >= doc.buffers.size() || offset > doc.buffers[buffer].size() || length > doc.buffers[buffer].size() - offset)
      return doc.fail(fmt::format("compressed buffer view {} reaches beyond the end of its buffer", v), "The buffer is truncated: copy it again");
    if (count == 0 || stride == 0 || stride > 256 || count > kMaxUnpacked / stride || (unpacked += count * stride) > kMaxUnpacked)
      return doc.fail(fmt::format("compressed buffer view {} has no valid size", v));
    if (!decoder) continue;
    const std::string mode = string_of(*packed, "mode"), filter = string_of(*packed, "filter");
    doc.unpacked[v] = decoder->meshopt({std::string_view(doc.buffers[buffer]).substr(offset, length), count, stride, mode, filter});
    if (!doc.unpacked[v])
      return doc.fail(fmt::format("compressed buffer view {} cannot be unpacked", v), "Copy it again, or export it without compression (gltfpack without -c)");
  }
  return ok();
}

Result<std::string_view> gltf_view(const GltfDocument& doc, uint64_t view) {
  const Json& views = array_of(doc.json, "bufferViews");
  if (view >= views.size()) return doc.fail(fmt::format("buffer view {} is not there", view));
  if (view < doc.unpacked.size() && doc.unpacked[view]) return std::string_view(*doc.unpacked[view]);
  const uint64_t buffer = whole_or(views[view], "buffer", UINT64_MAX);
  if (buffer >= doc.buffers.size()) return doc.fail(fmt::format("buffer view {} has no buffer", view));
  const uint64_t offset = whole_or(views[view], "byteOffset", 0), length = whole_or(views[view], "byteLength", UINT64_MAX);
  const std::string& bytes = doc.buffers[buffer];
  if (offset > bytes.size() || length > bytes.size() - offset)
    return doc.fail(fmt::format("buffer view {} reaches beyond the end of its buffer", view), "The buffer is truncated: copy it again");
  return std::string_view(bytes).substr(offset, length);
}

bool gltf_is_packed(const GltfDocument& doc, uint64_t accessor) {
  const Json& accessors = array_of(doc.json, "accessors");
  if (doc.decoder || accessor >= accessors.size()) return false;
  const uint64_t view = whole_or(accessors[accessor], "bufferView", UINT64_MAX);
  const Json& views = array_of(doc.json, "bufferViews");
  return view < views.size() && compression_of(views[view]) != nullptr;
}

Result<std::vector<float>> gltf_floats(const GltfDocument& doc, uint64_t index, uint64_t components) {
  auto found = accessor_of(doc, index);
  if (!found) return found.error();
  const Json& a = **found;
  const std::string who = fmt::format("accessor {}", index);
  const uint64_t count = whole_or(a, "count", UINT64_MAX), type = whole_or(a, "componentType", 0), has = component_count(string_of(a, "type"));
  if (component_bytes(type) == 0 || has == 0 || count == 0 || count > kMaxModelVertices * 4)
    return doc.fail(fmt::format("{} has no valid type or count", who));
  if (has != components && !(components == 4 && has == 3))
    return doc.fail(fmt::format("{} is {}, where {} numbers are needed", who, string_of(a, "type"), components));
  std::vector<float> values;
  const auto fill = [&](Span& span, uint64_t i, float* out) {
    for (uint64_t c = 0; c < components; ++c) out[c] = c < has ? float_at(span, i, c) : 1.0f;  // a colour without alpha
  };
  if (a.contains("bufferView")) {
    auto span = span_of(doc, whole_or(a, "bufferView", UINT64_MAX), whole_or(a, "byteOffset", 0), count, type, has, who);
    if (!span) return span.error();
    span->normalized = flag_of(a, "normalized");
    values.resize(count * components);
    if (type == 5126 && has == components && span->stride == has * 4) {
      std::memcpy(values.data(), span->data, values.size() * 4);
    } else {
      for (uint64_t i = 0; i < count; ++i) fill(*span, i, &values[i * components]);
    }
  } else if (const Json& sparse = object_of(a, "sparse"); !sparse.empty()) {
    values.resize(count * components);
  } else {
    return doc.fail(fmt::format("{} has no buffer view", who));
  }
  if (const Json& sparse = object_of(a, "sparse"); !sparse.empty()) {
    const Json &where = object_of(sparse, "indices"), &what = object_of(sparse, "values");
    const uint64_t changed = whole_or(sparse, "count", UINT64_MAX);
    if (changed > count) return doc.fail(fmt::format("{} changes more values than it has", who));
    auto at = read_indices(doc, whole_or(where, "bufferView", UINT64_MAX), whole_or(where, "byteOffset", 0), changed, whole_or(where, "componentType", 0), who);
    if (!at) return at.error();
    auto to = span_of(doc, whole_or(what, "bufferView", UINT64_MAX), whole_or(what, "byteOffset", 0), changed, type, has, who);
    if (!to) return to.error();
    to->normalized = flag_of(a, "normalized");
    for (uint64_t i = 0; i < changed; ++i) {
      if ((*at)[i] >= count) return doc.fail(fmt::format("{}: sparse index {} is out of range", who, (*at)[i]));
      fill(*to, i, &values[(*at)[i] * components]);
    }
  }
  for (const float v : values)
    if (!std::isfinite(v)) return doc.fail(fmt::format("{} holds a value that is not finite", who));
  return values;
}

Result<GltfPrimitive> gltf_primitive(const GltfDocument& doc, const Json& mesh, size_t index, const std::string& where) {
  const Json& list = array_of(mesh, "primitives");
  if (index >= list.size() || !list[index].is_object()) return doc.fail(fmt::format("{} has a broken primitive", where));
  const Json& p = list[index];
  const uint64_t mode = whole_or(p, "mode", 4);
  if (mode > 6) return doc.fail(fmt::format("{} has a primitive of an unknown kind", where));
  const Json& attributes = object_of(p, "attributes");
  if (!attributes.contains("POSITION")) return doc.fail(fmt::format("{} has no positions", where));
  GltfPrimitive out;
  std::vector<GltfDecoder::Attribute> wanted;
  for (const auto& [semantic, accessor] : attributes.items()) {
    static const char* const kKnown[] = {"POSITION", "NORMAL", "TANGENT", "COLOR_0", "JOINTS_0", "JOINTS_1", "WEIGHTS_0", "WEIGHTS_1",
                                         "TEXCOORD_0", "TEXCOORD_1", "TEXCOORD_2", "TEXCOORD_3"};
    if (std::find(std::begin(kKnown), std::end(kKnown), semantic) == std::end(kKnown)) continue;
    const uint64_t a = whole_or(attributes, semantic.c_str(), UINT64_MAX);
    auto found = accessor_of(doc, a);
    if (!found) return found.error();
    const uint64_t count = whole_or(**found, "count", 0);
    if (out.vertices == 0) out.vertices = count;
    if (count == 0 || count > kMaxModelVertices || count != out.vertices)
      return doc.fail(fmt::format("{}: {} differs in length from the other attributes", where, semantic));
    out.packed = out.packed || gltf_is_packed(doc, a);
    wanted.push_back({semantic, a, components_of(semantic), {}});
  }
  const bool indexed = p.contains("indices");
  const uint64_t indices = whole_or(p, "indices", UINT64_MAX);
  uint64_t corners = out.vertices;
  if (indexed) {
    auto found = accessor_of(doc, indices);
    if (!found) return found.error();
    corners = whole_or(**found, "count", 0);
    if (corners == 0 || corners > kMaxModelTriangles * 3) return doc.fail(fmt::format("{} has no valid number of indices", where));
    out.packed = out.packed || gltf_is_packed(doc, indices);
  }
  const Json& draco = object_of(object_of(p, "extensions"), "KHR_draco_mesh_compression");
  if (!draco.empty()) {
    if (!doc.decoder) out.packed = true;
    auto bytes = gltf_view(doc, whole_or(draco, "bufferView", UINT64_MAX));
    if (!bytes) return bytes.error();
    if (out.packed) return out;
    const Json& ids = object_of(draco, "attributes");
    std::vector<GltfDecoder::Attribute> inside;
    for (const auto& w : wanted)
      if (ids.contains(w.semantic)) inside.push_back({w.semantic, whole_or(ids, w.semantic.c_str(), UINT64_MAX), w.components, {}});
    if (!doc.decoder->draco(*bytes, out.vertices, corners, inside, out.triangles))
      return doc.fail(fmt::format("{} cannot be unpacked (KHR_draco_mesh_compression)", where), "Copy it again, or export it without compression");
    for (auto& w : wanted)
      for (auto& i : inside)
        if (i.semantic == w.semantic) w.values = std::move(i.values);
  }
  if (out.packed) return out;
  for (auto& w : wanted) {
    if (w.values.empty()) {
      auto values = gltf_floats(doc, w.id, w.components);
      if (!values) {
        Error e = values.error();
        e.what = fmt::format("{}: {}: {}", where, w.semantic, e.what);
        return e;
      }
      w.values = std::move(*values);
    }
    if (w.values.size() != out.vertices * w.components) return doc.fail(fmt::format("{}: {} differs in length from the other attributes", where, w.semantic));
    for (const float v : w.values)
      if (!std::isfinite(v)) return doc.fail(fmt::format("{}: {} holds a value that is not finite", where, w.semantic));
    if (w.semantic == "POSITION") out.positions = std::move(w.values);
    else if (w.semantic == "NORMAL") out.normals = std::move(w.values);
    else if (w.semantic == "TANGENT") out.tangents = std::move(w.values);
    else if (w.semantic == "COLOR_0") out.colors = std::move(w.values);
    else if (w.semantic.starts_with("TEXCOORD_")) {
      const size_t set = static_cast<size_t>(w.semantic.back() - '0');
      if (out.uvs.size() <= set) out.uvs.resize(set + 1);
      out.uvs[set] = std::move(w.values);
    }
  }
  const auto values_of = [&](const char* semantic) -> const std::vector<float>* {
    for (const auto& w : wanted)
      if (w.semantic == semantic) return &w.values;
    return nullptr;
  };
  const auto *j0 = values_of("JOINTS_0"), *w0 = values_of("WEIGHTS_0"), *j1 = values_of("JOINTS_1"), *w1 = values_of("WEIGHTS_1");
  if ((j0 != nullptr) != (w0 != nullptr)) return doc.fail(fmt::format("{} has joints without weights or weights without joints", where));
  if (j0) {
    const bool eight = j1 && w1;
    out.influences = eight ? 8 : 4;
    for (uint64_t v = 0; v < out.vertices; ++v)
      for (uint64_t i = 0; i < out.influences; ++i) {
        out.joints.push_back(i < 4 ? (*j0)[v * 4 + i] : (*j1)[v * 4 + i - 4]);
        out.weights.push_back(i < 4 ? (*w0)[v * 4 + i] : (*w1)[v * 4 + i - 4]);
      }
  }
  if (draco.empty()) {
    std::vector<uint32_t> order;
    if (indexed) {
      const Json& a = doc.json["accessors"][indices];
      auto read = read_indices(doc, whole_or(a, "bufferView", UINT64_MAX), whole_or(a, "byteOffset", 0), corners, whole_or(a, "componentType", 0),
                               fmt::format("accessor {}", indices));
      if (!read) return read.error();
      order = std::move(*read);
      if (component_count(string_of(a, "type")) != 1) return doc.fail(fmt::format("{}: its indices have a wrong type", where));
    } else {
      order.resize(corners);
      for (uint32_t i = 0; i < corners; ++i) order[i] = i;
    }
    for (const uint32_t i : order)
      if (i >= out.vertices) return doc.fail(fmt::format("{}: index {} is out of range, it has {} vertices", where, i, out.vertices));
    out.triangles = as_list(std::move(order), mode);
  } else {
    for (const uint32_t i : out.triangles)
      if (i >= out.vertices) return doc.fail(fmt::format("{}: index {} is out of range, it has {} vertices", where, i, out.vertices));
  }
  return out;
}

Result<GltfChannel> gltf_channel(const GltfDocument& doc, const Json& clip, size_t index, const std::string& where) {
  const Json& channels = array_of(clip, "channels");
  const Json& samplers = array_of(clip, "samplers");
  if (index >= channels.size() || !channels[index].is_object()) return doc.fail(fmt::format("{} has a broken channel", where));
  const Json& target = object_of(channels[index], "target");
  const uint64_t sampler = whole_or(channels[index], "sampler", UINT64_MAX), node = whole_or(target, "node", UINT64_MAX);
  if (sampler >= samplers.size() || !samplers[sampler].is_object() || (target.contains("node") && node >= array_of(doc.json, "nodes").size()))
    return doc.fail(fmt::format("{} has a channel without node or keys", where));
  GltfChannel out;
  out.path = string_of(target, "path");
  const std::string way = string_of(samplers[sampler], "interpolation");
  out.step = way == "STEP", out.cubic = way == "CUBICSPLINE";
  if (!way.empty() && way != "LINEAR" && !out.step && !out.cubic) return doc.fail(fmt::format("{} has keys of an unknown kind, {}", where, way));
  if (!target.contains("node") || (out.path != "translation" && out.path != "rotation" && out.path != "scale")) return out;
  out.node = static_cast<int64_t>(node);
  const uint64_t input = whole_or(samplers[sampler], "input", UINT64_MAX), output = whole_or(samplers[sampler], "output", UINT64_MAX);
  if (gltf_is_packed(doc, input) || gltf_is_packed(doc, output)) return out;
  const uint64_t components = out.path == "rotation" ? 4 : 3;
  auto times = gltf_floats(doc, input, 1);
  auto values = times ? gltf_floats(doc, output, components) : Result<std::vector<float>>(times.error());
  if (!values) {
    Error e = values.error();
    e.what = fmt::format("{}: {}", where, e.what);
    return e;
  }
  if (values->size() != times->size() * components * (out.cubic ? 3 : 1)) return doc.fail(fmt::format("{} has not one value for each key", where));
  if (!std::is_sorted(times->begin(), times->end()) || times->front() < 0) return doc.fail(fmt::format("{}: the times of its keys do not rise", where));
  out.times = std::move(*times);
  out.values = std::move(*values);
  return out;
}

}  // namespace shixun
