#pragma once
// A recorded attempt as text: what somebody did, with times. One JSON object a line. The first names the exercise:
//   {"trace":1,"exercise":"wheel-change","seed":7,"mode":"assessment","trainee":"expert"}
// then actions, times in ms:
//   {"t":12000,"do":"turn","o":"nut_1","amount":"-0.5 turn"}
//   {"t":15000,"do":"raise","o":"jack","to":"261 mm"}         to: absolute; raises or lowers as needed
//   {"t":18000,"do":"turn","o":"nut_1","amount":"1 turn","until":"click"}
//   {"t":20000,"do":"record","o":"spare_tread","amount":"$truth.spare_tread_min"}
//   {"t":21000,"do":"probe","o":"plus","at":"minus"}          red lead, black lead; "amount": how long the key of an insulation tester was held
//   {"t":22000,"do":"say","o":"guest","value":"welcome"}      an answer in a conversation
// Amounts are quantities with units; "$truth.NAME" stands for what is so in this attempt, so that a trace fits every seed;
// "$shown" for the number that the instrument in the hand shows.

#include <optional>
#include <string>
#include <vector>

#include "engine/training/session.h"

namespace shixun {

struct TraceAction {
  int64_t t_ms = 0;
  Action action;
  std::string amount, to;  // as written; resolved against the world when played
  int line = 0;
};

struct Trace {
  std::string file, exercise, trainee = "trace";
  uint64_t seed = 1;
  Mode mode = Mode::kAssessment;
  std::vector<TraceAction> actions;
};

Result<Trace> read_trace(const fs::path& file);

// The recorded attempt without a fault: the first test's whose trace is called expert.
Result<Trace> expert_trace(const Exercise& exercise);

// The action a recorded line stands for in the world as it is now: amounts and truths filled in. None when `to` is reached already.
Result<std::optional<Action>> action_of(const World& world, const Trace& trace, const TraceAction& action);

// Plays one action; a refusal is an error at the trace's line.
Result<std::vector<Event>> play(Session& session, const Trace& trace, const TraceAction& action);

// Plays all, time included, as fast as it goes; stops quietly when the sitting is over (a critical error in assessment).
Status play(Session& session, const Trace& trace);

}  // namespace shixun
