#include "engine/interact/pick.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace shixun {
namespace {

constexpr float kFar = std::numeric_limits<float>::max();
constexpr uint32_t kLeafTriangles = 8;

struct Box {
  glm::vec3 lower{kFar}, upper{-kFar};
  void add(const glm::vec3& p) {
    lower = glm::min(lower, p);
    upper = glm::max(upper, p);
  }
};

// Where the ray enters the box, or nothing if it misses it or enters beyond `reach`. Slabs after Kay and Kajiya; a zero direction
// component gives infinities that compare rightly, except 0 * inf for a ray inside a slab's plane, which std::max/min below drop.
std::optional<float> enter(const Box& box, const glm::vec3& origin, const glm::vec3& inverse, float reach) {
  float from = 0, to = reach;
  for (int a = 0; a < 3; ++a) {
    float t0 = (box.lower[a] - origin[a]) * inverse[a], t1 = (box.upper[a] - origin[a]) * inverse[a];
    if (t0 > t1) std::swap(t0, t1);
    from = std::max(from, t0);
    to = std::min(to, t1);
  }
  if (from <= to) return from;
  return std::nullopt;
}

// Möller and Trumbore, "Fast, Minimum Storage Ray/Triangle Intersection" (1997); both sides count. A triangle met nearer than `reach` shortens
// it and tells its normal.
bool meet(const glm::vec3& origin, const glm::vec3& direction, const glm::vec3& a, const glm::vec3& b, const glm::vec3& c, float& reach, glm::vec3& normal) {
  const glm::vec3 ab = b - a, ac = c - a;
  const glm::vec3 p = glm::cross(direction, ac);
  const float det = glm::dot(ab, p);
  if (std::abs(det) < 1e-20f) return false;
  const glm::vec3 to = origin - a;
  const float u = glm::dot(to, p) / det;
  if (u < 0 || u > 1) return false;
  const glm::vec3 q = glm::cross(to, ab);
  const float v = glm::dot(direction, q) / det;
  if (v < 0 || u + v > 1) return false;
  const float t = glm::dot(ac, q) / det;
  if (!(t > 0 && t < reach)) return false;
  reach = t;
  normal = glm::cross(ab, ac);
  return true;
}

Box transformed(const glm::mat4& m, const glm::vec3& lower, const glm::vec3& upper) {
  Box box;
  for (int corner = 0; corner < 8; ++corner)
    box.add(glm::vec3(m * glm::vec4(corner & 1 ? upper.x : lower.x, corner & 2 ? upper.y : lower.y, corner & 4 ? upper.z : lower.z, 1)));
  return box;
}

}  // namespace

// A binary tree over a mesh's triangles, split at the median of the longest axis; children of node i are `left` and `left + 1`.
struct PickShape::Tree {
  struct TreeNode {
    Box box;
    uint32_t first = 0, count = 0;  // leaf: triangles order[first .. first + count)
    uint32_t left = 0;              // inner node when count == 0
  };
  std::vector<TreeNode> nodes;
  std::vector<uint32_t> order;

  explicit Tree(const Mesh& mesh) {
    const uint32_t triangles = static_cast<uint32_t>(full_indices(mesh).size() / 3);
    order.resize(triangles);
    std::iota(order.begin(), order.end(), 0u);
    std::vector<glm::vec3> centers(triangles);
    for (uint32_t t = 0; t < triangles; ++t) {
      const auto corner = [&](uint32_t i) { return mesh.vertices[mesh.indices[t * 3 + i]].position; };
      centers[t] = (corner(0) + corner(1) + corner(2)) / 3.0f;
    }
    nodes.reserve(triangles / 2 + 2);
    nodes.push_back({{}, 0, triangles, 0});
    for (size_t n = 0; n < nodes.size(); ++n) {  // grows while it runs
      const uint32_t first = nodes[n].first, count = nodes[n].count;
      Box box, center_box;
      for (uint32_t i = first; i < first + count; ++i) {
        for (uint32_t c = 0; c < 3; ++c) box.add(mesh.vertices[mesh.indices[order[i] * 3 + c]].position);
        center_box.add(centers[order[i]]);
      }
      nodes[n].box = box;
      if (count <= kLeafTriangles) continue;
      const glm::vec3 size = center_box.upper - center_box.lower;
      const int axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2;
      const uint32_t half = count / 2;
      const auto begin = order.begin() + first;
      std::nth_element(begin, begin + half, begin + count, [&](uint32_t a, uint32_t b) { return centers[a][axis] < centers[b][axis]; });
      nodes[n].left = static_cast<uint32_t>(nodes.size());
      nodes[n].count = 0;
      nodes.push_back({{}, first, half, 0});
      nodes.push_back({{}, first + half, count - half, 0});
    }
  }
};

