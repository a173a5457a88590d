// What people say of an attempt: marks, spread, disputes, and the file they stand in.

#include "engine/records/human_marks.h"

#include <algorithm>

#include "engine/records/csv.h"
#include "engine/records/explain.h"
#include "engine/records/pack_shelf.h"
#include "engine/records/store.h"
#include "engine/records/xapi.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

// 60 and 25 points by the machine; people mark `manner` (9, outcome) and `care` (6, process).
class People : public RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    const fs::path folder = write_small_pack(dir / "packs" / "small");
    ASSERT_TRUE(write_file(folder / "exercises/brake/rubric.yaml",
                           "pass: {total: 90, safety_percent: 60}\ncriteria:\n  - id: work\n    title: crit.work\n    aspects:\n"
                           "      - {id: pull, title: asp.pull, lens: process, max: 60, rule: done, moments: [pulled]}\n"
                           "      - {id: note, title: asp.note, lens: outcome, max: 25, rule: record, field: note, truth: fine}\n"
                           "      - {id: manner, title: asp.manner, lens: outcome, max: 9, rule: judge, roles: [teacher, mentor], levels: [level.0, level.1, level.2, level.3]}\n"
                           "      - {id: care, title: asp.care, lens: process, max: 6, rule: judge, roles: [teacher, mentor], levels: [level.0, level.1, level.2, level.3]}\n"
                           "      - {id: rolled, title: asp.rolled, lens: process, rule: forbid, moment: released, severity: minor, code: BRAKE_RELEASED}\n"));
    const std::string words = "asp.manner: Manner\nasp.care: Care\nrole.teacher: teacher\nrole.mentor: mentor\nlevel.0: none\nlevel.1: poor\nlevel.2: good\nlevel.3: very good\n";
    for (const char* file : {"strings/en.yaml", "strings/zh-CN.yaml"}) ASSERT_TRUE(write_file(folder / file, *read_file(folder / file) + words));
    pack = pack_of(folder);
    ASSERT_TRUE(pack);
    attempt(Mode::kAssessment);
  }

  void attempt(Mode mode) {
    auto a = begin_attempt(pack, pack->exercises[0], {.mode = mode, .seed = 7}, "s-1", Lang::kZh, "headless");
    ASSERT_TRUE(a) << a.error().text();
    Action pull, note, finish;
    pull.verb = Verb::kSet;
    pull.o = "brake";
    pull.value = "pulled";
    note.verb = Verb::kRecord;
    note.o = "note";
    note.value = "fine";
    finish.verb = Verb::kFinish;
    ASSERT_TRUE(a->session().act(pull));
    a->session().tick(120);
    ASSERT_TRUE(a->session().act(note));
    ASSERT_TRUE(a->session().act(finish));
    auto closed = close_attempt(std::move(*a));
    ASSERT_TRUE(closed) << closed.error().text();
    journal_path = closed->journal;
    stored = canonical(to_json(closed->sheet));
  }

  static MarkRecord marks(const std::string& role, const std::string& by, std::map<std::string, int> levels, const std::string& reason = "") {
    MarkRecord r;
    r.role = role;
    r.by = by;
    r.levels = std::move(levels);
    r.reason = reason;
    return r;
  }
  static MarkRecord dispute(const std::string& aspect, int64_t mp, const std::string& reason = "seen otherwise") {
    MarkRecord r;
    r.kind = MarkRecord::Kind::kDispute;
    r.by = "t-1";
    r.aspect = aspect;
    r.proposed_mp = mp;
    r.reason = reason;
    return r;
  }
  Result<Judgement> add(MarkRecord r) { return add_mark(*pack, pack->exercises[0], journal_path, std::move(r)); }
  Judgement must(MarkRecord r) {
    auto j = add(std::move(r));
    EXPECT_TRUE(j) << (j ? "" : j.error().text());
    return j ? *j : Judgement();
  }
  std::string refused(MarkRecord r) {
    auto j = add(std::move(r));
    EXPECT_FALSE(j);
    return j ? "" : j.error().text();
  }
  Result<Judgement> now() {
    auto journal = read_journal(journal_path);
    if (!journal) return journal.error();
    return judgement_of(*pack, pack->exercises[0], *journal, journal_path);
  }
  std::string bytes() { return *read_file(marks_path(journal_path)); }

  std::shared_ptr<const Pack> pack;
  fs::path journal_path;
  std::string stored;
};

