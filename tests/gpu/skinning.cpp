// Figures: clips over time, skinned vertices against a reference in double precision, boxes that hold them, and that drawing them costs
// nothing while they stand still.

#include <algorithm>
#include <fmt/format.h>

#include "engine/anim/play.h"
#include "engine/anim/skin.h"
#include "engine/asset/cook.h"
#include "engine/interact/pick.h"
#include "tests/gpu/support.h"

namespace shixun::test {
namespace {

std::vector<PoseState> poses_of(const Model& model) {
  std::vector<PoseState> poses{{}};
  for (const Clip& clip : model.clips)
    for (int i = 0; i < 5; ++i) poses.push_back({{{clip.name, clip.duration * static_cast<float>(i) / 4}}, {}});
  poses.push_back({{{model.clips[0].name, 1.0f}, {model.clips[1].name, 0.5f, 0.4f}}, {}});
  return poses;
}

// ---- clips over time ----

float angle_of(const Model& model, const PoseState& state, int node) {
  const Pose pose = pose_of(model, state);
  const glm::vec3 up = glm::normalize(glm::vec3(pose[static_cast<size_t>(node)][1]));
  return std::acos(glm::clamp(up.y, -1.0f, 1.0f));
}

TEST(Play, LoopsOrStaysOnItsLastPose) {
  Clip clip;
  clip.duration = 2;
  EXPECT_FLOAT_EQ(time_in_clip(clip, -1, true), 0);
  EXPECT_FLOAT_EQ(time_in_clip(clip, 1.5, true), 1.5f);
  EXPECT_FLOAT_EQ(time_in_clip(clip, 5.5, true), 1.5f);
  EXPECT_FLOAT_EQ(time_in_clip(clip, 5.5, false), 2);
  // After a day the pose is still as exact as after a second.
  EXPECT_NEAR(time_in_clip(clip, 86400 + 1.25, true), 1.25f, 1e-5f);
  clip.duration = 0;
  EXPECT_FLOAT_EQ(time_in_clip(clip, 5, true), 0);
}

TEST(Play, FadesFromOneClipIntoTheNextWithoutAJump) {
  const Model model = tube_figure();
  const std::vector<Play> plays{{"lean", 0, true, 0}, {"wave", 2, true, 0.5f}};
  float last = angle_of(model, pose_at(model, plays, 1.9), 1), largest = 0;
  EXPECT_NEAR(last, 0.5f, 1e-4f);
  for (double t = 1.9; t < 3; t += 0.01) {
    const float now = angle_of(model, pose_at(model, plays, t), 1);
    largest = std::max(largest, std::abs(now - last));
    last = now;
  }
  EXPECT_LT(largest, 0.05f);
  EXPECT_EQ(pose_at(model, plays, 3).clips, (std::vector<ClipTime>{{"wave", 1, 1}}));
}

TEST(Play, ReturnsToRestWhatTheNextClipLeavesAlone) {
  const Model model = tube_figure();
  const std::vector<Play> plays{{"wave", 0, false, 0, 0.5f}, {"lean", 2, true, 0.5f}};
  EXPECT_GT(angle_of(model, pose_at(model, plays, 1.999), 4), 0.3f) << "wave bends what lean leaves alone";
  const Pose a = pose_of(model, pose_at(model, plays, 2.49)), b = pose_of(model, pose_at(model, plays, 2.51));
  for (size_t n = 0; n < a.size(); ++n)
    for (int c = 0; c < 4; ++c) EXPECT_LT(glm::distance(a[n][c], b[n][c]), 0.02f) << "node " << n;
}

TEST(Play, GivesTheSamePoseForTheSameMomentWhateverCameBefore) {
  const Model model = tube_figure();
  const std::vector<Play> plays{{"wave", 0}, {"gone", 0.5}, {"swell", 1, false}};
  const PoseState there = pose_at(model, plays, 1.1);
  for (double t = 0; t < 3; t += 0.37) static_cast<void>(pose_at(model, plays, t));
  EXPECT_EQ(pose_at(model, plays, 1.1), there);
  EXPECT_EQ(there.clips.size(), 2u) << "a clip that is not there plays no part";
}

// ---- boxes ----

TEST(Skinning, BoxHoldsEveryVertexOfEveryPose) {
  const auto figure = load_model(fs::path(SHIXUN_SOURCE_DIR) / "assets/models/technician.gltf");
  ASSERT_TRUE(figure) << figure.error().text();
  for (const Model& model : {tube_figure(), *figure}) {
    std::vector<PoseState> poses = poses_of(model);
    for (const Clip& clip : model.clips)
      for (int i = 0; i < 23; ++i) poses.push_back({{{clip.name, clip.duration * static_cast<float>(i) / 22}}, {}});
    float largest = 0, held = 0;
    for (const PoseState& state : poses) {
      const Pose pose = pose_of(model, state);
      for (const Node& node : model.nodes) {
        if (node.skin < 0) continue;
        const auto joints = joint_matrices(model.skins[static_cast<size_t>(node.skin)], pose);
        for (const uint32_t m : node.meshes) {
          const PosedBox box = posed_box(joint_boxes(model.meshes[m]), joints);
          glm::vec3 lower(1e9f), upper(-1e9f);
          for (const Vertex& v : skinned_vertices(model.meshes[m], joints)) lower = glm::min(lower, v.position), upper = glm::max(upper, v.position);
          for (int a = 0; a < 3; ++a) {
            ASSERT_GE(lower[a], box.lower[a]) << model.meshes[m].name;
            ASSERT_LE(upper[a], box.upper[a]) << model.meshes[m].name;
          }
          largest += glm::distance(box.lower, box.upper);
          held += glm::distance(lower, upper);
        }
      }
    }
    EXPECT_LT(largest, 1.4f * held) << model.name << ": the boxes are far too large to cull by";
  }
}

// Its clip "away" takes it far from where it rests.
Model tube_with_a_way_out() {
  Model model = tube_figure();
  Channel away;
  away.node = 1;
  away.translation_times = {0};
  away.translations = {glm::vec3(-7 + 4, -8, -9)};
  model.clips.push_back({"away", 1, {away}});
  return model;
}

TEST(Pick, MeetsAFigureWhereItsPoseTakesIt) {
  const Model model = tube_with_a_way_out();
  const auto shape = std::make_shared<const PickShape>(model);
  PickScene scene;
  const glm::mat4 place = glm::translate(glm::mat4(1), glm::vec3(0, 0, -2));
  scene.set(3, shape, place, {});
  const Ray at_rest{{0, 1, 5}, {0, 0, -1}}, beside{{4, 1, 5}, {0, 0, -1}};
  auto hit = scene.cast(at_rest, 100);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->object, 3u);
  EXPECT_EQ(hit->node, 0);
  EXPECT_NEAR(hit->distance, 6.8f, 0.03f);
  EXPECT_GT(hit->normal.z, 0.9f);
  EXPECT_FALSE(scene.cast(beside, 100));
  scene.set(3, shape, place, {{{"away", 0}}, {}});
  EXPECT_FALSE(scene.cast(at_rest, 100));
  hit = scene.cast(beside, 100);
  ASSERT_TRUE(hit);
  EXPECT_NEAR(hit->distance, 6.8f, 0.03f);
  ASSERT_TRUE(scene.bounds(3));
  EXPECT_NEAR(scene.bounds(3)->lower.x, 3.8f, 0.05f);
}

// ---- on the GPU ----

class SkinningOnGpu : public GpuTest {
 protected:
  // What an object shows of one of its model's parts: its triangles are those of the part.
  const gpu::MeshInfo& mesh_of(ObjectId id, const GpuScene::Part& part) const {
    for (const gpu::Instance& i : scene->instances())
      if (const gpu::MeshInfo& mesh = scene->meshes()[i.mesh]; i.object == id && mesh.lods[0].first_index == scene->meshes()[part.mesh].lods[0].first_index) return mesh;
    ADD_FAILURE() << "the object does not show the part";
    return scene->meshes()[part.mesh];
  }

