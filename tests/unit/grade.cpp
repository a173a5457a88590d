// Marks: worked examples of each rule on events written by hand, and what must hold for any attempt.

#include "engine/training/grade.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <set>

#include "engine/records/journal.h"
#include "engine/training/moments.h"
#include "tests/unit/wheel_fixture.h"

using namespace shixun;

namespace {

// Builds events in sequence, a second apart unless told.
struct Story {
  std::vector<Event> events;
  Event& add(Verb v, const std::string& o, const std::string& tool = "", int64_t t_ms = -1) {
    Event e;
    e.seq = static_cast<uint32_t>(events.size() + 1);
    e.t_ms = t_ms >= 0 ? t_ms : events.empty() ? 1000 : events.back().t_ms + 1000;
    e.verb = v;
    e.o = o;
    e.tool = tool;
    return events.emplace_back(std::move(e));
  }
  Story& hand_in(int64_t t_ms = -1) {
    add(Verb::kFinish, "", "", t_ms).with("reason", std::string_view("handed_in"));
    return *this;
  }
  // A torque wrench's click on a stud.
  void click(int stud, int64_t setting_dnm, int64_t torque_dnm) {
    const std::string k = std::to_string(stud);
    add(Verb::kTurn, "nut_" + k, "torque_wrench").with("at", std::string_view("car.stud_" + k)).with("setting_dnm", setting_dnm).with("clicked", 1).with("angle_cd", 100).with("torque_dnm", torque_dnm).with("clear_um", 0);
  }
};

Mark mark(const Story& s, const std::string& id, Mode mode = Mode::kAssessment, uint64_t seed = 7) {
  const Marksheet sheet = grade(*wheel_pack(), wheel_change(), mode, seed, s.events);
  for (const Mark& m : sheet.marks) {
    if (m.id == id) return m;
  }
  ADD_FAILURE() << "no mark " << id;
  return {};
}

Marksheet expert_sheet(Mode mode, uint64_t seed) {
  static const Trace trace = wheel_trace("expert");
  return played(trace, mode, seed).sheet();
}

void expect_sane(const Marksheet& s, const std::string& what) {
  int64_t sum = 0, process = 0, outcome = 0;
  for (const Mark& m : s.marks) {
    ASSERT_LE(m.awarded_mp, m.max_mp) << what << m.id;
    ASSERT_TRUE(m.awarded_mp >= 0 || (m.max_mp == 0 && m.severity != Severity::kNone)) << what << m.id;
    ASSERT_FALSE(m.why.zh.empty() || m.why.en.empty() || m.title.zh.empty() || m.title.en.empty()) << what << m.id;
    ASSERT_EQ(m.why.en.find('{'), std::string::npos) << what << m.why.en;
    ASSERT_TRUE(std::is_sorted(m.events.begin(), m.events.end()));
    sum += m.awarded_mp;
    (m.lens == Lens::kProcess ? process : outcome) += m.awarded_mp;
  }
  ASSERT_EQ(s.raw_mp, std::max<int64_t>(0, sum)) << what;
  ASSERT_EQ(s.process_mp, std::max<int64_t>(0, process)) << what;
  ASSERT_EQ(s.outcome_mp, std::max<int64_t>(0, outcome)) << what;
  ASSERT_TRUE(s.total_mp >= 0 && s.total_mp <= s.raw_mp && s.raw_mp <= s.max_mp && s.max_mp == 100000) << what;
}

}  // namespace

// ---------------------------------------------------------------- each rule, by hand
TEST(Rules, DoneIsAllOrNothing) {
  Story s;
  EXPECT_EQ(mark(s, "I1").awarded_mp, 0);
  s.add(Verb::kRead, "car.placard");
  EXPECT_EQ(mark(s, "I1").awarded_mp, 1000);
  EXPECT_NE(mark(s, "I1").why.en.find("at 00:01"), std::string::npos) << mark(s, "I1").why.en;
}

