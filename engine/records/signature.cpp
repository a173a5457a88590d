#include "engine/records/signature.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cassert>
#include <cstring>

#include "engine/base/base64.h"
#include "engine/base/hash.h"
#include "engine/base/json.h"

namespace shixun {

namespace {

using nlohmann::json;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr size_t kMaxJwsBytes = 2u << 20;
constexpr size_t kMaxPartBytes = 1u << 20;
constexpr int kMaxPartDepth = 24;

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

Error bad_key(std::string what) { return {Code::kFailed, "", std::move(what), "Expected a public RSA key as a JSON Web Key: {\"kty\":\"RSA\",\"n\":...,\"e\":...}"}; }

std::string number_text(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  const Number number(value);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return base64url(bytes);
}

PublicKey public_of(const EVP_PKEY* key) { return {kSuiteRs256, number_text(key, OSSL_PKEY_PARAM_RSA_N), number_text(key, OSSL_PKEY_PARAM_RSA_E)}; }

Pkey to_pkey(const PublicKey& key) {
  const auto n = from_base64url(key.n), e = from_base64url(key.e);
  if (!n || !e) return nullptr;
  const Number modulus(BN_bin2bn(raw(*n), static_cast<int>(n->size()), nullptr)), exponent(BN_bin2bn(raw(*e), static_cast<int>(e->size()), nullptr));
  const std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>> build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(build.get()));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) return nullptr;
  return Pkey(made);
}

bool set_oaep(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}

// OpenSSL asks here, never at the terminal.
int give_passphrase(char* out, int size, int, void* passphrase) {
  const auto& text = *static_cast<const std::string*>(passphrase);
  const int n = std::min(size, static_cast<int>(text.size()));
  std::memcpy(out, text.data(), static_cast<size_t>(n));
  return n;
}

}  // namespace

// ---------------------------------------------------------------- public keys

json to_jwk(const PublicKey& key) { return {{"e", key.e}, {"kty", "RSA"}, {"n", key.n}}; }

std::string PublicKey::id() const { return base64url(sha256_raw(canonical(to_jwk(*this)))); }

Result<PublicKey> public_key_from_jwk(const json& jwk) {
  const auto text = [&](const char* name) -> const std::string* {
    if (!jwk.is_object()) return nullptr;
    const auto it = jwk.find(name);
    return it != jwk.end() && it->is_string() ? it->get_ptr<const std::string*>() : nullptr;
  };
  if (!text("kty") || *text("kty") != "RSA") return bad_key("this is no RSA key");
  for (const char* secret : {"d", "p", "q", "dp", "dq", "qi"}) {
    if (jwk.contains(secret)) return Error{Code::kFailed, "", "this is a private key: it must never leave its machine", "Consider it lost: make a new one (shixunctl keys rotate) and revoke this one"};
  }
  if (!text("n") || !text("e") || text("n")->size() > 1000 || text("e")->size() > 8) return bad_key("the key lacks its numbers");
  const auto n = from_base64url(*text("n")), e = from_base64url(*text("e"));
  if (!n || !e || n->empty() || e->empty() || (*n)[0] == '\0' || (*e)[0] == '\0') return bad_key("a number of the key is not base64url");
  size_t bits = n->size() * 8;
  for (unsigned char top = static_cast<unsigned char>((*n)[0]); !(top & 0x80); top = static_cast<unsigned char>(top << 1)) --bits;
  if (bits < 2048 || bits > 4096) return bad_key("the key has " + std::to_string(bits) + " bits; 2048 to 4096 are accepted");
  uint64_t exponent = 0;
  for (const char c : *e) exponent = exponent << 8 | static_cast<unsigned char>(c);
  if (exponent < 65537 || exponent % 2 == 0 || n->back() % 2 == 0) return bad_key("the key's numbers cannot be those of a sound key");
  return PublicKey{kSuiteRs256, *text("n"), *text("e")};
}

bool verify_signature(const PublicKey& key, std::string_view message, std::string_view signature) {
  const auto bytes = from_base64url(signature);
  const Pkey pkey = key.suite == kSuiteRs256 ? to_pkey(key) : nullptr;
  if (!bytes || !pkey) return false;
  const DigestContext context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(*bytes), bytes->size(), raw(message), message.size()) == 1;
}

Result<std::string> seal_to(const PublicKey& key, std::string_view secret) {
  const Pkey pkey = to_pkey(key);
  const PkeyContext context(pkey ? EVP_PKEY_CTX_new(pkey.get(), nullptr) : nullptr);
  std::string out(512, '\0');
  size_t size = out.size();
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get()) ||
      EVP_PKEY_encrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(secret), secret.size()) != 1)
    return Error{Code::kFailed, "", "cannot seal to the key " + key.id(), ""};
  out.resize(size);
  return base64url(out);
}

// ---------------------------------------------------------------- private keys

