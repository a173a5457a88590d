#pragma once
// The small deterministic world. It is event-sourced: act() decides which events an action causes and applies them;
// apply() folds one event into the state. Folding a journal gives the state at any moment, exactly: that is how an attempt is
// resumed, replayed and shown again. Integers only; one thread.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/training/devices.h"
#include "engine/training/pack.h"

namespace shixun {

// Where an item is.
struct Spot {
  enum class Kind { kSocket, kHand, kFloor, kWorn, kFixed } kind = Kind::kFixed;
  int socket = -1;
  std::array<int64_t, 3> floor_um{};
  bool operator==(const Spot&) const = default;
};

struct ObjectState {
  Spot spot;
  // fastener
  int64_t engaged_cd = 0;   // turned in from first thread, up to the seat
  int64_t over_cd = 0;      // beyond the seat
  int64_t torque_dnm = 0;
  int64_t hand_cd = 0;      // of engaged_cd, what was done by hand since it was put on
  // wrench
  int64_t setting_dnm = 0;
  bool clicked = false;     // in the running or last stroke
  // lift, support
  int64_t height_um = 0;
  // body
  int64_t lift_um = 0;      // of its load point above rest
  bool fallen = false, rolled = false;
  std::string state;        // lever, surface, connector, meter (its range)
  int64_t pressure_pa = 0;  // vessel
  int64_t value = 0;        // point, label: drawn truth; dial: where it stands
  int64_t reading = 0;      // instrument: last reading, in its unit's step
  bool worn = false;
  bool operator==(const ObjectState&) const = default;
};

// Everything as a scene has it before anything is done; fills in what each socket holds.
std::vector<ObjectState> initial_states(const Scene& scene, const Truths& truths, std::vector<int>& occupants);

// Where a meter's leads were put last; no meter once it has left the hand.
struct LeadsAt {
  int meter = -1, red = -1, black = -1;  // objects
};

// One thing a trainee could do now with an object; the menu at the object is a list of these.
struct Option {
  Action action;        // ready to act(); for turn/raise/lower amount is +-1 (direction), the caller scales and holds
  bool continuous = false;  // hold to go on: turn, raise, lower
  Text label;           // "拧紧 / Tighten", with names filled in
};

class World {
 public:
  World(std::shared_ptr<const Pack> pack, const Exercise& exercise, uint64_t seed);

  // Tries an action at a time. Gives the events it caused (already applied, seq assigned), none while a stroke is being held,
  // or why it cannot be done (what = reason in English; why() = in both languages).
  Result<std::vector<Event>> act(const Action& action, int64_t t_ms);

  // Ends a held stroke, if one is running; held strokes also report by themselves every second.
  std::vector<Event> release(int64_t t_ms);

  void apply(const Event& e);  // fold one recorded event
  void advance(int64_t t_ms);  // devices live until then; doing so often, seldom or not at all between events comes to the same
  // Goes on under another version of the pack whose scene is the same (reload.h).
  void use(std::shared_ptr<const Pack> pack, const Exercise& exercise);
  void continue_after(uint32_t seq) { seq_ = seq; }  // the journal's last number, when its last event was not folded (a rewind)

  std::vector<Option> options(int object) const;       // what can be done with it now, best first
  std::vector<Option> held_options() const;            // with what is in hand, whatever is looked at: put down on the floor, home
  std::vector<int> open_sockets() const;                // where the held item would go in now
  Option put_option(int socket) const;                 // putting the held item there
  const Text& why() const { return why_; }             // of the last refusal

  const Pack& pack() const { return *pack_; }
  const Scene& scene() const { return pack_->scene; }
  const Exercise& exercise() const { return *exercise_; }
  const Truths& truths() const { return truths_; }
  uint64_t seed() const { return seed_; }

