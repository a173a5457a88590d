#pragma once
// For the headset*.cpp files only: what a headset keeps, and how OpenXR is spoken here.
//   headset.cpp        frames, news, what the main thread calls
//   headset_setup.cpp  connection, Vulkan's objects, session, pictures
//   headset_hands.cpp  actions, what the hands do, haptics

#define XR_USE_GRAPHICS_API_VULKAN
#include <fmt/format.h>
#include <vulkan/vulkan.h>

#include <openxr/openxr.h>
#include <openxr/openxr_platform.h>

#include <algorithm>
#include <cstring>

#include "engine/xr/bindings.h"
#include "engine/xr/headset.h"
#include "engine/xr/lens.h"
#include "engine/xr/worker.h"

namespace shixun {

template <class T>
T typed(XrStructureType type) {
  T t{};
  t.type = type;
  return t;
}

inline XrPosef unit_pose() { return {{0, 0, 0, 1}, {0, 0, 0}}; }

inline TrackedPose pose_of(const XrPosef& p) {
  return {{p.position.x, p.position.y, p.position.z}, glm::quat(p.orientation.w, p.orientation.x, p.orientation.y, p.orientation.z)};
}

inline XrPosef pose_to(const TrackedPose& p) {
  return {{p.orientation.x, p.orientation.y, p.orientation.z, p.orientation.w}, {p.position.x, p.position.y, p.position.z}};
}

inline bool located(const XrSpaceLocation& l) {
  constexpr XrSpaceLocationFlags kBoth = XR_SPACE_LOCATION_ORIENTATION_VALID_BIT | XR_SPACE_LOCATION_POSITION_VALID_BIT;
  return (l.locationFlags & kBoth) == kBoth;
}

inline Error no_headset(std::string what, std::string hint) { return {Code::kEnvironment, "OpenXR", std::move(what), std::move(hint)}; }

// Pictures for both eyes that the runtime made and the program draws into.
struct Pictures {
  XrSwapchain chain = XR_NULL_HANDLE;
  std::vector<VkImage> images;
  std::vector<VkImageView> views;
  uint32_t now = 0;  // the one acquired
};

double patience();  // s, a call may take

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

}  // namespace shixun
