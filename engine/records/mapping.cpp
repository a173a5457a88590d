#include "engine/records/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/hash.h"
#include "engine/base/units.h"
#include "engine/training/yaml.h"

namespace shixun {

namespace {

constexpr size_t kMaxErrors = 50;
constexpr size_t kMaxText = 200;
constexpr int kMaxHours = 10'000;
constexpr uint64_t kMaxBytes = 1u << 20;

bool is_word(std::string_view s, std::string_view more = "._-") {
  return !s.empty() && s.size() <= 64 && std::all_of(s.begin(), s.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
  });
}

class Reader {
 public:
  Reader(std::string file, Mapping& m) : file_(std::move(file)), m_(m) {}
  std::vector<Error> errors;

  void read(const Yaml& root) {
    if (root.kind != Yaml::Kind::kMap) {
      fail(root, "a mapping is a map with format, id, version and courses");
      return;
    }
    Keys k(*this, root, "the mapping", {"format", "id", "version", "lesson", "hours_per_credit", "pass", "weights", "process", "mastered_after", "bands", "courses"});
    if (const Yaml* v = k.need("format"); v && whole(*v, 1, 1000) != 1) fail(*v, "this program reads format 1");
    if (const Yaml* v = k.need("id")) m_.id = word(*v);
    if (const Yaml* v = k.need("version")) m_.version = word(*v);
    if (const Yaml* v = k.find("lesson")) read_lesson(*v);
    if (const Yaml* v = k.find("hours_per_credit")) m_.hours_per_credit = whole(*v, 1, 1000);
    if (const Yaml* v = k.find("pass")) m_.pass_percent = whole(*v, 1, 100);
    if (const Yaml* v = k.find("mastered_after")) m_.mastered_after = whole(*v, 1, 10);
    if (const Yaml* v = k.find("weights")) shares(*v, "weights", {{"process", &m_.process_weight}, {"outcome", &m_.outcome_weight}});
    if (const Yaml* v = k.find("process"))
      shares(*v, "process", {{"hours", &m_.hours_weight}, {"mastery", &m_.mastery_weight}, {"rehearsal", &m_.rehearsal_weight}, {"safety", &m_.safety_weight}});
    if (const Yaml* v = k.need("bands")) read_bands(*v);
    if (const Yaml* v = k.need("courses")) read_courses(*v);
  }

 private:
  std::string file_;
  Mapping& m_;
  std::set<std::string> mapped_;

  void fail_at(int line, int column, std::string what, std::string hint) {
    if (errors.size() < kMaxErrors) errors.push_back({Code::kFailed, fmt::format("{}:{}:{}", file_, line, column), std::move(what), std::move(hint)});
  }
  void fail(const Yaml& at, std::string what, std::string hint = "") { fail_at(at.line, at.column, std::move(what), std::move(hint)); }
  void fail_key(const Yaml& value, std::string what, std::string hint = "") {
    if (value.key_line > 0) fail_at(value.key_line, value.key_column, std::move(what), std::move(hint));
    else fail(value, std::move(what), std::move(hint));
  }

  // A map whose keys are known.
  struct Keys {
    Reader& reader;
    const Yaml& node;
    std::string what;
    Keys(Reader& r, const Yaml& n, std::string w, const std::vector<const char*>& known) : reader(r), node(n), what(std::move(w)) {
      if (n.kind != Yaml::Kind::kMap) {
        r.fail(n, what + " must be a map (key: value)");
        return;
      }
      for (const auto& [key, value] : n.map) {
        if (std::none_of(known.begin(), known.end(), [&, k = key](const char* x) { return k == x; }))
          r.fail_key(value, "unknown key '" + key.substr(0, 64) + "' in " + what, fmt::format("Known here: {}", fmt::join(known, ", ")));
      }
    }
    const Yaml* find(const char* key) const {
      const Yaml* v = node.find(key);
      return v && v->kind != Yaml::Kind::kNull ? v : nullptr;
    }
    const Yaml* need(const char* key) const {
      const Yaml* v = find(key);
      if (!v && node.kind == Yaml::Kind::kMap) reader.fail(node, what + " lacks '" + key + "'");
      return v;
    }
  };

