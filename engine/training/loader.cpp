#include "engine/training/loader.h"

namespace shixun {

namespace {
constexpr size_t kMaxErrors = 50;
constexpr size_t kMaxExpressionParts = 20'000;
}

bool is_name(std::string_view s) {
  if (s.empty() || s.size() > 64) return false;
  return std::all_of(s.begin(), s.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; });
}

bool glob_match(std::string_view pattern, std::string_view s) {  // '*' stands for any run of characters
  // Only the last star passed is ever taken up again, so that many stars cost no more than one.
  size_t p = 0, i = 0, star = std::string_view::npos, from = 0;
  while (i < s.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = i;
    } else if (p < pattern.size() && pattern[p] == s[i]) {
      ++p;
      ++i;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      i = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

void Loader::fail_key(const Yaml& value, std::string what, std::string hint) {
  fail_at(value.key_line ? value.key_line : value.line, value.key_line ? value.key_column : value.column, std::move(what), std::move(hint));
}

void Loader::fail_at(int line, int column, std::string what, std::string hint) {
  add({Code::kFailed, fmt::format("{}:{}:{}", file_, line, column), std::move(what), std::move(hint)});
}

void Loader::add(Error e) {
  if (errors_.size() < kMaxErrors) errors_.push_back(std::move(e));
}

std::string Loader::word(const Yaml* v) {
  if (!v) return {};
  if (v->kind != Yaml::Kind::kScalar) {
    fail(*v, "expected a word");
    return {};
  }
  return v->scalar;
}

std::string Loader::name(const Yaml* v) {
  std::string s = word(v);
  if (v && v->kind == Yaml::Kind::kScalar && !is_name(s)) fail(*v, "'" + s.substr(0, 40) + "' is not a name", "Use letters, digits, '_', '-' and '.', at most 64");
  return s;
}

bool Loader::flag(const Yaml* v) {
  if (!v) return false;
  if (v->scalar == "true") return true;
  if (v->scalar != "false") fail(*v, "expected true or false");
  return false;
}

std::vector<std::string> Loader::words(const Yaml* v) {
  std::vector<std::string> out;
  if (!v) return out;
  if (v->kind == Yaml::Kind::kScalar) return {v->scalar};
  if (v->kind != Yaml::Kind::kList) fail(*v, "expected a word or a list of words");
  for (const Yaml& item : v->list) out.push_back(word(&item));
  return out;
}

const std::vector<Yaml>& Loader::list(const Yaml* v) {
  static const std::vector<Yaml> none;
  if (!v) return none;
  if (v->kind != Yaml::Kind::kList) {
    fail(*v, "expected a list");
    return none;
  }
  return v->list;
}

const std::vector<std::pair<std::string, Yaml>>& Loader::entries(const Yaml* v) {
  static const std::vector<std::pair<std::string, Yaml>> none;
  if (!v) return none;
  if (v->kind != Yaml::Kind::kMap) {
    fail(*v, "expected a map (name: ...)");
    return none;
  }
  for (const auto& [key, value] : v->map) {
    if (!is_name(key)) fail_key(value, "'" + key.substr(0, 40) + "' is not a name", "Use letters, digits, '_', '-' and '.', at most 64");
  }
  return v->map;
}

double Loader::real(const Yaml& v) {
  char* end = nullptr;
  const double d = std::strtod(v.scalar.c_str(), &end);
  if (v.kind != Yaml::Kind::kScalar || v.scalar.empty() || *end != '\0' || !(d > -1e6 && d < 1e6)) {
    fail(v, "expected a number");
    return 0;
  }
  return d;
}

std::array<double, 3> Loader::vec3(const Yaml* v) {
  std::array<double, 3> out{};
  if (!v) return out;
  if (v->kind != Yaml::Kind::kList || v->list.size() != 3) {
    fail(*v, "expected three numbers [x, y, z] in metres");
    return out;
  }
  for (size_t i = 0; i < 3; ++i) out[i] = real(v->list[i]);
  return out;
}

Pose3 Loader::pose(const Yaml& at) {
  Keys k(*this, at, "at");
  Pose3 p;
  p.pos = vec3(k.req("pos"));
  if (const Yaml* yaw = k.opt("yaw")) p.yaw = real(*yaw) * 3.14159265358979323846 / 180.0;
  return p;
}

int Loader::whole(const Yaml* v, int lo, int hi) {
  if (!v) return lo;
  auto q = parse_quantity(v->scalar);
  if (v->kind != Yaml::Kind::kScalar || !q || q->unit != Unit::kCount || q->value < lo || q->value > hi) {
    fail(*v, fmt::format("expected a whole number from {} to {}", lo, hi));
    return lo;
  }
  return static_cast<int>(q->value);
}

int64_t Loader::points(const Yaml* v) {
  if (!v) return 0;
  const std::string& s = v->scalar;
  const size_t dot = s.find('.');
  const std::string digits = s.substr(0, dot) + (dot == std::string::npos ? "" : s.substr(dot + 1)) + std::string(dot == std::string::npos ? 3 : 3 - std::min<size_t>(3, s.size() - dot - 1), '0');
  const bool fine = v->kind == Yaml::Kind::kScalar && !s.empty() && digits.size() <= 6 && (dot == std::string::npos || s.size() - dot - 1 <= 3) &&
                    std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!fine) {
    fail(*v, "expected points from 0 to 100 with at most three decimals");
    return 0;
  }
  const int64_t mp = std::stoll(digits);
  if (mp > 100000) fail(*v, "more than 100 points");
  return mp;
}

Value Loader::value(const Yaml* v, Unit unit, bool truth_allowed) {
  if (!v) return {0, unit, -1};
  if (v->kind != Yaml::Kind::kScalar) {
    fail(*v, "expected a quantity");
    return {0, unit, -1};
  }
  return value_text(*v, v->scalar, unit, truth_allowed);
}

Value Loader::value_text(const Yaml& at, std::string_view s, Unit unit, bool truth_allowed) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  Quantity q;
  int entry = -1;
  if (s.starts_with("$truth.")) {
    const std::string want(s.substr(7));
    for (size_t i = 0; i < pack_.scene.truths.size(); ++i) {
      const Truth& t = pack_.scene.truths[i];
      if (t.name != want || t.is_word) continue;
      if (!truth_allowed) fail(at, "a seeded truth cannot stand here; a fixed quantity is needed");
      if (t.unit != unit) fail(at, fmt::format("{} is a {}, but a {} is needed here", s, unit_kind(t.unit), unit_kind(unit)));
      return {0, unit, static_cast<int>(i)};
    }
    fail(at, "no truth '" + want + "' with a number is declared under 'truths' in scene.yaml");
    return {0, unit, -1};
  }
  if (s.starts_with("$data.")) {
    std::string want(s.substr(6)), part = "value";
    for (const char* p : {".min", ".max"}) {
      if (want.ends_with(p)) {
        part = p + 1;
        want.resize(want.size() - 4);
      }
    }
    const auto found = pack_.data.find(want);
    if (found == pack_.data.end()) {
      fail(at, "no entry '" + want + "' in data/*.yaml");
      return {0, unit, -1};
    }
    const DataValue& d = found->second;
    if ((part == "min" && !d.min) || (part == "max" && !d.max)) {
      fail(at, "the entry '" + want + "' has no '" + part + "'");
      return {0, unit, -1};
    }
    q = part == "min" ? *d.min : part == "max" ? *d.max : d.value;
    entry = static_cast<int>(std::distance(pack_.data.begin(), found));
  } else {
    auto parsed = parse_quantity(s);
    if (!parsed) {
      fail(at, parsed.error().what, parsed.error().hint);
      return {0, unit, -1};
    }
    q = *parsed;
  }
  if (q.unit != unit) fail(at, fmt::format("'{}' is a {}, but a {} is needed here", s, unit_kind(q.unit), unit_kind(unit)));
  return {q.value, unit, -1, entry};
}

