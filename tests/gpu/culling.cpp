// The culling maths on the CPU against brute force, and the GPU's verdict against the CPU's.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "engine/asset/mesh_cook.h"
#include "shaders/cull.h"
#include "tests/gpu/support.h"

namespace shixun::test {
namespace {

struct Dice {
  std::mt19937 engine;
  explicit Dice(uint32_t seed) : engine(seed) {}
  // Own scaling: the standard's distributions differ between libraries.
  float in(float lower, float upper) { return lower + (upper - lower) * static_cast<float>(engine() >> 8) / 16777216.0f; }
  glm::vec3 vec(float r) { return {in(-r, r), in(-r, r), in(-r, r)}; }
  glm::quat turn() { return glm::normalize(glm::quat(in(-1, 1), in(-1, 1), in(-1, 1), in(-1, 1) + 1e-3f)); }
};

// Off-centre and canted, as the eyes of a headset are.
gpu::View random_view(Dice& dice) {
  const glm::mat4 view = glm::mat4_cast(dice.turn()) * glm::translate(glm::mat4(1), dice.vec(5));
  return make_view(view, {dice.in(0.6f, 2.5f), -dice.in(0.6f, 2.5f), dice.in(-0.3f, 0.3f), dice.in(-0.3f, 0.3f)}, 0.05f);
}

struct Box {
  gpu::Instance instance{};
  gpu::MeshInfo mesh{};
};

// Turned, stretched and sheared.
Box random_box(Dice& dice) {
  Box b;
  b.mesh.center = dice.vec(1);
  b.mesh.half_extent = {dice.in(0.01f, 1), dice.in(0.01f, 1), dice.in(0.01f, 1)};
  b.mesh.radius = glm::length(b.mesh.half_extent);
  glm::mat4 m = glm::translate(glm::mat4(1), dice.vec(12)) * glm::mat4_cast(dice.turn());
  m = glm::scale(m, {dice.in(0.3f, 2), dice.in(0.3f, 2), dice.in(0.3f, 2)}) * glm::mat4_cast(dice.turn());
  b.instance.row0 = {m[0][0], m[1][0], m[2][0], m[3][0]};
  b.instance.row1 = {m[0][1], m[1][1], m[2][1], m[3][1]};
  b.instance.row2 = {m[0][2], m[1][2], m[2][2], m[3][2]};
  b.instance.flags = gpu::kInstanceVisible;
  return b;
}

// In clusters.
Model ball_model(float radius, uint32_t rings, const Material& material) {
  Model ball = model_of(sphere_mesh(radius, rings), material);
  cook_meshes(ball);
  EXPECT_GT(ball.meshes[0].clusters.size(), 4u);
  return ball;
}

glm::vec3 point_of(const Box& b, glm::vec3 unit) {
  return gpu::place_point(b.instance.row0, b.instance.row1, b.instance.row2, b.mesh.center + unit * b.mesh.half_extent);
}

TEST(Culling, NeverDropsABoxOfWhichAPointIsInView) {
  Dice dice(1);
  int kept = 0, seen = 0;
  for (int i = 0; i < 4000; ++i) {
    const gpu::View view = random_view(dice);
    const Box b = random_box(dice);
    bool inside = false;
    for (int x = 0; x <= 8 && !inside; ++x)
      for (int y = 0; y <= 8 && !inside; ++y)
        for (int z = 0; z <= 8 && !inside; ++z) {
          const glm::vec4 c = view.view_projection * glm::vec4(point_of(b, glm::vec3(x, y, z) / 4.0f - 1.0f), 1);
          inside = c.w >= view.near_m && std::abs(c.x) <= c.w && std::abs(c.y) <= c.w;
        }
    const bool keep = gpu::instance_in_views(b.instance, b.mesh, &view, 1);
    EXPECT_TRUE(keep || !inside) << "box " << i;
    kept += keep;
    seen += inside;
  }
  EXPECT_GT(seen, 200);
  EXPECT_LT(kept, seen * 3 / 2 + 100) << "keeps far more than can be seen";
}

TEST(Culling, DropsABoxThatLiesWhollyBeyondOneSide) {
  Dice dice(2);
  int dropped = 0;
  for (int i = 0; i < 4000; ++i) {
    const gpu::View view = random_view(dice);
    const Box b = random_box(dice);
    std::array<bool, 5> beyond;
    beyond.fill(true);
    for (int corner = 0; corner < 8; ++corner) {
      const glm::vec3 unit((corner & 1) ? 1 : -1, (corner & 2) ? 1 : -1, (corner & 4) ? 1 : -1);
      const glm::vec4 c = view.view_projection * glm::vec4(point_of(b, unit), 1);
      const float slack = 1e-3f;  // borderline boxes may go either way
      beyond[0] &= c.x < -c.w - slack;
      beyond[1] &= c.x > c.w + slack;
      beyond[2] &= c.y < -c.w - slack;
      beyond[3] &= c.y > c.w + slack;
      beyond[4] &= c.w < view.near_m - slack;
    }
    if (beyond[0] || beyond[1] || beyond[2] || beyond[3] || beyond[4]) {
      ++dropped;
      EXPECT_FALSE(gpu::instance_in_views(b.instance, b.mesh, &view, 1)) << "box " << i;
    }
  }
  EXPECT_GT(dropped, 1000);
}

TEST(Culling, KeepsWhatAnyOfSeveralViewsSees) {
  Dice dice(3);
  for (int i = 0; i < 500; ++i) {
    const gpu::View views[3] = {random_view(dice), random_view(dice), random_view(dice)};
    const Box b = random_box(dice);
    bool any = false;
    for (const gpu::View& v : views) any |= gpu::instance_in_views(b.instance, b.mesh, &v, 1);
    EXPECT_EQ(any, gpu::instance_in_views(b.instance, b.mesh, views, 3));
  }
}

TEST(Culling, KeepsNothingOfAnEmptyOrHiddenSlot) {
  Dice dice(4);
  const gpu::View view = make_view(look_at({0, 0, 5}, {0, 0, 0}), 1);
  Box b = random_box(dice);
  EXPECT_FALSE(gpu::instance_in_views(gpu::Instance{}, b.mesh, &view, 1));
  b.mesh.radius = 0;
  EXPECT_FALSE(gpu::instance_in_views(b.instance, b.mesh, &view, 1));
}

TEST(Culling, ParallelViewHoldsItsBox) {
  Dice dice(5);
  for (int i = 0; i < 200; ++i) {
    const glm::vec3 lower = dice.vec(5), upper = lower + glm::vec3(dice.in(0.1f, 4), dice.in(0.1f, 4), dice.in(0.1f, 4));
    const gpu::View view = make_parallel_view(glm::normalize(glm::vec3(dice.in(-1, 1), -1, dice.in(-1, 1))), lower, upper);
    for (int corner = 0; corner < 8; ++corner) {
      const glm::vec3 p((corner & 1) ? upper.x : lower.x, (corner & 2) ? upper.y : lower.y, (corner & 4) ? upper.z : lower.z);
      const glm::vec4 c = view.view_projection * glm::vec4(p, 1);
      EXPECT_LE(std::abs(c.x), 1);
      EXPECT_LE(std::abs(c.y), 1);
      EXPECT_GE(c.z, 0);
      EXPECT_LE(c.z, 1);
    }
  }
}

// Where the rasterizer puts a corner: whole steps of 1/256 pixel.
glm::dvec2 snapped(const gpu::View& view, glm::dvec3 p, double width, double height) {
  const glm::dvec4 c = glm::dmat4(view.view_projection) * glm::dvec4(p, 1);
  return glm::round((glm::dvec2(c) / c.w * 0.5 + 0.5) * glm::dvec2(width, height) * 256.0) / 256.0;
}

TEST(Culling, LeavesOutNoClusterOfWhichATriangleShowsItsFront) {
  Dice dice(9);
  constexpr uint32_t kWidth = 640, kHeight = 360;
  Model model = model_of(sphere_mesh(0.7f, 24), plain({1, 1, 1, 1}, 0, 1));
  for (Vertex& v : model.meshes[0].vertices) v.position *= 1 + 0.1f * std::sin(9 * v.position.x) * std::cos(7 * v.position.y);
  cook_meshes(model);
  const Mesh& mesh = model.meshes[0];
  ASSERT_GT(mesh.lods.size(), 2u);
  size_t left_out = 0, all = 0, mirrored = 0;
  for (int i = 0; i < 3000; ++i) {
    gpu::View view = random_view(dice);
    if (i % 4 == 0) view = make_parallel_view(glm::normalize(glm::vec3(dice.in(-1, 1), -1, dice.in(-1, 1))), glm::vec3(-9), glm::vec3(9));
    Box b = random_box(dice);
    if (i % 2) {  // as it is, only turned
      const glm::mat3 turn = glm::mat3_cast(dice.turn()) * dice.in(0.5f, 2);
      for (int k = 0; k < 3; ++k) b.instance.row0[k] = turn[k][0], b.instance.row1[k] = turn[k][1], b.instance.row2[k] = turn[k][2];
    }
    if (i % 5 == 0) b.instance.row0 *= -1.0f;
    const gpu::Inverse back = gpu::inverse_of(b.instance);
    const MeshLod& lod = mesh.lods[static_cast<size_t>(i) % mesh.lods.size()];
    for (uint32_t k = 0; k < lod.cluster_count; ++k) {
      const MeshCluster& c = mesh.clusters[lod.first_cluster + k];
      const gpu::Cluster cluster{(c.lower + c.upper) * 0.5f, c.cutoff, (c.upper - c.lower) * 0.5f, c.grain, c.apex, c.first_index, c.axis, c.index_count};
      ++all;
      if (!gpu::from_behind(cluster, gpu::eye_in_mesh(b.instance, back, view), back, gpu::slack_of(view, kWidth, kHeight))) continue;
      ++left_out;
      mirrored += i % 5 == 0;
      for (uint32_t t = c.first_index; t < c.first_index + c.index_count; t += 3) {
        glm::dvec3 p[3];
        bool ahead = true;
        for (uint32_t n = 0; n < 3; ++n) {
          const glm::vec3 v = mesh.vertices[mesh.indices[t + n]].position;
          p[n] = gpu::place_point(b.instance.row0, b.instance.row1, b.instance.row2, v);
          ahead &= (glm::dmat4(view.view_projection) * glm::dvec4(p[n], 1)).w > 0.05;
        }
        const glm::dvec3 normal = glm::cross(p[1] - p[0], p[2] - p[0]);
        const glm::dvec3 to_eye = view.near_m < -1e29f ? glm::dvec3(view.view[0].z, view.view[1].z, view.view[2].z) : glm::dvec3(view.eye) - p[0];
        // At the poles some are needles of no width, which face anywhere and change no pixel that their neighbours do not.
        const double longest = std::max({glm::distance(p[0], p[1]), glm::distance(p[1], p[2]), glm::distance(p[2], p[0])});
        if (glm::length(normal) < 1e-5 * longest) continue;
        EXPECT_LT(glm::dot(normal, to_eye), 0) << "view " << i << ", cluster " << k;
        if (!ahead) continue;
        glm::dvec2 s[3];
        for (uint32_t n = 0; n < 3; ++n) s[n] = snapped(view, p[n], kWidth, kHeight);
        // Down the screen y grows: what is counter-clockwise there has a negative area.
        EXPECT_GE((s[1].x - s[0].x) * (s[2].y - s[0].y) - (s[1].y - s[0].y) * (s[2].x - s[0].x), 0) << "view " << i << ", cluster " << k;
      }
    }
  }
  EXPECT_EQ(mirrored, 0u) << "their other side is drawn";
  EXPECT_GT(left_out * 6, all) << "hardly a cluster was left out";
}

class CullingOnGpu : public GpuTest {
 protected:
  std::vector<uint32_t> kept_by_cpu(const gpu::View& view) const {
    std::vector<uint32_t> slots;
    const auto& instances = scene->instances();
    for (uint32_t slot = 0; slot < instances.size(); ++slot)
      if (gpu::instance_in_views(instances[slot], scene->meshes()[instances[slot].mesh], &view, 1)) slots.push_back(slot);
    return slots;
  }
};

TEST_F(CullingOnGpu, KeepsExactlyTheInstancesTheCpuKeeps) {
  Dice dice(6);
  auto box = scene->add_model(model_of(box_mesh({0.2f, 0.3f, 0.1f}), plain({1, 1, 1, 1}, 0, 1)));
  Material glass = plain({1, 1, 1, 0.5f}, 0, 1);
  glass.alpha = Material::Alpha::kBlend;
  auto pane = scene->add_model(model_of(quad_mesh(0.3f), glass));
  ASSERT_TRUE(box && pane);
  std::vector<ObjectId> objects;
  for (int i = 0; i < 3000; ++i)
    objects.push_back(scene->add_object(i % 7 == 0 ? *pane : *box, glm::translate(glm::mat4(1), dice.vec(15)) * glm::mat4_cast(dice.turn())));
  for (int i = 0; i < 12; ++i) {
    // Teleports, and objects that come, go and move meanwhile.
    Frame frame = {};
    frame.scene = scene.get();
    frame.camera.eye = dice.vec(12);
    frame.camera.orientation = dice.turn();
    frame.camera.fov_y = dice.in(0.4f, 1.6f);
    for (int k = 0; k < 50; ++k) {
      const ObjectId id = objects[dice.engine() % objects.size()];
      if (k % 3 == 0) scene->remove_object(id);
      if (k % 3 == 1) scene->set_visible(id, k % 2 == 0);
      if (k % 3 == 2) scene->set_transform(id, glm::translate(glm::mat4(1), dice.vec(15)));
    }
    for (int k = 0; k < 10; ++k) objects.push_back(scene->add_object(*box, glm::translate(glm::mat4(1), dice.vec(15))));
    frame.culling.occlusion = false;
    draw(160, 90, frame);
    const gpu::View view = make_view(frame.camera, 160.0f / 90.0f);
    const std::vector<uint32_t> expected = kept_by_cpu(view);
    auto culled = renderer->read_culling();
    ASSERT_TRUE(culled) << culled.error().text();
    EXPECT_EQ(culled->drawn, expected) << "view " << i;
    EXPECT_FALSE(expected.empty());
    EXPECT_LT(expected.size(), scene->instances().size());
  }
}

TEST_F(CullingOnGpu, FollowsWhatLeavesItsCell) {
  auto box = scene->add_model(model_of(box_mesh({0.1f, 0.1f, 0.1f}), plain({1, 1, 1, 1}, 0, 1)));
  ASSERT_TRUE(box);
  // Clumps of one cell each, left and right of a place in view, and several blocks of them: more than a frame makes exact.
  constexpr uint32_t kClumps = 900;
  const glm::vec3 middle(0, 0, -10);
  std::vector<gpu::Instance> many;
  const GpuScene::Part part = scene->parts(*box).at(0);
  Dice dice(8);
  const auto place = [](gpu::Instance& g, glm::vec3 at) { g.row0 = {1, 0, 0, at.x}, g.row1 = {0, 1, 0, at.y}, g.row2 = {0, 0, 1, at.z}; };
  for (uint32_t i = 0; i < kClumps * gpu::kCellSize; ++i) {
    const int clump = static_cast<int>(i / gpu::kCellSize), row = clump / 2;
    const glm::vec3 at((clump % 2 ? 1 : -1) * (60 + 2 * (row / 30)), 3 * (row % 6 - 3), 3 * (row / 6 % 5 - 2));
    gpu::Instance g{};
    place(g, middle + at + dice.vec(0.2f));
    g.mesh = part.mesh;
    g.material = part.material;
    g.flags = part.flags;
    many.push_back(g);
  }
  const uint32_t first = scene->add_scenery(many);
  Frame frame = {};
  frame.scene = scene.get();
  frame.culling.occlusion = false;
  draw(160, 90, frame);
  const gpu::View view = make_view(frame.camera, 160.0f / 90.0f);
  // Straight to the middle and back, one way or several of a cell in one frame; some drift about in their cell.
  std::vector<glm::vec3> home;
  for (const gpu::Instance& g : scene->instances()) home.push_back({g.row0.w, g.row1.w, g.row2.w});
  for (uint32_t i = 0; i < 12; ++i) {
    for (uint32_t k = 0; k < 300; ++k) {
      const uint32_t slot = first + (i * 3701 + k * (i % 2 ? 1 : 4099)) % (kClumps * gpu::kCellSize);
      gpu::Instance g = scene->instances()[slot];
      const glm::vec3 at(g.row0.w, g.row1.w, g.row2.w);
      place(g, k % 3 == 0 ? at + dice.vec(0.01f) : at == home[slot] ? middle + (home[slot] - middle) * 0.01f : home[slot]);
      scene->move_scenery(slot, g.row0, g.row1, g.row2);
    }
    draw(160, 90, frame);
    const std::vector<uint32_t> expected = kept_by_cpu(view);
    auto culled = renderer->read_culling();
    ASSERT_TRUE(culled) << culled.error().text();
    EXPECT_EQ(culled->drawn, expected) << "frame " << i;
    EXPECT_FALSE(expected.empty());
  }
}

// What hides others comes first and need not fill a cell: the cells after it hold neighbours all the same.
TEST_F(CullingOnGpu, LooksIntoNoMoreCellsWhereWallsComeFirst) {
  uint32_t tested[2];
  for (const bool walls : {false, true}) {
    use({.samples = 1});
    const auto wall = scene->add_model(model_of(box_mesh({0.1f, 0.1f, 0.1f}), plain({1, 1, 1, 1}, 0, 1)));
    const auto ball = scene->add_model(ball_model(0.2f, 16, plain({1, 1, 1, 1}, 0, 1)));
    ASSERT_TRUE(wall && ball);
    std::vector<gpu::Instance> many;
    const auto place = [&](ModelId model, glm::vec3 at) {
      const GpuScene::Part part = scene->parts(model).at(0);
      many.push_back({{1, 0, 0, at.x}, {0, 1, 0, at.y}, {0, 0, 1, at.z}, part.mesh, part.material, part.flags, 0});
    };
    for (int i = 0; i < (walls ? 24 : 0); ++i) place(*wall, {i, 0, 50});
    for (int i = 0; i < 128 * 128; ++i) place(*ball, {i % 128 - 64, i / 128 - 64, -40});
    scene->add_scenery(many);
    Frame frame;
    frame.scene = scene.get();
    draw(160, 90, frame);
    tested[walls] = renderer->finished_stats().instances;
  }
  EXPECT_GT(tested[false], 0u);
  EXPECT_LT(tested[true] * 12, tested[false] * 13);
}

// The commands that would draw the kept clusters of an instance: the last one takes in all that is left.
std::vector<std::pair<uint32_t, uint32_t>> runs_of(const gpu::Lod& lod, const gpu::Cluster* clusters, uint32_t kept) {
  std::vector<std::pair<uint32_t, uint32_t>> runs;
  for (uint32_t c = 0; c < lod.cluster_count; ++c) {
    if (!(kept >> c & 1)) continue;
    const gpu::Cluster& cluster = clusters[lod.first_cluster + c];
    const bool full = runs.size() == gpu::kMostRuns;
    if (!runs.empty() && (full || runs.back().first + runs.back().second == cluster.first_index)) runs.back().second = cluster.first_index + cluster.index_count - runs.back().first;
    else runs.push_back({cluster.first_index, cluster.index_count});
  }
  return runs;
}

TEST_F(CullingOnGpu, KeepsExactlyTheClustersTheCpuKeeps) {
  Dice dice(16);
  const auto ball = scene->add_model(ball_model(1, 24, plain({1, 1, 1, 1}, 0, 1)));
  ASSERT_TRUE(ball);
  for (int i = 0; i < 400; ++i) {
    glm::mat4 m = glm::translate(glm::mat4(1), dice.vec(12)) * glm::mat4_cast(dice.turn());
    // Some stretched and sheared, some mirrored.
    if (i % 3 == 0) m = glm::scale(m, {dice.in(0.3f, 2), dice.in(0.3f, 2), dice.in(0.3f, 2)}) * glm::mat4_cast(dice.turn());
    if (i % 10 == 0) m = glm::scale(m, {1, -1, 1});
    scene->add_object(*ball, m);
  }
  uint64_t whole = 0, kept = 0;
  size_t most = 0;
  for (int step = 0; step < 8; ++step) {
    Frame frame;
    frame.scene = scene.get();
    frame.camera.eye = dice.vec(10);
    frame.camera.orientation = dice.turn();
    frame.camera.fov_y = dice.in(0.4f, 1.6f);
    frame.culling.occlusion = false;
    frame.culling.lod_pixels = 0;
    const gpu::View view = make_view(frame.camera, 640.0f / 360.0f);
    draw(640, 360, frame);
    auto culled = renderer->read_culling();
    ASSERT_TRUE(culled) << culled.error().text();
    std::map<uint32_t, std::vector<std::pair<uint32_t, uint32_t>>> found, expected;
    for (const gpu::DrawCommand& c : culled->commands) found[c.first_instance].push_back({c.first_index, c.index_count});
    for (auto& [slot, runs] : found) std::sort(runs.begin(), runs.end());
    for (uint32_t slot = 0; slot < scene->instances().size(); ++slot) {
      const gpu::Instance& instance = scene->instances()[slot];
      const gpu::Lod& lod = scene->meshes()[instance.mesh].lods[0];
      if (!gpu::instance_in_views(instance, scene->meshes()[instance.mesh], &view, 1)) continue;
      if ((instance.flags & gpu::kInstanceBucket) != gpu::kBucketOpaque) {
        expected[slot] = {{lod.first_index, lod.index_count}};
        continue;
      }
      const uint32_t mask = gpu::clusters_in_views(instance, lod, scene->clusters().data(), &view, 1, 640, 360);
      if (mask != 0) expected[slot] = runs_of(lod, scene->clusters().data(), mask);
      most = std::max(most, expected.count(slot) ? expected[slot].size() : 0);
      whole += lod.index_count;
      for (const auto& [first, count] : runs_of(lod, scene->clusters().data(), mask)) kept += count;
    }
    EXPECT_EQ(found, expected) << "step " << step;
  }
  EXPECT_GT(kept, 0u);
  EXPECT_LT(kept * 4, whole * 3) << "hardly a cluster was left out";
  EXPECT_EQ(most, gpu::kMostRuns) << "none had more runs than it has room for";
}

// More runs than there are commands for: what is left over is drawn in one piece, and nothing is lost. Each ball shows beside those before it, and no two
// meet: which of two at the same depth is seen would be decided by the order of drawing. Seen from the eye they stand on a grid, kReach cells wide
// each, and all that are nearer to each other than that lie in layers of their own, one behind the other.
TEST_F(CullingOnGpu, DrawsInOnePieceWhenCommandsRunOut) {
  constexpr uint32_t kSide = 128, kReach = 8;
  constexpr float kCell = 1.0f / 256;  // of the distance
  const auto ball = scene->add_model(ball_model(0.49f * kCell * kReach, 16, plain({1, 1, 1, 1}, 0, 1)));
  ASSERT_TRUE(ball);
  const GpuScene::Part part = scene->parts(*ball).at(0);
  Dice dice(17);
  std::vector<gpu::Instance> many;
  for (uint32_t i = 0; i < kSide * kSide; ++i) {
    const uint32_t column = i % kSide, row = i / kSide, layer = column % kReach + row % kReach * kReach;
    const float away = 4 * std::pow(1 + kCell * kReach, static_cast<float>(layer));
    const auto across = [&](uint32_t k) { return away * kCell * (static_cast<float>(k) - 0.5f * kSide); };
    const glm::mat3 turn = away * glm::mat3_cast(dice.turn());
    gpu::Instance g{};
    g.row0 = {turn[0][0], turn[1][0], turn[2][0], across(column)};
    g.row1 = {turn[0][1], turn[1][1], turn[2][1], across(row)};
    g.row2 = {turn[0][2], turn[1][2], turn[2][2], -away};
    g.mesh = part.mesh;
    g.material = part.material;
    g.flags = part.flags;
    many.push_back(g);
  }
  scene->add_scenery(many);
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0, 0, 0}, {0, 0, -4});
  frame.camera.fov_y = 0.7f;
  frame.culling.occlusion = false;
  frame.culling.lod_pixels = 0;
  const Pixels in_part = draw(1280, 720, frame);
  const FrameStats stats = renderer->finished_stats();
  EXPECT_EQ(stats.draws, many.size());
  auto culled = renderer->read_culling();
  ASSERT_TRUE(culled) << culled.error().text();
  std::map<uint32_t, uint32_t> runs;
  for (const gpu::DrawCommand& c : culled->commands) ++runs[c.first_instance];
  EXPECT_EQ(runs.size(), many.size());
  EXPECT_EQ(culled->commands.size(), stats.commands);
  const auto in_pieces = static_cast<uint64_t>(std::count_if(runs.begin(), runs.end(), [](const auto& r) { return r.second > 1; }));
  EXPECT_GT(in_pieces, gpu::kSpareCommands / gpu::kMostRuns / 2);
  EXPECT_LT(in_pieces, many.size() / 2) << "the commands did not run out";
  frame.culling.clusters = false;
  expect_same(in_part, draw(1280, 720, frame), "in part and whole");
  EXPECT_EQ(renderer->finished_stats().commands, many.size());
  EXPECT_GT(renderer->finished_stats().triangles, stats.triangles);
}

