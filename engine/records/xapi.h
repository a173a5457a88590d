#pragma once
// A closed attempt as xAPI 1.0.3 statements: initialized, one "scored" per aspect, completed, passed or failed (assessment), and
// terminated. A pure function of journal and home page: the same attempt always gives the same ids and the same bytes.
// Times are started_utc plus the events' own clock; the actor is a pseudonym under the school's home page.

#include <string>
#include <vector>

#include "engine/records/config.h"
#include "engine/records/course.h"
#include "engine/records/human_marks.h"
#include "engine/records/journal.h"

namespace shixun {

// Everything of ours that needs a name on the web hangs under this one.
inline constexpr std::string_view kProductIri = "https://shixun.example/xapi/";

// What statements to one endpoint differ in.
struct XapiTarget {
  std::string home_page;           // of the system that knows the pseudonyms
  std::string pseudonym_key = {};  // when set, trainees are called actor_name() there, and not as they are here
  bool evidence = false;           // the last statement announces the journal as its attachment
};
Result<XapiTarget> xapi_target(const Endpoint& endpoint);  // reads its pseudonym key
// What a trainee is called at a target: the same each time, and nothing that another target with another key could compare.
std::string actor_name(const XapiTarget& target, const std::string& trainee);

struct Statement {
  std::string id;    // UUIDv5 of the attempt and the statement's role
  std::string body;  // canonical JSON: the bytes to send
};

// The journal must have its footer, and evidence its bytes.
Result<std::vector<Statement>> xapi_statements(const Journal& journal, const XapiTarget& target, std::string_view journal_bytes = {});
// The SHA-256 of the journal that goes with a statement as xapi_statements gave it; empty: it has none.
std::string attached_sha256(const Statement& statement);
inline constexpr const char* kEvidenceType = "application/x-ndjson";

// ISO 8601 in hundredths of a second: what xAPI lets a store compare.
std::string xapi_duration(int64_t ms);

// What people's marks make of an attempt, as one more statement: passed or failed when it waited for them, else scored. It names the marks it
// rests on, so that later marks make another statement. Somebody must have marked (marks_sha256). `mapped`: what it is worth, or null.
Result<Statement> xapi_people_statement(const Journal& journal, const XapiTarget& target, const Judgement& people, const MappedResult* mapped);

// Whether a stored statement says the same as the one sent, by the rules of xAPI 2.3.1 (Immutability): what a store may add
// (authority, stored, version, objectType), spellings of times and ids, displays and definitions do not count.
bool same_statement(const nlohmann::json& ours, const nlohmann::json& theirs);

// For a part of a URL or IRI: letters, digits, . _ - and what is in `plain` stay, all other bytes become %XX (RFC 3986 2.1).
std::string percent_encoded(std::string_view s, std::string_view plain = "");

}  // namespace shixun
