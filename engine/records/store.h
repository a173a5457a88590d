#pragma once
// What this machine knows about attempts, and what it still has to send: one SQLite file, attempts.sqlite in the data folder.
// The journals are the evidence; this is the index over them plus the outbox. Closing an attempt and queueing its statements is
// one transaction, durable when it returns. One RecordStore per thread; several processes may have the file open.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/records/journal.h"

namespace shixun {

struct AttemptRow {
  std::string uuid, exercise, pack_id, pack_version, pack_sha256, scoring_sha256;
  Text title;
  std::string mode;             // its name (mode.h)
  std::string seed;             // decimal; empty while it is sealed
  std::string trainee;
  std::string device, lang;
  bool closed = false;
  std::string started_utc, ended_utc;
  std::string journal;          // relative to the data folder
  std::string pack_dir;         // where the pack lay on this machine; may be empty
  // once closed:
  int64_t total_mp = 0, max_mp = 0, process_mp = 0, outcome_mp = 0, active_ms = 0;
  int64_t open_mp = 0;          // marks that people are to give
  std::string verdict;          // "pass", "fail", "open" (people have not marked yet), "unfinished"
  std::string codes;            // separated by blanks, sorted
  std::string marksheet;        // canonical bytes
  std::string head_sha256;      // of the journal's last line
};

struct OutboxRow {
  enum class State { kPending, kLeased, kDone, kParked };
  std::string statement_id, endpoint, attempt;
  int64_t seq = 0;              // order within the attempt, from 1
  std::string body;             // the exact bytes to send, frozen when the attempt was closed
  State state = State::kPending;
  int tries = 0;
  int64_t next_try_ms = 0;      // UTC ms; not before
  int64_t lease_until_ms = 0;
  std::string receipt;          // when delivered: time and status
  std::string note;             // why it is parked or unverified: one of the words in upload.h
};
const char* state_name(OutboxRow::State s);

struct EndpointState {          // what the last tries taught about one endpoint
  int fails = 0;                // in a row
  int64_t next_try_ms = 0;
  int batch_limit = 0;          // statements; 0: not limited yet
  std::string paused;           // why nothing is sent until someone has looked, or empty
};

struct OutboxCount { int pending = 0, leased = 0, done = 0, unverified = 0, parked = 0; };

struct AttemptFilter {
  std::optional<std::string> trainee = {}, exercise = {}, mode = {};
  std::optional<bool> closed = {};
  std::string since_utc = {}, until_utc = {};  // on started_utc; empty: any
};

class RecordStore {
 public:
  // Opens or creates data_dir/attempts.sqlite, migrates it forward, and makes sure no attempt is missing: a journal without its
  // row is taken in, and an open row whose journal has its footer is closed (not queued yet; see unqueued).
  static Result<RecordStore> open(const fs::path& data_dir);
  RecordStore(RecordStore&&) noexcept;
  RecordStore& operator=(RecordStore&&) noexcept;
  ~RecordStore();

  const fs::path& data_dir() const;
  fs::path journal_path(const std::string& uuid) const;  // data_dir/journals/<uuid>.jsonl

  // An attempt begins. Known already (taken in by another process meanwhile): fine.
  Status add_open(const JournalHeader& header, const std::string& pack_dir);

  // An attempt ends: result and outbox rows in one transaction. `queued` says that every endpoint there is has got its rows; without
  // it unqueued() names the attempt. Closing again with the same marksheet is fine; with another one it is refused.
  Status close(const AttemptRow& row, const std::vector<OutboxRow>& outbox, bool queued);

  // Adds outbox rows of a closed attempt; rows that exist already stay as they are. Gives how many were new.
  Result<int> queue(const std::string& uuid, const std::vector<OutboxRow>& outbox);
  Result<std::vector<std::string>> unqueued() const;

  Result<std::optional<AttemptRow>> find(const std::string& uuid) const;
  Result<std::vector<AttemptRow>> list(const AttemptFilter& filter = {}) const;  // oldest first, without marksheet bytes
  Result<std::vector<std::string>> closed_without(const std::string& endpoint) const;  // attempts never queued for it

  // Takes attempts and what was to be sent of them out of the file, overwriting what stood there. Their journals must be gone (purge.h).
  Status forget(const std::vector<std::string>& uuids);

  // ---- outbox, used by upload.h
  // Takes rows of one endpoint to send, oldest first, at most `count` of `bytes`: rows due at now_ms whose earlier statements of
  // the same attempt are not still waiting. They are leased until now_ms + lease_ms.
  Result<std::vector<OutboxRow>> lease(const std::string& endpoint, int64_t now_ms, int64_t lease_ms, int count, size_t bytes);
  // Leases that ran out (all of them when `all`: the caller holds the sender's lock) wait again.
  Status reclaim_leases(const std::string& endpoint, int64_t now_ms, bool all);
  Status settle(const std::vector<OutboxRow>& rows);  // writes state, tries, next_try, lease_until, receipt, note in one transaction
  Status forget_backoff(const std::string& endpoint);  // every waiting row is due now
  Result<int> unpark(const std::string& endpoint);     // parked rows wait again, but for conflicts; gives how many
  Result<OutboxCount> count(const std::string& endpoint) const;
  Result<std::string> oldest_waiting(const std::string& endpoint) const;           // when the first attempt ended (one that is open: began) that has rows waiting; empty: none
  Result<std::map<std::string, int>> parked(const std::string& endpoint) const;    // how many, by note
  Result<std::vector<OutboxRow>> outbox(const std::string& attempt) const;  // without bodies
  Result<std::optional<int64_t>> next_due(const std::string& endpoint) const;  // earliest next_try_ms among pending rows
  Result<EndpointState> endpoint_state(const std::string& endpoint) const;
  Status set_endpoint_state(const std::string& endpoint, const EndpointState& state);

  Status check() const;  // PRAGMA integrity_check and foreign keys

 private:
  struct Impl;
  explicit RecordStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The row a journal (as read_journal gave it) makes: open without a footer, closed with one.
AttemptRow row_from_journal(const Journal& journal);

}  // namespace shixun
