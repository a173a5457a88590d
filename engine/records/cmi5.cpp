#include "engine/records/cmi5.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/records/clock.h"
#include "engine/records/config.h"
#include "engine/records/http.h"
#include "engine/records/keys.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr const char* kLinkSpace = "0d2f9b3e-6a55-4f0e-8d0c-2b6f0c6c7c15";  // of attempts that a link began
constexpr const char* kVerbs = "http://adlnet.gov/expapi/verbs/";
constexpr const char* kCategoryCmi5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
constexpr const char* kCategoryMoveOn = "https://w3id.org/xapi/cmi5/context/categories/moveon";
constexpr const char* kSessionId = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
constexpr const char* kMasteryScore = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
constexpr size_t kMaxLink = 16u << 10, kMaxToken = 4096, kSealedPiece = 190;

const std::string kFromLms = "Start it again from the LMS";

Error refuse(const char* what, const std::string& hint = kFromLms) { return {Code::kFailed, "the launch link", what, hint}; }

std::optional<std::string> unescape(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '+') {
      out += ' ';
    } else if (s[i] != '%') {
      out += s[i];
    } else {
      if (i + 2 >= s.size() || !std::isxdigit(static_cast<unsigned char>(s[i + 1])) || !std::isxdigit(static_cast<unsigned char>(s[i + 2]))) return std::nullopt;
      out += static_cast<char>(std::stoi(std::string(s.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

bool is_web_address(std::string_view s) {
  return (s.starts_with("https://") || s.starts_with("http://")) && std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '<' && c != '>'; });
}

fs::path session_file(const std::string& attempt) { return places().data / "cmi5" / (attempt + ".json"); }

// ---------------------------------------------------------------- what the LMS says

// Hosts only, never what stands behind them.
std::string host_of(const std::string& url) { return url.substr(0, url.find_first_of("/?#", url.find("://") + 3)); }

Error unreachable(const std::string& url, const HttpAnswer& a) {
  if (a.kind == HttpAnswer::Kind::kTls) return {Code::kEnvironment, host_of(url), "could not prove who it is (" + a.why + ")", "If the school has its own authority, name its certificate with ca_file under lms in config.yaml"};
  if (a.kind != HttpAnswer::Kind::kAnswer) return {Code::kEnvironment, host_of(url), "cannot be reached: " + a.why, "Check the network, then start it again from the LMS"};
  return {Code::kEnvironment, host_of(url), "answers with status " + std::to_string(a.status), kFromLms};
}

// A token may be longer than what can be sealed at once.
Result<json> seal_token(std::string_view token, const PublicKey& station) {
  json pieces = json::array();
  for (size_t at = 0; at < token.size(); at += kSealedPiece) {
    auto box = seal_to(station, token.substr(at, kSealedPiece));
    if (!box) return box.error();
    pieces.push_back(*box);
  }
  return pieces;
}

Result<std::string> open_token(const json& pieces, const PrivateKey& station) {
  std::string token;
  for (const json& box : pieces) {
    auto piece = station.open_sealed(box.get<std::string>());
    if (!piece) return piece.error();
    token += *piece;
  }
  return token;
}

Result<std::string> fetch_token(const std::string& url, const Lms& lms) {
  Endpoint where;
  where.url = url;
  where.ca_file = lms.ca_file;
  const HttpAnswer a = HttpClient(where, "", {}).post("", "", "application/json");
  if (a.kind != HttpAnswer::Kind::kAnswer || a.status != 200) return unreachable(url, a);
  const json answer = nests_within(a.body, 8) ? json::parse(a.body, nullptr, false) : json();
  const std::string token = text_of(answer, "auth-token");
  if (token.empty() && answer.is_object() && answer.contains("error-code")) {
    const json code = answer["error-code"];
    const bool used = code == "1" || code == 1;
    return refuse(used ? "was used already, or is too old" : "is not accepted by the LMS that gave it");
  }
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (token.empty() || token.size() > kMaxToken || !plain) return Error{Code::kFailed, host_of(url), "gave no token that could be used", kFromLms};
  return token;
}

// The languages come as a list by preference, such as "zh-CN,en-US".
std::optional<Lang> preferred(const std::string& list) {
  for (size_t at = 0; at < list.size();) {
    const size_t end = std::min(list.find(',', at), list.size());
    const size_t from = std::min(list.find_first_not_of(' ', at), end);
    const std::string_view tag = std::string_view(list).substr(from, end - from);
    if (tag.starts_with("zh")) return Lang::kZh;
    if (tag.starts_with("en")) return Lang::kEn;
    at = end + 1;
  }
  return std::nullopt;
}

// Fills in what the LMS knows.
Status ask(json& session, const Lms& lms, const std::string& token) {
  Endpoint where;
  where.url = session["endpoint"];
  where.ca_file = lms.ca_file;
  HttpClient http(where, "Basic " + token, {});
  const std::string agent = "&agent=" + percent_encoded(canonical(session["actor"])), activity = percent_encoded(session["activity"].get<std::string>());
  const std::string registration = "&registration=" + session["registration"].get<std::string>();

  const HttpAnswer data = http.get("/activities/state?stateId=LMS.LaunchData&activityId=" + activity + agent + registration);
  if (data.kind == HttpAnswer::Kind::kAnswer && data.status == 404) return Error{Code::kFailed, host_of(where.url), "has no LMS.LaunchData for this launch: what is to be done cannot be known", "Ask the LMS's keeper whether it speaks cmi5"};
  if (data.kind != HttpAnswer::Kind::kAnswer || data.status != 200) return unreachable(where.url, data);
  session["launch_data"] = nests_within(data.body, 32) ? json::parse(data.body, nullptr, false) : json();
  if (auto known = read_launch_data(session["launch_data"]); !known) return known.error();

  // To be asked for even where there are none (section 11).
  const HttpAnswer prefers = http.get("/agents/profile?profileId=cmi5LearnerPreferences" + agent);
  if (prefers.kind != HttpAnswer::Kind::kAnswer) return unreachable(where.url, prefers);
  const json preferences = prefers.status == 200 && nests_within(prefers.body, 8) ? json::parse(prefers.body, nullptr, false) : json();
  if (const auto lang = preferred(text_of(preferences, "languagePreference"))) session["lang"] = lang_tag(*lang);
  session["sound"] = text_of(preferences, "audioPreference") != "off";

  // Each may be said once in a registration (sections 9.3.3, 9.3.4). An LMS that does not tell refuses the second.
  for (const char* verb : {"completed", "passed"}) {
    const HttpAnswer a = http.get("/statements?limit=1&verb=" + percent_encoded(std::string(kVerbs) + verb) + "&activity=" + activity + agent + registration);
    const json page = a.kind == HttpAnswer::Kind::kAnswer && a.status == 200 && nests_within(a.body, 32) ? json::parse(a.body, nullptr, false) : json();
    session[verb] = page.is_object() && page.contains("statements") && page["statements"].is_array() && !page["statements"].empty();
  }
  return ok();
}

// ---------------------------------------------------------------- the session's file

Status write_session(const json& session) {
  const fs::path file = session_file(session["attempt"]);
  if (auto s = make_dirs(file.parent_path()); !s) return s;
  std::error_code ec;
  fs::permissions(file.parent_path(), fs::perms::owner_all, ec);
  if (auto s = write_file(file, canonical(session)); !s) return s;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ec);
  return ok();
}

Result<json> read_session(const std::string& attempt) {  // null: there is none
  std::error_code ec;
  const fs::path file = session_file(attempt);
  if (!fs::exists(file, ec)) return json();
  auto bytes = read_file(file, 1u << 20);
  if (!bytes) return bytes.error();
  const json session = nests_within(*bytes, 40) ? json::parse(*bytes, nullptr, false) : json();
  const bool whole = session.is_object() && session.value("format", json()) == 1 && text_of(session, "attempt") == attempt && session.contains("actor") && session.contains("token") && session["token"].is_array();
  if (!whole) return Error{Code::kFailed, file.string(), "is no cmi5 session", "Remove the file; what was recorded is not in it"};
  return session;
}

Result<Cmi5Session> session_from(const json& j) {
  Cmi5Session s;
  s.attempt = text_of(j, "attempt");
  s.endpoint = text_of(j, "endpoint");
  s.registration = text_of(j, "registration");
  s.activity = text_of(j, "activity");
  s.actor = j.at("actor");
  auto data = read_launch_data(j.value("launch_data", json()));
  if (!data) return data.error();
  s.data = std::move(*data);
  if (const std::string lang = text_of(j, "lang"); !lang.empty()) s.lang = lang == "en" ? Lang::kEn : Lang::kZh;
  s.sound = j.value("sound", json(true)) != false;
  s.completed = j.value("completed", json()) == true;
  s.passed = j.value("passed", json()) == true;
  return s;
}

bool judges(Mode mode) { return rules_of(mode).shown == MarksShown::kReleased || rules_of(mode).shown == MarksShown::kJudges; }

void add_all(json& to, const json& more) {  // what stands there stays
  if (!more.is_object()) return;
  for (const auto& [key, value] : more.items()) {
    if (!to.contains(key)) to[key] = value;
  }
}

}  // namespace

