#include "engine/training/session.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/training/input.h"
#include "engine/training/moments.h"

namespace shixun {

namespace {

constexpr size_t kMostUnsent = 16;

// Whether `next` is the same held effort as `before`, but for its amount.
bool goes_on(const Action& before, const Action& next) {
  return before.hold && before.verb == next.verb && before.o == next.o && before.at == next.at && before.value == next.value && before.stop_at_click == next.stop_at_click && before.where_um == next.where_um;
}

}  // namespace

Session::Session(std::shared_ptr<const Pack> pack, const Exercise& exercise, SessionOptions options, Sink on_event, InputSink on_inputs)
    : pack_(std::move(pack)), exercise_(&exercise), options_(options), sink_(std::move(on_event)), input_sink_(std::move(on_inputs)), world_(std::make_unique<World>(pack_, exercise, options.seed)) {}

void Session::restore(const std::vector<Event>& events) {
  rebuild(events);
  inputs_ = {{SessionInput::Kind::kResumed, ticks_, {}, {}}};
  input_tick_ = ticks_;
}

void Session::rebuild(const std::vector<Event>& events) {
  events_ = events;
  world_ = std::make_unique<World>(pack_, *exercise_, options_.seed);
  const std::vector<Event> effective = effective_events(events);
  for (const Event& e : effective) world_->apply(e);
  if (!events.empty()) {
    world_->continue_after(events.back().seq);
    ticks_ = tick_from(events.back().t_ms);
  }
  paused_ = false;
  for (const Event& e : effective) {
    if (e.verb == Verb::kPause) paused_ = true;
    if (e.verb == Verb::kResume) paused_ = false;
  }
  step_ = current_step(*exercise_, world_->truths(), effective);
  find_critical(effective);
  live_events_ = SIZE_MAX;
}

// The critical error among recorded events, and the last event before it: an attempt may be resumed before it was taken back.
void Session::find_critical(const std::vector<Event>& effective) {
  critical_ = critical_code(*pack_, *exercise_, options_.seed, effective);
  safe_seq_ = events_.empty() ? 0 : events_.back().seq;
  if (critical_.empty() || rules_of(options_.mode).on_critical != OnCritical::kRewind) return;
  std::vector<Event> before = effective;
  while (!before.empty() && !critical_code(*pack_, *exercise_, options_.seed, before).empty()) before.pop_back();
  safe_seq_ = before.empty() ? 0 : before.back().seq;
}

bool may_edit(Mode mode) { return rules_of(mode).editable; }

Status Session::change_pack(std::shared_ptr<const Pack> pack) {
  if (!may_edit(options_.mode)) return Error{Code::kUsage, "", "a pack cannot change during an attempt in the mode " + std::string(mode_name(options_.mode)), "Try changes in practice or guided mode"};
  const Exercise* exercise = pack->find_exercise(exercise_->id);
  if (!exercise) return Error{Code::kFailed, pack->source.string(), "has no exercise '" + exercise_->id + "' any more", ""};
  const bool same_scene = pack->scene_sha256 == pack_->scene_sha256;
  const std::shared_ptr<const Pack> before = std::exchange(pack_, std::move(pack));  // the old exercise lives until nothing points to it
  exercise_ = exercise;
  if (!same_scene) {
    const int64_t ticks = ticks_;
    const std::vector<Event> all = std::move(events_);
    rebuild(all);
    ticks_ = std::max(ticks, ticks_);
    return ok();
  }
  world_->use(pack_, *exercise_);
  const std::vector<Event> effective = effective_events(events_);
  step_ = current_step(*exercise_, world_->truths(), effective);
  find_critical(effective);
  live_events_ = SIZE_MAX;
  return ok();
}

void Session::tick(int64_t count) {
  if (paused_ || over()) return;
  ticks_ += count;
  world_->advance(t_ms());
}

void Session::advance_to(int64_t when_ms) {
  if (const int64_t target = tick_from(when_ms); target > ticks_) tick(target - ticks_);
}

Status Session::note(SessionInput::Kind kind, const Action& action, Actor actor) {
  if (!input_sink_) return ok();
  const int64_t passed = ticks_ - std::exchange(input_tick_, ticks_);
  SessionInput* last = inputs_.empty() ? nullptr : &inputs_.back();
  if (last && last->kind == SessionInput::Kind::kAct && kind == SessionInput::Kind::kAct && action.hold && last->actor == actor && goes_on(last->action, action)) {
    if (!last->more.empty() && last->more.back().ticks == passed && last->more.back().amount == action.amount) ++last->more.back().times;
    else last->more.push_back({passed, action.amount, 1});
  } else {
    inputs_.push_back({kind, ticks_, action, {}, actor});
  }
  // An effort that moves nothing for long must not pile up.
  return inputs_.size() < kMostUnsent && inputs_.back().more.size() < kMostMore ? ok() : send_inputs();
}

Status Session::send_inputs() {
  if (!input_sink_ || inputs_.empty()) return ok();
  if (auto s = input_sink_(inputs_); !s) return s;
  inputs_.clear();
  return ok();
}

Result<std::vector<Event>> Session::record(std::vector<Event> events) {
  if (events.empty()) return events;
  if (auto s = send_inputs(); !s) return s.error();
  for (const Event& e : events) {
    if (auto s = sink_(e); !s) return s.error();
    events_.push_back(e);
    if (e.verb == Verb::kPause) paused_ = true;
    if (e.verb == Verb::kResume) paused_ = false;
  }
  const std::vector<Event> effective = effective_events(events_);
  step_ = current_step(*exercise_, world_->truths(), effective);
  if (step_ > taken_back_step_) taken_back_ = {};
  if (critical_.empty()) {
    critical_ = critical_code(*pack_, *exercise_, options_.seed, effective);
    if (critical_.empty()) {
      safe_seq_ = events_.back().seq;
    } else if (ends_at_critical(options_.mode) && !world_->finished()) {
      // On the spot. The end state is not judged: it was not reached by the trainee's choice.
      Event stop;
      stop.seq = events_.back().seq + 1;
      stop.t_ms = t_ms();
      stop.verb = Verb::kFinish;
      stop.with("reason", std::string_view("critical"));
      world_->apply(stop);
      if (auto s = sink_(stop); !s) return s.error();
      events_.push_back(stop);
      events.push_back(stop);
    }
  }
  return events;
}

Result<std::vector<Event>> Session::act(const Action& action, Actor actor) {
  const ModeRules& rules = rules_of(options_.mode);
  // Nobody works without seeing: what a headset that was taken off costs is not the trainee's time, and the journal says why it stood still.
  const bool blind = action.verb == Verb::kPause && action.value == kHeadsetOff;
  if (action.verb == Verb::kPause && !rules.may_pause && !blind) return Error{Code::kFailed, "", "the clock of this mode does not stop", ""};
  if (action.verb == Verb::kHint && action.amount > rules.hint_level) return Error{Code::kFailed, action.o, "this mode gives no such help", ""};
  if (paused_ && action.verb != Verb::kResume) return Error{Code::kFailed, "", "the clock is stopped", ""};
  if (!unlocked(world_->scene().find_object(action.o))) return Error{Code::kFailed, action.o, "this is not part of the current step", ""};
  // Beyond any quantity nothing means anything, and a name that long is nobody's.
  Action within = action;
  within.amount = std::clamp(action.amount, -kMostAmount, kMostAmount);
  for (int64_t& at : within.where_um) at = std::clamp(at, -kMostAmount, kMostAmount);
  for (const std::string* name : {&action.o, &action.at, &action.value}) {
    if (name->size() > kLongestName || !is_clean_utf8(*name)) return Error{Code::kFailed, "", "there is no such thing", ""};
  }
  const bool under_way = world_->stroke_running();
  auto events = world_->act(within, t_ms());
  if (events || under_way) {
    if (auto s = note(SessionInput::Kind::kAct, within, actor); !s) return s.error();
  }
  if (!events) return events.error();
  if (blind)
    for (Event& e : *events) e.with("why", std::string_view(kHeadsetOff));
  if (actor == Actor::kHelp)
    for (Event& e : *events) e.with("by", std::string_view("help"));
  return record(std::move(*events));
}

Result<std::vector<Event>> Session::release() {
  if (world_->stroke_running()) {
    if (auto s = note(SessionInput::Kind::kRelease); !s) return s.error();
  }
  return record(world_->release(t_ms()));
}

const Marksheet& Session::live_sheet() const {
  if (live_events_ != events_.size()) {
    live_ = sheet();
    live_events_ = events_.size();
  }
  return live_;
}

Marksheet Session::sheet() const { return grade(*pack_, *exercise_, options_.mode, options_.seed, events_); }

bool Session::unlocked(int object) const {
  if (!rules_of(options_.mode).locked || object < 0 || step_ >= exercise_->steps.size()) return true;
  if (object == world_->held()) return true;
  const auto& open = exercise_->steps[step_].unlock;
  return std::find(open.begin(), open.end(), world_->scene().objects[static_cast<size_t>(object)].id) != open.end();
}

Text Session::critical_rule() const {
  if (critical_.empty()) return {};
  const Marksheet now = sheet();
  const auto broken = std::find_if(now.marks.begin(), now.marks.end(), [this](const Mark& m) { return m.severity == Severity::kCritical && m.code == critical_; });
  return broken == now.marks.end() ? Text{} : broken->title;
}

Status Session::rewind() {
  if (rules_of(options_.mode).on_critical != OnCritical::kRewind || critical_.empty()) return ok();
  taken_back_ = critical_rule();
  Event e;
  e.seq = events_.back().seq + 1;
  e.t_ms = t_ms();
  e.verb = Verb::kRewind;
  e.with("to", safe_seq_);
  if (auto s = note(SessionInput::Kind::kRewind); !s) return s;
  if (auto s = send_inputs(); !s) return s;
  if (auto s = sink_(e); !s) return s;
  events_.push_back(e);
  const int64_t ticks = ticks_;
  std::vector<Event> all = std::move(events_);
  rebuild(all);
  ticks_ = std::max(ticks, ticks_);
  taken_back_step_ = step_;
  return ok();
}

}  // namespace shixun
