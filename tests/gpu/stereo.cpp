// Two views in one frame: each layer is the picture that its eye sees alone, with everything that is drawn over it.

#include <fmt/format.h>

#include <cstring>

#include "engine/gpu/commands.h"
#include "tests/gpu/support.h"

namespace shixun::test {
namespace {

class Stereo : public GpuTest {
 protected:
  Frame frame_of_both() {
    Frame frame = still_life_frame(*scene);
    views_ = headset_views(frame.camera, {-0.67f, 0.46f, 0.42f, -0.5f}, 0.1f);
    frame.views = views_;
    return frame;
  }

  // Draws both at once and each alone; returns what was drawn at once.
  std::array<Pixels, 2> expect_each_as_alone(uint32_t width, uint32_t height, const Frame& frame, const std::string& what) {
    const auto both = draw_both(width, height, frame);
    for (size_t eye = 0; eye < 2; ++eye) {
      Frame alone = frame;
      alone.views = frame.views.subspan(eye, 1);
      expect_same_but_rounded(both[eye], draw(width, height, alone), fmt::format("{}, eye {}", what, eye));
    }
    return both;
  }

 private:
  std::array<gpu::View, 2> views_;
};

// Culling and all passes of every tier; odd sizes.
TEST_F(Stereo, EachEyeOfAStillLifeIsAsAlone) {
  for (const Tier tier : {Tier::kLow, Tier::kMedium, Tier::kHigh}) {
    use(options_of(tier));
    build_still_life(*scene);
    const Frame frame = frame_of_both();
    const auto both = expect_each_as_alone(233, 171, frame, fmt::format("tier {}", tier_name(tier)));
    EXPECT_GT(compare(both[0], both[1], 8).beyond, 2000u) << "both eyes show the same";
    static_cast<void>(write_png(output_dir() / fmt::format("stereo-{}-left.png", tier_name(tier)), both[0]));
    static_cast<void>(write_png(output_dir() / fmt::format("stereo-{}-right.png", tier_name(tier)), both[1]));
  }
  // From one view to two and back the pictures are made anew: none shows what the other left.
  const Frame frame = frame_of_both();
  Frame one = frame;
  one.views = {};
  const Pixels before = draw(120, 77, one);
  draw_both(120, 77, frame);
  expect_same(before, draw(120, 77, one), "one view before and after two");
}

TEST_F(Stereo, AScaledPictureIsAsAlone) {
  use({.samples = 1, .shadow_size = 512, .scale = 0.6f});
  build_still_life(*scene);
  expect_each_as_alone(201, 143, frame_of_both(), "scaled");
}

TEST_F(Stereo, HighlightsAreInBothEyes) {
  build_still_life(*scene);
  const auto model = scene->add_model(model_of(box_mesh(glm::vec3(0.2f)), plain({0.4f, 0.4f, 0.4f, 1}, 0, 0.5f)));
  ASSERT_TRUE(model);
  const ObjectId rimmed = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(0, 0.9f, 0)));
  const ObjectId ghost = scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(-0.6f, 0.9f, 0)));
  const Frame frame = frame_of_both();
  scene->set_visible(ghost, false);
  const auto without = draw_both(240, 181, frame);
  scene->set_highlight(rimmed, Highlight::kGoal);
  const auto rim = expect_each_as_alone(240, 181, frame, "outline");
  scene->set_visible(ghost, true);
  scene->set_highlight(ghost, Highlight::kGhost);
  const auto all = expect_each_as_alone(240, 181, frame, "outline and ghost");
  for (size_t eye = 0; eye < 2; ++eye) {
    EXPECT_GT(compare(rim[eye], without[eye], 60).beyond, 60u) << "no rim for eye " << eye;
    EXPECT_GT(compare(all[eye], rim[eye], 10).beyond, 200u) << "no ghost for eye " << eye;
  }
}

TEST_F(Stereo, TheUserInterfaceIsAtTheSamePixels) {
  const BlueWindow window(renderer->textures(), 200, 121);
  build_still_life(*scene);
  Frame frame = frame_of_both();
  frame.ui = window.draw_data();
  const auto both = draw_both(200, 121, frame);
  size_t blue = 0, outside = 0;
  for (uint32_t y = 0; y < 121; ++y)
    for (uint32_t x = 0; x < 200; ++x) {
      const uint8_t *l = &both[0].rgba[(y * 200 + x) * 4], *r = &both[1].rgba[(y * 200 + x) * 4];
      if (x > 21 && x < 138 && y > 21 && y < 98) {
        EXPECT_TRUE(std::equal(l, l + 3, r)) << "at " << x << ", " << y;
        blue += l[2] > 240 && l[0] < 10;
      } else if (x < 19 || x > 141 || y < 19 || y > 101) {
        outside += !std::equal(l, l + 3, r);
      }
    }
  EXPECT_GT(blue, 120u * 80 / 2);
  EXPECT_GT(outside, 1000u) << "both eyes show the same behind it";
}