// Of a ball that is half behind a wall only the other half is drawn from the second frame on; without the wall all of it, at once.
TEST_F(CullingOnGpu, RemembersWhichClustersAreHidden) {
  const auto ball = scene->add_model(ball_model(1, 24, plain({1, 1, 1, 1}, 0, 1)));
  const auto slab = scene->add_model(model_of(box_mesh({1, 1.2f, 0.05f}), plain({0.6f, 0.6f, 0.55f, 1}, 0, 1)));
  ASSERT_TRUE(ball && slab);
  scene->add_object(*ball, glm::mat4(1));
  const ObjectId wall = scene->add_object(*slab, glm::translate(glm::mat4(1), glm::vec3(1, 0, 1.2f)));
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0, 0, 6}, {0, 0, 0});
  frame.culling.lod_pixels = 0;
  const auto triangles = [&] {
    // What is drawn is looked at again every few frames.
    for (uint32_t i = 0; i <= gpu::kReviewFrames; ++i) draw(320, 240, frame);
    EXPECT_EQ(renderer->finished_stats().late_draws, 0u);
    return renderer->finished_stats().triangles;
  };
  const uint64_t half = triangles();
  scene->set_visible(wall, false);
  const Pixels at_once = draw(320, 240, frame);
  EXPECT_EQ(renderer->finished_stats().late_draws, 0u) << "counted twice";
  const uint64_t all = triangles();
  EXPECT_LT(half * 4, all * 3);
  frame.culling.occlusion = frame.culling.frustum = frame.culling.clusters = false;
  expect_same(at_once, draw(320, 240, frame), "culled and not");
}

