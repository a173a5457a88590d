// Light and shadow held to figures: cascades of the key light in a yard, spot lamps against their formula.

#include <algorithm>
#include <optional>
#include <span>

#include "engine/render/shadows.h"
#include "tests/gpu/support.h"

namespace shixun::test {
namespace {

class Light : public GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!renderer) return;
    RenderOptions o = renderer->options();
    o.ambient_occlusion = false;
    o.shadow_size = 1024;
    o.shadow_texel = 0.01f;
    o.cascade_size = 1024;
    o.shadow_cascades = 3;
    o.fine_shadows = true;
    o.lamp_shadow_taps = 16;
    ASSERT_TRUE(renderer->set_options(o));
  }
};

constexpr uint32_t kWidth = 640, kHeight = 360;

int green(const Pixels& p, uint32_t x, uint32_t y) { return p.rgba[(size_t{y} * p.width + x) * 4 + 1]; }

// ---- the key light's cascades ----

const glm::vec3 kSun = glm::normalize(glm::vec3(0.5f, -1, 0.1f));

// A yard of 180 m with a crate 5 m before the camera and a container 60 m away.
constexpr glm::vec3 kCrate(0, 0.25f, -5), kCrateHalf(0.3f, 0.25f, 0.6f);
constexpr glm::vec3 kContainer(0, 1.5f, -60), kContainerHalf(2, 1.5f, 6);

void build_yard(GpuScene& scene, bool standing = true) {
  const auto place = [&](const Model& model, glm::vec3 at) {
    auto id = scene.add_model(model);
    ASSERT_TRUE(id) << id.error().text();
    scene.add_object(*id, glm::translate(glm::mat4(1), at));
  };
  const Material grey = plain({0.7f, 0.7f, 0.7f, 1}, 0, 1);
  place(model_of(quad_mesh(90), grey), {0, 0, 0});
  if (!standing) return;
  place(model_of(box_mesh(kCrateHalf), grey), kCrate);
  place(model_of(box_mesh(kContainerHalf), grey), kContainer);
}

Frame yard_frame(GpuScene& scene, const Camera& camera) {
  Frame f;
  f.scene = &scene;
  f.camera = camera;
  f.lighting.key_direction = kSun;
  f.lighting.key_spread = 0.001f;
  f.lighting.ambient = 0.15f;
  f.lighting.room_lower = glm::vec3(-100);
  f.lighting.room_upper = glm::vec3(100);
  f.lighting.show_room = false;
  return f;
}

struct Edge {
  float x = 0;       // metres, where the row's light is halfway between shadow and sun
  float pixels = 0;  // from a fifth of the way to four fifths
};

// The right edge of a box's shadow where it crosses the box's middle, as seen in a picture.
std::optional<Edge> shadow_edge(const Pixels& p, const Camera& camera, glm::vec3 box, glm::vec3 half) {
  const glm::vec2 size(kWidth, kHeight);
  const float expected = half.x + 2 * half.y * 0.5f;
  const glm::vec3 at = world_to_pixel(camera, {box.x + expected, 0, box.z}, size);
  const auto row = static_cast<uint32_t>(at.y);
  const int from = static_cast<int>(at.x) - 14, to = static_cast<int>(at.x) + 14;
  if (from < 0 || to >= static_cast<int>(kWidth) || row >= kHeight) return std::nullopt;
  const auto value = [&](int x) { return static_cast<float>(green(p, static_cast<uint32_t>(x), row)); };
  const float dark = value(from), bright = value(to);
  if (bright < dark + 40) return std::nullopt;
  const auto crossing = [&](float share) {
    const float level = dark + (bright - dark) * share;
    for (int x = from; x < to; ++x)
      if (value(x) <= level && value(x + 1) > level) return static_cast<float>(x) + 0.5f + (level - value(x)) / (value(x + 1) - value(x));
    return -1e9f;
  };
  const glm::vec3 ray = pixel_ray(camera, {crossing(0.5f), static_cast<float>(row) + 0.5f}, size);
  return Edge{camera.eye.x - ray.x / ray.y * camera.eye.y, crossing(0.8f) - crossing(0.2f)};
}

