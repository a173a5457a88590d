#include "engine/xr/bindings.h"

namespace shixun {
namespace {

using A = HandAction;

constexpr HandBinding kPoses[] = {{A::kAim, "input/aim/pose", "input/aim/pose"}, {A::kGrip, "input/grip/pose", "input/grip/pose"}};

constexpr HandBinding kSimple[] = {
    kPoses[0], kPoses[1], {A::kHaptic, "output/haptic", "output/haptic"},
    {A::kSelect, "input/select/click", "input/select/click"}, {A::kMenu, "input/menu/click", "input/menu/click"}};

constexpr HandBinding kTouch[] = {
    kPoses[0], kPoses[1], {A::kHaptic, "output/haptic", "output/haptic"},
    {A::kSelect, "input/trigger/value", "input/trigger/value"}, {A::kGrab, "input/squeeze/value", "input/squeeze/value"},
    {A::kMove, "input/thumbstick", "input/thumbstick"}, {A::kMenu, "input/menu/click", nullptr},
    {A::kMain, "input/x/click", "input/a/click"}, {A::kAlt, "input/y/click", "input/b/click"}};

constexpr HandBinding kCosmos[] = {
    kPoses[0], kPoses[1], {A::kHaptic, "output/haptic", "output/haptic"},
    {A::kSelect, "input/trigger/click", "input/trigger/click"}, {A::kGrab, "input/squeeze/click", "input/squeeze/click"},
    {A::kMove, "input/thumbstick", "input/thumbstick"}, {A::kMenu, "input/menu/click", nullptr},
    {A::kMain, "input/x/click", "input/a/click"}, {A::kAlt, "input/y/click", "input/b/click"}};

constexpr HandBinding kIndex[] = {
    kPoses[0], kPoses[1], {A::kHaptic, "output/haptic", "output/haptic"},
    {A::kSelect, "input/trigger/click", "input/trigger/click"}, {A::kGrab, "input/squeeze/value", "input/squeeze/value"},
    {A::kMove, "input/thumbstick", "input/thumbstick"}, {A::kMenu, "input/b/click", nullptr},
    {A::kMain, "input/a/click", "input/a/click"}, {A::kAlt, nullptr, "input/b/click"}};

constexpr HandBinding kMotion[] = {
    kPoses[0], kPoses[1], {A::kHaptic, "output/haptic", "output/haptic"},
    {A::kSelect, "input/trigger/value", "input/trigger/value"}, {A::kGrab, "input/squeeze/click", "input/squeeze/click"},
    {A::kMove, "input/thumbstick", "input/thumbstick"}, {A::kMenu, "input/menu/click", nullptr},
    {A::kMain, "input/trackpad/click", "input/trackpad/click"}, {A::kAlt, nullptr, "input/menu/click"}};

// Its pad has no rest position of its own: the finger touching it anywhere moves.
constexpr HandBinding kVive[] = {
    kPoses[0], kPoses[1], {A::kHaptic, "output/haptic", "output/haptic"},
    {A::kSelect, "input/trigger/click", "input/trigger/click"}, {A::kGrab, "input/squeeze/click", "input/squeeze/click"},
    {A::kMove, "input/trackpad", "input/trackpad"}, {A::kMenu, "input/menu/click", nullptr}, {A::kAlt, nullptr, "input/menu/click"}};

// Bare hands: no stick and no buttons. Menu and places are reached by pointing.
constexpr HandBinding kHandInteraction[] = {
    kPoses[0], kPoses[1],
    {A::kSelect, "input/aim_activate_ext/value", "input/aim_activate_ext/value"}, {A::kGrab, "input/grasp_ext/value", "input/grasp_ext/value"}};

constexpr HandProfile kProfiles[] = {
    {"/interaction_profiles/khr/simple_controller", nullptr, kSimple},
    {"/interaction_profiles/oculus/touch_controller", nullptr, kTouch},
    {"/interaction_profiles/facebook/touch_controller_pro", "XR_FB_touch_controller_pro", kTouch},
    {"/interaction_profiles/meta/touch_controller_plus", "XR_META_touch_controller_plus", kTouch},
    {"/interaction_profiles/bytedance/pico4_controller", "XR_BD_controller_interaction", kTouch},
    {"/interaction_profiles/bytedance/pico_neo3_controller", "XR_BD_controller_interaction", kTouch},
    {"/interaction_profiles/hp/mixed_reality_controller", "XR_EXT_hp_mixed_reality_controller", kTouch},
    {"/interaction_profiles/valve/index_controller", nullptr, kIndex},
    {"/interaction_profiles/microsoft/motion_controller", nullptr, kMotion},
    {"/interaction_profiles/htc/vive_controller", nullptr, kVive},
    {"/interaction_profiles/htc/vive_cosmos_controller", "XR_HTC_vive_cosmos_controller_interaction", kCosmos},
    {"/interaction_profiles/htc/vive_focus3_controller", "XR_HTC_vive_focus3_controller_interaction", kCosmos},
    {"/interaction_profiles/ext/hand_interaction_ext", "XR_EXT_hand_interaction", kHandInteraction},
};

}  // namespace

const char* action_name(HandAction action) {
  constexpr const char* kNames[] = {"aim", "grip", "haptic", "select", "grab", "move", "menu", "main", "alt", "press", "scroll"};
  static_assert(sizeof kNames / sizeof kNames[0] == static_cast<size_t>(HandAction::kCount));
  return kNames[static_cast<size_t>(action)];
}

std::optional<HandAction> on_panel(HandAction action) {
  return action == A::kSelect ? std::optional(A::kPress) : action == A::kMove ? std::optional(A::kScroll) : std::nullopt;
}

const char* action_set_name(HandActionSet set) { return set == HandActionSet::kWork ? "work" : "panel"; }

std::span<const HandProfile> hand_profiles() { return kProfiles; }

}  // namespace shixun
