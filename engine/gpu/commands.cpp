#include "engine/gpu/commands.h"

#include <utility>

namespace shixun {

namespace {

constexpr size_t kCommandBytes = 256 << 10;  // of a command buffer; a frame with its interface takes about 40 KiB

struct Scope {
  VkPipelineStageFlags2 stage;
  VkAccessFlags2 access;
};

Scope scope_of(Use use) {
  switch (use) {
    case Use::kNone: return {VK_PIPELINE_STAGE_2_NONE, VK_ACCESS_2_NONE};
    case Use::kHost: return {VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT};
    case Use::kCopySource: return {VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_READ_BIT};
    case Use::kCopyTarget: return {VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT};
    case Use::kCompute: return {VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT, VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT};
    case Use::kDispatch:
      return {VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT,
              VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT};
    case Use::kIndirect: return {VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT, VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT};
    case Use::kDraw:
      return {VK_PIPELINE_STAGE_2_INDEX_INPUT_BIT | VK_PIPELINE_STAGE_2_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
              VK_ACCESS_2_INDEX_READ_BIT | VK_ACCESS_2_SHADER_READ_BIT};
    case Use::kColor:
      return {VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT};
    case Use::kDepth:
      return {VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT,
              VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT | VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT};
    case Use::kSampled: return {VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_SHADER_SAMPLED_READ_BIT};
    case Use::kAll: return {VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, VK_ACCESS_2_MEMORY_READ_BIT | VK_ACCESS_2_MEMORY_WRITE_BIT};
  }
  return {};
}

}  // namespace

void barrier(VkCommandBuffer cmd, Use before, Use after) { barrier(cmd, {before}, {after}); }

void barrier(VkCommandBuffer cmd, std::initializer_list<Use> before, std::initializer_list<Use> after) {
  const auto together = [](std::initializer_list<Use> uses) {
    Scope all{};
    for (const Use use : uses) {
      const Scope one = scope_of(use);
      all.stage |= one.stage;
      all.access |= one.access;
    }
    return all;
  };
  const Scope a = together(before), b = together(after);
  const VkMemoryBarrier2 memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER_2, nullptr, a.stage, a.access, b.stage, b.access};
  VkDependencyInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO;
  info.memoryBarrierCount = 1;
  info.pMemoryBarriers = &memory;
  vkCmdPipelineBarrier2(cmd, &info);
}

void transition(VkCommandBuffer cmd, VkImage image, VkImageAspectFlags aspect, VkImageLayout from, VkImageLayout to, Use before, Use after) {
  const Scope a = scope_of(before), b = scope_of(after);
  VkImageMemoryBarrier2 one{};
  one.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2;
  one.srcStageMask = a.stage;
  one.srcAccessMask = a.access;
  one.dstStageMask = b.stage;
  one.dstAccessMask = b.access;
  one.oldLayout = from;
  one.newLayout = to;
  one.srcQueueFamilyIndex = one.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  one.image = image;
  one.subresourceRange = {aspect, 0, VK_REMAINING_MIP_LEVELS, 0, VK_REMAINING_ARRAY_LAYERS};
  VkDependencyInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO;
  info.imageMemoryBarrierCount = 1;
  info.pImageMemoryBarriers = &one;
  vkCmdPipelineBarrier2(cmd, &info);
}

Result<CommandRing> CommandRing::create(Device& device, uint32_t length) {
  CommandRing ring;
  ring.device_ = &device;
  ring.slots_.resize(length);
  ring.slot_ = length - 1;
  for (Slot& s : ring.slots_) {
    s.memory = std::make_unique<CommandMemory>(kCommandBytes);
    const VkCommandPoolCreateInfo pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr, VK_COMMAND_POOL_CREATE_TRANSIENT_BIT, device.queue_family};
    if (const VkResult r = vkCreateCommandPool(device.handle, &pool, s.memory->callbacks(), &s.pool); r != VK_SUCCESS) return vulkan_error("vkCreateCommandPool", r);
    const VkCommandBufferAllocateInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, s.pool, VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    if (const VkResult r = vkAllocateCommandBuffers(device.handle, &info, &s.cmd); r != VK_SUCCESS) return vulkan_error("vkAllocateCommandBuffers", r);
    s.memory->open();
  }
  return ring;
}

CommandRing::CommandRing(CommandRing&& o) noexcept : device_(o.device_), slots_(std::move(o.slots_)), slot_(o.slot_) { o.slots_.clear(); }

CommandRing& CommandRing::operator=(CommandRing&& o) noexcept {
  std::swap(device_, o.device_);
  std::swap(slots_, o.slots_);
  std::swap(slot_, o.slot_);
  return *this;
}

CommandRing::~CommandRing() {
  for (Slot& s : slots_)
    if (s.pool)
      device_->retire([vk = device_->handle, pool = s.pool, memory = std::shared_ptr(std::move(s.memory))] { vkDestroyCommandPool(vk, pool, memory->callbacks()); });
}

Result<VkCommandBuffer> CommandRing::begin() {
  slot_ = (slot_ + 1) % length();
  if (auto s = restart(); !s) return s.error();
  return slots_[slot_].cmd;
}

Status CommandRing::flush() {
  if (auto submit = this->submit(); !submit) return submit.error();
  return restart();
}

Status CommandRing::restart() {
  Slot& s = slots_[slot_];
  if (auto waited = device_->wait(s.submit); !waited) return waited;
  vkResetCommandPool(device_->handle, s.pool, 0);
  const VkCommandBufferBeginInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr, VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
  if (const VkResult r = vkBeginCommandBuffer(s.cmd, &info); r != VK_SUCCESS) return vulkan_error("vkBeginCommandBuffer", r);
  return ok();
}

Result<uint64_t> CommandRing::submit(VkSemaphore wait, VkSemaphore signal) {
  Slot& s = slots_[slot_];
  if (const VkResult r = vkEndCommandBuffer(s.cmd); r != VK_SUCCESS) return vulkan_error("vkEndCommandBuffer", r);
  VkSemaphoreSubmitInfo waits{}, signals[2]{};
  waits.sType = signals[0].sType = signals[1].sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO;
  waits.semaphore = wait;
  waits.stageMask = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT;
  signals[0].semaphore = device_->timeline;
  signals[0].value = device_->submitted + 1;
  signals[0].stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
  signals[1].semaphore = signal;
  signals[1].stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
  VkCommandBufferSubmitInfo cmd{};
  cmd.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO;
  cmd.commandBuffer = s.cmd;
  VkSubmitInfo2 info{};
  info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2;
  info.waitSemaphoreInfoCount = wait ? 1 : 0;
  info.pWaitSemaphoreInfos = &waits;
  info.commandBufferInfoCount = 1;
  info.pCommandBufferInfos = &cmd;
  info.signalSemaphoreInfoCount = signal ? 2 : 1;
  info.pSignalSemaphoreInfos = signals;
  if (const VkResult r = vkQueueSubmit2(device_->queue, 1, &info, VK_NULL_HANDLE); r != VK_SUCCESS) return vulkan_error("vkQueueSubmit2", r);
  s.submit = ++device_->submitted;
  return s.submit;
}

void CommandRing::abandon() { vkEndCommandBuffer(slots_[slot_].cmd); }

}  // namespace shixun
