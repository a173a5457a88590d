// The language of conditions: what it computes, what it refuses and where, what it remembers of an attempt.

#include "engine/training/expression.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "engine/base/random.h"
#include "engine/training/lint_truths.h"
#include "engine/training/moments.h"
#include "engine/training/yaml.h"

using namespace shixun;

namespace {

constexpr std::array kArguments = {ArgName{"torque", "torque_dnm"}, ArgName{"lift", "lift_um"}, ArgName{"voltage", "voltage_mv"}, ArgName{"resistance", "resistance_mohm"},
                                   ArgName{"on", "on"}, ArgName{"state", "state", true}, ArgName{"value", "value", true}, ArgName{"spot", "at", true}};

Moment moment(const std::string& name, Verb verb, std::vector<std::string> on = {}) {
  Moment m;
  m.name = name;
  m.verbs = {verb};
  m.on = std::move(on);
  return m;
}

// A small place: two levers, gloves, a work order with one choice, some truths and data; an exercise of a few moments.
class Conditions : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* id : {"brake", "gear", "gloves", "jack", "wheel-off"}) pack.scene.objects.emplace_back().id = id;
    pack.scene.objects[0].lever = LeverDef{{"released", "applied"}, "released"};
    pack.scene.objects[1].lever = LeverDef{{"d", "p"}, "d"};
    pack.data["bus"] = {{350000, Unit::kVoltage}, Quantity{300000, Unit::kVoltage}, Quantity{400000, Unit::kVoltage}, ""};
    Truth gap, fault, verdict;
    gap.name = "gap", gap.unit = Unit::kLength, gap.from = 1000, gap.to = 9000, gap.step = 1000;
    fault.name = "fault", fault.is_word = true, fault.group = {"wire", "pin"};
    verdict.name = "verdict", verdict.is_word = true;
    pack.scene.truths = {gap, fault, verdict};
    exercise.sheet.push_back({"note", "field.note", Unit::kCount, true, {"fine", "worn"}});
    exercise.moments = {moment("dropped", Verb::kDrop), moment("gloved", Verb::kWear, {"gloves"}), moment("both_set", Verb::kSet, {"brake", "gear"}), moment("set_now", Verb::kSet, {"brake", "gear"}),
                        moment("lifted", Verb::kRaise, {"jack"})};
    exercise.moments[2].all = true;
    exercise.moments[3].last = true;
    truths.numbers = {2000, 0, 0};
    truths.words = {"", "pin", "fine"};
  }

  std::optional<Expression> compile(const std::string& text, bool event = true) {
    problems.clear();
    return compile_expression(text, {pack, &exercise, event ? &exercise.moments[2] : nullptr, kArguments, &exercise.remembered, nullptr}, problems);
  }
  // Whether it holds at an event that says torque 90 N·m, voltage 12 V, state applied, done at 2:00 to the brake by hand.
  bool is(const std::string& text) {
    const auto e = compile(text);
    for (const auto& p : problems) ADD_FAILURE() << text << ": " << p.at << ": " << p.what;
    Event event;
    event.t_ms = 120'000, event.o = "brake", event.tool = "hand";
    event.with("torque_dnm", 900).with("voltage_mv", 12000).with("state", std::string_view("applied"));
    Past past;
    past.moments.resize(exercise.moments.size());
    past.last.resize(exercise.remembered.size());
    return e && holds(*e, truths, &past, &event);
  }
  void refuses(const std::string& text, size_t at, const std::string& what, bool event = true) {
    EXPECT_FALSE(compile(text, event)) << text;
    ASSERT_FALSE(problems.empty()) << text;
    EXPECT_EQ(problems[0].at, at) << text << ": " << problems[0].what;
    EXPECT_NE(problems[0].what.find(what), std::string::npos) << text << ": " << problems[0].what;
  }

  Pack pack;
  Exercise exercise;
  Truths truths;
  std::vector<ExpressionProblem> problems;
};

Event at(int64_t s, Verb verb, const std::string& o) {
  Event e;
  e.t_ms = s * 1000, e.verb = verb, e.o = o;
  return e;
}

void number(std::vector<Event>& events) {
  for (size_t i = 0; i < events.size(); ++i) events[i].seq = static_cast<uint32_t>(i + 1);
}

}  // namespace

