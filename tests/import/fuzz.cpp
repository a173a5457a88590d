// import_fuzz SECONDS [SEED] [KEEP_DIR]   feeds spoiled models of every kind to the importer, the cook and the pose, under AddressSanitizer and
// UBSan. Ends with 0 when nothing crashed, hung (10 s) or took a GiB; otherwise the file that did it is kept and named. The same seed gives the
// same files; how many of them depends on the machine.

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "engine/anim/pose.h"
#include "engine/anim/skin.h"
#include "engine/asset/cook.h"
#include "engine/asset/import.h"
#include "engine/asset/mesh_cook.h"
#include "engine/base/gltf.h"
#include "engine/base/log.h"
#include "engine/base/random.h"
#include "tests/import/samples.h"

using namespace shixun;
using namespace shixun::test;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr double kTooLong = 10;              // seconds
constexpr long kTooMuch = (1l << 20) + 300'000;  // KiB; the sanitizer itself takes a share

struct Seed {
  std::string name;
  Json json;             // of a glTF; null otherwise
  std::string bin, raw;  // its buffer; or the file as it is
};

std::vector<Seed> seeds() {
  std::vector<Seed> all;
  const auto add = [&](const char* name, const Gltf& g) { all.push_back({std::string(name) + ".gltf", g.with_buffer("sample.bin"), g.bin, ""}); };
  add("square", square());
  add("quantized", square_quantized());
  add("meshopt", square_meshopt());
  add("draco", square_draco());
  add("sparse", square_sparse());
  add("skinned", bar_skinned());
  Gltf rich = grid(12, 0.1f);
  rich.json["materials"] = {{{"pbrMetallicRoughness", {{"baseColorTexture", {{"index", 0}, {"extensions", {{"KHR_texture_transform", {{"scale", {2, 2}}}}}}}}}},
                             {"emissiveTexture", {{"index", 0}}}, {"extensions", {{"KHR_materials_unlit", Json::object()}}}}};
  rich.json["images"] = {{{"bufferView", rich.view("\x89PNG\r\n\x1a\n", 8)}, {"mimeType", "image/png"}}};
  rich.json["textures"] = {{{"source", 0}}};
  rich.json["meshes"][0]["primitives"][0]["material"] = 0;
  rich.json["nodes"][1]["extensions"]["EXT_mesh_gpu_instancing"]["attributes"] = {{"TRANSLATION", rich.accessor<float>({0, 0, 0, 9, 0, 0}, "VEC3", 3)}};
  add("rich", rich);
  all.push_back({"binary.glb", nullptr, "", square().glb()});
  all.push_back({"packed.glb", nullptr, "", square_draco().glb()});
  all.push_back({"box.obj", nullptr, "", box_obj()});
  all.push_back({"ascii.fbx", nullptr, "", box_fbx_ascii(1)});
  all.push_back({"binary.fbx", nullptr, "", box_fbx_binary()});
  return all;
}

// A random place in the document.
Json& somewhere(Json& root, Pcg32& random) {
  Json* at = &root;
  while (at->is_structured() && !at->empty() && random.below(12) != 0) {
    auto it = at->begin();
    std::advance(it, random.below(static_cast<uint32_t>(at->size())));
    at = &*it;
  }
  return *at;
}

Json odd_value(Json& root, Pcg32& random) {
  static const Json kOdd[] = {-1, 0, 1, 2, 3, 4, 255, 256, 65535, 65536, 0x7fffffff, 0x80000000u, 0xffffffffu, 1ull << 32, 1ull << 53, UINT64_MAX, INT64_MIN, 0.5, -1e30,
                              1e308, "", "x", "..", "VEC4", "SCALAR", "STEP", "CUBICSPLINE", "BLEND", true, nullptr, Json::array(), Json::object(), {0, 0, 0}, 5120, 5121, 5123, 5125, 5126};
  if (random.below(3) == 0) return Json(somewhere(root, random));
  return kOdd[random.below(static_cast<uint32_t>(std::size(kOdd)))];
}

void spoil(Json& json, Pcg32& random) {
  Json& at = somewhere(json, random);
  switch (random.below(4)) {
    case 0:
      if (at.is_object() && !at.empty()) {
        auto it = at.begin();
        std::advance(it, random.below(static_cast<uint32_t>(at.size())));
        at.erase(it);
        return;
      }
      [[fallthrough]];
    case 1:
      if (at.is_array() && at.size() < 1000) {
        const Json item = at.empty() ? odd_value(json, random) : at[random.below(static_cast<uint32_t>(at.size()))];
        for (uint32_t n = 1 + random.below(3); n > 0; --n) at.push_back(item);
        return;
      }
      [[fallthrough]];
    default: at = odd_value(json, random);
  }
}

void spoil(std::string& bytes, Pcg32& random) {
  if (bytes.empty()) return;
  const auto at = [&] { return random.below(static_cast<uint32_t>(bytes.size())); };
  switch (random.below(6)) {
    case 0: bytes[at()] = static_cast<char>(random.next()); break;
    case 1: bytes[at()] = static_cast<char>(bytes[at()] ^ (1 << random.below(8))); break;
    case 2: bytes.resize(at()); break;
    case 3: {  // a number of four bytes
      static const uint32_t kOdd[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fc00000, 0x7f800000, 0x10000};
      const uint32_t v = kOdd[random.below(8)], where = at() & ~3u;
      if (where + 4 <= bytes.size()) std::memcpy(bytes.data() + where, &v, 4);
      break;
    }
    case 4: {
      const uint32_t from = at(), length = std::min<uint32_t>(1 + random.below(64), static_cast<uint32_t>(bytes.size()) - from);
      bytes.insert(at(), bytes.substr(from, length));
      break;
    }
    default: {
      const uint32_t from = at();
      bytes.erase(from, 1 + random.below(32));
    }
  }
}

