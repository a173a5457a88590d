#include "engine/render/culling.h"

#include <algorithm>
#include <cstddef>

#include "shaders/cull.h"

namespace shixun {

namespace {

constexpr VkShaderStageFlags kPushStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT;
constexpr gpu::Work kNoWork{0, 1, 1, 0};
// From the first level of so few texels on, one workgroup makes the rest of the pyramid: less work than to start another dispatch for each.
constexpr uint32_t kSmallLevel = 4096;

Status fit_buffer(Device& device, Buffer& buffer, VkDeviceSize bytes, VkBufferUsageFlags usage, const char* name) {
  if (bytes <= buffer.size) return ok();
  auto made = create_buffer(device, bytes, Memory::kDevice, usage);
  if (!made) return made.error();
  name_object(device, VK_OBJECT_TYPE_BUFFER, (uint64_t)made->handle, name);
  buffer = std::move(*made);
  return ok();
}

}  // namespace

Result<Culling> Culling::create(Device& device, VkPipelineLayout layout) {
  Culling c;
  c.device_ = &device;
  c.layout_ = layout;
  const auto make = [&](Pipeline& out, const char* shader, uint32_t phase) -> Status {
    auto p = create_compute_pipeline(device, layout, shader, {phase});
    if (!p) return p.error();
    out = std::move(*p);
    return ok();
  };
  if (auto s = make(c.update_, "update.comp", 0); !s) return s.error();
  if (auto s = make(c.refit_cells_, "refit.comp", 0); !s) return s.error();
  if (auto s = make(c.refit_blocks_, "refit.comp", 1); !s) return s.error();
  if (auto s = make(c.pyramid_, "pyramid.comp", 0); !s) return s.error();
  if (auto s = make(c.pyramid_rest_, "pyramid.comp", 1); !s) return s.error();
  if (auto s = make(c.recall_, "recall.comp", gpu::kPhaseRecall); !s) return s.error();
  for (uint32_t phase : {gpu::kPhaseHistory, gpu::kPhaseOccluders, gpu::kPhaseHidden, gpu::kPhaseAll, gpu::kPhaseBlended, gpu::kPhaseBlendedHidden})
    if (auto s = make(c.cull_[phase], "cull.comp", phase); !s) return s.error();
  for (uint32_t phase : {gpu::kPhaseOccluders, gpu::kPhaseHidden, gpu::kPhaseAll})
    if (auto s = make(c.cells_[phase], "cells.comp", phase); !s) return s.error();
  for (uint32_t phase : {gpu::kPhaseHistory, gpu::kPhaseHidden, gpu::kPhaseAll})
    if (auto s = make(c.emit_[phase], "emit.comp", phase); !s) return s.error();
  return c;
}

Status Culling::fit_list(DrawList& list, VkDeviceSize commands, uint32_t instances, uint32_t cells) const {
  constexpr VkBufferUsageFlags kIndirect = VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT;
  if (auto s = fit_buffer(*device_, list.state, sizeof(gpu::DrawListState), kIndirect, "draw list state"); !s) return s;
  if (auto s = fit_buffer(*device_, list.cells, sizeof(uint32_t) * VkDeviceSize{cells}, 0, "kept cells"); !s) return s;
  if (auto s = fit_buffer(*device_, list.kept, sizeof(gpu::Kept) * VkDeviceSize{instances}, 0, "kept instances"); !s) return s;
  return fit_buffer(*device_, list.commands, sizeof(gpu::DrawCommand) * commands, kIndirect, "draw commands");
}

Status Culling::fit(const GpuScene::Tables& t, VkDeviceSize depth_floats, bool shadow) {
  if (t.instance_count == 0) return ok();
  // In steps of 1024, so that a scene that grows by one at a time does not make new buffers each frame.
  const auto roomy = [](uint32_t n) { return (n + 1023u) & ~1023u; };
  const uint32_t instances = roomy(t.instance_count), cells = roomy(instances / gpu::kCellSize);
  uint32_t commands = 0;
  for (uint32_t b = 0; b < gpu::kBuckets; ++b) commands += command_room(t, b);
  commands = roomy(commands);
  if (auto s = fit_list(late_, commands, instances, cells); !s) return s;
  if (shadow) {
    if (auto s = fit_list(shadow_, commands, instances, cells); !s) return s;
  }
  if (depth_floats == 0) return ok();
  if (auto s = fit_list(early_, commands, instances, cells); !s) return s;
  if (auto s = fit_buffer(*device_, depth_, sizeof(float) * depth_floats, 0, "depth pyramid"); !s) return s;
  const VkDeviceSize seen_bytes = sizeof(gpu::Work) + sizeof(gpu::SeenInstance) * VkDeviceSize{instances};
  if (seen_bytes > seen_[0].size) {
    for (Buffer& b : seen_)
      if (auto s = fit_buffer(*device_, b, seen_bytes, VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT, "seen instances"); !s) return s;
    if (auto s = fit_buffer(*device_, drawn_, sizeof(gpu::Drawn) * VkDeviceSize{instances}, 0, "drawn early"); !s) return s;
    fresh_ = true;
  }
  return ok();
}

VkDeviceSize Culling::depth_floats(VkExtent2D extent) {
  const gpu::Level end = gpu::pyramid_level(extent.width, extent.height, gpu::kPyramidLevels);
  return end.offset;
}

void Culling::describe(gpu::Pass& pass, const GpuScene::Tables& t, bool shadow) const {
  pass.instance_count = t.instance_count;
  pass.cell_count = gpu::cells_of(t.instance_count);
  pass.frame = frame_;
  uint32_t first = 0;
  for (uint32_t b = 0; b < gpu::kBuckets; ++b) {
    pass.first_command[b] = first;
    first += command_room(t, b);
  }
  pass.moved_count = t.moved_count;
  pass.refit_first = t.refit_first;
  pass.refit_count = t.refit_count;
  pass.instances = t.instances_at;
  pass.meshes = t.meshes_at;
  pass.clusters = t.clusters_at;
  pass.vertices = t.vertices_at;
  pass.cells = t.cells_at;
  pass.blocks = t.blocks_at;
  pass.moved = t.moved_at;
  pass.seen = seen_[seen_now_].address;
  pass.seen_next = seen_[1 - seen_now_].address;
  pass.drawn = drawn_.address;
  pass.depth = depth_.address;
  pass.early = early_.info();
  pass.late = shadow ? shadow_.info() : late_.info();
}

void Culling::dispatch(VkCommandBuffer cmd, const Pipeline& pipeline, uint32_t threads) const {
  if (threads == 0) return;
  vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.handle);
  vkCmdDispatch(cmd, (threads + 63) / 64, 1, 1);
}

