#include "engine/training/reload.h"

namespace shixun {

PackChange change_between(const Pack& before, const Pack& now) {
  if (before.sha256 == now.sha256) return PackChange::kNone;
  if (before.scoring_sha256 == now.scoring_sha256) return PackChange::kWords;
  return before.scene_sha256 == now.scene_sha256 ? PackChange::kRules : PackChange::kScene;
}

Reload reload(const Pack& running) {
  PackLoad load = load_pack(running.source);
  if (!load.pack) return {PackChange::kNone, nullptr, std::move(load.errors)};
  const PackChange change = change_between(running, *load.pack);
  if (change == PackChange::kNone) return {};
  return {change, std::make_shared<const Pack>(std::move(*load.pack)), {}};
}

}  // namespace shixun
