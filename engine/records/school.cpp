#include "engine/records/school.h"

#include <charconv>
#include <set>

#include "engine/training/yaml.h"

namespace shixun {

namespace {

constexpr size_t kMaxText = 500;

bool is_address(const std::string& s) {
  if (!s.starts_with("https://") || s.size() < 12 || s.size() > kMaxText) return false;
  for (const char c : s) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>') return false;
  }
  return true;
}

Result<Text> read_text(const std::string& name, const Yaml& node) {
  const Yaml *zh = node.find("zh-CN"), *en = node.find("en");
  for (const Yaml* t : {zh, en}) {
    if (!t || t->kind != Yaml::Kind::kScalar || t->scalar.empty() || t->scalar.size() > kMaxText || node.map.size() != 2) return error_at(name, node, "expected {zh-CN: ..., en: ...}, each at most 500 bytes");
  }
  return Text{zh->scalar, en->scalar};
}

}  // namespace

Result<School> parse_school(const std::string& text, const std::string& name) {
  auto root = parse_yaml(text, name);
  if (!root) return root.error();
  if (root->kind != Yaml::Kind::kMap) return error_at(name, *root, "expected format, id, name and revocations");
  static const std::set<std::string> known = {"format", "id", "name", "revocations", "valid_years", "criteria"};
  for (const auto& [key, value] : root->map) {
    if (!known.count(key)) return error_at(name, value, "unknown key '" + key + "'", "Known are: format, id, name, revocations, valid_years, criteria");
  }
  for (const char* key : {"format", "id", "name", "revocations"}) {
    if (!root->find(key)) return error_at(name, *root, std::string("lacks '") + key + "'");
  }
  if (root->find("format")->scalar != "1") return error_at(name, *root->find("format"), "this format is not known here (expected 1)");
  School s;
  for (const auto& [key, into] : {std::pair{"id", &s.id}, {"revocations", &s.revocations}}) {
    const Yaml& v = *root->find(key);
    if (v.kind != Yaml::Kind::kScalar || !is_address(v.scalar)) return error_at(name, v, std::string("'") + key + "' is not an https address");
    *into = v.scalar;
  }
  for (const auto& [key, into] : {std::pair{"name", &s.name}, {"criteria", &s.criteria}}) {
    const Yaml* v = root->find(key);
    if (!v) continue;
    auto t = read_text(name, *v);
    if (!t) return t.error();
    *into = *t;
  }
  if (const Yaml* v = root->find("valid_years")) {
    const std::string& n = v->scalar;
    const auto [end, error] = std::from_chars(n.data(), n.data() + n.size(), s.valid_years);
    if (error != std::errc() || end != n.data() + n.size() || s.valid_years < 1 || s.valid_years > 100) return error_at(name, *v, "'valid_years' must be 1 to 100");
  }
  return s;
}

Result<School> load_school(const fs::path& given) {
  const fs::path file = given.empty() ? places().config / "school.yaml" : given;
  std::error_code ec;
  if (!fs::exists(file, ec)) return Error{Code::kUsage, file.string(), "is not there: nothing says which school issues", "Write one: engine/records/school.h says how"};
  auto text = read_file(file, 1u << 20);
  if (!text) return text.error();
  return parse_school(*text, file.string());
}

}  // namespace shixun
