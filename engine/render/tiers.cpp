#include "engine/render/tiers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <glm/glm.hpp>
#include <glm/gtc/matrix_transform.hpp>

#include "engine/base/log.h"
#include "engine/render/capture.h"
#include "engine/render/renderer.h"

namespace shixun {

namespace {

// clang-format off
constexpr std::array<RenderOptions, 3> kTiers{{
  {.samples = 1, .shadow_size = 2048, .shadow_cascades = 0, .cascade_size = 2048, .shadow_texel = 0.01f, .scale = 0.55f, .fine_shadows = false, .ambient_occlusion = true, .occlusion_taps = 6, .probe_size = 0,
   .lamp_shadows = 0, .lamp_shadow_size = 512, .lamp_shadow_taps = 8, .merge_lamps = true, .trilinear = false, .anisotropy = 1},
  {.samples = 4, .shadow_size = 2048, .shadow_cascades = 2, .cascade_size = 1536, .shadow_texel = 0.01f, .scale = 1, .fine_shadows = true, .ambient_occlusion = true, .occlusion_taps = 12, .probe_size = 128,
   .lamp_shadows = 2, .lamp_shadow_size = 1024, .lamp_shadow_taps = 24, .merge_lamps = true, .trilinear = true, .anisotropy = 4},
  {.samples = 4, .shadow_size = 4096, .shadow_cascades = 3, .cascade_size = 2048, .shadow_texel = 0.006f, .scale = 1, .fine_shadows = true, .ambient_occlusion = true, .occlusion_taps = 20, .probe_size = 256,
   .lamp_shadows = 4, .lamp_shadow_size = 2048, .lamp_shadow_taps = 64, .merge_lamps = true, .trilinear = true, .anisotropy = 16},
}};
// clang-format on
constexpr std::array<const char*, 3> kNames{"low", "medium", "high"};

// A frame of the still life at `width` pixels, milliseconds: the shorter of two after one that nobody counts.
Result<float> time_frames(Device& device, Renderer& renderer, const Frame& frame, uint32_t width) {
  auto canvas = create_canvas(device, width, width * 9 / 16);
  if (!canvas) return canvas.error();
  float best = 1e9f;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (auto s = renderer.draw(canvas->target(), frame); !s) return s.error();
    if (auto s = device.wait_idle(); !s) return s.error();
    if (i > 0) best = std::min(best, std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

// Rows of balls, from metal to paint, that fill the picture.
Model ball() {
  constexpr uint32_t kRings = 24, kColumns = 48;
  Model model;
  Node root;
  root.name = "ball";
  root.meshes = {0};
  model.nodes = {root};
  Material material;
  material.metallic = 0.7f;
  material.roughness = 0.35f;
  material.clearcoat = 1;
  model.materials = {material};
  Mesh mesh;
  for (uint32_t i = 0; i <= kRings; ++i)
    for (uint32_t j = 0; j <= kColumns; ++j) {
      const float t = 3.14159265f * static_cast<float>(i) / kRings, p = 6.2831853f * static_cast<float>(j) / kColumns;
      const glm::vec3 n(std::sin(t) * std::cos(p), std::cos(t), std::sin(t) * std::sin(p));
      mesh.vertices.push_back({n, n, {-std::sin(p), 0, std::cos(p), 1}, {static_cast<float>(j) / kColumns, static_cast<float>(i) / kRings}, 1});
    }
  for (uint32_t i = 0; i < kRings; ++i)
    for (uint32_t j = 0; j < kColumns; ++j) {
      const uint32_t a = i * (kColumns + 1) + j, c = a + kColumns + 1;
      for (uint32_t k : {a, a + 1, c, a + 1, c + 1, c}) mesh.indices.push_back(k);
    }
  mesh.lower = glm::vec3(-1);
  mesh.upper = glm::vec3(1);
  model.meshes = {mesh};
  return model;
}

}  // namespace

const RenderOptions& options_of(Tier tier) { return kTiers[static_cast<size_t>(tier)]; }
const char* tier_name(Tier tier) { return kNames[static_cast<size_t>(tier)]; }

std::optional<Tier> tier_from_name(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i)
    if (name == kNames[i]) return static_cast<Tier>(i);
  return std::nullopt;
}

Result<TierChoice> measure_tier(Device& device, Renderer& renderer) {
  // A large picture may take its share of a sixtieth of a second, with room for the rest.
  if (auto s = renderer.set_options(options_of(Tier::kLow)); !s) return s.error();
  auto scene = GpuScene::create(device, renderer.textures());
  if (!scene) return scene.error();
  auto model = (*scene)->add_model(ball());
  if (!model) return model.error();
  for (int x = -4; x <= 4; ++x)
    for (int y = -2; y <= 2; ++y) (*scene)->add_object(*model, glm::translate(glm::mat4(1), glm::vec3(2.0f * static_cast<float>(x), 2.0f * static_cast<float>(y) + 5, 0)));
  Frame frame;
  frame.scene = scene->get();
  frame.camera = look_at({0, 5, 12}, {0, 5, 0}, 0.75f);
  frame.lighting = workshop_lighting({-14, 0, -14}, {14, 12, 14});
  auto small = time_frames(device, renderer, frame, 320);
  if (!small) return small.error();
  Tier tier = Tier::kLow;
  float large_ms = 0;
  if (*small <= kSmallPictureMs) {
    if (auto s = renderer.set_options(options_of(Tier::kMedium)); !s) return s.error();
    auto large = time_frames(device, renderer, frame, 1920);
    if (!large) return large.error();
    large_ms = *large;
    tier = large_ms <= kHighPictureMs ? Tier::kHigh : large_ms <= kMediumPictureMs ? Tier::kMedium : Tier::kLow;
  }
  spdlog::info("pictures: {} (320 pixels wide {:.1f} ms, 1920 wide {:.1f} ms)", tier_name(tier), *small, large_ms);
  if (auto s = renderer.set_options(options_of(tier)); !s) return s.error();
  return TierChoice{tier, *small, large_ms};
}

}  // namespace shixun