TEST_F(People, MeanOfTheRolesFillsWhatTheMachineLeftOpen) {
  auto before = now();
  ASSERT_TRUE(before) << before.error().text();
  EXPECT_EQ(before->machine.total_mp, 85000);
  EXPECT_TRUE(before->sheet.open);
  EXPECT_EQ(before->human_max_mp, 15000);
  EXPECT_TRUE(before->marks_sha256.empty());
  Judgement j = must(marks("teacher", "t-1", {{"manner", 3}, {"care", 2}}));
  EXPECT_TRUE(j.sheet.open) << "the mentor has not marked";
  EXPECT_EQ(j.human_mp, 0);
  j = must(marks("mentor", "m-1", {{"manner", 2}, {"care", 2}}));
  // manner 9 * (3 + 2) / 6 = 7.5; care 6 * (2 + 2) / 6 = 4; 85 + 11.5 = 96.5
  EXPECT_EQ(j.human_mp, 11500);
  EXPECT_EQ(j.sheet.total_mp, 96500);
  EXPECT_EQ(j.sheet.process_mp, 64000);
  EXPECT_EQ(j.sheet.outcome_mp, 32500);
  EXPECT_FALSE(j.sheet.open);
  EXPECT_TRUE(j.sheet.pass);
  EXPECT_EQ(j.machine.total_mp, 85000) << "the machine's marks stay";
  auto journal = read_journal(journal_path);
  EXPECT_EQ(canonical(journal->footer->sheet), stored);
  EXPECT_EQ(canonical(to_json(*now())), canonical(to_json(j))) << "the file says the same as who wrote it was told";
  const std::string said = judgement_text(j, *pack, Lang::kEn);
  EXPECT_NE(said.find("machine 85.0, people 11.5 of 15.0; together 96.5 / 100.0 pass (process 64.0 / 66.0, outcome 32.5 / 34.0)"), std::string::npos) << said;
}

TEST_F(People, WhoDifferByMoreThanALevelAllMarkAgainWithAReason) {
  must(marks("teacher", "t-1", {{"manner", 3}, {"care", 1}}));
  Judgement j = must(marks("mentor", "m-1", {{"manner", 1}, {"care", 2}}));
  EXPECT_EQ(j.human_mp, 3000) << "care 6 * 3 / 6; manner is open";
  EXPECT_TRUE(j.aspects[0].contested && j.aspects[0].open);
  EXPECT_FALSE(j.aspects[1].contested || j.aspects[1].open) << "one level apart is what people differ by";
  EXPECT_TRUE(j.sheet.open);
  EXPECT_NE(refused(marks("teacher", "t-1", {{"manner", 2}})).find("each marks again and says why"), std::string::npos);
  j = must(marks("teacher", "t-1", {{"manner", 2}}, "he did greet"));
  EXPECT_TRUE(j.sheet.open) << "only one of the two has marked again";
  const std::string waiting = judgement_text(j, *pack, Lang::kEn);
  EXPECT_NE(waiting.find("still to mark again: mentor"), std::string::npos) << waiting;
  j = must(marks("mentor", "m-1", {{"manner", 2}}, "looked at the replay"));
  // manner 9 * 4 / 6 = 6
  EXPECT_EQ(j.human_mp, 9000);
  EXPECT_FALSE(j.sheet.open);
  // They may differ again.
  j = must(marks("teacher", "t-1", {{"manner", 0}}, "on second thoughts"));
  EXPECT_TRUE(j.aspects[0].contested);
  EXPECT_EQ(j.human_mp, 3000);
  must(marks("mentor", "m-1", {{"manner", 2}}, "no"));
  j = must(marks("teacher", "t-1", {{"manner", 0}}, "yes"));
  EXPECT_TRUE(j.aspects[0].contested) << "two apart still";
}