  // The object's vertices on the GPU against the definition, in double precision.
  void expect_posed(const Model& model, ModelId loaded, ObjectId id, const PoseState& state, const std::string& what) {
    const Pose pose = pose_of(model, state);
    const auto parts = scene->parts(loaded);
    size_t part = 0;
    double worst_mm = 0, worst_degrees = 0, worst_tangent = 0;
    for (const Node& node : model.nodes)
      for (const uint32_t m : node.meshes) {
        const Mesh& mesh = model.meshes[m];
        const Skin& skin = model.skins[static_cast<size_t>(node.skin)];
        const gpu::MeshInfo& info = mesh_of(id, parts[part++]);
        auto drawn = renderer->read_vertices(*scene, info.vertex_offset, static_cast<uint32_t>(mesh.vertices.size()));
        ASSERT_TRUE(drawn) << drawn.error().text();
        for (size_t v = 0; v < mesh.vertices.size(); ++v) {
          glm::dmat4 blend(0);
          for (size_t i = 0; i < 4; ++i)
            blend += glm::dmat4(pose[static_cast<size_t>(skin.joints[mesh.skin[v].joints[i]])]) * glm::dmat4(skin.inverse_bind[mesh.skin[v].joints[i]]) *
                     (static_cast<double>(mesh.skin[v].weights[i]) / 255);
          const glm::dvec3 position(blend * glm::dvec4(mesh.vertices[v].position, 1));
          const glm::dvec3 normal = glm::normalize(glm::transpose(glm::inverse(glm::dmat3(blend))) * glm::dvec3(mesh.vertices[v].normal));
          const glm::dvec3 tangent = glm::normalize(glm::dmat3(blend) * glm::dvec3(mesh.vertices[v].tangent));
          const gpu::PackedVertex& g = (*drawn)[v];
          worst_mm = std::max(worst_mm, 1000 * glm::distance(position, glm::dvec3(g.position)));
          const auto unfold = [](glm::dvec2 e) {
            glm::dvec3 n(e, 1 - std::abs(e.x) - std::abs(e.y));
            const double t = std::max(-n.z, 0.0);
            n.x += n.x >= 0 ? -t : t;
            n.y += n.y >= 0 ? -t : t;
            return glm::normalize(n);
          };
          const glm::dvec3 n = unfold({static_cast<int16_t>(g.normal & 0xffff) / 32767.0, static_cast<int16_t>(g.normal >> 16) / 32767.0});
          worst_degrees = std::max(worst_degrees, glm::degrees(std::acos(std::min(1.0, glm::dot(n, normal)))));
          const glm::dvec3 t = unfold({(g.tangent & 0x7ff) / 1023.0 - 1, ((g.tangent >> 11) & 0xfff) / 2047.0 - 1});
          if (glm::length(mesh.vertices[v].tangent) > 0.5f) worst_tangent = std::max(worst_tangent, glm::degrees(std::acos(std::min(1.0, glm::dot(t, tangent)))));
          ASSERT_EQ((g.tangent & 0x800000u) != 0, mesh.vertices[v].tangent.w < 0) << what;
          ASSERT_EQ(g.tangent >> 24, static_cast<uint32_t>(std::lround(mesh.vertices[v].occlusion * 255))) << what;
          ASSERT_EQ(g.uv, mesh.vertices[v].uv) << what;
          const glm::vec3 off = glm::abs(g.position - info.center) - info.half_extent;
          ASSERT_LE(std::max({off.x, off.y, off.z}), 0) << what << ": outside of the box it is culled by";
        }
      }
    EXPECT_LT(worst_mm, 0.1) << what;
    EXPECT_LT(worst_degrees, 0.5) << what;
    EXPECT_LT(worst_tangent, 0.5) << what;
  }

