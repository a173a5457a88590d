#pragma once
// What there is to draw, kept on the GPU: models (meshes, materials, textures) and objects (placed, posed models). Each object has vertices
// of its own for its skinned meshes; they are made on the GPU when its pose has changed and it can be seen. A caller changes objects by id; what changed is uploaded once at the next draw. Nothing here issues a draw call: the renderer culls and draws the
// whole scene in a fixed number of commands.
// Frame: world metres, +Y up. One thread.

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "engine/anim/pose.h"
#include "engine/render/textures.h"
#include "shaders/shared.h"

namespace shixun {

using ModelId = uint32_t;
using ObjectId = uint32_t;  // an instance of a model: all its mesh nodes. Never reused while the scene lives; 0 is never an object
inline constexpr ObjectId kNoObject = 0;

enum class Highlight : uint8_t {
  kNone,
  kHover,    // what the trainee points at
  kGoal,     // what the next step is about
  kWarning,  // wrong or dangerous
  kGhost,    // translucent: where something belongs
};

struct Bounds {
  glm::vec3 lower{0}, upper{0};
};

class GpuScene {
 public:
  // The texture table (of the renderer) must outlive the scene.
  static Result<std::unique_ptr<GpuScene>> create(Device& device, Textures& textures);
  ~GpuScene();

  // Uploads meshes, materials, textures. A texture that cannot be decoded is an Error that names it.
  Result<ModelId> add_model(const Model& model);
  void remove_model(ModelId model);  // and its objects

  // kNoObject when there is no such model, or no memory for the vertices of a skinned one (the log says so).
  // Unknown object ids are ignored by the setters: an object may be gone by the time news about it arrive.
  ObjectId add_object(ModelId model, const glm::mat4& transform, const PoseState& pose = {});
  void set_transform(ObjectId object, const glm::mat4& transform);
  void set_pose(ObjectId object, const PoseState& pose);
  void set_visible(ObjectId object, bool visible);
  void set_highlight(ObjectId object, Highlight highlight);
  void set_casts_shadow(ObjectId object, bool casts);  // default true; false for a room's ceiling or what is held before the eye
  void set_in_room(ObjectId object, bool in_room);  // default false; true for what stays: walls, floor, benches. It is seen in reflections
  // One node (and what hangs below it), by Model::nodes index: hidden, or its emission scaled (0 off, 1 as modelled, at most 2).
  void set_node_visible(ObjectId object, int node, bool visible);
  void set_node_glow(ObjectId object, int node, float glow);
  // The mesh nodes at and below `node` (-1: all) show this texture as their base colour, e.g. a display's face; kNoTexture: as modelled.
  void set_node_texture(ObjectId object, int node, TextureHandle texture);
  void remove_object(ObjectId object);

  // Scenery: many rigid copies of single parts at 64 bytes each, without pose, highlight or picking. `instances` have row0..2 filled in, and
  // mesh, material and flags from parts(). They are put into an order of their own, which keeps neighbours in one cell; returns the slot of
  // the first: instances() tells which is which.
  struct Part {
    uint32_t mesh, material, flags;  // as gpu::Instance has them
  };
  std::vector<Part> parts(ModelId model) const;  // node transforms left out
  uint32_t add_scenery(std::vector<gpu::Instance> instances);
  // The new place of one of them, by slot. The box of shadows (Lighting may give another) does not grow with it.
  void move_scenery(uint32_t slot, glm::vec4 row0, glm::vec4 row1, glm::vec4 row2);

  Bounds bounds(ObjectId object) const;  // world box as posed now; zero when unknown
  Bounds model_bounds(ModelId model) const;  // at rest, model frame
  uint32_t object_count() const;
  uint64_t triangle_count() const;  // of all visible objects

  // For the renderer: uploads what changed, or puts it into `arena` for the culling's update pass; then tells where things are.
  Status prepare(Arena& arena);
  struct Tables {
    VkBuffer vertices = VK_NULL_HANDLE, indices = VK_NULL_HANDLE, materials = VK_NULL_HANDLE, instances = VK_NULL_HANDLE;
    VkDeviceAddress vertices_at = 0, meshes_at = 0, clusters_at = 0, instances_at = 0, cells_at = 0, blocks_at = 0;
    uint32_t instance_count = 0;  // slots in use or once used
    std::array<uint32_t, gpu::kBuckets> bucket_counts{};  // at least as many as there are to draw
    VkDeviceAddress moved_at = 0;  // gpu::Moved[moved_count], in the frame's arena
    uint32_t moved_count = 0;
    uint32_t refit_first = 0, refit_count = 0;  // cells whose box is to be made exact
    VkDeviceAddress skin_at = 0;   // gpu::SkinWork of the figures whose pose changed, in the frame's arena
    uint32_t skin_groups = 0;      // of 64 vertices
    uint64_t uploaded_bytes = 0;   // of instances and joints, by this frame's prepare()
    uint64_t resting_version = 0;  // changes whenever the shadow of what rests changes: something comes, goes, sets off or settles
    uint64_t room_version = 0;     // changes whenever the room itself does
    uint64_t moving_version = 0;   // the same for what has moved lately
    bool any_moving = false;       // and casts shadow
    Bounds shadow_bounds;         // of all that casts shadow
    std::vector<uint32_t> blended;  // instance slots, rising
    std::vector<ObjectId> outlined;
  };
  const Tables& tables() const;
  // The CPU's copies, by slot.
  const std::vector<gpu::Instance>& instances() const;
  const std::vector<gpu::MeshInfo>& meshes() const;
  const std::vector<gpu::Cluster>& clusters() const;
  glm::vec3 instance_center(uint32_t slot) const;

 private:
  struct Private;
  explicit GpuScene(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

}  // namespace shixun
