#include "engine/xr/headset.h"

#define XR_USE_GRAPHICS_API_VULKAN
#include <fmt/format.h>
#include <openxr/openxr.h>
#include <openxr/openxr_platform.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <glm/gtc/constants.hpp>

#include "engine/base/log.h"
#include "engine/gpu/resources.h"
#include "engine/xr/bindings.h"
#include "engine/xr/lens.h"
#include "engine/xr/worker.h"

// Newer than the headers of Debian 12.
#ifndef XR_EXT_local_floor
#define XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR_EXT (static_cast<XrReferenceSpaceType>(1000426000))
#endif
#ifndef XR_EXT_user_presence
#define XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT (static_cast<XrStructureType>(1000470000))
struct XrEventDataUserPresenceChangedEXT {
  XrStructureType type;
  const void* next;
  XrSession session;
  XrBool32 isUserPresent;
};
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

double patience() {
  const char* given = std::getenv("SHIXUN_XR_PATIENCE");
  const double seconds = given ? std::atof(given) : 0;
  return seconds > 0 ? seconds : kPatience;
}

template <class T>
T typed(XrStructureType type) {
  T t{};
  t.type = type;
  return t;
}

XrPosef unit_pose() { return {{0, 0, 0, 1}, {0, 0, 0}}; }

TrackedPose pose_of(const XrPosef& p) {
  return {{p.position.x, p.position.y, p.position.z}, glm::quat(p.orientation.w, p.orientation.x, p.orientation.y, p.orientation.z)};
}

XrPosef pose_to(const TrackedPose& p) {
  return {{p.orientation.x, p.orientation.y, p.orientation.z, p.orientation.w}, {p.position.x, p.position.y, p.position.z}};
}

bool located(const XrSpaceLocation& l) {
  constexpr XrSpaceLocationFlags kBoth = XR_SPACE_LOCATION_ORIENTATION_VALID_BIT | XR_SPACE_LOCATION_POSITION_VALID_BIT;
  return (l.locationFlags & kBoth) == kBoth;
}

Error no_headset(std::string what, std::string hint) { return {Code::kEnvironment, "OpenXR", std::move(what), std::move(hint)}; }

// Pictures for both eyes that the runtime made and the program draws into.
struct Pictures {
  XrSwapchain chain = XR_NULL_HANDLE;
  std::vector<VkImage> images;
  std::vector<VkImageView> views;
  uint32_t now = 0;  // the one acquired
};

constexpr const char* kInstallHint = "Install and start the headset's OpenXR runtime (Monado, SteamVR, ...)";

}  // namespace

// Everything of the runtime is touched on the worker's thread only, while the main thread waits; so the Vulkan queue has one user at a time.
struct Headset::Private {
  std::unique_ptr<Worker> worker = std::make_unique<Worker>();
  double seconds = patience();
  HeadsetState state;
  bool leaving = false;  // what was lost is to be let go of
  XrInstance instance = XR_NULL_HANDLE;
  XrSystemId system = XR_NULL_SYSTEM_ID;
  XrSession session = XR_NULL_HANDLE;
  XrSpace space = XR_NULL_HANDLE, head = XR_NULL_HANDLE;
  XrReferenceSpaceType space_type = XR_REFERENCE_SPACE_TYPE_LOCAL;
  Pictures color, depth;  // no depth where the runtime wants none
  VkFormat format = VK_FORMAT_UNDEFINED;
  VkExtent2D extent{};
  Lenses lenses;
  Device* device = nullptr;
  std::vector<std::string> extensions;  // enabled
  std::string name;
  PFN_xrGetVulkanGraphicsRequirements2KHR get_requirements = nullptr;
  PFN_xrCreateVulkanInstanceKHR create_instance = nullptr;
  PFN_xrGetVulkanGraphicsDevice2KHR get_device = nullptr;
  PFN_xrCreateVulkanDeviceKHR create_device = nullptr;
  PFN_xrCreateHandTrackerEXT create_tracker = nullptr;
  PFN_xrDestroyHandTrackerEXT destroy_tracker = nullptr;
  PFN_xrLocateHandJointsEXT locate_joints = nullptr;