TEST_F(Conditions, HoldAsWritten) {
  for (const char* yes : {"torque == 90 N·m", "torque >= 90 N·m and torque <= 90 N·m", "torque in 88.3 N·m .. 107.9 N·m", "not torque < 60 N·m", "voltage < 60 V", "12 V == 12000 mV",
                          "state == applied", "state != released", "state == 'applied'", "object == brake", "tool == hand", "time == 2 min", "time in 1 min .. 200 s",
                          "$truth.gap == 2 mm", "$truth.fault == pin", "$truth.gap < 3 mm or $truth.fault == wire", "$data.bus == 350 V", "voltage * 25 in $data.bus.min .. $data.bus.max",
                          "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 - 2 - 1 == 4", "8 / 2 / 2 == 2", "-3 mm < 0 mm", "- -3 == 3", "abs(-3 mm) == 3 mm", "min(3, 1, 2) == 1", "max(3, 1, 2) == 3",
                          "1 < 2 or 1 > 2 and 1 > 2", "not 1 > 2 and 1 < 2", "1 == 1 and not (1 == 2 or 2 == 1)", "0.1 ohm < 550 MΩ", "550 Mohm == 550000 kΩ", "-40 °C < 20 °C", "1.5 kg > 800 g",
                          "125 N == 0.125 kN", "250 mm/s == 0.25 m/s", "600 r/min > 400 r/min", "20 mA == 0.02 A", "1 turn == 360 deg"}) EXPECT_TRUE(is(yes)) << yes;
  for (const char* no : {"torque > 90 N·m", "state == released", "$truth.fault == wire", "torque in 91 N·m .. 99 N·m", "torque in 99 N·m .. 60 N·m", "1 > 2", "not (1 < 2)", "1 < 2 and 2 < 1", "object != brake"}) EXPECT_FALSE(is(no)) << no;
}

TEST_F(Conditions, CountInExactFractions) {
  // 1/3 * 3 is 1, and 10 mm shared by 3, put together again, is 10 mm: nothing is rounded on the way.
  for (const char* yes : {"1 / 3 * 3 == 1", "10 mm / 3 + 10 mm / 3 + 10 mm / 3 == 10 mm", "1 / 3 < 1 / 2", "-1 / 3 > -1 / 2", "1 / -2 == -1 / 2", "7 / 2 > 3", "7 / 2 < 4"}) EXPECT_TRUE(is(yes)) << yes;
  // Half of 90 N·m is 45; 45 of 90 is 50 %; 50 % of 50 % is 25 %; 10 mm are 50 % of 20 mm; 200 % of 3 is a ratio still.
  for (const char* yes : {"torque * 50 % == 45 N·m", "50 % * torque == 45 N·m", "45 N·m / torque == 50 %", "50 % * 50 % == 25 %", "10 mm / 50 % == 20 mm", "20 mm / 10 mm == 200 %", "50 % * 4 == 200 %", "50 % / 25 % == 200 %",
                          "torque / 3 / 3 * 9 == torque"}) EXPECT_TRUE(is(yes)) << yes;
}

TEST_F(Conditions, AreFalseWhereThereIsNoValue) {
  // The event says nothing of lift; dividing by zero, and numbers beyond 63 bits, are no values either. Not even != holds then.
  for (const char* no : {"lift == 0 mm", "lift != 0 mm", "lift < 1 mm", "lift >= 0 mm", "lift + 1 mm > 0 mm", "lift in 0 mm .. 9 mm", "value != fine", "1 / 0 == 1", "1 / 0 != 1", "0 / 0 == 0 / 0",
                         "1000000000 * 1000000000 * 1000000000 > 1", "since(lifted) >= 0 s", "last(lifted, torque) != 1 N·m", "min(lift, 0 mm) == 0 mm", "abs(lift) >= 0 mm", "-lift == 0 mm"}) EXPECT_FALSE(is(no)) << no;
  EXPECT_TRUE(is("not lift == 0 mm"));
  EXPECT_TRUE(is("not since(lifted) < 5 s"));
}

