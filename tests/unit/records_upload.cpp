// The answer table of the uploader, row by row, against a store on loopback that does what the test tells it.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <thread>

#include "engine/records/store.h"
#include "engine/records/upload.h"
#include "engine/records/xapi.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

using nlohmann::json;

// An LRS in memory. `plan` holds how the next POSTs are answered; empty: well.
class FakeLrs {
 public:
  enum class Fault { kNone, k500AfterCommit, kCutAfterCommit, k503, kResetBefore, k429, k413, k401, k403, k404, kGarbage, kPortal };

  FakeLrs() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    socklen_t size = sizeof at;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    EXPECT_EQ(listen(listener_, 16), 0);
    thread_ = std::thread([this] {
      for (;;) {
        const int fd = accept(listener_, nullptr, nullptr);
        if (fd < 0 || stop_) {
          if (fd >= 0) close(fd);
          return;
        }
        const timeval patience{0, 300'000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        serve(fd);
        close(fd);
      }
    });
  }
  ~FakeLrs() {
    stop_ = true;
    shutdown(listener_, SHUT_RDWR);
    close(listener_);
    thread_.join();
  }

  int port = 0;
  std::mutex mutex;
  std::deque<Fault> plan;
  std::map<std::string, json> stored;
  std::vector<std::string> order;      // ids as first stored
  std::set<std::string> poison;        // a batch with one of these: 400
  std::string chokes_on;               // a batch with this one: 500, nothing stored
  bool duplicates_409 = false, may_read = true, refuse_all = false;
  size_t max_batch = 1000;
  int posts = 0, gets = 0;
  std::map<std::string, std::string> bodies;  // id -> bytes it came as, to see that they never change
  bool bytes_changed = false;
  std::string about = R"({"version":["1.0.0","1.0.3"]})";

