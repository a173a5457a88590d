#include "engine/records/purge.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/json.h"
#include "engine/records/clock.h"
#include "engine/records/cmi5.h"
#include "engine/records/human_marks.h"

namespace shixun {

Result<PurgePlan> plan_purge(const RecordStore& store, const PurgeOptions& options) {
  if (options.trainee.empty() == options.before_utc.empty()) return Error{Code::kUsage, "", "say whose attempts, or how old ones", "Give either --trainee or --before"};
  AttemptFilter filter;
  if (!options.trainee.empty()) filter.trainee = options.trainee;
  else filter.closed = true;
  auto rows = store.list(filter);
  if (!rows) return rows.error();
  PurgePlan plan;
  for (const AttemptRow& r : *rows) {
    if (!options.before_utc.empty() && r.ended_utc >= options.before_utc) continue;
    if (!r.closed && journal_in_use(store.journal_path(r.uuid))) {
      plan.in_use.push_back(r.uuid);
      continue;
    }
    auto outbox = store.outbox(r.uuid);
    if (!outbox) return outbox.error();
    bool waits = false;
    for (const OutboxRow& o : *outbox) waits |= o.state != OutboxRow::State::kDone;
    (waits && !options.undelivered ? plan.undelivered : plan.attempts).push_back(r.uuid);
  }
  return plan;
}

Status purge(RecordStore& store, const PurgePlan& plan, const PurgeOptions& options) {
  if (plan.attempts.empty()) return ok();
  const fs::path log = store.data_dir() / "purged.jsonl";
  const std::string line = canonical({{"at", format_utc(utc_now_ms())}, {"why", options.trainee.empty() ? "ended before " + options.before_utc : "a trainee"}, {"attempts", plan.attempts}}) + "\n";
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool written = fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd) == 0;
  const int err = errno;
  if (fd >= 0) ::close(fd);
  if (!written) return Error{Code::kEnvironment, log.string(), std::string("cannot be written: ") + std::strerror(err), "Nothing is purged that is not written down"};
  for (const std::string& uuid : plan.attempts) {
    const fs::path journal = store.journal_path(uuid);
    if (auto s = forget_session(uuid); !s) return s;
    for (const fs::path& file : {marks_path(journal), journal}) {
      std::error_code ec;
      fs::remove(file, ec);
      if (ec) return Error{Code::kEnvironment, file.string(), "cannot be removed: " + ec.message(), "Purge again when it can"};
    }
  }
  return store.forget(plan.attempts);
}

}  // namespace shixun