Result<Cmi5Link> read_link(std::string_view url) {
  if (url.size() > kMaxLink) return refuse("is too long to be one");
  const size_t query = url.find('?');
  if (query == std::string_view::npos) return refuse("has no parameters");
  std::map<std::string, std::string> values;
  std::string_view rest = url.substr(query + 1, std::min(url.find('#'), url.size()) - query - 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const auto key = unescape(pair.substr(0, equals)), value = unescape(pair.substr(equals + 1));
    if (!key || !value || !is_clean_utf8(*value)) return refuse("is not spelled as a link is");
    if (!values.emplace(*key, *value).second) return refuse("names something twice");
  }
  for (const char* key : {"endpoint", "fetch", "actor", "registration", "activityId"}) {
    if (values[key].empty()) return Error{Code::kFailed, "the launch link", std::string("lacks ") + key, "Only an LMS can make one: start the exercise there"};
  }
  Cmi5Link link;
  link.endpoint = values["endpoint"];
  while (link.endpoint.ends_with('/')) link.endpoint.pop_back();
  link.fetch = values["fetch"];
  link.registration = values["registration"];
  link.activity = values["activityId"];
  if (!is_web_address(link.endpoint) || link.endpoint.find_first_of("?#") != std::string::npos) return refuse("has no web address for an endpoint");
  if (!is_web_address(link.fetch)) return refuse("has no web address to fetch the token from");
  if (!is_uuid(link.registration)) return refuse("has a registration that is no UUID");
  const json actor = nests_within(values["actor"], 8) ? json::parse(values["actor"], nullptr, false) : json();
  const json account = actor.is_object() ? actor.value("account", json()) : json();
  if (!is_web_address(text_of(account, "homePage")) || text_of(account, "name").empty()) return refuse("names no account for its actor");
  link.actor = {{"objectType", "Agent"}, {"account", {{"homePage", account["homePage"]}, {"name", account["name"]}}}};
  link.attempt = uuid_v5(kLinkSpace, link.fetch);
  return link;
}

