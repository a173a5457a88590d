#pragma once
// The renderer's insides, shared by its files: renderer.cpp (the frame), renderer_setup.cpp (what is made once), renderer_passes.cpp (what
// the frame calls), renderer_measure.cpp (for tests and figures), renderer_timing.cpp (what passes
// take), renderer_debug.cpp (how a frame was drawn).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <glm/glm.hpp>
#include <glm/gtc/matrix_transform.hpp>
#include <optional>

#include "engine/base/log.h"
#include "engine/gpu/commands.h"
#include "engine/gpu/pipeline.h"
#include "engine/gpu/resources.h"
#include "engine/gpu/upload.h"
#include "engine/render/culling.h"
#include "engine/render/probe.h"
#include "engine/render/renderer.h"
#include "engine/render/shadows.h"
#include "engine/render/skinning.h"
#include "engine/render/ui.h"
#include "shaders/cull.h"

namespace shixun {

inline constexpr uint32_t kFramesInFlight = 2;
inline constexpr float kOccluderSize = 0.04f;  // least radius over distance of a large and simple thing that is drawn before the rest is judged
inline constexpr VkFormat kLightFormat = VK_FORMAT_R16G16B16A16_SFLOAT;
inline constexpr VkFormat kDepthFormat = VK_FORMAT_D32_SFLOAT;
inline constexpr VkFormat kPictureFormat = VK_FORMAT_R8G8B8A8_UNORM;
inline constexpr VkFormat kOcclusionFormat = VK_FORMAT_R16G16_SFLOAT;
inline constexpr VkFormat kIdFormat = VK_FORMAT_R32_UINT;
inline constexpr VkFormat kMaskFormat = VK_FORMAT_R8_UNORM;
inline constexpr VkImageUsageFlags kShadowUsage =
    VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
inline constexpr VkShaderStageFlags kAllStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT;

inline constexpr uint32_t kStamps = 32;  // of a frame at most; further passes are timed with the one before them
// After a pass over several views llvmpipe (Mesa 25.0) writes a timestamp as inside one, once for each view into the queries that follow. The
// next stamps overwrite those; the last one needs room behind it.
inline constexpr uint32_t kStampQueries = kStamps + gpu::kMaxViews - 1;

inline constexpr VkDeviceSize kBlockStride = 8192;  // of the pass blocks in their buffer; any device's offset alignment divides it
enum Block : uint32_t { kMainBlock, kRestingBlock, kMovingBlock, kCascadeRestingBlock, kCascadeMovingBlock, kLampRestingBlock, kLampMovingBlock, kDebugBlock, kFaceBlock, kBlocks = kFaceBlock + kCubeFaces };
static_assert(sizeof(gpu::Pass) <= kBlockStride);
static_assert(kMaxLamps == gpu::kLampLimit);

// The depth maps of one or more views, one layer each: what is sampled, and the part of it that does not move.
struct ShadowImages {
  Image2D live, resting;
  bool written = false;
};

// The layers of such images that are drawn together: view i of their pass into layer i, for those of `view_mask`; 0: layer 0 alone.
struct ShadowMaps {
  uint32_t first = 0, layers = 1, view_mask = 0;
  Pipeline solid, double_sided, alpha_tested;

