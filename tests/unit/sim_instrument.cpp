#include "engine/sim/instrument.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/sim/circuits.h"

using namespace shixun;
using circuits::kKilo;
using circuits::kMega;
using circuits::kOhm;
using circuits::kVolt;

namespace {

struct Bench {
  Network n;
  NetworkState s;
  InstrumentSpec spec;
  InstrumentState state;

  Bench(Network network, InstrumentSpec instrument) : n(std::move(network)), spec(std::move(instrument)) {
    EXPECT_TRUE(check(n).empty());
    for (const Error& e : check(spec)) ADD_FAILURE() << e.text();
    auto begun = start(n);
    EXPECT_TRUE(begun.ok());
    s = begun->state;
  }
  Reading read(Function f, const char* red, const char* black, int range = -1, int64_t held_ms = 0, int category = 0) {
    state.function = f;
    state.range = range;
    auto r = measure(n, s, spec, state, {find_node(n, red), find_node(n, black), category, held_ms});
    EXPECT_TRUE(r.ok()) << (r.ok() ? "" : r.error().text());
    return r.ok() ? *r : Reading{};
  }
  std::string show(const Reading& r) const { return display_text(spec, r); }
  void switched(const char* id, int64_t closed, int64_t t_ms) {
    EXPECT_TRUE(step(n, s, {NetworkInput::Kind::kSwitch, find_element(n, id), closed, t_ms}).ok());
  }
  void time(int64_t t_ms) { EXPECT_TRUE(step(n, s, {NetworkInput::Kind::kTime, -1, 0, t_ms}).ok()); }
};

std::map<std::string, std::string> told(const Bench& b, const Reading& r) {
  std::map<std::string, std::string> out;
  for (const ReadingArgument& a : arguments(b.spec, r, b.state)) out[a.key] = a.word != nullptr ? a.word : std::to_string(a.number);
  return out;
}

constexpr auto kDcV = Function::kDcVolts;
constexpr auto kOhms = Function::kOhms;

}  // namespace

TEST(SimInstrument, ReadsVoltsWithSignRangeAndResolution) {
  Bench b(circuits::high_voltage(), circuits::multimeter());
  Reading r = b.read(kDcV, "batt12.plus", "batt12.minus");
  EXPECT_EQ(r.value, 12'600'000);
  EXPECT_EQ(b.show(r), "12.60 V");
  r = b.read(kDcV, "batt12.minus", "batt12.plus");
  EXPECT_EQ(b.show(r), "-12.60 V");
  r = b.read(kDcV, "hv.plus", "hv.minus");
  EXPECT_EQ(b.show(r), "350.0 V");
  EXPECT_EQ(r.range, 3);
  EXPECT_EQ(b.show(b.read(kDcV, "hv.plus", "hv.minus", 4)), "350 V");
  r = b.read(kDcV, "hv.plus", "hv.minus", 2);  // 40 V range by hand
  EXPECT_EQ(r.shown, Shown::kOverload);
  EXPECT_EQ(b.show(r), "OL");
  EXPECT_EQ(r.across_uv, 350 * kVolt);
  EXPECT_EQ(b.show(b.read(Function::kAcVolts, "hv.plus", "hv.minus")), "0 V");  // a live bus that looks dead
}

TEST(SimInstrument, TellsTheScorerWhatWasDone) {
  Bench b(circuits::high_voltage(), circuits::multimeter());
  const Reading r = b.read(kDcV, "hv.plus", "hv.minus", -1, 0, 3);
  const auto t = told(b, r);
  const std::map<std::string, std::string> expected{{"across_mv", "350000"}, {"auto", "1"},           {"category", "3"},  {"misuse", "none"},      {"mode", "dc_v"},
                                                    {"range_mv", "400000"},  {"rated_mv", "1000000"}, {"shown", "value"}, {"value_mv", "350000"}};
  EXPECT_EQ(t, expected);
  const Reading over = b.read(kDcV, "hv.plus", "hv.minus", 0);
  EXPECT_EQ(told(b, over).count("value_mv"), 0u);
  EXPECT_EQ(told(b, over)["shown"], "overload");
}

