#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <limits>

#include "engine/records/clock.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

class JournalFile : public RecordsTest {
 protected:
  fs::path path() const { return dir / "j.jsonl"; }
  // A closed journal of `events` events; gives its bytes.
  std::string write_whole(uint32_t events, bool footer = true) {
    auto w = create_journal(path(), small_header());
    EXPECT_TRUE(w) << w.error().text();
    for (uint32_t i = 1; i <= events; ++i) EXPECT_TRUE(w->append(small_event(i, i * 100)));
    if (footer) {
      EXPECT_TRUE(w->finish(to_json(small_sheet()), "2026-03-01T08:10:00.000Z"));
    }
    return *read_file(path());
  }
};

TEST_F(JournalFile, ReadsBackWhatWasWritten) {
  const std::string bytes = write_whole(5);
  auto j = read_journal(path());
  ASSERT_TRUE(j) << j.error().text();
  EXPECT_EQ(j->events.size(), 5u);
  EXPECT_EQ(j->events[4], small_event(5, 500));
  EXPECT_EQ(j->header.seed, UINT64_MAX);
  EXPECT_EQ(j->header.title.zh, "拉手刹");
  ASSERT_TRUE(j->footer);
  EXPECT_EQ(j->footer->sheet, to_json(small_sheet()));
  EXPECT_FALSE(j->torn);
  EXPECT_EQ(j->bytes, bytes.size());
}

TEST_F(JournalFile, CatchesEveryFlippedByteAndNamesItsLine) {
  const std::string good = write_whole(4);
  for (size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x20, 0x80}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      auto j = parse_journal(bad, "j");
      if (i + 1 == good.size()) {  // the last newline is gone: the footer is cut, all before it is whole
        ASSERT_TRUE(!j || j->torn);
        continue;
      }
      ASSERT_FALSE(j) << "byte " << i << " flip " << flip;
      const long line = 1 + std::count(good.begin(), good.begin() + static_cast<long>(i), '\n');
      const long named = std::stol(j.error().where.substr(2));
      EXPECT_TRUE(named == line || named == line + 1) << j.error().text() << " for byte " << i << " in line " << line;
    }
  }
}

TEST_F(JournalFile, CatchesRemovedAddedAndSwappedLines) {
  const std::string good = write_whole(4);
  std::vector<std::string> lines;
  std::istringstream in(good);
  for (std::string l; std::getline(in, l);) lines.push_back(l);
  const auto join = [](const std::vector<std::string>& v) {
    std::string s;
    for (const auto& l : v) s += l + "\n";
    return s;
  };
  ASSERT_TRUE(parse_journal(join(lines), "j"));
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    auto gone = lines, twice = lines, swapped = lines;
    gone.erase(gone.begin() + static_cast<long>(i));
    twice.insert(twice.begin() + static_cast<long>(i), lines[i]);
    std::swap(swapped[i], swapped[i + 1]);
    EXPECT_FALSE(parse_journal(join(gone), "j")) << i;
    EXPECT_FALSE(parse_journal(join(twice), "j")) << i;
    EXPECT_FALSE(parse_journal(join(swapped), "j")) << i;
  }
  auto more = lines;
  more.push_back(lines.back());
  EXPECT_FALSE(parse_journal(join(more), "j"));
}

TEST_F(JournalFile, EveryCutIsATornTailThatLosesNothingWhole) {
  const std::string good = write_whole(4);
  const size_t header = good.find('\n') + 1;
  for (size_t n = header; n < good.size(); ++n) {
    auto j = parse_journal(std::string_view(good).substr(0, n), "j");
    ASSERT_TRUE(j) << n << ": " << j.error().text();
    const auto whole = static_cast<size_t>(std::count(good.begin(), good.begin() + static_cast<long>(n), '\n'));
    EXPECT_EQ(j->events.size(), std::min<size_t>(whole - 1, 4));
    EXPECT_EQ(j->torn, good[n - 1] != '\n');
    EXPECT_FALSE(j->footer);
  }
  EXPECT_FALSE(parse_journal(std::string_view(good).substr(0, header - 1), "j"));
  EXPECT_FALSE(parse_journal("", "j"));
}