  // What they hold; drawn again when it differs.
  const GpuScene* scene = nullptr;
  uint64_t resting_version = 0, moving_version = 0;
  std::array<glm::mat4, gpu::kMaxViews> views{};
  float ceiling = 0;
  bool valid = false;
};

// What the GPU tells of a frame. The stamps are copied here too: asking the query pool takes llvmpipe (Mesa 25.0) 0.06 ms a call.
struct Readback {
  gpu::DrawListState lists[2];  // early, late
  uint64_t stamps[kStamps];
};

struct FrameSlot {
  Arena arena;
  Buffer blocks;  // the Pass of each set of views
  // One for each block: the block, and for the drawing shaders the scene's tables. Not one set with a dynamic offset: llvmpipe (Mesa 25.0) makes
  // a copy of such a set wherever it is bound, which takes 0.2 ms.
  std::array<VkDescriptorSet, kBlocks> sets{};
  Buffer readback;  // a Readback
  VkQueryPool stamps = VK_NULL_HANDLE;
  FrameTiming timing = FrameTiming::kParts;
  std::array<FramePass, kStamps> stamped{};  // what begins at each stamp; one more stamp ends the last
  uint32_t stamp_count = 0;
  FramePass pass = FramePass::kCount;  // being recorded; kCount: none yet
  double pass_began_ms = 0, record_ms = 0, submit_ms = 0;
  std::array<PassTime, kFramePasses> times{};  // what is not read from the stamps
  bool used = false, shadow_drawn = false, probe_taken = false;
  bool early = false, late = false;  // the lists that were made
  uint32_t given_draws = 0;          // instead of them
  uint64_t uploaded_bytes = 0;
  uint32_t skin_groups = 0;
};

inline VkRenderingAttachmentInfo attachment(VkImageView view, VkAttachmentLoadOp load, VkClearValue clear = {}, VkImageLayout layout = VK_IMAGE_LAYOUT_GENERAL) {
  VkRenderingAttachmentInfo a{};
  a.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO;
  a.imageView = view;
  a.imageLayout = layout;
  a.loadOp = load;
  a.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  a.clearValue = clear;
  return a;
}

inline void begin_pass(VkCommandBuffer cmd, VkExtent2D extent, const VkRenderingAttachmentInfo* color, const VkRenderingAttachmentInfo* depth, uint32_t view_mask = 0) {
  VkRenderingInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDERING_INFO;
  info.renderArea = {{0, 0}, extent};
  info.layerCount = 1;
  info.viewMask = view_mask;
  info.colorAttachmentCount = color ? 1 : 0;
  info.pColorAttachments = color;
  info.pDepthAttachment = depth;
  vkCmdBeginRendering(cmd, &info);
  const VkViewport viewport{0, 0, static_cast<float>(extent.width), static_cast<float>(extent.height), 0, 1};
  const VkRect2D scissor{{0, 0}, extent};
  vkCmdSetViewport(cmd, 0, 1, &viewport);
  vkCmdSetScissor(cmd, 0, 1, &scissor);
}

inline bool encodes_srgb(VkFormat format) { return format == VK_FORMAT_R8G8B8A8_SRGB || format == VK_FORMAT_B8G8R8A8_SRGB; }

struct Renderer::Private {
  Device& device;
  RenderOptions options;
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
  std::unique_ptr<Textures> textures;
  CommandRing ring;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout = VK_NULL_HANDLE;
  VkDescriptorPool pool = VK_NULL_HANDLE;
  Culling culling;
  Skinning skinning;
  struct ViewPipelines {  // for one view, or for several at once; made when first asked for
    Pipeline opaque, double_sided, alpha_tested, blend, room, mask, occlusion, farthest, ids, ids_double;
    Pipeline tonemap;  // only where the images are smaller than the target
    Pipeline hidden, depth_out, depth_quads;  // made when first asked for
  };
  std::array<ViewPipelines, kMostViews> pipelines;
  uint32_t view_count = 1;  // of the frame that is recorded
  const ViewPipelines& now() const { return pipelines[view_count - 1]; }
  bool scaled() const { return options.scale < 1; }  // the images are smaller than the target
  std::vector<uint32_t> tonemap_constants(VkFormat format) const;
  uint32_t view_mask() const { return view_count > 1 ? (1u << view_count) - 1 : 0; }
  struct Output {  // the pipelines that write to the target, one set per format and number of views
    VkFormat format;
    uint32_t views;
    Pipeline picture;  // light to picture; or the picture enlarged, where it is smaller than the target
    Pipeline outline, ui;
    Pipeline quads;  // made when first asked for
    Pipeline debug_solid, debug_overdraw, debug_lines;  // made when first asked for
  };
  std::vector<Output> outputs;

  std::array<FrameSlot, kFramesInFlight> slots;
  std::vector<std::pair<float, uint32_t>> blend_order;  // kept from frame to frame for its memory
  const GpuScene::Tables* last_tables = nullptr;
  struct {  // whence the culling's history looked
    const GpuScene* scene = nullptr;
    uint32_t count = 0;
    std::array<gpu::View, kMostViews> views{};
  } history;
  Image2D light, depth, open, outline_mask;
  Image2D small_picture;  // what is enlarged onto the target
  // What surfaces are drawn into: the light image, or, of a matte picture, the target itself.
  VkImage painted = VK_NULL_HANDLE;
  VkImageView painted_view = VK_NULL_HANDLE;
  VkFormat painted_format = kLightFormat;
  Image2D depth_one;  // one sample a pixel, the farthest, where depth has several: what the pyramid is made of
  Image2D debug_depth;  // of the target's size, made when first asked for
  VkExtent2D extent{};  // of the images: the target's times options.scale

  ShadowImages key_images, lamp_images;
  ShadowMaps key_shadow, cascades, lamp_shadow;
  bool cascaded = false;  // key_images has layers for the cascades
  std::vector<Lamp> lamps_asked, lamps_merged;  // rows of lamps are merged when the lamps change, not each frame
  std::array<uint32_t, gpu::kBuckets> first_command{};  // of the last frame's lists

