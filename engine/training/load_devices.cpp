// scene.yaml, `devices`: id -> one of
//   network: {nodes: [n, ...], earth?: n, alternating?: true, parts: {id: PART}, faults?: [FAULT, ...]}
//     PART   {source: VOLTS} | {resistor: OHMS} | {wire: [n, n]} | {switch: CONDITION} | {fuse: AMPS, holder?: socket} | {diode: drop} |
//            {capacitor: charge, held?: {source: part, by: [part, ...]}, drains?: [{tau: time, by?: part}, ...]}
//            and between: [n, n], series?: resistance, withstand?: voltage, quadrature?: voltage (source of an alternating network)
//     FAULT  {when: CONDITION, break: part} | {add: part, resistance} | {blow: fuse} | {bridge: [n, n], resistance} |
//            {move: part, end: a|b, to: n} | {drain: capacitor, tau}
//   air: {nodes: {id: {supply: PRESSURE} | {volume_mm3: N, pressure?} | {room: true}}, flows: {id: [[difference, free mm3 a second], ...]},
//         links: {id: {between: [n, n], flow: id, open: CONDITION | RATIO, one_way?: true}},
//         cylinders?: {id: {cap: n, rod: n, cap_mm2: N, rod_mm2: N, stroke, friction, speed}}}
//   machine: {initial: state, states: {id: {on?: [output, ...], text?: string}}, transitions: [{from?: state, event?, after?: time, when?: CONDITION, to: state}]}
//   model: {unit, is: NUMBER} | {unit, approach: {from, to: NUMBER, tau: NUMBER}} | {unit, decay: {from, tau, when: CONDITION}} |
//          {unit, table: {of: signal, points: [[x, y], ...], curve?: linear|logarithmic}} | {unit, gauge: {of: signal, min, max, step}}
//   dialogue: {version_of?: name, first: node, flags?: [flag, ...], follows?: {flag: CONDITION}, nodes: {id: {speaker, lines: [string, ...], required?: true,
//              choices?: {id: {say: string, quality: 0-3, to: node, sets?, clears?, needs?, forbids?: [flag, ...], times?: N}}}}}
//   volts: [n, n], of: network    current: part, of: network    pressure: n, of: air    position: cylinder, of: air    when: CONDITION
// In capitals, what follows the world: a quantity or truth, a signal, or [{when: CONDITION, is: ...}, ..., {is: ...}].
// Of objects, and `pairs`: load_mechanisms.cpp
// What conditions may name: load_signals.cpp

#include <tuple>

#include "engine/training/devices.h"
#include "engine/training/loader.h"
#include "engine/training/world.h"

namespace shixun {

namespace {

constexpr std::array kCurves = {Word{"linear", Curve::kLinear}, Word{"logarithmic", Curve::kLogarithmic}};
constexpr size_t kMaxDevices = 256, kMaxAirs = 4, kMaxFaults = 32;
constexpr size_t kMaxNetworkWork = 1'000'000;  // what solving all networks once for every switch and fault may cost: twenty times what a car needs

template <class T>
int index_of(const std::vector<T>& list, std::string_view id) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].id == id) return static_cast<int>(i);
  }
  return -1;
}
int index_of(const std::vector<std::string>& list, std::string_view id) {
  const auto it = std::find(list.begin(), list.end(), id);
  return it == list.end() ? -1 : static_cast<int>(it - list.begin());
}

// Where a device speaks of a part of itself: the key's value, however deep it stands.
const Yaml* find_deep(const Yaml& node, std::string_view key) {
  for (const auto& [k, v] : node.map) {
    if (k == key) return &v;
    if (const Yaml* found = find_deep(v, key)) return found;
  }
  return nullptr;
}

}  // namespace

