#include "engine/base/stopwatch.h"
#include "engine/render/renderer_private.h"

namespace shixun {

void Renderer::Private::begin_passes(VkCommandBuffer cmd, FrameSlot& slot, FrameTiming timing) {
  vkCmdResetQueryPool(cmd, slot.stamps, 0, kStampQueries);
  slot.timing = timing;
  slot.stamp_count = 0;
  slot.pass = FramePass::kCount;
  slot.submit_ms = 0;
  slot.times = {};
  bound = kMainBlock;
  trouble = ok();
}

void Renderer::Private::enter(VkCommandBuffer cmd, FramePass pass) {
  FrameSlot& slot = slots[ring.slot()];
  const bool first = slot.pass == FramePass::kCount;
  if (!first) end_label(device, cmd);
  if (slot.timing != FrameTiming::kParts) {
    const double now = wall_ms();
    if (!first) slot.times[static_cast<size_t>(slot.pass)].record_ms += static_cast<float>(now - slot.pass_began_ms);
    slot.pass_began_ms = now;
  }
  if (slot.timing == FrameTiming::kIsolated) {
    const double wall = wall_ms(), cpu = cpu_ms();
    if (auto s = ring.flush(); !s && trouble) trouble = s;
    const auto took = static_cast<float>(wall_ms() - wall);
    if (first) {
      slot.submit_ms = static_cast<double>(took);
    } else {
      slot.times[static_cast<size_t>(slot.pass)].gpu_ms += took;
      slot.times[static_cast<size_t>(slot.pass)].cpu_ms += static_cast<float>(cpu_ms() - cpu);
    }
    if (!first) bind_sets(cmd, slot);
    slot.pass_began_ms = wall_ms();
  } else if (slot.stamp_count + 1 < kStamps && (first || slot.timing == FrameTiming::kPasses || part_of(pass) != part_of(slot.pass))) {
    vkCmdWriteTimestamp2(cmd, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, slot.stamps, slot.stamp_count);
    slot.stamped[slot.stamp_count++] = pass;
  }
  slot.pass = pass;
  slot.times[static_cast<size_t>(pass)].ran = true;
  begin_label(device, cmd, pass_name(pass));
}

void Renderer::Private::enter_drawing(VkCommandBuffer cmd, FramePass pass, const Target& target) {
  // Inside a pass over several views a timestamp would take a query for each.
  const bool alone = slots[ring.slot()].timing == FrameTiming::kIsolated || view_count > 1;
  if (alone) vkCmdEndRendering(cmd);
  enter(cmd, pass);
  if (!alone) return;
  barrier(cmd, Use::kColor, Use::kColor);
  const auto picture = attachment(target.view, VK_ATTACHMENT_LOAD_OP_LOAD, {}, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL);
  begin_pass(cmd, target.extent, &picture, nullptr, view_mask());
}

void Renderer::Private::end_passes(VkCommandBuffer cmd) {
  FrameSlot& slot = slots[ring.slot()];
  if (slot.timing == FrameTiming::kIsolated) {
    const FramePass last = slot.pass;
    const double wall = wall_ms(), cpu = cpu_ms();
    end_label(device, cmd);
    slot.times[static_cast<size_t>(last)].record_ms += static_cast<float>(wall - slot.pass_began_ms);
    // Waited for: what was retired on the way counts on one submit a frame.
    if (auto submit = ring.submit(); submit) {
      if (auto s = device.wait(*submit); !s && trouble) trouble = s;
    } else if (trouble) {
      trouble = submit.error();
    }
    slot.times[static_cast<size_t>(last)].gpu_ms += static_cast<float>(wall_ms() - wall);
    slot.times[static_cast<size_t>(last)].cpu_ms += static_cast<float>(cpu_ms() - cpu);
    slot.record_ms = 0;
    for (const PassTime& t : slot.times) slot.record_ms += static_cast<double>(t.record_ms);
    return;
  }
  if (slot.timing != FrameTiming::kParts) slot.times[static_cast<size_t>(slot.pass)].record_ms += static_cast<float>(wall_ms() - slot.pass_began_ms);
  vkCmdWriteTimestamp2(cmd, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, slot.stamps, slot.stamp_count);
  vkCmdCopyQueryPoolResults(cmd, slot.stamps, 0, slot.stamp_count + 1, slot.readback.handle, offsetof(Readback, stamps), sizeof(uint64_t),
                            VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
  end_label(device, cmd);
}

void Renderer::Private::read_times(const FrameSlot& slot, const uint64_t* stamps) {
  stats.passes = slot.times;
  stats.record_ms = static_cast<float>(slot.record_ms);
  stats.submit_ms = static_cast<float>(slot.submit_ms);
  if (slot.timing != FrameTiming::kIsolated) {
    for (uint32_t i = 0; i < slot.stamp_count; ++i)
      stats.passes[static_cast<size_t>(slot.stamped[i])].gpu_ms += static_cast<float>(static_cast<double>(stamps[i + 1] - stamps[i]) * static_cast<double>(device.timestamp_ns) * 1e-6);
  }
  float parts[static_cast<size_t>(FramePart::kCount)]{};
  for (uint32_t i = 0; i < kFramePasses; ++i) parts[static_cast<size_t>(part_of(static_cast<FramePass>(i)))] += stats.passes[i].gpu_ms;
  stats.shadow_ms = parts[static_cast<size_t>(FramePart::kBefore)];
  stats.scene_ms = parts[static_cast<size_t>(FramePart::kScene)];
  stats.post_ms = parts[static_cast<size_t>(FramePart::kPost)];
  stats.ui_ms = parts[static_cast<size_t>(FramePart::kOver)];
  stats.gpu_ms = stats.shadow_ms + stats.scene_ms + stats.post_ms + stats.ui_ms;
}

}  // namespace shixun
