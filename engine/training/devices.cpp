#include "engine/training/devices.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "engine/sim/fixed.h"
#include "engine/training/world.h"

namespace shixun {

namespace {

constexpr int kMaxRounds = 32;  // of things that follow from each other at once
constexpr int64_t kMicro = 1000;  // uV in a mV, uA in a mA

size_t at(int i) { return static_cast<size_t>(i); }

int64_t per_mille(int64_t hundredths_of_percent) { return std::clamp<int64_t>(div_round(hundredths_of_percent, 10), 0, 1000); }

bool decays(const NetworkState& s) {
  return std::any_of(s.elements.begin(), s.elements.end(), [](const ElementState& e) { return !e.held && e.tau_ms > 0 && e.uv != 0; });
}

// Whether it decays from so much still that a condition could tell.
bool decays_visibly(const NetworkState& s, int64_t t_ms) {
  return std::any_of(s.elements.begin(), s.elements.end(), [&](const ElementState& e) { return !e.held && e.tau_ms > 0 && std::abs(decay(e.uv, t_ms - e.since_ms, e.tau_ms)) >= kMicro; });
}

}  // namespace

std::string key_of(const SignalDef& s) { return s.is_word ? s.name : s.name + key_of_unit(s.unit).substr(s.unit == Unit::kCount ? size_t{6} : std::string_view(unit_kind(s.unit)).size()); }

// ---------------------------------------------------------------- the beginning
Devices::Devices(const Around& w) {
  const DeviceDefs& d = w.scene.devices;
  around_ = &w;
  now_.meters.resize(w.scene.objects.size());
  now_.spent.resize(w.scene.objects.size());
  if (!d.any()) return;
  now_.faults.resize(d.networks.size());
  solved_.resize(d.networks.size());
  for (const AirDef& a : d.airs) {
    PressureNet net = a.net;
    AirState s;
    for (size_t i = 0; i < net.nodes.size(); ++i) {
      if (!a.pressures[i].cases.empty()) net.nodes[i].gauge_pa = std::clamp<int64_t>(w.truths.get(a.pressures[i].cases.back().is), 0, kMaxGauge_pa);
    }
    s.air = start(net);
    now_.airs.push_back(std::move(s));
  }
  for (const MachineDef& m : d.machines) now_.machines.push_back(start(m.machine));
  for (const ModelDef& m : d.models) {
    const int64_t from = w.truths.get(m.from);
    now_.models.push_back({from, from, 0, 0});
  }
  for (const DialogueDef& t : d.dialogues) now_.dialogues.push_back(start(t.dialogue));
  for (size_t i = 0; i < d.networks.size(); ++i) {
    built_.push_back(std::make_shared<const Network>(built_network(d.networks[i], w.truths, 0)));
    auto begun = start(*built_.back());
    now_.networks.push_back(begun ? std::move(begun->state) : NetworkState{0, std::vector<ElementState>(built_.back()->elements.size())});
  }
  (void)settle(w);
  for (size_t i = 0; i < w.scene.objects.size(); ++i) {
    const auto& meter = w.scene.objects[i].meter;
    if (!meter) continue;
    InstrumentState& s = now_.meters[i].instrument;
    s.battery_dead = meter->battery_dead && is(w, *meter->battery_dead);
    s.fuse_blown = meter->fuse_blown && is(w, *meter->fuse_blown);
    s.lead_broken = meter->lead_broken && is(w, *meter->lead_broken);
  }
}

Network built_network(const NetworkDef& d, const Truths& truths, uint64_t faults) {
  Network n;
  n.nodes = d.nodes;
  n.alternating = d.alternating;
  n.earth = d.earth;
  for (size_t i = 0; i < d.parts.size(); ++i) {
    const PartDef& p = d.parts[i];
    Element e;
    e.id = p.id;
    e.kind = p.kind;
    e.a = p.a;
    e.b = p.b;
    e.mohm = std::max<int64_t>(1, p.kind == ElementKind::kResistor ? truths.get(p.resistance.cases.back().is) : truths.get(p.series));
    e.uv = p.kind == ElementKind::kSource ? truths.get(p.voltage.cases.back().is) * kMicro : truths.get(p.start) * kMicro;
    e.quadrature_uv = truths.get(p.quadrature) * kMicro;
    e.closed = p.kind != ElementKind::kSwitch;
    e.rating_ua = truths.get(p.rating) * kMicro;
    e.withstand_uv = truths.get(p.withstand) * kMicro;
    n.elements.push_back(std::move(e));
    if (p.kind != ElementKind::kCapacitor) continue;
    CapacitorLaw law{static_cast<int>(i), p.held_source, p.held_by, {}};
    for (const PartDef::DrainDef& drain : p.drains) law.drains.push_back({drain.by, truths.get(drain.tau)});
    n.laws.push_back(std::move(law));
  }
  for (size_t f = 0; f < d.faults.size(); ++f) {
    if ((faults >> f & 1) == 0) continue;
    NetworkFault fault = d.faults[f].fault;
    fault.value = truths.get(d.faults[f].value);
    (void)put_fault(n, fault);
  }
  return n;
}

// ---------------------------------------------------------------- asking
bool Devices::is(const Around& w, const Expression& e) const {
  around_ = &w;
  return holds(e, w.truths, nullptr, nullptr, this);
}

int64_t Devices::driven(const Around& w, const Driven& d) const {
  for (const Driven::Case& c : d.cases) {
    if (c.when && !is(w, *c.when)) continue;
    return c.signal >= 0 ? number(w, c.signal).value_or(0) : w.truths.get(c.is);
  }
  return 0;
}

int64_t Devices::model_at(const Around& w, size_t i) const {
  const ModelDef& m = w.scene.devices.models[i];
  switch (m.kind) {
    case ModelDef::Kind::kIs: return driven(w, m.to);
    case ModelDef::Kind::kTable: return look_up(m.table, number(w, m.of).value_or(0));
    case ModelDef::Kind::kGauge: return show(m.gauge, number(w, m.of).value_or(0)).value;
    case ModelDef::Kind::kApproach: break;
  }
  const ModelState& s = now_.models[i];
  return s.tau_ms <= 0 ? s.target : approach(s.start, s.target, ms_of(now_.tick) - s.since_ms, s.tau_ms);
}

NetworkState Devices::network_now(const Around&, size_t i) const {
  NetworkState s = now_.networks[i];
  s.t_ms = std::max(s.t_ms, ms_of(now_.tick));
  return s;
}

const Solution& Devices::solved(const Around& w, size_t i) const {
  Solved& s = solved_[i];
  if (s.solution && (s.tick == now_.tick || !decays(now_.networks[i]))) return *s.solution;
  auto solution = solve(*built_[i], network_now(w, i));
  if (!solution) {  // diodes without a stable state: load_pack refuses what it can see of those
    solution = Solution{};
    solution->island.resize(built_[i]->nodes.size());
    solution->uv.resize(built_[i]->nodes.size());
    solution->pa.resize(built_[i]->elements.size());
  }
  s = {now_.tick, std::move(*solution)};
  return *s.solution;
}

std::optional<int64_t> Devices::number(const Around& w, int signal) const {
  const SignalDef& s = w.scene.devices.signals[at(signal)];
  const auto in_range = [&](int64_t v) { return std::clamp(v, -max_quantity(s.unit), max_quantity(s.unit)); };
  switch (s.kind) {
    case SignalDef::Kind::kDial: return in_range(w.states[at(s.of)].value);
    case SignalDef::Kind::kOutput: {
      const Machine& m = w.scene.devices.machines[at(s.of)].machine;
      return static_cast<int64_t>(state_of(m, now_.machines[at(s.of)]).outputs >> s.a & 1);
    }
    case SignalDef::Kind::kModel: return in_range(model_at(w, at(s.of)));
    case SignalDef::Kind::kVolts: return in_range(div_round(volts(solved(w, at(s.of)), s.a, s.b).value_or(0), kMicro));
    case SignalDef::Kind::kCurrent: {
      const Solution& solution = solved(w, at(s.of));
      return in_range(div_round(solution.quadrature_pa.empty() ? solution.pa[at(s.a)] : load_pa(solution, s.a), 1'000'000'000));
    }
    case SignalDef::Kind::kPressure: return in_range(gauge_pa(w.scene.devices.airs[at(s.of)].net, now_.airs[at(s.of)].air, s.a));
    case SignalDef::Kind::kPosition: return in_range(now_.airs[at(s.of)].air.position_um[at(s.a)]);
    case SignalDef::Kind::kWhen: return is(w, *s.when) ? 1 : 0;
    case SignalDef::Kind::kFlag: return static_cast<int64_t>(now_.dialogues[at(s.of)].flags >> s.a & 1);
    default: return std::nullopt;
  }
}

std::string_view Devices::word(const Around& w, int signal) const {
  const SignalDef& s = w.scene.devices.signals[at(signal)];
  switch (s.kind) {
    case SignalDef::Kind::kState: return w.states[at(s.of)].state;
    case SignalDef::Kind::kWorn: return w.states[at(s.of)].worn ? "worn" : "off";
    case SignalDef::Kind::kSocket: {
      const int there = w.occupants[at(s.of)];
      return there < 0 ? std::string_view("empty") : std::string_view(w.scene.objects[at(there)].id);
    }
    case SignalDef::Kind::kMachine: return state_of(w.scene.devices.machines[at(s.of)].machine, now_.machines[at(s.of)]).id;
    case SignalDef::Kind::kNode: return w.scene.devices.dialogues[at(s.of)].dialogue.nodes[at(now_.dialogues[at(s.of)].node)].id;
    default: return {};
  }
}

// ---------------------------------------------------------------- what follows
bool Devices::settle_model(const Around& w, size_t i) {
  const ModelDef& m = w.scene.devices.models[i];
  if (m.kind != ModelDef::Kind::kApproach) return false;
  const int64_t target = driven(w, m.to), tau = driven(w, m.tau);
  ModelState& s = now_.models[i];
  if (s.target == target && s.tau_ms == tau) return false;
  s = {model_at(w, i), target, tau, ms_of(now_.tick)};
  return true;
}

void Devices::note(const Around& w, size_t network, const NetworkState& before, const std::vector<Happening>& happenings, std::string& blown) {
  const NetworkDef& d = w.scene.devices.networks[network];
  for (const Happening& h : happenings) {
    if (blown.empty() && at(h.element) < d.parts.size()) blown = d.parts[at(h.element)].id;
  }
  for (size_t p = 0; p < d.parts.size(); ++p) {
    const int holder = d.parts[p].holder, there = holder < 0 ? -1 : w.occupants[at(holder)];
    if (there >= 0 && before.elements[p].closed && !now_.networks[network].elements[p].closed) now_.spent[at(there)] = true;
  }
}

bool Devices::settle_network(const Around& w, size_t i, std::string& blown) {
  const NetworkDef& d = w.scene.devices.networks[i];
  bool changed = false;
  uint64_t faults = 0;
  for (size_t f = 0; f < d.faults.size(); ++f) faults |= static_cast<uint64_t>(is(w, d.faults[f].when)) << f;
  if (faults != now_.faults[i]) {
    const uint64_t fresh = faults & ~now_.faults[i];
    const Network before = *built_[i];
    now_.faults[i] = faults;
    built_[i] = std::make_shared<const Network>(built_network(d, w.truths, faults));
    NetworkState s = network_now(w, i);
    const size_t parts = d.parts.size();
    s.elements.resize(parts);
    for (size_t e = 0; e < built_[i]->elements.size(); ++e) {
      const Element& now = built_[i]->elements[e];
      if (e >= parts) s.elements.push_back({true, now.mohm, now.uv, 0, false, 0, 0});
      else s.elements[e].mohm += now.mohm - before.elements[e].mohm;
    }
    for (size_t f = 0; f < d.faults.size(); ++f) {
      if ((fresh >> f & 1) == 0 || d.faults[f].fault.kind != NetworkFault::Kind::kBlown) continue;
      const PartDef& fuse = d.parts[at(d.faults[f].fault.element)];
      s.elements[at(d.faults[f].fault.element)].closed = false;
      if (fuse.holder >= 0 && w.occupants[at(fuse.holder)] >= 0) now_.spent[at(w.occupants[at(fuse.holder)])] = true;
    }
    now_.networks[i] = std::move(s);
    solved_[i] = {};
    changed = true;
  }
  const auto input = [&](NetworkInput::Kind kind, size_t element, int64_t value) {
    const NetworkState before = now_.networks[i];
    auto happened = step(*built_[i], now_.networks[i], {kind, static_cast<int>(element), value, std::max(before.t_ms, ms_of(now_.tick))});
    if (!happened) return;  // a value out of range changes nothing
    note(w, i, before, *happened, blown);
    solved_[i] = {};
    changed = true;
  };
  if (changed) {  // what a fault did to currents and decays: any input makes the network look, this one changes nothing
    const auto any = std::find_if(d.parts.begin(), d.parts.end(), [](const PartDef& p) { return p.kind != ElementKind::kCapacitor; });
    if (any != d.parts.end()) input(NetworkInput::Kind::kResistance, static_cast<size_t>(any - d.parts.begin()), now_.networks[i].elements[static_cast<size_t>(any - d.parts.begin())].mohm);
  }
  for (size_t p = 0; p < d.parts.size(); ++p) {
    const PartDef& part = d.parts[p];
    const Element& e = built_[i]->elements[p];
    const ElementState& now = now_.networks[i].elements[p];
    if (part.kind == ElementKind::kSwitch) {
      const bool closed = is(w, *part.closed);
      if (closed != now.closed) input(NetworkInput::Kind::kSwitch, p, closed ? 1 : 0);
    } else if (part.kind == ElementKind::kFuse && part.holder >= 0) {
      const int there = w.occupants[at(part.holder)];
      const bool whole = there >= 0 && !now_.spent[at(there)];
      if (whole != now.closed) input(NetworkInput::Kind::kFuse, p, whole ? 1 : 0);
    } else if (part.kind == ElementKind::kResistor && (part.resistance.cases.size() > 1 || part.resistance.cases.back().signal >= 0)) {
      // A fault's added resistance stays on top of what the part has by itself.
      const int64_t added = e.mohm - std::max<int64_t>(1, w.truths.get(part.resistance.cases.back().is));
      const int64_t mohm = std::clamp<int64_t>(driven(w, part.resistance), 1, kMaxResistance_mohm - added) + added;
      if (mohm != now.mohm) input(NetworkInput::Kind::kResistance, p, mohm);
    } else if (part.kind == ElementKind::kSource && (part.voltage.cases.size() > 1 || part.voltage.cases.back().signal >= 0)) {
      const int64_t uv = std::clamp(driven(w, part.voltage) * kMicro, -kMaxVoltage_uv, kMaxVoltage_uv);
      if (uv != now.uv) input(NetworkInput::Kind::kVoltage, p, uv);
    }
  }
  return changed;
}

bool Devices::settle_air(const Around& w, size_t i) {
  const AirDef& d = w.scene.devices.airs[i];
  AirState& s = now_.airs[i];
  const PressureState before = s.air;
  for (size_t n = 0; n < d.net.nodes.size(); ++n) {
    if (d.net.nodes[n].kind != PressureNode::Kind::kSupply) continue;
    (void)step(d.net, s.air, {PressureInput::Kind::kSupply, static_cast<int>(n), std::clamp<int64_t>(driven(w, d.pressures[n]), 0, kMaxGauge_pa)});
  }
  for (size_t l = 0; l < d.net.links.size(); ++l) (void)step(d.net, s.air, {PressureInput::Kind::kOpening, static_cast<int>(l), per_mille(driven(w, d.openings[l]))});
  if (s.air == before) return false;
  s.rests = false;
  return true;
}

bool Devices::settle_dialogue(const Around& w, size_t i) {
  const uint64_t before = now_.dialogues[i].flags;
  uint64_t flags = before;
  for (const DialogueDef::Follows& f : w.scene.devices.dialogues[i].follows) {
    const uint64_t bit = uint64_t{1} << f.flag;
    flags = is(w, f.when) ? flags | bit : flags & ~bit;
  }
  now_.dialogues[i].flags = flags;
  return flags != before;
}

bool Devices::step_machine(const Around& w, size_t i, int event) {
  const MachineDef& m = w.scene.devices.machines[i];
  const auto fired = step(m.machine, now_.machines[i], now_.tick, event, [&](int guard) { return is(w, m.guards[at(guard)]); });
  return fired && !fired->empty();
}

std::string Devices::settle(const Around& w) {
  const DeviceDefs& d = w.scene.devices;
  std::string blown;
  if (!d.any()) return blown;
  bool changed = true;
  for (int round = 0; changed && round < kMaxRounds; ++round) {
    changed = false;
    for (size_t i = 0; i < d.models.size(); ++i) changed = settle_model(w, i) || changed;
    for (size_t i = 0; i < d.networks.size(); ++i) changed = settle_network(w, i, blown) || changed;
    for (size_t i = 0; i < d.airs.size(); ++i) changed = settle_air(w, i) || changed;
    for (size_t i = 0; i < d.dialogues.size(); ++i) changed = settle_dialogue(w, i) || changed;
    for (size_t i = 0; i < d.machines.size(); ++i) changed = step_machine(w, i, -1) || changed;
  }
  restless_ = restless_ || changed;
  schedule(w);
  return blown;
}

// Conditions that look at what moves by itself are looked at again on a grid of ticks, for as long as it moves.
void Devices::schedule(const Around& w) {
  const DeviceDefs& d = w.scene.devices;
  bool moves = false;
  for (size_t i = 0; i < d.networks.size(); ++i) moves = moves || (d.watched_networks[i] && decays_visibly(now_.networks[i], ms_of(now_.tick)));
  for (size_t i = 0; i < d.airs.size(); ++i) moves = moves || (d.watched_airs[i] && !now_.airs[i].rests);
  for (size_t i = 0; i < d.models.size(); ++i) {
    const bool under_way = d.models[i].kind == ModelDef::Kind::kApproach && now_.models[i].tau_ms > 0 && model_at(w, i) != now_.models[i].target;
    moves = moves || (d.watched_models[i] && under_way);
  }
  now_.scan_tick = moves ? (now_.tick / kScanTicks + 1) * kScanTicks : -1;
}

void Devices::advance(const Around& w, int64_t tick) {
  const DeviceDefs& d = w.scene.devices;
  tick = std::min(tick, kLongestSitting_ticks);
  if (!d.any()) return;
  while (now_.tick < tick) {
    int64_t due = now_.scan_tick > now_.tick ? now_.scan_tick : INT64_MAX;
    for (size_t i = 0; i < d.machines.size(); ++i) {
      for (const Transition& t : d.machines[i].machine.transitions) {
        const int64_t when = now_.machines[i].since_tick + t.after_ticks;
        if (t.event < 0 && (t.from < 0 || t.from == now_.machines[i].state) && when > now_.tick) due = std::min(due, when);
      }
    }
    const int64_t next = std::min(tick, due);
    for (size_t i = 0; i < d.airs.size(); ++i) {
      AirState& s = now_.airs[i];
      for (int64_t t = now_.tick; t < next && !s.rests; ++t) {
        const PressureState before = s.air;
        shixun::tick(d.airs[i].net, s.air);
        s.rests = s.air == before;
      }
    }
    now_.tick = next;
    if (next == due) (void)settle(w);
  }
}

// ---------------------------------------------------------------- doing
std::string Devices::press(const Around& w, const ButtonDef& b) {
  (void)step_machine(w, at(b.machine), b.event);
  return settle(w);
}

Result<Devices::Probed> Devices::probe(const Around& w, int meter, const ProbeDef& red, const ProbeDef& black, int64_t held_ms) const {
  const MeterDef& m = *w.scene.objects[at(meter)].meter;
  const auto position = std::find_if(m.positions.begin(), m.positions.end(), [&](const MeterDef::Position& p) { return p.name == w.states[at(meter)].state; });
  if (position == m.positions.end()) return Error{Code::kFailed, "", "the meter stands nowhere", ""};
  Probed out;
  out.instrument = now_.meters[at(meter)].instrument;
  out.instrument.function = position->function;
  out.instrument.range = position->range;
  out.network = network_now(w, at(red.network));
  auto reading = measure(*built_[at(red.network)], out.network, m.spec, out.instrument, {red.node, black.node, std::max(red.category, black.category), held_ms});
  if (!reading) return reading.error();
  out.reading = std::move(*reading);
  return out;
}

std::string Devices::take_reading(const Around& w, int meter, int network, Probed probed) {
  std::string blown;
  const NetworkState before = std::exchange(now_.networks[at(network)], std::move(probed.network));
  note(w, at(network), before, probed.reading.happenings, blown);
  now_.meters[at(meter)] = {probed.instrument, std::move(probed.reading)};
  solved_[at(network)] = {};
  const std::string more = settle(w);
  return blown.empty() ? more : blown;
}

Result<Said> Devices::say(const Around& w, int dialogue, int choice, std::string& blown) {
  auto said = shixun::say(w.scene.devices.dialogues[at(dialogue)].dialogue, now_.dialogues[at(dialogue)], choice);
  if (said) blown = settle(w);
  return said;
}

// ---------------------------------------------------------------- are they sound
std::vector<DeviceProblem> check_devices(const Scene& scene) {
  constexpr uint64_t kDraws = 8;
  std::vector<DeviceProblem> out;
  std::set<std::string> told;
  const auto add = [&](const std::string& device, Error e) {
    if (told.insert(device + " " + e.where + " " + e.what).second) out.push_back({device, std::move(e)});
  };
  const auto all = [&](const std::string& device, std::vector<Error> errors) {
    for (Error& e : errors) add(device, std::move(e));
  };
  const DeviceDefs& d = scene.devices;
  for (const MachineDef& m : d.machines) all(m.machine.id, check(m.machine));
  for (const DialogueDef& t : d.dialogues) all(t.dialogue.id, check(t.dialogue));
  for (const ModelDef& m : d.models) {
    if (m.kind == ModelDef::Kind::kTable) all(m.id, check(m.table));
  }
  for (const AirDef& a : d.airs) all(a.id, check(a.net));
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    const Truths truths = draw_truths(scene, seed);
    for (const NetworkDef& n : d.networks) {
      const Network sound = built_network(n, truths, 0);
      const size_t before = out.size();
      all(n.id, check(sound));
      if (out.size() > before) continue;
      for (const FaultDef& f : n.faults) {
        Network faulty = sound;
        NetworkFault fault = f.fault;
        fault.value = truths.get(f.value);
        const auto put = put_fault(faulty, fault);
        if (!put) add(n.id, put.error());
        else if (seed > 0) continue;
        else if (auto begun = start(faulty); !begun) add(n.id, begun.error());
      }
      if (auto begun = start(sound); !begun) add(n.id, begun.error());
    }
    if (!out.empty()) return out;
    std::vector<int> occupants;
    const std::vector<ObjectState> states = initial_states(scene, truths, occupants);
    if (!Devices({scene, truths, states, occupants}).restless()) continue;
    const std::string& first = !d.machines.empty() ? d.machines[0].machine.id : !d.networks.empty() ? d.networks[0].id : !d.models.empty() ? d.models[0].id : d.dialogues[0].dialogue.id;
    add(first, {Code::kFailed, first, "at the start the scene's conditions come to no rest: one makes another hold and that one undoes it", "Give one of them a time, in a machine"});
    return out;
  }
  return out;
}

}  // namespace shixun
