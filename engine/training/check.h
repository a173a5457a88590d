#pragma once
// Does a pack prove itself? Loads it, looks at its models, plays its traces and compares what they come to with what the
// rubric's tests say, makes slips in the expert's and sees whether a mark notices (mutate.h), and reads everything for what an author
// would rather know (lint.h). `shixunctl check` prints this.

#include <string>
#include <vector>

#include "engine/training/mutate.h"

namespace shixun {

struct TraceResult {
  std::string exercise, trace, mode, verdict;
  int64_t total_mp = 0;
  std::vector<std::string> codes;
  bool as_expected = false;
};

struct CheckReport {
  std::vector<Error> errors;    // empty: the pack is sound
  std::vector<Error> warnings;  // sound or not, an author should look at these
  std::vector<TraceResult> traces;
  std::vector<Mutation> mutations;  // of every expert trace
  std::string pack_id, pack_version, sha256;
  size_t models = 0;
  uint64_t triangles = 0;     // of one of each model
  // What a scene costs, against the budget: everything in it drawn at once, its textures unpacked, its files.
  uint64_t visible_triangles = 0, texture_bytes = 0, disk_bytes = 0;
};

inline constexpr uint64_t kMaxVisibleTriangles = 350'000, kMaxTextureBytes = 96u << 20, kMaxDiskBytes = 25u << 20;

CheckReport check_pack(const fs::path& folder_or_file);

// Where a scene's model name points: the shared library under assets/models, or the pack's own models/.
Result<fs::path> model_path(const Pack& pack, const std::string& model);

// Where the file of a sound points: the shared ones under assets/sounds, or the pack's own sounds/.
Result<fs::path> sound_path(const Pack& pack, const std::string& file);

}  // namespace shixun