PickShape::PickShape(const Model& model) : model_(&model), trees_(model.meshes.size()) {
  for (const Mesh& mesh : model.meshes) joint_boxes_.push_back(joint_boxes(mesh));
}
PickShape::~PickShape() = default;
PickShape::PickShape(PickShape&&) noexcept = default;
PickShape& PickShape::operator=(PickShape&&) noexcept = default;

const PickShape::Tree& PickShape::tree(size_t mesh) const {
  if (!trees_[mesh]) trees_[mesh] = std::make_unique<Tree>(model_->meshes[mesh]);
  return *trees_[mesh];
}

bool PickShape::cast(size_t index, const glm::vec3& origin, const glm::vec3& direction, float& reach, glm::vec3& normal) const {
  const Mesh& mesh = model_->meshes[index];
  const glm::vec3 inverse = 1.0f / direction;
  if (!enter({mesh.lower, mesh.upper}, origin, inverse, reach)) return false;
  const Tree& sorted = tree(index);
  bool met = false;
  uint32_t open[64];  // deep enough: a median split halves, so 2^58 triangles would be needed
  int depth = 0;
  open[depth++] = 0;
  while (depth > 0) {
    const Tree::TreeNode& node = sorted.nodes[open[--depth]];
    if (!enter(node.box, origin, inverse, reach)) continue;
    if (node.count == 0) {
      open[depth++] = node.left;
      open[depth++] = node.left + 1;
      continue;
    }
    for (uint32_t i = node.first; i < node.first + node.count; ++i) {
      const uint32_t* corner = &mesh.indices[size_t{sorted.order[i]} * 3];
      const auto& v = mesh.vertices;
      if (meet(origin, direction, v[corner[0]].position, v[corner[1]].position, v[corner[2]].position, reach, normal)) met = true;
    }
  }
  return met;
}

void PickScene::set(uint32_t object, std::shared_ptr<const PickShape> shape, const glm::mat4& transform, const PoseState& pose) {
  if (object >= entries_.size()) entries_.resize(object + 1);
  Entry& e = entries_[object];
  e.transform = transform;
  e.inverse = glm::inverse(transform);
  if (e.used && e.shape == shape && e.state == pose) return;
  e.used = true;
  e.shape = std::move(shape);
  e.state = pose;
  e.parts.clear();
  e.figures.clear();
  const Model& model = e.shape->model();
  const Pose matrices = pose_of(model, pose);
  Box all, with_panes;
  const auto add = [&](const glm::vec3& lower, const glm::vec3& upper, bool pane) {
    for (const glm::vec3& p : {lower, upper}) {
      with_panes.add(p);
      if (!pane) all.add(p);
    }
  };
  for (size_t n = 0; n < model.nodes.size(); ++n)
    for (const uint32_t m : model.nodes[n].meshes) {
      const bool pane = model.materials.size() > model.meshes[m].material && model.materials[model.meshes[m].material].transmission > 0;
      if (const int skin = model.nodes[n].skin; skin >= 0 && !model.meshes[m].skin.empty()) {
        Figure figure;
        figure.joints = joint_matrices(model.skins[static_cast<size_t>(skin)], matrices);
        const PosedBox box = posed_box(e.shape->boxes_of(m), figure.joints);
        figure.lower = box.lower;
        figure.upper = box.upper;
        add(box.lower, box.upper, pane);
        e.parts.push_back({m, static_cast<int>(n), glm::mat4(1), glm::mat4(1), static_cast<int>(e.figures.size()), pane});
        e.figures.push_back(std::move(figure));
        continue;
      }
      e.parts.push_back({m, static_cast<int>(n), matrices[n], glm::inverse(matrices[n]), -1, pane});
      const Box box = transformed(matrices[n], model.meshes[m].lower, model.meshes[m].upper);
      add(box.lower, box.upper, pane);
    }
  e.lower = all.lower;
  e.upper = all.upper;
  e.with_panes_lower = with_panes.lower;
  e.with_panes_upper = with_panes.upper;
}

