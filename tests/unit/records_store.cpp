#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "engine/records/clock.h"
#include "engine/records/config.h"
#include "engine/records/delivery.h"
#include "engine/records/human_marks.h"
#include "engine/records/purge.h"
#include "engine/records/store.h"
#include "engine/records/xapi.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

class AttemptStore : public RecordsTest {
 protected:
  fs::path data() const { return dir / "data"; }

  // A closed attempt's journal on disk.
  Journal closed_journal(const RecordStore& store, const std::string& started = "2026-03-01T08:00:00.000Z") {
    JournalHeader h = small_header();
    h.started_utc = started;
    auto w = create_journal(store.journal_path(h.attempt), h);
    EXPECT_TRUE(w);
    for (uint32_t i = 1; i <= 3; ++i) EXPECT_TRUE(w->append(small_event(i, i * 100)));
    EXPECT_TRUE(w->finish(to_json(small_sheet()), "2026-03-01T08:10:00.000Z"));
    return *read_journal(store.journal_path(h.attempt));
  }
  std::vector<OutboxRow> rows_of(const Journal& j, const std::string& endpoint) {
    std::vector<OutboxRow> rows;
    auto statements = xapi_statements(j, {"https://id.school.example"});
    EXPECT_TRUE(statements);
    for (const Statement& s : *statements) {
      OutboxRow r;
      r.statement_id = s.id;
      r.endpoint = endpoint;
      r.attempt = j.header.attempt;
      r.seq = static_cast<int64_t>(rows.size()) + 1;
      r.body = s.body;
      rows.push_back(r);
    }
    return rows;
  }
  void raw(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((data() / "attempts.sqlite").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
};

TEST_F(AttemptStore, KeepsAnAttemptFromOpenToClosed) {
  auto store = RecordStore::open(data());
  ASSERT_TRUE(store) << store.error().text();
  const Journal j = closed_journal(*store);
  ASSERT_TRUE(store->add_open(j.header, "/packs/small"));
  EXPECT_FALSE((*store->find(j.header.attempt))->closed);
  auto row = row_from_journal(j);
  ASSERT_TRUE(store->close(row, rows_of(j, "school"), true));
  auto found = *store->find(j.header.attempt);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->closed);
  EXPECT_EQ(found->verdict, "pass");
  EXPECT_EQ(found->total_mp, 83500);
  EXPECT_EQ(found->codes, "BRAKE_RELEASED OTHER");
  EXPECT_EQ(found->seed, "18446744073709551615");
  EXPECT_EQ(found->marksheet, canonical(to_json(small_sheet())));
  EXPECT_EQ(found->head_sha256, j.head_sha256);
  EXPECT_EQ(found->pack_dir, "/packs/small");
  EXPECT_EQ(store->count("school")->pending, 5);  // initialized, two marks, passed, terminated
  EXPECT_TRUE(store->check());
}

TEST_F(AttemptStore, ClosesAgainOnlyWithTheSameMarksheet) {
  auto store = RecordStore::open(data());
  const Journal j = closed_journal(*store);
  ASSERT_TRUE(store->add_open(j.header, ""));
  auto row = row_from_journal(j);
  ASSERT_TRUE(store->close(row, {}, false));
  EXPECT_EQ(store->unqueued()->size(), 1u);
  ASSERT_TRUE(store->close(row, rows_of(j, "school"), true));
  EXPECT_TRUE(store->unqueued()->empty());
  row.marksheet += " ";
  EXPECT_FALSE(store->close(row, {}, true));
}

TEST_F(AttemptStore, ClosingWithABadOutboxRowClosesNothing) {
  auto store = RecordStore::open(data());
  const Journal j = closed_journal(*store);
  ASSERT_TRUE(store->add_open(j.header, ""));
  auto rows = rows_of(j, "school");
  rows.back().attempt = uuid_v4();  // of no attempt: the foreign key refuses it
  EXPECT_FALSE(store->close(row_from_journal(j), rows, true));
  EXPECT_FALSE((*store->find(j.header.attempt))->closed);
  EXPECT_EQ(store->count("school")->pending, 0);
}

TEST_F(AttemptStore, TakesInJournalsItDoesNotKnow) {
  std::string open_id, closed_id, damaged_id = uuid_v4();
  {
    auto store = RecordStore::open(data());
    closed_id = closed_journal(*store).header.attempt;
    JournalHeader h = small_header();
    open_id = h.attempt;
    auto w = create_journal(store->journal_path(open_id), h);
    ASSERT_TRUE(w->append(small_event(1, 5)));
    ASSERT_TRUE(write_file(store->journal_path(damaged_id), "not a journal\n"));
    ASSERT_TRUE(write_file(data() / "journals" / "notes.txt", "x"));
  }
  auto store = RecordStore::open(data());
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_EQ(store->list()->size(), 2u);
  EXPECT_FALSE((*store->find(open_id))->closed);
  EXPECT_TRUE((*store->find(closed_id))->closed);
  EXPECT_EQ(*store->unqueued(), std::vector<std::string>{closed_id});
}

TEST_F(AttemptStore, IsRebuiltFromTheJournals) {
  std::vector<AttemptRow> before;
  {
    auto store = RecordStore::open(data());
    for (int i = 0; i < 5; ++i) {
      const Journal j = closed_journal(*store, "2026-03-0" + std::to_string(i + 1) + "T08:00:00.000Z");
      ASSERT_TRUE(store->add_open(j.header, ""));
      ASSERT_TRUE(store->close(row_from_journal(j), {}, true));
    }
    before = *store->list();
  }
  for (const char* f : {"attempts.sqlite", "attempts.sqlite-wal", "attempts.sqlite-shm"}) fs::remove(data() / f);
  auto store = RecordStore::open(data());
  const auto after = *store->list();
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].uuid, before[i].uuid);
    EXPECT_EQ(after[i].head_sha256, before[i].head_sha256);
  }
}

