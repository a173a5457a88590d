#include "engine/records/pack_shelf.h"

#include <fmt/format.h>

namespace shixun {

Result<PackShelf::Found> PackShelf::get(const JournalHeader& h, const std::string& where, const std::string& lay) {
  if (auto same = check_scorer(h.scorer, where); !same) return same.error();
  if (auto known = check_seed_known(h, where); !known) return known.error();
  std::error_code ec;
  const std::string& name = !given_.empty() ? given_ : !lay.empty() && fs::exists(lay, ec) ? lay : h.pack_id;
  auto& slot = loaded_[name];
  if (!slot) {
    auto found = find_pack(name);
    if (!found) return found.error();
    PackLoad load = load_pack(*found);
    if (!load.pack) return load.errors.front();
    slot = std::make_shared<const Pack>(std::move(*load.pack));
  }
  if (slot->scoring_sha256 != h.scoring_sha256) {
    return Error{Code::kFailed, slot->source.string(), fmt::format("is not the pack this journal was made with: {} {} scores differently from {} {}", slot->id, slot->version, h.pack_id, h.pack_version),
                 "Name the pack as it was with --pack"};
  }
  const std::string id = h.exercise.substr(h.exercise.rfind('/') + 1);
  const Exercise* exercise = slot->find_exercise(id);
  if (!exercise) return Error{Code::kFailed, where, "the pack has no exercise '" + id + "'", ""};
  return Found{slot, exercise};
}

}  // namespace shixun
