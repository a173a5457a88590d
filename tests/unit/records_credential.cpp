#include <zlib.h>

#include <limits>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "engine/records/clock.h"
#include "engine/records/credential.h"
#include "engine/records/package.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

// A school with its key, and a passed assessment of the small pack.
class Recognition : public SmallPackTest {
 protected:
  void SetUp() override {
    SmallPackTest::SetUp();
    KnownKey known;
    known.key = school_key().public_key();
    known.role = KeyRole::kSchool;
    known.name = "example-school";
    ASSERT_TRUE(trust_key(known, known.key.id()));
    auto parsed = parse_school(
        "format: 1\nid: https://school.example/issuer\nname: {zh-CN: 示例职业学校, en: Example Vocational School}\nrevocations: https://school.example/revocations\nvalid_years: 5\n", "school.yaml");
    ASSERT_TRUE(parsed) << parsed.error().text();
    school = *parsed;
  }
  static const PrivateKey& school_key() {
    static const PrivateKey key = *PrivateKey::generate();
    return key;
  }
  fs::path record(Mode mode = Mode::kAssessment, bool well = true) {
    auto a = begin_attempt(pack, pack->exercises[0], {mode, 7}, "s-1", Lang::kZh, "headless");
    EXPECT_TRUE(a) << a.error().text();
    a->session().tick(60);
    if (well) {
      EXPECT_TRUE(a->session().act(act(Verb::kSet, "brake", "pulled")));
    }
    EXPECT_TRUE(a->session().act(act(Verb::kRecord, "note", "fine")));
    EXPECT_TRUE(a->session().act(act(Verb::kFinish, "", "")));
    auto closed = close_attempt(std::move(*a));
    EXPECT_TRUE(closed) << closed.error().text();
    return closed->journal;
  }
  Result<Credential> issue(const fs::path& journal, Lang lang = Lang::kEn) {
    CredentialContent content{*read_journal(journal), std::nullopt, {}, std::nullopt};
    return issue_credential(content, school, school_key(), lang, now);
  }
  CredentialVerdict verdict(const std::string& text, const std::vector<std::string>& revoked = {}, int64_t at = 0) { return check_credential(text, *read_keys(), revoked, at ? at : now + 1000).verdict; }

  const int64_t now = *parse_utc("2026-03-01T08:00:00.000Z");
  School school;
};

TEST_F(Recognition, ACredentialIsAnOpenBadgeSignedByTheSchool) {
  const fs::path journal = record();
  auto c = issue(journal);
  ASSERT_TRUE(c) << c.error().text();
  const Jws jws = *parse_jws(c->jwt, "c");
  EXPECT_EQ(jws.header, (json{{"alg", "RS256"}, {"typ", "JWT"}, {"jwk", to_jwk(school_key().public_key())}}));
  const json& b = jws.payload;
  EXPECT_EQ(b["type"], json::array({"VerifiableCredential", "OpenBadgeCredential"}));
  EXPECT_EQ(b["@context"][0], "https://www.w3.org/ns/credentials/v2");
  EXPECT_EQ(b["iss"], b["issuer"]["id"]);
  EXPECT_EQ(b["jti"], b["id"]);
  EXPECT_EQ(b["sub"], b["credentialSubject"]["id"]);
  EXPECT_EQ(b["validFrom"], "2026-03-01T08:00:00Z");
  EXPECT_EQ(b["nbf"], now / 1000);
  EXPECT_EQ(b["validUntil"], "2031-03-01T08:00:00Z");
  EXPECT_FALSE(b.contains("vc"));
  EXPECT_EQ(b["credentialSubject"]["achievement"]["achievementType"], "Assessment");
  EXPECT_EQ(b["credentialSubject"]["result"][0]["value"], "100");
  EXPECT_EQ(b["credentialSubject"]["result"][0]["resultDescription"], b["credentialSubject"]["achievement"]["resultDescription"][0]["id"]);
  EXPECT_EQ(b["evidence"][0]["id"], "ni:///sha-256;" + base64url(sha256_raw([&] {
    const std::string text = *read_file(journal);
    const std::string body = text.substr(0, text.size() - 1);
    return body.substr(body.rfind('\n') + 1);
  }())));
  EXPECT_EQ(c->jwt.find("s-1"), std::string::npos);
  EXPECT_EQ(b.dump().find("s-1"), std::string::npos);  // the pseudonym is not in it
  EXPECT_EQ(verdict(c->jwt), CredentialVerdict::kGood);
  EXPECT_EQ(verdict(c->seal), CredentialVerdict::kGood);
  auto zh = issue(journal, Lang::kZh);
  EXPECT_NE(zh->id, c->id);
  EXPECT_EQ(zh->learner, c->learner);
  EXPECT_EQ(zh->body["issuer"]["name"], "示例职业学校");
  EXPECT_EQ(issue(journal)->jwt, c->jwt);  // nothing in it is left to chance
}

