#include "engine/gpu/swapchain.h"

#include "engine/gpu/resources.h"

#include <algorithm>
#include <vector>

namespace shixun {

struct Swapchain::Private {
  Device& device;
  bool vsync = true;
  VkExtent2D wanted{}, extent{};
  VkSurfaceFormatKHR format{};
  VkPresentModeKHR mode = VK_PRESENT_MODE_FIFO_KHR;
  VkSwapchainKHR handle = VK_NULL_HANDLE;
  std::vector<VkImage> images;
  std::vector<VkImageView> views;
  // A present waits for its image's own semaphore, so that it is free again when the image comes back.
  std::vector<VkSemaphore> drawn;
  // One acquire semaphore more than images: the one in hand is never still waited for.
  std::vector<VkSemaphore> acquired;
  uint32_t next_acquire = 0;
  uint32_t index = 0;
  bool stale = true;

  explicit Private(Device& d) : device(d) {}

  void release() {
    device.retire([vk = device.handle, h = handle, v = views, d = drawn, a = acquired] {
      for (VkImageView view : v) vkDestroyImageView(vk, view, nullptr);
      for (VkSemaphore s : d) vkDestroySemaphore(vk, s, nullptr);
      for (VkSemaphore s : a) vkDestroySemaphore(vk, s, nullptr);
      if (h) vkDestroySwapchainKHR(vk, h, nullptr);
    });
    handle = VK_NULL_HANDLE;
    views.clear();
    drawn.clear();
    acquired.clear();
  }

  Status choose_format() {
    uint32_t count = 0;
    vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical, device.surface, &count, nullptr);
    std::vector<VkSurfaceFormatKHR> formats(count);
    vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical, device.surface, &count, formats.data());
    if (formats.empty()) return Error{Code::kEnvironment, "Vulkan", "the window offers no picture format", "Update the graphics driver"};
    format = formats[0];
    // UNORM first: the user interface blends in sRGB space.
    for (VkFormat f : {VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_R8G8B8A8_SRGB})
      for (const VkSurfaceFormatKHR& have : formats)
        if (have.format == f && have.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR) {
          format = have;
          return ok();
        }
    return ok();
  }

  void choose_mode() {
    uint32_t count = 0;
    vkGetPhysicalDeviceSurfacePresentModesKHR(device.physical, device.surface, &count, nullptr);
    std::vector<VkPresentModeKHR> modes(count);
    vkGetPhysicalDeviceSurfacePresentModesKHR(device.physical, device.surface, &count, modes.data());
    mode = VK_PRESENT_MODE_FIFO_KHR;
    if (vsync) return;
    for (VkPresentModeKHR m : {VK_PRESENT_MODE_IMMEDIATE_KHR, VK_PRESENT_MODE_MAILBOX_KHR})
      if (std::find(modes.begin(), modes.end(), m) != modes.end()) mode = m;
  }

  // False: the window has no area now.
  Result<bool> remake() {
    VkSurfaceCapabilitiesKHR can{};
    if (const VkResult r = vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device.physical, device.surface, &can); r != VK_SUCCESS)
      return vulkan_error("asking the window for its size", r);
    extent = can.currentExtent.width != 0xffffffffu ? can.currentExtent
                                                    : VkExtent2D{std::clamp(wanted.width, can.minImageExtent.width, can.maxImageExtent.width),
                                                                 std::clamp(wanted.height, can.minImageExtent.height, can.maxImageExtent.height)};
    if (extent.width == 0 || extent.height == 0) return false;
    if (auto s = device.wait_idle(); !s) return s.error();
    uint32_t images_wanted = std::max(can.minImageCount, 3u);
    if (can.maxImageCount > 0) images_wanted = std::min(images_wanted, can.maxImageCount);  // 0 means no limit
    VkSwapchainCreateInfoKHR info{};
    info.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR;
    info.surface = device.surface;
    info.minImageCount = images_wanted;
    info.imageFormat = format.format;
    info.imageColorSpace = format.colorSpace;
    info.imageExtent = extent;
    info.imageArrayLayers = 1;
    info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | (can.supportedUsageFlags & VK_IMAGE_USAGE_TRANSFER_DST_BIT);  // a mirror is copied into it
    info.imageSharingMode = VK_SHARING_MODE_EXCLUSIVE;
    info.preTransform = can.currentTransform;
    for (VkCompositeAlphaFlagBitsKHR a : {VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR, VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR})
      if (can.supportedCompositeAlpha & a) {
        info.compositeAlpha = a;
        break;
      }
    info.presentMode = mode;
    info.clipped = VK_TRUE;
    info.oldSwapchain = handle;
    VkSwapchainKHR made = VK_NULL_HANDLE;
    if (const VkResult r = vkCreateSwapchainKHR(device.handle, &info, nullptr, &made); r != VK_SUCCESS) return vulkan_error("vkCreateSwapchainKHR", r);
    release();
    handle = made;
    uint32_t count = 0;
    vkGetSwapchainImagesKHR(device.handle, handle, &count, nullptr);
    images.resize(count);
    vkGetSwapchainImagesKHR(device.handle, handle, &count, images.data());
    const VkSemaphoreCreateInfo semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, nullptr, 0};
    for (VkImage image : images) {
      name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image, "window");
      VkImageViewCreateInfo view{};
      view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
      view.image = image;
      view.viewType = VK_IMAGE_VIEW_TYPE_2D;
      view.format = format.format;
      view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
      VkImageView v = VK_NULL_HANDLE;
      if (const VkResult r = vkCreateImageView(device.handle, &view, nullptr, &v); r != VK_SUCCESS) return vulkan_error("vkCreateImageView", r);
      views.push_back(v);
    }
    for (uint32_t i = 0; i < 2 * count + 1; ++i) {
      VkSemaphore s = VK_NULL_HANDLE;
      if (const VkResult r = vkCreateSemaphore(device.handle, &semaphore, nullptr, &s); r != VK_SUCCESS) return vulkan_error("vkCreateSemaphore", r);
      (i < count ? drawn : acquired).push_back(s);
    }
    next_acquire = 0;
    stale = false;
    return true;
  }
};