void Culling::dispatch_over(VkCommandBuffer cmd, const Pipeline& pipeline, const Buffer& work, VkDeviceSize offset) const {
  vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.handle);
  vkCmdDispatchIndirect(cmd, work.handle, offset);
}

void Culling::command(VkCommandBuffer cmd, const DrawList& list, uint32_t phase) const {
  barrier(cmd, Use::kCompute, Use::kDispatch);
  dispatch_over(cmd, emit_[phase], list.state, offsetof(gpu::DrawListState, kept));
  barrier(cmd, Use::kCompute, Use::kIndirect);
}

void Culling::begin(VkCommandBuffer cmd, const DrawList& list) const {
  static constexpr gpu::DrawListState kEmpty{.cells = kNoWork, .kept = kNoWork, .counters = {}, .rest = {}};
  vkCmdUpdateBuffer(cmd, list.state.handle, 0, sizeof kEmpty, &kEmpty);
}

void Culling::update(VkCommandBuffer cmd, const GpuScene::Tables& t) const {
  if (t.moved_count == 0 && t.refit_count == 0) return;
  dispatch(cmd, update_, t.moved_count);
  if (t.refit_count > 0) {
    barrier(cmd, Use::kCompute, Use::kCompute);
    dispatch(cmd, refit_cells_, t.refit_count * gpu::kCellSize);
    barrier(cmd, Use::kCompute, Use::kCompute);
    const uint32_t first = t.refit_first / gpu::kBlockSize, end = gpu::blocks_of(t.refit_first + t.refit_count);
    dispatch(cmd, refit_blocks_, (end - first) * gpu::kBlockSize);
  }
  barrier(cmd, Use::kCompute, Use::kAll);
}

void Culling::early(VkCommandBuffer cmd, const GpuScene::Tables& t, bool jumped) {
  barrier(cmd, Use::kAll, Use::kCopyTarget);
  begin(cmd, early_);
  begin(cmd, late_);
  vkCmdUpdateBuffer(cmd, seen_[1 - seen_now_].handle, 0, sizeof kNoWork, &kNoWork);
  if (fresh_) {
    vkCmdUpdateBuffer(cmd, seen_[seen_now_].handle, 0, sizeof kNoWork, &kNoWork);
    vkCmdFillBuffer(cmd, drawn_.handle, 0, VK_WHOLE_SIZE, 0);
    fresh_ = false;
  }
  barrier(cmd, Use::kCopyTarget, Use::kDispatch);
  dispatch_over(cmd, cull_[gpu::kPhaseHistory], seen_[seen_now_], 0);
  if (jumped) {
    dispatch(cmd, cells_[gpu::kPhaseOccluders], gpu::cells_of(t.instance_count));
    barrier(cmd, Use::kCompute, Use::kDispatch);
    dispatch_over(cmd, cull_[gpu::kPhaseOccluders], early_.state, offsetof(gpu::DrawListState, cells));
  }
  command(cmd, early_, gpu::kPhaseHistory);
}

