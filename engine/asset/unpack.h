#pragma once
// Compressed geometry in glTF files: EXT_meshopt_compression and KHR_draco_mesh_compression.

#include "engine/base/gltf_document.h"

namespace shixun {

class Unpacker final : public GltfDecoder {
 public:
  std::optional<std::string> meshopt(const Packed& packed) const override;
  bool draco(std::string_view bytes, uint64_t vertices, uint64_t indices, std::vector<Attribute>& attributes,
             std::vector<uint32_t>& triangles) const override;
};

}  // namespace shixun
