// The reader of rubric.yaml. What each rule kind means stands in rules.h; its keys are:
//   done      moments, before?                       all of them happened (before this one first did)
//   order     judge: first|last, pairs: [[earlier, later, weight?], ...]
//   hop       moment, ring, step, hops
//   tool      moment, tools, half?, spec?, half_spec?        spec: conditions on the event, as in a moment's `where`
//   numeric   moment, value, full, zero?, half?, take: first|last?
//   measure   points, tools, instrument?, after?, state?, field?, truth|shown?, tol?     instrument, state: conditions on the reading
//   record    field, truth|shown, tol                shown: {moment, value}: what the instrument said before it was written
//   forbid    moment, severity, code, before?, after?, unless?, needs?, corrected_by?, consequence?
//   time      full, zero
//   clean5s   items: [{moment, title}, ...]
//   pose      moment, bands: {argument: {full, half?}, ...}
//   count     moment, table: [marks for 0, 1, 2, ... times], needs?
//   while     start, end, full, zero, critical?, needs?      without marks: critical alone
//   coverage  moment, value?, band?, floor?, full_from?      floor, full_from: per cent of the moment's objects
//   dialogue  nodes, order?: [[earlier, later], ...], flags?, take: first|last?     strings node.NODE
//   diagnose  field, truth, support: [moments], at_least
//   judge     roles, levels: [four string keys, worst first]                        strings role.ROLE
// A test may say what people mark: people: {ASPECT: {ROLE: level}}.

#include "engine/training/loader.h"
#include "engine/training/mode.h"

