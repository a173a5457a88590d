#include "engine/xr/runtime.h"

#include <fmt/format.h>
#include <openxr/openxr.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace shixun {

Result<XrRuntime> find_xr_runtime() {
  // The loader's own complaints go to stderr; ours is the message people read. Its choice is kept if somebody asked for it.
  setenv("XR_LOADER_DEBUG", "none", 0);
  XrInstanceCreateInfo info{};
  info.type = XR_TYPE_INSTANCE_CREATE_INFO;
  std::strncpy(info.applicationInfo.applicationName, "Shixun", XR_MAX_APPLICATION_NAME_SIZE - 1);
  std::strncpy(info.applicationInfo.engineName, "Shixun", XR_MAX_ENGINE_NAME_SIZE - 1);
  info.applicationInfo.apiVersion = XR_MAKE_VERSION(1, 0, 0);
  XrInstance raw = XR_NULL_HANDLE;
  if (const XrResult r = xrCreateInstance(&info, &raw); XR_FAILED(r)) {
    const bool none = r == XR_ERROR_RUNTIME_UNAVAILABLE || r == XR_ERROR_FILE_ACCESS_ERROR || r == XR_ERROR_INSTANCE_LOST;
    return Error{Code::kEnvironment, "OpenXR", none ? "no runtime is installed" : fmt::format("the runtime refused a connection (XrResult {})", static_cast<int>(r)),
                 "Install and start the headset's OpenXR runtime (Monado, SteamVR, ...)"};
  }
  const std::unique_ptr<XrInstance_T, decltype(&xrDestroyInstance)> instance(raw, xrDestroyInstance);
  XrRuntime found;
  XrInstanceProperties properties{};
  properties.type = XR_TYPE_INSTANCE_PROPERTIES;
  if (XR_SUCCEEDED(xrGetInstanceProperties(raw, &properties))) {
    const XrVersion v = properties.runtimeVersion;
    found.runtime = fmt::format("{} {}.{}.{}", properties.runtimeName, XR_VERSION_MAJOR(v), XR_VERSION_MINOR(v), XR_VERSION_PATCH(v));
  }
  XrSystemGetInfo want{};
  want.type = XR_TYPE_SYSTEM_GET_INFO;
  want.formFactor = XR_FORM_FACTOR_HEAD_MOUNTED_DISPLAY;
  XrSystemId id = XR_NULL_SYSTEM_ID;
  XrSystemProperties system{};
  system.type = XR_TYPE_SYSTEM_PROPERTIES;
  if (XR_SUCCEEDED(xrGetSystem(raw, &want, &id)) && XR_SUCCEEDED(xrGetSystemProperties(raw, id, &system))) found.headset = system.systemName;
  return found;
}

}  // namespace shixun
