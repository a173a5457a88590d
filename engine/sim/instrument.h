#pragma once
// Instruments with two leads on a network: multimeter (DC volts, AC volts, ohms, continuity, DC amperes) and insulation tester.
// Who asks: the world, when both leads touch something. A reading is what a person would see, wrong use included: a meter on ohms
// over a live circuit shows a false number or dies, an ammeter across a battery blows its fuse, volts AC on a DC bus shows zero.
//
// On an alternating network volts AC shows the RMS value without a sign, volts and amperes DC show zero, ohms on a live one show OL.
//
// The unit of a function: DC and AC volts uV; ohms, continuity, insulation mohm; amperes uA. Ranges and readings are in it.
// Sources: IEC 61010-1 / 61010-2-033 (measurement categories II, III, IV), IEC 61557-2 (insulation testers), courses.md A3 and A4.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/sim/network.h"

namespace shixun {

enum class Function : uint8_t { kDcVolts, kAcVolts, kOhms, kContinuity, kDcAmps, kInsulation };
const char* function_name(Function f);  // "dc_v", "ac_v", "ohm", "continuity", "dc_a", "insulation"

struct Range {
  Function function = Function::kDcVolts;
  int64_t full = 0;         // most it shows, in the function's unit; ranges of one function rise
  int64_t step = 1;         // its resolution
  int64_t test_uv = 0;      // ohms, continuity, insulation: what it drives the circuit with ...
  int64_t source_mohm = 0;  // ... behind this resistance
};

struct InstrumentSpec {
  std::string id;
  std::vector<Range> ranges;
  int64_t input_mohm = 10'000'000'000;  // volts: what it loads the circuit with
  int64_t shunt_mohm = 10;              // amperes
  int64_t lead_mohm = 100;              // both leads together; part of what ohms show
  int64_t fuse_ua = 10'000'000;         // amperes: its fuse; ohms on a live circuit blow it as well
  int64_t ohms_survive_uv = 60'000'000; // a live circuit above this blows the fuse on ohms and continuity
  int64_t live_uv = 5'000'000;          // ohms or continuity over more than this is misuse (courses.md, rule K33)
  int64_t guard_uv = 30'000'000;        // an insulation tester refuses to start over more than this
  int64_t beep_mohm = 30'000;           // continuity sounds below
  int category = 3;                     // CAT II, III, IV
  int64_t rated_uv = 1'000'000'000;     // to earth and between leads, in its category
  int64_t absorb_tau_ms = 0;            // insulation: the reading creeps up with this time constant; 0: at once
  int64_t full_time_ms = 60'000;        // ... and is final after this time on the key
};

inline constexpr size_t kMaxRanges = 32;
std::vector<Error> check(const InstrumentSpec& i);

struct InstrumentState {
  Function function = Function::kDcVolts;
  int range = -1;             // index into ranges, -1: finds the range itself
  bool battery_dead = false;  // shows nothing
  bool fuse_blown = false;
  bool lead_broken = false;   // one lead does not conduct
  bool operator==(const InstrumentState&) const = default;
};

struct Probing {
  int red = 0, black = 0;    // nodes
  int place_category = 0;    // what the place asks of an instrument: 0 nothing, 2, 3, 4
  int64_t held_ms = 0;       // insulation: how long the key has been held
};

enum class Shown : uint8_t {
  kValue,
  kOverload,  // "OL"
  kBlank,     // dead battery
  kRefused,   // insulation tester over a live circuit
};
const char* shown_name(Shown s);  // "value", "overload", "blank", "refused"

// The gravest of what was wrong with this use; lower is graver.
enum class Misuse : uint8_t { kAmpsAcrossSource, kInsulationOnLive, kOhmsOnLive, kOverRated, kCategoryTooLow, kNone };
const char* misuse_name(Misuse m);  // "amps_across_source", "insulation_on_live", "ohms_on_live", "over_rated", "category_too_low", "none"

struct Reading {
  Function function = Function::kDcVolts;
  int range = -1;         // the one used; -1: the instrument has none for the function
  Shown shown = Shown::kValue;
  int64_t value = 0;      // in the function's unit, rounded to the range's step; 0 unless a value is shown
  int64_t across_uv = 0;  // between the points before the instrument joined them: whether the circuit was live
  bool beep = false;
  bool final = true;      // insulation: held long enough
  Misuse misuse = Misuse::kNone;
  std::vector<Happening> happenings;  // in the network, because of this use
  bool operator==(const Reading&) const = default;
};

// Reads. May blow the instrument's fuse and fuses of the network. Refused: points or a range that do not exist, a range of another
// function, diodes without a stable state. Volts and ohms err by at most 1 uV of the network before rounding.
Result<Reading> measure(const Network& n, NetworkState& s, const InstrumentSpec& spec, InstrumentState& state, const Probing& p);

// The display: "349.8 V", "OL", "0.12 MΩ", "" when blank, "LIVE 350 V" when refused. Language-neutral, as on a real one.
std::string display_text(const InstrumentSpec& spec, const Reading& r);

// What a reading's event tells the scorer, beside the two points' names, which the world knows: key (unit by suffix) and integer or
// word. Sorted by key.
struct ReadingArgument {
  const char* key;
  int64_t number = 0;
  const char* word = nullptr;  // set: a word instead of a number
};
std::vector<ReadingArgument> arguments(const InstrumentSpec& spec, const Reading& r, const InstrumentState& state);

}  // namespace shixun
