// The hall of rooms that several engines have been timed on.

#include <cstring>
#include <fmt/format.h>
#include <glm/gtc/matrix_transform.hpp>
#include <glm/gtc/quaternion.hpp>

#include "engine/asset/mesh_cook.h"
#include "engine/base/json.h"
#include "engine/bench/scenes.h"

namespace shixun {

namespace {

constexpr uint64_t kFileLimit = 1ull << 30;

Error broken(const fs::path& file, const std::string& what) { return {Code::kFailed, file.string(), what, "Expected a hall, format \"hall-1\""}; }

struct MeshEntry {
  uint64_t vertices, triangles, positions, normals, indices;
};

glm::vec3 vec3_of(const nlohmann::json& j) { return {j.at(0).get<float>(), j.at(1).get<float>(), j.at(2).get<float>()}; }

Result<Model> mesh_model(const fs::path& file, const std::string& bytes, const MeshEntry& e, const std::vector<glm::vec3>& colors) {
  const auto inside = [&](uint64_t at, uint64_t size) { return at <= bytes.size() && size <= bytes.size() - at; };
  if (e.vertices > 65536 || e.triangles > 1u << 24 || !inside(e.positions, 12 * e.vertices) || !inside(e.normals, 12 * e.vertices) ||
      !inside(e.indices, 6 * e.triangles))
    return broken(file, "a mesh reaches past the end of the file");
  Model model;
  Mesh mesh;
  mesh.vertices.resize(e.vertices);
  mesh.lower = glm::vec3(1e30f);
  mesh.upper = glm::vec3(-1e30f);
  for (size_t i = 0; i < e.vertices; ++i) {
    Vertex& v = mesh.vertices[i];
    v = {};
    std::memcpy(&v.position, bytes.data() + e.positions + 12 * i, 12);
    std::memcpy(&v.normal, bytes.data() + e.normals + 12 * i, 12);
    v.occlusion = 1;
    mesh.lower = glm::min(mesh.lower, v.position);
    mesh.upper = glm::max(mesh.upper, v.position);
  }
  mesh.indices.resize(3 * e.triangles);
  for (size_t i = 0; i < mesh.indices.size(); ++i) {
    uint16_t index;
    std::memcpy(&index, bytes.data() + e.indices + 2 * i, 2);
    if (index >= e.vertices) return broken(file, "an index points past the vertices");
    mesh.indices[i] = index;
  }
  // One node a colour: each is a part of its own.
  Node root;
  model.nodes.push_back(root);
  for (size_t i = 0; i < colors.size(); ++i) {
    Material m;
    m.base_color = glm::vec4(colors[i], 1);
    m.metallic = 0;
    model.materials.push_back(m);
  }
  model.meshes.push_back(std::move(mesh));
  model.nodes[0].meshes = {0};
  cook_meshes(model);
  if (model.meshes.size() != 1) return broken(file, "a mesh is larger than one part");
  return model;
}

}  // namespace

Result<BenchScene> load_hall(Device& device, Textures& textures, const BenchRequest& request) {
  auto text = read_file(request.file);
  if (!text) return text.error();
  if (!nests_within(*text, 16)) return broken(request.file, "nests too deep");
  const nlohmann::json j = nlohmann::json::parse(*text, nullptr, false);
  if (!j.is_object() || j.value("format", "") != "hall-1") return broken(request.file, "is not a hall");
  BenchScene b;
  b.name = "hall";
  b.jumps = request.walk <= 1;
  auto made = GpuScene::create(device, textures);
  if (!made) return made.error();
  b.scene = std::move(*made);
  try {
    const fs::path dir = request.file.parent_path();
    std::vector<glm::vec3> colors;
    for (const auto& m : j.at("materials")) colors.push_back(vec3_of(m));
    auto mesh_bytes = read_file(dir / j.at("meshes_bin").get<std::string>(), kFileLimit);
    if (!mesh_bytes) return mesh_bytes.error();
    // parts[mesh * colours + material]
    std::vector<GpuScene::Part> parts;
    for (const auto& m : j.at("meshes")) {
      auto model = mesh_model(request.file, *mesh_bytes,
                              {m.at("vertices").get<uint64_t>(), m.at("triangles").get<uint64_t>(), m.at("positions").get<uint64_t>(),
                               m.at("normals").get<uint64_t>(), m.at("indices").get<uint64_t>()},
                              colors);
      if (!model) return model.error();
      auto id = b.scene->add_model(*model);
      if (!id) return id.error();
      const GpuScene::Part part = b.scene->parts(*id).at(0);
      // A model's materials lie in the table in their order, one after the other, in a scene that has lost none.
      for (uint32_t c = 0; c < colors.size(); ++c) parts.push_back({part.mesh, part.material + c, part.flags});
    }
    const auto box_part = [&](glm::vec3 color) -> Result<GpuScene::Part> {
      auto id = b.scene->add_model(slab_model(color));
      if (!id) return id.error();
      return b.scene->parts(*id).at(0);
    };
    std::vector<gpu::Instance> instances;
    const auto& list = j.at("instances");
    const auto& walls = j.at("walls");
    const auto count = list.at("count").get<uint64_t>(), wall_count = walls.at("count").get<uint64_t>();
    instances.reserve(count + wall_count + 2);
    {
      auto bytes = read_file(dir / list.at("file").get<std::string>(), kFileLimit);
      if (!bytes) return bytes.error();
      if (list.at("stride").get<int>() != 36 || bytes->size() / 36 < count) return broken(request.file, "the instances are fewer than said");
      for (uint64_t i = 0; i < count; ++i) {
        float f[8];
        uint16_t m[2];
        std::memcpy(f, bytes->data() + 36 * i, sizeof f);
        std::memcpy(m, bytes->data() + 36 * i + 32, sizeof m);
        if (m[1] >= colors.size() || m[0] * colors.size() + m[1] >= parts.size()) return broken(request.file, fmt::format("instance {} names a mesh or a colour that is not there", i));
        instances.push_back(placed(parts[m[0] * colors.size() + m[1]], {f[0], f[1], f[2]}, glm::mat3_cast(glm::quat(f[6], f[3], f[4], f[5])) * f[7]));
      }
    }
    b.slots = static_cast<uint32_t>(count);
    auto wall = box_part(vec3_of(j.at("wall_color"))), floor = box_part(vec3_of(j.at("floor_color"))), ceiling = box_part(vec3_of(j.at("ceiling_color")));
    if (!wall) return wall.error();
    if (!floor) return floor.error();
    if (!ceiling) return ceiling.error();
    auto bytes = read_file(dir / walls.at("file").get<std::string>(), kFileLimit);
    if (!bytes) return bytes.error();
    if (walls.at("stride").get<int>() != 24 || bytes->size() / 24 < wall_count) return broken(request.file, "the walls are fewer than said");
    const auto slab_at = [&](const GpuScene::Part& part, glm::vec3 center, glm::vec3 half) {
      instances.push_back(placed(part, center, glm::mat3(2 * half.x, 0, 0, 0, 2 * half.y, 0, 0, 0, 2 * half.z)));
    };
    for (uint64_t i = 0; i < wall_count; ++i) {
      float f[6];
      std::memcpy(f, bytes->data() + 24 * i, sizeof f);
      slab_at(*wall, {f[0], f[1], f[2]}, {f[3], f[4], f[5]});
    }
    const auto& hall = j.at("hall");
    const glm::vec3 lower = vec3_of(hall), upper(hall.at(3).get<float>(), hall.at(4).get<float>(), hall.at(5).get<float>());
    const glm::vec3 middle = (lower + upper) * 0.5f, half = (upper - lower) * 0.5f + 0.1f;
    slab_at(*floor, {middle.x, lower.y - 0.05f, middle.z}, {half.x, 0.05f, half.z});
    slab_at(*ceiling, {middle.x, upper.y + 0.05f, middle.z}, {half.x, 0.05f, half.z});
    b.first_slot = b.scene->add_scenery(std::move(instances));

    const auto& light = j.at("light");
    Lighting& l = b.lighting;
    l.key_direction = vec3_of(light.at("direction"));
    l.key_color = vec3_of(light.at("color"));
    l.key_shadow = request.shadows;
    l.floor_color = l.wall_color = l.ceiling_color = vec3_of(light.at("ambient"));
    l.room_lower = lower;
    l.room_upper = upper;
    l.show_room = false;

    const auto& camera = j.at("camera");
    const auto& poses = camera.at("poses");
    const auto at = [&](size_t i) {
      const auto& p = poses.at(i);
      return std::pair{vec3_of(p), glm::vec3(p.at(3).get<float>(), p.at(4).get<float>(), p.at(5).get<float>())};
    };
    const uint32_t stride = std::max(request.stride, 1u), walk = std::max(request.walk, 1u);
    for (size_t i = 0; i < poses.size(); i += stride) {
      const auto [eye, target] = at(i);
      // The path ends at its last pose: there is nothing to walk on to.
      const auto [next_eye, next_target] = at(i + stride < poses.size() ? i + stride : i);
      for (uint32_t k = 0; k < walk; ++k) {
        const float t = static_cast<float>(k) / static_cast<float>(walk);
        b.path.push_back(look_at(glm::mix(eye, next_eye, t), glm::mix(target, next_target, t), glm::radians(camera.at("fov_y_deg").get<float>()),
                                 camera.at("near").get<float>()));
        if (i + stride >= poses.size()) break;
      }
    }
  } catch (const nlohmann::json::exception& e) {
    return broken(request.file, e.what());
  } catch (const std::out_of_range& e) {
    return broken(request.file, e.what());
  }
  return b;
}

}  // namespace shixun
