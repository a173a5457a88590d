#include "engine/asset/import.h"

#include <algorithm>
#include <cmath>
#include <glm/geometric.hpp>
#include <glm/gtc/matrix_transform.hpp>

namespace shixun {

void add_tangents(Mesh& mesh) {
  // Per triangle the direction in which u grows; summed at the corners, weighted by area (longer vectors count more).
  const size_t count = mesh.vertices.size();
  std::vector<glm::vec3> sums(count, glm::vec3(0));
  std::vector<uint32_t> mirror(count, ~0u);  // the vertex that takes over a plain vertex's mirrored triangles
  std::vector<int8_t> side(count, 0);        // of the vertex: +1, -1, 0 not known yet
  for (size_t t = 0; t + 2 < mesh.indices.size(); t += 3) {
    uint32_t* corner = &mesh.indices[t];
    const Vertex &a = mesh.vertices[corner[0]], &b = mesh.vertices[corner[1]], &c = mesh.vertices[corner[2]];
    const glm::vec3 e1 = b.position - a.position, e2 = c.position - a.position;
    const glm::vec2 d1 = b.uv - a.uv, d2 = c.uv - a.uv;
    const float turn = d1.x * d2.y - d1.y * d2.x;
    if (!(std::abs(turn) > 0)) continue;  // texture without extent: no direction
    // v grows downwards in the image, so a plain (unmirrored) triangle turns the other way in u, v than in space: w is +1 where turn < 0.
    const int8_t s = turn < 0 ? -1 : 1;
    glm::vec3 direction = (e1 * d2.y - e2 * d1.y) * static_cast<float>(s);
    const float length = glm::length(direction), area = glm::length(glm::cross(e1, e2));
    if (!(length > 0) || !std::isfinite(length)) continue;
    direction *= area / length;
    for (int i = 0; i < 3; ++i) {
      uint32_t v = corner[i];
      if (side[v] == 0) side[v] = s;
      if (side[v] != s) {
        if (mirror[v] == ~0u) {
          mirror[v] = static_cast<uint32_t>(mesh.vertices.size());
          const Vertex copy = mesh.vertices[v];
          mesh.vertices.push_back(copy);
          if (!mesh.skin.empty()) {
            const SkinVertex skin = mesh.skin[v];
            mesh.skin.push_back(skin);
          }
          sums.emplace_back(0);
          mirror.push_back(~0u);
          side.push_back(s);
        }
        v = corner[i] = mirror[v];
      }
      sums[v] += direction;
    }
  }
  for (size_t v = 0; v < mesh.vertices.size(); ++v) {
    Vertex& vertex = mesh.vertices[v];
    glm::vec3 t = sums[v] - vertex.normal * glm::dot(vertex.normal, sums[v]);
    const float length = glm::length(t);
    // Where the texture gives no direction any in the surface will do.
    if (std::isfinite(length) && length > 1e-20f) t /= length;
    else t = glm::normalize(glm::cross(vertex.normal, std::abs(vertex.normal.x) < 0.8f ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1)));
    vertex.tangent = glm::vec4(t, side[v] > 0 ? -1.0f : 1.0f);
  }
}

SkinVertex skin_vertex(const uint32_t* joints, const float* weights, size_t count) {
  struct Pull {
    float weight;
    uint32_t joint;
  };
  std::vector<Pull> pulls;
  for (size_t i = 0; i < count; ++i)
    if (std::isfinite(weights[i]) && weights[i] > 0) pulls.push_back({weights[i], joints[i]});
  std::stable_sort(pulls.begin(), pulls.end(), [](const Pull& a, const Pull& b) { return a.weight > b.weight; });
  if (pulls.size() > 4) pulls.resize(4);
  SkinVertex out;
  float sum = 0;
  for (const Pull& p : pulls) sum += p.weight;
  if (pulls.empty() || !std::isfinite(sum)) {
    out.joints[0] = static_cast<uint8_t>(count > 0 ? joints[0] : 0);
    out.weights[0] = 255;
    return out;
  }
  int left = 255;
  for (size_t i = pulls.size(); i-- > 0;) {  // the heaviest last: it takes what rounding left over
    const int w = i == 0 ? left : std::min(left, static_cast<int>(std::lround(pulls[i].weight / sum * 255)));
    out.joints[i] = static_cast<uint8_t>(pulls[i].joint);
    out.weights[i] = static_cast<uint8_t>(w);
    left -= w;
  }
  return out;
}

void drop_idle_keys(Channel& c, const Node& rest) {
  const auto near = [](const glm::vec3& a, const glm::vec3& b) { return glm::length(a - b) < 1e-5f; };
  // A spline may swing out between equal keys.
  const auto straight = [](Interpolation way) { return way != Interpolation::kCubic; };
  if (straight(c.translation_way) && std::all_of(c.translations.begin(), c.translations.end(), [&](const glm::vec3& v) { return near(v, rest.translation); })) {
    c.translations.clear();
    c.translation_times.clear();
  }
  if (straight(c.rotation_way) &&
      std::all_of(c.rotations.begin(), c.rotations.end(), [&](const glm::quat& q) { return std::abs(glm::dot(q, rest.rotation)) > 1 - 1e-7f; })) {
    c.rotations.clear();
    c.rotation_times.clear();
  }
  if (straight(c.scale_way) && std::all_of(c.scales.begin(), c.scales.end(), [&](const glm::vec3& v) { return near(v, rest.scale); })) {
    c.scales.clear();
    c.scale_times.clear();
  }
}

Trs trs_of(const glm::mat4& m) {
  Trs out;
  out.translation = glm::vec3(m[3]);
  glm::mat3 axes(m);
  for (int i = 0; i < 3; ++i) out.scale[i] = glm::length(axes[i]);
  if (glm::determinant(axes) < 0) out.scale.x = -out.scale.x;
  // Orthonormal axes, the longest first; those without length are made up from the others.
  int by_length[3] = {0, 1, 2};
  std::sort(by_length, by_length + 3, [&](int a, int b) { return std::abs(out.scale[a]) > std::abs(out.scale[b]); });
  glm::mat3 turn(1);
  constexpr float kTiny = 1e-20f;
  const int a = by_length[0], b = by_length[1], c = by_length[2];
  if (std::abs(out.scale[a]) > kTiny) {
    turn[a] = axes[a] / out.scale[a];
    glm::vec3 second = std::abs(out.scale[b]) > kTiny ? axes[b] / out.scale[b] : glm::vec3(0);
    second -= turn[a] * glm::dot(turn[a], second);
    if (glm::length(second) < 1e-6f) {
      second = glm::cross(turn[a], std::abs(turn[a].x) < 0.8f ? glm::vec3(1, 0, 0) : glm::vec3(0, 1, 0));
    }
    turn[b] = glm::normalize(second);
    const bool even = (a + 1) % 3 == b;  // a, b, c in cyclic order
    turn[c] = even ? glm::cross(turn[a], turn[b]) : glm::cross(turn[b], turn[a]);
    out.rotation = glm::normalize(glm::quat_cast(turn));
  }
  const glm::mat3 back = glm::mat3_cast(out.rotation) * glm::mat3(glm::scale(glm::mat4(1), out.scale));
  const float size = std::max({glm::length(axes[0]), glm::length(axes[1]), glm::length(axes[2])});
  for (int i = 0; i < 3; ++i)
    if (glm::length(back[i] - axes[i]) > 1e-3f * size) out.whole = false;
  return out;
}

}  // namespace shixun
