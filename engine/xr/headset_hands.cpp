#include "engine/base/log.h"
#include "engine/xr/headset_private.h"

namespace shixun {

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

}  // namespace shixun
