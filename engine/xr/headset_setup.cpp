#include "engine/base/log.h"
#include "engine/gpu/resources.h"
#include "engine/xr/headset_private.h"

#ifndef XR_EXT_local_floor  // newer than the headers of Debian 12
#define XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR_EXT (static_cast<XrReferenceSpaceType>(1000426000))
#endif

namespace shixun {
namespace {

constexpr const char* kVulkan = XR_KHR_VULKAN_ENABLE2_EXTENSION_NAME;
constexpr const char* kLocalFloor = "XR_EXT_local_floor";
constexpr const char* kPresence = "XR_EXT_user_presence";
constexpr float kStandingHead = 1.6f;  // m, where the runtime does not know the floor
constexpr const char* kDepth = XR_KHR_COMPOSITION_LAYER_DEPTH_EXTENSION_NAME;
constexpr const char* kFingers = XR_EXT_HAND_TRACKING_EXTENSION_NAME;
constexpr const char* kLens = XR_KHR_VISIBILITY_MASK_EXTENSION_NAME;
constexpr VkFormat kDepthFormat = VK_FORMAT_D32_SFLOAT;
constexpr VkFormat kFormats[] = {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB};
constexpr const char* kInstallHint = "Install and start the headset's OpenXR runtime (Monado, SteamVR, ...)";

}  // namespace

std::optional<Error> Headset::Private::create() {
  setenv("XR_LOADER_DEBUG", "none", 0);  // our message is the one people read
  uint32_t count = 0;
  if (XR_FAILED(xrEnumerateInstanceExtensionProperties(nullptr, 0, &count, nullptr))) return no_headset("no runtime is installed", kInstallHint);
  std::vector<XrExtensionProperties> offered(count, typed<XrExtensionProperties>(XR_TYPE_EXTENSION_PROPERTIES));
  xrEnumerateInstanceExtensionProperties(nullptr, count, &count, offered.data());
  const auto enable = [&](const char* extension) {
    const bool there = std::any_of(offered.begin(), offered.end(), [&](const XrExtensionProperties& p) { return std::strcmp(p.extensionName, extension) == 0; });
    if (there && !has(extension)) extensions.emplace_back(extension);
    return there;
  };
  if (!enable(kVulkan)) return no_headset("the runtime cannot work with Vulkan (XR_KHR_vulkan_enable2)", "Update the headset's runtime");
  enable(kLocalFloor);
  enable(kPresence);
  enable(kDepth);
  enable(kLens);
  enable(kFingers);
  for (const HandProfile& p : hand_profiles())
    if (p.extension) enable(p.extension);
  std::vector<const char*> names;
  for (const std::string& e : extensions) names.push_back(e.c_str());
  auto info = typed<XrInstanceCreateInfo>(XR_TYPE_INSTANCE_CREATE_INFO);
  std::strncpy(info.applicationInfo.applicationName, "Shixun", XR_MAX_APPLICATION_NAME_SIZE - 1);
  std::strncpy(info.applicationInfo.engineName, "Shixun", XR_MAX_ENGINE_NAME_SIZE - 1);
  info.applicationInfo.apiVersion = XR_MAKE_VERSION(1, 0, 0);
  info.enabledExtensionCount = static_cast<uint32_t>(names.size());
  info.enabledExtensionNames = names.data();
  if (const XrResult r = xrCreateInstance(&info, &instance); XR_FAILED(r)) {
    instance = XR_NULL_HANDLE;
    if (r == XR_ERROR_RUNTIME_FAILURE || r == XR_ERROR_INSTANCE_LOST) return no_headset("the headset's runtime is installed, but not running", "Start it (monado-service, SteamVR, ...) and try again");
    return no_headset(fmt::format("the headset's runtime refused a connection (XrResult {})", static_cast<int>(r)), "Start it again, or update it");
  }
  auto properties = typed<XrInstanceProperties>(XR_TYPE_INSTANCE_PROPERTIES);
  xrGetInstanceProperties(instance, &properties);
  name = properties.runtimeName;
  auto want = typed<XrSystemGetInfo>(XR_TYPE_SYSTEM_GET_INFO);
  want.formFactor = XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY;
  if (const XrResult r = xrGetSystem(instance, &want, &system); XR_FAILED(r)) return no_headset("the runtime has no headset", "Connect it and switch it on");
  auto fingers = typed<XrSystemHandTrackingPropertiesEXT>(XR_TYPE_SYSTEM_HAND_TRACKING_PROPERTIES_EXT);
  auto found = typed<XrSystemProperties>(XR_TYPE_SYSTEM_PROPERTIES);
  if (has(kFingers)) found.next = &fingers;
  if (XR_SUCCEEDED(xrGetSystemProperties(instance, system, &found))) name += std::string(", ") + found.systemName;
  const auto load = [&](const char* function, auto& to) {
    PFN_xrVoidFunction f = nullptr;
    xrGetInstanceProcAddr(instance, function, &f);
    to = reinterpret_cast<std::remove_reference_t<decltype(to)>>(f);
    return f != nullptr;
  };
  if (!load("xrGetVulkanGraphicsRequirements2KHR", get_requirements) || !load("xrCreateVulkanInstanceKHR", create_instance) ||
      !load("xrGetVulkanGraphicsDevice2KHR", get_device) || !load("xrCreateVulkanDeviceKHR", create_device))
    return no_headset("the runtime cannot work with Vulkan (XR_KHR_vulkan_enable2)", "Update the headset's runtime");
  if (has(kLens)) load("xrGetVisibilityMaskKHR", lenses.get);
  if (fingers.supportsHandTracking && load("xrDestroyHandTrackerEXT", destroy_tracker) && load("xrLocateHandJointsEXT", locate_joints)) load("xrCreateHandTrackerEXT", create_tracker);
  auto requirements = typed<XrGraphicsRequirementsVulkan2KHR>(XR_TYPE_GRAPHICS_REQUIREMENTS_VULKAN2_KHR);
  if (XR_FAILED(get_requirements(instance, system, &requirements))) return no_headset("the runtime does not say which Vulkan it needs", "Update the headset's runtime");
  if (requirements.minApiVersionSupported > XR_MAKE_VERSION(1, 3, 0)) return no_headset("the runtime needs a newer Vulkan than 1.3", "Use another version of the headset's runtime");
  spdlog::info("xr: {}", name);
  return std::nullopt;
}

std::optional<Error> Headset::Private::create_session(float scale) {
  auto which = typed<XrVulkanGraphicsDeviceGetInfoKHR>(XR_TYPE_VULKAN_GRAPHICS_DEVICE_GET_INFO_KHR);
  which.systemId = system;
  which.vulkanInstance = device->instance;
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  if (XR_FAILED(get_device(instance, &which, &physical)) || physical != device->physical)
    return no_headset("the headset is connected to another graphics device than the window", "Start the program again with --vr");
  auto binding = typed<XrGraphicsBindingVulkan2KHR>(XR_TYPE_GRAPHICS_BINDING_VULKAN2_KHR);
  binding.instance = device->instance;
  binding.physicalDevice = device->physical;
  binding.device = device->handle;
  binding.queueFamilyIndex = device->queue_family;
  auto info = typed<XrSessionCreateInfo>(XR_TYPE_SESSION_CREATE_INFO);
  info.next = &binding;
  info.systemId = system;
  if (const XrResult r = xrCreateSession(instance, &info, &session); XR_FAILED(r)) {
    session = XR_NULL_HANDLE;
    return no_headset(fmt::format("the headset cannot be used now (xrCreateSession: {})", static_cast<int>(r)), "Start its runtime again");
  }
  if (auto e = create_space()) return e;
  if (auto e = create_pictures(scale)) return e;
  for (uint32_t eye = 0; eye < 2; ++eye) lenses.read(session, eye);
  return create_actions();
}

std::optional<Error> Headset::Private::create_space() {
  uint32_t count = 0;
  xrEnumerateReferenceSpaces(session, 0, &count, nullptr);
  std::vector<XrReferenceSpaceType> types(count);
  xrEnumerateReferenceSpaces(session, count, &count, types.data());
  const auto offered = [&](XrReferenceSpaceType t) { return std::find(types.begin(), types.end(), t) != types.end(); };
  auto info = typed<XrReferenceSpaceCreateInfo>(XR_TYPE_REFERENCE_SPACE_CREATE_INFO);
  info.poseInReferenceSpace = unit_pose();
  if (has(kLocalFloor) && offered(XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR_EXT)) space_type = XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR_EXT;
  else if (offered(XR_REFERENCE_SPACE_TYPE_STAGE)) space_type = XR_REFERENCE_SPACE_TYPE_STAGE;
  else info.poseInReferenceSpace.position.y = -kStandingHead;
  info.referenceSpaceType = space_type;
  const bool made = XR_SUCCEEDED(xrCreateReferenceSpace(session, &info, &space));
  info.referenceSpaceType = XR_REFERENCE_SPACE_TYPE_VIEW;
  info.poseInReferenceSpace = unit_pose();
  if (!made || XR_FAILED(xrCreateReferenceSpace(session, &info, &head))) return no_headset("the headset does not say where it is", "Start its runtime again");
  return std::nullopt;
}

XrResult Headset::Private::create_swapchain(Pictures& to, VkFormat of, XrSwapchainUsageFlags usage, VkImageAspectFlags aspect, const char* named) {
  auto info = typed<XrSwapchainCreateInfo>(XR_TYPE_SWAPCHAIN_CREATE_INFO);
  info.usageFlags = usage;
  info.format = of;
  info.sampleCount = 1;
  info.width = extent.width;
  info.height = extent.height;
  info.faceCount = 1;
  info.arraySize = 2;
  info.mipCount = 1;
  if (const XrResult r = xrCreateSwapchain(session, &info, &to.chain); XR_FAILED(r)) {
    to.chain = XR_NULL_HANDLE;
    return r;
  }
  uint32_t count = 0;
  xrEnumerateSwapchainImages(to.chain, 0, &count, nullptr);
  std::vector<XrSwapchainImageVulkan2KHR> got(count, typed<XrSwapchainImageVulkan2KHR>(XR_TYPE_SWAPCHAIN_IMAGE_VULKAN2_KHR));
  xrEnumerateSwapchainImages(to.chain, count, &count, reinterpret_cast<XrSwapchainImageBaseHeader*>(got.data()));
  for (const auto& g : got) {
    VkImageViewCreateInfo view{};
    view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
    view.image = g.image;
    view.viewType = VK_IMAGE_VIEW_TYPE_2D_ARRAY;
    view.format = of;
    view.subresourceRange = {aspect, 0, 1, 0, 2};
    VkImageView v = VK_NULL_HANDLE;
    if (vkCreateImageView(device->handle, &view, nullptr, &v) != VK_SUCCESS) return XR_ERROR_OUT_OF_MEMORY;
    to.images.push_back(g.image);
    to.views.push_back(v);
    name_object(*device, VK_OBJECT_TYPE_IMAGE, (uint64_t)g.image, named);
  }
  return XR_SUCCESS;
}

std::optional<Error> Headset::Private::create_pictures(float scale) {
  uint32_t count = 0;
  std::array<XrViewConfigurationView, 2> eyes;
  eyes.fill(typed<XrViewConfigurationView>(XR_TYPE_VIEW_CONFIGURATION_VIEW));
  if (XR_FAILED(xrEnumerateViewConfigurationViews(instance, system, XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO, 2, &count, eyes.data())) || count != 2)
    return no_headset("the headset has no two eyes", "Use one that has");
  const auto size = [&](uint32_t recommended, uint32_t most) { return std::clamp(static_cast<uint32_t>(static_cast<float>(recommended) * scale), 64u, most); };
  extent = {size(eyes[0].recommendedImageRectWidth, eyes[0].maxImageRectWidth), size(eyes[0].recommendedImageRectHeight, eyes[0].maxImageRectHeight)};
  xrEnumerateSwapchainFormats(session, 0, &count, nullptr);
  std::vector<int64_t> formats(count);
  xrEnumerateSwapchainFormats(session, count, &count, formats.data());
  const auto offered = [&](VkFormat f) { return std::find(formats.begin(), formats.end(), f) != formats.end(); };
  for (const VkFormat f : kFormats)
    if (format == VK_FORMAT_UNDEFINED && offered(f)) format = f;
  if (format == VK_FORMAT_UNDEFINED) return no_headset("the headset takes no picture format that the program has", "Update its runtime");
  constexpr XrSwapchainUsageFlags kSeen = XR_SWAPCHAIN_USAGE_SAMPLED_BIT;
  XrResult made = create_swapchain(color, format, kSeen | XR_SWAPCHAIN_USAGE_COLOR_ATTACHMENT_BIT | XR_SWAPCHAIN_USAGE_TRANSFER_SRC_BIT, VK_IMAGE_ASPECT_COLOR_BIT, "headset");
  if (XR_SUCCEEDED(made) && has(kDepth) && offered(kDepthFormat)) {
    const XrResult deep = create_swapchain(depth, kDepthFormat, kSeen | XR_SWAPCHAIN_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT, VK_IMAGE_ASPECT_DEPTH_BIT, "headset's depth");
    if (depth.chain) made = deep;  // a help only: a runtime that gives none after all is not told of
  }
  if (XR_FAILED(made))
    return no_headset(fmt::format("the headset's pictures cannot be made (xrCreateSwapchain: {})", static_cast<int>(made)), "Close other programs that use the graphics card");
  spdlog::info("xr: {} x {} pixels an eye, {} depth", extent.width, extent.height, depth.chain ? "with" : "without");
  return std::nullopt;
}

void Headset::Private::destroy() {
  for (XrHandTrackerEXT& t : tracker)
    if (t) destroy_tracker(t), t = XR_NULL_HANDLE;
  for (XrSpace* s : {&space, &head, &aim[0], &aim[1], &grip[0], &grip[1]})
    if (*s) xrDestroySpace(*s), *s = XR_NULL_HANDLE;
  for (Pictures* p : {&color, &depth})
    if (p->chain) xrDestroySwapchain(p->chain), p->chain = XR_NULL_HANDLE;
  for (XrActionSet& s : sets)
    if (s) xrDestroyActionSet(s), s = XR_NULL_HANDLE;
  if (session) xrDestroySession(session);
  if (instance) xrDestroyInstance(instance);
  session = XR_NULL_HANDLE;
  instance = XR_NULL_HANDLE;
}

void Headset::fit(DeviceOptions& options) {
  options.create_instance = [p = p_](const VkInstanceCreateInfo& info, VkInstance* out) {
    auto create = typed<XrVulkanInstanceCreateInfoKHR>(XR_TYPE_VULKAN_INSTANCE_CREATE_INFO_KHR);
    create.systemId = p->system;
    create.pfnGetInstanceProcAddr = vkGetInstanceProcAddr;
    create.vulkanCreateInfo = &info;
    VkResult r = VK_ERROR_INITIALIZATION_FAILED;
    if (XR_FAILED(p->create_instance(p->instance, &create, out, &r)) && r == VK_SUCCESS) r = VK_ERROR_INITIALIZATION_FAILED;
    return r;
  };
  options.pick_physical = [p = p_](VkInstance instance, VkPhysicalDevice* out) {
    auto which = typed<XrVulkanGraphicsDeviceGetInfoKHR>(XR_TYPE_VULKAN_GRAPHICS_DEVICE_GET_INFO_KHR);
    which.systemId = p->system;
    which.vulkanInstance = instance;
    return XR_SUCCEEDED(p->get_device(p->instance, &which, out)) ? VK_SUCCESS : VK_ERROR_INITIALIZATION_FAILED;
  };
  options.create_device = [p = p_](VkPhysicalDevice physical, const VkDeviceCreateInfo& info, VkDevice* out) {
    auto create = typed<XrVulkanDeviceCreateInfoKHR>(XR_TYPE_VULKAN_DEVICE_CREATE_INFO_KHR);
    create.systemId = p->system;
    create.pfnGetInstanceProcAddr = vkGetInstanceProcAddr;
    create.vulkanPhysicalDevice = physical;
    create.vulkanCreateInfo = &info;
    VkResult r = VK_ERROR_INITIALIZATION_FAILED;
    if (XR_FAILED(p->create_device(p->instance, &create, out, &r)) && r == VK_SUCCESS) r = VK_ERROR_INITIALIZATION_FAILED;
    return r;
  };
}

}  // namespace shixun
