// The seven modes: what differs between them stands in one table, and the sitting follows it.

#include "engine/training/mode.h"

#include <set>

#include "engine/records/attempt.h"
#include "engine/records/csv.h"
#include "engine/records/xapi.h"
#include "engine/training/trace.h"
#include "tests/unit/records_fixture.h"
#include "tests/unit/wheel_fixture.h"

namespace shixun {
namespace {

TEST(Modes, AreSevenAndEachIsWhatTheTableSays) {
  struct Row {
    Mode mode;
    const char* name;
    OnCritical critical;
    MarksShown shown;
    Counts counts;
    bool locked, may_pause, hints, sealed;
  };
  const Row rows[] = {
      {Mode::kDemo, "demo", OnCritical::kGoOn, MarksShown::kNever, Counts::kHours, false, true, true, false},
      {Mode::kGuided, "guided", OnCritical::kRewind, MarksShown::kLive, Counts::kParticipation, true, true, true, false},
      {Mode::kPractice, "practice", OnCritical::kGoOn, MarksShown::kLiveWhy, Counts::kProcess, false, true, true, false},
      {Mode::kRehearsal, "rehearsal", OnCritical::kStop, MarksShown::kAfter, Counts::kProcess, false, false, false, false},
      {Mode::kAssessment, "assessment", OnCritical::kStop, MarksShown::kReleased, Counts::kOutcome, false, false, false, true},
      {Mode::kCompetition, "competition", OnCritical::kDisqualify, MarksShown::kJudges, Counts::kNothing, false, false, false, true},
      {Mode::kVisitor, "visitor", OnCritical::kRewind, MarksShown::kStars, Counts::kNothing, false, true, true, false},
  };
  ASSERT_EQ(std::size(rows), static_cast<size_t>(kModeCount));
  std::set<std::string> words;
  for (const Row& r : rows) {
    const ModeRules& m = rules_of(r.mode);
    EXPECT_EQ(m.mode, r.mode);
    EXPECT_STREQ(mode_name(r.mode), r.name);
    EXPECT_EQ(*mode_from_name(r.name), r.mode);
    EXPECT_EQ(m.on_critical, r.critical) << r.name;
    EXPECT_EQ(m.shown, r.shown) << r.name;
    EXPECT_EQ(m.counts, r.counts) << r.name;
    EXPECT_EQ(m.locked, r.locked) << r.name;
    EXPECT_EQ(m.may_pause, r.may_pause) << r.name;
    EXPECT_EQ(m.hint_level > 0, r.hints) << r.name;
    EXPECT_EQ(m.sealed_seed, r.sealed) << r.name;
    EXPECT_FALSE(m.editable && m.counts == Counts::kOutcome) << r.name;
    for (const Text& t : {mode_title(r.mode), mode_note(r.mode)}) {
      EXPECT_FALSE(t.zh.empty() || t.en.empty()) << r.name;
      EXPECT_TRUE(words.insert(t.en).second) << t.en;
      EXPECT_LT(t.en.size(), 48u) << "one line of the start page: " << t.en;
    }
  }
  EXPECT_EQ(mode_names().size(), static_cast<size_t>(kModeCount));
  const auto unknown = mode_from_name("exam");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().hint, "Use one of: demo, guided, practice, rehearsal, assessment, competition, visitor");
}

TEST(Modes, AVisitorGetsOneToFiveStars) {
  // from 0, 40, 60, 75, 90 %
  const std::pair<int64_t, int> cases[] = {{-5000, 1}, {0, 1}, {39999, 1}, {40000, 2}, {59999, 2}, {60000, 3}, {74999, 3}, {75000, 4}, {89999, 4}, {90000, 5}, {100000, 5}};
  for (const auto& [mp, stars] : cases) EXPECT_EQ(stars_of(mp, 100000), stars) << mp;
  EXPECT_EQ(stars_of(0, 0), 1);
}

TEST(Modes, TheExpertGetsEverythingInEachThatGivesMarks) {
  for (int i = 0; i < kModeCount; ++i) {
    const Marksheet s = played(wheel_trace("expert"), static_cast<Mode>(i), 7).sheet();
    EXPECT_EQ(s.total_mp, 100000) << mode_name(static_cast<Mode>(i));
    EXPECT_TRUE(s.codes.empty());
  }
  auto trace = expert_trace(wheel_change());
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->trainee, "expert");
}

