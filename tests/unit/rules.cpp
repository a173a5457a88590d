// Worked examples of the rule kinds: a rubric's line, events written by hand, and the marks an examiner reckons, on paper, in the comment.
// hop, time, clean5s and the plain cases of the others stand on the shipped pack in grade.cpp.

#include "engine/training/rules.h"

#include <array>

#include "engine/base/hash.h"
#include "tests/unit/wheel_fixture.h"

using namespace shixun;

namespace {

const char* kScene = R"(
start: {eye: [0, 1.6, 2], look: [0, 1, 0]}
walk: {lower: [-2, 0, -2], upper: [2, 2, 2]}
truths:
  gap: {choose: ["4 mm"]}
  fault_number: {choose: ["1"]}
  fault: {cases: [{when: {fault_number: "1"}, is: sensor_open}, {is: wire_open}]}
objects:
  bench: {scenery: true, sockets: {hook: {at: {pos: [0, 1, 0]}, accepts: [wrench, gauge]}, shelf: {at: {pos: [1, 1, 0]}, accepts: [wrench, gauge]}}}
  wrench: {name: obj.thing, in: bench.hook, item: {tag: wrench}, wrench: {size: hex_21, limit: "40 N·m"}}
  vernier: {name: obj.thing, in: bench.shelf, item: {tag: gauge}, instrument: {measures: length, resolution: "0.02 mm"}}
  plate_1: {name: obj.plate_1, lever: {states: [on, off], initial: off}}
  plate_2: {name: obj.plate_2, lever: {states: [on, off], initial: off}}
  plate_3: {name: obj.thing, lever: {states: [on, off], initial: off}}
  plate_4: {name: obj.thing, lever: {states: [on, off], initial: off}}
  pad_1: {name: obj.thing, point: {measures: length, value: "4 mm"}}
  pad_2: {name: obj.thing, point: {measures: length, value: "4 mm"}}
)";
const char* kScenario = R"(
title: ex.title
brief: ex.brief
sheet:
  gap: {name: field.gap, unit: length}
  fault: {name: field.fault, choices: [sensor_open, wire_open]}
lines: {hello: line.hello, bye: line.bye}
steps:
  - {id: work, title: step.work, goal: [never], unlock: [wrench], aspects: [A], hint: step.hint, look_at: wrench}
moments:
  never: {do: touch, on: wrench}
)";
const char* kKeys[] = {"pack.title", "ex.title", "ex.brief", "field.gap", "field.fault", "field.fault.sensor_open", "field.fault.wire_open", "line.hello", "line.bye", "step.work", "step.hint", "crit.work",
                       "asp.A", "asp.rest", "obj.thing", "obj.plate_1", "obj.plate_2", "obj.plate_1.on", "obj.plate_1.off", "obj.plate_2.on", "obj.plate_2.off", "obj.thing.on", "obj.thing.off",
                       "node.greet", "node.id", "node.stay", "node.pay", "role.teacher", "role.mentor", "level.0", "level.1", "level.2", "level.3", "moment.lift", "moment.cover"};

// One aspect A, of `max` points, and the rest of the hundred for what never happens.
class Rubric {
 public:
  Rubric(const std::string& moments, int max, const std::string& rule, bool safety = false) : dir_(fs::temp_directory_path() / ("shixun-rules-" + uuid_v4())) {
    std::string words;
    for (const char* key : kKeys) words += std::string(key) + ": " + key + "\n";
    const auto put = [&](const char* file, const std::string& text) { EXPECT_TRUE(write_file(dir_ / file, text)); };
    for (const char* sub : {"data", "strings", "exercises/ex"}) fs::create_directories(dir_ / sub);
    put("pack.yaml", "format: 1\nid: book\nversion: 1.0.0\ntitle: pack.title\nlicence: CC0-1.0\nexercises: [ex]\n");
    put("scene.yaml", kScene);
    put("strings/en.yaml", words);
    put("strings/zh-CN.yaml", words);
    put("exercises/ex/scenario.yaml", kScenario + moments);
    put("exercises/ex/rubric.yaml", "pass: {total: 10, safety_percent: 60}\ncriteria:\n  - id: work\n    title: crit.work\n" + std::string(safety ? "    safety: true\n" : "") +
                                        "    aspects:\n      - {id: rest, title: asp.rest, max: " + std::to_string(100 - max) +
                                        ", lens: outcome, rule: done, moments: [never]}\n      - {id: A, title: asp.A, lens: process, " + (max ? "max: " + std::to_string(max) + ", " : "") + rule + "}\n");
    PackLoad load = load_pack(dir_);
    for (const Error& e : load.errors) problems += e.text() + "\n";
    if (load.pack) pack = std::make_shared<const Pack>(std::move(*load.pack));
  }
  ~Rubric() {
    std::error_code ec;
    fs::remove_all(dir_, ec);
  }
  Rubric(const Rubric&) = delete;

  Marksheet sheet(const std::vector<Event>& events, const std::vector<HumanMark>& people = {}, Mode mode = Mode::kAssessment) const {
    if (!pack) {
      ADD_FAILURE() << problems;
      return {};
    }
    return grade(*pack, pack->exercises.front(), mode, 7, events, people);
  }
  Mark mark(const std::vector<Event>& events, const std::vector<HumanMark>& people = {}, Mode mode = Mode::kAssessment) const {
    const Marksheet s = sheet(events, people, mode);
    EXPECT_EQ(s.marks.size(), 2u);
    if (s.marks.size() != 2) return {};
    const Mark& m = s.marks[1];
    EXPECT_FALSE(m.why.zh.empty() || m.why.en.empty());
    EXPECT_EQ(m.why.en.find('{'), std::string::npos) << m.why.en;
    return m;
  }

  std::shared_ptr<const Pack> pack;
  std::string problems;

 private:
  fs::path dir_;
};

// Events a second apart.
struct Tale {
  std::vector<Event> events;
  Tale& add(Verb v, const std::string& o, std::initializer_list<std::pair<const char*, int64_t>> numbers = {}, const std::string& tool = "", int64_t t_ms = -1) {
    Event e;
    e.seq = static_cast<uint32_t>(events.size() + 1);
    e.t_ms = t_ms >= 0 ? t_ms : events.empty() ? 1000 : events.back().t_ms + 1000;
    e.verb = v;
    e.o = o;
    e.tool = tool;
    for (const auto& [key, n] : numbers) e.with(key, n);
    events.push_back(std::move(e));
    return *this;
  }
  Tale& text(std::string_view key, std::string_view value) {
    events.back().with(key, value);
    return *this;
  }
  Tale& at(int64_t t_ms, Verb v, const std::string& o) { return add(v, o, {}, "", t_ms); }
  Tale& word(const std::string& field, std::string_view value) { return add(Verb::kRecord, field).text("value", value); }
  Tale& hand_in() { return add(Verb::kFinish, "").text("reason", "handed_in"); }
};

