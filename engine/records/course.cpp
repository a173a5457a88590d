#include "engine/records/course.h"

#include <fmt/format.h>

#include <algorithm>

namespace shixun {

namespace {

using nlohmann::json;

constexpr int64_t kWhole_bp = 10'000;
constexpr size_t kRehearsals = 3;

int64_t ratio_bp(int64_t part, int64_t all) { return all > 0 ? std::max<int64_t>(0, part) * kWhole_bp / all : 0; }

bool finished(const CountedAttempt& a) { return a.sheet.value("finished", false); }

bool full_marks(const json& mark) { return mark.value("awarded_mp", int64_t{0}) == mark.value("max_mp", int64_t{0}) && !mark.contains("code"); }

bool had_critical(const json& sheet) {
  for (const json& m : sheet.value("criteria", json::array())) {
    if (m.value("critical", false)) return true;
  }
  return false;
}

// Rules of the last sitting that were kept with full marks in each of the last so many.
void count_mastered(const std::vector<const CountedAttempt*>& sittings, int after, CourseExercise& e) {
  if (sittings.empty()) return;
  for (const json& m : sittings.back()->sheet.value("criteria", json::array())) {
    if (m.value("max_mp", int64_t{0}) <= 0 || m.value("open", false)) continue;
    ++e.rules;
    if (sittings.size() < static_cast<size_t>(after)) continue;
    const bool always = std::all_of(sittings.end() - after, sittings.end(), [&](const CountedAttempt* a) {
      const json marks = a->sheet.value("criteria", json::array());
      return std::any_of(marks.begin(), marks.end(), [&](const json& x) { return x.value("id", "") == m.value("id", "") && full_marks(x); });
    });
    e.mastered += always;
  }
}

}  // namespace

CourseReport course_report(const Mapping& mapping, const Course& course, const std::vector<CountedAttempt>& attempts) {
  CourseReport r;
  r.course = &course;
  const auto exercises = static_cast<int64_t>(course.exercises.size());
  int64_t mastery_sum = 0, rehearsal_sum = 0, outcome_sum = 0;
  int assessed = 0;
  bool all_passed = true;
  for (const MappedExercise& mapped : course.exercises) {
    CourseExercise e;
    e.ref = mapped.ref;
    e.unit = mapped.unit;
    int64_t active_ms = 0, practice_ms = 0;
    std::vector<const CountedAttempt*> sittings;
    std::vector<int64_t> rehearsals;
    for (const CountedAttempt& a : attempts) {
      const Counts counts = rules_of(a.mode).counts;
      if (a.exercise != mapped.ref || counts == Counts::kNothing) continue;
      const int64_t ms = a.sheet.value("active_ms", int64_t{0});
      active_ms += ms;
      if (counts == Counts::kParticipation || counts == Counts::kProcess) practice_ms += ms;
      if (!finished(a)) continue;
      const int64_t got_bp = ratio_bp(a.sheet.value("total_mp", int64_t{0}), a.sheet.value("max_mp", int64_t{0}));
      if (counts == Counts::kProcess) {
        sittings.push_back(&a);
        r.unsafe += had_critical(a.sheet);
      }
      if (a.mode == Mode::kRehearsal) rehearsals.push_back(got_bp);
      if (counts == Counts::kOutcome) {
        e.outcome_bp = got_bp;
        e.assessment = a.attempt;
        e.passed = a.sheet.value("verdict", "") == "pass";
        e.open = a.sheet.value("verdict", "") == "open";
      }
    }
    e.sittings = static_cast<int>(sittings.size());
    const int64_t most = mapped.max_ch.value_or(INT64_MAX);
    e.hours_ch = std::min(mapping.hours_ch(active_ms), most);
    count_mastered(sittings, mapping.mastered_after, e);
    if (!rehearsals.empty()) e.rehearsal_bp = *std::max_element(rehearsals.end() - static_cast<std::ptrdiff_t>(std::min(kRehearsals, rehearsals.size())), rehearsals.end());
    r.sittings += e.sittings;
    r.hours_ch += e.hours_ch;
    r.practice_ch += std::min(mapping.hours_ch(practice_ms), most);
    mastery_sum += ratio_bp(e.mastered, e.rules);
    rehearsal_sum += e.rehearsal_bp.value_or(0);
    outcome_sum += e.outcome_bp.value_or(0);
    assessed += e.outcome_bp.has_value();
    all_passed = all_passed && e.passed;
    r.open = r.open || e.open;
    r.exercises.push_back(std::move(e));
  }
  r.hours_bp = r.practice_ch < course.floor_ch ? 0 : std::min(kWhole_bp, ratio_bp(r.practice_ch, course.full_ch));
  r.mastery_bp = mastery_sum / exercises;
  r.rehearsal_bp = rehearsal_sum / exercises;
  r.safety_bp = ratio_bp(r.sittings - r.unsafe, r.sittings);
  r.process_bp = (mapping.hours_weight * r.hours_bp + mapping.mastery_weight * r.mastery_bp + mapping.rehearsal_weight * r.rehearsal_bp + mapping.safety_weight * r.safety_bp) / 100;
  r.outcome_bp = outcome_sum / exercises;
  r.total_bp = (mapping.process_weight * r.process_bp + mapping.outcome_weight * r.outcome_bp) / 100;
  r.assessed = assessed == exercises;
  r.passed = r.assessed && all_passed && !r.open && r.total_bp >= int64_t{100} * mapping.pass_percent;
  r.credits_ch = r.passed ? mapping.credits_ch(r.hours_ch) : 0;
  r.band = &mapping.band_of(r.total_bp);
  return r;
}

std::optional<MappedResult> mapped_result(const Mapping& mapping, const std::string& exercise, Mode mode, int64_t total_mp, int64_t max_mp, int64_t active_ms, bool decided) {
  const auto place = mapping.place_of(exercise);
  const Counts counts = rules_of(mode).counts;
  if (!place || counts == Counts::kNothing) return std::nullopt;
  MappedResult r{&mapping, place->course, place->exercise, 0, 0, nullptr};
  r.hours_ch = std::min(mapping.hours_ch(active_ms), place->exercise->max_ch.value_or(INT64_MAX));
  r.credits_ch = mapping.credits_ch(r.hours_ch);
  if (counts == Counts::kOutcome && decided) r.band = &mapping.band_of(ratio_bp(total_mp, max_mp));
  return r;
}

json to_json(const MappedResult& r) {
  json j = {{"id", r.mapping->id}, {"version", r.mapping->version}, {"sha256", r.mapping->sha256}, {"course", r.course->code}, {"hours_ch", r.hours_ch}, {"credits_ch", r.credits_ch}};
  if (!r.exercise->unit.empty()) j["unit"] = r.exercise->unit;
  if (!r.exercise->wsos.empty()) j["wsos"] = r.exercise->wsos;
  if (r.band) j["grade"] = r.band->grade;
  return j;
}

std::string mapped_text(const MappedResult& r, Lang lang) {
  const bool zh = lang == Lang::kZh;
  std::string s = fmt::format(fmt::runtime(zh ? "课程 {} {}" : "course {} {}"), r.course->code, r.course->title.in(lang));
  if (!r.exercise->unit.empty()) s += fmt::format(" [{}]", r.exercise->unit);
  s += fmt::format(fmt::runtime(zh ? "，学时 {}，折合学分 {}" : ", hours {}, worth credits {}"), format_hundredths(r.hours_ch), format_hundredths(r.credits_ch));
  if (r.band) s += fmt::format(fmt::runtime(zh ? "，等级 {} {}" : ", grade {} {}"), r.band->grade, r.band->title.in(lang));
  return s + fmt::format(fmt::runtime(zh ? "；映射表 {} {}（SHA-256 {}）" : "; mapping {} {} (SHA-256 {})"), r.mapping->id, r.mapping->version, r.mapping->sha256);
}

json to_json(const CourseReport& r) {
  json exercises = json::array();
  for (const CourseExercise& e : r.exercises) {
    json j = {{"exercise", e.ref}, {"sittings", e.sittings}, {"hours_ch", e.hours_ch}, {"rules", e.rules}, {"mastered", e.mastered}};
    if (!e.unit.empty()) j["unit"] = e.unit;
    if (e.rehearsal_bp) j["rehearsal_bp"] = *e.rehearsal_bp;
    if (e.outcome_bp) j.update({{"outcome_bp", *e.outcome_bp}, {"assessment", e.assessment}, {"passed", e.passed}, {"open", e.open}});
    exercises.push_back(std::move(j));
  }
  return {{"course", r.course->code}, {"title", {{"zh-CN", r.course->title.zh}, {"en", r.course->title.en}}}, {"exercises", exercises}, {"hours_ch", r.hours_ch}, {"practice_ch", r.practice_ch},
          {"credits_ch", r.credits_ch}, {"sittings", r.sittings}, {"unsafe", r.unsafe}, {"hours_bp", r.hours_bp}, {"mastery_bp", r.mastery_bp}, {"rehearsal_bp", r.rehearsal_bp},
          {"safety_bp", r.safety_bp}, {"process_bp", r.process_bp}, {"outcome_bp", r.outcome_bp}, {"total_bp", r.total_bp}, {"assessed", r.assessed}, {"open", r.open}, {"passed", r.passed},
          {"grade", r.band->grade}};
}

std::string course_text(const CourseReport& r, Lang lang) {
  const bool zh = lang == Lang::kZh;
  const auto percent = [](int64_t bp) { return format_hundredths(bp) + " %"; };
  const auto line = [&](const char* zh_name, const char* en_name, const std::string& value) { return fmt::format("  {}{}{}\n", zh ? zh_name : en_name, zh ? "：" : ": ", value); };
  const std::string state = r.passed ? (zh ? "通过" : "passed") : r.open ? (zh ? "待评分" : "to be marked") : !r.assessed ? (zh ? "尚未全部考核" : "not all assessed yet") : (zh ? "未通过" : "not passed");
  std::string out = fmt::format("{} {}: {}  {} {}  {}\n", r.course->code, r.course->title.in(lang), percent(r.total_bp), r.band->grade, r.band->title.in(lang), state);
  out += line("过程", "process", percent(r.process_bp));
  out += line("  练习学时", "  practice hours", fmt::format("{} ({})", percent(r.hours_bp), format_hundredths(r.practice_ch)));
  out += line("  掌握的规则", "  rules mastered", percent(r.mastery_bp));
  out += line("  模拟考核", "  rehearsals", percent(r.rehearsal_bp));
  out += line("  安全记录", "  safety record", fmt::format("{} ({} / {})", percent(r.safety_bp), r.sittings - r.unsafe, r.sittings));
  out += line("结果", "outcome", percent(r.outcome_bp));
  out += line("学时", "hours", format_hundredths(r.hours_ch));
  out += line("学分", "credits", format_hundredths(r.credits_ch));
  for (const CourseExercise& e : r.exercises) {
    const std::string outcome = !e.outcome_bp ? (zh ? "未考核" : "not assessed") : percent(*e.outcome_bp) + (e.open ? (zh ? " 待评分" : " to be marked") : e.passed ? (zh ? " 合格" : " pass") : (zh ? " 不合格" : " fail"));
    out += fmt::format(fmt::runtime(zh ? "  {}{}：考核 {}；模拟考核最好 {}；掌握 {} / {}；练习 {} 次，{} 学时\n" : "  {}{}: assessed {}; best rehearsal {}; mastered {} of {}; {} sittings, {} hours\n"), e.ref, e.unit.empty() ? "" : " [" + e.unit + "]", outcome,
                       e.rehearsal_bp ? percent(*e.rehearsal_bp) : "–", e.mastered, e.rules, e.sittings, format_hundredths(e.hours_ch));
  }
  return out;
}

}  // namespace shixun
