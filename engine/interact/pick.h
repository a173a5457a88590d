#pragma once
// Picking: which part of which object a ray meets first. The ray may come from a mouse, from the middle of the window or from a
// controller; nothing here knows. Frame: world, metres.

#include <cstdint>
#include <functional>
#include <glm/mat4x4.hpp>
#include <glm/vec3.hpp>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/anim/skin.h"
#include "engine/asset/model.h"

namespace shixun {

struct Ray {
  glm::vec3 origin{0};
  glm::vec3 direction{0, 0, -1};  // unit
};

struct Hit {
  uint32_t object = 0;  // as given to PickScene::set
  int node = -1;        // of the object's model
  float distance = 0;   // metres along the ray
  glm::vec3 point{0};
  glm::vec3 normal{0, 1, 0};  // of the triangle, towards the ray's origin
};

// The triangles of one model, ready for rays: shared by all objects of that model. Each mesh sorts its triangles into a tree when a
// ray first comes near it. Keeps a reference: the model must outlive it.
class PickShape {
 public:
  explicit PickShape(const Model& model);
  ~PickShape();
  PickShape(PickShape&&) noexcept;
  PickShape& operator=(PickShape&&) noexcept;

  const Model& model() const { return *model_; }
  std::span<const JointBox> boxes_of(size_t mesh) const { return joint_boxes_[mesh]; }  // none: rigid

  // The nearest hit of a ray given in the mesh's frame, closer than `reach` (in lengths of `direction`). Writes distance and normal.
  bool cast(size_t mesh, const glm::vec3& origin, const glm::vec3& direction, float& reach, glm::vec3& normal) const;

 private:
  struct Tree;
  const Tree& tree(size_t mesh) const;
  const Model* model_;
  mutable std::vector<std::unique_ptr<Tree>> trees_;
  std::vector<std::vector<JointBox>> joint_boxes_;
};

// The objects that can be met. Object numbers are the caller's; a set object replaces the one of the same number.
class PickScene {
 public:
  void set(uint32_t object, std::shared_ptr<const PickShape> shape, const glm::mat4& transform, const PoseState& pose);
  void set_transform(uint32_t object, const glm::mat4& transform);
  void remove(uint32_t object);

  // Nearest hit within `reach` metres. `ignore` (optional): objects the ray passes through, e.g. what is in the hand. Sight goes through panes of
  // glass, a body does not.
  enum class Panes { kPass, kStop };
  std::optional<Hit> cast(const Ray& ray, float reach, const std::function<bool(uint32_t object, int node)>& ignore = {}, Panes panes = Panes::kPass) const;

  // World bounds of an object (of all its meshes but panes); nothing when it is not set.
  struct Bounds {
    glm::vec3 lower, upper;
  };
  std::optional<Bounds> bounds(uint32_t object) const;

 private:
  struct Figure {  // one skinned mesh as posed, model frame
    std::vector<glm::mat4> joints;
    glm::vec3 lower{0}, upper{0};
    mutable std::vector<glm::vec3> points;  // made when a ray first comes near: most poses are never pointed at
  };
  struct Part {  // one mesh at one node
    uint32_t mesh;
    int node;
    glm::mat4 to_model, to_mesh;
    int figure = -1;  // index into Entry::figures; -1: rigid
    bool pane = false;
  };
  static bool cast_figure(const Figure& figure, const Mesh& mesh, const glm::vec3& origin, const glm::vec3& direction, float& reach, glm::vec3& normal);
  struct Entry {
    bool used = false;
    std::shared_ptr<const PickShape> shape;
    glm::mat4 transform{1}, inverse{1};
    PoseState state;
    std::vector<Part> parts;
    std::vector<Figure> figures;
    glm::vec3 lower{0}, upper{0};  // of all parts but panes, model frame
    glm::vec3 with_panes_lower{0}, with_panes_upper{0};
  };
  std::vector<Entry> entries_;
};

}  // namespace shixun
