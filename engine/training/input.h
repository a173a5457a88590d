#pragma once
// What was put into a sitting, as opposed to what came of it (event.h): every action that had an effect, letting go of a held stroke, taking back
// after a critical error, going on after an interruption, each with the tick it came at. Pointing, walking and refused actions are no inputs.
// The same inputs in the same pack with the same seed give the same events, on every machine: whoever has both can prove that the one follows
// from the other (replay_inputs).

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/training/event.h"
#include "engine/training/session.h"

namespace shixun {

// As JSON, a list:
//   {"tick":120,"do":"take","o":"jack"}                                     also at, value, amount, click (1: stops at the click), where (x, y, z in um),
//                                                                           by ("help")
//   {"tick":480,"do":"turn","o":"nut_1","amount":40,"hold":[[2,150,20]]}    held: goes on 20 times, 2 ticks apart, with 150 each
//   {"tick":600,"session":"release"}                                        or rewind, or resumed: this one only as the first of a list
inline constexpr int64_t kMostAmount = 1'000'000'000'000;  // of an action, either way: no unit has more
inline constexpr size_t kLongestName = 128;                // bytes, of o, at, value
inline constexpr size_t kMostMore = 1000;                  // SessionInput::more of one input
nlohmann::json to_json(const std::vector<SessionInput>& inputs);
Result<std::vector<SessionInput>> inputs_from_json(const nlohmann::json& j);  // refuses what no Session gives

// Inputs, and after how many of the attempt's events they came; what they caused follows.
struct InputsAfter {
  size_t events = 0;
  std::vector<SessionInput> inputs;
};

struct Replay {
  bool same = false;      // every event follows from the inputs, and nothing is missing
  size_t first = 0;       // otherwise: the index of the first event that is not as the inputs make it
  std::string expected;   // what they make there; empty: nothing
  std::string recorded;   // what stands there; empty: nothing
  size_t lost = 0;        // events that an interruption kept from being recorded
  bool too_long = false;  // there are more inputs than anybody makes: not played to the end
};
Replay replay_inputs(std::shared_ptr<const Pack> pack, const Exercise& exercise, SessionOptions options, const std::vector<InputsAfter>& inputs,
                     const std::vector<Event>& events);

}  // namespace shixun
