#include "engine/gpu/resources.h"

#include <vk_mem_alloc.h>

#include <utility>

namespace shixun {

Buffer& Buffer::operator=(Buffer&& o) noexcept {
  if (this == &o) return *this;
  reset();
  device = std::exchange(o.device, nullptr);
  handle = std::exchange(o.handle, VK_NULL_HANDLE);
  allocation = std::exchange(o.allocation, nullptr);
  size = std::exchange(o.size, 0);
  address = std::exchange(o.address, 0);
  mapped = std::exchange(o.mapped, nullptr);
  return *this;
}

void Buffer::reset() {
  if (handle) unlist_object(*device, VK_OBJECT_TYPE_BUFFER, (uint64_t)handle);
  if (handle) device->retire([allocator = device->allocator, b = handle, a = allocation] { vmaDestroyBuffer(allocator, b, a); });
  handle = VK_NULL_HANDLE;
}

Result<Buffer> create_buffer(Device& device, VkDeviceSize size, Memory memory, VkBufferUsageFlags extra_usage, const char* name) {
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = size;
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
               VK_BUFFER_USAGE_TRANSFER_DST_BIT | extra_usage;
  VmaAllocationCreateInfo wish{};
  wish.usage = VMA_MEMORY_USAGE_AUTO;
  if (memory == Memory::kUpload) wish.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_SEQUENTIAL_WRITE_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
  if (memory == Memory::kReadback) wish.flags = VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT;
  if (memory != Memory::kDevice) wish.requiredFlags = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  Buffer b;
  VmaAllocationInfo got{};
  if (const VkResult r = vmaCreateBuffer(device.allocator, &info, &wish, &b.handle, &b.allocation, &got); r != VK_SUCCESS)
    return vulkan_error("creating a buffer", r);
  b.device = &device;
  list_object(device, VK_OBJECT_TYPE_BUFFER, (uint64_t)b.handle);
  if (name) name_object(device, VK_OBJECT_TYPE_BUFFER, (uint64_t)b.handle, name);
  b.size = size;
  b.mapped = memory == Memory::kDevice ? nullptr : got.pMappedData;
  const VkBufferDeviceAddressInfo address{VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, nullptr, b.handle};
  b.address = vkGetBufferDeviceAddress(device.handle, &address);
  return b;
}

Image2D& Image2D::operator=(Image2D&& o) noexcept {
  if (this == &o) return *this;
  reset();
  device = std::exchange(o.device, nullptr);
  handle = std::exchange(o.handle, VK_NULL_HANDLE);
  view = std::exchange(o.view, VK_NULL_HANDLE);
  allocation = std::exchange(o.allocation, nullptr);
  format = o.format;
  extent = o.extent;
  mips = o.mips;
  layers = o.layers;
  samples = o.samples;
  return *this;
}

void Image2D::reset() {
  if (handle) unlist_object(*device, VK_OBJECT_TYPE_IMAGE, (uint64_t)handle);
  if (handle)
    device->retire([vk = device->handle, allocator = device->allocator, i = handle, v = view, a = allocation] {
      vkDestroyImageView(vk, v, nullptr);
      vmaDestroyImage(allocator, i, a);
    });
  handle = VK_NULL_HANDLE;
}

VkImageAspectFlags aspect_of(VkFormat format) {
  return format == VK_FORMAT_D32_SFLOAT ? VK_IMAGE_ASPECT_DEPTH_BIT : VK_IMAGE_ASPECT_COLOR_BIT;
}

Result<Image2D> create_image(Device& device, VkExtent2D extent, VkFormat format, VkImageUsageFlags usage, const ImageOptions& options) {
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = format;
  info.extent = {extent.width, extent.height, 1};
  info.mipLevels = options.mips;
  info.arrayLayers = options.cube ? 6 : options.layers;
  if (options.cube) info.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT;
  info.samples = options.samples;
  info.tiling = VK_IMAGE_TILING_OPTIMAL;
  info.usage = usage;
  VmaAllocationCreateInfo wish{};
  wish.usage = VMA_MEMORY_USAGE_AUTO;
  Image2D image;
  if (const VkResult r = vmaCreateImage(device.allocator, &info, &wish, &image.handle, &image.allocation, nullptr); r != VK_SUCCESS)
    return vulkan_error("creating an image", r);
  image.device = &device;
  list_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image.handle);
  if (options.name) name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image.handle, options.name);
  image.format = format;
  image.extent = extent;
  image.mips = options.mips;
  image.layers = info.arrayLayers;
  image.samples = options.samples;
  VkImageViewCreateInfo view{};
  view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
  view.image = image.handle;
  view.viewType = options.cube ? VK_IMAGE_VIEW_TYPE_CUBE : options.array ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D;
  view.format = format;
  view.subresourceRange = {aspect_of(format), 0, options.mips, 0, info.arrayLayers};
  if (const VkResult r = vkCreateImageView(device.handle, &view, nullptr, &image.view); r != VK_SUCCESS) return vulkan_error("vkCreateImageView", r);
  return image;
}

}  // namespace shixun