// Rooms of 6 m with doors, each with a dozen things: from anywhere in it most is hidden.
class Maze : public GpuTest {
 protected:
  static constexpr int kRooms = 5;

  void build() {
    Dice dice(7);
    const Material wall = plain({0.6f, 0.6f, 0.55f, 1}, 0, 1), red = plain({0.8f, 0.2f, 0.1f, 1}, 0, 0.6f);
    Material glass = plain({0.7f, 0.8f, 0.9f, 0.4f}, 0, 0.2f);
    glass.alpha = Material::Alpha::kBlend;
    const auto slab = scene->add_model(model_of(box_mesh({0.5f, 0.5f, 0.5f}), wall));
    const auto ball = scene->add_model(ball_model(0.25f, 12, red));
    const auto pane = scene->add_model(model_of(quad_mesh(0.4f), glass));
    ASSERT_TRUE(slab && ball && pane);
    const auto put = [&](glm::vec3 lower, glm::vec3 upper) {
      scene->add_object(*slab, glm::translate(glm::mat4(1), (lower + upper) * 0.5f) * glm::scale(glm::mat4(1), upper - lower));
    };
    for (int z = 0; z <= kRooms; ++z)
      for (int x = 0; x <= kRooms; ++x) {
        const float x0 = 6.0f * static_cast<float>(x), z0 = 6.0f * static_cast<float>(z), door = dice.in(1, 4);
        const bool edge_x = x == 0 || x == kRooms, edge_z = z == 0 || z == kRooms;
        if (z < kRooms) {
          put({x0 - 0.1f, 0, z0}, {x0 + 0.1f, 3, z0 + (edge_x ? 6 : door)});
          if (!edge_x) put({x0 - 0.1f, 0, z0 + door + 1}, {x0 + 0.1f, 3, z0 + 6});
        }
        if (x < kRooms) {
          put({x0, 0, z0 - 0.13f}, {x0 + (edge_z ? 6 : door), 2.9f, z0 + 0.13f});
          if (!edge_z) put({x0 + door + 1, 0, z0 - 0.13f}, {x0 + 6, 2.9f, z0 + 0.13f});
        }
        if (x == kRooms || z == kRooms) continue;
        for (int i = 0; i < 12; ++i) {
          const glm::vec3 at(x0 + dice.in(0.6f, 5.4f), dice.in(0.3f, 2.5f), z0 + dice.in(0.6f, 5.4f));
          things.push_back(scene->add_object(i == 11 ? *pane : *ball, glm::translate(glm::mat4(1), at) * glm::mat4_cast(dice.turn())));
        }
      }
  }

