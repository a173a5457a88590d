#pragma once
// Recording and submitting: a ring of command buffers, memory barriers by use, image transitions.

#include <initializer_list>
#include <memory>
#include <vector>
#include <vulkan/vulkan.h>

#include "engine/gpu/command_memory.h"
#include "engine/gpu/device.h"

namespace shixun {

// What a resource is used for; one table maps it to Vulkan's stages and accesses.
enum class Use {
  kNone,          // nothing before (or after): for transitions from UNDEFINED
  kHost,          // read by the CPU after the submit has finished
  kCopySource,
  kCopyTarget,
  kCompute,       // read and written by compute shaders
  kDispatch,      // the same, and the sizes of indirect dispatches
  kIndirect,      // commands and counts of indirect draws
  kDraw,          // read by the shaders of a draw, index buffers included
  kColor,         // colour attachment
  kDepth,         // depth attachment
  kSampled,       // sampled by a fragment shader
  kAll,
};

// One memory barrier for everything: `before` is finished and visible when `after` begins.
void barrier(VkCommandBuffer cmd, Use before, Use after);
// The same for several uses at once: drivers pay by the command.
void barrier(VkCommandBuffer cmd, std::initializer_list<Use> before, std::initializer_list<Use> after);

// The same for one image, and its layout changes.
void transition(VkCommandBuffer cmd, VkImage image, VkImageAspectFlags aspect, VkImageLayout from, VkImageLayout to, Use before, Use after);

// Names what is recorded from here to end_label(), for captures. They nest, and cost nothing unless the device names things.
void begin_label(const Device& device, VkCommandBuffer cmd, const char* name);
void end_label(const Device& device, VkCommandBuffer cmd);

// A ring of command buffers. begin() waits until the oldest one has been executed.
class CommandRing {
 public:
  static Result<CommandRing> create(Device& device, uint32_t length);
  CommandRing(CommandRing&& o) noexcept;
  CommandRing& operator=(CommandRing&& o) noexcept;
  ~CommandRing();

  Result<VkCommandBuffer> begin();
  // Ends and submits what begin() gave. `wait` and `signal` are a window's binary semaphores, or null. Returns the submit's number.
  Result<uint64_t> submit(VkSemaphore wait = VK_NULL_HANDLE, VkSemaphore signal = VK_NULL_HANDLE);
  // Submits what has been recorded so far, waits until it is done, and goes on recording into the same command buffer. Nothing bound stays
  // bound.
  Status flush();
  void abandon();  // ends without submitting

  uint32_t slot() const { return slot_; }  // of the command buffer being recorded
  uint32_t length() const { return static_cast<uint32_t>(slots_.size()); }

 private:
  struct Slot {
    std::unique_ptr<CommandMemory> memory;
    VkCommandPool pool = VK_NULL_HANDLE;
    VkCommandBuffer cmd = VK_NULL_HANDLE;
    uint64_t submit = 0;
  };
  CommandRing() = default;
  Status restart();
  Device* device_ = nullptr;
  std::vector<Slot> slots_;
  uint32_t slot_ = 0;
};

}  // namespace shixun
