// What is drawn: a stored picture with a control that must fail, sizes, slots, highlights, shadow, user interface.

#include <imgui/imgui.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string>

#include "engine/render/ui.h"
#include "tests/gpu/support.h"

namespace shixun::test {
namespace {

constexpr uint32_t kTolerance = 14;  // of 255, one pixel's channel

class Pictures : public GpuTest {};

struct Rgb {
  int r, g, b;
};

Rgb at(const Pixels& p, uint32_t x, uint32_t y) {
  const uint8_t* c = &p.rgba[(size_t{y} * p.width + x) * 4];
  return {c[0], c[1], c[2]};
}

double share_that_differs(const Pixels& a, const Pixels& b, uint32_t tolerance) {
  const Difference d = compare(a, b, tolerance);
  EXPECT_TRUE(d.same_size);
  return static_cast<double>(d.beyond) / static_cast<double>(a.width * a.height);
}

TEST(SharedStructs, LieWhereTheShadersLookForThem) {
  EXPECT_EQ(sizeof(gpu::PackedVertex), 28u);
  EXPECT_EQ(sizeof(gpu::MeshInfo), 128u);
  EXPECT_EQ(offsetof(gpu::MeshInfo, lods), 48u);
  EXPECT_EQ(sizeof(gpu::Cluster), 64u);
  EXPECT_EQ(offsetof(gpu::Cluster, axis), 48u);
  EXPECT_EQ(sizeof(gpu::Instance), 64u);
  EXPECT_EQ(offsetof(gpu::Instance, mesh), 48u);
  EXPECT_EQ(sizeof(gpu::MaterialInfo), 80u);
  EXPECT_EQ(offsetof(gpu::MaterialInfo, tex_base), 64u);
  EXPECT_EQ(sizeof(gpu::View), 224u);
  EXPECT_EQ(offsetof(gpu::View, planes), 128u);
  EXPECT_EQ(sizeof(gpu::LampInfo), 72u);
  EXPECT_EQ(sizeof(gpu::LightingInfo), 296u);
  EXPECT_EQ(sizeof(gpu::Pass), 3816u);
  EXPECT_EQ(offsetof(gpu::Pass, instances) % 8, 0u);
  EXPECT_EQ(offsetof(gpu::Pass, light), 1152u);
  EXPECT_EQ(sizeof(gpu::DrawCommand), sizeof(VkDrawIndexedIndirectCommand));
}

TEST_F(Pictures, MatteIsTheColourAsComputed) {
  // Whatever else is asked for, a matte picture is in full size and has one sample a pixel: it is drawn straight into the target.
  use({.samples = 4, .scale = 0.5f, .matte = true});
  const glm::vec3 base(0.5f, 0.2f, 0.9f), key(0.6f, 0.5f, 0.7f), even(0.15f, 0.1f, 0.05f), background(0.02f, 0.3f, 0.001f);
  const auto model = scene->add_model(model_of(quad_mesh(0.3f), plain(glm::vec4(base, 1), 0, 1)));
  ASSERT_TRUE(model);
  scene->add_object(*model, glm::mat4(1));
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0, 2, 0.4f}, {0, 0, 0});
  Lighting& l = frame.lighting;
  l.key_direction = {0, -1, 0};
  l.key_color = key;
  l.key_intensity = 1;
  l.key_shadow = l.show_room = false;
  l.wall_color = even;
  l.background = background;
  const Pixels picture = draw(96, 64, frame);
  const auto expect_color = [&](uint32_t x, uint32_t y, glm::vec3 light) {
    const Rgb seen = at(picture, x, y);
    const std::array<int, 3> channels{seen.r, seen.g, seen.b};
    for (int i = 0; i < 3; ++i) {
      const float c = light[i], srgb = c <= 0.0031308f ? 12.92f * c : 1.055f * std::pow(c, 1 / 2.4f) - 0.055f;
      EXPECT_NEAR(static_cast<float>(channels[static_cast<size_t>(i)]), 255 * srgb, 1.1f) << x << ", " << y << " channel " << i;
    }
  };
  expect_color(48, 32, base * (even + key));
  expect_color(2, 2, background);
}

