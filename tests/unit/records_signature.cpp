#include <sys/stat.h>

#include <algorithm>
#include <sstream>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "engine/records/assessment.h"
#include "engine/records/clock.h"
#include "engine/records/store.h"
#include "engine/records/verify.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

TEST(Base64Url, HasOneSpelling) {
  EXPECT_EQ(base64url(""), "");
  EXPECT_EQ(base64url("\xff\xfe\xfd"), "__79");
  EXPECT_EQ(base64url("f"), "Zg");
  for (const std::string& s : {std::string(""), std::string("f"), std::string("fo"), std::string("foo"), std::string("\0\xff\x80", 3)}) EXPECT_EQ(from_base64url(base64url(s)), s);
  for (const char* bad : {"Zg==", "Zh", "Z", "Zm9v ", "Zm+v", "Zm/v"}) EXPECT_FALSE(from_base64url(bad)) << bad;
}

// The example of RFC 7638, section 3.1.
TEST(PublicKeys, AreNamedByTheirThumbprint) {
  auto key = public_key_from_jwk({{"kty", "RSA"}, {"e", "AQAB"}, {"alg", "RS256"}, {"kid", "2011-04-29"}, {"n",
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}});
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_EQ(key->id(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

class Keys : public RecordsTest {};

TEST_F(Keys, RefusesWhatIsNoSoundPublicKey) {
  const json good = to_jwk(station().public_key());
  EXPECT_TRUE(public_key_from_jwk(good));
  json j = good;
  j["d"] = "AQAB";
  EXPECT_NE(public_key_from_jwk(j).error().what.find("private"), std::string::npos);
  for (const auto& [name, value] : {std::pair<const char*, json>{"kty", "EC"}, {"kty", 1}, {"n", "AQAB"}, {"n", "A" + good["n"].get<std::string>()}, {"n", json()}, {"e", "Aw"}, {"e", "AQAA"}, {"e", "!"}}) {
    j = good;
    j[name] = value;
    EXPECT_FALSE(public_key_from_jwk(j)) << name << " " << value;
  }
  EXPECT_FALSE(public_key_from_jwk(json::array()));
}

TEST_F(Keys, SignWhatOnlyTheyCanSign) {
  const std::string sig = station().sign("evidence");
  EXPECT_TRUE(verify_signature(station().public_key(), "evidence", sig));
  EXPECT_FALSE(verify_signature(station().public_key(), "evidence.", sig));
  for (size_t i = 0; i < sig.size(); i += 37) {
    std::string bad = sig;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_signature(station().public_key(), "evidence", bad)) << i;
  }
  const std::string box = *seal_to(station().public_key(), "secret");
  EXPECT_EQ(*station().open_sealed(box), "secret");
  EXPECT_NE(box, *seal_to(station().public_key(), "secret"));
  EXPECT_FALSE(station().open_sealed(box.substr(1) + "A"));
}

TEST_F(Keys, SignedTextsTakeNoOtherSuite) {
  const std::string text = sign_jws(station(), {{"typ", "JWT"}}, {{"a", 1}});
  auto jws = parse_jws(text, "t");
  ASSERT_TRUE(jws);
  EXPECT_TRUE(verify_jws(*jws, station().public_key()));
  for (const char* alg : {"none", "HS256", "EdDSA", "ES256", "RS384"}) {
    const std::string other = base64url(canonical({{"alg", alg}})) + text.substr(text.find('.'));
    EXPECT_FALSE(parse_jws(other, "t")) << alg;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    std::string bad = text;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    auto j = parse_jws(bad, "t");
    EXPECT_FALSE(j && verify_jws(*j, station().public_key())) << i;
  }
  for (const char* bad : {"", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "e30.W10.x"}) {
    auto j = parse_jws(bad, "t");
    EXPECT_FALSE(j && verify_jws(*j, station().public_key())) << bad;
  }
}

TEST_F(Keys, AreKeptSecretAndOpenWithTheirPassphraseOnly) {
  auto made = create_key(KeyRole::kEvaluator, "t-07", "correct horse");
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_FALSE(create_key(KeyRole::kEvaluator, "t-07", ""));
  EXPECT_FALSE(create_key(KeyRole::kEvaluator, "张三", ""));
  EXPECT_FALSE(create_key(KeyRole::kStation, "again", ""));
  const fs::path file = places().config / "keys/private" / (made->key.id() + ".pem");
  struct stat st {};
  ASSERT_EQ(stat(file.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
  EXPECT_NE(read_file(file)->find("ENCRYPTED"), std::string::npos);
  EXPECT_TRUE(open_private_key(*made, "correct horse"));
  for (const char* wrong : {"", "Correct horse"}) {
    auto opened = open_private_key(*made, wrong);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().text().find("orrect"), std::string::npos);
  }
  chmod(file.c_str(), 0644);
  EXPECT_NE(open_private_key(*made, "correct horse").error().what.find("read by others"), std::string::npos);
  EXPECT_EQ(read_file(places().config / "keys/keys.json")->find("PRIVATE"), std::string::npos);
}

TEST_F(Keys, RotateAndAreRevokedForGood) {
  auto first = station_key();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->public_key(), station().public_key());
  auto second = rotate_key(first->public_key().id(), "");
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(station_key()->public_key(), second->key);
  EXPECT_FALSE(rotate_key(first->public_key().id(), ""));
  ASSERT_TRUE(revoke_key(first->public_key().id(), "lost"));
  EXPECT_FALSE(revoke_key(first->public_key().id(), "again"));
  const auto keys = *read_keys();
  EXPECT_FALSE(find_key_id(keys, first->public_key().id())->revoked_utc.empty());
  EXPECT_EQ(find_key(keys, second->name)->key, second->key);
  EXPECT_EQ(find_key(keys, second->key.id().substr(0, 10))->key, second->key);
}

TEST_F(Keys, TheSchoolsListBringsKeysAndRevocations) {
  const PrivateKey school = *PrivateKey::generate();
  KnownKey known;
  known.key = school.public_key();
  known.role = KeyRole::kSchool;
  known.name = "example-school";
  KnownKey other;
  other.key = PrivateKey::generate()->public_key();
  other.name = "room-3-07";
  KnownKey ours = *find_key_id(*read_keys(), station().public_key().id());
  ours.revoked_utc = "2026-03-01T00:00:00.000Z";
  ours.reason = "stolen";
  const std::string list = publish_keys(school, {known, other, ours});
  EXPECT_FALSE(import_keys(list, "list"));  // whose list?
  EXPECT_FALSE(trust_key(known, other.key.id()));
  ASSERT_TRUE(trust_key(known, known.key.id()));
  std::string forged = list;
  forged[forged.find('.') + 40] ^= 1;
  EXPECT_FALSE(import_keys(forged, "list"));
  EXPECT_FALSE(import_keys(publish_keys(station(), {other}), "list"));  // not a school's
  auto done = import_keys(list, "list");
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->added, 1);
  EXPECT_EQ(done->revoked, 1);
  EXPECT_EQ(find_key(*read_keys(), "room-3-07")->key, other.key);
  ours.revoked_utc.clear();
  ASSERT_TRUE(import_keys(publish_keys(school, {ours}), "list"));
  EXPECT_FALSE(find_key_id(*read_keys(), ours.key.id())->revoked_utc.empty());  // stays
}

// ---------------------------------------------------------------- evidence

class Evidence : public SmallPackTest {
 protected:
  void work(Attempt& a) {
    a.session().tick(60);
    EXPECT_TRUE(a.session().act(act(Verb::kSet, "brake", "pulled")));
    a.session().tick(200 * kTicksPerSecond);  // more than three minutes
    EXPECT_TRUE(a.session().act(act(Verb::kRecord, "note", "fine")));
  }
  std::string record() {
    auto a = begin_attempt(pack, pack->exercises[0], {Mode::kAssessment, 7}, "s-1", Lang::kZh, "headless");
    EXPECT_TRUE(a) << a.error().text();
    work(*a);
    EXPECT_TRUE(a->session().act(act(Verb::kFinish, "", "")));
    auto closed = close_attempt(std::move(*a));
    EXPECT_TRUE(closed) << closed.error().text();
    journal = closed->journal;
    return *read_file(journal);
  }
  Verification verify(const std::string& bytes) { return verify_journal(bytes, "j", nullptr, *read_keys(), *shelf); }
  static std::string told(const Verification& v) { return verification_text(v, Lang::kEn); }
  static std::vector<std::string> split(const std::string& bytes) {
    std::vector<std::string> lines;
    std::istringstream in(bytes);
    for (std::string l; std::getline(in, l);) lines.push_back(l + "\n");
    return lines;
  }
  static std::string join(const std::vector<std::string>& lines) {
    std::string s;
    for (const std::string& l : lines) s += l;
    return s;
  }
  fs::path journal;
};

TEST_F(Evidence, OfARealAttemptIsWholeSignedAndScoresTheSame) {
  const std::string bytes = record();
  const Verification v = verify(bytes);
  EXPECT_TRUE(v.good()) << told(v);
  EXPECT_EQ(v.level, 2);
  EXPECT_EQ(v.journal->signatures.size(), 3u);  // start, after three minutes, end
  EXPECT_EQ(claimed_level(*v.journal), 1);
  EXPECT_EQ(v.journal->header.seed, 7u);
}

TEST_F(Evidence, EveryChangedByteIsCaughtAndNamed) {
  const std::string good = record();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (i % 2 ? 0x01 : 0x20));
    const Verification v = verify(bad);
    ASSERT_FALSE(v.good()) << "byte " << i;
    ASSERT_EQ(v.level, 0);
    if (i + 1 == good.size()) continue;  // the last newline: the footer is cut
    const long line = 1 + std::count(good.begin(), good.begin() + static_cast<long>(i), '\n');
    const std::string text = v.findings.front().text.en;
    EXPECT_TRUE(text.find("j:" + std::to_string(line) + ":") != std::string::npos || text.find("j:" + std::to_string(line + 1) + ":") != std::string::npos) << text << " for line " << line;
  }
}

