#include "engine/bench/scenes.h"

#include <array>
#include <cmath>
#include <glm/gtc/constants.hpp>
#include <glm/gtc/matrix_transform.hpp>

#include "engine/asset/mesh_cook.h"
#include "engine/base/random.h"

namespace shixun {

Model plain_model(const std::vector<glm::vec3>& positions, std::vector<uint32_t> indices, glm::vec3 color, float roughness, bool chunks) {
  Model model;
  Mesh mesh;
  mesh.lower = glm::vec3(1e30f);
  mesh.upper = glm::vec3(-1e30f);
  mesh.vertices.reserve(positions.size());
  for (const glm::vec3& p : positions) {
    mesh.vertices.push_back({p, glm::vec3(0), glm::vec4(0), glm::vec2(0), 1});
    mesh.lower = glm::min(mesh.lower, p);
    mesh.upper = glm::max(mesh.upper, p);
  }
  for (size_t i = 0; i + 2 < indices.size(); i += 3) {
    Vertex *a = &mesh.vertices[indices[i]], *b = &mesh.vertices[indices[i + 1]], *c = &mesh.vertices[indices[i + 2]];
    const glm::vec3 n = glm::cross(b->position - a->position, c->position - a->position);  // larger triangles count more
    for (Vertex* v : {a, b, c}) v->normal += n;
  }
  for (Vertex& v : mesh.vertices) v.normal = glm::dot(v.normal, v.normal) > 0 ? glm::normalize(v.normal) : glm::vec3(0, 1, 0);
  mesh.indices = std::move(indices);
  Material m;
  m.base_color = glm::vec4(color, 1);
  m.metallic = 0;
  m.roughness = roughness;
  model.materials.push_back(m);
  model.meshes.push_back(std::move(mesh));
  model.nodes.emplace_back();
  model.nodes[0].meshes = {0};
  cook_meshes(model, chunks);
  return model;
}

// Four corners a side, so that each is flat.
Model slab_model(glm::vec3 color) {
  std::vector<glm::vec3> corners;
  std::vector<uint32_t> indices;
  for (int axis = 0; axis < 3; ++axis)
    for (const float side : {-0.5f, 0.5f}) {
      const auto first = static_cast<uint32_t>(corners.size());
      for (int k = 0; k < 4; ++k) {
        glm::vec3 p(0);
        p[axis] = side;
        p[(axis + 1) % 3] = (k & 1) ? 0.5f : -0.5f;
        p[(axis + 2) % 3] = (k & 2) ? 0.5f : -0.5f;
        corners.push_back(p);
      }
      for (uint32_t v : side > 0 ? std::array{0u, 1u, 3u, 0u, 3u, 2u} : std::array{0u, 3u, 1u, 0u, 2u, 3u}) indices.push_back(first + v);
    }
  return plain_model(corners, std::move(indices), color, 1);
}

gpu::Instance placed(const GpuScene::Part& part, glm::vec3 at, const glm::mat3& a) {
  gpu::Instance g{};
  g.row0 = {a[0][0], a[1][0], a[2][0], at.x};
  g.row1 = {a[0][1], a[1][1], a[2][1], at.y};
  g.row2 = {a[0][2], a[1][2], a[2][2], at.z};
  g.mesh = part.mesh;
  g.material = part.material;
  g.flags = part.flags;
  return g;
}

namespace {

struct Dice {
  Pcg32 random;
  float in(float lower, float upper) { return lower + (upper - lower) * static_cast<float>(random.next() >> 8) / 16777216.0f; }
  glm::quat turn() { return glm::normalize(glm::quat(in(-1, 1), in(-1, 1), in(-1, 1), in(-1, 1) + 1e-3f)); }
  glm::vec3 color() { return {in(0.2f, 0.9f), in(0.2f, 0.9f), in(0.2f, 0.9f)}; }
};

// A lump of rings * 2 rings quads, each of its own shape.
Model lump_model(Dice& dice, uint32_t rings, float bumps, bool chunks = true) {
  std::vector<glm::vec3> at;
  std::vector<uint32_t> indices;
  const float a = dice.in(2, 6), b = dice.in(2, 6), c = dice.in(0, 6);
  for (uint32_t i = 0; i <= rings; ++i)
    for (uint32_t k = 0; k <= 2 * rings; ++k) {
      const float t = glm::pi<float>() * static_cast<float>(i) / static_cast<float>(rings), p = glm::pi<float>() * static_cast<float>(k % (2 * rings)) / static_cast<float>(rings);
      const glm::vec3 d(std::sin(t) * std::cos(p), std::cos(t), std::sin(t) * std::sin(p));
      at.push_back(d * (0.5f + bumps * std::sin(a * d.x * 3 + c) * std::sin(b * d.y * 3)));
    }
  for (uint32_t i = 0; i < rings; ++i)
    for (uint32_t k = 0; k < 2 * rings; ++k) {
      const uint32_t p = i * (2 * rings + 1) + k, q = p + 2 * rings + 1;
      for (uint32_t v : {p, p + 1, q, p + 1, q + 1, q}) indices.push_back(v);
    }
  return plain_model(at, std::move(indices), dice.color(), 0.5f, chunks);
}

struct Maker {
  GpuScene& scene;
  std::vector<gpu::Instance> instances;
  Result<GpuScene::Part> part(const Model& model) const {
    auto id = scene.add_model(model);
    if (!id) return id.error();
    return scene.parts(*id).at(0);
  }
  Status all_parts(const Model& model, glm::vec3 at, const glm::mat3& axes) {
    auto id = scene.add_model(model);
    if (!id) return id.error();
    for (const GpuScene::Part& p : scene.parts(*id)) put(p, at, axes);
    return ok();
  }
  void put(const GpuScene::Part& p, glm::vec3 at, const glm::mat3& axes) { instances.push_back(placed(p, at, axes)); }
  void slab(const GpuScene::Part& p, glm::vec3 lower, glm::vec3 upper) {
    const glm::vec3 d = upper - lower;
    put(p, (lower + upper) * 0.5f, glm::mat3(d.x, 0, 0, 0, d.y, 0, 0, 0, d.z));
  }
};

// Things on an open field, seen from a circle round it.
Status make_field(Maker& m, Dice& dice, BenchScene& b, const BenchRequest& request) {
  std::vector<GpuScene::Part> parts;
  for (int i = 0; i < 8; ++i) {
    auto part = i % 2 ? m.part(lump_model(dice, 6, 0)) : m.part(slab_model(dice.color()));
    if (!part) return part.error();
    parts.push_back(*part);
  }
  const auto side = static_cast<uint32_t>(std::ceil(std::sqrt(static_cast<double>(request.count))));
  for (uint32_t i = 0; i < request.count; ++i) {
    const glm::vec3 at(2.0f * (static_cast<float>(i % side) - 0.5f * static_cast<float>(side)) + dice.in(-0.5f, 0.5f), dice.in(0, 1.5f),
                       2.0f * (static_cast<float>(i / side) - 0.5f * static_cast<float>(side)) + dice.in(-0.5f, 0.5f));
    m.put(parts[dice.random.below(8)], at, glm::mat3_cast(dice.turn()) * dice.in(0.5f, 1.5f));
  }
  const float r = static_cast<float>(side) + 10;
  for (uint32_t f = 0; f < request.frames; ++f) {
    const float a = 0.02f * static_cast<float>(f);
    b.path.push_back(look_at({r * std::cos(a), 6, r * std::sin(a)}, {0, 0, 0}));
  }
  return ok();
}

// Rooms of 8 m with doors and two dozen things each; the path walks through doors, so that nearly all of it is hidden.
Status make_maze(Maker& m, Dice& dice, BenchScene& b, const BenchRequest& request) {
  constexpr float kRoom = 8;
  constexpr uint32_t kThings = 24;
  auto wall = m.part(slab_model({0.6f, 0.58f, 0.5f}));
  if (!wall) return wall.error();
  std::vector<GpuScene::Part> parts;
  for (int i = 0; i < 8; ++i) {
    auto part = m.part(lump_model(dice, 10, 0.08f));
    if (!part) return part.error();
    parts.push_back(*part);
  }
  const auto rooms = static_cast<uint32_t>(std::max(2.0, std::ceil(std::sqrt(static_cast<double>(request.count) / kThings))));
  for (uint32_t z = 0; z <= rooms; ++z)
    for (uint32_t x = 0; x <= rooms; ++x) {
      const float x0 = kRoom * static_cast<float>(x), z0 = kRoom * static_cast<float>(z);
      // Every door stands in the middle of its wall, so that a straight walk passes it.
      for (const bool along_x : {false, true}) {
        if ((along_x ? x : z) == rooms) continue;
        const bool outer = along_x ? z == 0 || z == rooms : x == 0 || x == rooms;
        const auto piece = [&](float from, float to) {
          if (along_x) m.slab(*wall, {x0 + from, 0, z0 - 0.1f}, {x0 + to, 3, z0 + 0.1f});
          else m.slab(*wall, {x0 - 0.1f, 0, z0 + from}, {x0 + 0.1f, 3, z0 + to});
        };
        if (outer) piece(0, kRoom);
        else piece(0, kRoom / 2 - 0.6f), piece(kRoom / 2 + 0.6f, kRoom);
      }
      if (x == rooms || z == rooms) continue;
      for (uint32_t i = 0; i < kThings; ++i) {
        // Beside the ways that cross the room.
        const float side_x = dice.random.below(2) ? dice.in(0.6f, 3) : dice.in(5, 7.4f), side_z = dice.random.below(2) ? dice.in(0.6f, 3) : dice.in(5, 7.4f);
        m.put(parts[dice.random.below(8)], {x0 + side_x, dice.in(0.3f, 2.6f), z0 + side_z}, glm::mat3_cast(dice.turn()) * dice.in(0.3f, 0.7f));
      }
    }
  const float size = kRoom * static_cast<float>(rooms);
  m.slab(*wall, {0, -0.2f, 0}, {size, 0, size});
  m.slab(*wall, {0, 3, 0}, {size, 3.2f, size});
  // Three rooms on, turn right, three on, and so round.
  glm::vec3 eye(kRoom * (std::floor(static_cast<float>(rooms) / 2) + 0.5f), 1.6f, kRoom * (std::floor(static_cast<float>(rooms) / 2) + 0.5f));
  float yaw = 0;
  for (uint32_t f = 0; f < request.frames; ++f) {
    const uint32_t leg = f % 24;
    if (leg >= 16) yaw -= glm::half_pi<float>() / 8;
    else eye += look_orientation(yaw, 0) * glm::vec3(0, 0, -kRoom / 16);
    Camera camera;
    camera.eye = eye;
    camera.orientation = look_orientation(yaw + 0.3f * std::sin(0.2f * static_cast<float>(f)), -0.03f);
    b.path.push_back(camera);
  }
  return ok();
}

// One wall before everything, and a camera that jumps from before it to behind it.
Status make_wall(Maker& m, Dice& dice, BenchScene& b, const BenchRequest& request) {
  if (auto s = make_field(m, dice, b, request); !s) return s;
  const float size = std::sqrt(static_cast<float>(request.count)) * 2;
  auto wall = m.part(slab_model({0.6f, 0.58f, 0.5f}));
  if (!wall) return wall.error();
  m.slab(*wall, {-size * 2, -5, size / 2 + 10}, {size * 2, 60, size / 2 + 11});
  b.path.clear();
  b.jumps = true;
  for (uint32_t f = 0; f < request.frames; ++f) {
    const bool behind = f % 6 == 5;
    const float x = dice.in(-0.3f, 0.3f) * size, z = size / 2 + (behind ? 5.0f : 25.0f);
    b.path.push_back(look_at({x, 3, z}, {x * 0.5f, 1, 0}));
  }
  return ok();
}

// Two hundred different parts with levels of detail on benches in a hall; a tenth of them moves.
Status make_workshop(Maker& m, Dice& dice, BenchScene& b, const BenchRequest& request) {
  std::vector<GpuScene::Part> parts;
  for (int i = 0; i < 200; ++i) {
    auto part = m.part(lump_model(dice, 12 + dice.random.below(28), 0.1f));
    if (!part) return part.error();
    parts.push_back(*part);
  }
  auto bench = m.part(slab_model({0.5f, 0.4f, 0.3f})), wall = m.part(slab_model({0.7f, 0.7f, 0.65f}));
  if (!bench) return bench.error();
  if (!wall) return wall.error();
  // Forty parts a bench, benches in rows with a partition behind each.
  const uint32_t benches = std::max(1u, request.count / 40), side = static_cast<uint32_t>(std::ceil(std::sqrt(static_cast<double>(benches))));
  for (uint32_t i = 0; i < benches; ++i) {
    const glm::vec3 at(5.0f * static_cast<float>(i % side), 0, 4.0f * static_cast<float>(i / side));
    m.slab(*bench, at + glm::vec3(-1.5f, 0.85f, -0.5f), at + glm::vec3(1.5f, 0.9f, 0.5f));
    m.slab(*wall, at + glm::vec3(-2.2f, 0, 0.7f), at + glm::vec3(2.2f, 2.4f, 0.8f));
    for (uint32_t k = 0; k < 40; ++k)
      m.put(parts[dice.random.below(200)], at + glm::vec3(-1.4f + 0.14f * static_cast<float>(k % 20), 1, k < 20 ? -0.2f : 0.25f),
            glm::mat3_cast(dice.turn()) * dice.in(0.1f, 0.18f));
  }
  const float x1 = 5.0f * static_cast<float>(side), z1 = 4.0f * static_cast<float>(side);
  m.slab(*wall, {-4, -0.2f, -4}, {x1, 0, z1});
  b.moving = request.count / 10;
  for (uint32_t f = 0; f < request.frames; ++f) {
    const float t = static_cast<float>(f) * 0.06f;
    b.path.push_back(look_at({2.5f + std::fmod(t, x1), 1.7f, -3 + 0.5f * t}, {6 + std::fmod(t, x1), 1, 6 + 0.5f * t}));
  }
  return ok();
}

// One part of two million triangles, seen from near by: as chunks, or as one.
Status make_cad(Maker& m, Dice& dice, BenchScene& b, const BenchRequest& request, bool chunks) {
  Model model = lump_model(dice, 707, 0.05f, chunks);
  if (auto s = m.all_parts(model, {0, 0, 0}, glm::mat3(4)); !s) return s;
  for (uint32_t f = 0; f < request.frames; ++f) {
    const float a = 0.03f * static_cast<float>(f), r = 3.4f + 1.5f * std::sin(a);
    b.path.push_back(look_at({r * std::cos(a), 0.8f, r * std::sin(a)}, {2 * std::cos(a + 0.7f), 0, 2 * std::sin(a + 0.7f)}));
  }
  return ok();
}

}  // namespace

Result<BenchScene> make_bench_scene(const std::string& name, Device& device, Textures& textures, const BenchRequest& request) {
  BenchScene b;
  b.name = name;
  auto made = GpuScene::create(device, textures);
  if (!made) return made.error();
  b.scene = std::move(*made);
  b.lighting.key_shadow = request.shadows;
  b.lighting.show_room = false;
  Maker m{*b.scene, {}};
  Dice dice{Pcg32(request.seed, name)};
  Status done = ok();
  if (name == "field") done = make_field(m, dice, b, request);
  else if (name == "maze") done = make_maze(m, dice, b, request);
  else if (name == "wall") done = make_wall(m, dice, b, request);
  else if (name == "workshop") done = make_workshop(m, dice, b, request);
  else if (name == "cad" || name == "cad-whole") done = make_cad(m, dice, b, request, name == "cad");
  else return Error{Code::kUsage, name, "is not a scene", "Known: field, maze, workshop, wall, cad"};
  if (!done) return done.error();
  b.slots = static_cast<uint32_t>(m.instances.size());
  b.first_slot = b.scene->add_scenery(std::move(m.instances));
  return b;
}

}  // namespace shixun
