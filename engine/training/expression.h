#pragma once
// Conditions in packs: a moment's `when`, a step's `goal`, a truth's `cases`, what drives a device. One language and one evaluator everywhere.
//
//   torque in 88.3 N·m .. 107.9 N·m and not happened(lowered)
//   last(gloves, on) != 1 and voltage >= 60 V
//   since(plug_out) >= 10 min or $truth.tau < 80 s
//
// It reads the event it stands at, what happened before that event, the drawn truths and the data sheet; nothing else. It has no loops and
// no effects, and its cost is its length.
//
//   or, and, not                          conditions
//   == != < <= > >=   x in a .. b         comparisons, both ends of `in` included
//   + - * /  min(a, ...) max(a, ...) abs(a)
//   60 V  27 N·m  -40 °C  50 %  3         quantities, written as everywhere in a pack
//   turned, torque, lift, state, ...      what the event says, by the names `where` uses; and object, tool, time (since the start)
//   $truth.name  $data.name  $data.name.min  $data.name.max
//   main_switch  tank_pressure            conditions of a device: what its signals say now (device.h)
//   applied  'wheel-off'                  words: states, choices, places; in quotes when it is also another name or has odd letters
//   happened(moment)                      whether it had happened before this event; of a moment with `all`, for each of its objects
//   count(moment)                         how many of its events came before; of a moment with `last`, how many are still so
//   since(moment)                         time since its latest event
//   last(moment or object, name)          what its latest event that says `name` said
//
// Units are checked when the pack is loaded: like with like. A quantity times or by a plain number or a ratio keeps its unit; a quantity by its
// like is a ratio. Numbers are exact fractions: nothing is rounded. What is not known has no value: an argument the event lacks, the time
// since what has not happened, a division by zero, a number beyond 63 bits. A sum or product with it has none either, and every comparison
// with it is false, != too.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/units.h"
#include "engine/training/event.h"

namespace shixun {

struct Pack;
struct Exercise;
struct Moment;
struct Truths;

inline constexpr size_t kMaxExpressionBytes = 1000;
inline constexpr size_t kMaxExpressionNodes = 200;
inline constexpr int kMaxExpressionDepth = 20;   // of parentheses and calls in each other
inline constexpr size_t kMaxExpressionStack = 64;

// Compiled: operations in the order they are done, each on what those before it left on a stack.
struct Expression {
  enum class Op : uint8_t {
    kNumber, kWord, kArgNumber, kArgWord, kTruthNumber, kTruthWord, kLastNumber, kLastWord, kSignalNumber, kSignalWord, kHappened, kCount, kSince,  // leave a value
    kNegate, kAbs, kNot,                                                                                                // change it
    kAdd, kSubtract, kMultiply, kDivide, kMin, kMax, kAnd, kOr,                                                         // make one of two
    kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kSameWord, kOtherWord,
    kIn,                                                                                                                // and one of three
  };
  struct Node {
    Op op = Op::kNumber;
    int index = 0;       // of a word, truth, signal, moment or remembered argument
    int64_t number = 0;
  };
  std::vector<Node> nodes;
  std::vector<std::string> words;  // words and arguments' keys
  std::vector<int> moments;        // asked about, each once
  std::string text;                // as written
};

// An argument that some last(...) asks about: of a moment's events, or of an object's when moment < 0.
struct Remembered {
  int moment = -1;
  std::string object, key;
  bool operator==(const Remembered&) const = default;
};

// What was so before an event; kept by the one pass over an attempt's events (moments.h).
struct Past {
  struct Moment { int64_t count = 0, last_ms = 0; bool happened = false; };
  std::vector<Moment> moments;                  // as Exercise::moments
  std::vector<const Event*> last;               // as Exercise::remembered: the latest event with that argument, or null
  int64_t now_ms = 0;                           // of the latest event
};

// What the devices of a scene say as they are now, by index into DeviceDefs::signals. A number may be unknown.
class SignalValues {
 public:
  virtual std::optional<int64_t> signal_number(int signal) const = 0;
  virtual std::string_view signal_word(int signal) const = 0;

 protected:
  ~SignalValues() = default;
};

// `past`, `event` and `signals` may be null where the expression was compiled without them.
bool holds(const Expression& e, const Truths& truths, const Past* past, const Event* event, const SignalValues* signals = nullptr);

// How packs name an event's arguments, and what they are.
struct ArgName {
  const char* name;
  const char* key;
  bool is_text = false;
};

// Where an expression stands: what it may speak of.
struct ExpressionScope {
  const Pack& pack;                        // truths, data, scene
  const Exercise* exercise = nullptr;      // null: no past to ask about
  const Moment* moment = nullptr;          // null: no event to ask about
  std::span<const ArgName> arguments;
  std::vector<Remembered>* remembered = nullptr;  // of the exercise; grows
  int64_t* work = nullptr;                 // names that may still be compared; below zero, words are no longer looked up
  const std::function<int(std::string_view)>* signal = nullptr;  // a condition of the scene: the signal of that name, -1: none
};

struct ExpressionProblem {
  size_t at = 0;        // byte in the text
  std::string what, hint;
};

// All problems found are added, in no particular order; nothing is returned when there are any.
std::optional<Expression> compile_expression(std::string_view text, const ExpressionScope& scope, std::vector<ExpressionProblem>& problems);

}  // namespace shixun
