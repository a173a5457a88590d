#pragma once
// A headset through OpenXR: connection, session, pictures for both eyes, hands. One at a time, main thread.
// Its frame is tracking space: metres, +Y up, the floor at 0 (where the runtime does not know the floor: 1.6 m below where it started).
//
//   auto headset = Headset::connect();
//   (*headset)->fit(device_options);            // the runtime makes the Vulkan instance and device
//   (*headset)->open(device, 1.0f);
//   for (;;) {
//     auto frame = (*headset)->begin();            // paces: sleeps until the runtime wants the next frame
//     if (frame.draw) { auto target = (*headset)->acquire(frame, near_m); renderer.draw(*target, {.views = headset_views, .hidden = ...}); }
//     (*headset)->end();                           // always
//   }
//
// No call lasts longer than kPatience: a runtime that does not answer is given up (HeadsetLoss::kHung). After a loss state().on() is false and
// every further call does nothing; the device goes on to work for a window, and connect() may be tried again.
// Environment: SHIXUN_XR_PATIENCE=SECONDS replaces kPatience, for tests.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/gpu/device.h"
#include "engine/gpu/target.h"
#include "engine/render/views.h"
#include "engine/xr/rig.h"
#include "engine/xr/headset_state.h"

namespace shixun {

inline constexpr double kPatience = 4;  // s

struct EyeView {
  TrackedPose pose;
  FieldOfView fov{};
};

// A joint of a tracked hand, in OpenXR's order (XR_HAND_JOINT_*): the palm, the wrist, then of each finger from the thumb on its joints to the tip.
inline constexpr size_t kHandJoints = 26;
struct HandJoint {
  glm::vec3 at{0};
  float radius = 0;  // m; 0: it is not known now where the joint is
};

// One hand as it is held now. Buttons as held; the runtime says when something analogue counts as pressed.
struct HandInput {
  bool active = false;   // the controller is there and tracked
  TrackedPose aim, grip;
  bool select = false, grab = false, menu = false, main = false, alt = false;
  glm::vec2 stick{0};    // right and ahead positive
  bool press = false;    // in place of select, and
  glm::vec2 scroll{0};   // of stick, while a panel has this hand's ray
  bool tracked = false;  // the runtime sees the hand itself, or guesses it from the controller
  std::array<HandJoint, kHandJoints> joints{};
};

struct HeadsetFrame {
  bool draw = false;        // pictures are wanted
  double dt = 0;            // s since the frame before, by the runtime's clock; 0 for the first
  bool head_tracked = false;
  TrackedPose head;
  std::array<EyeView, 2> eyes;
  std::array<HandInput, 2> hands;  // left, right; nothing pressed while input goes elsewhere
  bool recentred = false;   // the runtime moved tracking space: what hangs on the head's place must be placed anew
};

class Headset {
 public:
  // Code::kEnvironment: no runtime installed, none running, no headset, or no answer, each said in its own words.
  static Result<std::unique_ptr<Headset>> connect();
  ~Headset();
  Headset(const Headset&) = delete;
  Headset& operator=(const Headset&) = delete;

  const std::string& name() const;  // of runtime and headset

  // Makes create_device() let the runtime make the Vulkan objects.
  void fit(DeviceOptions& options);

  // Makes the session. `scale`: of the runtime's recommended picture size, 0.5 to 2.
  Status open(Device& device, float scale = 1);
  VkExtent2D extent() const;  // of one eye's picture
  // What the eye's lens hides, as Frame::hidden wants it; empty where the runtime does not tell. May change in begin().
  const std::vector<glm::vec2>& hidden(int eye) const;

  // News, then the next frame: waits for the runtime's pace while the session runs. `panel_hand`: whose ray a panel has, 0 left, 1 right, -1
  // none; its panel actions are active (bindings.h).
  HeadsetFrame begin(int panel_hand = -1);
  // The picture to draw both eyes into, as two layers, with a depth where the runtime places what is seen by it; and where the eyes will be as
  // is known by now. Nothing when the session was lost meanwhile. It is drawn to, with `near_m` as the near plane, and submitted before end().
  std::optional<Target> acquire(HeadsetFrame& frame, float near_m);
  // Ends the frame that begin() began; shows the picture if one was acquired.
  void end();
  // A short buzz: strength 0 to 1.
  void pulse(int hand, float strength, float seconds);
  // Says good-bye; what follows is kOff.
  void leave();

  const HeadsetState& state() const;
  // The hands' controllers by the runtime's name, e.g. "/interaction_profiles/valve/index_controller"; empty: none.
  const std::string& profile(int hand) const;

 private:
  struct Private;
  explicit Headset(std::shared_ptr<Private> p);
  void call(const char* what, void (*job)(Private&));
  void let_go();
  std::shared_ptr<Private> p_;
};

}  // namespace shixun