  // Walks a few steps, then jumps somewhere else.
  Frame frame_at(int step) {
    Dice dice(100 + static_cast<uint32_t>(step / 4));
    Frame frame;
    frame.scene = scene.get();
    frame.camera.eye = {6 * dice.in(0.15f, kRooms - 0.15f), dice.in(0.5f, 2.4f), 6 * dice.in(0.15f, kRooms - 0.15f)};
    frame.camera.orientation = look_orientation(dice.in(-3.1f, 3.1f) + 0.04f * static_cast<float>(step % 4), dice.in(-0.4f, 0.4f));
    frame.camera.eye += frame.camera.orientation * glm::vec3(0, 0, -0.2f * static_cast<float>(step % 4));
    frame.camera.fov_y = dice.in(0.6f, 1.6f);
    return frame;
  }

  std::vector<ObjectId> things;
};

TEST_F(Maze, CulledPictureIsTheUnculledOneEveryFrame) {
  build();
  uint64_t drawn = 0, all = 0;
  int step = 0;
  for (const auto& [width, height] : {std::pair{333u, 217u}, {1u, 1u}, {640u, 360u}, {61u, 7u}, {5u, 300u}})
    for (int i = 0; i < 16; ++i, ++step) {
      Frame frame = frame_at(step);
      // Things come, go and move meanwhile.
      scene->set_visible(things[static_cast<size_t>(step * 7) % things.size()], step % 3 == 0);
      scene->set_transform(things[static_cast<size_t>(step * 13) % things.size()], glm::translate(glm::mat4(1), frame.camera.eye + frame.camera.orientation * glm::vec3(0.3f, 0, -1)));
      frame.timing = FrameTiming::kPasses;
      const Pixels culled = draw(width, height, frame);
      const FrameStats stats = renderer->finished_stats();
      EXPECT_EQ(stats.passes[static_cast<size_t>(FramePass::kOccluderDraw)].ran, step % 4 == 0) << "what hides most is drawn first after a jump, step " << step;
      auto result = renderer->read_culling();
      ASSERT_TRUE(result) << result.error().text();
      drawn += result->drawn.size();
      frame.culling.frustum = frame.culling.occlusion = false;
      const Pixels whole = draw(width, height, frame);
      auto visible = renderer->visible_instances();
      ASSERT_TRUE(visible) << visible.error().text();
      expect_same(culled, whole, fmt::format("step {} at {}x{}, culled and not", step, width, height));
      all += scene->instances().size();
      EXPECT_TRUE(std::includes(result->drawn.begin(), result->drawn.end(), visible->begin(), visible->end())) << "something visible was not drawn, step " << step;
    }
  EXPECT_LT(drawn * 4, all) << "hardly anything was culled";
}

