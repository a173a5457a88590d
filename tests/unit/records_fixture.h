#pragma once
// For the tests of the records room: a folder of their own and the smallest pack that can be played and graded.

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "engine/base/hash.h"
#include "engine/records/attempt.h"
#include "engine/records/journal.h"
#include "engine/records/keys.h"
#include "engine/records/pack_shelf.h"
#include "engine/records/store.h"
#include "engine/records/xapi.h"
#include "tests/unit/pack_fixture.h"

namespace shixun {

// A fresh folder, gone afterwards; SHIXUN_HOME points into it.
class RecordsTest : public testing::Test {
 protected:
  void SetUp() override {
    dir = fs::temp_directory_path() / ("shixun-test-" + uuid_v4());
    ASSERT_TRUE(make_dirs(dir));
    const char* before = std::getenv("SHIXUN_HOME");
    home_before = before ? before : "";
    setenv("SHIXUN_HOME", dir.c_str(), 1);
    ASSERT_TRUE(copy_station_key());
  }
  void TearDown() override {
    if (home_before.empty()) unsetenv("SHIXUN_HOME");
    else setenv("SHIXUN_HOME", home_before.c_str(), 1);
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
  fs::path dir;

  // The station key of this test program: making one takes long, so all tests share it.
  static const PrivateKey& station() {
    static const PrivateKey key = *PrivateKey::generate();
    return key;
  }

 private:
  // As a machine that has recorded before has it.
  Status copy_station_key() {
    const std::string id = station().public_key().id();
    const fs::path pem = places().config / "keys/private" / (id + ".pem");
    if (auto s = write_file(pem, station().to_pem("")); !s) return s;
    fs::permissions(pem, fs::perms::owner_read | fs::perms::owner_write);
    KnownKey k;
    k.key = station().public_key();
    k.name = "test-station";
    k.created_utc = "2026-01-01T00:00:00.000Z";
    return write_file(places().config / "keys/keys.json", nlohmann::json{{"format", 1}, {"keys", {to_json(k)}}}.dump());
  }
  std::string home_before;
};

// A brake lever to pull and one line to write: two aspects, one forbidden act.
inline fs::path write_small_pack(const fs::path& folder) {
  const std::pair<const char*, const char*> files[] = {
      {"pack.yaml", "format: 1\nid: small\nversion: 1.0.0\ntitle: pack.title\nlicence: CC0-1.0\nexercises: [brake]\n"},
      {"scene.yaml",
       "start: {eye: [0, 1.6, 2], look: [0, 1, 0]}\nwalk: {lower: [-2, 0, -2], upper: [2, 2, 2]}\n"
       "objects:\n  brake: {name: obj.brake, lever: {states: [released, pulled], initial: released}}\n"},
      {"exercises/brake/scenario.yaml",
       "title: ex.title\nbrief: ex.brief\nsheet:\n  note: {name: field.note, choices: [fine, worn]}\n"
       "moments:\n  pulled: {do: set, on: brake, where: {state: pulled}}\n  released: {do: set, on: brake, where: {state: released}}\n"
       "steps:\n  - {id: pull, title: step.title, goal: [pulled], unlock: [brake], hint: step.hint, look_at: brake}\n"},
      {"exercises/brake/rubric.yaml",
       "pass: {total: 60, safety_percent: 60}\ncriteria:\n"
       "  - id: work\n    title: crit.work\n    aspects:\n"
       "      - {id: pull, title: asp.pull, lens: process, max: 60, rule: done, moments: [pulled]}\n"
       "      - {id: note, title: asp.note, lens: outcome, max: 40, rule: record, field: note, truth: fine}\n"
       "      - {id: rolled, title: asp.rolled, lens: process, rule: forbid, moment: released, severity: minor, code: BRAKE_RELEASED}\n"},
      {"strings/zh-CN.yaml",
       "pack.title: 小包\nobj.brake: 手刹\nobj.brake.released: 松开\nobj.brake.pulled: 拉紧\nex.title: 拉手刹\nex.brief: 拉紧手刹并记录\nfield.note: 状态\n"
       "field.note.fine: 正常\nfield.note.worn: 磨损\nstep.title: 拉紧\nstep.hint: 拉紧手刹\ncrit.work: 操作\nasp.pull: 拉紧手刹\nasp.note: 记录状态\nasp.rolled: 松开手刹\n"},
      {"strings/en.yaml",
       "pack.title: Small pack\nobj.brake: brake lever\nobj.brake.released: released\nobj.brake.pulled: pulled\nex.title: Pull the brake\nex.brief: Pull it and note it\n"
       "field.note: State\nfield.note.fine: fine\nfield.note.worn: worn\nstep.title: Pull\nstep.hint: Pull the lever\ncrit.work: Work\nasp.pull: Brake pulled\n"
       "asp.note: State noted\nasp.rolled: Brake let go\n"},
  };
  for (const auto& [name, text] : files) EXPECT_TRUE(write_file(folder / name, text));
  return folder;
}

// With that pack at hand.
class SmallPackTest : public RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    pack_dir = write_small_pack(dir / "small");
    pack = pack_of(pack_dir);
    ASSERT_TRUE(pack);
    shelf.emplace(pack_dir.string());
  }
  static Action act(Verb v, const char* o, const char* value) {
    Action a;
    a.verb = v;
    a.o = o;
    a.value = value;
    return a;
  }
  fs::path pack_dir;
  std::shared_ptr<const Pack> pack;
  std::optional<PackShelf> shelf;
};

