// Help that does a step for the trainee: from wherever an expert or a clumsy trainee has got to, what is planned reaches the step's goal, or
// nothing is planned.

#include "engine/training/help.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/training/input.h"
#include "engine/training/moments.h"
#include "pack_fixture.h"

using namespace shixun;

namespace {

struct Setting {
  std::shared_ptr<const Pack> pack;
  const Exercise* exercise = nullptr;
  std::vector<ExpertAttempt> experts;

  explicit Setting(const char* name) : pack(pack_of(fs::path(SHIXUN_SOURCE_DIR) / "scenarios" / name)), exercise(&pack->exercises.front()) {
    auto read = expert_attempts(pack, *exercise);
    EXPECT_TRUE(read) << (read ? "" : read.error().text());
    if (read) experts = std::move(*read);
  }

  Session begin(uint64_t seed, Mode mode = Mode::kPractice) const {
    return Session(pack, *exercise, {mode, seed}, [](const Event&) { return ok(); });
  }

  // As far as the expert's act number n, which is not done.
  Session begin(const ExpertAttempt& expert, size_t n, Mode mode = Mode::kPractice) const {
    Session session = begin(expert.trace.seed, mode);
    for (size_t i = 0; i < n; ++i) EXPECT_TRUE(play(session, expert.trace, expert.acts[i].recorded));
    session.advance_to(expert.acts[n].recorded.t_ms);
    return session;
  }
};

// As the window does it: each act when its time has come, and a frame later.
::testing::AssertionResult do_all(Session& session, const std::vector<HelpAct>& acts) {
  for (const HelpAct& a : acts) {
    session.advance_to(session.t_ms() + a.wait_ms + 40);
    const auto events = session.act(a.action, Actor::kHelp);
    if (!events) return ::testing::AssertionFailure() << verb_name(a.action.verb) << " " << a.action.o << " " << a.action.at << ": " << events.error().what;
    for (const Event& e : *events)
      if (e.text("by") != "help" && e.verb != Verb::kFinish) return ::testing::AssertionFailure() << "not marked: " << to_json(e);
  }
  return ::testing::AssertionSuccess();
}

std::string list(const std::vector<HelpAct>& acts) {
  std::string out;
  for (const HelpAct& a : acts) out += std::string("  ") + verb_name(a.action.verb) + " " + a.action.o + " " + a.action.at + a.action.value + "\n";
  return out;
}

// Whether all that is left of a step is to hand in.
bool only_handing_in(const Session& session, const Step& step) {
  const auto events = effective_events(session.events());
  const Found found(session.world().exercise(), session.world().truths(), events);
  return std::all_of(step.goal.begin(), step.goal.end(), [&](int m) { return found.happened(m) || session.world().exercise().moments[static_cast<size_t>(m)].verbs.front() == Verb::kFinish; });
}

// From before each act by which an expert, and none before, came on with a step.
void from_every_act(const char* pack) {
  const Setting bench(pack);
  ASSERT_FALSE(bench.experts.empty());
  std::set<std::string> seen;
  for (const ExpertAttempt& expert : bench.experts) {
    for (size_t n = 0; n < expert.acts.size(); ++n) {
      const std::vector<int>& goal = bench.exercise->steps[std::min(static_cast<size_t>(expert.acts[n].step), bench.exercise->steps.size() - 1)].goal;
      if (std::none_of(goal.begin(), goal.end(), [&](int m) { return expert.acts[n].moments.contains(m); })) continue;
      const Action& shown = expert.acts[n].recorded.action;
      if (!seen.insert(std::string(verb_name(shown.verb)) + " " + shown.o + " " + shown.at + " " + shown.value).second) continue;
      Session session = bench.begin(expert, n);
      const size_t at = session.step();
      const Step& step = bench.exercise->steps[at];
      const std::string where = expert.trace.file + ":" + std::to_string(expert.acts[n].recorded.line) + " " + step.id + "\n";
      const auto acts = plan_help(session, bench.experts);
      if (only_handing_in(session, step)) {
        EXPECT_TRUE(acts.empty()) << where;
        continue;
      }
      const auto codes = session.sheet().codes;
      ASSERT_FALSE(acts.empty()) << where;
      ASSERT_TRUE(do_all(session, acts)) << where << list(acts);
      EXPECT_TRUE(session.step() > at || only_handing_in(session, step)) << where << list(acts);
      EXPECT_EQ(session.sheet().codes, codes) << where << list(acts);
    }
  }
}

// With nothing but help from the beginning to the end, in the modes that give it; the seeds in the one that leaves least open.
void by_help_alone(const char* pack, uint64_t seeds) {
  const Setting bench(pack);
  for (const Mode mode : {Mode::kGuided, Mode::kPractice, Mode::kVisitor}) {
    for (uint64_t seed = 1; seed <= (mode == Mode::kGuided ? seeds : 1); ++seed) {
      Session session = bench.begin(seed, mode);
      while (!only_handing_in(session, bench.exercise->steps.back())) {
        const size_t at = session.step();
        const auto acts = plan_help(session, bench.experts);
        ASSERT_FALSE(acts.empty()) << mode_name(mode) << " " << seed << " " << bench.exercise->steps[at].id;
        ASSERT_TRUE(do_all(session, acts)) << mode_name(mode) << " " << seed << " " << bench.exercise->steps[at].id << "\n" << list(acts);
        ASSERT_TRUE(session.step() > at || only_handing_in(session, bench.exercise->steps[at]));
      }
      Action finish;
      finish.verb = Verb::kFinish;
      ASSERT_TRUE(session.act(finish));
      EXPECT_TRUE(session.sheet().codes.empty()) << mode_name(mode) << " " << seed << " " << session.sheet().codes.front();
      EXPECT_GE(session.sheet().total_mp, 80000) << mode_name(mode) << " " << seed;
    }
  }
}

// Does things at random, as far as they can be done.
void fumble(Session& session, std::mt19937& rng, int times) {
  const Scene& scene = session.world().scene();
  for (int i = 0; i < times * 40 && times > 0; ++i) {
    std::vector<Option> options = session.world().options(static_cast<int>(rng() % scene.objects.size()));
    if (session.world().held() >= 0 && rng() % 3 == 0) {
      options.clear();
      for (const int socket : session.world().open_sockets()) options.push_back(session.world().put_option(socket));
    }
    if (options.empty()) continue;
    Action a = options[rng() % options.size()].action;
    if (a.verb == Verb::kTurn) a.amount *= 36000;
    if (a.verb == Verb::kRaise || a.verb == Verb::kLower) a.amount *= 20000;
    session.advance_to(session.t_ms() + 1500);
    if (session.act(a)) --times;
  }
}

// From states that clumsy trainees have got to, at draws of which there is no expert's attempt. `least`: of 100, how often it must help.
void from_anywhere(const char* pack, int least) {
  const Setting bench(pack);
  int asked = 0, helped = 0;
  std::string story;
  for (unsigned n = 0; n < 20; ++n) {
    std::mt19937 rng(n);
    Session session = bench.begin(100 + n);
    const ExpertAttempt& expert = bench.experts[n % bench.experts.size()];
    for (size_t i = 0, far = rng() % expert.acts.size(); i < far; ++i) (void)play(session, expert.trace, expert.acts[i].recorded);  // what fits this draw
    fumble(session, rng, 3);
    if (session.over() || session.step() >= bench.exercise->steps.size()) continue;
    const size_t at = session.step();
    const Step& step = bench.exercise->steps[at];
    if (only_handing_in(session, step)) continue;
    ++asked;
    const auto acts = plan_help(session, bench.experts);
    if (acts.empty()) {
      story += std::to_string(n) + " " + step.id + "\n";
      continue;
    }
    const std::string critical = session.critical();
    EXPECT_TRUE(do_all(session, acts)) << n << " " << step.id << "\n" << list(acts);
    EXPECT_TRUE(session.step() > at || only_handing_in(session, step)) << n << " " << step.id << "\n" << list(acts);
    EXPECT_EQ(session.critical(), critical) << n << " " << step.id << "\n" << list(acts);
    ++helped;
  }
  EXPECT_GT(asked, 10);
  EXPECT_GE(helped * 100, asked * least) << pack << ": " << helped << " of " << asked << "; no help with\n" << story;
}

}  // namespace