TEST(Modes, ARehearsalStopsLikeAnAssessmentAndAVisitorIsTakenBack) {
  const Trace t = wheel_trace("fault_under_car_on_jack");
  for (const Mode mode : {Mode::kRehearsal, Mode::kAssessment, Mode::kCompetition}) {
    const Session s = played(t, mode, 7);
    EXPECT_TRUE(s.over());
    EXPECT_EQ(s.events().back().text("reason"), "critical") << mode_name(mode);
    EXPECT_LE(s.sheet().total_mp, mode == Mode::kCompetition ? 0 : kCriticalCap_mp);
    EXPECT_FALSE(s.sheet().pass);
  }
  Session visitor(wheel_pack(), wheel_change(), {Mode::kVisitor, 7}, [](const Event&) { return ok(); });
  for (const TraceAction& a : t.actions) {
    if (!visitor.critical().empty()) break;
    ASSERT_TRUE(play(visitor, t, a));
  }
  ASSERT_EQ(visitor.critical(), "UNDER_CAR_ON_JACK");
  ASSERT_TRUE(visitor.rewind());
  EXPECT_TRUE(visitor.critical().empty());
  EXPECT_FALSE(visitor.over());
}

TEST(Modes, HelpIsFreeForAVisitorAndThereIsNoneInARehearsal) {
  const Action hint{Verb::kHint, wheel_change().steps.front().id, "", "", 3, false, false, {}};
  for (const Mode mode : {Mode::kVisitor, Mode::kRehearsal}) {
    Session s(wheel_pack(), wheel_change(), {mode, 7}, [](const Event&) { return ok(); });
    EXPECT_EQ(s.act(hint).ok(), mode == Mode::kVisitor);
    EXPECT_EQ(s.act({Verb::kPause, "", "", "", 0, false, false, {}}).ok(), mode == Mode::kVisitor);
  }
}

TEST(Modes, WithoutSightNoClockRuns) {
  Session s(wheel_pack(), wheel_change(), {Mode::kAssessment, 7}, [](const Event&) { return ok(); });
  s.tick(kTicksPerSecond * 5);
  EXPECT_FALSE(s.act({Verb::kPause, "", "", "", 0, false, false, {}}).ok()) << "an assessment's clock is not the trainee's to stop";
  ASSERT_TRUE(s.act({Verb::kPause, "", "", kHeadsetOff, 0, false, false, {}}).ok());
  EXPECT_EQ(s.events().back().text("why"), kHeadsetOff) << "the journal says why it stood still";
  const int64_t stopped = s.t_ms();
  s.tick(kTicksPerSecond * 60);
  EXPECT_EQ(s.t_ms(), stopped);
  ASSERT_TRUE(s.act({Verb::kResume, "", "", "", 0, false, false, {}}).ok());
  s.tick(kTicksPerSecond);
  EXPECT_EQ(s.t_ms(), stopped + 1000);
}

TEST(Modes, ADemonstrationIsSentWithoutMarks) {
  Journal j;
  j.header = small_header();
  j.header.mode = Mode::kDemo;
  Marksheet sheet = small_sheet();
  sheet.mode = Mode::kDemo;
  j.footer = JournalFooter{to_json(sheet), "", "2026-03-01T08:10:00.000Z"};
  j.events = {small_event(1, 100), small_event(2, 61'000)};
  const auto statements = xapi_statements(j, {"https://id.school.example"});
  ASSERT_TRUE(statements) << statements.error().text();
  ASSERT_EQ(statements->size(), 3u);  // initialized, completed, terminated
  for (const Statement& s : *statements) EXPECT_EQ(s.body.find("\"score\""), std::string::npos) << s.body;
}

TEST(Modes, ACompetitionIsListedWithoutNames) {
  AttemptRow r;
  r.uuid = "0f2c1c52-6a0c-4f0a-9d6e-0d8a1b2c3d4e";
  r.trainee = "s-0042";
  r.mode = "competition";
  EXPECT_EQ(results_csv({r}, {.lang = Lang::kEn}).find("s-0042"), std::string::npos);
  EXPECT_NE(results_csv({r}, {.lang = Lang::kEn, .names = true}).find("s-0042"), std::string::npos);
  EXPECT_NE(results_csv({r}, {.lang = Lang::kZh}).find("竞赛"), std::string::npos);
}

}  // namespace
}  // namespace shixun