TEST_F(Recognition, ACredentialNamesThosePeopleWhoMarkedAndTheirKeys) {
  CredentialContent content{*read_journal(record()), Judgement{}, {}, std::nullopt};
  content.people->sheet = content.people->machine = small_sheet();
  content.people->marks_sha256 = sha256_hex("marks");
  const auto said = [&](const char* by, const char* role, bool signs) {
    MarkRecord m;
    m.by = by;
    m.role = role;
    if (signs) m.key = station().public_key();
    content.marks.push_back(m);
  };
  said("t-07", "teacher", true);
  said("t-07", "teacher", true);
  said("m-1", "mentor", false);
  said("s-1", kSelfRole, false);
  auto c = issue_credential(content, school, school_key(), Lang::kEn, now);
  ASSERT_TRUE(c) << c.error().text();
  const json& marks = c->body["evidence"][1];
  EXPECT_EQ(marks["id"], "ni:///sha-256;" + base64url(sha256_raw("marks")));
  EXPECT_EQ(marks["narrative"], "t-07 (teacher), signed by " + station().public_key().id() + "; m-1 (mentor), not signed");
  EXPECT_NE(certificate_html(*c, school, "", "s-1").find("m-1 (mentor), not signed"), std::string::npos);
  EXPECT_EQ(verdict(c->jwt), CredentialVerdict::kGood);
}

TEST_F(Recognition, OnlyAPassedAssessmentEarnsOne) {
  EXPECT_FALSE(issue(record(Mode::kPractice)));
  EXPECT_FALSE(issue(record(Mode::kAssessment, false)));
}

TEST_F(Recognition, EveryFaultOfACredentialHasItsOwnVerdict) {
  auto c = issue(record());
  ASSERT_TRUE(c);
  for (size_t i = c->jwt.find('.') + 1; i < c->jwt.size(); i += 7) {
    std::string bad = c->jwt;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(verdict(bad), CredentialVerdict::kGood) << i;
  }
  Jws jws = *parse_jws(c->jwt, "c");
  json forged = jws.payload;
  forged["credentialSubject"]["result"][0]["value"] = "99";
  const std::string head = c->jwt.substr(0, c->jwt.find('.')), sig = c->jwt.substr(c->jwt.rfind('.'));
  EXPECT_EQ(verdict(head + "." + base64url(canonical(forged)) + sig), CredentialVerdict::kChanged);
  EXPECT_EQ(verdict(c->jwt, {c->id}), CredentialVerdict::kRevoked);
  EXPECT_EQ(verdict(c->jwt, {}, now + int64_t{6} * 365 * 86'400'000), CredentialVerdict::kExpired);
  EXPECT_EQ(verdict(c->jwt, {}, now - 1000), CredentialVerdict::kNotYet);
  EXPECT_EQ(check_credential(c->jwt, {}, {}, now).verdict, CredentialVerdict::kUnknownKey);
  const PrivateKey other = *PrivateKey::generate();
  EXPECT_EQ(verdict(sign_jws(other, {{"typ", "JWT"}, {"jwk", to_jwk(other.public_key())}}, jws.payload)), CredentialVerdict::kUnknownKey);
  EXPECT_EQ(verdict(sign_jws(other, {{"typ", "JWT"}, {"jwk", to_jwk(school_key().public_key())}}, jws.payload)), CredentialVerdict::kChanged);
  EXPECT_EQ(verdict(base64url(R"({"alg":"EdDSA"})") + c->jwt.substr(c->jwt.find('.'))), CredentialVerdict::kWrongSuite);
  EXPECT_EQ(verdict(sign_jws(school_key(), jws.header, {{"vc", jws.payload}})), CredentialVerdict::kWrapped);
  forged["iss"] = "https://other.example";
  EXPECT_EQ(verdict(sign_jws(school_key(), jws.header, forged)), CredentialVerdict::kDamaged);
  // Times that no clock will show.
  json timeless = jws.payload;
  timeless["nbf"] = std::numeric_limits<int64_t>::max() / 2;
  EXPECT_EQ(verdict(sign_jws(school_key(), jws.header, timeless)), CredentialVerdict::kNotYet);
  timeless["nbf"] = jws.payload["nbf"];
  timeless["exp"] = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(verdict(sign_jws(school_key(), jws.header, timeless)), CredentialVerdict::kExpired);
  EXPECT_EQ(verdict("no credential"), CredentialVerdict::kDamaged);
  ASSERT_TRUE(revoke_key(school_key().public_key().id(), "lost"));
  EXPECT_EQ(verdict(c->jwt), CredentialVerdict::kRevokedKey);
}

