#pragma once
// State machines given as data: a contactor, a lock box, a conveyor sequence, a PLC's program, what a panel shows. Who steps them: the
// world, with an event (a button, a padlock hung in) or with nothing but time.
// Time is in ticks of 1/120 s and is kept as the tick a state was entered: stepping often or seldom gives the same states at the
// same ticks, as long as no guard changes in between. Guards are numbers whose meaning the owner knows (a predicate of the world).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace shixun {

struct MachineState {
  std::string id;
  uint64_t outputs = 0;  // bits that are on in it: coils, lamps, valves
  std::string text;      // string-table key of what a display shows in it; may be empty
};

// Leaves `from` when all that it names is so: the event came, the time in the state is over, the guard holds (or does not: negate).
// Transitions are tried in their order; an event is spent by the first it fires.
struct Transition {
  int from = -1;           // -1: any state
  int event = -1;          // -1: none needed
  int64_t after_ticks = 0; // since the state was entered
  int guard = -1;          // -1: none
  bool negate = false;
  int to = 0;
};

struct Machine {
  std::string id;
  std::vector<std::string> events;
  std::vector<MachineState> states;
  std::vector<Transition> transitions;
  int initial = 0;
};

inline constexpr size_t kMaxStates = 64, kMaxTransitions = 256, kMaxMachineEvents = 64;
inline constexpr int64_t kMaxTick = 120'000'000'000;  // as long as an attempt may last
inline constexpr int kMaxFired = 4096;                // in one step

// Everything wrong with it; empty: sound. Also refused: states nothing leads to, and a ring of transitions that needs neither event,
// time nor guard, for it would never rest.
std::vector<Error> check(const Machine& m);

struct MachineNow {
  int state = 0;
  int64_t since_tick = 0;  // when it was entered
  int64_t tick = 0;        // of the last step
  bool operator==(const MachineNow&) const = default;
};
inline MachineNow start(const Machine& m, int64_t tick = 0) { return {m.initial, tick, tick}; }

struct Fired {
  int transition = 0;
  int64_t tick = 0;
  bool operator==(const Fired&) const = default;
};
using Guard = std::function<bool(int guard)>;

// Lets time go to `tick`, then does `event` (-1: none). What fired, in order; events nothing waits for are ignored. Refused (machine
// untouched): time running backwards, no such event, more than kMaxFired firings, guards that keep it running within one tick.
Result<std::vector<Fired>> step(const Machine& m, MachineNow& now, int64_t tick, int event, const Guard& guard);

int find_event(const Machine& m, std::string_view id);  // -1: none
inline const MachineState& state_of(const Machine& m, const MachineNow& now) { return m.states[static_cast<size_t>(now.state)]; }

}  // namespace shixun