TEST_F(AttemptStore, RefusesAFileOfANewerProgramAndDamage) {
  { ASSERT_TRUE(RecordStore::open(data())); }
  raw("PRAGMA user_version = 99");
  auto newer = RecordStore::open(data());
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().what.find("newer version"), std::string::npos);
  for (const char* f : {"attempts.sqlite-wal", "attempts.sqlite-shm"}) fs::remove(data() / f);
  ASSERT_TRUE(write_file(data() / "attempts.sqlite", std::string(8192, 'x')));
  EXPECT_FALSE(RecordStore::open(data()));
}

TEST_F(AttemptStore, OpensFromSeveralProcessesAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (int n = 0; n < 5; ++n) {
        auto store = RecordStore::open(data());
        if (!store || !store->add_open(small_header(), "")) _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t c : children) {
    int status = 0;
    waitpid(c, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  auto store = RecordStore::open(data());
  EXPECT_EQ(store->list()->size(), 30u);
}

TEST_F(AttemptStore, FiltersLists) {
  auto store = RecordStore::open(data());
  JournalHeader a = small_header(), b = small_header();
  b.trainee = "other";
  b.mode = Mode::kPractice;
  b.started_utc = "2026-04-01T00:00:00.000Z";
  ASSERT_TRUE(store->add_open(a, ""));
  ASSERT_TRUE(store->add_open(b, ""));
  EXPECT_EQ(store->list({.trainee = "other"})->size(), 1u);
  EXPECT_EQ(store->list({.mode = "assessment"})->front().uuid, a.attempt);
  EXPECT_EQ(store->list({.since_utc = "2026-03-15"})->front().uuid, b.attempt);
  EXPECT_EQ(store->list({.until_utc = "2026-03-15"})->size(), 1u);
  EXPECT_EQ(store->list({.exercise = "x' OR 1=1 --"})->size(), 0u);
}

TEST_F(AttemptStore, LeasesInOrderAndWithinLimits) {
  auto store = RecordStore::open(data());
  const Journal first = closed_journal(*store, "2026-03-01T08:00:00.000Z"), second = closed_journal(*store, "2026-03-02T08:00:00.000Z");
  for (const Journal* j : {&first, &second}) {
    ASSERT_TRUE(store->add_open(j->header, ""));
    ASSERT_TRUE(store->close(row_from_journal(*j), rows_of(*j, "school"), true));
  }
  auto two = *store->lease("school", 1000, 500, 2, 1 << 20);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].attempt, first.header.attempt);
  EXPECT_EQ(two[0].seq, 1);
  EXPECT_EQ(two[1].seq, 2);
  // The first attempt's later statements wait for the leased ones; the second attempt does not.
  auto more = *store->lease("school", 1000, 500, 50, 1 << 20);
  ASSERT_FALSE(more.empty());
  for (const OutboxRow& r : more) EXPECT_EQ(r.attempt, second.header.attempt);
  EXPECT_TRUE(store->lease("school", 1400, 500, 50, 1 << 20)->empty());
  ASSERT_TRUE(store->reclaim_leases("school", 1400, false));
  EXPECT_TRUE(store->lease("school", 1400, 500, 50, 1 << 20)->empty());
  ASSERT_TRUE(store->reclaim_leases("school", 1500, false));  // ran out
  EXPECT_EQ(store->lease("school", 1500, 500, 50, 1 << 20)->size(), 10u);
  ASSERT_TRUE(store->reclaim_leases("school", 0, true));
  EXPECT_EQ(store->lease("school", 1500, 500, 50, 10)->size(), 1u);  // at least one, however large
}

