#include "engine/training/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "engine/base/text.h"

namespace shixun {

namespace {

constexpr uint64_t kMaxFile = 1u << 20;
constexpr size_t kMaxLevels = 24;
constexpr size_t kMaxNodes = 20'000;   // what readers do with a file may be quadratic in these two without anyone noticing
constexpr size_t kMaxEntries = 5'000;

struct Refused {
  YAML::Mark mark;
  std::string what;
};

// Builds our tree from the parser's events, so that aliases are refused before anything could be expanded.
class Builder : public YAML::EventHandler {
 public:
  Yaml root;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_extras(mark, "", anchor);
    add(mark, Yaml::Kind::kNull, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw Refused{mark, "aliases (*name) are not part of the pack format; write the value again"}; }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    refuse_extras(mark, tag, anchor);
    add(mark, Yaml::Kind::kScalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    refuse_extras(mark, tag, anchor);
    open(mark, Yaml::Kind::kList);
  }
  void OnSequenceEnd() override { stack_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    refuse_extras(mark, tag, anchor);
    open(mark, Yaml::Kind::kMap);
  }
  void OnMapEnd() override { stack_.pop_back(); }

 private:
  struct Open {
    Yaml* node;
    bool have_key = false;
    std::string key;
    YAML::Mark key_mark;
  };

  static void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refused{mark, "anchors (&name) are not part of the pack format; write the value again"};
    if (!tag.empty() && tag != "?" && tag != "!") throw Refused{mark, "tags (" + tag + ") are not part of the pack format"};
  }

  Yaml* add(const YAML::Mark& mark, Yaml::Kind kind, const std::string& value) {
    if (++nodes_ > kMaxNodes) throw Refused{mark, "more than " + std::to_string(kMaxNodes) + " values in one file"};
    if (!is_clean_utf8(value)) throw Refused{mark, "a control character or broken character, written as an escape"};
    Yaml node;
    node.kind = kind;
    node.scalar = value;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    if (stack_.empty()) {
      root = std::move(node);
      return &root;
    }
    Open& top = stack_.back();
    if (top.node->list.size() + top.node->map.size() >= kMaxEntries) throw Refused{mark, "more than " + std::to_string(kMaxEntries) + " entries in one map or list"};
    if (top.node->kind == Yaml::Kind::kList) return &top.node->list.emplace_back(std::move(node));
    if (!top.have_key) {
      if (kind != Yaml::Kind::kScalar) throw Refused{mark, "a key must be plain text"};
      if (top.node->find(value)) throw Refused{mark, "the key '" + value + "' stands here twice"};
      top.key = value;
      top.key_mark = mark;
      top.have_key = true;
      return nullptr;
    }
    top.have_key = false;
    node.key_line = top.key_mark.line + 1;
    node.key_column = top.key_mark.column + 1;
    return &top.node->map.emplace_back(top.key, std::move(node)).second;
  }

  void open(const YAML::Mark& mark, Yaml::Kind kind) {
    if (stack_.size() >= kMaxLevels) throw Refused{mark, "nested deeper than " + std::to_string(kMaxLevels) + " levels"};
    if (!stack_.empty() && stack_.back().node->kind == Yaml::Kind::kMap && !stack_.back().have_key) throw Refused{mark, "a key must be plain text"};
    stack_.push_back({add(mark, kind, {}), false, {}, {}});
  }

  size_t nodes_ = 0;
  std::vector<Open> stack_;  // a parent's children are complete before it grows again, so the pointers hold
};

Error at(const std::string& file, const YAML::Mark& mark, std::string what, std::string hint = {}) {
  const int line = mark.is_null() ? 1 : mark.line + 1, column = mark.is_null() ? 1 : mark.column + 1;
  return {Code::kFailed, file + ":" + std::to_string(line) + ":" + std::to_string(column), std::move(what), std::move(hint)};
}

}  // namespace

Yaml::Yaml() = default;
Yaml::Yaml(const Yaml&) = default;
Yaml::Yaml(Yaml&&) noexcept = default;
Yaml& Yaml::operator=(const Yaml&) = default;
Yaml& Yaml::operator=(Yaml&&) noexcept = default;
Yaml::~Yaml() = default;

const Yaml* Yaml::find(std::string_view key) const {
  for (const auto& [k, v] : map) {
    if (k == key) return &v;
  }
  return nullptr;
}

Result<Yaml> parse_yaml(const std::string& text, const std::string& file_name) {
  if (!is_clean_utf8(text.starts_with("\xef\xbb\xbf") ? std::string_view(text).substr(3) : std::string_view(text))) {
    int line = 1;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      if (!is_clean_utf8(std::string_view(text).substr(begin, end - begin))) break;
      begin = end + 1;
      ++line;
    }
    return Error{Code::kFailed, file_name + ":" + std::to_string(line) + ":1", "is not clean UTF-8 text (control characters or a broken character)", "Save the file as UTF-8 with LF line ends"};
  }
  Builder builder;
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) return Error{Code::kFailed, file_name + ":1:1", "is empty", ""};
    Builder second;
    if (parser.HandleNextDocument(second)) return Error{Code::kFailed, file_name + ":1:1", "has more than one YAML document", "Keep one document per file"};
  } catch (const Refused& r) {
    return at(file_name, r.mark, r.what);
  } catch (const YAML::Exception& e) {
    return at(file_name, e.mark, "bad YAML: " + e.msg);
  }
  builder.root.source = std::make_shared<const std::string>(text);
  return std::move(builder.root);
}

Error error_at(const std::string& file_name, const Yaml& node, std::string what, std::string hint) {
  return {Code::kFailed, file_name + ":" + std::to_string(node.line) + ":" + std::to_string(node.column), std::move(what), std::move(hint)};
}

std::pair<int, int> place_within(const Yaml& scalar, size_t byte, const std::string& source) {
  const std::pair<int, int> own{scalar.line, scalar.column};
  size_t p = 0;
  for (int l = 1; l < scalar.line; ++l) {
    p = source.find('\n', p);
    if (p == std::string::npos) return own;
    ++p;
  }
  p += static_cast<size_t>(std::max(0, scalar.column - 1));
  if (p >= source.size()) return own;
  if (source[p] == '|' || source[p] == '>') p = source.find('\n', p);
  else if (source[p] == '"' || source[p] == '\'') ++p;
  // The value's letters stand in the file in their order, with nothing but quoting and white space between them.
  constexpr size_t kMaxGap = 200;
  for (size_t i = 0; i < scalar.scalar.size() && i <= byte; ++i) {
    const char c = scalar.scalar[i];
    if (c == ' ' || c == '\n' || c == '\t') continue;
    const size_t at = source.find(c, p);
    if (p == std::string::npos || at == std::string::npos || at - p > kMaxGap) return own;
    p = at + (i < byte ? 1 : 0);
  }
  const auto line = static_cast<int>(std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(p), '\n'));
  const size_t begin = p == 0 ? std::string::npos : source.rfind('\n', p - 1);
  return {line + 1, static_cast<int>(p - (begin == std::string::npos ? 0 : begin + 1)) + 1};
}

Result<Yaml> read_yaml(const fs::path& file) {
  auto text = read_file(file, kMaxFile);
  if (!text) {
    Error e = text.error();
    e.where += ":1:1";
    return e;
  }
  return parse_yaml(*text, file.string());
}

}  // namespace shixun
