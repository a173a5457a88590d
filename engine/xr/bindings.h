#pragma once
// Which button of which controller means what: one table for all profiles. Data only, without OpenXR.
// Paths are below /user/hand/left and /user/hand/right.

#include <span>
#include <string>
#include <vector>

namespace shixun {

// By meaning, not by button. Poses and haptics are bound for every profile that has them.
enum class HandAction {
  kAim, kGrip, kHaptic,
  kSelect,  // point and do; on a panel: click
  kGrab,    // take and hold
  kMove,    // a stick: ahead shows where to teleport, or walks, aside turns
  kMenu,    // work order, pause
  kMain,    // the lower button: cancel, put back
  kAlt,     // the upper one: say something
  kCount
};
const char* action_name(HandAction action);  // "select", as the runtime's own settings show it

struct HandBinding {
  HandAction action;
  const char* left;   // "input/trigger/value"; null: not on this hand
  const char* right;
};

struct HandProfile {
  const char* path;       // "/interaction_profiles/valve/index_controller"
  const char* extension;  // that must be enabled for it; null: none
  std::span<const HandBinding> bindings;
};

std::span<const HandProfile> hand_profiles();

}  // namespace shixun
