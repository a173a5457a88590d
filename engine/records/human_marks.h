#pragma once
// What people say of an attempt: marks of the aspects they judge, and disputes of the machine's. They stand in a file of their own beside the
// journal (j.jsonl: j.marks), which nobody edits, only adds to: JSON lines, each naming the SHA-256 of the line before it.
//   line 1   {"v":"marks","format":1,"attempt":UUID,"journal_sha256":...}          the journal's last line: the whole evidence
//   then     {"v":"judge","prev":...,"at":UTC,"role":"teacher","by":"t-07","levels":{"J1":2},"reason":"..."}
//            {"v":"watched","prev":...,"at":UTC,"by":"t-09"}                               a proctor's word (proctor.h); always signed
//            {"v":"dispute","prev":...,"at":UTC,"role":"teacher","by":"t-07","aspect":"F3","machine_mp":0,"proposed_mp":2000,"reason":"..."}
// A record that its author signed has "suite", "jwk" and "sig" besides: a signature by his evaluator key of the line without "sig", and so of the
// journal and of everything said before.
// The marksheet in the journal stays as the machine gave it; what people's marks make of it is worked out here, each time anew.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/records/journal.h"

namespace shixun {

inline constexpr int kMarksFormat = 1;
inline constexpr uint64_t kMaxMarksBytes = 4u << 20;

// Roles whose marks are kept and weigh nothing, unless a rubric names them among those who mark an aspect.
inline constexpr const char* kSelfRole = "self";
inline constexpr const char* kPeerRole = "peer";

struct MarkRecord {
  enum class Kind { kJudge, kDispute, kWatched } kind = Kind::kJudge;
  std::string at_utc;
  std::string role;                   // dispute: may be empty
  std::string by;                     // pseudonym
  std::string reason;                 // one line; may be empty for a first mark
  std::map<std::string, int> levels;  // judge: aspect and level
  std::string aspect;                 // dispute
  int64_t machine_mp = 0, proposed_mp = 0;
  std::optional<PublicKey> key;       // who signed it; the signature fits. Whose key it is is for the reader to judge
};

struct MarkFile {
  std::vector<MarkRecord> records;
  std::string head_sha256;  // of the last complete line; empty when there is no file
  uint64_t bytes = 0;       // up to and including that line
  bool torn = false;        // an incomplete line follows (a cut write)
};

fs::path marks_path(const fs::path& journal);

// The marks beside a closed journal; no file: none. Refused when its chain is broken or it belongs to other evidence.
Result<MarkFile> read_marks(const fs::path& journal_path, const Journal& journal);
Result<MarkFile> parse_marks(std::string_view bytes, const std::string& name, const Journal& journal);

// One mark as it stands.
struct Given {
  std::string role, by;
  int level = 0;
  std::string reason;
};

// A judgement aspect. When those who mark it differ by more than one level, each of them marks again, with a reason, and nothing counts until
// all have.
struct JudgedAspect {
  std::string id;
  std::vector<std::string> roles;       // who marks it
  std::map<std::string, Given> standing, again;  // by role; again: of those who have marked once more after they differed
  bool contested = false;
  std::vector<Given> weightless;        // self and peer
  bool open = true;
};

struct Judgement {
  Marksheet machine;                    // as in the journal
  Marksheet sheet;                      // with people's marks
  int64_t human_mp = 0, human_max_mp = 0;
  std::vector<JudgedAspect> aspects;    // in the rubric's order
  std::vector<MarkRecord> disputes;
  std::string marks_sha256;             // head of the marks; empty when nobody has said anything
  std::string said_utc;                 // when the last of it was said

  bool open() const { return std::any_of(aspects.begin(), aspects.end(), [](const JudgedAspect& a) { return a.open; }); }
  bool empty() const { return aspects.empty() && marks_sha256.empty(); }  // nothing that people could or did say
};

// Everything people said, in order, each by the rules: roles the rubric names; nobody in two of them; nobody his own examiner; a reason for
// whoever marks again. The journal must be closed and its marksheet what its events come to. Errors name the line of the marks.
Result<Judgement> judgement_of(const Pack& pack, const Exercise& exercise, const Journal& journal, const MarkFile& marks, const std::string& name);
Result<Judgement> judgement_of(const Pack& pack, const Exercise& exercise, const Journal& journal, const fs::path& journal_path);

// Adds one record (at_utc and, of a dispute, machine_mp are filled in here) if it keeps the rules, signed if there is a key. On the disk when it
// returns.
Result<Judgement> add_mark(const Pack& pack, const Exercise& exercise, const fs::path& journal_path, MarkRecord record, const PrivateKey* key = nullptr);

nlohmann::json to_json(const Judgement& judgement);  // canonical keys, integers only
// Lines for a terminal, each indented by two; empty when there is nothing to tell.
std::string judgement_text(const Judgement& judgement, const Pack& pack, Lang lang);

}  // namespace shixun