Swapchain::Swapchain(std::unique_ptr<Private> p) : p_(std::move(p)) {}
Swapchain::~Swapchain() {
  vkDeviceWaitIdle(p_->device.handle);
  p_->release();
}

Result<std::unique_ptr<Swapchain>> Swapchain::create(Device& device, VkExtent2D size, bool vsync) {
  assert(device.surface);
  auto p = std::make_unique<Private>(device);
  p->wanted = size;
  p->vsync = vsync;
  if (auto s = p->choose_format(); !s) return s.error();
  p->choose_mode();
  return std::unique_ptr<Swapchain>(new Swapchain(std::move(p)));
}

void Swapchain::resize(VkExtent2D size) {
  if (size.width == p_->wanted.width && size.height == p_->wanted.height) return;
  p_->wanted = size;
  p_->stale = true;
}

Result<std::optional<Target>> Swapchain::acquire() {
  Private& p = *p_;
  // Twice: the first try may learn that the window has changed.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (p.stale) {
      auto made = p.remake();
      if (!made) return made.error();
      if (!*made) return std::optional<Target>{};
    }
    const VkSemaphore semaphore = p.acquired[p.next_acquire];
    const VkResult r = vkAcquireNextImageKHR(p.device.handle, p.handle, UINT64_MAX, semaphore, VK_NULL_HANDLE, &p.index);
    if (r == VK_ERROR_OUT_OF_DATE_KHR) {
      p.stale = true;
      continue;
    }
    if (r != VK_SUCCESS && r != VK_SUBOPTIMAL_KHR) return vulkan_error("vkAcquireNextImageKHR", r);
    p.next_acquire = (p.next_acquire + 1) % static_cast<uint32_t>(p.acquired.size());
    Target t;
    t.image = p.images[p.index];
    t.view = p.views[p.index];
    t.format = p.format.format;
    t.extent = p.extent;
    t.final_layout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
    t.wait = semaphore;
    t.signal = p.drawn[p.index];
    return std::optional<Target>{t};
  }
  return std::optional<Target>{};
}

Status Swapchain::present() {
  Private& p = *p_;
  VkPresentInfoKHR info{};
  info.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR;
  info.waitSemaphoreCount = 1;
  info.pWaitSemaphores = &p.drawn[p.index];
  info.swapchainCount = 1;
  info.pSwapchains = &p.handle;
  info.pImageIndices = &p.index;
  const VkResult r = vkQueuePresentKHR(p.device.queue, &info);
  if (r == VK_ERROR_OUT_OF_DATE_KHR || r == VK_SUBOPTIMAL_KHR) {
    p.stale = true;
    return ok();
  }
  if (r != VK_SUCCESS) return vulkan_error("vkQueuePresentKHR", r);
  return ok();
}

VkExtent2D Swapchain::extent() const { return p_->extent; }
VkFormat Swapchain::format() const { return p_->format.format; }

}  // namespace shixun
