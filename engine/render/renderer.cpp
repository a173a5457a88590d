#include "engine/render/renderer.h"

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
#include "engine/render/shadows.h"
#include "engine/render/ui.h"
#include "shaders/cull.h"

namespace shixun {

namespace {

constexpr uint32_t kFramesInFlight = 2;
constexpr float kOccluderSize = 0.01f;  // least radius over distance of what is drawn before the rest is judged
constexpr VkFormat kLightFormat = VK_FORMAT_R16G16B16A16_SFLOAT;
constexpr VkFormat kDepthFormat = VK_FORMAT_D32_SFLOAT;
constexpr VkFormat kOcclusionFormat = VK_FORMAT_R16G16_SFLOAT;
constexpr VkFormat kIdFormat = VK_FORMAT_R32_UINT;
constexpr VkFormat kMaskFormat = VK_FORMAT_R8_UNORM;
constexpr VkImageUsageFlags kShadowUsage =
    VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
constexpr VkShaderStageFlags kAllStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT;

// The passes of a frame in the order they are timed.
enum Stamp : uint32_t { kBegin, kAfterShadow, kAfterScene, kAfterPost, kAfterUi, kStamps };

constexpr VkDeviceSize kBlockStride = 4096;  // of the pass blocks in their buffer; any device's offset alignment divides it
enum Block : uint32_t { kMainBlock, kRestingBlock, kMovingBlock, kLampRestingBlock, kLampMovingBlock, kFaceBlock, kBlocks = kFaceBlock + kCubeFaces };
static_assert(sizeof(gpu::Pass) <= kBlockStride);
static_assert(kMaxLamps == gpu::kLampLimit);

// The depth maps of one or more views, one layer each: what is sampled, and the part of it that does not move.
struct ShadowMaps {
  Image2D live, resting;
  uint32_t layers = 1, view_mask = 0;
  Pipeline solid, double_sided, alpha_tested;

  // What they hold; drawn again when it differs.
  const GpuScene* scene = nullptr;
  uint64_t resting_version = 0, moving_version = 0;
  std::array<glm::mat4, gpu::kMaxViews> views{};
  float ceiling = 0;
  bool valid = false;
};

struct FrameSlot {
  Arena arena;
  Buffer blocks;  // the Pass of each set of views
  VkDescriptorSet set = VK_NULL_HANDLE;  // those blocks, and the scene's tables, for the drawing shaders
  Buffer counters;  // readback: the states of the early, the middle and the late list
  VkQueryPool stamps = VK_NULL_HANDLE;
  bool used = false, shadow_drawn = false, probe_taken = false;
  bool early = false, late = false;  // the lists that were made
  uint32_t given_draws = 0;          // instead of them
  uint64_t uploaded_bytes = 0;
};

VkRenderingAttachmentInfo attachment(VkImageView view, VkAttachmentLoadOp load, VkClearValue clear = {}, VkImageLayout layout = VK_IMAGE_LAYOUT_GENERAL) {
  VkRenderingAttachmentInfo a{};
  a.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO;
  a.imageView = view;
  a.imageLayout = layout;
  a.loadOp = load;
  a.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  a.clearValue = clear;
  return a;
}

void begin_pass(VkCommandBuffer cmd, VkExtent2D extent, const VkRenderingAttachmentInfo* color, const VkRenderingAttachmentInfo* depth, uint32_t view_mask = 0) {
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

bool encodes_srgb(VkFormat format) { return format == VK_FORMAT_R8G8B8A8_SRGB || format == VK_FORMAT_B8G8R8A8_SRGB; }

}  // namespace

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
  Pipeline opaque, double_sided, alpha_tested, blend, room, mask, occlusion, farthest, ids, ids_double;
  struct Output {  // the pipelines that write to the target, one set per format
    VkFormat format;
    Pipeline tonemap, outline, ui;
  };
  std::vector<Output> outputs;

  std::array<FrameSlot, kFramesInFlight> slots;
  std::vector<std::pair<float, uint32_t>> blend_order;  // kept from frame to frame for its memory
  const GpuScene::Tables* last_tables = nullptr;
  Image2D light, depth, open, outline_mask;
  Image2D depth_one;  // one sample a pixel, the farthest, where depth has several: what the pyramid is made of
  VkExtent2D extent{};  // of the images: the target's times options.scale

  ShadowMaps key_shadow, lamp_shadow;
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