// ---------------------------------------------------------------- devices
void Loader::read_devices(const Yaml& devices) {
  const auto& all = entries(&devices);
  if (all.size() > kMaxDevices) fail(devices, fmt::format("more than {} devices and signals", kMaxDevices));
  for (const auto& [id, node] : all) {
    if (pack_.scene.find_object(id) >= 0 || pack_.scene.find_socket(id) >= 0) fail_key(node, "'" + id + "' is an object or socket already", "Give the device a name of its own");
    Keys k(*this, node, "the device '" + id + "'");
    constexpr std::array kKinds = {"network", "air", "machine", "model", "dialogue", "volts", "current", "pressure", "position", "when"};
    const char* kind = nullptr;
    int kinds = 0;
    const Yaml* is = nullptr;
    for (const char* name : kKinds) {
      if (const Yaml* v = k.opt(name)) kind = name, is = v, ++kinds;
    }
    if (kinds != 1) {
      fail(node, "the device '" + id + "' must be exactly one of: network, air, machine, model, dialogue, volts, current, pressure, position, when");
      (void)k.opt("of");
      continue;
    }
    const std::string_view which(kind);
    device_nodes_.emplace_back(id, &node);
    if (which == "network") read_network(id, *is);
    else if (which == "air") read_air(id, *is);
    else if (which == "machine") read_machine(id, *is);
    else if (which == "model") read_model(id, *is);
    else if (which == "dialogue") read_dialogue(id, *is);
    else read_signal(id, node, which, *is, which == "when" ? nullptr : k.req("of"));
  }
}

