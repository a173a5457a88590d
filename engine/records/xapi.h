#pragma once
// A closed attempt as xAPI 1.0.3 statements: initialized, one "scored" per aspect, completed, passed or failed (assessment), and
// terminated. A pure function of journal and home page: the same attempt always gives the same ids and the same bytes.
// Times are started_utc plus the events' own clock; the actor is a pseudonym under the school's home page.

#include <string>
#include <vector>

#include "engine/records/course.h"
#include "engine/records/human_marks.h"
#include "engine/records/journal.h"

namespace shixun {

// Everything of ours that needs a name on the web hangs under this one.
inline constexpr std::string_view kProductIri = "https://shixun.example/xapi/";

struct Statement {
  std::string id;    // UUIDv5 of the attempt and the statement's role
  std::string body;  // canonical JSON: the bytes to send
};

// The journal must have its footer.
Result<std::vector<Statement>> xapi_statements(const Journal& journal, const std::string& actor_home_page);

// What people's marks make of an attempt, as one more statement: passed or failed when it waited for them, else scored. It names the marks it
// rests on, so that later marks make another statement. Somebody must have marked (marks_sha256). `mapped`: what it is worth, or null.
Result<Statement> xapi_people_statement(const Journal& journal, const std::string& actor_home_page, const Judgement& people, const MappedResult* mapped);

// Whether a stored statement says the same as the one sent, by the rules of xAPI 2.3.1 (Immutability): what a store may add
// (authority, stored, version, objectType), spellings of times and ids, displays and definitions do not count.
bool same_statement(const nlohmann::json& ours, const nlohmann::json& theirs);

}  // namespace shixun