  std::array<XrActionSet, static_cast<size_t>(HandActionSet::kCount)> sets{};
  std::array<XrAction, static_cast<size_t>(HandAction::kCount)> action{};
  std::array<XrPath, 2> hand_path{};
  std::array<XrSpace, 2> aim{}, grip{};
  std::array<XrHandTrackerEXT, 2> tracker{};  // none: hands are not tracked here
  std::array<std::string, 2> profile;
  int panel_hand = -1;

  XrFrameState frame{};
  XrTime last_time = 0, change_time = 0;
  bool began = false, acquired = false;
  float near_m = 0;  // of the picture
  HeadsetFrame out;
  std::optional<Error> failed;  // of the job that ran last

  bool has(const char* extension) const { return std::find(extensions.begin(), extensions.end(), extension) != extensions.end(); }

  void take(HeadsetEvent event);
  bool good(XrResult r, const char* what);
  std::optional<Error> create();
  std::optional<Error> create_session(float scale);
  std::optional<Error> create_space();
  std::optional<Error> create_pictures(float scale);
  XrResult create_swapchain(Pictures& to, VkFormat of, XrSwapchainUsageFlags usage, VkImageAspectFlags aspect, const char* named);
  bool acquire(Pictures& from);
  std::optional<Error> create_actions();
  void poll();
  void read_hands();
  void read_fingers(size_t h);
  void locate_eyes();
  void destroy();
};

void Headset::Private::take(HeadsetEvent event) {
  const HeadsetStep s = step(state, event);
  constexpr const char* kNames[] = {"off", "idle", "synchronized", "visible", "focused"};
  if (s.next.phase != state.phase) spdlog::info("xr: {}", kNames[static_cast<int>(s.next.phase)]);
  if (s.next.worn != state.worn) spdlog::info("xr: headset {}", s.next.worn ? "put on" : "taken off");
  state = s.next;
  leaving |= s.leave;
  if (s.begin) {
    auto info = typed<XrSessionBeginInfo>(XR_TYPE_SESSION_BEGIN_INFO);
    info.primaryViewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
    good(xrBeginSession(session, &info), "xrBeginSession");
  }
  if (s.end) {
    began = false;
    last_time = 0;
    good(xrEndSession(session), "xrEndSession");
  }
}

// False: the call failed, and what follows from that has been noted.
bool Headset::Private::good(XrResult r, const char* what) {
  if (XR_SUCCEEDED(r)) return true;
  spdlog::info("xr: {} failed ({})", what, static_cast<int>(r));
  take(r == XR_ERROR_INSTANCE_LOST ? HeadsetEvent::kInstanceLost : HeadsetEvent::kSessionLost);
  return false;
}

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