Result<LaunchData> read_launch_data(const json& d) {
  const auto no = [](std::string what, std::string hint = "Ask the LMS's keeper") { return Error{Code::kFailed, "LMS.LaunchData", std::move(what), std::move(hint)}; };
  if (!d.is_object()) return no("is no JSON object");
  LaunchData data;
  data.context_template = d.value("contextTemplate", json());
  if (!data.context_template.is_object()) return no("lacks contextTemplate");
  const json& t = data.context_template;
  const bool sound = (!t.contains("extensions") || t["extensions"].is_object()) && (!t.contains("contextActivities") || t["contextActivities"].is_object());
  if (!sound) return no("has a contextTemplate that is no context");
  const std::string launch = text_of(d, "launchMode");
  if (launch == "Browse") data.launch = LaunchData::Launch::kBrowse;
  else if (launch == "Review") data.launch = LaunchData::Launch::kReview;
  else if (launch != "Normal") return no("has a launchMode that is none of Normal, Browse, Review");
  data.move_on = d.contains("moveOn") ? text_of(d, "moveOn") : "NotApplicable";
  const auto& m = data.move_on;
  if (m != "Passed" && m != "Completed" && m != "CompletedAndPassed" && m != "CompletedOrPassed" && m != "NotApplicable") return no("has a moveOn that cmi5 does not know");
  if (const json mastery = d.value("masteryScore", json()); !mastery.is_null()) {
    if (!mastery.is_number() || !(mastery.get<double>() >= 0 && mastery.get<double>() <= 1)) return no("has a masteryScore that is not between 0 and 1");
    data.mastery_score = mastery.get<double>();
  }

  const std::string hint = "Write PACK/EXERCISE or PACK/EXERCISE MODE into launchParameters of the course's cmi5.xml";
  const std::string words = text_of(d, "launchParameters");
  const size_t blank = words.find(' ');
  data.exercise = words.substr(0, blank);
  if (words.empty() || words.size() > 200 || data.exercise.find('/') == std::string::npos || data.exercise.front() == '/' || data.exercise.find("..") != std::string::npos)
    return no("names no exercise in launchParameters", hint);
  if (blank != std::string::npos) {
    auto mode = mode_from_name(words.substr(blank + 1));
    if (!mode) return no("names a mode in launchParameters that is none", hint);
    data.mode = *mode;
  }
  if (const std::string back = text_of(d, "returnURL"); is_web_address(back)) data.return_url = back;
  if (rules_of(data.mode).plays_expert) return no("asks for a demonstration: it is nobody's result", hint);
  if (data.launch != LaunchData::Launch::kNormal) data.mode = Mode::kVisitor;
  else if (!judges(data.mode) && (m == "Passed" || m == "CompletedAndPassed"))
    return no(std::string("waits for a pass (moveOn ") + m + "), which is never given in the mode " + mode_name(data.mode), "Write assessment into launchParameters, or another moveOn");
  return data;
}