TEST_F(People, KeepTheRules) {
  EXPECT_NE(refused(marks("teacher", "t-1", {{"pull", 3}})).find("people do not mark 'pull'. They mark: manner, care"), std::string::npos);
  EXPECT_NE(refused(marks("judge", "t-1", {{"care", 3}})).find("'judge' does not mark care. It is marked by: teacher, mentor"), std::string::npos);
  EXPECT_NE(refused(marks("teacher", "s-1", {{"care", 3}})).find("nobody marks his own work"), std::string::npos);
  EXPECT_NE(refused(marks("self", "s-2", {{"care", 3}})).find("for the one who worked"), std::string::npos);
  EXPECT_NE(refused(marks("teacher", "Herr Lehrer", {{"care", 3}})).find("--by"), std::string::npos);
  EXPECT_NE(refused(marks("teacher", "t-1", {{"care", 3}}, "two\nlines")).find("one line"), std::string::npos);
  EXPECT_FALSE(fs::exists(marks_path(journal_path)) && !bytes().empty()) << "nothing refused is kept";
  must(marks("teacher", "t-1", {{"care", 3}}));
  EXPECT_NE(refused(marks("mentor", "t-1", {{"care", 3}})).find("t-1 has marked care as teacher already"), std::string::npos);
  EXPECT_NE(refused(marks("teacher", "t-2", {{"care", 2}})).find("to mark again, say why"), std::string::npos);
  const std::string before = bytes();
  EXPECT_NE(refused(marks("mentor", "m-1", {{"care", 3}, {"pull", 1}})), "");
  EXPECT_EQ(bytes(), before) << "all of a record or nothing of it";
}

TEST_F(People, SelfAndPeersWeighNothing) {
  must(marks("self", "s-1", {{"manner", 3}}));
  Judgement j = must(marks("peer", "s-2", {{"manner", 0}}));
  ASSERT_EQ(j.aspects[0].weightless.size(), 2u);
  EXPECT_TRUE(j.aspects[0].open && j.aspects[0].standing.empty());
  must(marks("teacher", "t-1", {{"manner", 2}}));
  j = must(marks("mentor", "m-1", {{"manner", 2}}));
  EXPECT_EQ(j.human_mp, 6000);
}

TEST_F(People, ADisputeStandsBesideTheMachinesMark) {
  Judgement j = must(dispute("note", 12500));
  EXPECT_EQ(j.machine.total_mp, 85000);
  EXPECT_EQ(j.sheet.total_mp, 85000) << "it changes no mark";
  ASSERT_EQ(j.disputes.size(), 1u);
  EXPECT_EQ(j.disputes[0].machine_mp, 25000);
  EXPECT_NE(judgement_text(j, *pack, Lang::kEn).find("dispute of note: machine 25.0, t-1 holds 12.5 right: seen otherwise"), std::string::npos);
  EXPECT_EQ(must(dispute("rolled", -1000)).disputes.size(), 2u);
  EXPECT_NE(refused(dispute("manner", 3000)).find("marked by people"), std::string::npos);
  EXPECT_NE(refused(dispute("note", 25001)).find("0 to 25 points"), std::string::npos);
  EXPECT_NE(refused(dispute("rolled", 1)).find("-100 to 0 points"), std::string::npos);
  EXPECT_NE(refused(dispute("note", 25000)).find("what the machine gave"), std::string::npos);
  EXPECT_NE(refused(dispute("none", 1)).find("no aspect 'none'"), std::string::npos);
  EXPECT_NE(refused(dispute("pull", 1, "")).find("needs a reason"), std::string::npos);
}

