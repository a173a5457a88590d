#include <chrono>

#include "engine/render/renderer_private.h"

namespace shixun {

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
  auto skinning = Skinning::create(device, p->layout);
  if (!skinning) return skinning.error();
  p->skinning = std::move(*skinning);
  for (FrameSlot& slot : p->slots) {
    slot.arena.device = &device;
    auto readback = create_buffer(device, sizeof(Readback), Memory::kReadback, 0, "readback");
    if (!readback) return readback.error();
    slot.readback = std::move(*readback);
    const VkQueryPoolCreateInfo info{VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO, nullptr, 0, VK_QUERY_TYPE_TIMESTAMP, kStampQueries, 0};
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
  const auto milliseconds = [] { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
  if (target.extent.width == 0 || target.extent.height == 0) return ok();
  // Uploads first: what is retired while the frame is recorded then lives until the frame is done.
  if (auto s = p.textures->uploader().flush(); !s) return s;
  auto cmd = p.ring.begin();
  if (!cmd) return cmd.error();
  FrameSlot& slot = p.slots[p.ring.slot()];
  const double began = milliseconds();
  p.device.collect();
  p.read_stats(slot);
  slot.arena.reset();
  if (auto s = p.record(*cmd, slot, target, frame); !s) {
    p.ring.abandon();
    return s;
  }
  slot.used = true;
  if (slot.timing == FrameTiming::kIsolated) {
    p.end_passes(*cmd);
    return p.trouble;
  }
  if (auto submit = p.ring.submit(target.wait, target.signal); !submit) return submit.error();
  slot.record_ms = milliseconds() - began;
  return ok();
}

Status Renderer::Private::record(VkCommandBuffer cmd, FrameSlot& slot, const Target& target, const Frame& frame) {
  const size_t wanted = std::max<size_t>(frame.views.size(), 1);
  if (wanted > kMostViews) return Error{Code::kFailed, "renderer", std::to_string(wanted) + " views cannot be drawn at once", "Draw " + std::to_string(kMostViews) + " at most"};
  if (wanted != target.layers)
    return Error{Code::kFailed, "renderer", "the target has " + std::to_string(target.layers) + " layers for " + std::to_string(wanted) + " views", "Make it with a layer for each view"};
  view_count = static_cast<uint32_t>(wanted);
  if (options.matte && painted_format != target.format) {
    painted_format = target.format;
    pipelines = {};
  }
  if (!now().opaque.handle) {
    if (auto s = create_view_pipelines(view_count); !s) return s;
  }
  if (frame.ui && frame.ui_panel != kNoTexture)  // made before the picture's own, which stays where it is in memory
    if (auto panel = output_for(textures->image(frame.ui_panel).format, 1); !panel) return panel.error();
  auto output = output_for(target.format, view_count);
  if (!output) return output.error();
  if (auto s = fit_screens(target.extent, view_count); !s) return s;
  painted = options.matte ? target.image : light.handle;
  painted_view = options.matte ? target.view : light.view;
  begin_passes(cmd, slot, frame.timing == FrameTiming::kIsolated && target.wait ? FrameTiming::kPasses : frame.timing);
  enter(cmd, FramePass::kUpdate);

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
  if (auto s = culling.fit(tables, phases ? view_count * Culling::depth_floats(extent) : 0, shadows); !s) return s;
  culling.begin_frame();
  slot.early = phases;
  slot.late = any && !given;
  slot.given_draws = 0;
  if (frame.culling.draws)
    for (uint32_t n : frame.culling.draws->count) slot.given_draws += n;
  slot.uploaded_bytes = tables.uploaded_bytes;
  slot.skin_groups = tables.skin_groups;

  // 2. The blocks that tell the shaders everything.
  const Lighting& l = frame.lighting;
  const glm::vec3 direction = glm::normalize(l.key_direction);
  const Bounds box = l.shadow_lower == l.shadow_upper ? tables.shadow_bounds : Bounds{l.shadow_lower, l.shadow_upper};
  const bool want_shadow = any && l.key_shadow && l.key_intensity > 0 && box.lower != box.upper;
  const gpu::View key = make_parallel_view(direction, box.lower, box.upper);
  const gpu::View alone = make_view(frame.camera, static_cast<float>(target.extent.width) / static_cast<float>(target.extent.height));
  const std::span<const gpu::View> eyes = frame.views.empty() ? std::span(&alone, 1) : frame.views;
  const float texel = 2 / std::min(std::abs(key.projection.x), std::abs(key.projection.y)) / static_cast<float>(options.shadow_size);
  const bool want_cascades = want_shadow && options.shadow_cascades > 0 && texel > options.shadow_texel;
  if (auto s = fit_key_maps(want_cascades); !s) return s;
  Cascades near_key;
  if (want_cascades)
    near_key = make_cascades(key, eyes, 2 / (std::abs(eyes[0].projection.y) * static_cast<float>(extent.height)), options.shadow_cascades, options.cascade_size);
  if (options.merge_lamps && l.lamps != lamps_asked) {
    lamps_asked = l.lamps;
    lamps_merged = merge_rows(l.lamps);
  }
  const std::vector<Lamp>& lamps = options.merge_lamps ? lamps_merged : l.lamps;
  // What hangs above the ceiling of shadows casts none.
  const Bounds below{box.lower, {box.upper.x, std::max(box.lower.y, std::min(box.upper.y, l.shadow_ceiling)), box.upper.z}};
  LampViews shadowed;
  if (any && lamp_shadow.view_mask && box.lower != box.upper) shadowed = lamp_views(lamps, lamp_shadow.layers, below);

  write_sets(slot, tables);
  gpu::Pass pass = pass_of(tables, false);
  write_views(pass, eyes, frame.culling.lod_pixels);
  pass.light = lighting_of(l, key);
  write_cascades(pass.light, key, near_key);
  write_lamps(pass, lamps, shadowed);
  pass.blend_count = static_cast<uint32_t>(tables.blended.size());
  pass.flags = (encodes_srgb(target.format) ? gpu::kPassLinearTarget : 0) | (l.show_room ? gpu::kPassShowRoom : 0) | (l.surround == Lighting::Surround::kStudio ? gpu::kPassStudio : 0) |
               (options.ambient_occlusion && any ? gpu::kPassOcclusion : 0) | (want_shadow ? gpu::kPassKeyShadow : 0) |
               (samples != VK_SAMPLE_COUNT_1_BIT ? gpu::kPassMultisampled : 0) | (frame.culling.frustum ? 0 : gpu::kPassNoFrustum) | (frame.culling.clusters ? 0 : gpu::kPassWhole);
  std::copy(std::begin(pass.first_command), std::end(pass.first_command), first_command.begin());
  pass.layer_stride = static_cast<uint32_t>(Culling::depth_floats(extent));
  pass.occluder_size = kOccluderSize;
  if (any) {
    auto blended = upload_blended(slot.arena, *frame.scene, pass.lod_eye);
    if (!blended) return blended.error();
    pass.blended = *blended;
  }
  if (frame.ui && frame.ui_panel != kNoTexture)
    if (auto s = draw_panel(cmd, slot, *frame.ui, frame.ui_panel); !s) return s;
  // 3. Figures take their pose, what moved goes into its slot. 4. Shadows, when something moved; reflections, when the room is new.
  skinning.run(cmd, tables);
  use_pass(cmd, slot, kMainBlock, pass);
  if (any) culling.update(cmd, tables);
  slot.shadow_drawn = false;
  if (any) {
    gpu::Pass shadow_pass = pass_of(tables, true);
    shadow_pass.lod_eye = pass.lod_eye;
    shadow_pass.lod_scale = pass.lod_scale;
    shadow_pass.lod_reach = pass.lod_reach;
    shadow_pass.light = pass.light;
    if (want_shadow) {
      enter(cmd, FramePass::kShadow);
      shadow_pass.views[0] = key;
      slot.shadow_drawn |= draw_shadows(cmd, slot, key_images, key_shadow, frame, tables, shadow_pass, kRestingBlock, kMovingBlock);
    }
    if (near_key.count > 0) {
      // View i draws into layer i, and layer 0 is drawn apart: its view, which is culled by too, is one that adds nothing.
      shadow_pass.view_count = 1 + near_key.count;
      for (uint32_t i = 0; i < near_key.count; ++i) shadow_pass.views[1 + i] = near_key.at[i];
      shadow_pass.views[0] = near_key.at[near_key.count - 1];
      slot.shadow_drawn |= draw_shadows(cmd, slot, key_images, cascades, frame, tables, shadow_pass, kCascadeRestingBlock, kCascadeMovingBlock);
    }
    if (shadowed.count > 0) {
      enter(cmd, FramePass::kLampShadow);
      // A scene with fewer lamps than layers draws the last one again.
      shadow_pass.view_count = lamp_shadow.layers;
      for (uint32_t i = 0; i < lamp_shadow.layers; ++i) shadow_pass.views[i] = shadowed.at[std::min(i, shadowed.count - 1)].view;
      slot.shadow_drawn |= draw_shadows(cmd, slot, lamp_images, lamp_shadow, frame, tables, shadow_pass, kLampRestingBlock, kLampMovingBlock);
    }
  }
  key_shadow.valid &= want_shadow;
  cascades.valid &= near_key.count > 0;
  lamp_shadow.valid &= shadowed.count > 0;
  slot.probe_taken = probe && any && probe_stale(frame.scene, tables, pass);
  if (slot.probe_taken) {
    enter(cmd, FramePass::kProbe);
    if (auto s = take_probe(cmd, slot, *frame.scene, pass); !s) return s;
  }
  if (probe && any) pass.flags |= gpu::kPassProbe;

  // 5. The scene, culled on the GPU.
  auto hidden = upload_hidden(slot, frame);
  if (!hidden) return hidden.error();
  use_pass(cmd, slot, kMainBlock, pass);
  draw_scene(cmd, frame, any ? &tables : nullptr, eyes, *hidden, phases);

  // 6. Ambient occlusion, 7. outlines' mask.
  if (pass.flags & gpu::kPassOcclusion) {
    enter(cmd, FramePass::kAmbient);
    draw_occlusion(cmd);
  }
  const bool outlines = slot.late && !tables.outlined.empty();
  if (outlines) {
    enter(cmd, FramePass::kOutlines);
    draw_mask(cmd, tables);
  }

  // 8. Light to picture, 9. outlines, 10. user interface.
  enter(cmd, FramePass::kPicture);
  if (!frame.quads.empty() || target.depth)
    transition(cmd, depth.handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kSampled);
  if (scaled()) {
    constexpr auto kGeneral = VK_IMAGE_LAYOUT_GENERAL;
    transition(cmd, small_picture.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, kGeneral, Use::kSampled, Use::kColor);
    const auto small = attachment(small_picture.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
    begin_pass(cmd, extent, &small, nullptr, view_mask());
    bind(cmd, now().tonemap);
    vkCmdDraw(cmd, 3, 1, 0, 0);
    vkCmdEndRendering(cmd);
    transition(cmd, small_picture.handle, VK_IMAGE_ASPECT_COLOR_BIT, kGeneral, kGeneral, Use::kColor, Use::kSampled);
  }
  // A matte picture is there already: what follows is drawn over it.
  transition(cmd, target.image, VK_IMAGE_ASPECT_COLOR_BIT, options.matte ? VK_IMAGE_LAYOUT_GENERAL : VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
             Use::kColor, Use::kColor);
  const auto picture = attachment(target.view, options.matte ? VK_ATTACHMENT_LOAD_OP_LOAD : VK_ATTACHMENT_LOAD_OP_DONT_CARE, {}, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL);
  begin_pass(cmd, target.extent, &picture, nullptr, view_mask());
  if (!options.matte) {
    bind(cmd, (*output)->picture);
    vkCmdDraw(cmd, 3, 1, 0, 0);
  }
  if (outlines) {
    const VkRect2D rectangle = outlined_rectangle(*frame.scene, eyes, target.extent);
    if (rectangle.extent.width > 0 && rectangle.extent.height > 0) {
      vkCmdSetScissor(cmd, 0, 1, &rectangle);
      bind(cmd, (*output)->outline);
      vkCmdDraw(cmd, 3, 1, 0, 0);
    }
  }
  if (slot.late && (frame.debug != DebugView::kOff || frame.observer)) {
    if (auto s = draw_debug(cmd, slot, **output, target, frame, tables, pass); !s) {
      vkCmdEndRendering(cmd);
      return s;
    }
  }
  if (!frame.quads.empty()) {
    if (auto s = draw_quads(cmd, slot, **output, frame.quads, target.extent); !s) {
      vkCmdEndRendering(cmd);
      return s;
    }
  }
  if (frame.ui && frame.ui_panel == kNoTexture) {
    enter_drawing(cmd, FramePass::kInterface, target);
    bind(cmd, (*output)->ui);
    if (auto s = draw_ui(cmd, layout, slot.arena, *frame.ui, target.extent, encodes_srgb(target.format)); !s) {
      vkCmdEndRendering(cmd);
      return s;
    }
  }
  vkCmdEndRendering(cmd);
  transition(cmd, target.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, target.final_layout, Use::kColor,
             target.final_layout == VK_IMAGE_LAYOUT_PRESENT_SRC_KHR ? Use::kNone : Use::kAll);

  if (target.depth)
    if (auto s = draw_depth(cmd, slot, target, frame.quads); !s) return s;

  // 11. What was drawn, for the statistics of a later frame.
  enter(cmd, FramePass::kReadback);
  last_tables = any ? &tables : nullptr;
  if (slot.late) {
    barrier(cmd, Use::kCompute, Use::kCopySource);
    constexpr VkDeviceSize kBytes = sizeof(gpu::DrawListState);
    const VkBufferCopy early{0, 0, kBytes}, late{0, kBytes, kBytes};
    if (phases) vkCmdCopyBuffer(cmd, culling.early_list().state.handle, slot.readback.handle, 1, &early);
    vkCmdCopyBuffer(cmd, culling.late_list().state.handle, slot.readback.handle, 1, &late);
  } else {
    vkCmdFillBuffer(cmd, slot.readback.handle, 0, offsetof(Readback, stamps), 0);
  }
  if (slot.timing != FrameTiming::kIsolated) end_passes(cmd);
  barrier(cmd, Use::kCopyTarget, Use::kHost);
  return ok();
}

}  // namespace shixun