inline JournalHeader small_header() {
  return {.attempt = uuid_v4(),
          .exercise = "small/brake",
          .title = {"拉手刹", "Pull the brake"},
          .pack_id = "small",
          .pack_version = "1.0.0",
          .pack_sha256 = sha256_hex("pack"),
          .scoring_sha256 = sha256_hex("scoring"),
          .mode = Mode::kAssessment,
          .seed = UINT64_MAX,
          .trainee = "s-0042",
          .engine = SHIXUN_VERSION,
          .engine_sha256 = sha256_hex("engine"),
          .scorer_sha256 = sha256_hex("scorer"),
          .started_utc = "2026-03-01T08:00:00.000Z",
          .device = "headless",
          .lang = "zh-CN"};
}

inline Event small_event(uint32_t seq, int64_t t_ms) {
  Event e;
  e.seq = seq;
  e.t_ms = t_ms;
  e.verb = Verb::kSet;
  e.o = "brake";
  e.with("state", std::string_view(seq % 2 ? "pulled" : "released"));
  return e;
}

inline Marksheet small_sheet() {
  Marksheet s;
  s.exercise = "small/brake";
  s.pack_version = "1.0.0";
  s.total_mp = 83500;
  s.raw_mp = 83500;
  s.max_mp = 100000;
  s.process_mp = 60000;
  s.outcome_mp = 23500;
  s.process_max_mp = 60000;
  s.outcome_max_mp = 40000;
  s.finished = s.pass = true;
  s.active_ms = 61'234;
  s.codes = {"BRAKE_RELEASED", "OTHER"};
  Mark pull{.id = "pull", .criterion = "work", .lens = Lens::kProcess, .max_mp = 60000, .awarded_mp = 60000, .events = {1}, .code = "", .title = {"拉紧", "Pulled"}, .why = {"好", "good"}};
  Mark slip{.id = "rolled", .criterion = "work", .lens = Lens::kProcess, .max_mp = 0, .awarded_mp = -1000, .events = {2}, .code = "BRAKE_RELEASED", .severity = Severity::kMinor,
            .title = {"松开", "Let go"}, .why = {"", ""}};
  s.marks = {pull, slip};
  return s;
}

inline Journal closed_journal(Mode mode = Mode::kAssessment, bool finished = true) {
  Journal j;
  j.header = small_header();
  j.header.attempt = "0f2c1c52-6a0c-4f0a-9d6e-0d8a1b2c3d4e";
  j.header.mode = mode;
  Marksheet sheet = small_sheet();
  sheet.mode = mode;
  sheet.finished = finished;
  j.footer = JournalFooter{to_json(sheet), "", "2026-03-01T08:10:00.000Z"};
  j.events = {small_event(1, 100), small_event(2, 200), small_event(3, 61'000)};
  j.head_sha256 = sha256_hex("head");
  return j;
}

// The last words of their verbs, in order.
inline std::vector<std::string> verbs(const std::vector<Statement>& statements) {
  std::vector<std::string> out;
  for (const Statement& s : statements) {
    const std::string id = nlohmann::json::parse(s.body)["verb"]["id"];
    out.push_back(id.substr(id.rfind('/') + 1));
  }
  return out;
}

inline AttemptRow passed_row() {
  AttemptRow r;
  r.uuid = "01783d98-178e-4dfd-bd8a-073aec32dfee";
  r.exercise = "small/brake";
  r.mode = "assessment";
  r.closed = true;
  r.verdict = "pass";
  r.total_mp = 83500;
  r.max_mp = 100000;
  r.seed = "18446744073709551615";
  return r;
}

}  // namespace shixun