TEST_F(AttemptStore, AStatementThatWaitsHoldsBackItsAttemptOnly) {
  auto store = RecordStore::open(data());
  const Journal a = closed_journal(*store, "2026-03-01T08:00:00.000Z"), b = closed_journal(*store, "2026-03-02T08:00:00.000Z");
  for (const Journal* j : {&a, &b}) {
    ASSERT_TRUE(store->add_open(j->header, ""));
    ASSERT_TRUE(store->close(row_from_journal(*j), rows_of(*j, "school"), true));
  }
  auto row = store->lease("school", 0, 500, 1, 1 << 20)->front();
  row.state = OutboxRow::State::kPending;
  row.next_try_ms = 5000;
  row.tries = 1;
  ASSERT_TRUE(store->settle({row}));
  const auto others = *store->lease("school", 1000, 500, 50, 1 << 20);
  for (const OutboxRow& r : others) EXPECT_EQ(r.attempt, b.header.attempt);
  EXPECT_EQ(*store->next_due("school"), 5000);
  ASSERT_TRUE(store->reclaim_leases("school", 0, true));
  row.state = OutboxRow::State::kParked;  // settled for good: the rest goes on
  ASSERT_TRUE(store->settle({row}));
  EXPECT_EQ(store->lease("school", 1000, 500, 50, 1 << 20)->size(), 9u);
  EXPECT_EQ(store->count("school")->parked, 1);
}

// ---------------------------------------------------------------- attempts

class Attempts : public RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    pack_dir = write_small_pack(dir / "packs" / "small");
    pack = pack_of(pack_dir);
    ASSERT_TRUE(pack);
  }
  Result<Attempt> begin(Mode mode = Mode::kAssessment) { return begin_attempt(pack, pack->exercises[0], {.mode = mode, .seed = 7}, "s-1", Lang::kZh, "headless"); }
  static Action pull() {
    Action a;
    a.verb = Verb::kSet;
    a.o = "brake";
    a.value = "pulled";
    return a;
  }
  static Action note(const char* what) {
    Action a;
    a.verb = Verb::kRecord;
    a.o = "note";
    a.value = what;
    return a;
  }
  static Action finish() {
    Action a;
    a.verb = Verb::kFinish;
    return a;
  }
  void configure() {
    ASSERT_TRUE(write_file(places().config / "config.yaml",
                           "endpoints:\n  - {name: school, type: xapi, url: \"https://lrs.school.example/xapi/\", user: w, password_file: p, actor_home_page: \"https://id.school.example\"}\n"));
  }
  fs::path pack_dir;
  std::shared_ptr<const Pack> pack;
};

TEST_F(Attempts, GoFromBeginToResult) {
  configure();
  auto a = begin();
  ASSERT_TRUE(a) << a.error().text();
  const std::string id = a->id();
  a->session().tick(120);
  ASSERT_TRUE(a->session().act(pull()));
  a->session().tick(120);
  ASSERT_TRUE(a->session().act(note("fine")));
  ASSERT_TRUE(a->session().act(finish()));
  EXPECT_EQ(list_open_attempts()->size(), 1u);
  EXPECT_TRUE(list_open_attempts()->front().in_use);
  auto closed = close_attempt(std::move(*a));
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_EQ(closed->sheet.total_mp, 100000);
  EXPECT_TRUE(closed->sheet.finished);
  EXPECT_TRUE(closed->warnings.empty());
  EXPECT_EQ(closed->queued, 6);  // initialized, three marks, passed, terminated
  EXPECT_TRUE(list_open_attempts()->empty());
  auto j = read_journal(closed->journal);
  ASSERT_TRUE(j) << j.error().text();
  EXPECT_EQ(sha256_hex(canonical(j->footer->sheet)), closed->sheet_sha256);
  EXPECT_EQ(canonical(to_json(grade(*pack, pack->exercises[0], j->header.mode, j->header.seed, j->events))), canonical(j->footer->sheet));
  auto store = RecordStore::open(places().data);
  EXPECT_EQ((*store->find(id))->verdict, "pass");
  EXPECT_EQ(store->count("school")->pending, 6);
  EXPECT_FALSE(resume_attempt(id));
  EXPECT_FALSE(close_interrupted(id));
}

