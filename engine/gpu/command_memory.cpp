#include "engine/gpu/command_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace shixun {

namespace {

// In front of each piece; malloc aligns to its size at least.
struct alignas(16) Head {
  size_t bytes;   // of the piece
  size_t before;  // from the beginning of the memory taken to the piece
};

Head& head(void* piece) { return static_cast<Head*>(piece)[-1]; }

}  // namespace

CommandMemory::CommandMemory(size_t bytes) : bytes_(bytes), block_(new std::byte[bytes]) {
  callbacks_.pUserData = this;
  callbacks_.pfnAllocation = [](void* self, size_t size, size_t alignment, VkSystemAllocationScope) { return static_cast<CommandMemory*>(self)->take(size, alignment); };
  callbacks_.pfnReallocation = [](void* self, void* piece, size_t size, size_t alignment, VkSystemAllocationScope) {
    return static_cast<CommandMemory*>(self)->resize(piece, size, alignment);
  };
  callbacks_.pfnFree = [](void* self, void* piece) { static_cast<CommandMemory*>(self)->give(piece); };
}

bool CommandMemory::inside(const void* piece) const {
  const auto at = reinterpret_cast<uintptr_t>(piece), begin = reinterpret_cast<uintptr_t>(block_.get());
  return at >= begin && at < begin + bytes_;
}

void* CommandMemory::take(size_t bytes, size_t alignment) {
  if (bytes == 0) return nullptr;
  alignment = std::max(alignment, alignof(Head));
  const size_t room = bytes + sizeof(Head) + alignment;  // wherever the memory begins
  const bool fits = open_ && room <= bytes_ - used_;
  std::byte* from = fits ? block_.get() + used_ : static_cast<std::byte*>(std::malloc(room));
  if (!from) return nullptr;
  const uintptr_t first = reinterpret_cast<uintptr_t>(from) + sizeof(Head);
  std::byte* piece = from + sizeof(Head) + (alignment - first % alignment) % alignment;
  head(piece) = {bytes, static_cast<size_t>(piece - from)};
  if (fits) {
    used_ = static_cast<size_t>(piece - block_.get()) + bytes;
    ++pieces_;
  }
  return piece;
}

void* CommandMemory::resize(void* piece, size_t bytes, size_t alignment) {
  void* to = take(bytes, alignment);
  if (to && piece) std::memcpy(to, piece, std::min(bytes, head(piece).bytes));
  if (to || bytes == 0) give(piece);
  return to;
}

void CommandMemory::give(void* piece) {
  if (!piece) return;
  if (!inside(piece)) std::free(static_cast<std::byte*>(piece) - head(piece).before);
  else if (--pieces_ == 0) used_ = 0;
}

}  // namespace shixun