TEST(SimInstrument, LoadsACircuitOfHighResistance) {
  circuits::Builder c;
  c.add("s", ElementKind::kSource, "p", "m", 1, 10 * kVolt);
  c.add("r1", ElementKind::kResistor, "p", "x", 10 * kMega);
  c.add("r2", ElementKind::kResistor, "x", "m", 10 * kMega);
  Bench b(c.n, circuits::multimeter());
  const Reading r = b.read(kDcV, "x", "m");
  EXPECT_EQ(r.across_uv, 5 * kVolt);
  EXPECT_EQ(b.show(r), "3.333 V");  // 10 M beside 10 M
}

TEST(SimInstrument, ALooseMeterReadsNothingAndADeadOneShowsNothing) {
  Bench b(circuits::high_voltage(), circuits::multimeter());
  EXPECT_EQ(b.show(b.read(kDcV, "batt12.plus", "batt12.plus")), "0.0 mV");
  b.switched("terminal12", 0, 0);
  EXPECT_EQ(b.show(b.read(kDcV, "batt12.plus", "body")), "0.0 mV");  // nothing else joins the two
  b.state.lead_broken = true;
  EXPECT_EQ(b.show(b.read(kDcV, "hv.plus", "hv.minus")), "0.0 mV");
  EXPECT_EQ(b.show(b.read(kOhms, "body", "body")), "OL");
  b.state.lead_broken = false;
  b.state.battery_dead = true;
  const Reading r = b.read(kDcV, "hv.plus", "hv.minus");
  EXPECT_EQ(r.shown, Shown::kBlank);
  EXPECT_EQ(b.show(r), "");
}

TEST(SimInstrument, ReadsOhmsWithItsLeadsInThem) {
  Bench b(circuits::coolant_sensor(), circuits::multimeter());
  ASSERT_TRUE(step(b.n, b.s, {NetworkInput::Kind::kVoltage, 0, 0, 0}).ok());  // ignition off
  EXPECT_EQ(b.show(b.read(kOhms, "ground", "ground")), "0.1 Ω");              // leads shorted
  EXPECT_EQ(b.show(b.read(kOhms, "ecu.signal", "sensor.1")), "0.3 Ω");
  // The sensor plugged in: 2.5 k beside the ECU's 2.31 k (and 0.4 ohm of wire). That is why it is unplugged first.
  EXPECT_EQ(b.show(b.read(kOhms, "sensor.1", "sensor.2")), "1.201 kΩ");
  ASSERT_TRUE(put_fault(b.n, {NetworkFault::Kind::kBroken, find_element(b.n, "wire.signal")}).ok());
  EXPECT_EQ(b.show(b.read(kOhms, "sensor.1", "sensor.2")), "2.500 kΩ");
  EXPECT_EQ(b.show(b.read(kOhms, "ecu.signal", "sensor.1")), "4.81 kΩ");  // round through ECU and sensor
  ASSERT_TRUE(put_fault(b.n, {NetworkFault::Kind::kBroken, find_element(b.n, "sensor")}).ok());
  EXPECT_EQ(b.show(b.read(kOhms, "sensor.1", "sensor.2")), "OL");
}

TEST(SimInstrument, ContinuitySoundsBelowItsLimit) {
  Bench b(circuits::coolant_sensor(), circuits::multimeter());
  ASSERT_TRUE(step(b.n, b.s, {NetworkInput::Kind::kVoltage, 0, 0, 0}).ok());
  EXPECT_TRUE(b.read(Function::kContinuity, "ecu.signal", "sensor.1").beep);
  EXPECT_FALSE(b.read(Function::kContinuity, "sensor.1", "sensor.2").beep);
}