TEST_F(Attempts, ResumeAfterTheProgramDied) {
  std::string id;
  const pid_t child = fork();
  if (child == 0) {
    auto a = begin();
    if (!a) _exit(1);
    a->session().tick(240);
    if (!a->session().act(pull())) _exit(1);
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  auto open = list_open_attempts();
  ASSERT_TRUE(open);
  ASSERT_EQ(open->size(), 1u);
  EXPECT_FALSE(open->front().in_use);
  EXPECT_EQ(open->front().events, 1u);
  EXPECT_EQ(open->front().t_ms, 2000);
  EXPECT_EQ(open->front().title.en, "Pull the brake");
  auto a = resume_attempt(open->front().uuid);
  ASSERT_TRUE(a) << a.error().text();
  EXPECT_EQ(a->session().events().size(), 1u);
  EXPECT_GE(a->session().t_ms(), 2000);
  ASSERT_TRUE(a->session().act(note("fine")));
  ASSERT_TRUE(a->session().act(finish()));
  auto closed = close_attempt(std::move(*a));
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_EQ(closed->sheet.total_mp, 100000);
}

TEST_F(Attempts, InterruptedOnesCanBeGradedAsTheyStand) {
  std::string id;
  {
    auto a = begin();
    id = a->id();
    ASSERT_TRUE(a->session().act(pull()));
  }
  auto closed = close_interrupted(id);
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_FALSE(closed->sheet.finished);
  EXPECT_EQ(closed->sheet.total_mp, 60000);
  auto store = RecordStore::open(places().data);
  EXPECT_EQ((*store->find(id))->verdict, "unfinished");
}

TEST_F(Attempts, AreNotGoneOnWithUnderOtherRules) {
  std::string id;
  {
    auto a = begin();
    id = a->id();
  }
  auto rubric = *read_file(pack_dir / "exercises/brake/rubric.yaml");
  ASSERT_TRUE(write_file(pack_dir / "exercises/brake/rubric.yaml", rubric + "# changed\n"));
  auto a = resume_attempt(id);
  ASSERT_FALSE(a);
  EXPECT_NE(a.error().what.find("scores differently"), std::string::npos);
  EXPECT_EQ(list_open_attempts()->size(), 1u);
}

TEST_F(Attempts, OfAnotherScorerAreNotGradedByThisOne) {
  JournalHeader header = small_header();
  header.scorer = kScorerVersion - 1;
  header.pack_sha256 = pack->sha256;
  header.scoring_sha256 = pack->scoring_sha256;
  {
    auto store = RecordStore::open(places().data);
    ASSERT_TRUE(store);
    ASSERT_TRUE(create_journal(store->journal_path(header.attempt), header));
    ASSERT_TRUE(store->add_open(header, pack_dir.string()));
  }
  const auto resumed = resume_attempt(header.attempt);
  ASSERT_FALSE(resumed);
  EXPECT_NE(resumed.error().what.find("was scored by scorer version 2"), std::string::npos) << resumed.error().text();
  EXPECT_FALSE(close_interrupted(header.attempt));
}

TEST_F(Attempts, ABrokenConfigurationLosesNothing) {
  ASSERT_TRUE(write_file(places().config / "config.yaml", "endpoints: [{name: x}]\n"));
  auto a = begin();
  ASSERT_TRUE(a->session().act(finish()));
  auto closed = close_attempt(std::move(*a));
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_EQ(closed->warnings.size(), 1u);
  EXPECT_EQ(closed->queued, 0);
  configure();
  auto queued = queue_unqueued_attempts();
  ASSERT_TRUE(queued) << queued.error().text();
  EXPECT_GT(*queued, 0);
  EXPECT_EQ(*queue_unqueued_attempts(), 0);
}

TEST_F(Attempts, ACrashBetweenFooterAndRowIsMended) {
  configure();
  std::string id;
  {
    auto a = begin();
    id = a->id();
    ASSERT_TRUE(a->session().act(finish()));
  }
  {  // as close_attempt does, up to the crash
    auto r = reopen_journal(places().data / "journals" / (id + ".jsonl"), station());
    ASSERT_TRUE(r);
    ASSERT_TRUE(r->writer.finish(to_json(grade(*pack, pack->exercises[0], Mode::kAssessment, 7, r->journal.events)), format_utc(utc_now_ms())));
  }
  EXPECT_TRUE(list_open_attempts()->empty());
  auto store = RecordStore::open(places().data);
  EXPECT_TRUE((*store->find(id))->closed);
  EXPECT_GT(*queue_unqueued_attempts(), 0);
  EXPECT_GT(store->count("school")->pending, 0);
}

TEST_F(Attempts, KnowTraineesByPseudonymOnly) {
  auto a = begin_attempt(pack, pack->exercises[0], {}, "张三", Lang::kZh, "headless");
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, Code::kUsage);
}

