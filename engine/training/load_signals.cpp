// Signals: what conditions, numbers that follow the world, and displays speak of, by name.
// What a condition may name: a lever, surface, connector or meter (its state), a wearable (worn, off), a socket (what sits there, or
// empty), a machine (its state), MACHINE.OUTPUT, a model or signal, a dialogue (its node), DIALOGUE.FLAG.

#include "engine/training/loader.h"

namespace shixun {

namespace {

constexpr size_t kMaxDrivenCases = 16, kMaxSignals = 2000;

bool is_signal_name(std::string_view s) {
  return !s.empty() && !(s[0] >= '0' && s[0] <= '9') && std::all_of(s.begin(), s.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; });
}

}  // namespace

void Loader::check_device_name(const Yaml& at, const std::string& name) {
  if (!is_signal_name(name)) fail_key(at, "'" + name + "' cannot name a device or signal", "Use letters, digits, '_' and '.', not a digit first: conditions speak of it");
}

int Loader::add_signal(const Yaml& at, SignalDef s) {
  auto& signals = pack_.scene.devices.signals;
  check_device_name(at, s.name);
  const bool taken = std::any_of(signals.begin(), signals.end(), [&](const SignalDef& other) { return other.name == s.name; }) || pack_.scene.find_object(s.name) >= 0 || pack_.scene.find_socket(s.name) >= 0;
  if (taken) fail_key(at, "'" + s.name + "' is the name of something else already");
  if (signals.size() == kMaxSignals) fail_key(at, fmt::format("the scene has more than {} signals", kMaxSignals));
  else signals.push_back(std::move(s));
  return static_cast<int>(signals.size()) - 1;
}

void Loader::add_state_signals(const Yaml& at, const std::string& id, size_t index, SignalNames words, SignalNames bits) {
  SignalDef state;
  state.kind = words.kind;
  state.name = id;
  state.is_word = true;
  state.of = static_cast<int>(index);
  state.words = words.names;
  add_signal(at, state);
  for (size_t i = 0; i < bits.names.size(); ++i) {
    SignalDef bit;
    bit.kind = bits.kind;
    bit.name = id + "." + bits.names[i];
    bit.of = static_cast<int>(index);
    bit.a = static_cast<int>(i);
    add_signal(at, bit);
  }
}

// By name; what levers and sockets say becomes a signal when first asked for. -1: none.
int Loader::find_signal(std::string_view name) {
  Scene& s = pack_.scene;
  auto& signals = s.devices.signals;
  lookups_ -= static_cast<int64_t>(signals.size() + s.objects.size() + s.sockets.size());
  for (size_t i = 0; i < signals.size(); ++i) {
    if (signals[i].name == name) return unready_.contains(static_cast<int>(i)) ? -1 : static_cast<int>(i);
  }
  if (lookups_ < 0 || signals.size() >= kMaxSignals) return -1;
  SignalDef d;
  d.name = name;
  d.is_word = true;
  if (const int o = s.find_object(name); o >= 0) {
    const ObjectDef& def = s.objects[static_cast<size_t>(o)];
    d.of = o;
    d.kind = SignalDef::Kind::kState;
    if (def.dial) {
      d.kind = SignalDef::Kind::kDial;
      d.is_word = false;
      d.unit = def.dial->unit;
    } else if (def.lever) d.words = def.lever->states;
    else if (def.surface) d.words = def.surface->states;
    else if (def.connector) d.words = {"plugged", "unplugged"};
    else if (def.meter) {
      for (const auto& p : def.meter->positions) d.words.push_back(p.name);
    } else if (def.wearable) {
      d.kind = SignalDef::Kind::kWorn;
      d.words = {"worn", "off"};
    } else {
      return -1;
    }
  } else if (const int socket = s.find_socket(name); socket >= 0) {
    d.kind = SignalDef::Kind::kSocket;
    d.of = socket;
    d.words = {"empty"};
    for (const ObjectDef& def : s.objects) {
      const auto& accepts = s.sockets[static_cast<size_t>(socket)].accepts;
      if (def.item && std::find(accepts.begin(), accepts.end(), def.item->tag) != accepts.end()) d.words.push_back(def.id);
    }
  } else {
    return -1;
  }
  signals.push_back(std::move(d));
  return static_cast<int>(signals.size()) - 1;
}

int Loader::signal_ref(const Yaml* v) {
  if (!v) return -1;
  const std::string s = word(v);
  const int i = s.empty() ? -1 : find_signal(s);
  if (i < 0 && v->kind == Yaml::Kind::kScalar) fail(*v, "no signal '" + s + "' in scene.yaml", "Name a lever, connector, socket, machine, model or signal; one that is worked out must stand above what uses it");
  return i;
}

