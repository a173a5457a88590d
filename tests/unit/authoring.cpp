// What helps an author: slips that no mark notices, lint, changes taken over while somebody plays, and a report of an attempt.

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "engine/base/hash.h"
#include "engine/records/attempt.h"
#include "engine/records/explain.h"
#include "engine/training/check.h"
#include "engine/training/lint.h"
#include "engine/training/pack_watch.h"
#include "engine/training/reload.h"
#include "tests/unit/wheel_fixture.h"

using namespace shixun;

namespace {

class Author : public testing::Test {
 protected:
  void SetUp() override {
    dir = fs::temp_directory_path() / ("shixun-author-" + uuid_v4());
    fs::create_directories(dir);
    fs::copy(fs::path(SHIXUN_SOURCE_DIR) / "tests/packs/base", dir, fs::copy_options::recursive);
  }
  void TearDown() override {
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
  void replace(const std::string& file, const std::string& from, const std::string& to) {
    std::string s = *read_file(dir / file);
    ASSERT_NE(s.find(from), std::string::npos) << file;
    ASSERT_TRUE(write_file(dir / file, s.replace(s.find(from), from.size(), to)));
  }
  std::string warnings() {
    std::string all;
    for (const Error& e : check_pack(dir).warnings) all += e.text() + "\n";
    return all;
  }
  fs::path dir;
};

}  // namespace

TEST(Mutation, WheelChangeOverlooksAtMostThreePercentAndExplainsEach) {
  const CheckReport r = check_pack(shipped_pack_dir());
  for (const Error& e : r.errors) ADD_FAILURE() << e.text();
  for (const Error& e : r.warnings) ADD_FAILURE() << e.text();
  ASSERT_EQ(r.mutations.size(), 1u);
  size_t unnoticed = 0;
  std::map<Mutant::Kind, int> kinds;
  for (const Mutant& m : r.mutations[0].mutants) {
    ++kinds[m.kind];
    if (!m.noticed()) ++unnoticed;
  }
  EXPECT_LE(unnoticed * 100, r.mutations[0].mutants.size() * 3) << unnoticed << " of " << r.mutations[0].mutants.size();
  EXPECT_GT(kinds[Mutant::Kind::kDrop], 100);
  EXPECT_GT(kinds[Mutant::Kind::kSwap], 100);
  EXPECT_GT(kinds[Mutant::Kind::kPerturb], 200);
}

// Of the wheel change by hand: the first setting is 50 N·m, its window 45-55 and the wrench's step 1 N·m, so the least slips are 44 and 56;
// the wheel stands 35 mm clear, its window 20-50 and the jack's step 1 mm: 16 mm too high or low.
TEST(Mutation, AmountsAreOffByTheLeastThatLeavesTheWindow) {
  const auto m = mutate(wheel_pack(), wheel_change(), wheel_trace("expert"));
  ASSERT_TRUE(m);
  std::set<std::string> changes;
  for (const Mutant& x : m->mutants) changes.insert(x.change);
  for (const char* expected : {"perturb set torque_wrench 50 N·m: +6.0 N·m", "perturb set torque_wrench 50 N·m: -6.0 N·m", "perturb raise jack to 261 mm: +16.0 mm", "perturb raise jack to 261 mm: -16.0 mm",
                               "perturb take torque_wrench: wheel_brace", "perturb place jack at car.jack_fl: at car.sill_mid", "perturb say advice_retorque: advice_none",
                               "perturb measure wheel_spare.valve: wheel_fl.valve", "drop finish", "perturb turn nut_1 1 turn until click: past the click"}) {
    EXPECT_TRUE(changes.contains(expected)) << expected;
  }
}

TEST_F(Author, AnUnnoticedSlipIsNamedUntilItIsExplained) {
  // Nobody marks what the trainee writes any more.
  replace("exercises/brake/rubric.yaml", "max: 60, rule: done", "max: 100, rule: done");
  replace("exercises/brake/rubric.yaml", "      - {id: note, title: asp.note, lens: outcome, max: 40, rule: record, field: note, truth: fine}\n", "");
  EXPECT_NE(warnings().find("expert.jsonl:3:1: no mark notices: drop record note fine"), std::string::npos) << warnings();
  ASSERT_TRUE(write_file(dir / "exercises/brake/unnoticed.yaml", "unnoticed:\n  - {change: \"* record note *\", why: \"Nothing to note here\"}\n"));
  EXPECT_EQ(warnings().find("drop record"), std::string::npos) << warnings();
}

TEST_F(Author, LintNamesWhatAnAuthorWouldWantToKnow) {
  replace("strings/en.yaml", "step.hint: Pull the lever", "step.hint: 拉 the lever to 30 Nm (Tab)");
  replace("strings/en.yaml", "obj.wrench: wrench", "obj.wrench: a wrench with a name that is far too long for its panel\nunused.key: Nobody");
  replace("strings/zh-CN.yaml", "obj.wrench: ", "unused.key: \"没有人\"\nobj.wrench: ");
  replace("exercises/brake/scenario.yaml", "  pulled: {do", "  idle: {do: finish}\n  pulled: {do");
  replace("exercises/brake/scenario.yaml", "aspects: [pull], ", "");
  const std::string w = warnings();
  for (const char* expected : {"en.yaml:13:12: 'step.hint' is English but holds Chinese", "'step.hint' writes the unit 'Nm'. Write N·m", "'step.hint' names 'Tab'", "an object's name has room for 32", "'unused.key' is used nowhere",
                               "nobody uses the moment 'idle'", "no mark depends on the step 'pull'"}) {
    EXPECT_NE(w.find(expected), std::string::npos) << expected << "\n" << w;
  }
}

TEST(Lint, AChineseCharacterTakesTwoColumns) {
  EXPECT_EQ(columns_of("N·m"), 3);
  EXPECT_EQ(columns_of("扭力扳手"), 8);
  EXPECT_EQ(columns_of("（旧）"), 6);
}

TEST(Lint, EveryMomentOfTheWheelChangeCanHappen) {
  for (const Moment& m : wheel_change().moments) EXPECT_EQ(impossible(*wheel_pack(), wheel_change(), m), "") << m.name;
  Moment m = wheel_change().moments.front();
  m.verbs = {Verb::kTurn};
  m.on = {"gloves"};
  EXPECT_EQ(impossible(*wheel_pack(), wheel_change(), m), "'gloves' can never be what 'turn' asks for");
}

TEST_F(Author, ReloadTellsWordsFromRulesFromTheScene) {
  const auto before = std::make_shared<const Pack>(std::move(*load_pack(dir).pack));
  EXPECT_EQ(reload(*before).change, PackChange::kNone);
  EXPECT_FALSE(reload(*before).pack);
  replace("strings/en.yaml", "Brake let go", "Brake slipped");
  EXPECT_EQ(reload(*before).change, PackChange::kWords);
  replace("exercises/brake/rubric.yaml", "severity: minor", "severity: major");
  EXPECT_EQ(reload(*before).change, PackChange::kRules);
  replace("data/sheet.yaml", "brake_pull: {value: \"", "brake_pull: {value: \"1");
  EXPECT_EQ(reload(*before).change, PackChange::kScene);
  replace("scene.yaml", "initial: released", "initial: nowhere");
  const Reload broken = reload(*before);
  EXPECT_FALSE(broken.pack);
  ASSERT_FALSE(broken.errors.empty());
  EXPECT_NE(broken.errors[0].where.find("scene.yaml:6:"), std::string::npos) << broken.errors[0].where;
}

TEST_F(Author, ASittingGoesOnUnderNewRulesAtTheSameTick) {
  auto pack = std::make_shared<const Pack>(std::move(*load_pack(dir).pack));
  Session s(pack, pack->exercises[0], {Mode::kPractice, 1}, [](const Event&) { return ok(); });
  s.advance_to(1000);
  ASSERT_TRUE(s.act({Verb::kSet, "brake", "", "pulled", 0, false, false, {}}));
  s.advance_to(5000);
  EXPECT_EQ(s.live_sheet().total_mp, 60000);
  replace("exercises/brake/rubric.yaml", "max: 60", "max: 70");
  replace("exercises/brake/rubric.yaml", "max: 40", "max: 30");
  Reload next = reload(*pack);
  ASSERT_TRUE(next.pack);
  ASSERT_TRUE(s.change_pack(next.pack));
  EXPECT_EQ(s.t_ms(), 5000);
  EXPECT_EQ(s.live_sheet().total_mp, 70000);
  EXPECT_EQ(s.world().state(s.world().scene().find_object("brake")).state, "pulled");
  // The scene too: the world is built again, and what happened still has.
  replace("scene.yaml", "states: [released, pulled], initial: released", "states: [pulled, released], initial: released");
  Reload scene = reload(*next.pack);
  ASSERT_TRUE(scene.pack);
  EXPECT_EQ(scene.change, PackChange::kScene);
  ASSERT_TRUE(s.change_pack(scene.pack));
  EXPECT_EQ(s.t_ms(), 5000);
  EXPECT_EQ(s.world().state(s.world().scene().find_object("brake")).state, "pulled");
  ASSERT_TRUE(s.act({Verb::kRecord, "note", "", "fine", 0, false, false, {}}));
  EXPECT_EQ(s.live_sheet().total_mp, 100000);
}

TEST_F(Author, NoPackChangesUnderAnAssessment) {
  auto pack = std::make_shared<const Pack>(std::move(*load_pack(dir).pack));
  Session s(pack, pack->exercises[0], {Mode::kAssessment, 1}, [](const Event&) { return ok(); });
  EXPECT_FALSE(s.change_pack(pack));
}

TEST_F(Author, AnAttemptThatIsTriedOutGoesOnUnderAnEditedPackAndIsNotKept) {
  auto pack = std::make_shared<const Pack>(std::move(*load_pack(dir).pack));
  Attempt a = try_out(pack, pack->exercises[0], {Mode::kPractice, 1});
  EXPECT_FALSE(a.recorded());
  ASSERT_TRUE(a.session().act({Verb::kSet, "brake", "", "pulled", 0, false, false, {}}));
  replace("exercises/brake/rubric.yaml", "max: 60", "max: 70");
  replace("exercises/brake/rubric.yaml", "max: 40", "max: 30");
  const Reload next = reload(*pack);
  ASSERT_TRUE(next.pack);
  ASSERT_TRUE(a.change_pack(next.pack));
  EXPECT_EQ(a.pack(), next.pack);
  EXPECT_EQ(&a.exercise(), &next.pack->exercises[0]);
  EXPECT_TRUE(a.flush());
  const auto closed = close_attempt(std::move(a));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->sheet.total_mp, 70000);
  EXPECT_TRUE(closed->uuid.empty());
  EXPECT_TRUE(closed->journal.empty());
}

