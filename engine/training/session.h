#pragma once
// A sitting at an exercise: world + clock + mode. The front ends (window, headset, trace player) feed it actions and ticks;
// every event goes to `on_event` (the journal) the moment it exists.

#include <functional>
#include <memory>

#include "engine/training/grade.h"
#include "engine/training/world.h"

namespace shixun {

struct SessionOptions {
  Mode mode = Mode::kAssessment;
  uint64_t seed = 1;
};

// Why a clock stops that a person may not stop: the value of the kPause action, and `why` of its event.
inline constexpr const char* kHeadsetOff = "headset_off";

// Who does what is done. What help does is marked in its events: by "help".
enum class Actor { kTrainee, kHelp };

// Whether an author may change the pack while a sitting in this mode goes on: never where the result counts.
bool may_edit(Mode mode);

// The first tick whose time is not before this.
constexpr int64_t tick_from(int64_t t_ms) { return (t_ms * kTicksPerSecond + 999) / 1000; }

// One thing that was done to a sitting (input.h).
struct SessionInput {
  enum class Kind { kAct, kRelease, kRewind, kResumed } kind = Kind::kAct;
  int64_t tick = 0;
  Action action;  // of kAct
  // A held action going on, the bulk of all inputs: so many times, so many ticks apart, with this amount each.
  struct More {
    int64_t ticks = 0, amount = 0, times = 0;
    bool operator==(const More&) const = default;
  };
  std::vector<More> more;
  Actor actor = Actor::kTrainee;
};

class Session {
 public:
  using Sink = std::function<Status(const Event&)>;  // an error ends the sitting: nothing may happen that is not recorded
  using InputSink = std::function<Status(const std::vector<SessionInput>&)>;  // gets what led to the events that on_event gets next

  Session(std::shared_ptr<const Pack> pack, const Exercise& exercise, SessionOptions options, Sink on_event, InputSink on_inputs = {});

  // Goes on from recorded events (already in the journal; not sent to on_event again).
  void restore(const std::vector<Event>& events);

  // Goes on under a pack that was edited meanwhile, at the same tick: rules and words at once; when the scene is another one, the world is
  // built again from what happened. Refused where a sitting counts (may_edit), and when the pack has no such exercise any more.
  Status change_pack(std::shared_ptr<const Pack> pack);

  void tick(int64_t count = 1);          // time passes, unless paused
  void advance_to(int64_t t_ms);         // at least to this time
  Result<std::vector<Event>> act(const Action& action, Actor actor = Actor::kTrainee);
  Result<std::vector<Event>> release();  // the held button is let go

  int64_t ticks() const { return ticks_; }
  int64_t t_ms() const { return ticks_ * 1000 / kTicksPerSecond; }
  bool paused() const { return paused_; }
  bool over() const { return world_->finished(); }  // handed in, or stopped by a critical error where the mode does that
  const World& world() const { return *world_; }
  const std::vector<Event>& events() const { return events_; }
  Mode mode() const { return options_.mode; }
  uint64_t seed() const { return options_.seed; }
  size_t step() const { return step_; }             // index into exercise.steps
  const Marksheet& live_sheet() const;              // graded up to now; recomputed when events came
  Marksheet sheet() const;
  const std::string& critical() const { return critical_; }  // code of a critical error that happened, or empty
  Text critical_rule() const;                       // what the rubric calls the rule that was broken by it, or empty

  // Guided mode: whether an object is usable in the current step (other modes: always).
  bool unlocked(int object) const;
  // After a critical error, where the mode takes it back: undoes what led to it. The journal keeps everything. Does nothing in other modes.
  Status rewind();
  // The rule for which something was taken back last, until the step in which that was is done; then, and at first, empty.
  const Text& taken_back() const { return taken_back_; }

 private:
  Result<std::vector<Event>> record(std::vector<Event> events);
  void rebuild(const std::vector<Event>& events);
  Status note(SessionInput::Kind kind, const Action& action = {}, Actor actor = Actor::kTrainee);
  Status send_inputs();
  void find_critical(const std::vector<Event>& effective);

  std::shared_ptr<const Pack> pack_;
  const Exercise* exercise_;
  SessionOptions options_;
  Sink sink_;
  InputSink input_sink_;
  std::vector<SessionInput> inputs_;   // not sent yet: nothing came of them so far
  int64_t input_tick_ = 0;      // of the last one
  std::unique_ptr<World> world_;
  std::vector<Event> events_;
  int64_t ticks_ = 0;
  bool paused_ = false;
  size_t step_ = 0;
  std::string critical_;
  uint32_t safe_seq_ = 0;  // last event before the critical one
  Text taken_back_;
  size_t taken_back_step_ = 0;
  mutable Marksheet live_;
  mutable size_t live_events_ = SIZE_MAX;
};

}  // namespace shixun