TEST_F(Recognition, ARecordBundlesTheCredentialsOfOneLearner) {
  auto a = issue(record()), b = issue(record());
  ASSERT_TRUE(a && b);
  auto clr = issue_clr({a->jwt, b->jwt}, school, school_key(), Lang::kEn, now);
  ASSERT_TRUE(clr) << clr.error().text();
  EXPECT_EQ(verdict(*clr), CredentialVerdict::kGood);
  EXPECT_EQ(check_credential(*clr, *read_keys(), {}, now).bundled.size(), 2u);
  EXPECT_EQ(verdict(*clr, {b->id}), CredentialVerdict::kRevoked);
  Jws other = *parse_jws(b->jwt, "b");
  other.payload["credentialSubject"]["id"] = "urn:uuid:" + uuid_v4();
  EXPECT_FALSE(issue_clr({a->jwt, sign_jws(school_key(), other.header, other.payload)}, school, school_key(), Lang::kEn, now));
}

TEST_F(Recognition, TheRegisterMakesTheListOfRevocations) {
  ASSERT_TRUE(log_credential({format_utc(now), "urn:uuid:a", "x", "urn:uuid:l", "k", "issue", ""}));
  ASSERT_TRUE(log_credential({format_utc(now), "urn:uuid:a", "x", "urn:uuid:l", "k", "revoke", "mixed up"}));
  EXPECT_EQ(issued_credentials()->size(), 2u);
  auto list = publish_revocations(school, school_key());
  ASSERT_TRUE(list);
  EXPECT_EQ(*read_revocations(*list, "list", *read_keys()), std::vector<std::string>{"urn:uuid:a"});
  std::string bad = *list;
  bad[bad.size() / 2] ^= 1;
  EXPECT_FALSE(read_revocations(bad, "list", *read_keys()));
  EXPECT_FALSE(read_revocations(*list, "list", {}));
}

TEST_F(Recognition, ABadgeCarriesItsCredential) {
  const auto chunk = [](std::string type_and_body) {
    const auto crc = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(type_and_body.data()), type_and_body.size()));
    const auto u32 = [](uint32_t v) { return std::string{static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)}; };
    return u32(static_cast<uint32_t>(type_and_body.size() - 4)) + type_and_body + u32(crc);
  };
  const std::string png = std::string("\x89PNG\r\n\x1a\n") + chunk(std::string("IHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0", 17)) + chunk("IEND");
  auto badge = put_into_png(png, "a.b.c", "badge.png");
  ASSERT_TRUE(badge) << badge.error().text();
  EXPECT_EQ(*take_out_of_png(*badge, "badge.png"), "a.b.c");
  EXPECT_FALSE(put_into_png(*badge, "a.b.c", "badge.png"));
  EXPECT_FALSE(take_out_of_png(png, "badge.png"));
  for (size_t i = 0; i < badge->size(); ++i) {
    std::string bad = *badge;
    bad[i] ^= 1;
    auto out = take_out_of_png(bad, "badge.png");
    EXPECT_FALSE(out && *out != "a.b.c") << i;
    (void)take_out_of_png(std::string_view(*badge).substr(0, i), "badge.png");
  }
}

