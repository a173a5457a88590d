#pragma once
// A person who watches an assessment from a desk of his own, and the numbers that the desk gives meanwhile: integrity level 3.
//
// Every half minute the station tells the desk the SHA-256 of its journal's last line. The desk answers with a number that nobody could know
// before and the time of its own clock, signed by the proctor's evaluator key, and the station writes that into the journal
// ({"v":"proctor","prev":...,"answer":JWS}). What stands before the line that was answered was there at that time, what stands behind the answer came
// later: an attempt is made neither beforehand nor afterwards, and not faster than its own clock says. The assessment's token names desk and key.
// At the end the proctor says that he watched: a signed record in the journal's .marks, which his desk writes only when its own log has every
// answer that the journal has.
//
//   POST URL   {"format":1,"token":JWS,"head":SHA-256}      ->  200, the JWS: {"v":"nonce","format":1,"attempt":UUID,"head":...,"at":UTC,"nonce":32 hex digits}

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/records/assessment.h"

namespace shixun {

struct ProctorAnswer {
  std::string attempt, head, at_utc, nonce;
  bool operator==(const ProctorAnswer&) const = default;
};
// Signed by the key of that id, which stands in it; whether it is a proctor's is for the reader to judge.
Result<ProctorAnswer> read_answer(std::string_view jws, const std::string& kid, const std::string& where);

// The desk: answers, and keeps a log of what it answered (JSON lines, on the disk before the answer goes out). Safe to use from several threads.
class ProctorDesk {
 public:
  // `keys`: the schools whose tokens are taken. Attempts are told to `on_begin` when they are first heard of.
  static Result<std::unique_ptr<ProctorDesk>> open(const fs::path& log, PrivateKey key, std::vector<KnownKey> keys, std::function<void(const AssessmentToken&)> on_begin = {});
  ~ProctorDesk();
  struct Reply {
    unsigned status = 400;
    std::string body;
  };
  Reply answer(std::string_view request);

 private:
  ProctorDesk(PrivateKey key) : key_(std::move(key)) {}
  PrivateKey key_;
  std::vector<KnownKey> keys_;
  std::function<void(const AssessmentToken&)> on_begin_;
  int fd_ = -1;
  std::mutex mutex_;
  std::vector<std::string> heard_;  // attempts
};
fs::path proctor_log();  // of this machine's desk: data folder, proctor.jsonl
Result<std::vector<ProctorAnswer>> read_proctor_log(const fs::path& file);  // no file: none

// Whether the answers in a closed journal cover it: from its beginning to after its last event, never more than three intervals apart by the desk's
// clock, and never less time by that clock than by the journal's (but for three intervals). What is wrong, for people; nothing: they do.
std::optional<Text> uncovered(const Journal& journal, const std::vector<ProctorAnswer>& answers, const ProctorTerms& terms);

}  // namespace shixun
