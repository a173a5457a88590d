#pragma once
// Poses: local transforms of a model's nodes, from rest, from clips scrubbed by a state, from single nodes moved by a state. Which clip is
// when: engine/anim/play.h. What a pose does to skinned meshes: engine/anim/skin.h.

#include <glm/mat4x4.hpp>
#include <vector>

#include "engine/asset/model.h"

namespace shixun {

// One matrix per node, node to model space.
using Pose = std::vector<glm::mat4>;

// One clip at one moment. A weight below 1 fades it in over the clips before it in the list: what only those move goes back to rest.
struct ClipTime {
  std::string clip;
  float time = 0;    // seconds
  float weight = 1;  // 0..1
  bool operator==(const ClipTime&) const = default;
};

// What deviates from rest. `clips` in order: of two that move a node, the later one does. `nodes`: an extra transform applied in the node's
// own frame after its rest (or clip) transform, e.g. a dial turned about its axis.
struct PoseState {
  std::vector<ClipTime> clips;
  std::vector<std::pair<std::string, glm::mat4>> nodes;
  bool operator==(const PoseState&) const = default;
};

Pose pose_of(const Model& model, const PoseState& state);

// The same into `pose`, without allocating once both have been used for a model of that size.
struct PoseMemory {
  struct Local {
    glm::vec3 translation;
    glm::quat rotation;
    glm::vec3 scale;
  };
  std::vector<Local> now, before;
  std::vector<bool> moved;
};
void pose_of(const Model& model, const PoseState& state, Pose& pose, PoseMemory& memory);

// Axis (unit, node's frame) from a node's `joint`/`axis` extras; (0,1,0) when there are none.
glm::vec3 joint_axis(const Node& node);

}  // namespace shixun
