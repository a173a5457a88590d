#pragma once
// Moments: which events match a named kind of event. The one matcher that rules, steps and tests share.

#include <vector>

#include "engine/training/pack.h"

namespace shixun {

// What the events of an attempt were, moment by moment: one pass over them, in which every condition is judged as its event happens, by
// what came before. The events must outlive it.
class Found {
 public:
  Found(const Exercise& exercise, const Truths& truths, const std::vector<Event>& events);

  // All matching events, in order. With `last`, only events that are still so: the last of the moment's verbs on their object.
  const std::vector<const Event*>& all(int moment) const { return hits_[static_cast<size_t>(moment)]; }

  // Whether the moment happened; with `all`, for every one of its objects (or places, when it names places).
  bool happened(int moment) const { return past_.moments[static_cast<size_t>(moment)].happened; }

  // Whether the step's goal is reached after all the events.
  bool reached(const Step& step, const Truths& truths) const;

 private:
  Past past_;
  std::vector<std::vector<const Event*>> hits_;  // by moment
};

// Whether these events of a moment are enough: one, or with `all` one for every object (or place).
bool complete(const Moment& m, const std::vector<const Event*>& found);

// Whether an event's argument is as asked.
bool holds(const Where& w, const Truths& truths, const Event& e);

// Whether an event is of this kind, whatever came before it: the moment's `when` is not asked.
bool is_of(const Moment& m, const Truths& truths, const Event& e);

// What a moment counts by: its place (argument "at") when it names places, else its object.
std::string_view subject(const Moment& m, const Event& e);

// Events as guided mode's rewinds leave them: what was taken back is gone.
std::vector<Event> effective_events(const std::vector<Event>& events);

}  // namespace shixun
