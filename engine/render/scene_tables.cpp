#include "engine/render/scene_tables.h"

#include <cmath>

#include "shaders/cull.h"

namespace shixun {

namespace {

// Octahedral map of a unit vector to [-1,1]^2 (Cigolle et al. 2014).
glm::vec2 octahedral(glm::vec3 n) {
  const float sum = std::abs(n.x) + std::abs(n.y) + std::abs(n.z);
  if (!(sum > 0)) return {0, 0};
  const glm::vec2 e = glm::vec2(n.x, n.y) / sum;
  if (n.z >= 0) return e;
  return {(1 - std::abs(e.y)) * (e.x >= 0 ? 1.0f : -1.0f), (1 - std::abs(e.x)) * (e.y >= 0 ? 1.0f : -1.0f)};
}

}  // namespace

gpu::PackedVertex pack(const Vertex& v) {
  gpu::PackedVertex p{};
  p.position = v.position;
  const glm::vec2 n = octahedral(v.normal);
  const auto snorm = [](float x) { return static_cast<uint32_t>(static_cast<uint16_t>(static_cast<int16_t>(std::lround(glm::clamp(x, -1.0f, 1.0f) * 32767)))); };
  p.normal = snorm(n.x) | snorm(n.y) << 16;
  const glm::vec2 t = octahedral(glm::vec3(v.tangent));
  p.tangent = static_cast<uint32_t>(std::lround((t.x + 1) * 1023)) | static_cast<uint32_t>(std::lround((t.y + 1) * 2047)) << 11 |
              (v.tangent.w < 0 ? 0x800000u : 0u) | static_cast<uint32_t>(std::lround(glm::clamp(v.occlusion, 0.0f, 1.0f) * 255)) << 24;
  p.uv = v.uv;
  return p;
}

void sort_by_place(std::vector<gpu::Instance>& instances, const std::vector<gpu::MeshInfo>& meshes) {
  struct Key {
    glm::vec3 at;
    uint32_t index;
  };
  std::vector<Key> keys(instances.size());
  for (uint32_t i = 0; i < keys.size(); ++i) {
    const gpu::Instance& g = instances[i];
    keys[i] = {gpu::place_point(g.row0, g.row1, g.row2, meshes[g.mesh].center), i};
  }
  // Cells and blocks are counted from the first instance of all, not of those that are halved, which need not begin one.
  const auto halve = [all = keys.data()](auto& self, Key* first, Key* last) -> void {
    if (last - first <= 1) return;
    std::ptrdiff_t unit = gpu::kCellSize * gpu::kBlockSize;
    if ((first - all) / unit == (last - 1 - all) / unit) unit = gpu::kCellSize;
    if ((first - all) / unit == (last - 1 - all) / unit) return;
    glm::vec3 lower = first->at, upper = lower;
    for (const Key* k = first; k != last; ++k) lower = glm::min(lower, k->at), upper = glm::max(upper, k->at);
    const glm::vec3 size = upper - lower;
    const int axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2;
    Key* middle = all + (first - all + (last - first + unit) / 2) / unit * unit;
    std::nth_element(first, middle, last, [axis](const Key& a, const Key& b) { return a.at[axis] < b.at[axis]; });
    self(self, first, middle);
    self(self, middle, last);
  };
  const auto rest = std::partition(keys.begin(), keys.end(), [&](const Key& k) { return (instances[k.index].flags & gpu::kInstanceOccluder) != 0; });
  Key* const middle = keys.data() + (rest - keys.begin());
  halve(halve, keys.data(), middle);
  halve(halve, middle, keys.data() + keys.size());
  // Along the cycles of the permutation: a million instances are too many to be held twice.
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (keys[i].index == i) continue;
    const gpu::Instance first = instances[i];
    uint32_t at = i;
    while (keys[at].index != i) {
      const uint32_t from = keys[at].index;
      instances[at] = instances[from];
      keys[at].index = at;
      at = from;
    }
    instances[at] = first;
    keys[at].index = at;
  }
}

}  // namespace shixun
