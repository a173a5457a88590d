#include "engine/render/renderer_private.h"

namespace shixun {

Status Renderer::Private::draw_debug(VkCommandBuffer cmd, const FrameSlot& slot, Output& output, const Target& target, const Frame& frame,
                                     const GpuScene::Tables& t, gpu::Pass pass) {
  if (!output.debug_solid.handle) {
    const auto make = [&](Pipeline& out, const char* vertex, bool tested, bool lines, Blend mixed) -> Status {
      GraphicsOptions o;
      o.vertex = vertex;
      o.fragment = "debug.frag";
      o.color = output.format;
      o.depth = kDepthFormat;
      o.depth_write = tested;
      o.depth_compare = tested ? VK_COMPARE_OP_GREATER_OR_EQUAL : VK_COMPARE_OP_ALWAYS;
      o.lines = lines;
      o.blend = mixed;
      o.view_mask = view_mask();
      o.constants = {tested ? 0u : 1u};
      auto p = create_graphics_pipeline(device, layout, o);
      if (!p) return p.error();
      out = std::move(*p);
      return ok();
    };
    if (auto s = make(output.debug_overdraw, "debug.vert", false, false, Blend::kPremultiplied); !s) return s;
    if (auto s = make(output.debug_lines, "debug_lines.vert", false, true, Blend::kNone); !s) return s;
    if (auto s = make(output.debug_solid, "debug.vert", true, false, Blend::kNone); !s) return s;
  }
  if (debug_depth.extent.width != target.extent.width || debug_depth.extent.height != target.extent.height || debug_depth.layers != view_count) {
    auto made = create_image(device, target.extent, kDepthFormat, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT, {.layers = view_count, .array = true, .name = "debug view depth"});
    if (!made) return made.error();
    debug_depth = std::move(*made);
  }

  pass.seen = culling.seen().address;
  pass.view_count = 0;  // of those observed, which follow the views that are drawn
  if (frame.observer) {
    static_assert(2 * kMostViews <= gpu::kMaxViews);
    pass.view_count = view_count;
    for (uint32_t i = 0; i < view_count; ++i) {
      pass.views[kMostViews + i] = pass.views[i];
      pass.views[i] = make_view(*frame.observer, static_cast<float>(target.extent.width) / static_cast<float>(target.extent.height));
    }
  }
  // Bounds alone lie over the picture; everything else takes its place.
  const bool over = frame.debug == DebugView::kBounds && !frame.observer;
  vkCmdEndRendering(cmd);
  barrier(cmd, Use::kAll, Use::kAll);
  transition(cmd, debug_depth.handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kDepth);
  const auto color = attachment(target.view, over ? VK_ATTACHMENT_LOAD_OP_LOAD : VK_ATTACHMENT_LOAD_OP_CLEAR, {{{0.02f, 0.03f, 0.04f, 1}}},
                                VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL);
  const auto depths = attachment(debug_depth.view, VK_ATTACHMENT_LOAD_OP_CLEAR);
  begin_pass(cmd, target.extent, &color, &depths, view_mask());
  use_pass(cmd, slot, kDebugBlock, pass);
  if (!over) {
    bind(cmd, frame.debug == DebugView::kOverdraw ? output.debug_overdraw : output.debug_solid);
    vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
    uint32_t number = 0;
    for (const DrawList* list : {&culling.early_list(), &culling.late_list()}) {
      const struct {
        VkDeviceAddress block;
        uint32_t argument, spare;
      } push{0, static_cast<uint32_t>(frame.debug) | number++ << 8, 0};
      vkCmdPushConstants(cmd, layout, kAllStages, 0, sizeof push, &push);
      if (list != &culling.late_list() && !slot.early) continue;
      for (uint32_t bucket : {gpu::kBucketOpaque, gpu::kBucketDouble, gpu::kBucketMask}) draw_bucket(cmd, *list, t, bucket);
    }
  }
  if (slot.early && (frame.observer || frame.debug == DebugView::kBounds)) {
    constexpr uint32_t kMost = 4096;  // more lines than that show nothing
    bind(cmd, output.debug_lines);
    vkCmdDraw(cmd, 24, frame.debug == DebugView::kBounds ? std::min(t.instance_count, kMost) + kMostViews : kMostViews, 0, 0);
  }
  vkCmdEndRendering(cmd);
  const auto picture = attachment(target.view, VK_ATTACHMENT_LOAD_OP_LOAD, {}, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL);
  begin_pass(cmd, target.extent, &picture, nullptr, view_mask());
  return ok();
}

}  // namespace shixun