TEST_F(Light, AShadowsEdgeIsSharpNearAndFarAndStaysWhenTheCameraTurns) {
  build_yard(*scene);
  struct Place {
    const char* name;
    glm::vec3 eye, box, half;
    float sharp_px, still_m, off_m;
  };
  // A pixel is 12 mm wide at 5 m and 14 cm at 60 m. `still_m`: half of one to one; `off_m`: surfaces are lifted off their own shadow by two texels.
  for (const Place& place : {Place{"5 m", {0, 1.6f, 0}, kCrate, kCrateHalf, 3, 0.012f, 0.05f}, Place{"60 m", {0, 9, 0}, kContainer, kContainerHalf, 3, 0.07f, 0.35f}}) {
    std::vector<float> found;
    for (float turn : {0.0f, 0.04f, -0.09f, 0.13f}) {
      Camera camera = look_at(place.eye, place.box, 0.8f);
      camera.orientation = glm::angleAxis(turn, glm::vec3(0, 1, 0)) * camera.orientation;
      const Pixels p = draw(kWidth, kHeight, yard_frame(*scene, camera));
      const auto edge = shadow_edge(p, camera, place.box, place.half);
      if (!edge || edge->pixels > place.sharp_px) {
        EXPECT_TRUE(write_png(output_dir() / "yard.png", p));
      }
      ASSERT_TRUE(edge) << place.name << ", turned by " << turn << ": no edge; see yard.png in " << output_dir();
      EXPECT_LT(edge->pixels, place.sharp_px) << place.name << ", turned by " << turn;
      EXPECT_NEAR(edge->x, place.half.x + place.half.y, place.off_m) << place.name;
      found.push_back(edge->x);
    }
    const auto [least, most] = std::minmax_element(found.begin(), found.end());
    EXPECT_LT(*most - *least, place.still_m) << place.name << ": the edge wanders when the camera turns";
  }
  // The control: one map of that size for all the yard shows the crate's shadow as a smear.
  RenderOptions o = renderer->options();
  o.shadow_cascades = 0;
  ASSERT_TRUE(renderer->set_options(o));
  const Camera camera = look_at({0, 1.6f, 0}, kCrate, 0.8f);
  const auto edge = shadow_edge(draw(kWidth, kHeight, yard_frame(*scene, camera)), camera, kCrate, kCrateHalf);
  EXPECT_TRUE(!edge || edge->pixels > 6) << "cascades gain nothing here";
}

TEST_F(Light, CascadesAreDrawnAgainOnlyWhenTheCameraHasGoneSomeWay) {
  build_yard(*scene);
  const auto drawn = [&](const Camera& camera) {
    bool shadow = false;
    for (int i = 0; i < 3; ++i) {  // statistics are those of a frame two frames ago
      draw(64, 36, yard_frame(*scene, camera));
      shadow |= renderer->stats().shadow_drawn;
    }
    return shadow;
  };
  EXPECT_TRUE(drawn(look_at({0, 1.6f, 0}, {0, 0, -5}, 0.8f)));
  EXPECT_FALSE(drawn(look_at({0, 1.6f, 0}, {0, 0, -5}, 0.8f)));
  EXPECT_TRUE(drawn(look_at({9, 1.6f, 0}, {9, 0, -5}, 0.8f)));
  EXPECT_FALSE(drawn(look_at({9, 1.6f, 0}, {9, 0, -5}, 0.8f)));
}

TEST_F(Light, AnEmptyYardHasNoShadowInAnyCascadeNorBetweenThem) {
  build_yard(*scene, false);
  const Camera camera = look_at({0, 1.8f, 30}, {3, 0, 0}, 0.8f);
  const Pixels many = draw(kWidth, kHeight, yard_frame(*scene, camera));
  Frame bare = yard_frame(*scene, camera);
  bare.lighting.key_shadow = false;
  EXPECT_LT(static_cast<double>(compare(many, draw(kWidth, kHeight, bare), 6).beyond), 0.0005 * kWidth * kHeight);
}