// "abc": for each letter the event of the moment of that name, each on the lever or wrench given in `things`.
Tale told(std::string_view letters, const std::map<char, std::pair<Verb, std::string>>& things) {
  Tale t;
  for (const char c : letters) t.add(things.at(c).first, things.at(c).second);
  return t;
}

}  // namespace

// ---------------------------------------------------------------- work
TEST(RuleBook, DoneBeforeSomethingElse) {
  // Covers on (c) before the car is lifted (l). Late, or before a lift that never came, is nothing.
  const Rubric r("  cover: {do: set, on: plate_1}\n  lift: {do: raise, on: wrench}\n", 4, "rule: done, moments: [cover], before: lift, code: LATE");
  const std::map<char, std::pair<Verb, std::string>> things{{'c', {Verb::kSet, "plate_1"}}, {'l', {Verb::kRaise, "wrench"}}};
  struct Case { const char* tale; int64_t marks; const char* code; };
  for (const Case& c : {Case{"cl", 4000, ""}, {"clc", 4000, ""}, {"lc", 0, "LATE"}, {"c", 0, ""}, {"l", 0, ""}, {"", 0, ""}}) {
    const Mark m = r.mark(told(c.tale, things).events);
    EXPECT_EQ(m.awarded_mp, c.marks) << c.tale << ": " << m.why.en;
  }
  EXPECT_EQ(r.mark(told("lc", things).events).why.en, "Not done before: moment.lift");
}

TEST(RuleBook, OrderIsAWeightedGraph) {
  // A1, 10 points: caliper bolt started by hand (h) before it is torqued (t), weight 3; grease (g) before the pads (p), weight 1;
  // pads before the bolt is started, weight 1. Of 5: each is worth 2 points.
  const std::string moments = "  h: {do: set, on: plate_1}\n  t: {do: turn, on: wrench}\n  g: {do: set, on: plate_2}\n  p: {do: set, on: plate_3}\n";
  const std::string pairs = "pairs: [[h, t, 3], [g, p], [p, h]]";
  const std::map<char, std::pair<Verb, std::string>> things{{'h', {Verb::kSet, "plate_1"}}, {'t', {Verb::kTurn, "wrench"}}, {'g', {Verb::kSet, "plate_2"}}, {'p', {Verb::kSet, "plate_3"}}};
  const Rubric first(moments, 10, "rule: order, judge: first, code: ORDER, " + pairs), last(moments, 10, "rule: order, judge: last, code: ORDER, " + pairs);
  struct Case { const char* tale; int64_t first, last; int rework; };
  for (const Case& c : {Case{"gpht", 10000, 10000, 0},  // 3+1+1
                        {"pght", 8000, 8000, 0},         // grease after the pads: -1 of 5
                        {"gpth", 4000, 4000, 0},         // torqued before it was started: -3 of 5
                        {"gpthht", 4000, 10000, 1},      // done again the right way: judged last it is whole, and one rework
                        {"gph", 4000, 4000, 0},          // no torque: the pair is lost
                        {"pht", 8000, 8000, 0},          // no grease: the pair [g, p] is lost
                        {"gptgh", 4000, 2000, 0},        // greased again at the end: judged last, [g, p] goes too: only [p, h] is left
                        {"", 0, 0, 0}}) {
    const Mark f = first.mark(told(c.tale, things).events), l = last.mark(told(c.tale, things).events);
    EXPECT_EQ(f.awarded_mp, c.first) << c.tale << ": " << f.why.en;
    EXPECT_EQ(l.awarded_mp, c.last) << c.tale << ": " << l.why.en;
    EXPECT_EQ(l.rework, c.rework) << c.tale;
    EXPECT_EQ(f.rework, 0) << "what counts first cannot be put right";
  }
}

TEST(RuleBook, AToolIsJudgedAsItWasPutTogether) {
  // 6 points: the bolt of 27 N·m with the small torque wrench (range 5-50 N·m), set to 27; set anywhere in 25-30 it serves: half.
  const Rubric r("  bolt: {do: turn, on: plate_1}\n", 6, "rule: tool, moment: bolt, tools: wrench, half: vernier, spec: {size: hex_21, setting: \"27 N·m\"}, half_spec: {size: hex_21, setting: \"25 N·m .. 30 N·m\"}, code: TOOL");
  struct Case { const char *tool, *size; int64_t setting; int64_t marks; };
  for (const Case& c : {Case{"wrench", "hex_21", 270, 6000}, {"wrench", "hex_21", 290, 3000}, {"wrench", "hex_21", 310, 0}, {"wrench", "hex_19", 270, 0}, {"vernier", "hex_21", 270, 3000}, {"hand", "hex_21", 270, 0}}) {
    const Tale t = Tale().add(Verb::kTurn, "plate_1", {{"setting_dnm", c.setting}}, c.tool).text("size", c.size);
    const Mark m = r.mark(t.events);
    EXPECT_EQ(m.awarded_mp, c.marks) << c.tool << c.size << c.setting;
    EXPECT_EQ(m.code, c.marks == 0 ? "TOOL" : "");
  }
}

