// What leaves the building: statements, tables, and where the configuration lets them go.

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "engine/records/cmi5.h"
#include "engine/records/config.h"
#include "engine/records/csv.h"
#include "engine/records/xapi.h"
#include "engine/records/xapi_profile.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

TEST(Xapi, TellsAnAssessmentFromBeginToEnd) {
  auto statements = xapi_statements(closed_journal(), {"https://id.school.example"});
  ASSERT_TRUE(statements) << statements.error().text();
  EXPECT_EQ(verbs(*statements), (std::vector<std::string>{"initialized", "scored", "scored", "passed", "terminated"}));
  const json passed = json::parse((*statements)[3].body);
  EXPECT_EQ(passed["result"]["score"]["raw"], 83.5);
  EXPECT_EQ(passed["result"]["score"]["scaled"], 0.835);
  EXPECT_EQ(passed["result"]["success"], true);
  EXPECT_EQ(passed["result"]["duration"], "PT0H1M1.23S");
  EXPECT_EQ(passed["timestamp"], "2026-03-01T08:01:01.000Z");
  EXPECT_EQ(passed["actor"]["account"]["name"], "s-0042");
  EXPECT_EQ(passed["context"]["registration"], "0f2c1c52-6a0c-4f0a-9d6e-0d8a1b2c3d4e");
  EXPECT_EQ(passed["context"]["extensions"][std::string(kProductIri) + "extensions/evidence-sha256"], sha256_hex("head"));
  const json mark = json::parse((*statements)[1].body), penalty = json::parse((*statements)[2].body);
  EXPECT_EQ(mark["timestamp"], "2026-03-01T08:00:00.100Z");  // when its evidence was seen
  EXPECT_EQ(mark["object"]["id"], std::string(kProductIri) + "exercises/small/brake/aspects/pull");
  EXPECT_EQ(mark["context"]["contextActivities"]["parent"][0]["id"], std::string(kProductIri) + "exercises/small/brake");
  EXPECT_FALSE(penalty["result"]["score"].contains("scaled"));
  EXPECT_EQ(penalty["result"]["score"]["raw"], -1.0);
  EXPECT_EQ(penalty["result"]["score"]["min"], -1.0);
}

TEST(Xapi, PracticeIsCompletedNotPassed) {
  EXPECT_EQ(verbs(*xapi_statements(closed_journal(Mode::kPractice), {"https://id.school.example"})), (std::vector<std::string>{"initialized", "scored", "scored", "completed", "terminated"}));
  EXPECT_EQ(verbs(*xapi_statements(closed_journal(Mode::kPractice, false), {"https://id.school.example"})), (std::vector<std::string>{"initialized", "scored", "scored", "terminated"}));
  EXPECT_EQ(verbs(*xapi_statements(closed_journal(Mode::kAssessment, false), {"https://id.school.example"})), (std::vector<std::string>{"initialized", "scored", "scored", "failed", "terminated"}));
}

TEST(Xapi, GivesTheSameBytesEveryTimeAndNewIdsForEachRole) {
  const auto a = *xapi_statements(closed_journal(), {"https://id.school.example"}), b = *xapi_statements(closed_journal(), {"https://id.school.example"});
  std::set<std::string> ids;
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].body, b[i].body);
    EXPECT_TRUE(is_uuid(a[i].id));
    EXPECT_EQ(a[i].id[14], '5');
    ids.insert(a[i].id);
  }
  EXPECT_EQ(ids.size(), a.size());
}

TEST(Xapi, NeedsAClosedAttemptWithAWholeSheet) {
  Journal open = closed_journal();
  open.footer.reset();
  EXPECT_FALSE(xapi_statements(open, {"https://id.school.example"}));
  Journal poor = closed_journal();
  poor.footer->sheet.erase("codes");
  EXPECT_FALSE(xapi_statements(poor, {"https://id.school.example"}));
  poor.footer->sheet = json::array();
  EXPECT_FALSE(xapi_statements(poor, {"https://id.school.example"}));
}

