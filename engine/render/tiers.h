#pragma once
// What a picture costs, as data. Three tiers, one table; the frame reads the options and never asks what machine it runs on. A tier changes
// how things look, never what is seen: the same objects, the same highlights, the same picking.

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/result.h"

namespace shixun {

class Renderer;
struct Device;

enum class Tier : uint8_t {
  kLow,     // software drivers and old integrated graphics
  kMedium,
  kHigh,    // a graphics card; and pictures, which may take their time
};

struct RenderOptions {
  uint32_t samples = 1;           // 1 or 4 a pixel; what the device lacks falls back to 1
  uint32_t shadow_size = 2048;    // texels a side of the key light's shadow map
  // Where one map of everything would have texels larger than `shadow_texel` metres, this many finer ones about the camera join it (at most
  // 3; 0: never), and then all have `cascade_size` texels a side.
  uint32_t shadow_cascades = 0;
  uint32_t cascade_size = 2048;
  float shadow_texel = 0.01f;
  float scale = 1;                // 0.25..1: the scene is drawn at this share of the target's width and height; the user interface always in full
  bool fine_shadows = true;       // many filter taps instead of four
  bool ambient_occlusion = true;
  uint32_t occlusion_taps = 10;   // a pixel of ambient occlusion
  uint32_t probe_size = 0;        // texels a side of the room's reflection cube; 0: the room is reflected as a formula
  uint32_t lamp_shadows = 0;      // how many lamps, the strongest ones, cast shadow; at most 4
  uint32_t lamp_shadow_size = 1024;
  uint32_t lamp_shadow_taps = 16;
  bool merge_lamps = false;       // lamps in a row are drawn as one long lamp
  bool trilinear = true;          // textures are smooth across mipmaps
  float anisotropy = 8;           // of textures; 1: none (as ever on a software driver, see textures.cpp)
  // Nothing shines, mirrors or casts shadow, and colours are shown as computed, drawn straight into the target (so with one sample a pixel, in
  // full size, without ambient occlusion, and what is translucent is mixed as the target mixes): no tier, but for measuring what geometry costs.
  bool matte = false;
  bool operator==(const RenderOptions&) const = default;
};

const RenderOptions& options_of(Tier tier);
const char* tier_name(Tier tier);  // "low", "medium", "high"
std::optional<Tier> tier_from_name(std::string_view name);

// What the choice of a tier went by: how long a still life took, milliseconds a frame, and what it may take for more than the low tier (at
// 320 pixels), for the medium and for the high one (at 1920 pixels, tried only when the small one was quick).
inline constexpr float kSmallPictureMs = 2, kMediumPictureMs = 9, kHighPictureMs = 4;
struct TierChoice {
  Tier tier = Tier::kLow;
  float small_ms = 0;
  float large_ms = 0;  // 0: not tried
};

// The tier this device is fit for in a window: draws a fixed still life a few times and looks at how long it takes, well under a second on any
// machine. Leaves the renderer with that tier's options.
Result<TierChoice> measure_tier(Device& device, Renderer& renderer);

}  // namespace shixun
