// The school's mapping, and what a course comes to by it. tests/mappings/base is sound; every other folder there has one that is not, and
// EXPECT: place and a part of the message, separated by a tab, one a line.

#include "engine/records/mapping.h"

#include <fstream>

#include "engine/records/course.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

const fs::path kMappings = fs::path(SHIXUN_SOURCE_DIR) / "tests/mappings";

Mapping base() {
  MappingLoad load = load_mapping(kMappings / "base/mapping.yaml");
  for (const Error& e : load.errors) ADD_FAILURE() << e.text();
  return load.mapping ? *load.mapping : Mapping();
}

TEST(SchoolMapping, SaysWhatTheFileSays) {
  const Mapping m = base();
  EXPECT_EQ(m.id, "example-school");
  EXPECT_EQ(m.version, "2026.1");
  EXPECT_EQ(m.sha256, sha256_hex(*read_file(kMappings / "base/mapping.yaml")));
  EXPECT_EQ(m.lesson_ms, 45 * 60'000);
  ASSERT_EQ(m.bands.size(), 4u);
  EXPECT_EQ(m.bands[0].title.zh, "优秀");
  const auto place = m.place_of("auto-repair/wheel-change");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->course->code, "AR-101");
  EXPECT_EQ(place->course->floor_ch, 50);
  EXPECT_EQ(place->exercise->unit, "1+X 1.3");
  EXPECT_EQ(place->exercise->max_ch, 400);
  EXPECT_FALSE(m.place_of("auto-repair/other"));
  EXPECT_EQ(m.band_of(9000).grade, "A");
  EXPECT_EQ(m.band_of(8999).grade, "B");
  EXPECT_EQ(m.band_of(0).grade, "F");
  EXPECT_EQ(m.hours_ch(60 * 60'000), 133) << "60 of 45 minutes: 1.33 hours, cut";
  EXPECT_EQ(m.credits_ch(1600), 100) << "16 hours: one credit";
  EXPECT_EQ(format_hundredths(133), "1.33");
  EXPECT_EQ(format_hundredths(7), "0.07");
}

TEST(SchoolMapping, EveryBrokenOneSaysWhereAndWhat) {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(kMappings)) {
    if (!fs::exists(entry.path() / "EXPECT")) continue;
    ++cases;
    const MappingLoad load = load_mapping(entry.path() / "mapping.yaml");
    EXPECT_FALSE(load.mapping) << entry.path();
    std::string all;
    for (const Error& e : load.errors) all += e.text() + "\n";
    std::ifstream expect(entry.path() / "EXPECT");
    for (std::string line; std::getline(expect, line);) {
      const std::string place = line.substr(0, line.find('\t')), words = line.substr(line.find('\t') + 1);
      bool found = false;
      for (const Error& e : load.errors) {
        const size_t at = e.where.find(place);
        // A whole number of line and column: 2:1 is not 2:17.
        const bool here = at != std::string::npos && (at + place.size() == e.where.size() || e.where[at + place.size()] == ':');
        found = found || (here && e.what.find(words) != std::string::npos);
      }
      EXPECT_TRUE(found) << entry.path().filename() << ": expected " << line << "\ngot:\n" << all;
    }
  }
  EXPECT_GT(cases, 20);
}

TEST(SchoolMapping, NoSpoiledFileIsTakenAmissOrHangs) {
  const std::string good = *read_file(kMappings / "base/mapping.yaml");
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 7)));
    const MappingLoad load = parse_mapping(bad, "mapping.yaml");
    EXPECT_EQ(load.mapping.has_value(), load.errors.empty()) << i;
  }
}

TEST(SchoolMapping, WithoutAFileThereIsNoneAndANamedOneMustExist) {
  const MappingLoad named = load_school_mapping("/nonexistent/mapping.yaml");
  EXPECT_FALSE(named.mapping);
  EXPECT_EQ(named.errors.size(), 1u);
}

// ---------------------------------------------------------------- courses

