#pragma once
// Hands: from "I point there and press" to an Action. Device-neutral: a window and a headset give the same few intents, and both get
// the same actions. Knows what is pointed at, what can be done with it, which of that is chosen, and how far a held effort has gone.

#include <optional>
#include <string>
#include <vector>

#include "engine/interact/stage.h"
#include "engine/training/session.h"

namespace shixun {

inline constexpr float kReach = 2.4f;  // m from the eye

// What the person wants this frame, whatever the device.
struct Intent {
  bool use_pressed = false, use_held = false, use_released = false;
  bool cancel = false;      // let go: end the stroke, or put down what is held
  int choose = 0;           // +-1: next or previous choice
  int pick_number = 0;      // 1..9: choose directly
  int setting = 0;          // notches to turn the held tool's setting
};

// One line of the menu at the object.
struct Offer {
  Option option;
  int object = -1;          // what it is done to
  int socket = -1;          // put, place: where
};

struct HandsReport {
  std::vector<Event> events;        // what came of it
  std::optional<Text> refusal;      // why it cannot be done
  std::optional<Error> broken;      // recording failed: the sitting is over
};

class Hands {
 public:
  Hands(Stage& stage, std::shared_ptr<const Pack> pack) : stage_(&stage), pack_(std::move(pack)) {}

  // Looks along the ray and finds what is meant: what it meets, or something small or an empty place close beside it.
  void aim(const Session& session, const Ray& ray);
  HandsReport step(Session& session, const Intent& intent, float dt);
  HandsReport let_go(Session& session);  // ends a held stroke, e.g. when the window loses the focus

  int hovered() const { return hovered_; }                 // object, -1
  int hovered_socket() const { return hovered_socket_; }   // empty place that is meant, -1
  bool idle() const { return hovered_ < 0 && hovered_socket_ < 0; }  // nothing meant: the choices are those with what is in hand or worn
  const glm::vec3& hover_point() const { return hover_point_; }
  const std::vector<Offer>& choices() const { return choices_; }
  size_t chosen() const { return chosen_; }
  bool stroking() const { return stroke_.has_value(); }
  const Action* effort() const { return stroke_ ? &stroke_->action : nullptr; }  // what is being held, null: nothing
  int stroke_object() const { return stroke_ ? stroke_object_ : -1; }
  // Whether the wrench clicked in the running effort. (The world's own flag still tells of the one before until this one moved.)
  bool clicked(const World& world) const { return stroke_ && stroke_moved_ && world.held() >= 0 && world.state(world.held()).clicked; }
  int pending_setting() const { return pending_notches_; }  // notches not committed yet, to show them at once
  bool locked() const { return locked_; }                   // guided mode: not part of this step

 private:
  void refresh_choices(const Session& session);
  void send(Session& session, const Action& action, HandsReport& report);
  int64_t stroke_amount(const World& world, float dt);

  Stage* stage_;
  std::shared_ptr<const Pack> pack_;
  int hovered_ = -1, hovered_socket_ = -1;
  glm::vec3 hover_point_{0};
  bool locked_ = false;
  std::vector<Offer> choices_;
  size_t chosen_ = 0;
  struct Key {  // what the list of choices was made for
    int object = -2, socket = -2, held = -2;
    uint32_t seq = 0;
    bool operator==(const Key&) const = default;
  } made_for_;
  std::optional<Option> stroke_;
  int stroke_object_ = -1;
  double stroke_rest_ = 0;   // what is not yet a whole step
  float stroke_time_ = 0;
  bool stroke_moved_ = false;
  int pending_notches_ = 0;
  float since_notch_ = 0;
};

}  // namespace shixun
