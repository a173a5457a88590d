#pragma once
// The evidence of one attempt: an append-only file of JSON lines, each naming the SHA-256 of the line before it.
//   line 1     header  {"v":"header","format":1,"attempt":...}
//   then       events  canonical JSON of the event, plus "prev"
//   last line  footer  {"v":"footer","prev":...,"sheet":{...},"sheet_sha256":...,"ended_utc":...,"seal":...}
// A line is complete when its newline is there. "seal" is the SHA-256 of the footer's canonical JSON without it, so that of a
// closed journal no byte can change unseen. What the chain proves: no change after recording; not who sat there.
// One process writes a journal (flock); anyone may read it meanwhile.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/training/event.h"
#include "engine/training/grade.h"

namespace shixun {

inline constexpr int kJournalFormat = 1;
inline constexpr size_t kMaxLineBytes = 64u << 10;
inline constexpr size_t kMaxFooterBytes = 4u << 20;
inline constexpr uint64_t kMaxJournalBytes = 256u << 20;

struct JournalHeader {
  std::string attempt;          // UUID
  std::string exercise;         // "auto-repair/wheel-change"
  Text title;                   // of the exercise, for lists and reports without the pack
  std::string pack_id, pack_version, pack_sha256, scoring_sha256;
  Mode mode = Mode::kAssessment;
  uint64_t seed = 1;
  std::string trainee;          // pseudonym, see is_pseudonym
  std::string engine;           // SHIXUN_VERSION
  int scorer = kScorerVersion;
  std::string started_utc;      // informational
  std::string device;           // "desktop", "headless", "vr"
  std::string lang;             // "zh-CN", "en"
  bool operator==(const JournalHeader&) const = default;
};

struct JournalFooter {
  nlohmann::json sheet;         // the marksheet as to_json(Marksheet) gave it
  std::string sheet_sha256;     // of canonical(sheet)
  std::string ended_utc;
};

struct Journal {
  JournalHeader header;
  std::vector<Event> events;
  std::optional<JournalFooter> footer;
  std::string head_sha256;      // of the last complete line: names the whole journal
  uint64_t bytes = 0;           // up to and including the last complete line
  bool torn = false;            // an incomplete line follows at offset `bytes` (a cut write); nothing complete is missing
};

// A trainee is known here by a pseudonym only: [A-Za-z0-9._-], 1 to 64 characters.
bool is_pseudonym(std::string_view s);

// The exact bytes of a header line, without newline.
std::string header_line(const JournalHeader& header);

// Reads and proves the whole file: chain, sequence, times in order, strict members. A torn last line is no error; anything else
// that does not fit is, and the error's `where` is "file:line". Files over 256 MiB or lines over 64 KiB (footer 4 MiB) are refused.
Result<Journal> read_journal(const fs::path& path);
Result<Journal> parse_journal(std::string_view bytes, const std::string& name);  // the same, from memory

// Writes one journal. Every append is one write(2) of a whole line, so a killed process loses nothing it reported as written; a
// worker flushes to the disk at most 0.5 s later. Safe to use from one thread.
class JournalWriter {
 public:
  JournalWriter(JournalWriter&&) noexcept;
  JournalWriter& operator=(JournalWriter&&) noexcept;
  ~JournalWriter();  // flushes; the journal stays open to be resumed unless finish() was called

  // On an error (disk full, file too large) the line is not in the file, what was there before is intact, and the same event may
  // be tried again. A failed flush is reported by the next call and ends writing: the disk can no longer be believed.
  Status append(const Event& event);

  Status flush();  // everything written is on the disk when this returns

  // The last line. On the disk when this returns; nothing can be appended after it.
  Status finish(const nlohmann::json& sheet, const std::string& ended_utc);

  const fs::path& path() const;
  const std::string& head_sha256() const;  // of the last line written
  uint32_t last_seq() const;

 private:
  struct Impl;
  explicit JournalWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  friend Result<JournalWriter> create_journal(const fs::path& path, const JournalHeader& header);
  friend Result<struct ReopenedJournal> reopen_journal(const fs::path& path);
};

// A new file (an existing one is refused), with its header on the disk.
Result<JournalWriter> create_journal(const fs::path& path, const JournalHeader& header);

struct ReopenedJournal {
  Journal journal;       // what was recorded; without the torn line if there was one
  JournalWriter writer;
};
// For going on with an attempt: proves the journal, cuts a torn last line off, appends from there. Refused when another process
// writes it, or when it has its footer.
Result<ReopenedJournal> reopen_journal(const fs::path& path);

// Whether some process has the journal open for writing now.
bool journal_in_use(const fs::path& path);

}  // namespace shixun
