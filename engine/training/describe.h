#pragma once
// An event in a person's words, never with an id: "03:12  tightened the wheel nut (nut 3) with the torque wrench, 98.1 N·m".

#include <string>

#include "engine/training/pack.h"

namespace shixun {

// The name people know a thing of an event by: object, joint place, field, line or step. Empty when it has none.
Text name_for_people(std::string_view id, const Pack& pack, const Exercise& exercise);

// What happened, without the clock; and with it.
std::string describe_act(const Event& event, const Pack& pack, const Exercise& exercise, Lang lang);
std::string describe(const Event& event, const Pack& pack, const Exercise& exercise, Lang lang);

// The phrase for an event's verb, with "{o}" where the object's name goes.
const Text& event_phrase(const Event& event);

std::string all_event_text();  // every character of the phrases, for a font

}  // namespace shixun
