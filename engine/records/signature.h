#pragma once
// Signatures: who vouches for bytes. Everything signed here is signed with the suite RS256 (RSA with PKCS #1 v1.5 and SHA-256, RFC 7518), the one
// that xAPI, LTI and the verifiers of credentials have in common. A suite's id stands in every key and signature, so that another one can join.
//
// Keys are spelled as JSON Web Keys (RFC 7517) and named by their RFC 7638 thumbprint. Verifying needs the public key and nothing else.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace shixun {

inline constexpr const char* kSuiteRs256 = "RS256";
inline constexpr int kRsaBits = 3072;  // of new keys; 2048 to 4096 are accepted

struct PublicKey {
  std::string suite = kSuiteRs256;
  std::string n, e;      // modulus and exponent, base64url
  std::string id() const;  // thumbprint: 43 characters of base64url
  bool operator==(const PublicKey&) const = default;
};

nlohmann::json to_jwk(const PublicKey& key);  // {"e","kty","n"}: what the thumbprint is of
// Refused: another kind of key, fewer than 2048 or more than 4096 bits, a private key, an even or tiny exponent. Unknown members are passed over.
Result<PublicKey> public_key_from_jwk(const nlohmann::json& jwk);

// A private key in memory; copies share it. It is wiped when the last one goes.
class PrivateKey {
 public:
  static Result<PrivateKey> generate();  // takes up to a second or two; its id never begins with a dash
  // PKCS #8 PEM. An empty passphrase: not encrypted. Errors never quote the passphrase or the key.
  static Result<PrivateKey> from_pem(std::string_view pem, const std::string& passphrase, const std::string& where);
  std::string to_pem(const std::string& passphrase) const;

  const PublicKey& public_key() const { return public_; }
  std::string sign(std::string_view message) const;             // base64url
  Result<std::string> open_sealed(std::string_view box) const;  // what seal_to() closed

 private:
  PrivateKey() = default;
  std::shared_ptr<void> key_;  // EVP_PKEY
  PublicKey public_;
};

bool verify_signature(const PublicKey& key, std::string_view message, std::string_view signature);

// A short secret that only the owner of the private key can read (RSA-OAEP with SHA-256), base64url. At most 190 bytes.
Result<std::string> seal_to(const PublicKey& key, std::string_view secret);

// ---------------------------------------------------------------- JSON Web Signatures, compact (RFC 7515)

struct Jws {
  nlohmann::json header;
  nlohmann::json payload;
  std::string signing_input, signature;
};

// `header` gets "alg" added.
std::string sign_jws(const PrivateKey& key, nlohmann::json header, const nlohmann::json& payload);

// Three parts, both JSON objects of at most 1 MiB, header with "alg" RS256: nothing is believed yet. `name` is used in errors.
Result<Jws> parse_jws(std::string_view text, const std::string& name);
bool verify_jws(const Jws& jws, const PublicKey& key);

}  // namespace shixun
