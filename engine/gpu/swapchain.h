#pragma once
// The images of a window. Created from the device's surface; follows the window's size. Never used by tests.
// Call order of a frame: acquire -> Renderer::draw(target) -> present.

#include <memory>
#include <optional>

#include "engine/gpu/device.h"
#include "engine/gpu/target.h"

namespace shixun {

class Swapchain {
 public:
  // `size` is the window's framebuffer size in pixels. `vsync` false asks for mailbox or immediate where offered.
  static Result<std::unique_ptr<Swapchain>> create(Device& device, VkExtent2D size, bool vsync = true);
  ~Swapchain();

  // Tells the new framebuffer size; the images are remade at the next acquire.
  void resize(VkExtent2D size);

  // The next image to draw to. Empty while the window is minimized (size 0): skip the frame.
  Result<std::optional<Target>> acquire();

  // Shows the image of the last acquire.
  Status present();

  VkExtent2D extent() const;
  VkFormat format() const;

 private:
  struct Private;
  explicit Swapchain(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

}  // namespace shixun