TEST_F(Conditions, AreRefusedAtTheVeryToken) {
  refuses("torque > 60 V", 9, "a torque cannot be compared with a voltage");
  refuses("torque in 60 N·m .. 90 V", 21, "a torque cannot be compared with a voltage");
  refuses("time + 3 mm > 5 s", 7, "a time cannot be added to a length");
  refuses("lift > 0", 7, "a length cannot be compared with a count");
  refuses("lift > 3 furlong", 9, "unknown unit 'furlong'");
  refuses("torque * lift > 1", 9, "a torque cannot be multiplied by a length");
  refuses("1 / lift > 1", 4, "a count cannot be divided by a length");
  refuses("min(1, 2 mm) > 1", 7, "a count cannot be compared with a length");
  refuses("twist > 3 N·m", 0, "'twist' is not a number here");
  refuses("torque", 0, "a torque is not a condition");
  refuses("applied", 0, "'applied' is not a condition");
  refuses("torque > 1 N·m and 3", 20, "a count is not a condition");
  refuses("not torque", 4, "a torque is not a condition");
  refuses("state == 3", 9, "state is a word and cannot be compared with a count");
  refuses("state == on", 9, "state is a word and cannot be compared with a count");
  refuses("state < applied", 6, "words have no order");
  refuses("state == p and state == oiled", 24, "'oiled' is nothing that state can be");
  refuses("last(brake, state) == p", 22, "'p' is nothing that last(brake, state) can be");
  refuses("object == gloves", 10, "'gloves' is nothing that object can be");
  refuses("tool == hammer", 8, "'hammer' is nothing that tool can be");
  refuses("$truth.fault == fuse", 16, "'fuse' is nothing that $truth.fault can be");
  refuses("$truth.nothing > 3", 0, "no truth 'nothing'");
  refuses("$data.nothing > 3", 0, "no entry 'nothing'");
  refuses("$data.bus.mean > 3 V", 0, "no entry 'bus.mean'");
  refuses("$other.bus > 3 V", 0, "neither $truth.name nor $data.name");
  refuses("happened(flew)", 9, "no moment 'flew'");
  refuses("last(flew, torque) > 3 N·m", 5, "no moment in scenario.yaml and no object");
  refuses("last(jack, hue) > 3 N·m", 11, "an event has no 'hue'");
  refuses("worn(gloves)", 0, "there is no 'worn(...)'");
  refuses("", 0, "the condition is empty");
  refuses("torque >", 8, "the condition ends here");
  refuses("(torque > 3 N·m", 16, "the condition ends here");
  refuses("torque > 3 N·m)", 15, "')' cannot stand here");
  refuses("1 N·m < torque < 3 N·m", 16, "a comparison cannot be compared again");
  refuses("state = applied", 6, "'=' means nothing");
  refuses("1 < 2 && 2 < 3", 6, "'&' means nothing");
  refuses("lift ≥ 3 mm", 5, "'≥' means nothing");
  refuses("state == 'applied", 9, "the word is not closed");
  refuses("state == ''", 9, "the word is empty");
  refuses("lift > 0.0001 mm", 7, "finer than the step");
  refuses("lift > 9999 m", 7, "larger than anything");
  refuses("state == applied", 0, "'state' is not a number here", false);
}

TEST_F(Conditions, TellAllThatIsWrong) {
  EXPECT_FALSE(compile("torque > 60 V or lift > 3 s or happened(flew)"));
  EXPECT_EQ(problems.size(), 3u);
}

TEST_F(Conditions, HaveTheirLimits) {
  const auto many = [](const std::string& s, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += s;
    return out;
  };
  EXPECT_TRUE(compile(many("(", 20) + "1 < 2" + many(")", 20)));
  refuses(many("(", 21) + "1 < 2" + many(")", 21), 21, "nested deeper");
  refuses(many("not ", 21) + "1 < 2", 80, "nested deeper");
  refuses("1 > " + many("-", 21) + "1", 25, "nested deeper");
  EXPECT_TRUE(compile("1" + many("+1", 98) + "> 1"));  // 1 + 98 * 2 for the sum, 2 for the comparison: 199
  refuses("1" + many("+1", 120) + "> 1", 201, "parts");
  refuses(many("1 < 2 or ", 112) + "1 < 2", 0, "1000 characters at most");
}