// ---------------------------------------------------------------- faults
TEST(RuleBook, AnErrorPutRightBeforeItsConsequenceCostsHalf) {
  // Major, 5 points: grease on the pad (g). Cleaned (c) before the brake is pressed (b) it costs 2.5. Second time 2.5, or 1.25 cleaned.
  const Rubric r("  greased: {do: set, on: [plate_1, plate_2]}\n  cleaned: {do: apply, on: [plate_1, plate_2]}\n  pressed: {do: turn, on: wrench}\n", 0,
                 "rule: forbid, severity: major, code: GREASE, moment: greased, corrected_by: cleaned, consequence: pressed");
  const std::map<char, std::pair<Verb, std::string>> things{{'g', {Verb::kSet, "plate_1"}}, {'G', {Verb::kSet, "plate_2"}}, {'c', {Verb::kApply, "plate_1"}}, {'C', {Verb::kApply, "plate_2"}}, {'b', {Verb::kTurn, "wrench"}}};
  struct Case { const char* tale; int64_t marks; int rework; };
  for (const Case& c : {Case{"", 0, 0}, {"cb", 0, 0}, {"g", -5000, 0}, {"gcb", -2500, 1}, {"gbc", -5000, 0},  // too late
                        {"gCb", -5000, 0},                                                                    // another pad was cleaned
                        {"gcGCb", -3750, 2},                                                                  // 2.5 + 1.25
                        {"gGcb", -5000, 1},                                                                   // 2.5 + 2.5
                        {"gGgG", -8750, 0}, {"gGgGgG", -8750, 0}}) {                                          // 5 + 2.5 + 1.25 + nothing more
    const Mark m = r.mark(told(c.tale, things).events);
    EXPECT_EQ(m.awarded_mp, c.marks) << c.tale << ": " << m.why.en;
    EXPECT_EQ(m.rework, c.rework) << c.tale;
    EXPECT_EQ(m.code, m.awarded_mp < 0 ? "GREASE" : "");
  }
}

TEST(RuleBook, SafetyIsNotPutRightAfterwards) {
  const std::string moments = "  bad: {do: set, on: plate_1}\n  good: {do: set, on: plate_2}\n";
  EXPECT_NE(Rubric(moments, 0, "rule: forbid, severity: major, code: X, moment: bad, corrected_by: good", true).problems.find("the danger was there"), std::string::npos);
  EXPECT_NE(Rubric(moments, 0, "rule: forbid, severity: critical, code: X, moment: bad, corrected_by: good").problems.find("the danger was there"), std::string::npos);
  EXPECT_EQ(Rubric(moments, 0, "rule: forbid, severity: major, code: X, moment: bad, corrected_by: good").problems, "");
}

TEST(RuleBook, AHeldEffortIsOneErrorUntilSomethingElseIsDone) {
  // Minor, 1 point. A turn that reports three times is one act; gone back to after another thing it is the second: 1 + 0.5.
  const Rubric r("  forced: {do: turn, on: [plate_1, plate_2]}\n", 0, "rule: forbid, severity: minor, code: FORCED, moment: forced");
  Tale t;
  t.add(Verb::kTurn, "plate_1").add(Verb::kTurn, "plate_1").add(Verb::kTurn, "plate_1");
  EXPECT_EQ(r.mark(t.events).awarded_mp, -1000);
  t.add(Verb::kRead, "wrench").add(Verb::kTurn, "plate_1");
  EXPECT_EQ(r.mark(t.events).awarded_mp, -1500);
}

TEST(RuleBook, CountsComeFromATable) {
  // C4: the sheet in one throw 6, in two 4, in three or more nothing; no throw, no marks.
  const Rubric r("  throw: {do: place, on: plate_1}\n", 6, "rule: count, moment: throw, table: [0, 6, 4, 0], code: MANY");
  const int64_t expected[] = {0, 6000, 4000, 0, 0, 0};
  Tale t;
  for (int n = 0; n < 6; ++n) {
    EXPECT_EQ(r.mark(t.events).awarded_mp, expected[n]) << n;
    EXPECT_EQ(r.mark(t.events).code, n >= 2 ? "MANY" : "");
    t.add(Verb::kPlace, "plate_1");
  }
  // C2: nothing dropped 3, one drop 1, more nothing; but only when the table was laid at all.
  const Rubric drops("  dropped: {do: drop, on: plate_1}\n  laid: {do: place, on: plate_2}\n", 3, "rule: count, moment: dropped, needs: laid, table: [3, 1, 0]");
  EXPECT_EQ(drops.mark({}).awarded_mp, 0);
  EXPECT_EQ(drops.mark(Tale().add(Verb::kPlace, "plate_2").events).awarded_mp, 3000);
  EXPECT_EQ(drops.mark(Tale().add(Verb::kPlace, "plate_2").add(Verb::kDrop, "plate_1").events).awarded_mp, 1000);
  EXPECT_NE(Rubric("  dropped: {do: drop, on: plate_1}\n", 3, "rule: count, moment: dropped, table: [3, 1, 0]").problems.find("need a 'needs'"), std::string::npos);
  EXPECT_NE(Rubric("  dropped: {do: drop, on: plate_1}\n", 3, "rule: count, moment: dropped, table: [0, 1]").problems.find("the best must be 'max'"), std::string::npos);
}

TEST(RuleBook, AStateMayLastOnlySoLong) {
  // 8 points: live parts uncovered (o) until covered (c): full to 10 s in all, nothing from 30 s, critical from 60 s. The clock of a pause stands.
  const Rubric r("  open: {do: set, on: plate_1, where: {state: \"on\"}}\n  close: {do: set, on: plate_1, where: {state: \"off\"}}\n  work: {do: turn, on: wrench}\n", 8,
                 "rule: while, start: open, end: close, full: \"10 s\", zero: \"30 s\", critical: \"60 s\", needs: work, code: UNCOVERED");
  struct Step { int64_t s; char what; };
  struct Case { std::vector<Step> steps; int64_t marks; bool code, critical; };
  for (const Case& c : {Case{{{1, 'w'}}, 8000, false, false},
                        {{}, 0, false, false},                                                              // nothing was done, nothing is earned
                        {{{1, 'w'}, {2, 'o'}, {12, 'c'}}, 8000, false, false},                              // 10 s
                        {{{1, 'w'}, {2, 'o'}, {22, 'c'}}, 4000, true, false},                               // 20 s: (30-20)/(30-10) = 1/2
                        {{{1, 'w'}, {2, 'o'}, {7, 'c'}, {10, 'o'}, {25, 'c'}}, 4000, true, false},          // 5 + 15 s
                        {{{1, 'w'}, {2, 'o'}, {3, 'o'}, {22, 'c'}, {50, 'c'}}, 4000, true, false},          // opened once
                        {{{1, 'w'}, {2, 'o'}, {5, 'p'}, {105, 'r'}, {112, 'c'}}, 8000, false, false},       // 110 s less a pause of 100
                        {{{1, 'w'}, {2, 'o'}, {27, 'w'}}, 2000, true, false},                               // still open: 25 s so far, 5/20
                        {{{1, 'w'}, {2, 'o'}, {32, 'c'}}, 0, true, false},
                        {{{1, 'w'}, {2, 'o'}, {62, 'c'}}, 0, true, true}}) {
    Tale t;
    for (const Step& s : c.steps) {
      if (s.what == 'o' || s.what == 'c') t.at(s.s * 1000, Verb::kSet, "plate_1").text("state", s.what == 'o' ? "on" : "off");
      else t.at(s.s * 1000, s.what == 'w' ? Verb::kTurn : s.what == 'p' ? Verb::kPause : Verb::kResume, s.what == 'w' ? "wrench" : "");
    }
    const Mark m = r.mark(t.events);
    EXPECT_EQ(m.awarded_mp, c.marks) << m.why.en;
    EXPECT_EQ(!m.code.empty(), c.code) << m.why.en;
    EXPECT_EQ(m.severity == Severity::kCritical, c.critical);
    EXPECT_EQ(critical_code(*r.pack, r.pack->exercises.front(), 7, t.events), c.critical ? "UNCOVERED" : "");
  }
}