TEST_F(Evidence, EveryDroppedSwappedRepeatedOrCutLineIsCaughtAndNamed) {
  const std::vector<std::string> lines = split(record());
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto at = static_cast<long>(i);
    auto gone = lines, twice = lines, cut = lines;
    gone.erase(gone.begin() + at);
    twice.insert(twice.begin() + at, lines[i]);
    cut.resize(i + 1);
    cut.back().resize(cut.back().size() / 2);
    EXPECT_FALSE(verify(join(gone)).good()) << "without line " << i + 1;
    EXPECT_FALSE(verify(join(twice)).good()) << "line " << i + 1 << " twice";
    EXPECT_FALSE(verify(join(cut)).good()) << "cut in line " << i + 1;
    if (i + 1 < lines.size()) {
      auto swapped = lines, ended = lines;
      std::swap(swapped[i], swapped[i + 1]);
      ended.resize(i + 1);
      EXPECT_FALSE(verify(join(swapped)).good()) << "lines " << i + 1 << " and " << i + 2 << " swapped";
      const Verification v = verify(join(ended));
      EXPECT_FALSE(v.good()) << "ended after line " << i + 1;
      EXPECT_NE(told(v).find("not closed: no marksheet follows line " + std::to_string(i + 1)), std::string::npos) << told(v);
    }
  }
}

