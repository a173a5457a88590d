#pragma once
// An event in a person's words: "03:12 tightened the wheel nut 3 with the torque wrench, 98.1 N·m".

#include <string>

#include "engine/training/pack.h"

namespace shixun {

std::string describe(const Event& event, const Pack& pack, const Exercise& exercise, Lang lang);

}  // namespace shixun
