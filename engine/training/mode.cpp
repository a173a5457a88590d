#include "engine/training/mode.h"

#include <algorithm>
#include <array>

namespace shixun {

namespace {

// Help costs nothing where it is the point of the mode, and is refused where the marks are an outcome.
constexpr std::array<ModeRules, kModeCount> kTable{{
    //                                                             locked pause hints cost   open book
    {Mode::kGuided, "guided", OnCritical::kRewind,                 true,  true,  4,    false, true},
    {Mode::kPractice, "practice", OnCritical::kGoOn,               false, true,  4,    true,  true},
    {Mode::kAssessment, "assessment", OnCritical::kStop,           false, false, 0,    true,  false},
    {Mode::kCompetition, "competition", OnCritical::kDisqualify,   false, false, 0,    true,  false},
}};

constexpr bool rows_stand_in_order() {
  for (size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<size_t>(kTable[i].mode) != i) return false;
  }
  return true;
}
static_assert(rows_stand_in_order());

}  // namespace

const ModeRules& rules_of(Mode m) { return kTable[static_cast<size_t>(m)]; }

int64_t reported_mp(OnCritical policy, int64_t raw_mp) {
  switch (policy) {
    case OnCritical::kStop: return std::min(raw_mp, kCriticalCap_mp);
    case OnCritical::kDisqualify: return 0;
    case OnCritical::kRewind:
    case OnCritical::kGoOn: break;
  }
  return raw_mp;
}

bool ends_at_critical(Mode m) { return rules_of(m).on_critical == OnCritical::kStop || rules_of(m).on_critical == OnCritical::kDisqualify; }

const char* mode_name(Mode m) { return rules_of(m).name; }

Result<Mode> mode_from_name(std::string_view name) {
  std::string known;
  for (const ModeRules& r : kTable) {
    if (name == r.name) return r.mode;
    known += known.empty() ? r.name : std::string(", ") + r.name;
  }
  return Error{Code::kUsage, "", "unknown mode '" + std::string(name) + "'", "Use one of: " + known};
}

}  // namespace shixun