  // The room's reflections, and what they were taken of.
  std::optional<Probe> probe;
  struct ProbeKey {
    const GpuScene* scene = nullptr;
    uint64_t version = 0;
    gpu::LightingInfo light{};
    std::array<gpu::LampInfo, kMaxLamps> lamps{};
  };
  ProbeKey probe_key;
  uint64_t room_seen = 0;  // the room's version a frame ago
  bool probe_valid = false;

  FrameStats stats;
  Status trouble = ok();  // of submits in the middle of a frame

  Private(Device& d, CommandRing r) : device(d), ring(std::move(r)) {}
  ~Private() {
    for (FrameSlot& s : slots)
      if (s.stamps) device.retire([vk = device.handle, pool = s.stamps] { vkDestroyQueryPool(vk, pool, nullptr); });
    device.retire([vk = device.handle, l = layout, sl = set_layout, p = pool] {
      if (l) vkDestroyPipelineLayout(vk, l, nullptr);
      if (p) vkDestroyDescriptorPool(vk, p, nullptr);
      if (sl) vkDestroyDescriptorSetLayout(vk, sl, nullptr);
    });
  }

  // ---- set up once ----

  Status create_sets();
  // The slot's earlier frame has finished, so its sets are free to change. Without a scene the blocks stand in for the tables.
  void write_sets(const FrameSlot& slot, const GpuScene::Tables& t) const;
  void bind_sets(VkCommandBuffer cmd, const FrameSlot& slot) const;
  // Writes the block and makes it the one that draws and dispatches see.
  void use_pass(VkCommandBuffer cmd, const FrameSlot& slot, Block block, const gpu::Pass& pass) const;
  mutable Block bound = kMainBlock;  // the block that draws and dispatches see
  Status create_pipelines();
  Status create_view_pipelines(uint32_t count);
  Result<Output*> output_for(VkFormat format, uint32_t views);
  Status create_screen(Image2D& screen, VkExtent2D size, VkFormat format, VkSampleCountFlagBits count, uint32_t layers, Textures::Screen binding, const char* name);
  // The images follow the target's size and have a layer for each view. They may not change under a frame in flight.
  Status fit_screens(VkExtent2D size, uint32_t layers);
  Status create_maps(ShadowImages& images, uint32_t size, uint32_t layers, bool array, const char* name);
  // The key light's maps: one, or one and the cascades. They may not change under a frame in flight.
  Status fit_key_maps(bool with_cascades);
  uint32_t key_size() const { return cascaded ? options.cascade_size : options.shadow_size; }
  // Makes what depends on the options. No frame is in flight.
  Status fit_options(const RenderOptions& wanted);

  // ---- the pass blocks ----

  // What is drawn, and what all views share: the levels of detail.
  void write_views(gpu::Pass& pass, std::span<const gpu::View> views, float lod_pixels) const;
  gpu::LightingInfo lighting_of(const Lighting& l, const gpu::View& key) const;
  static void write_cascades(gpu::LightingInfo& light, const gpu::View& key, const Cascades& found);
  void write_lamps(gpu::Pass& pass, const std::vector<Lamp>& lamps, const LampViews& shadowed) const;
  gpu::Pass pass_of(const GpuScene::Tables& t, bool for_shadow) const;
  // Slots of the blended instances from far to near.
  Result<VkDeviceAddress> upload_blended(Arena& arena, const GpuScene& scene, glm::vec3 eye);

  // ---- the passes ----

  // What is recorded from here on belongs to `pass`: ends the pass before it, names and times this one. Outside of vkCmdBeginRendering, but
  // for enter_drawing().
  void enter(VkCommandBuffer cmd, FramePass pass);
  // The same between vkCmdBeginRendering and vkCmdEndRendering, for a pass that draws on into the same picture.
  void enter_drawing(VkCommandBuffer cmd, FramePass pass, const Target& target);
  void begin_passes(VkCommandBuffer cmd, FrameSlot& slot, FrameTiming timing);
  void end_passes(VkCommandBuffer cmd);  // isolated: the last one once it has been submitted
  void bind(VkCommandBuffer cmd, const Pipeline& p) const { vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, p.handle); }
  // Everything a bucket holds, in one command.
  enum class Part { kAll, kFirst, kRest };  // of a list's commands; the rest is known after Culling::recall()
  void draw_bucket(VkCommandBuffer cmd, const DrawList& list, const GpuScene::Tables& t, uint32_t bucket, Part part = Part::kAll) const;
  // The casters the pass keeps, into maps that hold something already (or are cleared).
  void draw_casters(VkCommandBuffer cmd, const GpuScene::Tables& t, const ShadowMaps& maps, const Image2D& image, VkAttachmentLoadOp load) const;
  void copy_resting(VkCommandBuffer cmd, const ShadowImages& images, const ShadowMaps& maps) const;
  // The maps of `pass.views`, as far as something has changed: what rests, then what moves over it. Whether anything was drawn.
  bool draw_shadows(VkCommandBuffer cmd, const FrameSlot& slot, ShadowImages& images, ShadowMaps& maps, const Frame& frame, const GpuScene::Tables& t, gpu::Pass pass, Block resting,
                    Block moving) const;