void Loader::read_network(const std::string& id, const Yaml& node) {
  DeviceDefs& devices = pack_.scene.devices;
  Keys k(*this, node, "the network '" + id + "'");
  check_device_name(node, id);
  NetworkDef n;
  n.id = id;
  const Yaml* nodes = k.req("nodes");
  for (const std::string& s : words(nodes)) {
    if (!is_name(s)) fail(*nodes, "'" + s.substr(0, 40) + "' is not a name");
    n.nodes.push_back(s);
  }
  n.alternating = flag(k.opt("alternating"));
  if (const Yaml* earth = k.opt("earth")) n.earth = named_in(earth, n.nodes, "node");
  const Yaml* parts = k.req("parts");
  std::vector<std::string> names_of_parts;
  for (const auto& [part, v] : entries(parts)) names_of_parts.push_back(part);
  const auto at_index = static_cast<int>(devices.networks.size());
  const auto part_ref = [this, names_of_parts](const Yaml* v) { return named_in(v, names_of_parts, "part"); };
  for (const auto& [part, v] : entries(parts)) {
    Keys kp(*this, v, "the part '" + part + "'");
    const Yaml *source = kp.opt("source"), *resistor = kp.opt("resistor"), *wire = kp.opt("wire"), *contact = kp.opt("switch"), *fuse = kp.opt("fuse"), *diode = kp.opt("diode"),
               *capacitor = kp.opt("capacitor");
    PartDef p;
    p.id = part;
    p.series = {10, Unit::kResistance, -1};
    if (!!source + !!resistor + !!wire + !!contact + !!fuse + !!diode + !!capacitor != 1) fail(v, "a part is exactly one of: source, resistor, wire, switch, fuse, diode, capacitor");
    std::tie(p.a, p.b) = two_nodes(wire ? wire : kp.req("between"), n.nodes);
    if (const Yaml* series = kp.opt("series")) p.series = value(series, Unit::kResistance);
    if (const Yaml* withstand = kp.opt("withstand")) p.withstand = value(withstand, Unit::kVoltage);
    p.kind = source ? ElementKind::kSource : contact ? ElementKind::kSwitch : fuse ? ElementKind::kFuse : diode ? ElementKind::kDiode : capacitor ? ElementKind::kCapacitor : ElementKind::kResistor;
    if (wire) p.resistance.cases.push_back({std::nullopt, p.series, -1});
    if (fuse) {
      p.rating = value(fuse, Unit::kCurrent);
      p.holder = socket_ref(kp.opt("holder"), "");
    }
    if (diode) p.start = value(diode, Unit::kVoltage);
    if (source) {
      if (const Yaml* q = kp.opt("quadrature")) p.quadrature = value(q, Unit::kVoltage);
      if (n.alternating && source->kind != Yaml::Kind::kScalar) fail(*source, "a source of an alternating network is a fixed voltage");
    }
    if (capacitor) {
      p.start = value(capacitor, Unit::kVoltage);
      if (const Yaml* held = kp.opt("held")) {
        Keys kh(*this, *held, "held");
        p.held_source = part_ref(kh.req("source"));
        const Yaml* by = kh.req("by");
        for (const std::string& s : words(by)) {
          p.held_by.push_back(std::max(0, index_of(names_of_parts, s)));
          if (!s.empty() && index_of(names_of_parts, s) < 0) fail(*by, "no part '" + s.substr(0, 40) + "' in this device");
        }
      }
      for (const Yaml& drain : list(kp.opt("drains"))) {
        Keys kd(*this, drain, "a drain");
        p.drains.push_back({part_ref(kd.opt("by")), value(kd.req("tau"), Unit::kTime)});
      }
    }
    // What follows the world is read once everything has its name.
    const auto part_index = n.parts.size();
    late_.push_back([this, at_index, part_index, source, resistor, contact] {
      PartDef& d = pack_.scene.devices.networks[static_cast<size_t>(at_index)].parts[part_index];
      if (source) d.voltage = driven(source, Unit::kVoltage);
      if (resistor) d.resistance = driven(resistor, Unit::kResistance);
      if (contact) d.closed = sure_condition(contact);
    });
    n.parts.push_back(std::move(p));
  }
  for (const Yaml& f : list(k.opt("faults"))) {
    Keys kf(*this, f, "a fault");
    const Yaml *when = kf.req("when"), *broken = kf.opt("break"), *add = kf.opt("add"), *blow = kf.opt("blow"), *bridge = kf.opt("bridge"), *moved = kf.opt("move"), *drain = kf.opt("drain");
    FaultDef d;
    if (!!broken + !!add + !!blow + !!bridge + !!moved + !!drain != 1) fail(f, "a fault is exactly one of: break, add, blow, bridge, move, drain");
    using Kind = NetworkFault::Kind;
    d.fault.kind = broken ? Kind::kBroken : add ? Kind::kAdded : blow ? Kind::kBlown : bridge ? Kind::kBridge : moved ? Kind::kMiswiredA : Kind::kTau;
    if (add || bridge) d.value = value(kf.req("resistance"), Unit::kResistance);
    if (drain) d.value = value(kf.req("tau"), Unit::kTime);
    if (bridge) std::tie(d.fault.a, d.fault.b) = two_nodes(bridge, n.nodes);
    else d.fault.element = part_ref(broken ? broken : add ? add : blow ? blow : moved ? moved : drain);
    if (moved) {
      constexpr std::array kEnds = {Word{"a", Kind::kMiswiredA}, Word{"b", Kind::kMiswiredB}};
      d.fault.kind = choice(kf.req("end"), kEnds, Kind::kMiswiredA);
      (d.fault.kind == Kind::kMiswiredA ? d.fault.a : d.fault.b) = named_in(kf.req("to"), n.nodes, "node");
    }
    const size_t fault_index = n.faults.size();
    late_.push_back([this, at_index, fault_index, when] { pack_.scene.devices.networks[static_cast<size_t>(at_index)].faults[fault_index].when = sure_condition(when); });
    n.faults.push_back(std::move(d));
  }
  if (n.faults.size() > kMaxFaults) fail(node, fmt::format("more than {} faults", kMaxFaults));
  devices.networks.push_back(std::move(n));
}

