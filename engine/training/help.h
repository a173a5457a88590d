#pragma once
// Help of level 4, "do it for me": the actions that bring the current step to its goal from the world as it is. They are taken from the
// experts' recorded attempts and tried on a copy of the world before anything is done, so that help that cannot help is neither given nor
// charged. Handing in is never among them: that is the trainee's to do.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/training/trace.h"

namespace shixun {

struct HelpAct {
  int64_t wait_ms = 0;  // after the act before
  Action action;
};

// An expert's recorded attempt, played, and what each of its acts was made for.
struct ExpertAttempt {
  struct Act {
    TraceAction recorded;
    std::string held;            // object in the hand before it, or empty
    std::string from;            // socket in which its object was before it, or empty
    std::set<int> moments = {};  // that it is an instance of
    int step = 0;                // the one that was current before it
  };
  Trace trace;
  Truths truths;
  std::vector<Act> acts;
};

// Of every trace of the exercise's tests whose name begins with "expert".
Result<std::vector<ExpertAttempt>> expert_attempts(const std::shared_ptr<const Pack>& pack, const Exercise& exercise);

// Empty when the experts' acts lead nowhere from here, or when nothing but handing in is left. What is planned breaks no rule that is not
// broken yet and stays within what the mode leaves open.
std::vector<HelpAct> plan_help(const Session& session, const std::vector<ExpertAttempt>& experts);

}  // namespace shixun
