#include "engine/records/xapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>

#include "engine/base/hash.h"
#include "engine/records/clock.h"
#include "engine/records/verify.h"

namespace shixun {

namespace {

using nlohmann::json;

// Words others have defined: the ADL vocabulary (https://registry.tincanapi.com, http://adlnet.gov/expapi).
constexpr std::string_view kVerbIri = "http://adlnet.gov/expapi/verbs/";
constexpr std::string_view kActivityIri = "http://adlnet.gov/expapi/activities/";

struct VerbName {
  const char *id, *zh, *en;
};
constexpr VerbName kInitialized{"initialized", "开始", "initialized"};
constexpr VerbName kScored{"scored", "评分", "scored"};
constexpr VerbName kCompleted{"completed", "完成", "completed"};
constexpr VerbName kPassed{"passed", "合格", "passed"};
constexpr VerbName kFailed{"failed", "不合格", "failed"};
constexpr VerbName kTerminated{"terminated", "结束", "terminated"};

json words(const std::string& zh, const std::string& en) { return {{"zh-CN", zh}, {"en-US", en}}; }
json words(const json& text) { return words(text.value("zh-CN", ""), text.value("en", "")); }

json verb(const VerbName& v) { return {{"id", std::string(kVerbIri) + v.id}, {"display", words(v.zh, v.en)}}; }

// An id as a part of an IRI.
std::string iri_part(std::string_view s) { return percent_encoded(s, "/"); }

std::string product(std::string_view path) { return std::string(kProductIri) + std::string(path); }

json activity(const std::string& id, const char* type, const json& name) {
  return {{"objectType", "Activity"}, {"id", id}, {"definition", {{"type", std::string(kActivityIri) + type}, {"name", name}}}};
}

// Milli-points as points. Exact in a double up to 2^53 of them.
double as_points(int64_t mp) { return static_cast<double>(mp) / 1000.0; }

// A penalty has no room above zero, so it has no scaled value.
json score(int64_t awarded_mp, int64_t max_mp) {
  json s = {{"raw", as_points(awarded_mp)}, {"min", as_points(std::min<int64_t>(awarded_mp, 0))}, {"max", as_points(std::max(max_mp, awarded_mp))}};
  if (max_mp > 0) s["scaled"] = std::clamp(static_cast<double>(awarded_mp) / static_cast<double>(max_mp), -1.0, 1.0);
  return s;
}

class Builder {
 public:
  Builder(const Journal& journal, const XapiTarget& target, int64_t start_ms) : journal_(journal), start_ms_(start_ms) {
    const JournalHeader& h = journal.header;
    actor_ = {{"objectType", "Agent"}, {"account", {{"homePage", target.home_page}, {"name", actor_name(target, h.trainee)}}}};
    exercise_ = activity(product("exercises/" + iri_part(h.exercise)), "simulation", words(h.title.zh, h.title.en));
    context_ = {{"registration", h.attempt},
                {"platform", "Shixun"},
                {"language", h.lang == "zh-CN" ? "zh-CN" : "en-US"},
                {"revision", h.pack_version},
                {"contextActivities", {{"grouping", json::array({{{"objectType", "Activity"}, {"id", product("packs/" + iri_part(h.pack_id))}}})}}},
                {"extensions", {{product("extensions/mode"), mode_name(h.mode)}}}};
  }

  const json& exercise() const { return exercise_; }
  json context() const { return context_; }

  void add(const std::string& role, const VerbName& v, json object, json result, json context, int64_t t_ms, json attachments = nullptr) {
    // A rule may give several marks (an error that was repeated): their roles are numbered.
    const int nth = ++roles_[role];
    const std::string id = uuid_v5(journal_.header.attempt, nth == 1 ? role : role + "#" + std::to_string(nth));
    json s = {{"id", id}, {"actor", actor_}, {"verb", verb(v)}, {"object", std::move(object)}, {"context", std::move(context)}, {"timestamp", format_utc(start_ms_ + t_ms)}};
    if (!result.is_null()) s["result"] = std::move(result);
    if (!attachments.is_null()) s["attachments"] = std::move(attachments);
    out_.push_back({id, canonical(s)});
  }

  std::vector<Statement> take() { return std::move(out_); }

