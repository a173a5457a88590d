#pragma once
// The running devices of a scene (device.h). The world owns them, tells them what was done and asks them for signals. Integers only.
//
// Time: a tick is 1/120 s. Devices change at events and, by themselves, at ticks that depend on nothing but what happened: when a timed
// transition is due, at every tick while air moves, and every kScanTicks while a condition looks at something in motion. So advancing
// often or seldom, or after tries that were refused, gives the same state bit for bit as folding the recorded events.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/training/pack.h"

namespace shixun {

struct ObjectState;

inline constexpr int64_t kScanTicks = 24;  // 0.2 s: as closely as a person could tell when a lamp went out
inline constexpr int64_t kLongestSitting_ticks = 8 * 3600 * 120;  // then devices stand still: no journal can make them run for ever

// The first tick that is not before a time, and the time of a tick.
constexpr int64_t tick_of(int64_t t_ms) { return (t_ms * 3 + 24) / 25; }
constexpr int64_t ms_of(int64_t tick) { return tick * 25 / 3; }

// The things around the devices: what levers and sockets hold.
struct Around {
  const Scene& scene;
  const Truths& truths;
  const std::vector<ObjectState>& states;
  const std::vector<int>& occupants;
};

struct ModelState {
  int64_t start = 0, target = 0, tau_ms = 0, since_ms = 0;
  bool operator==(const ModelState&) const = default;
};

struct AirState {
  PressureState air;
  bool rests = false;  // a tick changes nothing until something else does
  bool operator==(const AirState&) const = default;
};

struct MeterState {
  InstrumentState instrument;
  std::optional<Reading> last;
  bool operator==(const MeterState&) const = default;
};

struct DeviceState {
  int64_t tick = 0;
  int64_t scan_tick = -1;              // when conditions are looked at again though nothing was done; -1: not
  std::vector<uint64_t> faults;        // per network: which are so
  std::vector<NetworkState> networks;
  std::vector<AirState> airs;
  std::vector<MachineNow> machines;
  std::vector<ModelState> models;
  std::vector<DialogueState> dialogues;
  std::vector<MeterState> meters;      // per object
  std::vector<bool> spent;             // per object: a fuse that blew
  bool operator==(const DeviceState&) const = default;
};

// A network as these truths make it, with the faults of a mask in it. What a fault would make impossible (two on one part) is left out.
Network built_network(const NetworkDef& d, const Truths& truths, uint64_t faults);

class Devices final : public SignalValues {
 public:
  Devices() = default;
  explicit Devices(const Around& w);   // as it is before anything is done

  void advance(const Around& w, int64_t tick);
  // After something was done: what follows from it, at once. Gives the network part that blew or was overstressed by it, or empty.
  std::string settle(const Around& w);
  bool restless() const { return restless_; }  // the start came to no rest: conditions that undo themselves

  std::string press(const Around& w, const ButtonDef& b);
  // Reads with an object's meter; nothing is changed when it is refused. `now`: the state the reading leaves, for commit.
  struct Probed { Reading reading; InstrumentState instrument; NetworkState network; };
  Result<Probed> probe(const Around& w, int meter, const ProbeDef& red, const ProbeDef& black, int64_t held_ms) const;
  std::string take_reading(const Around& w, int meter, int network, Probed probed);
  Result<Said> say(const Around& w, int dialogue, int choice, std::string& blown);

  std::optional<int64_t> number(const Around& w, int signal) const;
  std::string_view word(const Around& w, int signal) const;
  bool holds_now(const Around& w, const Expression& e) const { return is(w, e); }
  const DeviceState& state() const { return now_; }

 private:
  // For expressions while one of the calls above runs.
  std::optional<int64_t> signal_number(int signal) const override { return number(*around_, signal); }
  std::string_view signal_word(int signal) const override { return word(*around_, signal); }

  bool is(const Around& w, const Expression& e) const;
  int64_t driven(const Around& w, const Driven& d) const;
  bool settle_model(const Around& w, size_t i);
  bool settle_network(const Around& w, size_t i, std::string& blown);
  bool settle_air(const Around& w, size_t i);
  bool settle_dialogue(const Around& w, size_t i);
  bool step_machine(const Around& w, size_t i, int event);
  void note(const Around& w, size_t network, const NetworkState& before, const std::vector<Happening>& happenings, std::string& blown);
  int64_t model_at(const Around& w, size_t i) const;
  NetworkState network_now(const Around& w, size_t i) const;
  const Solution& solved(const Around& w, size_t i) const;
  void schedule(const Around& w);

  DeviceState now_;
  std::vector<std::shared_ptr<const Network>> built_;  // per network, with the faults of now_
  bool restless_ = false;
  mutable const Around* around_ = nullptr;
  // Of the state as it is; emptied by whatever changes it. Where something moves by itself, of that tick only.
  struct Solved { int64_t tick = -1; std::optional<Solution> solution; };
  mutable std::vector<Solved> solved_;
};

// What is wrong with a scene's devices: those of several draws, built and begun. `device` is its id, error.where the part's.
struct DeviceProblem {
  std::string device;
  Error error;
};
std::vector<DeviceProblem> check_devices(const Scene& scene);

}  // namespace shixun
