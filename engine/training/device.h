#pragma once
// Devices as a pack declares them: electrical networks, air, state machines, one-number models, conversations, and the signals by which
// conditions, rules and displays speak of them. What a device does is engine/sim's; here stands what the pack says of it. The
// running state is in devices.h; how a pack writes them, at the top of load_devices.cpp.

#include <optional>
#include <string>
#include <vector>

#include "engine/sim/dialogue.h"
#include "engine/sim/instrument.h"
#include "engine/sim/machine.h"
#include "engine/sim/network.h"
#include "engine/sim/pressure.h"
#include "engine/sim/scalar.h"
#include "engine/sim/table.h"
#include "engine/training/expression.h"
#include "engine/training/value.h"

namespace shixun {

// A number that follows the world: of the first case whose condition holds, its value or the signal it names. The last case always holds.
struct Driven {
  struct Case {
    std::optional<Expression> when;
    Value is;
    int signal = -1;  // instead of `is`
  };
  std::vector<Case> cases;  // empty: not given
};

// What can be asked of the scene as it is now: a word or a number in its unit's step.
struct SignalDef {
  enum class Kind : uint8_t {
    kState,     // word: where a lever, surface, connector or meter stands             of: object
    kDial,      // where a dial stands                                                 of: object
    kWorn,      // word: worn, off                                                     of: object
    kSocket,    // word: what sits there, or "empty"                                   of: socket
    kMachine,   // word: its state                                                     of: machine
    kOutput,    // 1 while the machine's output `a` is on                              of: machine
    kModel,     //                                                                     of: model
    kVolts,     // of node a over node b; 0 when nothing joins them                    of: network
    kCurrent,   // through part a                                                      of: network
    kPressure,  // gauge, of node a                                                    of: air
    kPosition,  // of cylinder a                                                       of: air
    kWhen,      // 1 while a condition holds
    kNode,      // word: where a conversation is                                       of: dialogue
    kFlag,      // 1 while flag a is set                                               of: dialogue
  } kind = Kind::kWhen;
  std::string name;
  Unit unit = Unit::kCount;
  bool is_word = false;
  int of = -1, a = -1, b = -1;
  std::optional<Expression> when;
  std::vector<std::string> words;  // what a word can be
};
// How an event names it: its name with the unit's suffix.
std::string key_of(const SignalDef& s);

struct PartDef {             // of a network; indexes are those of Network::elements
  std::string id;
  ElementKind kind = ElementKind::kResistor;
  int a = 0, b = 0;
  Driven resistance;         // of a resistor, mohm
  Driven voltage;            // of a source, mV
  Value start;               // diode: its drop; capacitor: its charge at the start; mV
  Value quadrature;          // source of an alternating network, mV
  Value series;              // of everything else than a resistor, mohm
  Value rating, withstand;   // mA, mV
  std::optional<Expression> closed;  // switch
  int holder = -1;           // fuse: the socket that holds it; a new one there is a sound one
  int held_source = -1;      // capacitor
  std::vector<int> held_by;
  struct DrainDef { int by = -1; Value tau; };
  std::vector<DrainDef> drains;
};

struct FaultDef {            // is so while its condition holds
  Expression when;
  NetworkFault fault;        // its value is drawn from `value` when there is one
  Value value;
};

struct NetworkDef {
  std::string id;
  std::vector<std::string> nodes;
  std::vector<PartDef> parts;
  std::vector<FaultDef> faults;
  bool alternating = false;
  int earth = -1;
};

struct AirDef {
  std::string id;
  PressureNet net;                // pressures and openings at the start come from below
  std::vector<Driven> pressures;  // per node, Pa: of a supply always, of a volume at the start
  std::vector<Driven> openings;   // per link, 0.01 %
};

struct MachineDef {
  Machine machine;
  std::vector<Expression> guards;
  std::vector<std::string> outputs;
};

struct ModelDef {
  enum class Kind : uint8_t { kIs, kApproach, kTable, kGauge } kind = Kind::kIs;
  std::string id;
  Unit unit = Unit::kCount;
  Value from;          // approach: at the start
  Driven to, tau;      // approach: where it goes, how fast (0: at once); is: what it is
  int of = -1;         // table, gauge: the signal read
  Table table;
  Gauge gauge;
};

struct DialogueDef {
  Dialogue dialogue;
  std::string version_of;       // versions of one conversation, with different people, share their nodes' names: an attempt holds one of them
  struct Follows { int flag = 0; Expression when; };
  std::vector<Follows> follows;  // flags that are as the world is
};

struct PairDef { std::string id, name; int a = -1, b = -1; };  // a measurement with a name: two probe points, objects

struct DeviceDefs {
  std::vector<NetworkDef> networks;
  std::vector<AirDef> airs;
  std::vector<MachineDef> machines;
  std::vector<ModelDef> models;
  std::vector<DialogueDef> dialogues;
  std::vector<SignalDef> signals;
  std::vector<PairDef> pairs;
  // Whether a condition looks at something that changes by itself, so that time alone can make it true.
  std::vector<bool> watched_networks, watched_airs, watched_models;
  bool any() const { return !networks.empty() || !airs.empty() || !machines.empty() || !models.empty() || !dialogues.empty(); }
};

// Mechanisms of objects.
struct MeterDef {                     // an instrument with two leads; its states are its ranges and, to let it find the range, its modes
  InstrumentSpec spec;
  struct Position { std::string name; Function function = Function::kDcVolts; int range = -1; };
  std::vector<Position> positions;
  int initial = 0;
  std::optional<Expression> battery_dead, fuse_blown, lead_broken;  // at the start
};
struct ProbeDef { int network = -1, node = -1, category = 0; };
struct ButtonDef { int machine = -1, event = -1; };
struct ConnectorDef { bool plugged = true; };
struct DialDef { Unit unit = Unit::kCount; int64_t min = 0, max = 0, step = 1; Value initial; };  // a regulator, a gap, a throttle
struct PadlockDef { std::string owner; };       // "own", or whose it is
struct PersonDef { int dialogue = -1; std::vector<int> hands; };  // sockets
struct NeedDef { std::optional<Expression> when; std::string why; };  // nothing can be done with the object unless ...; string key

}  // namespace shixun
