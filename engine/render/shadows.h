#pragma once
// Shadow of lamps: which of them cast it, and from where their maps are taken. All maps of a frame are the layers of one array image, drawn
// together as the views of one pass. The key light has a map of everything (views.h, make_parallel_view) and, in a large scene, cascades.

#include <array>
#include <span>
#include <vector>

#include "engine/render/lighting.h"
#include "engine/render/scene.h"
#include "engine/render/views.h"

namespace shixun {

struct LampView {
  uint32_t lamp = 0;   // index into the lamps
  gpu::View view{};    // from the lamp's middle along its direction; its x axis is Lamp::along
};

struct LampViews {
  std::array<LampView, gpu::kMaxViews> at;
  uint32_t count = 0;
};

// The `most` strongest lamps (at most kMaxViews) as seen from the middle of `casters`, strongest first; each view covers the casters within the lamp's reach, or a spot's cone.
// The views stay the same while casters move about a little.
LampViews lamp_views(const std::vector<Lamp>& lamps, uint32_t most, const Bounds& casters);

// Maps of the key light about the camera, finer the nearer: `at[i]` covers what is seen within `reach[i]` metres of the first view's eye.
struct Cascades {
  std::array<gpu::View, gpu::kMaxCascades> at{};
  std::array<float, gpu::kMaxCascades> reach{}, texel{};  // metres
  uint32_t count = 0;
};

// `all`: the light's view of everything. `views`: who looks, with pixels `pixel` radians wide. `count`: at most, `size`: texels a side. The
// last map reaches as far as a texel of the map of everything is plainly seen. A map's texels stay on one grid in the world, whose size
// follows from the views' angles alone, and the map moves over it by eighths of its width: a camera that turns or takes a step sees the same
// shadows, and most often the same map.
Cascades make_cascades(const gpu::View& all, std::span<const gpu::View> views, float pixel, uint32_t count, uint32_t size);

}  // namespace shixun
