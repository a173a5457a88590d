#pragma once
// The reader behind load_pack, for the load_*.cpp files only. One Loader holds the pack being built and every problem found; a section
// that is broken is reported and skipped, so that an author sees all mistakes at once.
//   loader.cpp           typed access to the YAML, with errors at line and column
//   load_files.cpp       the folder, the manifest, strings, the data sheet
//   load_scene.cpp       the place: truths, objects, sockets
//   load_mechanisms.cpp  what of objects belongs to devices: meters, probes, buttons, people, ...
//   load_devices.cpp     networks, air, machines, models, dialogues
//   load_signals.cpp     what conditions and displays speak of, and numbers that follow it
//   load_sounds.cpp      what is to be heard
//   load_exercise.cpp    the job: scenario, moments, steps
//   load_rubric.cpp      what it is worth: criteria, aspects, rules, tests

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <set>

#include "engine/training/pack.h"
#include "engine/training/yaml.h"

namespace shixun {

bool is_name(std::string_view s);                          // what ids are made of
bool glob_match(std::string_view pattern, std::string_view s);  // '*' stands for any run of characters

// A word of the format and what it means.
template <class T>
struct Word {
  const char* name;
  T value;
};
template <class T>
Word(const char*, T) -> Word<T>;

inline constexpr std::array kRoles = {Word{"store", SocketDef::Role::kStore}, Word{"work", SocketDef::Role::kWork}, Word{"load_point", SocketDef::Role::kLoadPoint},
                               Word{"wrong_point", SocketDef::Role::kWrongPoint}, Word{"support", SocketDef::Role::kSupport}, Word{"chock", SocketDef::Role::kChock}};
inline constexpr std::array kUnitWords = {Word{"torque", Unit::kTorque}, Word{"length", Unit::kLength}, Word{"angle", Unit::kAngle},
                                   Word{"pressure", Unit::kPressure}, Word{"time", Unit::kTime}, Word{"count", Unit::kCount},
                                   Word{"voltage", Unit::kVoltage}, Word{"resistance", Unit::kResistance}, Word{"current", Unit::kCurrent},
                                   Word{"temperature", Unit::kTemperature}, Word{"mass", Unit::kMass}, Word{"force", Unit::kForce},
                                   Word{"speed", Unit::kSpeed}, Word{"rotation", Unit::kRotation}, Word{"ratio", Unit::kRatio}};
inline constexpr std::array kRuleWords = {Word{"done", RuleKind::kDone}, Word{"order", RuleKind::kOrder}, Word{"hop", RuleKind::kHop}, Word{"tool", RuleKind::kTool},
                                   Word{"numeric", RuleKind::kNumeric}, Word{"measure", RuleKind::kMeasure}, Word{"record", RuleKind::kRecord},
                                   Word{"forbid", RuleKind::kForbid}, Word{"time", RuleKind::kTime}, Word{"clean5s", RuleKind::kClean5s},
                                   Word{"pose", RuleKind::kPose}, Word{"count", RuleKind::kCount}, Word{"while", RuleKind::kWhile}, Word{"coverage", RuleKind::kCoverage},
                                   Word{"dialogue", RuleKind::kDialogue}, Word{"diagnose", RuleKind::kDiagnose}, Word{"judge", RuleKind::kJudge}};
static_assert(kRuleWords.size() == kRuleKinds);

class Loader {
 public:
  explicit Loader(fs::path dir) { pack_.dir = std::move(dir); }
  PackLoad run();

 private:

