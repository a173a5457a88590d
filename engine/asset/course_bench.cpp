#include "engine/asset/course_bench.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "engine/asset/cook.h"
#include "engine/base/random.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb_image_write.h>
#pragma GCC diagnostic pop

namespace shixun {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr uint32_t kTextureSide = 512;  // as the library's tileable sets
constexpr uint32_t kParts = 5;          // meshes a model
constexpr uint32_t kAround = 72, kAlong = 34;  // 4,896 triangles a part

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string make_jpeg(Pcg32& random) {
  std::vector<uint8_t> rgb(size_t{kTextureSide} * kTextureSide * 3);
  const float a = static_cast<float>(random.below(40)) + 5, b = static_cast<float>(random.below(40)) + 5;
  for (uint32_t y = 0; y < kTextureSide; ++y)
    for (uint32_t x = 0; x < kTextureSide; ++x)
      for (uint32_t c = 0; c < 3; ++c)
        rgb[(size_t{y} * kTextureSide + x) * 3 + c] = static_cast<uint8_t>(
            120 + 40 * std::sin(static_cast<float>(x) / a) + 40 * std::sin(static_cast<float>(y) / b) + static_cast<float>(random.below(24)));
  std::string out;
  stbi_write_jpg_to_func([](void* to, void* data, int size) { static_cast<std::string*>(to)->append(static_cast<const char*>(data), static_cast<size_t>(size)); },
                         &out, static_cast<int>(kTextureSide), static_cast<int>(kTextureSide), 3, rgb.data(), 88);
  return out;
}

// A turned part with a wavy profile, seamed at the back as a lathe's texture is.
struct Part {
  std::vector<float> positions, normals, uvs;
  std::vector<uint16_t> indices;
};

Part make_part(Pcg32& random) {
  Part part;
  const float waves = static_cast<float>(2 + random.below(6)), depth = 0.02f + static_cast<float>(random.below(100)) * 0.0006f;
  const float radius = 0.1f + static_cast<float>(random.below(100)) * 0.004f, length = 0.2f + static_cast<float>(random.below(100)) * 0.01f;
  constexpr float kTurn = 6.2831853f;
  for (uint32_t i = 0; i <= kAlong; ++i)
    for (uint32_t k = 0; k <= kAround; ++k) {
      const float t = static_cast<float>(i) / kAlong, angle = static_cast<float>(k % kAround) / kAround * kTurn;
      const float r = radius * (1 + depth * std::sin(t * waves * kTurn)), slope = radius * depth * waves * kTurn * std::cos(t * waves * kTurn) / length;
      const float n = std::sqrt(1 + slope * slope);
      part.positions.insert(part.positions.end(), {r * std::cos(angle), t * length, r * std::sin(angle)});
      part.normals.insert(part.normals.end(), {std::cos(angle) / n, -slope / n, std::sin(angle) / n});
      part.uvs.insert(part.uvs.end(), {static_cast<float>(k) / kAround * 4, t * 2});
    }
  for (uint32_t i = 0; i < kAlong; ++i)
    for (uint32_t k = 0; k < kAround; ++k) {
      const auto a = static_cast<uint16_t>(i * (kAround + 1) + k), b = static_cast<uint16_t>(a + kAround + 1);
      const auto next = [](uint16_t v) { return static_cast<uint16_t>(v + 1); };
      part.indices.insert(part.indices.end(), {a, b, next(a), next(a), b, next(b)});
    }
  return part;
}

Status make_model(const fs::path& file, uint32_t index, uint32_t textures, Pcg32& random) {
  Json json = {{"asset", {{"version", "2.0"}}}, {"scene", 0}, {"scenes", {{{"nodes", {0}}}}}};
  json["nodes"] = Json::array({{{"name", file.stem().string()}, {"children", Json::array()}}});
  json["meshes"] = json["materials"] = json["textures"] = json["images"] = json["accessors"] = json["bufferViews"] = Json::array();
  std::string bin;
  const auto add = [&](const auto& values, const char* type, int component, size_t count) {
    const size_t size = values.size() * sizeof(values[0]);
    json["accessors"].push_back({{"bufferView", json["bufferViews"].size()}, {"componentType", component}, {"count", count}, {"type", type}});
    json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", bin.size()}, {"byteLength", size}});
    bin.append(reinterpret_cast<const char*>(values.data()), size);
    bin.resize((bin.size() + 3) / 4 * 4);
    return json["accessors"].size() - 1;
  };
  for (uint32_t p = 0; p < kParts; ++p) {
    const Part part = make_part(random);
    const size_t vertices = part.positions.size() / 3;
    const Json attributes = {{"POSITION", add(part.positions, "VEC3", 5126, vertices)}, {"NORMAL", add(part.normals, "VEC3", 5126, vertices)},
                             {"TEXCOORD_0", add(part.uvs, "VEC2", 5126, vertices)}};
    json["meshes"].push_back({{"name", "part_" + std::to_string(p)},
                              {"primitives", {{{"attributes", attributes}, {"indices", add(part.indices, "SCALAR", 5123, part.indices.size())}, {"material", p}}}}});
    json["materials"].push_back({{"name", "m" + std::to_string(p)}, {"pbrMetallicRoughness", {{"baseColorTexture", {{"index", p}}}}}});
    json["textures"].push_back({{"source", p}});
    json["images"].push_back({{"uri", "../textures/t" + std::to_string((index * kParts + p) % textures) + ".jpg"}});
    json["nodes"][0]["children"].push_back(p + 1);
    json["nodes"].push_back({{"name", "part_" + std::to_string(p)}, {"mesh", p}, {"translation", {0.3 * p, 0, 0}}});
  }
  json["buffers"] = {{{"uri", file.stem().string() + ".bin"}, {"byteLength", bin.size()}}};
  if (auto s = write_file(fs::path(file).replace_extension(".bin"), bin); !s) return s;
  return write_file(file, json.dump());
}

Status decode_all(const std::vector<Result<Model>>& models) {
  std::vector<const Image*> images;
  std::set<fs::path> seen;
  for (const auto& model : models)
    for (const Image& image : model->images)
      if (seen.insert(image.path).second) images.push_back(&image);
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  const auto work = [&] {
    for (size_t i = next++; i < images.size(); i = next++)
      if (!decode_image(*images[i])) failed = true;
  };
  std::vector<std::thread> threads(std::max(1u, std::thread::hardware_concurrency()) - 1);
  for (std::thread& t : threads) t = std::thread(work);
  work();
  for (std::thread& t : threads) t.join();
  if (failed) return Error{Code::kFailed, "course", "a picture cannot be decoded", ""};
  return ok();
}

}  // namespace

