#pragma once
// What the lenses hide of each eye's picture, as the runtime tells it (XR_KHR_visibility_mask): it need not be drawn. Part of the headset; for it
// and for tests.

#include <openxr/openxr.h>

#include <array>
#include <glm/glm.hpp>
#include <vector>

namespace shixun {

struct Lenses {
  PFN_xrGetVisibilityMaskKHR get = nullptr;  // null: the runtime does not tell, and nothing is hidden
  // Triangles, three corners each, as Frame::hidden wants them: on the plane 1 m ahead of the eye.
  std::array<std::vector<glm::vec2>, 2> hidden;

  void read(XrSession session, uint32_t eye);
  // Reads again what the runtime says has changed.
  void take(XrSession session, const XrEventDataVisibilityMaskChangedKHR& changed);
};

}  // namespace shixun
