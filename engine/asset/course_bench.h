#pragma once
// How long a course's models and pictures take to load: the `course` scene of the benchmark. The models are made up, so that it runs anywhere.

#include "engine/base/file.h"

namespace shixun {

struct CourseTimes {
  uint32_t models = 0, textures = 0, texture_side = 0;
  uint64_t triangles = 0;               // as in the files
  uint64_t source_bytes = 0, cache_bytes = 0;
  double cold_s = 0;                    // imported, cooked and written to an empty cache; pictures decoded
  double warm_s = 0;                    // from the cache; pictures decoded
  double warm_models_s = 0, pictures_s = 0;  // the two parts of it, measured one after the other
};

// Writes some 60 models of 25,000 triangles (.gltf with .bin: turned parts, several materials a model) and 40 JPEG textures into `folder`, which
// must be empty or absent, loads them twice on all processors, and leaves the folder behind. The files are in the system's file cache both
// times: what is measured is work, not the disk.
Result<CourseTimes> bench_course(const fs::path& folder, uint32_t models = 60, uint32_t textures = 40);

}  // namespace shixun