TEST_F(Recognition, TheCertificateSaysItInItsLanguageAndEscapesNames) {
  auto c = issue(record(), Lang::kZh);
  ASSERT_TRUE(c);
  const std::string html = certificate_html(*c, school, "<script>张三</script>", "s-1");
  EXPECT_NE(html.find("实训考核合格证书"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;张三"), std::string::npos);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("class=\"qr\""), std::string::npos);
  EXPECT_EQ(html.find("http://"), std::string::npos);
  EXPECT_LT(c->seal.size(), 1600u);  // a code that a telephone reads off paper
}

TEST(School, NamesEveryMistakeWithItsPlace) {
  const std::string good = "format: 1\nid: https://a.example/i\nname: {zh-CN: 甲, en: A}\nrevocations: https://a.example/r\n";
  EXPECT_TRUE(parse_school(good, "s"));
  for (const auto& [text, where] : {std::pair<std::string, std::string>{"format: 1\n", "s:1"}, {good + "website: x\n", "s:5"}, {good + "valid_years: 0\n", "s:5"}, {good + "criteria: x\n", "s:5"},
                                    {"format: 2\nid: https://a.example/i\nname: {zh-CN: 甲, en: A}\nrevocations: https://a.example/r\n", "s:1"},
                                    {"format: 1\nid: http://a.example/i\nname: {zh-CN: 甲, en: A}\nrevocations: https://a.example/r\n", "s:2"}}) {
    auto s = parse_school(text, "s");
    ASSERT_FALSE(s) << text;
    EXPECT_TRUE(s.error().where.starts_with(where)) << s.error().text();
  }
}

// ---------------------------------------------------------------- packages

class Packages : public Recognition {
 protected:
  fs::path make() {
    auto store = RecordStore::open(places().data);
    auto rows = store->list();
    auto bytes = make_package(*store, *rows, "{}\n", station());
    EXPECT_TRUE(bytes) << bytes.error().text();
    const fs::path file = dir / "p.zip";
    EXPECT_TRUE(write_file(file, *bytes));
    return file;
  }
};

TEST_F(Packages, CarryEvidenceToAnotherStation) {
  const fs::path journal = record();
  record();
  const fs::path file = make();
  EXPECT_TRUE(looks_like_package(file));
  const VerifiedPackage v = verify_package(file, *read_keys(), *shelf);
  EXPECT_TRUE(v.good()) << verification_text(v, Lang::kEn);
  EXPECT_EQ(v.journals.size(), 2u);
  EXPECT_FALSE(import_package(file, {}));  // whose word is it?
  EXPECT_EQ(import_package(file, *read_keys())->known, 2);
  const auto keys = *read_keys();
  setenv("SHIXUN_HOME", (dir / "other").c_str(), 1);  // another station that trusts this one
  auto done = import_package(file, keys);
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->attempts, 2);
  auto store = RecordStore::open(places().data);
  EXPECT_EQ(store->list()->size(), 2u);
  EXPECT_EQ(*read_file(store->journal_path(journal.stem())), *read_file(journal));
  EXPECT_EQ(fs::status(store->journal_path(journal.stem())).permissions() & fs::perms::others_all, fs::perms::none);
  ASSERT_TRUE(write_file(store->journal_path(journal.stem()), *read_file(journal) + "x"));
  auto again = import_package(file, keys);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().what.find("other evidence"), std::string::npos);
}

TEST_F(Packages, NothingInThemCanBeChangedTakenOutOrPutIn) {
  record();
  const auto files = *read_archive(make());
  const auto refused = [&](std::vector<ArchiveFile> changed, const char* words) {
    const fs::path file = dir / "bad.zip";
    ASSERT_TRUE(write_file(file, *write_archive(std::move(changed))));
    const VerifiedPackage v = verify_package(file, *read_keys(), *shelf);
    EXPECT_FALSE(v.good());
    EXPECT_NE(verification_text(v, Lang::kEn).find(words), std::string::npos) << verification_text(v, Lang::kEn);
    EXPECT_FALSE(import_package(file, *read_keys()));
  };
  for (size_t i = 0; i < files.size(); ++i) {
    auto changed = files, gone = files;
    changed[i].bytes[changed[i].bytes.size() / 2] ^= 1;
    gone.erase(gone.begin() + static_cast<long>(i));
    refused(changed, "");
    refused(gone, files[i].name == "manifest.jwt" ? "no manifest" : "lacks a file");
  }
  auto more = files;
  more.push_back({"journals/extra.txt", "x"});
  refused(more, "put in");
}

}  // namespace
}  // namespace shixun
