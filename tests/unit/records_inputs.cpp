#include <algorithm>
#include <sstream>

#include "engine/base/json.h"
#include "engine/records/build_id.h"
#include "engine/records/verify.h"
#include "tests/unit/records_fixture.h"
#include "tests/unit/wheel_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

// A wheel change on record, and whoever has the station's key at work on it.
class Inputs : public RecordsTest {
 protected:
  Inputs() : shelf(shipped_pack_dir().string()) {}

  Attempt begin(Mode mode) {
    auto a = begin_attempt(wheel_pack(), wheel_change(), {mode, 7}, "s-1", Lang::kZh, "headless");
    EXPECT_TRUE(a) << a.error().text();
    return std::move(*a);
  }
  Journal close(Attempt a) {
    auto closed = close_attempt(std::move(a));
    EXPECT_TRUE(closed) << closed.error().text();
    path = closed->journal;
    return *read_journal(path);
  }
  Verification verify(const std::string& bytes) { return verify_journal(bytes, "j", nullptr, *read_keys(), shelf); }
  Verification verify() { return verify(*read_file(path)); }
  static std::string told(const Verification& v) { return verification_text(v, Lang::kEn); }

  std::vector<json> lines() {
    std::vector<json> all;
    std::istringstream in(*read_file(path));
    for (std::string l; std::getline(in, l);) all.push_back(json::parse(l));
    return all;
  }
  static bool is_event(const json& line) { return line.contains("seq"); }

  // Written anew: numbered, chained, scored and signed as only this station can.
  std::string forged(std::vector<json> all) {
    std::string out, before;
    uint32_t seq = 0;
    const auto sign = [&](json& line) {
      line.erase("sig");
      line["sig"] = station().sign(canonical(line));
    };
    for (json& line : all) {
      if (!before.empty()) line["prev"] = sha256_hex(before);
      if (is_event(line)) line["seq"] = ++seq;
      if (line["v"] == "signature") sign(line);
      if (line["v"] == "footer") {
        auto so_far = parse_journal(out, "forged");
        EXPECT_TRUE(so_far) << so_far.error().text();
        const Marksheet sheet = grade(*wheel_pack(), wheel_change(), so_far->header.mode, 7, so_far->events);
        line["sheet"] = to_json(sheet);
        line["sheet_sha256"] = sha256_hex(canonical(line["sheet"]));
        line.erase("seal");
        sign(line);
        line["seal"] = sha256_hex(canonical(line));
      }
      before = canonical(line);
      out += before + "\n";
    }
    return out;
  }
  void expect_caught(const std::vector<json>& all, const std::string& what) {
    const Verification v = verify(forged(all));
    EXPECT_FALSE(v.good()) << what;
    EXPECT_EQ(v.level, 0) << what;
    ASSERT_FALSE(v.findings.empty());
    EXPECT_EQ(v.findings.back().about, "inputs") << what << "\n" << told(v);  // everything else about it is in order
  }

  PackShelf shelf;
  fs::path path;
};

TEST_F(Inputs, OfTheExpertGiveTheSameEvents) {
  Attempt a = begin(Mode::kAssessment);
  ASSERT_TRUE(play(a.session(), wheel_trace("expert")));
  const Journal j = close(std::move(a));
  EXPECT_FALSE(j.inputs.empty());
  const Verification v = verify();
  EXPECT_TRUE(v.good()) << told(v);
  EXPECT_EQ(v.level, 2) << told(v);
  EXPECT_EQ(v.findings.back().about, "inputs");
  EXPECT_EQ(claimed_level(j), 1) << "nobody has looked yet";
}

