#include "engine/records/store.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_set>

#include "engine/base/hash.h"
#include "engine/base/log.h"

namespace shixun {

namespace {

// Each entry takes the file one version up; entries are never edited once released, only added.
constexpr const char* kMigrations[] = {
    R"sql(
    CREATE TABLE attempts(
      uuid TEXT PRIMARY KEY, exercise TEXT NOT NULL, pack_id TEXT NOT NULL, pack_version TEXT NOT NULL, pack_sha256 TEXT NOT NULL,
      scoring_sha256 TEXT NOT NULL, title_zh TEXT NOT NULL, title_en TEXT NOT NULL, mode TEXT NOT NULL, seed TEXT NOT NULL,
      trainee TEXT NOT NULL, device TEXT NOT NULL, lang TEXT NOT NULL,
      status TEXT NOT NULL CHECK(status IN ('open','closed')), queued INTEGER NOT NULL DEFAULT 0,
      started_utc TEXT NOT NULL, ended_utc TEXT NOT NULL DEFAULT '', journal TEXT NOT NULL, pack_dir TEXT NOT NULL DEFAULT '',
      total_mp INTEGER NOT NULL DEFAULT 0, max_mp INTEGER NOT NULL DEFAULT 0, process_mp INTEGER NOT NULL DEFAULT 0,
      outcome_mp INTEGER NOT NULL DEFAULT 0, active_ms INTEGER NOT NULL DEFAULT 0, verdict TEXT NOT NULL DEFAULT '',
      codes TEXT NOT NULL DEFAULT '', marksheet BLOB, head_sha256 TEXT NOT NULL DEFAULT '',
      CHECK((status = 'closed') = (marksheet IS NOT NULL))
    ) STRICT;
    CREATE INDEX attempts_started ON attempts(started_utc);
    CREATE TABLE outbox(
      statement_id TEXT NOT NULL, endpoint TEXT NOT NULL, attempt TEXT NOT NULL REFERENCES attempts(uuid), seq INTEGER NOT NULL,
      body BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'pending' CHECK(state IN ('pending','leased','done','parked')),
      tries INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL DEFAULT 0, lease_until INTEGER NOT NULL DEFAULT 0,
      receipt TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
      PRIMARY KEY(statement_id, endpoint)
    ) STRICT;
    CREATE INDEX outbox_waiting ON outbox(endpoint, state, next_try);
    CREATE INDEX outbox_attempt ON outbox(attempt, endpoint, seq);
    CREATE TABLE endpoints(
      name TEXT PRIMARY KEY, fails INTEGER NOT NULL, next_try INTEGER NOT NULL, batch_limit INTEGER NOT NULL, paused TEXT NOT NULL
    ) STRICT;
    )sql",
    // What people are to mark, without reading every marksheet for it; and an index that holds all a list shows, so that it reads no marksheets
    // either: columns behind a large value cost its pages.
    R"sql(
    ALTER TABLE attempts ADD COLUMN open_mp INTEGER NOT NULL DEFAULT 0;
    UPDATE attempts SET open_mp = coalesce(json_extract(CAST(marksheet AS TEXT), '$.open_mp'), 0) WHERE marksheet IS NOT NULL;
    DROP INDEX attempts_started;
    CREATE INDEX attempts_listed ON attempts(started_utc, uuid, exercise, pack_id, pack_version, pack_sha256, scoring_sha256, title_zh, title_en, mode, seed, trainee, device, lang, status, queued,
      ended_utc, journal, pack_dir, total_mp, max_mp, process_mp, outcome_mp, active_ms, verdict, codes, head_sha256, open_mp);
    )sql",
};
constexpr int kSchemaVersion = static_cast<int>(std::size(kMigrations));
constexpr int kBusyMs = 10'000;

constexpr const char* kStateNames[] = {"pending", "leased", "done", "parked"};

OutboxRow::State state_from_name(std::string_view name) {
  for (size_t i = 0; i < std::size(kStateNames); ++i) {
    if (name == kStateNames[i]) return static_cast<OutboxRow::State>(i);
  }
  return OutboxRow::State::kParked;  // the table's CHECK rules this out
}

