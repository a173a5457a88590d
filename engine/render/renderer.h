#pragma once
// The frame. draw() records one frame and submits it; it does not wait for it. Pipelines are made in create() and set_options(), none while
// a frame is drawn but those of a target format, a number of views or a debug view that is new.
//
//   auto device   = create_device();
//   auto renderer = Renderer::create(**device);
//   auto scene    = GpuScene::create(**device, (*renderer)->textures());
//   auto canvas   = create_canvas(**device, 1280, 720);       // or Swapchain::acquire()
//   (*renderer)->draw(canvas->target(), {.scene = scene->get(), .camera = camera, .lighting = lighting, .ui = nullptr});
//   auto pixels   = capture(**device, *canvas);

#include <array>
#include <memory>
#include <span>

#include "engine/gpu/device.h"
#include "engine/gpu/resources.h"
#include "engine/gpu/target.h"
#include "engine/render/debug_view.h"
#include "engine/render/frame_pass.h"
#include "engine/render/lighting.h"
#include "engine/render/scene.h"
#include "engine/render/textures.h"
#include "engine/render/tiers.h"
#include "engine/render/views.h"

struct ImDrawData;

namespace shixun {

// Draw commands made beforehand, to measure culling against: see Renderer::make_draws.
struct DrawSet {
  Buffer commands;
  std::array<uint32_t, gpu::kBuckets> first{}, count{};
};

// What decides which instances are drawn. Only `lod_pixels` changes the picture; the rest is for measuring what each part is worth.
struct CullOptions {
  bool frustum = true, occlusion = true, clusters = true;
  bool keep_history = true;        // false: the next frame goes by what the frame before this one saw
  float lod_pixels = 0.7f;         // how far off a simplified surface may be seen, in pixels; 0: always the full one
  bool on_cpu = false;             // instead: the frustum alone, on the CPU, and one recorded draw an instance
  const DrawSet* draws = nullptr;  // instead: exactly these
};

inline constexpr uint32_t kMostViews = 2;

struct Frame {
  GpuScene* scene = nullptr;  // null: background and UI only
  Camera camera{};
  // The eyes of a headset: what is drawn instead of `camera`, each into its layer of the target (kMostViews at most; one is allowed). What any
  // of them sees is drawn in all; all show the same levels of detail (those that the nearest eye wants) and the same order of what is translucent.
  std::span<const gpu::View> views{};
  // Of each of them what its lens hides: triangles as they cross the plane 1 m ahead (x to the right, y up; three points each). Nothing is
  // drawn there, and what is seen nowhere else is culled.
  std::array<std::span<const glm::vec2>, kMostViews> hidden{};
  Lighting lighting{};
  const ImDrawData* ui = nullptr;  // drawn over the picture after tone mapping, in every view at the same pixels
  TextureHandle ui_panel = kNoTexture;  // or into this texture (Textures::add_panel) instead, before the picture
  std::span<const gpu::WorldQuad> quads{};  // drawn over the picture where they hang in the world, in their order: later ones over earlier ones
  CullOptions culling{};
  DebugView debug = DebugView::kOff;
  const Camera* observer = nullptr;  // looks at what is drawn for `camera` or `views`, and at their fields of view
  FrameTiming timing = FrameTiming::kParts;  // kIsolated: not to a window's target, where it counts as kPasses
};

// What one pass took, milliseconds.
struct PassTime {
  bool ran = false;
  float gpu_ms = 0;     // on the GPU; isolated: from the submit until it was done
  float record_ms = 0;  // of the CPU to record it; not timed with FrameTiming::kParts
  float cpu_ms = 0;     // isolated: CPU time of the whole process meanwhile, which on a software driver is the pass itself
};

// What the last finished frame did, as counted by the GPU. `draws` and `triangles` are those of the main view.
struct FrameStats {
  uint32_t cells = 0;      // looked into
  uint32_t instances = 0;  // tested in them
  uint32_t occluded = 0;   // of those
  uint32_t draws = 0, early_draws = 0, late_draws = 0;  // instances; early and late: of solid surfaces
  uint32_t commands = 0;   // that draw them: one for each run of an instance's kept clusters
  uint64_t uploaded_bytes = 0;  // of instances and joints
  uint32_t skin_groups = 0;     // of 64 vertices that were skinned
  uint64_t triangles = 0;
  bool shadow_drawn = false;
  bool probe_taken = false;  // the room's reflections were taken anew
  float gpu_ms = 0, shadow_ms = 0, scene_ms = 0, post_ms = 0, ui_ms = 0;  // the whole, and its parts
  float record_ms = 0;  // CPU: all of draw() but the waiting
  float submit_ms = 0;  // isolated: a submit with nothing in it, which is in every pass too
  std::array<PassTime, kFramePasses> passes{};  // by FramePass
};

// What the culling of the last frame came to, for tests and diagnosis.
struct CullingResult {
  std::vector<uint32_t> drawn;  // slots, rising
  std::vector<gpu::DrawCommand> commands;  // those draws in their order, several of an instance of which parts are left out
  std::vector<uint32_t> seen;   // with occlusion: slots found in view and not hidden, rising
  std::vector<float> depth;     // what they were tested against: see shaders/cull.h
  uint32_t width = 0, height = 0;  // of its level 0
};

class Renderer {
 public:
  static Result<std::unique_ptr<Renderer>> create(Device& device, const RenderOptions& options = {});
  ~Renderer();

  Textures& textures();
  const RenderOptions& options() const;
  // Another tier, from the next frame on. Waits for the GPU and makes what must be made anew; pictures, models and scenes stay.
  Status set_options(const RenderOptions& options);
  Status draw(const Target& target, const Frame& frame);
  FrameStats stats() const;     // of a frame or two ago: waits for nothing
  FrameStats finished_stats();  // of the last one, once it has been waited for

  // For tests and measurements; each waits for the GPU.
  Result<CullingResult> read_culling();
  Result<std::vector<uint32_t>> visible_instances();  // slots of solid instances that own a pixel of a view of the last frame, rising
  Result<std::vector<gpu::PackedVertex>> read_vertices(const GpuScene& scene, uint32_t first, uint32_t count);  // as drawn last
  Result<DrawSet> make_draws(const GpuScene& scene, std::span<const gpu::DrawCommand> commands);

 private:
  struct Private;
  explicit Renderer(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

}  // namespace shixun