TEST_F(Conditions, RememberWhatHappenedBefore) {
  const auto add = [&](const std::string& name, Verb verb, const std::string& when) {
    Moment m = moment(name, verb);
    exercise.moments.push_back(m);
    problems.clear();
    exercise.moments.back().when = compile_expression(when, {pack, &exercise, &exercise.moments.back(), kArguments, &exercise.remembered, nullptr}, problems);
    for (const auto& p : problems) ADD_FAILURE() << when << ": " << p.at << ": " << p.what;
    return static_cast<int>(exercise.moments.size()) - 1;
  };
  const int third = add("third", Verb::kDrop, "count(dropped) >= 2");
  const int bare = add("bare", Verb::kRaise, "not last(gloves, on) == 1");
  const int early = add("early", Verb::kTake, "not since(lifted) >= 10 min");
  const int secured = add("secured", Verb::kRaise, "happened(both_set) and count(set_now) == 2");
  const int every_other = add("every_other", Verb::kDrop, "count(dropped) == 2 * count(every_other)");  // asks about itself: only the past
  const int same = add("same", Verb::kSet, "state == last(both_set, state)");
  exercise.moments[3].where.push_back({"state", true, true, "d", {}, {}});                               // set_now: but not to d

  std::vector<Event> events;
  const auto set = [&](int64_t s, const std::string& o, std::string_view state) { events.push_back(at(s, Verb::kSet, o).with("state", state)); };
  events.push_back(at(1, Verb::kRaise, "jack"));                       // 1: no gloves, not secured
  events.push_back(at(2, Verb::kWear, "gloves").with("on", 1));        // 2
  set(3, "brake", "applied");                                          // 3
  events.push_back(at(4, Verb::kRaise, "jack"));                       // 4: gloves on; only one lever
  set(5, "gear", "p");                                                 // 5
  events.push_back(at(6, Verb::kRaise, "jack"));                       // 6: secured
  set(7, "gear", "p");                                                 // 7: the same again
  set(8, "gear", "d");                                                 // 8
  events.push_back(at(9, Verb::kWear, "gloves").with("on", 0));        // 9
  events.push_back(at(10, Verb::kRaise, "jack"));                      // 10: no gloves; gear is in d again
  for (int i = 0; i < 4; ++i) events.push_back(at(11 + i, Verb::kDrop, "gloves"));  // 11..14
  events.push_back(at(609, Verb::kTake, "gear"));                      // 15: 599 s after the last lift
  events.push_back(at(610, Verb::kTake, "gear"));                      // 16: 600 s after
  number(events);
  const Found found(exercise, truths, events);
  const auto seqs = [&](int m) {
    std::vector<uint32_t> out;
    for (const Event* e : found.all(m)) out.push_back(e->seq);
    return out;
  };
  using Seqs = std::vector<uint32_t>;
  EXPECT_EQ(seqs(third), (Seqs{13, 14}));
  EXPECT_EQ(seqs(bare), (Seqs{1, 10}));
  EXPECT_EQ(seqs(early), (Seqs{15}));
  EXPECT_EQ(seqs(secured), (Seqs{6}));
  EXPECT_EQ(seqs(every_other), (Seqs{11, 13}));
  EXPECT_EQ(seqs(same), (Seqs{7}));

  Step step;
  const auto reached = [&](const std::string& goal) {
    step.goal_when = compile(goal, false);
    const Found again(exercise, truths, events);
    return step.goal_when && again.reached(step, truths);
  };
  EXPECT_TRUE(reached("count(dropped) == 4 and since(lifted) == 10 min"));
  EXPECT_TRUE(reached("last(gear, state) == d and last(brake, state) == applied"));
  EXPECT_TRUE(reached("last(dropped, object) == gloves and last(dropped, time) == 14 s"));
  EXPECT_FALSE(reached("happened(both_set) and count(set_now) == 2"));
}

TEST_F(Conditions, CostTheirLengthWhateverTheyAre) {
  // Nothing of random sentences of the language's own words may crash, and what compiles must evaluate.
  static const char* kWords[] = {"torque", "lift", "state", "on", "3", "60 V", "2 mm", "(", ")", "and", "or", "not", "in", "..", "==", "<", "+", "-", "*", "/", "happened(dropped)", "count(dropped)", "last(gear, state)", "since(lifted)",
                                 "$truth.gap", "$truth.fault", "pin", "min(", "abs(", ",", "object", "1 s", "50 %"};
  Pcg32 random(1, "sentences");
  int compiled = 0;
  for (int n = 0; n < 20000; ++n) {
    std::string s;
    for (uint32_t k = 1 + random.below(9); k > 0; --k) s += std::string(kWords[random.below(std::size(kWords))]) + " ";
    const auto e = compile(s);
    EXPECT_EQ(e.has_value(), problems.empty());
    if (!e) continue;
    ++compiled;
    (void)is(s);
  }
  EXPECT_GT(compiled, 20);
}

