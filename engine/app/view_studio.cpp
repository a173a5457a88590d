// One model in a studio: `shixun shot --model`. The light and the camera are those of assets/src/preview.py, so that both pictures can be
// laid side by side.

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <glm/gtc/constants.hpp>

#include "engine/app/view_pages.h"
#include "engine/anim/play.h"
#include "engine/anim/skin.h"
#include "engine/asset/cook.h"
#include "engine/render/capture.h"
#include "engine/render/renderer.h"

namespace shixun {
namespace {

// A path, or the name of a model of the library.
Result<fs::path> find_model(const std::string& name) {
  std::error_code ec;
  if (fs::is_regular_file(name, ec)) return fs::path(name);
  auto root = data_root();
  if (!root) return root.error();
  const fs::path library = *root / "assets" / "models";
  if (const fs::path file = library / (name + ".gltf"); name.find('/') == std::string::npos && fs::is_regular_file(file, ec)) return file;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(library, ec))
    if (entry.path().extension() == ".gltf") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  std::string all;
  for (const std::string& n : names) all += (all.empty() ? "" : ", ") + n;
  return Error{Code::kUsage, "--model", "'" + name + "' is neither a file nor a model of the library", "The library has: " + all};
}

std::vector<glm::vec3> corners_of(const Model& model, const PoseState& state) {
  const auto matrices = pose_of(model, state);
  std::vector<glm::vec3> corners;
  for (size_t n = 0; n < model.nodes.size(); ++n)
    for (const uint32_t m : model.nodes[n].meshes) {
      const Mesh& mesh = model.meshes[m];
      glm::mat4 to_model = matrices[n];
      PosedBox box{mesh.lower, mesh.upper};
      if (model.nodes[n].skin >= 0 && !mesh.skin.empty()) {
        // To the vertex: it is to stand on the floor.
        box = {glm::vec3(1e9f), glm::vec3(-1e9f)};
        for (const Vertex& v : skinned_vertices(mesh, joint_matrices(model.skins[static_cast<size_t>(model.nodes[n].skin)], matrices)))
          box = {glm::min(box.lower, v.position), glm::max(box.upper, v.position)};
        to_model = glm::mat4(1);
      }
      for (int c = 0; c < 8; ++c)
        corners.emplace_back(to_model * glm::vec4(c & 1 ? box.upper.x : box.lower.x, c & 2 ? box.upper.y : box.lower.y, c & 4 ? box.upper.z : box.lower.z, 1));
    }
  return corners;
}

// The model's pose by the clip that was asked for.
Result<PoseState> pose_by_clip(const Model& model, const std::string& name, double second) {
  if (name.empty()) return PoseState{};
  std::string all;
  for (const Clip& c : model.clips) {
    if (c.name == name) return pose_at(model, std::array{Play{.clip = name, .fade = 0}}, second);
    all += (all.empty() ? "" : ", ") + c.name;
  }
  return Error{Code::kUsage, "--clip", "the model has no clip '" + name + "'", all.empty() ? "It has none at all" : "It has: " + all};
}

// Centres the outline, then steps back until it fits. The longer side of the picture spans 30 degrees.
Camera fitted_camera(const std::vector<glm::vec3>& corners, const StudioView& view, float width, float height) {
  const float yaw = glm::radians(view.yaw_deg), pitch = glm::radians(view.pitch_deg);
  const glm::vec3 back(std::sin(yaw) * std::cos(pitch), std::sin(pitch), std::cos(yaw) * std::cos(pitch));
  const glm::vec3 right(std::cos(yaw), 0, -std::sin(yaw)), up = glm::cross(back, right);
  const float half = std::tan(glm::radians(15.0f));
  const float tx = half * std::min(1.0f, width / height), ty = tx * height / width;
  glm::vec3 lower(1e9f), upper(-1e9f);
  for (const glm::vec3& p : corners) lower = glm::min(lower, p), upper = glm::max(upper, p);
  glm::vec3 middle = (lower + upper) * 0.5f;
  float distance = 1;
  for (int turn = 0; turn < 3; ++turn) {
    distance = 1e-3f;
    for (const glm::vec3& p : corners) {
      const glm::vec3 q = p - middle;
      distance = std::max(distance, (glm::dot(q, back) + std::max(std::abs(glm::dot(q, right)) / tx, std::abs(glm::dot(q, up)) / ty)) * 1.06f);
    }
    for (const glm::vec3& axis : {right, up}) {
      float least = 1e9f, most = -1e9f;
      for (const glm::vec3& p : corners) {
        const float at = glm::dot(p - middle, axis) / (distance - glm::dot(p - middle, back));
        least = std::min(least, at);
        most = std::max(most, at);
      }
      middle += axis * ((most + least) / 2 * distance);
    }
  }
  if (view.distance > 0) distance = view.distance;
  if (view.height >= 0) middle = {(lower.x + upper.x) / 2, lower.y + view.height, (lower.z + upper.z) / 2};
  return look_at(middle + back * distance, middle, 2 * std::atan(ty), glm::length(upper - lower) / 400);
}

Model floor_of(glm::vec3 middle, float half) {
  Model model;
  model.name = "studio floor";
  Node root;
  root.name = "floor";
  root.translation = middle;
  root.meshes = {0};
  model.nodes = {root};
  Material grey;
  grey.base_color = {0.10f, 0.105f, 0.11f, 1};
  grey.metallic = 0;
  grey.roughness = 0.42f;
  model.materials = {grey};
  Mesh mesh;
  mesh.name = "floor";
  mesh.lower = {-half, 0, -half};
  mesh.upper = {half, 0, half};
  for (const glm::vec2 c : {glm::vec2(-1, -1), glm::vec2(-1, 1), glm::vec2(1, 1), glm::vec2(1, -1)})
    mesh.vertices.push_back({{c.x * half, 0, c.y * half}, {0, 1, 0}, {0, 0, 0, 1}, c, 1});
  mesh.indices = {0, 1, 2, 0, 2, 3};
  model.meshes = {mesh};
  return model;
}

}  // namespace