TEST(SimInstrument, OhmsOnALiveCircuitLieOrDie) {
  Bench b(circuits::coolant_sensor(), circuits::multimeter());
  Reading r = b.read(kOhms, "ecu.signal", "sensor.1");
  EXPECT_EQ(r.misuse, Misuse::kNone);  // no voltage along a good wire
  r = b.read(kOhms, "sensor.2", "sensor.1", 9);
  EXPECT_NE(r.value, 2'500 * kOhm);    // 2.6 V against the meter: a false number
  EXPECT_FALSE(b.state.fuse_blown);
  EXPECT_EQ(r.misuse, Misuse::kNone);  // below what counts as live; the event tells the voltage
  EXPECT_EQ(told(b, r)["across_mv"], "-2599");

  Bench battery(circuits::high_voltage(), circuits::multimeter());
  r = battery.read(kOhms, "batt12.plus", "batt12.minus");
  EXPECT_EQ(r.misuse, Misuse::kOhmsOnLive);
  EXPECT_FALSE(battery.state.fuse_blown);
  r = battery.read(kOhms, "hv.plus", "hv.minus");
  EXPECT_EQ(r.misuse, Misuse::kOhmsOnLive);
  EXPECT_TRUE(battery.state.fuse_blown);
  EXPECT_EQ(battery.show(r), "OL");
  battery.switched("msd", 0, 0);
  EXPECT_EQ(battery.show(battery.read(kOhms, "body", "body")), "OL");  // a dead ohmmeter finds everything open
}

TEST(SimInstrument, AmperesAcrossASourceBlowTheMetersFuse) {
  Bench b(circuits::high_voltage(), circuits::multimeter());
  const Reading r = b.read(Function::kDcAmps, "batt12.plus", "batt12.minus");
  EXPECT_EQ(r.misuse, Misuse::kAmpsAcrossSource);
  EXPECT_TRUE(b.state.fuse_blown);
  EXPECT_EQ(r.value, 0);
  const Reading again = b.read(Function::kDcAmps, "batt12.plus", "batt12.minus");
  EXPECT_EQ(again.misuse, Misuse::kNone);
  EXPECT_EQ(b.show(again), "0.0 mA");
}

TEST(SimInstrument, AmperesInSeriesReadTheCurrentAndMayTakeTheCircuitsFuse) {
  Bench b(circuits::sensor_path(), circuits::multimeter());
  b.switched("sensor.switch", 1, 0);
  ASSERT_TRUE(put_fault(b.n, {NetworkFault::Kind::kBroken, find_element(b.n, "wire.input")}).ok());
  EXPECT_EQ(b.show(b.read(Function::kDcAmps, "terminal.12", "plc.i3")), "6.8 mA");  // (24 - 1.5) V / 3.3 kohm
  const Reading r = b.read(Function::kDcAmps, "sensor.brown", "m");
  EXPECT_EQ(r.misuse, Misuse::kAmpsAcrossSource);
  ASSERT_EQ(r.happenings.size(), 1u);
  EXPECT_EQ(r.happenings[0].element, find_element(b.n, "fuse5"));  // 2 A goes before the meter's 10 A
  EXPECT_FALSE(b.state.fuse_blown);
  EXPECT_EQ(b.show(b.read(kDcV, "sensor.brown", "m")), "0.0 mV");
}

TEST(SimInstrument, RatedVoltageAndCategoryAreToldNotForgiven) {
  InstrumentSpec cheap = circuits::multimeter();
  cheap.category = 2;
  Bench b(circuits::high_voltage(), cheap);
  EXPECT_EQ(b.read(kDcV, "hv.plus", "hv.minus", -1, 0, 3).misuse, Misuse::kCategoryTooLow);
  EXPECT_EQ(b.read(kDcV, "batt12.plus", "batt12.minus", -1, 0, 0).misuse, Misuse::kNone);
  cheap.rated_uv = 300 * kVolt;
  Bench c(circuits::high_voltage(), cheap);
  EXPECT_EQ(c.read(kDcV, "hv.plus", "hv.minus", -1, 0, 3).misuse, Misuse::kOverRated);
}

TEST(SimInstrument, TheInsulationTesterFindsTheLeakAfterAMinute) {
  Network n = circuits::high_voltage();
  n.elements[static_cast<size_t>(find_element(n, "contactor"))].closed = true;
  Bench b(n, circuits::megger());
  Reading r = b.read(Function::kInsulation, "hv.plus", "body");
  EXPECT_EQ(r.shown, Shown::kRefused);  // the bus is live
  EXPECT_EQ(r.misuse, Misuse::kInsulationOnLive);
  EXPECT_EQ(b.show(r), "LIVE 173 V");
  b.switched("msd", 0, 0);
  b.switched("contactor", 0, 0);
  b.time(900'000);
  r = b.read(Function::kInsulation, "hv.plus", "body", -1, 60'000);
  EXPECT_NEAR(r.value, 544 * kMega, kMega);  // 550 M beside two branches of 100 G
  EXPECT_TRUE(r.final);
  const Reading early = b.read(Function::kInsulation, "hv.plus", "body", -1, 5'000);
  EXPECT_LT(early.value, r.value / 2);
  EXPECT_FALSE(early.final);
  EXPECT_EQ(told(b, early)["early"], "1");
  EXPECT_EQ(told(b, r)["value_ohm"], std::to_string(r.value / 1000));
}

TEST(SimInstrument, ABranchWithAFaultIsFoundByUnplugging) {
  Network n = circuits::high_voltage();  // F1: compressor cable 0.12 Mohm to the body
  const int node = find_node(n, "compressor");
  ASSERT_TRUE(put_fault(n, {NetworkFault::Kind::kBridge, -1, node, find_node(n, "body"), 120 * kKilo}).ok());
  n.elements[static_cast<size_t>(find_element(n, "insulation.minus"))].withstand_uv = 400 * kVolt;
  Bench b(n, circuits::megger());
  b.switched("msd", 0, 0);
  b.switched("contactor", 0, 0);
  b.time(900'000);
  EXPECT_EQ(b.show(b.read(Function::kInsulation, "hv.plus", "body", -1, 60'000)), "120 kΩ");
  b.switched("compressor.plug", 0, 900'000);
  const Reading r = b.read(Function::kInsulation, "hv.plus", "body", -1, 60'000);
  EXPECT_NEAR(r.value, 547 * kMega, kMega);
  ASSERT_EQ(r.happenings.size(), 1u);  // what was left plugged in did not stand 500 V
  EXPECT_EQ(r.happenings[0].kind, Happening::Kind::kOverstressed);
}

// courses.md B3: where the voltage ends tells the fault. Target present; sensor output, terminal, PLC input.
TEST(SimInstrument, EveryFaultOfTheSensorPathShowsWhereItIs) {
  using K = NetworkFault::Kind;
  const Network healthy = circuits::sensor_path();
  const int wire = find_element(healthy, "wire.black"), out = find_element(healthy, "sensor.switch"), fuse = find_element(healthy, "fuse5");
  struct Row { NetworkFault fault; const char* supply; const char* sensor; const char* terminal; };
  for (const Row& row : {Row{{K::kAdded, wire, -1, -1, 1}, "24.00 V", "22.49 V", "22.49 V"},                    // as good as healthy
                         Row{{K::kBroken, wire}, "24.00 V", "22.50 V", "0.0 mV"},                                 // F2
                         Row{{K::kBroken, out}, "24.00 V", "0.0 mV", "0.0 mV"},                                   // F3
                         Row{{K::kMiswiredA, out, find_node(healthy, "m")}, "24.00 V", "0.0 mV", "0.0 mV"},       // F4: sinks instead of sources
                         Row{{K::kBlown, fuse}, "0.0 mV", "0.0 mV", "0.0 mV"},                                    // F5
                         Row{{K::kAdded, wire, -1, -1, 2 * kKilo}, "24.00 V", "22.49 V", "14.00 V"}}) {         // corroded: between 5 and 15 V
    Network n = healthy;
    ASSERT_TRUE(put_fault(n, row.fault).ok());
    Bench b(n, circuits::multimeter());
    b.switched("sensor.switch", 1, 0);
    EXPECT_EQ(b.show(b.read(kDcV, "sensor.brown", "m")), row.supply);
    EXPECT_EQ(b.show(b.read(kDcV, "sensor.black", "m")), row.sensor);
    EXPECT_EQ(b.show(b.read(kDcV, "plc.i3", "m")), row.terminal);
  }
}

TEST(SimInstrument, TheMainsAreProvedDeadPhaseByPhase) {
  Bench b(circuits::mains(), circuits::multimeter());
  constexpr auto kAc = Function::kAcVolts;
  // 230.94 V behind 0.2 ohm, 3.8 A: between phases 400 V less 0.2 / 60.2 of it
  EXPECT_EQ(b.show(b.read(kAc, "t1", "t2")), "399 V");
  EXPECT_EQ(b.show(b.read(kAc, "t2", "t1")), "399 V");
  EXPECT_EQ(b.show(b.read(kAc, "t2", "t3")), "399 V");
  EXPECT_EQ(b.show(b.read(kAc, "t3", "t1")), "399 V");
  EXPECT_EQ(b.show(b.read(kAc, "u", "pe")), "230 V");
  EXPECT_EQ(b.show(b.read(kAc, "star", "pe")), "0 V");
  const Reading wrong = b.read(kDcV, "t1", "t2");  // volts DC on the mains: looks dead
  EXPECT_EQ(wrong.value, 0);
  EXPECT_GT(wrong.across_uv, 398 * kVolt);
  for (const char* pole : {"main1", "main2"}) b.switched(pole, 0, 0);
  EXPECT_EQ(b.show(b.read(kAc, "t1", "t2")), "0 V");
  EXPECT_EQ(b.show(b.read(kAc, "t1", "pe")), "231 V");  // one pole welded: pole to pole alone proves nothing
  b.switched("main3", 0, 0);
  for (const char* pole : {"t1", "t2", "t3"}) EXPECT_EQ(b.show(b.read(kAc, pole, "pe")), "0 V");
  EXPECT_EQ(b.show(b.read(kOhms, "t1", "t2")), "120.1 Ω");  // two windings and the leads
  EXPECT_EQ(b.read(kOhms, "l1", "l2").misuse, Misuse::kOhmsOnLive);
  EXPECT_TRUE(b.state.fuse_blown);
}

TEST(SimInstrument, AShortBetweenPhasesTakesAFuse) {
  Network n = circuits::mains();
  ASSERT_TRUE(put_fault(n, {NetworkFault::Kind::kBridge, -1, find_node(n, "u"), find_node(n, "v"), 100}).ok());
  const auto begun = start(n);
  ASSERT_TRUE(begun.ok());
  ASSERT_FALSE(begun->happenings.empty());
  EXPECT_EQ(begun->happenings[0].kind, Happening::Kind::kBlown);
  Network bad = circuits::mains();
  bad.elements[3].kind = ElementKind::kDiode;
  EXPECT_FALSE(check(bad).empty());
  bad = circuits::mains();
  bad.alternating = false;
  EXPECT_FALSE(check(bad).empty());
}

TEST(SimInstrument, BondingIsJudgedAtATenthOfAnOhm) {  // courses.md A3: below 0.1 ohm at 0.2 A or more [S15]
  InstrumentSpec bonding;
  bonding.id = "bonding1";
  bonding.lead_mohm = 0;  // four wires
  bonding.ranges = {{Function::kOhms, 2 * kOhm, 1, 5 * kVolt, 20 * kOhm}};
  circuits::Builder c;
  c.add("strap", ElementKind::kResistor, "housing", "body", 87);
  Bench b(c.n, bonding);
  const Reading r = b.read(kOhms, "housing", "body");
  EXPECT_EQ(b.show(r), "0.087 Ω");
  EXPECT_EQ(told(b, r)["value_mohm"], "87");
}

TEST(SimInstrument, RefusesWhatDoesNotExist) {
  Bench b(circuits::high_voltage(), circuits::multimeter());
  b.state.function = Function::kInsulation;
  EXPECT_FALSE(measure(b.n, b.s, b.spec, b.state, {0, 1}).ok());
  b.state = {kDcV, 7};  // a range of ohms
  EXPECT_FALSE(measure(b.n, b.s, b.spec, b.state, {0, 1}).ok());
  b.state = {kDcV, 99};
  EXPECT_FALSE(measure(b.n, b.s, b.spec, b.state, {0, 1}).ok());
  b.state = {kDcV, -1};
  EXPECT_FALSE(measure(b.n, b.s, b.spec, b.state, {0, 1000}).ok());
  EXPECT_FALSE(measure(b.n, b.s, b.spec, b.state, {-1, 0}).ok());
  InstrumentSpec bad;
  bad.ranges = {{kDcV, 10, 1}, {kDcV, 5, 1}, {kOhms, 10, 20, 0, 0}};
  bad.category = 9;
  bad.rated_uv = -5;
  EXPECT_EQ(check(bad).size(), 5u);
  EXPECT_EQ(check(InstrumentSpec{}).size(), 1u);
}