TEST_F(Light, ASmallSceneHasOneMap) {
  const Camera camera = look_at({0, 1.6f, 3}, {0, 0, 0}, 0.8f);
  const gpu::View small = make_parallel_view(kSun, {-2, 0, -2}, {2, 1, 2}), yard = make_parallel_view(kSun, {-90, 0, -90}, {90, 3, 90});
  const gpu::View eye = make_view(camera, 16.0f / 9);
  EXPECT_EQ(make_cascades(small, std::span(&eye, 1), 0.0012f, 3, 2048).count, 0u) << "its own texels are as fine as pixels";
  const Cascades c = make_cascades(yard, std::span(&eye, 1), 0.0012f, 3, 2048);
  ASSERT_EQ(c.count, 3u);
  for (uint32_t i = 0; i < 3; ++i) {
    // All that is seen within its reach lies inside, whichever way the camera looks, and the texels' grid stays.
    for (float yaw = 0; yaw < 6.28f; yaw += 0.37f)
      for (float pitch : {-1.2f, -0.3f, 0.4f}) {
        Camera turned = camera;
        turned.orientation = look_orientation(yaw, pitch);
        const gpu::View seen = make_view(turned, 16.0f / 9);
        const Cascades t = make_cascades(yard, std::span(&seen, 1), 0.0012f, 3, 2048);
        EXPECT_EQ(t.texel[i], c.texel[i]);
        const glm::vec2 apart = (glm::vec2(t.at[i].planes[1].w - t.at[i].planes[0].w, t.at[i].planes[3].w - t.at[i].planes[2].w) -
                                 glm::vec2(c.at[i].planes[1].w - c.at[i].planes[0].w, c.at[i].planes[3].w - c.at[i].planes[2].w)) / (2 * c.texel[i]);
        EXPECT_LT(glm::length(apart - glm::round(apart)), 0.02f);
        for (glm::vec2 pixel : {glm::vec2(0, 0), glm::vec2(640, 0), glm::vec2(320, 180), glm::vec2(0, 360), glm::vec2(640, 360)})
          for (float d : {0.0f, 0.5f, 1.0f}) {
            const glm::vec4 clip = t.at[i].view_projection * glm::vec4(turned.eye + pixel_ray(turned, pixel, {640, 360}) * (d * t.reach[i]), 1);
            EXPECT_LE(std::max(std::abs(clip.x), std::abs(clip.y)), 1.0f) << "map " << i;
          }
      }
    EXPECT_TRUE(i == 0 || c.reach[i] > c.reach[i - 1]);
  }
  EXPECT_LT(c.texel[0], 0.012f);
}

TEST_F(Light, AnOcclusionTextureDarkensTheRoomsLightAlone) {
  const fs::path path = output_dir() / "occlusion.png";
  Pixels dark{4, 4, {}};
  for (int i = 0; i < 16; ++i) dark.rgba.insert(dark.rgba.end(), {60, 255, 255, 255});
  ASSERT_TRUE(write_png(path, dark));
  const auto lit = [&](bool textured, float key) {
    Model floor = model_of(quad_mesh(4), plain({0.6f, 0.6f, 0.6f, 1}, 0, 1));
    Image image;
    image.path = path;
    floor.images.push_back(image);
    if (textured) floor.materials[0].tex_occlusion = 0;
    auto id = scene->add_model(floor);
    EXPECT_TRUE(id);
    if (!id) return 0;
    scene->add_object(*id, glm::mat4(1));
    Frame f = yard_frame(*scene, look_at({0, 3, 3}, {0, 0, 0}, 0.8f));
    f.lighting.key_intensity = key;
    f.lighting.ambient = key > 0 ? 0 : 1;
    const int value = green(draw(64, 36, f), 32, 18);
    scene->remove_model(*id);
    return value;
  };
  EXPECT_LT(lit(true, 0), lit(false, 0) - 20);
  EXPECT_NEAR(lit(true, 1), lit(false, 1), 3) << "the key light is not the room's";
}

// ---- spots ----

// A matt grey floor from straight above, 6 m wide, lit by one spot 2 m over its middle.
Frame spot_frame(GpuScene& scene, const Lamp& spot) {
  Frame f;
  f.scene = &scene;
  f.camera = look_at({0, 6, 0.001f}, {0, 0, 0}, 0.9f);
  f.lighting.key_intensity = 0;
  f.lighting.ambient = 0.1f;
  f.lighting.show_room = false;
  f.lighting.lamps = {spot};
  return f;
}

constexpr float kDegrees = 3.14159265f / 180;

