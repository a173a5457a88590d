#pragma once
// The frame. draw() records one frame and submits it; it does not wait for it. Pipelines are made once, in create().
//
//   auto device   = create_device();
//   auto renderer = Renderer::create(**device);
//   auto scene    = GpuScene::create(**device, (*renderer)->textures());
//   auto canvas   = create_canvas(**device, 1280, 720);       // or Swapchain::acquire()
//   (*renderer)->draw(canvas->target(), {.scene = scene->get(), .camera = camera, .lighting = lighting, .ui = nullptr});
//   auto pixels   = capture(**device, *canvas);

#include <memory>

#include "engine/gpu/device.h"
#include "engine/gpu/target.h"
#include "engine/render/lighting.h"
#include "engine/render/scene.h"
#include "engine/render/textures.h"
#include "engine/render/views.h"

struct ImDrawData;

namespace shixun {

struct RenderOptions {
  uint32_t samples = 1;         // 1 or 4 samples a pixel; what the device lacks falls back to 1
  uint32_t shadow_size = 0;     // texels a side; 0: 2048 on a software driver with 1 sample, else 4096
  // 0.25..1: the scene is drawn at this share of the target's width and height; the user interface always at full size.
  // 0: as fits the device, which is 0.75 on a software driver with 1 sample (a window that must be quick), else 1.
  float scale = 0;
  bool ambient_occlusion = true;
};

struct Frame {
  GpuScene* scene = nullptr;  // null: background and UI only
  Camera camera{};
  Lighting lighting{};
  const ImDrawData* ui = nullptr;  // drawn over the picture after tone mapping
};

// What the last finished frame did, as counted by the GPU. `draws` and `triangles` are those of the main view.
struct FrameStats {
  uint32_t instances = 0;  // tested
  uint32_t draws = 0;
  uint64_t triangles = 0;
  bool shadow_drawn = false;
  float gpu_ms = 0, shadow_ms = 0, scene_ms = 0, post_ms = 0, ui_ms = 0;
};

class Renderer {
 public:
  static Result<std::unique_ptr<Renderer>> create(Device& device, const RenderOptions& options = {});
  ~Renderer();

  Textures& textures();
  Status draw(const Target& target, const Frame& frame);
  FrameStats stats() const;

  // Instance slots that the culling kernel kept in the last drawn frame, sorted. Waits for the GPU; for tests and diagnosis.
  Result<std::vector<uint32_t>> kept_instances();

 private:
  struct Private;
  explicit Renderer(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

}  // namespace shixun