// ---------------------------------------------------------------- values
TEST(RuleBook, NumericMayHaveAHalfBand) {
  // 10 points: full 4-5 mm, half in 3-6, else nothing; with zero limits 2 and 9 as well: never below half in the band, linear outside.
  // 5.5: (9-5.5)/(9-5) = 0.875. 3.2: (3.2-2)/(4-2) = 0.6. 3.0: 0.5. 2.5: 0.25. 7: 2/4 = 0.5. 8: 0.25.
  const std::string moments = "  seen: {do: measure, on: pad_1}\n", full = "rule: numeric, moment: seen, value: length, full: \"4 mm .. 5 mm\", half: \"3 mm .. 6 mm\"";
  const Rubric steps(moments, 10, full), both(moments, 10, full + ", zero: \"2 mm .. 9 mm\"");
  struct Case { int64_t um, steps, both; };
  for (const Case& c : {Case{4000, 10000, 10000}, {5000, 10000, 10000}, {5500, 5000, 8750}, {3200, 5000, 6000}, {3000, 5000, 5000}, {2500, 0, 2500}, {6000, 5000, 7500}, {7000, 0, 5000}, {8000, 0, 2500}, {9000, 0, 0}, {1000, 0, 0}}) {
    const Tale t = Tale().add(Verb::kMeasure, "pad_1", {{"length_um", c.um}}, "vernier");
    EXPECT_EQ(steps.mark(t.events).awarded_mp, c.steps) << c.um;
    EXPECT_EQ(both.mark(t.events).awarded_mp, c.both) << c.um;
  }
}

TEST(RuleBook, NumericCountsWhatWasBroughtBack) {
  // Over the window and back again is one rework; the way up to it is none.
  const Rubric r("  seen: {do: raise, on: wrench}\n", 10, "rule: numeric, moment: seen, value: height, full: \"4 mm .. 5 mm\"");
  Tale t;
  for (const int64_t um : {1000, 3000, 6000, 7000, 6000}) t.add(Verb::kRaise, "wrench", {{"height_um", um}});
  EXPECT_EQ(r.mark(t.events).rework, 0);
  t.add(Verb::kRaise, "wrench", {{"height_um", 4500}});
  EXPECT_EQ(r.mark(t.events).awarded_mp, 10000);
  EXPECT_EQ(r.mark(t.events).rework, 1);
  EXPECT_NE(r.mark(t.events).why.en.find("put right 1×"), std::string::npos);
}

TEST(RuleBook, MeasuringHasFourQuarters) {
  // 8 points, 2 a quarter: the vernier with its points zeroed (mode), both pads, the pad clamped, the reading written to 0.1 mm.
  const Rubric r("  ready: {do: set, on: plate_1}\n  read: {do: measure, on: [pad_1, pad_2]}\n", 8,
                 "rule: measure, points: pad_*, tools: vernier, instrument: {mode: zeroed}, after: ready, state: {held: \"1\"}, field: gap, shown: {moment: read, value: length}, tol: \"0.1 mm\", code: M");
  const auto tale = [](const char* tool, const char* mode, bool ready, int64_t held, int points, int64_t written_um) {
    Tale t;
    if (ready) t.add(Verb::kSet, "plate_1");
    for (int i = 1; i <= points; ++i) t.add(Verb::kMeasure, "pad_" + std::to_string(i), {{"length_um", 3900 + i * 10}, {"held", held}}, tool).text("mode", mode);
    if (written_um >= 0) t.add(Verb::kRecord, "gap", {{"length_um", written_um}});
    return t.events;
  };
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", true, 1, 2, 3950)).awarded_mp, 8000);   // the last reading was 3.92
  EXPECT_EQ(r.mark(tale("vernier", "raw", true, 1, 2, 3950)).awarded_mp, 6000);      // not zeroed
  EXPECT_EQ(r.mark(tale("wrench", "zeroed", true, 1, 2, 3950)).awarded_mp, 6000);    // not the instrument
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", true, 1, 1, 3950)).awarded_mp, 6000);   // one of two points; the reading was 3.91
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", false, 1, 2, 3950)).awarded_mp, 6000);  // not made ready
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", true, 0, 2, 3950)).awarded_mp, 6000);   // not clamped
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", true, 1, 2, 4100)).awarded_mp, 6000);   // 0.18 off what it showed
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", true, 1, 2, -1)).awarded_mp, 6000);     // not written
  EXPECT_EQ(r.mark(tale("wrench", "raw", false, 0, 1, 9000)).awarded_mp, 0);
  EXPECT_EQ(r.mark(tale("vernier", "zeroed", true, 1, 0, 3950)).awarded_mp, 0);      // a number out of the air
}

TEST(RuleBook, AnEntryIsComparedWithWhatIsSoOrWithWhatWasShown) {
  // 5 points, ± 0.1 mm. The gap is 4 mm; the instrument, misread or worn, showed 4.3.
  const std::string moments = "  read: {do: measure, on: pad_1}\n";
  const Rubric truth(moments, 5, "rule: record, field: gap, truth: $truth.gap, tol: \"0.1 mm\", code: W"), shown(moments, 5, "rule: record, field: gap, shown: {moment: read, value: length}, tol: \"0.1 mm\", code: W");
  struct Case { std::vector<int64_t> written; int64_t truth, shown; int rework; };
  for (const Case& c : {Case{{4000}, 5000, 0, 0}, {{4100}, 5000, 0, 0}, {{4101}, 0, 0, 0}, {{4300}, 0, 5000, 0}, {{4300, 4000}, 5000, 0, 1}, {{}, 0, 0, 0}}) {
    Tale t;
    t.add(Verb::kMeasure, "pad_1", {{"length_um", 4300}}, "vernier");
    for (const int64_t um : c.written) t.add(Verb::kRecord, "gap", {{"length_um", um}});
    t.add(Verb::kMeasure, "pad_1", {{"length_um", 9000}}, "vernier");  // later readings are not what was written
    EXPECT_EQ(truth.mark(t.events).awarded_mp, c.truth);
    EXPECT_EQ(truth.mark(t.events).rework, c.rework);
    EXPECT_EQ(shown.mark(t.events).awarded_mp, c.shown) << shown.mark(t.events).why.en;
  }
  EXPECT_EQ(shown.mark(Tale().add(Verb::kRecord, "gap", {{"length_um", 4000}}).events).awarded_mp, 0) << "nothing was measured";
}

