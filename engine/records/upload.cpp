#include "engine/records/upload.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <random>
#include <thread>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/records/clock.h"
#include "engine/records/http.h"
#include "engine/records/xapi.h"

namespace shixun {

namespace {

using State = OutboxRow::State;
using Rows = std::vector<OutboxRow>;

constexpr int kFailuresInARow = 3;    // of different batches, before a pass is given up
constexpr int kSuspects = 3;          // refused as invalid before anything was accepted: then it is not the statements

// One sender per endpoint and database; a killed one lets go by itself.
class SenderLock {
 public:
  enum class Got { kYes, kBusy, kNoLocks };
  explicit SenderLock(const fs::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ < 0 || flock(fd_, LOCK_EX | LOCK_NB) == 0) got = fd_ < 0 ? Got::kNoLocks : Got::kYes;
    else got = errno == EWOULDBLOCK ? Got::kBusy : Got::kNoLocks;
  }
  ~SenderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  SenderLock(const SenderLock&) = delete;
  SenderLock& operator=(const SenderLock&) = delete;
  Got got;

 private:
  int fd_;
};

class Sender {
 public:
  Sender(RecordStore& store, const Endpoint& endpoint, UploadOptions options, const std::string& authorization)
      : store_(store), endpoint_(endpoint), o_(std::move(options)), http_(endpoint, authorization, {o_.connect_timeout_ms, o_.timeout_ms}) {
    o_.wait = o_.wait || o_.forever;
    if (session()) o_.batch_statements = 1;
    if (!o_.now_ms) o_.now_ms = utc_now_ms;
    if (!o_.sleep_ms)
      o_.sleep_ms = [](int64_t ms) {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        return true;
      };
    if (!o_.random)
      o_.random = [rng = std::mt19937(std::random_device{}())](uint32_t n) mutable { return std::uniform_int_distribution<uint32_t>(0, n - 1)(rng); };
  }

  Result<UploadReport> run(bool alone) {
    const std::string& name = endpoint_.name;
    if (auto s = store_.reclaim_leases(name, o_.now_ms(), alone); !s) return s.error();
    auto state = store_.endpoint_state(name);
    if (!state) return state.error();
    state_ = *state;
    if (o_.eager) {
      state_ = {};
      if (auto s = save_state(); !s) return s.error();
      if (auto s = store_.forget_backoff(name); !s) return s.error();
    }
    if (!state_.paused.empty()) report_.paused = paused_error();
    if (!report_.paused) {
      if (auto s = drain(); !s) return s.error();
    }
    auto left = store_.count(name);
    if (!left) return left.error();
    report_.left = *left;
    return report_;
  }

 private:
  // Sends what is due until nothing is, or until there is no point in going on.
  Status drain() {
    if (o_.first_jitter_ms > 0 && !o_.sleep_ms(random_upto(o_.first_jitter_ms))) return ok();
    bool greeted = false;
    while (!report_.paused) {
      int64_t until = state_.next_try_ms;
      auto due = store_.next_due(endpoint_.name);
      if (!due) return due.error();
      if (!*due) {
        if (!o_.forever) return ok();
        if (!o_.sleep_ms(o_.poll_ms)) return ok();
        continue;
      }
      until = std::max(until, **due);
      const int64_t now = o_.now_ms();
      if (until - now > std::max(o_.backoff_max_ms, o_.retry_after_max_ms)) {
        // No rest is that long: the clock was set back since.
        state_.next_try_ms = 0;
        if (auto s = save_state(); !s) return s;
        if (auto s = store_.forget_backoff(endpoint_.name); !s) return s;
        continue;
      }
      if (until > now) {
        // A pass that does not wait still tries other attempts' statements after a failure, but not for ever.
        const bool others = !o_.wait && !stop_ && **due <= now;
        if (!others) {
          report_.retry_in_ms = until - now;
          if (!o_.wait) return ok();
          if (!o_.sleep_ms(until - now)) return ok();
          report_.retry_in_ms.reset();
          continue;
        }
      }
      if (pace_ms_ > 0 && !o_.sleep_ms(pace_ms_)) return ok();
      if (!greeted && !session()) {
        auto fine = greet();
        if (!fine) return fine.error();
        if (!*fine) continue;
        greeted = true;
      }
      auto rows = lease();
      if (!rows) return rows.error();
      if (rows->empty()) continue;
      auto go_on = send(std::move(*rows));
      if (!go_on) return go_on.error();
    }
    return ok();
  }