TEST_F(AttemptStore, PurgesWhatIsDeliveredAndOldOrATrainees) {
  auto store = RecordStore::open(data());
  ASSERT_TRUE(store);
  const Journal sent = closed_journal(*store), waiting = closed_journal(*store);
  for (const Journal* j : {&sent, &waiting}) {
    ASSERT_TRUE(store->add_open(j->header, ""));
    ASSERT_TRUE(store->close(row_from_journal(*j), rows_of(*j, "school"), true));
  }
  auto rows = *store->outbox(sent.header.attempt);
  for (OutboxRow& r : rows) r.state = OutboxRow::State::kDone;
  ASSERT_TRUE(store->settle(rows));
  ASSERT_TRUE(write_file(marks_path(store->journal_path(sent.header.attempt)), "x"));

  EXPECT_FALSE(plan_purge(*store, {}));
  EXPECT_FALSE(plan_purge(*store, {.trainee = "s-0042", .before_utc = "2027"}));
  EXPECT_TRUE(plan_purge(*store, {.before_utc = "2026-03-01T08:10:00.000Z"})->attempts.empty());  // they ended then, not before
  const PurgeOptions old{.before_utc = "2026-03-02"};
  const auto plan = *plan_purge(*store, old);
  EXPECT_EQ(plan.attempts, std::vector<std::string>{sent.header.attempt});
  EXPECT_EQ(plan.undelivered, std::vector<std::string>{waiting.header.attempt});
  ASSERT_TRUE(purge(*store, plan, old));
  EXPECT_FALSE(fs::exists(store->journal_path(sent.header.attempt)));
  EXPECT_FALSE(fs::exists(marks_path(store->journal_path(sent.header.attempt))));
  EXPECT_TRUE(store->outbox(sent.header.attempt)->empty());
  EXPECT_EQ(store->list()->size(), 1u);
  EXPECT_EQ(store->count("school")->pending, static_cast<int>(rows.size()));  // the other's still wait

  const PurgeOptions all{.trainee = "s-0042", .undelivered = true};
  ASSERT_TRUE(purge(*store, *plan_purge(*store, all), all));
  EXPECT_TRUE(store->list()->empty());
  EXPECT_TRUE(store->check());
  store = RecordStore::open(data());
  ASSERT_TRUE(store);
  EXPECT_TRUE(store->list()->empty());
  // Not one of his bytes is left in any file.
  for (const auto& entry : fs::recursive_directory_iterator(data())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(read_file(entry.path())->find("s-0042"), std::string::npos) << entry.path();
  }
  EXPECT_NE(read_file(data() / "purged.jsonl")->find(sent.header.attempt), std::string::npos);
}

