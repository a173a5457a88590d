#include "engine/render/tiers.h"

#include <array>

namespace shixun {

namespace {

// clang-format off
constexpr std::array<RenderOptions, 3> kTiers{{
  {.samples = 1, .shadow_size = 2048, .scale = 0.75f, .fine_shadows = false, .ambient_occlusion = true, .occlusion_taps = 10, .probe_size = 0,
   .lamp_shadows = 0, .lamp_shadow_size = 512, .lamp_shadow_taps = 8, .merge_lamps = true, .trilinear = false, .anisotropy = 1},
  {.samples = 4, .shadow_size = 2048, .scale = 1, .fine_shadows = true, .ambient_occlusion = true, .occlusion_taps = 12, .probe_size = 128,
   .lamp_shadows = 2, .lamp_shadow_size = 1024, .lamp_shadow_taps = 24, .merge_lamps = true, .trilinear = true, .anisotropy = 4},
  {.samples = 4, .shadow_size = 4096, .scale = 1, .fine_shadows = true, .ambient_occlusion = true, .occlusion_taps = 20, .probe_size = 256,
   .lamp_shadows = 4, .lamp_shadow_size = 2048, .lamp_shadow_taps = 64, .merge_lamps = true, .trilinear = true, .anisotropy = 16},
}};
// clang-format on
constexpr std::array<const char*, 3> kNames{"low", "medium", "high"};

}  // namespace

const RenderOptions& options_of(Tier tier) { return kTiers[static_cast<size_t>(tier)]; }
const char* tier_name(Tier tier) { return kNames[static_cast<size_t>(tier)]; }

std::optional<Tier> tier_from_name(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i)
    if (name == kNames[i]) return static_cast<Tier>(i);
  return std::nullopt;
}

}  // namespace shixun
