#pragma once
// Shadow of lamps: which of them cast it, and from where their maps are taken. All maps of a frame are the layers of one array image, drawn
// together as the views of one pass. The key light's own map is the renderer's (views.h, make_parallel_view).

#include <array>
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

// The `most` strongest lamps (at most kMaxViews) as seen from the middle of `casters`, strongest first; each view covers the casters within the lamp's reach.
// The views stay the same while casters move about a little.
LampViews lamp_views(const std::vector<Lamp>& lamps, uint32_t most, const Bounds& casters);

}  // namespace shixun
