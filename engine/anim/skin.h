#pragma once
// Skinned meshes on the CPU: the matrices they are drawn with, the box that holds them in any pose, and the vertices themselves where the
// CPU needs them (picking; the GPU's are made by shaders/skin.comp, which the tests hold to these).
// Frame: a skinned vertex lies in the model's frame.

#include <span>

#include "engine/anim/pose.h"

namespace shixun {

// Per joint of `skin`: mesh at rest to model space as posed. `pose` as pose_of gave it for this model.
std::vector<glm::mat4> joint_matrices(const Skin& skin, const Pose& pose);
void joint_matrices(const Skin& skin, const Pose& pose, std::vector<glm::mat4>& matrices);  // into memory that may be there already

// What of a mesh, at rest, follows one joint.
struct JointBox {
  uint32_t joint;
  glm::vec3 lower, upper;
};
std::vector<JointBox> joint_boxes(const Mesh& mesh);

struct PosedBox {
  glm::vec3 lower{0}, upper{0};
};
// Holds every vertex: each is a weighted mean of where its joints take it, and the boxes, taken along by their joints, hold those places.
PosedBox posed_box(std::span<const JointBox> boxes, std::span<const glm::mat4> joints);

// Linear blend. The normal goes by the cofactors of the blended matrix, which are its inverse transpose but for the sign and length, so it is
// right under scaled joints as well; that the weights themselves vary along the surface is left out, as everywhere.
Vertex skinned(const Vertex& vertex, const SkinVertex& skin, std::span<const glm::mat4> joints);

// All of a mesh. The indices are those of the mesh.
std::vector<Vertex> skinned_vertices(const Mesh& mesh, std::span<const glm::mat4> joints);

}  // namespace shixun