TEST(Rules, OrderSharesItsMarksAmongThePairs) {
  // S1: 3 points for [gear in P before first lift] and [brake before first lift]; one of two pairs kept = 1.5.
  Story s;
  s.add(Verb::kSet, "car.gear").with("state", std::string_view("p"));
  s.add(Verb::kRaise, "jack", "hand").with("lift_um", 1000);
  s.add(Verb::kSet, "car.park_brake").with("state", std::string_view("applied"));
  EXPECT_EQ(mark(s, "S1").awarded_mp, 1500);
  EXPECT_EQ(mark(s, "S1").code, "NOT_SECURED");
  // Late is late: exposure cannot be undone by lifting again.
  s.add(Verb::kRaise, "jack", "hand").with("lift_um", 2000);
  EXPECT_EQ(mark(s, "S1").awarded_mp, 1500);
}

TEST(Rules, AHopIsLegalTwoPlacesOnInTheRing) {
  // T1: 5 points for 4 hops of +-2 round five studs.
  struct Case { std::vector<int> path; int64_t marks; };
  for (const Case& c : {Case{{1, 3, 5, 2, 4}, 5000}, {{1, 4, 2, 5, 3}, 5000},  // either way round
                        {{4, 1, 3, 5, 2}, 5000},                              // any start
                        {{1, 2, 3, 4, 5}, 0},                                 // circular
                        {{1, 3, 5, 4, 2}, 3750},                              // 1-3 3-5 legal, 5-4 not, 4-2 legal: 3 of 4
                        {{1, 3, 5}, 2500},                                    // unfinished
                        {{1, 1, 3, 3, 5, 2, 4}, 5000},                        // the same nut twice in a row is one visit
                        {{1, 3, 5, 2, 4, 1, 2, 3}, 5000},                     // what follows a whole ring is checking
                        {{}, 0}}) {
    Story s;
    for (const int stud : c.path) s.click(stud, 500, 500);
    EXPECT_EQ(mark(s, "T1").awarded_mp, c.marks) << mark(s, "T1").why.en;
  }
}

TEST(Rules, ToolGivesHalfForAPoorChoice) {
  struct Case { const char* tool; int64_t marks; };
  for (const Case& c : {Case{"torque_wrench", 2000}, {"wheel_brace", 1000}, {"hand", 0}}) {
    Story s;
    s.add(Verb::kTurn, "nut_1", c.tool).with("at", std::string_view("car.stud_1")).with("angle_cd", 100).with("torque_dnm", 900);
    EXPECT_EQ(mark(s, "T4").awarded_mp, c.marks) << c.tool;
  }
}

TEST(Rules, NumericIsFullInTheWindowAndFallsLinearly) {
  // O1: 4 points a nut; full 88.3-107.9, nothing at 60 and 140 N·m. 28.4 below: 0. 88.2: 4 * 282/283 = 3.985. 74.1: 4 * 141/283 = 1.992.
  // 124.0: 4 * 160/321 = 1.993.
  struct Case { int64_t dnm; int64_t marks; };
  for (const Case& c : {Case{980, 4000}, {883, 4000}, {1079, 4000}, {882, 3985}, {741, 1992}, {1240, 1993}, {600, 0}, {1400, 0}, {284, 0}, {5000, 0}, {0, 0}}) {
    Story s;
    s.add(Verb::kState, "car.stud_1").with("on", 1).with("torque_dnm", c.dnm);
    s.hand_in();
    EXPECT_EQ(mark(s, "O1").awarded_mp, c.marks) << c.dnm;
  }
}

TEST(Rules, NumericTellsTheValueTheWindowAndTheTime) {
  Story s;
  s.add(Verb::kState, "wheel_spare.valve", "", 192'000).with("pressure_pa", 205'000);
  s.hand_in();
  const Mark m = mark(s, "P1");
  EXPECT_EQ(m.awarded_mp, 2500);  // (205-190)/(220-190) = 0.5 of 5
  EXPECT_EQ(m.why.en, "205 kPa, window 220-240 kPa, at 03:12");
  EXPECT_NE(m.why.zh.find("205 kPa"), std::string::npos);
  EXPECT_NE(m.why.zh.find("220-240 kPa"), std::string::npos);
  EXPECT_EQ(m.code, "PRESSURE_OUT_OF_WINDOW");
}