TEST_F(Maze, CulledPictureIsTheUnculledOneWithFourSamples) {
  use({.samples = 4, .shadow_size = 512, .scale = 1});
  build();
  for (int step = 0; step < 24; ++step) {
    Frame frame = frame_at(step);
    const Pixels culled = draw(211, 123, frame);
    frame.culling.frustum = frame.culling.occlusion = false;
    expect_same(culled, draw(211, 123, frame), fmt::format("step {}, culled and not", step));
  }
}

TEST_F(Maze, SeesExactlyWhatTheCpuSeesInTheSameDepth) {
  build();
  size_t hidden = 0;
  for (int step = 0; step < 24; ++step) {
    const Frame frame = frame_at(step);
    draw(333, 217, frame);
    auto culled = renderer->read_culling();
    ASSERT_TRUE(culled) << culled.error().text();
    const gpu::View view = make_view(frame.camera, 333.0f / 217.0f);
    std::vector<uint32_t> expected;
    size_t in_view = 0;
    for (uint32_t slot = 0; slot < scene->instances().size(); ++slot) {
      const gpu::Instance& instance = scene->instances()[slot];
      const gpu::MeshInfo& mesh = scene->meshes()[instance.mesh];
      if ((instance.flags & gpu::kInstanceBucket) == gpu::kBucketBlend || !gpu::instance_in_views(instance, mesh, &view, 1)) continue;
      ++in_view;
      if (!gpu::box_behind(gpu::box_of(instance, mesh), view, culled->depth.data(), 0, culled->width, culled->height, false, 1, 1024)) expected.push_back(slot);
    }
    EXPECT_EQ(culled->seen, expected) << "step " << step;
    hidden += in_view - expected.size();
  }
  EXPECT_GT(hidden, 100u) << "hardly anything was hidden";
}