TEST_F(Inputs, ForgedEventsAreCaughtThoughTheStationSigned) {
  Attempt a = begin(Mode::kAssessment);
  ASSERT_TRUE(play(a.session(), wheel_trace("expert")));
  close(std::move(a));
  const std::vector<json> good = lines();
  ASSERT_TRUE(verify(forged(good)).good()) << "forging nothing changes nothing";
  size_t n = 0;
  for (size_t i = 0; i < good.size(); ++i) {
    if (!is_event(good[i]) || ++n % 9 != 0) continue;
    const std::string what = "line " + std::to_string(i + 1) + " " + good[i].dump();
    auto changed = good, gone = good, added = good;
    if (good[i].contains("a") && good[i]["a"].contains("torque_dnm")) changed[i]["a"]["torque_dnm"] = good[i]["a"]["torque_dnm"].get<int64_t>() + 10;
    else changed[i]["o"] = "thing";
    expect_caught(changed, "changed: " + what);
    gone.erase(gone.begin() + static_cast<long>(i));
    expect_caught(gone, "left out: " + what);
    added.insert(added.begin() + static_cast<long>(i), good[i]);
    expect_caught(added, "twice: " + what);
  }
  EXPECT_GT(n, 100u);
  // The one that matters: a nut with too little torque made fast.
  auto stronger = good;
  const auto nut = std::find_if(stronger.rbegin(), stronger.rend(), [](const json& l) { return is_event(l) && l.contains("a") && l["a"].contains("torque_dnm") && l["v"] == "turn"; });
  ASSERT_NE(nut, stronger.rend());
  (*nut)["a"]["torque_dnm"] = (*nut)["a"]["torque_dnm"].get<int64_t>() + 1;
  const Verification v = verify(forged(stronger));
  EXPECT_NE(told(v).find("event " + std::to_string((*nut)["seq"].get<int>()) + " does not follow from the inputs"), std::string::npos) << told(v);
  // All inputs gone, or of one of them: the events stand without a reason.
  auto bare = good, one = good;
  std::erase_if(bare, [](const json& l) { return l["v"] == "inputs"; });
  expect_caught(bare, "no inputs");
  one.erase(std::find_if(one.begin(), one.end(), [](const json& l) { return l["v"] == "inputs"; }));
  expect_caught(one, "one input less");
  // What an older program would have written is believed as far as that.
  bare[0]["format"] = 2;
  const Verification old = verify(forged(bare));
  EXPECT_TRUE(old.good()) << told(old);
  EXPECT_EQ(old.level, 1);
}

TEST_F(Inputs, OfAnotherBuildAreNotPlayed) {
  Attempt a = begin(Mode::kPractice);
  a.session().tick(120);
  ASSERT_TRUE(play(a.session(), wheel_trace("expert")));
  close(std::move(a));
  auto all = lines();
  all[0]["engine_sha256"] = sha256_hex("another");
  const Verification v = verify(forged(all));
  EXPECT_TRUE(v.good()) << told(v);
  EXPECT_EQ(v.level, 1);
  EXPECT_NE(told(v).find("another build"), std::string::npos) << told(v);
}

TEST_F(Inputs, HeldStrokesInterruptionsAndWhatWasTakenBackAllFollow) {
  const Trace trace = wheel_trace("expert");
  std::string id;
  size_t frames = 0;
  // Half of it, every turn as a held button gives it: 60 pictures a second.
  const auto work = [&](Session& s, size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      s.advance_to(trace.actions[i].t_ms);
      auto action = action_of(s.world(), trace, trace.actions[i]);
      ASSERT_TRUE(action);
      if (!*action) continue;
      Action a = **action;
      if (a.verb != Verb::kTurn || std::abs(a.amount) < 3000) {
        (void)s.act(a);
        continue;
      }
      a.hold = true;
      for (int64_t rest = a.amount; rest != 0; ++frames) {
        a.amount = std::clamp<int64_t>(rest, -300, 300);
        rest -= a.amount;
        s.tick(2);
        if (!s.act(a)) break;
      }
      ASSERT_TRUE(s.release());
    }
  };
  const size_t half = trace.actions.size() / 2;
  {
    Attempt a = begin(Mode::kPractice);
    id = a.id();
    work(a.session(), 0, half);
    // Killed in the middle of a stroke.
    Action hold{Verb::kRaise, "jack", "", "", 1000, false, true, {}};
    for (int i = 0; i < 30; ++i) {
      a.session().tick(2);
      (void)a.session().act(hold);
    }
  }
  auto again = resume_attempt(id, shipped_pack_dir());
  ASSERT_TRUE(again) << again.error().text();
  work(again->session(), half, trace.actions.size());
  const Journal j = close(std::move(*again));
  EXPECT_GT(frames, 500u);
  const Verification v = verify();
  EXPECT_EQ(v.level, 2) << told(v);
  uint64_t bytes = 0;
  for (const json& l : lines()) bytes += l["v"] == "inputs" ? canonical(l).size() + 1 : 0;
  EXPECT_LT(bytes, j.bytes / 2) << "of " << j.bytes << ", for " << frames << " pictures of holding";
}

