#pragma once
// Buffers and images: move-only, freed once the GPU is done with them (Device::retire). All buffers have a device address;
// images live in layout GENERAL.

#include <vulkan/vulkan.h>

#include <string>
#include <vector>

#include "engine/gpu/device.h"

struct VmaAllocation_T;

namespace shixun {

struct Buffer {
  Device* device = nullptr;
  VkBuffer handle = VK_NULL_HANDLE;
  VmaAllocation_T* allocation = nullptr;
  VkDeviceSize size = 0;
  VkDeviceAddress address = 0;
  void* mapped = nullptr;  // host memory: written (or read) directly, coherent; null for device memory

  Buffer() = default;
  Buffer(Buffer&& o) noexcept { *this = std::move(o); }
  Buffer& operator=(Buffer&& o) noexcept;
  ~Buffer() { reset(); }
  void reset();
};

enum class Memory {
  kDevice,    // the GPU's own
  kUpload,    // written by the CPU, read by the GPU
  kReadback,  // written by the GPU, read by the CPU
};

// `name`: what a person calls it, for captures; or name_object() afterwards. A test sees to it that nothing goes without.
Result<Buffer> create_buffer(Device& device, VkDeviceSize size, Memory memory, VkBufferUsageFlags extra_usage = 0, const char* name = nullptr);

struct Image2D {
  Device* device = nullptr;
  VkImage handle = VK_NULL_HANDLE;
  VkImageView view = VK_NULL_HANDLE;
  VmaAllocation_T* allocation = nullptr;
  VkFormat format = VK_FORMAT_UNDEFINED;
  VkExtent2D extent{};
  uint32_t mips = 1, layers = 1;
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;

  Image2D() = default;
  Image2D(Image2D&& o) noexcept { *this = std::move(o); }
  Image2D& operator=(Image2D&& o) noexcept;
  ~Image2D() { reset(); }
  void reset();
};

struct ImageOptions {
  uint32_t mips = 1;
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
  uint32_t layers = 1;
  bool array = false;  // seen as an array, also if it has one layer
  bool cube = false;   // six layers, seen as a cube
  const char* name = nullptr;  // as for a buffer
};

// Contents and layout are undefined; the first use is a transition from UNDEFINED.
Result<Image2D> create_image(Device& device, VkExtent2D extent, VkFormat format, VkImageUsageFlags usage, const ImageOptions& options = {});

VkImageAspectFlags aspect_of(VkFormat format);

// Gives the object a name in validation messages and captures. No effect unless the device names things (names_active).
void name_object(const Device& device, VkObjectType type, uint64_t handle, const char* name);

// The device's list of its live buffers, images and pipelines, kept while it names things.
void list_object(Device& device, VkObjectType type, uint64_t handle);
void unlist_object(Device& device, VkObjectType type, uint64_t handle);
struct ObjectName {
  VkObjectType type;
  std::string name;  // empty: it has none
};
std::vector<ObjectName> object_names(const Device& device);

}  // namespace shixun