Status may_launch(const Cmi5Link& link) {
  auto config = load_config();
  if (!config) return config.error();
  const Lms* lms = config->find_lms(link.endpoint);
  if (lms && config->find_lms(link.fetch) == lms) return ok();
  return Error{Code::kFailed, host_of(lms ? link.fetch : link.endpoint), "is no LMS that may launch exercises here", "If the school trusts it, name it under lms in " + (places().config / "config.yaml").string()};
}

Result<Cmi5Session> open_session(const Cmi5Link& link) {
  if (const Status may = may_launch(link); !may) return may.error();
  auto config = load_config();
  if (!config) return config.error();
  const Lms* lms = config->find_lms(link.endpoint);
  auto key = station_key();
  if (!key) return key.error();
  auto session = read_session(link.attempt);
  if (!session) return session.error();
  std::string token;
  if (session->is_null()) {
    auto fetched = fetch_token(link.fetch, *lms);
    if (!fetched) return fetched.error();
    token = std::move(*fetched);
    auto sealed = seal_token(token, key->public_key());
    if (!sealed) return sealed.error();
    // At once: it cannot be had again.
    *session = {{"format", 1}, {"attempt", link.attempt}, {"endpoint", link.endpoint}, {"registration", link.registration}, {"activity", link.activity}, {"actor", link.actor}, {"token", *sealed}};
    if (auto s = write_session(*session); !s) return s.error();
  } else {
    auto opened = open_token((*session)["token"], *key);
    if (!opened) return opened.error();
    token = std::move(*opened);
  }
  if (!session->contains("launch_data")) {
    if (auto s = ask(*session, *lms, token); !s) return s.error();
    if (auto s = write_session(*session); !s) return s.error();
  }
  return session_from(*session);
}