void Loader::window(const Yaml& v, Unit unit, std::optional<Value>& lo, std::optional<Value>& hi) {
  if (v.kind != Yaml::Kind::kScalar) {
    fail(v, "expected a window such as \">= 30 N·m\" or \"20 mm .. 50 mm\"");
    return;
  }
  const std::string_view s = v.scalar;
  if (const size_t dots = s.find(".."); dots != std::string_view::npos) {
    lo = value_text(v, s.substr(0, dots), unit, true);
    hi = value_text(v, s.substr(dots + 2), unit, true);
    if (lo->truth < 0 && hi->truth < 0 && lo->number > hi->number) fail(v, "the window is empty: its lower limit is above its upper");
    return;
  }
  const auto one = [&](size_t skip, bool strict) { return value_text(v, s.substr(skip), unit, !strict); };
  if (s.starts_with(">=")) lo = one(2, false);
  else if (s.starts_with("<=")) hi = one(2, false);
  else if (s.starts_with(">")) (lo = one(1, true))->number += 1;  // integers: more than n is at least n + 1
  else if (s.starts_with("<")) (hi = one(1, true))->number -= 1;
  else lo = hi = one(s.starts_with("==") ? 2 : 0, false);
}

std::optional<Expression> Loader::expression(const Yaml& v, const ExpressionScope& scope) {
  if (v.kind != Yaml::Kind::kScalar) {
    fail(v, "expected a condition in quotes, such as \"torque >= 60 N·m and not happened(lowered)\"");
    return std::nullopt;
  }
  if (expression_parts_ > kMaxExpressionParts || lookups_ < 0) return std::nullopt;  // told already
  std::vector<ExpressionProblem> problems;
  auto e = compile_expression(v.scalar, scope, problems);
  for (ExpressionProblem& p : problems) {
    const auto [line, column] = source_ ? place_within(v, p.at, *source_) : std::pair{v.line, v.column};
    fail_at(line, column, std::move(p.what), std::move(p.hint));
  }
  if (e) expression_parts_ += e->nodes.size();
  if (expression_parts_ > kMaxExpressionParts || lookups_ < 0) {
    fail(v, "the conditions of this pack are together too much to check", "Compare fewer words, and give parts that repeat a moment of their own");
    return std::nullopt;
  }
  return e;
}

std::string Loader::string_key(const Yaml* v) {
  const std::string key = name(v);
  if (v && !key.empty()) need_string(*v, key);
  return key;
}

}  // namespace shixun