  int whole(const Yaml& v, int lo, int hi) {
    const auto q = parse_quantity(v.scalar);
    if (v.kind != Yaml::Kind::kScalar || !q || q->unit != Unit::kCount || q->value < lo || q->value > hi) {
      fail(v, fmt::format("expected a whole number from {} to {}", lo, hi));
      return lo;
    }
    return static_cast<int>(q->value);
  }

  // "2", "1.5", "0.25" hours as hundredths.
  int64_t hundredths(const Yaml& v) {
    const std::string& s = v.scalar;
    const size_t dot = s.find('.');
    const std::string whole_part = s.substr(0, dot), fraction = dot == std::string::npos ? "" : s.substr(dot + 1);
    const auto digits = [](const std::string& d) { return std::all_of(d.begin(), d.end(), [](char c) { return c >= '0' && c <= '9'; }); };
    const bool fine = v.kind == Yaml::Kind::kScalar && !whole_part.empty() && whole_part.size() <= 5 && digits(whole_part) && fraction.size() <= 2 && digits(fraction) && (dot == std::string::npos || !fraction.empty());
    const int64_t h = fine ? std::stoll(whole_part) * 100 + std::stoll(fraction + std::string(2 - fraction.size(), '0')) : -1;
    if (h < 0 || h > kMaxHours * 100) {
      fail(v, fmt::format("expected hours from 0 to {} with at most two decimals", kMaxHours));
      return 0;
    }
    return h;
  }

  std::string text(const Yaml& v) {
    if (v.kind != Yaml::Kind::kScalar || v.scalar.empty() || v.scalar.size() > kMaxText || v.scalar.find_first_of("\r\n\t") != std::string::npos) {
      fail(v, fmt::format("expected a line of text of at most {} bytes", kMaxText));
      return {};
    }
    return v.scalar;
  }

  std::string word(const Yaml& v) {
    if (v.kind == Yaml::Kind::kScalar && is_word(v.scalar)) return v.scalar;
    fail(v, "expected a name of letters, digits, '_', '-' and '.', at most 64");
    return {};
  }

  Text both(const Keys& k) {
    Text t;
    if (const Yaml* v = k.need("zh-CN")) t.zh = text(*v);
    if (const Yaml* v = k.need("en")) t.en = text(*v);
    return t;
  }

  void read_lesson(const Yaml& v) {
    const auto q = parse_quantity(v.scalar);
    if (v.kind != Yaml::Kind::kScalar || !q || q->unit != Unit::kTime || q->value < 60'000 || q->value > 24 * 3'600'000) {
      fail(v, "expected the length of a lesson, such as 45 min");
      return;
    }
    m_.lesson_ms = q->value;
  }

  // Whole percents that make a hundred together.
  void shares(const Yaml& node, const std::string& what, const std::vector<std::pair<const char*, int*>>& parts) {
    std::vector<const char*> known;
    for (const auto& [key, to] : parts) known.push_back(key);
    const Keys k(*this, node, what, known);
    if (node.kind != Yaml::Kind::kMap) return;
    int sum = 0;
    for (const auto& [key, to] : parts) {
      const Yaml* v = k.need(key);
      *to = v ? whole(*v, 0, 100) : 0;
      sum += *to;
    }
    if (sum != 100) fail(node, fmt::format("the shares of '{}' make {}, not 100", what, sum));
  }

  void read_bands(const Yaml& node) {
    if (node.kind != Yaml::Kind::kList || node.list.empty()) {
      fail(node, "'bands' must be a list of grades, from the best down to 0");
      return;
    }
    std::set<std::string> grades;
    for (const Yaml& item : node.list) {
      const Keys k(*this, item, "a band", {"grade", "from", "zh-CN", "en"});
      GradeBand b;
      if (const Yaml* v = k.need("grade")) {
        b.grade = text(*v);
        if (!grades.insert(b.grade).second) fail(*v, "there are two bands with the grade '" + b.grade + "'");
      }
      if (const Yaml* v = k.need("from")) {
        b.from_percent = whole(*v, 0, 100);
        if (!m_.bands.empty() && b.from_percent >= m_.bands.back().from_percent) fail(*v, "bands go down: each begins below the one before it");
      }
      b.title = both(k);
      m_.bands.push_back(std::move(b));
    }
    if (m_.bands.back().from_percent != 0) fail(node.list.back(), "the last band must begin at 0, so that every total has a grade");
  }