TEST_F(Pictures, StillLifeLooksAsStored) {
  build_still_life(*scene);
  const Pixels now = draw(320, 180, still_life_frame(*scene));
  const fs::path stored_path = fs::path(SHIXUN_SOURCE_DIR) / "tests/golden/still_life.png";
  if (const char* w = std::getenv("SHIXUN_WRITE_GOLDEN"); w && std::string(w) == "1") {
    ASSERT_TRUE(write_png(stored_path, now));
    FAIL() << "wrote " << stored_path << "; look at it, then run without SHIXUN_WRITE_GOLDEN";
  }
  auto stored = read_png(stored_path);
  ASSERT_TRUE(stored) << stored.error().text() << "; SHIXUN_WRITE_GOLDEN=1 writes it";
  // The stored picture is a software driver's. A GPU filters shadow and textures more finely.
  const double allowed = device()->software ? 0.005 : 0.04;
  const double off = share_that_differs(now, *stored, kTolerance);
  if (off > allowed) {
    EXPECT_TRUE(write_png(output_dir() / "still_life_now.png", now));
    EXPECT_TRUE(write_png(output_dir() / "still_life_difference.png", difference_picture(now, *stored)));
  }
  EXPECT_LE(off, allowed) << "see still_life_*.png in " << output_dir();

  // The control: the same comparison must notice one sphere pushed aside.
  auto other = GpuScene::create(*device(), renderer->textures());
  ASSERT_TRUE(other);
  build_still_life(**other, true);
  const Pixels moved = draw(320, 180, still_life_frame(**other));
  EXPECT_GT(share_that_differs(moved, *stored, kTolerance), 0.04) << "the comparison would not notice a moved sphere";
}

TEST_F(Pictures, AnySizeIsDrawn) {
  build_still_life(*scene);
  for (const auto& [w, h] : {std::pair{1u, 1u}, {333u, 217u}, {3u, 200u}, {640u, 1u}, {64u, 64u}}) {
    const Pixels p = draw(w, h, still_life_frame(*scene));
    EXPECT_EQ(p.width, w);
    EXPECT_EQ(p.height, h);
    EXPECT_EQ(p.rgba.size(), size_t{4} * w * h);
  }
}

TEST_F(Pictures, FourSamplesLookLikeOneButSmoother) {
  build_still_life(*scene);
  const Pixels one = draw(320, 180, still_life_frame(*scene));
  auto fine = Renderer::create(*device(), {.samples = 4, .shadow_size = 512});
  ASSERT_TRUE(fine) << fine.error().text();
  auto own = GpuScene::create(*device(), (*fine)->textures());
  ASSERT_TRUE(own);
  build_still_life(**own);
  auto canvas = create_canvas(*device(), 320, 180);
  ASSERT_TRUE(canvas);
  ASSERT_TRUE((*fine)->draw(canvas->target(), still_life_frame(**own)));
  auto four = capture(*device(), *canvas);
  ASSERT_TRUE(four);
  const double off = share_that_differs(one, *four, 24);
  EXPECT_LT(off, 0.06);
  EXPECT_GT(off, 0.0005) << "edges should differ";
}

TEST_F(Pictures, AScaledPictureIsTheSameButSofter) {
  build_still_life(*scene);
  const Pixels whole = draw(320, 180, still_life_frame(*scene));
  auto coarse = Renderer::create(*device(), {.shadow_size = 512, .scale = 0.6f});
  ASSERT_TRUE(coarse) << coarse.error().text();
  auto own = GpuScene::create(*device(), (*coarse)->textures());
  ASSERT_TRUE(own);
  build_still_life(**own);
  auto canvas = create_canvas(*device(), 320, 180);
  ASSERT_TRUE(canvas);
  ASSERT_TRUE((*coarse)->draw(canvas->target(), still_life_frame(**own)));
  auto soft = capture(*device(), *canvas);
  ASSERT_TRUE(soft);
  EXPECT_LT(share_that_differs(whole, *soft, 32), 0.08);
}

TEST_F(Pictures, WithoutASceneThereIsStillAPicture) {
  Frame frame;
  frame.lighting.show_room = false;
  frame.lighting.background = {1, 0, 0};
  const Pixels p = draw(32, 32, frame);
  ASSERT_EQ(p.rgba.size(), 32u * 32 * 4);
  EXPECT_GT(at(p, 16, 16).r, 120);
  EXPECT_LT(at(p, 16, 16).g, 80);
}

