#pragma once
// The school's word that a certain candidate may begin a certain assessment: a JWS, signed by the school key, made where the exam is organised
// (shixunctl token issue) and carried to the station as a file. What is so in the assessment follows from the exam's secret, the exam and the
// candidate; the token carries it sealed to one station, so that it is good there only, and a commitment to it, so that it can be checked
// when the secret is published after the sitting.
//
// It is good once: the attempt's id follows from the token's, and a journal of that name is begun one time.

#include <optional>
#include <string>
#include <string_view>

#include "engine/records/journal.h"
#include "engine/records/keys.h"

namespace shixun {

// Whose desk watches (proctor.h).
struct ProctorTerms {
  std::string url;             // https, or http to this machine
  std::string kid;             // the proctor's evaluator key
  int every_s = 30;            // how often the station asks
  int64_t tolerance_ms() const { return int64_t{3000} * every_s; }  // without an answer, that level 3 allows
};

struct AssessmentToken {
  std::string id;              // UUID
  std::string exam;            // its name: is_pseudonym
  std::string candidate;       // pseudonym
  std::string exercise;        // "auto-repair/wheel-change"
  std::string scoring_sha256;  // of the pack: how it must score
  std::string from_utc, until_utc;  // may begin from, and before
  SealedSeed seed;             // without salt
  std::string school_kid;      // who signed it
  std::optional<ProctorTerms> proctor = {};
};

// The seed of a candidate: the first 8 bytes of HMAC-SHA-256(secret, EXAM ":" CANDIDATE), big-endian. Anybody can check a draw with the secret.
uint64_t exam_seed(std::string_view secret, std::string_view exam, std::string_view candidate);

// `token` as wanted, but for id, seed and school_kid, which are filled in. Errors: a field that is none.
Result<std::string> issue_token(AssessmentToken token, std::string_view secret, const PublicKey& station, const PrivateKey& school);

// Signed by a school key that is known and not revoked. Times, candidate and pack are not looked at: see check_token_fits.
Result<AssessmentToken> read_token(std::string_view text, const std::string& where, const std::vector<KnownKey>& keys);

// Whether an attempt is the one the token is for: candidate, exercise, how the pack scores, and begun in time.
Status check_token_fits(const AssessmentToken& token, std::string_view trainee, std::string_view exercise, std::string_view scoring_sha256, std::string_view started_utc);

std::string attempt_of_token(const AssessmentToken& token);  // the attempt's UUID

}  // namespace shixun
