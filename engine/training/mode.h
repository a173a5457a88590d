#pragma once
// How a sitting is held. One scenario serves every mode; all that differs stands in one row of a table.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/text.h"

namespace shixun {

enum class Mode { kDemo, kGuided, kPractice, kRehearsal, kAssessment, kCompetition, kVisitor };
inline constexpr int kModeCount = static_cast<int>(Mode::kVisitor) + 1;

enum class OnCritical {
  kRewind,      // shown, then taken back
  kGoOn,        // its consequence is shown and marked, work goes on
  kStop,        // the sitting ends; the marks are reported as kCriticalCap_mp at most
  kDisqualify,  // the sitting ends; nothing is reported
};
inline constexpr int64_t kCriticalCap_mp = 59000;

// When the person who worked sees marks.
enum class MarksShown {
  kNever,     // they are somebody else's
  kLive,      // the total while working, everything afterwards
  kLiveWhy,   // every change of a mark and why it changed, while working
  kAfter,     // everything once it is handed in
  kReleased,  // when the school releases them; until then that it was handed in, and what the school allows (Release, config.h)
  kJudges,    // to judges, who are not told whose work it is
  kStars,     // one to five stars, afterwards
};

// What a finished attempt counts as, over a course.
enum class Counts { kNothing, kHours, kParticipation, kProcess, kOutcome };

struct ModeRules {
  Mode mode;
  const char* name;
  const char *zh, *en;            // what people call it
  const char *note_zh, *note_en;  // and what it is for, in one line
  OnCritical on_critical;
  MarksShown shown;
  Counts counts;
  bool plays_expert;  // nobody works: the recorded expert does
  bool locked;        // only what the current step unlocks can be used
  bool may_pause;     // else the clock runs on
  int hint_level;     // the highest level of help a trainee may ask for; 0 none
  bool hints_cost;
  bool auto_hints;    // the step's hint and where to look are shown unasked
  bool open_book;     // steps and instruments' help are shown while working
  bool sealed_seed;   // what is so in the attempt is drawn; nobody who works can choose it
  bool editable;      // an author may change the pack meanwhile
};
const ModeRules& rules_of(Mode m);

// What a total comes to for the report, after a critical error.
int64_t reported_mp(OnCritical policy, int64_t raw_mp);
// Whether a critical error ends the sitting.
bool ends_at_critical(Mode m);
// Whether the total is seen while working.
bool shows_live(Mode m);
// One to five: a visitor who has tried gets one.
int stars_of(int64_t total_mp, int64_t max_mp);

const char* mode_name(Mode m);
Text mode_title(Mode m);
Text mode_note(Mode m);
Result<Mode> mode_from_name(std::string_view name);
std::vector<std::string> mode_names();  // for command lines

}  // namespace shixun