// Whoever can write the file can compute hashes, too. He cannot sign.
TEST_F(Evidence, AChainMadeAnewFallsToTheSignatures) {
  const std::vector<std::string> lines = split(record());
  const auto forge = [&](bool drop_signatures) {
    std::string out, before;
    for (const std::string& line : lines) {
      json j = json::parse(line);
      if (drop_signatures && j["v"] == "signature") continue;
      if (j["v"] == "set") j["t"] = j["t"].get<int64_t>() + 1;
      if (!before.empty()) j["prev"] = sha256_hex(before);
      if (j["v"] == "footer") {
        if (drop_signatures) j.erase("sig"), j.erase("jwk"), j.erase("suite");
        j.erase("seal");
        j["seal"] = sha256_hex(canonical(j));
      }
      before = canonical(j);
      out += before + "\n";
    }
    return out;
  };
  const Verification v = verify(forge(false));
  EXPECT_FALSE(v.good());
  EXPECT_NE(told(v).find("signature does not fit"), std::string::npos) << told(v);
  const Verification bare = verify(forge(true));
  EXPECT_FALSE(bare.good());
  EXPECT_EQ(bare.level, 0);
  EXPECT_NE(told(bare).find("not signed"), std::string::npos) << told(bare);
}

TEST_F(Evidence, IsOnlyAsGoodAsTheKey) {
  const std::string bytes = record();
  const Verification stranger = verify_journal(bytes, "j", nullptr, {}, *shelf);
  EXPECT_FALSE(stranger.good());
  EXPECT_EQ(stranger.level, 0);
  EXPECT_NE(told(stranger).find("not among those known here"), std::string::npos);
  auto keys = *read_keys();
  keys[0].role = KeyRole::kEvaluator;
  EXPECT_FALSE(verify_journal(bytes, "j", nullptr, keys, *shelf).good());
  ASSERT_TRUE(revoke_key(station().public_key().id(), "stolen with the machine"));
  const Verification revoked = verify(bytes);
  EXPECT_FALSE(revoked.good());
  EXPECT_NE(told(revoked).find("stolen with the machine"), std::string::npos);
}