TEST_F(Inputs, OfGuidedModeWithItsTakingBackFollow) {
  Attempt a = begin(Mode::kGuided);
  Session& s = a.session();
  // Whatever is critical first: the traces of mistakes, each until it is taken back.
  size_t taken_back = 0;
  for (const PackTest& t : wheel_change().tests) {
    const Trace trace = wheel_trace(t.trace);
    for (const TraceAction& one : trace.actions) {
      if (s.over()) break;
      s.tick(30);
      auto action = action_of(s.world(), trace, one);
      if (!action || !*action || (*action)->verb == Verb::kFinish) continue;
      (void)s.act(**action);
      if (s.critical().empty()) continue;
      s.tick(400);
      ASSERT_TRUE(s.rewind());
      ++taken_back;
    }
  }
  EXPECT_GT(taken_back, 0u);
  const Journal j = close(std::move(a));
  EXPECT_GT(std::count_if(j.events.begin(), j.events.end(), [](const Event& e) { return e.verb == Verb::kRewind; }), 0);
  const Verification v = verify();
  EXPECT_EQ(v.level, 2) << told(v);
}

TEST_F(Inputs, OfAnAttemptThatWasCutOffBeforeItsEventsAreNotedNotHeldAgainstAnyone) {
  std::string id, at;
  {
    Attempt a = begin(Mode::kPractice);
    id = a.id();
    at = a.journal_path().string();
    ASSERT_TRUE(play(a.session(), wheel_trace("expert")));
  }
  // Power went between the inputs and the events they caused.
  path = at;
  const std::string bytes = *read_file(at);
  ASSERT_TRUE(write_file(at, bytes.substr(0, bytes.find('\n', bytes.rfind("\"v\":\"inputs\"")) + 1)));
  auto closed = close_interrupted(id, shipped_pack_dir());
  ASSERT_TRUE(closed) << closed.error().text();
  const Verification v = verify();
  EXPECT_TRUE(v.good()) << told(v);
  EXPECT_EQ(v.level, 1);
  EXPECT_NE(told(v).find("an interruption kept"), std::string::npos) << told(v);
}

TEST(InputList, IsReadStrictly) {
  const std::vector<SessionInput> inputs = {{SessionInput::Kind::kResumed, 5, {}, {}},
                                     {SessionInput::Kind::kAct, 7, {Verb::kPut, "a", "floor", "", 0, false, false, {1, -2, 3}}, {}},
                                     {SessionInput::Kind::kAct, 9, {Verb::kTurn, "n", "", "", -150, true, true, {}}, {{2, -150, 20}, {2, -151, 1}}},
                                     {SessionInput::Kind::kRelease, 60, {}, {}},
                                     {SessionInput::Kind::kRewind, 61, {}, {}}};
  const json j = to_json(inputs);
  auto again = inputs_from_json(j);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(to_json(*again), j);
  EXPECT_EQ((*again)[2].more, inputs[2].more);
  EXPECT_EQ((*again)[1].action.where_um, inputs[1].action.where_um);
  for (const char* bad : {"[]", "{}", "[1]", R"([{"tick":1}])", R"([{"do":"turn"}])", R"([{"tick":-1,"do":"turn"}])", R"([{"tick":1.5,"do":"turn"}])", R"([{"tick":1,"do":"fly"}])", R"([{"tick":1,"do":"turn","x":1}])",
                          R"([{"tick":1,"do":"turn","amount":99999999999999}])", R"([{"tick":1,"do":"turn","hold":[[1,2]]}])", R"([{"tick":1,"do":"turn","hold":[[1,2,0]]}])", R"([{"tick":1,"session":"release","do":"turn"}])",
                          R"([{"tick":1,"session":"nap"}])", R"([{"tick":1,"do":"take","o":"a"},{"tick":2,"session":"resumed"}])", R"([{"tick":1,"do":"put","where":[1,2]}])"})
    EXPECT_FALSE(inputs_from_json(json::parse(bad))) << bad;
}

}  // namespace
}  // namespace shixun