TEST_F(Author, AWatchGivesTheNewPackOnceAndKeepsTheLastGoodOne) {
  const auto pack = std::make_shared<const Pack>(std::move(*load_pack(dir).pack));
  PackWatch watch(pack);
  const auto news = [&]() -> std::optional<Reload> {
    for (int i = 0; i < 500; ++i) {
      if (auto r = watch.take()) return r;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::nullopt;
  };
  for (int i = 0; i < 30; ++i) {  // nothing changes: nothing is told
    EXPECT_FALSE(watch.take());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  replace("strings/en.yaml", "Brake let go", "Brake slipped");
  auto words = news();
  ASSERT_TRUE(words && words->pack);
  EXPECT_EQ(words->change, PackChange::kWords);
  EXPECT_EQ(watch.pack(), words->pack);
  EXPECT_EQ(watch.pack()->text("asp.slip").en, "Brake slipped");
  replace("exercises/brake/rubric.yaml", "severity: minor", "severity: little");
  const auto broken = news();
  ASSERT_TRUE(broken && !broken->pack && !broken->errors.empty());
  EXPECT_NE(broken->errors[0].where.find("rubric.yaml:8:"), std::string::npos) << broken->errors[0].where;
  EXPECT_EQ(watch.pack(), words->pack);
  replace("exercises/brake/rubric.yaml", "severity: little", "severity: minor");
  const auto mended = news();  // as it was: no new pack, and no errors any more
  ASSERT_TRUE(mended);
  EXPECT_TRUE(mended->errors.empty());
  EXPECT_FALSE(mended->pack);
}

TEST(Explain, TellsEveryMarkInBothLanguagesAndTrustsNobody) {
  const Session s = played(wheel_trace("fault_circular_order"), Mode::kAssessment, 7);
  Journal j;
  j.header.exercise = "auto-repair/wheel-change";
  j.header.seed = 7;
  j.header.trainee = "<script>alert(1)</script>";
  j.header.pack_sha256 = wheel_pack()->sha256;
  j.events = s.events();
  const std::string html = explain_html(wheel_pack(), wheel_change(), j, {Lang::kZh, Lang::kEn});
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  for (const Aspect& a : wheel_change().aspects) {
    EXPECT_NE(html.find(">" + a.id + "</span>"), std::string::npos) << a.id;
  }
  for (const char* expected : {"88.3 N·m – 107.9 N·m", "STAR_ORDER_1", "标准操作", "The expert", "得分", "State when handed in"}) EXPECT_NE(html.find(expected), std::string::npos) << expected;
  // People's words only: no id of an object, socket or moment.
  for (const char* id : {"car.stud_", "wheel_spare", "nut_1", "tray.", "torque_end", "snug<", "pass_1"}) EXPECT_EQ(html.find(id), std::string::npos) << id;
}