  // ------------------------------------------------------------- errors and typed access
  void fail(const Yaml& at, std::string what, std::string hint = {}) { fail_at(at.line, at.column, std::move(what), std::move(hint)); }
  void fail_key(const Yaml& value, std::string what, std::string hint = {});
  void fail_at(int line, int column, std::string what, std::string hint);
  void add(Error e);
  // The keys of one map: what is asked for is known, the rest is refused when the reader goes out of scope.
  class Keys {
   public:
    Keys(Loader& loader, const Yaml& node, std::string what) : loader_(loader), node_(node), what_(std::move(what)) {
      if (node.kind != Yaml::Kind::kMap) loader.fail(node, what_ + " must be a map (key: value)");
    }
    Keys(const Keys&) = delete;
    ~Keys() {
      for (const auto& [key, value] : node_.map) {
        if (known_.contains(key)) {
          if (value.kind == Yaml::Kind::kNull) loader_.fail_key(value, "'" + key + "' in " + what_ + " has no value", "Write one, or leave the key out");
          continue;
        }
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
      if (!node_.find(key) && node_.kind == Yaml::Kind::kMap) loader_.fail(node_, what_ + " lacks '" + key + "'");
      return v;
    }
    const Yaml& node() const { return node_; }
    // After a mistake by which nobody can tell what belongs here: one mistake, one message.
    void know_all() {
      for (const auto& [key, value] : node_.map) known_.insert(key);
    }

   private:
    Loader& loader_;
    const Yaml& node_;
    std::string what_;
    std::set<std::string> known_;
  };
  std::string word(const Yaml* v);
  std::string name(const Yaml* v);  // an id we make things from
  bool flag(const Yaml* v);
  std::vector<std::string> words(const Yaml* v);  // one word or a list of words
  const std::vector<Yaml>& list(const Yaml* v);
  const std::vector<std::pair<std::string, Yaml>>& entries(const Yaml* v);
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
  double real(const Yaml& v);
  std::array<double, 3> vec3(const Yaml* v);
  Pose3 pose(const Yaml& at);  // yaw is written in degrees
  int whole(const Yaml* v, int lo, int hi);
  int64_t points(const Yaml* v);  // "4.5" points as milli-points
  // "98 N·m", "$data.nut.max", "$truth.spare_pressure"; the unit must be the one asked for.
  Value value(const Yaml* v, Unit unit, bool truth_allowed = true);
  Value value_text(const Yaml& at, std::string_view s, Unit unit, bool truth_allowed);
  int64_t number(const Yaml* v, Unit unit) { return value(v, unit, false).number; }
  // ">= 30 N·m", "< 60 N·m", "88.3 N·m .. 107.9 N·m", "0 mm"
  void window(const Yaml& v, Unit unit, std::optional<Value>& lo, std::optional<Value>& hi);
  // A condition, its problems reported at their very place in the file.
  std::optional<Expression> expression(const Yaml& v, const ExpressionScope& scope);
  Limits window(const Yaml& v, Unit unit) {
    Limits w;
    window(v, unit, w.lo, w.hi);
    return w;
  }
  void need_string(const Yaml& at, const std::string& key) { needed_strings_.push_back({key, fmt::format("{}:{}:{}", file_, at.line, at.column)}); }
  std::string string_key(const Yaml* v);

  // ------------------------------------------------------------- files
  bool hash_files();
  const Yaml* open(const fs::path& rel);
  std::vector<fs::path> yaml_files(const char* sub);
  void read_manifest();
  void read_strings();
  void check_strings();
  void read_data();
  void name_scene();

  // ------------------------------------------------------------- scene
  struct Placed {  // what is resolved once all objects and sockets are known
    int object;
    const Yaml *in = nullptr, *home = nullptr, *holds = nullptr, *chocks = nullptr, *hub = nullptr, *covered = nullptr, *cap = nullptr, *body = nullptr, *hasps = nullptr;
    std::string prefix;  // of names inside a kind
  };
  struct LateSocket {
    int socket;
    const Yaml *clamped = nullptr, *through = nullptr;
    std::string prefix;
  };
  void read_scene();
  void read_truths(const Yaml& truths);
  void read_group(const Yaml& group, Truth& t);
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
  int read_object(const std::string& id, const Yaml& node, const Yaml* kind_node, int owner, const std::string& prefix);
  void read_whereabouts(const Yaml& v, ObjectDef& o, int object);
  std::string library_name(const Yaml& v, const char* folder, const char* hint);  // a shared name, or "folder/file" in the pack
  void read_lead(const Yaml& v, ObjectDef& o, int object);
  void read_nodes_when(const Yaml& v, std::vector<NodeWhen>& nodes, int object, std::vector<NodeWhen> ObjectDef::*which);
  void read_starts(const Yaml& cases, ObjectDef& o, const std::function<int(const Yaml&)>& socket);
  void check_starts();
  void read_mechanisms(Layers& k, ObjectDef& o, Placed& late, const std::string& id);
  // A kind's part takes its value from the object's `values: {part: ...}` if that has one.
  const Yaml* own_value(const std::string& id, const Yaml* otherwise, const Yaml& at);
  void read_socket(const std::string& owner_id, int owner, const std::string& socket_name, const Yaml& node);
  int socket_ref(const Yaml* v, const std::string& prefix);
  int object_ref(const Yaml* v);
  // Each pattern is compared with every name of the scene; a pack may not make that endless.
  bool affordable(const Yaml& at);
  std::vector<int> socket_refs(const Yaml* v, const std::string& prefix);
  void resolve_scene();

