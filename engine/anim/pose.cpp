#include "engine/anim/pose.h"

#include <algorithm>
#include <cstdio>
#include <glm/gtc/matrix_transform.hpp>

namespace shixun {
namespace {

// Where `time` falls between keys: the key before it and how far towards the next, held at the ends.
struct Between {
  size_t before;
  float towards;
};

Between find_keys(const std::vector<float>& times, float time) {
  const auto after = std::upper_bound(times.begin(), times.end(), time);
  if (after == times.begin()) return {0, 0};
  const size_t before = static_cast<size_t>(after - times.begin()) - 1;
  if (after == times.end()) return {before, 0};
  const float span = *after - times[before];
  return {before, span > 0 ? (time - times[before]) / span : 0};
}

glm::vec3 sample(const std::vector<float>& times, const std::vector<glm::vec3>& values, float time) {
  const Between b = find_keys(times, time);
  return b.towards > 0 ? glm::mix(values[b.before], values[b.before + 1], b.towards) : values[b.before];
}

glm::quat sample(const std::vector<float>& times, const std::vector<glm::quat>& values, float time) {
  const Between b = find_keys(times, time);
  return b.towards > 0 ? glm::slerp(values[b.before], values[b.before + 1], b.towards) : values[b.before];
}

struct Local {
  glm::vec3 translation;
  glm::quat rotation;
  glm::vec3 scale;
};

}  // namespace

Pose pose_of(const Model& model, const PoseState& state) {
  std::vector<Local> locals;
  locals.reserve(model.nodes.size());
  for (const Node& n : model.nodes) locals.push_back({n.translation, n.rotation, n.scale});
  for (const auto& [name, time] : state.clips)
    for (const Clip& clip : model.clips) {
      if (clip.name != name) continue;
      for (const Channel& c : clip.channels) {
        Local& local = locals[static_cast<size_t>(c.node)];
        if (!c.translations.empty()) local.translation = sample(c.translation_times, c.translations, time);
        if (!c.rotations.empty()) local.rotation = sample(c.rotation_times, c.rotations, time);
        if (!c.scales.empty()) local.scale = sample(c.scale_times, c.scales, time);
      }
    }
  Pose pose(model.nodes.size());
  for (size_t i = 0; i < pose.size(); ++i) {
    const Local& l = locals[i];
    pose[i] = glm::translate(glm::mat4(1), l.translation) * glm::mat4_cast(l.rotation) * glm::scale(glm::mat4(1), l.scale);
  }
  for (const auto& [name, extra] : state.nodes)
    if (const int n = model.find_node(name); n >= 0) pose[static_cast<size_t>(n)] = pose[static_cast<size_t>(n)] * extra;
  // Parents stand before their children, so one pass suffices.
  for (size_t i = 0; i < pose.size(); ++i)
    if (const int parent = model.nodes[i].parent; parent >= 0) pose[i] = pose[static_cast<size_t>(parent)] * pose[i];
  return pose;
}

glm::vec3 joint_axis(const Node& node) {
  const auto it = node.extras.find("axis");
  glm::vec3 axis(0, 1, 0);
  if (it == node.extras.end()) return axis;
  glm::vec3 read(0);
  if (std::sscanf(it->second.c_str(), "%f %f %f", &read.x, &read.y, &read.z) == 3 && glm::length(read) > 1e-6f) axis = glm::normalize(read);
  return axis;
}

}  // namespace shixun