TEST_F(Maze, ClustersSaveTrianglesAndShadowsStayTheSame) {
  Pixels pictures[2];
  uint64_t triangles[2]{};
  for (const bool clusters : {false, true}) {
    use({.samples = 1, .shadow_size = 1024, .scale = 1});
    things.clear();
    build();
    Frame frame = frame_at(1);
    frame.culling.clusters = clusters;
    frame.culling.lod_pixels = 0;
    frame.lighting.shadow_ceiling = 2.5f;
    draw(640, 360, frame);
    pictures[clusters] = draw(640, 360, frame);
    triangles[clusters] = renderer->finished_stats().triangles;
  }
  expect_same(pictures[0], pictures[1], "with and without clusters");
  EXPECT_GT(triangles[1], 0u);
  EXPECT_LT(triangles[1] * 5, triangles[0] * 4);
}

// A crowd that comes into sight at once: its front rows hide the rest, which is left out in the same frame. The rest stands apart, so that it
// comes later in whatever order the threads find the instances; they are added the farthest first.
TEST_F(CullingOnGpu, AfterAJumpTheFirstDrawnHideTheRest) {
  const auto ball = scene->add_model(ball_model(0.35f, 8, plain({1, 1, 1, 1}, 0, 1)));
  ASSERT_TRUE(ball);
  constexpr int kWide = 24, kHigh = 16;
  const auto add_row = [&](float z, float shift) {
    for (int y = 0; y < kHigh; ++y)
      for (int x = 0; x < kWide; ++x) scene->add_object(*ball, glm::translate(glm::mat4(1), {0.5f * static_cast<float>(x - kWide / 2) + shift, 0.5f * static_cast<float>(y - kHigh / 2) + shift, z}));
  };
  for (int row = 0; row < 10; ++row) add_row(-10.5f + 0.5f * static_cast<float>(row), 0);
  add_row(-0.5f, 0.25f);  // where the first row has its gaps
  add_row(0, 0);
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0, 0, 5}, {0, 0, 20});
  draw(320, 240, frame);
  EXPECT_EQ(renderer->finished_stats().draws, 0u);
  frame.camera = look_at({0, 0, 5}, {0, 0, 0});
  draw(320, 240, frame);
  const uint64_t triangles = renderer->finished_stats().triangles;
  auto jumped = renderer->read_culling();
  ASSERT_TRUE(jumped) << jumped.error().text();
  auto visible = renderer->visible_instances();
  ASSERT_TRUE(visible) << visible.error().text();
  EXPECT_TRUE(std::includes(jumped->drawn.begin(), jumped->drawn.end(), visible->begin(), visible->end())) << "something visible was not drawn";
  EXPECT_TRUE(std::includes(jumped->seen.begin(), jumped->seen.end(), visible->begin(), visible->end())) << "something visible is forgotten";
  EXPECT_LT(jumped->drawn.size() * 2, scene->instances().size()) << "what the front rows hide was drawn";
  EXPECT_LT(jumped->seen.size() * 3, scene->instances().size()) << "what the front rows hide is drawn first in the next frame";
  uint64_t drawn = 0;
  for (const gpu::DrawCommand& c : jumped->commands) drawn += c.index_count / 3;
  EXPECT_EQ(drawn, triangles) << "the figures tell what was drawn";
  draw(320, 240, frame);
  auto settled = renderer->read_culling();
  ASSERT_TRUE(settled) << settled.error().text();
  EXPECT_LT(settled->seen.size() * 4, visible->size() * 5) << "what turned out to be hidden stays in the history";
}