TEST(RuleBook, APoseIsAsGoodAsItsWorstMeasure) {
  // C2: 8 points for four plates, 2 each: edge 2.0 cm full within 0.5, half within 1.0; angle full to 3 deg, half to 6.
  const Rubric r("  laid: {do: place, on: plate_*, all: true}\n", 8,
                 "rule: pose, moment: laid, code: P, bands: {edge: {full: \"15 mm .. 25 mm\", half: \"10 mm .. 30 mm\"}, angle: {full: \"-3 deg .. 3 deg\", half: \"-6 deg .. 6 deg\"}}");
  const auto laid = [](std::vector<std::pair<int64_t, int64_t>> plates) {
    Tale t;
    int i = 0;
    for (const auto& [edge, angle] : plates) t.add(Verb::kPlace, "plate_" + std::to_string(++i), {{"edge_um", edge}, {"angle_cd", angle}});
    return t;
  };
  EXPECT_EQ(r.mark(laid({{20000, 0}, {15000, 300}, {25000, -300}, {20000, 0}}).events).awarded_mp, 8000);
  EXPECT_EQ(r.mark(laid({{14999, 0}, {20000, 301}, {10000, 600}, {20000, 0}}).events).awarded_mp, 5000);  // 1 + 1 + 1 + 2
  EXPECT_EQ(r.mark(laid({{9999, 0}, {20000, 601}, {12000, -700}, {20000, 0}}).events).awarded_mp, 2000);  // 0 + 0 + 0 + 2
  EXPECT_EQ(r.mark(laid({{20000, 0}}).events).awarded_mp, 2000) << "three are not laid";
  EXPECT_EQ(r.mark({}).awarded_mp, 0);
  Tale again = laid({{5000, 0}, {20000, 0}, {20000, 0}, {20000, 0}});
  EXPECT_EQ(r.mark(again.events).code, "P");
  again.add(Verb::kPlace, "plate_1", {{"edge_um", 20000}, {"angle_cd", 0}});
  EXPECT_EQ(r.mark(again.events).awarded_mp, 8000) << "where it lies now counts";
  again.add(Verb::kPlace, "plate_1", {{"edge_um", 20000}});
  EXPECT_EQ(r.mark(again.events).awarded_mp, 6000) << "without an angle nothing shows that it is straight";
}

TEST(RuleBook, CoverageIsInProportionAboveAFloor) {
  // A5: 8 points for the share of cells with 40-60 um; nothing below 50 %. Four cells: 4 of 4, 3 (6), 2 (4), 1 (below the floor).
  const Rubric r("  sprayed: {do: apply, on: plate_*}\n", 8, "rule: coverage, moment: sprayed, value: length, band: \"40 um .. 60 um\", floor: 50, code: C");
  const auto film = [](std::initializer_list<int64_t> um) {
    Tale t;
    int i = 0;
    for (const int64_t v : um) t.add(Verb::kApply, "plate_" + std::to_string(++i), {{"length_um", v}});
    return t.events;
  };
  EXPECT_EQ(r.mark(film({50, 40, 60, 55})).awarded_mp, 8000);
  EXPECT_EQ(r.mark(film({50, 40, 61, 55})).awarded_mp, 6000);
  EXPECT_EQ(r.mark(film({50, 40, 61})).awarded_mp, 4000);
  EXPECT_EQ(r.mark(film({50, 39, 61})).awarded_mp, 0);
  EXPECT_EQ(r.mark({}).awarded_mp, 0);
  // Points of interest visited, full marks from three of four on: 3 -> 8; 2 -> 8 * (2/4) / 0.75 = 5.333.
  const Rubric visits("  seen: {do: enter, on: plate_*}\n", 8, "rule: coverage, moment: seen, full_from: 75");
  Tale t;
  t.add(Verb::kEnter, "plate_1").add(Verb::kEnter, "plate_1").add(Verb::kEnter, "plate_2");
  EXPECT_EQ(visits.mark(t.events).awarded_mp, 5333) << "the same one twice is one";
  EXPECT_EQ(visits.mark(t.add(Verb::kEnter, "plate_3").events).awarded_mp, 8000);
}

TEST(RuleBook, AFaultIsFoundNotGuessed) {
  // A4: 20 points. The fault is sensor_open; two supporting measurements before naming it.
  const Rubric r("  bridge: {do: measure, on: pad_1}\n  ohms: {do: measure, on: pad_2}\n", 20, "rule: diagnose, field: fault, truth: $truth.fault, support: [bridge, ohms], at_least: 2, code: WRONG_FAULT");
  struct Case { const char* tale; int64_t marks; };  // 1, 2: measurements; s, w: the word written
  for (const Case& c : {Case{"12s", 20000}, {"1s", 10000}, {"1s2", 10000}, {"11s", 10000},  // the same point twice is one
                        {"s", 0}, {"s12", 0},                                               // a guess
                        {"s12s", 0},                                                        // a guess written again
                        {"12w", 0}, {"12", 0}, {"", 0},
                        {"12ws", 20000},                                                    // put right
                        {"w12s", 20000}, {"12sw", 0}}) {
    Tale t;
    for (const char* p = c.tale; *p; ++p) {
      if (*p == '1' || *p == '2') t.add(Verb::kMeasure, std::string("pad_") + *p);
      else t.word("fault", *p == 's' ? "sensor_open" : "wire_open");
    }
    const Mark m = r.mark(t.events);
    EXPECT_EQ(m.awarded_mp, c.marks) << c.tale << ": " << m.why.en;
  }
  EXPECT_NE(Rubric("  m: {do: measure, on: pad_1}\n", 20, "rule: diagnose, field: gap, truth: \"4 mm\", tol: \"1 mm\", support: [m], at_least: 1").problems.find("named by a word"), std::string::npos);
}