TEST_F(Stereo, DebugViewsAreInBothEyes) {
  build_still_life(*scene);
  Frame frame = frame_of_both();
  const auto picture = draw_both(161, 121, frame);
  for (const DebugView view : {DebugView::kLevels, DebugView::kLate, DebugView::kOverdraw, DebugView::kBounds}) {
    frame.debug = view;
    draw_both(161, 121, frame);  // what is late comes to rest
    const auto both = expect_each_as_alone(161, 121, frame, fmt::format("debug view {}", debug_view_name(view)));
    for (size_t eye = 0; eye < 2; ++eye) EXPECT_GT(compare(both[eye], picture[eye], 10).beyond, 200u) << debug_view_name(view) << ", eye " << eye;
    EXPECT_GT(compare(both[0], both[1], 10).beyond, 200u) << debug_view_name(view);
  }
  // One observer: the same for both, who are both seen.
  const Camera above = look_at({1, 6, 4}, {0, 0, 1}, 0.8f);
  frame.debug = DebugView::kLevels;
  frame.observer = &above;
  const auto observed = draw_both(161, 121, frame);
  expect_same(observed[0], observed[1], "the observer's picture");
  frame.views = frame.views.subspan(0, 1);
  EXPECT_GT(compare(draw(161, 121, frame), observed[0], 30).beyond, 20u) << "the second eye's field of view is not there";
}

// What a lens hides is not drawn; beside it nothing changes.
TEST_F(Stereo, WhatALensHidesIsNotDrawn) {
  for (const Tier tier : {Tier::kLow, Tier::kMedium, Tier::kHigh}) {
    RenderOptions o = options_of(tier);
    o.ambient_occlusion = false;  // looks about itself
    use(o);
    build_still_life(*scene);
    Frame frame = frame_of_both();
    const auto open = draw_both(200, 140, frame);
    // To the left of the left eye's axis; above the right eye's. Angles beyond the picture's edge are cut off by it.
    const glm::vec2 left[] = {{-9, -9}, {0, -9}, {0, 9}, {-9, -9}, {0, 9}, {-9, 9}}, above[] = {{-9, 0}, {9, 0}, {9, 9}, {-9, 0}, {9, 9}, {-9, 9}};
    frame.hidden = {left, above};
    const auto seen = draw_both(200, 140, frame);
    // The axis' place in the picture, by the fields of view of frame_of_both().
    const float at_x = 200 * std::tan(0.67f) / (std::tan(0.67f) + std::tan(0.46f)), at_y = 140 * std::tan(0.42f) / (std::tan(0.42f) + std::tan(0.5f));
    for (size_t eye = 0; eye < 2; ++eye)
      for (uint32_t y = 0; y < 140; ++y)
        for (uint32_t x = 0; x < 200; ++x) {
          const float off = eye == 0 ? static_cast<float>(x) + 0.5f - at_x : static_cast<float>(y) + 0.5f - at_y;
          if (std::abs(off) < 2) continue;
          const uint8_t *p = &seen[eye].rgba[(y * 200 + x) * 4], *q = &open[eye].rgba[(y * 200 + x) * 4];
          if (off < 0) ASSERT_TRUE(p[0] + p[1] + p[2] <= 3) << "eye " << eye << " sees " << x << ", " << y;
          else ASSERT_TRUE(std::abs(p[0] - q[0]) <= 2 && std::abs(p[1] - q[1]) <= 2 && std::abs(p[2] - q[2]) <= 2) << "eye " << eye << " at " << x << ", " << y;
        }
  }
}