struct Db {
  sqlite3* handle = nullptr;
  fs::path file;

  ~Db() { sqlite3_close(handle); }

  Error error(const char* doing) const {
    const int rc = sqlite3_errcode(handle);
    std::string hint;
    // Where there is no room for its shared memory, SQLite calls it a failure to read or write.
    std::error_code ec;
    const fs::space_info space = fs::space(file.parent_path(), ec);
    const bool full = rc == SQLITE_FULL || ((rc == SQLITE_IOERR || rc == SQLITE_CANTOPEN) && !ec && space.available < (1u << 20));
    if (full) hint = "The disk is full: free some space and try again";
    if (rc == SQLITE_BUSY) hint = "Another program keeps the file locked: close it and try again";
    if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) hint = "Move the file away: the attempts are rebuilt from journals/";
    if (rc == SQLITE_READONLY || (rc == SQLITE_CANTOPEN && !full)) hint = "Check the permissions of the folder";
    return {Code::kEnvironment, file.string(), std::string("cannot ") + doing + ": " + sqlite3_errmsg(handle), hint};
  }

  Status run(const char* sql, const char* doing) {
    if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error(doing);
    return ok();
  }
};

// A prepared statement; parameters are bound in the order of the calls, columns read by position.
class Query {
 public:
  Query(const Db& db, const char* sql) : db_(db) { sqlite3_prepare_v2(db.handle, sql, -1, &stmt_, nullptr); }
  ~Query() { sqlite3_finalize(stmt_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& text(std::string_view s) {
    if (stmt_) sqlite3_bind_text(stmt_, ++at_, s.data() ? s.data() : "", static_cast<int>(s.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Query& blob(std::string_view s) {
    if (stmt_) sqlite3_bind_blob(stmt_, ++at_, s.data() ? s.data() : "", static_cast<int>(s.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Query& number(int64_t v) {
    if (stmt_) sqlite3_bind_int64(stmt_, ++at_, v);
    return *this;
  }

  // One more row? An error ends the rows, too: failed() tells.
  bool next() {
    rc_ = stmt_ ? sqlite3_step(stmt_) : SQLITE_ERROR;
    return rc_ == SQLITE_ROW;
  }
  bool failed() const { return rc_ != SQLITE_ROW && rc_ != SQLITE_DONE; }
  Status run(const char* doing) {
    next();
    if (failed()) return db_.error(doing);
    return ok();
  }
  void reset() {
    if (stmt_) sqlite3_reset(stmt_);
    at_ = 0;
  }

  std::string get_text(int column) const {  // of blobs, too
    const void* p = sqlite3_column_blob(stmt_, column);
    return p ? std::string(static_cast<const char*>(p), static_cast<size_t>(sqlite3_column_bytes(stmt_, column))) : std::string();
  }
  int64_t get_number(int column) const { return sqlite3_column_int64(stmt_, column); }

 private:
  const Db& db_;
  sqlite3_stmt* stmt_ = nullptr;
  int at_ = 0, rc_ = SQLITE_OK;
};

// Writes happen in one of these; what is not committed is undone.
class Transaction {
 public:
  explicit Transaction(Db& db) : db_(db), begun_(sqlite3_exec(db.handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK) {}
  ~Transaction() {
    if (begun_) sqlite3_exec(db_.handle, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Status begun() const { return begun_ ? ok() : Status(db_.error("begin to write")); }
  Status commit() {
    if (auto s = db_.run("COMMIT", "write"); !s) return s;
    begun_ = false;
    return ok();
  }

 private:
  Db& db_;
  bool begun_;
};

// Turning a new file into WAL mode needs it alone for a moment, and SQLite does not wait for that by the busy timeout (its manual,
// "Write-Ahead Logging": the change fails with SQLITE_BUSY while another connection has the file open in another mode).
Status turn_on_wal(Db& db) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMs);
  for (;;) {
    const int code = sqlite3_exec(db.handle, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return ok();
    if ((code != SQLITE_BUSY && code != SQLITE_LOCKED) || std::chrono::steady_clock::now() > give_up) return db.error("open");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Status migrate(Db& db) {
  Transaction change(db);
  if (auto s = change.begun(); !s) return s;
  Query ask(db, "PRAGMA user_version");
  if (!ask.next()) return db.error("read the schema's version");
  const auto version = static_cast<int>(ask.get_number(0));
  ask.reset();
  if (version > kSchemaVersion)
    return Error{Code::kEnvironment, db.file.string(),
                 "was written by a newer version of this program (schema " + std::to_string(version) + ", known here up to " + std::to_string(kSchemaVersion) + ")",
                 "Use that version, or another data folder"};
  if (version == kSchemaVersion) return ok();
  for (int v = version; v < kSchemaVersion; ++v) {
    if (auto s = db.run(kMigrations[v], "update the schema"); !s) return s;
  }
  if (auto s = db.run(("PRAGMA user_version = " + std::to_string(kSchemaVersion)).c_str(), "update the schema"); !s) return s;
  return change.commit();
}

constexpr const char* kAttemptColumns =
    "uuid, exercise, pack_id, pack_version, pack_sha256, scoring_sha256, title_zh, title_en, mode, seed, trainee, device, lang, status, "
    "started_utc, ended_utc, journal, pack_dir, total_mp, max_mp, process_mp, outcome_mp, active_ms, verdict, codes, head_sha256, open_mp";

AttemptRow attempt_row(const Query& q) {
  AttemptRow r;
  int c = 0;
  for (std::string* s : {&r.uuid, &r.exercise, &r.pack_id, &r.pack_version, &r.pack_sha256, &r.scoring_sha256, &r.title.zh, &r.title.en, &r.mode, &r.seed, &r.trainee, &r.device, &r.lang})
    *s = q.get_text(c++);
  r.closed = q.get_text(c++) == "closed";
  for (std::string* s : {&r.started_utc, &r.ended_utc, &r.journal, &r.pack_dir}) *s = q.get_text(c++);
  for (int64_t* n : {&r.total_mp, &r.max_mp, &r.process_mp, &r.outcome_mp, &r.active_ms}) *n = q.get_number(c++);
  for (std::string* s : {&r.verdict, &r.codes, &r.head_sha256}) *s = q.get_text(c++);
  r.open_mp = q.get_number(c++);
  return r;
}

std::string relative_journal(const std::string& uuid) { return "journals/" + uuid + ".jsonl"; }

}  // namespace

const char* state_name(OutboxRow::State s) { return kStateNames[static_cast<size_t>(s)]; }

struct RecordStore::Impl {
  fs::path dir;
  Db db;

  Status insert_open(const AttemptRow& r) {
    Query q(db,
            "INSERT INTO attempts(uuid, exercise, pack_id, pack_version, pack_sha256, scoring_sha256, title_zh, title_en, mode, seed, trainee, device, lang, "
            "status, started_utc, journal, pack_dir) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,'open',?,?,?) ON CONFLICT(uuid) DO UPDATE SET pack_dir = excluded.pack_dir WHERE pack_dir = ''");
    for (const std::string* s : {&r.uuid, &r.exercise, &r.pack_id, &r.pack_version, &r.pack_sha256, &r.scoring_sha256, &r.title.zh, &r.title.en, &r.mode, &r.seed, &r.trainee,
                                 &r.device, &r.lang, &r.started_utc, &r.journal, &r.pack_dir})
      q.text(*s);
    return q.run("record the attempt");
  }

  // Inside a transaction.
  Status update_closed(const AttemptRow& r, bool queued) {
    Query now(db, "SELECT status, marksheet FROM attempts WHERE uuid = ?");
    now.text(r.uuid);
    if (!now.next()) return now.failed() ? db.error("read the attempt") : Error{Code::kFailed, db.file.string(), "attempt " + r.uuid + " is not known", ""};
    if (now.get_text(0) == "closed") {
      if (now.get_text(1) != r.marksheet) return Error{Code::kFailed, db.file.string(), "attempt " + r.uuid + " is closed already, with another marksheet", ""};
      Query mark(db, "UPDATE attempts SET queued = max(queued, ?) WHERE uuid = ?");
      return mark.number(queued).text(r.uuid).run("close the attempt");
    }
    Query q(db,
            "UPDATE attempts SET status = 'closed', queued = ?, seed = ?, ended_utc = ?, total_mp = ?, max_mp = ?, process_mp = ?, outcome_mp = ?, active_ms = ?, verdict = ?, codes = ?, "
            "marksheet = ?, head_sha256 = ?, open_mp = ? WHERE uuid = ?");
    q.number(queued).text(r.seed).text(r.ended_utc).number(r.total_mp).number(r.max_mp).number(r.process_mp).number(r.outcome_mp).number(r.active_ms).text(r.verdict).text(r.codes);
    return q.blob(r.marksheet).text(r.head_sha256).number(r.open_mp).text(r.uuid).run("close the attempt");
  }

  // Inside a transaction. Counts new rows.
  Result<int> insert_outbox(const std::vector<OutboxRow>& rows) {
    int added = 0;
    Query q(db, "INSERT OR IGNORE INTO outbox(statement_id, endpoint, attempt, seq, body) VALUES(?,?,?,?,?)");
    for (const OutboxRow& r : rows) {
      q.text(r.statement_id).text(r.endpoint).text(r.attempt).number(r.seq).blob(r.body);
      if (auto s = q.run("queue a statement"); !s) return s.error();
      added += sqlite3_changes(db.handle);
      q.reset();
    }
    return added;
  }

  Result<std::vector<std::string>> column(Query& q, const char* doing) const {
    std::vector<std::string> out;
    while (q.next()) out.push_back(q.get_text(0));
    if (q.failed()) return db.error(doing);
    return out;
  }

  // The journals are the truth. One that cannot be read is left alone: whoever asks for the attempt is told why.
  Status take_in_journals() {
    std::error_code ec;
    Query all(db, "SELECT uuid FROM attempts");
    auto listed = column(all, "read the attempts");
    if (!listed) return listed.error();
    const std::unordered_set<std::string> known(listed->begin(), listed->end());
    for (auto it = fs::directory_iterator(dir / "journals", ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
      const std::string uuid = it->path().stem().string();
      if (it->path().extension() != ".jsonl" || !is_uuid(uuid) || known.contains(uuid)) continue;
      if (auto s = take_in(it->path(), uuid); !s) return s;
    }
    Query open(db, "SELECT uuid FROM attempts WHERE status = 'open'");
    auto uuids = column(open, "read the attempts");
    if (!uuids) return uuids.error();
    for (const std::string& uuid : *uuids) {
      const fs::path path = dir / relative_journal(uuid);
      if (journal_in_use(path)) continue;
      if (auto s = take_in(path, uuid); !s) return s;
    }
    return ok();
  }

  Status take_in(const fs::path& path, const std::string& uuid) {
    auto journal = read_journal(path);
    if (!journal || journal->header.attempt != uuid) {
      spdlog::debug("journal {} not taken in: {}", uuid, journal ? "it belongs to another attempt" : journal.error().what);
      return ok();
    }
    const AttemptRow row = row_from_journal(*journal);
    Transaction change(db);
    if (auto s = change.begun(); !s) return s;
    if (auto s = insert_open(row); !s) return s;
    if (row.closed) {
      if (auto s = update_closed(row, false); !s) return s;
    }
    return change.commit();
  }
};

RecordStore::RecordStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordStore::RecordStore(RecordStore&&) noexcept = default;
RecordStore& RecordStore::operator=(RecordStore&&) noexcept = default;
RecordStore::~RecordStore() = default;

const fs::path& RecordStore::data_dir() const { return impl_->dir; }
fs::path RecordStore::journal_path(const std::string& uuid) const { return impl_->dir / relative_journal(uuid); }

Result<RecordStore> RecordStore::open(const fs::path& data_dir) {
  auto impl = std::make_unique<Impl>();
  impl->dir = data_dir;
  impl->db.file = data_dir / "attempts.sqlite";
  if (auto s = make_dirs(data_dir / "journals"); !s) return s.error();
  Db& db = impl->db;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  // NOFOLLOW refuses links anywhere on the way; the folder itself may well be reached through one.
  std::error_code ec;
  const fs::path real = fs::canonical(data_dir, ec) / "attempts.sqlite";
  if (ec || sqlite3_open_v2(real.c_str(), &db.handle, flags, nullptr) != SQLITE_OK) return db.error("open");
  sqlite3_busy_timeout(db.handle, kBusyMs);
  fs::permissions(real, fs::perms::owner_read | fs::perms::owner_write, ec);
  if (auto s = turn_on_wal(db); !s) return s.error();
  if (auto s = db.run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;", "open"); !s) return s.error();
  if (auto s = migrate(db); !s) return s.error();
  if (auto s = impl->take_in_journals(); !s) return s.error();
  return RecordStore(std::move(impl));
}

Status RecordStore::add_open(const JournalHeader& header, const std::string& pack_dir) {
  Journal journal;
  journal.header = header;
  AttemptRow row = row_from_journal(journal);
  row.pack_dir = pack_dir;
  return impl_->insert_open(row);
}

Status RecordStore::close(const AttemptRow& row, const std::vector<OutboxRow>& outbox, bool queued) {
  Transaction change(impl_->db);
  if (auto s = change.begun(); !s) return s;
  if (auto s = impl_->update_closed(row, queued); !s) return s;
  if (auto added = impl_->insert_outbox(outbox); !added) return added.error();
  return change.commit();
}

Result<int> RecordStore::queue(const std::string& uuid, const std::vector<OutboxRow>& outbox) {
  Transaction change(impl_->db);
  if (auto s = change.begun(); !s) return s.error();
  auto added = impl_->insert_outbox(outbox);
  if (!added) return added;
  Query q(impl_->db, "UPDATE attempts SET queued = 1 WHERE uuid = ?");
  if (auto s = q.text(uuid).run("queue statements"); !s) return s.error();
  if (auto s = change.commit(); !s) return s.error();
  return added;
}

Result<std::vector<std::string>> RecordStore::unqueued() const {
  Query q(impl_->db, "SELECT uuid FROM attempts WHERE status = 'closed' AND queued = 0 ORDER BY started_utc, uuid");
  return impl_->column(q, "read the attempts");
}

Result<std::vector<std::string>> RecordStore::closed_without(const std::string& endpoint) const {
  Query q(impl_->db,
          "SELECT uuid FROM attempts WHERE status = 'closed' AND NOT EXISTS(SELECT 1 FROM outbox WHERE attempt = uuid AND endpoint = ?) ORDER BY started_utc, uuid");
  q.text(endpoint);
  return impl_->column(q, "read the attempts");
}

Result<std::optional<AttemptRow>> RecordStore::find(const std::string& uuid) const {
  const std::string sql = std::string("SELECT ") + kAttemptColumns + ", marksheet FROM attempts WHERE uuid = ?";
  Query q(impl_->db, sql.c_str());
  q.text(uuid);
  if (!q.next()) {
    if (q.failed()) return impl_->db.error("read the attempt");
    return std::optional<AttemptRow>();
  }
  AttemptRow row = attempt_row(q);
  row.marksheet = q.get_text(27);
  return std::optional(std::move(row));
}

Result<std::vector<AttemptRow>> RecordStore::list(const AttemptFilter& f) const {
  std::string sql = std::string("SELECT ") + kAttemptColumns + " FROM attempts WHERE 1";
  std::vector<std::string> values;
  const auto want = [&](const char* condition, const std::string& value) {
    sql += std::string(" AND ") + condition;
    values.push_back(value);
  };
  if (f.trainee) want("trainee = ?", *f.trainee);
  if (f.exercise) want("exercise = ?", *f.exercise);
  if (f.mode) want("mode = ?", *f.mode);
  if (f.closed) want("status = ?", *f.closed ? "closed" : "open");
  if (!f.since_utc.empty()) want("started_utc >= ?", f.since_utc);
  if (!f.until_utc.empty()) want("started_utc < ?", f.until_utc);
  sql += " ORDER BY started_utc, uuid";
  Query q(impl_->db, sql.c_str());
  for (const std::string& v : values) q.text(v);
  std::vector<AttemptRow> rows;
  while (q.next()) rows.push_back(attempt_row(q));
  if (q.failed()) return impl_->db.error("read the attempts");
  return rows;
}

Status RecordStore::forget(const std::vector<std::string>& uuids) {
  Db& db = impl_->db;
  if (auto s = db.run("PRAGMA secure_delete = ON", "purge"); !s) return s;
  {
    Transaction change(db);
    if (auto s = change.begun(); !s) return s;
    for (const char* sql : {"DELETE FROM outbox WHERE attempt = ?", "DELETE FROM endpoints WHERE name = 'cmi5-' || ?", "DELETE FROM attempts WHERE uuid = ?"}) {
      Query q(db, sql);
      for (const std::string& uuid : uuids) {
        if (auto s = q.text(uuid).run("purge"); !s) return s;
        q.reset();
      }
    }
    if (auto s = change.commit(); !s) return s;
  }
  return db.run("PRAGMA wal_checkpoint(TRUNCATE)", "purge");  // the old pages stand in the log, too
}

// ---------------------------------------------------------------- outbox

Result<std::vector<OutboxRow>> RecordStore::lease(const std::string& endpoint, int64_t now_ms, int64_t lease_ms, int count, size_t bytes) {
  Transaction change(impl_->db);
  if (auto s = change.begun(); !s) return s.error();
  // A row may go when everything before it in its attempt is settled, or goes along now: the earliest unsettled row of the
  // attempt is due, so every row behind it is taken in order until one is not due itself.
  Query q(impl_->db,
          "SELECT o.statement_id, o.attempt, o.seq, o.body, o.tries, o.note FROM outbox o JOIN attempts a ON a.uuid = o.attempt "
          "WHERE o.endpoint = ?1 AND o.state = 'pending' AND NOT EXISTS("
          "  SELECT 1 FROM outbox e WHERE e.attempt = o.attempt AND e.endpoint = ?1 AND e.seq <= o.seq AND (e.state = 'leased' OR (e.state = 'pending' AND e.next_try > ?2)))"
          " ORDER BY a.started_utc, o.attempt, o.seq LIMIT ?3");
  q.text(endpoint).number(now_ms).number(count);
  std::vector<OutboxRow> rows;
  size_t size = 0;
  while (q.next()) {
    OutboxRow r;
    r.statement_id = q.get_text(0);
    r.endpoint = endpoint;
    r.attempt = q.get_text(1);
    r.seq = q.get_number(2);
    r.body = q.get_text(3);
    r.state = OutboxRow::State::kLeased;
    r.tries = static_cast<int>(q.get_number(4));
    r.note = q.get_text(5);
    r.lease_until_ms = now_ms + lease_ms;
    if (!rows.empty() && size + r.body.size() > bytes) break;
    size += r.body.size() + 1;
    rows.push_back(std::move(r));
  }
  if (q.failed()) return impl_->db.error("read the outbox");
  q.reset();
  Query take(impl_->db, "UPDATE outbox SET state = 'leased', lease_until = ? WHERE statement_id = ? AND endpoint = ?");
  for (const OutboxRow& r : rows) {
    if (auto s = take.number(r.lease_until_ms).text(r.statement_id).text(endpoint).run("write the outbox"); !s) return s.error();
    take.reset();
  }
  if (auto s = change.commit(); !s) return s.error();
  return rows;
}

Status RecordStore::reclaim_leases(const std::string& endpoint, int64_t now_ms, bool all) {
  Query q(impl_->db, "UPDATE outbox SET state = 'pending', lease_until = 0 WHERE endpoint = ? AND state = 'leased' AND (? OR lease_until <= ?)");
  return q.text(endpoint).number(all).number(now_ms).run("write the outbox");
}

Status RecordStore::settle(const std::vector<OutboxRow>& rows) {
  Transaction change(impl_->db);
  if (auto s = change.begun(); !s) return s;
  Query q(impl_->db, "UPDATE outbox SET state = ?, tries = ?, next_try = ?, lease_until = ?, receipt = ?, note = ? WHERE statement_id = ? AND endpoint = ?");
  for (const OutboxRow& r : rows) {
    q.text(state_name(r.state)).number(r.tries).number(r.next_try_ms).number(r.state == OutboxRow::State::kLeased ? r.lease_until_ms : 0);
    if (auto s = q.text(r.receipt).text(r.note).text(r.statement_id).text(r.endpoint).run("write the outbox"); !s) return s;
    q.reset();
  }
  return change.commit();
}

Status RecordStore::forget_backoff(const std::string& endpoint) {
  Query q(impl_->db, "UPDATE outbox SET next_try = 0 WHERE endpoint = ? AND state = 'pending'");
  return q.text(endpoint).run("write the outbox");
}

Result<int> RecordStore::unpark(const std::string& endpoint) {
  Query q(impl_->db, "UPDATE outbox SET state = 'pending', tries = 0, next_try = 0, note = '' WHERE endpoint = ? AND state = 'parked' AND note <> 'conflict'");
  if (auto s = q.text(endpoint).run("write the outbox"); !s) return s.error();
  return sqlite3_changes(impl_->db.handle);
}

Result<OutboxCount> RecordStore::count(const std::string& endpoint) const {
  Query q(impl_->db, "SELECT state, note = 'unverified', count(*) FROM outbox WHERE endpoint = ? GROUP BY 1, 2");
  q.text(endpoint);
  OutboxCount n;
  while (q.next()) {
    const auto state = state_from_name(q.get_text(0));
    const auto c = static_cast<int>(q.get_number(2));
    if (state == OutboxRow::State::kPending) n.pending += c;
    if (state == OutboxRow::State::kLeased) n.leased += c;
    if (state == OutboxRow::State::kParked) n.parked += c;
    if (state == OutboxRow::State::kDone) (q.get_number(1) ? n.unverified : n.done) += c;
  }
  if (q.failed()) return impl_->db.error("read the outbox");
  return n;
}

Result<std::string> RecordStore::oldest_waiting(const std::string& endpoint) const {
  Query q(impl_->db, "SELECT coalesce(min(coalesce(nullif(a.ended_utc, ''), a.started_utc)), '') FROM attempts a WHERE a.uuid IN (SELECT attempt FROM outbox WHERE endpoint = ? AND state IN ('pending', 'leased'))");
  q.text(endpoint);
  if (!q.next()) return impl_->db.error("read the outbox");
  return q.get_text(0);
}

Result<std::map<std::string, int>> RecordStore::parked(const std::string& endpoint) const {
  Query q(impl_->db, "SELECT note, count(*) FROM outbox WHERE endpoint = ? AND state = 'parked' GROUP BY note");
  q.text(endpoint);
  std::map<std::string, int> notes;
  while (q.next()) notes[q.get_text(0)] = static_cast<int>(q.get_number(1));
  if (q.failed()) return impl_->db.error("read the outbox");
  return notes;
}

Result<std::vector<OutboxRow>> RecordStore::outbox(const std::string& attempt) const {
  Query q(impl_->db, "SELECT statement_id, endpoint, seq, state, tries, next_try, lease_until, receipt, note FROM outbox WHERE attempt = ? ORDER BY endpoint, seq");
  q.text(attempt);
  std::vector<OutboxRow> rows;
  while (q.next()) {
    OutboxRow r;
    r.statement_id = q.get_text(0);
    r.endpoint = q.get_text(1);
    r.attempt = attempt;
    r.seq = q.get_number(2);
    r.state = state_from_name(q.get_text(3));
    r.tries = static_cast<int>(q.get_number(4));
    r.next_try_ms = q.get_number(5);
    r.lease_until_ms = q.get_number(6);
    r.receipt = q.get_text(7);
    r.note = q.get_text(8);
    rows.push_back(std::move(r));
  }
  if (q.failed()) return impl_->db.error("read the outbox");
  return rows;
}

Result<std::optional<int64_t>> RecordStore::next_due(const std::string& endpoint) const {
  // Of each attempt only the first waiting row counts: the others follow it.
  Query q(impl_->db,
          "SELECT min(o.next_try), count(*) FROM outbox o WHERE o.endpoint = ?1 AND o.state = 'pending' AND NOT EXISTS("
          "  SELECT 1 FROM outbox e WHERE e.attempt = o.attempt AND e.endpoint = ?1 AND e.seq < o.seq AND e.state IN ('pending', 'leased'))");
  q.text(endpoint);
  if (!q.next()) return impl_->db.error("read the outbox");
  if (q.get_number(1) == 0) return std::optional<int64_t>();
  return std::optional(q.get_number(0));
}

Result<EndpointState> RecordStore::endpoint_state(const std::string& endpoint) const {
  Query q(impl_->db, "SELECT fails, next_try, batch_limit, paused FROM endpoints WHERE name = ?");
  q.text(endpoint);
  EndpointState s;
  if (q.next()) {
    s.fails = static_cast<int>(q.get_number(0));
    s.next_try_ms = q.get_number(1);
    s.batch_limit = static_cast<int>(q.get_number(2));
    s.paused = q.get_text(3);
  } else if (q.failed()) {
    return impl_->db.error("read the endpoint's state");
  }
  return s;
}

Status RecordStore::set_endpoint_state(const std::string& endpoint, const EndpointState& s) {
  Query q(impl_->db, "INSERT OR REPLACE INTO endpoints(name, fails, next_try, batch_limit, paused) VALUES(?,?,?,?,?)");
  return q.text(endpoint).number(s.fails).number(s.next_try_ms).number(s.batch_limit).text(s.paused).run("write the endpoint's state");
}

Status RecordStore::check() const {
  Query whole(impl_->db, "PRAGMA integrity_check");
  if (!whole.next()) return impl_->db.error("check");
  if (const std::string answer = whole.get_text(0); answer != "ok")
    return Error{Code::kFailed, impl_->db.file.string(), "is damaged: " + answer, "Move the file away: the attempts are rebuilt from journals/"};
  Query keys(impl_->db, "PRAGMA foreign_key_check");
  if (keys.next()) return Error{Code::kFailed, impl_->db.file.string(), "has statements of an attempt it does not have", ""};
  return keys.failed() ? Status(impl_->db.error("check")) : ok();
}

AttemptRow row_from_journal(const Journal& journal) {
  const JournalHeader& h = journal.header;
  AttemptRow r;
  r.uuid = h.attempt;
  r.exercise = h.exercise;
  r.pack_id = h.pack_id;
  r.pack_version = h.pack_version;
  r.pack_sha256 = h.pack_sha256;
  r.scoring_sha256 = h.scoring_sha256;
  r.title = h.title;
  r.mode = mode_name(h.mode);
  if (!h.sealed || journal.footer) r.seed = std::to_string(h.seed);
  r.trainee = h.trainee;
  r.device = h.device;
  r.lang = h.lang;
  r.started_utc = h.started_utc;
  r.journal = relative_journal(h.attempt);
  if (!journal.footer) return r;

  const nlohmann::json& sheet = journal.footer->sheet;  // read_journal has seen to its shape
  const auto number = [&](const char* key) { return sheet.at(key).get<int64_t>(); };
  r.total_mp = number("total_mp");
  r.max_mp = number("max_mp");
  r.process_mp = number("process_mp");
  r.outcome_mp = number("outcome_mp");
  r.active_ms = number("active_ms");
  r.open_mp = sheet.value("open_mp", int64_t{0});  // scorer 1 had none
  for (const nlohmann::json& c : sheet.at("codes")) r.codes += (r.codes.empty() ? "" : " ") + c.get<std::string>();
  r.closed = true;
  r.ended_utc = journal.footer->ended_utc;
  r.verdict = sheet.at("finished") != true ? "unfinished" : sheet.at("verdict") == "pass" ? "pass" : sheet.at("verdict") == "open" ? "open" : "fail";
  r.marksheet = canonical(sheet);
  r.head_sha256 = journal.head_sha256;
  return r;
}

}  // namespace shixun
