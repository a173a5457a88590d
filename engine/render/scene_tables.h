#pragma once
// What the scene keeps its things in: tables in GPU memory, the ranges and slots they are divided into, and the form and order in which
// vertices and instances lie there.

#include <algorithm>
#include <glm/glm.hpp>
#include <vector>

#include "engine/asset/model.h"
#include "engine/gpu/resources.h"
#include "engine/gpu/upload.h"
#include "shaders/shared.h"

namespace shixun {

// A table in GPU memory that grows; what it held is copied along.
struct GpuTable {
  const char* name;
  Buffer buffer{};
  VkBufferUsageFlags usage = 0;

  Status reserve(Device& device, Uploader& uploader, VkDeviceSize bytes) {
    if (bytes <= buffer.size) return ok();
    auto bigger = create_buffer(device, std::max({bytes, buffer.size * 2, VkDeviceSize{64} << 10}), Memory::kDevice, usage, name);
    if (!bigger) return bigger.error();
    if (buffer.handle) {
      if (auto s = uploader.copy(buffer, *bigger, buffer.size); !s) return s;
      // Submitted now, so that the old buffer, freed after the next submit, outlives the copy.
      if (auto s = uploader.flush(); !s) return s;
    }
    buffer = std::move(*bigger);
    return ok();
  }
};

// First-fit ranges in a growing table. A range given back may be written again at once: uploads run after earlier frames.
struct Ranges {
  struct Range {
    uint32_t at, count;
  };
  uint32_t end = 0;
  std::vector<Range> free;  // sorted, never touching

  uint32_t take(uint32_t count) {
    for (Range& r : free) {
      if (r.count < count) continue;
      const uint32_t at = r.at;
      r.at += count;
      r.count -= count;
      std::erase_if(free, [](const Range& x) { return x.count == 0; });
      return at;
    }
    end += count;
    return end - count;
  }

  void give_back(uint32_t at, uint32_t count) {
    if (count == 0) return;
    auto next = std::lower_bound(free.begin(), free.end(), at, [](const Range& r, uint32_t a) { return r.at < a; });
    next = free.insert(next, {at, count});
    if (next + 1 != free.end() && next->at + next->count == (next + 1)->at) {
      next->count += (next + 1)->count;
      free.erase(next + 1);
    }
    if (next != free.begin() && (next - 1)->at + (next - 1)->count == next->at) {
      (next - 1)->count += next->count;
      free.erase(next);
    }
  }
};

// A table of small records with a copy on the CPU; freed slots are zeroed and used again.
template <class T>
struct Slots {
  std::vector<T> items;
  std::vector<uint32_t> free;
  bool dirty = false;

  uint32_t add(const T& item) {
    dirty = true;
    if (!free.empty()) {
      const uint32_t slot = free.back();
      free.pop_back();
      items[slot] = item;
      return slot;
    }
    items.push_back(item);
    return static_cast<uint32_t>(items.size() - 1);
  }
  void remove(uint32_t slot) {
    items[slot] = T{};
    free.push_back(slot);
    dirty = true;
  }
};

gpu::PackedVertex pack(const Vertex& v);

// Into blocks and cells of neighbours: halves along the longest side, at whole blocks as long as there are several, then at whole cells.
// Occluders apart from the rest, so that the search for them finds cells full of them.
void sort_by_place(std::vector<gpu::Instance>& instances, const std::vector<gpu::MeshInfo>& meshes);

}  // namespace shixun