struct Tally {
  uint64_t files = 0, accepted = 0, stopped = 0;  // stopped: the reading process crashed or ran out of its limits
};

void try_model(const fs::path& file, Tally& tally) {
  if (file.extension() == ".gltf" || file.extension() == ".glb") (void)check_gltf(file).ok();
  auto model = load_model(file);
  if (!model) {
    if (model.error().what.empty() || model.error().where.empty()) std::abort();
    if (model.error().what.find("stops the reader") != std::string::npos) ++tally.stopped;
    return;
  }
  ++tally.accepted;
  cook_meshes(*model);
  const Pose pose = pose_of(*model, {{{model->clips.empty() ? "" : model->clips[0].name, 0.5f}}, {}});
  for (const Node& node : model->nodes)
    if (node.skin >= 0) {
      const auto joints = joint_matrices(model->skins[static_cast<size_t>(node.skin)], pose);
      for (const uint32_t m : node.meshes) {
        const Mesh& mesh = model->meshes[m];
        for (const SkinVertex& s : mesh.skin)
          for (const uint8_t j : s.joints)
            if (j >= joints.size()) std::abort();
        if (mesh.skin.empty()) continue;
        (void)posed_box(joint_boxes(mesh), joints);
        (void)skinned_vertices(mesh, joints);
      }
    }
  for (const Image& image : model->images) (void)decode_image(image).ok();
  const std::string flat = cook_model(*model, file.parent_path());
  if (!model->meshes.empty() && !uncook_model(flat, file.parent_path())) std::abort();
}

int run(double seconds, uint64_t seed, const fs::path& dir) {
  const std::vector<Seed> all = seeds();
  Pcg32 random(seed, "import");
  const auto start = Clock::now();
  Tally tally;
  double longest = 0;
  const auto elapsed = [&](Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); };
  // Models read in a process of their own are slow under the sanitizer: one file in sixteen.
  std::vector<size_t> quick, slow;
  for (size_t i = 0; i < all.size(); ++i) (all[i].name.ends_with(".obj") || all[i].name.ends_with(".fbx") ? slow : quick).push_back(i);
  for (uint64_t n = 0; elapsed(start) < seconds; ++n) {
    const std::vector<size_t>& list = n % 16 == 15 ? slow : quick;
    Seed one = all[list[random.below(static_cast<uint32_t>(list.size()))]];
    const uint32_t changes = n < all.size() ? 0 : 1 + (random.below(3) == 0 ? random.below(4) : 0);
    for (uint32_t c = 0; c < changes; ++c) {
      if (one.json.is_null()) spoil(one.raw, random);
      else if (random.below(4) == 0) spoil(one.bin, random);
      else spoil(one.json, random);
    }
    std::string text = one.json.is_null() ? one.raw : one.json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!one.json.is_null() && random.below(40) == 0) spoil(text, random);
    const fs::path file = dir / one.name;
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    if (!one.json.is_null()) std::ofstream(dir / "sample.bin", std::ios::binary | std::ios::trunc) << one.bin;
    std::ofstream(dir / "which", std::ios::trunc) << one.name;
    const auto before = Clock::now();
    alarm(static_cast<unsigned>(kTooLong) + 1);
    try_model(file, tally);
    alarm(0);
    longest = std::max(longest, elapsed(before));
    ++tally.files;
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    if (used.ru_maxrss > kTooMuch) {
      std::fprintf(stderr, "import_fuzz: %ld MiB of memory\n", used.ru_maxrss >> 10);
      return 1;
    }
  }
  rusage used{}, below{};
  getrusage(RUSAGE_SELF, &used);
  getrusage(RUSAGE_CHILDREN, &below);
  std::printf("import_fuzz: seed %llu: %llu files, %llu accepted, %llu stopped the reader of OBJ and FBX, slowest %.2f s, at most %ld MiB here and %ld MiB in a reader\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(tally.files), static_cast<unsigned long long>(tally.accepted), static_cast<unsigned long long>(tally.stopped), longest, used.ru_maxrss >> 10, below.ru_maxrss >> 10);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 20;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const Folder folder;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    init_log();
    spdlog::set_level(spdlog::level::off);
    const int code = run(seconds, seed, folder.dir);
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  const fs::path kept = argc > 3 ? fs::path(argv[3]) : fs::temp_directory_path() / ("import-fuzz-" + std::to_string(seed));
  std::error_code ec;
  fs::create_directories(kept, ec);
  fs::copy(folder.dir, kept, fs::copy_options::overwrite_existing | fs::copy_options::recursive, ec);
  std::fprintf(stderr, "import_fuzz: FAILED (%s %d); the file is kept in %s, its name in %s\n", WIFSIGNALED(status) ? "signal" : "exit",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), kept.c_str(), (kept / "which").c_str());
  return 1;
}
