#pragma once
// Bringing data to the GPU. Uploader: batches copies into buffers and images (scene load). Arena: memory that lives for one frame.

#include <memory>

#include "engine/gpu/commands.h"
#include "engine/gpu/resources.h"

namespace shixun {

// Copies are recorded in call order and handed to the queue in few submits; later submits see their result. flush() before drawing.
class Uploader {
 public:
  static Result<Uploader> create(Device& device);

  Status to_buffer(const Buffer& target, VkDeviceSize offset, const void* data, VkDeviceSize bytes);
  // All of mip 0, tightly packed; the image goes from `layout` (UNDEFINED or GENERAL) to GENERAL. With `mipmaps` the rest of the chain is
  // blitted from it.
  Status to_image(const Image2D& target, VkImageLayout layout, const void* data, VkDeviceSize bytes, bool mipmaps);
  Status copy(const Buffer& from, const Buffer& to, VkDeviceSize bytes);  // from offset 0 to offset 0
  Status flush();

 private:
  explicit Uploader(CommandRing ring) : ring_(std::move(ring)) {}
  Result<VkCommandBuffer> open();
  struct Piece {
    VkBuffer buffer;
    VkDeviceSize offset;
    void* mapped;
  };
  Result<Piece> stage(VkDeviceSize bytes);

  Device* device_ = nullptr;
  CommandRing ring_;
  VkCommandBuffer cmd_ = VK_NULL_HANDLE;  // open while there is something to flush
  Buffer staging_;
  VkDeviceSize used_ = 0;
};

// Host-visible memory handed out in pieces during one frame; reset when the frame's turn comes again.
struct Arena {
  struct Piece {
    VkBuffer buffer = VK_NULL_HANDLE;
    VkDeviceSize offset = 0;
    VkDeviceAddress address = 0;
    void* mapped = nullptr;
  };
  Device* device = nullptr;
  Buffer block;
  VkDeviceSize used = 0;

  Result<Piece> take(VkDeviceSize bytes);  // aligned to 256; grows
  void reset() { used = 0; }
};

}  // namespace shixun