TEST_F(Pictures, RemovedObjectsLeaveNoGhostsAndTheirSlotsAreUsedAgain) {
  build_still_life(*scene);
  auto ball = scene->add_model(model_of(sphere_mesh(0.25f, 16), plain({0.1f, 0.8f, 0.1f, 1}, 0, 0.5f)));
  auto cube = scene->add_model(model_of(box_mesh(glm::vec3(0.2f)), plain({0.8f, 0.1f, 0.8f, 1}, 0, 0.5f)));
  ASSERT_TRUE(ball && cube);
  const Frame frame = still_life_frame(*scene);
  const Pixels before = draw(200, 120, frame);
  const size_t slots = scene->instances().size();
  const glm::mat4 up = glm::translate(glm::mat4(1), glm::vec3(0, 0.9f, 0));
  ObjectId id = scene->add_object(*ball, up);
  const Pixels with = draw(200, 120, frame);
  EXPECT_GT(share_that_differs(before, with, 8), 0.01);
  scene->remove_object(id);
  EXPECT_LT(share_that_differs(before, draw(200, 120, frame), 4), 0.0005) << "a removed object is still seen";
  const ObjectId other = scene->add_object(*cube, up);
  EXPECT_NE(other, id);
  EXPECT_EQ(scene->instances().size(), slots + 1) << "the slot is not used again";
  EXPECT_GT(share_that_differs(with, draw(200, 120, frame), 8), 0.01) << "the old object is drawn in the reused slot";
  scene->remove_model(*cube);
  EXPECT_EQ(scene->bounds(other).upper, glm::vec3(0));
  EXPECT_LT(share_that_differs(before, draw(200, 120, frame), 4), 0.0005);
  // A removed model's space is used for the next one.
  auto again = scene->add_model(model_of(sphere_mesh(0.25f, 16), plain({0.1f, 0.8f, 0.1f, 1}, 0, 0.5f)));
  ASSERT_TRUE(again);
  id = scene->add_object(*again, up);
  EXPECT_LT(share_that_differs(with, draw(200, 120, frame), 4), 0.0005);
}

TEST_F(Pictures, HiddenAndMovedPartsAreDrawnSo) {
  Model two = model_of(sphere_mesh(0.3f, 16), plain({0.9f, 0.9f, 0.9f, 1}, 0, 0.5f));
  Node child;
  child.name = "child";
  child.parent = 0;
  child.translation = {0.8f, 0, 0};
  child.meshes = {0};
  two.nodes.push_back(child);
  auto model = scene->add_model(two);
  ASSERT_TRUE(model);
  const ObjectId id = scene->add_object(*model, glm::mat4(1));
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0.4f, 0, 3}, {0.4f, 0, 0}, 0.8f);
  frame.lighting.show_room = false;
  const Pixels both = draw(160, 90, frame);
  EXPECT_NEAR(scene->bounds(id).upper.x, 1.1f, 0.01f);
  scene->set_node_visible(id, 1, false);
  const Pixels one = draw(160, 90, frame);
  EXPECT_GT(share_that_differs(both, one, 16), 0.01);
  scene->set_node_visible(id, 1, true);
  EXPECT_LT(share_that_differs(both, draw(160, 90, frame), 4), 0.0005);
  PoseState pose;
  pose.nodes.push_back({"child", glm::translate(glm::mat4(1), glm::vec3(0, 0.5f, 0))});
  scene->set_pose(id, pose);
  EXPECT_GT(share_that_differs(both, draw(160, 90, frame), 16), 0.01);
  EXPECT_NEAR(scene->bounds(id).upper.y, 0.8f, 0.01f);
}

TEST_F(Pictures, HighlightsAreSeenAndGone) {
  build_still_life(*scene);
  auto model = scene->add_model(model_of(box_mesh(glm::vec3(0.2f)), plain({0.4f, 0.4f, 0.4f, 1}, 0, 0.5f)));
  ASSERT_TRUE(model);
  const ObjectId id = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(0, 0.9f, 0)));
  const Frame frame = still_life_frame(*scene);
  const Pixels plain_picture = draw(320, 180, frame);
  const auto rim_pixels = [&](const Pixels& p, auto is_rim) {
    int n = 0;
    for (uint32_t y = 0; y < p.height; ++y)
      for (uint32_t x = 0; x < p.width; ++x) n += is_rim(at(p, x, y)) && !is_rim(at(plain_picture, x, y));
    return n;
  };
  scene->set_highlight(id, Highlight::kGoal);
  EXPECT_GT(rim_pixels(draw(320, 180, frame), [](Rgb c) { return c.g > 150 && c.r < 120 && c.b < 170; }), 60) << "no green rim";
  scene->set_highlight(id, Highlight::kHover);
  EXPECT_GT(rim_pixels(draw(320, 180, frame), [](Rgb c) { return c.r > 200 && c.g > 160 && c.b < 140; }), 60) << "no yellow rim";
  scene->set_highlight(id, Highlight::kWarning);
  EXPECT_GT(rim_pixels(draw(320, 180, frame), [](Rgb c) { return c.r > 200 && c.g < 100 && c.b < 90; }), 60) << "no red rim";
  scene->set_highlight(id, Highlight::kNone);
  EXPECT_LT(share_that_differs(plain_picture, draw(320, 180, frame), 4), 0.0005);

  // A ghost is neither the solid object nor nothing.
  scene->set_highlight(id, Highlight::kGhost);
  const Pixels ghost = draw(320, 180, frame);
  scene->set_visible(id, false);
  const Pixels nothing = draw(320, 180, frame);
  EXPECT_GT(share_that_differs(ghost, plain_picture, 10), 0.005);
  EXPECT_GT(share_that_differs(ghost, nothing, 10), 0.005);
}

