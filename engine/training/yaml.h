#pragma once
// The YAML a pack may use: maps, lists and scalars. No anchors, aliases, tags or second documents, nothing deeper than 24
// levels, nothing larger than a megabyte, at most 20,000 values in a file and 5,000 in one map or list, no key twice, no control
// characters (not even escaped ones). Every node knows its line and column.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

struct Yaml {
  enum class Kind { kNull, kScalar, kMap, kList } kind = Kind::kNull;
  std::string scalar;
  std::vector<std::pair<std::string, Yaml>> map;  // in the file's order
  std::vector<Yaml> list;
  int line = 1, column = 1;
  int key_line = 0, key_column = 0;  // of the key this is the value of; 0 in a list
  std::shared_ptr<const std::string> source;  // the file's text; of the root only

  const Yaml* find(std::string_view key) const;

  // In yaml.cpp: clang 14 cannot make them here, where `map` still holds an incomplete type.
  Yaml();
  Yaml(const Yaml&);
  Yaml(Yaml&&) noexcept;
  Yaml& operator=(const Yaml&);
  Yaml& operator=(Yaml&&) noexcept;
  ~Yaml();
};

// where of an Error is "file:line:column".
Result<Yaml> read_yaml(const fs::path& file);
Result<Yaml> parse_yaml(const std::string& text, const std::string& file_name);
Error error_at(const std::string& file_name, const Yaml& node, std::string what, std::string hint = "");

// Line and column, in the file whose text is given, of one byte of a scalar's value: past its quotes, escapes and line breaks. The scalar's
// own place where that cannot be told.
std::pair<int, int> place_within(const Yaml& scalar, size_t byte, const std::string& source);

}  // namespace shixun