TEST_F(Evidence, OfTheOldFormatIsReadAndCalledUnsigned) {
  json header = json::parse(split(record())[0]);
  for (const char* key : {"engine_sha256", "scorer_sha256", "mapping", "token"}) header.erase(key);
  header["format"] = 1;
  header["seed"] = "7";
  std::string out = canonical(header) + "\n", before = canonical(header);
  for (const std::string& line : split(*read_file(journal))) {
    json j = json::parse(line);
    if (j["v"] == "header" || j["v"] == "signature" || j["v"] == "inputs") continue;
    j["prev"] = sha256_hex(before);
    if (j["v"] == "footer") {
      for (const char* key : {"sig", "jwk", "suite", "seed", "seal"}) j.erase(key);
      j["seal"] = sha256_hex(canonical(j));
    }
    before = canonical(j);
    out += before + "\n";
  }
  const Verification v = verify(out);
  ASSERT_TRUE(v.journal) << told(v);
  EXPECT_FALSE(v.good());
  EXPECT_EQ(v.level, 0);
  EXPECT_NE(told(v).find("not signed (a journal of the old format 1)"), std::string::npos) << told(v);
  EXPECT_NE(told(v).find("scored again, the same"), std::string::npos) << told(v);
}

TEST_F(Evidence, DoesNotShowASealedSeedBeforeTheEnd) {
  const uint64_t seed = 8'123'456'789'012'345'678u;
  std::string id;
  {
    auto a = begin_attempt(pack, pack->exercises[0], {Mode::kAssessment, seed}, "s-1", Lang::kZh, "headless");
    ASSERT_TRUE(a);
    work(*a);
    id = a->id();
    journal = a->journal_path();
    ASSERT_TRUE(a->flush());
    EXPECT_EQ(read_file(journal)->find(std::to_string(seed)), std::string::npos);
    EXPECT_EQ((*RecordStore::open(places().data)->find(id))->seed, "");
  }
  EXPECT_FALSE(shelf->get(read_journal(journal)->header, "j"));
  auto again = resume_attempt(id, pack_dir);  // its own station can go on
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->session().seed(), seed);
  ASSERT_TRUE(again->session().act(act(Verb::kFinish, "", "")));
  auto closed = close_attempt(std::move(*again));
  ASSERT_TRUE(closed) << closed.error().text();
  EXPECT_EQ(read_journal(journal)->header.seed, seed);
  const Verification v = verify(*read_file(journal));
  EXPECT_TRUE(v.good()) << told(v);
}