TEST_F(Pictures, LabelsJustAboveASurfaceDoNotFlicker) {
  // A label 0.2 mm above a box, seen from far away and at a slant: without help its depth is that of the box.
  auto base = scene->add_model(model_of(box_mesh({0.5f, 0.5f, 0.5f}), plain({0.02f, 0.02f, 0.02f, 1}, 0, 0.9f)));
  Material white = plain({1, 1, 1, 1}, 0, 0.9f);
  white.alpha = Material::Alpha::kBlend;
  auto label = scene->add_model(model_of(quad_mesh(0.4f), white));
  ASSERT_TRUE(base && label);
  scene->add_object(*base, glm::mat4(1));
  scene->add_object(*label, glm::translate(glm::mat4(1), glm::vec3(0, 0.5002f, 0)));
  Frame frame;
  frame.scene = scene.get();
  frame.lighting.show_room = false;
  frame.camera = look_at({3, 3.5f, 6}, {0, 0.5f, 0}, 0.12f, 0.02f);
  const Pixels p = draw(200, 120, frame);
  EXPECT_GT(at(p, 100, 60).r, 120);
  int dark_inside = 0;
  for (uint32_t y = 54; y < 66; ++y)
    for (uint32_t x = 90; x < 110; ++x) dark_inside += at(p, x, y).r < 100;
  EXPECT_EQ(dark_inside, 0);
}

TEST_F(Pictures, ShadowIsDrawnAgainOnlyWhenACasterMoved) {
  build_still_life(*scene);
  auto model = scene->add_model(model_of(sphere_mesh(0.2f, 12), plain({1, 1, 1, 1}, 0, 0.5f)));
  ASSERT_TRUE(model);
  const ObjectId caster = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(0, 1.2f, 0)));
  const ObjectId held = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(0.5f, 1.0f, 1)));
  scene->set_casts_shadow(held, false);
  const Frame frame = still_life_frame(*scene);
  // Statistics are those of a finished frame, two frames ago.
  const auto drawn = [&] {
    bool shadow = false;
    for (int i = 0; i < 3; ++i) {
      draw(64, 36, frame);
      shadow |= renderer->stats().shadow_drawn;
    }
    return shadow;
  };
  EXPECT_TRUE(drawn());
  EXPECT_FALSE(drawn());
  scene->set_transform(held, glm::mat4(1));
  scene->set_highlight(caster, Highlight::kGoal);
  EXPECT_FALSE(drawn()) << "neither what casts no shadow nor a highlight changes the shadow";
  scene->set_transform(caster, glm::translate(glm::mat4(1), glm::vec3(0.4f, 1.2f, 0)));
  EXPECT_TRUE(drawn());
  EXPECT_FALSE(drawn());
  // The shadow of what moves is drawn over the map of what rests; once it has settled the picture is the same.
  const Pixels moving = draw(200, 120, frame);
  for (int i = 0; i < 30; ++i) draw(64, 36, frame);
  EXPECT_LT(share_that_differs(moving, draw(200, 120, frame), 3), 0.0005);
  EXPECT_FALSE(drawn());
  EXPECT_GT(renderer->stats().triangles, 0u);
  EXPECT_GT(renderer->stats().draws, 0u);
}

TEST_F(Pictures, MovedSceneryTakesItsShadowAlong) {
  build_still_life(*scene);
  auto model = scene->add_model(model_of(sphere_mesh(0.2f, 12), plain({1, 1, 1, 1}, 0, 0.5f)));
  ASSERT_TRUE(model);
  const GpuScene::Part part = scene->parts(*model)[0];
  gpu::Instance ball{};
  ball.row0 = {1, 0, 0, 0}, ball.row1 = {0, 1, 0, 1.2f}, ball.row2 = {0, 0, 1, 0};
  ball.mesh = part.mesh, ball.material = part.material, ball.flags = part.flags;
  const uint32_t slot = scene->add_scenery({ball});
  const Frame frame = still_life_frame(*scene);
  const auto at = [&](float x) {
    scene->move_scenery(slot, {1, 0, 0, x}, ball.row1, ball.row2);
    return draw(200, 120, frame);
  };
  const Pixels rested = draw(200, 120, frame);
  const Pixels away = at(0.5f);
  EXPECT_GT(share_that_differs(rested, away, 12), 0.01);
  EXPECT_GT(share_that_differs(away, at(-0.5f), 12), 0.01);
  EXPECT_LT(share_that_differs(rested, at(0), 3), 0.0005);
}