  Status create_sets() {
    constexpr VkShaderStageFlags kDrawing = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
    const VkDescriptorSetLayoutBinding bindings[] = {{0, VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC, 1, kDrawing, nullptr},
                                                     {1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, kDrawing, nullptr},
                                                     {2, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, kDrawing, nullptr}};
    const VkDescriptorSetLayoutCreateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, nullptr, 0, 3, bindings};
    if (const VkResult r = vkCreateDescriptorSetLayout(device.handle, &info, nullptr, &set_layout); r != VK_SUCCESS)
      return vulkan_error("vkCreateDescriptorSetLayout", r);
    const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC, kFramesInFlight}, {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2 * kFramesInFlight}};
    const VkDescriptorPoolCreateInfo pool_info{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, kFramesInFlight, 2, sizes};
    if (const VkResult r = vkCreateDescriptorPool(device.handle, &pool_info, nullptr, &pool); r != VK_SUCCESS)
      return vulkan_error("vkCreateDescriptorPool", r);
    for (FrameSlot& slot : slots) {
      const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, pool, 1, &set_layout};
      if (const VkResult r = vkAllocateDescriptorSets(device.handle, &allocate, &slot.set); r != VK_SUCCESS)
        return vulkan_error("vkAllocateDescriptorSets", r);
      auto blocks = create_buffer(device, kBlocks * kBlockStride, Memory::kUpload, VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT);
      if (!blocks) return blocks.error();
      slot.blocks = std::move(*blocks);
    }
    return ok();
  }

  // The slot's earlier frame has finished, so its set is free to change. Without a scene the blocks stand in for the tables.
  void write_set(const FrameSlot& slot, const GpuScene::Tables& t) const {
    const VkDescriptorBufferInfo buffers[] = {{slot.blocks.handle, 0, sizeof(gpu::Pass)},
                                              {t.instances ? t.instances : slot.blocks.handle, 0, VK_WHOLE_SIZE},
                                              {t.materials ? t.materials : slot.blocks.handle, 0, VK_WHOLE_SIZE}};
    VkWriteDescriptorSet writes[3]{};
    for (uint32_t i = 0; i < 3; ++i) {
      writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
      writes[i].dstSet = slot.set;
      writes[i].dstBinding = i;
      writes[i].descriptorCount = 1;
      writes[i].descriptorType = i == 0 ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
      writes[i].pBufferInfo = &buffers[i];
    }
    vkUpdateDescriptorSets(device.handle, 3, writes, 0, nullptr);
  }

  // Writes the block and makes it the one that draws see; returns its address for compute.
  VkDeviceAddress use_pass(VkCommandBuffer cmd, const FrameSlot& slot, Block block, const gpu::Pass& pass) const {
    const auto offset = static_cast<uint32_t>(block * kBlockStride);
    std::memcpy(static_cast<char*>(slot.blocks.mapped) + offset, &pass, sizeof pass);
    const VkDescriptorSet sets[] = {textures->set(), slot.set};
    vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, layout, 0, 2, sets, 1, &offset);
    return slot.blocks.address + offset;
  }

  Status create_pipelines() {
    const uint32_t uniform = device.software ? 1 : 0;
    const auto graphics = [&](Pipeline& out, const GraphicsOptions& o) -> Status {
      auto p = create_graphics_pipeline(device, layout, o);
      if (!p) return p.error();
      out = std::move(*p);
      return ok();
    };
    const uint32_t features = (options.fine_shadows ? gpu::kFeatureFineShadow : 0) | (options.probe_size > 0 ? gpu::kFeatureProbe : 0) |
                              (options.lamp_shadows > 0 ? gpu::kFeatureLampShadow : 0);
    GraphicsOptions scene;
    scene.vertex = "scene.vert";
    scene.fragment = "scene.frag";
    scene.color = kLightFormat;
    scene.depth = kDepthFormat;
    scene.samples = samples;
    scene.cull = VK_CULL_MODE_BACK_BIT;
    scene.depth_write = true;
    scene.constants = {uniform, gpu::kBucketOpaque, features};
    if (auto s = graphics(opaque, scene); !s) return s;
    scene.cull = VK_CULL_MODE_NONE;
    scene.constants = {uniform, gpu::kBucketDouble, features};
    if (auto s = graphics(double_sided, scene); !s) return s;
    // With discard a software driver also runs groups without any live lane, where "the one instance of the group" is undefined.
    scene.constants = {0, gpu::kBucketMask, features};
    if (auto s = graphics(alpha_tested, scene); !s) return s;
    scene.cull = VK_CULL_MODE_BACK_BIT;
    scene.depth_write = false;
    scene.blend = Blend::kPremultiplied;
    scene.constants = {uniform, gpu::kBucketBlend, features};
    if (auto s = graphics(blend, scene); !s) return s;

    GraphicsOptions behind;  // the room, where depth is still at infinity
    behind.vertex = "fullscreen.vert";
    behind.fragment = "room.frag";
    behind.color = kLightFormat;
    behind.depth = kDepthFormat;
    behind.samples = samples;
    if (auto s = graphics(room, behind); !s) return s;

    for (ShadowMaps* maps : {&key_shadow, &lamp_shadow}) {
      GraphicsOptions caster;
      caster.vertex = "depth.vert";
      caster.depth = kDepthFormat;
      caster.depth_write = true;
      caster.depth_clamp = true;
      caster.cull = VK_CULL_MODE_BACK_BIT;
      caster.depth_bias = -1;
      caster.depth_bias_slope = -1.5f;
      caster.view_mask = maps->view_mask;
      if (auto s = graphics(maps->solid, caster); !s) return s;
      caster.fragment = "depth.frag";
      caster.constants = {0};
      caster.cull = VK_CULL_MODE_NONE;
      if (auto s = graphics(maps->alpha_tested, caster); !s) return s;
      caster.fragment.clear();
      if (auto s = graphics(maps->double_sided, caster); !s) return s;
    }

    GraphicsOptions outlined;
    outlined.vertex = "depth.vert";
    outlined.fragment = "mask.frag";
    outlined.color = kMaskFormat;
    if (auto s = graphics(mask, outlined); !s) return s;

    outlined.fragment = "ids.frag";
    outlined.color = kIdFormat;
    outlined.depth = kDepthFormat;
    outlined.depth_write = true;
    outlined.constants = {0};
    if (auto s = graphics(ids_double, outlined); !s) return s;
    outlined.cull = VK_CULL_MODE_BACK_BIT;
    if (auto s = graphics(ids, outlined); !s) return s;

    GraphicsOptions full;
    full.vertex = "fullscreen.vert";
    full.fragment = "occlusion.frag";
    full.color = kOcclusionFormat;
    full.constants = {uniform, static_cast<uint32_t>(samples), options.occlusion_taps};
    if (auto s = graphics(occlusion, full); !s) return s;
    if (samples == VK_SAMPLE_COUNT_1_BIT) return ok();
    full.fragment = "farthest.frag";
    full.color = VK_FORMAT_UNDEFINED;
    full.depth = kDepthFormat;
    full.depth_write = true;
    full.depth_compare = VK_COMPARE_OP_ALWAYS;
    return graphics(farthest, full);
  }

  Result<Output*> output_for(VkFormat format) {
    for (Output& o : outputs)
      if (o.format == format) return &o;
    Output made{format, {}, {}, {}};
    GraphicsOptions o;
    o.vertex = "fullscreen.vert";
    o.fragment = "tonemap.frag";
    o.color = format;
    o.constants = {device.software ? 1u : 0u, static_cast<uint32_t>(samples)};
    auto tonemap = create_graphics_pipeline(device, layout, o);
    if (!tonemap) return tonemap.error();
    o.fragment = "outline.frag";
    o.blend = Blend::kAlpha;
    auto outline = create_graphics_pipeline(device, layout, o);
    if (!outline) return outline.error();
    o.vertex = "ui.vert";
    o.fragment = "ui.frag";
    auto ui = create_graphics_pipeline(device, layout, o);
    if (!ui) return ui.error();
    made.tonemap = std::move(*tonemap);
    made.outline = std::move(*outline);
    made.ui = std::move(*ui);
    outputs.push_back(std::move(made));
    return &outputs.back();
  }

  Status create_screen(Image2D& screen, VkExtent2D size, VkFormat format, VkSampleCountFlagBits count, Textures::Screen binding, const char* name) {
    VkImageUsageFlags usage = VK_IMAGE_USAGE_SAMPLED_BIT | (format == kDepthFormat ? VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT
                                                                                  : VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
    if (binding == Textures::Screen::kDepth && count == VK_SAMPLE_COUNT_1_BIT) usage |= VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    auto image = create_image(device, size, format, usage, {.samples = count});
    if (!image) return image.error();
    name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image->handle, name);
    screen = std::move(*image);
    textures->set_screen(binding, screen.view);
    return ok();
  }

  // The images follow the target's size. They may not change under a frame in flight.
  Status fit_screens(VkExtent2D size) {
    const float scale = std::clamp(options.scale, 0.25f, 1.0f);
    size.width = std::max(1u, static_cast<uint32_t>(std::lround(static_cast<float>(size.width) * scale)));
    size.height = std::max(1u, static_cast<uint32_t>(std::lround(static_cast<float>(size.height) * scale)));
    if (size.width == extent.width && size.height == extent.height) return ok();
    if (auto s = device.wait(device.submitted); !s) return s;
    extent = {};
    constexpr auto kOne = VK_SAMPLE_COUNT_1_BIT;
    using S = Textures::Screen;
    if (auto s = create_screen(light, size, kLightFormat, samples, S::kLight, "light"); !s) return s;
    if (auto s = create_screen(depth, size, kDepthFormat, samples, S::kDepth, "depth"); !s) return s;
    if (auto s = create_screen(open, {(size.width + 1) / 2, (size.height + 1) / 2}, kOcclusionFormat, kOne, S::kOcclusion, "occlusion"); !s) return s;
    if (auto s = create_screen(outline_mask, size, kMaskFormat, kOne, S::kMask, "outline mask"); !s) return s;
    if (samples != kOne) {
      auto one = create_image(device, size, kDepthFormat, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT);
      if (!one) return one.error();
      depth_one = std::move(*one);
    }
    extent = size;
    return ok();
  }

  Status create_maps(ShadowMaps& maps, uint32_t size, uint32_t layers, const char* name) {
    const auto make = [&](Image2D& out, VkImageUsageFlags usage) -> Status {
      auto image = create_image(device, {size, size}, kDepthFormat, usage, {.layers = layers, .array = maps.view_mask != 0});
      if (!image) return image.error();
      name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image->handle, name);
      out = std::move(*image);
      return ok();
    };
    maps.layers = layers;
    maps.valid = false;
    if (auto s = make(maps.live, kShadowUsage | VK_IMAGE_USAGE_SAMPLED_BIT); !s) return s;
    return make(maps.resting, kShadowUsage);
  }

  // Makes what depends on the options. No frame is in flight.
  Status fit_options(const RenderOptions& wanted) {
    options = wanted;
    options.lamp_shadows = std::min(options.lamp_shadows, gpu::kMaxViews);
    samples = VK_SAMPLE_COUNT_1_BIT;
    if (options.samples > 1) {
      if (device.samples & VK_SAMPLE_COUNT_4_BIT) samples = VK_SAMPLE_COUNT_4_BIT;
      else spdlog::warn("renderer: {} offers no 4 samples a pixel; drawing with 1", device.name);
    }
    extent = {};
    probe_valid = false;
    if (auto s = textures->set_filtering(options.trilinear, options.anisotropy); !s) return s;
    using S = Textures::Screen;
    if (auto s = create_maps(key_shadow, options.shadow_size, 1, "shadow of the key light"); !s) return s;
    textures->set_screen(S::kShadow, key_shadow.live.view);
    textures->set_screen(S::kShadowDepth, key_shadow.live.view);
    lamp_shadow.view_mask = (1u << options.lamp_shadows) - 1;
    if (options.lamp_shadows > 0) {
      if (auto s = create_maps(lamp_shadow, options.lamp_shadow_size, options.lamp_shadows, "shadow of lamps"); !s) return s;
      textures->set_screen(S::kLampShadow, lamp_shadow.live.view);
      textures->set_screen(S::kLampDepth, lamp_shadow.live.view);
    }
    outputs.clear();
    if (auto s = create_pipelines(); !s) return s;
    if (auto s = output_for(VK_FORMAT_R8G8B8A8_UNORM); !s) return s.error();
    probe.reset();
    if (options.probe_size > 0) {
      auto made = Probe::create(device, *textures, layout, options.probe_size, samples, kLightFormat, kDepthFormat);
      if (!made) return made.error();
      probe = std::move(*made);
    }
    return ok();
  }

  // ---- the pass blocks ----

  gpu::LightingInfo lighting_of(const Lighting& l, const gpu::View& key) const {
    gpu::LightingInfo g{};
    const glm::mat4 to_unit = glm::scale(glm::translate(glm::mat4(1), glm::vec3(0.5f, 0.5f, 0)), glm::vec3(0.5f, 0.5f, 1));
    g.shadow_matrix = to_unit * key.view_projection;
    g.key_direction = -glm::normalize(l.key_direction);
    g.key_radiance = l.key_color * l.key_intensity;
    g.shadow_size = static_cast<float>(options.shadow_size);
    g.shadow_texel = 2 / std::min(std::abs(key.projection.x), std::abs(key.projection.y)) / g.shadow_size;
    g.shadow_taps = options.fine_shadows ? options.lamp_shadow_taps : 0;
    g.key_spread = l.key_spread;
    g.occlusion_radius = l.occlusion_radius;
    g.room_lower = l.room_lower;
    g.room_upper = glm::max(l.room_upper, l.room_lower + 0.5f);
    g.ambient = l.ambient;
    g.exposure = std::exp2(l.exposure_stops);
    g.floor_color = l.floor_color;
    g.wall_color = l.wall_color;
    g.ceiling_color = l.ceiling_color;
    g.background = l.background;
    g.shadow_ceiling = l.shadow_ceiling;
    g.probe_levels = kProbeLevels - 1;
    g.probe_position = glm::clamp(l.probe_position, g.room_lower + 0.01f, g.room_upper - 0.01f);
    return g;
  }

  void write_lamps(gpu::Pass& pass, const std::vector<Lamp>& lamps, const LampViews& shadowed) const {
    pass.light.lamp_count = static_cast<uint32_t>(std::min<size_t>(lamps.size(), kMaxLamps));
    for (size_t i = 0; i < pass.light.lamp_count; ++i) {
      const Lamp& lamp = lamps[i];
      pass.lamps[i] = {lamp.position, std::max(lamp.range, 0.01f), glm::normalize(lamp.direction), lamp.half_size.x, glm::normalize(lamp.along),
                       lamp.half_size.y, lamp.color * lamp.intensity, 0};
    }
    for (uint32_t i = 0; i < shadowed.count; ++i) {
      pass.lamps[shadowed.at[i].lamp].shadow = i + 1;
      pass.lamp_shadow[i] = {shadowed.at[i].view.projection.x, shadowed.at[i].view.near_m, static_cast<float>(options.lamp_shadow_size),
                             static_cast<float>(options.lamp_shadow_taps)};
    }
  }

  gpu::Pass pass_of(const GpuScene::Tables& t, bool for_shadow) const {
    gpu::Pass p{};
    culling.describe(p, t, for_shadow);
    p.view_count = 1;
    p.width = extent.width;
    p.height = extent.height;
    return p;
  }

  // Slots of the blended instances from far to near.
  Result<VkDeviceAddress> upload_blended(Arena& arena, const GpuScene& scene, const Camera& camera) {
    blend_order.clear();
    for (uint32_t id : scene.tables().blended) {
      const glm::vec3 d = scene.instance_center(id) - camera.eye;
      blend_order.push_back({-glm::dot(d, d), id});
    }
    std::sort(blend_order.begin(), blend_order.end());
    auto piece = arena.take(4 * (blend_order.size() + 1));
    if (!piece) return piece.error();
    auto* out = static_cast<uint32_t*>(piece->mapped);
    for (const auto& [distance, id] : blend_order) *out++ = id;
    return piece->address;
  }

  // ---- the passes ----

  void stamp(VkCommandBuffer cmd, const FrameSlot& slot, Stamp s) const { vkCmdWriteTimestamp2(cmd, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, slot.stamps, s); }

  void bind(VkCommandBuffer cmd, const Pipeline& p) const { vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, p.handle); }

  // Everything a bucket holds, in one command.
  void draw_bucket(VkCommandBuffer cmd, const DrawList& list, const GpuScene::Tables& t, uint32_t bucket) const {
    if (t.bucket_counts[bucket] == 0) return;
    uint32_t first = 0;
    for (uint32_t b = 0; b < bucket; ++b) first += t.bucket_counts[b];
    vkCmdDrawIndexedIndirectCount(cmd, list.commands.handle, VkDeviceSize{first} * sizeof(gpu::DrawCommand), list.state.handle,
                                  offsetof(gpu::DrawListState, counters) + VkDeviceSize{bucket} * sizeof(uint32_t), t.bucket_counts[bucket],
                                  sizeof(gpu::DrawCommand));
  }

  // The casters the pass keeps, into maps that hold something already (or are cleared).
  void draw_casters(VkCommandBuffer cmd, const GpuScene::Tables& t, VkDeviceAddress pass, const ShadowMaps& maps, const Image2D& image, VkAttachmentLoadOp load) const {
    culling.all(cmd, pass, t, true);
    const auto target = attachment(image.view, load);
    begin_pass(cmd, image.extent, nullptr, &target, maps.view_mask);
    vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
    bind(cmd, maps.solid);
    draw_bucket(cmd, culling.shadow_list(), t, gpu::kBucketOpaque);
    bind(cmd, maps.double_sided);
    draw_bucket(cmd, culling.shadow_list(), t, gpu::kBucketDouble);
    bind(cmd, maps.alpha_tested);
    draw_bucket(cmd, culling.shadow_list(), t, gpu::kBucketMask);
    vkCmdEndRendering(cmd);
  }

  void copy_resting(VkCommandBuffer cmd, const ShadowMaps& maps) const {
    constexpr auto kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;
    constexpr auto kGeneral = VK_IMAGE_LAYOUT_GENERAL;
    transition(cmd, maps.resting.handle, kDepth, kGeneral, kGeneral, Use::kDepth, Use::kCopySource);
    transition(cmd, maps.live.handle, kDepth, VK_IMAGE_LAYOUT_UNDEFINED, kGeneral, Use::kSampled, Use::kCopyTarget);
    VkImageCopy region{};
    region.srcSubresource = region.dstSubresource = {kDepth, 0, 0, maps.layers};
    region.extent = {maps.live.extent.width, maps.live.extent.height, 1};
    vkCmdCopyImage(cmd, maps.resting.handle, kGeneral, maps.live.handle, kGeneral, 1, &region);
    transition(cmd, maps.live.handle, kDepth, kGeneral, kGeneral, Use::kCopyTarget, Use::kDepth);
  }

  // The maps of `pass.views`, as far as something has changed: what rests, then what moves over it. Whether anything was drawn.
  bool draw_shadows(VkCommandBuffer cmd, const FrameSlot& slot, ShadowMaps& maps, const Frame& frame, const GpuScene::Tables& t, gpu::Pass pass, Block resting,
                    Block moving) const {
    std::array<glm::mat4, gpu::kMaxViews> views{};
    for (uint32_t i = 0; i < pass.view_count; ++i) views[i] = pass.views[i].view_projection;
    const bool again = !maps.valid || maps.scene != frame.scene || maps.resting_version != t.resting_version || maps.views != views ||
                       maps.ceiling != frame.lighting.shadow_ceiling;
    if (!again && maps.moving_version == t.moving_version) return false;
    maps.scene = frame.scene;
    maps.resting_version = t.resting_version;
    maps.moving_version = t.moving_version;
    maps.views = views;
    maps.ceiling = frame.lighting.shadow_ceiling;
    maps.valid = true;
    pass.flags = gpu::kPassShadow;
    constexpr auto kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;
    if (again) {
      transition(cmd, maps.resting.handle, kDepth, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kCopySource, Use::kDepth);
      draw_casters(cmd, t, use_pass(cmd, slot, resting, pass), maps, maps.resting, VK_ATTACHMENT_LOAD_OP_CLEAR);
    }
    copy_resting(cmd, maps);
    if (t.any_moving) {
      pass.flags |= gpu::kPassMoving;
      draw_casters(cmd, t, use_pass(cmd, slot, moving, pass), maps, maps.live, VK_ATTACHMENT_LOAD_OP_LOAD);
    }
    transition(cmd, maps.live.handle, kDepth, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kSampled);
    return true;
  }

  // ---- reflections of the room ----

  // Taken when the room is new, lit otherwise, or has come to rest after a change.
  bool probe_stale(const GpuScene* scene, const GpuScene::Tables& t, const gpu::Pass& pass) {
    const bool resting = room_seen == t.room_version;
    room_seen = t.room_version;
    ProbeKey now;
    now.scene = scene;
    now.version = t.room_version;
    now.light = pass.light;
    // What the light of the resting room does not depend on, or only through its shadow, which follows what moves.
    now.light.shadow_matrix = glm::mat4(0);
    now.light.shadow_texel = now.light.exposure = 0;
    std::copy_n(pass.lamps, now.light.lamp_count, now.lamps.begin());
    for (gpu::LampInfo& lamp : now.lamps) lamp.shadow = 0;
    const bool same = std::memcmp(&now.light, &probe_key.light, sizeof now.light) == 0 &&
                      std::memcmp(now.lamps.data(), probe_key.lamps.data(), sizeof now.lamps) == 0 && now.scene == probe_key.scene;
    if (probe_valid && same && (now.version == probe_key.version || !resting)) return false;
    probe_key = now;
    probe_valid = true;
    return true;
  }

  // Only what is part of the room, as seen from its middle.
  Status take_probe(VkCommandBuffer cmd, FrameSlot& slot, const GpuScene& scene, const gpu::Pass& main) {
    const GpuScene::Tables& t = scene.tables();
    auto blended = upload_blended(slot.arena, scene, Probe::camera(main.light.probe_position, 0));
    if (!blended) return blended.error();
    probe->begin(cmd);
    for (uint32_t face = 0; face < kCubeFaces; ++face) {
      gpu::Pass pass = main;
      pass.views[0] = make_view(Probe::camera(main.light.probe_position, face), 1);
      pass.flags = (main.flags & (gpu::kPassKeyShadow | gpu::kPassStudio)) | gpu::kPassRoomOnly | gpu::kPassShowRoom;
      pass.blended = *blended;
      pass.width = pass.height = probe->extent().width;
      const VkDeviceAddress address = use_pass(cmd, slot, static_cast<Block>(kFaceBlock + face), pass);
      culling.all(cmd, address, t, false);
      const Image2D &lit = probe->face_light, &deep = probe->face_depth;
      transition(cmd, lit.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
      transition(cmd, deep.handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kDepth);
      const auto color = attachment(lit.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE), zero = attachment(deep.view, VK_ATTACHMENT_LOAD_OP_CLEAR);
      begin_pass(cmd, lit.extent, &color, &zero);
      draw_solids(cmd, culling.late_list(), t);
      bind(cmd, room);
      vkCmdDraw(cmd, 3, 1, 0, 0);
      bind(cmd, blend);
      draw_bucket(cmd, culling.late_list(), t, gpu::kBucketBlend);
      vkCmdEndRendering(cmd);
      transition(cmd, lit.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
      probe->store(cmd, layout, face);
    }
    probe->filter(cmd, layout);
    return ok();
  }

  void draw_set(VkCommandBuffer cmd, const DrawSet& set, uint32_t bucket) const {
    if (set.count[bucket] > 0)
      vkCmdDrawIndexedIndirect(cmd, set.commands.handle, VkDeviceSize{set.first[bucket]} * sizeof(gpu::DrawCommand), set.count[bucket], sizeof(gpu::DrawCommand));
  }

  // Culling as it was done before GPUs could: one test and one recorded draw after the other.
  void draw_by_cpu(VkCommandBuffer cmd, const GpuScene& scene, const gpu::View& view, uint32_t bucket) const {
    const auto& all = scene.instances();
    for (uint32_t slot = 0; slot < all.size(); ++slot) {
      const gpu::MeshInfo& mesh = scene.meshes()[all[slot].mesh];
      if ((all[slot].flags & gpu::kInstanceBucket) != bucket || !gpu::instance_in_views(all[slot], mesh, &view, 1)) continue;
      vkCmdDrawIndexed(cmd, mesh.lods[0].index_count, 1, mesh.lods[0].first_index, static_cast<int32_t>(mesh.vertex_offset), slot);
    }
  }

  // The solid surfaces of a list, over an empty picture or over what is there.
  void draw_solids(VkCommandBuffer cmd, const DrawList& list, const GpuScene::Tables& t) const {
    vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
    bind(cmd, opaque);
    draw_bucket(cmd, list, t, gpu::kBucketOpaque);
    bind(cmd, double_sided);
    draw_bucket(cmd, list, t, gpu::kBucketDouble);
    bind(cmd, alpha_tested);
    draw_bucket(cmd, list, t, gpu::kBucketMask);
  }

  void begin_scene(VkCommandBuffer cmd, bool first) const {
    const auto before = first ? VK_IMAGE_LAYOUT_UNDEFINED : VK_IMAGE_LAYOUT_GENERAL;
    transition(cmd, light.handle, VK_IMAGE_ASPECT_COLOR_BIT, before, VK_IMAGE_LAYOUT_GENERAL, first ? Use::kSampled : Use::kColor, Use::kColor);
    transition(cmd, depth.handle, VK_IMAGE_ASPECT_DEPTH_BIT, before, VK_IMAGE_LAYOUT_GENERAL, first ? Use::kSampled : Use::kAll, Use::kDepth);
    const auto color = attachment(light.view, first ? VK_ATTACHMENT_LOAD_OP_DONT_CARE : VK_ATTACHMENT_LOAD_OP_LOAD);
    const auto zero = attachment(depth.view, first ? VK_ATTACHMENT_LOAD_OP_CLEAR : VK_ATTACHMENT_LOAD_OP_LOAD);  // reversed depth: 0 is infinitely far
    begin_pass(cmd, extent, &color, &zero);
  }

  // The depth picture with one sample a pixel, ready to be copied.
  VkImage single_depth(VkCommandBuffer cmd) const {
    constexpr auto kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;
    constexpr auto kGeneral = VK_IMAGE_LAYOUT_GENERAL;
    if (samples == VK_SAMPLE_COUNT_1_BIT) {
      transition(cmd, depth.handle, kDepth, kGeneral, kGeneral, Use::kDepth, Use::kCopySource);
      return depth.handle;
    }
    transition(cmd, depth.handle, kDepth, kGeneral, kGeneral, Use::kDepth, Use::kSampled);
    transition(cmd, depth_one.handle, kDepth, VK_IMAGE_LAYOUT_UNDEFINED, kGeneral, Use::kCopySource, Use::kDepth);
    const auto target = attachment(depth_one.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
    begin_pass(cmd, extent, nullptr, &target);
    bind(cmd, farthest);
    vkCmdDraw(cmd, 3, 1, 0, 0);
    vkCmdEndRendering(cmd);
    transition(cmd, depth_one.handle, kDepth, kGeneral, kGeneral, Use::kDepth, Use::kCopySource);
    return depth_one.handle;
  }

  // What the last frame saw first; then, against its depth, large things that came into sight; then, against both, whatever is new.
  void draw_scene(VkCommandBuffer cmd, const Frame& frame, const GpuScene::Tables* t, const gpu::View& view, VkDeviceAddress pass, bool phases) {
    const bool given = frame.culling.draws || frame.culling.on_cpu;
    if (phases) {
      culling.early(cmd, pass);
      begin_scene(cmd, true);
      draw_solids(cmd, culling.early_list(), *t);
      vkCmdEndRendering(cmd);
      culling.pyramid(cmd, pass, single_depth(cmd), extent, 1, false);
      culling.occluders(cmd, pass, *t);
      begin_scene(cmd, false);
      draw_solids(cmd, culling.middle_list(), *t);
      vkCmdEndRendering(cmd);
      culling.pyramid(cmd, pass, single_depth(cmd), extent, 1, true);
      culling.late(cmd, pass, *t, frame.culling.keep_history);
    } else if (t && !given) {
      culling.all(cmd, pass, *t, false);
    }
    begin_scene(cmd, !phases);
    if (t && !given) draw_solids(cmd, culling.late_list(), *t);
    if (t && given) {
      vkCmdBindIndexBuffer(cmd, t->indices, 0, VK_INDEX_TYPE_UINT32);
      for (const auto& [pipeline, bucket] : {std::pair{&opaque, gpu::kBucketOpaque}, {&double_sided, gpu::kBucketDouble}, {&alpha_tested, gpu::kBucketMask}}) {
        bind(cmd, *pipeline);
        if (frame.culling.draws) draw_set(cmd, *frame.culling.draws, bucket);
        else draw_by_cpu(cmd, *frame.scene, view, bucket);
      }
    }
    bind(cmd, room);
    vkCmdDraw(cmd, 3, 1, 0, 0);
    if (t && !t->blended.empty()) {
      vkCmdBindIndexBuffer(cmd, t->indices, 0, VK_INDEX_TYPE_UINT32);
      bind(cmd, blend);
      if (frame.culling.draws) draw_set(cmd, *frame.culling.draws, gpu::kBucketBlend);
      else if (frame.culling.on_cpu) draw_by_cpu(cmd, *frame.scene, view, gpu::kBucketBlend);
      else draw_bucket(cmd, culling.late_list(), *t, gpu::kBucketBlend);
    }
    vkCmdEndRendering(cmd);
    transition(cmd, light.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
    transition(cmd, depth.handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kSampled);
  }

  void draw_mask(VkCommandBuffer cmd, const GpuScene::Tables& t) const {
    transition(cmd, outline_mask.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
    const auto target = attachment(outline_mask.view, VK_ATTACHMENT_LOAD_OP_CLEAR);
    begin_pass(cmd, extent, &target, nullptr);
    vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
    bind(cmd, mask);
    draw_bucket(cmd, culling.late_list(), t, gpu::kBucketOutline);
    vkCmdEndRendering(cmd);
    transition(cmd, outline_mask.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
  }

  void draw_occlusion(VkCommandBuffer cmd) const {
    transition(cmd, open.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
    const auto target = attachment(open.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
    begin_pass(cmd, open.extent, &target, nullptr);
    bind(cmd, occlusion);
    vkCmdDraw(cmd, 3, 1, 0, 0);
    vkCmdEndRendering(cmd);
    transition(cmd, open.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
  }

  // The part of the picture that holds what is highlighted, with room for the rim.
  static VkRect2D outlined_rectangle(const GpuScene& scene, const Camera& camera, VkExtent2D extent) {
    const glm::vec2 size(extent.width, extent.height);
    glm::vec2 lower(size), upper(0);
    for (ObjectId id : scene.tables().outlined) {
      const Bounds b = scene.bounds(id);
      for (int i = 0; i < 8; ++i) {
        const glm::vec3 corner((i & 1) ? b.upper.x : b.lower.x, (i & 2) ? b.upper.y : b.lower.y, (i & 4) ? b.upper.z : b.lower.z);
        const glm::vec3 p = world_to_pixel(camera, corner, size);
        if (p.z < camera.near_m) return {{0, 0}, extent};  // reaches behind the eye: anywhere
        lower = glm::min(lower, glm::vec2(p));
        upper = glm::max(upper, glm::vec2(p));
      }
    }
    lower = glm::clamp(lower - 8.0f, glm::vec2(0), size);
    upper = glm::clamp(upper + 8.0f, glm::vec2(0), size);
    const glm::vec2 span = glm::max(upper - lower, glm::vec2(0));
    return {{static_cast<int32_t>(lower.x), static_cast<int32_t>(lower.y)}, {static_cast<uint32_t>(span.x), static_cast<uint32_t>(span.y)}};
  }

  // ---- after the fact ----

  void read_stats(FrameSlot& slot) {
    if (!slot.used) return;
    gpu::DrawListState list[3]{};
    std::memcpy(&list, slot.counters.mapped, sizeof list);
    const auto draws = [](const gpu::DrawListState& s) { return s.counters.count[gpu::kBucketOpaque] + s.counters.count[gpu::kBucketDouble] + s.counters.count[gpu::kBucketMask]; };
    if (!slot.early) list[0] = list[1] = {};
    if (!slot.late) list[2] = {};
    stats.early_draws = draws(list[0]);
    stats.late_draws = draws(list[1]) + draws(list[2]);
    stats.draws = stats.early_draws + stats.late_draws + list[2].counters.count[gpu::kBucketBlend];
    stats.triangles = uint64_t{list[0].counters.triangles} + list[1].counters.triangles + list[2].counters.triangles;
    stats.instances = list[2].counters.tested;
    stats.occluded = list[2].counters.occluded;
    stats.cells = list[2].cells.count;
    if (slot.given_draws > 0) stats.draws = slot.given_draws;
    stats.uploaded_bytes = slot.uploaded_bytes;
    stats.shadow_drawn = slot.shadow_drawn;
    stats.probe_taken = slot.probe_taken;
    uint64_t t[kStamps]{};
    if (vkGetQueryPoolResults(device.handle, slot.stamps, 0, kStamps, sizeof t, t, sizeof t[0], VK_QUERY_RESULT_64_BIT) != VK_SUCCESS) return;
    const auto ms = [&](Stamp a, Stamp b) { return static_cast<float>(static_cast<double>(t[b] - t[a]) * static_cast<double>(device.timestamp_ns) * 1e-6); };
    stats.shadow_ms = ms(kBegin, kAfterShadow);
    stats.scene_ms = ms(kAfterShadow, kAfterScene);
    stats.post_ms = ms(kAfterScene, kAfterPost);
    stats.ui_ms = ms(kAfterPost, kAfterUi);
    stats.gpu_ms = ms(kBegin, kAfterUi);
  }

  Status record(VkCommandBuffer cmd, FrameSlot& slot, const Target& target, const Frame& frame);
};

Renderer::Renderer(std::unique_ptr<Private> p) : p_(std::move(p)) {}
Renderer::~Renderer() { static_cast<void>(p_->device.wait_idle().ok()); }

Result<std::unique_ptr<Renderer>> Renderer::create(Device& device, const RenderOptions& options) {
  auto ring = CommandRing::create(device, kFramesInFlight);
  if (!ring) return ring.error();
  auto p = std::make_unique<Private>(device, std::move(*ring));
  auto textures = Textures::create(device);
  if (!textures) return textures.error();
  p->textures = std::move(*textures);
  if (auto s = p->create_sets(); !s) return s.error();
  auto layout = create_pipeline_layout(device, {p->textures->layout(), p->set_layout});
  if (!layout) return layout.error();
  p->layout = *layout;
  auto culling = Culling::create(device, p->layout);
  if (!culling) return culling.error();
  p->culling = std::move(*culling);
  for (FrameSlot& slot : p->slots) {
    slot.arena.device = &device;
    auto counters = create_buffer(device, 3 * sizeof(gpu::DrawListState), Memory::kReadback);
    if (!counters) return counters.error();
    slot.counters = std::move(*counters);
    const VkQueryPoolCreateInfo info{VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO, nullptr, 0, VK_QUERY_TYPE_TIMESTAMP, kStamps, 0};
    if (const VkResult r = vkCreateQueryPool(device.handle, &info, nullptr, &slot.stamps); r != VK_SUCCESS) return vulkan_error("vkCreateQueryPool", r);
  }
  if (auto s = p->fit_options(options); !s) return s.error();
  return std::unique_ptr<Renderer>(new Renderer(std::move(p)));
}

Textures& Renderer::textures() { return *p_->textures; }
FrameStats Renderer::stats() const { return p_->stats; }
const RenderOptions& Renderer::options() const { return p_->options; }

Status Renderer::set_options(const RenderOptions& options) {
  if (options == p_->options) return ok();
  if (auto s = p_->device.wait_idle(); !s) return s;
  return p_->fit_options(options);
}

FrameStats Renderer::finished_stats() {
  p_->read_stats(p_->slots[p_->ring.slot()]);
  return p_->stats;
}

Status Renderer::draw(const Target& target, const Frame& frame) {
  Private& p = *p_;
  if (target.extent.width == 0 || target.extent.height == 0) return ok();
  // Uploads first: what is retired while the frame is recorded then lives until the frame is done.
  if (auto s = p.textures->uploader().flush(); !s) return s;
  auto cmd = p.ring.begin();
  if (!cmd) return cmd.error();
  FrameSlot& slot = p.slots[p.ring.slot()];
  p.device.collect();
  p.read_stats(slot);
  slot.arena.reset();
  if (auto s = p.record(*cmd, slot, target, frame); !s) {
    p.ring.abandon();
    return s;
  }
  slot.used = true;
  if (auto submit = p.ring.submit(target.wait, target.signal); !submit) return submit.error();
  return ok();
}

Status Renderer::Private::record(VkCommandBuffer cmd, FrameSlot& slot, const Target& target, const Frame& frame) {
  auto output = output_for(target.format);
  if (!output) return output.error();
  if (auto s = fit_screens(target.extent); !s) return s;
  vkCmdResetQueryPool(cmd, slot.stamps, 0, kStamps);
  stamp(cmd, slot, kBegin);

  // 1. What changed in the scene.
  static const GpuScene::Tables kEmpty;
  if (frame.scene) {
    if (auto s = frame.scene->prepare(slot.arena); !s) return s;
  }
  const GpuScene::Tables& tables = frame.scene ? frame.scene->tables() : kEmpty;
  const bool any = tables.instance_count > 0;
  const bool given = frame.culling.draws || frame.culling.on_cpu;
  const bool phases = any && !given && frame.culling.occlusion;
  const bool shadows = (frame.lighting.key_shadow && frame.lighting.key_intensity > 0) || options.lamp_shadows > 0;
  if (auto s = culling.fit(tables, phases ? Culling::depth_floats(extent) : 0, shadows); !s) return s;
  culling.begin_frame();
  slot.early = phases;
  slot.late = any && !given;
  slot.given_draws = 0;
  if (frame.culling.draws)
    for (uint32_t n : frame.culling.draws->count) slot.given_draws += n;
  slot.uploaded_bytes = tables.uploaded_bytes;

  // 2. The blocks that tell the shaders everything.
  const Lighting& l = frame.lighting;
  const glm::vec3 direction = glm::normalize(l.key_direction);
  const Bounds box = l.shadow_lower == l.shadow_upper ? tables.shadow_bounds : Bounds{l.shadow_lower, l.shadow_upper};
  const bool want_shadow = any && l.key_shadow && l.key_intensity > 0 && box.lower != box.upper;
  const gpu::View key = make_parallel_view(direction, box.lower, box.upper);
  if (options.merge_lamps && l.lamps != lamps_asked) {
    lamps_asked = l.lamps;
    lamps_merged = merge_rows(l.lamps);
  }
  const std::vector<Lamp>& lamps = options.merge_lamps ? lamps_merged : l.lamps;
  // What hangs above the ceiling of shadows casts none.
  const Bounds below{box.lower, {box.upper.x, std::max(box.lower.y, std::min(box.upper.y, l.shadow_ceiling)), box.upper.z}};
  LampViews shadowed;
  if (any && lamp_shadow.view_mask && box.lower != box.upper) shadowed = lamp_views(lamps, lamp_shadow.layers, below);

  write_set(slot, tables);
  gpu::Pass pass = pass_of(tables, false);
  pass.views[0] = make_view(frame.camera, static_cast<float>(target.extent.width) / static_cast<float>(target.extent.height));
  pass.light = lighting_of(l, key);
  write_lamps(pass, lamps, shadowed);
  pass.blend_count = static_cast<uint32_t>(tables.blended.size());
  pass.flags = (encodes_srgb(target.format) ? gpu::kPassLinearTarget : 0) | (l.show_room ? gpu::kPassShowRoom : 0) | (l.surround == Lighting::Surround::kStudio ? gpu::kPassStudio : 0) |
               (options.ambient_occlusion && any ? gpu::kPassOcclusion : 0) | (want_shadow ? gpu::kPassKeyShadow : 0) |
               (extent.width != target.extent.width || extent.height != target.extent.height ? gpu::kPassScaled : 0) |
               (samples != VK_SAMPLE_COUNT_1_BIT ? gpu::kPassMultisampled : 0) | (frame.culling.frustum ? 0 : gpu::kPassNoFrustum);
  std::copy(std::begin(pass.first_command), std::end(pass.first_command), first_command.begin());
  pass.layer_stride = static_cast<uint32_t>(Culling::depth_floats(extent));
  pass.lod_eye = frame.camera.eye;
  pass.lod_scale = 1e30f;
  if (frame.culling.lod_pixels > 0) pass.lod_scale = std::abs(pass.views[0].projection.y) * 0.5f * static_cast<float>(extent.height) / frame.culling.lod_pixels;
  pass.occluder_size = kOccluderSize;
  if (any) {
    auto blended = upload_blended(slot.arena, *frame.scene, frame.camera);
    if (!blended) return blended.error();
    pass.blended = *blended;
  }
  // 3. What moved goes into its slot. 4. Shadows, when something moved; reflections, when the room is new.
  if (any) culling.update(cmd, use_pass(cmd, slot, kMainBlock, pass), tables);
  slot.shadow_drawn = false;
  if (any) {
    gpu::Pass shadow_pass = pass_of(tables, true);
    shadow_pass.lod_eye = pass.lod_eye;
    shadow_pass.lod_scale = pass.lod_scale;
    shadow_pass.light = pass.light;
    if (want_shadow) {
      shadow_pass.views[0] = key;
      slot.shadow_drawn |= draw_shadows(cmd, slot, key_shadow, frame, tables, shadow_pass, kRestingBlock, kMovingBlock);
    }
    if (shadowed.count > 0) {
      // A scene with fewer lamps than layers draws the last one again.
      shadow_pass.view_count = lamp_shadow.layers;
      for (uint32_t i = 0; i < lamp_shadow.layers; ++i) shadow_pass.views[i] = shadowed.at[std::min(i, shadowed.count - 1)].view;
      slot.shadow_drawn |= draw_shadows(cmd, slot, lamp_shadow, frame, tables, shadow_pass, kLampRestingBlock, kLampMovingBlock);
    }
  }
  key_shadow.valid &= want_shadow;
  lamp_shadow.valid &= shadowed.count > 0;
  slot.probe_taken = probe && any && probe_stale(frame.scene, tables, pass);
  if (slot.probe_taken) {
    if (auto s = take_probe(cmd, slot, *frame.scene, pass); !s) return s;
  }
  if (probe && any) pass.flags |= gpu::kPassProbe;
  stamp(cmd, slot, kAfterShadow);

  // 5. The scene, culled on the GPU.
  draw_scene(cmd, frame, any ? &tables : nullptr, pass.views[0], use_pass(cmd, slot, kMainBlock, pass), phases);
  stamp(cmd, slot, kAfterScene);

  // 6. Ambient occlusion, 7. outlines' mask.
  if (pass.flags & gpu::kPassOcclusion) draw_occlusion(cmd);
  const bool outlines = slot.late && !tables.outlined.empty();
  if (outlines) draw_mask(cmd, tables);

  // 8. Light to picture, 9. outlines, 10. user interface.
  transition(cmd, target.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, Use::kColor, Use::kColor);
  const auto picture = attachment(target.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE, {}, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL);
  begin_pass(cmd, target.extent, &picture, nullptr);
  bind(cmd, (*output)->tonemap);
  vkCmdDraw(cmd, 3, 1, 0, 0);
  if (outlines) {
    const VkRect2D rectangle = outlined_rectangle(*frame.scene, frame.camera, target.extent);
    if (rectangle.extent.width > 0 && rectangle.extent.height > 0) {
      vkCmdSetScissor(cmd, 0, 1, &rectangle);
      bind(cmd, (*output)->outline);
      vkCmdDraw(cmd, 3, 1, 0, 0);
    }
  }
  stamp(cmd, slot, kAfterPost);
  if (frame.ui) {
    bind(cmd, (*output)->ui);
    if (auto s = draw_ui(cmd, layout, slot.arena, *frame.ui, target.extent, encodes_srgb(target.format)); !s) {
      vkCmdEndRendering(cmd);
      return s;
    }
  }
  vkCmdEndRendering(cmd);
  transition(cmd, target.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, target.final_layout, Use::kColor,
             target.final_layout == VK_IMAGE_LAYOUT_PRESENT_SRC_KHR ? Use::kNone : Use::kAll);

  // 11. What was drawn, for the statistics of a later frame.
  last_tables = any ? &tables : nullptr;
  if (slot.late) {
    barrier(cmd, Use::kCompute, Use::kCopySource);
    constexpr VkDeviceSize kBytes = sizeof(gpu::DrawListState);
    const VkBufferCopy early{0, 0, kBytes}, middle{0, kBytes, kBytes}, late{0, 2 * kBytes, kBytes};
    if (phases) vkCmdCopyBuffer(cmd, culling.early_list().state.handle, slot.counters.handle, 1, &early);
    if (phases) vkCmdCopyBuffer(cmd, culling.middle_list().state.handle, slot.counters.handle, 1, &middle);
    vkCmdCopyBuffer(cmd, culling.late_list().state.handle, slot.counters.handle, 1, &late);
  } else {
    vkCmdFillBuffer(cmd, slot.counters.handle, 0, VK_WHOLE_SIZE, 0);
  }
  barrier(cmd, Use::kCopyTarget, Use::kHost);
  stamp(cmd, slot, kAfterUi);
  return ok();
}

// ---- measuring ----

Result<CullingResult> Renderer::read_culling() {
  Private& p = *p_;
  CullingResult result;
  const FrameSlot& slot = p.slots[p.ring.slot()];
  const bool two = slot.early;
  std::vector<const DrawList*> lists;
  if (slot.early) lists = {&p.culling.early_list(), &p.culling.middle_list()};
  if (slot.late) lists.push_back(&p.culling.late_list());
  if (lists.empty()) return result;
  auto ring = CommandRing::create(p.device, 1);
  if (!ring) return ring.error();
  std::vector<Buffer> copies;
  const auto copy = [&](VkCommandBuffer cmd, const Buffer& from) -> Status {
    auto made = create_buffer(p.device, from.size, Memory::kReadback);
    if (!made) return made.error();
    const VkBufferCopy region{0, 0, from.size};
    vkCmdCopyBuffer(cmd, from.handle, made->handle, 1, &region);
    copies.push_back(std::move(*made));
    return ok();
  };
  auto cmd = ring->begin();
  if (!cmd) return cmd.error();
  barrier(*cmd, Use::kAll, Use::kCopySource);
  for (const DrawList* list : lists) {
    if (auto s = copy(*cmd, list->state); !s) return s.error();
    if (auto s = copy(*cmd, list->commands); !s) return s.error();
  }
  if (two) {
    if (auto s = copy(*cmd, p.culling.seen()); !s) return s.error();
    if (auto s = copy(*cmd, p.culling.depth()); !s) return s.error();
  }
  barrier(*cmd, Use::kCopyTarget, Use::kHost);
  auto submit = ring->submit();
  if (!submit) return submit.error();
  if (auto s = p.device.wait(*submit); !s) return s.error();
  for (size_t l = 0; l < lists.size(); ++l) {
    const auto* state = static_cast<const gpu::DrawListState*>(copies[2 * l].mapped);
    const auto* command = static_cast<const gpu::DrawCommand*>(copies[2 * l + 1].mapped);
    for (uint32_t bucket : {gpu::kBucketOpaque, gpu::kBucketDouble, gpu::kBucketMask, gpu::kBucketBlend})
      for (uint32_t i = 0; i < state->counters.count[bucket]; ++i) {
        const gpu::DrawCommand& c = command[p.first_command[bucket] + i];
        if (c.instance_count == 0) continue;
        result.drawn.push_back(c.first_instance);
        result.commands.push_back(c);
      }
  }
  std::sort(result.drawn.begin(), result.drawn.end());
  if (two) {
    const auto* work = static_cast<const gpu::Work*>(copies[6].mapped);
    const auto* ids = reinterpret_cast<const uint32_t*>(work + 1);
    result.seen.assign(ids, ids + work->count);
    std::sort(result.seen.begin(), result.seen.end());
    const auto* depth = static_cast<const float*>(copies[7].mapped);
    result.depth.assign(depth, depth + copies[7].size / sizeof(float));
    result.width = p.extent.width;
    result.height = p.extent.height;
  }
  return result;
}

Result<std::vector<uint32_t>> Renderer::visible_instances() {
  Private& p = *p_;
  std::vector<uint32_t> visible;
  const FrameSlot& slot = p.slots[p.ring.slot()];
  if (!p.last_tables || !slot.late) return visible;
  auto picture = create_image(p.device, p.extent, kIdFormat, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT);
  if (!picture) return picture.error();
  auto depths = create_image(p.device, p.extent, kDepthFormat, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT);
  if (!depths) return depths.error();
  auto pixels = create_buffer(p.device, sizeof(uint32_t) * VkDeviceSize{p.extent.width} * p.extent.height, Memory::kReadback);
  if (!pixels) return pixels.error();
  auto ring = CommandRing::create(p.device, 1);
  if (!ring) return ring.error();
  auto begun = ring->begin();
  if (!begun) return begun.error();
  const VkCommandBuffer cmd = *begun;
  barrier(cmd, Use::kAll, Use::kAll);
  transition(cmd, picture->handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kNone, Use::kColor);
  transition(cmd, depths->handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kNone, Use::kDepth);
  const auto color = attachment(picture->view, VK_ATTACHMENT_LOAD_OP_CLEAR), depth = attachment(depths->view, VK_ATTACHMENT_LOAD_OP_CLEAR);
  begin_pass(cmd, p.extent, &color, &depth);
  const VkDescriptorSet sets[] = {p.textures->set(), slot.set};
  const auto offset = static_cast<uint32_t>(kMainBlock * kBlockStride);
  vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, p.layout, 0, 2, sets, 1, &offset);
  vkCmdBindIndexBuffer(cmd, p.last_tables->indices, 0, VK_INDEX_TYPE_UINT32);
  for (uint32_t bucket : {gpu::kBucketOpaque, gpu::kBucketDouble, gpu::kBucketMask}) {
    p.bind(cmd, bucket == gpu::kBucketOpaque ? p.ids : p.ids_double);
    if (slot.early) p.draw_bucket(cmd, p.culling.early_list(), *p.last_tables, bucket);
    if (slot.early) p.draw_bucket(cmd, p.culling.middle_list(), *p.last_tables, bucket);
    p.draw_bucket(cmd, p.culling.late_list(), *p.last_tables, bucket);
  }
  vkCmdEndRendering(cmd);
  transition(cmd, picture->handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kCopySource);
  VkBufferImageCopy region{};
  region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
  region.imageExtent = {p.extent.width, p.extent.height, 1};
  vkCmdCopyImageToBuffer(cmd, picture->handle, VK_IMAGE_LAYOUT_GENERAL, pixels->handle, 1, &region);
  barrier(cmd, Use::kCopyTarget, Use::kHost);
  auto submit = ring->submit();
  if (!submit) return submit.error();
  if (auto s = p.device.wait(*submit); !s) return s.error();
  const auto* id = static_cast<const uint32_t*>(pixels->mapped);
  visible.assign(id, id + size_t{p.extent.width} * p.extent.height);
  std::sort(visible.begin(), visible.end());
  visible.erase(std::unique(visible.begin(), visible.end()), visible.end());
  if (!visible.empty() && visible.front() == 0) visible.erase(visible.begin());
  for (uint32_t& v : visible) --v;
  return visible;
}

Result<DrawSet> Renderer::make_draws(const GpuScene& scene, std::span<const gpu::DrawCommand> commands) {
  Private& p = *p_;
  DrawSet set;
  std::vector<gpu::DrawCommand> sorted;
  sorted.reserve(commands.size());
  for (uint32_t bucket = 0; bucket < gpu::kBuckets; ++bucket) {
    set.first[bucket] = static_cast<uint32_t>(sorted.size());
    for (const gpu::DrawCommand& c : commands)
      if ((scene.instances()[c.first_instance].flags & gpu::kInstanceBucket) == bucket) sorted.push_back(c);
    set.count[bucket] = static_cast<uint32_t>(sorted.size()) - set.first[bucket];
  }
  if (sorted.empty()) return set;
  auto buffer = create_buffer(p.device, sizeof(gpu::DrawCommand) * sorted.size(), Memory::kUpload, VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT);
  if (!buffer) return buffer.error();
  set.commands = std::move(*buffer);
  std::memcpy(set.commands.mapped, sorted.data(), sizeof(gpu::DrawCommand) * sorted.size());
  return set;
}

}  // namespace shixun