TEST(Xapi, ComparesByMeaning) {
  const json ours = json::parse(xapi_statements(closed_journal(), {"https://id.school.example"})->at(3).body);
  json theirs = ours;
  theirs["stored"] = "2026-03-01T09:00:00Z";
  theirs["authority"] = {{"mbox", "mailto:x@y"}};
  theirs["version"] = "1.0.0";
  theirs["timestamp"] = "2026-03-01T08:01:01.000000+00:00";
  theirs["verb"].erase("display");
  theirs["object"].erase("definition");
  theirs["object"].erase("objectType");
  theirs["actor"].erase("objectType");
  theirs["context"]["contextActivities"]["grouping"] = theirs["context"]["contextActivities"]["grouping"][0];
  std::string upper = theirs["id"];
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  theirs["id"] = upper;
  EXPECT_TRUE(same_statement(ours, theirs));
  for (const char* pointer : {"/result/score/raw", "/result/duration", "/actor/account/name", "/context/registration", "/verb/id", "/timestamp", "/object/id"}) {
    json other = theirs;
    other[json::json_pointer(pointer)] = "else";
    EXPECT_FALSE(same_statement(ours, other)) << pointer;
  }
  EXPECT_FALSE(same_statement(ours, json()));
  EXPECT_FALSE(same_statement(ours, json::parse("[1]")));
}

