#pragma once
// Taking attempts off this machine for good: journal, people's marks, record and what was still to be sent. For a learner who asks for it, or because
// the time they are kept is over. What was delivered elsewhere is not undone: purged.jsonl in the data folder names the attempts (not whose they
// were), so that the keepers of other systems can be told.

#include <string>
#include <vector>

#include "engine/records/store.h"

namespace shixun {

struct PurgeOptions {
  std::string trainee = {};     // everything of this trainee, or
  std::string before_utc = {};  // closed attempts that ended before this
  bool undelivered = false;     // also what was not delivered everywhere yet
  std::string why = {};         // for the log; empty: of the two above
};

struct PurgePlan {
  std::vector<std::string> attempts;     // to be taken off
  std::vector<std::string> undelivered;  // kept: statements of theirs still wait, or are parked
  std::vector<std::string> in_use;       // kept: open in a running program
};
Result<PurgePlan> plan_purge(const RecordStore& store, const PurgeOptions& options);

// What the school's retention_days (config.h) lets go, at the program's start and while upload --watch runs. Only what every configured endpoint has got
// whole, and what people have finished marking; a machine without endpoints keeps everything. Days are reckoned from the newest attempt at most
// 31 days ago, so that a clock that is years ahead takes nothing away. Gives the attempts that went.
struct Config;
Result<std::vector<std::string>> apply_retention(RecordStore& store, const Config& config);
Result<std::vector<std::string>> apply_retention();  // of this machine

// Files first: what is cut off half-way is finished by purging again.
Status purge(RecordStore& store, const PurgePlan& plan, const PurgeOptions& options);

}  // namespace shixun