Result<std::optional<Cmi5Session>> find_session(const std::string& attempt) {
  auto j = read_session(attempt);
  if (!j) return j.error();
  if (j->is_null() || !j->contains("launch_data")) return std::optional<Cmi5Session>();
  auto session = session_from(*j);
  if (!session) return session.error();
  return std::optional(std::move(*session));
}

// ---------------------------------------------------------------- statements

namespace {

class Cmi5Builder {
 public:
  Cmi5Builder(const JournalHeader& header, const Cmi5Session& session) : header_(header), session_(session) {
    context_ = session.data.context_template;
    context_["registration"] = session.registration;
    add_all(context_, {{"platform", "Shixun"}, {"language", header.lang == "zh-CN" ? "zh-CN" : "en-US"}, {"revision", header.pack_version}});
  }

  // A statement that cmi5 defines.
  void define(const char* verb, const json& display, const std::string& timestamp, json result, const json& extensions) {
    json context = with(extensions);
    json category = context["contextActivities"].value("category", json::array());
    if (!category.is_array()) category = json::array({category});  // a single activity may stand without its list
    const auto add = [&](const char* id) {
      if (std::none_of(category.begin(), category.end(), [&](const json& a) { return text_of(a, "id") == id; })) category.push_back({{"objectType", "Activity"}, {"id", id}});
    };
    add(kCategoryCmi5);
    if (result.contains("success") || result.contains("completion")) add(kCategoryMoveOn);
    context["contextActivities"]["category"] = category;
    if (result.contains("success") && session_.data.mastery_score) context["extensions"][kMasteryScore] = *session_.data.mastery_score;
    put(std::string("cmi5:") + verb, {{"verb", {{"id", std::string(kVerbs) + verb}, {"display", display}}}, {"object", {{"objectType", "Activity"}, {"id", session_.activity}}}, {"context", context}, {"timestamp", timestamp}}, std::move(result));
  }

  // One of ours, as it goes to every store, in this session's context: "cmi5 allowed" (section 9.3), without its category.
  void allow(const json& ours) {
    json context = with(ours.at("context").value("extensions", json::object()));
    context["contextActivities"]["parent"] = json::array({{{"objectType", "Activity"}, {"id", session_.activity}}});
    put("cmi5:" + ours.at("id").get<std::string>(), {{"verb", ours.at("verb")}, {"object", ours.at("object")}, {"context", context}, {"timestamp", ours.at("timestamp")}}, ours.value("result", json::object()));
  }

  std::vector<Statement> take() { return std::move(out_); }

 private:
  json with(const json& extensions) const {
    json context = context_;
    if (!extensions.empty()) add_all(context["extensions"], extensions);
    if (!context.contains("contextActivities")) context["contextActivities"] = json::object();
    return context;
  }
  void put(const std::string& role, json s, json result) {
    const std::string id = uuid_v5(header_.attempt, role);
    s["id"] = id;
    s["actor"] = session_.actor;
    if (!result.empty()) s["result"] = std::move(result);
    out_.push_back({id, canonical(s)});
  }

  const JournalHeader& header_;
  const Cmi5Session& session_;
  json context_;
  std::vector<Statement> out_;
};

}  // namespace

