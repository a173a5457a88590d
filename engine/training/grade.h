#pragma once
// What it is worth: a pure function from an exercise and a journal's events to a marksheet. No clock, no floats, no world:
// the same events give the same bytes on any machine. Marks are integer milli-points; rounding is only for display.

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/training/mode.h"
#include "engine/training/pack.h"

namespace shixun {

// Version 3: all rule kinds, exact fractions, weighted order, self-correction, hints by mode; of many pairs kept in order the reason gives the
// number. A journal says which version scored it; scoring it by another is refused (check_scorer), never done silently.
inline constexpr int kScorerVersion = 3;
Status check_scorer(int version, const std::string& where);

struct Mark {
  std::string id, criterion;
  Lens lens = Lens::kProcess;
  int64_t max_mp = 0, awarded_mp = 0;  // a penalty has max 0 and awarded < 0
  std::vector<uint32_t> events;        // evidence: sequence numbers
  std::string code;                    // set when this mark raised its code
  Severity severity = Severity::kNone; // of a forbidden act that happened
  int rework = 0;                      // how often it was put right after having been wrong
  bool open = false;                   // waits for people's marks: not decided, and not zero
  Text title, why;
};

struct Marksheet {
  std::string exercise;                // "auto-repair/wheel-change"
  std::string pack_version;
  Mode mode = Mode::kAssessment;
  uint64_t seed = 0;
  int64_t total_mp = 0;                // reported: what the mode leaves of raw_mp after a critical error (mode.h)
  int64_t raw_mp = 0;                  // before the cap
  int64_t max_mp = 0, process_mp = 0, outcome_mp = 0, process_max_mp = 0, outcome_max_mp = 0;
  bool finished = false;               // handed in or stopped, not merely interrupted
  bool pass = false;
  int64_t open_mp = 0;                 // marks that people have not given yet
  bool open = false;                   // neither passed nor failed: it hangs on open_mp
  int rework = 0;                      // of all aspects
  int64_t active_ms = 0;
  std::vector<std::string> codes;      // sorted, each once
  std::vector<Mark> marks;             // in the rubric's order
};

// Events must be in sequence. Events taken back by a rewind do not count, but the codes they raised are still listed where the mode rewinds.
// Help that the mode does not give (no honest program recorded it) costs the marks of its step, raises kHintCode and cannot pass.
inline constexpr const char* kHintCode = "HINT_NOT_ALLOWED";
Marksheet grade(const Pack& pack, const Exercise& exercise, Mode mode, uint64_t seed, const std::vector<Event>& events, const std::vector<HumanMark>& people = {});

nlohmann::json to_json(const Marksheet& sheet);  // canonical: keys sorted, integers only

// The step that is next: the first whose goal has not happened; steps.size() when all are done.
size_t current_step(const Exercise& exercise, const Truths& truths, const std::vector<Event>& events);

// First critical code raised by the events, or empty: what stops an assessment.
std::string critical_code(const Pack& pack, const Exercise& exercise, uint64_t seed, const std::vector<Event>& events);

}  // namespace shixun
