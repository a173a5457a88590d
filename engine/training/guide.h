#pragma once
// Where help points: at the thing or the empty place that the current step's next goal is about.

#include "engine/training/world.h"

namespace shixun {

// At most one of object, socket, field and page is set.
struct Guide {
  int object = -1;                // may be what is in the hand, or a part of it
  int socket = -1;                // an empty place for what is in the hand
  bool home = false;              // where it belongs, when it is done with
  bool hand_over = false;         // the object is a person, who takes it
  const PairDef* pair = nullptr;  // the measurement wanted; `object` is its first point
  const Field* field = nullptr;   // of the form, to be filled in
  enum class Page { kNone, kLines, kFinish } page = Page::kNone;  // to be said, to be handed in
};

// Whether it is what is in the hand or worn, or a part of it: nothing in the room to look for.
bool in_hand(const World& world, const Guide& guide);

// Of the step's goals in their order, the first that has not happened. An instrument or tool it needs comes first, what is in the hand and
// does not belong there goes home before. Where a goal names several things and finding out which is the trainee's task, it is what the step
// says to look at. `events` are the attempt's, without those taken back.
Guide guide(const World& world, const Step& step, const std::vector<Event>& events);

}  // namespace shixun
