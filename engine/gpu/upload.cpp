#include "engine/gpu/upload.h"

#include <algorithm>
#include <cstring>

namespace shixun {

namespace {
constexpr VkDeviceSize kStagingBytes = 4u << 20;  // three of them at most are in use: two submits on their way and one being filled
constexpr VkDeviceSize kAlign = 256;

VkDeviceSize aligned(VkDeviceSize n) { return (n + kAlign - 1) & ~(kAlign - 1); }
}  // namespace

Result<Uploader> Uploader::create(Device& device) {
  auto ring = CommandRing::create(device, 2);
  if (!ring) return ring.error();
  Uploader u(std::move(*ring));
  u.device_ = &device;
  return u;
}

Result<VkCommandBuffer> Uploader::open() {
  if (cmd_) return cmd_;
  auto cmd = ring_.begin();
  if (!cmd) return cmd.error();
  cmd_ = *cmd;
  // What earlier submits still read may be overwritten only when they are done.
  barrier(cmd_, Use::kAll, Use::kCopyTarget);
  return cmd_;
}

Result<Uploader::Piece> Uploader::stage(VkDeviceSize bytes) {
  if (used_ + bytes > staging_.size) {
    // A full block is retired: it lives until the copies out of it have run.
    if (auto s = flush(); !s) return s.error();
    device_->collect();
    auto block = create_buffer(*device_, std::max(kStagingBytes, bytes), Memory::kUpload, 0, "staging");
    if (!block) return block.error();
    staging_ = std::move(*block);
    used_ = 0;
  }
  const Piece piece{staging_.handle, used_, static_cast<char*>(staging_.mapped) + used_};
  used_ = std::min(aligned(used_ + bytes), staging_.size);
  return piece;
}

Status Uploader::to_buffer(const Buffer& target, VkDeviceSize offset, const void* data, VkDeviceSize bytes) {
  if (bytes == 0) return ok();
  auto piece = stage(bytes);
  if (!piece) return piece.error();
  std::memcpy(piece->mapped, data, bytes);
  auto cmd = open();
  if (!cmd) return cmd.error();
  const VkBufferCopy region{piece->offset, offset, bytes};
  vkCmdCopyBuffer(*cmd, piece->buffer, target.handle, 1, &region);
  return ok();
}

Status Uploader::to_image(const Image2D& target, VkImageLayout layout, const void* data, VkDeviceSize bytes, bool mipmaps) {
  auto piece = stage(bytes);
  if (!piece) return piece.error();
  std::memcpy(piece->mapped, data, bytes);
  auto opened = open();
  if (!opened) return opened.error();
  const VkCommandBuffer cmd = *opened;
  const VkImageAspectFlags aspect = aspect_of(target.format);
  transition(cmd, target.handle, aspect, layout, VK_IMAGE_LAYOUT_GENERAL, layout == VK_IMAGE_LAYOUT_UNDEFINED ? Use::kNone : Use::kAll, Use::kCopyTarget);
  VkBufferImageCopy region{};
  region.bufferOffset = piece->offset;
  region.imageSubresource = {aspect, 0, 0, 1};
  region.imageExtent = {target.extent.width, target.extent.height, 1};
  vkCmdCopyBufferToImage(cmd, piece->buffer, target.handle, VK_IMAGE_LAYOUT_GENERAL, 1, &region);
  if (!mipmaps) return ok();
  int32_t w = static_cast<int32_t>(target.extent.width), h = static_cast<int32_t>(target.extent.height);
  for (uint32_t mip = 1; mip < target.mips; ++mip) {
    barrier(cmd, Use::kCopyTarget, Use::kCopySource);
    const int32_t nw = std::max(w / 2, 1), nh = std::max(h / 2, 1);
    VkImageBlit blit{};
    blit.srcSubresource = {aspect, mip - 1, 0, 1};
    blit.srcOffsets[1] = {w, h, 1};
    blit.dstSubresource = {aspect, mip, 0, 1};
    blit.dstOffsets[1] = {nw, nh, 1};
    vkCmdBlitImage(cmd, target.handle, VK_IMAGE_LAYOUT_GENERAL, target.handle, VK_IMAGE_LAYOUT_GENERAL, 1, &blit, VK_FILTER_LINEAR);
    w = nw, h = nh;
  }
  return ok();
}

Status Uploader::copy(const Buffer& from, const Buffer& to, VkDeviceSize bytes) {
  if (bytes == 0) return ok();
  auto cmd = open();
  if (!cmd) return cmd.error();
  barrier(*cmd, Use::kCopyTarget, Use::kCopySource);
  const VkBufferCopy region{0, 0, bytes};
  vkCmdCopyBuffer(*cmd, from.handle, to.handle, 1, &region);
  barrier(*cmd, Use::kCopyTarget, Use::kCopyTarget);
  return ok();
}

Status Uploader::flush() {
  if (!cmd_) return ok();
  barrier(cmd_, Use::kCopyTarget, Use::kAll);
  cmd_ = VK_NULL_HANDLE;
  if (auto n = ring_.submit(); !n) return n.error();
  staging_.reset();  // kept until the copies have run
  staging_.size = 0;
  return ok();
}

Result<Arena::Piece> Arena::take(VkDeviceSize bytes) {
  if (used + bytes > block.size) {
    auto bigger = create_buffer(*device, std::max({VkDeviceSize{256} << 10, block.size * 2, aligned(bytes)}), Memory::kUpload,
                                VK_BUFFER_USAGE_INDEX_BUFFER_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT, "frame arena");
    if (!bigger) return bigger.error();
    block = std::move(*bigger);  // pieces handed out of the old block stay valid until this frame has run
    used = 0;
  }
  const Piece piece{block.handle, used, block.address + used, static_cast<char*>(block.mapped) + used};
  used = std::min(aligned(used + bytes), block.size);
  return piece;
}

}  // namespace shixun