std::optional<Error> Headset::Private::create_actions() {
  using A = HandAction;
  const Error broken = no_headset("the controllers cannot be used", "Update the headset's runtime");
  const auto path = [&](const std::string& text) {
    XrPath p = XR_NULL_PATH;
    xrStringToPath(instance, text.c_str(), &p);
    return p;
  };
  hand_path = {path("/user/hand/left"), path("/user/hand/right")};
  for (size_t i = 0; i < sets.size(); ++i) {
    auto info = typed<XrActionSetCreateInfo>(XR_TYPE_ACTION_SET_CREATE_INFO);
    const char* named = action_set_name(static_cast<HandActionSet>(i));
    std::strncpy(info.actionSetName, named, XR_MAX_ACTION_SET_NAME_SIZE - 1);
    std::strncpy(info.localizedActionSetName, named, XR_MAX_LOCALIZED_ACTION_SET_NAME_SIZE - 1);
    info.priority = static_cast<uint32_t>(i);  // of one button the panel's meaning counts, where both are active
    if (XR_FAILED(xrCreateActionSet(instance, &info, &sets[i]))) return broken;
  }
  for (size_t i = 0; i < action.size(); ++i) {
    const A which = static_cast<A>(i);
    auto info = typed<XrActionCreateInfo>(XR_TYPE_ACTION_CREATE_INFO);
    info.actionType = which == A::kAim || which == A::kGrip ? XR_ACTION_TYPE_POSE_INPUT
                      : which == A::kHaptic               ? XR_ACTION_TYPE_VIBRATION_OUTPUT
                      : which == A::kMove || which == A::kScroll ? XR_ACTION_TYPE_VECTOR2F_INPUT
                                                          : XR_ACTION_TYPE_BOOLEAN_INPUT;
    std::strncpy(info.actionName, action_name(which), XR_MAX_ACTION_NAME_SIZE - 1);
    std::strncpy(info.localizedActionName, action_name(which), XR_MAX_LOCALIZED_ACTION_NAME_SIZE - 1);
    info.countSubactionPaths = 2;
    info.subactionPaths = hand_path.data();
    if (XR_FAILED(xrCreateAction(sets[static_cast<size_t>(set_of(which))], &info, &action[i]))) return broken;
  }
  size_t taken = 0;
  for (const HandProfile& p : hand_profiles()) {
    if (p.extension && !has(p.extension)) continue;
    std::vector<XrActionSuggestedBinding> bindings;
    const auto bind = [&](A which, const HandBinding& b) {
      if (b.left) bindings.push_back({action[static_cast<size_t>(which)], path(std::string("/user/hand/left/") + b.left)});
      if (b.right) bindings.push_back({action[static_cast<size_t>(which)], path(std::string("/user/hand/right/") + b.right)});
    };
    for (const HandBinding& b : p.bindings) {
      bind(b.action, b);
      if (const auto meant = on_panel(b.action)) bind(*meant, b);
    }
    auto suggested = typed<XrInteractionProfileSuggestedBinding>(XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING);
    suggested.interactionProfile = path(p.path);
    suggested.countSuggestedBindings = static_cast<uint32_t>(bindings.size());
    suggested.suggestedBindings = bindings.data();
    if (XR_SUCCEEDED(xrSuggestInteractionProfileBindings(instance, &suggested))) ++taken;  // runtimes may not know every profile
    else spdlog::info("xr: {} is not known here", p.path);
  }
  auto attach = typed<XrSessionActionSetsAttachInfo>(XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO);
  attach.countActionSets = static_cast<uint32_t>(sets.size());
  attach.actionSets = sets.data();
  if (taken == 0 || XR_FAILED(xrAttachSessionActionSets(session, &attach))) return broken;
  spdlog::info("xr: action sets {} and {} of {} kinds of controllers", action_set_name(HandActionSet::kWork), action_set_name(HandActionSet::kPanel), taken);
  for (size_t h = 0; create_tracker && h < 2; ++h) {
    auto info = typed<XrHandTrackerCreateInfoEXT>(XR_TYPE_HAND_TRACKER_CREATE_INFO_EXT);
    info.hand = h == 0 ? XR_HAND_LEFT_EXT : XR_HAND_RIGHT_EXT;
    info.handJointSet = XR_HAND_JOINT_SET_DEFAULT_EXT;
    if (XR_FAILED(create_tracker(session, &info, &tracker[h]))) tracker[h] = XR_NULL_HANDLE;
  }
  for (size_t h = 0; h < 2; ++h)
    for (const A which : {A::kAim, A::kGrip}) {
      auto info = typed<XrActionSpaceCreateInfo>(XR_TYPE_ACTION_SPACE_CREATE_INFO);
      info.action = action[static_cast<size_t>(which)];
      info.subactionPath = hand_path[h];
      info.poseInActionSpace = unit_pose();
      if (XR_FAILED(xrCreateActionSpace(session, &info, which == A::kAim ? &aim[h] : &grip[h]))) return broken;
    }
  return std::nullopt;
}

// A picture only: what is pressed and grasped is the controllers' to say.
void Headset::Private::read_fingers(size_t h) {
  HandInput& hand = out.hands[h];
  if (!tracker[h]) return;
  auto when = typed<XrHandJointsLocateInfoEXT>(XR_TYPE_HAND_JOINTS_LOCATE_INFO_EXT);
  when.baseSpace = space;
  when.time = frame.predictedDisplayTime;
  std::array<XrHandJointLocationEXT, kHandJoints> at{};
  auto found = typed<XrHandJointLocationsEXT>(XR_TYPE_HAND_JOINT_LOCATIONS_EXT);
  found.jointCount = kHandJoints;
  found.jointLocations = at.data();
  if (XR_FAILED(locate_joints(tracker[h], &when, &found)) || !found.isActive) return;
  hand.tracked = true;
  for (size_t j = 0; j < kHandJoints; ++j)
    if (at[j].locationFlags & XR_SPACE_LOCATION_POSITION_VALID_BIT) hand.joints[j] = {pose_of(at[j].pose).position, at[j].radius};
}

