#include "engine/records/assessment.h"

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/clock.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr const char* kTokenSpace = "7b0f3a52-2f0c-4c0e-9d0a-6f6a1c9b1d11";  // of attempts that began with a token

bool is_hash(std::string_view s) { return s.size() == 64 && s.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

// What is wrong with a token's fields, or empty.
std::string fault_of(const AssessmentToken& t) {
  if (!is_uuid(t.id)) return "its id is not a UUID";
  if (!is_pseudonym(t.exam)) return "the exam's name may only have A-Z a-z 0-9 . _ - and 64 characters";
  if (!is_pseudonym(t.candidate)) return "the candidate's pseudonym may only have A-Z a-z 0-9 . _ - and 64 characters";
  if (t.exercise.size() > 200 || t.exercise.find('/') == std::string::npos || !is_clean_utf8(t.exercise)) return "the exercise is not named as PACK/EXERCISE";
  if (!is_hash(t.scoring_sha256)) return "it does not say how the pack scores";
  const auto from = parse_utc(t.from_utc), until = parse_utc(t.until_utc);
  if (!from || !until) return "its time is not a time such as 2026-03-01T08:00:00Z";
  if (*from >= *until) return "it ends before it begins";
  if (t.proctor) {
    const std::string& url = t.proctor->url;
    const bool web = url.size() <= 500 && std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
    const bool here = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    if (!web || (!url.starts_with("https://") && !here)) return "the proctor's desk has no https address (http: to this machine only)";
    if (t.proctor->kid.empty() || t.proctor->kid.size() > 100) return "it does not name the proctor's key";
    if (t.proctor->every_s < 1 || t.proctor->every_s > 300) return "the proctor's desk is asked every 1 to 300 seconds";
  }
  return "";
}

}  // namespace

uint64_t exam_seed(std::string_view secret, std::string_view exam, std::string_view candidate) {
  return std::stoull(hmac_sha256_hex(secret, std::string(exam) + ":" + std::string(candidate)).substr(0, 16), nullptr, 16);
}

Result<std::string> issue_token(AssessmentToken t, std::string_view secret, const PublicKey& station, const PrivateKey& school) {
  t.id = uuid_v4();
  if (secret.size() < 16) return Error{Code::kUsage, "", "the exam's secret has less than 16 bytes: it could be guessed", "Make one: head -c 32 /dev/urandom | base64 > exam.secret"};
  if (const std::string fault = fault_of(t); !fault.empty()) return Error{Code::kUsage, "", fault, ""};
  t.seed = seal_seed(exam_seed(secret, t.exam, t.candidate), station);
  json proctor;
  if (t.proctor) proctor = {{"url", t.proctor->url}, {"kid", t.proctor->kid}, {"every_s", t.proctor->every_s}};
  return sign_jws(school, {{"typ", "JWT"}, {"kid", school.public_key().id()}},
                  {{"proctor", proctor}, {"v", "assessment"}, {"format", 1}, {"jti", t.id}, {"exam", t.exam}, {"candidate", t.candidate}, {"exercise", t.exercise}, {"scoring_sha256", t.scoring_sha256},
                   {"from", format_utc(*parse_utc(t.from_utc))}, {"until", format_utc(*parse_utc(t.until_utc))}, {"seed", {{"commitment", t.seed.commitment}, {"kid", t.seed.kid}, {"box", t.seed.box}}}});
}

Result<AssessmentToken> read_token(std::string_view text, const std::string& where, const std::vector<KnownKey>& keys) {
  const auto no = [&](std::string what, std::string hint = "") { return Error{Code::kFailed, where, std::move(what), std::move(hint)}; };
  auto jws = parse_jws(text, where);
  if (!jws) return jws.error();
  const json kid = jws->header.value("kid", json());
  const KnownKey* school = kid.is_string() ? find_key_id(keys, kid.get<std::string>()) : nullptr;
  if (!school || school->role != KeyRole::kSchool) return no("the token is not signed by a school whose key is known here", "Take the school's key first: shixunctl keys trust FILE --fingerprint ID");
  if (!school->revoked_utc.empty()) return no("the token is signed with a key that is revoked since " + school->revoked_utc);
  if (!verify_jws(*jws, school->key)) return no("the token was changed: its signature does not fit");
  const auto field = [](const json& j, const char* name) {
    const json v = j.is_object() ? j.value(name, json()) : json();
    return v.is_string() ? v.get<std::string>() : std::string();
  };
  const json& p = jws->payload;
  if (field(p, "v") != "assessment" || p.value("format", json()) != 1) return no("this is no assessment token of a format known here");
  const json seed = p.value("seed", json());
  AssessmentToken t{field(p, "jti"), field(p, "exam"), field(p, "candidate"), field(p, "exercise"), field(p, "scoring_sha256"), field(p, "from"), field(p, "until"),
                    {field(seed, "commitment"), "", field(seed, "kid"), field(seed, "box")}, school->key.id(), {}};
  if (const json proctor = p.value("proctor", json()); !proctor.is_null()) {
    const json every = proctor.is_object() ? proctor.value("every_s", json()) : json();
    t.proctor = ProctorTerms{field(proctor, "url"), field(proctor, "kid"), every.is_number_unsigned() && every <= 1000 ? every.get<int>() : 0};
  }
  if (const std::string fault = fault_of(t); !fault.empty()) return no(fault);
  if (!is_hash(t.seed.commitment) || t.seed.kid.empty() || t.seed.kid.size() > 100 || t.seed.box.empty()) return no("the token holds no sealed seed");
  return t;
}

Status check_token_fits(const AssessmentToken& t, std::string_view trainee, std::string_view exercise, std::string_view scoring_sha256, std::string_view started_utc) {
  const auto no = [](std::string what, std::string hint = "") { return Error{Code::kFailed, "", std::move(what), std::move(hint)}; };
  if (trainee != t.candidate) return no("the token is for the candidate " + t.candidate + ", not for " + std::string(trainee));
  if (exercise != t.exercise) return no("the token is for " + t.exercise + ", not for " + std::string(exercise));
  if (scoring_sha256 != t.scoring_sha256) return no("the pack here scores otherwise than the one the token was issued for", "Install the version that the school uses");
  const auto started = parse_utc(started_utc);
  if (!started) return started.error();
  if (*started < *parse_utc(t.from_utc)) return no("the assessment may begin at " + t.from_utc + ", not yet", "If it is later than that, this machine's clock is wrong");
  if (*started >= *parse_utc(t.until_utc)) return no("the assessment had to begin before " + t.until_utc, "If it is not that late yet, this machine's clock is wrong");
  return ok();
}

std::string attempt_of_token(const AssessmentToken& token) { return uuid_v5(kTokenSpace, token.id); }

}  // namespace shixun
