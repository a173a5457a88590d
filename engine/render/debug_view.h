#pragma once
// Pictures of how a frame was drawn, instead of what it shows. Plain data, without graphics.

#include <cstdint>

namespace shixun {

enum class DebugView : uint8_t {
  kOff,
  kLevels,    // level of detail: grey full, green, yellow, red the coarsest
  kLate,      // grey: known from the last frame, or large and drawn with it after a jump; red: what came into sight
  kOverdraw,  // the brighter, the more surfaces lie over each other
  kBounds,    // the boxes that culling judges, over the picture
};

constexpr const char* debug_view_name(DebugView view) {
  constexpr const char* kNames[] = {"off", "levels", "late", "overdraw", "bounds"};
  return kNames[static_cast<uint8_t>(view)];
}

}  // namespace shixun