TEST(Rules, MeasureSharesItsMarksAmongInstrumentPointsAndRecord) {
  // I2: 3 points in three parts: tread gauge, all three grooves, the least of them written down.
  const Truths truths = draw_truths(wheel_pack()->scene, 7);
  int64_t least = INT64_MAX;
  for (size_t i = 0; i < 3; ++i) least = std::min(least, truths.numbers[i]);
  Story s;
  EXPECT_EQ(mark(s, "I2").awarded_mp, 0);
  s.add(Verb::kMeasure, "wheel_spare.tread_1", "tread_gauge").with("length_um", 3000);
  EXPECT_EQ(mark(s, "I2").awarded_mp, 1000);
  s.add(Verb::kMeasure, "wheel_spare.tread_2", "tread_gauge").with("length_um", 3000);
  s.add(Verb::kMeasure, "wheel_spare.tread_3", "tread_gauge").with("length_um", 3000);
  EXPECT_EQ(mark(s, "I2").awarded_mp, 2000);
  s.add(Verb::kRecord, "spare_tread").with("length_um", least + 200);
  EXPECT_EQ(mark(s, "I2").awarded_mp, 3000) << "0.2 mm is what a gauge may be off";
  s.add(Verb::kMeasure, "wheel_spare.tread_3", "inflator");
  EXPECT_EQ(mark(s, "I2").awarded_mp, 2000);
}

TEST(Rules, RecordComparesTheLastEntryWithWhatIsSo) {
  const int64_t least = [] {
    const Truths t = draw_truths(wheel_pack()->scene, 7);
    return std::min({t.numbers[0], t.numbers[1], t.numbers[2]});
  }();
  Story s;
  s.add(Verb::kRecord, "spare_tread").with("length_um", least + 300);
  EXPECT_EQ(mark(s, "I5").awarded_mp, 0);
  EXPECT_EQ(mark(s, "I5").code, "TREAD_WRONG");
  s.add(Verb::kRecord, "spare_tread").with("length_um", least);
  EXPECT_EQ(mark(s, "I5").awarded_mp, 2000) << "a corrected entry counts";
}

