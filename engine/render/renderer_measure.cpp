#include "engine/render/renderer_private.h"

namespace shixun {

Result<CullingResult> Renderer::read_culling() {
  Private& p = *p_;
  CullingResult result;
  const FrameSlot& slot = p.slots[p.ring.slot()];
  const bool two = slot.early;
  std::vector<const DrawList*> lists;
  if (slot.early) lists.push_back(&p.culling.early_list());
  if (slot.late) lists.push_back(&p.culling.late_list());
  if (lists.empty()) return result;
  auto ring = CommandRing::create(p.device, 1);
  if (!ring) return ring.error();
  std::vector<Buffer> copies;
  const auto copy = [&](VkCommandBuffer cmd, const Buffer& from) -> Status {
    auto made = create_buffer(p.device, from.size, Memory::kReadback, 0, "copy for the CPU");
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
  result.drawn.erase(std::unique(result.drawn.begin(), result.drawn.end()), result.drawn.end());
  if (two) {
    const auto* work = static_cast<const gpu::Work*>(copies[4].mapped);
    const auto* seen = reinterpret_cast<const gpu::SeenInstance*>(work + 1);
    for (uint32_t i = 0; i < work->count; ++i) result.seen.push_back(seen[i].id);
    std::sort(result.seen.begin(), result.seen.end());
    const auto* depth = static_cast<const float*>(copies[5].mapped);
    result.depth.assign(depth, depth + copies[5].size / sizeof(float));
    result.width = p.extent.width;
    result.height = p.extent.height;
  }
  return result;
}

Result<std::vector<gpu::PackedVertex>> Renderer::read_vertices(const GpuScene& scene, uint32_t first, uint32_t count) {
  std::vector<gpu::PackedVertex> vertices(count);
  const VkDeviceSize bytes = sizeof(gpu::PackedVertex) * VkDeviceSize{count};
  if (count == 0) return vertices;
  auto copy = create_buffer(p_->device, bytes, Memory::kReadback, 0, "vertices for the CPU");
  if (!copy) return copy.error();
  auto ring = CommandRing::create(p_->device, 1);
  if (!ring) return ring.error();
  auto cmd = ring->begin();
  if (!cmd) return cmd.error();
  barrier(*cmd, Use::kAll, Use::kCopySource);
  const VkBufferCopy region{sizeof(gpu::PackedVertex) * VkDeviceSize{first}, 0, bytes};
  vkCmdCopyBuffer(*cmd, scene.tables().vertices, copy->handle, 1, &region);
  barrier(*cmd, Use::kCopyTarget, Use::kHost);
  auto submit = ring->submit();
  if (!submit) return submit.error();
  if (auto s = p_->device.wait(*submit); !s) return s.error();
  std::memcpy(vertices.data(), copy->mapped, bytes);
  return vertices;
}

Result<std::vector<uint32_t>> Renderer::visible_instances() {
  Private& p = *p_;
  std::vector<uint32_t> visible;
  const FrameSlot& slot = p.slots[p.ring.slot()];
  if (!p.last_tables || !slot.late) return visible;
  const auto options = [&](const char* name) { return ImageOptions{.layers = p.view_count, .array = true, .name = name}; };
  auto picture = create_image(p.device, p.extent, kIdFormat, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT, options("ids"));
  if (!picture) return picture.error();
  auto depths = create_image(p.device, p.extent, kDepthFormat, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT, options("depth of ids"));
  if (!depths) return depths.error();
  auto pixels = create_buffer(p.device, sizeof(uint32_t) * VkDeviceSize{p.extent.width} * p.extent.height * p.view_count, Memory::kReadback, 0, "ids for the CPU");
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
  begin_pass(cmd, p.extent, &color, &depth, p.view_mask());
  const VkDescriptorSet sets[] = {p.textures->set(), slot.sets[kMainBlock]};
  vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, p.layout, 0, 2, sets, 0, nullptr);
  vkCmdBindIndexBuffer(cmd, p.last_tables->indices, 0, VK_INDEX_TYPE_UINT32);
  for (uint32_t bucket : {gpu::kBucketOpaque, gpu::kBucketDouble, gpu::kBucketMask}) {
    p.bind(cmd, bucket == gpu::kBucketOpaque ? p.now().ids : p.now().ids_double);
    if (slot.early) p.draw_bucket(cmd, p.culling.early_list(), *p.last_tables, bucket);
    p.draw_bucket(cmd, p.culling.late_list(), *p.last_tables, bucket);
  }
  vkCmdEndRendering(cmd);
  transition(cmd, picture->handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kCopySource);
  VkBufferImageCopy region{};
  region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, p.view_count};
  region.imageExtent = {p.extent.width, p.extent.height, 1};
  vkCmdCopyImageToBuffer(cmd, picture->handle, VK_IMAGE_LAYOUT_GENERAL, pixels->handle, 1, &region);
  barrier(cmd, Use::kCopyTarget, Use::kHost);
  auto submit = ring->submit();
  if (!submit) return submit.error();
  if (auto s = p.device.wait(*submit); !s) return s.error();
  const auto* id = static_cast<const uint32_t*>(pixels->mapped);
  visible.assign(id, id + size_t{p.extent.width} * p.extent.height * p.view_count);
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
  auto buffer = create_buffer(p.device, sizeof(gpu::DrawCommand) * sorted.size(), Memory::kUpload, VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT, "given draws");
  if (!buffer) return buffer.error();
  set.commands = std::move(*buffer);
  std::memcpy(set.commands.mapped, sorted.data(), sizeof(gpu::DrawCommand) * sorted.size());
  return set;
}

}  // namespace shixun
