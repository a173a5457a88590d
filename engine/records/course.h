#pragma once
// A trainee's course: what his attempts come to by the school's mapping. A pure function of marksheets, in whole numbers.
//
// Process, by weight: practice hours (guided, practice, rehearsal; nothing below the floor, all from `full` on), share of mastered rules (full
// marks in each of the last `mastered_after` sittings of practice or rehearsal), rehearsals (the best of the last three), safety record (sittings
// of practice and rehearsal without a critical error). Outcome: the last assessment. Exercises of a course weigh the same; one that was not done
// counts as nothing. A course is passed when every exercise was assessed and passed, nothing waits for people's marks, and the total is enough.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/records/mapping.h"
#include "engine/training/mode.h"

namespace shixun {

// A closed attempt as a course sees it: `sheet` as to_json(Marksheet) gives it, with people's marks where they gave any.
struct CountedAttempt {
  std::string attempt, exercise;
  Mode mode = Mode::kPractice;
  nlohmann::json sheet;
};

struct CourseExercise {
  std::string ref, unit;
  int sittings = 0;             // of practice and rehearsal
  int64_t hours_ch = 0;         // of every attempt that counts, at most max_hours
  int rules = 0, mastered = 0;
  std::optional<int64_t> rehearsal_bp, outcome_bp;
  std::string assessment;       // the attempt the outcome comes from
  bool passed = false, open = false;
};

struct CourseReport {
  const Course* course = nullptr;
  std::vector<CourseExercise> exercises;
  int64_t hours_ch = 0, practice_ch = 0, credits_ch = 0;
  int sittings = 0, unsafe = 0;
  int64_t hours_bp = 0, mastery_bp = 0, rehearsal_bp = 0, safety_bp = 0;
  int64_t process_bp = 0, outcome_bp = 0, total_bp = 0;
  bool assessed = false;        // every exercise
  bool open = false;            // an assessment waits for people's marks
  bool passed = false;
  const GradeBand* band = nullptr;
};

// `attempts`: of one trainee, oldest first; those of other courses are passed over. The report points into the mapping.
CourseReport course_report(const Mapping& mapping, const Course& course, const std::vector<CountedAttempt>& attempts);

// What one attempt is worth by itself.
struct MappedResult {
  const Mapping* mapping = nullptr;
  const Course* course = nullptr;
  const MappedExercise* exercise = nullptr;
  int64_t hours_ch = 0, credits_ch = 0;  // credits: what so many hours are worth once the course is passed
  const GradeBand* band = nullptr;            // of an assessment that is decided
};
std::optional<MappedResult> mapped_result(const Mapping& mapping, const std::string& exercise, Mode mode, int64_t total_mp, int64_t max_mp, int64_t active_ms, bool decided);
nlohmann::json to_json(const MappedResult& result);
std::string mapped_text(const MappedResult& result, Lang lang);  // one line

nlohmann::json to_json(const CourseReport& report);
std::string course_text(const CourseReport& report, Lang lang);  // for a terminal

}  // namespace shixun