void Headset::Private::poll() {
  for (;;) {
    XrEventDataBuffer event{};
    event.type = XR_TYPE_EVENT_DATA_BUFFER;
    const XrResult r = xrPollEvent(instance, &event);
    if (r == XR_EVENT_UNAVAILABLE || !good(r, "xrPollEvent")) return;
    switch (event.type) {
      case XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED:
        switch (reinterpret_cast<const XrEventDataSessionStateChanged&>(event).state) {
          case XR_SESSION_STATE_IDLE: take(HeadsetEvent::kIdle); break;
          case XR_SESSION_STATE_READY: take(HeadsetEvent::kReady); break;
          case XR_SESSION_STATE_SYNCHRONIZED: take(HeadsetEvent::kSynchronized); break;
          case XR_SESSION_STATE_VISIBLE: take(HeadsetEvent::kVisible); break;
          case XR_SESSION_STATE_FOCUSED: take(HeadsetEvent::kFocused); break;
          case XR_SESSION_STATE_STOPPING: take(HeadsetEvent::kStopping); break;
          case XR_SESSION_STATE_LOSS_PENDING: take(HeadsetEvent::kLossPending); break;
          case XR_SESSION_STATE_EXITING: take(HeadsetEvent::kExiting); break;
          default: break;
        }
        break;
      case XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING: take(HeadsetEvent::kInstanceLossPending); break;
      case XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING: {
        const auto& change = reinterpret_cast<const XrEventDataReferenceSpaceChangePending&>(event);
        if (change.referenceSpaceType == space_type) change_time = std::max<XrTime>(change.changeTime, 1);
        break;
      }
      case XR_TYPE_EVENT_DATA_VISIBILITY_MASK_CHANGED_KHR:
        lenses.take(session, reinterpret_cast<const XrEventDataVisibilityMaskChangedKHR&>(event));
        break;
      case XR_TYPE_EVENT_DATA_INTERACTION_PROFILE_CHANGED:
        for (size_t h = 0; h < 2; ++h) {
          auto now = typed<XrInteractionProfileState>(XR_TYPE_INTERACTION_PROFILE_STATE);
          char text[XR_MAX_PATH_LENGTH] = "";
          uint32_t length = 0;
          if (XR_SUCCEEDED(xrGetCurrentInteractionProfile(session, hand_path[h], &now)) && now.interactionProfile != XR_NULL_PATH)
            xrPathToString(instance, now.interactionProfile, sizeof text, &length, text);
          profile[h] = text;
        }
        spdlog::info("xr: controllers {} {}", profile[0], profile[1]);
        break;
      default:
        if (event.type == XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT)
          take(reinterpret_cast<const XrEventDataUserPresenceChangedEXT&>(event).isUserPresent ? HeadsetEvent::kPutOn : HeadsetEvent::kTakenOff);
        break;
    }
    if (!state.on()) return;
  }
}

