#include "engine/gpu/device.h"

#include <malloc.h>
#include <vk_mem_alloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <string_view>

#include "engine/base/log.h"
#include "engine/gpu/commands.h"
#include "engine/gpu/driver_threads.h"
#include "engine/gpu/pipeline.h"
#include "engine/gpu/resources.h"

namespace shixun {

namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";
constexpr const char* kDriverHint =
    "Install a Vulkan 1.3 driver: the vendor's for the graphics card, or the software driver (Debian 12: apt-get install -t bookworm-backports "
    "mesa-vulkan-drivers; Debian 13: apt-get install mesa-vulkan-drivers)";

Error environment(std::string what, std::string hint = kDriverHint) { return {Code::kEnvironment, "Vulkan", std::move(what), std::move(hint)}; }

// The features of the one renderer path. Names as in the specification, so that a refusal can be looked up.
struct Features {
  VkPhysicalDeviceVulkan13Features v13{};
  VkPhysicalDeviceVulkan12Features v12{};
  VkPhysicalDeviceVulkan11Features v11{};
  VkPhysicalDeviceFeatures2 core{};

  Features(const Features&) = delete;
  Features& operator=(const Features&) = delete;
  Features() {
    v13.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES;
    v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    core.pNext = &v11;
    v11.pNext = &v12;
    v12.pNext = &v13;
  }
};

struct Wanted {
  const char* name;
  VkBool32* (*field)(Features&);
};

#define SHIXUN_FEATURE(part, member) \
  Wanted { #member, [](Features& f) { return &f.part.member; } }
const Wanted kRequired[] = {
    SHIXUN_FEATURE(core.features, multiDrawIndirect),
    SHIXUN_FEATURE(core.features, drawIndirectFirstInstance),
    SHIXUN_FEATURE(core.features, depthClamp),
    SHIXUN_FEATURE(core.features, shaderClipDistance),
    SHIXUN_FEATURE(v11, multiview),
    SHIXUN_FEATURE(v11, shaderDrawParameters),
    SHIXUN_FEATURE(v12, drawIndirectCount),
    SHIXUN_FEATURE(v12, bufferDeviceAddress),
    SHIXUN_FEATURE(v12, scalarBlockLayout),
    SHIXUN_FEATURE(v12, hostQueryReset),
    SHIXUN_FEATURE(v12, timelineSemaphore),
    SHIXUN_FEATURE(v12, runtimeDescriptorArray),
    SHIXUN_FEATURE(v12, shaderSampledImageArrayNonUniformIndexing),
    SHIXUN_FEATURE(v12, descriptorBindingPartiallyBound),
    SHIXUN_FEATURE(v12, descriptorBindingSampledImageUpdateAfterBind),
    SHIXUN_FEATURE(v12, descriptorBindingUpdateUnusedWhilePending),
    SHIXUN_FEATURE(v13, dynamicRendering),
    SHIXUN_FEATURE(v13, synchronization2),
    SHIXUN_FEATURE(v13, maintenance4),
};
#undef SHIXUN_FEATURE

constexpr uint32_t kTextureLimit = 4096;  // what the bindless table asks for; see render/textures.cpp

// Empty when the device will do, else what it lacks.
std::string lacking(VkPhysicalDevice physical) {
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(physical, &properties);
  if (properties.apiVersion < VK_API_VERSION_1_3)
    return "Vulkan 1.3 (it offers " + std::to_string(VK_API_VERSION_MAJOR(properties.apiVersion)) + "." +
           std::to_string(VK_API_VERSION_MINOR(properties.apiVersion)) + ")";
  Features have;
  vkGetPhysicalDeviceFeatures2(physical, &have.core);
  std::string missing;
  for (const Wanted& w : kRequired) {
    if (*w.field(have)) continue;
    if (!missing.empty()) missing += ", ";
    missing += w.name;
  }
  if (!missing.empty()) return missing;
  VkPhysicalDeviceVulkan11Properties v11{};
  v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES;
  VkPhysicalDeviceVulkan12Properties v12{};
  v12.pNext = &v11;
  v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES;
  VkPhysicalDeviceProperties2 p2{};
  p2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  p2.pNext = &v12;
  vkGetPhysicalDeviceProperties2(physical, &p2);
  if (v12.maxPerStageDescriptorUpdateAfterBindSampledImages < kTextureLimit || v12.maxPerStageDescriptorUpdateAfterBindSamplers < kTextureLimit)
    return std::to_string(kTextureLimit) + " bindless textures";
  if (!(v11.subgroupSupportedOperations & VK_SUBGROUP_FEATURE_BALLOT_BIT) || !(v11.subgroupSupportedStages & VK_SHADER_STAGE_FRAGMENT_BIT))
    return "subgroup ballot in fragment shaders";
  return "";
}

int preference(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return 1;
    default: return 0;
  }
}

int find_queue(VkPhysicalDevice physical, VkSurfaceKHR surface) {
  uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
  constexpr VkQueueFlags kNeeded = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;
  for (uint32_t i = 0; i < count; ++i) {
    if ((families[i].queueFlags & kNeeded) != kNeeded) continue;
    VkBool32 presents = VK_TRUE;
    if (surface) vkGetPhysicalDeviceSurfaceSupportKHR(physical, i, surface, &presents);
    if (presents) return static_cast<int>(i);
  }
  return -1;
}

bool has_layer(const char* name) {
  uint32_t count = 0;
  vkEnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  vkEnumerateInstanceLayerProperties(&count, layers.data());
  return std::any_of(layers.begin(), layers.end(), [&](const VkLayerProperties& l) { return std::strcmp(l.layerName, name) == 0; });
}

bool has_instance_extension(const char* name) {
  uint32_t count = 0;
  vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> all(count);
  vkEnumerateInstanceExtensionProperties(nullptr, &count, all.data());
  return std::any_of(all.begin(), all.end(), [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

bool has_device_extension(VkPhysicalDevice physical, const char* name) {
  uint32_t count = 0;
  vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> all(count);
  vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, all.data());
  return std::any_of(all.begin(), all.end(), [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

}  // namespace

struct Device::Private {
  VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;
  uint32_t messages = 0;
  bool names = false;
  std::map<std::pair<VkObjectType, uint64_t>, std::string> objects;
  PFN_vkSetDebugUtilsObjectNameEXT set_name = nullptr;
  PFN_vkCmdBeginDebugUtilsLabelEXT begin_label = nullptr;
  PFN_vkCmdEndDebugUtilsLabelEXT end_label = nullptr;
  struct Retired {
    uint64_t due;
    std::function<void()> destroy;
  };
  std::deque<Retired> retired;
};

namespace {

VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT types,
                                          const VkDebugUtilsMessengerCallbackDataEXT* data, void* user) {
  // The loader also reports drivers it could not open, and advice on speed objects to layout GENERAL, which is our choice.
  if (!(types & VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT)) return VK_FALSE;
  ++static_cast<Device::Private*>(user)->messages;
  spdlog::error("validation: {}", data->pMessage);
  return VK_FALSE;
}

Result<VkInstance> make_instance(const DeviceOptions& options, Device::Private& own) {
  uint32_t version = VK_API_VERSION_1_0;
  if (vkEnumerateInstanceVersion(&version) != VK_SUCCESS || version < VK_API_VERSION_1_3)
    return environment("the Vulkan loader is older than 1.3", "Install libvulkan1 1.3 or newer");

  std::vector<const char*> layers, extensions = options.instance_extensions;
  VkValidationFeatureEnableEXT enable[] = {VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
  VkValidationFeaturesEXT validation{VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT, nullptr, 1, enable, 0, nullptr};
  VkDebugUtilsMessengerCreateInfoEXT messenger{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT, &validation, 0,
                                               VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
                                               VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
                                               on_message, &own};
  if (options.validation) {
    if (!has_layer(kValidationLayer))
      return environment("the validation layer was asked for but is not installed", "Install vulkan-validationlayers, or unset SHIXUN_VALIDATION");
    layers.push_back(kValidationLayer);
    extensions.push_back(VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
  }
  own.names = options.validation || (options.names && has_instance_extension(VK_EXT_DEBUG_UTILS_EXTENSION_NAME));
  if (own.names) extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  if (options.names && !own.names) spdlog::warn("graphics: names were asked for, but the Vulkan loader offers no VK_EXT_debug_utils");
  const VkApplicationInfo app{VK_STRUCTURE_TYPE_APPLICATION_INFO, nullptr, "shixun", 1, "shixun", 1, VK_API_VERSION_1_3};
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pNext = options.validation ? &messenger : nullptr;
  info.pApplicationInfo = &app;
  info.enabledLayerCount = static_cast<uint32_t>(layers.size());
  info.ppEnabledLayerNames = layers.data();
  info.enabledExtensionCount = static_cast<uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  VkInstance instance = VK_NULL_HANDLE;
  const VkResult r = options.create_instance ? options.create_instance(info, &instance) : vkCreateInstance(&info, nullptr, &instance);
  if (r == VK_ERROR_INCOMPATIBLE_DRIVER) return environment("no Vulkan driver is installed");
  if (r == VK_ERROR_EXTENSION_NOT_PRESENT && !options.instance_extensions.empty())
    return environment("the Vulkan driver cannot draw to this window system");
  if (r != VK_SUCCESS) return vulkan_error("vkCreateInstance", r);
  return instance;
}

struct Pick {
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  uint32_t family = 0;
};

Result<Pick> pick_device(const DeviceOptions& options, VkInstance instance, VkSurfaceKHR surface) {
  std::vector<VkPhysicalDevice> devices;
  if (options.pick_physical) {
    VkPhysicalDevice given = VK_NULL_HANDLE;
    if (const VkResult r = options.pick_physical(instance, &given); r != VK_SUCCESS) return vulkan_error("the XR runtime's choice of device", r);
    devices.push_back(given);
  } else {
    uint32_t count = 0;
    vkEnumeratePhysicalDevices(instance, &count, nullptr);
    devices.resize(count);
    vkEnumeratePhysicalDevices(instance, &count, devices.data());
    devices.resize(count);
  }
  if (devices.empty()) return environment("no Vulkan device found");

  const char* wish = std::getenv("SHIXUN_GPU");
  Pick best;
  int best_preference = -1;
  std::string names, refusals;
  for (VkPhysicalDevice physical : devices) {
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(physical, &properties);
    names += (names.empty() ? "" : "; ") + std::string(properties.deviceName);
    if (wish && *wish && !options.pick_physical && !std::strstr(properties.deviceName, wish)) continue;
    std::string lack = lacking(physical);
    const int family = find_queue(physical, surface);
    if (lack.empty() && family < 0) lack = surface ? "a queue that draws to this window" : "a graphics and compute queue";
    if (!lack.empty()) {
      refusals += (refusals.empty() ? "" : "; ") + std::string(properties.deviceName) + " lacks " + lack;
      continue;
    }
    if (preference(properties.deviceType) > best_preference) {
      best_preference = preference(properties.deviceType);
      best = {physical, static_cast<uint32_t>(family)};
    }
  }
  if (best.physical) return best;
  if (!refusals.empty()) return environment("no device meets the requirements: " + refusals);
  return environment(std::string("no device matches SHIXUN_GPU=") + (wish ? wish : "") + " (found: " + names + ")",
                     "Set SHIXUN_GPU to a part of one of these names, or unset it");
}

Status make_device(const DeviceOptions& options, Device& device) {
  VkPhysicalDeviceDriverProperties driver{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, nullptr, {}, {}, {}, {}};
  VkPhysicalDeviceProperties2 p2{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, &driver, {}};
  vkGetPhysicalDeviceProperties2(device.physical, &p2);
  const VkPhysicalDeviceProperties& properties = p2.properties;
  device.name = properties.deviceName;
  device.driver = std::string(driver.driverName) + ", " + driver.driverInfo + ", Vulkan " + std::to_string(VK_API_VERSION_MAJOR(properties.apiVersion)) + "." +
                  std::to_string(VK_API_VERSION_MINOR(properties.apiVersion)) + "." + std::to_string(VK_API_VERSION_PATCH(properties.apiVersion));
  device.software = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  // A software driver takes some 15 MB for the triangles of a frame and gives them back at its end. By default the C library hands them on to
  // the system each time, and getting them anew cost a seventh of the frame in page faults.
  if (device.software) mallopt(M_TRIM_THRESHOLD, 64 << 20);
  device.samples = properties.limits.framebufferColorSampleCounts & properties.limits.framebufferDepthSampleCounts &
                   properties.limits.sampledImageColorSampleCounts & properties.limits.sampledImageDepthSampleCounts;
  device.timestamp_ns = properties.limits.timestampPeriod;

  Features have, use;
  vkGetPhysicalDeviceFeatures2(device.physical, &have.core);
  for (const Wanted& w : kRequired) *w.field(use) = VK_TRUE;
  if (have.core.features.samplerAnisotropy) {
    use.core.features.samplerAnisotropy = VK_TRUE;
    device.max_anisotropy = properties.limits.maxSamplerAnisotropy;
  }

  std::vector<const char*> extensions = options.device_extensions;
  if (device.surface) extensions.push_back(VK_KHR_SWAPCHAIN_EXTENSION_NAME);
  for (const char* e : extensions)
    if (!has_device_extension(device.physical, e)) return environment(device.name + " lacks the extension " + e);

  const float priority = 1;
  const VkDeviceQueueCreateInfo queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, nullptr, 0, device.queue_family, 1, &priority};
  VkDeviceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = &use.core;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = static_cast<uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  const VkResult r = options.create_device ? options.create_device(device.physical, info, &device.handle)
                                           : vkCreateDevice(device.physical, &info, nullptr, &device.handle);
  if (r != VK_SUCCESS) return vulkan_error("vkCreateDevice", r);
  vkGetDeviceQueue(device.handle, device.queue_family, 0, &device.queue);

  VmaAllocatorCreateInfo vma{};
  vma.flags = VMA_ALLOCATOR_CREATE_BUFFER_DEVICE_ADDRESS_BIT;
  vma.physicalDevice = device.physical;
  vma.device = device.handle;
  vma.instance = device.instance;
  vma.vulkanApiVersion = VK_API_VERSION_1_3;
  if (const VkResult v = vmaCreateAllocator(&vma, &device.allocator); v != VK_SUCCESS) return vulkan_error("vmaCreateAllocator", v);

  const VkSemaphoreTypeCreateInfo type{VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO, nullptr, VK_SEMAPHORE_TYPE_TIMELINE, 0};
  const VkSemaphoreCreateInfo semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &type, 0};
  if (const VkResult v = vkCreateSemaphore(device.handle, &semaphore, nullptr, &device.timeline); v != VK_SUCCESS)
    return vulkan_error("vkCreateSemaphore", v);
  return ok();
}

}  // namespace

namespace {

bool is_set(const char* variable) {
  const char* v = std::getenv(variable);
  return v && std::string_view(v) == "1";
}

}  // namespace

bool validation_wanted() { return is_set("SHIXUN_VALIDATION"); }
bool names_wanted() { return is_set("SHIXUN_GPU_NAMES"); }

Device::Device() : pipelines(std::make_unique<PipelineShelf>()), own(std::make_unique<Private>()) {}

Device::~Device() {
  if (handle) {
    vkDeviceWaitIdle(handle);
    while (!own->retired.empty()) {
      auto destroy = std::move(own->retired.front().destroy);
      own->retired.pop_front();
      destroy();
    }
    if (timeline) vkDestroySemaphore(handle, timeline, nullptr);
    if (allocator) vmaDestroyAllocator(allocator);
    vkDestroyDevice(handle, nullptr);
  }
  if (surface) vkDestroySurfaceKHR(instance, surface, nullptr);
  if (own->messenger) {
    const auto destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(vkGetInstanceProcAddr(instance, "vkDestroyDebugUtilsMessengerEXT"));
    destroy(instance, own->messenger, nullptr);
  }
  if (instance) vkDestroyInstance(instance, nullptr);
}

void Device::retire(std::function<void()> destroy) { own->retired.push_back({submitted + 1, std::move(destroy)}); }

void Device::collect() {
  uint64_t done = 0;
  if (vkGetSemaphoreCounterValue(handle, timeline, &done) != VK_SUCCESS) return;
  while (!own->retired.empty() && own->retired.front().due <= done) {
    auto destroy = std::move(own->retired.front().destroy);
    own->retired.pop_front();
    destroy();
  }
}

Status Device::wait(uint64_t submit) const {
  const VkSemaphoreWaitInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, nullptr, 0, 1, &timeline, &submit};
  if (const VkResult r = vkWaitSemaphores(handle, &info, 60'000'000'000ull); r != VK_SUCCESS) return vulkan_error("waiting for the graphics device", r);
  return ok();
}

Status Device::wait_idle() {
  if (const VkResult r = vkDeviceWaitIdle(handle); r != VK_SUCCESS) return vulkan_error("vkDeviceWaitIdle", r);
  collect();
  return ok();
}

Result<std::unique_ptr<Device>> create_device(const DeviceOptions& options) {
  const std::vector<int> threads_before = thread_ids();
  auto device = std::make_unique<Device>();
  auto instance = make_instance(options, *device->own);
  if (!instance) return instance.error();
  device->instance = *instance;
  if (options.validation) {
    const VkDebugUtilsMessengerCreateInfoEXT info{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT, nullptr, 0,
                                                  VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
                                                  VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
                                                  on_message, device->own.get()};
    const auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(vkGetInstanceProcAddr(device->instance, "vkCreateDebugUtilsMessengerEXT"));
    if (!create || create(device->instance, &info, nullptr, &device->own->messenger) != VK_SUCCESS)
      return environment("the validation layer does not report messages", "Reinstall vulkan-validationlayers");
  }
  if (device->own->names) {
    const auto load = [&](const char* name) { return vkGetInstanceProcAddr(device->instance, name); };
    device->own->begin_label = reinterpret_cast<PFN_vkCmdBeginDebugUtilsLabelEXT>(load("vkCmdBeginDebugUtilsLabelEXT"));
    device->own->end_label = reinterpret_cast<PFN_vkCmdEndDebugUtilsLabelEXT>(load("vkCmdEndDebugUtilsLabelEXT"));
    if (device->own->begin_label && device->own->end_label)
      device->own->set_name = reinterpret_cast<PFN_vkSetDebugUtilsObjectNameEXT>(load("vkSetDebugUtilsObjectNameEXT"));
  }
  if (options.create_surface) {
    auto surface = options.create_surface(device->instance);
    if (!surface) return surface.error();
    device->surface = *surface;
  }
  auto pick = pick_device(options, device->instance, device->surface);
  if (!pick) return pick.error();
  device->physical = pick->physical;
  device->queue_family = pick->family;
  if (auto s = make_device(options, *device); !s) return s.error();
  if (device->software) spread_driver_threads(threads_before);
  spdlog::info("graphics: {} ({})", device->name, device->driver);
  return device;
}

uint32_t validation_messages(const Device& device) { return device.own->messages; }
bool validation_active(const Device& device) { return device.own->messenger != VK_NULL_HANDLE; }
bool names_active(const Device& device) { return device.own->set_name != nullptr; }

DeviceMemory device_memory(const Device& device) {
  VkPhysicalDeviceMemoryProperties properties;
  vkGetPhysicalDeviceMemoryProperties(device.physical, &properties);
  VmaBudget budgets[VK_MAX_MEMORY_HEAPS]{};
  vmaGetHeapBudgets(device.allocator, budgets);
  DeviceMemory memory;
  for (uint32_t heap = 0; heap < properties.memoryHeapCount; ++heap) {
    memory.used_bytes += budgets[heap].statistics.allocationBytes;
    memory.allocations += budgets[heap].statistics.allocationCount;
  }
  return memory;
}

void name_object(const Device& device, VkObjectType type, uint64_t handle, const char* name) {
  if (!names_active(device)) return;
  const VkDebugUtilsObjectNameInfoEXT info{VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT, nullptr, type, handle, name};
  device.own->set_name(device.handle, &info);
  if (const auto it = device.own->objects.find({type, handle}); it != device.own->objects.end()) it->second = name;
}

void list_object(Device& device, VkObjectType type, uint64_t handle) {
  if (names_active(device)) device.own->objects[{type, handle}];
}

void unlist_object(Device& device, VkObjectType type, uint64_t handle) {
  if (names_active(device)) device.own->objects.erase({type, handle});
}

std::vector<ObjectName> object_names(const Device& device) {
  std::vector<ObjectName> all;
  for (const auto& [object, name] : device.own->objects) all.push_back({object.first, name});
  return all;
}

void begin_label(const Device& device, VkCommandBuffer cmd, const char* name) {
  if (!names_active(device)) return;
  const VkDebugUtilsLabelEXT label{VK_STRUCTURE_TYPE_DEBUG_UTILS_LABEL_EXT, nullptr, name, {}};
  device.own->begin_label(cmd, &label);
}

void end_label(const Device& device, VkCommandBuffer cmd) {
  if (names_active(device)) device.own->end_label(cmd);
}

Error vulkan_error(const char* what, VkResult result) {
  const char* meaning = "an unexpected result";
  const char* hint = "";
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY: meaning = "out of memory", hint = "Close other programs"; break;
    case VK_ERROR_OUT_OF_DEVICE_MEMORY: meaning = "out of graphics memory", hint = "Close other programs that use the graphics card"; break;
    case VK_ERROR_DEVICE_LOST: meaning = "the graphics device was lost", hint = "Update the graphics driver if this repeats"; break;
    case VK_ERROR_SURFACE_LOST_KHR: meaning = "the window's surface was lost"; break;
    case VK_TIMEOUT: meaning = "the graphics device did not answer within 60 s", hint = "Update the graphics driver if this repeats"; break;
    case VK_ERROR_FORMAT_NOT_SUPPORTED: meaning = "a picture format is not supported"; break;
    case VK_ERROR_FEATURE_NOT_PRESENT: meaning = "a feature is not supported"; break;
    case VK_ERROR_EXTENSION_NOT_PRESENT: meaning = "an extension is not supported"; break;
    case VK_ERROR_INITIALIZATION_FAILED: meaning = "initialization failed"; break;
    default: break;
  }
  return {Code::kEnvironment, "Vulkan", std::string(what) + ": " + meaning + " (" + std::to_string(result) + ")", hint};
}

}  // namespace shixun