bool PickScene::cast_figure(const Figure& figure, const Mesh& mesh, const glm::vec3& origin, const glm::vec3& direction, float& reach, glm::vec3& normal) {
  if (!enter({figure.lower, figure.upper}, origin, 1.0f / direction, reach)) return false;
  if (figure.points.empty())
    for (const Vertex& v : skinned_vertices(mesh, figure.joints)) figure.points.push_back(v.position);
  bool met = false;
  const auto indices = full_indices(mesh);
  for (size_t i = 0; i + 2 < indices.size(); i += 3)
    if (meet(origin, direction, figure.points[indices[i]], figure.points[indices[i + 1]], figure.points[indices[i + 2]], reach, normal)) met = true;
  return met;
}

void PickScene::set_transform(uint32_t object, const glm::mat4& transform) {
  if (object >= entries_.size() || !entries_[object].used) return;
  entries_[object].transform = transform;
  entries_[object].inverse = glm::inverse(transform);
}

void PickScene::remove(uint32_t object) {
  if (object < entries_.size()) entries_[object] = {};
}

std::optional<Hit> PickScene::cast(const Ray& ray, float reach, const std::function<bool(uint32_t, int)>& ignore, Panes panes) const {
  std::optional<Hit> best;
  for (uint32_t object = 0; object < entries_.size(); ++object) {
    const Entry& e = entries_[object];
    if (!e.used || e.parts.empty()) continue;
    // Affine maps keep the ray's parameter: a distance found in a mesh's frame is one in the world as long as no direction is normalised.
    const glm::vec3 origin(e.inverse * glm::vec4(ray.origin, 1)), direction(e.inverse * glm::vec4(ray.direction, 0));
    const Box box = panes == Panes::kStop ? Box{e.with_panes_lower, e.with_panes_upper} : Box{e.lower, e.upper};
    if (!enter(box, origin, 1.0f / direction, reach)) continue;
    for (const Part& part : e.parts) {
      if ((part.pane && panes == Panes::kPass) || (ignore && ignore(object, part.node))) continue;
      const glm::vec3 mesh_origin(part.to_mesh * glm::vec4(origin, 1)), mesh_direction(part.to_mesh * glm::vec4(direction, 0));
      glm::vec3 normal;
      const bool met = part.figure >= 0 ? cast_figure(e.figures[static_cast<size_t>(part.figure)], e.shape->model().meshes[part.mesh], origin, direction, reach, normal)
                                        : e.shape->cast(part.mesh, mesh_origin, mesh_direction, reach, normal);
      if (!met) continue;
      // Normals transform by the inverse transpose.
      normal = glm::normalize(glm::transpose(glm::mat3(part.to_mesh * e.inverse)) * normal);
      if (glm::dot(normal, ray.direction) > 0) normal = -normal;
      best = Hit{object, part.node, reach, ray.origin + reach * ray.direction, normal};
    }
  }
  return best;
}

std::optional<PickScene::Bounds> PickScene::bounds(uint32_t object) const {
  if (object >= entries_.size() || !entries_[object].used || entries_[object].parts.empty()) return std::nullopt;
  const Entry& e = entries_[object];
  const Box box = transformed(e.transform, e.lower, e.upper);
  return Bounds{box.lower, box.upper};
}

}  // namespace shixun