TEST_F(Evidence, PeoplesMarksAreSignedByTheirKeys) {
  ASSERT_TRUE(record().size());
  auto made = create_key(KeyRole::kEvaluator, "t-07", "");
  ASSERT_TRUE(made);
  const PrivateKey key = *open_private_key(*made);
  MarkRecord dispute;
  dispute.kind = MarkRecord::Kind::kDispute;
  dispute.by = "t-07";
  dispute.aspect = "note";
  dispute.proposed_mp = 1000;
  dispute.reason = "seen";
  auto added = add_mark(*pack, pack->exercises[0], journal, dispute, &key);
  ASSERT_TRUE(added) << added.error().text();
  Verification v = verify_journal(journal, *read_keys(), *shelf);
  EXPECT_TRUE(v.good()) << told(v);
  EXPECT_NE(told(v).find("signed by the evaluator key t-07"), std::string::npos) << told(v);
  std::string marks = *read_file(marks_path(journal));
  for (size_t i = 0; i + 1 < marks.size(); ++i) {
    std::string bad = marks;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(verify_journal(*read_file(journal), journal.string(), &bad, *read_keys(), *shelf).good()) << i;
  }
  dispute.by = "t-08";  // in another's name
  dispute.proposed_mp = 2000;
  ASSERT_TRUE(add_mark(*pack, pack->exercises[0], journal, dispute, &key));
  v = verify_journal(journal, *read_keys(), *shelf);
  EXPECT_FALSE(v.good());
  EXPECT_NE(told(v).find("a mark by t-08 is signed with the key of t-07"), std::string::npos) << told(v);
}

TEST_F(Evidence, ATokenStartsOneAssessmentAndIsProvedByIt) {
  auto made = create_key(KeyRole::kSchool, "example-school", "");
  ASSERT_TRUE(made);
  const PrivateKey school = *open_private_key(*made);
  AssessmentToken wanted;
  wanted.exam = "2026-spring";
  wanted.candidate = "c-17";
  wanted.exercise = "small/brake";
  wanted.scoring_sha256 = pack->scoring_sha256;
  wanted.from_utc = format_utc(utc_now_ms() - 60'000);
  wanted.until_utc = format_utc(utc_now_ms() + 60'000);
  const std::string secret = "a secret of the exam";
  EXPECT_FALSE(issue_token(wanted, "short", station().public_key(), school));
  auto token = issue_token(wanted, secret, station().public_key(), school);
  ASSERT_TRUE(token) << token.error().text();
  const uint64_t seed = exam_seed(secret, "2026-spring", "c-17");
  EXPECT_NE(seed, exam_seed(secret, "2026-spring", "c-18"));
  {
    auto a = begin_assessment(pack, pack->exercises[0], *token + "\n", Lang::kZh, "headless");
    ASSERT_TRUE(a) << a.error().text();
    EXPECT_EQ(a->session().seed(), seed);
    EXPECT_EQ(a->header().trainee, "c-17");
    work(*a);
    ASSERT_TRUE(a->session().act(act(Verb::kFinish, "", "")));
    journal = close_attempt(std::move(*a))->journal;
  }
  const Verification v = verify(*read_file(journal));
  EXPECT_TRUE(v.good()) << told(v);
  EXPECT_NE(told(v).find("begun by a token of the school example-school: exam 2026-spring, candidate c-17"), std::string::npos) << told(v);
  const auto refused = [&](const std::string& text, const char* words) {
    auto a = begin_assessment(pack, pack->exercises[0], text, Lang::kZh, "headless");
    ASSERT_FALSE(a) << words;
    EXPECT_NE(a.error().text().find(words), std::string::npos) << a.error().text();
  };
  refused(*token, "used already");
  std::string bad = *token;
  bad[bad.find('.') + 30] ^= 1;
  refused(bad, "");
  refused(*issue_token(wanted, secret, PrivateKey::generate()->public_key(), school), "another station");
  refused(*issue_token(wanted, secret, station().public_key(), *PrivateKey::generate()), "not signed by a school");
  AssessmentToken early = wanted, late = wanted, other = wanted;
  early.from_utc = format_utc(utc_now_ms() + 30'000);
  late.until_utc = format_utc(utc_now_ms() - 30'000);
  other.scoring_sha256 = sha256_hex("another");
  refused(*issue_token(early, secret, station().public_key(), school), "not yet");
  refused(*issue_token(late, secret, station().public_key(), school), "had to begin before");
  refused(*issue_token(other, secret, station().public_key(), school), "scores otherwise");
}

}  // namespace
}  // namespace shixun
