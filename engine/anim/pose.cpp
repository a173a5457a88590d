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

// Hermite spline between two keys of kCubic; `span` is the time between them (glTF 2.0, appendix C).
template <class T>
T spline(const std::vector<T>& values, size_t before, float t, float span) {
  const T &from = values[before * 3 + 1], &slope_out = values[before * 3 + 2], &slope_in = values[before * 3 + 3], &to = values[before * 3 + 4];
  const float t2 = t * t, t3 = t2 * t;
  return from * (2 * t3 - 3 * t2 + 1) + slope_out * (span * (t3 - 2 * t2 + t)) + to * (3 * t2 - 2 * t3) + slope_in * (span * (t3 - t2));
}

glm::vec3 between(const glm::vec3& a, const glm::vec3& b, float t) { return glm::mix(a, b, t); }
glm::quat between(const glm::quat& a, const glm::quat& b, float t) { return glm::slerp(a, b, t); }
glm::vec3 proper(const glm::vec3& v) { return v; }
glm::quat proper(const glm::quat& q) {
  const float length = glm::length(q);
  return length > 1e-6f ? q / length : glm::quat(1, 0, 0, 0);
}

template <class T>
T sample(const std::vector<float>& times, const std::vector<T>& values, Interpolation way, float time) {
  const Between b = find_keys(times, time);
  const size_t stride = way == Interpolation::kCubic ? 3 : 1, offset = way == Interpolation::kCubic ? 1 : 0;
  if (b.towards <= 0 || way == Interpolation::kStep) return proper(values[b.before * stride + offset]);
  if (way == Interpolation::kCubic) return proper(spline(values, b.before, b.towards, times[b.before + 1] - times[b.before]));
  return between(values[b.before], values[b.before + 1], b.towards);
}

}  // namespace

Pose pose_of(const Model& model, const PoseState& state) {
  Pose pose;
  PoseMemory memory;
  pose_of(model, state, pose, memory);
  return pose;
}

void pose_of(const Model& model, const PoseState& state, Pose& pose, PoseMemory& memory) {
  using Local = PoseMemory::Local;
  std::vector<Local>&locals = memory.now, &before = memory.before;
  std::vector<bool>& moved = memory.moved;
  locals.clear();
  for (const Node& n : model.nodes) locals.push_back({n.translation, n.rotation, n.scale});
  // What a fading clip leaves alone goes back to rest, if a clip before it moved it.
  moved.assign(locals.size(), false);
  for (const ClipTime& now : state.clips) {
    const auto clip = std::find_if(model.clips.begin(), model.clips.end(), [&](const Clip& c) { return c.name == now.clip; });
    if (clip == model.clips.end() || now.weight <= 0) continue;
    const float weight = std::min(now.weight, 1.0f);
    before.clear();
    if (weight < 1) {
      before = locals;
      for (size_t n = 0; n < locals.size(); ++n)
        if (moved[n]) locals[n] = {model.nodes[n].translation, model.nodes[n].rotation, model.nodes[n].scale};
    }
    for (const Channel& c : clip->channels) {
      Local& local = locals[static_cast<size_t>(c.node)];
      moved[static_cast<size_t>(c.node)] = true;
      if (!c.translations.empty()) local.translation = sample(c.translation_times, c.translations, c.translation_way, now.time);
      if (!c.rotations.empty()) local.rotation = sample(c.rotation_times, c.rotations, c.rotation_way, now.time);
      if (!c.scales.empty()) local.scale = sample(c.scale_times, c.scales, c.scale_way, now.time);
    }
    for (size_t n = 0; n < before.size(); ++n)
      if (moved[n])
        locals[n] = {between(before[n].translation, locals[n].translation, weight), between(before[n].rotation, locals[n].rotation, weight),
                     between(before[n].scale, locals[n].scale, weight)};
  }
  pose.resize(model.nodes.size());
  for (size_t i = 0; i < pose.size(); ++i) {
    const Local& l = locals[i];
    pose[i] = glm::translate(glm::mat4(1), l.translation) * glm::mat4_cast(l.rotation) * glm::scale(glm::mat4(1), l.scale);
  }
  for (const auto& [name, extra] : state.nodes)
    if (const int n = model.find_node(name); n >= 0) pose[static_cast<size_t>(n)] = pose[static_cast<size_t>(n)] * extra;
  // Parents stand before their children, so one pass suffices.
  for (size_t i = 0; i < pose.size(); ++i)
    if (const int parent = model.nodes[i].parent; parent >= 0) pose[i] = pose[static_cast<size_t>(parent)] * pose[i];
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