// Four coloured walls about a chrome ball; the floor and the ceiling are missing.
void build_colored_room(GpuScene& scene, bool in_room) {
  const glm::vec4 colors[] = {{0.9f, 0.02f, 0.02f, 1}, {0.02f, 0.8f, 0.02f, 1}, {0.02f, 0.02f, 0.9f, 1}, {0.8f, 0.8f, 0.02f, 1}};
  for (int i = 0; i < 4; ++i) {
    const bool x = i < 2;
    auto wall = scene.add_model(model_of(box_mesh(x ? glm::vec3(0.05f, 1.5f, 2) : glm::vec3(2, 1.5f, 0.05f)), plain(colors[i], 0, 0.9f)));
    ASSERT_TRUE(wall);
    const float side = i % 2 == 0 ? -2.0f : 2.0f;
    const ObjectId id = scene.add_object(*wall, glm::translate(glm::mat4(1), x ? glm::vec3(side, 1.5f, 0) : glm::vec3(0, 1.5f, side)));
    scene.set_in_room(id, in_room);
  }
  auto ball = scene.add_model(model_of(sphere_mesh(0.5f, 32), plain({0.9f, 0.9f, 0.9f, 1}, 1, 0.1f)));
  ASSERT_TRUE(ball);
  scene.add_object(*ball, glm::translate(glm::mat4(1), glm::vec3(0, 1.5f, 0)));
}

Frame colored_room_frame(GpuScene& scene) {
  Frame f;
  f.scene = &scene;
  f.camera = look_at({0, 1.5f, 1.7f}, {0, 1.5f, 0}, 0.7f);
  f.lighting = workshop_lighting({-2, 0, -2}, {2, 3, 2});
  return f;
}

TEST_F(Pictures, AMirrorShowsTheRoomItStandsIn) {
  RenderOptions options = renderer->options();
  options.probe_size = 64;
  ASSERT_TRUE(renderer->set_options(options));
  const auto shares = [&](const Pixels& p) {  // of red on the left half of the ball, of green on the right half
    std::pair<int, int> n{0, 0};
    for (uint32_t y = 40; y < 80; ++y)
      for (uint32_t x = 55; x < 105; ++x) {
        const Rgb c = at(p, x, y);
        n.first += x < 80 && c.r > 60 && c.r > 2 * c.g && c.r > 2 * c.b;
        n.second += x >= 80 && c.g > 60 && c.g > 2 * c.r && c.g > 2 * c.b;
      }
    return n;
  };
  build_colored_room(*scene, true);
  const Pixels mirrored = draw(160, 120, colored_room_frame(*scene));
  EXPECT_TRUE(write_png(output_dir() / "mirror.png", mirrored));
  const auto [red, green] = shares(mirrored);
  EXPECT_GT(red, 15);
  EXPECT_GT(green, 15);
  // The control: what is no part of the room is not seen in it.
  auto bare = GpuScene::create(*device(), renderer->textures());
  ASSERT_TRUE(bare);
  build_colored_room(**bare, false);
  const auto [no_red, no_green] = shares(draw(160, 120, colored_room_frame(**bare)));
  EXPECT_EQ(no_red, 0);
  EXPECT_EQ(no_green, 0);
}

TEST_F(Pictures, ReflectionsAreTakenOnceAndAgainWhenTheRoomHasChanged) {
  RenderOptions options = renderer->options();
  options.probe_size = 64;
  ASSERT_TRUE(renderer->set_options(options));
  build_colored_room(*scene, true);
  auto model = scene->add_model(model_of(box_mesh(glm::vec3(0.2f)), plain({1, 1, 1, 1}, 0, 0.5f)));
  ASSERT_TRUE(model);
  const ObjectId loose = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(1, 1, 1)));
  const ObjectId bench = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(-1, 1, -1)));
  scene->set_in_room(bench, true);
  const Frame frame = colored_room_frame(*scene);
  const auto taken = [&] {
    int n = 0;
    for (int i = 0; i < 30; ++i) {
      draw(64, 36, frame);
      n += renderer->stats().probe_taken;
    }
    return n;
  };
  EXPECT_EQ(taken(), 1);
  EXPECT_EQ(taken(), 0);
  scene->set_transform(loose, glm::translate(glm::mat4(1), glm::vec3(1, 2, 1)));
  scene->set_highlight(bench, Highlight::kHover);
  EXPECT_EQ(taken(), 0) << "neither what comes and goes nor a highlight changes the room";
  scene->set_transform(bench, glm::translate(glm::mat4(1), glm::vec3(-1, 2, -1)));
  EXPECT_EQ(taken(), 1);
}

