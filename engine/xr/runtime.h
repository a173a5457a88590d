#pragma once
// Which OpenXR runtime and headset this machine has. Asks and lets go: no session is made.

#include <string>

#include "engine/base/result.h"

namespace shixun {

struct XrRuntime {
  std::string runtime;  // name and version, e.g. "Monado 21.0.0"
  std::string headset;  // the system's name; empty when no headset is connected
};

// An error (kEnvironment) when no runtime is installed or none answers.
Result<XrRuntime> find_xr_runtime();

}  // namespace shixun