namespace shixun {

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
      read_aspect(aspect, c);
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

void Loader::read_aspect(const Yaml& node, const Criterion& criterion) {
  Exercise& e = *exercise_;
  Keys k(*this, node, "an aspect");
  Aspect a;
  a.id = name(k.req("id"));
  a.criterion = criterion.id;
  a.title = string_key(k.req("title"));
  if (std::any_of(e.aspects.begin(), e.aspects.end(), [&](const Aspect& other) { return other.id == a.id; })) fail(node, "the aspect '" + a.id + "' stands here twice");
  constexpr std::array lenses = {Word{"process", Lens::kProcess}, Word{"outcome", Lens::kOutcome}};
  a.lens = choice(k.req("lens"), lenses, Lens::kProcess);
  if (const Yaml* max = k.opt("max")) a.max_mp = points(max);
  const size_t told = errors_.size();
  const Yaml* rule = k.req("rule");
  a.kind = choice(rule, kRuleWords, RuleKind::kDone);
  const bool known_rule = rule && errors_.size() == told;
  if (const Yaml* code = k.opt("code")) a.code = name(code);
  if (known_rule && a.max_mp == 0 && a.kind != RuleKind::kForbid && a.kind != RuleKind::kWhile) fail(node, "the aspect '" + a.id + "' has no marks ('max')");
  if (known_rule) read_rule(k, node, criterion, a);
  else k.know_all();
  e.aspects.push_back(std::move(a));
}

void Loader::read_rule(Keys& k, const Yaml& node, const Criterion& criterion, Aspect& a) {
  switch (a.kind) {
    case RuleKind::kDone:
    case RuleKind::kOrder:
    case RuleKind::kHop:
    case RuleKind::kTool: return read_work_rule(k, node, a);
    case RuleKind::kForbid:
    case RuleKind::kCount:
    case RuleKind::kWhile: return read_fault_rule(k, node, criterion, a);
    case RuleKind::kNumeric:
    case RuleKind::kPose:
    case RuleKind::kCoverage:
    case RuleKind::kMeasure:
    case RuleKind::kRecord:
    case RuleKind::kDiagnose: return read_value_rule(k, node, a);
    case RuleKind::kTime:
    case RuleKind::kClean5s: return read_whole_rule(k, node, a);
    case RuleKind::kDialogue:
    case RuleKind::kJudge: return read_people_rule(k, node, a);
  }
}

void Loader::read_work_rule(Keys& k, const Yaml& node, Aspect& a) {
  switch (a.kind) {
    case RuleKind::kOrder: {
      constexpr std::array judges = {Word{"first", false}, Word{"last", true}};
      a.judge_last = choice(k.req("judge"), judges, false);
      read_pairs(k, node, a);
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
      if (const Yaml* s = k.opt("spec")) a.spec = conditions(*s);
      if (const Yaml* s = k.opt("half_spec")) a.half_spec = conditions(*s);
      if (a.tools.empty()) fail(node, "tool needs at least one tool");
      if (a.spec.empty() && !a.half_spec.empty()) fail(node, "'half_spec' needs a 'spec' that is better");
      break;
    default:
      for (const Yaml& m : list(k.req("moments"))) a.moments.push_back(moment_ref(&m));
      if (const Yaml* m = k.opt("before")) a.before = moment_ref(m);
      if (a.moments.empty()) fail(node, "done needs at least one moment");
      break;
  }
}

void Loader::read_pairs(Keys& k, const Yaml& node, Aspect& a) {
  const Yaml* pairs = k.req("pairs");
  for (const Yaml& p : list(pairs)) {
    if (p.kind != Yaml::Kind::kList || p.list.size() < 2 || p.list.size() > 3) {
      fail(p, "expected a pair [earlier, later] or [earlier, later, weight]");
      continue;
    }
    const Pair pair{moment_ref(&p.list[0]), moment_ref(&p.list[1]), p.list.size() == 3 ? whole(&p.list[2], 1, 100) : 1};
    if (std::any_of(a.pairs.begin(), a.pairs.end(), [&](const Pair& other) { return other.first == pair.first && other.second == pair.second; })) fail(p, "this pair stands here twice", "Give it a weight instead");
    a.pairs.push_back(pair);
  }
  if (a.pairs.empty()) fail(node, "an order needs at least one pair");
  // Take away what nothing comes before, again and again: what is left goes round in a circle, and nobody could keep it.
  std::vector<Pair> left = a.pairs;
  for (size_t before = SIZE_MAX; before != left.size();) {
    before = left.size();
    std::set<int> later;
    for (const Pair& p : left) later.insert(p.second);
    std::erase_if(left, [&](const Pair& p) { return !later.contains(p.first); });
  }
  if (pairs && !left.empty() && left.front().first >= 0) fail_key(*pairs, "the pairs go round in a circle: '" + exercise_->moments[static_cast<size_t>(left.front().first)].name + "' would have to come before itself");
}

void Loader::read_fault_rule(Keys& k, const Yaml& node, const Criterion& criterion, Aspect& a) {
  const Yaml* needs = k.opt("needs");
  if (needs) a.needs = moment_ref(needs);
  const auto must_need = [&](bool for_nothing) {
    if (for_nothing && !needs) fail(node, "marks for not doing something need a 'needs': the moment by which they are earned", "Else an empty attempt would earn them");
  };
  switch (a.kind) {
    case RuleKind::kCount: {
      a.moment = moment_ref(k.req("moment"));
      const Yaml* table = k.req("table");
      for (const Yaml& v : list(table)) a.table.push_back(points(&v));
      if (table && (a.table.size() < 2 || *std::max_element(a.table.begin(), a.table.end()) != a.max_mp)) fail_key(*table, "the table gives marks for 0, 1, 2, ... times; the best must be 'max'");
      must_need(!a.table.empty() && a.table.front() > 0);
      break;
    }
    case RuleKind::kWhile:
      a.start = moment_ref(k.req("start"));
      a.end = moment_ref(k.req("end"));
      if (a.max_mp > 0) {
        a.full_ms = number(k.req("full"), Unit::kTime);
        a.zero_ms = number(k.req("zero"), Unit::kTime);
        if (a.full_ms < 0 || a.zero_ms <= a.full_ms) fail(node, "'zero' must be later than 'full'");
      }
      if (const Yaml* c = k.opt("critical")) {
        a.critical_ms = number(c, Unit::kTime);
        if (a.critical_ms <= 0) fail(*c, "'critical' must be a time");
        if (a.code.empty()) fail(node, "what may be a critical error needs a 'code'");
      }
      if (a.max_mp == 0 && a.critical_ms == 0) fail(node, "the aspect '" + a.id + "' has neither marks ('max') nor a 'critical' limit");
      must_need(a.max_mp > 0);
      break;
    default: {
      a.moment = moment_ref(k.req("moment"));
      constexpr std::array severities = {Word{"minor", Severity::kMinor}, Word{"major", Severity::kMajor}, Word{"critical", Severity::kCritical}};
      a.severity = choice(k.req("severity"), severities, Severity::kMinor);
      if (const Yaml* m = k.opt("before")) a.before = moment_ref(m);
      if (const Yaml* m = k.opt("after")) a.after = moment_ref(m);
      if (const Yaml* m = k.opt("unless")) a.unless = moment_ref(m);
      if (const Yaml* m = k.opt("corrected_by")) {
        a.corrected_by = moment_ref(m);
        if (a.severity == Severity::kCritical || criterion.safety) fail_key(*m, "a safety error is not put right afterwards: the danger was there", "Leave 'corrected_by' out, or move the aspect to a criterion without 'safety'");
      }
      if (const Yaml* m = k.opt("consequence")) {
        a.consequence = moment_ref(m);
        if (a.corrected_by < 0) fail_key(*m, "'consequence' needs a 'corrected_by'");
      }
      must_need(a.max_mp > 0);
      if (a.code.empty()) fail(node, "a forbidden act needs a 'code'");
      break;
    }
  }
}

std::string Loader::argument(const Yaml* v) {
  if (!v) return {};
  const ArgName* info = arg_name(word(v));
  if (info && !info->is_text) return info->key;
  fail(*v, "an event has no number '" + word(v) + "'");
  return {};
}

void Loader::read_value_rule(Keys& k, const Yaml& node, Aspect& a) {
  switch (a.kind) {
    case RuleKind::kPose: {
      a.moment = moment_ref(k.req("moment"));
      for (const auto& [id, v] : entries(k.req("bands"))) {
        const ArgName* info = arg_name(id);
        if (!info || info->is_text) {
          fail_key(v, "an event has no number '" + id + "'");
          continue;
        }
        Keys kb(*this, v, "the band '" + id + "'");
        Band b;
        b.key = info->key;
        if (const Yaml* full = kb.req("full")) b.full = window(*full, unit_of_key(b.key));
        if (const Yaml* half = kb.opt("half")) b.half = window(*half, unit_of_key(b.key));
        a.bands.push_back(std::move(b));
      }
      if (a.bands.empty()) fail(node, "pose needs at least one band");
      break;
    }
    case RuleKind::kCoverage: {
      const Yaml* m = k.req("moment");
      a.moment = moment_ref(m);
      if (a.moment >= 0 && exercise_->moments[static_cast<size_t>(a.moment)].on.empty() && exercise_->moments[static_cast<size_t>(a.moment)].at.empty())
        fail(*m, "coverage needs a moment that names its objects ('on') or places ('at')");
      if (const Yaml* v = k.opt("value")) {
        a.key = argument(v);
        if (const Yaml* band = k.req("band")) window(*band, unit_of_key(a.key), a.lo, a.hi);
      }
      a.floor_percent = percent(k.opt("floor"), 0);
      a.full_percent = percent(k.opt("full_from"), 100);
      if (a.full_percent <= a.floor_percent) fail(node, "'floor' must lie below 'full_from'");
      break;
    }
    case RuleKind::kMeasure:
      if (const Yaml* points_node = k.req("points")) {
        for (const std::string& pattern : words(points_node)) {
          for (std::string& id : expand(*points_node, pattern)) a.points.push_back(std::move(id));
        }
      }
      if (const Yaml* t = k.req("tools")) a.tools = tools(*t);
      if (const Yaml* s = k.opt("instrument")) a.spec = conditions(*s);
      if (const Yaml* s = k.opt("state")) a.state = conditions(*s);
      if (const Yaml* m = k.opt("after")) a.state_moment = moment_ref(m);
      read_written(k, a, false);
      if (a.points.empty() || a.tools.empty()) fail(node, "measure needs at least one point and one tool");
      break;
    case RuleKind::kRecord: read_written(k, a, true); break;
    case RuleKind::kDiagnose: {
      const Yaml* field = k.req("field");
      read_written(k, a, true);
      if (field && (a.truth || a.evidence >= 0)) fail(*field, "a fault is named by a word: the field needs 'choices'");
      for (const Yaml& m : list(k.req("support"))) a.moments.push_back(moment_ref(&m));
      a.at_least = whole(k.req("at_least"), 1, 100);
      break;
    }
    default: {
      a.moment = moment_ref(k.req("moment"));
      a.key = argument(k.req("value"));
      const Unit unit = unit_of_key(a.key);
      if (const Yaml* full = k.req("full")) window(*full, unit, a.lo, a.hi);
      if (const Yaml* zero = k.opt("zero")) window(*zero, unit, a.zlo, a.zhi);
      if (const Yaml* half = k.opt("half")) a.half = window(*half, unit);
      constexpr std::array takes = {Word{"last", false}, Word{"first", true}};
      a.first = choice(k.opt("take"), takes, false);
      const auto fixed = [](const std::optional<Value>& v) { return v && v->truth < 0; };
      if (fixed(a.zlo) && fixed(a.lo) && a.zlo->number >= a.lo->number) fail(node, "the lower zero limit must lie below the full window");
      if (fixed(a.zhi) && fixed(a.hi) && a.zhi->number <= a.hi->number) fail(node, "the upper zero limit must lie above the full window");
      if ((fixed(a.half.lo) && fixed(a.lo) && a.half.lo->number > a.lo->number) || (fixed(a.half.hi) && fixed(a.hi) && a.half.hi->number < a.hi->number)) fail(node, "the half band must hold the full window");
      break;
    }
  }
}

void Loader::read_whole_rule(Keys& k, const Yaml& node, Aspect& a) {
  if (a.kind == RuleKind::kTime) {
    a.full_ms = number(k.req("full"), Unit::kTime);
    a.zero_ms = number(k.req("zero"), Unit::kTime);
    if (a.zero_ms <= a.full_ms) fail(node, "'zero' must be later than 'full'");
    return;
  }
  for (const Yaml& item : list(k.req("items"))) {
    Keys ki(*this, item, "an item");
    a.moments.push_back(moment_ref(ki.req("moment")));
    a.item_names.push_back(string_key(ki.req("title")));
  }
  if (a.moments.empty()) fail(node, "clean5s needs at least one item");
}

std::vector<std::string> Loader::names(const Yaml* v) {
  std::vector<std::string> out = words(v);
  for (size_t i = 0; i < out.size(); ++i) {
    if (!is_name(out[i])) fail(*v, "'" + out[i].substr(0, 40) + "' is not a name", "Use letters, digits, '_', '-' and '.', at most 64");
    else if (std::find(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(i), out[i]) != out.begin() + static_cast<std::ptrdiff_t>(i)) fail(*v, "'" + out[i] + "' stands here twice");
  }
  return out;
}

void Loader::read_people_rule(Keys& k, const Yaml& node, Aspect& a) {
  if (a.kind == RuleKind::kJudge) {
    const Yaml* roles = k.req("roles");
    a.roles = names(roles);
    for (const std::string& r : a.roles) need_string(*roles, "role." + r);
    const Yaml* levels = k.req("levels");
    for (const Yaml& level : list(levels)) a.item_names.push_back(string_key(&level));
    if (roles && a.roles.empty()) fail(*roles, "judge needs at least one role");
    if (levels && a.item_names.size() != 4) fail_key(*levels, "judge needs the texts of four levels, 0 to 3");
    return;
  }
  const Yaml* nodes = k.req("nodes");
  a.nodes = names(nodes);
  for (const std::string& n : a.nodes) {
    need_string(*nodes, "node." + n);
    const auto& talks = pack_.scene.devices.dialogues;
    const auto has = [&](const DialogueDef& d) { return std::any_of(d.dialogue.nodes.begin(), d.dialogue.nodes.end(), [&](const DialogueNode& x) { return x.id == n; }); };
    const bool line = std::any_of(exercise_->lines.begin(), exercise_->lines.end(), [&](const Line& l) { return l.id == n; });
    if (!talks.empty() && !line && std::none_of(talks.begin(), talks.end(), has)) fail(*nodes, "no dialogue has a node '" + n + "'", "Dialogues stand under 'devices' in scene.yaml");
  }
  if (nodes && a.nodes.empty()) fail(node, "dialogue needs at least one node");
  for (const Yaml& p : list(k.opt("order"))) {
    const std::vector<std::string> pair = words(&p);
    if (pair.size() != 2) fail(p, "expected a pair [earlier, later]");
    else a.node_pairs.emplace_back(pair[0], pair[1]);
    for (const std::string& n : pair) {
      if (std::find(a.nodes.begin(), a.nodes.end(), n) == a.nodes.end()) fail(p, "'" + n.substr(0, 40) + "' is not one of the nodes");
    }
  }
  if (const Yaml* f = k.opt("flags")) a.flags = names(f);
  constexpr std::array takes = {Word{"first", true}, Word{"last", false}};
  a.first = choice(k.opt("take"), takes, true);
}

void Loader::read_written(Keys& k, Aspect& a, bool required) {
  const Yaml* field = required ? k.req("field") : k.opt("field");
  // What belongs to a field that is missing or unknown is not wrong for that: one mistake, one message.
  const auto know_the_rest = [&] {
    for (const char* key : {"truth", "shown", "tol"}) (void)k.opt(key);
  };
  if (!field) {
    if (required) know_the_rest();
    return;
  }
  a.field = word(field);
  const auto it = std::find_if(exercise_->sheet.begin(), exercise_->sheet.end(), [&](const Field& f) { return f.id == a.field; });
  if (it == exercise_->sheet.end()) {
    know_the_rest();
    fail(*field, "no field '" + a.field + "' in the sheet of scenario.yaml");
    return;
  }
  if (const Yaml* shown = k.opt("shown")) {
    Keys ks(*this, *shown, "shown");
    if (k.opt("truth")) fail(*shown, "an entry is compared with 'truth' or with what was 'shown', not with both");
    if (it->is_choice) fail(*shown, "the field '" + a.field + "' holds a word; an instrument shows a number", "Compare it with 'truth'");
    const Yaml* moment = ks.req("moment");
    const Yaml* of = ks.req("value");
    a.evidence = moment_ref(moment);
    a.key = argument(of);
    if (of && !a.key.empty() && unit_of_key(a.key) != it->unit) fail(*of, fmt::format("'{}' is a {}, but the field holds a {}", of->scalar, unit_kind(unit_of_key(a.key)), unit_kind(it->unit)));
    a.tol = number(k.req("tol"), it->unit);
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
  if (t.verdict != "pass" && t.verdict != "fail" && t.verdict != "open") fail(node, "the verdict must be pass, fail or open");
  t.codes = words(k.req("codes"));
  std::sort(t.codes.begin(), t.codes.end());
  if (const Yaml* v = k.opt("total")) t.total_mp = points(v);
  if (const Yaml* v = k.opt("total_min")) t.total_min_mp = points(v);
  if (const Yaml* v = k.opt("mode")) {
    t.mode = word(v);
    if (const auto mode = mode_from_name(t.mode); !mode) fail(*v, mode.error().what, mode.error().hint);
  }
  for (const auto& [id, v] : entries(k.opt("marks"))) {
    t.marks[id] = points(&v);
    if (std::none_of(exercise_->aspects.begin(), exercise_->aspects.end(), [&, want = id](const Aspect& a) { return a.id == want; })) fail_key(v, "no aspect '" + id + "'");
  }
  for (const auto& [id, v] : entries(k.opt("people"))) {
    const auto a = std::find_if(exercise_->aspects.begin(), exercise_->aspects.end(), [&, want = id](const Aspect& x) { return x.id == want && x.kind == RuleKind::kJudge; });
    if (a == exercise_->aspects.end()) {
      fail_key(v, "no aspect '" + id + "' that people mark");
      continue;
    }
    for (const auto& [role, level] : entries(&v)) {
      if (std::find(a->roles.begin(), a->roles.end(), role) == a->roles.end()) fail_key(level, "'" + role + "' does not mark the aspect '" + id + "'");
      t.people.push_back({id, role, whole(&level, 0, 3)});
    }
  }
  exercise_->tests.push_back(std::move(t));
}

}  // namespace shixun