TEST_F(Pictures, ALampCastsShadowOnlyWithAMap) {
  auto floor = scene->add_model(model_of(quad_mesh(3), plain({0.8f, 0.8f, 0.8f, 1}, 0, 0.9f)));
  auto plate = scene->add_model(model_of(box_mesh({0.4f, 0.02f, 0.4f}), plain({0.8f, 0.8f, 0.8f, 1}, 0, 0.9f)));
  ASSERT_TRUE(floor && plate);
  scene->add_object(*floor, glm::mat4(1));
  const ObjectId caster = scene->add_object(*plate, glm::translate(glm::mat4(1), glm::vec3(0, 0.8f, 0)));
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({0, 2.2f, 4}, {0, 0, 0}, 0.8f);
  frame.lighting = workshop_lighting({-4, 0, -4}, {4, 3, 4});
  frame.lighting.key_intensity = 0;
  frame.lighting.ambient = 0.2f;
  frame.lighting.lamps.resize(1);
  frame.lighting.lamps[0].position = {0, 2.6f, 0};
  frame.lighting.lamps[0].half_size = {0.15f, 0.15f};
  frame.lighting.lamps[0].intensity = 40;
  const auto under = [&] { return at(draw(160, 120, frame), 80, 60).g; };  // the floor below the plate
  RenderOptions options = renderer->options();
  options.ambient_occlusion = false;
  ASSERT_TRUE(renderer->set_options(options));
  const int without_map = under();
  options.lamp_shadows = 1;
  ASSERT_TRUE(renderer->set_options(options));
  const int with_map = under();
  EXPECT_LT(with_map, without_map - 25);
  scene->set_transform(caster, glm::translate(glm::mat4(1), glm::vec3(2.5f, 0.8f, 0)));
  EXPECT_GT(under(), with_map + 25) << "the shadow stays where the plate was";
}

TEST_F(Pictures, EveryTierShowsTheSameThings) {
  build_still_life(*scene);
  auto model = scene->add_model(model_of(box_mesh(glm::vec3(0.2f)), plain({0.4f, 0.4f, 0.4f, 1}, 0, 0.5f)));
  ASSERT_TRUE(model);
  const ObjectId id = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(0, 0.9f, 0)));
  const Frame frame = still_life_frame(*scene);
  const RenderOptions own = renderer->options();
  const Pixels before = draw(320, 180, frame);
  for (Tier tier : {Tier::kLow, Tier::kMedium, Tier::kHigh}) {
    ASSERT_TRUE(renderer->set_options(options_of(tier)));
    scene->set_highlight(id, Highlight::kNone);
    const Pixels plain_picture = draw(320, 180, frame);
    EXPECT_LT(share_that_differs(before, plain_picture, 80), 0.12) << tier_name(tier);
    auto drawn = renderer->read_culling();
    ASSERT_TRUE(drawn);
    EXPECT_EQ(drawn->drawn.size(), scene->instances().size()) << tier_name(tier);
    scene->set_highlight(id, Highlight::kGoal);
    const Pixels rim = draw(320, 180, frame);
    int green = 0;
    for (uint32_t y = 0; y < rim.height; ++y)
      for (uint32_t x = 0; x < rim.width; ++x) {
        const Rgb c = at(rim, x, y), was = at(plain_picture, x, y);
        green += c.g > 150 && c.r < 120 && c.b < 170 && !(was.g > 150 && was.r < 120);
      }
    EXPECT_GT(green, 60) << tier_name(tier) << ": no green rim";
  }
  scene->set_highlight(id, Highlight::kNone);
  ASSERT_TRUE(renderer->set_options(own));
  EXPECT_LT(share_that_differs(before, draw(320, 180, frame), 3), 0.0005) << "going through the tiers left a trace";
}

TEST_F(Pictures, ASurfaceWhoseTextureCoordinatesStandStillHasItsColor) {
  // A triangle that covers a single spot of its picture; filters that follow its stretch find none there.
  Mesh mesh = quad_mesh(2);
  for (Vertex& v : mesh.vertices) v.uv = glm::vec2(0.53f);
  Model model = model_of(mesh, plain({1, 1, 1, 1}, 0, 0.9f));
  const fs::path path = output_dir() / "spot.png";
  Pixels spot{16, 16, {}};  // white in the middle, black round it
  for (int i = 0; i < 256; ++i) {
    const bool inside = std::abs(i % 16 - 8) < 3 && std::abs(i / 16 - 8) < 3;
    const uint8_t v = inside ? 255 : 0;
    spot.rgba.insert(spot.rgba.end(), {v, v, v, 255});
  }
  ASSERT_TRUE(write_png(path, spot));
  Image image;
  image.path = path;
  image.srgb = true;
  model.images.push_back(image);
  model.materials[0].tex_base = 0;
  auto id = scene->add_model(model);
  ASSERT_TRUE(id);
  scene->add_object(*id, glm::mat4(1));
  Frame frame = still_life_frame(*scene);
  for (Tier tier : {Tier::kLow, Tier::kMedium, Tier::kHigh}) {
    ASSERT_TRUE(renderer->set_options(options_of(tier)));
    EXPECT_GT(at(draw(64, 36, frame), 32, 24).g, 120) << tier_name(tier);
  }
}

