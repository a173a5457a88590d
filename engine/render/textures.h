#pragma once
// The bindless texture table: a texture is one number, its index. The only descriptor set of the renderer. Texture 0 is plain white.

#include <memory>

#include "engine/asset/model.h"
#include "engine/gpu/device.h"
#include "engine/gpu/upload.h"

namespace shixun {

using TextureHandle = uint32_t;
inline constexpr TextureHandle kNoTexture = 0xffffffffu;

struct TextureOptions {
  bool srgb = true;      // colour; false for data (normals, roughness)
  bool mipmaps = true;
  bool repeat = true;    // false: clamp to the edge
  const char* name = "texture";  // for captures
};

class Textures {
 public:
  static Result<std::unique_ptr<Textures>> create(Device& device);
  ~Textures();

  Result<TextureHandle> add(const Pixels& pixels, const TextureOptions& options = {});

  // An image of a model. Outside images are kept by path and colour space: the same file is loaded once. Counted: each add needs a remove.
  Result<TextureHandle> add(const Image& image);
  // One that the renderer draws the user interface into (Frame::ui_panel); nothing may show it before.
  Result<TextureHandle> add_panel(uint32_t width, uint32_t height);
  const Image2D& image(TextureHandle handle) const;
  void remove(TextureHandle handle);

  // Writes new pixels of the same size (a display's face). Mipmaps are remade.
  Status update(TextureHandle handle, const Pixels& pixels);

  // Decodes outside images that are not loaded yet on several threads, so that the adds which follow are quick.
  void prefetch(const std::vector<Image>& images);

  // For the renderer and the scene: the descriptor set, the one queue of uploads (flushed before each frame), and the renderer's own images,
  // which have bindings of their own in the set: a pass may then write one of them while the table is bound.
  enum class Screen : uint32_t { kShadow = 1, kLight, kDepth, kOcclusion, kMask, kLampShadow, kLampDepth, kProbeFace, kProbe, kMirrored, kMatte, kShadowDepth, kCascades,
                                kCascadesDepth, kPicture };
  VkDescriptorSetLayout layout() const;
  VkDescriptorSet set() const;
  Uploader& uploader();
  // How pictures on surfaces are filtered: smooth across mipmaps or not, anisotropy (1: none). While no frame is in flight.
  Status set_filtering(bool trilinear, float anisotropy);
  void set_screen(Screen screen, VkImageView view);  // while no frame is in flight

 private:
  struct Private;
  explicit Textures(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

}  // namespace shixun