  Result<Rows> lease() {
    const int limit = state_.batch_limit > 0 ? std::min(state_.batch_limit, o_.batch_statements) : o_.batch_statements;
    auto rows = store_.lease(endpoint_.name, o_.now_ms(), o_.lease_ms, limit, o_.batch_bytes);
    if (!rows || rows->empty()) return rows;
    // What failed often goes in ever smaller company, so that one statement a store chokes on cannot hold up the others.
    int tries = 0;
    for (const OutboxRow& r : *rows) tries = std::max(tries, r.tries);
    size_t keep = tries < kFailuresInARow ? rows->size() : std::max<size_t>(1, rows->size() >> std::min(tries - kFailuresInARow + 1, 16));
    const auto attached = std::find_if(rows->begin(), rows->end(), [](const OutboxRow& r) { return !attached_sha256({r.statement_id, r.body}).empty(); });
    keep = std::min(keep, std::max<size_t>(1, static_cast<size_t>(attached - rows->begin())));
    if (keep < rows->size()) {
      Rows rest(rows->begin() + static_cast<long>(keep), rows->end());
      rows->resize(keep);
      if (auto s = put_back(rest); !s) return s.error();
    }
    return rows;
  }

  // Asks which versions the store speaks. False: not now.
  Result<bool> greet() {
    const HttpAnswer a = request([&] { return http_.get("/about"); });
    if (a.kind == HttpAnswer::Kind::kTls) return pause("tls", a.why);
    if (a.kind != HttpAnswer::Kind::kAnswer || a.status == 429 || a.status >= 500) return back_off(a);
    if (a.status != 200) return true;  // some stores want credentials here; POST will tell
    const nlohmann::json about = nlohmann::json::parse(a.body, nullptr, false);
    if (!about.is_object() || !about.contains("version") || !about["version"].is_array()) return pause("not-xapi");
    for (const nlohmann::json& v : about["version"]) {
      if (v.is_string() && v.get_ref<const std::string&>().starts_with("1.0")) return true;
    }
    return pause("version");
  }

  // Sends leased rows in one request and settles them. False: the pass is over.
  Result<bool> send(Rows rows) {
    std::string body = "[";
    for (const OutboxRow& r : rows) body += (body.size() > 1 ? "," : "") + r.body;
    body += "]";
    std::string type = "application/json";
    if (const std::string sha256 = rows.size() == 1 ? attached_sha256({rows[0].statement_id, rows[0].body}) : ""; !sha256.empty()) {
      auto journal = read_file(store_.journal_path(rows[0].attempt), kMaxJournalBytes);
      if (!journal || sha256_hex(*journal) != sha256) return park(std::move(rows), "evidence");
      const std::string boundary = "shixun-" + uuid_v4();
      type = "multipart/mixed; boundary=" + boundary;
      body = "--" + boundary + "\r\nContent-Type: application/json\r\n\r\n" + body + "\r\n--" + boundary + "\r\nContent-Type: " + kEvidenceType +
             "\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: " + sha256 + "\r\n\r\n" + *journal + "\r\n--" + boundary + "--\r\n";
    }
    const HttpAnswer a = request([&] { return http_.post("/statements", body, type); });
    spdlog::debug("endpoint {}: {} statements, status {}", endpoint_.name, rows.size(), a.status);

    if (a.kind == HttpAnswer::Kind::kTls) return put_back_and(std::move(rows), [&] { return pause("tls", a.why); });
    if (a.kind != HttpAnswer::Kind::kAnswer) return unclear(std::move(rows), a);
    switch (a.status) {
      case 200:
        if (!names_all(a.body, rows)) return unclear(std::move(rows), a);
        [[fallthrough]];
      case 204: return delivered(std::move(rows), std::to_string(a.status), "");
      case 400: return refused(std::move(rows), "invalid");
      case 401:
        if (session()) return conflict(std::move(rows), a.status);
        return put_back_and(std::move(rows), [&] { return pause("credentials"); });
      case 403:
        if (session()) return conflict(std::move(rows), a.status);
        return put_back_and(std::move(rows), [&] { return pause("permission"); });
      case 408: return unclear(std::move(rows), a);
      case 409: return conflict(std::move(rows), a.status);
      case 413:
        if (rows.size() == 1) return park(std::move(rows), "too-large");
        state_.batch_limit = static_cast<int>(rows.size() / 2);
        if (auto s = save_state(); !s) return s.error();
        return put_back_and(std::move(rows), [] { return Result<bool>(true); });
      case 429: {
        pace_ms_ = std::clamp<int64_t>(pace_ms_ * 2, o_.backoff_base_ms, o_.backoff_max_ms);
        return put_back_and(std::move(rows), [&] { return back_off(a); });
      }
      default: break;
    }
    if (a.status >= 500) return unclear(std::move(rows), a);
    return put_back_and(std::move(rows), [&] { return pause("address", "status " + std::to_string(a.status)); });
  }