TEST_F(Pictures, TheTierOfThisMachineIsFound) {
  auto tier = measure_tier(*device(), *renderer);
  ASSERT_TRUE(tier) << tier.error().text();
  EXPECT_EQ(renderer->options(), options_of(tier->tier));
  if (device()->software) {
    EXPECT_EQ(tier->tier, Tier::kLow);
    EXPECT_GT(tier->small_ms, kSmallPictureMs);
  }
}

TEST_F(Pictures, SameTextureFileIsLoadedOnceForAllModels) {
  build_still_life(*scene);
  const Pixels before = draw(100, 60, still_life_frame(*scene));
  // A second scene with the same files, then gone: the first one must keep its textures.
  {
    auto other = GpuScene::create(*device(), renderer->textures());
    ASSERT_TRUE(other);
    build_still_life(**other);
    draw(100, 60, still_life_frame(**other));
  }
  EXPECT_LT(share_that_differs(before, draw(100, 60, still_life_frame(*scene)), 4), 0.0005);
}

TEST_F(Pictures, AMissingTextureIsNamed) {
  Model m = model_of(quad_mesh(1), plain({1, 1, 1, 1}, 0, 1));
  Image gone;
  gone.path = "/nowhere/at_all.png";
  m.images.push_back(gone);
  m.materials[0].tex_base = 0;
  auto id = scene->add_model(m);
  ASSERT_FALSE(id);
  EXPECT_NE(id.error().text().find("at_all.png"), std::string::npos) << id.error().text();
}

TEST_F(Pictures, AModelThatPointsOutsideItselfIsRefused) {
  Model m = model_of(quad_mesh(1), plain({1, 1, 1, 1}, 0, 1));
  m.meshes[0].material = 7;
  EXPECT_FALSE(scene->add_model(m));
  m = model_of(quad_mesh(1), plain({1, 1, 1, 1}, 0, 1));
  m.nodes[0].meshes = {3};
  EXPECT_FALSE(scene->add_model(m));
}

TEST_F(Pictures, AWindowOfTheUserInterfaceIsDrawn) {
  auto picture = renderer->textures().add(Pixels{2, 2, {255, 0, 255, 255, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0, 255, 255}}, {.srgb = false});
  ASSERT_TRUE(picture);
  const BlueWindow window(renderer->textures(), 200, 120, [&] { ImGui::Image(ui_texture<ImTextureID>(*picture), {30, 20}); });
  Frame frame;
  frame.lighting.show_room = false;
  frame.lighting.background = {0, 0.2f, 0};
  frame.ui = window.draw_data();
  const Pixels p = draw(200, 120, frame);
  int blue = 0, white = 0, magenta = 0;
  for (uint32_t y = 0; y < p.height; ++y)
    for (uint32_t x = 0; x < p.width; ++x) {
      const Rgb c = at(p, x, y);
      blue += c.b > 240 && c.r < 10 && c.g < 10;
      white += c.r > 230 && c.g > 230 && c.b > 230;
      magenta += c.r > 240 && c.g < 10 && c.b > 240;
    }
  EXPECT_GT(blue, 120 * 80 / 2);
  EXPECT_GT(white, 30) << "no letters";
  EXPECT_NEAR(magenta, 600, 40);
  EXPECT_LT(at(p, 5, 5).b, 60) << "drawn outside its window";
}

TEST(Device, RefusesAnUnknownGpuByName) {
  if (!device() && gpu_required()) FAIL() << "no graphics device";
  if (!device()) GTEST_SKIP() << "no graphics device";
  const char* old = std::getenv("SHIXUN_GPU");
  const std::string kept = old ? old : "";
  setenv("SHIXUN_GPU", "no such card", 1);
  auto d = create_device({.validation = false});
  if (old) setenv("SHIXUN_GPU", kept.c_str(), 1);
  else unsetenv("SHIXUN_GPU");
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().code, Code::kEnvironment);
  EXPECT_NE(d.error().text().find("no such card"), std::string::npos);
  EXPECT_FALSE(d.error().hint.empty());
}

