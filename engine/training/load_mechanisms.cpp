// What of objects in scene.yaml belongs to devices (load_devices.cpp):
//   meter: {ranges: {id: {mode: dc_v|ac_v|ohm|continuity|dc_a|insulation, full, step, test?, source?}}, auto?: {id: mode}, initial: id,
//           category?, rated?, fuse?, input?, shunt?, leads?, ohms_survive?, live_from?, refuses_from?, sounds_below?, creeps_with?, full_time?,
//           battery_dead?, fuse_blown?, lead_broken?: CONDITION}
//   probe: {network, node, category?}     button: {machine, event}     connector: {initial: plugged|unplugged}     padlock: {owner: own|...}
//   person: {dialogue?, hands?: [socket, ...]}     needs: {when: CONDITION, why: string}     tells: [signal, ...]     label: {shows: signal}
//   dial: {unit, min, max, step, initial}
//   lever: {..., hasps?: [socket, ...], locked_in?: [state, ...]}
// `pairs`: id -> {name: string, points: [object, object]}: a measurement with a name of its own.

#include "engine/training/loader.h"

namespace shixun {

namespace {

constexpr std::array kFunctions = {Word{"dc_v", Function::kDcVolts}, Word{"ac_v", Function::kAcVolts},   Word{"ohm", Function::kOhms},
                                   Word{"continuity", Function::kContinuity}, Word{"dc_a", Function::kDcAmps}, Word{"insulation", Function::kInsulation}};

}  // namespace

void Loader::read_meter(const Yaml& v, ObjectDef& o, int object) {
  Keys m(*this, v, "meter");
  MeterDef d;
  InstrumentSpec& spec = d.spec;
  spec.id = o.id;
  const auto volts = [&](const char* key, int64_t& to) {
    if (const Yaml* q = m.opt(key)) to = number(q, Unit::kVoltage) * 1000;
  };
  const auto amps = [&](const char* key, int64_t& to) {
    if (const Yaml* q = m.opt(key)) to = number(q, Unit::kCurrent) * 1000;
  };
  const auto ohms = [&](const char* key, int64_t& to) {
    if (const Yaml* q = m.opt(key)) to = number(q, Unit::kResistance);
  };
  const auto time = [&](const char* key, int64_t& to) {
    if (const Yaml* q = m.opt(key)) to = number(q, Unit::kTime);
  };
  std::vector<std::string> known;
  const size_t told_before = errors_.size();
  for (const auto& [range_name, r] : entries(m.req("ranges"))) {
    Keys k(*this, r, "the range '" + range_name + "'");
    known.push_back(range_name);
    Range range;
    const size_t told = errors_.size();
    const Yaml* mode = k.req("mode");
    range.function = choice(mode, kFunctions, Function::kDcVolts);
    if (!mode || errors_.size() > told) {
      k.know_all();
      continue;
    }
    const bool volt = range.function == Function::kDcVolts || range.function == Function::kAcVolts, amp = range.function == Function::kDcAmps;
    const Unit unit = volt ? Unit::kVoltage : amp ? Unit::kCurrent : Unit::kResistance;
    const int64_t scale = volt || amp ? 1000 : 1;
    range.full = number(k.req("full"), unit) * scale;
    range.step = number(k.req("step"), unit) * scale;
    if (!volt && !amp) {
      range.test_uv = number(k.req("test"), Unit::kVoltage) * 1000;
      range.source_mohm = number(k.req("source"), Unit::kResistance);
    }
    d.positions.push_back({range_name, range.function, static_cast<int>(spec.ranges.size())});
    spec.ranges.push_back(range);
  }
  for (const auto& [position, mode] : entries(m.opt("auto"))) {
    if (std::find(known.begin(), known.end(), position) != known.end()) fail_key(mode, "'" + position + "' is a range already");
    d.positions.push_back({position, choice(&mode, kFunctions, Function::kDcVolts), -1});
    known.push_back(position);
  }
  for (const std::string& position : known) need_string(v, o.name + "." + position);
  d.initial = std::max(0, named_in(m.req("initial"), known, "range"));
  if (const Yaml* category = m.opt("category")) spec.category = whole(category, 2, 4);
  volts("rated", spec.rated_uv);
  volts("ohms_survive", spec.ohms_survive_uv);
  volts("live_from", spec.live_uv);
  volts("refuses_from", spec.guard_uv);
  amps("fuse", spec.fuse_ua);
  ohms("input", spec.input_mohm);
  ohms("shunt", spec.shunt_mohm);
  ohms("leads", spec.lead_mohm);
  ohms("sounds_below", spec.beep_mohm);
  time("creeps_with", spec.absorb_tau_ms);
  time("full_time", spec.full_time_ms);
  if (errors_.size() == told_before) {
    for (const Error& e : check(spec)) fail(v, e.what, e.hint);
  }
  const Yaml *dead = m.opt("battery_dead"), *blown = m.opt("fuse_blown"), *broken = m.opt("lead_broken");
  late_.push_back([this, object, dead, blown, broken] {
    MeterDef& meter = *pack_.scene.objects[static_cast<size_t>(object)].meter;
    if (dead) meter.battery_dead = sure_condition(dead);
    if (blown) meter.fuse_blown = sure_condition(blown);
    if (broken) meter.lead_broken = sure_condition(broken);
  });
  if (!o.item) fail(v, "a meter must be an 'item' too: it is held while measuring");
  o.meter = std::move(d);
}

void Loader::read_device_mechanisms(Layers& k, ObjectDef& o, int object) {
  const auto self = [this, object]() -> ObjectDef& { return pack_.scene.objects[static_cast<size_t>(object)]; };
  if (const Yaml* v = k.opt("meter")) read_meter(*v, o, object);
  if (const Yaml* v = k.opt("probe")) {
    Keys m(*this, *v, "probe");
    o.probe = ProbeDef{};
    const Yaml *network = m.req("network"), *node = m.req("node"), *category = m.opt("category");
    late_first_.push_back([this, self, network, node, category] {
      const auto& networks = pack_.scene.devices.networks;
      ProbeDef p{device_ref(network, "network"), -1, category ? whole(category, 0, 4) : 0};
      if (p.network >= 0) p.node = named_in(node, networks[static_cast<size_t>(p.network)].nodes, "node");
      self().probe = p;
    });
  }
  if (const Yaml* v = k.opt("button")) {
    Keys m(*this, *v, "button");
    o.button = ButtonDef{};
    const Yaml *machine = m.req("machine"), *event = m.req("event");
    late_first_.push_back([this, self, machine, event] {
      const auto& machines = pack_.scene.devices.machines;
      ButtonDef b;
      b.machine = device_ref(machine, "machine");
      if (b.machine >= 0) b.event = named_in(event, machines[static_cast<size_t>(b.machine)].machine.events, "event");
      self().button = b;
    });
  }
  if (const Yaml* v = k.opt("connector")) {
    Keys m(*this, *v, "connector");
    constexpr std::array kEnds = {Word{"plugged", true}, Word{"unplugged", false}};
    o.connector = ConnectorDef{choice(m.req("initial"), kEnds, true)};
  }
  if (const Yaml* v = k.opt("dial")) {
    Keys m(*this, *v, "dial");
    DialDef d;
    d.unit = choice(m.req("unit"), kUnitWords, Unit::kCount);
    d.min = number(m.req("min"), d.unit);
    d.max = number(m.req("max"), d.unit);
    d.step = number(m.req("step"), d.unit);
    d.initial = value(m.req("initial"), d.unit);
    if (d.min >= d.max || d.step <= 0) fail(*v, "a dial needs min < max and a step above zero");
    else if (d.initial.truth < 0 && (d.initial.number < d.min || d.initial.number > d.max)) fail(*v, "a dial begins on its scale");
    d.step = std::max<int64_t>(1, d.step);
    o.dial = d;
  }
  if (const Yaml* v = k.opt("padlock")) {
    Keys m(*this, *v, "padlock");
    o.padlock = PadlockDef{name(m.req("owner"))};
    if (!o.item) fail(*v, "a padlock must be an 'item' too");
  }
  if (const Yaml* v = k.opt("person")) {
    Keys m(*this, *v, "person");
    o.person = PersonDef{};
    const Yaml *dialogue = m.opt("dialogue"), *hands = m.opt("hands");
    const std::string prefix = o.id + ".";
    late_first_.push_back([this, self, dialogue, hands, prefix] {
      PersonDef p;
      p.dialogue = device_ref(dialogue, "dialogue");
      p.hands = socket_refs(hands, prefix);
      self().person = p;
    });
  }
  if (const Yaml* v = k.opt("needs")) {
    Keys m(*this, *v, "needs");
    NeedDef n;
    n.why = string_key(m.req("why"));
    const Yaml* when = m.req("when");
    late_.push_back([this, self, when] { self().need->when = sure_condition(when); });
    o.need = std::move(n);
  }
  if (const Yaml* v = k.opt("tells")) {
    late_.push_back([this, self, v] {
      for (const Yaml& item : v->kind == Yaml::Kind::kList ? v->list : std::vector<Yaml>{*v}) {
        const int i = signal_ref(&item);
        if (i < 0) continue;
        const SignalDef& s = pack_.scene.devices.signals[static_cast<size_t>(i)];
        if (!told(s)) fail(item, "'" + s.name + "' is a name that events use for themselves", "Rename the device or signal");
        self().tells.push_back(i);
      }
    });
  }
}

void Loader::read_named_pairs(const Yaml& pairs) {
  for (const auto& [id, node] : entries(&pairs)) {
    Keys k(*this, node, "the pair '" + id + "'");
    PairDef p;
    p.id = id;
    p.name = string_key(k.req("name"));
    const Yaml* points = k.req("points");
    if (pack_.scene.find_object(id) >= 0 || pack_.scene.find_socket(id) >= 0) fail_key(node, "'" + id + "' is an object or socket already");
    if (points && (points->kind != Yaml::Kind::kList || points->list.size() != 2)) fail(*points, "expected two objects to probe, such as [plus, minus]");
    else if (points) p.a = object_ref(&points->list[0]), p.b = object_ref(&points->list[1]);
    for (const int o : {p.a, p.b}) {
      if (o >= 0 && !pack_.scene.objects[static_cast<size_t>(o)].probe) fail(*points, "'" + pack_.scene.objects[static_cast<size_t>(o)].id + "' cannot be probed", "Give it a 'probe'");
    }
    pack_.scene.devices.pairs.push_back(std::move(p));
  }
}

}  // namespace shixun