Result<PrivateKey> PrivateKey::generate() {
  PrivateKey key;
  Pkey pkey;
  // A command line takes what begins with a dash for an option: one key in 64 would be hard to name there.
  do {
    pkey.reset(EVP_RSA_gen(static_cast<unsigned>(kRsaBits)));
    if (!pkey) return Error{Code::kEnvironment, "", "cannot make a key: this system's source of randomness does not work", ""};
    key.public_ = public_of(pkey.get());
  } while (key.public_.id().starts_with('-'));
  key.key_ = std::shared_ptr<void>(pkey.release(), [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
  return key;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, const std::string& passphrase, const std::string& where) {
  const Memory bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::string secret = passphrase;
  Pkey pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &secret));
  OPENSSL_cleanse(secret.data(), secret.size());
  if (!pkey) {
    const bool locked = pem.find("ENCRYPTED") != std::string_view::npos;
    return Error{Code::kFailed, where, locked ? passphrase.empty() ? "the key has a passphrase" : "the passphrase is not this key's" : "this is no private key",
                 locked ? "Give it with --passphrase-file FILE, or at the terminal" : ""};
  }
  if (EVP_PKEY_get_base_id(pkey.get()) != EVP_PKEY_RSA) return Error{Code::kFailed, where, "this is no RSA key", ""};
  PrivateKey key;
  key.public_ = public_of(pkey.get());
  if (auto sound = public_key_from_jwk(to_jwk(key.public_)); !sound) return sound.error();
  key.key_ = std::shared_ptr<void>(pkey.release(), [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
  return key;
}

std::string PrivateKey::to_pem(const std::string& passphrase) const {
  const Memory bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), static_cast<EVP_PKEY*>(key_.get()), passphrase.empty() ? nullptr : EVP_aes_256_cbc(), passphrase.empty() ? nullptr : passphrase.data(),
                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string PrivateKey::sign(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  std::string out(512, '\0');
  size_t size = out.size();
  [[maybe_unused]] const bool done = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, static_cast<EVP_PKEY*>(key_.get())) == 1 &&
                                     EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(message), message.size()) == 1;
  assert(done);
  out.resize(size);
  return base64url(out);
}

Result<std::string> PrivateKey::open_sealed(std::string_view box) const {
  const Error wrong{Code::kFailed, "", "was not sealed to the key " + public_.id(), ""};
  const auto bytes = from_base64url(box);
  const PkeyContext context(EVP_PKEY_CTX_new(static_cast<EVP_PKEY*>(key_.get()), nullptr));
  std::string out(512, '\0');
  size_t size = out.size();
  if (!bytes || EVP_PKEY_decrypt_init(context.get()) != 1 || !set_oaep(context.get()) ||
      EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(*bytes), bytes->size()) != 1)
    return wrong;
  out.resize(size);
  return out;
}

// ---------------------------------------------------------------- JWS

std::string sign_jws(const PrivateKey& key, json header, const json& payload) {
  header["alg"] = kSuiteRs256;
  const std::string input = base64url(canonical(header)) + "." + base64url(canonical(payload));
  return input + "." + key.sign(input);
}

Result<Jws> parse_jws(std::string_view text, const std::string& name) {
  const auto no = [&](const char* what) { return Error{Code::kFailed, name, what, ""}; };
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() > kMaxJwsBytes) return no("is longer than 2 MiB");
  const size_t first = text.find('.'), last = text.rfind('.');
  if (first == std::string_view::npos || first == last || text.substr(first + 1, last - first - 1).find('.') != std::string_view::npos) return no("is no signed text: expected three parts with a point between");
  Jws jws;
  jws.signing_input = text.substr(0, last);
  jws.signature = text.substr(last + 1);
  const std::pair<std::string_view, json*> parts[] = {{text.substr(0, first), &jws.header}, {text.substr(first + 1, last - first - 1), &jws.payload}};
  for (const auto& [part, into] : parts) {
    const auto bytes = from_base64url(part);
    if (!bytes) return no("is damaged: a part of it is not base64url");
    if (bytes->size() > kMaxPartBytes || !nests_within(*bytes, kMaxPartDepth)) return no("is larger or nested deeper than anything that is signed here");
    *into = json::parse(*bytes, nullptr, false);
    if (!into->is_object()) return no("is damaged: a part of it is no JSON object");
  }
  if (jws.header.value("alg", json()) != kSuiteRs256) {
    const json alg = jws.header.value("alg", json());
    return Error{Code::kFailed, name, "is signed with " + (alg.is_string() ? "'" + alg.get<std::string>().substr(0, 20) + "'" : std::string("no known suite")) + "; only RS256 is accepted", ""};
  }
  if (jws.header.contains("crit")) return no("asks for an extension that is not known here");
  return jws;
}

bool verify_jws(const Jws& jws, const PublicKey& key) { return verify_signature(key, jws.signing_input, jws.signature); }

}  // namespace shixun