TEST(Rules, RepeatsOfAMajorErrorCostLessEachTime) {
  // M2: 5 points a nut torqued in the air: 5, 2.5, 1.25, then nothing more: 5, 7.5, 8.75, 8.75, 8.75.
  const int64_t expected[] = {-5000, -7500, -8750, -8750, -8750};
  Story s;
  for (int stud = 1; stud <= 5; ++stud) {
    const std::string k = std::to_string(stud);
    s.add(Verb::kTurn, "nut_" + k, "torque_wrench").with("at", std::string_view("car.stud_" + k)).with("angle_cd", 100).with("torque_dnm", 980).with("clear_um", 30'000);
    s.events.push_back(s.events.back());  // a held effort reports again: still the same error
    s.events.back().seq += 1;
    EXPECT_EQ(mark(s, "M2").awarded_mp, expected[stud - 1]) << stud;
  }
  EXPECT_EQ(mark(s, "M2").code, "TORQUE_IN_AIR");
}

TEST(Rules, AForbiddenActWithMarksCostsNoMoreThanThem) {
  Story s;
  EXPECT_EQ(mark(s, "F3").awarded_mp, 0) << "nothing was fitted yet, so nothing is earned by not oiling it";
  s.add(Verb::kPlace, "wheel_spare").with("at", std::string_view("car.hub_fl"));
  EXPECT_EQ(mark(s, "F3").awarded_mp, 2000);
  s.add(Verb::kApply, "car.hub_face", "oil_can").with("state", std::string_view("oiled"));
  EXPECT_EQ(mark(s, "F3").awarded_mp, 0);
}

TEST(Rules, TimeIsFullToItsLimitAndNothingFromTheNext) {
  // Z1: 2 points to 20 min, none from 26: 23 min = half.
  struct Case { int64_t min; int64_t marks; };
  for (const Case& c : {Case{5, 2000}, {20, 2000}, {23, 1000}, {26, 0}, {90, 0}}) {
    Story s;
    s.hand_in(c.min * 60'000);
    EXPECT_EQ(mark(s, "Z1").awarded_mp, c.marks) << c.min;
  }
  EXPECT_EQ(mark(Story{}, "Z1").awarded_mp, 0) << "not handed in";
}

TEST(Rules, TheEndStateIsMarkedItemByItem) {
  // K1: five items of a point each.
  Story s;
  s.add(Verb::kState, "wheel_fl").with("home", 1);
  s.add(Verb::kState, "torque_wrench").with("home", 1).with("setting_dnm", 400);
  EXPECT_EQ(mark(s, "K1").awarded_mp, 0) << "not handed in";
  s.hand_in();
  EXPECT_EQ(mark(s, "K1").awarded_mp, 2000);
}

TEST(Rules, HintsCostAShareOfTheirStep) {
  // Step placard: aspect I1, one point. Level 1 is free, 2 costs 10 %, 3 costs 30 %; the dearest counts.
  Story s;
  s.add(Verb::kRead, "car.placard");
  const int64_t expected[] = {1000, 900, 700};
  for (int level = 1; level <= 3; ++level) {
    s.add(Verb::kHint, "placard").with("level", level);
    EXPECT_EQ(mark(s, "I1", Mode::kPractice).awarded_mp, expected[level - 1]);
    EXPECT_EQ(mark(s, "I1", Mode::kGuided).awarded_mp, 1000) << "guidance is free where it is the mode";
  }
}

TEST(Rules, ACriticalErrorCapsAnAssessmentOnly) {
  const auto sheet = [](Mode mode) { return played(wheel_trace("fault_nut_missing"), mode, 7).sheet(); };
  const Marksheet a = sheet(Mode::kAssessment), p = sheet(Mode::kPractice);
  EXPECT_EQ(a.total_mp, 59000);
  EXPECT_GT(a.raw_mp, 59000);
  EXPECT_EQ(p.total_mp, p.raw_mp);
  EXPECT_FALSE(a.pass);
  EXPECT_FALSE(p.pass) << "dangerous work is no pass in practice either";
}

TEST(Rules, SafetyHasAFloorOfItsOwn) {
  // The expert's job with the safety marks taken out: 80 points, and no pass.
  Trace t = wheel_trace("expert");
  std::erase_if(t.actions, [](const TraceAction& a) { return a.action.o == "gloves" || a.action.o.starts_with("chock") || a.action.o == "stand" || (a.action.verb == Verb::kSet && a.action.o == "car.gear"); });
  const Marksheet s = played(t, Mode::kAssessment, 7).sheet();
  EXPECT_GT(s.total_mp, 60000);
  EXPECT_FALSE(s.pass) << s.total_mp;
}

// ---------------------------------------------------------------- whole attempts
TEST(Grade, TheExpertHasFullMarksWhateverTheSeed) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    for (const Mode mode : {Mode::kAssessment, Mode::kPractice}) {
      const Marksheet s = expert_sheet(mode, seed);
      ASSERT_EQ(s.total_mp, 100000) << seed;
      ASSERT_TRUE(s.pass && s.codes.empty());
      ASSERT_EQ(s.process_mp, 63000);
      ASSERT_EQ(s.outcome_mp, 37000);
      expect_sane(s, "");
    }
  }
}

TEST(Grade, TheExpertsMarksheetIsKeptByteForByte) {
  const std::string now = canonical(to_json(expert_sheet(Mode::kAssessment, 7))) + "\n";
  const fs::path golden = fs::path(SHIXUN_SOURCE_DIR) / "tests/golden/wheel-change-expert.json", fresh = fs::path(SHIXUN_BUILD_DIR) / "wheel-change-expert.json";
  ASSERT_TRUE(write_file(fresh, now));
  auto kept = read_file(golden);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_TRUE(*kept == now) << "the marksheet changed; if that is meant: cp " << fresh << " " << golden;
}

// A possible journal: some of the expert's work, from none to all, and then whatever comes to a wandering mind.
std::vector<Event> any_journal(uint64_t seed) {
  static const std::vector<Event> expert = played(wheel_trace("expert"), Mode::kPractice, 7).events();
  Pcg32 random(seed, "journal");
  Hands h(7);
  const size_t prefix = seed % 3 == 0 ? 0 : random.below(static_cast<uint32_t>(expert.size() - 1));
  for (size_t i = 0; i < prefix; ++i) {
    h.world.apply(expert[i]);
    h.all.push_back(expert[i]);
    h.t_ms = expert[i].t_ms;
  }
  h.world.continue_after(static_cast<uint32_t>(prefix));
  wander(h, seed, 50);
  if (seed % 4) (void)h.use(Verb::kFinish, "");
  return h.all;
}