TEST_F(People, EveryReportShowsBoth) {
  must(marks("teacher", "t-1", {{"manner", 3}, {"care", 3}}));
  must(marks("mentor", "m-1", {{"manner", 3}, {"care", 3}}));
  const Judgement j = must(dispute("note", 20000, "the entry <b>came</b> late"));
  auto journal = read_journal(journal_path);
  const std::string html = explain_html(pack, pack->exercises[0], *journal, {Lang::kZh, Lang::kEn}, &j);
  for (const char* words : {"机器分 85，人工分 15 / 15", "From the machine 85, from people 15 of 15", "Disputes (the machine's marks stay)", "异议（机器分不变）", "the entry &lt;b&gt;came&lt;/b&gt; late"})
    EXPECT_NE(html.find(words), std::string::npos) << words;
  EXPECT_EQ(html.find("<b>came"), std::string::npos);
  const AttemptRow row = row_from_journal(*journal);
  const std::string csv = results_csv({row}, {.lang = Lang::kEn}, {{row.uuid, j}});
  EXPECT_NE(csv.find(",15.0,100.0,pass,66.0,34.0,,note=20.0," + j.marks_sha256), std::string::npos) << csv;
  auto statement = xapi_people_statement(*journal, {"https://id.school.example"}, j, nullptr);
  ASSERT_TRUE(statement) << statement.error().text();
  const auto s = nlohmann::json::parse(statement->body);
  EXPECT_EQ(s["verb"]["id"], "http://adlnet.gov/expapi/verbs/passed") << "it had waited for people";
  EXPECT_EQ(s["result"]["score"]["raw"], 100.0);
  EXPECT_EQ(s["result"]["extensions"][std::string(kProductIri) + "extensions/machine-points"], 85.0);
  EXPECT_EQ(s["result"]["extensions"][std::string(kProductIri) + "extensions/disputes"][0]["proposed"], 20.0);
}

TEST_F(People, WhatTheyMakeOfItIsSentOnceNothingIsOpen) {
  ASSERT_TRUE(write_file(places().config / "config.yaml",
                         "endpoints:\n  - {name: school, type: xapi, url: \"https://lrs.school.example/xapi/\", user: w, password_file: p, actor_home_page: \"https://id.school.example\"}\n"));
  attempt(Mode::kAssessment);
  auto journal = read_journal(journal_path);
  ASSERT_TRUE(journal);
  EXPECT_EQ(*queue_people_statement(*journal, must(marks("teacher", "t-1", {{"manner", 3}, {"care", 3}}))), 0) << "the mentor has not marked";
  auto store = RecordStore::open(places().data);
  const int before = store->count("school")->pending;
  EXPECT_GT(before, 0);
  const Judgement done = must(marks("mentor", "m-1", {{"manner", 3}, {"care", 3}}));
  EXPECT_EQ(*queue_people_statement(*journal, done), 1);
  EXPECT_EQ(*queue_people_statement(*journal, done), 0) << "the same marks make the same statement";
  EXPECT_EQ(*queue_people_statement(*journal, must(dispute("note", 0))), 1);
  EXPECT_EQ(store->count("school")->pending, before + 2);
  const auto rows = store->outbox(journal->header.attempt);
  EXPECT_EQ(rows->back().seq, static_cast<int64_t>(rows->size()));
  Journal others = *journal;
  others.header.attempt = uuid_v4();
  EXPECT_EQ(*queue_people_statement(others, done), 0);
}