  // The right answer to a POST: our ids, in order.
  static bool names_all(const std::string& body, const Rows& rows) {
    const nlohmann::json ids = nlohmann::json::parse(body, nullptr, false);
    if (!ids.is_array() || ids.size() != rows.size()) return false;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!ids[i].is_string()) return false;
      const std::string& id = ids[i].get_ref<const std::string&>();
      if (!std::equal(id.begin(), id.end(), rows[i].statement_id.begin(), rows[i].statement_id.end(),
                      [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)); }))
        return false;
    }
    return true;
  }

  Result<bool> delivered(Rows rows, const std::string& how, const std::string& note) {
    for (OutboxRow& r : rows) {
      r.state = State::kDone;
      r.receipt = format_utc(o_.now_ms()) + " " + how;
      r.note = note;
    }
    (note.empty() ? report_.delivered : report_.unverified) += static_cast<int>(rows.size());
    suspects_.clear();
    accepted_ = true;
    failures_ = 0;
    pace_ms_ = pace_ms_ * 3 / 4 < o_.backoff_base_ms / 8 ? 0 : pace_ms_ * 3 / 4;  // carefully faster again
    if (auto s = store_.settle(rows); !s) return s.error();
    if (state_.fails != 0 || state_.next_try_ms != 0) {
      state_.fails = 0;
      state_.next_try_ms = 0;
      if (auto s = save_state(); !s) return s.error();
    }
    return true;
  }

  Result<bool> park(Rows rows, const std::string& note) {
    for (OutboxRow& r : rows) {
      r.state = State::kParked;
      r.note = note;
      spdlog::warn("endpoint {}: statement {} is parked: {}", endpoint_.name, r.statement_id, note);
    }
    report_.parked += static_cast<int>(rows.size());
    if (auto s = store_.settle(rows); !s) return s.error();
    return true;
  }

  // One of these is bad, and nothing was stored.
  Result<bool> refused(Rows rows, const std::string& note) {
    if (rows.size() > 1) return halves(std::move(rows));
    if (!accepted_) suspects_.push_back(rows[0]);
    if (auto parked = park(std::move(rows), note); !parked) return parked;
    if (suspects_.size() < kSuspects) return true;
    report_.parked -= static_cast<int>(suspects_.size());
    Rows innocent = std::move(suspects_);
    suspects_.clear();
    return put_back_and(std::move(innocent), [&] { return pause("refuses-all"); });
  }

  Result<bool> halves(Rows rows) {
    Rows second(rows.begin() + static_cast<long>(rows.size() / 2), rows.end());
    rows.resize(rows.size() / 2);
    auto go_on = send(std::move(rows));
    if (!go_on) return go_on;
    // While the endpoint rests, or is paused, the other half waits.
    if (!*go_on || report_.paused) return put_back_and(std::move(second), [] { return Result<bool>(false); });
    return send(std::move(second));
  }

  // Some of these ids are known there. As ours? An LMS says 401 or 403 to what it knows, too, and to everything once it holds the session for over.
  Result<bool> conflict(Rows rows, long status) {
    Rows open;  // not there, or nobody tells
    const size_t sent = rows.size();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!can_read_) {
        open.push_back(std::move(rows[i]));
        continue;
      }
      const HttpAnswer a = request([&] { return http_.get("/statements?statementId=" + rows[i].statement_id); });
      const bool answer = a.kind == HttpAnswer::Kind::kAnswer;
      if (answer && a.status == 200) {
        const nlohmann::json theirs = nlohmann::json::parse(a.body, nullptr, false), ours = nlohmann::json::parse(rows[i].body, nullptr, false);
        const bool same = same_statement(ours, theirs);
        if (!same) spdlog::error("endpoint {}: statement {} differs from what is stored there", endpoint_.name, rows[i].statement_id);
        auto settled = same ? delivered({rows[i]}, std::to_string(status) + " compared", "") : park({rows[i]}, "conflict");
        if (!settled) return settled;
      } else if (answer && (a.status == 404 || a.status == 401 || a.status == 403)) {
        if (a.status != 404) can_read_ = false;
        open.push_back(std::move(rows[i]));
      } else {  // unclear: this one and those behind it another time
        for (size_t k = i; k < rows.size(); ++k) open.push_back(std::move(rows[k]));
        return unclear(std::move(open), a);
      }
    }
    if (open.empty()) return true;
    // Alone, refused as known, and yet not to be seen: another credential of ours stored it, or the store hides it from us.
    if (sent == 1 && status != 409) return park(std::move(open), "lms-refuses");
    if (sent == 1) return delivered(std::move(open), "409", "unverified");
    return open.size() < sent ? send(std::move(open)) : halves(std::move(open));
  }

  // Stored or not, nobody knows: the same bytes again, later, however often: a line that stays bad is no fault of a statement.
  Result<bool> unclear(Rows rows, const HttpAnswer& a) {
    const int64_t now = o_.now_ms();
    for (OutboxRow& r : rows) {
      ++r.tries;
      r.state = State::kPending;
      r.next_try_ms = now + backoff(r.tries);
    }
    if (auto s = store_.settle(rows); !s) return s.error();
    return back_off(a);
  }

  // The endpoint as a whole gets a rest. Gives whether this pass may go on with other statements.
  Result<bool> back_off(const HttpAnswer& a) {
    ++state_.fails;
    ++failures_;
    const int64_t wait = a.retry_after_ms ? std::min(*a.retry_after_ms, o_.retry_after_max_ms) : backoff(state_.fails);
    state_.next_try_ms = o_.now_ms() + wait;
    stop_ = a.kind == HttpAnswer::Kind::kNone || a.status == 429 || a.retry_after_ms || failures_ >= kFailuresInARow;
    if (auto s = save_state(); !s) return s.error();
    return false;
  }

  Result<bool> pause(const std::string& reason, const std::string& detail = "") {
    state_.paused = detail.empty() ? reason : reason + ": " + detail;
    report_.paused = paused_error();
    if (auto s = save_state(); !s) return s.error();
    return false;
  }

  Error paused_error() const {
    const std::string reason = state_.paused.substr(0, state_.paused.find(':'));
    const std::string detail = reason.size() < state_.paused.size() ? state_.paused.substr(reason.size() + 2) : "";
    Error e{Code::kEnvironment, "endpoint " + endpoint_.name, "", ""};
    if (reason == "credentials") e.what = "the store does not accept the credentials", e.hint = "Ask its keeper for new ones and put them into the file that config.yaml names";
    else if (reason == "permission") e.what = "the credentials may not write statements", e.hint = "Ask the store's keeper for the scopes statements/write and statements/read/mine";
    else if (reason == "tls") e.what = "the other side could not prove who it is (" + detail + ")", e.hint = "Nothing was sent. If the school has its own authority, name its certificate with ca_file";
    else if (reason == "version") e.what = "the store does not speak xAPI 1.0", e.hint = "Ask its keeper for an xAPI 1.0.3 address";
    else if (reason == "not-xapi") e.what = "what answers there is no xAPI store", e.hint = "Check the url in config.yaml";
    else if (reason == "refuses-all") e.what = "the store refuses every statement as invalid", e.hint = "Check the url in config.yaml and the store's settings; nothing was dropped";
    else e.what = "the store answers in a way that makes no sense for statements (" + detail + ")", e.hint = "Check the url in config.yaml";
    return e;
  }

  bool session() const { return !endpoint_.token.empty(); }

  Status put_back(Rows& rows) {
    for (OutboxRow& r : rows) {
      r.state = State::kPending;
      r.note.clear();
    }
    return store_.settle(rows);
  }
  template <class Then>
  Result<bool> put_back_and(Rows rows, Then then) {
    if (auto s = put_back(rows); !s) return s.error();
    return then();
  }

  template <class Do>
  HttpAnswer request(Do perform) {
    ++report_.requests;
    const int64_t before = o_.now_ms();
    HttpAnswer a = perform();
    if (a.server_ms) report_.clock_offset_ms = *a.server_ms - (before + o_.now_ms()) / 2;
    return a;
  }

  // Full jitter: anything from nothing to the cap, so that a room of machines does not come back as one.
  int64_t backoff(int tries) {
    int64_t cap = o_.backoff_base_ms;
    for (int i = 1; i < tries && cap < o_.backoff_max_ms; ++i) cap *= 2;
    return random_upto(std::min(cap, o_.backoff_max_ms));
  }
  int64_t random_upto(int64_t ms) { return o_.random(static_cast<uint32_t>(ms) + 1); }

  Status save_state() { return store_.set_endpoint_state(endpoint_.name, state_); }

  RecordStore& store_;
  const Endpoint& endpoint_;
  UploadOptions o_;
  HttpClient http_;
  UploadReport report_;
  EndpointState state_;
  Rows suspects_;          // refused while nothing was accepted yet
  bool accepted_ = false, can_read_ = true, stop_ = false;
  int failures_ = 0;       // in a row, of this pass
  int64_t pace_ms_ = 0;    // between requests, once told to slow down
};

}  // namespace

Result<UploadReport> upload(RecordStore& store, const Endpoint& endpoint, const UploadOptions& options) {
  const SenderLock lock(store.data_dir() / ("upload-" + endpoint.name + ".lock"));
  if (lock.got == SenderLock::Got::kBusy)
    return Error{Code::kEnvironment, "endpoint " + endpoint.name, "another program is sending to it", "Let it finish"};
  auto authorization = read_authorization(endpoint);
  if (!authorization) return authorization.error();
  Sender sender(store, endpoint, options, *authorization);
  return sender.run(lock.got == SenderLock::Got::kYes);
}

}  // namespace shixun