  // ---- reflections of the room ----

  // Taken when the room is new, lit otherwise, or has come to rest after a change.
  bool probe_stale(const GpuScene* scene, const GpuScene::Tables& t, const gpu::Pass& pass);
  // Only what is part of the room, as seen from its middle.
  Status take_probe(VkCommandBuffer cmd, FrameSlot& slot, const GpuScene& scene, const gpu::Pass& main);

  // ---- the scene ----

  void draw_set(VkCommandBuffer cmd, const DrawSet& set, uint32_t bucket) const;
  // Culling as it was done before GPUs could: one test and one recorded draw after the other.
  void draw_by_cpu(VkCommandBuffer cmd, const GpuScene& scene, std::span<const gpu::View> views, uint32_t bucket) const;
  // The solid surfaces of a list, over an empty picture or over what is there.
  void draw_solids(VkCommandBuffer cmd, const ViewPipelines& with, const DrawList& list, const GpuScene::Tables& t, Part part = Part::kAll) const;
  void begin_scene(VkCommandBuffer cmd, bool first) const;
  // What the lenses hide, nearest of all, into the picture that is being drawn to: corners of triangles, z tells the view.
  struct Hidden {
    VkDeviceAddress corners = 0;
    uint32_t count = 0;
  };
  Result<Hidden> upload_hidden(FrameSlot& slot, const Frame& frame);
  void draw_hidden(VkCommandBuffer cmd, const Hidden& hidden) const;
  // The depth picture with one sample a pixel, as the depth test has just written it.
  VkImage single_depth(VkCommandBuffer cmd) const;
  bool walked_on(const Frame& frame, std::span<const gpu::View> views) const;
  void remember(const Frame& frame, std::span<const gpu::View> views);
  // What the last frame saw first; then, against its depth, large things that came into sight; then, against both, whatever is new.
  void draw_scene(VkCommandBuffer cmd, const Frame& frame, const GpuScene::Tables* t, std::span<const gpu::View> views, const Hidden& hidden, bool phases);
  void draw_mask(VkCommandBuffer cmd, const GpuScene::Tables& t) const;
  void draw_occlusion(VkCommandBuffer cmd) const;
  // The user interface into a texture of its own, nothing behind it.
  Status draw_panel(VkCommandBuffer cmd, FrameSlot& slot, const ImDrawData& ui, TextureHandle panel);
  // Into the picture, which is being drawn to.
  Status draw_quads(VkCommandBuffer cmd, FrameSlot& slot, Output& output, std::span<const gpu::WorldQuad> quads, VkExtent2D size);
  Status draw_hung(VkCommandBuffer cmd, FrameSlot& slot, const Pipeline& with, std::span<const gpu::WorldQuad> quads, VkExtent2D size);
  // The depth of what is seen, pictures that hang in the world among it, for a runtime that wants it.
  Status draw_depth(VkCommandBuffer cmd, FrameSlot& slot, const Target& target, std::span<const gpu::WorldQuad> quads);
  // Over or instead of the picture in `target`, which is being drawn to; leaves it being drawn to.
  Status draw_debug(VkCommandBuffer cmd, const FrameSlot& slot, Output& output, const Target& target, const Frame& frame, const GpuScene::Tables& t, gpu::Pass pass);
  // The part of the pictures that holds what is highlighted in any of the views, with room for the rim.
  static VkRect2D outlined_rectangle(const GpuScene& scene, std::span<const gpu::View> views, VkExtent2D extent);

  // ---- after the fact ----

  void read_stats(FrameSlot& slot);
  void read_times(const FrameSlot& slot, const uint64_t* stamps);
  Status record(VkCommandBuffer cmd, FrameSlot& slot, const Target& target, const Frame& frame);
};

}  // namespace shixun