TEST(Truths, EachHasItsOwnStream) {
  Scene a;
  Truth t;
  t.unit = Unit::kLength, t.from = 0, t.to = 1000, t.step = 1;
  for (const char* name : {"x", "y"}) t.name = name, a.truths.push_back(t);
  Scene b = a;
  t.name = "new";
  b.truths.insert(b.truths.begin(), t);
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Truths before = draw_truths(a, seed), after = draw_truths(b, seed);
    EXPECT_EQ(before.numbers[0], after.numbers[1]);
    EXPECT_EQ(before.numbers[1], after.numbers[2]);
  }
}

TEST(Truths, FaultsOfAGroupAreDrawnAlike) {
  Scene s;
  Truth fault, tau;
  fault.name = "fault", fault.is_word = true, fault.group = {"wire", "pin", "fuse"};
  s.truths = {fault};
  Pack pack;
  pack.scene = s;
  std::vector<ExpressionProblem> problems;
  tau.name = "tau", tau.unit = Unit::kTime;
  tau.cases.resize(2);
  tau.cases[0].when = compile_expression("$truth.fault == pin", {pack, nullptr, nullptr, {}, nullptr, nullptr}, problems);
  ASSERT_TRUE(tau.cases[0].when);
  tau.cases[0].number = 400'000, tau.cases[1].number = 75'000;
  s.truths.push_back(tau);
  std::map<std::string, int> drawn;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const Truths t = draw_truths(s, seed);
    ++drawn[t.words[0]];
    EXPECT_EQ(t.numbers[1], t.words[0] == "pin" ? 400'000 : 75'000);
  }
  ASSERT_EQ(drawn.size(), 3u);
  for (const auto& [word, n] : drawn) EXPECT_NEAR(n, 1000, 100) << word;  // four standard deviations
}

TEST(Truths, KeepTwoReadingTolerancesFromAVerdict) {
  // Limit 5 mm, tolerance 1 mm: 3 mm and 7 mm are just far enough, 3.1 mm and 6.9 mm are not.
  struct Case { std::vector<int64_t> choose; int64_t lo, hi; size_t errors; };
  for (const Case& c : {Case{{3000, 7000}, INT64_MIN, 4999, 0}, {{3001, 7000}, INT64_MIN, 5000, 0}, {{3100, 9000}, INT64_MIN, 4999, 1}, {{1000, 6900}, INT64_MIN, 4999, 1}, {{5000}, 4800, 5200, 1}, {{4000}, 5000, 5200, 1}, {{3000}, 5000, 5200, 0}}) {
    Scene s;
    Truth gap, verdict;
    gap.name = "gap", gap.unit = Unit::kLength, gap.choose = c.choose, gap.read_within = 1000;
    verdict.name = "verdict", verdict.is_word = true;
    verdict.cases.resize(2);
    verdict.cases[0].truth = 0, verdict.cases[0].lo = c.lo, verdict.cases[0].hi = c.hi, verdict.cases[0].is = "bad", verdict.cases[1].is = "good";
    s.truths = {gap, verdict};
    EXPECT_EQ(lint_truths(s, "scene.yaml").size(), c.errors) << c.choose[0] << " " << c.hi;
  }
}

TEST(Yaml, TellsWhereALetterOfAValueStands) {
  const std::string text =
      "plain: a + b\n"
      "double: \"a \\\" + b\"\n"
      "single: 'a ''+'' b'\n"
      "folded: >-\n"
      "  a\n"
      "  + b\n"
      "literal: |\n"
      "    a +\n"
      "    b\n";
  auto y = parse_yaml(text, "f.yaml");
  ASSERT_TRUE(y);
  const auto place = [&](const char* key, char letter) {
    const Yaml* v = y->find(key);
    return place_within(*v, v->scalar.find(letter), text);
  };
  EXPECT_EQ(place("plain", 'b'), (std::pair{1, 12}));
  EXPECT_EQ(place("double", '+'), (std::pair{2, 15}));
  EXPECT_EQ(place("single", 'b'), (std::pair{3, 18}));
  EXPECT_EQ(place("folded", 'a'), (std::pair{5, 3}));
  EXPECT_EQ(place("folded", 'b'), (std::pair{6, 5}));
  EXPECT_EQ(place("literal", 'b'), (std::pair{9, 5}));
}
