#pragma once
// The assignable unit of cmi5 (Quartz edition, https://github.com/AICC/CMI-5_Spec_Current): a learning management system (LMS) launches an exercise
// on this machine and gets its result. What it wants to know travels through the outbox like every statement: with no network it waits, and is sent
// when there is one, as long as the LMS keeps the session.
//
//   <url>shixun://launch</url> <launchParameters>PACK/EXERCISE MODE</launchParameters>     in the course's cmi5.xml; MODE: assessment when left out
//
// The LMS adds endpoint, fetch, actor, registration and activityId to the url (section 8.1). The link fetches its token once; the same link again goes
// on with the same attempt. What is launched, and how, stands in the LMS's own LMS.LaunchData and not in the link, which its reader could change.
//
// Only an LMS that config.yaml names under `lms` may launch. Of the actor nothing but the account is kept, and that only in the session's file and in
// what is sent to this LMS: in the journal the trainee is called by the registration, a UUID that the LMS alone can connect with a person.
// A session's file (data folder, cmi5/ATTEMPT.json, mode 0600) goes when all is delivered; the token in it is sealed to the station key.

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/store.h"
#include "engine/records/upload.h"
#include "engine/records/xapi.h"

namespace shixun {

// What a launch link says.
struct Cmi5Link {
  std::string attempt;         // UUID that follows from `fetch`
  std::string endpoint;        // xAPI address, without a slash at the end
  std::string fetch;           // where the token is had, once; a secret
  std::string registration, activity;
  nlohmann::json actor;        // {"objectType":"Agent","account":{"homePage","name"}}
};
// Any scheme and path; parameters in any order, others are passed over. Errors never quote the link.
Result<Cmi5Link> read_link(std::string_view url);

// How the LMS wants a session held: the document LMS.LaunchData (section 10).
struct LaunchData {
  enum class Launch { kNormal, kBrowse, kReview };
  Launch launch = Launch::kNormal;
  nlohmann::json context_template;
  std::string move_on;                  // Passed, Completed, CompletedAndPassed, CompletedOrPassed, NotApplicable
  std::optional<double> mastery_score;  // 0 to 1: what `scaled` must reach
  std::string exercise;                 // PACK/EXERCISE
  std::string return_url;               // where the learner goes afterwards: http or https; empty: it does not say
  Mode mode = Mode::kAssessment;        // kVisitor where nothing counts: Browse, Review
};
// Refused: what the specification does not allow, and a mode that can never do what moveOn waits for.
Result<LaunchData> read_launch_data(const nlohmann::json& document);

struct Cmi5Session {
  std::string attempt, endpoint, registration, activity;
  nlohmann::json actor;
  LaunchData data;
  std::optional<Lang> lang;    // as the learner prefers (cmi5LearnerPreferences), where it is one of ours
  bool sound = true;
  bool completed = false, passed = false;  // said before in this registration: it may not be said again
};

// Whether config.yaml names the LMS (`lms`).
Status may_launch(const Cmi5Link& link);
// Asks the LMS: token, launch data, preferences, what was said before. Asked once; later calls read the session's file.
Result<Cmi5Session> open_session(const Cmi5Link& link);
Result<std::optional<Cmi5Session>> find_session(const std::string& attempt);  // none: not launched, or all is delivered

// What cmi5 defines, in its order: initialized, completed, passed or failed, terminated (section 9.3); in between, where it counts, a `scored` for each
// mark. An attempt that is not closed has its first one only. The same attempt always gives the same bytes.
Result<std::vector<Statement>> cmi5_statements(const Journal& journal, const Cmi5Session& session);

// What the LMS refused for good (its session is over), as statements for another store: outside of cmi5, with the same registration and the extension
// `late`. `refused`: ids of cmi5_statements().
Result<std::vector<Statement>> late_statements(const Journal& journal, const Cmi5Session& session, const XapiTarget& target, const std::set<std::string>& refused);

// The sessions that still have something to send, as endpoints of the outbox.
std::string session_endpoint(const std::string& attempt);  // its name: "cmi5-ATTEMPT"
Result<std::vector<Endpoint>> list_sessions();
// upload() for one of these; a session that is over and has nothing left to send is forgotten. What the LMS holds for too late goes to every endpoint
// of config.yaml instead (late_statements).
Result<UploadReport> upload_session(RecordStore& store, const Endpoint& session, const UploadOptions& options);
// What waits of one session, in one pass. Fine when it is none.
Status deliver_session(const std::string& attempt);
Status forget_session(const std::string& attempt);

}  // namespace shixun
