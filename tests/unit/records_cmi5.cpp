// What an exercise says to the LMS that launched it, by the rules of the cmi5 specification (Quartz), whose sections the names give.

#include "engine/records/cmi5.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

constexpr const char* kContext = "https://w3id.org/xapi/cmi5/context/";
const std::string kRegistration = "3b9d8c2e-1f00-4a7e-9c11-5d2f7a6b8c9d", kActivity = "https://lms.school.example/au/7";

json launch_data(const char* move_on = "CompletedAndPassed", const char* parameters = "small/brake") {
  return {{"contextTemplate",
           {{"contextActivities", {{"grouping", {{{"id", "https://publisher.example/brake"}}}}}}, {"extensions", {{std::string(kContext) + "extensions/sessionid", "s-1"}, {"https://lms.school.example/x", 7}}}}},
          {"launchMode", "Normal"},
          {"launchParameters", parameters},
          {"moveOn", move_on}};
}

Cmi5Session session(const json& data = launch_data()) {
  Cmi5Session s;
  s.attempt = "0f2c1c52-6a0c-4f0a-9d6e-0d8a1b2c3d4e";
  s.endpoint = "https://lms.school.example/xapi";
  s.registration = kRegistration;
  s.activity = kActivity;
  s.actor = {{"objectType", "Agent"}, {"account", {{"homePage", "https://lms.school.example"}, {"name", "u-17"}}}};
  auto read = read_launch_data(data);
  EXPECT_TRUE(read) << read.error().text();
  if (read) s.data = *read;
  return s;
}

std::vector<json> said(const Journal& journal, const Cmi5Session& s) {
  auto statements = cmi5_statements(journal, s);
  EXPECT_TRUE(statements) << statements.error().text();
  std::vector<json> all;
  for (const Statement& one : *statements) all.push_back(json::parse(one.body));
  return all;
}
std::vector<std::string> verbs_of(const Journal& journal, const Cmi5Session& s) { return verbs(*cmi5_statements(journal, s)); }
bool has_category(const json& s, const std::string& name) {
  const json list = s["context"]["contextActivities"].value("category", json::array());
  return std::any_of(list.begin(), list.end(), [&](const json& a) { return a["id"] == std::string(kContext) + "categories/" + name; });
}

std::string link(const std::string& actor = R"({"objectType":"Agent","name":"Zhang San","account":{"homePage":"https://lms.school.example","name":"u-17"}})") {
  const auto hex = [](const std::string& s) {
    std::string out;
    for (const unsigned char c : s) {
      char two[4];
      std::snprintf(two, sizeof two, "%%%02x", c);
      out += two;
    }
    return out;
  };
  return "shixun://launch?registration=" + kRegistration + "&activityId=" + hex(kActivity) + "&endpoint=" + hex("https://lms.school.example/xapi/") + "&fetch=" + hex("https://lms.school.example/fetch?k=1") + "&actor=" + hex(actor);
}

TEST(LaunchDocument, SendsTheLearnerBackToTheWebOnly) {
  json d = launch_data();
  EXPECT_EQ(read_launch_data(d)->return_url, "");
  d["returnURL"] = "https://lms.school.example/back?course=7";
  EXPECT_EQ(read_launch_data(d)->return_url, "https://lms.school.example/back?course=7");
  for (const json& bad : {json("javascript:alert(1)"), json("file:///etc/passwd"), json("--help"), json("https://lms.school.example/a b"), json("https://lms.school.example/\"x"), json(7)}) {
    d["returnURL"] = bad;
    EXPECT_EQ(read_launch_data(d)->return_url, "") << bad;
  }
}

TEST(Cmi5, ReadsALaunchLinkAndKeepsOnlyTheAccount_8_1) {
  const auto l = read_link(link());
  ASSERT_TRUE(l) << l.error().text();
  EXPECT_EQ(l->endpoint, "https://lms.school.example/xapi");
  EXPECT_EQ(l->fetch, "https://lms.school.example/fetch?k=1");
  EXPECT_EQ(l->activity, kActivity);
  EXPECT_EQ(l->actor.dump().find("Zhang"), std::string::npos);
  EXPECT_EQ(l->actor["account"]["name"], "u-17");
  EXPECT_TRUE(is_uuid(l->attempt));
  EXPECT_EQ(l->attempt, read_link(link())->attempt);  // the same link is the same attempt
}

