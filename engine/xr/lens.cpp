#include "engine/xr/lens.h"

#include <algorithm>

#include "engine/base/log.h"

namespace shixun {

void Lenses::read(XrSession session, uint32_t eye) {
  if (!get) return;
  hidden[eye].clear();
  XrVisibilityMaskKHR mask{};
  mask.type = XR_TYPE_VISIBILITY_MASK_KHR;
  const auto ask = [&] { return XR_SUCCEEDED(get(session, XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO, eye, XR_VISIBILITY_MASK_TYPE_HIDDEN_TRIANGLE_MESH_KHR, &mask)); };
  if (!ask() || mask.vertexCountOutput == 0 || mask.indexCountOutput == 0) return;
  std::vector<XrVector2f> corners(mask.vertexCountOutput);
  std::vector<uint32_t> indices(mask.indexCountOutput);
  mask.vertexCapacityInput = mask.vertexCountOutput;
  mask.indexCapacityInput = mask.indexCountOutput;
  mask.vertices = corners.data();
  mask.indices = indices.data();
  if (!ask()) return;
  for (size_t i = 0; i + 3 <= indices.size(); i += 3) {
    if (std::any_of(&indices[i], &indices[i] + 3, [&](uint32_t k) { return k >= corners.size(); })) continue;
    for (size_t k = i; k < i + 3; ++k) hidden[eye].emplace_back(corners[indices[k]].x, corners[indices[k]].y);
  }
  spdlog::info("xr: the lens of eye {} hides {} triangles", eye, hidden[eye].size() / 3);
}

void Lenses::take(XrSession session, const XrEventDataVisibilityMaskChangedKHR& changed) {
  if (changed.viewConfigurationType == XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO && changed.viewIndex < hidden.size()) read(session, changed.viewIndex);
}

}  // namespace shixun
