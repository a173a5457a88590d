#pragma once
// Pictures: an offscreen canvas to draw to, its pixels on the CPU, PNG files, comparison with a stored picture.

#include <memory>

#include "engine/asset/model.h"
#include "engine/gpu/device.h"
#include "engine/gpu/target.h"

namespace shixun {

class Canvas {
 public:
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;
  ~Canvas();
  Target target() const;

 private:
  friend Result<Canvas> create_canvas(Device&, uint32_t, uint32_t, uint32_t, VkFormat);
  struct Private;
  explicit Canvas(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

// `layers`: one for each view that is drawn at once.
Result<Canvas> create_canvas(Device& device, uint32_t width, uint32_t height, uint32_t layers = 1, VkFormat format = VK_FORMAT_R8G8B8A8_UNORM);

// Waits for the GPU and reads the picture: 8-bit sRGB, alpha 255.
Result<Pixels> capture(Device& device, const Canvas& canvas, uint32_t layer = 0);

// The same of a target that was drawn to and not handed on yet.
Result<Pixels> capture_target(Device& device, const Target& target, uint32_t layer = 0);

// Both in one, `right` to the right of `left`. They are of one size.
Pixels beside(const Pixels& left, const Pixels& right);

Status write_png(const fs::path& path, const Pixels& pixels);
Result<Pixels> read_png(const fs::path& path);

struct Difference {
  bool same_size = false;
  uint32_t largest = 0;       // of one channel, 0..255
  uint64_t beyond = 0;        // pixels with a channel off by more than the tolerance
  double mean = 0;            // of all channels
};
Difference compare(const Pixels& a, const Pixels& b, uint32_t tolerance);

// Where they differ, bright on dark.
Pixels difference_picture(const Pixels& a, const Pixels& b);

}  // namespace shixun
