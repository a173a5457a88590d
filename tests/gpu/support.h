#pragma once
// What the GPU tests share: one device with the validation layer on, generated models, one-line drawing.

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <glm/gtc/constants.hpp>
#include <glm/gtc/matrix_transform.hpp>
#include <random>

#include "engine/render/capture.h"
#include "engine/render/renderer.h"

struct ImDrawData;
struct ImGuiContext;

namespace shixun::test {

// The device, or null with the reason in `why`. Made at the first call.
Device* device(std::string* why = nullptr);
bool gpu_required();  // --require-gpu

// Skips (or fails, under --require-gpu) without a device; fails when the validation layer has spoken.
class GpuTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Fails the test and returns nothing drawn when anything goes wrong.
  Pixels draw(uint32_t width, uint32_t height, const Frame& frame);

  // The layers of a picture of `frame.views`.
  std::array<Pixels, 2> draw_both(uint32_t width, uint32_t height, const Frame& frame);

  // Another renderer, and a new scene for it.
  void use(const RenderOptions& options);

  std::unique_ptr<Renderer> renderer;
  std::unique_ptr<GpuScene> scene;

 private:
  uint32_t messages_before_ = 0;
};

// Fails the test if any channel of any pixel differs; the difference is then written to output_dir().
void expect_same(const Pixels& a, const Pixels& b, const std::string& what);
// The same for pictures drawn by differently compiled shaders (for one view and for two), which may round otherwise here and there.
void expect_same_but_rounded(const Pixels& a, const Pixels& b, const std::string& what);

Material plain(glm::vec4 color, float metallic, float roughness);
Mesh sphere_mesh(float radius, uint32_t rings);
Mesh box_mesh(glm::vec3 half);
Mesh quad_mesh(float half);  // in the plane y = 0, facing up, texture coordinates 0..1
Model model_of(Mesh mesh, Material material);
// A tube along +Y, 2 m high, of two colours with four joints, one above the other. Clips: "wave" (2 s) bends and twists it, "swell" (1 s) scales
// joints unevenly, "lean" (0.5 s) turns the first joint only.
Model tube_figure();

// A user interface of one blue window at 20, 20 of 120 x 80 pixels that says HELLO; `more` adds to it. Lives as long as its draw data is used.
class BlueWindow {
 public:
  BlueWindow(Textures& textures, float width, float height, const std::function<void()>& more = {});
  ~BlueWindow();
  BlueWindow(const BlueWindow&) = delete;
  const ImDrawData* draw_data() const;

 private:
  ImGuiContext* context_;
};

// A small still life: floor with a checked texture, spheres of several materials, glass, a label just above a box, something red-hot.
// `moved` pushes one sphere aside.
void build_still_life(GpuScene& scene, bool moved = false);
Frame still_life_frame(GpuScene& scene);

fs::path output_dir();  // for pictures of failed tests

}  // namespace shixun::test
