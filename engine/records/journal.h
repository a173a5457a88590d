#pragma once
// The evidence of one attempt: an append-only file of JSON lines, each naming the SHA-256 of the line before it.
//   line 1       header     {"v":"header","format":3,"attempt":...}
//   then         events     canonical JSON of the event, plus "prev"
//   before them  inputs     {"v":"inputs","prev":...,"in":[...]}: what was done that the events behind it follow from (input.h)
//   now and then proctor    {"v":"proctor","prev":...,"answer":JWS}: of the proctor's desk, where there is one (proctor.h)
//   in between   signatures {"v":"signature","prev":...,"at":UTC,"suite":"RS256","jwk":{...},"sig":...}: by the station's key, of all that stands
//                           before: behind the header, every three minutes of work, and when an attempt goes on after an interruption
//   last line    footer     {"v":"footer","prev":...,"sheet":{...},"sheet_sha256":...,"ended_utc":...,"seed":{...},"suite":...,"jwk":...,"sig":...,"seal":...}
// A line is complete when its newline is there. "seal" is the SHA-256 of the footer's canonical JSON without it, so that of a closed journal no
// byte can change unseen; "sig" is of a line's canonical JSON without "sig" and "seal", so that nobody but the key's owner can write it anew.
// What chain and signatures prove: no change after recording, and which key vouches for it; not who sat there.
// In a mode with a sealed seed the header holds a commitment to it and the seed sealed to the station key: whoever sits the attempt cannot read
// out of the file what is so in it. The footer opens it. Format 2 had no inputs, format 1 neither signatures nor a sealed seed; such journals are
// read, gone on with and graded as ever.
// One process writes a journal (flock); anyone may read it meanwhile.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/records/signature.h"
#include "engine/training/event.h"
#include "engine/training/grade.h"
#include "engine/training/input.h"

namespace shixun {

inline constexpr int kJournalFormat = 3;
inline constexpr int64_t kSignEvery_ms = 180'000;  // of work
inline constexpr size_t kMaxLineBytes = 64u << 10;
inline constexpr size_t kMaxFooterBytes = 4u << 20;
inline constexpr uint64_t kMaxJournalBytes = 256u << 20;

// What keeps a seed from being read, and proves afterwards that it was not changed.
struct SealedSeed {
  std::string commitment;       // seed_commitment(seed, salt)
  std::string salt;             // 32 hex digits; known when the seed is
  std::string kid, box;         // the key it is sealed to (seal_to), and the sealed "SALT:SEED"
  bool operator==(const SealedSeed&) const = default;
};
std::string seed_commitment(uint64_t seed, std::string_view salt);  // SHA-256 of "shixun-seed:SALT:SEED", hex
SealedSeed seal_seed(uint64_t seed, const PublicKey& station);      // with a fresh salt
// The seed and its salt out of the box. Refused when the key is another one or the commitment does not fit.
struct OpenedSeed {
  uint64_t seed = 0;
  std::string salt;
};
Result<OpenedSeed> open_seed(const SealedSeed& sealed, const PrivateKey& station);

struct JournalHeader {
  int format = kJournalFormat;
  std::string attempt;          // UUID
  std::string exercise;         // "auto-repair/wheel-change"
  Text title;                   // of the exercise, for lists and reports without the pack
  std::string pack_id, pack_version, pack_sha256, scoring_sha256;
  Mode mode = Mode::kAssessment;
  uint64_t seed = 1;            // meaningless while seed_known is false: sealed, and the attempt is not closed
  bool seed_known = true;
  std::optional<SealedSeed> sealed = {};
  std::string trainee;          // pseudonym, see is_pseudonym
  std::string engine;           // SHIXUN_VERSION
  std::string engine_sha256 = {};  // of the sources it was built from (build_id.h); empty in format 1
  int scorer = kScorerVersion;
  std::string scorer_sha256 = {};  // of the sources that score; empty in format 1
  std::string mapping_id = {}, mapping_version = {}, mapping_sha256 = {};  // the school's mapping then; empty: it had none
  std::string token = {};       // the school's assessment token (assessment.h) it began with, or empty
  std::string started_utc;      // informational
  std::string device;           // "desktop", "headless", "vr"
  std::string lang;             // "zh-CN", "en"
  bool operator==(const JournalHeader&) const = default;
};

// An error when what is so in the attempt is still sealed: it can be neither shown nor graded before it is closed.
Status check_seed_known(const JournalHeader& header, const std::string& where);

struct JournalFooter {
  nlohmann::json sheet;         // the marksheet as to_json(Marksheet) gave it
  std::string sheet_sha256;     // of canonical(sheet)
  std::string ended_utc;
};

struct JournalSignature {
  PublicKey key;
  std::string at_utc;           // as its signer's clock had it; a footer's: ended_utc
  size_t line = 0;              // from 1; it vouches for everything up to here
};

// An answer of the proctor's desk. Nothing is believed of it yet, but that it is to a line of this journal.
struct JournalAnswer {
  std::string text;             // JWS
  size_t line = 0;              // from 1
  size_t events = 0;            // before it
  size_t head_events = 0;       // before the line it is to, that line's own event among them
};

struct Journal {
  JournalHeader header;
  std::vector<Event> events;
  std::vector<InputsAfter> inputs;
  std::vector<JournalAnswer> answers;
  std::vector<JournalSignature> signatures;  // each fits; whose they are is for the reader to judge (verify.h)
  size_t lines = 0;             // complete ones
  std::optional<JournalFooter> footer;
  std::string head_sha256;      // of the last complete line: names the whole journal
  uint64_t bytes = 0;           // up to and including the last complete line
  bool torn = false;            // an incomplete line follows at offset `bytes` (a cut write); nothing complete is missing
};

// A trainee is known here by a pseudonym only: [A-Za-z0-9._-], 1 to 64 characters.
bool is_pseudonym(std::string_view s);

// The exact bytes of a header line, without newline.
std::string header_line(const JournalHeader& header);

// Reads and proves the whole file: chain, signatures, sequence, times in order, strict members. A torn last line is no error; anything else
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
  Status append(const std::vector<SessionInput>& inputs);  // before the events that follow from them; not kept in a journal of an older format

  Status append_answer(const std::string& jws);        // of the proctor's desk, to a line in this journal

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
  friend Result<JournalWriter> create_journal(const fs::path& path, const JournalHeader& header, std::optional<PrivateKey> key);
  friend Result<struct ReopenedJournal> reopen_journal(const fs::path& path, std::optional<PrivateKey> key);
};

// A new file (an existing one is refused), with its header on the disk. `key` signs; without one the journal is not signed.
Result<JournalWriter> create_journal(const fs::path& path, const JournalHeader& header, std::optional<PrivateKey> key = {});

struct ReopenedJournal {
  Journal journal;       // what was recorded; without the torn line if there was one
  JournalWriter writer;
};
// For going on with an attempt: proves the journal, cuts a torn last line off, appends from there. Refused when another process
// writes it, or when it has its footer. A journal of format 1 goes on unsigned. With `key`, a seed sealed to it is known in the result.
Result<ReopenedJournal> reopen_journal(const fs::path& path, std::optional<PrivateKey> key = {});

// Whether some process has the journal open for writing now.
bool journal_in_use(const fs::path& path);

}  // namespace shixun