// ---------------------------------------------------------------- people
TEST(RuleBook, ADialogueAddsUpItsAnswers) {
  // C1: 12 points, four nodes of quality 0-3: a point each. id belongs before pay. A promise is worth nothing whatever its quality.
  const Rubric r("", 12, "rule: dialogue, nodes: [greet, id, stay, pay], order: [[id, pay]], flags: [privacy, promise], code: TALK");
  struct Answer { const char* node; int quality; const char* flag; };
  struct Case { std::vector<Answer> answers; int64_t marks; bool code; };
  for (const Case& c : {Case{{{"greet", 3, ""}, {"id", 3, ""}, {"stay", 3, ""}, {"pay", 3, ""}}, 12000, false},
                        {{{"greet", 2, ""}, {"id", 3, ""}, {"stay", 1, ""}, {"pay", 3, ""}}, 9000, false},
                        {{{"greet", 3, ""}, {"id", 3, ""}, {"pay", 3, ""}}, 9000, false},                                    // nights not confirmed
                        {{{"greet", 3, ""}, {"pay", 3, ""}, {"id", 3, ""}, {"stay", 3, ""}}, 9000, true},                    // money before the passport
                        {{{"greet", 3, ""}, {"pay", 3, ""}, {"stay", 3, ""}}, 6000, true},                                   // and leaving the passport out is no way round
                        {{{"greet", 3, ""}, {"id", 3, "privacy"}, {"stay", 3, ""}, {"pay", 3, ""}}, 9000, true},
                        {{{"greet", 0, ""}, {"greet", 3, ""}, {"id", 3, ""}, {"stay", 3, ""}, {"pay", 3, ""}}, 9000, true},  // said is said
                        {{{"greet", 99, ""}, {"id", -7, ""}}, 3000, true},                                                   // a journal may say anything
                        {{}, 0, false}}) {
    Tale t;
    for (const Answer& a : c.answers) {
      t.add(Verb::kSay, "hello", {{"quality", a.quality}}).text("node", a.node);
      if (*a.flag) t.events.back().with(std::string("flag_") + a.flag, 1);
    }
    const Mark m = r.mark(t.events);
    EXPECT_EQ(m.awarded_mp, c.marks) << m.why.en;
    EXPECT_EQ(!m.code.empty(), c.code) << m.why.en;
  }
  const Rubric last("", 12, "rule: dialogue, nodes: [greet, id, stay, pay], take: last");
  EXPECT_EQ(last.mark(Tale().add(Verb::kSay, "hello", {{"quality", 0}}).text("node", "greet").add(Verb::kSay, "hello", {{"quality", 3}}).text("node", "greet").events).awarded_mp, 3000);
}

TEST(RuleBook, PeoplesMarksAreThirdsAndOpenUntilAllHaveMarked) {
  // 6 points: 0, 2, 4, 6 for levels 0 to 3; two roles: their mean. 2 and 3: 5/6 of 6 = 5. More than a level apart: both mark again.
  const Rubric r("  w: {do: set, on: plate_1}\n", 6, "rule: judge, roles: [teacher, mentor], levels: [level.0, level.1, level.2, level.3]");
  struct Case { std::vector<HumanMark> people; int64_t marks; bool open; };
  for (const Case& c : {Case{{}, 0, true},
                        {{{"A", "teacher", 3}}, 0, true},
                        {{{"A", "teacher", 3}, {"B", "mentor", 3}}, 0, true},  // another aspect
                        {{{"A", "teacher", 0}, {"A", "mentor", 0}}, 0, false},
                        {{{"A", "teacher", 1}, {"A", "mentor", 1}}, 2000, false},
                        {{{"A", "teacher", 2}, {"A", "mentor", 3}}, 5000, false},
                        {{{"A", "teacher", 3}, {"A", "mentor", 3}}, 6000, false},
                        {{{"A", "teacher", 1}, {"A", "mentor", 3}}, 0, true},
                        {{{"A", "teacher", 1}, {"A", "mentor", 3}, {"A", "teacher", 2}}, 5000, false},  // marked again
                        {{{"A", "teacher", 4}, {"A", "mentor", -1}}, 0, true}}) {
    const Mark m = r.mark({}, c.people);
    EXPECT_EQ(m.awarded_mp, c.marks) << m.why.en;
    EXPECT_EQ(m.open, c.open) << m.why.en;
  }
  // An attempt that hangs on them is neither passed nor failed.
  const Rubric half("  w: {do: set, on: plate_1}\n", 60, "rule: judge, roles: [teacher], levels: [level.0, level.1, level.2, level.3]");
  const Tale t = Tale().hand_in();
  EXPECT_TRUE(half.sheet(t.events).open);
  EXPECT_EQ(half.sheet(t.events).open_mp, 60000);
  EXPECT_EQ(to_json(half.sheet(t.events))["verdict"], "open");
  EXPECT_EQ(to_json(half.sheet(t.events, {{"A", "teacher", 3}}))["verdict"], "pass");
  EXPECT_EQ(to_json(half.sheet(t.events, {{"A", "teacher", 0}}))["verdict"], "fail");
  EXPECT_EQ(to_json(half.sheet({}))["verdict"], "fail") << "not handed in: no mark can save it";
}

