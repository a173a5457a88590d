#pragma once
// Moments: which events match a named kind of event. The one matcher that rules, steps and tests share.

#include <vector>

#include "engine/training/pack.h"

namespace shixun {

bool matches(const Moment& m, const Truths& truths, const Event& e);

// All matching events, in order. With `last`, only events that are still so: the last of the moment's verbs on their object.
std::vector<const Event*> find_all(const Moment& m, const Truths& truths, const std::vector<Event>& events);

// Whether the moment happened; with `all`, for every one of its objects (or places, when it names places).
bool happened(const Moment& m, const Truths& truths, const std::vector<Event>& events);

// Whether these events of a moment are enough: one, or with `all` one for every object (or place).
bool complete(const Moment& m, const std::vector<const Event*>& found);

// Whether an event's argument is as asked.
bool holds(const Where& w, const Truths& truths, const Event& e);

// What a moment counts by: its place (argument "at") when it names places, else its object.
std::string_view subject(const Moment& m, const Event& e);

// Events as guided mode's rewinds leave them: what was taken back is gone.
std::vector<Event> effective_events(const std::vector<Event>& events);

}  // namespace shixun