  const ObjectState& state(int object) const { return states_[static_cast<size_t>(object)]; }
  const std::vector<ObjectState>& states() const { return states_; }
  int held() const { return held_; }                   // object in hand, -1 none
  const LeadsAt& leads() const { return leads_; }
  int occupant(int socket) const { return occupants_[static_cast<size_t>(socket)]; }  // -1 free
  int64_t clearance_um(int body) const;                // of the raised hub's wheel above the ground
  int64_t live_torque_dnm() const { return live_torque_dnm_; }  // of the running or last stroke
  bool stroke_running() const { return stroke_.has_value(); }
  uint32_t last_seq() const { return seq_; }
  bool finished() const { return finished_; }
  const Whereabouts* whereabouts(int object) const;    // null: where it was put
  bool away(int object) const;                         // it, or what carries it, is not here now
  const Devices& devices() const { return devices_; }
  std::optional<int64_t> signal_number(int signal) const { return devices_.number(around(), signal); }
  std::string_view signal_word(int signal) const { return devices_.word(around(), signal); }
  Text last_words(int person) const;                   // what they said on coming to where the conversation is; empty: nothing
  std::optional<Text> display(int object) const;       // what a meter's or a panel's face shows now; none: it has no such face
  bool holds_now(const Expression& e) const { return devices_.holds_now(around(), e); }  // a condition of the scene
  std::optional<Quantity> shown_by(int object) const;  // the number an instrument shows; none: nothing, or no number

 private:
  struct Stroke { Action action; std::string tool; int64_t start_ms = 0, moved = 0; bool clicked = false; int64_t give_cd = 0; };
  using Events = std::vector<Event>;

  Event make(Verb v, const std::string& o, int64_t t_ms) const;
  std::optional<Text> decide(const Action& a, int64_t t_ms, Events& out);
  std::optional<Text> decide_take(const Action& a, int64_t t_ms, Events& out);
  std::optional<Text> decide_put(const Action& a, int64_t t_ms, Events& out);
  std::optional<Text> decide_turn(const Action& a, int64_t t_ms);
  std::optional<Text> decide_raise(const Action& a, int64_t t_ms, Events& out);
  std::optional<Text> decide_use(const Action& a, int64_t t_ms, Events& out);
  void decide_finish(int64_t t_ms, Events& out) const;
  // world_devices.cpp
  std::optional<Text> decide_probe(const Action& a, int64_t t_ms, Events& out) const;
  std::optional<Text> decide_say(const Action& a, int person, int64_t t_ms, Events& out) const;
  std::optional<Text> decide_device(const Action& a, int64_t t_ms, Events& out) const;  // press, plug, unplug
  std::optional<Text> unmet(const Action& a) const;    // what the objects concerned need before anything can be done with them
  Verb verb_of_putting(int socket, int object) const;  // put, place, lock, give
  bool is_hasp(int socket) const;
  int lock_on(int lever) const;                        // padlock that keeps it where it is, -1 none
  void device_options(int object, std::vector<Option>& out) const;
  bool probed(const Event& e, int& meter, int& red, int& black) const;
  void tell(Event& e) const;
  Around around() const { return {scene(), truths_, states_, occupants_}; }
  Event stroke_event(int64_t t_ms) const;
  Text name(int object) const;
  bool accepts(int socket, int object) const;
  int body_of_socket(int socket) const;
  int supports_under(int body) const;
  bool held_in_place(int body, int without_chock = -1, int lever = -1, std::string_view lever_state = {}) const;
  void let_go(int without_chock, int lever, std::string_view lever_state, int64_t t_ms, Events& out) const;
  bool carries(int object, int socket) const;
  int64_t shown(int tool, int64_t truth) const;
  void move(int object, Spot spot);
  Events commit(Events events);

  std::shared_ptr<const Pack> pack_;
  const Exercise* exercise_;
  uint64_t seed_;
  Truths truths_;
  std::vector<int> occupants_;  // per socket; filled while states_ is made
  std::vector<ObjectState> states_;
  int held_ = -1;
  std::optional<Stroke> stroke_;
  int64_t live_torque_dnm_ = 0;
  uint32_t seq_ = 0;
  bool finished_ = false;
  Devices devices_;
  int64_t last_ms_ = 0;         // of the last event
  LeadsAt leads_;
  std::string blown_;           // network part that the last event destroyed
  Text why_;
};

}  // namespace shixun