Result<std::vector<Statement>> cmi5_statements(const Journal& journal, const Cmi5Session& session) {
  const JournalHeader& h = journal.header;
  if (h.attempt != session.attempt) return Error{Code::kFailed, h.attempt, "is another attempt than the session's", ""};
  auto start = parse_utc(h.started_utc);
  if (!start) return start.error();
  Cmi5Builder build(h, session);
  build.define("initialized", {{"zh-CN", "开始"}, {"en-US", "initialized"}}, format_utc(*start), json::object(), json::object());
  if (!journal.footer) return build.take();

  // What happened is said to an LMS as to any store; but for who, where, and what cmi5 lets each verb say (section 9.5).
  auto plain = xapi_statements(journal, XapiTarget{session.actor.at("account").at("homePage").get<std::string>()});
  if (!plain) return plain.error();
  const bool counts = session.data.launch == LaunchData::Launch::kNormal;
  const auto said = [](const json& s, const char* verb) { return s["verb"]["id"] == std::string(kVerbs) + verb; };
  std::vector<json> all;
  for (const Statement& s : *plain) all.push_back(json::parse(s.body));
  const json& last = all.back();  // terminated
  const std::string at = last["timestamp"];
  const json& more = last["context"]["extensions"];
  // cmi5 counts the time since initialized, pauses and all.
  const json time = {{"duration", xapi_duration(journal.events.empty() ? 0 : journal.events.back().t_ms)}};
  if (counts) {
    for (const json& s : all) {
      if (said(s, "scored")) build.allow(s);
    }
    const bool finished = journal.footer->sheet.at("finished") == true;
    if (finished && !session.completed) {
      json result = time;
      result["completion"] = true;
      build.define("completed", {{"zh-CN", "完成"}, {"en-US", "completed"}}, at, std::move(result), more);
    }
    for (const json& s : all) {
      if (!said(s, "passed") && !said(s, "failed")) continue;
      const bool mastered = !session.data.mastery_score || s["result"]["score"].value("scaled", 0.0) >= *session.data.mastery_score;
      const bool pass = said(s, "passed") && mastered;
      if (pass && session.passed) continue;
      json result = time;
      result["success"] = pass;
      // Who fails by a critical error may have points enough: an LMS takes no `failed` with a score that masters (section 9.5.1).
      if (pass || !session.data.mastery_score || !mastered) result["score"] = s["result"]["score"];
      build.define(pass ? "passed" : "failed", pass ? json{{"zh-CN", "合格"}, {"en-US", "passed"}} : json{{"zh-CN", "不合格"}, {"en-US", "failed"}}, at, std::move(result), more);
    }
  }
  build.define("terminated", {{"zh-CN", "结束"}, {"en-US", "terminated"}}, at, time, more);
  return build.take();
}

Result<std::vector<Statement>> late_statements(const Journal& journal, const Cmi5Session& session, const XapiTarget& target, const std::set<std::string>& refused) {
  auto statements = cmi5_statements(journal, session);
  if (!statements) return statements;
  std::vector<Statement> all;
  for (const Statement& s : *statements) {
    json late = json::parse(s.body);
    const std::string verb = late["verb"]["id"];
    const bool verdict = verb == std::string(kVerbs) + "completed" || verb == std::string(kVerbs) + "passed" || verb == std::string(kVerbs) + "failed";
    if (!refused.count(s.id) || !verdict) continue;
    const std::string id = uuid_v5(journal.header.attempt, "late:" + verb);
    late["id"] = id;
    late["actor"]["account"] = {{"homePage", target.home_page}, {"name", actor_name(target, journal.header.trainee)}};
    json& context = late["context"];
    context["contextActivities"].erase("category");
    context["extensions"].erase(kSessionId);
    context["extensions"].erase(kMasteryScore);
    context["extensions"][std::string(kProductIri) + "extensions/late"] = true;
    all.push_back({id, canonical(late)});
  }
  return all;
}

// ---------------------------------------------------------------- delivery

std::string session_endpoint(const std::string& attempt) { return "cmi5-" + attempt; }