Result<CourseTimes> bench_course(const fs::path& folder, uint32_t models, uint32_t textures) {
  CourseTimes times;
  times.models = models, times.textures = textures, times.texture_side = kTextureSide;
  Pcg32 random(7, "course");
  for (const char* part : {"models", "textures"})
    if (auto s = make_dirs(folder / part); !s) return s.error();
  for (uint32_t t = 0; t < textures; ++t)
    if (auto s = write_file(folder / "textures" / ("t" + std::to_string(t) + ".jpg"), make_jpeg(random)); !s) return s.error();
  std::vector<fs::path> files;
  for (uint32_t m = 0; m < models; ++m) {
    files.push_back(folder / "models" / ("model_" + std::to_string(m) + ".gltf"));
    if (auto s = make_model(files.back(), m, textures, random); !s) return s.error();
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) times.source_bytes += entry.is_regular_file() ? entry.file_size() : 0;
  const fs::path cache = folder / "cache";
  for (const bool cold : {true, false}) {
    const auto start = Clock::now();
    std::vector<Result<Model>> loaded = load_cooked_models(files, cache);
    const double models_s = seconds_since(start);
    times.triangles = 0;
    for (const auto& model : loaded) {
      if (!model) return model.error();
      for (const Mesh& mesh : model->meshes) times.triangles += full_indices(mesh).size() / 3;
    }
    const auto pictures = Clock::now();
    if (auto s = decode_all(loaded); !s) return s.error();
    times.pictures_s = seconds_since(pictures);
    (cold ? times.cold_s : times.warm_s) = seconds_since(start);
    if (!cold) times.warm_models_s = models_s;
  }
  for (const auto& entry : fs::recursive_directory_iterator(cache)) times.cache_bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return times;
}

}  // namespace shixun
