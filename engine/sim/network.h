#pragma once
// An electrical network: nodes joined by resistances, sources, switches, fuses, diodes and capacitors. Who asks: the world, when
// something was switched, unplugged or probed. Solved exactly (integers of any length, one rounding at the end), so a state has
// one answer on every machine.
//
// Units: uV, mohm, pA (results), uA (ratings), ms. Current is positive from a to b through the element.
// Every element that conducts has at least 1 mohm; that is why a short has an answer: source voltage over what resistance there is.
// Nodes that no conducting element joins have no voltage between them (volts() says so); a meter put between them joins them and
// reads what the joined network gives, 0 when nothing else joins them.
// Capacitors follow a declared law instead of an integral: held at a source while all of `held_by` is closed (then no current flows in
// them), else decaying as v0 * e^(-t/tau) with the tau of the first drain whose switch is closed. Loads not declared as drains
// do not change the decay.
// Direct current, or alternating: then voltages and currents are RMS phasors of one frequency in a network of resistances, each with a part in
// phase and one in quadrature (a quarter period ahead); their size is what fuses, rated voltages and meters feel. Three phases of 230 V
// are (230, 0), (-115, 199.186), (-115, -199.186).
// Fuses blow without delay above their rating, the most overloaded first. Diodes are ideal above a forward drop and leak 1 Gohm below.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace shixun {

enum class ElementKind : uint8_t { kResistor, kSource, kSwitch, kFuse, kDiode, kCapacitor };

struct Element {
  std::string id;
  ElementKind kind = ElementKind::kResistor;
  int a = 0, b = 0;          // node indexes; source, capacitor: a is plus; diode: a is the anode
  int64_t mohm = 0;          // in series with what it is: 1 .. kMaxResistance_mohm
  int64_t uv = 0;            // source: its voltage; diode: forward drop; capacitor: charge at the start
  int64_t quadrature_uv = 0; // source of an alternating network: its part in quadrature
  bool closed = true;        // switch, at the start; fuse: whole
  int64_t rating_ua = 0;     // fuse: blows above; > 0
  int64_t withstand_uv = 0;  // more across it damages it; 0: nothing declared
  bool broken = false;       // conducts nothing, ever (a fault)
};

struct Drain {
  int by_switch = -1;  // element; -1: always
  int64_t tau_ms = 0;  // > 0
};

struct CapacitorLaw {
  int element = 0;           // a capacitor; each has exactly one law
  int source = -1;           // what holds it
  std::vector<int> held_by;  // switches or fuses, all closed: it is held at the source's voltage
  std::vector<Drain> drains; // the first that applies; none applies: it keeps its charge
};

struct Network {
  std::vector<std::string> nodes;
  std::vector<Element> elements;
  std::vector<CapacitorLaw> laws;
  bool alternating = false;  // no diodes, no capacitors then
  int earth = -1;  // the node a rated voltage is counted from (body, PE); -1: none
};

inline constexpr size_t kMaxNodes = 48, kMaxElements = 128, kMaxDiodes = 8;
inline constexpr int64_t kMaxResistance_mohm = 100'000'000'000'000;  // 100 Gohm
inline constexpr int64_t kMaxVoltage_uv = 10'000'000'000;            // 10 kV
inline constexpr int64_t kMaxNetTime_ms = 1'000'000'000'000;         // as long as an attempt may last

// Everything wrong with it, `where` = the id of the element or node; empty: sound. All functions below want a sound network.
std::vector<Error> check(const Network& n);

int find_node(const Network& n, std::string_view id);     // -1: none
int find_element(const Network& n, std::string_view id);

struct ElementState {
  bool closed = true;
  int64_t mohm = 0, uv = 0, quadrature_uv = 0;
  bool held = false;     // capacitor: at its source
  int64_t since_ms = 0;  // capacitor: when uv was so
  int64_t tau_ms = 0;    // capacitor: 0 keeps its charge
  bool operator==(const ElementState&) const = default;
};

struct NetworkState {
  int64_t t_ms = 0;
  std::vector<ElementState> elements;
  bool operator==(const NetworkState&) const = default;
};

struct Solution {
  std::vector<int> island;   // per node: the lowest node that conducting elements join it to
  std::vector<int64_t> uv;   // per node, from its island's lowest node; within 0.5 uV of exact
  std::vector<int64_t> pa;   // per element, a to b; within 0.5 pA of exact
  std::vector<int64_t> quadrature_uv, quadrature_pa;  // of an alternating network; else empty
};
// Voltage of a over b (within 1 uV of exact); none when nothing joins them. Of an alternating network its size, never below zero.
std::optional<int64_t> volts(const Solution& s, int a, int b);
int64_t load_pa(const Solution& s, int element);  // size of the current, >= 0

// What happened by itself when the network found its new state. A fuse blows once; what is overstressed is told each time it is found so.
struct Happening {
  enum class Kind : uint8_t { kBlown, kOverstressed } kind = Kind::kBlown;
  int element = 0;
  bool operator==(const Happening&) const = default;
};

struct NetworkInput {
  enum class Kind : uint8_t { kTime, kSwitch, kFuse, kResistance, kVoltage } kind = Kind::kTime;
  int element = -1;   // none for kTime
  int64_t value = 0;  // kSwitch, kFuse: 1 closed (a sound fuse put in) or 0; kResistance: mohm; kVoltage of a direct source: uV
  int64_t t_ms = 0;   // not before the state's time
};

struct NetworkStart {
  NetworkState state;
  std::vector<Happening> happenings;  // a fuse may blow at once
};
Result<NetworkStart> start(const Network& n);

// Folds one input: time goes to input.t_ms, the input is done, fuses blow. Refused (state untouched): time running backwards, no such
// element, a kind of element the input does not suit, a value out of range, diodes without a stable state.
Result<std::vector<Happening>> step(const Network& n, NetworkState& s, const NetworkInput& input);

// All voltages and currents at the state's time. Refused only when the diodes have no stable state.
Result<Solution> solve(const Network& n, const NetworkState& s);

int64_t charge_uv(const NetworkState& s, int capacitor);  // of a capacitor, at the state's time

// Like solve, and fuses blow in `s` until none is overloaded.
struct Settled {
  Solution solution;
  std::vector<Happening> happenings;
};
Result<Settled> settle(const Network& n, NetworkState& s);

// A fault of the pack's data sheet, put into the network before an attempt starts.
struct NetworkFault {
  enum class Kind : uint8_t {
    kBroken,    // element conducts nothing: broken wire, dead sensor output, burnt coil
    kAdded,     // value mohm more in series: corroded pin
    kBlown,     // fuse
    kBridge,    // value mohm between nodes a and b: short to ground, poor insulation
    kMiswiredA, // element's end a is on node a instead
    kMiswiredB, // element's end b is on node b instead
    kTau,       // capacitor: its unconditional drain has tau = value ms (weak bleeder)
  } kind = Kind::kBroken;
  int element = -1;
  int a = -1, b = -1;
  int64_t value = 0;
};
Status put_fault(Network& n, const NetworkFault& f);

}  // namespace shixun