TEST_F(People, NoByteOfTheMarksCanChangeUnseen) {
  must(marks("teacher", "t-1", {{"manner", 3}, {"care", 2}}));
  must(dispute("note", 20000));
  must(marks("mentor", "m-1", {{"manner", 2}, {"care", 2}}));
  const std::string good = bytes();
  auto journal = read_journal(journal_path);
  const size_t last = good.rfind('\n', good.size() - 2) + 1;
  for (size_t i = 0; i < last; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const auto parsed = parse_marks(bad, "m", *journal);
    EXPECT_FALSE(parsed && !parsed->torn) << "byte " << i;
  }
  // The last line, not yet followed by another, has no chain to hold it: it can be cut off, and only its shape is proved.
  auto cut = parse_marks(good.substr(0, last), "m", *journal);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->records.size(), 2u);
  for (size_t n = 0; n < good.size(); ++n) {
    const auto part = parse_marks(good.substr(0, n), "m", *journal);
    ASSERT_TRUE(part) << n << ": " << part.error().text();
    EXPECT_EQ(part->torn, n > 0 && good[n - 1] != '\n') << n;
  }
}

TEST_F(People, ATornLineIsCutOffByTheNextMark) {
  must(marks("teacher", "t-1", {{"manner", 3}}));
  const std::string good = bytes();
  ASSERT_TRUE(write_file(marks_path(journal_path), good + "{\"at\":\"2026"));
  const Judgement j = must(marks("mentor", "m-1", {{"manner", 3}}));
  EXPECT_EQ(j.human_mp, 9000);
  const std::string mended = bytes();
  EXPECT_TRUE(mended.starts_with(good));
  EXPECT_EQ(std::count(mended.begin(), mended.end(), '\n'), 3);
}

TEST_F(People, MarksOfOtherEvidenceAreRefused) {
  must(marks("teacher", "t-1", {{"manner", 3}}));
  const std::string others = bytes();
  attempt(Mode::kAssessment);
  ASSERT_TRUE(write_file(marks_path(journal_path), others));
  const auto j = now();
  ASSERT_FALSE(j);
  EXPECT_NE(j.error().text().find(".marks:1: these are not the marks of this journal"), std::string::npos) << j.error().text();
}

TEST_F(People, ARecordThatBreaksTheRulesIsNamedByItsLine) {
  must(marks("teacher", "t-1", {{"manner", 3}}));
  // Somebody with an editor and a hash tool: the mentor's mark by the teacher himself.
  const std::string good = bytes();
  const std::string last = good.substr(good.find('\n') + 1, good.size() - good.find('\n') - 2);
  const std::string line = canonical({{"v", "judge"}, {"prev", sha256_hex(last)}, {"at", "2026-03-01T08:00:00.000Z"}, {"by", "t-1"}, {"role", "mentor"}, {"levels", {{"manner", 3}}}});
  ASSERT_TRUE(write_file(marks_path(journal_path), good + line + "\n"));
  const auto j = now();
  ASSERT_FALSE(j);
  EXPECT_NE(j.error().text().find(".marks:3: t-1 has marked manner as teacher already"), std::string::npos) << j.error().text();
}

TEST_F(People, NobodyMarksWhatIsOpenOrADemonstration) {
  attempt(Mode::kDemo);
  EXPECT_NE(refused(marks("teacher", "t-1", {{"care", 3}})).find("demonstration"), std::string::npos);
  auto a = begin_attempt(pack, pack->exercises[0], {.mode = Mode::kPractice, .seed = 7}, "s-1", Lang::kZh, "headless");
  ASSERT_TRUE(a && a->flush());
  journal_path = a->journal_path();
  EXPECT_NE(refused(marks("teacher", "t-1", {{"care", 3}})).find("not closed"), std::string::npos);
}

TEST_F(People, APackThatScoresOtherwiseIsRefused) {
  PackShelf shelf(pack->dir.string());
  auto journal = read_journal(journal_path);
  ASSERT_TRUE(shelf.get(journal->header, "j"));
  JournalHeader other = journal->header;
  other.scoring_sha256 = sha256_hex("other");
  auto refused_pack = shelf.get(other, "j");
  ASSERT_FALSE(refused_pack);
  EXPECT_NE(refused_pack.error().what.find("is not the pack this journal was made with"), std::string::npos);
  other = journal->header;
  other.scorer = 1;
  EXPECT_FALSE(shelf.get(other, "j"));
}

}  // namespace
}  // namespace shixun