 private:
  const Journal& journal_;
  int64_t start_ms_;
  json actor_, exercise_, context_;
  std::map<std::string, int> roles_;
  std::vector<Statement> out_;
};

bool passes_judgement(Mode mode) { return rules_of(mode).shown == MarksShown::kReleased || rules_of(mode).shown == MarksShown::kJudges; }

// One mark of the sheet: when its last evidence was seen, on an objective of its own under the exercise.
void add_mark(Builder& build, const Journal& journal, const json& mark, int64_t end_ms) {
  const std::string id = mark.at("id").get<std::string>();
  const int64_t max_mp = mark.at("max_mp").get<int64_t>(), awarded_mp = mark.at("awarded_mp").get<int64_t>();
  int64_t t_ms = end_ms;
  const json events = mark.value("events", json::array());
  if (!events.empty()) {
    const auto seq = events.back().get<uint32_t>();  // sequence numbers start at 1 and have no gaps
    if (seq >= 1 && seq <= journal.events.size()) t_ms = journal.events[seq - 1].t_ms;
  }
  json result = {{"score", score(awarded_mp, max_mp)}};
  if (max_mp > 0 && !mark.contains("open")) result["success"] = awarded_mp == max_mp;
  json& more = result["extensions"];
  more[product("extensions/criterion")] = mark.value("criterion", "");
  more[product("extensions/lens")] = mark.value("lens", "");
  more[product("extensions/events")] = events;
  if (const std::string code = mark.value("code", ""); !code.empty()) more[product("extensions/codes")] = json::array({code});

  json context = build.context();
  context["contextActivities"]["parent"] = json::array({build.exercise()});
  build.add("scored:" + id, kScored, activity(build.exercise()["id"].get<std::string>() + "/aspects/" + iri_part(id), "objective", words(mark.value("title", json::object()))),
            std::move(result), std::move(context), t_ms);
}

}  // namespace

std::string percent_encoded(std::string_view s, std::string_view plain) {
  std::string out;
  for (const char c : s) {
    const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || plain.find(c) != plain.npos;
    out += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Result<XapiTarget> xapi_target(const Endpoint& endpoint) {
  auto key = read_pseudonym_key(endpoint);
  if (!key) return key.error();
  return XapiTarget{endpoint.actor_home_page, std::move(*key), endpoint.evidence};
}

std::string actor_name(const XapiTarget& target, const std::string& trainee) {
  return target.pseudonym_key.empty() ? trainee : "p-" + hmac_sha256_hex(target.pseudonym_key, "trainee\n" + trainee).substr(0, 32);
}

std::string attached_sha256(const Statement& statement) {
  // Only in a statement that has a member of that name does its name stand unescaped.
  if (statement.body.find("\"attachments\":[") == std::string::npos) return "";
  const json s = json::parse(statement.body, nullptr, false);
  if (!s.is_object() || !s.contains("attachments") || !s["attachments"].is_array() || s["attachments"].empty() || !s["attachments"][0].is_object()) return "";
  return s["attachments"][0].value("sha2", "");
}

std::string xapi_duration(int64_t ms) {
  const int64_t cs = std::max<int64_t>(0, (ms + 5) / 10);
  char out[64];
  std::snprintf(out, sizeof out, "PT%lldH%lldM%lld.%02lldS", static_cast<long long>(cs / 360000), static_cast<long long>(cs / 6000 % 60),
                static_cast<long long>(cs / 100 % 60), static_cast<long long>(cs % 100));
  return out;
}

Result<std::vector<Statement>> xapi_statements(const Journal& journal, const XapiTarget& target, std::string_view journal_bytes) {
  const JournalHeader& h = journal.header;
  if (!journal.footer) return Error{Code::kFailed, h.attempt, "the attempt is not closed: there is no result to report", ""};
  auto start = parse_utc(h.started_utc);
  if (!start) return start.error();
  const int64_t end_ms = journal.events.empty() ? 0 : journal.events.back().t_ms;
  Builder build(journal, target, *start);
  json attachments;
  if (target.evidence)
    attachments = json::array({{{"usageType", product("attachments/journal")}, {"display", words("作业证据日志", "the attempt's journal")}, {"contentType", kEvidenceType}, {"length", journal_bytes.size()}, {"sha2", sha256_hex(journal_bytes)}}});
  try {
    const json& sheet = journal.footer->sheet;
    build.add("initialized", kInitialized, build.exercise(), nullptr, build.context(), 0);
    // A demonstration's marks are the expert's, not the actor's.
    const bool own = !rules_of(h.mode).plays_expert;
    if (own) {
      for (const json& mark : sheet.at("criteria")) add_mark(build, journal, mark, end_ms);
    }

    json context = build.context();
    json& more = context["extensions"];
    more[product("extensions/evidence-sha256")] = journal.head_sha256;
    more[product("extensions/pack-sha256")] = h.pack_sha256;
    more[product("extensions/seed")] = std::to_string(h.seed);
    more[product("extensions/codes")] = sheet.at("codes");
    more[product("extensions/engine")] = h.engine;
    more[product("extensions/scorer")] = h.scorer;
    more[product("extensions/ended")] = journal.footer->ended_utc;
    // Statements of a journal of format 1 stay the bytes they always were: they may be in a store already.
    if (h.format != 1) {
      more[product("extensions/integrity-level")] = claimed_level(journal);
      if (!h.mapping_sha256.empty()) more[product("extensions/mapping-sha256")] = h.mapping_sha256;
    }

    const bool finished = sheet.at("finished").get<bool>(), pass = sheet.at("verdict") == "pass";
    json result = {{"completion", finished},
                   {"score", score(sheet.at("total_mp").get<int64_t>(), sheet.at("max_mp").get<int64_t>())},
                   {"duration", xapi_duration(sheet.at("active_ms").get<int64_t>())},
                   {"extensions", {{product("extensions/process-points"), as_points(sheet.at("process_mp").get<int64_t>())},
                                   {product("extensions/outcome-points"), as_points(sheet.at("outcome_mp").get<int64_t>())}}}};
    if (!own) result.erase("score");
    // Only an assessment passes judgement, and only once people have given their marks; learning and practising are completed, or not.
    if (passes_judgement(h.mode) && sheet.at("verdict") != "open") {
      result["success"] = finished && pass;
      const VerbName& verdict = finished && pass ? kPassed : kFailed;
      build.add(verdict.id, verdict, build.exercise(), result, context, end_ms);
    } else if (finished) {
      build.add("completed", kCompleted, build.exercise(), result, context, end_ms);
    }
    build.add("terminated", kTerminated, build.exercise(), {{"duration", result["duration"]}, {"completion", finished}}, context, end_ms, std::move(attachments));
  } catch (const json::exception& e) {
    return Error{Code::kFailed, h.attempt, std::string("the marksheet in the journal lacks something: ") + e.what(), ""};
  }
  return build.take();
}

Result<Statement> xapi_people_statement(const Journal& journal, const XapiTarget& target, const Judgement& people, const MappedResult* mapped) {
  auto start = parse_utc(journal.header.started_utc);
  auto at = parse_utc(people.said_utc);
  if (!start || !at) return !start ? start.error() : at.error();
  Builder build(journal, target, *start);
  const Marksheet& s = people.sheet;
  json result = {{"completion", s.finished}, {"score", score(s.total_mp, s.max_mp)}};
  json& more = result["extensions"];
  more[product("extensions/machine-points")] = as_points(people.machine.total_mp);
  more[product("extensions/people-points")] = as_points(people.human_mp);
  more[product("extensions/process-points")] = as_points(s.process_mp);
  more[product("extensions/outcome-points")] = as_points(s.outcome_mp);
  json open = json::array(), disputes = json::array();
  for (const JudgedAspect& a : people.aspects) {
    if (a.open) open.push_back(a.id);
  }
  for (const MarkRecord& d : people.disputes) disputes.push_back({{"aspect", d.aspect}, {"machine", as_points(d.machine_mp)}, {"proposed", as_points(d.proposed_mp)}, {"by", d.by}, {"reason", d.reason}});
  more[product("extensions/open")] = open;
  more[product("extensions/disputes")] = disputes;
  if (mapped) more[product("extensions/mapping")] = to_json(*mapped);
  json context = build.context();
  context["extensions"][product("extensions/evidence-sha256")] = journal.head_sha256;
  context["extensions"][product("extensions/marks-sha256")] = people.marks_sha256;
  const bool decided = passes_judgement(journal.header.mode) && people.machine.open && !s.open;
  if (decided) result["success"] = s.finished && s.pass;
  build.add("people:" + people.marks_sha256, !decided ? kScored : s.finished && s.pass ? kPassed : kFailed, build.exercise(), std::move(result), std::move(context), *at - *start);
  return build.take().front();
}

// ---------------------------------------------------------------- equality

namespace {

void default_type(json& thing, const char* type) {
  if (thing.is_object() && !thing.contains("objectType")) thing["objectType"] = type;
}

void plain_activity(json& a) {
  if (!a.is_object()) return;
  default_type(a, "Activity");
  if (a["objectType"] == "Activity") a.erase("definition");
}

// Only what counts, in one spelling.
json essence(json s) {
  if (!s.is_object()) return s;
  for (const char* key : {"authority", "stored", "version", "attachments"}) s.erase(key);
  if (s.contains("id") && s["id"].is_string()) {
    std::string id = s["id"].get<std::string>();
    std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    s["id"] = id;
  }
  if (s.contains("timestamp") && s["timestamp"].is_string()) {
    if (auto t = parse_utc(s["timestamp"].get<std::string>())) s["timestamp"] = *t;
  }
  if (s.contains("actor")) default_type(s["actor"], "Agent");
  if (s.contains("verb") && s["verb"].is_object()) s["verb"].erase("display");
  if (s.contains("object")) plain_activity(s["object"]);
  if (s.contains("context") && s["context"].is_object()) {
    json& context = s["context"];
    if (context.contains("instructor")) default_type(context["instructor"], "Agent");
    if (context.contains("contextActivities") && context["contextActivities"].is_object()) {
      for (auto& [key, list] : context["contextActivities"].items()) {
        if (!list.is_array()) list = json::array({list});  // a single activity may stand without its list
        for (json& a : list) plain_activity(a);
        std::sort(list.begin(), list.end());
      }
    }
  }
  return s;
}

}  // namespace

bool same_statement(const json& ours, const json& theirs) {
  try {
    return essence(ours) == essence(theirs);
  } catch (const json::exception&) {
    return false;
  }
}

}  // namespace shixun