void Loader::read_air(const std::string& id, const Yaml& node) {
  DeviceDefs& devices = pack_.scene.devices;
  Keys k(*this, node, "the air circuit '" + id + "'");
  check_device_name(node, id);
  AirDef a;
  a.id = id;
  const auto at_index = devices.airs.size();
  std::vector<std::string> nodes, flows;
  for (const auto& [name_of, v] : entries(k.req("nodes"))) {
    Keys kn(*this, v, "the node '" + name_of + "'");
    const Yaml *supply = kn.opt("supply"), *volume = kn.opt("volume_mm3"), *room = kn.opt("room");
    PressureNode p;
    p.id = name_of;
    if (room && word(room) != "true") fail(*room, "expected true: a node is the open air, or something else");
    if (!!supply + !!volume + !!room != 1) fail(v, "a node is exactly one of: supply, volume_mm3, room");
    p.kind = supply ? PressureNode::Kind::kSupply : volume ? PressureNode::Kind::kVolume : PressureNode::Kind::kRoom;
    if (volume) p.volume_mm3 = whole(volume, 1, static_cast<int>(kMaxVolume_mm3));
    Driven pressure;
    if (volume) pressure.cases.push_back({std::nullopt, kn.opt("pressure") ? value(kn.opt("pressure"), Unit::kPressure) : Value{0, Unit::kPressure, -1}, -1});
    const size_t n = nodes.size();
    if (supply) late_.push_back([this, at_index, n, supply] { pack_.scene.devices.airs[at_index].pressures[n] = driven(supply, Unit::kPressure); });
    nodes.push_back(name_of);
    a.net.nodes.push_back(std::move(p));
    a.pressures.push_back(std::move(pressure));
  }
  for (const auto& [name_of, v] : entries(k.req("flows"))) {
    Table t;
    t.id = name_of;
    for (const Yaml& point : list(&v)) {
      if (point.kind != Yaml::Kind::kList || point.list.size() != 2) fail(point, "expected [pressure difference, free air in mm3 a second]");
      else t.points.push_back({number(&point.list[0], Unit::kPressure), number(&point.list[1], Unit::kCount)});
    }
    flows.push_back(name_of);
    a.net.flows.push_back(std::move(t));
  }
  for (const auto& [name_of, v] : entries(k.req("links"))) {
    Keys kl(*this, v, "the link '" + name_of + "'");
    PressureLink l;
    l.id = name_of;
    std::tie(l.a, l.b) = two_nodes(kl.req("between"), nodes);
    l.flow = named_in(kl.req("flow"), flows, "flow");
    l.one_way = flag(kl.opt("one_way"));
    const Yaml* open_node = kl.req("open");
    const size_t n = a.net.links.size();
    late_.push_back([this, at_index, n, open_node] { pack_.scene.devices.airs[at_index].openings[n] = opening(open_node); });
    a.net.links.push_back(std::move(l));
    a.openings.emplace_back();
  }
  for (const auto& [name_of, v] : entries(k.opt("cylinders"))) {
    Keys kc(*this, v, "the cylinder '" + name_of + "'");
    Cylinder c;
    c.id = name_of;
    c.cap = named_in(kc.req("cap"), nodes, "node");
    c.rod = named_in(kc.req("rod"), nodes, "node");
    c.cap_mm2 = whole(kc.req("cap_mm2"), 1, 20'000);
    c.rod_mm2 = whole(kc.req("rod_mm2"), 1, 20'000);
    c.stroke_um = number(kc.req("stroke"), Unit::kLength);
    c.friction_mn = number(kc.req("friction"), Unit::kForce) * 100;
    c.max_step_um = number(kc.req("speed"), Unit::kSpeed) / 120;
    a.net.cylinders.push_back(std::move(c));
  }
  devices.airs.push_back(std::move(a));
}

void Loader::read_machine(const std::string& id, const Yaml& node) {
  DeviceDefs& devices = pack_.scene.devices;
  Keys k(*this, node, "the machine '" + id + "'");
  MachineDef m;
  m.machine.id = id;
  const auto at_index = devices.machines.size();
  std::vector<std::string> states;
  const Yaml* states_node = k.req("states");
  for (const auto& [state, v] : entries(states_node)) {
    MachineState s;
    s.id = state;
    if (v.kind != Yaml::Kind::kNull) {
      Keys ks(*this, v, "the state '" + state + "'");
      for (const std::string& output : words(ks.opt("on"))) {
        int bit = index_of(m.outputs, output);
        if (bit < 0) bit = static_cast<int>(m.outputs.size()), m.outputs.push_back(output);
        if (bit < 64) s.outputs |= uint64_t{1} << bit;
        if (bit == 64) fail(v, "a machine has 64 outputs at most");
      }
      if (const Yaml* text = ks.opt("text")) s.text = string_key(text);
    }
    states.push_back(state);
    m.machine.states.push_back(std::move(s));
  }
  m.machine.initial = std::max(0, named_in(k.req("initial"), states, "state"));
  for (const Yaml& v : list(k.req("transitions"))) {
    Keys kt(*this, v, "a transition");
    Transition t;
    if (const Yaml* from = kt.opt("from")) t.from = named_in(from, states, "state");
    t.to = std::max(0, named_in(kt.req("to"), states, "state"));
    if (const Yaml* event = kt.opt("event")) {
      const std::string name_of = name(event);
      t.event = index_of(m.machine.events, name_of);
      if (t.event < 0) t.event = static_cast<int>(m.machine.events.size()), m.machine.events.push_back(name_of);
    }
    if (const Yaml* after = kt.opt("after")) {
      t.after_ticks = tick_of(number(after, Unit::kTime));
      if (t.after_ticks <= 0) fail(*after, "a time must be positive; leave it out for at once");
    }
    if (const Yaml* when = kt.opt("when")) {
      t.guard = static_cast<int>(m.guards.size());
      const size_t guard = m.guards.size();
      late_.push_back([this, at_index, guard, when] { pack_.scene.devices.machines[at_index].guards[guard] = sure_condition(when); });
      m.guards.emplace_back();
    }
    m.machine.transitions.push_back(t);
  }
  add_state_signals(node, id, at_index, {SignalDef::Kind::kMachine, states}, {SignalDef::Kind::kOutput, m.outputs});
  devices.machines.push_back(std::move(m));
}

void Loader::read_model(const std::string& id, const Yaml& node) {
  DeviceDefs& devices = pack_.scene.devices;
  Keys k(*this, node, "the model '" + id + "'");
  ModelDef m;
  m.id = id;
  m.unit = choice(k.req("unit"), kUnitWords, Unit::kCount);
  m.from.unit = m.unit;
  const Unit unit = m.unit;
  const auto at_index = devices.models.size();
  const Yaml *is = k.opt("is"), *approaches = k.opt("approach"), *decays = k.opt("decay"), *table = k.opt("table"), *gauge = k.opt("gauge");
  if (!!is + !!approaches + !!decays + !!table + !!gauge != 1) fail(node, "a model is exactly one of: is, approach, decay, table, gauge");
  const auto self = [this, at_index]() -> ModelDef& { return pack_.scene.devices.models[at_index]; };
  SignalDef s;
  s.kind = SignalDef::Kind::kModel;
  s.name = id;
  s.unit = unit;
  s.of = static_cast<int>(at_index);
  const int signal = add_signal(node, s);
  const auto worked_out = [&](std::function<void()> read) {
    unready_.insert(signal);
    pure_.push_back([this, signal, read = std::move(read)] {
      read();
      unready_.erase(signal);
    });
  };
  const auto reads = [this](const Yaml* of) {
    const int i = signal_ref(of);
    if (i >= 0 && pack_.scene.devices.signals[static_cast<size_t>(i)].is_word) fail(*of, "'" + word(of) + "' is a word; a number is needed here");
    if (i >= 0) watched_.insert(i);
    return i;
  };
  if (is) {
    worked_out([this, self, is, unit] { self().to = driven(is, unit); });
  } else if (approaches) {
    Keys ka(*this, *approaches, "approach");
    m.kind = ModelDef::Kind::kApproach;
    m.from = value(ka.req("from"), unit);
    const Yaml *to = ka.req("to"), *tau = ka.req("tau");
    late_.push_back([this, self, to, tau, unit] {
      self().to = driven(to, unit);
      self().tau = driven(tau, Unit::kTime);
    });
  } else if (decays) {
    Keys kd(*this, *decays, "decay");
    m.kind = ModelDef::Kind::kApproach;
    m.from = value(kd.req("from"), unit);
    const Value from = m.from, tau = value(kd.req("tau"), Unit::kTime);
    const Yaml* when = kd.req("when");
    late_.push_back([this, self, when, from, tau, unit] {
      // Held until the condition holds; then it dies away.
      const Expression e = sure_condition(when);
      self().to.cases = {{e, {0, unit, -1}, -1}, {std::nullopt, from, -1}};
      self().tau.cases = {{e, tau, -1}, {std::nullopt, {0, Unit::kTime, -1}, -1}};
    });
  } else if (table) {
    Keys kt(*this, *table, "table");
    m.kind = ModelDef::Kind::kTable;
    m.table.id = id;
    m.table.curve = choice(kt.opt("curve"), kCurves, Curve::kLinear);
    const Yaml *of = kt.req("of"), *points = kt.req("points");
    worked_out([this, self, reads, of, points, unit] {
      self().of = reads(of);
      const Unit x = self().of < 0 ? Unit::kCount : pack_.scene.devices.signals[static_cast<size_t>(self().of)].unit;
      for (const Yaml& point : list(points)) {
        if (point.kind != Yaml::Kind::kList || point.list.size() != 2) fail(point, "expected [x, y]");
        else self().table.points.push_back({number(&point.list[0], x), number(&point.list[1], unit)});
      }
    });
  } else if (gauge) {
    Keys kg(*this, *gauge, "gauge");
    m.kind = ModelDef::Kind::kGauge;
    m.gauge = {number(kg.req("min"), unit), number(kg.req("max"), unit), number(kg.req("step"), unit)};
    if (m.gauge.min >= m.gauge.max || m.gauge.resolution <= 0) {
      fail(*gauge, "a gauge needs min < max and a step above zero");
      m.gauge = {0, 1, 1};
    }
    const Yaml* of = kg.req("of");
    worked_out([this, self, reads, of, unit] {
      self().of = reads(of);
      if (self().of < 0) return;
      const SignalDef& read = pack_.scene.devices.signals[static_cast<size_t>(self().of)];
      if (!read.is_word && read.unit != unit) fail(*of, fmt::format("'{}' is a {}, but this gauge shows a {}", read.name, unit_kind(read.unit), unit_kind(unit)));
    });
  }
  devices.models.push_back(std::move(m));
}

void Loader::read_signal(const std::string& id, const Yaml& node, std::string_view kind, const Yaml& is, const Yaml* of) {
  SignalDef s;
  s.name = id;
  if (kind == "when") {
    s.kind = SignalDef::Kind::kWhen;
    const int signal = add_signal(node, s);
    unready_.insert(signal);
    pure_.push_back([this, signal, what = &is] {
      auto e = sure_condition(what);
      pack_.scene.devices.signals[static_cast<size_t>(signal)].when = std::move(e);
      unready_.erase(signal);
    });
    return;
  }
  s.kind = kind == "volts" ? SignalDef::Kind::kVolts : kind == "current" ? SignalDef::Kind::kCurrent : kind == "pressure" ? SignalDef::Kind::kPressure : SignalDef::Kind::kPosition;
  s.unit = kind == "volts" ? Unit::kVoltage : kind == "current" ? Unit::kCurrent : kind == "pressure" ? Unit::kPressure : Unit::kLength;
  const int signal = add_signal(node, s);
  if (!of) return;
  late_first_.push_back([this, signal, what = &is, of] {
    DeviceDefs& d = pack_.scene.devices;
    SignalDef& x = d.signals[static_cast<size_t>(signal)];
    const bool electric = x.kind == SignalDef::Kind::kVolts || x.kind == SignalDef::Kind::kCurrent;
    x.of = device_ref(of, electric ? "network" : "air circuit");
    x.a = x.b = 0;
    if (x.of < 0) return;
    std::vector<std::string> known;
    if (x.kind == SignalDef::Kind::kVolts) {
      std::tie(x.a, x.b) = two_nodes(what, d.networks[static_cast<size_t>(x.of)].nodes);
    } else if (x.kind == SignalDef::Kind::kCurrent) {
      for (const PartDef& p : d.networks[static_cast<size_t>(x.of)].parts) known.push_back(p.id);
      x.a = named_in(what, known, "part");
    } else if (x.kind == SignalDef::Kind::kPressure) {
      for (const PressureNode& p : d.airs[static_cast<size_t>(x.of)].net.nodes) known.push_back(p.id);
      x.a = named_in(what, known, "node");
    } else {
      for (const Cylinder& c : d.airs[static_cast<size_t>(x.of)].net.cylinders) known.push_back(c.id);
      x.a = named_in(what, known, "cylinder");
    }
  });
}

void Loader::read_dialogue(const std::string& id, const Yaml& node) {
  DeviceDefs& devices = pack_.scene.devices;
  Keys k(*this, node, "the dialogue '" + id + "'");
  DialogueDef d;
  d.dialogue.id = id;
  if (const Yaml* version = k.opt("version_of")) d.version_of = name(version);
  const auto at_index = devices.dialogues.size();
  d.dialogue.flags = names(k.opt("flags"));
  const auto& flags = d.dialogue.flags;
  const Yaml* nodes = k.req("nodes");
  std::vector<std::string> known;
  for (const auto& [node_id, v] : entries(nodes)) {
    known.push_back(node_id);
    for (const DialogueDef& other : devices.dialogues) {
      const bool versions = !d.version_of.empty() && d.version_of == other.version_of;
      if (!versions && index_of(other.dialogue.nodes, node_id) >= 0) fail_key(v, "the node '" + node_id + "' stands in the dialogue '" + other.dialogue.id + "' already", "Rules speak of nodes by their name alone: each needs its own, unless both are 'version_of' one conversation");
    }
  }
  d.dialogue.first = std::max(0, named_in(k.req("first"), known, "node"));
  const auto mask = [&](const Yaml* v) {
    uint64_t bits = 0;
    for (const std::string& f : words(v)) {
      const int i = index_of(flags, f);
      if (i < 0) fail(*v, "no flag '" + f.substr(0, 40) + "' in this dialogue", "Declare it under 'flags'");
      else if (i < 64) bits |= uint64_t{1} << i;
    }
    return bits;
  };
  for (const auto& [node_id, v] : entries(nodes)) {
    Keys kn(*this, v, "the node '" + node_id + "'");
    DialogueNode n;
    n.id = node_id;
    const Yaml* speaker = kn.req("speaker");
    n.speaker = word(speaker);
    (void)object_ref(speaker);
    const Yaml* lines = kn.opt("lines");
    for (const std::string& line : words(lines)) {
      n.lines.push_back(line);
      need_string(*lines, line);
    }
    n.required = flag(kn.opt("required"));
    for (const auto& [choice_id, c] : entries(kn.opt("choices"))) {
      Keys kc(*this, c, "the answer '" + choice_id + "'");
      Choice x;
      x.id = choice_id;
      x.line = string_key(kc.req("say"));
      x.quality = whole(kc.req("quality"), 0, 3);
      x.to = named_in(kc.req("to"), known, "node");
      x.sets = mask(kc.opt("sets"));
      x.clears = mask(kc.opt("clears"));
      x.needs = mask(kc.opt("needs"));
      x.forbids = mask(kc.opt("forbids"));
      if (const Yaml* times = kc.opt("times")) x.repeats = whole(times, 1, kMaxSaid);
      n.choices.push_back(std::move(x));
    }
    d.dialogue.nodes.push_back(std::move(n));
  }
  for (const auto& [f, when] : entries(k.opt("follows"))) {
    const int i = index_of(flags, f);
    if (i < 0 || i >= 64) {
      fail_key(when, "no flag '" + f + "' in this dialogue", "Declare it under 'flags'");
      continue;
    }
    const size_t n = d.follows.size();
    const Yaml* condition = &when;
    late_.push_back([this, at_index, n, condition] { pack_.scene.devices.dialogues[at_index].follows[n].when = sure_condition(condition); });
    d.follows.push_back({i, {}});
  }
  add_state_signals(node, id, at_index, {SignalDef::Kind::kNode, known}, {SignalDef::Kind::kFlag, flags});
  devices.dialogues.push_back(std::move(d));
}

// ---------------------------------------------------------------- once everything has its name
void Loader::resolve_devices() {
  file_ = scene_file_;
  for (const DialogueDef& t : pack_.scene.devices.dialogues) {
    for (const std::string& f : t.dialogue.flags) {
      SignalDef flag_argument;
      flag_argument.name = "flag_" + f;
      (void)told(flag_argument);
    }
  }
  for (auto* phase : {&late_first_, &pure_, &late_}) {
    for (const auto& read : *phase) read();
    phase->clear();
  }
  DeviceDefs& d = pack_.scene.devices;
  d.watched_networks.resize(d.networks.size());
  d.watched_airs.resize(d.airs.size());
  d.watched_models.resize(d.models.size());
  for (const int i : watched_) {
    const SignalDef& s = d.signals[static_cast<size_t>(i)];
    if (s.of < 0) continue;
    const auto of = static_cast<size_t>(s.of);
    if (s.kind == SignalDef::Kind::kVolts || s.kind == SignalDef::Kind::kCurrent) d.watched_networks[of] = true;
    if (s.kind == SignalDef::Kind::kPressure || s.kind == SignalDef::Kind::kPosition) d.watched_airs[of] = true;
    if (s.kind == SignalDef::Kind::kModel) d.watched_models[of] = true;
  }
  size_t work = 0;
  for (const NetworkDef& n : d.networks) {
    size_t times = 2 + n.faults.size();
    for (const PartDef& p : n.parts) times += p.kind == ElementKind::kSwitch || p.kind == ElementKind::kDiode || p.resistance.cases.size() > 1 || p.voltage.cases.size() > 1 ? 1 : 0;
    work += std::min<size_t>(kMaxNetworkWork + 1, n.nodes.size() * n.nodes.size() * n.nodes.size() * times);
  }
  if (work > kMaxNetworkWork) add({Code::kFailed, scene_file_ + ":1:1", "the electrical networks are together too large to be worked out in time", "Leave out nodes nobody probes, and switches and faults no exercise needs"});
  if (d.airs.size() > kMaxAirs) add({Code::kFailed, scene_file_ + ":1:1", fmt::format("more than {} air circuits", kMaxAirs), "Join those that never meet into one"});
  if (!errors_.empty()) return;
  for (const DeviceProblem& p : check_devices(pack_.scene)) {
    const auto device = std::find_if(device_nodes_.begin(), device_nodes_.end(), [&](const auto& n) { return n.first == p.device; });
    if (device == device_nodes_.end()) continue;
    const std::string part = p.error.where.substr(p.error.where.rfind('.') + 1);
    const Yaml* found = find_deep(*device->second, part);
    if (found) fail_key(*found, "'" + part + "': " + p.error.what, p.error.hint);
    else fail_key(*device->second, "the device '" + p.device + "': " + p.error.what, p.error.hint);
  }
}

}  // namespace shixun
