// identity < SCRIPT   plays a recorded script on the simulators and prints every state and reading as integers, so that builds by
// different compilers can be compared byte by byte. Run by tests/e2e/sim_identity.sh. Exit 2: the script is wrong.

#include <iostream>
#include <sstream>

#include "engine/base/random.h"
#include "engine/sim/fixed.h"
#include "engine/sim/plc.h"
#include "tests/sim/circuits.h"

using namespace shixun;

namespace {

struct Play {
  Network network;
  NetworkState electric;
  InstrumentSpec spec = circuits::multimeter();
  InstrumentState instrument;
  PressureNet circuit = circuits::cylinder_circuit();
  PressureState air = start(circuit);
  Machine machine = circuits::conveyor();
  MachineNow now = start(machine);
  PlcInput input;
  PlcInputNow bit;
  bool part = false, up = false;

  bool line(const std::string& text);

 private:
  bool happened(const Result<std::vector<Happening>>& r) const {
    if (!r) return false;
    for (const Happening& h : *r) std::cout << " !" << static_cast<int>(h.kind) << network.elements[static_cast<size_t>(h.element)].id;
    return true;
  }
  bool print_electric() const {
    const auto s = solve(network, electric);
    if (!s) return false;
    std::cout << " t" << electric.t_ms << " uv";
    for (size_t i = 0; i < network.nodes.size(); ++i) std::cout << ' ' << s->island[i] << ':' << s->uv[i];
    std::cout << " pa";
    for (const int64_t pa : s->pa) std::cout << ' ' << pa;
    for (const int64_t uv : s->quadrature_uv) std::cout << " q" << uv;
    for (const ElementState& e : electric.elements) std::cout << ' ' << e.closed << ',' << e.mohm << ',' << e.uv << ',' << e.since_ms << ',' << e.tau_ms;
    return true;
  }
  void print_air() const {
    for (const int64_t a : air.air) std::cout << ' ' << a;
    std::cout << " at " << air.position_um[0] << " gauge " << gauge_pa(circuit, air, 2);
  }
  bool probe(const std::string& function, int64_t held_ms, const std::string& red, const std::string& black);
};

bool Play::probe(const std::string& function, int64_t held_ms, const std::string& red, const std::string& black) {
  instrument.range = -1;
  for (const Function f : {Function::kDcVolts, Function::kAcVolts, Function::kOhms, Function::kContinuity, Function::kDcAmps, Function::kInsulation}) {
    if (function == function_name(f)) instrument.function = f;
  }
  const auto r = measure(network, electric, spec, instrument, {find_node(network, red), find_node(network, black), 3, held_ms});
  if (!r) return false;
  for (const ReadingArgument& a : arguments(spec, *r, instrument)) {
    std::cout << ' ' << a.key << '=';
    a.word != nullptr ? std::cout << a.word : std::cout << a.number;
  }
  std::cout << " \"" << display_text(spec, *r) << "\" fuse " << instrument.fuse_blown;
  return true;
}

uint64_t hash_of_maths() {  // 600,000 results of the arithmetic in one number
  Pcg32 r(20261122, "identity");
  uint64_t h = 14695981039346656037ull;
  const auto take = [&](int64_t v) { h = (h ^ static_cast<uint64_t>(v)) * 1099511628211ull; };
  for (int i = 0; i < 100'000; ++i) {
    const int64_t x = static_cast<int64_t>((uint64_t{r.next()} << 32 | r.next()) >> r.below(64)) * (r.below(2) != 0 ? 1 : -1);
    take(fx_exp(x >> 24));
    take(fx_ln(x));
    take(fx_sqrt(x));
    take(fx_sin(x));
    take(fx_cos(x));
    take(times_exp(x, x >> 26));
  }
  return h;
}

bool Play::line(const std::string& text) {
  std::istringstream in(text);
  std::string what, a, b, c;
  int64_t value = 0, t = 0;
  if (!(in >> what) || what[0] == '#') return true;
  std::cout << text << " ->";
  if (what == "maths") {
    std::cout << ' ' << hash_of_maths();
  } else if (what == "network" && in >> a) {
    network = a == "high_voltage" ? circuits::high_voltage() : a == "coolant_sensor" ? circuits::coolant_sensor() : a == "mains" ? circuits::mains() : circuits::sensor_path();
    auto begun = start(network);
    if (!begun || !check(network).empty()) return false;
    electric = begun->state;
    if (!print_electric()) return false;
  } else if (what == "use" && in >> a) {
    spec = a == "megger" ? circuits::megger() : circuits::multimeter();
    instrument = {};
  } else if (what == "break" && in >> a) {
    if (!put_fault(network, {NetworkFault::Kind::kBroken, find_element(network, a)}).ok()) return false;
  } else if (what == "tau" && in >> a >> value) {
    if (!put_fault(network, {NetworkFault::Kind::kTau, find_element(network, a), -1, -1, value}).ok()) return false;
  } else if (what == "time" && in >> t) {
    if (!happened(step(network, electric, {NetworkInput::Kind::kTime, -1, 0, t})) || !print_electric()) return false;
  } else if (what == "switch" && in >> t >> a >> value) {
    if (!happened(step(network, electric, {NetworkInput::Kind::kSwitch, find_element(network, a), value, t})) || !print_electric()) return false;
  } else if (what == "fuse" && in >> t >> a >> value) {
    if (!happened(step(network, electric, {NetworkInput::Kind::kFuse, find_element(network, a), value, t})) || !print_electric()) return false;
  } else if (what == "ntc" && in >> t >> a >> value) {
    const int64_t mohm = look_up(circuits::coolant_ntc(), value);
    if (!happened(step(network, electric, {NetworkInput::Kind::kResistance, find_element(network, a), mohm, t})) || !print_electric()) return false;
  } else if (what == "probe" && in >> a >> b >> c) {
    in >> value;
    if (!probe(a, value, b, c)) return false;
  } else if (what == "plc" && in >> t) {
    const auto s = solve(network, electric);
    if (!s) return false;
    const int64_t uv = volts(*s, find_node(network, "plc.i3"), find_node(network, "m")).value_or(0);
    step(input, bit, t, uv);
    std::cout << ' ' << uv << ' ' << bit.on << bit.wanted << ' ' << bit.since_tick;
    part = bit.on;
  } else if (what == "cylinder" && in >> value) {
    up = value != 0;
  } else if (what == "machine" && in >> t >> a) {
    const auto fired = step(machine, now, t, find_event(machine, a), [&](int g) { return g == 0 ? part : up; });
    if (!fired) return false;
    for (const Fired& f : *fired) std::cout << ' ' << f.transition << '@' << f.tick;
    std::cout << ' ' << state_of(machine, now).id << ' ' << state_of(machine, now).text << ' ' << now.since_tick;
  } else if (what == "open" && in >> a >> value) {
    int link = -1;
    for (size_t i = 0; i < circuit.links.size(); ++i) link = circuit.links[i].id == a ? static_cast<int>(i) : link;
    if (!step(circuit, air, {PressureInput::Kind::kOpening, link, value}).ok()) return false;
  } else if (what == "ticks" && in >> t) {
    for (; t > 0; --t) {
      tick(circuit, air);
      if (t % 12 == 1) print_air();
    }
  } else {
    return false;
  }
  std::cout << '\n';
  return true;
}

}  // namespace

int main() {
  Play play;
  int number = 0;
  for (std::string text; std::getline(std::cin, text);) {
    ++number;
    if (play.line(text)) continue;
    std::cerr << "identity: line " << number << " cannot be played: " << text << "\n";
    return 2;
  }
  return 0;
}