namespace {

// With its token: only for sending.
Result<Endpoint> endpoint_of(const json& session) {
  auto key = station_key();
  if (!key) return key.error();
  auto config = load_config();
  if (!config) return config.error();
  auto token = open_token(session["token"], *key);
  if (!token) return token.error();
  Endpoint e;
  e.name = session_endpoint(session["attempt"]);
  e.url = session["endpoint"];
  e.token = std::move(*token);
  const Lms* lms = config->find_lms(e.url);
  if (!lms) return Error{Code::kFailed, host_of(e.url), "is no LMS that may launch exercises here any more", "Name it under lms in " + (places().config / "config.yaml").string()};
  e.ca_file = lms->ca_file;
  return e;
}

Status send_late(RecordStore& store, const std::string& attempt) {
  auto sent = store.outbox(attempt);
  if (!sent) return sent.error();
  std::set<std::string> refused;
  for (const OutboxRow& r : *sent) {
    if (r.endpoint == session_endpoint(attempt) && r.state == OutboxRow::State::kParked && r.note == "lms-refuses") refused.insert(r.statement_id);
  }
  if (refused.empty()) return ok();
  auto config = load_config();
  if (!config) return config.error();
  auto session = find_session(attempt);
  if (!session) return session.error();
  auto journal = read_journal(store.journal_path(attempt));
  if (!journal) return journal.error();
  if (!*session || !journal->footer) return ok();
  std::vector<OutboxRow> rows;
  for (const Endpoint& e : config->endpoints) {
    auto target = xapi_target(e);
    if (!target) return target.error();
    auto late = late_statements(*journal, **session, *target, refused);
    if (!late) return late.error();
    int64_t seq = 0;
    for (const OutboxRow& r : *sent) {
      if (r.endpoint == e.name) seq = std::max(seq, r.seq);
    }
    for (Statement& s : *late) {
      OutboxRow r;
      r.statement_id = std::move(s.id);
      r.endpoint = e.name;
      r.attempt = attempt;
      r.seq = ++seq;
      r.body = std::move(s.body);
      rows.push_back(std::move(r));
    }
  }
  if (rows.empty()) return ok();
  auto queued = store.queue(attempt, rows);  // those that are there already stay as they are
  return queued ? ok() : Status(queued.error());
}

}  // namespace

Result<std::vector<Endpoint>> list_sessions() {
  std::vector<Endpoint> all;
  std::error_code ec;
  std::vector<fs::path> files;
  for (auto it = fs::directory_iterator(places().data / "cmi5", ec); !ec && it != fs::directory_iterator(); it.increment(ec)) files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (file.extension() != ".json" || !is_uuid(file.stem().string())) continue;
    auto session = read_session(file.stem().string());
    if (!session) return session.error();
    if (!session->contains("launch_data")) continue;
    auto endpoint = endpoint_of(*session);
    if (!endpoint) return endpoint.error();
    all.push_back(std::move(*endpoint));
  }
  return all;
}

Result<UploadReport> upload_session(RecordStore& store, const Endpoint& session, const UploadOptions& options) {
  auto report = upload(store, session, options);
  if (!report) return report;
  const std::string attempt = session.name.substr(session_endpoint("").size());
  auto row = store.find(attempt);
  if (!row) return row.error();
  if (*row && (*row)->closed && report->left.parked > 0) {
    if (auto s = send_late(store, attempt); !s) return s.error();
  }
  if (*row && (*row)->closed && report->left.pending + report->left.leased + report->left.parked == 0 && report->left.done > 0) {
    if (auto s = forget_session(attempt); !s) return s.error();
  }
  return report;
}

Status deliver_session(const std::string& attempt) {
  auto session = read_session(attempt);
  if (!session) return session.error();
  if (session->is_null()) return ok();
  auto endpoint = endpoint_of(*session);
  if (!endpoint) return endpoint.error();
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  UploadOptions options;
  options.eager = true;
  auto report = upload_session(*store, *endpoint, options);
  return report ? ok() : Status(report.error());
}

Status forget_session(const std::string& attempt) {
  std::error_code ec;
  for (const fs::path& file : {session_file(attempt), places().data / ("upload-" + session_endpoint(attempt) + ".lock")}) {
    fs::remove(file, ec);
    if (ec) return Error{Code::kEnvironment, file.string(), "cannot be removed: " + ec.message(), ""};
  }
  return ok();
}

}  // namespace shixun