// A marksheet with three aspects of 50, 30 and 20 points.
CountedAttempt attempt(Mode mode, std::array<int64_t, 3> points, int64_t minutes, bool critical = false, const std::string& exercise = "auto-repair/wheel-change") {
  static int n = 0;
  const int64_t max[] = {50000, 30000, 20000};
  json criteria = json::array();
  int64_t total = 0;
  for (size_t i = 0; i < 3; ++i) {
    criteria.push_back({{"id", "A" + std::to_string(i)}, {"awarded_mp", points[i] * 1000}, {"max_mp", max[i]}});
    total += points[i] * 1000;
  }
  json danger = {{"id", "D"}, {"awarded_mp", 0}, {"max_mp", 0}};
  if (critical) danger.update({{"code", "DANGER"}, {"critical", true}});
  criteria.push_back(danger);
  const bool pass = total >= 60000 && !critical;
  return {"a" + std::to_string(++n), exercise, mode,
          {{"finished", true}, {"verdict", pass ? "pass" : "fail"}, {"total_mp", total}, {"max_mp", 100000}, {"active_ms", minutes * 60'000}, {"criteria", criteria}}};
}

TEST(Course, AWorkedExample) {
  const Mapping m = base();
  const std::vector<CountedAttempt> attempts = {
      attempt(Mode::kDemo, {50, 30, 20}, 9),                 // hours only
      attempt(Mode::kGuided, {50, 30, 20}, 18),              // participation
      attempt(Mode::kPractice, {20, 10, 20}, 18, true),      // a critical error
      attempt(Mode::kPractice, {50, 10, 20}, 18),
      attempt(Mode::kRehearsal, {50, 30, 0}, 9),             // 80 %: the fourth from the end
      attempt(Mode::kRehearsal, {40, 10, 20}, 9),            // 70 %
      attempt(Mode::kRehearsal, {30, 10, 20}, 9),            // 60 %
      attempt(Mode::kRehearsal, {50, 5, 20}, 9),             // 75 %: the best of the last three
      attempt(Mode::kAssessment, {50, 0, 0}, 9),             // 50 %, not the last
      attempt(Mode::kAssessment, {50, 20, 18}, 18),          // 88 %
      attempt(Mode::kCompetition, {50, 30, 20}, 45),         // counts as nothing
      attempt(Mode::kVisitor, {50, 30, 20}, 45),             // neither
  };
  const CourseReport r = course_report(m, *m.find_course("AR-101"), attempts);
  // Hours: 9 + 18 + 18 + 18 + 4 * 9 + 9 + 18 = 126 min of 45: 2.80. Practised: 18 + 18 + 18 + 36 = 90 min: 2.00 of 2: full.
  EXPECT_EQ(r.hours_ch, 280);
  EXPECT_EQ(r.practice_ch, 200);
  EXPECT_EQ(r.hours_bp, 10000);
  // Full marks in both of the last two sittings (rehearsals of 60 and 75 %): A2 only. 1 of 3.
  EXPECT_EQ(r.exercises[0].mastered, 1);
  EXPECT_EQ(r.exercises[0].rules, 3);
  EXPECT_EQ(r.mastery_bp, 3333);
  EXPECT_EQ(r.rehearsal_bp, 7500);
  // Six sittings of practice and rehearsal, one with a critical error: 5 of 6.
  EXPECT_EQ(r.sittings, 6);
  EXPECT_EQ(r.unsafe, 1);
  EXPECT_EQ(r.safety_bp, 8333);
  // (100.00 + 33.33 + 75.00 + 83.33) / 4 = 72.915
  EXPECT_EQ(r.process_bp, 7291);
  EXPECT_EQ(r.outcome_bp, 8800);
  // 0.4 * 72.91 + 0.6 * 88 = 29.164 + 52.8 = 81.964
  EXPECT_EQ(r.total_bp, 8196);
  EXPECT_EQ(r.band->grade, "B");
  EXPECT_TRUE(r.passed);
  // 2.80 hours of 16
  EXPECT_EQ(r.credits_ch, 17);
  const std::string said = course_text(r, Lang::kEn);
  EXPECT_NE(said.find("AR-101 Car service: 81.96 %  B good  passed"), std::string::npos) << said;
  EXPECT_NE(course_text(r, Lang::kZh).find("良好"), std::string::npos);
}

TEST(Course, BelowTheFloorPracticeHoursAreNothing) {
  const Mapping m = base();
  const Course& c = *m.find_course("AR-101");
  // floor 0.5 hours of 45 min = 22.5 min; full 2 hours = 90 min
  EXPECT_EQ(course_report(m, c, {attempt(Mode::kPractice, {0, 0, 0}, 22)}).hours_bp, 0);
  EXPECT_EQ(course_report(m, c, {attempt(Mode::kPractice, {0, 0, 0}, 45)}).hours_bp, 5000);
  EXPECT_EQ(course_report(m, c, {attempt(Mode::kDemo, {0, 0, 0}, 90)}).hours_bp, 0) << "watching is no practice";
  const CourseReport r = course_report(m, c, {attempt(Mode::kPractice, {0, 0, 0}, 9000)});
  EXPECT_EQ(r.hours_bp, 10000);
  EXPECT_EQ(r.hours_ch, 400) << "max_hours";
}

TEST(Course, IsNotPassedWithoutAPassedAssessment) {
  const Mapping m = base();
  const Course& c = *m.find_course("AR-101");
  std::vector<CountedAttempt> a = {attempt(Mode::kPractice, {50, 30, 20}, 45), attempt(Mode::kPractice, {50, 30, 20}, 45), attempt(Mode::kRehearsal, {50, 30, 20}, 45), attempt(Mode::kRehearsal, {50, 30, 20}, 45)};
  CourseReport r = course_report(m, c, a);
  EXPECT_EQ(r.process_bp, 10000);
  EXPECT_EQ(r.total_bp, 4000);
  EXPECT_FALSE(r.assessed || r.passed);
  a.push_back(attempt(Mode::kAssessment, {49, 10, 0}, 45, true));  // 59 by the cap: 40 + 35.4 would be enough
  r = course_report(m, c, a);
  EXPECT_EQ(r.total_bp, 7540);
  EXPECT_TRUE(r.assessed);
  EXPECT_FALSE(r.passed) << "a critical error in the assessment is not made good by practice";
  EXPECT_EQ(r.credits_ch, 0);
  a.push_back(attempt(Mode::kAssessment, {50, 30, 0}, 45));
  a.back().sheet["verdict"] = "open";
  r = course_report(m, c, a);
  EXPECT_TRUE(r.open);
  EXPECT_FALSE(r.passed);
}

TEST(Course, OfNoAttemptsIsNothing) {
  const Mapping m = base();
  const CourseReport r = course_report(m, m.courses[0], {});
  EXPECT_EQ(r.total_bp, 0);
  EXPECT_EQ(r.band->grade, "F");
  EXPECT_FALSE(to_json(r).dump().empty());
  EXPECT_NE(course_text(r, Lang::kEn).find("not all assessed yet"), std::string::npos);
}

TEST(Course, OneAttemptIsWorthItsHours) {
  const Mapping m = base();
  auto r = mapped_result(m, "auto-repair/wheel-change", Mode::kAssessment, 88000, 100000, 18 * 60'000, true);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->hours_ch, 40);
  EXPECT_EQ(r->credits_ch, 2);
  EXPECT_EQ(r->band->grade, "B");
  EXPECT_EQ(to_json(*r)["sha256"], m.sha256);
  EXPECT_NE(mapped_text(*r, Lang::kEn).find("course AR-101 Car service [1+X 1.3], hours 0.40, worth credits 0.02, grade B good; mapping example-school 2026.1"), std::string::npos);
  EXPECT_FALSE(mapped_result(m, "auto-repair/wheel-change", Mode::kAssessment, 88000, 100000, 1, false)->band) << "not decided";
  EXPECT_FALSE(mapped_result(m, "auto-repair/wheel-change", Mode::kPractice, 88000, 100000, 1, true)->band);
  EXPECT_FALSE(mapped_result(m, "auto-repair/wheel-change", Mode::kVisitor, 88000, 100000, 1, true));
  EXPECT_FALSE(mapped_result(m, "other/exercise", Mode::kPractice, 0, 0, 0, true));
}

}  // namespace
}  // namespace shixun
