#pragma once
// What a learner takes along: an Open Badges 3.0 credential (1EdTech; W3C Verifiable Credentials 2.0), secured as a JWT with RS256. The school is
// the issuer; its key signs, on an authorised person's act, and every such act is written down in credentials.jsonl in the data folder.
//
// The payload is the credential itself (no "vc" around it) with iss, jti, sub, nbf and, when it expires, exp. The learner is a urn:uuid that
// follows from his pseudonym and the school's private key: the same in all his credentials, and nobody else can work out whose it is.
// A CLR 2.0 (Comprehensive Learner Record) bundles several of one learner.
//
// The certificate's QR code holds a seal: a short JWS by the same key that names the credential, its SHA-256 and what it says, so that paper can be
// checked with nothing but the school's public key.

#include <optional>
#include <string>
#include <vector>

#include "engine/records/course.h"
#include "engine/records/human_marks.h"
#include "engine/records/keys.h"
#include "engine/records/school.h"

namespace shixun {

struct CredentialContent {
  Journal journal;
  std::optional<Judgement> people;     // where people mark
  std::vector<MarkRecord> marks;       // what they said, one by one (read_marks): the credential names who, and by which key
  std::optional<MappedResult> mapped;  // where the school's mapping has the exercise
  std::map<std::string, Text> roles = {};  // what the pack calls those who mark; one it has no name for keeps its id
};

struct Credential {
  std::string id;        // urn:uuid:...
  std::string learner;   // urn:uuid:...
  Lang lang = Lang::kZh;
  std::string jwt;       // the credential
  std::string seal;      // of the certificate
  nlohmann::json body;   // what jwt holds
};

// Refused: an attempt that is not an assessment, not closed, still waits for people's marks, or did not pass.
Result<Credential> issue_credential(const CredentialContent& content, const School& school, const PrivateKey& key, Lang lang, int64_t now_ms);

// Several credentials of one learner and of this school as one record.
Result<std::string> issue_clr(const std::vector<std::string>& jwts, const School& school, const PrivateKey& key, Lang lang, int64_t now_ms);

// ---------------------------------------------------------------- checking

enum class CredentialVerdict { kGood, kDamaged, kWrongSuite, kWrapped, kUnknownKey, kRevokedKey, kChanged, kNotYet, kExpired, kRevoked };
Text credential_verdict_text(CredentialVerdict v);
const char* credential_verdict_name(CredentialVerdict v);  // "good", "changed", ...

struct CheckedCredential {
  CredentialVerdict verdict = CredentialVerdict::kDamaged;
  std::string detail;       // why, or when; may be empty
  nlohmann::json body;      // what it says, when it could be read; believe it only with kGood
  std::string issuer_key;   // name of the school's key
  std::vector<CheckedCredential> bundled;  // of a CLR
};

// `revoked`: the ids that are. `text`: a credential, a CLR or a certificate's seal.
CheckedCredential check_credential(std::string_view text, const std::vector<KnownKey>& keys, const std::vector<std::string>& revoked, int64_t now_ms);

// ---------------------------------------------------------------- the register of what was issued

struct IssuedCredential {
  std::string at_utc, id, attempt, learner, key_id, action;  // action: "issue", "revoke"
  std::string reason;
};
Status log_credential(const IssuedCredential& entry);  // on the disk when it returns
Result<std::vector<IssuedCredential>> issued_credentials();
// What the school publishes (1EdTech Revocation List Status Method), as a JWS.
Result<std::string> publish_revocations(const School& school, const PrivateKey& key);
// The ids out of such a list; refused unless a school key known here signed it.
Result<std::vector<std::string>> read_revocations(std::string_view text, const std::string& where, const std::vector<KnownKey>& keys);

// ---------------------------------------------------------------- carrying it

// The picture with the credential in it: an iTXt chunk with the keyword openbadgecredential. Refused: no PNG, or one that carries a credential.
Result<std::string> put_into_png(std::string_view png, const std::string& jwt, const std::string& where);
Result<std::string> take_out_of_png(std::string_view png, const std::string& where);

// One page of A4 to print, in one language, with a QR code of the seal. `holder`: what to print as the name; the pseudonym if empty.
std::string certificate_html(const Credential& credential, const School& school, const std::string& holder, const std::string& pseudonym);
// Such a page as a PDF file, by the program weasyprint: no browser, no network. Errors: it is not installed.
Status print_pdf(const fs::path& html, const fs::path& pdf);

}  // namespace shixun
