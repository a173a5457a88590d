#include "engine/records/purge.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/records/clock.h"
#include "engine/records/cmi5.h"
#include "engine/records/config.h"
#include "engine/records/human_marks.h"
#include "engine/records/pack_shelf.h"

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

namespace {

// Whether people have marked all that they are to mark.
bool marked(const fs::path& path, PackShelf& shelf) {
  auto journal = read_journal(path);
  auto found = journal ? shelf.get(journal->header, path.string()) : Result<PackShelf::Found>(journal.error());
  auto people = found ? judgement_of(*found->pack, *found->exercise, *journal, path) : Result<Judgement>(found.error());
  return people && !people->open();
}

}  // namespace

Result<std::vector<std::string>> apply_retention(RecordStore& store, const Config& config) {
  if (config.retention_days <= 0 || config.endpoints.empty()) return std::vector<std::string>();
  constexpr int64_t kDay_ms = 86'400'000;
  auto rows = store.list({.closed = true});
  if (!rows) return rows.error();
  int64_t newest = 0;
  for (const AttemptRow& r : *rows) {
    if (const auto ended = parse_utc(r.ended_utc)) newest = std::max(newest, *ended);
  }
  const PurgeOptions options{.before_utc = format_utc(std::min(utc_now_ms(), newest + 31 * kDay_ms) - config.retention_days * kDay_ms), .why = "retention_days " + std::to_string(config.retention_days)};
  PackShelf shelf;
  PurgePlan plan;
  for (const AttemptRow& r : *rows) {
    if (r.ended_utc >= options.before_utc || (r.verdict == "open" && !marked(store.journal_path(r.uuid), shelf))) continue;
    auto outbox = store.outbox(r.uuid);
    if (!outbox) return outbox.error();
    const bool sent = std::all_of(outbox->begin(), outbox->end(), [](const OutboxRow& o) { return o.state == OutboxRow::State::kDone; });
    const bool everywhere = std::all_of(config.endpoints.begin(), config.endpoints.end(), [&](const Endpoint& e) { return std::any_of(outbox->begin(), outbox->end(), [&](const OutboxRow& o) { return o.endpoint == e.name; }); });
    if (sent && everywhere) plan.attempts.push_back(r.uuid);
  }
  if (auto s = purge(store, plan, options); !s) return s.error();
  if (!plan.attempts.empty()) spdlog::info("retention: {} attempts that ended before {} are gone from this machine", plan.attempts.size(), options.before_utc);
  return plan.attempts;
}

Result<std::vector<std::string>> apply_retention() {
  auto config = load_config();
  if (!config) return config.error();
  if (config->retention_days <= 0) return std::vector<std::string>();
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  return apply_retention(*store, *config);
}

Status purge(RecordStore& store, const PurgePlan& plan, const PurgeOptions& options) {
  if (plan.attempts.empty()) return ok();
  const fs::path log = store.data_dir() / "purged.jsonl";
  const std::string line = canonical({{"at", format_utc(utc_now_ms())}, {"why", !options.why.empty() ? options.why : options.trainee.empty() ? "ended before " + options.before_utc : "a trainee"}, {"attempts", plan.attempts}}) + "\n";
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
