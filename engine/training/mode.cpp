#include "engine/training/mode.h"

#include <algorithm>
#include <array>

namespace shixun {

namespace {

// Help costs nothing where it is the point of the mode, and is refused where the marks are an outcome, or rehearse one.
constexpr std::array<ModeRules, kModeCount> kTable{{
    {.mode = Mode::kDemo, .name = "demo", .zh = "演示", .en = "Demonstration", .note_zh = "看专家做一遍，计学时", .note_en = "Watch the expert; counts as hours",
     .on_critical = OnCritical::kGoOn, .shown = MarksShown::kNever, .counts = Counts::kHours, .plays_expert = true, .locked = false, .may_pause = true,
     .hint_level = 4, .hints_cost = false, .auto_hints = true, .open_book = true, .sealed_seed = false, .editable = false},
    {.mode = Mode::kGuided, .name = "guided", .zh = "引导", .en = "Guided", .note_zh = "一步一步地学，只能操作当前步骤的东西", .note_en = "Step by step: only what the step needs works",
     .on_critical = OnCritical::kRewind, .shown = MarksShown::kLive, .counts = Counts::kParticipation, .plays_expert = false, .locked = true, .may_pause = true,
     .hint_level = 4, .hints_cost = false, .auto_hints = true, .open_book = true, .sealed_seed = false, .editable = true},
    {.mode = Mode::kPractice, .name = "practice", .zh = "练习", .en = "Practice", .note_zh = "自由操作，实时看得分和理由，可以求提示", .note_en = "Work freely, marks live with reasons, hints",
     .on_critical = OnCritical::kGoOn, .shown = MarksShown::kLiveWhy, .counts = Counts::kProcess, .plays_expert = false, .locked = false, .may_pause = true,
     .hint_level = 4, .hints_cost = true, .auto_hints = false, .open_book = true, .sealed_seed = false, .editable = true},
    {.mode = Mode::kRehearsal, .name = "rehearsal", .zh = "模拟考核", .en = "Rehearsal", .note_zh = "和考核一样计时，没有提示，交卷后看得分", .note_en = "As the assessment; marks when handed in",
     .on_critical = OnCritical::kStop, .shown = MarksShown::kAfter, .counts = Counts::kProcess, .plays_expert = false, .locked = false, .may_pause = false,
     .hint_level = 0, .hints_cost = true, .auto_hints = false, .open_book = false, .sealed_seed = false, .editable = false},
    {.mode = Mode::kAssessment, .name = "assessment", .zh = "考核", .en = "Assessment", .note_zh = "没有提示，严重错误立即停止，成绩由学校公布", .note_en = "No hints; the school releases the result",
     .on_critical = OnCritical::kStop, .shown = MarksShown::kReleased, .counts = Counts::kOutcome, .plays_expert = false, .locked = false, .may_pause = false,
     .hint_level = 0, .hints_cost = true, .auto_hints = false, .open_book = false, .sealed_seed = true, .editable = false},
    {.mode = Mode::kCompetition, .name = "competition", .zh = "竞赛", .en = "Competition", .note_zh = "匿名由裁判评分，严重错误取消资格", .note_en = "Judged without names; a critical error is out",
     .on_critical = OnCritical::kDisqualify, .shown = MarksShown::kJudges, .counts = Counts::kNothing, .plays_expert = false, .locked = false, .may_pause = false,
     .hint_level = 0, .hints_cost = true, .auto_hints = false, .open_book = false, .sealed_seed = true, .editable = false},
    {.mode = Mode::kVisitor, .name = "visitor", .zh = "参观体验", .en = "Visitor", .note_zh = "试一试，有提示，得一到五颗星", .note_en = "Have a try: hints, and one to five stars",
     .on_critical = OnCritical::kRewind, .shown = MarksShown::kStars, .counts = Counts::kNothing, .plays_expert = false, .locked = false, .may_pause = true,
     .hint_level = 4, .hints_cost = false, .auto_hints = true, .open_book = true, .sealed_seed = false, .editable = false},
}};

constexpr bool rows_stand_in_order() {
  for (size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<size_t>(kTable[i].mode) != i) return false;
  }
  return true;
}
static_assert(rows_stand_in_order());

constexpr int kStarsFrom_percent[] = {40, 60, 75, 90};  // for the second to the fifth

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

bool shows_live(Mode m) { return rules_of(m).shown == MarksShown::kLive || rules_of(m).shown == MarksShown::kLiveWhy; }

int stars_of(int64_t total_mp, int64_t max_mp) {
  int stars = 1;
  for (const int from : kStarsFrom_percent) stars += max_mp > 0 && total_mp * 100 >= max_mp * from;
  return stars;
}

const char* mode_name(Mode m) { return rules_of(m).name; }
Text mode_title(Mode m) { return {rules_of(m).zh, rules_of(m).en}; }
Text mode_note(Mode m) { return {rules_of(m).note_zh, rules_of(m).note_en}; }

Result<Mode> mode_from_name(std::string_view name) {
  std::string known;
  for (const ModeRules& r : kTable) {
    if (name == r.name) return r.mode;
    known += known.empty() ? r.name : std::string(", ") + r.name;
  }
  return Error{Code::kUsage, "", "unknown mode '" + std::string(name) + "'", "Use one of: " + known};
}

std::vector<std::string> mode_names() {
  std::vector<std::string> names;
  for (const ModeRules& r : kTable) names.emplace_back(r.name);
  return names;
}

}  // namespace shixun
