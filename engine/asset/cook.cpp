#include "engine/asset/cook.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>
#include <type_traits>

#include "engine/asset/import.h"
#include "engine/asset/mesh_cook.h"
#include "engine/base/gltf.h"
#include "engine/base/hash.h"
#include "engine/base/log.h"

namespace shixun {
namespace {

// Raise with every change to Model, to the flat form or to the way models are read.
constexpr uint32_t kCookVersion = 7;
constexpr uint64_t kMaxCooked = 1u << 30;
constexpr auto kUnusedFor = std::chrono::hours(24 * 90);
constexpr auto kDay = std::chrono::hours(24);
constexpr std::string_view kCookedEnd = ".cooked";

struct Header {
  char magic[4];
  uint32_t version;
  uint64_t size;      // of the payload that follows
  uint64_t checksum;  // of the payload
};

// Guards against damage, not against malice: whoever can write the cache can also write the models. Eight lanes keep it faster than the disk.
uint64_t checksum_of(std::string_view bytes) {
  uint64_t lanes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64)
    for (size_t lane = 0; lane < 8; ++lane) {
      uint64_t word;
      std::memcpy(&word, bytes.data() + at + lane * 8, 8);
      lanes[lane] = (lanes[lane] ^ word) * 0x9E3779B97F4A7C15ull;
    }
  uint64_t sum = bytes.size();
  for (; at < bytes.size(); ++at) sum = (sum ^ static_cast<unsigned char>(bytes[at])) * 0x100000001B3ull;
  for (const uint64_t lane : lanes) sum = (sum ^ (lane >> 29) ^ lane) * 0x9E3779B97F4A7C15ull;
  return sum;
}

template <class T>
constexpr bool kFlat = std::is_trivially_copyable_v<T>;

class Writer {
 public:
  template <class T>
    requires kFlat<T>
  void operator()(const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
    requires kFlat<T>
  void operator()(const std::vector<T>& values) {
    (*this)(static_cast<uint64_t>(values.size()));
    out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void operator()(const std::string& text) {
    (*this)(static_cast<uint64_t>(text.size()));
    out += text;
  }
  void count(size_t n) { (*this)(static_cast<uint64_t>(n)); }

  std::string out;
};

// Reads back what Writer wrote; after the first short read everything yields zeros and `good` is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
    requires kFlat<T>
  void operator()(T& value) {
    if (take(sizeof value)) std::memcpy(&value, bytes_.data() + at_ - sizeof value, sizeof value);
  }
  template <class T>
    requires kFlat<T>
  void operator()(std::vector<T>& values) {
    const size_t n = count(sizeof(T));
    values.resize(n);
    if (take(n * sizeof(T)) && n > 0) std::memcpy(values.data(), bytes_.data() + at_ - n * sizeof(T), n * sizeof(T));
  }
  void operator()(std::string& text) {
    const size_t n = count(1);
    if (take(n)) text = bytes_.substr(at_ - n, n);
  }
  // A count of things that take at least `least` bytes each: never more than what is left can hold.
  size_t count(size_t least) {
    uint64_t n = 0;
    (*this)(n);
    if (n > (bytes_.size() - at_) / least) good = false;
    return good ? static_cast<size_t>(n) : 0;
  }
  bool at_end() const { return at_ == bytes_.size(); }

  bool good = true;

 private:
  bool take(size_t n) {
    good = good && n <= bytes_.size() - at_;
    if (good) at_ += n;
    return good;
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

// The fields of each part, in file order, once for both directions (`io` is a Writer or a Reader).
template <class IO, class M>
void visit_material(IO& io, M& m) {
  io(m.name), io(m.base_color), io(m.emissive), io(m.metallic), io(m.roughness), io(m.normal_scale), io(m.alpha_cutoff), io(m.clearcoat);
  io(m.clearcoat_roughness), io(m.transmission), io(m.alpha), io(m.double_sided), io(m.tex_base), io(m.tex_normal), io(m.tex_orm), io(m.tex_emissive), io(m.tex_occlusion);
}

template <class IO, class M>
void visit_mesh(IO& io, M& m) {
  io(m.name), io(m.vertices), io(m.skin), io(m.indices), io(m.lods), io(m.clusters), io(m.material), io(m.lower), io(m.upper);
}

template <class IO, class C>
void visit_channel(IO& io, C& c) {
  io(c.node), io(c.translation_way), io(c.rotation_way), io(c.scale_way), io(c.translation_times), io(c.rotation_times), io(c.scale_times), io(c.translations), io(c.rotations), io(c.scales);
}

template <class IO, class N>
void visit_node(IO& io, N& n) {
  io(n.name), io(n.parent), io(n.translation), io(n.rotation), io(n.scale), io(n.meshes), io(n.skin);
}

template <class IO, class S>
void visit_skin(IO& io, S& s) {
  io(s.name), io(s.joints), io(s.inverse_bind);
}

Error damaged(const char* what) { return {Code::kFailed, "cooked model", what, "It is made again"}; }

// All references inside the model, so that damage that got past the checksum cannot reach beyond an array.
bool is_sound(const Model& model) {
  const auto in = [](int index, size_t count) { return index >= -1 && index < static_cast<int>(count); };
  for (size_t n = 0; n < model.nodes.size(); ++n) {
    if (model.nodes[n].parent < -1 || model.nodes[n].parent >= static_cast<int>(n) || !in(model.nodes[n].skin, model.skins.size())) return false;
    for (const uint32_t m : model.nodes[n].meshes)
      if (m >= model.meshes.size()) return false;
  }
  for (const Mesh& m : model.meshes) {
    if (m.material >= model.materials.size() || (!m.skin.empty() && m.skin.size() != m.vertices.size())) return false;
    for (const uint32_t i : m.indices)
      if (i >= m.vertices.size()) return false;
    if (m.lods.empty() || m.lods.size() > kMaxLods || m.lods[0].first_index != 0) return false;
    for (const MeshLod& lod : m.lods) {
      if (lod.index_count % 3 != 0 || uint64_t{lod.first_index} + lod.index_count > m.indices.size()) return false;
      if (lod.cluster_count > kMaxLodClusters || uint64_t{lod.first_cluster} + lod.cluster_count > m.clusters.size()) return false;
      // Together they are the level: one left out would be a hole.
      uint64_t end = lod.first_index;
      for (uint32_t c = 0; c < lod.cluster_count; ++c) {
        const MeshCluster& cluster = m.clusters[lod.first_cluster + c];
        if (cluster.first_index != end || cluster.index_count == 0 || cluster.index_count % 3 != 0) return false;
        end += cluster.index_count;
      }
      if (lod.cluster_count > 0 && end != uint64_t{lod.first_index} + lod.index_count) return false;
    }
  }
  for (const Material& m : model.materials)
    if (!in(m.tex_base, model.images.size()) || !in(m.tex_normal, model.images.size()) || !in(m.tex_orm, model.images.size()) ||
        !in(m.tex_emissive, model.images.size()) || !in(m.tex_occlusion, model.images.size()))
      return false;
  for (const Skin& s : model.skins) {
    if (s.joints.empty() || s.joints.size() > 256 || s.joints.size() != s.inverse_bind.size()) return false;
    for (const int joint : s.joints)
      if (joint < 0 || !in(joint, model.nodes.size())) return false;
  }
  // A skin vertex's joints need not be checked against each skin here: load_model checked them and the checksum covers them.
  const auto keys = [](size_t times, size_t values, Interpolation way) { return values == times * (way == Interpolation::kCubic ? 3 : 1); };
  for (const Clip& clip : model.clips)
    for (const Channel& c : clip.channels)
      if (c.node < 0 || !in(c.node, model.nodes.size()) || !keys(c.translation_times.size(), c.translations.size(), c.translation_way) ||
          !keys(c.rotation_times.size(), c.rotations.size(), c.rotation_way) || !keys(c.scale_times.size(), c.scales.size(), c.scale_way))
        return false;
  return !model.nodes.empty();
}

}  // namespace

std::string cook_model(const Model& model, const fs::path& folder) {
  Writer w;
  w.out.resize(sizeof(Header));  // written last; so large models are not copied once more
  w(model.name);
  w.count(model.nodes.size());
  for (const Node& n : model.nodes) {
    visit_node(w, n);
    w.count(n.extras.size());
    for (const auto& [key, value] : n.extras) w(key), w(value);
  }
  w.count(model.meshes.size());
  for (const Mesh& m : model.meshes) visit_mesh(w, m);
  w.count(model.materials.size());
  for (const Material& m : model.materials) visit_material(w, m);
  w.count(model.images.size());
  for (const Image& i : model.images) w(i.path.empty() ? std::string() : i.path.lexically_relative(folder).generic_string()), w(i.embedded), w(i.srgb), w(i.open);
  w.count(model.skins.size());
  for (const Skin& s : model.skins) visit_skin(w, s);
  w.count(model.warnings.size());
  for (const std::string& text : model.warnings) w(text);
  w.count(model.clips.size());
  for (const Clip& clip : model.clips) {
    w(clip.name), w(clip.duration);
    w.count(clip.channels.size());
    for (const Channel& c : clip.channels) visit_channel(w, c);
  }
  const std::string_view payload = std::string_view(w.out).substr(sizeof(Header));
  const Header header{{'S', 'X', 'C', 'K'}, kCookVersion, payload.size(), checksum_of(payload)};
  std::memcpy(w.out.data(), &header, sizeof header);
  return std::move(w.out);
}

Result<Model> uncook_model(std::string_view bytes, const fs::path& folder) {
  Header header{};
  if (bytes.size() < sizeof header) return damaged("is cut short");
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::string_view payload = bytes.substr(sizeof header);
  if (std::memcmp(header.magic, "SXCK", 4) != 0 || header.version != kCookVersion) return damaged("was made by another version");
  if (header.size != payload.size() || header.checksum != checksum_of(payload)) return damaged("is cut short or altered");

  Reader r(payload);
  Model model;
  r(model.name);
  model.nodes.resize(r.count(8));
  for (Node& n : model.nodes) {
    visit_node(r, n);
    for (size_t left = r.count(16); left > 0 && r.good; --left) {
      std::string key, value;
      r(key), r(value);
      n.extras.emplace(std::move(key), std::move(value));
    }
  }
  model.meshes.resize(r.count(8));
  for (Mesh& m : model.meshes) visit_mesh(r, m);
  model.materials.resize(r.count(8));
  for (Material& m : model.materials) visit_material(r, m);
  model.images.resize(r.count(8));
  for (Image& i : model.images) {
    std::string name;
    r(name), r(i.embedded), r(i.srgb), r(i.open);
    if (!name.empty()) i.path = (folder / name).lexically_normal();
  }
  model.skins.resize(r.count(8));
  for (Skin& s : model.skins) visit_skin(r, s);
  model.warnings.resize(r.count(8));
  for (std::string& text : model.warnings) r(text);
  model.clips.resize(r.count(8));
  for (Clip& clip : model.clips) {
    r(clip.name), r(clip.duration);
    clip.channels.resize(r.count(8));
    for (Channel& c : clip.channels) visit_channel(r, c);
  }
  if (!r.good || !r.at_end() || !is_sound(model)) return damaged("is damaged");
  return model;
}

namespace {

// The files a model's geometry comes from; those of its images are not among them.
Result<std::vector<fs::path>> sources_of(const fs::path& path) {
  std::string kind = path.extension().string();
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (kind == ".gltf" || kind == ".glb") return gltf_files(path);
  std::vector<fs::path> files{path};
  if (kind != ".obj") return files;
  auto text = read_file(path, kMaxCooked);
  if (!text) return text.error();
  for (size_t at = text->find("mtllib "); at != std::string::npos; at = text->find("mtllib ", at + 1)) {
    const size_t from = at + 7, to = std::min(text->find_first_of("\r\n", from), text->size());
    const fs::path library = path.parent_path() / fs::path(text->substr(from, to - from)).filename();
    std::error_code ec;
    if (fs::is_regular_file(library, ec) && files.size() < 16) files.push_back(library);
  }
  return files;
}

void tell(const fs::path& path, const Model& model) {
  for (const std::string& text : model.warnings) spdlog::warn("{}: {}", path.filename().string(), text);
}

}  // namespace

namespace {

// Whether a file of the cache has had its time.
bool is_old(const fs::path& file, fs::file_time_type now) {
  std::error_code ec;
  const std::string name = file.filename().string();
  const fs::file_time_type used = fs::last_write_time(file, ec);
  if (ec || !fs::is_regular_file(file, ec)) return false;
  // What a program left that was killed while writing.
  if (name.find(std::string(kCookedEnd) + ".new.") != std::string::npos) return now - used > kDay;
  if (!name.ends_with(kCookedEnd)) return false;
  if (now - used > kUnusedFor) return true;
  Header header{};
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(&header), sizeof header);
  return in.gcount() == sizeof header && std::memcmp(header.magic, "SXCK", sizeof header.magic) == 0 && header.version < kCookVersion;
}

}  // namespace

CacheShare share_cache(const fs::path& cache_dir) {
  CacheShare share;
  const fs::path models = cache_dir / "models";
  if (!make_dirs(models)) return share;
  share.lock_ = open((models / "in-use").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (share.lock_ < 0) return share;
  if (flock(share.lock_, LOCK_EX | LOCK_NB) == 0) {
    std::error_code ec;
    std::vector<fs::path> old;
    const auto now = fs::file_time_type::clock::now();
    for (fs::directory_iterator it(models, ec), end; !ec && it != end; it.increment(ec))
      if (is_old(it->path(), now)) old.push_back(it->path());
    for (const fs::path& file : old) fs::remove(file, ec);
    if (!old.empty()) spdlog::info("cache: {} files of older versions or long out of use are removed", old.size());
  }
  if (flock(share.lock_, LOCK_SH) != 0) spdlog::warn("cache: cannot be locked: {}", std::strerror(errno));
  return share;
}

CacheShare::~CacheShare() {
  if (lock_ >= 0) close(lock_);
}

Result<Model> load_cooked_model(const fs::path& path, const fs::path& cache_dir) {
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) return load_model(path);  // for its error
  auto files = sources_of(path);
  if (!files) return files.error();
  std::string hashes = std::to_string(kCookVersion) + path.filename().string();
  for (const fs::path& file : *files) {
    auto bytes = read_file(file, kMaxCooked);
    if (!bytes) return load_model(path);  // for its error
    hashes += sha256_hex(*bytes);
  }
  const fs::path cooked = cache_dir / "models" / (path.stem().string() + "-" + sha256_hex(hashes).substr(0, 24) + ".cooked");
  if (fs::is_regular_file(cooked, ec)) {
    auto bytes = read_file(cooked, kMaxCooked);
    if (bytes) {
      auto model = uncook_model(*bytes, path.parent_path());
      if (model) {
        // Its time of change tells when it was last used, to the day.
        const auto now = fs::file_time_type::clock::now();
        if (const auto used = fs::last_write_time(cooked, ec); !ec && now - used > kDay) fs::last_write_time(cooked, now, ec);
        find_images(*model);
        tell(path, *model);
        return model;
      }
      spdlog::warn("{}: {}", cooked.filename().string(), model.error().what);
    }
  }
  auto model = import_model(path);
  if (!model) return model;
  cook_meshes(*model);
  if (model->meshes.empty())
    return Error{Code::kFailed, path.string(), "has no triangle with an extent: there is nothing to show", "Export the model again"};
  Status written = make_dirs(cooked.parent_path());
  if (written) written = write_file(cooked, cook_model(*model, path.parent_path()));
  if (!written) spdlog::warn("cannot keep a cooked model: {}", written.error().text());
  find_images(*model);
  tell(path, *model);
  return model;
}

std::vector<Result<Model>> load_cooked_models(const std::vector<fs::path>& paths, const fs::path& cache_dir) {
  std::vector<Result<Model>> models(paths.size(), Error{});
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < paths.size(); i = next++) models[i] = load_cooked_model(paths[i], cache_dir);
  };
  std::vector<std::thread> threads(std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 8) - 1);
  for (std::thread& t : threads) t = std::thread(work);
  work();
  for (std::thread& t : threads) t.join();
  return models;
}

}  // namespace shixun