TEST(Cmi5, RefusesALinkThatIsNoneWithoutQuotingIt) {
  const std::string good = link();
  const auto without = [&](const std::string& key) {
    const size_t at = good.find(key + "=");
    return good.substr(0, at) + "x" + good.substr(at);
  };
  for (const std::string& bad : {std::string("shixun://launch"), without("fetch"), without("actor"), without("registration"), good + "&fetch=https%3A%2F%2Fevil.example", good + "&x=%4",
                                 link("{}"), link(R"({"mbox":"mailto:zhang@example.com"})"), link(std::string(60, '[')), std::string(20000, 'a') + good}) {
    const auto l = read_link(bad);
    ASSERT_FALSE(l);
    EXPECT_EQ(l.error().text().find("fetch?k"), std::string::npos);
    EXPECT_EQ(l.error().text().find("zhang"), std::string::npos);
  }
}

TEST(Cmi5, LaunchDataSaysWhatIsHeldAndHow_10_2) {
  const auto data = read_launch_data(launch_data("Completed", "small/brake practice"));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->exercise, "small/brake");
  EXPECT_EQ(data->mode, Mode::kPractice);
  EXPECT_EQ(read_launch_data(launch_data())->mode, Mode::kAssessment);
  json browse = launch_data("Passed", "small/brake practice");
  browse["launchMode"] = "Browse";
  EXPECT_EQ(read_launch_data(browse)->mode, Mode::kVisitor);  // nothing counts
  // What moveOn waits for can be done in the mode, or the course is refused before anybody works in vain.
  for (const char* move_on : {"Passed", "CompletedAndPassed"}) EXPECT_FALSE(read_launch_data(launch_data(move_on, "small/brake practice"))) << move_on;
  for (const char* move_on : {"Completed", "CompletedOrPassed", "NotApplicable"}) EXPECT_TRUE(read_launch_data(launch_data(move_on, "small/brake practice"))) << move_on;
  for (const char* words : {"", "brake", "small/brake dance", "small/brake demo", "../x/brake", "/etc/x"}) EXPECT_FALSE(read_launch_data(launch_data("Completed", words))) << words;
  json odd = launch_data();
  odd["masteryScore"] = 80;
  EXPECT_FALSE(read_launch_data(odd));
  odd = launch_data("Whenever");
  EXPECT_FALSE(read_launch_data(odd));
  odd = launch_data();
  odd.erase("contextTemplate");
  EXPECT_FALSE(read_launch_data(odd));
  EXPECT_FALSE(read_launch_data(json()));
}

TEST(Cmi5, SaysTheDefinedVerbsInOrder_9_3) {
  EXPECT_EQ(verbs_of(closed_journal(), session()), (std::vector<std::string>{"initialized", "scored", "scored", "completed", "passed", "terminated"}));
  EXPECT_EQ(verbs_of(closed_journal(Mode::kPractice), session(launch_data("Completed", "small/brake practice"))), (std::vector<std::string>{"initialized", "scored", "scored", "completed", "terminated"}));
  EXPECT_EQ(verbs_of(closed_journal(Mode::kAssessment, false), session()), (std::vector<std::string>{"initialized", "scored", "scored", "failed", "terminated"}));
  json browse = launch_data();
  browse["launchMode"] = "Review";
  EXPECT_EQ(verbs_of(closed_journal(Mode::kVisitor), session(browse)), (std::vector<std::string>{"initialized", "terminated"}));
  Journal open = closed_journal();
  open.footer.reset();
  EXPECT_EQ(verbs_of(open, session()), (std::vector<std::string>{"initialized"}));
  EXPECT_EQ(cmi5_statements(open, session())->front().body, cmi5_statements(closed_journal(), session())->front().body);
}

TEST(Cmi5, CompletedAndPassedAreSaidOnceInARegistration_9_3_3) {
  Cmi5Session again = session();
  again.completed = again.passed = true;
  EXPECT_EQ(verbs_of(closed_journal(), again), (std::vector<std::string>{"initialized", "scored", "scored", "terminated"}));
}