// The depth that is handed to a headset's runtime: near plane over distance, of the scene and of what hangs before it.
TEST_F(Stereo, DepthIsHandedOver) {
  for (const Tier tier : {Tier::kLow, Tier::kMedium, Tier::kHigh}) {
    use(options_of(tier));
    const auto model = scene->add_model(model_of(box_mesh(glm::vec3(1, 0.4f, 0.5f)), plain({0.4f, 0.4f, 0.4f, 1}, 0, 0.5f)));
    ASSERT_TRUE(model);
    scene->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(0, 0, -3)));
    Camera camera = look_at({0, 0, 0}, {0, 0, -1});
    camera.near_m = 0.1f;
    const auto views = headset_views(camera, {-0.7f, 0.7f, 0.7f, -0.7f}, 0);
    const gpu::WorldQuad sign{{-2, 0.1f, -1}, 0xffffffffu, {2, 0, 0}, 0, {0, -0.2f, 0}, 1, {0, 0, 1, 1}};
    Frame frame{.scene = scene.get(), .views = views};
    frame.quads = std::span(&sign, 1);
    Device& d = *device();
    auto canvas = create_canvas(d, 120, 120, 2);
    auto depth = create_image(d, {120, 120}, VK_FORMAT_D32_SFLOAT, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT, {.layers = 2, .array = true, .name = "handed depth"});
    ASSERT_TRUE(canvas && depth);
    Target target = canvas->target();
    target.depth = depth->handle;
    target.depth_view = depth->view;
    const Status drawn = renderer->draw(target, frame);
    ASSERT_TRUE(drawn) << drawn.error().text();
    auto bytes = create_buffer(d, 2 * 120 * 120 * 4, Memory::kReadback, 0, "handed depth");
    auto ring = CommandRing::create(d, 1);
    ASSERT_TRUE(bytes && ring);
    auto cmd = ring->begin();
    ASSERT_TRUE(cmd);
    transition(*cmd, depth->handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kCopySource);
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_DEPTH_BIT, 0, 0, 2};
    region.imageExtent = {120, 120, 1};
    vkCmdCopyImageToBuffer(*cmd, depth->handle, VK_IMAGE_LAYOUT_GENERAL, bytes->handle, 1, &region);
    barrier(*cmd, Use::kCopyTarget, Use::kHost);
    auto submit = ring->submit();
    ASSERT_TRUE(submit && d.wait(*submit));
    const auto* at = static_cast<const float*>(bytes->mapped);
    for (uint32_t eye = 0; eye < 2; ++eye) {
      EXPECT_NEAR(at[(eye * 120 + 60) * 120 + 75], 0.1f / 2.5f, 1e-4f) << "the box, eye " << eye;
      EXPECT_NEAR(at[(eye * 120 + 60) * 120 + 40], 0.1f / 1.0f, 1e-4f) << "what hangs before it, eye " << eye;
      EXPECT_EQ(at[(eye * 120 + 5) * 120 + 75], 0) << "nothing, eye " << eye;
    }
  }
}

// A headset's pictures are blended in linear light, a window's as they are encoded: what is translucent looks the same in both, or nearly.
TEST_F(Stereo, TranslucentPanelsAreAsDenseInBothKindsOfPicture) {
  build_still_life(*scene);
  Frame frame = still_life_frame(*scene);
  const gpu::View view = make_view(frame.camera, 160.0f / 120);
  frame.views = std::span(&view, 1);
  const glm::vec3 ahead = frame.camera.orientation * glm::vec3(0, 0, -1), right = frame.camera.orientation * glm::vec3(1, 0, 0), up = frame.camera.orientation * glm::vec3(0, 1, 0);
  for (const uint32_t color : {0x80000000u, 0xe01b1511u, 0x60ffffffu, 0xff2060c0u}) {  // ABGR: half black, a panel, a white ray, nothing translucent
    const gpu::WorldQuad veil{frame.camera.eye + ahead * 0.2f - right + up, color, right * 2.0f, 0, up * -2.0f, 1, {0, 0, 1, 1}};
    frame.quads = std::span(&veil, 1);
    const Pixels encoded = draw(160, 120, frame);
    auto canvas = create_canvas(*device(), 160, 120, 1, VK_FORMAT_R8G8B8A8_SRGB);
    ASSERT_TRUE(canvas);
    ASSERT_TRUE(renderer->draw(canvas->target(), frame));
    const auto linear = capture(*device(), *canvas);
    ASSERT_TRUE(linear);
    const Difference d = compare(encoded, *linear, 24);
    EXPECT_LT(d.mean, 6) << fmt::format("{:08x}", color);
    EXPECT_LT(d.beyond, 160u * 120 / 50) << fmt::format("{:08x}", color);
  }
}

}  // namespace
}  // namespace shixun::test
