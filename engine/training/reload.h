#pragma once
// The author's loop: the pack is edited while somebody plays it. reload() reads it again and says what changed; Session::change_pack goes
// on with it. A pack with a mistake is not taken: its errors name file, line and column, and play goes on with the last good one.

#include <memory>
#include <vector>

#include "engine/training/pack.h"

namespace shixun {

enum class PackChange {
  kNone,   // byte for byte the same
  kWords,  // texts, traces, models' files: no score depends on them
  kRules,  // steps, moments, marks, tolerances: the world stays as it is
  kScene,  // the things in the world or what is true of them: the world is built again from what happened
};

struct Reload {
  PackChange change = PackChange::kNone;
  std::shared_ptr<const Pack> pack;  // the new one; null when nothing changed or when it has errors
  std::vector<Error> errors;
};

PackChange change_between(const Pack& before, const Pack& now);

// Reads `running`'s source again.
Reload reload(const Pack& running);

}  // namespace shixun
