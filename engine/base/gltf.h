#pragma once
// A look at a glTF file without graphics: whether the importer would take it, and what it holds. Packs are linted with it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

struct GltfFacts {
  std::vector<std::string> nodes, clips;  // their names
  std::vector<fs::path> images;           // outside images, as paths
  std::vector<std::string> embedded;      // images inside, their compressed bytes
  uint64_t triangles = 0;                 // each mesh once
};

// Every file that makes up the model at `path`: itself and, for .gltf, its outside buffers. Does not look whether they are there.
Result<std::vector<fs::path>> gltf_files(const fs::path& path);

// Checks a .gltf or .glb for everything load_model promises to refuse; of compressed geometry only what its JSON says. The error names the
// file and the spot in it.
Result<GltfFacts> check_gltf(const fs::path& path);

}  // namespace shixun