TEST(Properties, AThousandJournalsAreGradedTheSameTwiceAndSoberly) {
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::vector<Event> journal = any_journal(seed);
    const Mode mode = static_cast<Mode>(seed % kModeCount);
    const Marksheet a = grade(*wheel_pack(), wheel_change(), mode, 7, journal);
    ASSERT_EQ(canonical(to_json(a)), canonical(to_json(grade(*wheel_pack(), wheel_change(), mode, 7, journal)))) << seed;
    ASSERT_NO_FATAL_FAILURE(expect_sane(a, "seed " + std::to_string(seed) + " "));
    ASSERT_EQ(canonical(to_json(a)).find('.' + std::string("0,")), std::string::npos) << "no floats";
  }
}

// An action is correct when every mark it is evidence of is full. Without it no mark may be higher: had it been, some rule would have been
// hurt by an event that it does not name.
TEST(Properties, TakingAwayACorrectActionNeverRaisesTheTotal) {
  int tried = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::vector<Event> journal = any_journal(seed);
    const Marksheet whole = grade(*wheel_pack(), wheel_change(), Mode::kPractice, 7, journal);
    std::set<uint32_t> wrong;
    for (const Mark& m : whole.marks) {
      if (m.awarded_mp < m.max_mp || m.severity != Severity::kNone) wrong.insert(m.events.begin(), m.events.end());
    }
    Pcg32 random(seed, "remove");
    for (int n = 0; n < 5; ++n) {
      const size_t at = random.below(static_cast<uint32_t>(journal.size()));
      if (wrong.contains(journal[at].seq)) continue;
      std::vector<Event> without = journal;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
      const Marksheet less = grade(*wheel_pack(), wheel_change(), Mode::kPractice, 7, without);
      ASSERT_LE(less.total_mp, whole.total_mp) << "seed " << seed << " without " << canonical(to_json(journal[at]));
      for (size_t i = 0; i < whole.marks.size(); ++i) ASSERT_LE(less.marks[i].awarded_mp, whole.marks[i].awarded_mp) << "seed " << seed << " " << whole.marks[i].id << " without " << canonical(to_json(journal[at]));
      ++tried;
    }
  }
  EXPECT_GT(tried, 3000);
}

