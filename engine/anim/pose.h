#pragma once
// Poses: local transforms of a model's nodes, from rest, from clips scrubbed by a state, from single nodes moved by a state.

#include <glm/mat4x4.hpp>
#include <vector>

#include "engine/asset/model.h"

namespace shixun {

// One matrix per node, node to model space.
using Pose = std::vector<glm::mat4>;

// What deviates from rest. `clips`: clip name and time in seconds. `nodes`: an extra transform applied in the node's own frame
// after its rest (or clip) transform, e.g. a dial turned about its axis.
struct PoseState {
  std::vector<std::pair<std::string, float>> clips;
  std::vector<std::pair<std::string, glm::mat4>> nodes;
  bool operator==(const PoseState&) const = default;
};

Pose pose_of(const Model& model, const PoseState& state);

// What a skinned mesh is drawn with: per joint of `skin`, mesh at rest to model space as posed. `pose` as pose_of gave it for this model.
std::vector<glm::mat4> joint_matrices(const Skin& skin, const Pose& pose);

// Axis (unit, node's frame) from a node's `joint`/`axis` extras; (0,1,0) when there are none.
glm::vec3 joint_axis(const Node& node);

}  // namespace shixun
