#include "engine/anim/skin.h"

#include <algorithm>
#include <glm/geometric.hpp>
#include <limits>

namespace shixun {

std::vector<glm::mat4> joint_matrices(const Skin& skin, const Pose& pose) {
  std::vector<glm::mat4> matrices;
  joint_matrices(skin, pose, matrices);
  return matrices;
}

void joint_matrices(const Skin& skin, const Pose& pose, std::vector<glm::mat4>& matrices) {
  matrices.resize(skin.joints.size());
  for (size_t j = 0; j < matrices.size(); ++j) matrices[j] = pose[static_cast<size_t>(skin.joints[j])] * skin.inverse_bind[j];
}

std::vector<JointBox> joint_boxes(const Mesh& mesh) {
  constexpr float kFar = std::numeric_limits<float>::max();
  std::vector<JointBox> all(256, {0, glm::vec3(kFar), glm::vec3(-kFar)});
  for (size_t v = 0; v < mesh.skin.size(); ++v)
    for (size_t i = 0; i < 4; ++i) {
      if (mesh.skin[v].weights[i] == 0) continue;
      JointBox& box = all[mesh.skin[v].joints[i]];
      box.lower = glm::min(box.lower, mesh.vertices[v].position);
      box.upper = glm::max(box.upper, mesh.vertices[v].position);
    }
  std::vector<JointBox> used;
  for (uint32_t j = 0; j < all.size(); ++j)
    if (all[j].lower.x <= all[j].upper.x) used.push_back({j, all[j].lower, all[j].upper});
  return used;
}

PosedBox posed_box(std::span<const JointBox> boxes, std::span<const glm::mat4> joints) {
  if (boxes.empty()) return {};
  constexpr float kFar = std::numeric_limits<float>::max();
  PosedBox all{glm::vec3(kFar), glm::vec3(-kFar)};
  for (const JointBox& box : boxes) {
    const glm::mat4& m = joints[box.joint];
    const glm::vec3 half = (box.upper - box.lower) * 0.5f;
    const glm::vec3 center(m * glm::vec4((box.lower + box.upper) * 0.5f, 1));
    const glm::vec3 reach = glm::abs(glm::vec3(m[0])) * half.x + glm::abs(glm::vec3(m[1])) * half.y + glm::abs(glm::vec3(m[2])) * half.z;
    all.lower = glm::min(all.lower, center - reach);
    all.upper = glm::max(all.upper, center + reach);
  }
  // The vertices are rounded on another way than the box.
  const glm::vec3 slack = (glm::abs(all.lower) + glm::abs(all.upper)) * 1e-6f + glm::vec3(1e-5f);
  return {all.lower - slack, all.upper + slack};
}

Vertex skinned(const Vertex& vertex, const SkinVertex& skin, std::span<const glm::mat4> joints) {
  glm::mat4 m(0);
  for (size_t i = 0; i < 4; ++i)
    if (skin.weights[i] > 0) m += joints[skin.joints[i]] * (static_cast<float>(skin.weights[i]) / 255.0f);
  Vertex out = vertex;
  out.position = glm::vec3(m * glm::vec4(vertex.position, 1));
  const glm::vec3 x(m[0]), y(m[1]), z(m[2]);
  const auto unit = [](glm::vec3 v, glm::vec3 otherwise) {
    const float length = glm::length(v);
    return length > 0 ? v / length : otherwise;
  };
  out.normal = unit(glm::cross(y, z) * vertex.normal.x + glm::cross(z, x) * vertex.normal.y + glm::cross(x, y) * vertex.normal.z, vertex.normal);
  const glm::vec3 along(vertex.tangent);
  out.tangent = glm::vec4(unit(x * along.x + y * along.y + z * along.z, along), vertex.tangent.w);
  return out;
}

std::vector<Vertex> skinned_vertices(const Mesh& mesh, std::span<const glm::mat4> joints) {
  std::vector<Vertex> out(mesh.vertices.size());
  for (size_t v = 0; v < out.size(); ++v) out[v] = skinned(mesh.vertices[v], mesh.skin[v], joints);
  return out;
}

}  // namespace shixun
