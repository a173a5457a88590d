#pragma once
// A look at a glTF file without graphics. Packs are linted with it; and it comes before the importer, which trusts its input in
// places (node cycles, deep nesting, quantized attributes) and drops some facts (emissive strength).

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

// What the importer does not hand on, one entry per material of the file, in the file's order.
struct GltfMaterialFacts {
  std::string name;
  float emissive_strength = 1;
};

struct GltfFacts {
  std::vector<GltfMaterialFacts> materials;
  std::vector<std::string> nodes, clips;  // their names
  std::vector<fs::path> images;           // outside images, as paths
  uint64_t triangles = 0;                 // each mesh once
};

// Every file that makes up the model at `path`: itself and, for .gltf, its outside buffers. Fails as check_gltf does.
Result<std::vector<fs::path>> gltf_files(const fs::path& path);

// Checks a .gltf or .glb for everything load_model promises to refuse. The error names the file and the spot in it.
Result<GltfFacts> check_gltf(const fs::path& path);

}  // namespace shixun
