#include "engine/base/json.h"
#include "engine/records/clock.h"
#include "engine/records/proctor.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

class Proctor : public SmallPackTest {
 protected:
  void SetUp() override {
    SmallPackTest::SetUp();
    school_made = create_key(KeyRole::kSchool, "example-school", "");
    ASSERT_TRUE(school_made);
    school.emplace(*open_private_key(*school_made));
    terms = {"https://desk.school.example:8743/", key().public_key().id(), 30};
    token = *issue_token(wanted(terms), "a secret of the exam", station().public_key(), *school);
    attempt = attempt_of_token(*read_token(token, "t", *read_keys()));
  }
  static const PrivateKey& key() {
    static const PrivateKey k = *PrivateKey::generate();
    return k;
  }
  AssessmentToken wanted(std::optional<ProctorTerms> proctor) const {
    AssessmentToken w;
    w.exam = "2026-spring";
    w.candidate = "c-17";
    w.exercise = "small/brake";
    w.scoring_sha256 = pack->scoring_sha256;
    w.from_utc = format_utc(utc_now_ms() - 60'000);
    w.until_utc = format_utc(utc_now_ms() + 60'000);
    w.proctor = std::move(proctor);
    return w;
  }
  std::unique_ptr<ProctorDesk> desk() {
    auto d = ProctorDesk::open(log(), key(), *read_keys());
    EXPECT_TRUE(d) << d.error().text();
    return std::move(*d);
  }
  fs::path log() const { return dir / "proctor.jsonl"; }
  std::string request(const std::string& with, const std::string& head) const { return canonical({{"format", 1}, {"token", with}, {"head", head}}); }

  // An answer at a time of the desk's clock.
  std::string answer(const std::string& head, int64_t at_ms) const {
    return sign_jws(key(), {{"typ", "JWT"}, {"jwk", to_jwk(key().public_key())}},
                    {{"v", "nonce"}, {"format", 1}, {"attempt", attempt}, {"head", head}, {"at", format_utc(at_ms)}, {"nonce", sha256_hex(random_bytes(8)).substr(0, 32)}});
  }
  // A journal with an event every ten seconds, answered as told: a line of `plan` is the number of events before the line that is answered, how many
  // stand before the answer, and the desk's time in seconds.
  struct Step {
    size_t head, before;
    int64_t at_s;
  };
  Journal journal(const std::vector<Step>& plan, uint32_t events) {
    const fs::path path = dir / (uuid_v4() + ".jsonl");
    JournalHeader h = small_header();
    h.token = token;
    auto w = create_journal(path, h);
    EXPECT_TRUE(w);
    std::vector<std::string> heads = {w->head_sha256()};
    size_t next = 0;
    const auto answer_now = [&] {
      for (; next < plan.size() && plan[next].before + 1 == heads.size(); ++next) EXPECT_TRUE(w->append_answer(answer(heads[plan[next].head], 1'000'000'000'000 + plan[next].at_s * 1000)));
    };
    answer_now();
    for (uint32_t i = 1; i <= events; ++i) {
      EXPECT_TRUE(w->append(small_event(i, i * 10'000)));
      heads.push_back(w->head_sha256());
      answer_now();
    }
    auto j = read_journal(path);
    EXPECT_TRUE(j) << j.error().text();
    return *j;
  }
  std::string gap(const std::vector<Step>& plan, uint32_t events = 12) {
    const Journal j = journal(plan, events);
    std::vector<ProctorAnswer> answers;
    for (const JournalAnswer& a : j.answers) answers.push_back(*read_answer(a.text, terms.kid, "j"));
    const auto what = uncovered(j, answers, terms);
    return what ? what->en : "";
  }

  Result<KnownKey> school_made = Error{};
  std::optional<PrivateKey> school;
  ProctorTerms terms;
  std::string token, attempt;
};

TEST_F(Proctor, TheTokenNamesDeskAndKey) {
  const auto t = read_token(token, "t", *read_keys());
  ASSERT_TRUE(t);
  ASSERT_TRUE(t->proctor);
  EXPECT_EQ(t->proctor->url, terms.url);
  EXPECT_EQ(t->proctor->kid, terms.kid);
  EXPECT_EQ(t->proctor->tolerance_ms(), 90'000);
  EXPECT_FALSE(read_token(*issue_token(wanted({}), "a secret of the exam", station().public_key(), *school), "t", *read_keys())->proctor);
  for (const ProctorTerms& bad : {ProctorTerms{"http://desk.school.example/", terms.kid, 30}, ProctorTerms{"file:///etc/passwd", terms.kid, 30}, ProctorTerms{terms.url, "", 30}, ProctorTerms{terms.url, terms.kid, 0}, ProctorTerms{terms.url, terms.kid, 301}})
    EXPECT_FALSE(issue_token(wanted(bad), "a secret of the exam", station().public_key(), *school)) << bad.url << bad.every_s;
}

TEST_F(Proctor, TheDeskAnswersTokensOfItsOwnAndLogsFirst) {
  auto d = desk();
  const std::string head = sha256_hex("a line");
  const auto reply = d->answer(request(token, head));
  ASSERT_EQ(reply.status, 200u) << reply.body;
  const auto a = read_answer(reply.body, terms.kid, "reply");
  ASSERT_TRUE(a) << a.error().text();
  EXPECT_EQ(a->attempt, attempt);
  EXPECT_EQ(a->head, head);
  EXPECT_NE(read_answer(d->answer(request(token, head)).body, terms.kid, "reply")->nonce, a->nonce) << "nobody can know the next number";
  EXPECT_EQ(read_proctor_log(log())->front(), *a);
  EXPECT_FALSE(read_answer(reply.body, station().public_key().id(), "reply")) << "another key's";
  for (size_t i = 0; i < reply.body.size(); i += 3) {
    std::string bad = reply.body;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_answer(bad, terms.kid, "reply")) << i;
  }
  ProctorTerms others = terms;
  others.kid = station().public_key().id();
  EXPECT_EQ(d->answer(request(*issue_token(wanted(others), "a secret of the exam", station().public_key(), *school), head)).status, 403u);
  EXPECT_EQ(d->answer(request(*issue_token(wanted(terms), "a secret of the exam", station().public_key(), *PrivateKey::generate()), head)).status, 403u) << "a school nobody knows";
  EXPECT_EQ(d->answer(request(*issue_token(wanted({}), "a secret of the exam", station().public_key(), *school), head)).status, 403u);
  for (const std::string& bad : {std::string(), std::string("{"), std::string("[]"), request(token, "x"), request(token, sha256_hex("").substr(1)), std::string("{\"format\":2}")}) EXPECT_EQ(d->answer(bad).status, 400u) << bad;
  EXPECT_EQ(read_proctor_log(log())->size(), 2u) << "what is refused is not logged";
}

TEST_F(Proctor, AnswersAreOnlyToLinesOfTheJournalInTheirOrder) {
  const Journal j = journal({{0, 0, 0}, {2, 3, 30}, {3, 3, 31}}, 5);
  ASSERT_EQ(j.answers.size(), 3u);
  EXPECT_EQ(j.answers[1].head_events, 2u);
  EXPECT_EQ(j.answers[1].events, 3u);
  const fs::path path = dir / "x.jsonl";
  JournalHeader h = small_header();
  h.token = token;
  auto w = create_journal(path, h);
  ASSERT_TRUE(w);
  ASSERT_TRUE(w->append_answer(answer(sha256_hex("no line of this journal"), 0)));
  auto read = read_journal(path);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("to no line of this journal"), std::string::npos);
}

TEST_F(Proctor, AnswersCoverAnAttemptFromItsBeginningToItsEnd) {
  // Twelve events in two minutes.
  EXPECT_EQ(gap({{0, 0, 0}, {3, 3, 30}, {6, 6, 60}, {9, 9, 90}, {12, 12, 121}}), "");
  EXPECT_EQ(gap({{0, 1, 0}, {6, 7, 85}, {12, 12, 170}}), "") << "two were lost on the way; a pause costs the clock of the journal nothing";
  EXPECT_NE(gap({}).find("no answer"), std::string::npos);
  EXPECT_NE(gap({{10, 10, 0}, {12, 12, 20}}).find("came 100 s after the start"), std::string::npos);
  EXPECT_NE(gap({{0, 0, 0}, {6, 6, 91}, {12, 12, 120}}).find("91 s passed before answer 2"), std::string::npos);
  EXPECT_NE(gap({{0, 0, 0}, {6, 6, 60}, {11, 12, 120}}).find("no answer came after the last 1 events"), std::string::npos);
  EXPECT_NE(gap({{0, 0, 0}, {6, 6, 60}, {12, 12, 50}}).find("is earlier"), std::string::npos);
  EXPECT_NE(gap({{0, 0, 0}, {12, 12, 20}}).find("had run faster"), std::string::npos) << "two minutes of work in twenty seconds";
}

}  // namespace
}  // namespace shixun