TEST_F(Maze, DrawsNothingLateWhileNothingMoves) {
  build();
  const Frame frame = frame_at(3);
  for (int i = 0; i < 4; ++i) draw(320, 180, frame);
  EXPECT_GT(renderer->stats().early_draws, 0u);
  EXPECT_EQ(renderer->stats().late_draws, 0u);
  EXPECT_EQ(renderer->stats().uploaded_bytes, 0u) << "a still scene uploads nothing";
}

// Lopsided and turned apart, each step differently.
std::array<gpu::View, 2> eyes_at(const Frame& frame, int step) {
  Dice dice(900 + static_cast<uint32_t>(step));
  return headset_views(frame.camera, {dice.in(-0.95f, -0.7f), dice.in(0.45f, 0.75f), dice.in(0.5f, 0.85f), dice.in(-0.9f, -0.6f)}, dice.in(0, 0.2f), dice.in(0.05f, 0.12f));
}

TEST_F(Maze, BothEyesSeeWhatEachSeesAloneAndUnculled) {
  for (const uint32_t samples : {1u, 4u}) {
    use({.samples = samples, .shadow_size = 512, .scale = 1});
    things.clear();
    build();
    uint64_t drawn = 0, all = 0;
    int step = 0;
    for (const auto& [width, height] : {std::pair{201u, 187u}, {1u, 1u}, {61u, 7u}, {333u, 217u}})
      for (int i = 0; i < 8; ++i, ++step) {
        Frame frame = frame_at(step);
        scene->set_visible(things[static_cast<size_t>(step * 7) % things.size()], step % 3 == 0);
        scene->set_transform(things[static_cast<size_t>(step * 13) % things.size()], glm::translate(glm::mat4(1), frame.camera.eye + frame.camera.orientation * glm::vec3(0.3f, 0, -1)));
        const auto views = eyes_at(frame, step);
        frame.views = views;
        frame.culling.lod_pixels = 0;  // alone an eye may want another level
        const auto culled = draw_both(width, height, frame);
        auto result = renderer->read_culling();
        ASSERT_TRUE(result) << result.error().text();
        drawn += result->drawn.size();
        all += scene->instances().size();
        frame.culling.frustum = frame.culling.occlusion = false;
        const auto unculled = draw_both(width, height, frame);
        auto visible = renderer->visible_instances();
        ASSERT_TRUE(visible) << visible.error().text();
        EXPECT_TRUE(std::includes(result->drawn.begin(), result->drawn.end(), visible->begin(), visible->end())) << "something visible was not drawn, step " << step;
        for (size_t eye = 0; eye < 2; ++eye) {
          expect_same(culled[eye], unculled[eye], fmt::format("eye {} of step {}, {} samples, culled and not", eye, step, samples));
          Frame alone = frame;
          alone.views = std::span(views).subspan(eye, 1);
          expect_same_but_rounded(culled[eye], draw(width, height, alone), fmt::format("eye {} of step {}, {} samples, together and alone", eye, step, samples));
        }
        if (width > 200) {
          EXPECT_GT(compare(culled[0], culled[1], 8).beyond, 500u) << "both eyes show the same, step " << step;
        }
      }
    EXPECT_LT(drawn * 3, all) << "hardly anything was culled";
  }
}

TEST_F(Maze, SeesExactlyWhatTheCpuSeesInTheDepthOfEitherEye) {
  build();
  size_t hidden = 0, in_one = 0;
  for (int step = 0; step < 24; ++step) {
    Frame frame = frame_at(step);
    const auto views = eyes_at(frame, step);
    frame.views = views;
    draw_both(333, 217, frame);
    auto culled = renderer->read_culling();
    ASSERT_TRUE(culled) << culled.error().text();
    const uint32_t layer = gpu::pyramid_level(culled->width, culled->height, gpu::kPyramidLevels).offset;
    std::vector<uint32_t> expected;
    for (uint32_t slot = 0; slot < scene->instances().size(); ++slot) {
      const gpu::Instance& instance = scene->instances()[slot];
      const gpu::MeshInfo& mesh = scene->meshes()[instance.mesh];
      if ((instance.flags & gpu::kInstanceBucket) == gpu::kBucketBlend) continue;
      int seen_by = 0, in_view_of = 0;
      for (uint32_t eye = 0; eye < 2; ++eye) {
        if (!gpu::instance_in_views(instance, mesh, &views[eye], 1)) continue;
        ++in_view_of;
        seen_by += !gpu::box_behind(gpu::box_of(instance, mesh), views[eye], culled->depth.data(), eye * layer, culled->width, culled->height, false, 1, 1024);
      }
      if (seen_by > 0) expected.push_back(slot);
      hidden += in_view_of > 0 && seen_by == 0;
      in_one += seen_by == 1;
    }
    EXPECT_EQ(culled->seen, expected) << "step " << step;
  }
  EXPECT_GT(hidden, 100u) << "hardly anything was hidden";
  EXPECT_GT(in_one, 20u) << "the eyes hardly differ";
}

TEST_F(Maze, DrawsNothingLateInEitherEyeWhileNothingMoves) {
  build();
  Frame frame = frame_at(3);
  const auto views = eyes_at(frame, 3);
  frame.views = views;
  for (int i = 0; i < 4; ++i) draw_both(320, 180, frame);
  EXPECT_GT(renderer->stats().early_draws, 0u);
  EXPECT_EQ(renderer->stats().late_draws, 0u);
}

