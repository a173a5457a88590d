#pragma once
// The course structure of cmi5 (Quartz edition, section 13): what an LMS imports so that it can launch exercises (cmi5.h). Standalone XML, for every
// media is in the program: one assignable unit for each exercise and mode, with its titles and tasks in both languages.

#include <string>
#include <vector>

#include "engine/training/mode.h"
#include "engine/training/pack.h"

namespace shixun {

struct CourseWish {
  std::string id;                                 // IRI that the school gives the course; the units' follow from it: ID/EXERCISE/MODE
  std::vector<Mode> modes = {Mode::kAssessment};
};
// Units wait for a pass where the mode gives one (moveOn Passed), else for completion. No mastery score: the rubric's own limits decide.
// Refused: an id that is no absolute IRI, a mode that an LMS cannot launch.
Result<std::string> cmi5_course(const std::vector<const Pack*>& packs, const Text& title, const CourseWish& wish);

}  // namespace shixun
