#pragma once
// Text a person reads, in the product's two languages. Every such text is a pair: none can go missing.

#include <string>
#include <string_view>

namespace shixun {

enum class Lang { kZh, kEn };

inline const char* lang_tag(Lang l) { return l == Lang::kZh ? "zh-CN" : "en"; }

struct Text {
  std::string zh, en;
  const std::string& in(Lang l) const { return l == Lang::kZh ? zh : en; }
  bool operator==(const Text&) const = default;
};

// Whether the bytes are well-formed UTF-8 without control characters (tab and line ends allowed).
bool is_clean_utf8(std::string_view s);

// Replaces "{name}" in `pattern` by the values given: {"name","value","name2","value2",...}.
std::string fill(std::string pattern, std::initializer_list<std::string_view> names_and_values);

}  // namespace shixun