TEST(Lamps, ThoseInARowBecomeOneWithTheSameLight) {
  std::vector<Lamp> lamps;
  float light = 0;
  for (float x : {-2.0f, 2.0f})
    for (float z : {-2.5f, -0.2f, 2.2f}) {
      Lamp lamp;
      lamp.position = {x, 3.1f, z};
      lamp.along = {0, 0, 1};
      lamp.half_size = {0.73f, 0.08f};
      lamps.push_back(lamp);
      light += lamp.intensity * lamp.half_size.x * lamp.half_size.y;
    }
  const std::vector<Lamp> rows = merge_rows(lamps);
  ASSERT_EQ(rows.size(), 2u);
  float merged = 0;
  for (const Lamp& row : rows) {
    merged += row.color.g * row.intensity * row.half_size.x * row.half_size.y;
    EXPECT_NEAR(std::abs(row.position.x), 2, 1e-4f);
    EXPECT_EQ(row.along, glm::vec3(0, 0, 1));
    EXPECT_GT(row.half_size.x, 2);
  }
  EXPECT_NEAR(merged, light, light * 1e-4f);
  Lamp wall;
  wall.direction = {1, 0, 0};
  wall.along = {0, 0, 1};
  EXPECT_EQ(merge_rows({wall, lamps[0]}).size(), 2u);
  EXPECT_TRUE(merge_rows({}).empty());
}

TEST(Views, AHeadsetsFieldOfViewEndsAtTheSides) {
  Camera pose = look_at({1, 2, 3}, {4, 1, -2});
  pose.near_m = 0.1f;
  const FieldOfView fov{-0.9f, 0.6f, 0.5f, -0.8f};
  const gpu::View view = make_view(pose, fov);
  const auto seen_at = [&](float right, float up) {
    const glm::vec4 c = view.view_projection * glm::vec4(pose.eye + pose.orientation * (7.0f * glm::vec3(std::tan(right), std::tan(up), -1)), 1);
    return glm::vec3(c) / c.w;
  };
  for (const auto& [right, up, x, y] : {std::array{fov.left, fov.up, -1.0f, -1.0f}, {fov.right, fov.up, 1.0f, -1.0f}, {fov.left, fov.down, -1.0f, 1.0f}, {fov.right, fov.down, 1.0f, 1.0f}}) {
    const glm::vec3 p = seen_at(right, up);
    EXPECT_NEAR(p.x, x, 1e-4f);
    EXPECT_NEAR(p.y, y, 1e-4f);
    EXPECT_NEAR(p.z, 0.1f / 7, 1e-6f);
  }
  // A camera's own view is the even case.
  const gpu::View even = make_view(pose, {-0.5f, 0.5f, 0.4f, -0.4f});
  pose.fov_y = 0.8f;
  const gpu::View own = make_view(pose, std::tan(0.5f) / std::tan(0.4f));
  for (int i = 0; i < 4; ++i) EXPECT_LT(glm::distance(even.view_projection[i], own.view_projection[i]), 1e-4f);
  // The eyes are each other's mirror image, the left one on the left.
  const auto eyes = headset_views(look_at({0, 0, 0}, {0, 0, -1}), fov, 0.1f, 0.07f);
  EXPECT_NEAR(eyes[0].eye.x, -0.035f, 1e-6f);
  EXPECT_NEAR(eyes[1].eye.x, 0.035f, 1e-6f);
  const glm::vec4 l = eyes[0].view_projection * glm::vec4(-0.3f, 0.2f, -2, 1), r = eyes[1].view_projection * glm::vec4(0.3f, 0.2f, -2, 1);
  EXPECT_NEAR(l.x, -r.x, 1e-5f);
  EXPECT_NEAR(l.y, r.y, 1e-5f);
}

TEST(Views, PixelAndWorldAgree) {
  const Camera c = look_at({1, 2, 3}, {-2, 0.5f, -4}, 0.9f);
  const glm::vec2 size(640, 360);
  for (glm::vec2 pixel : {glm::vec2(0, 0), glm::vec2(320, 180), glm::vec2(600, 20)}) {
    const glm::vec3 p = world_to_pixel(c, c.eye + pixel_ray(c, pixel, size) * 7.0f, size);
    EXPECT_NEAR(p.x, pixel.x, 0.02f);
    EXPECT_NEAR(p.y, pixel.y, 0.02f);
    EXPECT_GT(p.z, 0);
    const glm::vec4 clip = projection_matrix(c, 640.0f / 360.0f) * view_matrix(c) * glm::vec4(c.eye + pixel_ray(c, pixel, size) * 7.0f, 1);
    EXPECT_NEAR((clip.x / clip.w * 0.5f + 0.5f) * 640, pixel.x, 0.02f);
    EXPECT_NEAR((clip.y / clip.w * 0.5f + 0.5f) * 360, pixel.y, 0.02f);
  }
  const glm::vec3 ahead = c.orientation * glm::vec3(0, 0, -1);
  EXPECT_NEAR(glm::dot(ahead, glm::normalize(glm::vec3(-3, -1.5f, -7))), 1, 1e-4f);
}

}  // namespace
}  // namespace shixun::test