 private:
  void serve(int fd) {
    std::string in;
    char buffer[16384];
    while (in.find("\r\n\r\n") == std::string::npos) {
      const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) return;
      in.append(buffer, static_cast<size_t>(n));
    }
    const size_t head = in.find("\r\n\r\n") + 4;
    size_t length = 0;
    if (const size_t at = in.find("Content-Length: "); at != std::string::npos) length = std::stoul(in.substr(at + 16));
    while (in.size() < head + length) {
      const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
      if (n <= 0) return;
      in.append(buffer, static_cast<size_t>(n));
    }
    const std::string path = in.substr(in.find(' ') + 1, in.find(" HTTP") - in.find(' ') - 1);
    const std::lock_guard lock(mutex);
    if (path.ends_with("/about")) return answer(fd, 200, about);
    if (in.starts_with("GET")) return get(fd, path.substr(path.find("statementId=") + 12));
    post(fd, in.substr(head));
  }

  void get(int fd, const std::string& id) {
    ++gets;
    if (!may_read) return answer(fd, 403, "{}");
    if (!stored.contains(id)) return answer(fd, 404, "{}");
    json s = stored[id];
    s["stored"] = "2026-03-01T09:00:00.000Z";
    s["authority"] = {{"objectType", "Agent"}, {"account", {{"homePage", "http://lrs"}, {"name", "x"}}}};
    s["version"] = "1.0.0";
    answer(fd, 200, s.dump());
  }

  void post(int fd, const std::string& body) {
    ++posts;
    Fault fault = Fault::kNone;
    if (!plan.empty()) {
      fault = plan.front();
      plan.pop_front();
    }
    switch (fault) {
      case Fault::k503: return answer(fd, 503, "busy");
      case Fault::kResetBefore: return reset(fd);
      case Fault::k429: return answer(fd, 429, "", "Retry-After: 7\r\n");
      case Fault::k413: return answer(fd, 413, "");
      case Fault::k401: return answer(fd, 401, "");
      case Fault::k403: return answer(fd, 403, "");
      case Fault::k404: return answer(fd, 404, "");
      case Fault::kPortal: return answer(fd, 200, "<html>Please log in</html>");
      case Fault::kGarbage: send_all(fd, "BLAH BLAH\r\n\r\n"); return;
      default: break;
    }
    const json batch = json::parse(body);
    if (batch.size() > max_batch) return answer(fd, 413, "");
    json ids = json::array();
    for (const json& s : batch) {
      const std::string id = s["id"];
      const std::string bytes = canonical(s);
      if (bodies.contains(id) && bodies[id] != bytes) bytes_changed = true;
      bodies[id] = bytes;
      if (poison.contains(id) || refuse_all) return answer(fd, 400, "{}");
      if (stored.contains(id) && (duplicates_409 || !same_statement(s, stored[id]))) return answer(fd, 409, "{}");
      if (id == chokes_on) return answer(fd, 500, "");
      ids.push_back(id);
    }
    for (const json& s : batch) {
      if (!stored.contains(s["id"])) order.push_back(s["id"]);
      stored.emplace(s["id"], s);
    }
    if (fault == Fault::k500AfterCommit) return answer(fd, 500, "oops");
    if (fault == Fault::kCutAfterCommit) return send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[\"");
    answer(fd, 200, ids.dump());
  }

  static void send_all(int fd, const std::string& s) { (void)!send(fd, s.data(), s.size(), MSG_NOSIGNAL); }
  static void answer(int fd, int status, const std::string& body, const std::string& more = "") {
    send_all(fd, "HTTP/1.1 " + std::to_string(status) + " x\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more + "\r\n" + body);
  }
  static void reset(int fd) {
    const linger now{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

  int listener_ = -1;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

class Upload : public RecordsTest {
 protected:
  using Fault = FakeLrs::Fault;

  void SetUp() override {
    RecordsTest::SetUp();
    auto opened = RecordStore::open(dir / "data");
    ASSERT_TRUE(opened);
    store.emplace(std::move(*opened));
    ASSERT_TRUE(write_file(dir / "key", "user:secret\n"));
    chmod((dir / "key").c_str(), 0600);
    endpoint.name = "school";
    endpoint.url = "http://127.0.0.1:" + std::to_string(lrs.port) + "/xapi";
    endpoint.key_file = dir / "key";
    options.now_ms = [this] { return now; };
    options.sleep_ms = [this](int64_t ms) {
      now += ms;
      slept += ms;
      return ++naps < 500;
    };
    options.random = [](uint32_t n) { return n - 1; };
    options.timeout_ms = 2000;
  }

  // Puts statements of `attempts` attempts of five statements each into the outbox.
  void queue(int attempts, size_t padding = 0) {
    for (int a = 0; a < attempts; ++a) {
      JournalHeader h = small_header();
      h.started_utc = "2026-03-01T08:" + std::to_string(10 + a) + ":00.000Z";
      ASSERT_TRUE(store->add_open(h, ""));
      Journal j;
      j.header = h;
      j.footer = JournalFooter{to_json(small_sheet()), "", "2026-03-01T08:10:00.000Z"};
      j.events = {small_event(1, 100), small_event(2, 200)};
      auto statements = xapi_statements(j, {.home_page = "https://id.school.example", .evidence = evidence}, "bytes");
      ASSERT_TRUE(statements);
      std::vector<OutboxRow> rows;
      for (const Statement& s : *statements) {
        OutboxRow r;
        r.statement_id = s.id;
        r.endpoint = "school";
        r.attempt = h.attempt;
        r.seq = static_cast<int64_t>(rows.size()) + 1;
        json body = json::parse(s.body);
        if (padding) body["result"]["response"] = std::string(padding, 'x');
        r.body = canonical(body);
        rows.push_back(r);
        ids.push_back(s.id);
      }
      ASSERT_TRUE(store->close(row_from_journal(j), rows, true));
    }
  }
  UploadReport go() {
    auto r = upload(*store, endpoint, options);
    EXPECT_TRUE(r) << r.error().text();
    return r ? *r : UploadReport{};
  }
  void expect_all_stored_once() {
    EXPECT_EQ(lrs.order, ids);  // each once, and in order
    EXPECT_FALSE(lrs.bytes_changed);
    EXPECT_EQ(store->count("school")->pending, 0);
  }
  std::string note_of(const std::string& statement) {
    auto rows = store->list();
    for (const AttemptRow& a : *rows) {
      const auto outbox = *store->outbox(a.uuid);
      for (const OutboxRow& r : outbox) {
        if (r.statement_id == statement) return std::string(state_name(r.state)) + " " + r.note;
      }
    }
    return "";
  }

  FakeLrs lrs;
  bool evidence = false;  // the last statement of each attempt announces a journal
  std::optional<RecordStore> store;
  Endpoint endpoint;
  UploadOptions options;
  std::vector<std::string> ids;
  int64_t now = 1'000'000, slept = 0;
  int naps = 0;
};

TEST_F(Upload, SendsInBatchesOfFifty) {
  queue(25);  // 125 statements
  const UploadReport r = go();
  EXPECT_EQ(r.delivered, 125);
  EXPECT_EQ(lrs.posts, 3);
  EXPECT_FALSE(r.paused);
  EXPECT_EQ(r.left.done, 125);
  expect_all_stored_once();
  EXPECT_EQ(go().requests, 0);  // nothing left: not even a greeting
}

TEST_F(Upload, KeepsBatchesUnderHalfAMegabyte) {
  queue(2, 100'000);
  EXPECT_EQ(go().delivered, 10);
  EXPECT_EQ(lrs.posts, 2);
  expect_all_stored_once();
}

TEST_F(Upload, AStatementWhoseJournalIsGoneIsPutAside) {
  evidence = true;
  queue(2);
  const UploadReport r = go();
  EXPECT_EQ(r.delivered, 8);
  EXPECT_EQ(r.parked, 2);
  EXPECT_EQ(note_of(ids[4]), "parked evidence");
}

TEST_F(Upload, SurvivesEveryKindOfLostAnswer) {
  for (const bool strict : {false, true}) {
    lrs.duplicates_409 = strict;
    lrs.plan = {Fault::k503, Fault::kCutAfterCommit, Fault::kResetBefore, Fault::k500AfterCommit, Fault::k429, Fault::kGarbage, Fault::kPortal};
    queue(12);
    options.wait = true;
    const UploadReport r = go();
    EXPECT_FALSE(r.paused);
    EXPECT_EQ(r.left.parked, 0);
    EXPECT_TRUE(lrs.plan.empty());
    EXPECT_EQ(r.delivered, 60);
    expect_all_stored_once();
  }
}

// A line that was bad all weekend is the line's fault: nothing is put aside, and all of it arrives on Monday.
TEST_F(Upload, NoNumberOfBrokenConnectionsParksAStatement) {
  queue(4);
  lrs.plan.assign(80, Fault::kResetBefore);
  lrs.plan[40] = Fault::kNone;  // one of them gets through: the store is there, and takes what it can read
  options.wait = true;
  const UploadReport r = go();
  EXPECT_EQ(r.left.parked, 0);
  EXPECT_EQ(r.delivered, 20);
  EXPECT_TRUE(lrs.plan.empty());
  expect_all_stored_once();
}

TEST_F(Upload, WithoutWaitingGivesUpAndTellsWhen) {
  queue(1);
  lrs.plan = {Fault::k503};
  const UploadReport r = go();
  EXPECT_EQ(r.delivered, 0);
  ASSERT_TRUE(r.retry_in_ms);
  EXPECT_EQ(*r.retry_in_ms, 1000);  // full jitter, and our dice give the most
  now += 1000;
  EXPECT_EQ(go().delivered, 5);
  expect_all_stored_once();
}

TEST_F(Upload, BacksOffTwiceAsLongEachTimeUpToFiveMinutes) {
  queue(1);
  for (int i = 0; i < 12; ++i) lrs.plan.push_back(Fault::k503);
  std::vector<int64_t> waits;
  options.wait = true;
  options.sleep_ms = [&](int64_t ms) {
    waits.push_back(ms);
    now += ms;
    return true;
  };
  EXPECT_EQ(go().delivered, 5);
  EXPECT_EQ(waits, (std::vector<int64_t>{1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000, 300000, 300000}));
}

TEST_F(Upload, AClockSetBackDoesNotHoldUpAnything) {
  queue(1);
  now = 1'000'000'000'000;
  lrs.plan = {Fault::k503};
  EXPECT_EQ(go().delivered, 0);
  now -= 86'400'000;
  EXPECT_EQ(go().delivered, 5);
  expect_all_stored_once();
}

TEST_F(Upload, ObeysRetryAfter) {
  queue(1);
  lrs.plan = {Fault::k429};
  const UploadReport r = go();
  ASSERT_TRUE(r.retry_in_ms);
  EXPECT_EQ(*r.retry_in_ms, 7000);
}

TEST_F(Upload, HalvesWhatIsTooLarge) {
  queue(10);
  lrs.max_batch = 7;
  const UploadReport r = go();
  EXPECT_EQ(r.delivered, 50);
  EXPECT_EQ(r.parked, 0);
  expect_all_stored_once();
}

TEST_F(Upload, ParksAStatementThatAloneIsTooLarge) {
  queue(1);
  lrs.max_batch = 0;
  const UploadReport r = go();
  EXPECT_EQ(r.parked, 5);
  EXPECT_EQ(note_of(ids[0]), "parked too-large");
}

TEST_F(Upload, FindsTheBadStatementAndSendsTheRest) {
  queue(10);
  lrs.poison = {ids[13], ids[37]};
  const UploadReport r = go();
  EXPECT_EQ(r.parked, 2);
  EXPECT_EQ(r.delivered, 48);
  EXPECT_EQ(lrs.stored.size(), 48u);
  EXPECT_EQ(note_of(ids[13]), "parked invalid");
  EXPECT_EQ(note_of(ids[14]), "done ");
  lrs.poison.clear();
  EXPECT_EQ(*store->unpark("school"), 2);
  EXPECT_EQ(go().delivered, 2);
}

TEST_F(Upload, AStoreThatRefusesEverythingIsPausedAndNothingDropped) {
  queue(10);
  lrs.refuse_all = true;
  const UploadReport r = go();
  ASSERT_TRUE(r.paused);
  EXPECT_EQ(r.left.pending, 50);
  EXPECT_EQ(r.left.parked, 0);
  EXPECT_EQ(r.parked, 0);
  lrs.refuse_all = false;
  EXPECT_TRUE(go().paused);  // until somebody has looked
  options.eager = true;
  EXPECT_EQ(go().delivered, 50);
  expect_all_stored_once();
}

TEST_F(Upload, PausesOnCredentialsPermissionAndWrongAddress) {
  for (const Fault f : {Fault::k401, Fault::k403, Fault::k404}) {
    queue(1);
    lrs.plan = {f};
    options.eager = true;
    const UploadReport r = go();
    ASSERT_TRUE(r.paused);
    EXPECT_EQ(r.left.parked, 0);
    EXPECT_EQ(r.left.pending, 5);
    go();
  }
  expect_all_stored_once();
}

TEST_F(Upload, PausesWhenTheOtherSideIsNoXapiStoreOrTooNew) {
  queue(1);
  lrs.about = R"({"version":["2.0.0"]})";
  EXPECT_NE(go().paused->what.find("1.0"), std::string::npos);
  lrs.about = "<html></html>";
  options.eager = true;
  EXPECT_TRUE(go().paused);
  EXPECT_EQ(lrs.posts, 0);
}

TEST_F(Upload, SettlesAConflictByComparing) {
  queue(2);
  lrs.duplicates_409 = true;
  lrs.plan = {Fault::k500AfterCommit};
  options.wait = true;
  const UploadReport r = go();
  EXPECT_EQ(r.delivered, 10);
  EXPECT_EQ(lrs.gets, 10);
  expect_all_stored_once();
}

TEST_F(Upload, ParksWhatIsStoredThereDifferently) {
  queue(2);
  json other = {{"id", ids[3]}, {"actor", {{"account", {{"homePage", "https://x"}, {"name", "someone else"}}}}}};
  lrs.stored[ids[3]] = other;
  const UploadReport r = go();
  EXPECT_EQ(r.parked, 1);
  EXPECT_EQ(r.delivered, 9);
  EXPECT_EQ(note_of(ids[3]), "parked conflict");
  EXPECT_EQ(lrs.stored[ids[3]], other);  // never overwritten
}

TEST_F(Upload, WithoutReadPermissionCallsAConflictDeliveredUnverified) {
  queue(2);
  lrs.duplicates_409 = true;
  lrs.may_read = false;
  lrs.plan = {Fault::k500AfterCommit};
  options.wait = true;
  const UploadReport r = go();
  EXPECT_EQ(r.unverified, 10);
  EXPECT_EQ(r.left.unverified, 10);
  EXPECT_EQ(lrs.gets, 1);
  EXPECT_EQ(lrs.order, ids);
}

TEST_F(Upload, HasOneSenderAtATime) {
  queue(1);
  const UploadOptions inner_options = options;
  bool refused = false;
  lrs.plan = {Fault::k503};
  options.wait = true;
  options.sleep_ms = [&](int64_t ms) {
    now += ms;
    refused = !upload(*store, endpoint, inner_options);
    return true;
  };
  EXPECT_EQ(go().delivered, 5);
  EXPECT_TRUE(refused);
}

TEST_F(Upload, TakesOverTheLeasesOfAKilledSender) {
  queue(2);
  ASSERT_EQ(store->lease("school", now, 1'000'000, 50, 1 << 20)->size(), 10u);
  EXPECT_EQ(go().delivered, 10);
  expect_all_stored_once();
}

TEST_F(Upload, RefusesASecretThatOthersCanRead) {
  queue(1);
  chmod((dir / "key").c_str(), 0644);
  auto r = upload(*store, endpoint, options);
  ASSERT_FALSE(r);
  EXPECT_NE(r.error().what.find("read by others"), std::string::npos);
}

TEST_F(Upload, ReportsARefusedConnection) {
  queue(1);
  endpoint.url = "http://127.0.0.1:1/xapi";
  const UploadReport r = go();
  EXPECT_EQ(r.requests, 1);
  EXPECT_TRUE(r.retry_in_ms);
  EXPECT_EQ(r.left.pending, 5);
}

// One statement on which the store dies every time must not hold up the others for ever.
TEST_F(Upload, AStatementThatBreaksTheStoreHoldsUpOnlyItsOwnAttempt) {
  queue(6);
  lrs.chokes_on = ids[7];  // of the second attempt
  options.wait = true;
  options.sleep_ms = [&](int64_t ms) {
    now += ms;
    return ++naps < 60;
  };
  go();
  EXPECT_EQ(lrs.stored.size(), 27u);  // all but that one and the two behind it
  lrs.chokes_on.clear();
  now += 1'000'000;
  go();
  EXPECT_EQ(lrs.stored.size(), 30u);
  EXPECT_EQ(store->count("school")->pending, 0);
}

}  // namespace
}  // namespace shixun
