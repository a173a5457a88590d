#pragma once
// The circuits of courses.md that the simulators' tests work on: as a loader would fill them from a pack.

#include "engine/sim/instrument.h"
#include "engine/sim/machine.h"
#include "engine/sim/network.h"
#include "engine/sim/pressure.h"
#include "engine/sim/table.h"

namespace shixun::circuits {

inline constexpr int64_t kOhm = 1000, kKilo = 1'000'000, kMega = 1'000'000'000, kVolt = 1'000'000;

class Builder {
 public:
  Network n;
  int node(const std::string& id) {
    if (const int i = find_node(n, id); i >= 0) return i;
    n.nodes.push_back(id);
    return static_cast<int>(n.nodes.size()) - 1;
  }
  int add(const char* id, ElementKind kind, const char* a, const char* b, int64_t mohm, int64_t uv = 0) {
    const int from = node(a), to = node(b);
    n.elements.push_back({id, kind, from, to, mohm, uv});
    return static_cast<int>(n.elements.size()) - 1;
  }
};

// A3: 350 V battery, service plug and minus contactor, bus capacitor with its bleeder, two branches that can be unplugged, insulation
// to the body, the 12 V battery.
inline Network high_voltage() {
  using K = ElementKind;
  Builder b;
  const int battery = b.add("battery", K::kSource, "pack.plus", "pack.minus", 50, 350 * kVolt);
  const int msd = b.add("msd", K::kSwitch, "pack.plus", "hv.plus", 1);
  const int contactor = b.add("contactor", K::kSwitch, "pack.minus", "hv.minus", 1);
  const int bus = b.add("bus", K::kCapacitor, "hv.plus", "hv.minus", 20);
  b.add("insulation.plus", K::kResistor, "hv.plus", "body", 1100 * kMega);
  b.add("insulation.minus", K::kResistor, "hv.minus", "body", 1100 * kMega);
  b.add("compressor.plug", K::kSwitch, "hv.plus", "compressor", 1);
  b.add("compressor.insulation", K::kResistor, "compressor", "body", kMaxResistance_mohm);
  b.add("ptc.plug", K::kSwitch, "hv.plus", "ptc", 1);
  b.add("ptc.insulation", K::kResistor, "ptc", "body", kMaxResistance_mohm);
  b.add("battery12", K::kSource, "batt12.plus", "batt12.minus", 10, 12'600'000);
  b.add("terminal12", K::kSwitch, "batt12.minus", "body", 1);
  const int tool = b.add("discharge_tool", K::kSwitch, "hv.plus", "tool", 1);
  b.add("discharge_resistor", K::kResistor, "tool", "hv.minus", 2 * kKilo);
  b.n.elements[static_cast<size_t>(tool)].closed = false;
  b.n.laws.push_back({bus, battery, {msd, contactor}, {{tool, 2000}, {-1, 75'000}}});
  b.n.earth = b.node("body");
  return b.n;
}

// A4: the ECU's 5 V through 2.31 kohm, the sensor's resistance to ground, harness in between.
inline Network coolant_sensor() {
  using K = ElementKind;
  Builder b;
  b.add("ecu.supply", K::kSource, "ecu.5v", "ground", 1, 5 * kVolt);
  b.add("ecu.pull_up", K::kResistor, "ecu.5v", "ecu.signal", 2'310 * kOhm);
  b.add("wire.signal", K::kResistor, "ecu.signal", "sensor.1", 200);
  b.add("sensor", K::kResistor, "sensor.1", "sensor.2", 2'500 * kOhm);
  b.add("wire.ground", K::kResistor, "sensor.2", "ground", 200);
  b.n.earth = b.node("ground");
  return b.n;
}

inline Table coolant_ntc() {  // 0.01 degC -> mohm; courses.md A4 [S18]
  return {"ect", Curve::kLogarithmic, {{0, 5'900 * kOhm}, {2000, 2'500 * kOhm}, {4000, 1'100 * kOhm}, {8000, 300 * kOhm}}};
}

// B3: 24 V, fuse, PNP proximity sensor (its output drops 1.5 V), wire, terminal, PLC input.
inline Network sensor_path() {
  using K = ElementKind;
  Builder b;
  b.add("supply24", K::kSource, "l.plus", "m", 100, 24 * kVolt);
  const int fuse = b.add("fuse5", K::kFuse, "l.plus", "sensor.brown", 30);
  b.n.elements[static_cast<size_t>(fuse)].rating_ua = 2'000'000;
  b.add("sensor.own", K::kResistor, "sensor.brown", "m", 2'400 * kOhm);
  const int target = b.add("sensor.switch", K::kSwitch, "sensor.brown", "sensor.inner", 100);
  b.n.elements[static_cast<size_t>(target)].closed = false;
  b.add("sensor.drop", K::kDiode, "sensor.inner", "sensor.black", 1000, 1'500'000);
  b.add("wire.black", K::kResistor, "sensor.black", "terminal.12", 100);
  b.add("wire.input", K::kResistor, "terminal.12", "plc.i3", 100);
  b.add("plc.input", K::kResistor, "plc.i3", "m", 3'300 * kOhm);
  b.n.earth = b.node("m");
  return b.n;
}

// B3: the conveyor drive's mains, 400 V between phases: main switch of three poles, fuses, motor in star.
inline Network mains() {
  using K = ElementKind;
  Builder b;
  b.n.alternating = true;
  const char* const in[] = {"l1", "l2", "l3"};
  const char* const out[] = {"t1", "t2", "t3"};
  const char* const fused[] = {"u", "v", "w"};
  const char* const names[][4] = {{"phase1", "main1", "fuse1", "winding1"}, {"phase2", "main2", "fuse2", "winding2"}, {"phase3", "main3", "fuse3", "winding3"}};
  const int64_t in_phase[] = {230'940'000, -115'470'000, -115'470'000}, ahead[] = {0, 200'000'000, -200'000'000};
  for (size_t i = 0; i < 3; ++i) {
    b.n.elements[static_cast<size_t>(b.add(names[i][0], K::kSource, in[i], "pe", 200, in_phase[i]))].quadrature_uv = ahead[i];
    b.add(names[i][1], K::kSwitch, in[i], out[i], 2);
    b.n.elements[static_cast<size_t>(b.add(names[i][2], K::kFuse, out[i], fused[i], 5))].rating_ua = 10'000'000;
    b.add(names[i][3], K::kResistor, fused[i], "star", 60 * kOhm);
  }
  b.n.earth = b.node("pe");
  return b.n;
}

// B3: conveyor sequence. Events: start, stop. Guards: 0 part at the sensor, 1 cylinder is up.
inline Machine conveyor() {
  Machine m;
  m.id = "conveyor";
  m.events = {"start", "stop"};
  m.states = {{"stopped", 0, "hmi.stopped"}, {"run", 1, "hmi.run"}, {"raise", 3, "hmi.raise"}, {"hold", 2, "hmi.hold"}, {"release", 1, "hmi.run"}, {"alarm", 4, "hmi.no_part"}};
  m.transitions = {{0, 0, 0, -1, false, 1}, {1, -1, 0, 0, false, 2},    {1, -1, 10 * 120, -1, false, 5}, {2, -1, 0, 1, false, 3},
                   {3, -1, 240, -1, false, 4}, {4, -1, 60, 0, true, 1}, {-1, 1, 0, -1, false, 0}};
  return m;
}

// B4: 0.4 MPa, main valve, 5/2 valve as four openings, a one-way throttle in each tube, cylinder 20 x 100 with an 8 mm rod.
inline PressureNet cylinder_circuit() {
  using K = PressureNode::Kind;
  PressureNet n;
  n.nodes = {{"supply", K::kSupply, 0, 400'000}, {"room", K::kRoom, 0, 0}, {"p", K::kVolume, 50'000, 0}, {"port4", K::kVolume, 3'000, 0},
             {"port2", K::kVolume, 3'000, 0},    {"cap", K::kVolume, 2'000, 0}, {"rod", K::kVolume, 2'000, 0}};
  // Free air over the difference, as a 1/8" valve and a throttle print it.
  n.flows = {{"valve", Curve::kLinear, {{0, 0}, {10'000, 1'500'000}, {100'000, 4'000'000}, {400'000, 7'000'000}}},
             {"throttle", Curve::kLinear, {{0, 0}, {10'000, 300'000}, {100'000, 900'000}, {400'000, 1'600'000}}},
             {"leak", Curve::kLinear, {{0, 0}, {400'000, 20'000}}}};
  n.links = {{"main", 0, 2, 0, 0},          {"1-4", 2, 3, 0, 0},           {"1-2", 2, 4, 0, 1000},         {"4-5", 3, 1, 0, 1000},
             {"2-3", 4, 1, 0, 0},           {"check.cap", 3, 5, 0, 1000, true}, {"throttle.cap", 3, 5, 1, 120}, {"check.rod", 4, 6, 0, 1000, true},
             {"throttle.rod", 4, 6, 1, 120}, {"vent", 2, 1, 0, 0},          {"leak", 5, 1, 2, 0}};
  n.cylinders = {{"cylinder", 5, 6, 314, 264, 100'000, 5'000, 8'000}};
  return n;
}

inline InstrumentSpec multimeter() {
  using F = Function;
  InstrumentSpec i;
  i.id = "dmm1";
  i.ranges = {{F::kDcVolts, 400'000, 100},         {F::kDcVolts, 4 * kVolt, 1000},    {F::kDcVolts, 40 * kVolt, 10'000},
              {F::kDcVolts, 400 * kVolt, 100'000}, {F::kDcVolts, 1000 * kVolt, kVolt}, {F::kAcVolts, 1000 * kVolt, kVolt},
              {F::kOhms, 400 * kOhm, 100, 1'500'000, 1 * kKilo},     {F::kOhms, 4 * kKilo, kOhm, 1'500'000, 10 * kKilo},
              {F::kOhms, 40 * kKilo, 10 * kOhm, 1'500'000, 100 * kKilo}, {F::kOhms, 40 * kMega, 10 * kKilo, 1'500'000, 10 * kMega},
              {F::kContinuity, 400 * kOhm, 100, 1'500'000, 1 * kKilo}, {F::kDcAmps, 400'000, 100}, {F::kDcAmps, 10'000'000, 1000}};
  return i;
}

inline InstrumentSpec megger() {
  InstrumentSpec i;
  i.id = "megger1";
  i.ranges = {{Function::kInsulation, 10'000 * kMega, 10 * kKilo, 500 * kVolt, 5 * kMega}};
  i.absorb_tau_ms = 12'000;
  return i;
}

}  // namespace shixun::circuits
