#pragma once
// A scenario pack in memory: data sheet, scene, exercises, strings. Packs are data: nothing in them runs.
// load_pack reads a folder (or a one-file pack, pack_file.h) of YAML (strict subset: no anchors, no tags), checks every key, reference, unit and string, and
// reports all problems as file:line:column. Paths never leave the pack; symbolic links are refused.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/base/units.h"
#include "engine/training/device.h"
#include "engine/training/event.h"
#include "engine/training/expression.h"
#include "engine/training/value.h"

namespace shixun {

// ---------------------------------------------------------------- scene: the place and its things, in mechanism words
struct Pose3 {
  std::array<double, 3> pos{};  // m, scene frame (glTF axes: +Y up)
  double yaw = 0;               // rad about +Y
};

struct SocketDef {
  std::string id;        // "car.hub_fl": owner.name
  int owner = -1;        // object that carries it
  std::string anchor;    // node of the owner's model; its +Y points out of the spot. With `through`, a node of what fills that socket
  std::optional<Pose3> at;  // instead of an anchor: a place in the owner's frame, +Y up
  std::vector<std::string> accepts;  // item tags
  enum class Role { kStore, kWork, kLoadPoint, kWrongPoint, kSupport, kChock } role = Role::kStore;
  std::vector<int> clamped_by;  // joints (sockets for fasteners) that hold what sits here
  int through = -1;             // socket that must be filled before something fits here
  int64_t height_um = 0;        // load points: above the ground at rest
};

struct ItemDef { std::string tag; int home = -1; };                 // can be taken; `home` is the socket it belongs to
struct FastenerDef {                                                // ISO metric thread seen as turns and torque
  int64_t seat_cd = 0;            // from first thread to seat
  int64_t dnm_per_turn = 0;       // stiffness once seated
  int64_t torque_dnm = 0;         // at the start, when it sits on a joint
  std::string size;               // drive: "hex_21"
};
struct WrenchDef {
  std::string size;               // fits fasteners of this drive
  int64_t limit_dnm = 0;          // what an arm can do with it
  bool clicks = false;            // torque wrench: has a setting
  int64_t min_dnm = 0, max_dnm = 0, step_dnm = 0, initial_dnm = 0, give_cd = 0;  // give: free angle after the click
};
struct LiftDef { int64_t min_um = 0, max_um = 0, step_um = 0; std::string clip; };
struct SupportDef { int64_t min_lift_um = 0; std::string clip; };   // a stand: fits once the body is this high
struct HoldDef { int lever = -1; std::string state; };
struct BodyDef {                                                    // a load that a lift raises
  int64_t droop_um = 0;           // suspension: lift before the hub's wheel leaves the ground
  int64_t slip_um = 0;            // lift at which a lift on a wrong point slips
  int64_t bare_um = 0;            // lift below which a hub without its wheel touches the ground
  int hub = -1;                   // the socket that is raised
  std::vector<HoldDef> holds;     // levers that keep it from rolling
  std::vector<int> chocks;        // sockets; one filled keeps it from rolling
  std::array<double, 3> pivot{};  // m, point of the body that stays on the ground when it tilts, for the eye
};
struct LeverDef {
  std::vector<std::string> states;
  std::string initial;
  std::vector<int> hasps{};             // sockets for padlocks; one filled keeps the lever where it is
  std::vector<std::string> locked_in{}; // where a padlock goes on; empty: anywhere
};
struct SurfaceDef { std::vector<std::string> states; std::string initial; int covered_by = -1; };  // covered_by: socket that must be free
struct ApplyDef { std::string state; };                             // an item that brings surfaces into this state
struct InstrumentDef { Unit unit = Unit::kCount; int64_t resolution = 1; };
struct PointDef { Unit unit = Unit::kLength; Value value; };        // where an instrument reads
struct VesselDef { Value pressure; int64_t step_pa = 0, max_pa = 0; int cap = -1; };  // cap: socket that must be free
struct PumpDef {};                                                  // an item that raises or lowers a vessel's pressure
struct LabelDef { std::optional<Value> value; std::string text; int signal = -1; };  // a plate to read: its text (string key), a value, or a signal: a display
struct WearableDef {};
// Where a thing is while a condition holds: people come and go. The first case that holds counts; when none does, it is where it was put.
struct Whereabouts {
  std::optional<Expression> when;
  bool away = false;              // neither to be seen nor used, nor is what it carries
  Pose3 at;
  // For the eye: where it is when the case begins to hold, and how fast it goes from there; 0: a person walks, a thing is there at once.
  std::optional<std::array<double, 3>> from;
  int64_t speed_um_s = 0;
};
// For the eye: a cable from a meter to one of its probes. It hangs from the meter in the hand and reaches to where the probe touches; while
// the meter is out of the hand it is stowed away. Its model's nodes `lead_0`, `lead_1`, ... are the cable's joints from plug to probe, `tip` the probe's point.
struct LeadDef { int of = -1; std::string from; bool red = false; };  // meter; the node its plug sits at
struct ZoneDef { std::array<double, 3> lower{}, upper{}; int body = -1; };  // m, scene frame; body: whose lift counts there, or -1

struct StartDef { Expression when; int in = -1; };                 // where an object starts as the attempt's truths have it

struct NodeWhen { std::string node; Expression when; };             // a node of the model that follows a condition

struct ObjectDef {
  std::string id, name;           // name: string key
  std::string model;              // library name or "models/x.glb" in the pack; empty for a part
  int part_of = -1;               // a part lives at a node of another object's model
  std::string node;               // for a part: the node it is (picked, posed); for a socketless thing: empty
  int in = -1;                    // socket it starts in, or -1: then `at`
  std::vector<StartDef> starts;   // or the socket of the first of these whose condition holds; `in` when none does
  Pose3 at;
  std::vector<Whereabouts> whereabouts;
  bool static_scenery = false;    // no interaction
  std::optional<ItemDef> item;
  std::optional<FastenerDef> fastener;
  std::optional<WrenchDef> wrench;
  std::optional<LiftDef> lift;
  std::optional<SupportDef> support;
  std::optional<BodyDef> body;
  std::optional<LeverDef> lever;
  std::optional<SurfaceDef> surface;
  std::optional<ApplyDef> apply;
  std::optional<InstrumentDef> instrument;
  std::optional<PointDef> point;
  std::optional<VesselDef> vessel;
  std::optional<PumpDef> pump;
  std::optional<LabelDef> label;
  std::optional<WearableDef> wearable;
  std::optional<ZoneDef> zone;
  std::optional<MeterDef> meter;
  std::optional<ProbeDef> probe;
  std::optional<ButtonDef> button;
  std::optional<ConnectorDef> connector;
  std::optional<DialDef> dial;
  std::optional<PadlockDef> padlock;
  std::optional<PersonDef> person;
  std::optional<NeedDef> need;
  std::vector<int> tells;         // signals that every event about it carries
  // For the eye: model nodes that show a number (digit drums 100/10/1) or a needle (angle per unit).
  std::vector<std::string> drums;
  std::string needle;
  std::vector<NodeWhen> lit;       // nodes that are seen only while the condition holds: lamps
  std::vector<NodeWhen> moved;     // nodes that stand at the upper end of their joint while it holds
  std::optional<LeadDef> lead;
  std::string display;             // or a face that shows the reading, or the code of a label, as text
};

struct Truth {                       // seeded truth: what is so in this attempt
  std::string name;
  Unit unit = Unit::kCount;
  bool is_word = false;
  int64_t from = 0, to = 0, step = 1;        // uniform on from, from+step, ..., to
  std::vector<int64_t> choose;               // or one of these
  std::vector<int> min_of;                   // or the least of other truths
  // or a word or a number: the first case whose condition holds, or whose truth lies in [lo, hi]; truth -1 always matches
  struct Case { int truth = -1; int64_t lo = INT64_MIN, hi = INT64_MAX; std::optional<Expression> when; std::string is; int64_t number = 0; };
  std::vector<Case> cases;
  std::vector<std::string> group;            // or one of these words, each as hard as the others: faults
  std::optional<int64_t> read_within;        // how far an honest reading may be off; a verdict keeps two of these from its limit (lint_truths.h)
  int line = 0, column = 0;
};
struct Truths {                      // drawn; same order as Scene::truths
  std::vector<int64_t> numbers;
  std::vector<std::string> words;
  int64_t get(const Value& v) const { return v.truth < 0 ? v.number : numbers[static_cast<size_t>(v.truth)]; }
};

struct CameraDef { std::string name; std::array<double, 3> eye{}, look{}; double fov_deg = 60; };

// A small lamp that shines in a cone, as glTF's KHR_lights_punctual has it; half angles in degrees.
struct SpotDef {
  std::string name;
  std::array<double, 3> at{}, look{}, color{1, 1, 1};
  double candela = 0, range_m = 0, inner_deg = 0, outer_deg = 45;
};

struct Scene {
  std::vector<ObjectDef> objects;   // parts stand after their owner
  std::vector<SocketDef> sockets;
  std::vector<CameraDef> cameras;
  std::vector<SpotDef> lamps;       // beside those modelled in the scenery
  std::vector<Truth> truths;
  DeviceDefs devices;
  std::array<double, 3> start_eye{}, start_look{};
  std::array<double, 3> walk_lower{}, walk_upper{};  // where a trainee may stand, m
  int find_object(std::string_view id) const;  // -1 when absent
  int find_socket(std::string_view id) const;
  const PairDef* find_pair(std::string_view id) const;  // null when absent
};

// ---------------------------------------------------------------- exercise: the job, its rules, its words
struct Where {                       // one condition on an event's argument
  std::string key;
  bool is_text = false;
  bool negate = false;               // text only
  std::string text;
  std::optional<Value> lo, hi;       // inclusive
};
// A named kind of event: "the wrench was used on a joint while it stood on the ground".
struct Moment {
  std::string name;
  std::vector<Verb> verbs;
  std::vector<std::string> on;       // objects (wildcards already expanded)
  std::vector<std::string> at;       // joints or sockets, empty: any
  std::vector<std::string> tools;    // empty: any
  std::vector<Where> where;
  std::optional<Expression> when;    // and this holds as the event happens
  bool all = false;                  // every object (or joint, when `at` is given) must have its own event
  bool last = false;                 // only the last event of these verbs on an object counts: "it is so now"
  int line = 0;
};

enum class Lens { kProcess, kOutcome };
enum class RuleKind { kDone, kOrder, kHop, kTool, kNumeric, kMeasure, kRecord, kForbid, kTime, kClean5s, kPose, kCount, kWhile, kCoverage, kDialogue, kDiagnose, kJudge };
inline constexpr int kRuleKinds = static_cast<int>(RuleKind::kJudge) + 1;
enum class Severity { kNone, kMinor, kMajor, kCritical };

struct Limits { std::optional<Value> lo, hi; };  // inclusive; an absent end is open

struct Pair { int first = -1, second = -1; int64_t weight = 1; };  // order: the first belongs before the second

struct Band { std::string key; Limits full, half; };  // pose: an argument, where it is right and where it is just good enough

struct Aspect {                      // one line of the rubric
  std::string id, criterion;         // criterion: its group
  std::string title;                 // string key
  Lens lens = Lens::kProcess;
  int64_t max_mp = 0;                // milli-points; 0 for a pure penalty
  RuleKind kind = RuleKind::kDone;
  std::string code;                  // named in the marksheet when marks are lost (forbid, while: when it happened)
  // parameters, by kind; indices are into Exercise::moments, -1: none. What each kind does with them: rules.h; how a rubric writes them:
  // load_rubric.cpp.
  std::vector<int> moments;          // done (all must have happened), clean5s (per item), diagnose (measurements that support the verdict)
  std::vector<std::string> item_names;  // clean5s: string key per item; judge: string key of each level, 0 to 3
  std::vector<Pair> pairs;           // order: a graph without circles
  bool judge_last = false;           // order: last before last, else first before first
  int moment = -1;                   // hop, tool, numeric, forbid, pose, count, coverage
  std::vector<std::string> ring;     // hop: joints in place order
  int step = 0, hops = 0;            // hop: legal next = +-step; how many hops
  std::vector<std::string> tools, half_tools;  // tool; measure
  std::vector<Where> spec, half_spec;  // tool, measure: what the event must tell of the tool as it was put together or set
  std::vector<Where> state;          // measure: what the event must tell of the thing measured
  std::string key;                   // numeric, coverage: argument read; record, measure, with `evidence`: what the instrument showed
  bool first = false;                // numeric: first matching event per object, else last; dialogue: first answer, else last
  std::optional<Value> lo, hi, zlo, zhi;   // numeric: full inside [lo,hi], linear to 0 at zlo, zhi (absent: at once); coverage: [lo,hi]
  Limits half;                       // numeric: never less than half inside
  std::vector<std::string> points;   // measure: what must have been measured
  int state_moment = -1;             // measure: must have happened before the first measuring
  int before = -1, after = -1;       // forbid: only before / after the first of these moments; done: in time for this moment
  int unless = -1;                   // forbid: not when this moment happened before
  int needs = -1;                    // forbid, count, while with marks: they are earned only when this moment happened
  int corrected_by = -1, consequence = -1;  // forbid: put right by this moment before that one (absent: before the end) costs half
  std::string field;                 // record; measure; diagnose
  std::optional<Value> truth;        // record: number
  int truth_word = -1;               // record, diagnose: seeded word
  std::string word;                  // record, diagnose: fixed word
  int evidence = -1;                 // record, measure: instead of a truth, what this moment's last event before the entry showed
  int64_t tol = 0;
  int64_t full_ms = 0, zero_ms = 0;  // time, while
  int64_t critical_ms = 0;           // while: from here on a critical error; 0: never
  Severity severity = Severity::kNone;
  std::vector<Band> bands;           // pose
  std::vector<int64_t> table;        // count: marks for 0, 1, 2, ... times; the last for more
  int start = -1, end = -1;          // while: what begins and what ends the state that must not last
  int floor_percent = 0, full_percent = 100;  // coverage: nothing below, all from here on
  std::vector<std::string> nodes;    // dialogue: what must be answered
  std::vector<std::pair<std::string, std::string>> node_pairs;  // dialogue: the first belongs before the second
  std::vector<std::string> flags;    // dialogue: an answer with one of these is worth nothing
  int at_least = 0;                  // diagnose: how many supporting measurements
  std::vector<std::string> roles;    // judge: who marks
};

// Every moment an aspect reads, each once.
std::vector<int> moments_of(const Aspect& a);

struct Criterion { std::string id, title; bool safety = false; };

struct Step {                        // what to do next, for guidance; never a cage outside guided mode
  std::string id, title;
  std::vector<int> goal;             // moments that must have happened
  std::optional<Expression> goal_when;  // or this must hold, instead
  std::vector<std::string> unlock;   // objects usable in guided mode while this is the step
  std::vector<std::string> aspects;  // which marks a hint on this step costs
  std::string hint, look_at;         // string key; object
};

struct Field {                       // one line of the work order
  std::string id, name;
  Unit unit = Unit::kCount;
  bool is_choice = false;
  std::vector<std::string> choices;  // words; string key "<name>.<word>"
};
struct Line { std::string id, text; };

// A person's mark of a judgement aspect: a named role's level, 0 to 3. Of several by one role the last counts.
struct HumanMark {
  std::string aspect, role;
  int level = 0;
};

struct PackTest { std::string trace; std::string verdict; std::vector<std::string> codes; std::optional<int64_t> total_mp, total_min_mp;
                  std::map<std::string, int64_t> marks; std::string mode; std::vector<HumanMark> people; int line = 0; };

struct Exercise {
  std::string id, title, brief;
  std::vector<Moment> moments;
  std::vector<Remembered> remembered;  // what conditions ask last(...) of
  std::vector<Step> steps;
  std::vector<Field> sheet;
  std::vector<Line> lines;
  std::vector<Criterion> criteria;
  std::vector<Aspect> aspects;
  int64_t pass_mp = 60000;           // and no critical error, and safety criteria at least safety_percent of their marks
  int safety_percent = 60;
  std::vector<PackTest> tests;
  fs::path dir;
};

// ---------------------------------------------------------------- sounds: what is to be heard, and when (sounds.yaml, sounds.h)
// Nothing that is scored reads them.
struct SoundDef {
  enum class Starts {
    kOn,       // once, at each event of this kind
    kDuring,   // goes on while an effort of this kind is made
    kClick,    // once, each time a click wrench reaches its setting
    kWhen,     // once, when a condition comes to hold
    kWhile,    // goes on while it holds
    kAlways,   // goes on
  } starts = Starts::kAlways;
  std::string id, file;             // file: library name or "sounds/x.flac" in the pack
  int at = -1;                      // object it comes from; -1: what the event is about, or all around
  Moment event;                     // on, during
  std::optional<Expression> when;   // when, while
  int wrench = -1;                  // click
  int gain_percent = 100;
  std::string caption;              // string key: shown on the screen for those who do not hear it; empty: it tells nothing that is not seen
};

struct DataValue { Quantity value; std::optional<Quantity> min, max; std::string source; };

struct Pack {
  std::string id, version, licence;
  std::string title;                 // string key
  fs::path dir;                      // where its files lie
  fs::path source;                   // what was opened: that folder, or a one-file pack (pack_file.h)
  std::string sha256;                // of every file of the pack; the same in both forms
  std::string scoring_sha256;        // of what a score depends on: pack.yaml, data, scene, scenario, rubric
  std::string scene_sha256;          // of scene.yaml and the data it takes: the same means the same things in the same world
  std::map<std::string, Text> strings;
  std::set<std::string> used_strings;  // keys that the scene or an exercise names
  std::map<std::string, DataValue> data;
  Scene scene;
  std::vector<SoundDef> sounds;
  std::vector<Exercise> exercises;

  const Exercise* find_exercise(std::string_view exercise_id) const;
  const Text& text(const std::string& key) const;  // the key itself when missing (load_pack refuses packs with missing strings)
};

struct PackLoad {
  std::optional<Pack> pack;          // present when there are no errors
  std::vector<Error> errors;         // in the order found; where = file:line:column
};
PackLoad load_pack(const fs::path& folder_or_file);

// "auto-repair/wheel-change" or a path to a pack and an exercise: finds the pack under the data root's scenarios/, or takes a folder or a
// one-file pack as it is.
struct ExerciseRef { fs::path pack_dir; std::string exercise; };
Result<ExerciseRef> find_exercise(std::string_view ref);
Result<fs::path> find_pack(std::string_view name_or_dir);

// Every truth has a stream of its own, named after it: a truth that is added shifts no other.
Truths draw_truths(const Scene& scene, uint64_t seed);
// The socket an object starts in, or -1.
int start_of(const ObjectDef& o, const Truths& truths);
// What follows from the truths drawn (min_of, cases), worked out anew.
void derive_truths(const Scene& scene, Truths& truths);

}  // namespace shixun
