// The culling maths on the CPU against brute force, and the GPU's verdict against the CPU's.

#include <array>

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

class CullingOnGpu : public GpuTest {};

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
    draw(160, 90, frame);
    const gpu::View view = make_view(frame.camera, 160.0f / 90.0f);
    std::vector<uint32_t> expected;
    const auto& instances = scene->instances();
    for (uint32_t slot = 0; slot < instances.size(); ++slot)
      if (gpu::instance_in_views(instances[slot], scene->meshes()[instances[slot].mesh], &view, 1)) expected.push_back(slot);
    auto kept = renderer->kept_instances();
    ASSERT_TRUE(kept) << kept.error().text();
    EXPECT_EQ(*kept, expected) << "view " << i;
    EXPECT_FALSE(expected.empty());
    EXPECT_LT(expected.size(), instances.size());
  }
}

}  // namespace
}  // namespace shixun::test
