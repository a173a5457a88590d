// Reading a pack: YAML to the structs of pack.h. One Loader holds the pack being built and every problem found;
// a section that is broken is reported and skipped, so that an author sees all mistakes at once.

#include "engine/training/pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/hash.h"
#include "engine/base/random.h"
#include "engine/training/yaml.h"

namespace shixun {

namespace {

constexpr size_t kMaxErrors = 50;
constexpr size_t kMaxFiles = 4000;
constexpr uint64_t kMaxFileBytes = 64u << 20;
constexpr int64_t kMaxExpansion = 2'000'000;  // comparisons that all wildcards of a pack may cost: a hundred times what a large exercise needs
constexpr size_t kMaxText = 2000;  // characters of one string in a string table, in bytes

// How the YAML names an event's arguments, and what they are.
struct ArgName {
  const char* name;
  const char* key;
  bool is_text = false;
};
constexpr std::array kArgNames = {
    ArgName{"turned", "angle_cd"},   ArgName{"engaged", "engaged_cd"}, ArgName{"by_hand", "hand_cd"},   ArgName{"torque", "torque_dnm"},
    ArgName{"setting", "setting_dnm"}, ArgName{"clicked", "clicked"},  ArgName{"clear", "clear_um"},    ArgName{"height", "height_um"},
    ArgName{"lift", "lift_um"},      ArgName{"wrong", "wrong"},        ArgName{"held", "held"},         ArgName{"supports", "supports"},
    ArgName{"pressure", "pressure_pa"}, ArgName{"length", "length_um"}, ArgName{"on", "on"},            ArgName{"home", "home"},
    ArgName{"drop", "drop_um"},      ArgName{"level", "level"},        ArgName{"state", "state", true}, ArgName{"value", "value", true},
    ArgName{"spot", "at", true},     ArgName{"cause", "cause", true},  ArgName{"reason", "reason", true}};

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

template <class T>
struct Word {
  const char* name;
  T value;
};

constexpr std::array kRoles = {Word{"store", SocketDef::Role::kStore}, Word{"work", SocketDef::Role::kWork}, Word{"load_point", SocketDef::Role::kLoadPoint},
                               Word{"wrong_point", SocketDef::Role::kWrongPoint}, Word{"support", SocketDef::Role::kSupport}, Word{"chock", SocketDef::Role::kChock}};
constexpr std::array kUnitWords = {Word{"torque", Unit::kTorque}, Word{"length", Unit::kLength}, Word{"angle", Unit::kAngle},
                                   Word{"pressure", Unit::kPressure}, Word{"time", Unit::kTime}, Word{"count", Unit::kCount}};
constexpr std::array kRuleWords = {Word{"done", RuleKind::kDone}, Word{"order", RuleKind::kOrder}, Word{"hop", RuleKind::kHop}, Word{"tool", RuleKind::kTool},
                                   Word{"numeric", RuleKind::kNumeric}, Word{"measure", RuleKind::kMeasure}, Word{"record", RuleKind::kRecord},
                                   Word{"forbid", RuleKind::kForbid}, Word{"time", RuleKind::kTime}, Word{"clean5s", RuleKind::kClean5s}};

const char* unit_word(Unit u) {
  for (const auto& w : kUnitWords) {
    if (w.value == u) return w.name;
  }
  return "count";
}

class Loader {
 public:
  explicit Loader(fs::path dir) { pack_.dir = std::move(dir); }

  PackLoad run() {
    if (!hash_files()) return {std::nullopt, std::move(errors_)};
    read_manifest();
    read_strings();
    read_data();
    read_scene();
    read_exercises();
    check_strings();
    if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
    return {std::move(pack_), {}};
  }

 private:
  // ------------------------------------------------------------- errors and typed access
  void fail(const Yaml& at, std::string what, std::string hint = {}) { fail_at(at.line, at.column, std::move(what), std::move(hint)); }
  void fail_key(const Yaml& value, std::string what, std::string hint = {}) {
    fail_at(value.key_line ? value.key_line : value.line, value.key_line ? value.key_column : value.column, std::move(what), std::move(hint));
  }
  void fail_at(int line, int column, std::string what, std::string hint) {
    add({Code::kFailed, fmt::format("{}:{}:{}", file_, line, column), std::move(what), std::move(hint)});
  }
  void add(Error e) {
    if (errors_.size() < kMaxErrors) errors_.push_back(std::move(e));
  }

  // The keys of one map: what is asked for is known, the rest is refused when the reader goes out of scope.
  class Keys {
   public:
    Keys(Loader& loader, const Yaml& node, std::string what) : loader_(loader), node_(node), what_(std::move(what)) {
      if (node.kind != Yaml::Kind::kMap) loader.fail(node, what_ + " must be a map (key: value)");
    }
    Keys(const Keys&) = delete;
    ~Keys() {
      for (const auto& [key, value] : node_.map) {
        if (known_.contains(key)) continue;
        std::string list;
        for (const std::string& k : known_) list += list.empty() ? k : ", " + k;
        loader_.fail_key(value, "unknown key '" + key + "' in " + what_, "Known here: " + list);
      }
    }
    const Yaml* opt(const char* key) {
      known_.insert(key);
      const Yaml* v = node_.find(key);
      return v && v->kind != Yaml::Kind::kNull ? v : nullptr;
    }
    const Yaml* req(const char* key) {
      const Yaml* v = opt(key);
      if (!v && node_.kind == Yaml::Kind::kMap) loader_.fail(node_, what_ + " lacks '" + key + "'");
      return v;
    }
    const Yaml& node() const { return node_; }

   private:
    Loader& loader_;
    const Yaml& node_;
    std::string what_;
    std::set<std::string> known_;
  };