Status write_model_shot(const ViewRequest& request) {
  auto file = find_model(request.model);
  if (!file) return file.error();
  auto model = load_cooked_model(*file, places().cache);
  if (!model) return model.error();
  auto pose = pose_by_clip(*model, request.clip, request.clip_s);
  if (!pose) return pose.error();
  const std::vector<glm::vec3> corners = corners_of(*model, *pose);
  if (corners.empty()) return Error{Code::kFailed, file->string(), "has nothing to be seen", ""};
  glm::vec3 lower(1e9f), upper(-1e9f);
  for (const glm::vec3& p : corners) lower = glm::min(lower, p), upper = glm::max(upper, p);

  auto device = create_device();
  if (!device) return device.error();
  auto renderer = Renderer::create(**device, options_of(tier_from_name(request.tier).value_or(Tier::kHigh)));
  if (!renderer) return renderer.error();
  auto scene = GpuScene::create(**device, (*renderer)->textures());
  if (!scene) return scene.error();
  auto subject = (*scene)->add_model(*model);
  if (!subject) return subject.error();

  Frame frame;
  const bool room = request.studio == StudioView::Place::kRoom;
  const float radius = glm::length(upper - lower) / 2;
  glm::mat4 place(1);
  std::vector<glm::vec3> placed = corners;
  if (room) {
    auto bay_file = find_model("workshop_bay");
    if (!bay_file) return bay_file.error();
    auto bay = load_cooked_model(*bay_file, places().cache);
    if (!bay) return bay.error();
    auto id = (*scene)->add_model(*bay);
    if (!id) return id.error();
    const Bounds bounds = (*scene)->model_bounds(*id);
    (*scene)->set_in_room((*scene)->add_object(*id, glm::mat4(1)), true);
    place[3] = glm::vec4((bounds.lower.x + bounds.upper.x) / 2 - (lower.x + upper.x) / 2, -lower.y, (bounds.lower.z + bounds.upper.z) / 2 - (lower.z + upper.z) / 2, 1);
    for (glm::vec3& p : placed) p += glm::vec3(place[3]);
    frame.lighting = workshop_lighting(bounds.lower, bounds.upper);
    frame.lighting.occlusion_radius = std::min(frame.lighting.occlusion_radius, 0.4f * radius);
  } else {
    frame.lighting = studio_lighting(lower, upper, glm::radians(request.view.yaw_deg));
    auto floor = (*scene)->add_model(floor_of({(lower.x + upper.x) / 2, lower.y - radius * 0.002f, (lower.z + upper.z) / 2}, 60 * radius));
    if (!floor) return floor.error();
    const ObjectId ground = (*scene)->add_object(*floor, glm::mat4(1));
    (*scene)->set_casts_shadow(ground, false);
    (*scene)->set_in_room(ground, true);
  }
  (*scene)->add_object(*subject, place, *pose);
  frame.scene = scene->get();
  frame.camera = fitted_camera(placed, request.view, static_cast<float>(request.width), static_cast<float>(request.height));

  auto canvas = create_canvas(**device, request.width, request.height);
  if (!canvas) return canvas.error();
  if (const Status drawn = (*renderer)->draw(canvas->target(), frame); !drawn) return drawn;
  auto pixels = capture(**device, *canvas);
  if (!pixels) return pixels.error();
  if (const Status made = make_dirs(request.out.parent_path().empty() ? fs::path(".") : request.out.parent_path()); !made) return made;
  return write_png(request.out, *pixels);
}

}  // namespace shixun
