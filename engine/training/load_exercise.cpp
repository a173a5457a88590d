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
    ArgName{"ratio", "ratio_bp"},    ArgName{"number", "number"}};

}  // namespace

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
  ExpressionScope scope{pack_, &e, nullptr, kArgNames, &e.remembered, &lookups_};
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
  for (const Field& f : exercise_->sheet) take(f.id);
  for (const Line& l : exercise_->lines) take(l.id);
  for (const Step& s : exercise_->steps) take(s.id);
  if (out.empty()) fail(at, "nothing in the scene is called '" + pattern + "'", "Objects and sockets are declared in scene.yaml; fields, lines and steps in scenario.yaml");
  return out;
}

const Yaml* Loader::read_moment(const std::string& id, const Yaml& node) {
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
      const auto* info = std::find_if(kArgNames.begin(), kArgNames.end(), [&, want = key](const ArgName& a) { return want == a.name; });
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
  return k.opt("when");
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

void Loader::read_rubric(const fs::path& rel) {
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

void Loader::read_aspect(const Yaml& node, const std::string& criterion) {
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

void Loader::read_rule(Keys& k, const Yaml& node, Aspect& a) {
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
      if (const Yaml* m = k.opt("needs")) a.needs = moment_ref(m);
      if (a.max_mp > 0 && a.needs < 0) fail(node, "marks for not doing something need a 'needs': the moment by which they are earned", "Else an empty attempt would earn them");
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

void Loader::read_written(Keys& k, Aspect& a, bool required) {
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
      if (pack_.scene.truths[i].name == s.substr(7) && pack_.scene.truths[i].is_word) a.truth_word = static_cast<int>(i);
    }
    if (a.truth_word < 0) fail(*truth, "no truth '" + s.substr(7) + "' with words in scene.yaml");
  } else {
    a.word = s;
    if (std::find(it->choices.begin(), it->choices.end(), s) == it->choices.end()) fail(*truth, "'" + s + "' is not one of the field's choices");
  }
}

void Loader::read_test(const Yaml& node) {
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

}  // namespace shixun