  Frame frame_of(glm::vec3 eye, glm::vec3 at) {
    Frame frame;
    frame.scene = scene.get();
    frame.camera = look_at(eye, at, 0.9f);
    frame.lighting = workshop_lighting({-6, 0, -6}, {6, 4, 6});
    return frame;
  }
};

TEST_F(SkinningOnGpu, VerticesAreThoseOfTheReference) {
  auto figure = load_cooked_model(fs::path(SHIXUN_SOURCE_DIR) / "assets/models/technician.gltf", fs::path(SHIXUN_BUILD_DIR) / "gpu_cache");
  ASSERT_TRUE(figure) << figure.error().text();
  for (const Model& model : {tube_figure(), *figure}) {
    auto id = scene->add_model(model);
    ASSERT_TRUE(id) << id.error().text();
    const ObjectId first = scene->add_object(*id, glm::mat4(1)), second = scene->add_object(*id, glm::translate(glm::mat4(1), glm::vec3(2, 0, 0)));
    const Frame frame = frame_of({1, 1.5f, 5}, {1, 1, 0});
    const auto poses = poses_of(model);
    for (size_t i = 0; i < poses.size(); ++i) {
      scene->set_pose(first, poses[i]);
      scene->set_pose(second, poses[(i + 3) % poses.size()]);
      draw(96, 64, frame);
      expect_posed(model, *id, first, poses[i], fmt::format("{} pose {}", model.name, i));
      expect_posed(model, *id, second, poses[(i + 3) % poses.size()], fmt::format("{} pose {} of the other", model.name, (i + 3) % poses.size()));
    }
  }
}

TEST_F(SkinningOnGpu, StillFigureUploadsAndSkinsNothing) {
  const Model model = tube_figure();
  auto id = scene->add_model(model);
  ASSERT_TRUE(id);
  const ObjectId one = scene->add_object(*id, glm::mat4(1)), other = scene->add_object(*id, glm::translate(glm::mat4(1), glm::vec3(1, 0, 0)));
  const Frame frame = frame_of({1, 1.5f, 5}, {1, 1, 0});
  draw(96, 64, frame);
  uint32_t groups = 0;
  for (const Mesh& mesh : model.meshes) groups += static_cast<uint32_t>((mesh.vertices.size() + 63) / 64);
  EXPECT_EQ(renderer->finished_stats().skin_groups, 2 * groups) << "each has vertices of its own";
  for (int i = 0; i < 3; ++i) {
    scene->set_pose(one, {});  // as it is already
    draw(96, 64, frame);
    EXPECT_EQ(renderer->finished_stats().uploaded_bytes, 0u);
    EXPECT_EQ(renderer->finished_stats().skin_groups, 0u);
  }
  scene->set_pose(one, {{{"wave", 0.7f}}, {}});
  draw(96, 64, frame);
  EXPECT_EQ(renderer->finished_stats().skin_groups, groups) << "only the one that moved";
  EXPECT_LT(renderer->finished_stats().uploaded_bytes, 1500u);
  // Going somewhere else needs no new vertices.
  scene->set_transform(one, glm::translate(glm::mat4(1), glm::vec3(0, 0.1f, 0)));
  draw(96, 64, frame);
  EXPECT_EQ(renderer->finished_stats().skin_groups, 0u);
  // What is hidden is skinned when it is seen again.
  scene->set_visible(other, false);
  scene->set_pose(other, {{{"swell", 1}}, {}});
  draw(96, 64, frame);
  EXPECT_EQ(renderer->finished_stats().skin_groups, 0u);
  scene->set_visible(other, true);
  draw(96, 64, frame);
  EXPECT_EQ(renderer->finished_stats().skin_groups, groups);
  expect_posed(model, *id, other, {{{"swell", 1}}, {}}, "seen again");
  scene->remove_object(one);
  scene->set_pose(other, {{{"wave", 1}}, {}});
  draw(96, 64, frame);
  expect_posed(model, *id, other, {{{"wave", 1}}, {}}, "after the other one is gone");
  // Its place in the tables is used again, and nothing of it is left.
  const ObjectId third = scene->add_object(*id, glm::mat4(1), {{{"lean", 0}}, {}});
  draw(96, 64, frame);
  expect_posed(model, *id, third, {{{"lean", 0}}, {}}, "new");
  expect_posed(model, *id, other, {{{"wave", 1}}, {}}, "beside the new one");
}

// Figures that move among walls, seen from a camera that walks and jumps.
TEST_F(SkinningOnGpu, CulledPictureIsTheUnculledOneWithMovingFigures) {
  const Model model = tube_figure();
  auto id = scene->add_model(model);
  auto wall = scene->add_model(model_of(box_mesh({2, 1.2f, 0.1f}), plain({0.6f, 0.6f, 0.5f, 1}, 0, 1)));
  ASSERT_TRUE(id && wall);
  for (int i = 0; i < 4; ++i)
    scene->add_object(*wall, glm::rotate(glm::translate(glm::mat4(1), glm::vec3(3 * (i % 2) - 1.5f, 1.2f, 3 * (i / 2) - 1.5f)), 0.8f * static_cast<float>(i), glm::vec3(0, 1, 0)));
  std::vector<ObjectId> figures;
  for (int i = 0; i < 24; ++i)
    figures.push_back(scene->add_object(*id, glm::translate(glm::mat4(1), glm::vec3(1.6f * static_cast<float>(i % 6) - 4, 0, 1.9f * static_cast<float>(i / 6) - 3))));
  uint64_t kept = 0, all = 0, simplified = 0;
  for (int step = 0; step < 40; ++step) {
    for (size_t i = 0; i < figures.size(); ++i) {
      const std::vector<Play> plays{{"wave", -0.2 * static_cast<double>(i), true, 0}, {"swell", 2, false}, {"lean", 4}};
      if (i % 5 != 0) scene->set_pose(figures[i], pose_at(model, plays, 0.15 * step));
    }
    if (step % 7 == 3) scene->set_visible(figures[static_cast<size_t>(step) % figures.size()], step % 2 == 0);
    const float a = 0.9f * static_cast<float>(step / 5) + 0.05f * static_cast<float>(step % 5);
    Frame frame = frame_of({std::cos(a) * 5, 0.3f + 0.4f * static_cast<float>(step % 5), std::sin(a) * 5}, {0, 1, 0});
    if (step % 3 == 0) frame.camera = look_at({0.2f, 1, 0.1f}, {std::cos(a), 1, std::sin(a)}, 0.9f);
    if (step % 10 == 9) scene->set_highlight(figures[3], Highlight::kGoal);
    const Pixels culled = draw(211, 123, frame);
    auto result = renderer->read_culling();
    ASSERT_TRUE(result) << result.error().text();
    kept += result->drawn.size();
    all += scene->instances().size();
    for (const gpu::DrawCommand& c : result->commands) simplified += c.first_index != scene->meshes()[scene->instances()[c.first_instance].mesh].lods[0].first_index;
    frame.culling.frustum = frame.culling.occlusion = false;
    const Difference d = compare(culled, draw(211, 123, frame), 0);
    EXPECT_EQ(d.beyond, 0u) << "step " << step;
  }
  EXPECT_LT(kept * 3, all * 2) << "hardly anything was culled";
  EXPECT_GT(simplified, 20u) << "levels of detail were not drawn";
}

// A figure that reaches into the picture from outside of where it rests must not be missing, and its shadow moves with it.
TEST_F(SkinningOnGpu, FigureIsSeenAndCastsShadowWhereItsPoseTakesIt) {
  const Model model = tube_with_a_way_out();
  auto id = scene->add_model(model);
  auto floor = scene->add_model(model_of(quad_mesh(8), plain({0.8f, 0.8f, 0.8f, 1}, 0, 1)));
  ASSERT_TRUE(id && floor);
  scene->add_object(*floor, glm::mat4(1));
  const ObjectId figure = scene->add_object(*id, glm::mat4(1));
  Frame frame = frame_of({4, 2.5f, 5}, {4, 0.8f, 0});
  frame.lighting.key_shadow = true;
  const Pixels empty = draw(160, 120, frame);
  for (int i = 0; i < 30; ++i) draw(160, 120, frame);  // all has come to rest
  scene->set_pose(figure, {{{"away", 0}}, {}});
  const Pixels there = draw(160, 120, frame);
  EXPECT_TRUE(renderer->finished_stats().shadow_drawn);
  const Difference d = compare(empty, there, 24);
  EXPECT_GT(d.beyond, 300u) << "it is in the picture now";
  EXPECT_NEAR(scene->bounds(figure).lower.x, 3.8f, 0.05f);
  EXPECT_NEAR(scene->bounds(figure).upper.y, 2.0f, 0.05f);
  frame.culling.frustum = frame.culling.occlusion = false;
  EXPECT_EQ(compare(there, draw(160, 120, frame), 0).beyond, 0u);
  scene->set_pose(figure, {});
  EXPECT_EQ(compare(empty, draw(160, 120, frame), 2).beyond, 0u) << "and gone with its shadow";
}

TEST_F(SkinningOnGpu, RefusesASkinThatDoesNotFit) {
  Model joint = tube_figure();
  joint.meshes[0].skin[3].joints[0] = 4;
  EXPECT_FALSE(scene->add_model(joint));
  Model rest = tube_figure();
  rest.skins[0].inverse_bind.pop_back();
  EXPECT_FALSE(scene->add_model(rest));
  Model few = tube_figure();
  few.meshes[1].skin.pop_back();
  EXPECT_FALSE(scene->add_model(few));
  Model light = tube_figure();
  light.meshes[1].skin[0].weights[0] = 0;
  light.meshes[1].skin[0].weights[1] = 7;
  EXPECT_FALSE(scene->add_model(light));
}

}  // namespace
}  // namespace shixun::test