TEST(Cmi5, EveryStatementStandsInTheSessionsContext_9_6) {
  const auto all = said(closed_journal(), session());
  for (const json& s : all) {
    EXPECT_EQ(s["actor"], session().actor);
    EXPECT_EQ(s["context"]["registration"], kRegistration);
    EXPECT_EQ(s["context"]["extensions"][std::string(kContext) + "extensions/sessionid"], "s-1");
    EXPECT_EQ(s["context"]["extensions"]["https://lms.school.example/x"], 7);
    EXPECT_EQ(s["context"]["contextActivities"]["grouping"], json::parse(R"([{"id":"https://publisher.example/brake"}])"));
    EXPECT_TRUE(s["timestamp"].get<std::string>().ends_with("Z"));
    EXPECT_EQ(s.dump().find("null"), std::string::npos);
    const bool defined = s["verb"]["id"] != "http://adlnet.gov/expapi/verbs/scored";
    EXPECT_EQ(has_category(s, "cmi5"), defined);
    EXPECT_EQ(s["object"]["id"] == kActivity, defined);
    const json result = s.value("result", json::object());
    EXPECT_EQ(has_category(s, "moveon"), defined && (result.contains("success") || result.contains("completion")));
  }
}

TEST(Cmi5, ResultsHoldWhatTheirVerbMaySay_9_5) {
  const auto all = said(closed_journal(), session());
  EXPECT_FALSE(all[0].contains("result"));
  EXPECT_EQ(all[3]["result"], json::parse(R"({"completion":true,"duration":"PT0H1M1.00S"})"));
  EXPECT_EQ(all[4]["result"], json::parse(R"({"success":true,"duration":"PT0H1M1.00S","score":{"raw":83.5,"min":0.0,"max":100.0,"scaled":0.835}})"));
  EXPECT_EQ(all[5]["result"], json::parse(R"({"duration":"PT0H1M1.00S"})"));
}

TEST(Cmi5, TheMasteryScoreDecidesToo_10_2_4) {
  const std::string extension = std::string(kContext) + "extensions/masteryscore";
  json data = launch_data();
  data["masteryScore"] = 0.835;
  json verdict = said(closed_journal(), session(data))[4];
  EXPECT_EQ(verdict["verb"]["id"], "http://adlnet.gov/expapi/verbs/passed");
  EXPECT_EQ(verdict["context"]["extensions"][extension], 0.835);
  data["masteryScore"] = 0.8351;
  verdict = said(closed_journal(), session(data))[4];
  EXPECT_EQ(verdict["verb"]["id"], "http://adlnet.gov/expapi/verbs/failed");
  EXPECT_EQ(verdict["result"]["success"], false);
  EXPECT_EQ(verdict["result"]["score"]["scaled"], 0.835);
  // Points enough, and failed all the same: the score would contradict the verb.
  Journal critical = closed_journal();
  critical.footer->sheet["verdict"] = "fail";
  data["masteryScore"] = 0.5;
  verdict = said(critical, session(data))[4];
  EXPECT_EQ(verdict["verb"]["id"], "http://adlnet.gov/expapi/verbs/failed");
  EXPECT_FALSE(verdict["result"].contains("score"));
}

TEST(Cmi5, WhileMarksAreOpenThereIsNoVerdict) {
  Journal open = closed_journal();
  open.footer->sheet["verdict"] = "open";
  EXPECT_EQ(verbs_of(open, session()), (std::vector<std::string>{"initialized", "scored", "scored", "completed", "terminated"}));
}

TEST(Cmi5, IdsAreTheirOwnBesideThoseForOtherStores) {
  std::set<std::string> ids;
  const auto plain = *xapi_statements(closed_journal(), {"https://id.school.example"}), launched = *cmi5_statements(closed_journal(), session());
  for (const auto* list : {&plain, &launched}) {
    for (const Statement& s : *list) ids.insert(s.id);
  }
  EXPECT_EQ(ids.size(), plain.size() + launched.size());
  EXPECT_EQ(launched[4].body, (*cmi5_statements(closed_journal(), session()))[4].body);
}

using Cmi5Files = RecordsTest;

TEST_F(Cmi5Files, OnlyAnLmsThatTheSchoolNamesMayLaunch) {
  const auto l = read_link(link());
  ASSERT_TRUE(l);
  auto opened = open_session(*l);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().text().find("may launch"), std::string::npos);
  // The one listed is another: as a prefix of a name it is none.
  for (const char* other : {"https://lms.school", "https://lms.school.example:8443", "http://lms.school.example"}) {
    ASSERT_TRUE(write_file(places().config / "config.yaml", std::string("lms:\n  - url: ") + other + "\n"));
    opened = open_session(*l);
    ASSERT_FALSE(opened) << other;
  }
  std::error_code ec;
  EXPECT_FALSE(fs::exists(places().data / "cmi5", ec));
}

}  // namespace
}  // namespace shixun