// ---------------------------------------------------------------- any tale at all
namespace {

struct Kind { const char* moments; int max; const char* rule; };
const Kind kEveryKind[] = {
    {"  a: {do: set, on: [plate_1, plate_2], all: true}\n  b: {do: raise, on: wrench}\n", 10, "rule: done, moments: [a], before: b, code: X"},
    {"  a: {do: set, on: [plate_1, plate_2], all: true}\n  b: {do: raise, on: wrench}\n  c: {do: turn, on: plate_1}\n", 10, "rule: order, judge: first, pairs: [[a, b, 2], [b, c], [a, c]], code: X"},
    {"  a: {do: set, on: [plate_1, plate_2], all: true}\n  b: {do: raise, on: wrench}\n  c: {do: turn, on: plate_1}\n", 10, "rule: order, judge: last, pairs: [[a, b, 2], [b, c], [a, c]], code: X"},
    {"  a: {do: turn, on: plate_*}\n", 10, "rule: hop, moment: a, ring: plate_*, step: 1, hops: 3, code: X"},
    {"  a: {do: turn, on: plate_*}\n", 10, "rule: tool, moment: a, tools: wrench, half: vernier, spec: {height: \"1 mm .. 2 mm\"}, half_spec: {height: \"1 mm .. 4 mm\"}, code: X"},
    {"  a: {do: measure, on: pad_*, all: true}\n", 10, "rule: numeric, moment: a, value: length, full: \"2 mm .. 3 mm\", zero: \"1 mm .. 5 mm\", half: \"2 mm .. 4 mm\", code: X"},
    {"  a: {do: measure, on: pad_1}\n", 10, "rule: numeric, moment: a, value: length, take: first, full: \"2 mm .. 3 mm\", code: X"},
    {"  r: {do: set, on: plate_1}\n  a: {do: measure, on: pad_*}\n", 10, "rule: measure, points: pad_*, tools: vernier, instrument: {height: \">= 1 mm\"}, after: r, field: gap, shown: {moment: a, value: length}, tol: \"1 mm\", code: X"},
    {"  a: {do: measure, on: pad_*}\n", 10, "rule: record, field: gap, shown: {moment: a, value: length}, tol: \"1 mm\", code: X"},
    {"", 10, "rule: record, field: gap, truth: $truth.gap, tol: \"1 mm\", code: X"},
    {"  a: {do: set, on: plate_*}\n  u: {do: read, on: wrench}\n  n: {do: raise, on: wrench}\n  b: {do: place, on: plate_1}\n", 10, "rule: forbid, severity: minor, moment: a, unless: u, needs: n, before: b, code: X"},
    {"  a: {do: set, on: plate_*}\n  c: {do: apply, on: plate_*}\n  b: {do: place, on: plate_1}\n  s: {do: read, on: wrench}\n", 0, "rule: forbid, severity: major, moment: a, after: s, corrected_by: c, consequence: b, code: X"},
    {"", 10, "rule: time, full: \"20 s\", zero: \"60 s\""},
    {"  a: {do: set, on: plate_1}\n  b: {do: set, on: plate_2}\n", 10, "rule: clean5s, items: [{moment: a, title: asp.A}, {moment: b, title: asp.A}]"},
    {"  a: {do: place, on: plate_*, all: true}\n", 10, "rule: pose, moment: a, bands: {height: {full: \"1 mm .. 2 mm\", half: \"1 mm .. 4 mm\"}}, code: X"},
    {"  a: {do: place, on: plate_1}\n", 10, "rule: count, moment: a, table: [0, 10, 4, 7, 0], code: X"},
    {"  a: {do: drop, on: plate_1}\n  n: {do: raise, on: wrench}\n", 10, "rule: count, moment: a, needs: n, table: [10, 4, 0], code: X"},
    {"  a: {do: set, on: plate_1}\n  b: {do: set, on: plate_2}\n  n: {do: raise, on: wrench}\n", 10, "rule: while, start: a, end: b, full: \"3 s\", zero: \"20 s\", critical: \"30 s\", needs: n, code: X"},
    {"  a: {do: place, on: plate_*}\n", 10, "rule: coverage, moment: a, value: height, band: \"1 mm .. 2 mm\", floor: 30, full_from: 75, code: X"},
    {"", 10, "rule: dialogue, nodes: [greet, id, pay], order: [[greet, id], [id, pay]], flags: [promise], code: X"},
    {"  a: {do: measure, on: pad_*}\n", 10, "rule: diagnose, field: fault, truth: $truth.fault, support: [a], at_least: 2, code: X"},
    {"", 10, "rule: judge, roles: [teacher, mentor], levels: [level.0, level.1, level.2, level.3]"},
};

Tale any_tale(uint64_t seed) {
  Pcg32 random(seed, "tale");
  const auto below = [&](size_t n) { return static_cast<int64_t>(random.below(static_cast<uint32_t>(n))); };
  constexpr std::array verbs = {Verb::kSet, Verb::kSet, Verb::kRaise, Verb::kTurn, Verb::kTurn, Verb::kMeasure, Verb::kRecord, Verb::kSay, Verb::kApply, Verb::kPlace, Verb::kPlace, Verb::kDrop, Verb::kRead, Verb::kPause, Verb::kHint};
  const char* tools[] = {"wrench", "vernier", "hand"};
  const char* nodes[] = {"greet", "id", "pay"};
  Tale t;
  for (int64_t n = below(40); n > 0; --n) {
    // Nothing is done while the clock stands.
    const Verb v = !t.events.empty() && t.events.back().verb == Verb::kPause ? Verb::kResume : verbs[static_cast<size_t>(below(verbs.size()))];
    std::string o = v == Verb::kRaise || v == Verb::kRead ? "wrench" : v == Verb::kMeasure ? "pad_" + std::to_string(1 + below(2)) : v == Verb::kPause || v == Verb::kResume ? "" : "plate_" + std::to_string(1 + below(4));
    if (v == Verb::kRecord) o = below(2) ? "gap" : "fault";
    if (v == Verb::kHint) o = "work";
    t.add(v, o, {{"height_um", 1000 * below(6)}}, tools[below(3)], (t.events.empty() ? 0 : t.events.back().t_ms) + 100 * below(50));
    Event& e = t.events.back();
    if (v == Verb::kMeasure || (v == Verb::kRecord && o == "gap")) e.with("length_um", 1000 * below(6));
    if (v == Verb::kRecord && o == "fault") e.with("value", std::string_view(below(2) ? "sensor_open" : "wire_open"));
    if (v == Verb::kRecord) std::erase_if(e.args, [](const Arg& a) { return a.key == "height_um"; });
    if (v == Verb::kSay) e.with("node", std::string_view(nodes[below(3)])).with("quality", below(4)).with("flag_promise", below(5) == 0 ? 1 : 0);
    if (v == Verb::kHint) e.with("level", 1 + below(4));
  }
  if (below(4)) t.hand_in();
  return t;
}

}  // namespace