TEST_F(JournalFile, ReopensAfterATornLineAndGoesOn) {
  const std::string good = write_whole(3, false);
  std::ofstream(path(), std::ios::app | std::ios::binary) << R"({"o":"brake","prev":"ab)" << std::string(3, '\0');
  {
    auto r = reopen_journal(path());
    ASSERT_TRUE(r) << r.error().text();
    EXPECT_EQ(r->journal.events.size(), 3u);
    EXPECT_EQ(r->writer.last_seq(), 3u);
    EXPECT_FALSE(r->writer.append(small_event(5, 900)));  // a gap
    EXPECT_FALSE(r->writer.append(small_event(4, 100)));  // back in time
    ASSERT_TRUE(r->writer.append(small_event(4, 400)));
    ASSERT_TRUE(r->writer.finish(to_json(small_sheet()), "2026-03-01T08:10:00.000Z"));
    EXPECT_FALSE(r->writer.append(small_event(5, 500)));
  }
  auto j = read_journal(path());
  ASSERT_TRUE(j) << j.error().text();
  EXPECT_EQ(j->events.size(), 4u);
  EXPECT_TRUE(read_file(path())->starts_with(good));
  EXPECT_FALSE(reopen_journal(path()));  // closed
}

TEST_F(JournalFile, HasOneWriterAtATime) {
  auto w = create_journal(path(), small_header());
  ASSERT_TRUE(w);
  EXPECT_TRUE(journal_in_use(path()));
  EXPECT_FALSE(create_journal(path(), small_header()));
  auto second = reopen_journal(path());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("another program"), std::string::npos);
  { const JournalWriter gone = std::move(*w); }
  EXPECT_FALSE(journal_in_use(path()));
  EXPECT_TRUE(reopen_journal(path()));
}

TEST_F(JournalFile, AFullDiskIsAnErrorAndLeavesAWholeJournal) {
  const pid_t child = fork();  // the limit must not stay with the test program
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{2000, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto w = create_journal(path(), small_header());
    if (!w) _exit(10);
    uint32_t seq = 1;
    for (; seq < 100; ++seq) {
      if (auto s = w->append(small_event(seq, seq)); !s) {
        if (s.error().code != Code::kEnvironment) _exit(11);
        break;
      }
    }
    if (seq < 3 || seq == 100) _exit(12);
    limit.rlim_cur = RLIM_INFINITY;  // room again: the same event goes in now
    setrlimit(RLIMIT_FSIZE, &limit);
    if (auto s = w->append(small_event(seq, seq)); !s) _exit(13);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 0);
  auto j = read_journal(path());
  ASSERT_TRUE(j) << j.error().text();
  EXPECT_FALSE(j->torn);
}

TEST_F(JournalFile, AKilledWriterLosesNothingItReported) {
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto w = create_journal(path(), small_header());
    for (uint32_t i = 1;; ++i) {
      if (!w || !w->append(small_event(i, i))) _exit(1);
      if (write(pipe_fds[1], &i, sizeof i) != sizeof i) _exit(1);
    }
  }
  close(pipe_fds[1]);
  uint32_t last = 0;
  while (last < 500 && read(pipe_fds[0], &last, sizeof last) == sizeof last) {
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(pipe_fds[0], &last, sizeof last) == sizeof last) {
  }
  close(pipe_fds[0]);
  auto r = reopen_journal(path());
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_GE(r->journal.events.size(), last);
  EXPECT_LE(r->journal.events.size(), last + 1);
}

TEST_F(JournalFile, RefusesHostileInput) {
  const std::string header = header_line(small_header());
  const auto with = [&](const std::string& body) { return parse_journal(header + "\n" + body + "\n", "j"); };
  const std::string prev = R"(,"prev":")" + sha256_hex(header) + "\"";
  ASSERT_TRUE(with(R"({"o":"x")" + prev + R"(,"seq":1,"t":0,"v":"set"})"));
  EXPECT_FALSE(with(R"({"o":"x")" + prev + R"(,"seq":1,"seq":1,"t":0,"v":"set"})"));           // a key twice
  EXPECT_FALSE(with(R"({"o":"x" )" + prev + R"(,"seq":1,"t":0,"v":"set"})"));                  // another spelling
  EXPECT_FALSE(with(R"({"o":"x")" + prev + R"(,"seq":1.0,"t":0,"v":"set"})"));
  EXPECT_FALSE(with(R"({"o":"x")" + prev + R"(,"seq":2,"t":0,"v":"set"})"));
  EXPECT_FALSE(with(R"({"o":"x")" + prev + R"(,"seq":1,"t":-1,"v":"set"})"));
  EXPECT_FALSE(with("{\"o\":\"\xff\"" + prev + R"(,"seq":1,"t":0,"v":"set"})"));
  EXPECT_FALSE(with(R"({"a":)" + std::string(60000, '[') + std::string(60000, ']') + prev + "}"));
  EXPECT_FALSE(with(R"({"o":")" + std::string(kMaxLineBytes, 'x') + "\"" + prev + R"(,"seq":1,"t":0,"v":"set"})"));
  EXPECT_FALSE(with(std::string(kMaxFooterBytes + 1, ' ')));
  EXPECT_FALSE(with("[]"));
  JournalHeader named = small_header();
  named.trainee = "Zhang San";
  EXPECT_FALSE(parse_journal(header_line(named) + "\n", "j"));
  std::string newer = header;
  newer.replace(newer.find("\"format\":3"), 10, "\"format\":4");
  auto j = parse_journal(newer + "\n", "j");
  ASSERT_FALSE(j);
  EXPECT_NE(j.error().what.find("format"), std::string::npos);
}

