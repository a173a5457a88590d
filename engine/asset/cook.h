#pragma once
// The cook and its cache: models in the form they have in memory, so that a program starts without importing anything twice.
// A cooked file is named by the content it was made from (the model's file and its buffers) and by the version of the cook,
// so it is never out of date; a damaged one is made again.

#include <string>
#include <string_view>
#include <utility>

#include "engine/asset/model.h"

namespace shixun {

// As load_model, and its meshes cooked (engine/asset/mesh_cook.h); from the cache if it is there, otherwise it is put there. A cache that
// cannot be written only costs time.
Result<Model> load_cooked_model(const fs::path& path, const fs::path& cache_dir);

// A whole course's models, in the order asked for, on all processors: some processors' worth of models at a time, so memory stays bounded.
std::vector<Result<Model>> load_cooked_models(const std::vector<fs::path>& paths, const fs::path& cache_dir);

// A running program's share in the cache. The first one to come clears it out: files that an older version of the cook made, or that nobody has
// used for 90 days. While another program has its share nothing is removed, so that nobody's file goes between being found and being read.
class CacheShare {
 public:
  CacheShare() = default;
  CacheShare(CacheShare&& o) noexcept : lock_(o.lock_) { o.lock_ = -1; }
  CacheShare& operator=(CacheShare&& o) noexcept {
    std::swap(lock_, o.lock_);
    return *this;
  }
  ~CacheShare();

 private:
  friend CacheShare share_cache(const fs::path& cache_dir);
  int lock_ = -1;
};

// To be kept as long as the program runs. A cache that cannot be locked is left as it is.
CacheShare share_cache(const fs::path& cache_dir);

// The flat form. Image paths are kept relative to the model's folder: the same content may lie in two places.
std::string cook_model(const Model& model, const fs::path& folder);

// Reads the flat form; fails on anything cut short, altered or made by another version.
Result<Model> uncook_model(std::string_view bytes, const fs::path& folder);

}  // namespace shixun