TEST(RuleBook, AnyTaleIsMarkedWithinItsBoundsAndNoRuleIsHurtByAnEventItDoesNotName) {
  std::set<RuleKind> seen;
  for (const Kind& k : kEveryKind) {
    SCOPED_TRACE(k.rule);
    const Rubric r(k.moments, k.max, k.rule);
    ASSERT_TRUE(r.pack) << r.problems;
    seen.insert(r.pack->exercises.front().aspects[1].kind);
    std::set<int64_t> marks;
    for (uint64_t seed = 1; seed <= 300; ++seed) {
      const Tale tale = any_tale(seed);
      const std::vector<HumanMark> people{{"A", "teacher", static_cast<int>(seed % 5)}, {"A", "mentor", static_cast<int>(seed % 3)}};
      const Mark whole = r.mark(tale.events, people, static_cast<Mode>(seed % kModeCount));
      ASSERT_LE(whole.awarded_mp, whole.max_mp) << seed;
      ASSERT_TRUE(whole.awarded_mp >= 0 || (k.max == 0 && whole.severity != Severity::kNone)) << seed;
      ASSERT_TRUE(std::is_sorted(whole.events.begin(), whole.events.end()));
      marks.insert(whole.awarded_mp);
      for (size_t i = 0; i < tale.events.size(); ++i) {
        const bool named = std::binary_search(whole.events.begin(), whole.events.end(), tale.events[i].seq);
        if (named && whole.awarded_mp < whole.max_mp) continue;
        std::vector<Event> without = tale.events;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        const Mark less = r.mark(without, people, static_cast<Mode>(seed % kModeCount));
        ASSERT_LE(less.awarded_mp, whole.awarded_mp) << "seed " << seed << " without " << to_json(tale.events[i]).dump() << "\n" << whole.why.en << "\n" << less.why.en;
      }
    }
    EXPECT_GT(marks.size(), 1u) << "the tales never tell of it";
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kRuleKinds));
}

// ---------------------------------------------------------------- the sitting
TEST(RuleBook, EveryModeHasItsPolicyForACriticalError) {
  // 80 points earned and one critical error.
  const Rubric r("  danger: {do: enter, on: plate_1}\n", 0, "rule: forbid, severity: critical, code: DANGER, moment: danger");
  struct Case { Mode mode; OnCritical policy; int64_t of_80; bool ends; };
  for (const Case& c : {Case{Mode::kGuided, OnCritical::kRewind, 80000, false}, {Mode::kPractice, OnCritical::kGoOn, 80000, false}, {Mode::kAssessment, OnCritical::kStop, 59000, true}, {Mode::kCompetition, OnCritical::kDisqualify, 0, true}}) {
    EXPECT_EQ(rules_of(c.mode).on_critical, c.policy);
    EXPECT_EQ(reported_mp(c.policy, 80000), c.of_80);
    EXPECT_EQ(ends_at_critical(c.mode), c.ends);
    Session s(r.pack, r.pack->exercises.front(), {c.mode, 7}, [](const Event&) { return ok(); });
    s.restore(Tale().add(Verb::kEnter, "plate_1").events);
    EXPECT_EQ(s.critical(), "DANGER");
    const Marksheet sheet = r.sheet(Tale().add(Verb::kTouch, "wrench").add(Verb::kEnter, "plate_1").events, {}, c.mode);
    EXPECT_EQ(sheet.raw_mp, 100000) << "the log is never silently zeroed";
    EXPECT_EQ(sheet.total_mp, c.mode == Mode::kAssessment ? 59000 : c.mode == Mode::kCompetition ? 0 : 100000);
    EXPECT_FALSE(sheet.pass);
  }
  EXPECT_EQ(reported_mp(OnCritical::kStop, 40000), 40000);
}

TEST(RuleBook, HelpHasAPriceByModeAndIsRefusedInAnAssessment) {
  // 10 points: level 1 free, 2: -10 %, 3: -30 %, 4: nothing left. The dearest counts.
  const Rubric r("  done: {do: set, on: plate_1}\n", 10, "rule: done, moments: [done]");
  const int64_t practice[] = {10000, 10000, 9000, 7000, 0};
  for (const int level : {0, 1, 2, 3, 4}) {
    Tale t;
    t.add(Verb::kSet, "plate_1");
    if (level > 0) t.add(Verb::kHint, "work", {{"level", level}}).add(Verb::kHint, "work", {{"level", 1}});
    t.hand_in();
    EXPECT_EQ(r.mark(t.events, {}, Mode::kPractice).awarded_mp, practice[level]) << level;
    EXPECT_EQ(r.mark(t.events, {}, Mode::kGuided).awarded_mp, 10000) << level;
    for (const Mode mode : {Mode::kAssessment, Mode::kCompetition}) {
      const Marksheet s = r.sheet(t.events, {}, mode);
      EXPECT_EQ(s.marks[1].awarded_mp, level == 0 ? 10000 : 0) << level;
      EXPECT_EQ(s.codes, level == 0 ? std::vector<std::string>{} : std::vector<std::string>{kHintCode});
      EXPECT_EQ(s.pass, level == 0);
    }
  }
  for (const Mode mode : {Mode::kPractice, Mode::kAssessment, Mode::kCompetition}) {
    Session s(r.pack, r.pack->exercises.front(), {mode, 7}, [](const Event&) { return ok(); });
    for (const int64_t level : {1, 2, 3, 4}) EXPECT_EQ(s.act({Verb::kHint, "work", "", "", level, false, false, {}}).ok(), mode == Mode::kPractice) << level;
  }
}

TEST(RuleBook, AnotherScorersJournalIsRefused) {
  EXPECT_TRUE(check_scorer(kScorerVersion, "j"));
  const auto old = check_scorer(1, "a.jsonl");
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().text(), "a.jsonl: was scored by scorer version 1; this program has version 3. Grade it with the program that has that version");
}

TEST(RuleBook, AGraphThatGoesRoundIsRefused) {
  const std::string moments = "  a: {do: set, on: plate_1}\n  b: {do: set, on: plate_2}\n  c: {do: set, on: plate_3}\n  d: {do: set, on: plate_4}\n";
  const auto problems = [&](const char* pairs) { return Rubric(moments, 10, std::string("rule: order, judge: last, pairs: ") + pairs).problems; };
  EXPECT_EQ(problems("[[a, b], [b, c], [a, c], [d, c, 100]]"), "");
  EXPECT_NE(problems("[[d, a], [a, b], [b, c], [c, a]]").find("'a' would have to come before itself"), std::string::npos);
  EXPECT_NE(problems("[[a, a]]").find("would have to come before itself"), std::string::npos);
  EXPECT_NE(problems("[[a, b], [a, b]]").find("stands here twice"), std::string::npos);
  EXPECT_NE(problems("[[a, b, 0]]").find("from 1 to 100"), std::string::npos);
  EXPECT_NE(problems("[[a, b, 1, 1]]").find("expected a pair"), std::string::npos);
}