// Whoever can write a file can also compute hashes: a good seal does not make the content good.
TEST_F(JournalFile, RefusesAHostileMarksheetUnderAGoodSeal) {
  const nlohmann::json good = to_json(small_sheet());
  const std::string header = header_line(small_header());
  const auto read = [&](const nlohmann::json& sheet) {
    nlohmann::json f = {{"v", "footer"}, {"prev", sha256_hex(header)}, {"sheet", sheet}, {"sheet_sha256", sha256_hex(canonical(sheet))}, {"ended_utc", "2026-03-01T08:10:00.000Z"}};
    f["seal"] = sha256_hex(canonical(f));
    return parse_journal(header + "\n" + canonical(f) + "\n", "j");
  };
  ASSERT_TRUE(read(good)) << read(good).error().text();
  const nlohmann::json flat = good.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    for (const nlohmann::json& evil : {nlohmann::json(), nlohmann::json(INT64_MIN), nlohmann::json(1.5), nlohmann::json("x"), nlohmann::json::array({nlohmann::json::object()})}) {
      nlohmann::json sheet = good;
      sheet[nlohmann::json::json_pointer(pointer)] = evil;
      (void)read(sheet);  // must not crash; what is relied on must be refused:
      if (pointer.ends_with("_mp") && pointer != "/raw_mp" && !pointer.ends_with("_max_mp")) { EXPECT_FALSE(read(sheet)) << pointer << " = " << evil; }
      if (pointer.find("/title/") != std::string::npos && !evil.is_string()) { EXPECT_FALSE(read(sheet)) << pointer << " = " << evil; }
    }
  }
}

TEST(Pseudonym, HasOnlyPlainCharacters) {
  EXPECT_TRUE(is_pseudonym("s-0042.B_x"));
  for (const char* bad : {"", "a b", "张三", "a/b", "a@b", "../x"}) EXPECT_FALSE(is_pseudonym(bad)) << bad;
  EXPECT_FALSE(is_pseudonym(std::string(65, 'a')));
}

TEST(UtcClock, ReadsWhatItWritesAndOtherSpellings) {
  for (const int64_t ms : {int64_t{0}, int64_t{1772352000123}, int64_t{951782400000}, int64_t{4102444799999}}) EXPECT_EQ(*parse_utc(format_utc(ms)), ms);
  EXPECT_EQ(format_utc(1772352000123), "2026-03-01T08:00:00.123Z");
  EXPECT_EQ(*parse_utc("2026-03-01T08:00:00.123000+00:00"), 1772352000123);
  EXPECT_EQ(*parse_utc("2026-03-01T16:00:00.1234+08:00"), 1772352000123);
  EXPECT_EQ(*parse_utc("2026-03-01T08:00:00Z"), 1772352000000);
  for (const char* bad : {"", "2026-03-01", "2026-02-30T08:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T08:00:00", "2026-03-01T08:00:00.Z", "2026-03-01T08:00:00Zx"})
    EXPECT_FALSE(parse_utc(bad)) << bad;
}

TEST_F(JournalFile, IsReadInProportionToItsLength) {
  const auto least_of_reads = [&](uint32_t events) {
    fs::remove(path());
    write_whole(events);
    std::clock_t least = std::numeric_limits<std::clock_t>::max();  // processor time: what others do on this machine does not count
    for (int i = 0; i < 8; ++i) {
      const std::clock_t start = std::clock();
      EXPECT_TRUE(read_journal(path()));
      least = std::min(least, std::clock() - start);
    }
    return static_cast<double>(least);
  };
  const double short_one = least_of_reads(150), long_one = least_of_reads(600);
  EXPECT_LT(long_one, 8 * short_one) << "four times as long; were each event compared with each other, it would be sixteen times the work";
}

}  // namespace
}  // namespace shixun