TEST(Help, DoesEveryStepOfTheWheelChange) { from_every_act("auto-repair"); }
TEST(Help, DoesEveryStepOfTheSensorFault) { from_every_act("smart-manufacturing"); }
TEST(Help, DoesEveryStepOfTheCheckIn) { from_every_act("tourism-service"); }

TEST(Help, DoesAWholeExercise) {
  by_help_alone("auto-repair", 1);
  by_help_alone("smart-manufacturing", 4);
  by_help_alone("tourism-service", 3);
}

TEST(Help, FromWhereClumsyTraineesGot) {
  from_anywhere("auto-repair", 90);
  from_anywhere("smart-manufacturing", 90);
  from_anywhere("tourism-service", 90);
}

// What help did is told from what the trainee did, in the events and in the inputs that prove them.
TEST(Help, IsAmongTheInputsAsHelp) {
  const Setting bench("tourism-service");
  std::vector<InputsAfter> inputs;
  std::vector<Event> events;
  Session session(bench.pack, *bench.exercise, {Mode::kPractice, 1},
                  [&](const Event& e) {
                    events.push_back(e);
                    return ok();
                  },
                  [&](const std::vector<SessionInput>& sent) {
                    inputs.push_back({events.size(), sent});
                    return ok();
                  });
  while (session.step() < 3) ASSERT_TRUE(do_all(session, plan_help(session, bench.experts)));
  for (InputsAfter& list : inputs) {
    auto read = inputs_from_json(to_json(list.inputs));
    ASSERT_TRUE(read) << read.error().text();
    list.inputs = std::move(*read);
  }
  EXPECT_TRUE(replay_inputs(bench.pack, *bench.exercise, {Mode::kPractice, 1}, inputs, events).same);
  ASSERT_EQ(inputs[1].inputs.back().actor, Actor::kHelp);
  inputs[1].inputs.back().actor = Actor::kTrainee;
  EXPECT_FALSE(replay_inputs(bench.pack, *bench.exercise, {Mode::kPractice, 1}, inputs, events).same);
}

TEST(Help, CostsTheMarksOfItsStep) {
  const Setting bench("auto-repair");
  Session session = bench.begin(1);
  const Step& secure = bench.exercise->steps[1];
  ASSERT_EQ(secure.aspects.front(), "S1");
  while (session.step() < 9) ASSERT_TRUE(do_all(session, plan_help(session, bench.experts)));
  const auto mark = [&] {
    const std::vector<Mark> marks = session.sheet().marks;
    return std::find_if(marks.begin(), marks.end(), [](const Mark& m) { return m.id == "S1"; })->awarded_mp;
  };
  EXPECT_GT(mark(), 0);
  Action hint;
  hint.verb = Verb::kHint;
  hint.o = secure.id;
  hint.amount = 4;
  ASSERT_TRUE(session.act(hint));
  EXPECT_EQ(mark(), 0);
}
