#pragma once
// The handbook page of an exercise, to be printed: the task, safety, tools and parts, the steps with their limits and where these come from,
// the marks, the blank work order, the glossary. Everything is taken from the pack, so that it says what the program judges by.

#include <string>
#include <vector>

#include "engine/training/pack.h"

namespace shixun {

// In each of `langs`, one after another. `exercise` must belong to `pack`. Every text is escaped.
std::string handbook_html(const Pack& pack, const Exercise& exercise, const std::vector<Lang>& langs);

}  // namespace shixun
