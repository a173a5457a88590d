#include "engine/base/text.h"

#include <cstdint>

namespace shixun {

bool is_clean_utf8(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c < 0x80) {
      if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) return false;
      ++i;
      continue;
    }
    const int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c < 0xc2 || c > 0xf4 || i + static_cast<size_t>(more) >= s.size()) return false;
    uint32_t code = c & (0x3fu >> more);
    for (int k = 1; k <= more; ++k) {
      const auto d = static_cast<unsigned char>(s[i + k]);
      if ((d & 0xc0) != 0x80) return false;
      code = code << 6 | (d & 0x3f);
    }
    const bool overlong = code < (more == 1 ? 0x80u : more == 2 ? 0x800u : 0x10000u);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    i += more + 1;
  }
  return true;
}

std::string fill(std::string pattern, std::initializer_list<std::string_view> names_and_values) {
  for (auto it = names_and_values.begin(); it != names_and_values.end(); it += 2) {
    const std::string key = "{" + std::string(it[0]) + "}";
    for (size_t at = 0; (at = pattern.find(key, at)) != std::string::npos; at += it[1].size()) pattern.replace(at, key.size(), it[1]);
  }
  return pattern;
}

}  // namespace shixun
