#pragma once
// The Vulkan device: instance, physical device, one queue, memory allocator, one timeline that every submit signals.
// Made for a window, headless, or by an XR runtime (which brings its own creators). Used by one thread.
//
// Needed: Vulkan 1.3 with descriptor indexing, buffer device address, draw-indirect-count, multiview. There is one renderer path;
// a driver that lacks something is refused with one message (Code::kEnvironment).
// Environment: SHIXUN_GPU=part of a device's name picks a device; SHIXUN_VALIDATION=1 turns the validation layer on; SHIXUN_GPU_NAMES=1 gives
// objects and passes their names, as for validation messages, for tools that record frames (RenderDoc, GFXReconstruct).

#include <vulkan/vulkan.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"

struct VmaAllocator_T;

namespace shixun {

struct PipelineShelf;

// Whether SHIXUN_VALIDATION=1 is set.
bool validation_wanted();

// Whether SHIXUN_GPU_NAMES=1 is set.
bool names_wanted();

struct DeviceOptions {
  bool validation = validation_wanted();
  bool names = names_wanted();  // of objects and passes; always with validation, and only where the loader has VK_EXT_debug_utils
  std::vector<const char*> instance_extensions{};  // what the window system needs
  std::vector<const char*> device_extensions{};    // beyond what we need ourselves; VK_KHR_swapchain is added when a surface is asked for

  // For a window: makes the surface once the instance is there; the device then owns it. Empty: headless.
  std::function<Result<VkSurfaceKHR>(VkInstance)> create_surface{};

  // For XR: the runtime makes the Vulkan objects itself (XR_KHR_vulkan_enable2). Empty: made here.
  std::function<VkResult(const VkInstanceCreateInfo&, VkInstance*)> create_instance{};
  std::function<VkResult(VkInstance, VkPhysicalDevice*)> pick_physical{};
  std::function<VkResult(VkPhysicalDevice, const VkDeviceCreateInfo&, VkDevice*)> create_device{};
};

struct Device {
  VkInstance instance = VK_NULL_HANDLE;
  VkSurfaceKHR surface = VK_NULL_HANDLE;  // null when headless
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  VkDevice handle = VK_NULL_HANDLE;
  VkQueue queue = VK_NULL_HANDLE;
  uint32_t queue_family = 0;
  VmaAllocator_T* allocator = nullptr;

  std::string name;    // "llvmpipe (LLVM 15.0.6, 256 bits)"
  std::string driver;  // "llvmpipe, Mesa 25.0.7, Vulkan 1.4.305"
  bool software = false;         // a CPU driver: prefer cheap settings
  float max_anisotropy = 0;      // 0: not offered
  VkSampleCountFlags samples = VK_SAMPLE_COUNT_1_BIT;  // offered for both colour and depth
  float timestamp_ns = 1;        // nanoseconds a timestamp tick

  // The timeline: submit number n has finished once the semaphore reaches n.
  VkSemaphore timeline = VK_NULL_HANDLE;
  uint64_t submitted = 0;

  Device();
  ~Device();  // waits until idle, runs what was retired
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // Runs `destroy` once everything submitted so far, and the submit being recorded, has finished.
  void retire(std::function<void()> destroy);
  void collect();                     // runs what is due; called once a frame
  Status wait(uint64_t submit) const; // blocks until that submit has finished
  Status wait_idle();

  std::unique_ptr<PipelineShelf> pipelines;  // see engine/gpu/pipeline.h

  struct Private;
  std::unique_ptr<Private> own;
};

// What our buffers and images take, of all the device's heaps together.
struct DeviceMemory {
  uint64_t used_bytes = 0;
  uint32_t allocations = 0;
};
DeviceMemory device_memory(const Device& device);

Result<std::unique_ptr<Device>> create_device(const DeviceOptions& options = {});

// Messages of the validation layer since creation (errors and warnings); 0 when the layer is off.
uint32_t validation_messages(const Device& device);
bool validation_active(const Device& device);
bool names_active(const Device& device);

// "vkCreateImage failed: VK_ERROR_OUT_OF_DEVICE_MEMORY" as an Error.
Error vulkan_error(const char* what, VkResult result);

}  // namespace shixun
