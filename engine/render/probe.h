#pragma once
// Reflections of the room: six pictures of it taken from one point by the renderer itself, as a cube, filtered once for every roughness and
// once for matte surfaces. The renderer takes them when the room is new or has changed, and hands the cubes to the shaders.
// Frame: world. Light is linear, in the unit of lighting.h.

#include <array>

#include "engine/gpu/pipeline.h"
#include "engine/gpu/resources.h"
#include "engine/render/textures.h"
#include "engine/render/views.h"

namespace shixun {

inline constexpr uint32_t kCubeFaces = 6;
inline constexpr uint32_t kProbeLevels = 6;  // of roughness, from mirror to matt

class Probe {
 public:
  // `size`: texels a side, a power of two from 64. `samples` as the renderer's pipelines draw with.
  static Result<Probe> create(Device& device, Textures& textures, VkPipelineLayout layout, uint32_t size, VkSampleCountFlagBits samples, VkFormat light,
                              VkFormat depth);
  Probe(Probe&&) noexcept = default;
  Probe& operator=(Probe&&) noexcept = default;

  VkExtent2D extent() const { return face_light.extent; }
  // A camera that sees one face of the cube.
  static Camera camera(glm::vec3 position, uint32_t face);

  // Draw a face into face_light and face_depth (from layout UNDEFINED; left for sampling), then store it; when all are stored, filter.
  // The texture set and the pass blocks are bound.
  void begin(VkCommandBuffer cmd) const;
  void store(VkCommandBuffer cmd, VkPipelineLayout layout, uint32_t face) const;
  void filter(VkCommandBuffer cmd, VkPipelineLayout layout) const;

  Image2D face_light, face_depth;

 private:
  Probe() = default;
  struct Views {  // of single faces, to draw to
    Device* device = nullptr;
    std::vector<VkImageView> at;
    Views() = default;
    Views(Views&& o) noexcept { *this = std::move(o); }
    Views& operator=(Views&& o) noexcept;
    ~Views() { reset(); }
    void reset();
  };
  static Result<Views> face_views(const Image2D& cube, uint32_t mips);
  void draw(VkCommandBuffer cmd, VkPipelineLayout layout, const Pipeline& pipeline, VkImageView face, uint32_t size, uint32_t number, float value) const;

  Image2D raw, mirrored, matte;
  Views raw_faces, mirrored_faces, matte_faces;
  Pipeline store_face, mirror, spread;
};

}  // namespace shixun