void Headset::Private::read_hands() {
  using A = HandAction;
  out.hands = {};
  const XrActiveActionSet active[] = {{sets[0], XR_NULL_PATH}, {sets[1], hand_path[panel_hand == 0 ? 0 : 1]}};
  auto sync = typed<XrActionsSyncInfo>(XR_TYPE_ACTIONS_SYNC_INFO);
  sync.countActiveActionSets = panel_hand < 0 ? 1 : 2;
  sync.activeActionSets = active;
  const XrResult synced = xrSyncActions(session, &sync);
  if (!good(synced, "xrSyncActions") || synced == XR_SESSION_NOT_FOCUSED || !state.takes_input()) return;
  for (size_t h = 0; h < 2; ++h) {
    HandInput& hand = out.hands[h];
    const auto get = [&](A which) {
      auto info = typed<XrActionStateGetInfo>(XR_TYPE_ACTION_STATE_GET_INFO);
      info.action = action[static_cast<size_t>(which)];
      info.subactionPath = hand_path[h];
      return info;
    };
    const auto pressed = [&](A which) {
      const auto info = get(which);
      auto s = typed<XrActionStateBoolean>(XR_TYPE_ACTION_STATE_BOOLEAN);
      return XR_SUCCEEDED(xrGetActionStateBoolean(session, &info, &s)) && s.isActive && s.currentState;
    };
    const auto where = [&](A which, XrSpace of, TrackedPose& to) {
      const auto info = get(which);
      auto s = typed<XrActionStatePose>(XR_TYPE_ACTION_STATE_POSE);
      if (XR_FAILED(xrGetActionStatePose(session, &info, &s)) || !s.isActive) return false;
      auto l = typed<XrSpaceLocation>(XR_TYPE_SPACE_LOCATION);
      if (XR_FAILED(xrLocateSpace(of, space, frame.predictedDisplayTime, &l)) || !located(l)) return false;
      to = pose_of(l.pose);
      return true;
    };
    read_fingers(h);
    hand.active = where(A::kAim, aim[h], hand.aim) && where(A::kGrip, grip[h], hand.grip);
    if (!hand.active) continue;
    const auto pushed = [&](A which) {
      const auto info = get(which);
      auto s = typed<XrActionStateVector2f>(XR_TYPE_ACTION_STATE_VECTOR2F);
      if (XR_FAILED(xrGetActionStateVector2f(session, &info, &s)) || !s.isActive) return glm::vec2(0);
      return glm::vec2(s.currentState.x, s.currentState.y);
    };
    hand.select = pressed(A::kSelect);
    hand.grab = pressed(A::kGrab);
    hand.menu = pressed(A::kMenu);
    hand.main = pressed(A::kMain);
    hand.alt = pressed(A::kAlt);
    hand.stick = pushed(A::kMove);
    hand.press = pressed(A::kPress);
    hand.scroll = pushed(A::kScroll);
  }
}

