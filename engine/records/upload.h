#pragma once
// Sends one endpoint's outbox so that every statement has effect exactly once, whatever the network does: ids and bytes never
// change between tries, an unclear answer is tried again, and a conflict is settled by asking what the other side has.
//   200/204            delivered
//   409                read it back: same meaning: delivered; different: parked as "conflict"; unreadable: delivered, "unverified"
//   none, cut, 5xx     the same bytes again after 1 s, doubling to 5 min, with full jitter; Retry-After wins (at most 1 h)
//   429                not stored; as told by Retry-After, and half as fast
//   413                half as many at once; a single one too large is parked as "too-large"
//   400                halved until the bad one is alone; parked as "invalid"; the rest goes on. When the first three are all
//                      refused and none was ever taken, it is not the statements: the endpoint is paused instead
//   401, 403, others, TLS failures   the endpoint is paused and the reason reported; nothing is dropped
// A cmi5 session (Endpoint::token; cmi5.h) gets its statements one by one, and its LMS's 401 and 403 are read like 409: what cannot be read
// back then is parked as "lms-refuses".
// A statement that announces its attempt's journal goes alone and with it (multipart/mixed, xAPI 1.0.3 Communication 1.5.2); when the journal is gone
// or was changed since, the statement is parked as "evidence".
// Needs no user interface; the application calls it on a worker thread with a RecordStore of its own.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/records/config.h"
#include "engine/records/store.h"

namespace shixun {

struct UploadOptions {
  int batch_statements = 50;      // per request, at most
  size_t batch_bytes = 512u << 10;
  int64_t backoff_base_ms = 1000, backoff_max_ms = 300'000, retry_after_max_ms = 3'600'000;
  int64_t lease_ms = 120'000;
  long connect_timeout_ms = 10'000, timeout_ms = 30'000;
  int64_t first_jitter_ms = 0;   // the first request waits a random time up to this: a class finishes together
  bool eager = false;            // a person asked: earlier backoffs and a pause are forgotten first
  bool wait = false;             // stay until the outbox is empty or the endpoint is paused, sleeping through the backoffs
  bool forever = false;          // and then wait for more
  int64_t poll_ms = 5'000;       // forever: how often to look
  std::function<int64_t()> now_ms;             // default: utc_now_ms
  std::function<bool(int64_t)> sleep_ms;       // false: stop now; default: sleep and go on
  std::function<uint32_t(uint32_t)> random;    // uniform in [0, n); default: from a random seed
};

struct UploadReport {
  int delivered = 0, unverified = 0, parked = 0;  // in this run
  OutboxCount left;                               // in the outbox now
  int requests = 0;
  std::optional<Error> paused;                    // what a person has to mend before anything more is sent
  std::optional<int64_t> retry_in_ms;             // the endpoint does not answer well; when the next try is due
  std::optional<int64_t> clock_offset_ms;         // the server's clock minus ours, from its Date header (resolution 1 s)
};

// Only one sender per endpoint and database: a second one is refused.
Result<UploadReport> upload(RecordStore& store, const Endpoint& endpoint, const UploadOptions& options = {});

}  // namespace shixun
