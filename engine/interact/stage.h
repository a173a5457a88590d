#pragma once
// The stage: what the eye sees of the world. Loads the models of a scene, and every frame places and poses them as the world's state
// says: items in their sockets, what is held before the eye, threads half turned in, bodies tilted by the jack, digits on their drums.
// Reads the world, never changes it. Sudden changes of state are eased over a quarter of a second, for the eye only.
// Frame: world = scene frame, metres, +Y up. Object and socket numbers are indices into the pack's Scene.

#include <glm/gtc/quaternion.hpp>
#include <glm/mat4x4.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/interact/pick.h"
#include "engine/render/scene.h"
#include "engine/training/world.h"

namespace shixun {

// The person who looks, as far as the stage cares.
struct Onlooker {
  glm::vec3 eye{0, 1.6f, 2};
  glm::quat orientation{1, 0, 0, 0};  // looks along -Z
  bool embodied = true;  // false: a camera without a body; what is held hangs in the air before where it was taken from
  std::optional<glm::mat4> hand{};  // a real hand's grip, looking along -Z, which holds what is held; none: it is held before the eye
};

class Stage {
 public:
  // Reads every model of the scene (from the cook cache when it can). Missing or broken models are errors that name the file.
  static Result<std::unique_ptr<Stage>> create(std::shared_ptr<const Pack> pack, const fs::path& library, const fs::path& cache);
  ~Stage();

  // Brings everything into a GPU scene, which must outlive the stage. Without this call the stage can still be picked in.
  // `font`: the bytes of a font file, for what displays and stamped codes show.
  Status show_in(GpuScene& gpu, Textures& textures, const std::string& font, int font_index);

  // Follows the world. `dt` seconds since the last call; `snap` skips all easing (a jump in time).
  void update(const World& world, const Onlooker& onlooker, float dt, bool snap = false);

  void speak(Lang lang);  // what screens are written in from the next update on

  // Shows the held tool on this fastener instead of in the hand; -1: in the hand.
  void use_tool_on(int object) { tool_on_ = object; }

  // Highlights whole objects; parts of a model have none of their own (see screen brackets in the UI).
  void set_highlight(int object, Highlight highlight);
  // A translucent copy of an item where it would sit; -1 hides it.
  void show_ghost(int item, int socket);

  std::optional<Hit> cast(const Ray& ray, float reach, int ignore_object, PickScene::Panes panes = PickScene::Panes::kPass) const;
  int object_of(const Hit& hit) const;  // the part if the node belongs to one, else the object; -1 for nothing

  bool is_part(int object) const;
  bool visible(int object) const;
  glm::vec3 center(int object) const;    // of what is seen of it
  float radius(int object) const;        // of a sphere about it; small for points without geometry
  PickScene::Bounds bounds(int object) const;
  glm::vec3 facing(int object) const;      // the side it is read or worked on from, unit; zero when its model does not say
  glm::vec3 socket_point(int socket) const;
  // Lamps modelled in the scenery (nodes `*_lamp` with a glowing material): where they hang and their half size along the world's axes.
  struct LampPlace {
    glm::vec3 position, half_size;
  };
  std::vector<LampPlace> lamps() const;
  glm::vec3 room_lower() const;  // bounds of all scenery
  glm::vec3 room_upper() const;

  struct Private;

 private:
  explicit Stage(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
  int tool_on_ = -1;
};

}  // namespace shixun
