#include "engine/sim/instrument.h"

#include <algorithm>

#include "engine/base/units.h"
#include "engine/sim/fixed.h"
#include "engine/sim/gauge.h"
#include "engine/sim/scalar.h"

namespace shixun {

namespace {

bool drives(Function f) { return f == Function::kOhms || f == Function::kContinuity || f == Function::kInsulation; }
bool is_volts(Function f) { return f == Function::kDcVolts || f == Function::kAcVolts; }
int64_t size_of(int64_t v) { return v < 0 ? -v : v; }

int add(Network& n, NetworkState& s, Element e) {
  ElementState now;
  now.mohm = e.mohm;
  now.uv = e.uv;
  n.elements.push_back(std::move(e));
  s.elements.push_back(now);
  return static_cast<int>(n.elements.size()) - 1;
}

// One try in one range.
struct Trial {
  bool overload = false;
  int64_t value = 0;  // exact, before the range's step
  std::vector<Happening> happenings;
};

Result<Trial> drive(const Network& n, const NetworkState& s, const InstrumentSpec& spec, const Range& range, const Probing& p) {
  Network joined = n;
  NetworkState now = s;
  if (n.alternating) {  // it measures with direct current, to which the mains are no source
    joined.alternating = false;
    for (ElementState& e : now.elements) e.uv = e.quadrature_uv = 0;
  }
  const int64_t inner = range.source_mohm + spec.lead_mohm;
  const int source = add(joined, now, {"instrument", ElementKind::kSource, p.red, p.black, inner, range.test_uv});
  auto settled = settle(joined, now);
  if (!settled) return settled.error();
  Trial out;
  const int64_t out_pa = -settled->solution.pa[static_cast<size_t>(source)];  // pushed into the circuit
  const int64_t at_uv = range.test_uv - mul_div(out_pa, range.source_mohm, 1'000'000'000);  // at the sockets: leads count as circuit
  for (const Happening& h : settled->happenings) {
    if (static_cast<size_t>(h.element) < n.elements.size() && h.kind == Happening::Kind::kOverstressed) out.happenings.push_back(h);
  }
  if (out_pa <= 0) out.overload = true;
  else out.value = std::max<int64_t>(0, mul_div(at_uv, 1'000'000'000, out_pa));  // uV / pA = Mohm
  return out;
}

Result<Trial> load_volts(const Network& n, const NetworkState& s, const InstrumentSpec& spec, const Probing& p, bool alternating) {
  Network joined = n;
  NetworkState now = s;
  add(joined, now, {"instrument", ElementKind::kResistor, p.red, p.black, spec.input_mohm + spec.lead_mohm});
  const auto solution = solve(joined, now);
  if (!solution) return solution.error();
  return Trial{false, alternating == n.alternating ? volts(*solution, p.red, p.black).value_or(0) : 0, {}};
}

Result<Trial> carry(const Network& n, NetworkState& s, const InstrumentSpec& spec, InstrumentState& state, const Probing& p) {
  if (state.fuse_blown) return Trial{};
  Network joined = n;
  NetworkState now = s;
  Element path{"instrument", ElementKind::kFuse, p.red, p.black, spec.shunt_mohm + spec.lead_mohm};
  path.rating_ua = spec.fuse_ua;
  const int fuse = add(joined, now, std::move(path));
  auto settled = settle(joined, now);
  if (!settled) return settled.error();
  Trial out;
  for (const Happening& h : settled->happenings) {
    if (h.element != fuse) out.happenings.push_back(h);
  }
  state.fuse_blown = !now.elements.back().closed;
  if (!n.alternating) out.value = gauge_reading(settled->solution.pa[static_cast<size_t>(fuse)], 1'000'000) / 1'000'000;
  now.elements.pop_back();
  s = std::move(now);  // fuses of the circuit that blew with it stay blown
  return out;
}

}  // namespace

const char* function_name(Function f) {
  constexpr std::array names{"dc_v", "ac_v", "ohm", "continuity", "dc_a", "insulation"};
  return names[static_cast<size_t>(f)];
}
const char* shown_name(Shown s) {
  constexpr std::array names{"value", "overload", "blank", "refused"};
  return names[static_cast<size_t>(s)];
}
const char* misuse_name(Misuse m) {
  constexpr std::array names{"amps_across_source", "insulation_on_live", "ohms_on_live", "over_rated", "category_too_low", "none"};
  return names[static_cast<size_t>(m)];
}

std::vector<Error> check(const InstrumentSpec& i) {
  std::vector<Error> out;
  const auto bad = [&](std::string what, std::string hint) { out.push_back(failure(i.id, std::move(what), std::move(hint))); };
  if (i.ranges.empty() || i.ranges.size() > kMaxRanges) bad("an instrument has 1 to 32 ranges", "give the ranges of its dial");
  std::array<int64_t, 6> last{};
  for (size_t r = 0; r < i.ranges.size(); ++r) {
    const Range& x = i.ranges[r];
    const std::string nth = "range " + std::to_string(r + 1);
    const int64_t most = is_volts(x.function) ? kMaxVoltage_uv : drives(x.function) ? kMaxResistance_mohm : 1'000'000'000;
    int64_t& before = last[static_cast<size_t>(x.function)];
    if (x.full <= before || x.full > most) bad(nth + ": its full scale is not above the range before it, or too large", "sort the ranges of a function upwards");
    before = std::max(before, x.full);
    if (x.step < 1 || x.step > x.full) bad(nth + ": its resolution is not within its full scale", "give the last digit's value");
    if (drives(x.function) && (x.test_uv <= 0 || x.test_uv > kMaxVoltage_uv || x.source_mohm < 1 || x.source_mohm > kMaxResistance_mohm))
      bad(nth + ": it drives the circuit with no voltage or without a resistance", "give its test voltage and inner resistance");
  }
  const auto within = [&](int64_t v, int64_t low, int64_t high, const char* what) {
    if (v < low || v > high) bad(std::string(what) + " is out of range", "see the instrument's own data sheet");
  };
  within(i.input_mohm, 1, kMaxResistance_mohm / 2, "its input resistance");
  within(i.shunt_mohm, 1, kMaxResistance_mohm / 2, "its shunt");
  within(i.lead_mohm, 0, 1'000'000'000, "its lead resistance");
  within(i.fuse_ua, 1, 1'000'000'000, "its fuse");
  within(i.ohms_survive_uv, 0, kMaxVoltage_uv, "what its ohms survive");
  within(i.live_uv, 0, kMaxVoltage_uv, "what counts as live");
  within(i.guard_uv, 0, kMaxVoltage_uv, "what it refuses");
  within(i.beep_mohm, 0, kMaxResistance_mohm, "where it sounds");
  within(i.category, 2, 4, "its category");
  within(i.rated_uv, 1, kMaxVoltage_uv, "its rated voltage");
  within(i.absorb_tau_ms, 0, 3'600'000, "its time constant");
  within(i.full_time_ms, 0, 3'600'000, "its measuring time");
  return out;
}

Result<Reading> measure(const Network& n, NetworkState& s, const InstrumentSpec& spec, InstrumentState& state, const Probing& p) {
  const auto node_ok = [&](int i) { return i >= 0 && static_cast<size_t>(i) < n.nodes.size(); };
  if (!node_ok(p.red) || !node_ok(p.black)) return failure(spec.id, "a lead touches no node", "name two nodes");
  std::vector<int> tries;
  for (size_t i = 0; i < spec.ranges.size(); ++i) {
    if (spec.ranges[i].function == state.function && (state.range < 0 || state.range == static_cast<int>(i))) tries.push_back(static_cast<int>(i));
  }
  if (tries.empty()) return failure(spec.id, "it has no such range", "set one of the ranges of its dial");

  const auto before = solve(n, s);
  if (!before) return before.error();
  Reading out;
  out.function = state.function;
  out.range = tries.front();
  if (!state.lead_broken) {
    out.across_uv = volts(*before, p.red, p.black).value_or(0);
    int64_t highest = size_of(out.across_uv);
    for (const int node : {p.red, p.black}) {
      if (n.earth >= 0) highest = std::max(highest, size_of(volts(*before, node, n.earth).value_or(0)));
    }
    if (spec.category < p.place_category) out.misuse = Misuse::kCategoryTooLow;
    if (highest > spec.rated_uv) out.misuse = Misuse::kOverRated;
  }
  const int64_t live = size_of(out.across_uv);
  const bool ohms = state.function == Function::kOhms || state.function == Function::kContinuity;
  if (ohms && live >= spec.live_uv) out.misuse = Misuse::kOhmsOnLive;
  if (ohms && live >= spec.ohms_survive_uv) state.fuse_blown = true;
  if (state.function == Function::kInsulation && live >= spec.guard_uv) {
    out.misuse = Misuse::kInsulationOnLive;
    out.shown = state.battery_dead ? Shown::kBlank : Shown::kRefused;
    return out;
  }

  const bool joined = !state.lead_broken && p.red != p.black;
  const bool powered = !state.battery_dead;
  for (const int i : tries) {
    const Range& range = spec.ranges[static_cast<size_t>(i)];
    out.range = i;
    Trial trial;
    if (p.red == p.black && !state.lead_broken && drives(state.function) && !(ohms && state.fuse_blown)) {
      trial.value = spec.lead_mohm;  // leads shorted
    } else if (drives(state.function)) {
      trial.overload = true;
      if (joined && powered && !(ohms && state.fuse_blown) && !(n.alternating && live >= spec.live_uv)) {
        auto driven = drive(n, s, spec, range, p);
        if (!driven) return driven.error();
        trial = std::move(*driven);
      }
    } else if (joined) {
      const bool whole = !state.fuse_blown;
      auto taken = is_volts(state.function) ? load_volts(n, s, spec, p, state.function == Function::kAcVolts) : carry(n, s, spec, state, p);
      if (!taken) return taken.error();
      trial = std::move(*taken);
      const bool blew = std::any_of(trial.happenings.begin(), trial.happenings.end(), [](const Happening& h) { return h.kind == Happening::Kind::kBlown; });
      if (state.function == Function::kDcAmps && ((whole && state.fuse_blown) || blew)) out.misuse = Misuse::kAmpsAcrossSource;
    }
    out.happenings.insert(out.happenings.end(), trial.happenings.begin(), trial.happenings.end());
    if (state.function == Function::kInsulation && !trial.overload) {
      out.final = p.held_ms >= spec.full_time_ms;
      if (!out.final && spec.absorb_tau_ms > 0) trial.value = approach(0, trial.value, p.held_ms, spec.absorb_tau_ms);
    }
    out.value = gauge_reading(trial.value, range.step);
    out.shown = trial.overload || size_of(trial.value) > range.full ? Shown::kOverload : Shown::kValue;
    if (out.shown == Shown::kValue) break;
  }
  if (state.battery_dead) out.shown = Shown::kBlank;
  if (out.shown != Shown::kValue) out.value = 0;
  out.beep = state.function == Function::kContinuity && out.shown == Shown::kValue && out.value < spec.beep_mohm;
  return out;
}

namespace {

// value in micro- or milli-units as a person reads it, with the digits that its step resolves.
std::string scaled(int64_t value, int64_t full, int64_t step, bool micro, const char* unit) {
  struct Prefix { int64_t size; const char* name; };
  constexpr std::array micros{Prefix{1, "µ"}, Prefix{1'000, "m"}, Prefix{1'000'000, ""}, Prefix{1'000'000'000, "k"}};
  constexpr std::array millis{Prefix{1, "m"}, Prefix{1'000, ""}, Prefix{1'000'000, "k"}, Prefix{1'000'000'000, "M"}, Prefix{1'000'000'000'000, "G"}};
  Prefix best = micro ? micros[0] : millis[0];
  const auto consider = [&](const Prefix& x) {
    if (full > x.size) best = x;
  };
  if (micro) std::for_each(micros.begin(), micros.end(), consider);
  else std::for_each(millis.begin(), millis.end(), consider);
  int digits = 0;
  for (int64_t rest = best.size; rest > step && rest > 1; rest /= 10) ++digits;
  std::string text = value < 0 ? "-" : "";
  text += std::to_string(size_of(value) / best.size);
  int64_t fraction = size_of(value) % best.size;
  if (digits > 0) {
    text += '.';
    for (int64_t place = best.size / 10; digits > 0; --digits, place /= 10) {
      text += static_cast<char>('0' + fraction / place);
      fraction %= place;
    }
  }
  return text + " " + best.name + unit;
}

}  // namespace

std::string display_text(const InstrumentSpec& spec, const Reading& r) {
  if (r.shown == Shown::kBlank) return {};
  if (r.shown == Shown::kOverload) return "OL";
  if (r.shown == Shown::kRefused) return "LIVE " + scaled(gauge_reading(r.across_uv, 1'000'000), 1'000'000'000, 1'000'000, true, "V");
  if (r.range < 0 || static_cast<size_t>(r.range) >= spec.ranges.size()) return {};
  const Range& range = spec.ranges[static_cast<size_t>(r.range)];
  if (r.function == Function::kInsulation) return scaled(r.value, std::max(r.value, range.step), range.step, false, "Ω");  // spans decades: scales itself
  if (is_volts(r.function)) return scaled(r.value, range.full, range.step, true, "V");
  return r.function == Function::kDcAmps ? scaled(r.value, range.full, range.step, true, "A") : scaled(r.value, range.full, range.step, false, "Ω");
}

std::vector<ReadingArgument> arguments(const InstrumentSpec& spec, const Reading& r, const InstrumentState& state) {
  const Range& range = spec.ranges[static_cast<size_t>(r.range)];
  const bool value = r.shown == Shown::kValue;
  std::vector<ReadingArgument> out;
  out.push_back({"across_mv", std::clamp(gauge_reading(r.across_uv, 1000) / 1000, -kMaxQuantity, kMaxQuantity), nullptr});
  if (state.range < 0) out.push_back({"auto", 1, nullptr});
  out.push_back({"category", spec.category, nullptr});
  if (!r.final) out.push_back({"early", 1, nullptr});
  if (state.fuse_blown) out.push_back({"fuse_blown", 1, nullptr});
  out.push_back({"misuse", 0, misuse_name(r.misuse)});
  out.push_back({"mode", 0, function_name(r.function)});
  if (is_volts(r.function)) {
    out.push_back({"range_mv", range.full / 1000, nullptr});
    if (value) out.push_back({"value_mv", gauge_reading(r.value, 1000) / 1000, nullptr});
  } else if (r.function == Function::kDcAmps) {
    out.push_back({"range_ua", range.full, nullptr});
    if (value) out.push_back({"value_ua", r.value, nullptr});
  } else {
    // Up to 1 kohm in 1 mohm as well: bonding is judged at 0.1 ohm, insulation at megohms, and an argument holds nine digits.
    const int64_t limit = kMaxQuantity * 1000;
    out.push_back({"range_ohm", std::min(range.full, limit) / 1000, nullptr});
    if (value) {
      if (r.value < 1'000'000) out.push_back({"value_mohm", r.value, nullptr});
      out.push_back({"value_ohm", gauge_reading(std::min(r.value, limit), 1000) / 1000, nullptr});
    }
  }
  out.push_back({"rated_mv", spec.rated_uv / 1000, nullptr});
  out.push_back({"shown", 0, shown_name(r.shown)});
  std::sort(out.begin(), out.end(), [](const ReadingArgument& a, const ReadingArgument& b) { return std::string_view(a.key) < b.key; });
  return out;
}

}  // namespace shixun