TEST_F(Light, ASpotLightsItsConeByTheFormula) {
  auto floor = scene->add_model(model_of(quad_mesh(4), plain({0.5f, 0.5f, 0.5f, 1}, 0, 1)));
  ASSERT_TRUE(floor);
  scene->add_object(*floor, glm::mat4(1));
  constexpr uint32_t kSide = 121;
  const float inner = 18 * kDegrees, outer = 32 * kDegrees, range = 4;
  const auto lit = [&](float candela, float in, float out, float far) {
    return draw(kSide, kSide, spot_frame(*scene, spot_lamp({0, 2, 0}, {0, 0, 0}, candela, in, out, far)));
  };
  // How bright a pixel is under what light: straight below a spot without an edge or an end, in the picture's unit.
  std::vector<std::pair<float, int>> curve;
  for (int i = 0; i <= 16; ++i) {
    const float candela = 150.0f * static_cast<float>(i) + 0.01f;
    curve.emplace_back(candela / 4 / kCandela, green(lit(candela, 69 * kDegrees, 70 * kDegrees, 1000), kSide / 2, kSide / 2));
  }
  const auto light_of = [&](int value) {
    for (size_t i = 1; i < curve.size(); ++i)
      if (value <= curve[i].second)
        return curve[i - 1].first + (curve[i].first - curve[i - 1].first) * std::max(0.0f, static_cast<float>(value - curve[i - 1].second)) /
                                        static_cast<float>(std::max(curve[i].second - curve[i - 1].second, 1));
    return curve.back().first;
  };
  const Pixels p = lit(7 * kCandela, inner, outer, range);
  const float per_m = 0.5f * kSide / (6 * std::tan(0.45f));
  int in_dark = 0;
  for (int x = 0; x < 55; ++x) {
    const float off = static_cast<float>(x) / per_m, d2 = off * off + 4, cosine = 2 / std::sqrt(d2);
    const float edge = glm::clamp((cosine - std::cos(outer)) / (std::cos(inner) - std::cos(outer)), 0.0f, 1.0f);
    const float expected = 7 * edge * edge * (1 - d2 * d2 / (range * range * range * range)) / d2 * cosine;
    EXPECT_NEAR(light_of(green(p, kSide / 2 + static_cast<uint32_t>(x), kSide / 2)), expected, 0.06f) << off << " m off its axis";
    if (off > 2 * std::tan(outer) + 0.05f) {
      ++in_dark;
      EXPECT_NEAR(green(p, kSide / 2 + static_cast<uint32_t>(x), kSide / 2), curve[0].second, 2) << "outside of its cone";
    }
  }
  EXPECT_GT(in_dark, 10);

  // In the unit of the key light: what that does with 1, a spot d metres away does with pi d^2.
  Frame key = spot_frame(*scene, spot_lamp({0, 2, 0}, {0, 0, 0}, 0.01f, inner, outer, 1000));
  key.lighting.key_direction = {0, -1, 0};
  key.lighting.key_intensity = 0.5f;
  EXPECT_NEAR(green(draw(kSide, kSide, key), kSide / 2, kSide / 2), green(lit(0.5f * 3.14159f * 4 * kCandela, inner, outer, 1000), kSide / 2, kSide / 2), 3);
}

TEST_F(Light, ASpotCastsShadowOnlyWithAMapAndIsNoPartOfARow) {
  auto floor = scene->add_model(model_of(quad_mesh(4), plain({0.5f, 0.5f, 0.5f, 1}, 0, 1)));
  auto plate = scene->add_model(model_of(box_mesh({0.15f, 0.01f, 0.15f}), plain({0.5f, 0.5f, 0.5f, 1}, 0, 1)));
  ASSERT_TRUE(floor && plate);
  scene->add_object(*floor, glm::mat4(1));
  scene->add_object(*plate, glm::translate(glm::mat4(1), glm::vec3(0.5f, 1, 0)));
  // A wall beside it that reaches behind it, as in a room.
  auto wall = scene->add_model(model_of(box_mesh({0.05f, 4, 4}), plain({0.5f, 0.5f, 0.5f, 1}, 0, 1)));
  ASSERT_TRUE(wall);
  scene->add_object(*wall, glm::translate(glm::mat4(1), glm::vec3(-2.4f, 4, 0)));
  const Lamp spot = spot_lamp({0, 2, 0}, {0, 0, 0}, 3 * kCandela, 30 * kDegrees, 45 * kDegrees, 10);
  // The plate's shadow lies twice as far out: 0.7 to 1.3 m. Beyond it and on the other side there is light.
  const auto shade = [&](const Pixels& p, float x) {
    const float per_m = 0.5f * static_cast<float>(p.width) / (6 * std::tan(0.45f));
    return green(p, static_cast<uint32_t>(static_cast<float>(p.width) * 0.5f + x * per_m), p.height / 2);
  };
  const Pixels open = draw(121, 121, spot_frame(*scene, spot));
  EXPECT_NEAR(shade(open, 1.1f), shade(open, -1.1f), 4) << "without a map there is no shadow";
  RenderOptions o = renderer->options();
  o.lamp_shadows = 1;
  o.lamp_shadow_size = 512;
  ASSERT_TRUE(renderer->set_options(o));
  const Pixels shaded = draw(121, 121, spot_frame(*scene, spot));
  EXPECT_LT(shade(shaded, 1.1f), shade(open, 1.1f) - 40);
  EXPECT_NEAR(shade(shaded, -1.1f), shade(open, -1.1f), 4);
  EXPECT_NEAR(shade(shaded, 1.5f), shade(open, 1.5f), 6);
  EXPECT_NEAR(shade(shaded, 0.3f), shade(open, 0.3f), 6);
  Lamp second = spot;
  second.position.z += 0.5f;
  EXPECT_EQ(merge_rows({spot, second}).size(), 2u);
}

}  // namespace
}  // namespace shixun::test
