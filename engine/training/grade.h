#pragma once
// What it is worth: a pure function from an exercise and a journal's events to a marksheet. No clock, no floats, no world:
// the same events give the same bytes on any machine. Marks are integer milli-points; rounding is only for display.

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/training/pack.h"

namespace shixun {

inline constexpr int kScorerVersion = 1;

enum class Mode { kGuided, kPractice, kAssessment };
const char* mode_name(Mode m);
Result<Mode> mode_from_name(std::string_view name);

struct Mark {
  std::string id, criterion;
  Lens lens = Lens::kProcess;
  int64_t max_mp = 0, awarded_mp = 0;  // a penalty has max 0 and awarded < 0
  std::vector<uint32_t> events;        // evidence: sequence numbers
  std::string code;                    // set when this mark raised its code
  Severity severity = Severity::kNone; // of a forbidden act that happened
  Text title, why;
};

struct Marksheet {
  std::string exercise;                // "auto-repair/wheel-change"
  std::string pack_version;
  Mode mode = Mode::kAssessment;
  uint64_t seed = 0;
  int64_t total_mp = 0;                // reported: capped at 59 000 after a critical error in assessment
  int64_t raw_mp = 0;                  // before the cap
  int64_t max_mp = 0, process_mp = 0, outcome_mp = 0, process_max_mp = 0, outcome_max_mp = 0;
  bool finished = false;               // handed in or stopped, not merely interrupted
  bool pass = false;
  int64_t active_ms = 0;
  std::vector<std::string> codes;      // sorted, each once
  std::vector<Mark> marks;             // in the rubric's order
};

// Events must be in sequence. Events taken back by a rewind do not count, but the codes they raised are still listed in guided mode.
Marksheet grade(const Pack& pack, const Exercise& exercise, Mode mode, uint64_t seed, const std::vector<Event>& events);

nlohmann::json to_json(const Marksheet& sheet);  // canonical: keys sorted, integers only

// The step that is next: the first whose goal has not happened; steps.size() when all are done.
size_t current_step(const Exercise& exercise, const Truths& truths, const std::vector<Event>& events);

// First critical code raised by the events, or empty: what stops an assessment.
std::string critical_code(const Pack& pack, const Exercise& exercise, uint64_t seed, const std::vector<Event>& events);

}  // namespace shixun
