#pragma once
// Where a frame goes: an offscreen image or the window's current image.

#include <vulkan/vulkan.h>

namespace shixun {

struct Target {
  VkImage image = VK_NULL_HANDLE;
  VkImageView view = VK_NULL_HANDLE;
  VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;  // UNORM: the shader encodes sRGB; SRGB: the hardware does
  VkExtent2D extent{};
  uint32_t layers = 1;  // one for each view; more than one: `view` is of an array
  VkImageLayout final_layout = VK_IMAGE_LAYOUT_GENERAL;  // PRESENT_SRC_KHR for a window
  // A headset's runtime wants the depth too: D32_SFLOAT, as many layers, reversed (1: the near plane, 0: infinitely far). It is handed over in
  // layout DEPTH_STENCIL_ATTACHMENT_OPTIMAL. Null: nobody wants it.
  VkImage depth = VK_NULL_HANDLE;
  VkImageView depth_view = VK_NULL_HANDLE;
  VkSemaphore wait = VK_NULL_HANDLE;    // the image may be written after this; null: at once
  VkSemaphore signal = VK_NULL_HANDLE;  // signalled when drawn; null: nobody waits
};

}  // namespace shixun