// Two events that no pair of the graph relates may change places: the order's mark stays.
TEST(Properties, WhatIsInNoPairNeverCostsAMark) {
  const Exercise& e = wheel_change();
  const Truths truths = draw_truths(wheel_pack()->scene, 7);
  int tried = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const std::vector<Event> journal = any_journal(seed);
    const Marksheet before = grade(*wheel_pack(), e, Mode::kPractice, 7, journal);
    Pcg32 random(seed, "swap");
    for (int n = 0; n < 4; ++n) {
      const size_t at = random.below(static_cast<uint32_t>(journal.size() - 1));
      std::vector<Event> swapped = journal;
      std::swap(swapped[at], swapped[at + 1]);
      std::swap(swapped[at].seq, swapped[at + 1].seq);
      std::swap(swapped[at].t_ms, swapped[at + 1].t_ms);
      const Marksheet after = grade(*wheel_pack(), e, Mode::kPractice, 7, swapped);
      for (size_t i = 0; i < e.aspects.size(); ++i) {
        const Aspect& a = e.aspects[i];
        const auto is = [&](int which, const Event& x) {
          const Moment& m = e.moments[static_cast<size_t>(which)];
          const auto in = [](const auto& list, std::string_view name) { return list.empty() || std::find(list.begin(), list.end(), name) != list.end(); };
          return std::find(m.verbs.begin(), m.verbs.end(), x.verb) != m.verbs.end() && in(m.on, x.o) && in(m.at, x.text("at")) && in(m.tools, x.tool) &&
                 std::all_of(m.where.begin(), m.where.end(), [&](const Where& w) { return holds(w, truths, x); });
        };
        const auto relates = [&](const Pair& p) { return (is(p.first, journal[at]) && is(p.second, journal[at + 1])) || (is(p.second, journal[at]) && is(p.first, journal[at + 1])); };
        if (a.kind != RuleKind::kOrder || std::any_of(a.pairs.begin(), a.pairs.end(), relates)) continue;
        ASSERT_EQ(after.marks[i].awarded_mp, before.marks[i].awarded_mp) << "seed " << seed << " " << a.id << " swapping " << canonical(to_json(journal[at]));
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 10000);
}

TEST(Grade, LeavingOutWhatTheExpertDidNeverRaisesTheTotal) {
  const Trace expert = wheel_trace("expert");
  for (size_t i = 0; i < expert.actions.size(); ++i) {
    Session session(wheel_pack(), wheel_change(), {Mode::kAssessment, 7}, [](const Event&) { return ok(); });
    for (size_t k = 0; k < expert.actions.size() && !session.over(); ++k) {
      if (k != i) (void)play(session, expert, expert.actions[k]);  // what has become impossible is passed over
    }
    const Marksheet s = session.sheet();
    EXPECT_LE(s.total_mp, 100000) << i;
    expect_sane(s, "without action " + std::to_string(i) + " ");
  }
}

TEST(Grade, EveryFaultTraceCostsMarksInEveryMode) {
  for (const auto& entry : fs::directory_iterator(wheel_change().dir / "traces")) {
    const std::string name = entry.path().stem().string();
    if (name == "expert") continue;
    for (const Mode mode : {Mode::kAssessment, Mode::kPractice}) EXPECT_LT(played(wheel_trace(name), mode, 7).sheet().total_mp, 100000) << name;
  }
}

// ---------------------------------------------------------------- the sitting
TEST(Sitting, AnAssessmentStopsAtACriticalErrorAndPracticeGoesOn) {
  const Trace t = wheel_trace("fault_jack_off_point");
  Session a = played(t, Mode::kAssessment, 7), p = played(t, Mode::kPractice, 7);
  EXPECT_TRUE(a.over());
  EXPECT_EQ(a.events().back().text("reason"), "critical");
  EXPECT_FALSE(p.over());
  EXPECT_FALSE(p.critical().empty());
  EXPECT_TRUE(p.rewind());
  EXPECT_FALSE(p.critical().empty()) << "only guided mode takes back";
}

TEST(Sitting, TheClockOfAnAssessmentDoesNotStopPracticesMay) {
  for (const Mode mode : {Mode::kAssessment, Mode::kPractice}) {
    Session s(wheel_pack(), wheel_change(), {mode, 7}, [](const Event&) { return ok(); });
    EXPECT_EQ(s.act({Verb::kPause, "", "", "", 0, false, false, {}}).ok(), mode == Mode::kPractice);
    s.tick(kTicksPerSecond);
    EXPECT_EQ(s.t_ms(), mode == Mode::kPractice ? 0 : 1000);
  }
}

TEST(Sitting, GuidedModeTakesBackWhatLedToACriticalErrorAlsoAfterAResume) {
  Session s(wheel_pack(), wheel_change(), {Mode::kGuided, 7}, [](const Event&) { return ok(); });
  s.tick(120);
  ASSERT_TRUE(s.act({Verb::kWear, "gloves", "", "", 1, false, false, {}}));
  const uint32_t safe = s.events().back().seq;
  s.tick(120);
  const auto entered = s.act({Verb::kEnter, "under_car", "", "", 0, false, false, {}});
  (void)entered;
  Event under;
  under.seq = s.events().back().seq + 1;
  under.t_ms = s.t_ms();
  under.verb = Verb::kEnter;
  under.o = "under_car";
  under.with("lift_um", 1000).with("supports", 0);
  std::vector<Event> recorded = s.events();
  const uint32_t before = recorded.back().seq;
  EXPECT_GE(before, safe);
  recorded.push_back(under);
  Session resumed(wheel_pack(), wheel_change(), {Mode::kGuided, 7}, [](const Event&) { return ok(); });
  resumed.restore(recorded);
  EXPECT_EQ(resumed.critical(), "UNDER_CAR_ON_JACK");
  const Text rule = resumed.critical_rule();
  EXPECT_EQ(rule, wheel_pack()->text("asp.K1c")) << "the rubric's own words";
  EXPECT_EQ(resumed.taken_back(), Text{});
  ASSERT_TRUE(resumed.rewind());
  EXPECT_EQ(resumed.critical_rule(), Text{});
  EXPECT_EQ(resumed.taken_back(), rule);
  EXPECT_TRUE(resumed.critical().empty());
  EXPECT_EQ(resumed.events().back().verb, Verb::kRewind);
  EXPECT_EQ(resumed.events().back().number("to"), before);
  EXPECT_EQ(resumed.sheet().codes, std::vector<std::string>{"UNDER_CAR_ON_JACK"}) << "it is told, not marked";
  const Trace expert = wheel_trace("expert");
  const size_t step = resumed.step();
  for (size_t i = 0; i < expert.actions.size() && resumed.step() == step; ++i) {
    EXPECT_EQ(resumed.taken_back(), rule) << "until the step is done";
    (void)play(resumed, expert, expert.actions[i]);  // the gloves are worn already
  }
  ASSERT_GT(resumed.step(), step);
  EXPECT_EQ(resumed.taken_back(), Text{});
}

TEST(Sitting, GoingOnFromAnyPointEndsTheSame) {
  const Trace expert = wheel_trace("expert");
  const std::string whole = canonical(to_json(expert_sheet(Mode::kAssessment, 7)));
  for (size_t cut = 5; cut < expert.actions.size(); cut += 17) {
    Session first(wheel_pack(), wheel_change(), {Mode::kAssessment, 7}, [](const Event&) { return ok(); });
    for (size_t k = 0; k < cut; ++k) ASSERT_TRUE(play(first, expert, expert.actions[k]));
    Session second(wheel_pack(), wheel_change(), {Mode::kAssessment, 7}, [](const Event&) { return ok(); });
    second.restore(first.events());
    EXPECT_GE(second.t_ms(), first.events().back().t_ms);
    for (size_t k = cut; k < expert.actions.size(); ++k) ASSERT_TRUE(play(second, expert, expert.actions[k]));
    EXPECT_EQ(canonical(to_json(second.sheet())), whole) << cut;
  }
}

TEST(Sitting, TheClockStopsInAPause) {
  Session s(wheel_pack(), wheel_change(), {Mode::kPractice, 7}, [](const Event&) { return ok(); });
  s.tick(120);
  ASSERT_TRUE(s.act({Verb::kPause, "", "", "", 0, false, false, {}}));
  s.tick(1200);
  EXPECT_EQ(s.t_ms(), 1000);
  EXPECT_FALSE(s.act({Verb::kTake, "brush", "", "", 0, false, false, {}}));
  ASSERT_TRUE(s.act({Verb::kResume, "", "", "", 0, false, false, {}}));
  s.tick(120);
  EXPECT_EQ(s.t_ms(), 2000);
}

// ---------------------------------------------------------------- damaged input: no crash, no hang
TEST(Damage, BytesFlippedCutAndAddedNeverCrashAReader) {
  Pcg32 random(20260301, "damage");
  std::vector<std::pair<fs::path, std::string>> files;
  for (const auto& entry : fs::recursive_directory_iterator(shipped_pack_dir())) {
    if (entry.path().extension() == ".yaml" || entry.path().filename() == "expert.jsonl") files.emplace_back(entry.path(), *read_file(entry.path()));
  }
  ASSERT_GT(files.size(), 6u);
  Hands h(3);
  wander(h, 3, 40);
  std::string journal;
  for (const Event& e : h.all) journal += canonical(to_json(e)) + "\n";
  const fs::path temp = fs::path(SHIXUN_BUILD_DIR) / "damaged.jsonl", pack_dir = fs::path(SHIXUN_BUILD_DIR) / "damaged-pack";
  fs::remove_all(pack_dir);
  fs::copy(shipped_pack_dir(), pack_dir, fs::copy_options::recursive);
  const Trace expert = wheel_trace("expert");
  int loaded = 0;
  const char* pieces[] = {"{", "[", "\"", "'", ":", "- ", "&a ", "*a", "!!", "\n", "\t", "\xff", "99999999999999999999", "-", "$truth.", "$data.", "..", "| ", "{}", "\r"};
  const auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < 600 && std::chrono::steady_clock::now() - start < std::chrono::seconds(2); ++round) {
    const bool is_journal = round % 7 == 0;
    const auto& [path, whole] = files[random.below(static_cast<uint32_t>(files.size()))];
    std::string s = is_journal ? journal : whole;
    for (uint32_t k = 1 + random.below(4); k > 0 && !s.empty(); --k) {
      const size_t at = random.below(static_cast<uint32_t>(s.size()));
      switch (random.below(4)) {
        case 0: s[at] = static_cast<char>(s[at] ^ (1 << random.below(8))); break;
        case 1: s.resize(at); break;
        case 2: s.insert(at, pieces[random.below(std::size(pieces))]); break;
        default: s.erase(at, 1 + random.below(20)); break;
      }
    }
    if (is_journal) {
      (void)parse_journal(s, "j");
      // Line by line, past the chain: an event that reads is folded and graded whatever it says.
      std::vector<Event> events;
      World w(wheel_pack(), wheel_change(), 3);
      for (size_t begin = 0; begin < s.size();) {
        const size_t end = std::min(s.find('\n', begin), s.size());
        const auto j = nlohmann::json::parse(s.substr(begin, end - begin), nullptr, false);
        if (auto e = event_from_json(j)) {
          w.apply(*e);
          events.push_back(*e);
        }
        begin = end + 1;
      }
      (void)w.held_options();
      (void)to_json(grade(*wheel_pack(), wheel_change(), Mode::kPractice, 3, events));
    } else if (path.extension() == ".yaml") {
      // The whole pack with this one file damaged; what still loads must still run.
      const fs::path rel = fs::relative(path, shipped_pack_dir());
      std::ofstream(pack_dir / rel, std::ios::binary) << s;
      PackLoad load = load_pack(pack_dir);
      EXPECT_TRUE(load.pack || !load.errors.empty());
      if (load.pack && !load.pack->exercises.empty()) {
        ++loaded;
        const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
        Session session(pack, pack->exercises.front(), {Mode::kPractice, 3}, [](const Event&) { return ok(); });
        for (size_t k = 0; k < expert.actions.size(); k += 1 + random.below(3)) (void)play(session, expert, expert.actions[k]);
        (void)to_json(session.sheet());
      }
      std::ofstream(pack_dir / rel, std::ios::binary) << whole;
    } else {
      std::FILE* f = std::fopen(temp.c_str(), "wb");
      ASSERT_TRUE(f);
      std::fwrite(s.data(), 1, s.size(), f);
      std::fclose(f);
      if (auto t = read_trace(temp)) {
        Session session(wheel_pack(), wheel_change(), {Mode::kPractice, 3}, [](const Event&) { return ok(); });
        for (const TraceAction& a : t->actions) (void)play(session, *t, a);
      }
    }
  }
  EXPECT_GT(loaded, 0);
}

TEST(Damage, EventsWithAbsurdNumbersAreRefusedAtTheDoor) {
  for (const char* bad : {R"({"seq":1,"t":1,"v":"record","o":"spare_tread","a":{"length_um":9223372036854775807}})", R"({"seq":1,"t":1,"v":"record","o":"x","a":{"length_um":-9223372036854775808}})",
                          R"({"seq":1,"t":9223372036854775807,"v":"finish"})", R"({"seq":1,"t":-1,"v":"finish"})", R"({"seq":4294967296,"t":1,"v":"finish"})", R"({"seq":1,"t":1,"v":"take","a":{"n":1.5}})",
                          R"({"seq":1,"t":1,"v":"take","a":{"n":18446744073709551615}})", R"({"seq":1,"t":1,"v":"take","a":{"n":true}})", R"({"seq":1,"t":1,"v":"fly"})", R"([1])"})
    EXPECT_FALSE(event_from_json(nlohmann::json::parse(bad))) << bad;
}
