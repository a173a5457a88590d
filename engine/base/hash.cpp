#include "engine/base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cassert>
#include <cctype>
#include <cstdlib>

namespace shixun {

namespace {

constexpr char kHex[] = "0123456789abcdef";

std::string digest(const EVP_MD* md, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  [[maybe_unused]] const int done = EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, md, nullptr);
  assert(done == 1);
  return {reinterpret_cast<char*>(out.data()), size};
}

std::string hex(std::string_view raw) {
  std::string s;
  s.reserve(raw.size() * 2);
  for (const char ch : raw) {
    const auto c = static_cast<unsigned char>(ch);
    s += kHex[c >> 4];
    s += kHex[c & 15];
  }
  return s;
}

std::string format_uuid(std::string raw, int version) {
  raw[6] = static_cast<char>((raw[6] & 0x0f) | version << 4);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  const std::string h = hex(raw);
  return h.substr(0, 8) + "-" + h.substr(8, 4) + "-" + h.substr(12, 4) + "-" + h.substr(16, 4) + "-" + h.substr(20, 12);
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return hex(digest(EVP_sha256(), bytes)); }

std::string sha256_raw(std::string_view bytes) { return digest(EVP_sha256(), bytes); }

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &size);
  return hex({reinterpret_cast<char*>(out.data()), size});
}

std::string random_bytes(size_t n) {
  std::string raw(n, '\0');
  // Without a system random source no id is unique and no secret is one: nothing sensible can follow.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(n)) != 1) std::abort();
  return raw;
}

std::string uuid_v4() { return format_uuid(random_bytes(16), 4); }

std::string uuid_v5(std::string_view space, std::string_view name) {
  std::string bytes;
  int high = -1;
  for (const char c : space) {
    if (c == '-') continue;
    const int v = std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (std::tolower(static_cast<unsigned char>(c)) - 'a' + 10);
    if (high < 0) high = v;
    else {
      bytes += static_cast<char>(high << 4 | v);
      high = -1;
    }
  }
  bytes += name;
  return format_uuid(digest(EVP_sha1(), bytes).substr(0, 16), 5);
}

bool is_uuid(std::string_view s) {
  if (s.size() != 36) return false;
  for (size_t i = 0; i < s.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? s[i] != '-' : !std::isxdigit(static_cast<unsigned char>(s[i]))) return false;
  }
  return true;
}

}  // namespace shixun