  // ------------------------------------------------------------- devices
  void read_devices(const Yaml& devices);
  void read_network(const std::string& id, const Yaml& node);
  void read_air(const std::string& id, const Yaml& node);
  void read_machine(const std::string& id, const Yaml& node);
  void read_model(const std::string& id, const Yaml& node);
  void read_dialogue(const std::string& id, const Yaml& node);
  void read_signal(const std::string& id, const Yaml& node, std::string_view kind, const Yaml& is, const Yaml* of);
  void read_meter(const Yaml& v, ObjectDef& o, int object);
  void read_device_mechanisms(Layers& k, ObjectDef& o, int object);
  void read_named_pairs(const Yaml& pairs);
  void resolve_devices();
  void check_device_name(const Yaml& at, const std::string& name);
  int add_signal(const Yaml& at, SignalDef s);
  // Of a machine or conversation, the index-th of its kind: ID is the word it stands at, ID.BIT each of its bits.
  struct SignalNames {
    SignalDef::Kind kind;
    const std::vector<std::string>& names;
  };
  void add_state_signals(const Yaml& at, const std::string& id, size_t index, SignalNames words, SignalNames bits);
  int find_signal(std::string_view name);
  int signal_ref(const Yaml* v);
  bool told(const SignalDef& s);  // events carry it from now on; false when they have something else of that name
  std::optional<Expression> scene_condition(const Yaml& v);
  Expression sure_condition(const Yaml* v);
  Driven driven(const Yaml* v, Unit unit);
  Driven opening(const Yaml* v);
  int named_in(const Yaml* v, const std::vector<std::string>& known, const char* what, const char* where = "in this device");
  int device_ref(const Yaml* v, const char* what);  // "network", "air circuit", "machine" or "dialogue"
  std::pair<int, int> two_nodes(const Yaml* v, const std::vector<std::string>& nodes);

  // ------------------------------------------------------------- sounds
  void read_sounds();
  void read_sound(const std::string& id, const Yaml& node);

  // ------------------------------------------------------------- exercises
  void read_exercises();
  void read_scenario(const fs::path& rel);
  const std::vector<ArgName>& arguments();           // what events may say: the words of the format, and what this scene's objects tell
  const ArgName* arg_name(std::string_view name);    // null when no event has it
  // Names an event's `o` may have, matching a pattern: objects, sockets, fields, lines, steps.
  std::vector<std::string> expand(const Yaml& at, const std::string& pattern);
  const Yaml* read_moment(const std::string& id, const Yaml& node);  // its `when`, to be read once all moments have names
  // do, on, with; and at, where, which are not known while an effort is under way.
  Moment event_kind(Keys& k, bool under_way);
  std::vector<std::string> tools(const Yaml& v);
  int moment_ref(const Yaml* v);
  void read_rubric(const fs::path& rel);
  std::vector<Where> conditions(const Yaml& where);
  void read_aspect(const Yaml& node, const Criterion& criterion);
  void read_rule(Keys& k, const Yaml& node, const Criterion& criterion, Aspect& a);
  void read_work_rule(Keys& k, const Yaml& node, Aspect& a);      // done, order, hop, tool
  void read_fault_rule(Keys& k, const Yaml& node, const Criterion& criterion, Aspect& a);  // forbid, count, while
  void read_value_rule(Keys& k, const Yaml& node, Aspect& a);     // numeric, pose, coverage, measure, record, diagnose
  void read_whole_rule(Keys& k, const Yaml& node, Aspect& a);     // time, clean5s
  void read_people_rule(Keys& k, const Yaml& node, Aspect& a);    // dialogue, judge
  void read_pairs(Keys& k, const Yaml& node, Aspect& a);
  void read_written(Keys& k, Aspect& a, bool required);
  // The name of an event's number; its key, or empty after an error.
  std::string argument(const Yaml* v);
  std::vector<std::string> names(const Yaml* v);
  int percent(const Yaml* v, int otherwise) { return v ? whole(v, 0, 100) : otherwise; }
  void read_test(const Yaml& node);

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
  std::shared_ptr<const std::string> source_;  // text of file_
  int64_t lookups_ = 20'000'000;  // names compared, that all conditions of a pack may cost: far more than an exercise needs
  size_t expression_parts_ = 0;
  // Devices speak of objects and of each other: what names others is read when all have their names. First what signals are of, then
  // signals that are worked out from those above them, then the rest.
  std::vector<std::function<void()>> late_first_, pure_, late_;
  std::set<int> unready_, watched_;                  // signals: not worked out yet; looked at by a condition
  std::vector<std::pair<std::string, const Yaml*>> device_nodes_;
  std::vector<ArgName> arguments_;
  std::deque<std::string> argument_texts_;           // what arguments_ points to
};

}  // namespace shixun