  std::string word(const Yaml* v) {
    if (!v) return {};
    if (v->kind != Yaml::Kind::kScalar) {
      fail(*v, "expected a word");
      return {};
    }
    return v->scalar;
  }
  std::string name(const Yaml* v) {  // an id we make things from
    std::string s = word(v);
    if (v && v->kind == Yaml::Kind::kScalar && !is_name(s)) fail(*v, "'" + s.substr(0, 40) + "' is not a name", "Use letters, digits, '_', '-' and '.', at most 64");
    return s;
  }
  bool flag(const Yaml* v) {
    if (!v) return false;
    if (v->scalar == "true") return true;
    if (v->scalar != "false") fail(*v, "expected true or false");
    return false;
  }
  std::vector<std::string> words(const Yaml* v) {  // one word or a list of words
    std::vector<std::string> out;
    if (!v) return out;
    if (v->kind == Yaml::Kind::kScalar) return {v->scalar};
    if (v->kind != Yaml::Kind::kList) fail(*v, "expected a word or a list of words");
    for (const Yaml& item : v->list) out.push_back(word(&item));
    return out;
  }
  const std::vector<Yaml>& list(const Yaml* v) {
    static const std::vector<Yaml> none;
    if (!v) return none;
    if (v->kind != Yaml::Kind::kList) {
      fail(*v, "expected a list");
      return none;
    }
    return v->list;
  }
  const std::vector<std::pair<std::string, Yaml>>& entries(const Yaml* v) {
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
  template <class T, size_t N>
  T choice(const Yaml* v, const std::array<Word<T>, N>& known, T otherwise) {
    if (!v) return otherwise;
    const std::string s = word(v);
    std::string all;
    for (const auto& w : known) {
      if (s == w.name) return w.value;
      all += all.empty() ? w.name : std::string(", ") + w.name;
    }
    fail(*v, "unknown word '" + s + "'", "Use one of: " + all);
    return otherwise;
  }
  double real(const Yaml& v) {
    char* end = nullptr;
    const double d = std::strtod(v.scalar.c_str(), &end);
    if (v.kind != Yaml::Kind::kScalar || v.scalar.empty() || *end != '\0' || !(d > -1e6 && d < 1e6)) {
      fail(v, "expected a number");
      return 0;
    }
    return d;
  }
  std::array<double, 3> vec3(const Yaml* v) {
    std::array<double, 3> out{};
    if (!v) return out;
    if (v->kind != Yaml::Kind::kList || v->list.size() != 3) {
      fail(*v, "expected three numbers [x, y, z] in metres");
      return out;
    }
    for (size_t i = 0; i < 3; ++i) out[i] = real(v->list[i]);
    return out;
  }
  Pose3 pose(const Yaml& at) {  // yaw is written in degrees
    Keys k(*this, at, "at");
    Pose3 p;
    p.pos = vec3(k.req("pos"));
    if (const Yaml* yaw = k.opt("yaw")) p.yaw = real(*yaw) * 3.14159265358979323846 / 180.0;
    return p;
  }
  int whole(const Yaml* v, int lo, int hi) {
    if (!v) return lo;
    auto q = parse_quantity(v->scalar);
    if (v->kind != Yaml::Kind::kScalar || !q || q->unit != Unit::kCount || q->value < lo || q->value > hi) {
      fail(*v, fmt::format("expected a whole number from {} to {}", lo, hi));
      return lo;
    }
    return static_cast<int>(q->value);
  }
  int64_t points(const Yaml* v) {  // "4.5" points as milli-points
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

  // "98 N·m", "$data.nut.max", "$truth.spare_pressure"; the unit must be the one asked for.
  Value value(const Yaml* v, Unit unit, bool truth_allowed = true) {
    if (!v) return {0, unit, -1};
    if (v->kind != Yaml::Kind::kScalar) {
      fail(*v, "expected a quantity");
      return {0, unit, -1};
    }
    return value_text(*v, v->scalar, unit, truth_allowed);
  }
  Value value_text(const Yaml& at, std::string_view s, Unit unit, bool truth_allowed) {
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
    Quantity q;
    if (s.starts_with("$truth.")) {
      const std::string want(s.substr(7));
      for (size_t i = 0; i < pack_.scene.truths.size(); ++i) {
        const Truth& t = pack_.scene.truths[i];
        if (t.name != want || !t.cases.empty()) continue;
        if (!truth_allowed) fail(at, "a seeded truth cannot stand here; a fixed quantity is needed");
        if (t.unit != unit) fail(at, fmt::format("{} is a {}, but a {} is needed here", s, unit_word(t.unit), unit_word(unit)));
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
    } else {
      auto parsed = parse_quantity(s);
      if (!parsed) {
        fail(at, parsed.error().what, parsed.error().hint);
        return {0, unit, -1};
      }
      q = *parsed;
    }
    if (q.unit != unit) fail(at, fmt::format("'{}' is a {}, but a {} is needed here", s, unit_word(q.unit), unit_word(unit)));
    return {q.value, unit, -1};
  }
  int64_t number(const Yaml* v, Unit unit) { return value(v, unit, false).number; }

  // ">= 30 N·m", "< 60 N·m", "88.3 N·m .. 107.9 N·m", "0 mm"
  void window(const Yaml& v, Unit unit, std::optional<Value>& lo, std::optional<Value>& hi) {
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

  void need_string(const Yaml& at, const std::string& key) { needed_strings_.push_back({key, fmt::format("{}:{}:{}", file_, at.line, at.column)}); }
  std::string string_key(const Yaml* v) {
    const std::string key = name(v);
    if (v && !key.empty()) need_string(*v, key);
    return key;
  }

  // ------------------------------------------------------------- files
  bool hash_files() {
    std::error_code ec;
    if (!fs::is_directory(pack_.dir, ec)) {
      add({Code::kFailed, pack_.dir.string(), "is not a folder", "A pack is a folder with a pack.yaml in it"});
      return false;
    }
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator it(pack_.dir, ec), end; !ec && it != end; it.increment(ec)) {
      if (it->is_symlink()) {
        add({Code::kFailed, it->path().string(), "is a symbolic link; a pack holds its files itself", "Copy the file into the pack"});
      } else if (it->is_regular_file()) {
        files.push_back(it->path());
      }
      if (files.size() > kMaxFiles) {
        add({Code::kFailed, pack_.dir.string(), fmt::format("holds more than {} files", kMaxFiles), ""});
        break;
      }
    }
    if (ec) add({Code::kEnvironment, pack_.dir.string(), "cannot be listed: " + ec.message(), ""});
    if (!errors_.empty()) return false;
    std::sort(files.begin(), files.end());
    std::string all, scoring;
    for (const fs::path& f : files) {
      auto bytes = read_file(f, kMaxFileBytes);
      if (!bytes) {
        add(bytes.error());
        return false;
      }
      const std::string rel = fs::relative(f, pack_.dir, ec).generic_string();
      const std::string line = rel + " " + sha256_hex(*bytes) + "\n";
      all += line;
      const bool scores = rel == "pack.yaml" || rel == "scene.yaml" || rel.starts_with("data/") || (rel.starts_with("exercises/") && rel.ends_with(".yaml"));
      if (scores) scoring += line;
    }
    pack_.sha256 = sha256_hex(all);
    pack_.scoring_sha256 = sha256_hex(scoring);
    return true;
  }

  const Yaml* open(const fs::path& rel) {
    const fs::path path = pack_.dir / rel;
    file_ = path.string();
    auto yaml = read_yaml(path);
    if (!yaml) {
      add(yaml.error());
      return nullptr;
    }
    return files_.emplace_back(std::make_unique<Yaml>(std::move(*yaml))).get();
  }

  std::vector<fs::path> yaml_files(const char* sub) {
    std::vector<fs::path> out;
    std::error_code ec;
    for (fs::directory_iterator it(pack_.dir / sub, ec), end; !ec && it != end; it.increment(ec)) {
      if (it->path().extension() == ".yaml") out.push_back(fs::path(sub) / it->path().filename());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  void read_manifest() {
    const Yaml* root = open("pack.yaml");
    if (!root) return;
    Keys k(*this, *root, "pack.yaml");
    if (const Yaml* format = k.req("format"); format && format->scalar != "1") fail(*format, "this program reads packs of format 1");
    pack_.id = name(k.req("id"));
    pack_.version = name(k.req("version"));
    pack_.title = string_key(k.req("title"));
    pack_.licence = word(k.req("licence"));
    manifest_exercises_ = words(k.req("exercises"));
    for (const std::string& e : manifest_exercises_) {
      if (!is_name(e) || e.find('.') != std::string::npos) fail(*root->find("exercises"), "'" + e.substr(0, 40) + "' cannot be an exercise's folder");
      if (std::count(manifest_exercises_.begin(), manifest_exercises_.end(), e) > 1) fail(*root->find("exercises"), "the exercise '" + e + "' stands here twice");
    }
  }

  void read_strings() {
    for (const Lang lang : {Lang::kZh, Lang::kEn}) {
      const Yaml* root = open(fs::path("strings") / (std::string(lang_tag(lang)) + ".yaml"));
      if (!root) continue;
      string_files_[lang] = file_;
      for (const auto& [key, value] : entries(root)) {
        if (value.kind != Yaml::Kind::kScalar || value.scalar.empty()) fail_key(value, "the text of '" + key + "' is empty");
        else if (value.scalar.size() > kMaxText) fail(value, fmt::format("the text of '{}' has {} bytes; at most {} fit a panel", key, value.scalar.size(), kMaxText));
        (lang == Lang::kZh ? pack_.strings[key].zh : pack_.strings[key].en) = value.scalar;
      }
    }
  }

  void check_strings() {
    for (const auto& [key, text] : pack_.strings) {
      if (text.zh.empty() && string_files_.contains(Lang::kZh)) add({Code::kFailed, string_files_[Lang::kZh] + ":1:1", "lacks the text '" + key + "', which the other language has", ""});
      if (text.en.empty() && string_files_.contains(Lang::kEn)) add({Code::kFailed, string_files_[Lang::kEn] + ":1:1", "lacks the text '" + key + "', which the other language has", ""});
    }
    for (const auto& [key, where] : needed_strings_) {
      if (!pack_.strings.contains(key)) add({Code::kFailed, where, "no text '" + key + "' in the string tables", "Add it to strings/zh-CN.yaml and strings/en.yaml"});
    }
  }

  void read_data() {
    for (const fs::path& rel : yaml_files("data")) {
      const Yaml* root = open(rel);
      if (!root) continue;
      for (const auto& [key, node] : entries(root)) {
        Keys k(*this, node, "the entry '" + key + "'");
        DataValue d;
        const auto quantity = [&](const Yaml* v) -> std::optional<Quantity> {
          if (!v) return std::nullopt;
          auto q = parse_quantity(word(v));
          if (!q) {
            fail(*v, q.error().what, q.error().hint);
            return std::nullopt;
          }
          return *q;
        };
        d.value = quantity(k.req("value")).value_or(Quantity{});
        d.min = quantity(k.opt("min"));
        d.max = quantity(k.opt("max"));
        d.source = word(k.req("source"));
        (void)k.opt("note");
        for (const auto& limit : {d.min, d.max}) {
          if (limit && limit->unit != d.value.unit) fail(node, "value, min and max of '" + key + "' differ in unit");
        }
        if (pack_.data.contains(key)) fail_key(node, "the entry '" + key + "' stands in another data file already");
        pack_.data[key] = std::move(d);
      }
    }
  }

  // ------------------------------------------------------------- scene
  struct Placed {  // what is resolved once all objects and sockets are known
    int object;
    const Yaml *in = nullptr, *home = nullptr, *holds = nullptr, *chocks = nullptr, *hub = nullptr, *covered = nullptr, *cap = nullptr, *body = nullptr;
    std::string prefix;  // of names inside a kind
  };
  struct LateSocket {
    int socket;
    const Yaml *clamped = nullptr, *through = nullptr;
    std::string prefix;
  };

  void read_scene() {
    const Yaml* root = open("scene.yaml");
    if (!root) return;
    scene_file_ = file_;
    Scene& s = pack_.scene;
    Keys k(*this, *root, "scene.yaml");
    if (const Yaml* truths = k.opt("truths")) read_truths(*truths);
    if (const Yaml* start = k.req("start")) {
      Keys ks(*this, *start, "start");
      s.start_eye = vec3(ks.req("eye"));
      s.start_look = vec3(ks.req("look"));
    }
    if (const Yaml* walk = k.req("walk")) {
      Keys kw(*this, *walk, "walk");
      s.walk_lower = vec3(kw.req("lower"));
      s.walk_upper = vec3(kw.req("upper"));
    }
    for (const auto& [cam, node] : entries(k.opt("cameras"))) {
      Keys kc(*this, node, "the camera '" + cam + "'");
      CameraDef c;
      c.name = cam;
      c.eye = vec3(kc.req("eye"));
      c.look = vec3(kc.req("look"));
      if (const Yaml* fov = kc.opt("fov")) c.fov_deg = real(*fov);
      if (c.fov_deg < 10 || c.fov_deg > 120) fail(node, "fov must lie between 10 and 120 degrees");
      s.cameras.push_back(std::move(c));
    }
    std::map<std::string, const Yaml*> kinds;
    for (const auto& [kind, node] : entries(k.opt("kinds"))) kinds[kind] = &node;
    std::set<std::string> used_kinds;
    for (const auto& [id, node] : entries(k.req("objects"))) {
      const Yaml* kind_node = nullptr;
      if (const Yaml* kind = node.find("kind")) {
        const auto it = kinds.find(kind->scalar);
        if (it == kinds.end()) fail(*kind, "no kind '" + kind->scalar + "' under 'kinds'");
        else {
          kind_node = it->second;
          used_kinds.insert(it->first);
        }
      }
      read_object(id, node, kind_node, -1, "");
    }
    for (const auto& [kind, node] : kinds) {
      if (!used_kinds.contains(kind)) fail_key(*node, "the kind '" + kind + "' is not used by any object");
    }
    resolve_scene();
  }

  void read_truths(const Yaml& truths) {
    Scene& s = pack_.scene;
    const auto index = [&](const Yaml& at, const std::string& want) {
      for (size_t i = 0; i < s.truths.size(); ++i) {
        if (s.truths[i].name == want && s.truths[i].cases.empty()) return static_cast<int>(i);
      }
      fail(at, "no truth '" + want + "' with a number stands above this one");
      return -1;
    };
    for (const auto& [truth_name, node] : entries(&truths)) {
      Keys k(*this, node, "the truth '" + truth_name + "'");
      Truth t;
      t.name = truth_name;
      const Yaml *from = k.opt("from"), *choose = k.opt("choose"), *min_of = k.opt("min_of"), *cases = k.opt("cases");
      const Yaml *to = k.opt("to"), *step = k.opt("step");
      if (!!from + !!choose + !!min_of + !!cases != 1) fail(node, "a truth needs exactly one of: from/to/step, choose, min_of, cases");
      if (from && to && step) {
        auto q = parse_quantity(word(from));
        t.unit = q ? q->unit : Unit::kCount;
        t.from = number(from, t.unit);
        t.to = number(to, t.unit);
        t.step = number(step, t.unit);
        if (t.step <= 0 || t.to < t.from || (t.to - t.from) / std::max<int64_t>(t.step, 1) > 1000000) fail(node, "from, to and step do not make a range");
      } else if (from) {
        fail(node, "a range needs from, to and step");
      }
      for (const Yaml& c : list(choose)) {
        auto q = parse_quantity(word(&c));
        if (!q) fail(c, q.error().what, q.error().hint);
        else {
          if (!t.choose.empty() && q->unit != t.unit) fail(c, "the choices differ in unit");
          t.unit = q->unit;
          t.choose.push_back(q->value);
        }
      }
      for (const Yaml& m : list(min_of)) {
        const int i = index(m, word(&m));
        if (i < 0) continue;
        t.unit = s.truths[static_cast<size_t>(i)].unit;
        t.min_of.push_back(i);
      }
      for (const Yaml& c : list(cases)) {
        Keys kc(*this, c, "a case");
        Truth::Case one;
        one.is = name(kc.req("is"));
        if (const Yaml* when = kc.opt("when")) {
          if (when->kind != Yaml::Kind::kMap || when->map.size() != 1) fail(*when, "expected {truth: window}");
          else {
            one.truth = index(*when, when->map[0].first);
            std::optional<Value> lo, hi;
            if (one.truth >= 0) window(when->map[0].second, s.truths[static_cast<size_t>(one.truth)].unit, lo, hi);
            if (lo) one.lo = lo->number;
            if (hi) one.hi = hi->number;
          }
        }
        t.cases.push_back(std::move(one));
      }
      if (cases && (t.cases.empty() || t.cases.back().truth >= 0)) fail(*cases, "the last case must have no 'when', so that one always holds");
      s.truths.push_back(std::move(t));
    }
  }

  // An object's own map wins over its kind's, key by key.
  struct Layers {
    Keys own;
    std::optional<Keys> kind;
    Layers(Loader& l, const Yaml& node, const Yaml* kind_node, const std::string& what) : own(l, node, what) {
      if (kind_node) kind.emplace(l, *kind_node, "the kind");
    }
    const Yaml* opt(const char* key) {
      const Yaml* base = kind ? kind->opt(key) : nullptr;
      const Yaml* v = own.opt(key);
      return v ? v : base;
    }
  };

  int read_object(const std::string& id, const Yaml& node, const Yaml* kind_node, int owner, const std::string& prefix) {
    Scene& s = pack_.scene;
    const int index = static_cast<int>(s.objects.size());
    if (s.find_object(id) >= 0) fail_key(node, "the object '" + id + "' stands here twice");
    if (id == "hand" || id == "floor" || id == "worn") fail_key(node, "'" + id + "' cannot name an object: events use it for themselves");
    s.objects.emplace_back();
    ObjectDef o;
    o.id = id;
    o.part_of = owner;
    Placed late;
    late.object = index;
    late.prefix = prefix;
    const Yaml* parts = nullptr;
    {
      Layers k(*this, node, kind_node, "the object '" + id + "'");
      (void)k.own.opt("kind");
      values_ = k.own.opt("values") ? k.own.opt("values") : (owner < 0 ? nullptr : values_);
      o.static_scenery = flag(k.opt("scenery"));
      if (const Yaml* v = k.opt("name")) o.name = string_key(v);
      else if (!o.static_scenery) fail(node, "the object '" + id + "' lacks 'name' (a string key); scenery needs 'scenery: true'");
      if (const Yaml* v = k.opt("model")) o.model = model_name(*v);
      if (const Yaml* v = k.opt("node")) o.node = name(v);
      late.in = k.opt("in");
      if (const Yaml* at = k.opt("at")) o.at = pose(*at);
      read_mechanisms(k, o, late, id);
      for (const auto& [socket_name, socket] : entries(k.opt("sockets"))) read_socket(id, index, socket_name, socket);
      parts = k.opt("parts");
      if (const Yaml* d = k.opt("drums")) o.drums = words(d);
      if (const Yaml* n = k.opt("needle")) o.needle = name(n);
    }
    s.objects[static_cast<size_t>(index)] = std::move(o);
    late_objects_.push_back(late);
    const Yaml* values = values_;
    for (const auto& [part, part_node] : entries(parts)) {
      if (owner >= 0) fail_key(part_node, "a part cannot have parts");
      values_ = values;
      read_object(id + "." + part, part_node, nullptr, index, id + ".");
    }
    values_ = nullptr;
    return index;
  }

  std::string model_name(const Yaml& v) {
    const std::string s = word(&v);
    const bool in_pack = s.starts_with("models/");
    const std::string stem = in_pack ? s.substr(7) : s;
    if (!is_name(stem) || stem.find("..") != std::string::npos) {
      fail(v, "'" + s.substr(0, 80) + "' is not a model", "Name a shared model (\"alloy_wheel\") or a file of this pack (\"models/part.glb\"); a path never leaves the pack");
      return {};
    }
    return s;
  }

  void read_mechanisms(Layers& k, ObjectDef& o, Placed& late, const std::string& id) {
    if (const Yaml* v = k.opt("item")) {
      Keys m(*this, *v, "item");
      o.item = ItemDef{name(m.req("tag")), -1};
      late.home = m.opt("home");
    }
    if (const Yaml* home = k.own.opt("home")) late.home = home;
    if (const Yaml* v = k.opt("fastener")) {
      Keys m(*this, *v, "fastener");
      FastenerDef f;
      f.seat_cd = number(m.req("seat"), Unit::kAngle);
      f.dnm_per_turn = number(m.req("stiffness_per_turn"), Unit::kTorque);
      f.torque_dnm = number(m.opt("torque"), Unit::kTorque);
      f.size = name(m.req("size"));
      if (f.seat_cd <= 0 || f.dnm_per_turn <= 0 || f.torque_dnm < 0) fail(*v, "seat and stiffness must be positive, torque not negative");
      o.fastener = std::move(f);
    }
    if (const Yaml* v = k.opt("wrench")) {
      Keys m(*this, *v, "wrench");
      WrenchDef w;
      w.size = name(m.req("size"));
      w.limit_dnm = number(m.req("limit"), Unit::kTorque);
      if (const Yaml* c = m.opt("click")) {
        Keys mc(*this, *c, "click");
        w.clicks = true;
        w.min_dnm = number(mc.req("min"), Unit::kTorque);
        w.max_dnm = number(mc.req("max"), Unit::kTorque);
        w.step_dnm = number(mc.req("step"), Unit::kTorque);
        w.initial_dnm = number(mc.req("initial"), Unit::kTorque);
        w.give_cd = number(mc.req("give"), Unit::kAngle);
        if (w.step_dnm <= 0 || w.min_dnm < 0 || w.max_dnm < w.min_dnm || w.initial_dnm < w.min_dnm || w.initial_dnm > w.max_dnm || w.give_cd < 0) fail(*c, "the settings do not fit together: 0 <= min <= initial <= max, step > 0");
      }
      if (w.limit_dnm <= 0) fail(*v, "limit must be positive");
      o.wrench = std::move(w);
    }
    if (const Yaml* v = k.opt("lift")) {
      Keys m(*this, *v, "lift");
      LiftDef l;
      l.min_um = number(m.req("min"), Unit::kLength);
      l.max_um = number(m.req("max"), Unit::kLength);
      l.step_um = number(m.req("step"), Unit::kLength);
      if (const Yaml* c = m.opt("clip")) l.clip = name(c);
      if (l.min_um <= 0 || l.max_um <= l.min_um || l.step_um <= 0) fail(*v, "heights must satisfy 0 < min < max, step > 0");
      o.lift = std::move(l);
    }
    if (const Yaml* v = k.opt("support")) {
      Keys m(*this, *v, "support");
      SupportDef d;
      d.min_lift_um = number(m.req("min_lift"), Unit::kLength);
      if (const Yaml* c = m.opt("clip")) d.clip = name(c);
      o.support = std::move(d);
    }
    if (const Yaml* v = k.opt("body")) {
      Keys m(*this, *v, "body");
      BodyDef b;
      b.droop_um = number(m.req("droop"), Unit::kLength);
      b.slip_um = number(m.req("slip"), Unit::kLength);
      b.bare_um = number(m.req("bare"), Unit::kLength);
      b.pivot = vec3(m.req("pivot"));
      late.hub = m.req("hub");
      late.holds = m.opt("holds");
      late.chocks = m.opt("chocks");
      o.body = std::move(b);
    }
    if (const Yaml* v = k.opt("lever")) {
      Keys m(*this, *v, "lever");
      LeverDef l;
      l.states = words(m.req("states"));
      l.initial = word(m.req("initial"));
      if (std::find(l.states.begin(), l.states.end(), l.initial) == l.states.end()) fail(*v, "the initial state is not one of the states");
      for (const std::string& st : l.states) need_string(*v, o.name + "." + st);
      o.lever = std::move(l);
    }
    if (const Yaml* v = k.opt("surface")) {
      Keys m(*this, *v, "surface");
      SurfaceDef d;
      d.states = words(m.req("states"));
      d.initial = word(m.req("initial"));
      late.covered = m.opt("covered_by");
      if (std::find(d.states.begin(), d.states.end(), d.initial) == d.states.end()) fail(*v, "the initial state is not one of the states");
      o.surface = std::move(d);
    }
    if (const Yaml* v = k.opt("apply")) {
      Keys m(*this, *v, "apply");
      o.apply = ApplyDef{word(m.req("state"))};
    }
    if (const Yaml* v = k.opt("instrument")) {
      Keys m(*this, *v, "instrument");
      InstrumentDef d;
      d.unit = choice(m.req("measures"), kUnitWords, Unit::kLength);
      d.resolution = number(m.req("resolution"), d.unit);
      if (d.resolution <= 0) fail(*v, "the resolution must be positive");
      o.instrument = d;
    }
    if (const Yaml* v = k.opt("point")) {
      Keys m(*this, *v, "point");
      PointDef d;
      d.unit = choice(m.req("measures"), kUnitWords, Unit::kLength);
      d.value = value(own_value(id, m.opt("value"), *v), d.unit);
      o.point = d;
    }
    if (const Yaml* v = k.opt("vessel")) {
      Keys m(*this, *v, "vessel");
      VesselDef d;
      d.step_pa = number(m.req("step"), Unit::kPressure);
      d.max_pa = number(m.req("max"), Unit::kPressure);
      d.pressure = value(own_value(id, m.opt("pressure"), *v), Unit::kPressure);
      late.cap = m.opt("cap");
      if (d.step_pa <= 0 || d.max_pa <= 0) fail(*v, "step and max must be positive");
      o.vessel = d;
    }
    if (const Yaml* v = k.opt("pump"); v && flag(v)) o.pump = PumpDef{};
    if (const Yaml* v = k.opt("label")) {
      Keys m(*this, *v, "label");
      LabelDef d;
      if (const Yaml* t = m.opt("text")) d.text = string_key(t);
      else d.value = value(own_value(id, m.opt("value"), *v), Unit::kCount);
      o.label = std::move(d);
    }
    if (const Yaml* v = k.opt("wearable"); v && flag(v)) {
      o.wearable = WearableDef{};
      if (!o.item) fail(*v, "what is worn must be an 'item' too: it is held when it is taken off");
    }
    if (const Yaml* v = k.opt("zone")) {
      Keys m(*this, *v, "zone");
      ZoneDef z;
      z.lower = vec3(m.req("lower"));
      z.upper = vec3(m.req("upper"));
      late.body = m.req("body");
      o.zone = z;
    }
  }

  // A kind's part takes its value from the object's `values: {part: ...}` if that has one.
  const Yaml* own_value(const std::string& id, const Yaml* otherwise, const Yaml& at) {
    const size_t dot = id.rfind('.');
    if (values_ && dot != std::string::npos) {
      if (const Yaml* v = values_->find(id.substr(dot + 1))) return v;
    }
    if (!otherwise) fail(at, "'" + id + "' has no value: neither here nor in the object's 'values'");
    return otherwise;
  }

  void read_socket(const std::string& owner_id, int owner, const std::string& socket_name, const Yaml& node) {
    Keys k(*this, node, "the socket '" + socket_name + "'");
    SocketDef s;
    s.id = owner_id + "." + socket_name;
    s.owner = owner;
    if (const Yaml* at = k.opt("at")) s.at = pose(*at);
    else s.anchor = name(k.req("anchor"));
    s.accepts = words(k.req("accepts"));
    s.role = choice(k.opt("role"), kRoles, SocketDef::Role::kStore);
    if (const Yaml* h = k.opt("height")) s.height_um = number(h, Unit::kLength);
    const bool is_point = s.role == SocketDef::Role::kLoadPoint || s.role == SocketDef::Role::kWrongPoint;
    if (is_point && s.height_um <= 0) fail(node, "a load point needs its height above the ground");
    if (pack_.scene.find_socket(s.id) >= 0) fail_key(node, "the socket '" + s.id + "' stands here twice");
    late_sockets_.push_back({static_cast<int>(pack_.scene.sockets.size()), k.opt("clamped_by"), k.opt("through"), owner_id + "."});
    pack_.scene.sockets.push_back(std::move(s));
  }

  int socket_ref(const Yaml* v, const std::string& prefix) {
    if (!v) return -1;
    const std::string want = word(v);
    for (const std::string& id : {want, prefix + want}) {
      if (const int i = pack_.scene.find_socket(id); i >= 0) return i;
    }
    fail(*v, "no socket '" + want + "'");
    return -1;
  }
  int object_ref(const Yaml* v) {
    if (!v) return -1;
    const int i = pack_.scene.find_object(word(v));
    if (i < 0) fail(*v, "no object '" + word(v) + "' in scene.yaml");
    return i;
  }
  // Each pattern is compared with every name of the scene; a pack may not make that endless.
  bool affordable(const Yaml& at) {
    if (expansion_ > kMaxExpansion) return false;
    expansion_ += static_cast<int64_t>(pack_.scene.objects.size() + pack_.scene.sockets.size()) + 1;
    if (expansion_ > kMaxExpansion) fail(at, "the pack's lists and wildcards name too many things", "Name fewer, or split the pack");
    return expansion_ <= kMaxExpansion;
  }
  std::vector<int> socket_refs(const Yaml* v, const std::string& prefix) {
    std::vector<int> out;
    if (!v) return out;
    for (const std::string& pattern : words(v)) {
      if (!affordable(*v)) return out;
      const size_t before = out.size();
      for (size_t i = 0; i < pack_.scene.sockets.size(); ++i) {
        const std::string& id = pack_.scene.sockets[i].id;
        if (glob_match(pattern, id) || glob_match(prefix + pattern, id)) out.push_back(static_cast<int>(i));
      }
      if (out.size() == before) fail(*v, "no socket matches '" + pattern + "'");
    }
    return out;
  }

  void resolve_scene() {
    Scene& s = pack_.scene;
    file_ = scene_file_;
    for (const LateSocket& l : late_sockets_) {
      SocketDef& socket = s.sockets[static_cast<size_t>(l.socket)];
      socket.clamped_by = socket_refs(l.clamped, l.prefix);
      socket.through = socket_ref(l.through, l.prefix);
    }
    std::vector<int> filled(s.sockets.size(), -1);
    for (const Placed& l : late_objects_) {
      ObjectDef& o = s.objects[static_cast<size_t>(l.object)];
      const std::string prefix = o.id + ".";
      if (l.in) {
        o.in = socket_ref(l.in, prefix);
        if (o.in >= 0) {
          int& there = filled[static_cast<size_t>(o.in)];
          if (there >= 0) fail(*l.in, "'" + s.objects[static_cast<size_t>(there)].id + "' starts in this socket already");
          there = l.object;
          const auto& accepts = s.sockets[static_cast<size_t>(o.in)].accepts;
          const std::string tag = o.item ? o.item->tag : "";
          if (std::find(accepts.begin(), accepts.end(), tag) == accepts.end()) fail(*l.in, "this socket does not accept '" + tag + "'");
        }
      }
      if (o.item) o.item->home = l.home ? socket_ref(l.home, prefix) : o.in;
      int carrier = l.object;
      for (size_t depth = 0; carrier >= 0 && depth <= s.objects.size(); ++depth) {
        const int in = s.objects[static_cast<size_t>(carrier)].in;
        carrier = in < 0 ? -1 : s.sockets[static_cast<size_t>(in)].owner;
        if (carrier >= 0 && s.objects[static_cast<size_t>(carrier)].part_of >= 0) carrier = s.objects[static_cast<size_t>(carrier)].part_of;
      }
      if (carrier >= 0) fail(*l.in, "'" + o.id + "' sits on itself, by way of what it sits in");
      if (o.body) {
        o.body->hub = socket_ref(l.hub, prefix);
        o.body->chocks = socket_refs(l.chocks, prefix);
        for (const Yaml& h : list(l.holds)) {
          Keys k(*this, h, "a hold");
          HoldDef hold{object_ref(k.req("lever")), word(k.req("state"))};
          const ObjectDef* lever = hold.lever < 0 ? nullptr : &s.objects[static_cast<size_t>(hold.lever)];
          if (lever && (!lever->lever || std::find(lever->lever->states.begin(), lever->lever->states.end(), hold.state) == lever->lever->states.end())) fail(h, "'" + lever->id + "' has no state '" + hold.state + "'");
          o.body->holds.push_back(std::move(hold));
        }
      }
      if (o.surface) o.surface->covered_by = socket_ref(l.covered, prefix);
      if (o.vessel) o.vessel->cap = socket_ref(l.cap, l.prefix);
      if (o.zone) {
        o.zone->body = object_ref(l.body);
        if (o.zone->body >= 0 && !s.objects[static_cast<size_t>(o.zone->body)].body) fail(*l.body, "this object is not a body");
      }
    }
  }

  // ------------------------------------------------------------- exercises
  void read_exercises() {
    for (const std::string& id : manifest_exercises_) {
      if (!is_name(id)) continue;
      Exercise e;
      e.id = id;
      e.dir = pack_.dir / "exercises" / id;
      exercise_ = &e;
      read_scenario(fs::path("exercises") / id / "scenario.yaml");
      read_rubric(fs::path("exercises") / id / "rubric.yaml");
      exercise_ = nullptr;
      pack_.exercises.push_back(std::move(e));
    }
  }

  void read_scenario(const fs::path& rel) {
    const Yaml* root = open(rel);
    if (!root) return;
    Exercise& e = *exercise_;
    Keys k(*this, *root, "scenario.yaml");
    e.title = string_key(k.req("title"));
    e.brief = string_key(k.req("brief"));
    for (const auto& [id, node] : entries(k.opt("sheet"))) {
      Keys kf(*this, node, "the field '" + id + "'");
      Field f;
      f.id = id;
      f.name = string_key(kf.req("name"));
      f.choices = words(kf.opt("choices"));
      f.is_choice = !f.choices.empty();
      for (const std::string& c : f.choices) need_string(node, f.name + "." + c);
      f.unit = choice(kf.opt("unit"), kUnitWords, Unit::kCount);
      e.sheet.push_back(std::move(f));
    }
    for (const auto& [id, node] : entries(k.opt("lines"))) e.lines.push_back({id, string_key(&node)});
    // Steps name moments and moments may name steps (hints): names first.
    const Yaml* steps = k.req("steps");
    for (const Yaml& node : list(steps)) e.steps.emplace_back().id = node.find("id") ? node.find("id")->scalar : "";
    for (const auto& [id, node] : entries(k.req("moments"))) read_moment(id, node);
    size_t i = 0;
    for (const Yaml& node : list(steps)) {
      Step& s = e.steps[i++];
      Keys ks(*this, node, "a step");
      s.id = name(ks.req("id"));
      if (std::count_if(e.steps.begin(), e.steps.end(), [&](const Step& other) { return other.id == s.id; }) > 1) fail(node, "the step '" + s.id + "' stands here twice");
      s.title = string_key(ks.req("title"));
      for (const Yaml& g : list(ks.req("goal"))) s.goal.push_back(moment_ref(&g));
      for (const std::string& pattern : words(ks.req("unlock"))) {
        const std::vector<std::string> ids = expand(*ks.req("unlock"), pattern);
        s.unlock.insert(s.unlock.end(), ids.begin(), ids.end());
      }
      s.aspects = words(ks.opt("aspects"));
      s.hint = string_key(ks.req("hint"));
      const Yaml* look = ks.req("look_at");
      s.look_at = word(look);
      if (look && pack_.scene.find_object(s.look_at) < 0 && pack_.scene.find_socket(s.look_at) < 0) fail(*look, "no object or socket '" + s.look_at + "' in scene.yaml");
    }
  }

  // Names an event's `o` may have, matching a pattern: objects, sockets, fields, lines, steps.
  std::vector<std::string> expand(const Yaml& at, const std::string& pattern) {
    std::vector<std::string> out;
    if (!affordable(at)) return out;
    const auto take = [&](const std::string& id) {
      if (glob_match(pattern, id)) out.push_back(id);
    };
    for (const ObjectDef& o : pack_.scene.objects) take(o.id);
    for (const SocketDef& s : pack_.scene.sockets) take(s.id);
    for (const Field& f : exercise_->sheet) take(f.id);
    for (const Line& l : exercise_->lines) take(l.id);
    for (const Step& s : exercise_->steps) take(s.id);
    if (out.empty()) fail(at, "nothing in the scene is called '" + pattern + "'", "Objects and sockets are declared in scene.yaml; fields, lines and steps in scenario.yaml");
    return out;
  }

  void read_moment(const std::string& id, const Yaml& node) {
    Keys k(*this, node, "the moment '" + id + "'");
    Moment m;
    m.name = id;
    m.line = node.line;
    const Yaml* verbs = k.req("do");
    for (const std::string& v : words(verbs)) {
      auto verb = verb_from_name(v);
      if (!verb) fail(*verbs, verb.error().what, verb.error().hint);
      else m.verbs.push_back(*verb);
    }
    if (const Yaml* on = k.opt("on")) {
      for (const std::string& pattern : words(on)) {
        for (std::string& name_found : expand(*on, pattern)) m.on.push_back(std::move(name_found));
      }
    }
    if (const Yaml* at = k.opt("at")) {
      for (const std::string& pattern : words(at)) {
        for (std::string& name_found : expand(*at, pattern)) m.at.push_back(std::move(name_found));
      }
    }
    if (const Yaml* tool = k.opt("with")) m.tools = tools(*tool);
    if (const Yaml* where = k.opt("where")) {
      for (const auto& [key, v] : entries(where)) {
        const auto* info = std::find_if(kArgNames.begin(), kArgNames.end(), [&](const ArgName& a) { return key == a.name; });
        if (info == kArgNames.end()) {
          std::string all;
          for (const ArgName& a : kArgNames) all += all.empty() ? a.name : std::string(", ") + a.name;
          fail_key(v, "an event has no '" + key + "'", "Use one of: " + all);
          continue;
        }
        Where w;
        w.key = info->key;
        w.is_text = info->is_text;
        if (w.is_text) {
          w.text = word(&v);
          if (w.text.starts_with("!= ")) {
            w.negate = true;
            w.text = w.text.substr(3);
          }
        } else {
          window(v, unit_of_key(w.key), w.lo, w.hi);
        }
        m.where.push_back(std::move(w));
      }
    }
    m.all = flag(k.opt("all"));
    m.last = flag(k.opt("last"));
    exercise_->moments.push_back(std::move(m));
  }

  std::vector<std::string> tools(const Yaml& v) {
    std::vector<std::string> out = words(&v);
    for (const std::string& t : out) {
      if (t != "hand" && pack_.scene.find_object(t) < 0) fail(v, "no object '" + t + "' in scene.yaml");
    }
    return out;
  }

  int moment_ref(const Yaml* v) {
    if (!v) return -1;
    const std::string want = word(v);
    for (size_t i = 0; i < exercise_->moments.size(); ++i) {
      if (exercise_->moments[i].name == want) return static_cast<int>(i);
    }
    fail(*v, "no moment '" + want + "' in scenario.yaml");
    return -1;
  }

  void read_rubric(const fs::path& rel) {
    const Yaml* root = open(rel);
    if (!root) return;
    Exercise& e = *exercise_;
    Keys k(*this, *root, "rubric.yaml");
    if (const Yaml* pass = k.req("pass")) {
      Keys kp(*this, *pass, "pass");
      e.pass_mp = points(kp.req("total"));
      e.safety_percent = whole(kp.req("safety_percent"), 0, 100);
    }
    int64_t sum = 0;
    const Yaml* criteria = k.req("criteria");
    for (const Yaml& node : list(criteria)) {
      Keys kc(*this, node, "a criterion");
      Criterion c{name(kc.req("id")), string_key(kc.req("title")), flag(kc.opt("safety"))};
      if (std::any_of(e.criteria.begin(), e.criteria.end(), [&](const Criterion& other) { return other.id == c.id; })) fail(node, "the criterion '" + c.id + "' stands here twice");
      for (const Yaml& aspect : list(kc.req("aspects"))) {
        read_aspect(aspect, c.id);
        if (!e.aspects.empty()) sum += e.aspects.back().max_mp;
      }
      e.criteria.push_back(std::move(c));
    }
    if (criteria && sum != 100000) fail_key(*criteria, fmt::format("the marks sum to {}.{:03}; they must sum to 100", sum / 1000, sum % 1000));
    for (const Step& s : e.steps) {
      for (const std::string& id : s.aspects) {
        if (std::none_of(e.aspects.begin(), e.aspects.end(), [&](const Aspect& a) { return a.id == id; })) fail(*root, "the step '" + s.id + "' in scenario.yaml names the aspect '" + id + "', which the rubric does not have");
      }
    }
    for (const Yaml& node : list(k.opt("tests"))) read_test(node);
  }

  void read_aspect(const Yaml& node, const std::string& criterion) {
    Exercise& e = *exercise_;
    Keys k(*this, node, "an aspect");
    Aspect a;
    a.id = name(k.req("id"));
    a.criterion = criterion;
    a.title = string_key(k.req("title"));
    if (std::any_of(e.aspects.begin(), e.aspects.end(), [&](const Aspect& other) { return other.id == a.id; })) fail(node, "the aspect '" + a.id + "' stands here twice");
    constexpr std::array lenses = {Word{"process", Lens::kProcess}, Word{"outcome", Lens::kOutcome}};
    a.lens = choice(k.req("lens"), lenses, Lens::kProcess);
    if (const Yaml* max = k.opt("max")) a.max_mp = points(max);
    a.kind = choice(k.req("rule"), kRuleWords, RuleKind::kDone);
    if (const Yaml* code = k.opt("code")) a.code = name(code);
    if (a.max_mp == 0 && a.kind != RuleKind::kForbid) fail(node, "the aspect '" + a.id + "' has no marks ('max')");
    read_rule(k, node, a);
    e.aspects.push_back(std::move(a));
  }

  void read_rule(Keys& k, const Yaml& node, Aspect& a) {
    switch (a.kind) {
      case RuleKind::kDone:
        for (const Yaml& m : list(k.req("moments"))) a.moments.push_back(moment_ref(&m));
        if (a.moments.empty()) fail(node, "done needs at least one moment");
        break;
      case RuleKind::kOrder: {
        constexpr std::array judges = {Word{"first", false}, Word{"last", true}};
        a.judge_last = choice(k.req("judge"), judges, false);
        for (const Yaml& p : list(k.req("pairs"))) {
          if (p.kind != Yaml::Kind::kList || p.list.size() != 2) fail(p, "expected a pair [earlier, later]");
          else a.pairs.emplace_back(moment_ref(&p.list[0]), moment_ref(&p.list[1]));
        }
        if (a.pairs.empty()) fail(node, "an order needs at least one pair");
        break;
      }
      case RuleKind::kHop:
        a.moment = moment_ref(k.req("moment"));
        if (const Yaml* ring = k.req("ring")) {
          for (const std::string& pattern : words(ring)) {
            for (std::string& id : expand(*ring, pattern)) a.ring.push_back(std::move(id));
          }
        }
        a.step = whole(k.req("step"), 1, 100);
        a.hops = whole(k.req("hops"), 1, 100);
        if (a.ring.size() < 3) fail(node, "a ring needs at least three places");
        break;
      case RuleKind::kTool:
        a.moment = moment_ref(k.req("moment"));
        if (const Yaml* t = k.req("tools")) a.tools = tools(*t);
        if (const Yaml* t = k.opt("half")) a.half_tools = tools(*t);
        if (a.tools.empty()) fail(node, "tool needs at least one tool");
        break;
      case RuleKind::kNumeric: {
        a.moment = moment_ref(k.req("moment"));
        const Yaml* of = k.req("value");
        const auto* info = of ? std::find_if(kArgNames.begin(), kArgNames.end(), [&](const ArgName& n) { return word(of) == n.name && !n.is_text; }) : kArgNames.end();
        if (of && info == kArgNames.end()) fail(*of, "an event has no number '" + word(of) + "'");
        if (info != kArgNames.end()) a.key = info->key;
        const Unit unit = unit_of_key(a.key);
        if (const Yaml* full = k.req("full")) window(*full, unit, a.lo, a.hi);
        if (const Yaml* zero = k.opt("zero")) window(*zero, unit, a.zlo, a.zhi);
        constexpr std::array takes = {Word{"last", false}, Word{"first", true}};
        a.first = choice(k.opt("take"), takes, false);
        if (a.zlo && a.lo && a.zlo->truth < 0 && a.lo->truth < 0 && a.zlo->number >= a.lo->number) fail(node, "the lower zero limit must lie below the full window");
        if (a.zhi && a.hi && a.zhi->truth < 0 && a.hi->truth < 0 && a.zhi->number <= a.hi->number) fail(node, "the upper zero limit must lie above the full window");
        break;
      }
      case RuleKind::kMeasure:
        if (const Yaml* points_node = k.req("points")) {
          for (const std::string& pattern : words(points_node)) {
            for (std::string& id : expand(*points_node, pattern)) a.points.push_back(std::move(id));
          }
        }
        if (const Yaml* t = k.req("tools")) a.tools = tools(*t);
        if (const Yaml* m = k.opt("after")) a.state_moment = moment_ref(m);
        read_written(k, a, false);
        if (a.points.empty() || a.tools.empty()) fail(node, "measure needs at least one point and one tool");
        break;
      case RuleKind::kRecord: read_written(k, a, true); break;
      case RuleKind::kForbid: {
        a.moment = moment_ref(k.req("moment"));
        constexpr std::array severities = {Word{"minor", Severity::kMinor}, Word{"major", Severity::kMajor}, Word{"critical", Severity::kCritical}};
        a.severity = choice(k.req("severity"), severities, Severity::kMinor);
        if (const Yaml* m = k.opt("before")) a.before = moment_ref(m);
        if (const Yaml* m = k.opt("after")) a.after = moment_ref(m);
        if (const Yaml* m = k.opt("unless")) a.unless = moment_ref(m);
        if (a.code.empty()) fail(node, "a forbidden act needs a 'code'");
        break;
      }
      case RuleKind::kTime:
        a.full_ms = number(k.req("full"), Unit::kTime);
        a.zero_ms = number(k.req("zero"), Unit::kTime);
        if (a.zero_ms <= a.full_ms) fail(node, "'zero' must be later than 'full'");
        break;
      case RuleKind::kClean5s:
        for (const Yaml& item : list(k.req("items"))) {
          Keys ki(*this, item, "an item");
          a.moments.push_back(moment_ref(ki.req("moment")));
          a.item_names.push_back(string_key(ki.req("title")));
        }
        if (a.moments.empty()) fail(node, "clean5s needs at least one item");
        break;
    }
  }

  void read_written(Keys& k, Aspect& a, bool required) {
    const Yaml* field = required ? k.req("field") : k.opt("field");
    if (!field) return;
    a.field = word(field);
    const auto it = std::find_if(exercise_->sheet.begin(), exercise_->sheet.end(), [&](const Field& f) { return f.id == a.field; });
    if (it == exercise_->sheet.end()) {
      fail(*field, "no field '" + a.field + "' in the sheet of scenario.yaml");
      return;
    }
    const Yaml* truth = k.req("truth");
    if (!truth) return;
    if (!it->is_choice) {
      a.truth = value(truth, it->unit);
      a.tol = number(k.req("tol"), it->unit);
      return;
    }
    const std::string s = word(truth);
    if (s.starts_with("$truth.")) {
      for (size_t i = 0; i < pack_.scene.truths.size(); ++i) {
        if (pack_.scene.truths[i].name == s.substr(7) && !pack_.scene.truths[i].cases.empty()) a.truth_word = static_cast<int>(i);
      }
      if (a.truth_word < 0) fail(*truth, "no truth '" + s.substr(7) + "' with words in scene.yaml");
    } else {
      a.word = s;
      if (std::find(it->choices.begin(), it->choices.end(), s) == it->choices.end()) fail(*truth, "'" + s + "' is not one of the field's choices");
    }
  }

  void read_test(const Yaml& node) {
    Keys k(*this, node, "a test");
    PackTest t;
    t.line = node.line;
    t.trace = name(k.req("trace"));
    t.verdict = word(k.req("verdict"));
    if (t.verdict != "pass" && t.verdict != "fail") fail(node, "the verdict must be pass or fail");
    t.codes = words(k.req("codes"));
    std::sort(t.codes.begin(), t.codes.end());
    if (const Yaml* v = k.opt("total")) t.total_mp = points(v);
    if (const Yaml* v = k.opt("total_min")) t.total_min_mp = points(v);
    if (const Yaml* v = k.opt("mode")) t.mode = word(v);
    for (const auto& [id, v] : entries(k.opt("marks"))) {
      t.marks[id] = points(&v);
      if (std::none_of(exercise_->aspects.begin(), exercise_->aspects.end(), [&, want = id](const Aspect& a) { return a.id == want; })) fail_key(v, "no aspect '" + id + "'");
    }
    exercise_->tests.push_back(std::move(t));
  }

  Pack pack_;
  std::vector<Error> errors_;
  std::string file_, scene_file_;
  std::vector<std::unique_ptr<Yaml>> files_;
  std::map<Lang, std::string> string_files_;
  std::vector<std::pair<std::string, std::string>> needed_strings_;  // key, where
  std::vector<std::string> manifest_exercises_;
  std::vector<Placed> late_objects_;
  std::vector<LateSocket> late_sockets_;
  const Yaml* values_ = nullptr;
  Exercise* exercise_ = nullptr;
  int64_t expansion_ = 0;
};

}  // namespace

int Scene::find_object(std::string_view id) const {
  for (size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

int Scene::find_socket(std::string_view id) const {
  for (size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

const Exercise* Pack::find_exercise(std::string_view exercise_id) const {
  for (const Exercise& e : exercises) {
    if (e.id == exercise_id) return &e;
  }
  return nullptr;
}

const Text& Pack::text(const std::string& key) const {
  static const Text none;
  const auto it = strings.find(key);
  return it == strings.end() ? none : it->second;
}

PackLoad load_pack(const fs::path& dir) { return Loader(dir).run(); }

Result<fs::path> find_pack(std::string_view name_or_dir) {
  std::error_code ec;
  const fs::path as_given(name_or_dir);
  if (fs::is_directory(as_given, ec) && fs::exists(as_given / "pack.yaml", ec)) return as_given;
  auto root = data_root();
  if (root && is_name(name_or_dir)) {
    const fs::path dir = *root / "scenarios" / as_given;
    if (fs::exists(dir / "pack.yaml", ec)) return dir;
  }
  std::string known;
  if (root) {
    for (fs::directory_iterator it(*root / "scenarios", ec), end; !ec && it != end; it.increment(ec)) {
      if (fs::exists(it->path() / "pack.yaml", ec)) known += (known.empty() ? "" : ", ") + it->path().filename().string();
    }
  }
  return Error{Code::kUsage, std::string(name_or_dir), "no such scenario pack", known.empty() ? "Name a folder that holds a pack.yaml" : "Name a pack's folder or one of: " + known};
}

Result<ExerciseRef> find_exercise(std::string_view ref) {
  const size_t slash = ref.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == ref.size()) return Error{Code::kUsage, std::string(ref), "is not an exercise", "Write PACK/EXERCISE, such as auto-repair/wheel-change"};
  auto pack = find_pack(ref.substr(0, slash));
  if (!pack) return pack.error();
  return ExerciseRef{*pack, std::string(ref.substr(slash + 1))};
}

Truths draw_truths(const Scene& scene, uint64_t seed) {
  Truths out;
  for (const Truth& t : scene.truths) {
    Pcg32 random(seed, t.name);
    int64_t number = 0;
    std::string word;
    if (!t.choose.empty()) {
      number = t.choose[random.below(static_cast<uint32_t>(t.choose.size()))];
    } else if (!t.min_of.empty()) {
      number = INT64_MAX;
      for (const int i : t.min_of) number = std::min(number, out.numbers[static_cast<size_t>(i)]);
    } else if (!t.cases.empty()) {
      for (const Truth::Case& c : t.cases) {
        const int64_t v = c.truth < 0 ? 0 : out.numbers[static_cast<size_t>(c.truth)];
        if (c.truth < 0 || (v >= c.lo && v <= c.hi)) {
          word = c.is;
          break;
        }
      }
    } else {
      number = t.from + t.step * random.below(static_cast<uint32_t>((t.to - t.from) / t.step + 1));
    }
    out.numbers.push_back(number);
    out.words.push_back(std::move(word));
  }
  return out;
}

}  // namespace shixun