  void read_courses(const Yaml& node) {
    if (node.kind != Yaml::Kind::kMap || node.map.empty()) {
      fail(node, "'courses' must be a map of at least one course by its code");
      return;
    }
    for (const auto& [code, value] : node.map) {
      if (!is_word(code)) fail_key(value, "'" + code.substr(0, 40) + "' is no course code", "Use letters, digits, '_', '-' and '.', at most 64");
      read_course(code, value);
    }
  }

  void read_course(const std::string& code, const Yaml& node) {
    const Keys k(*this, node, "a course", {"title", "practice_hours", "exercises"});
    Course c;
    c.code = code;
    if (const Yaml* v = k.need("title")) c.title = both(Keys(*this, *v, "a title", {"zh-CN", "en"}));
    if (const Yaml* v = k.need("practice_hours")) {
      const Keys h(*this, *v, "practice_hours", {"floor", "full"});
      if (const Yaml* x = h.need("floor")) c.floor_ch = hundredths(*x);
      if (const Yaml* x = h.need("full")) {
        c.full_ch = hundredths(*x);
        if (c.full_ch < c.floor_ch || c.full_ch == 0) fail(*x, "'full' must be more than 0 and not less than 'floor'");
      }
    }
    if (const Yaml* v = k.need("exercises")) {
      if (v->kind != Yaml::Kind::kMap || v->map.empty()) fail(*v, "'exercises' must be a map of at least one exercise, as PACK/EXERCISE");
      for (const auto& [ref, e] : v->map) read_exercise(c, ref, e);
    }
    m_.courses.push_back(std::move(c));
  }

  void read_exercise(Course& c, const std::string& ref, const Yaml& node) {
    const size_t slash = ref.find('/');
    if (slash == std::string::npos || !is_word(ref.substr(0, slash)) || !is_word(ref.substr(slash + 1))) fail_key(node, "'" + ref.substr(0, 64) + "' is no exercise", "Write PACK/EXERCISE, such as my-pack/my-exercise");
    // An attempt is worth something once.
    if (!mapped_.insert(ref).second) fail_key(node, "'" + ref.substr(0, 64) + "' belongs to a course already");
    MappedExercise e;
    e.ref = ref;
    if (node.kind != Yaml::Kind::kNull) {
      const Keys k(*this, node, "an exercise", {"unit", "wsos", "max_hours"});
      if (const Yaml* v = k.find("unit")) e.unit = text(*v);
      if (const Yaml* v = k.find("wsos")) e.wsos = text(*v);
      if (const Yaml* v = k.find("max_hours")) e.max_ch = hundredths(*v);
    }
    c.exercises.push_back(std::move(e));
  }
};

}  // namespace

const Course* Mapping::find_course(std::string_view code) const {
  for (const Course& c : courses) {
    if (c.code == code) return &c;
  }
  return nullptr;
}

std::optional<Mapping::Place> Mapping::place_of(std::string_view exercise) const {
  for (const Course& c : courses) {
    for (const MappedExercise& e : c.exercises) {
      if (e.ref == exercise) return Place{&c, &e};
    }
  }
  return std::nullopt;
}

const GradeBand& Mapping::band_of(int64_t ratio_bp) const {
  for (const GradeBand& b : bands) {
    if (ratio_bp >= int64_t{100} * b.from_percent) return b;
  }
  return bands.back();
}

MappingLoad parse_mapping(const std::string& text, const std::string& name) {
  MappingLoad load;
  auto yaml = parse_yaml(text, name);
  if (!yaml) {
    load.errors.push_back(yaml.error());
    return load;
  }
  Mapping m;
  m.sha256 = sha256_hex(text);
  Reader reader(name, m);
  reader.read(*yaml);
  load.errors = std::move(reader.errors);
  if (load.errors.empty()) load.mapping = std::move(m);
  return load;
}

MappingLoad load_mapping(const fs::path& file) {
  auto bytes = read_file(file, kMaxBytes);
  if (bytes) return parse_mapping(*bytes, file.string());
  MappingLoad load;
  load.errors.push_back(bytes.error());
  return load;
}

MappingLoad load_school_mapping(const fs::path& given) {
  const fs::path file = given.empty() ? places().config / "mapping.yaml" : given;
  std::error_code ec;
  if (given.empty() && !fs::exists(file, ec)) return {};
  return load_mapping(file);
}

std::string format_hundredths(int64_t h) { return fmt::format("{}.{:02}", h / 100, h % 100); }

}  // namespace shixun
