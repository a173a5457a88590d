#pragma once
// Does a rubric notice? Every action of an expert's trace is left out, swapped with its neighbour and done slightly wrong; each mutant is
// played without display and marked. A mutant is noticed when the marksheet changes (a mark, a code, the verdict) or the world refuses
// something; the rest are what an examiner would overlook. `shixunctl check` prints them.

#include <set>
#include <string>
#include <vector>

#include "engine/training/trace.h"

namespace shixun {

struct Mutant {
  enum class Kind { kDrop, kSwap, kPerturb } kind = Kind::kDrop;
  int line = 0;               // of the trace: the first action that differs
  std::string change;         // "drop read car.placard", "swap A / B", "perturb set torque_wrench 50 N·m: 56 N·m"
  bool marked = false;        // the marksheet differs
  bool refused = false;       // the world did not let something happen that the trace does
  std::string why;            // the pack's explanation of an unnoticed one; empty: none
  bool noticed() const { return marked || refused; }
};

struct Mutation {
  std::string exercise, trace;          // "wheel-change", "expert"
  std::vector<Mutant> mutants;
  std::set<std::string> lost;           // aspects that lost marks, or raised their code, in some mutant
};

// Fails when the trace cannot be played as it is. `trace` must belong to `exercise`.
Result<Mutation> mutate(const std::shared_ptr<const Pack>& pack, const Exercise& exercise, const Trace& trace);

// One line of exercises/<id>/unnoticed.yaml: a change that no mark needs to notice, and why.
//   unnoticed:
//     - {change: "swap read car.placard / *", why: "..."}      '*' stands for any run of characters
struct Unnoticed {
  std::string change, why;
  int line = 0, column = 0;
  bool matched = false;
};
// Reads the file, none when it is not there; problems are added to `errors`.
std::vector<Unnoticed> read_unnoticed(const Exercise& exercise, std::vector<Error>& errors);

}  // namespace shixun
