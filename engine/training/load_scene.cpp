#include "engine/training/loader.h"

namespace shixun {

namespace {
constexpr int64_t kMaxExpansion = 2'000'000;  // comparisons that all wildcards of a pack may cost: a hundred times what a large exercise needs
}

void Loader::read_scene() {
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
  for (const auto& [lamp, node] : entries(k.opt("lamps"))) {
    Keys kl(*this, node, "the lamp '" + lamp + "'");
    SpotDef l;
    l.name = lamp;
    l.at = vec3(kl.req("at"));
    l.look = vec3(kl.req("look"));
    const auto number = [&](const Yaml* v, double low, double high, double& to, const char* what) {
      if (!v) return;
      to = real(*v);
      if (to < low || to > high) fail(*v, what);
    };
    number(kl.req("candela"), 1, 100000, l.candela, "candela must lie between 1 and 100000");
    number(kl.req("range"), 0.1, 100, l.range_m, "range must lie between 0.1 and 100 metres");
    number(kl.opt("outer"), 1, 70, l.outer_deg, "outer must lie between 1 and 70 degrees: half the cone's angle");
    number(kl.opt("inner"), 0, 70, l.inner_deg, "inner must lie between 0 and 70 degrees: half the angle of the cone's full light");
    if (l.inner_deg > l.outer_deg) fail(node, "inner must not be larger than outer");
    if (l.at == l.look) fail(node, "at and look must be two places");
    if (const Yaml* color = kl.opt("color")) {
      l.color = vec3(color);
      if (std::any_of(l.color.begin(), l.color.end(), [](double c) { return c < 0 || c > 1; })) fail(*color, "color must be three numbers from 0 to 1");
    }
    s.lamps.push_back(std::move(l));
    if (s.lamps.size() == 17) fail(node, "more than 16 lamps", "Leave out those that light little");
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
  if (const Yaml* devices = k.opt("devices")) read_devices(*devices);
  resolve_scene();
  if (const Yaml* pairs = k.opt("pairs")) read_named_pairs(*pairs);
  resolve_devices();
}

void Loader::read_truths(const Yaml& truths) {
  Scene& s = pack_.scene;
  const auto index = [&](const Yaml& at, const std::string& want) {
    for (size_t i = 0; i < s.truths.size(); ++i) {
      if (s.truths[i].name == want && !s.truths[i].is_word) return static_cast<int>(i);
    }
    fail(at, "no truth '" + want + "' with a number stands above this one");
    return -1;
  };
  for (const auto& [truth_name, node] : entries(&truths)) {
    Keys k(*this, node, "the truth '" + truth_name + "'");
    Truth t;
    t.name = truth_name;
    const Yaml *from = k.opt("from"), *choose = k.opt("choose"), *min_of = k.opt("min_of"), *cases = k.opt("cases");
    const Yaml *to = k.opt("to"), *step = k.opt("step"), *group = k.opt("group");
    t.line = node.key_line;
    t.column = node.key_column;
    t.is_word = group != nullptr;
    if (!!from + !!choose + !!min_of + !!cases + !!group != 1) fail(node, "a truth needs exactly one of: from/to/step, choose, min_of, cases, group");
    if (!from && (to || step)) fail(node, "'to' and 'step' are a range's, which begins with 'from'");
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
    bool always = false;
    for (const Yaml& c : list(cases)) {
      Keys kc(*this, c, "a case");
      Truth::Case one;
      const Yaml* number_node = kc.opt("value");
      if (t.cases.empty()) t.is_word = !number_node;
      if (number_node && !t.is_word) {
        auto q = parse_quantity(word(number_node));
        if (t.cases.empty() && q) t.unit = q->unit;
        one.number = number(number_node, t.unit);
      } else {
        one.is = name(kc.req("is"));
        if (number_node || !t.is_word) fail(c, fmt::format("the first case makes this truth a {}", t.is_word ? "word ('is')" : "quantity ('value')"));
      }
      const Yaml* when = kc.opt("when");
      always = !when;
      if (when && when->kind == Yaml::Kind::kScalar) {
        one.when = expression(*when, {pack_, nullptr, nullptr, {}, nullptr, &lookups_});
      } else if (when && (when->kind != Yaml::Kind::kMap || when->map.size() != 1)) {
        fail(*when, "expected a condition in quotes or {truth: window}");
      } else if (when) {
        one.truth = index(*when, when->map[0].first);
        std::optional<Value> lo, hi;
        if (one.truth >= 0) window(when->map[0].second, s.truths[static_cast<size_t>(one.truth)].unit, lo, hi);
        if ((lo && lo->truth >= 0) || (hi && hi->truth >= 0)) fail(when->map[0].second, "a window's limit is a fixed quantity", "Compare truths in a condition: \"$truth.a < $truth.b\"");
        if (lo) one.lo = lo->number;
        if (hi) one.hi = hi->number;
      }
      t.cases.push_back(std::move(one));
    }
    if (cases && !always) fail(*cases, "the last case must have no 'when', so that one always holds");
    if (group) read_group(*group, t);
    if (const Yaml* within = k.opt("read_within")) {
      t.read_within = number(within, t.unit);
      if (t.is_word || !t.min_of.empty() || !t.cases.empty()) fail_key(*within, "only a drawn number is read");
      else if (*t.read_within < 0) fail(*within, "a reading tolerance is not negative");
    }
    s.truths.push_back(std::move(t));
  }
}

// The members of a group must be as hard as each other, else the draw would not be fair: pilots' pass rates within 5 % of their mean.
void Loader::read_group(const Yaml& group, Truth& t) {
  constexpr int64_t kSpread_bp = 500;
  if (group.kind == Yaml::Kind::kList) {
    for (const Yaml& member : group.list) t.group.push_back(name(&member));
  } else {
    std::vector<int64_t> rates;
    int64_t sum = 0;
    for (const auto& [member, rate] : entries(&group)) {
      t.group.push_back(member);
      rates.push_back(number(&rate, Unit::kRatio));
      if (rates.back() < 0 || rates.back() > 10000) fail(rate, "expected a pass rate from 0 % to 100 %");
      sum += rates.back();
    }
    const auto n = static_cast<int64_t>(rates.size());
    for (size_t i = 0; i < rates.size(); ++i) {
      if (std::abs(rates[i] * n - sum) <= kSpread_bp * n) continue;
      fail_key(group.map[i].second,
               fmt::format("'{}' is not as hard as the others: {} pass, {} on average", t.group[i], format_quantity(rates[i], Unit::kRatio, Lang::kEn), format_quantity(div_round(sum, n), Unit::kRatio, Lang::kEn)),
               "Keep the members of a group within 5 % of their mean; give the others a group of their own");
    }
  }
  const std::set<std::string_view> different(t.group.begin(), t.group.end());
  if (t.group.empty() || different.size() < t.group.size()) fail(group, "a group needs names, each once");
}

int Loader::read_object(const std::string& id, const Yaml& node, const Yaml* kind_node, int owner, const std::string& prefix) {
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
    if (owner < 0) (void)k.own.opt("kind");  // a part has none of its own
    values_ = k.own.opt("values") ? k.own.opt("values") : (owner < 0 ? nullptr : values_);
    if (const Yaml* own = k.own.opt("values"); own && own->kind != Yaml::Kind::kMap) fail(*own, "expected a map (part: value)");
    o.static_scenery = flag(k.opt("scenery"));
    if (const Yaml* v = k.opt("name")) o.name = string_key(v);
    else if (!o.static_scenery) fail(node, "the object '" + id + "' lacks 'name' (a string key); scenery needs 'scenery: true'");
    if (const Yaml* v = k.opt("model")) o.model = library_name(*v, "models/", "Name a shared model (\"parts_tray\") or a file of this pack (\"models/part.glb\"); a path never leaves the pack");
    if (const Yaml* v = k.opt("node")) o.node = name(v);
    late.in = k.opt("in");
    if (const Yaml* at = k.opt("at")) o.at = pose(*at);
    if (const Yaml* v = k.opt("whereabouts")) read_whereabouts(*v, o, index);
    read_mechanisms(k, o, late, id);
    for (const auto& [socket_name, socket] : entries(k.opt("sockets"))) read_socket(id, index, socket_name, socket);
    parts = k.opt("parts");
    if (const Yaml* d = k.opt("drums")) o.drums = words(d);
    if (const Yaml* n = k.opt("needle")) o.needle = name(n);
    if (const Yaml* v = k.opt("lit")) read_nodes_when(*v, o.lit, index, &ObjectDef::lit);
    if (const Yaml* v = k.opt("moved")) read_nodes_when(*v, o.moved, index, &ObjectDef::moved);
    if (const Yaml* v = k.opt("lead")) read_lead(*v, o, index);
    if (const Yaml* n = k.opt("display")) o.display = name(n);
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
  if (const Yaml* own = owner < 0 ? node.find("values") : nullptr) {
    for (const auto& [part, v] : own->map) {
      if (s.find_object(id + "." + part) < 0) fail_key(v, "'" + id + "' has no part '" + part + "'");
    }
  }
  return index;
}

// lit, moved: {node: CONDITION, ...}
void Loader::read_nodes_when(const Yaml& v, std::vector<NodeWhen>& nodes, int object, std::vector<NodeWhen> ObjectDef::*which) {
  for (const auto& [node, condition] : entries(&v)) {
    if (!is_name(node)) fail_key(condition, "'" + node.substr(0, 40) + "' is not the name of a node");
    const size_t i = nodes.size();
    nodes.push_back({node, {}});
    const Yaml* when = &condition;
    late_.push_back([this, object, i, when, which] { (pack_.scene.objects[static_cast<size_t>(object)].*which)[i].when = sure_condition(when); });
  }
}

// lead: {of: METER, from: NODE, probe: red | black}
void Loader::read_lead(const Yaml& v, ObjectDef& o, int object) {
  Keys k(*this, v, "lead");
  const Yaml *of = k.req("of"), *probe = k.req("probe");
  o.lead = LeadDef{-1, name(k.req("from")), word(probe) == "red"};
  if (probe && word(probe) != "red" && word(probe) != "black") fail(*probe, "a lead's probe is 'red' or 'black'");
  if (o.model.empty() || !o.static_scenery) fail(v, "a lead is scenery with a model");
  if (of) late_.push_back([this, object, of] {
    const int meter = object_ref(of);
    if (meter >= 0 && !pack_.scene.objects[static_cast<size_t>(meter)].meter) fail(*of, "'" + word(of) + "' is no meter");
    pack_.scene.objects[static_cast<size_t>(object)].lead->of = meter;
  });
}

// whereabouts: [{when: CONDITION, pos: [x, y, z], yaw?, from?, speed?} | {when: CONDITION, away: true}, ...]
void Loader::read_whereabouts(const Yaml& v, ObjectDef& o, int object) {
  if (o.part_of >= 0) fail(v, "a part is where its object is", "Give the object its whereabouts");
  for (const Yaml& item : list(&v)) {
    Keys k(*this, item, "a case");
    Whereabouts w;
    const Yaml *when = k.req("when"), *away = k.opt("away"), *pos = k.opt("pos"), *yaw = k.opt("yaw"), *from = k.opt("from"), *speed = k.opt("speed");
    w.away = flag(away);
    if (w.away == (pos != nullptr)) fail(item, "a thing is at a 'pos' or 'away: true'");
    if (pos) w.at.pos = vec3(pos);
    if (yaw) w.at.yaw = real(*yaw) * 3.14159265358979323846 / 180;
    if (from) w.from = vec3(from);
    if (speed) w.speed_um_s = number(speed, Unit::kSpeed);
    if (w.away && (from || speed)) fail(item, "what is away goes nowhere");
    if (w.speed_um_s < 0) fail(*speed, "a speed is not negative");
    if (when) {
      const size_t i = o.whereabouts.size();
      late_.push_back([this, object, i, when] { pack_.scene.objects[static_cast<size_t>(object)].whereabouts[i].when = sure_condition(when); });
    }
    o.whereabouts.push_back(std::move(w));
  }
}

std::string Loader::library_name(const Yaml& v, const char* folder, const char* hint) {
  const std::string s = word(&v);
  const std::string stem = s.starts_with(folder) ? s.substr(std::string_view(folder).size()) : s;
  if (!is_name(stem) || stem.find("..") != std::string::npos) {
    fail(v, "'" + s.substr(0, 80) + "' is not a " + std::string(folder).substr(0, std::string_view(folder).size() - 2), hint);
    return {};
  }
  return s;
}

void Loader::read_mechanisms(Layers& k, ObjectDef& o, Placed& late, const std::string& id) {
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
    late.hasps = m.opt("hasps");
    const Yaml* locked_in = m.opt("locked_in");
    l.locked_in = words(locked_in);
    for (const std::string& st : l.locked_in) {
      if (std::find(l.states.begin(), l.states.end(), st) == l.states.end()) fail(*locked_in, "'" + st + "' is not one of the states");
    }
    if (locked_in && !late.hasps) fail(*locked_in, "'locked_in' needs 'hasps': the sockets where a padlock goes");
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
    else if (const Yaml* shows = m.opt("shows")) late_.push_back([this, object = late.object, shows] { pack_.scene.objects[static_cast<size_t>(object)].label->signal = signal_ref(shows); });
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
    late.body = m.opt("body");
    o.zone = z;
  }
  read_device_mechanisms(k, o, late.object);
}

const Yaml* Loader::own_value(const std::string& id, const Yaml* otherwise, const Yaml& at) {
  const size_t dot = id.rfind('.');
  if (values_ && dot != std::string::npos) {
    if (const Yaml* v = values_->find(id.substr(dot + 1))) return v;
  }
  if (!otherwise) fail(at, "'" + id + "' has no value: neither here nor in the object's 'values'");
  return otherwise;
}

void Loader::read_socket(const std::string& owner_id, int owner, const std::string& socket_name, const Yaml& node) {
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

int Loader::socket_ref(const Yaml* v, const std::string& prefix) {
  if (!v) return -1;
  const std::string want = word(v);
  for (const std::string& id : {want, prefix + want}) {
    if (const int i = pack_.scene.find_socket(id); i >= 0) return i;
  }
  fail(*v, "no socket '" + want + "'");
  return -1;
}

int Loader::object_ref(const Yaml* v) {
  if (!v) return -1;
  const std::string want = word(v);
  const int i = pack_.scene.find_object(want);
  if (i < 0 && v->kind == Yaml::Kind::kScalar) fail(*v, "no object '" + want + "' in scene.yaml");
  return i;
}

bool Loader::affordable(const Yaml& at) {
  if (expansion_ > kMaxExpansion) return false;
  expansion_ += static_cast<int64_t>(pack_.scene.objects.size() + pack_.scene.sockets.size()) + 1;
  if (expansion_ > kMaxExpansion) fail(at, "the pack's lists and wildcards name too many things", "Name fewer, or split the pack");
  return expansion_ <= kMaxExpansion;
}

std::vector<int> Loader::socket_refs(const Yaml* v, const std::string& prefix) {
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

void Loader::resolve_scene() {
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
    const auto starts_in = [&](const Yaml& at) {
      const int in = socket_ref(&at, prefix);
      const std::string tag = o.item ? o.item->tag : "";
      if (in >= 0 && std::find(s.sockets[static_cast<size_t>(in)].accepts.begin(), s.sockets[static_cast<size_t>(in)].accepts.end(), tag) == s.sockets[static_cast<size_t>(in)].accepts.end()) fail(at, "this socket does not accept '" + tag + "'");
      return in;
    };
    if (l.in && l.in->kind == Yaml::Kind::kList) {
      read_starts(*l.in, o, starts_in);
    } else if (l.in) {
      o.in = starts_in(*l.in);
      if (o.in >= 0) {
        int& there = filled[static_cast<size_t>(o.in)];
        if (there >= 0) fail(*l.in, "'" + s.objects[static_cast<size_t>(there)].id + "' starts in this socket already");
        there = l.object;
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
    if (o.lever) o.lever->hasps = socket_refs(l.hasps, o.part_of >= 0 ? l.prefix : prefix);
    if (o.surface) o.surface->covered_by = socket_ref(l.covered, prefix);
    if (o.vessel) o.vessel->cap = socket_ref(l.cap, l.prefix);
    if (o.zone) {
      o.zone->body = object_ref(l.body);
      if (o.zone->body >= 0 && !s.objects[static_cast<size_t>(o.zone->body)].body) fail(*l.body, "this object is not a body");
    }
  }
  if (errors_.empty()) check_starts();
}

// Where an object starts as the truths have it: [{when, is: socket}, ..., {is: socket}].
void Loader::read_starts(const Yaml& cases, ObjectDef& o, const std::function<int(const Yaml&)>& socket) {
  if (std::any_of(pack_.scene.sockets.begin(), pack_.scene.sockets.end(), [&](const SocketDef& s) { return pack_.scene.objects[static_cast<size_t>(s.owner)].id == o.id; }))
    fail(cases, "what has sockets of its own starts in one place");
  bool always = false;
  for (const Yaml& c : cases.list) {
    Keys k(*this, c, "a case");
    const Yaml *when = k.opt("when"), *is = k.req("is");
    if (always) fail(c, "nothing comes after the case without 'when'");
    always = always || !when;
    const int in = is ? socket(*is) : -1;
    if (!when) o.in = in;
    else if (auto e = expression(*when, {pack_, nullptr, nullptr, {}, nullptr, &lookups_})) o.starts.push_back({std::move(*e), in});
  }
  if (!always) fail(cases, "the last case must have no 'when', so that one always holds");
}

// Two objects must not start in one socket, whatever is drawn.
void Loader::check_starts() {
  constexpr uint64_t kDraws = 200;
  Scene& s = pack_.scene;
  if (std::all_of(s.objects.begin(), s.objects.end(), [](const ObjectDef& o) { return o.starts.empty(); })) return;
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    const Truths truths = draw_truths(s, seed);
    std::map<int, const Placed*> there;
    for (const Placed& l : late_objects_) {
      const ObjectDef& o = s.objects[static_cast<size_t>(l.object)];
      const int in = start_of(o, truths);
      const auto [at, first] = there.emplace(in, &l);
      if (in < 0 || first) continue;
      const ObjectDef& other = s.objects[static_cast<size_t>(at->second->object)];
      fail(o.starts.empty() ? *at->second->in : *l.in, fmt::format("'{}' and '{}' would both start in '{}', as with the seed {}", other.id, o.id, s.sockets[static_cast<size_t>(in)].id, seed));
      return;
    }
  }
}

}  // namespace shixun
