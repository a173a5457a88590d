#pragma once
// Which button of which controller means what: one table for all profiles. Data only, without OpenXR.
// Paths are below /user/hand/left and /user/hand/right.
//
// There are two action sets. Of the hand whose ray a panel has, kPanel is active beside kWork and takes from it what both have bound, by its
// higher priority: so the trigger presses a button and takes nothing behind it, and the stick scrolls a page and never turns or moves the wearer.

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace shixun {

// By meaning, not by button. Poses and haptics are bound for every profile that has them.
enum class HandAction {
  kAim, kGrip, kHaptic,
  kSelect,  // point and do
  kGrab,    // take and hold
  kMove,    // a stick: ahead shows where to teleport, or walks, aside turns
  kMenu,    // work order, pause
  kMain,    // the lower button: cancel, put back
  kAlt,     // the upper one: say something
  kPress,   // on a panel: kSelect's button
  kScroll,  // kMove's stick
  kCount
};
std::optional<HandAction> on_panel(HandAction action);  // what its bindings mean on a panel; nothing: the same
const char* action_name(HandAction action);  // "select", as the runtime's own settings show it

enum class HandActionSet { kWork, kPanel, kCount };
const char* action_set_name(HandActionSet set);  // "work"
constexpr HandActionSet set_of(HandAction action) { return action >= HandAction::kPress ? HandActionSet::kPanel : HandActionSet::kWork; }

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
