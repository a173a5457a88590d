#pragma once
// A look at a glTF file before the importer sees it. The importer trusts its input in places (node cycles, deep nesting,
// quantized attributes) and drops some facts (emissive strength); both are settled here from the file's own JSON.

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
};

// Every file that makes up the model at `path`: itself and, for .gltf, its outside buffers. Fails as check_gltf does.
Result<std::vector<fs::path>> gltf_files(const fs::path& path);

// Checks a .gltf or .glb for everything load_model promises to refuse. The error names the file and the spot in it.
Result<GltfFacts> check_gltf(const fs::path& path);

}  // namespace shixun
