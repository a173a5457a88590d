#pragma once
// What attempts are worth to a school: mapping.yaml, owned by the school, in its config folder. It says which exercise belongs to which course,
// how long a lesson is, what a course's grade is made of. Results cite its id, version and SHA-256.
//
//   format: 1
//   id: example-school
//   version: 2026.1
//   lesson: 45 min                 # active time that makes one hour (default)
//   hours_per_credit: 16           # default
//   pass: 60                       # of a course's total (default)
//   weights: {process: 40, outcome: 60}                               # default; together 100
//   process: {hours: 25, mastery: 25, rehearsal: 25, safety: 25}      # default; together 100
//   mastered_after: 2              # full marks in so many sittings in a row (default)
//   bands:                         # from the best down to 0
//     - {grade: A, from: 90, zh-CN: 优秀, en: excellent}
//     - {grade: F, from: 0, zh-CN: 不及格, en: fail}
//   courses:
//     AR-101:
//       title: {zh-CN: 汽车维护, en: Car service}
//       practice_hours: {floor: 2, full: 6}    # nothing for less than the floor, all from full on, in proportion between
//       exercises:
//         auto-repair/wheel-change: {unit: "1+X 1.3", wsos: "4", max_hours: 4}   # each optional; max_hours: most that count
//
// Hours and credits are whole hundredths, ratios whole hundredths of a percent; each is cut, never rounded up.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace shixun {

struct GradeBand {
  std::string grade;
  Text title;
  int from_percent = 0;
};

struct MappedExercise {
  std::string ref;           // "auto-repair/wheel-change"
  std::string unit, wsos;    // 1+X unit, section of WorldSkills' occupational standards; may be empty
  std::optional<int64_t> max_ch;  // hundredths of an hour that count at most
};

struct Course {
  std::string code;
  Text title;
  int64_t floor_ch = 0, full_ch = 0;  // practice, hundredths of an hour
  std::vector<MappedExercise> exercises;
};

struct Mapping {
  std::string id, version, sha256;
  int64_t lesson_ms = 45 * 60'000;
  int hours_per_credit = 16;
  int pass_percent = 60;
  int process_weight = 40, outcome_weight = 60;
  int hours_weight = 25, mastery_weight = 25, rehearsal_weight = 25, safety_weight = 25;
  int mastered_after = 2;
  std::vector<GradeBand> bands;
  std::vector<Course> courses;

  const Course* find_course(std::string_view code) const;
  // The course an exercise belongs to, and how.
  struct Place { const Course* course = nullptr; const MappedExercise* exercise = nullptr; };
  std::optional<Place> place_of(std::string_view exercise) const;
  const GradeBand& band_of(int64_t ratio_bp) const;  // of a total as a ratio
  int64_t hours_ch(int64_t active_ms) const { return active_ms * 100 / lesson_ms; }
  int64_t credits_ch(int64_t ch) const { return ch / hours_per_credit; }
};

struct MappingLoad {
  std::optional<Mapping> mapping;  // present when there are no errors
  std::vector<Error> errors;       // in the order found; where = file:line:column
};
MappingLoad load_mapping(const fs::path& file);
MappingLoad parse_mapping(const std::string& text, const std::string& name);  // the same, from memory

// places().config / "mapping.yaml"; none when there is no such file. `given`: that file, which must exist.
MappingLoad load_school_mapping(const fs::path& given = {});

std::string format_hundredths(int64_t h);  // "1.33"

}  // namespace shixun