void Headset::Private::locate_eyes() {
  auto info = typed<XrViewLocateInfo>(XR_TYPE_VIEW_LOCATE_INFO);
  info.viewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
  info.displayTime = frame.predictedDisplayTime;
  info.space = space;
  auto status = typed<XrViewState>(XR_TYPE_VIEW_STATE);
  XrView eyes[2] = {typed<XrView>(XR_TYPE_VIEW), typed<XrView>(XR_TYPE_VIEW)};
  uint32_t count = 0;
  if (!good(xrLocateViews(session, &info, &status, 2, &count, eyes), "xrLocateViews")) return;
  constexpr XrViewStateFlags kBoth = XR_VIEW_STATE_ORIENTATION_VALID_BIT | XR_VIEW_STATE_POSITION_VALID_BIT;
  out.head_tracked = (status.viewStateFlags & kBoth) == kBoth;
  if (!out.head_tracked) return;  // the eyes stay where they were last
  for (size_t i = 0; i < 2; ++i) out.eyes[i] = {pose_of(eyes[i].pose), {eyes[i].fov.angleLeft, eyes[i].fov.angleRight, eyes[i].fov.angleUp, eyes[i].fov.angleDown}};
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

// ---------------------------------------------------------------- the main thread's side

namespace {

Error no_answer(double seconds) {
  return no_headset(fmt::format("the headset's runtime does not answer (waited {:g} s)", seconds), "Start it again");
}

}  // namespace

Headset::Headset(std::shared_ptr<Private> p) : p_(std::move(p)) {}

// Runs on the worker; afterwards what was lost is let go of.
void Headset::call(const char* what, void (*job)(Private&)) {
  Private& p = *p_;
  if (!p.state.on()) return;
  if (!p.worker->run([own = p_, job] { job(*own); }, p.seconds)) {
    spdlog::info("xr: no answer within {} s ({})", p.seconds, what);
    const HeadsetStep s = step(p.state, HeadsetEvent::kHung);
    p.state = s.next;
    p.leaving = s.leave;
  }
  if (p.leaving) let_go();
}

void Headset::let_go() {
  Private& p = *p_;
  p.leaving = false;
  if (p.device) {
    if (const Status idle = p.device->wait_idle(); !idle) spdlog::warn("{}", idle.error().text());
    for (const Pictures* pictures : {&p.color, &p.depth})
      for (VkImageView v : pictures->views) vkDestroyImageView(p.device->handle, v, nullptr);
  }
  p.color.views.clear();
  p.depth.views.clear();
  // What hangs is left to hang: any further call would wait for it.
  p.worker->run([own = p_] { own->destroy(); }, p.seconds);
}

Headset::~Headset() {
  p_->state.phase = HeadsetPhase::kOff;
  let_go();
}

Result<std::unique_ptr<Headset>> Headset::connect() {
  auto p = std::make_shared<Private>();
  auto headset = std::unique_ptr<Headset>(new Headset(p));
  if (!p->worker->run([p] { p->failed = p->create(); }, p->seconds)) return no_answer(p->seconds);
  if (p->failed) return *p->failed;
  return headset;
}

const std::string& Headset::name() const { return p_->name; }
const HeadsetState& Headset::state() const { return p_->state; }
VkExtent2D Headset::extent() const { return p_->extent; }
const std::vector<glm::vec2>& Headset::hidden(int eye) const { return p_->lenses.hidden[static_cast<size_t>(eye)]; }
const std::string& Headset::profile(int hand) const { return p_->profile[static_cast<size_t>(hand)]; }

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

Status Headset::open(Device& device, float scale) {
  Private& p = *p_;
  p.device = &device;
  if (!p.worker->run([own = p_, scale] { own->failed = own->create_session(scale); }, p.seconds)) return no_answer(p.seconds);
  if (p.failed) return *p.failed;
  return ok();
}

HeadsetFrame Headset::begin(int panel_hand) {
  p_->panel_hand = panel_hand;
  p_->out.draw = p_->out.recentred = false;
  p_->out.dt = 0;
  if (p_->began) end();
  call("a frame's begin", [](Private& p) {
    p.poll();
    if (!p.state.running) return;
    p.frame = typed<XrFrameState>(XR_TYPE_FRAME_STATE);
    if (!p.good(xrWaitFrame(p.session, nullptr, &p.frame), "xrWaitFrame")) return;
    if (!p.good(xrBeginFrame(p.session, nullptr), "xrBeginFrame")) return;
    p.began = true;
    const XrTime now = p.frame.predictedDisplayTime;
    p.out.dt = p.last_time > 0 ? std::max(0.0, static_cast<double>(now - p.last_time) * 1e-9) : 0;
    p.last_time = now;
    p.read_hands();
    auto l = typed<XrSpaceLocation>(XR_TYPE_SPACE_LOCATION);
    if (p.state.on() && XR_SUCCEEDED(xrLocateSpace(p.head, p.space, now, &l)) && located(l)) p.out.head = pose_of(l.pose);
    if (p.state.on()) p.locate_eyes();
    p.out.recentred = p.change_time > 0 && now >= p.change_time;
    if (p.out.recentred) p.change_time = 0;
    p.out.draw = p.state.on() && p.frame.shouldRender && p.out.head_tracked;
  });
  if (!p_->state.on()) p_->began = p_->out.draw = false;
  if (!p_->state.takes_input())
    for (HandInput& h : p_->out.hands) h = {};
  return p_->out;
}

bool Headset::Private::acquire(Pictures& from) {
  if (!good(xrAcquireSwapchainImage(from.chain, nullptr, &from.now), "xrAcquireSwapchainImage")) return false;
  auto wait = typed<XrSwapchainImageWaitInfo>(XR_TYPE_SWAPCHAIN_IMAGE_WAIT_INFO);
  wait.timeout = XR_INFINITE_DURATION;  // the worker's owner waits no longer than it wants to
  return good(xrWaitSwapchainImage(from.chain, &wait), "xrWaitSwapchainImage");
}

std::optional<Target> Headset::acquire(HeadsetFrame& frame, float near_m) {
  if (!p_->began || p_->acquired) return std::nullopt;
  p_->near_m = near_m;
  call("a picture", [](Private& p) {
    if (!p.acquire(p.color) || (p.depth.chain && !p.acquire(p.depth))) return;
    p.acquired = true;
    p.locate_eyes();
  });
  if (!p_->state.on() || !p_->acquired) return std::nullopt;
  frame.eyes = p_->out.eyes;
  Target t;
  t.image = p_->color.images[p_->color.now];
  t.view = p_->color.views[p_->color.now];
  if (p_->depth.chain) {
    t.depth = p_->depth.images[p_->depth.now];
    t.depth_view = p_->depth.views[p_->depth.now];
  }
  t.format = p_->format;
  t.extent = p_->extent;
  t.layers = 2;
  t.final_layout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  return t;
}

void Headset::end() {
  if (!p_->began) return;
  // Where pictures take seconds, that is not the runtime's fault: it may wait for them in what follows.
  if (p_->device->software)
    if (const Status drawn = p_->device->wait(p_->device->submitted); !drawn) spdlog::warn("{}", drawn.error().text());
  call("a frame's end", [](Private& p) {
    for (const Pictures* pictures : {&p.color, &p.depth})
      if (p.acquired && pictures->chain && !p.good(xrReleaseSwapchainImage(pictures->chain, nullptr), "xrReleaseSwapchainImage")) return;
    XrCompositionLayerProjectionView eyes[2];
    XrCompositionLayerDepthInfoKHR deep[2];
    const XrRect2Di whole{{0, 0}, {static_cast<int32_t>(p.extent.width), static_cast<int32_t>(p.extent.height)}};
    for (uint32_t i = 0; i < 2; ++i) {
      eyes[i] = typed<XrCompositionLayerProjectionView>(XR_TYPE_COMPOSITION_LAYER_PROJECTION_VIEW);
      eyes[i].pose = pose_to(p.out.eyes[i].pose);
      const FieldOfView& fov = p.out.eyes[i].fov;
      eyes[i].fov = {fov.left, fov.right, fov.up, fov.down};
      eyes[i].subImage = {p.color.chain, whole, i};
      if (!p.depth.chain) continue;
      deep[i] = typed<XrCompositionLayerDepthInfoKHR>(XR_TYPE_COMPOSITION_LAYER_DEPTH_INFO_KHR);
      deep[i].subImage = {p.depth.chain, whole, i};
      deep[i].maxDepth = 1;
      deep[i].nearZ = std::numeric_limits<float>::infinity();  // what depth 0 and depth 1 mean: it is reversed
      deep[i].farZ = p.near_m;
      eyes[i].next = &deep[i];
    }
    auto layer = typed<XrCompositionLayerProjection>(XR_TYPE_COMPOSITION_LAYER_PROJECTION);
    layer.space = p.space;
    layer.viewCount = 2;
    layer.views = eyes;
    const auto* layers = reinterpret_cast<const XrCompositionLayerBaseHeader*>(&layer);
    auto info = typed<XrFrameEndInfo>(XR_TYPE_FRAME_END_INFO);
    info.displayTime = p.frame.predictedDisplayTime;
    info.environmentBlendMode = XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
    info.layerCount = p.acquired ? 1 : 0;
    info.layers = p.acquired ? &layers : nullptr;
    p.good(xrEndFrame(p.session, &info), "xrEndFrame");
  });
  p_->began = p_->acquired = false;
}

void Headset::pulse(int hand, float strength, float seconds) {
  if (!p_->state.takes_input()) return;
  p_->worker->run([own = p_, hand, strength, seconds] {
    auto info = typed<XrHapticActionInfo>(XR_TYPE_HAPTIC_ACTION_INFO);
    info.action = own->action[static_cast<size_t>(HandAction::kHaptic)];
    info.subactionPath = own->hand_path[static_cast<size_t>(hand)];
    auto buzz = typed<XrHapticVibration>(XR_TYPE_HAPTIC_VIBRATION);
    buzz.amplitude = strength;
    buzz.duration = static_cast<XrDuration>(static_cast<double>(seconds) * 1e9);
    xrApplyHapticFeedback(own->session, &info, reinterpret_cast<const XrHapticBaseHeader*>(&buzz));
  }, p_->seconds);
}

void Headset::leave() {
  if (!p_->state.on()) return;
  p_->state = step(p_->state, HeadsetEvent::kExiting).next;
  let_go();
}

}  // namespace shixun