TEST(Csv, NeutralisesFormulasAndQuotes) {
  EXPECT_EQ(csv_cell("plain"), "plain");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_cell("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
  for (const char* bad : {"=1", "+1", "-x", "@SUM(A1)", "\tx"}) EXPECT_EQ(csv_cell(bad)[0], '\'') << bad;
  EXPECT_EQ(csv_cell("-5.5"), "-5.5");
}

TEST(Csv, HasOneLineForEachAttempt) {
  AttemptRow r = passed_row();
  r.trainee = "-s1";
  r.title = {"换轮胎", "Change a wheel"};
  r.total_mp = 83550;
  const std::string csv = results_csv({r, r}, {});
  EXPECT_TRUE(csv.starts_with("\xef\xbb\xbf"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_NE(csv.find("换轮胎,考核,已结束,合格,83.6,100.0"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",'-s1,"), std::string::npos);
  EXPECT_NE(csv.find(",'18446744073709551615,"), std::string::npos);
  EXPECT_NE(results_csv({r}, {.lang = Lang::kEn, .bom = false}).find("Change a wheel,assessment,closed,pass"), std::string::npos);
}

// Nothing goes out that the published words do not explain, and none of them is explained in vain.
TEST(Xapi, EveryWordOfOursIsInTheProfile) {
  Judgement people;
  people.sheet = people.machine = small_sheet();
  people.said_utc = "2026-03-01T09:00:00.000Z";
  people.marks_sha256 = sha256_hex("marks");
  const Mapping mapping;
  const Course course;
  const MappedExercise exercise;
  const MappedResult mapped{&mapping, &course, &exercise, 100, 6, nullptr};
  Journal journal = closed_journal();
  journal.header.mapping_sha256 = sha256_hex("mapping");
  std::vector<Statement> all = *xapi_statements(journal, {.home_page = "https://id.school.example", .evidence = true}, "journal");
  for (const Journal& j : {closed_journal(Mode::kPractice), closed_journal(Mode::kAssessment, false)}) {
    const std::vector<Statement> more = *xapi_statements(j, {"https://id.school.example"});
    all.insert(all.end(), more.begin(), more.end());
  }
  all.push_back(*xapi_people_statement(closed_journal(), {"https://id.school.example"}, people, &mapped));
  Cmi5Session session;
  session.attempt = closed_journal().header.attempt;
  session.registration = "3b9d8c2e-1f00-4a7e-9c11-5d2f7a6b8c9d";
  session.activity = "https://lms.school.example/au/7";
  session.actor = {{"objectType", "Agent"}, {"account", {{"homePage", "https://lms.school.example"}, {"name", "u-17"}}}};
  session.data = *read_launch_data({{"contextTemplate", json::object()}, {"launchMode", "Normal"}, {"launchParameters", "small/brake"}});
  std::set<std::string> refused;
  const std::vector<Statement> told = *cmi5_statements(closed_journal(), session);
  for (const Statement& s : told) refused.insert(s.id);
  const std::vector<Statement> late = *late_statements(closed_journal(), session, {"https://id.school.example"}, refused);
  EXPECT_EQ(verbs(late), (std::vector<std::string>{"completed", "passed"}));
  all.insert(all.end(), late.begin(), late.end());
  std::set<std::pair<XapiTerm::Kind, std::string>> used, known;
  for (const Statement& statement : all) {
    const json s = json::parse(statement.body);
    used.emplace(XapiTerm::Kind::kVerb, s["verb"]["id"]);
    for (const auto& [key, value] : s["context"]["extensions"].items()) used.emplace(XapiTerm::Kind::kContextExtension, key);
    if (s.contains("result") && s["result"].contains("extensions")) {
      for (const auto& [key, value] : s["result"]["extensions"].items()) used.emplace(XapiTerm::Kind::kResultExtension, key);
    }
    if (s.contains("attachments")) used.emplace(XapiTerm::Kind::kAttachment, s["attachments"][0]["usageType"]);
  }
  for (const XapiTerm& t : xapi_terms()) known.emplace(t.kind, t.iri);
  EXPECT_EQ(used, known);
  const json profile = xapi_profile();
  EXPECT_EQ(profile["concepts"].size() + profile["templates"].size(), xapi_terms().size());
  for (const XapiTerm& t : xapi_terms()) EXPECT_NE(xapi_profile_html({Lang::kZh, Lang::kEn}).find(t.iri), std::string::npos) << t.iri;
}

TEST(Xapi, ATargetHasPseudonymsOfItsOwn) {
  const XapiTarget plain{"https://id.school.example"}, a{.home_page = "https://id.school.example", .pseudonym_key = "first secret here"}, b{.home_page = "https://id.school.example", .pseudonym_key = "other secret here"};
  EXPECT_EQ(actor_name(plain, "s-0042"), "s-0042");
  EXPECT_EQ(actor_name(a, "s-0042"), actor_name(a, "s-0042"));
  EXPECT_EQ(std::set<std::string>({"s-0042", actor_name(a, "s-0042"), actor_name(b, "s-0042"), actor_name(a, "s-0043")}).size(), 4u);
  const std::vector<Statement> statements = *xapi_statements(closed_journal(), a);
  for (const Statement& s : statements) {
    EXPECT_EQ(s.body.find("s-0042"), std::string::npos);
    EXPECT_EQ(json::parse(s.body)["actor"]["account"]["name"], actor_name(a, "s-0042"));
  }
}

TEST(Xapi, TheLastStatementAnnouncesTheJournal) {
  const std::string bytes = "the journal's bytes";
  const auto statements = *xapi_statements(closed_journal(), {.home_page = "https://id.school.example", .evidence = true}, bytes);
  for (size_t i = 0; i + 1 < statements.size(); ++i) EXPECT_EQ(attached_sha256(statements[i]), "");
  EXPECT_EQ(attached_sha256(statements.back()), sha256_hex(bytes));
  EXPECT_EQ(json::parse(statements.back().body)["attachments"][0]["length"], bytes.size());
}

class ConfigFile : public RecordsTest {
 protected:
  Result<Config> load(const std::string& text) {
    EXPECT_TRUE(write_file(dir / "config.yaml", text));
    return load_config(dir / "config.yaml");
  }
  static std::string endpoint(const std::string& url, const std::string& more = "user: u, password_file: p") {
    return "endpoints:\n  - {name: school, type: xapi, url: \"" + url + "\", " + more + ", actor_home_page: \"https://id.school.example\"}\n";
  }
};

TEST_F(ConfigFile, ReadsEndpoints) {
  EXPECT_TRUE(load_config(dir / "none.yaml")->endpoints.empty());
  auto c = load(endpoint("https://lrs.school.example/xapi/", "key_file: sub/key, ca_file: /etc/ca.pem"));
  ASSERT_TRUE(c) << c.error().text();
  const Endpoint* e = c->find("school");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->url, "https://lrs.school.example/xapi");
  EXPECT_EQ(e->key_file, dir / "sub/key");
  EXPECT_EQ(e->ca_file, "/etc/ca.pem");
  EXPECT_FALSE(e->evidence);
  EXPECT_TRUE(load(endpoint("https://a.b/c", "key_file: k, evidence: attached"))->endpoints[0].evidence);
  EXPECT_FALSE(load(endpoint("https://a.b/c", "key_file: k, evidence: yes")));
  EXPECT_FALSE(load(endpoint("https://a.b/c", "key_file: k, evidence: attached, pseudonym_key_file: s")));  // journals name the trainee
}

TEST_F(ConfigFile, LetsNothingTravelInClear) {
  for (const char* good : {"http://127.0.0.1:8090/xAPI", "http://localhost/x", "http://[::1]:80/x", "https://a.b/c"}) EXPECT_TRUE(load(endpoint(good))) << good;
  for (const char* bad : {"http://lrs.school.example/xapi", "http://127.0.0.1.evil.example/", "http://localhost@evil.example/", "ftp://127.0.0.1/", "lrs", "https://", "https://a.b/?x=1",
                          "https://a b/", "file:///etc/passwd", "http://10.0.0.1/"})
    EXPECT_FALSE(load(endpoint(bad))) << bad;
}

TEST_F(ConfigFile, NamesLineAndColumn) {
  const auto expect = [&](const std::string& text, const char* where, const char* what) {
    auto c = load(text);
    ASSERT_FALSE(c) << text;
    EXPECT_NE(c.error().where.find(where), std::string::npos) << c.error().text();
    EXPECT_NE(c.error().text().find(what), std::string::npos) << c.error().text();
  };
  expect("endpoint: []\n", "config.yaml:1:", "unknown key");
  expect("endpoints:\n  - name: a\n    type: xapi\n    password: hunter2\n", "config.yaml:4:", "file of its own");
  expect("endpoints:\n  - name: a\n    typ: xapi\n", "config.yaml:3:", "unknown key");
  expect(endpoint("https://a.b/c", "user: u"), "config.yaml:2:", "either user and password_file");
  expect(endpoint("https://a.b/c") + "  - {name: school, type: xapi, url: \"https://a.b\", key_file: k, actor_home_page: \"https://x.y\"}\n", "config.yaml:3:", "two endpoints");
}

TEST_F(ConfigFile, KeepsSecretsInFilesOfTheirOwn) {
  auto c = load(endpoint("https://a.b/c"));
  const Endpoint& e = c->endpoints[0];
  EXPECT_FALSE(read_authorization(e));
  ASSERT_TRUE(write_file(dir / "p", "pass:word\r\n"));
  chmod((dir / "p").c_str(), 0640);
  EXPECT_FALSE(read_authorization(e));
  chmod((dir / "p").c_str(), 0600);
  EXPECT_EQ(*read_authorization(e), "Basic dTpwYXNzOndvcmQ=");
  ASSERT_TRUE(write_file(dir / "p", "a\nb\n"));
  chmod((dir / "p").c_str(), 0600);
  EXPECT_FALSE(read_authorization(e));

  EXPECT_EQ(*read_pseudonym_key(e), "");
  const Config keyed = *load(endpoint("https://a.b/c", "user: u, password_file: p, pseudonym_key_file: s"));
  EXPECT_FALSE(read_pseudonym_key(keyed.endpoints[0]));
  for (const auto& [text, mode, good] : {std::tuple<const char*, mode_t, bool>{"a secret of the school\n", 0600, true}, {"a secret of the school\n", 0644, false}, {"short\n", 0600, false}}) {
    ASSERT_TRUE(write_file(dir / "s", text));
    chmod((dir / "s").c_str(), mode);
    EXPECT_EQ(static_cast<bool>(read_pseudonym_key(keyed.endpoints[0])), good) << text;
  }
}

}  // namespace
}  // namespace shixun