void Culling::pyramid(VkCommandBuffer cmd, VkImage depth, VkExtent2D extent, uint32_t views) const {
  barrier(cmd, {Use::kCompute, Use::kDepth}, {Use::kCopySource, Use::kCopyTarget});
  VkBufferImageCopy region{};
  region.bufferRowLength = (extent.width + 3) & ~3u;
  region.imageExtent = {extent.width, extent.height, 1};
  const VkDeviceSize layer = sizeof(float) * depth_floats(extent);
  for (uint32_t v = 0; v < views; ++v) {
    region.bufferOffset = layer * v;
    region.imageSubresource = {VK_IMAGE_ASPECT_DEPTH_BIT, 0, v, 1};
    vkCmdCopyImageToBuffer(cmd, depth, VK_IMAGE_LAYOUT_GENERAL, depth_.handle, 1, &region);
  }
  barrier(cmd, Use::kCopyTarget, Use::kCompute);
  for (uint32_t level = 1; level < gpu::kPyramidLevels; ++level) {
    const gpu::Level l = gpu::pyramid_level(extent.width, extent.height, level);
    const bool rest = l.width * l.height <= kSmallLevel;
    vkCmdPushConstants(cmd, layout_, kPushStages, sizeof(VkDeviceAddress), sizeof level, &level);
    vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, rest ? pyramid_rest_.handle : pyramid_.handle);
    vkCmdDispatch(cmd, rest ? 1 : (l.width + 63) / 64, rest ? 1 : l.height, views);
    barrier(cmd, Use::kCompute, Use::kCompute);
    if (rest) break;
  }
}

void Culling::late(VkCommandBuffer cmd, const GpuScene::Tables& t, bool keep_history) {
  dispatch(cmd, cells_[gpu::kPhaseHidden], gpu::cells_of(t.instance_count));
  dispatch(cmd, cull_[gpu::kPhaseBlendedHidden], static_cast<uint32_t>(t.blended.size()));
  barrier(cmd, Use::kCompute, Use::kDispatch);
  dispatch_over(cmd, cull_[gpu::kPhaseHidden], late_.state, offsetof(gpu::DrawListState, cells));
  command(cmd, late_, gpu::kPhaseHidden);
  if (keep_history) seen_now_ = 1 - seen_now_;
}

// Reads the history that late() wrote and writes the one before it anew, which is the history then.
void Culling::recall(VkCommandBuffer cmd) {
  barrier(cmd, {Use::kCompute, Use::kDispatch, Use::kIndirect}, {Use::kCopyTarget});
  vkCmdUpdateBuffer(cmd, seen_[1 - seen_now_].handle, 0, sizeof kNoWork, &kNoWork);
  barrier(cmd, Use::kCopyTarget, Use::kDispatch);
  vkCmdPushConstants(cmd, layout_, kPushStages, sizeof(VkDeviceAddress), sizeof kFirstCommands, &kFirstCommands);
  dispatch_over(cmd, recall_, seen_[seen_now_], 0);
  barrier(cmd, Use::kCompute, Use::kIndirect);
  seen_now_ = 1 - seen_now_;
}

void Culling::all(VkCommandBuffer cmd, const GpuScene::Tables& t, bool shadow) const {
  const DrawList& list = shadow ? shadow_ : late_;
  barrier(cmd, Use::kAll, Use::kCopyTarget);
  begin(cmd, list);
  barrier(cmd, Use::kCopyTarget, Use::kDispatch);
  dispatch(cmd, cells_[gpu::kPhaseAll], gpu::cells_of(t.instance_count));
  if (!shadow) dispatch(cmd, cull_[gpu::kPhaseBlended], static_cast<uint32_t>(t.blended.size()));
  barrier(cmd, Use::kCompute, Use::kDispatch);
  dispatch_over(cmd, cull_[gpu::kPhaseAll], list.state, offsetof(gpu::DrawListState, cells));
  command(cmd, list, gpu::kPhaseAll);
}

}  // namespace shixun
