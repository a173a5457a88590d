#pragma once
// SHA-256, random bytes and ids.

#include <string>
#include <string_view>

namespace shixun {

std::string sha256_hex(std::string_view bytes);  // 64 lower-case hex digits
std::string sha256_raw(std::string_view bytes);  // 32 bytes
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);
std::string random_bytes(size_t n);              // from the system's generator

std::string uuid_v4();  // random, from the system's generator

// Name-based UUID (RFC 4122, version 5): the same name always gives the same id. `space` is a UUID in text form.
std::string uuid_v5(std::string_view space, std::string_view name);

bool is_uuid(std::string_view s);

}  // namespace shixun