std::optional<Expression> Loader::scene_condition(const Yaml& v) {
  const std::function<int(std::string_view)> named = [this](std::string_view name) { return find_signal(name); };
  auto e = expression(v, {pack_, nullptr, nullptr, {}, nullptr, &lookups_, &named});
  if (!e) return e;
  for (const Expression::Node& n : e->nodes) {
    if (n.op == Expression::Op::kSignalNumber || n.op == Expression::Op::kSignalWord) watched_.insert(n.index);
  }
  return e;
}

// A condition that must be there; one that never holds in its stead after an error.
Expression Loader::sure_condition(const Yaml* v) {
  if (v) {
    if (auto e = scene_condition(*v)) return std::move(*e);
  }
  Expression never;
  never.nodes = {{Expression::Op::kNumber, 0, 0}};
  return never;
}

Driven Loader::driven(const Yaml* v, Unit unit) {
  Driven d;
  if (!v) {
    d.cases.push_back({std::nullopt, {0, unit, -1}, -1});
    return d;
  }
  const auto one = [&](const Yaml& at, std::optional<Expression> when) {
    Driven::Case c;
    c.when = std::move(when);
    c.is.unit = unit;
    const std::string& s = at.scalar;
    if (at.kind == Yaml::Kind::kScalar && is_signal_name(s)) {
      c.signal = signal_ref(&at);
      if (c.signal >= 0) {
        const SignalDef& signal = pack_.scene.devices.signals[static_cast<size_t>(c.signal)];
        if (signal.is_word) fail(at, "'" + s + "' is a word; a number is needed here");
        else if (signal.unit != unit) fail(at, fmt::format("'{}' is a {}, but a {} is needed here", s, unit_kind(signal.unit), unit_kind(unit)));
        watched_.insert(c.signal);
      }
    } else {
      c.is = value(&at, unit);
    }
    d.cases.push_back(std::move(c));
  };
  if (v->kind == Yaml::Kind::kScalar) {
    one(*v, std::nullopt);
    return d;
  }
  for (const Yaml& item : v->list) {
    Keys k(*this, item, "a case");
    const Yaml *when = k.opt("when"), *is = k.req("is");
    if (is) one(*is, when ? std::optional(sure_condition(when)) : std::nullopt);
  }
  if (d.cases.size() > kMaxDrivenCases) fail(*v, fmt::format("more than {} cases", kMaxDrivenCases));
  for (size_t i = 0; i < d.cases.size(); ++i) {
    if (d.cases[i].when.has_value() != (i + 1 == d.cases.size())) continue;
    fail(*v, "the last case, and only that one, has no 'when', so that one always holds");
    break;
  }
  if (d.cases.empty()) {
    fail(*v, "expected a quantity, a signal or a list of cases");
    d.cases.push_back({std::nullopt, {0, unit, -1}, -1});
  }
  return d;
}

// How far something is open: a ratio, or a condition by which it is open or shut.
Driven Loader::opening(const Yaml* v) {
  const bool condition = v && v->kind == Yaml::Kind::kScalar && !v->scalar.starts_with("$") && !parse_quantity(v->scalar) && !is_signal_name(v->scalar);
  if (!condition) return driven(v, Unit::kRatio);
  Driven d;
  d.cases.push_back({sure_condition(v), {10'000, Unit::kRatio, -1}, -1});
  d.cases.push_back({std::nullopt, {0, Unit::kRatio, -1}, -1});
  return d;
}

int Loader::named_in(const Yaml* v, const std::vector<std::string>& known, const char* what, const char* where) {
  if (!v) return -1;
  const std::string s = word(v);
  const auto it = std::find(known.begin(), known.end(), s);
  const int i = it == known.end() ? -1 : static_cast<int>(it - known.begin());
  if (i < 0 && v->kind == Yaml::Kind::kScalar) fail(*v, fmt::format("no {} '{}' {}", what, s.substr(0, 40), where), known.empty() ? "" : fmt::format("Known: {}", fmt::join(known, ", ")));
  return i;
}

int Loader::device_ref(const Yaml* v, const char* what) {
  const DeviceDefs& d = pack_.scene.devices;
  const std::string_view kind(what);
  std::vector<std::string> known;
  if (kind == "network") for (const NetworkDef& n : d.networks) known.push_back(n.id);
  else if (kind == "air circuit") for (const AirDef& a : d.airs) known.push_back(a.id);
  else if (kind == "machine") for (const MachineDef& m : d.machines) known.push_back(m.machine.id);
  else for (const DialogueDef& t : d.dialogues) known.push_back(t.dialogue.id);
  return named_in(v, known, what, "under 'devices'");
}

std::pair<int, int> Loader::two_nodes(const Yaml* v, const std::vector<std::string>& nodes) {
  if (v && (v->kind != Yaml::Kind::kList || v->list.size() != 2)) {
    fail(*v, "expected two nodes, such as [plus, minus]");
    return {0, 0};
  }
  if (!v) return {0, 0};
  return {std::max(0, named_in(&v->list[0], nodes, "node")), std::max(0, named_in(&v->list[1], nodes, "node"))};
}

}  // namespace shixun
