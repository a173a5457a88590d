#pragma once
// Is every draw fair to an honest reading? A truth that people read (`read_within` names how far a reading may be off) must keep two such
// tolerances from every limit at which a verdict turns, whatever the seed; else a good reading could lead to the wrong verdict.

#include <vector>

#include "engine/training/pack.h"

namespace shixun {

inline constexpr uint32_t kLintSeeds = 10'000;

// Draws the truths of that many seeds and moves each that is read by up to two tolerances to both sides: no word that follows from it may
// change. One error for each pair of a truth and a verdict, at the truth in `scene_file`, with a seed that shows it.
std::vector<Error> lint_truths(const Scene& scene, const std::string& scene_file, uint32_t seeds = kLintSeeds);

}  // namespace shixun