TEST_F(AttemptStore, RetentionTakesWhatIsOldAndDeliveredEverywhereAndNothingElse) {
  auto store = RecordStore::open(data());
  ASSERT_TRUE(store);
  Config config;
  config.endpoints.resize(2);
  config.endpoints[0].name = "school";
  config.endpoints[1].name = "district";
  config.retention_days = 400;
  const auto add = [&](const std::string& ended, bool school, bool district, bool sent) {
    Journal j = closed_journal(*store);
    AttemptRow row = row_from_journal(j);
    row.ended_utc = ended;
    EXPECT_TRUE(store->add_open(j.header, ""));
    std::vector<OutboxRow> rows;
    if (school) rows = rows_of(j, "school");
    if (district) for (OutboxRow& r : rows_of(j, "district")) rows.push_back(std::move(r));
    EXPECT_TRUE(store->close(row, rows, true));
    auto queued = *store->outbox(j.header.attempt);
    for (OutboxRow& r : queued) r.state = OutboxRow::State::kDone;
    if (!sent && !queued.empty()) queued.back().state = OutboxRow::State::kParked;
    EXPECT_TRUE(store->settle(queued));
    return j.header.attempt;
  };
  const auto ago = [](int64_t days) { return format_utc(utc_now_ms() - days * 86'400'000); };
  const std::string old = add(ago(401), true, true, true), young = add(ago(399), true, true, true), parked = add(ago(500), true, true, false), half = add(ago(500), true, false, true), never = add(ago(500), false, false, true);

  // Nothing recent is here: the clock is ahead, for all one knows. Reckoned from the newest attempt nothing is old.
  auto gone = apply_retention(*store, config);
  ASSERT_TRUE(gone) << gone.error().text();
  EXPECT_TRUE(gone->empty());
  add(ago(1), true, true, true);
  Config other = config;
  other.retention_days = 0;
  EXPECT_TRUE(apply_retention(*store, other)->empty());
  other = config;
  other.endpoints.clear();
  EXPECT_TRUE(apply_retention(*store, other)->empty()) << "what is nowhere else stays";
  gone = apply_retention(*store, config);
  ASSERT_TRUE(gone) << gone.error().text();
  EXPECT_EQ(*gone, std::vector<std::string>{old});
  EXPECT_FALSE(fs::exists(store->journal_path(old)));
  for (const std::string& kept : {young, parked, half, never}) EXPECT_TRUE(fs::exists(store->journal_path(kept))) << kept;
  EXPECT_NE(read_file(data() / "purged.jsonl")->find("retention_days 400"), std::string::npos);
  EXPECT_TRUE(apply_retention(*store, config)->empty());
}

TEST_F(AttemptStore, TellsHowFarSendingIs) {
  auto store = RecordStore::open(data());
  ASSERT_TRUE(store);
  EXPECT_EQ(delivery_text(*delivery_of(*store, "school"), Lang::kEn), "school: everything is delivered");
  const Journal j = closed_journal(*store);
  ASSERT_TRUE(store->add_open(j.header, ""));
  ASSERT_TRUE(store->close(row_from_journal(j), rows_of(j, "school"), true));
  auto rows = *store->outbox(j.header.attempt);
  const std::string n = std::to_string(rows.size());
  EXPECT_EQ(delivery_text(*delivery_of(*store, "school"), Lang::kEn), "school: " + n + " statements wait, since 2026-03-01");
  EXPECT_EQ(delivery_text(*delivery_of(*store, "school"), Lang::kZh), "school：" + n + " 条待上传，最早 2026-03-01");
  for (OutboxRow& r : rows) r.state = OutboxRow::State::kDone;
  rows[1].state = OutboxRow::State::kParked;
  rows[1].note = "invalid";
  ASSERT_TRUE(store->settle(rows));
  EndpointState paused;
  paused.paused = "tls: certificate has expired";
  ASSERT_TRUE(store->set_endpoint_state("school", paused));
  const Delivery d = *delivery_of(*store, "school");
  EXPECT_FALSE(d.settled());
  EXPECT_EQ(d.oldest_utc, "");
  EXPECT_EQ(delivery_text(d, Lang::kEn), "school: nothing waits; 1 put aside: refused as invalid; paused: the other side cannot prove who it is");
  const std::string words = delivery_words();
  const std::string zh = delivery_text(d, Lang::kZh);
  for (size_t i = 0; i < zh.size();) {  // every character that is not plain ASCII is among the words a font is made of
    const size_t length = (zh[i] & 0x80) == 0 ? 1 : (zh[i] & 0xe0) == 0xc0 ? 2 : 3;
    EXPECT_TRUE(length == 1 || words.find(zh.substr(i, length)) != std::string::npos) << zh.substr(i, length);
    i += length;
  }
}

}  // namespace
}  // namespace shixun
