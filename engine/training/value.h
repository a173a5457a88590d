#pragma once
// A number known at load time, or a seeded truth drawn when an attempt starts.

#include <cstdint>

#include "engine/base/units.h"

namespace shixun {

struct Value {
  int64_t number = 0;
  Unit unit = Unit::kCount;
  int truth = -1;  // index into Scene::truths, or -1
  int data = -1;   // the entry of the data sheet it was taken from, by its place in Pack::data; -1: written where it is used
};

}  // namespace shixun
