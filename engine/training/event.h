#pragma once
// What happened. An Action is what a trainee tries; an Event is what came of it. Events are the whole truth of an attempt:
// the world is a fold over them, the journal stores them, the rules read nothing else.
// Every number is a quantised integer; an argument's name carries its unit (units.h).

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace shixun {

enum class Verb : uint8_t {
  // actions of a trainee
  kTake,     // pick up an item                                     o item
  kPut,      // set down what is held at a storing place            o item, at socket | "floor"
  kPlace,    // fit what is held into a working place               o item, at socket
  kWear,     // put on or take off                                  o wearable, on 1|0
  kTurn,     // turn a fastener with what is held or by hand        o fastener, at joint, angle_cd (+ tightens), ...
  kSet,      // move a lever or set an instrument                   o lever, state | o tool, setting_dnm
  kRaise,    // crank a lift up, let pressure in                    o lift, height_um | o vessel, pressure_pa
  kLower,    // the other way
  kApply,    // clean, oil: use what is held on a surface           o surface, state
  kMeasure,  // read an instrument at a point                       o point, tool, *_um | *_pa
  kRead,     // read a label or plate                               o label, value
  kRecord,   // write into the work order                           o field, value or a quantity
  kSay,      // say a prepared line                                 o line | o person, node, choice, quality, flag_*, ...
  kEnter,    // a body part enters a zone                           o zone
  kLeave,
  kHint,     // ask for help                                        o step, level
  kPause,    // the clock stops
  kResume,
  kFinish,   // hand in
  // consequences and bookkeeping of the world
  kDrop,     // a raised body falls                                 o body, cause, drop_um
  kRoll,     // a body rolls away                                   o body
  kTouch,    // an unprotected part of a body meets the ground      o body
  kRewind,   // what followed event `to` is taken back               to
  kState,    // end state of one thing, written when handing in     o thing, ...
  // actions on devices (device.h)
  kProbe,    // touch two points with a meter's leads: what comes of it is a kMeasure
             //                                                     o pair or red point, red, black, mode, range_*, misuse, the reading, ...
  kPress,    // a button                                            o button
  kPlug,     // a connector that stays where it is                  o connector
  kUnplug,
  kLock,     // hang a padlock in                                   o padlock, at socket, owner
  kUnlock,
  kGive,     // hand something to a person                          o item, at socket
};
inline constexpr int kVerbCount = static_cast<int>(Verb::kGive) + 1;

const char* verb_name(Verb v);                       // "take", "put", ...
Result<Verb> verb_from_name(std::string_view name);

struct Arg {
  std::string key;
  int64_t number = 0;
  std::string text;      // for text arguments; is_text tells
  bool is_text = false;
  bool operator==(const Arg&) const = default;
};

struct Event {
  uint32_t seq = 0;   // 1, 2, 3, ... within the attempt
  int64_t t_ms = 0;   // since the attempt's start
  Verb verb = Verb::kTake;
  std::string o;      // object
  std::string tool;   // what was used: an item's id, "hand", or empty
  std::vector<Arg> args;  // sorted by key

  const Arg* find(std::string_view key) const;
  int64_t number(std::string_view key, int64_t otherwise = 0) const;
  std::string_view text(std::string_view key) const;  // empty when absent
  Event& with(std::string_view key, int64_t value);
  Event& with(std::string_view key, std::string_view value);
  bool operator==(const Event&) const = default;
};

inline constexpr int64_t kMaxEventTime_ms = 1'000'000'000'000;  // thirty years

// {"a":{...},"o":..,"seq":..,"t":..,"tool":..,"v":..}; reading refuses unknown keys, floats, wrong types, and numbers beyond
// max_quantity of their unit, so that nobody who adds or multiplies them needs to look again.
nlohmann::json to_json(const Event& e);
Result<Event> event_from_json(const nlohmann::json& j);

// What a trainee tries. `amount` is signed: an angle (0.01 deg, + tightens), a height (um) or a pressure (Pa) to add.
// `hold`: the same effort goes on (mouse or trigger held); a stroke ends with the first action that is not the same held one.
struct Action {
  Verb verb = Verb::kTake;
  std::string o;
  std::string at;         // put, place, lock, give: socket, or "floor"; probe: where the black lead goes
  std::string value;      // set: lever state, meter range; record: text or choice; say: answer
  int64_t amount = 0;     // turn, raise, lower, set (setting), record (quantity), hint (level), wear (1 on, 0 off), probe (ms the key was held)
  bool stop_at_click = false;  // turn: the hand stops when the wrench clicks
  bool hold = false;
  std::array<int64_t, 3> where_um{};  // put on the floor: where, for the eye
};

}  // namespace shixun
