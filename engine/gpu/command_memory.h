#pragma once
// The host memory in which a driver keeps recorded commands. llvmpipe (Mesa 25.0) takes several hundred small pieces a frame; malloc's lie all
// over the memory, out of the caches after every frame. These lie in one block from front to back, which starts anew when all are freed.

#include <cstddef>
#include <memory>
#include <vulkan/vulkan.h>

namespace shixun {

// Stays where it is while Vulkan objects made with callbacks() live. What does not fit comes from malloc.
class CommandMemory {
 public:
  explicit CommandMemory(size_t bytes);
  CommandMemory(const CommandMemory&) = delete;
  CommandMemory& operator=(const CommandMemory&) = delete;

  const VkAllocationCallbacks* callbacks() const { return &callbacks_; }
  // From here on pieces are taken from the block. Those before, which outlive all recording, are malloc's.
  void open() { open_ = true; }

  size_t used() const { return used_; }  // bytes of the block

 private:
  void* take(size_t bytes, size_t alignment);
  void* resize(void* piece, size_t bytes, size_t alignment);
  void give(void* piece);
  bool inside(const void* piece) const;

  size_t bytes_, used_ = 0, pieces_ = 0;
  bool open_ = false;
  std::unique_ptr<std::byte[]> block_;
  VkAllocationCallbacks callbacks_{};
};

}  // namespace shixun
