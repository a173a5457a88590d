#pragma once
// Small models made by code, one of each kind that is read; tests spoil them. Each lies in a folder of its own that goes with it.

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/hash.h"

namespace shixun::test {

struct Folder {
  fs::path dir = fs::temp_directory_path() / ("shixun-import-" + uuid_v4());
  Folder() { fs::create_directories(dir); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
  fs::path write(const std::string& name, std::string_view bytes) const {
    std::ofstream(dir / name, std::ios::binary | std::ios::trunc) << bytes;
    return dir / name;
  }
};

// A glTF file in the making: JSON and one buffer.
struct Gltf {
  nlohmann::json json = {{"asset", {{"version", "2.0"}}},        {"scene", 0},
                         {"scenes", {{{"nodes", {0}}}}},         {"nodes", nlohmann::json::array()},
                         {"meshes", nlohmann::json::array()},    {"accessors", nlohmann::json::array()},
                         {"bufferViews", nlohmann::json::array()}};
  std::string bin;

  size_t view(const void* data, size_t size, size_t stride = 0) {
    bin.resize((bin.size() + 3) / 4 * 4);
    json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", bin.size()}, {"byteLength", size}});
    if (stride) json["bufferViews"].back()["byteStride"] = stride;
    bin.append(static_cast<const char*>(data), size);
    return json["bufferViews"].size() - 1;
  }
  template <class T>
  size_t accessor(const std::vector<T>& values, const char* type, size_t components, bool normalized = false, size_t stride = 0) {
    int component = 5126;
    if constexpr (std::is_same_v<T, int8_t>) component = 5120;
    if constexpr (std::is_same_v<T, uint8_t>) component = 5121;
    if constexpr (std::is_same_v<T, int16_t>) component = 5122;
    if constexpr (std::is_same_v<T, uint16_t>) component = 5123;
    if constexpr (std::is_same_v<T, uint32_t>) component = 5125;
    const size_t per = stride ? stride / sizeof(T) : components;  // values of one piece, padding among them
    json["accessors"].push_back(
        {{"bufferView", view(values.data(), values.size() * sizeof(T), stride)}, {"componentType", component}, {"count", values.size() / per}, {"type", type}});
    if (normalized) json["accessors"].back()["normalized"] = true;
    return json["accessors"].size() - 1;
  }
  size_t mesh(nlohmann::json attributes, int indices = -1, nlohmann::json more = nlohmann::json::object()) {
    more["attributes"] = std::move(attributes);
    if (indices >= 0) more["indices"] = indices;
    json["meshes"].push_back({{"name", "mesh"}, {"primitives", nlohmann::json::array({more})}});
    return json["meshes"].size() - 1;
  }
  size_t node(nlohmann::json node) {
    json["nodes"].push_back(std::move(node));
    return json["nodes"].size() - 1;
  }

  nlohmann::json with_buffer(const std::string& uri) const {
    nlohmann::json whole = json;
    nlohmann::json buffer = {{"byteLength", bin.size()}};
    if (!uri.empty()) buffer["uri"] = uri;
    if (whole.contains("buffers")) whole["buffers"][0] = buffer;
    else whole["buffers"] = nlohmann::json::array({buffer});
    return whole;
  }
  fs::path write(const Folder& folder) const {
    folder.write("sample.bin", bin);
    return folder.write("sample.gltf", with_buffer("sample.bin").dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  std::string glb() const {
    std::string text = with_buffer("").dump(), data = bin;
    text.resize((text.size() + 3) / 4 * 4, ' ');
    data.resize((data.size() + 3) / 4 * 4, '\0');
    const auto u32 = [](size_t v) {
      const auto n = static_cast<uint32_t>(v);
      return std::string(reinterpret_cast<const char*>(&n), 4);
    };
    return "glTF" + u32(2) + u32(28 + text.size() + data.size()) + u32(text.size()) + "JSON" + text + u32(data.size()) + std::string("BIN\0", 4) + data;
  }
};

// A square of 2 m facing +Z, shown by node "plate" one metre up.
Gltf square();

// The same, its geometry stored in other ways.
Gltf square_quantized();  // KHR_mesh_quantization: 16-bit positions, 8-bit normals
Gltf square_meshopt();    // EXT_meshopt_compression, an octahedral filter on the normals
Gltf square_draco();      // KHR_draco_mesh_compression
Gltf square_sparse();     // its positions are zeros but for what a sparse accessor says

// A bar of two joints along +Y, "lower" (0..1 m) and "upper" (1..2 m); clip "bend" turns the upper one by 90 degrees about Z in 1 s, linearly, in a
// step and as a spline on three channels.
Gltf bar_skinned();

// A grid of n x n squares over 1 m in the plane y = 0, bumpy, with texture coordinates.
Gltf grid(uint32_t n, float bumps);

std::string box_obj();   // a cube of 2 m: quads, negative indices, a material library
std::string box_mtl();
std::string box_fbx_ascii(double unit_scale);  // a square of 200 units; unit_scale 1: centimetres, 100: metres
std::string box_fbx_binary();

}  // namespace shixun::test
