#pragma once
// A glTF file taken apart: its JSON, its buffers, and every number in it as plain floats and integers, whichever way it was stored. Used by
// the check (engine/base/gltf) and by the importer (engine/asset). Nothing here trusts the file: offsets, counts and indices are checked before
// they are followed, and what a small file can blow up to is bounded.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

// What a model may hold at most; more is refused before memory is asked for it.
inline constexpr uint64_t kMaxModelTriangles = 5'000'000, kMaxModelVertices = 6'000'000, kMaxModelKeys = 4'000'000;
inline constexpr uint64_t kMaxModelBytes = 512u << 20;  // of all its buffers together

// JSON of a hostile file: a missing member, or one of another type, reads as absent.
namespace json {
std::optional<uint64_t> whole(const nlohmann::json& object, const char* key);  // a non-negative whole number
uint64_t whole_or(const nlohmann::json& object, const char* key, uint64_t other);  // UINT64_MAX: there, but no such number
const nlohmann::json& array_of(const nlohmann::json& object, const char* key);   // empty when absent
const nlohmann::json& object_of(const nlohmann::json& object, const char* key);  // empty when absent
std::string string_of(const nlohmann::json& object, const char* key);
double number_or(const nlohmann::json& object, const char* key, double other);
bool flag_of(const nlohmann::json& object, const char* key);
}  // namespace json

// Unpacks what is compressed; the core has none, and checks only what it can read.
class GltfDecoder {
 public:
  virtual ~GltfDecoder() = default;
  struct Packed {
    std::string_view bytes;
    uint64_t count, stride;    // of the result: count * stride bytes
    std::string mode, filter;  // as EXT_meshopt_compression names them
  };
  virtual std::optional<std::string> meshopt(const Packed& packed) const = 0;

  struct Attribute {
    std::string semantic;
    uint64_t id = 0;            // unique id in the packed mesh
    uint64_t components = 0;
    std::vector<float> values;  // out
  };
  // Fills the attributes' values and the triangles; at most `vertices` and `indices` of them.
  virtual bool draco(std::string_view bytes, uint64_t vertices, uint64_t indices, std::vector<Attribute>& attributes,
                     std::vector<uint32_t>& triangles) const = 0;
};

struct GltfDocument {
  fs::path path;
  nlohmann::json json;
  std::vector<std::string> buffers;                 // empty for a stand-in of compressed views
  std::vector<std::optional<std::string>> unpacked;  // per buffer view: what was compressed
  const GltfDecoder* decoder = nullptr;

  Error fail(const std::string& what, const std::string& hint = "Export the model again") const { return {Code::kFailed, path.string(), what, hint}; }
};

// The file an uri names, relative to the model's folder; it may climb `levels` folders, and no web address or absolute path is followed.
Result<fs::path> gltf_uri_file(const GltfDocument& doc, const std::string& uri, const char* what, int levels);

std::optional<std::string> decode_data_uri(std::string_view uri);  // base64 only

// The JSON alone (and the binary chunk of a .glb, as buffers[0]); then the buffers. `decoder` must outlive the document.
Result<GltfDocument> read_gltf_json(const fs::path& path);
Status read_gltf_buffers(GltfDocument& doc, const GltfDecoder* decoder);

// The bytes of a buffer view, for an embedded image.
Result<std::string_view> gltf_view(const GltfDocument& doc, uint64_t view);

// Whether what this accessor names is compressed and there is no decoder.
bool gltf_is_packed(const GltfDocument& doc, uint64_t accessor);

// An accessor as floats (normalized integers become 0..1 or -1..1), `components` a piece, sparse ones filled in. Finite, or an Error.
Result<std::vector<float>> gltf_floats(const GltfDocument& doc, uint64_t accessor, uint64_t components);

// One primitive of a mesh as a plain triangle list. Counts agree, indices are in range.
struct GltfPrimitive {
  uint64_t vertices = 0;
  std::vector<float> positions, normals, tangents, colors;  // 3, 3, 4, 4 a vertex; empty: absent
  std::vector<std::vector<float>> uvs;                      // per set, 2 a vertex; an absent set is empty
  std::vector<float> joints, weights;                       // 4 or 8 a vertex
  uint64_t influences = 0;                                  // 0, 4 or 8
  std::vector<uint32_t> triangles;                          // empty: points or lines
  bool packed = false;                                      // compressed, and there is no decoder: everything else is empty
};
Result<GltfPrimitive> gltf_primitive(const GltfDocument& doc, const nlohmann::json& mesh, size_t primitive, const std::string& where);

// One channel of a clip: keys of one path of one node.
struct GltfChannel {
  int64_t node = -1;  // -1: nothing that is shown (an extension's target, morph weights): skip it
  std::string path;   // translation, rotation or scale
  bool step = false, cubic = false;
  std::vector<float> times, values;  // rising; 3 or 4 a value, three values a key when cubic
};
Result<GltfChannel> gltf_channel(const GltfDocument& doc, const nlohmann::json& clip, size_t channel, const std::string& where);

// Everything about the file that can be known from its JSON: references, node tree, sizes, extensions. To be asked before anything is read
// through the functions above.
Status check_gltf_structure(const GltfDocument& doc);

}  // namespace shixun
