#pragma once
// How a sitting is held. One scenario serves every mode; all that differs stands in one row of a table.

#include <string_view>

#include "engine/base/result.h"

namespace shixun {

enum class Mode { kGuided, kPractice, kAssessment, kCompetition };
inline constexpr int kModeCount = static_cast<int>(Mode::kCompetition) + 1;

enum class OnCritical {
  kRewind,      // shown, then taken back
  kGoOn,        // its consequence is shown and marked, work goes on
  kStop,        // the sitting ends; the marks are reported as kCriticalCap_mp at most
  kDisqualify,  // the sitting ends; nothing is reported
};
inline constexpr int64_t kCriticalCap_mp = 59000;

struct ModeRules {
  Mode mode;
  const char* name;
  OnCritical on_critical;
  bool locked;      // only what the current step unlocks can be used
  bool may_pause;
  int hint_level;   // the highest level of help a trainee may ask for; 0 none
  bool hints_cost;
  bool open_book;   // steps, live marks and instruments' help are shown while working
};
const ModeRules& rules_of(Mode m);

// What a total comes to for the report, after a critical error.
int64_t reported_mp(OnCritical policy, int64_t raw_mp);
// Whether a critical error ends the sitting.
bool ends_at_critical(Mode m);

const char* mode_name(Mode m);
Result<Mode> mode_from_name(std::string_view name);

}  // namespace shixun
