#include "engine/training/loader.h"

namespace shixun {

namespace {

// How the YAML names an event's arguments, and what they are.
constexpr std::array kArgNames = {
    ArgName{"turned", "angle_cd"},   ArgName{"engaged", "engaged_cd"}, ArgName{"by_hand", "hand_cd"},   ArgName{"torque", "torque_dnm"},
    ArgName{"setting", "setting_dnm"}, ArgName{"clicked", "clicked"},  ArgName{"clear", "clear_um"},    ArgName{"height", "height_um"},
    ArgName{"lift", "lift_um"},      ArgName{"wrong", "wrong"},        ArgName{"held", "held"},         ArgName{"supports", "supports"},
    ArgName{"pressure", "pressure_pa"}, ArgName{"length", "length_um"}, ArgName{"on", "on"},            ArgName{"home", "home"},
    ArgName{"drop", "drop_um"},      ArgName{"level", "level"},        ArgName{"state", "state", true}, ArgName{"value", "value", true},
    ArgName{"spot", "at", true},     ArgName{"cause", "cause", true},  ArgName{"reason", "reason", true},
    ArgName{"voltage", "voltage_mv"}, ArgName{"resistance", "resistance_mohm"}, ArgName{"current", "current_ma"}, ArgName{"temperature", "temperature_dcel"},
    ArgName{"mass", "mass_g"},       ArgName{"force", "force_dn"},     ArgName{"speed", "speed_umps"},  ArgName{"rotation", "rotation_rpm"},
    ArgName{"ratio", "ratio_bp"},    ArgName{"number", "number"},
    ArgName{"edge", "edge_um"},      ArgName{"angle", "angle_cd"},     ArgName{"align", "align_um"},    ArgName{"size", "size", true},
    ArgName{"mode", "mode", true},   ArgName{"quality", "quality"},    ArgName{"node", "node", true},
    ArgName{"red", "red", true},     ArgName{"black", "black", true},  ArgName{"misuse", "misuse", true}, ArgName{"shown", "shown", true},
    ArgName{"range_voltage", "range_mv"}, ArgName{"range_resistance", "range_mohm"}, ArgName{"range_current", "range_ma"}, ArgName{"across", "across_mv"},
    ArgName{"category", "category"}, ArgName{"rated", "rated_mv"},     ArgName{"held_for", "held_ms"},  ArgName{"final", "final"},
    ArgName{"fuse_blown", "fuse_blown"}, ArgName{"blown", "blown", true}, ArgName{"choice", "choice", true}, ArgName{"repeat", "repeat"},
    ArgName{"over", "over"},         ArgName{"owner", "owner", true}};

// What events say of themselves without a name that packs use.
constexpr std::array kReserved = {"from", "x_um", "y_um", "z_um", "to", "over_cd", "by", "auto", "object", "tool", "time"};

}  // namespace

const std::vector<ArgName>& Loader::arguments() {
  if (arguments_.empty()) arguments_.assign(kArgNames.begin(), kArgNames.end());
  return arguments_;
}

const ArgName* Loader::arg_name(std::string_view name) {
  const auto& all = arguments();
  const auto info = std::find_if(all.begin(), all.end(), [&](const ArgName& a) { return name == a.name; });
  return info == all.end() ? nullptr : &*info;
}

bool Loader::told(const SignalDef& s) {
  const std::string key = key_of(s);
  for (const char* r : kReserved) {
    if (s.name == r || key == r) return false;
  }
  for (const ArgName& a : arguments()) {
    if (s.name == a.name && key == a.key) return std::none_of(kArgNames.begin(), kArgNames.end(), [&](const ArgName& own) { return key == own.key; });
    if (s.name == a.name || key == a.key) return false;
  }
  if (!s.is_word && unit_of_key(key) != s.unit) return false;
  arguments_.push_back({argument_texts_.emplace_back(s.name).c_str(), argument_texts_.emplace_back(key).c_str(), s.is_word});
  return true;
}

void Loader::read_exercises() {
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

void Loader::read_scenario(const fs::path& rel) {
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
  std::vector<const Yaml*> whens;
  for (const auto& [id, node] : entries(k.req("moments"))) whens.push_back(read_moment(id, node));
  ExpressionScope scope{pack_, &e, nullptr, arguments(), &e.remembered, &lookups_};
  for (size_t m = 0; m < whens.size(); ++m) {
    scope.moment = &e.moments[m];
    if (whens[m]) e.moments[m].when = expression(*whens[m], scope);
  }
  scope.moment = nullptr;
  size_t i = 0;
  for (const Yaml& node : list(steps)) {
    Step& s = e.steps[i++];
    Keys ks(*this, node, "a step");
    s.id = name(ks.req("id"));
    if (std::count_if(e.steps.begin(), e.steps.end(), [&](const Step& other) { return other.id == s.id; }) > 1) fail(node, "the step '" + s.id + "' stands here twice");
    s.title = string_key(ks.req("title"));
    const Yaml* goal = ks.req("goal");
    if (goal && goal->kind == Yaml::Kind::kScalar) s.goal_when = expression(*goal, scope);
    else for (const Yaml& g : list(goal)) s.goal.push_back(moment_ref(&g));
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

std::vector<std::string> Loader::expand(const Yaml& at, const std::string& pattern) {
  std::vector<std::string> out;
  if (!affordable(at)) return out;
  const auto take = [&](const std::string& id) {
    if (glob_match(pattern, id)) out.push_back(id);
  };
  for (const ObjectDef& o : pack_.scene.objects) take(o.id);
  for (const SocketDef& s : pack_.scene.sockets) take(s.id);
  for (const PairDef& p : pack_.scene.devices.pairs) take(p.id);
  if (exercise_) {
    for (const Field& f : exercise_->sheet) take(f.id);
    for (const Line& l : exercise_->lines) take(l.id);
    for (const Step& s : exercise_->steps) take(s.id);
  }
  if (out.empty()) fail(at, "nothing in the scene is called '" + pattern + "'", "Objects and sockets are declared in scene.yaml; fields, lines and steps in scenario.yaml");
  return out;
}

const Yaml* Loader::read_moment(const std::string& id, const Yaml& node) {
  Keys k(*this, node, "the moment '" + id + "'");
  Moment m = event_kind(k, false);
  m.name = id;
  m.line = node.line;
  m.all = flag(k.opt("all"));
  m.last = flag(k.opt("last"));
  exercise_->moments.push_back(std::move(m));
  return k.opt("when");
}

Moment Loader::event_kind(Keys& k, bool under_way) {
  Moment m;
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
  if (const Yaml* at = under_way ? nullptr : k.opt("at")) {
    for (const std::string& pattern : words(at)) {
      for (std::string& name_found : expand(*at, pattern)) m.at.push_back(std::move(name_found));
    }
  }
  if (const Yaml* tool = k.opt("with")) m.tools = tools(*tool);
  if (const Yaml* where = under_way ? nullptr : k.opt("where")) m.where = conditions(*where);
  return m;
}

std::vector<Where> Loader::conditions(const Yaml& where) {
  std::vector<Where> out;
  for (const auto& [key, v] : entries(&where)) {
    const ArgName* info = arg_name(key);
    if (!info) {
      std::string all;
      for (const ArgName& a : arguments()) all += all.empty() ? a.name : std::string(", ") + a.name;
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
    out.push_back(std::move(w));
  }
  return out;
}

std::vector<std::string> Loader::tools(const Yaml& v) {
  std::vector<std::string> out = words(&v);
  for (const std::string& t : out) {
    if (t != "hand" && pack_.scene.find_object(t) < 0) fail(v, "no object '" + t + "' in scene.yaml");
  }
  return out;
}

int Loader::moment_ref(const Yaml* v) {
  if (!v) return -1;
  const std::string want = word(v);
  for (size_t i = 0; i < exercise_->moments.size(); ++i) {
    if (exercise_->moments[i].name == want) return static_cast<int>(i);
  }
  fail(*v, "no moment '" + want + "' in scenario.yaml");
  return -1;
}

}  // namespace shixun