// The same detail in both eyes, never coarser than either wants, and coarser far away.
TEST_F(CullingOnGpu, TheNearestEyeDecidesTheLevelOfDetail) {
  const auto ball = scene->add_model(ball_model(0.3f, 40, plain({1, 1, 1, 1}, 0, 1)));
  ASSERT_TRUE(ball);
  for (int i = 0; i < 60; ++i) scene->add_object(*ball, glm::translate(glm::mat4(1), glm::vec3(0.8f * static_cast<float>(i % 9 - 4), 0, -0.5f * static_cast<float>(i))));
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0, 1.2f, 2}, {0, 0, -10});
  frame.culling.occlusion = frame.culling.clusters = false;
  // Eyes a metre apart, as a giant's.
  const auto views = headset_views(frame.camera, {-0.8f, 0.7f, 0.7f, -0.8f}, 0, 1);
  frame.views = views;
  draw_both(320, 180, frame);
  auto both = renderer->read_culling();
  ASSERT_TRUE(both) << both.error().text();
  std::map<uint32_t, uint32_t> triangles;
  for (const gpu::DrawCommand& c : both->commands) triangles[c.first_instance] = c.index_count / 3;
  uint32_t most = 0, least = UINT32_MAX;
  for (const auto& [slot, n] : triangles) most = std::max(most, n), least = std::min(least, n);
  EXPECT_GT(most, 2 * least) << "all alike";
  size_t finer = 0;
  for (size_t eye = 0; eye < 2; ++eye) {
    frame.views = std::span(views).subspan(eye, 1);
    draw(320, 180, frame);
    auto alone = renderer->read_culling();
    ASSERT_TRUE(alone) << alone.error().text();
    for (const gpu::DrawCommand& c : alone->commands) {
      EXPECT_GE(triangles[c.first_instance], c.index_count / 3) << "slot " << c.first_instance << ", eye " << eye;
      finer += triangles[c.first_instance] > c.index_count / 3;
    }
  }
  EXPECT_LT(finer, triangles.size() / 3) << "far finer than either eye wants";
}

TEST_F(Maze, ATargetMustHaveALayerForEachEye) {
  build();
  Frame frame = frame_at(0);
  const auto views = headset_views(frame.camera);
  frame.views = views;
  auto canvas = create_canvas(*device(), 64, 64);
  ASSERT_TRUE(canvas);
  EXPECT_FALSE(renderer->draw(canvas->target(), frame));
  const std::vector<gpu::View> many(kMostViews + 1, views[0]);
  frame.views = many;
  auto layers = create_canvas(*device(), 64, 64, kMostViews + 1);
  ASSERT_TRUE(layers);
  EXPECT_FALSE(renderer->draw(layers->target(), frame));
}

TEST_F(Maze, DebugViewTellsWhatCameIntoSight) {
  build();
  Frame frame = frame_at(3);
  frame.debug = DebugView::kLate;
  const auto colored = [](const Pixels& p) {
    size_t n = 0;
    for (size_t i = 0; i < p.rgba.size(); i += 4) n += p.rgba[i] > p.rgba[i + 2] + 40;
    return n;
  };
  EXPECT_GT(colored(draw(320, 180, frame)), 1000u) << "at first everything is new";
  draw(320, 180, frame);
  EXPECT_EQ(colored(draw(320, 180, frame)), 0u) << "nothing is new while nothing moves";
  // From above, only what the camera may see is there: less than all of it.
  frame.debug = DebugView::kLevels;
  const Camera above = look_at({15, 60, 15.1f}, {15, 0, 15});
  frame.observer = &above;
  const auto drawn = [](const Pixels& p) {
    size_t n = 0;
    for (size_t i = 0; i < p.rgba.size(); i += 4) n += p.rgba[i] > 40;
    return n;
  };
  const size_t part = drawn(draw(320, 180, frame));
  frame.culling.frustum = frame.culling.occlusion = false;
  const size_t all = drawn(draw(320, 180, frame));
  EXPECT_GT(part, 50u);
  EXPECT_LT(part * 2, all);
}

// The pyramid against the definition, and the test in it against every pixel.
TEST(Occlusion, HidesOnlyWhatEveryPixelHides) {
  Dice dice(8);
  int hidden = 0, shown = 0, plainly = 0;
  for (int round = 0; round < 60; ++round) {
    const uint32_t width = 1 + dice.engine() % 300, height = 1 + dice.engine() % 200;
    const gpu::Level end = gpu::pyramid_level(width, height, gpu::kPyramidLevels);
    std::vector<float> depth(end.offset, -1);
    const gpu::Level base = gpu::pyramid_level(width, height, 0);
    for (uint32_t y = 0; y < height; ++y)
      for (uint32_t x = 0; x < width; ++x) depth[y * base.stride + x] = (x / 37 + y / 23) % 3 == 0 ? 0.001f : 0.05f + 0.001f * dice.in(0, 1);
    for (uint32_t level = 1; level < gpu::kPyramidLevels; ++level) {
      const gpu::Level from = gpu::pyramid_level(width, height, level - 1), to = gpu::pyramid_level(width, height, level);
      for (uint32_t y = 0; y < to.height; ++y)
        for (uint32_t x = 0; x < to.width; ++x) {
          float least = 1e30f;
          for (uint32_t j = 4 * y; j < std::min(4 * y + 4, from.height); ++j)
            for (uint32_t i = 4 * x; i < std::min(4 * x + 4, from.width); ++i) least = std::min(least, depth[from.offset + j * from.stride + i]);
          depth[to.offset + y * to.stride + x] = least;
        }
    }
    for (int i = 0; i < 200; ++i) {
      const gpu::View view = random_view(dice);
      const Box b = random_box(dice);
      const gpu::Box box = gpu::box_of(b.instance, b.mesh);
      plainly += gpu::plainly_behind(gpu::footprint(box, view, width, height, false), depth.data(), 0, width, height, 1);
      if (!gpu::box_behind(box, view, depth.data(), 0, width, height, false, 1, 1024)) {
        ++shown;
        continue;
      }
      ++hidden;
      // Every point of the box that falls on a pixel's centre is behind that pixel.
      for (int k = 0; k < 400; ++k) {
        const glm::vec4 c = view.view_projection * glm::vec4(point_of(b, {dice.in(-1, 1), dice.in(-1, 1), dice.in(-1, 1)}), 1);
        ASSERT_GE(c.w, view.near_m);
        const glm::vec2 p = (glm::vec2(c) / c.w * 0.5f + 0.5f) * glm::vec2(width, height);
        const glm::vec2 off = glm::abs(p - glm::floor(p) - 0.5f);
        if (p.x < 0 || p.y < 0 || p.x >= static_cast<float>(width) || p.y >= static_cast<float>(height) || off.x > 0.05f || off.y > 0.05f) continue;
        EXPECT_GT(depth[static_cast<uint32_t>(p.y) * base.stride + static_cast<uint32_t>(p.x)], c.z / c.w);
      }
    }
  }
  EXPECT_GT(hidden, 300);
  EXPECT_GT(plainly, 100) << "found by the quick test";
  EXPECT_GT(shown, 300);
}

}  // namespace
}  // namespace shixun::test
