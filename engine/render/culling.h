#pragma once
// Which instances are drawn: the compute passes that turn the scene's tables into draw commands, all on the GPU and with a fixed number of
// recorded commands. The renderer's frame calls them in this order:
//
//   update()   changed instances into their slots, boxes of their cells
//   early()    what the last frame saw, cluster by cluster, judged by the view alone -> early list, drawn first. Where the camera has moved
//              farther than one walks, also what is large and simple: walls that came into sight
//   pyramid()  depth of that picture, level by level
//   late()     everything, in view and not behind that depth -> late list: what is new, also of instances that were drawn in part; and the
//              next frame's history
//
// and after such a jump, when the late list may be long,
//
//   pyramid()  when the late list's first commands are drawn, which are those that hide most
//   recall()   the rest of the late list and the next frame's history once more, against that depth
//
// or, without occlusion (shadow maps), all() alone after update(). Culling never changes the picture; the tests hold it to that.

#include <array>
#include <vector>

#include "engine/gpu/commands.h"
#include "engine/gpu/pipeline.h"
#include "engine/gpu/resources.h"
#include "engine/render/scene.h"
#include "shaders/shared.h"

namespace shixun {

// The draws of one pass over the scene: a region of commands per bucket, and the counts that the indirect draws read.
struct DrawList {
  Buffer state, cells, kept, commands;
  gpu::DrawListInfo info() const { return {state.address, cells.address, kept.address, commands.address}; }
};

// How many commands of each bucket, empty ones among them, are drawn before recall(): enough to hide most of what lies behind, few enough that it pays to look again.
inline constexpr uint32_t kFirstCommands = 1536;

// The commands that a list has for a bucket.
inline uint32_t command_room(const GpuScene::Tables& t, uint32_t bucket) {
  return t.bucket_counts[bucket] + (bucket == gpu::kBucketOpaque && t.bucket_counts[bucket] > 0 ? gpu::kSpareCommands : 0);
}

class Culling {
 public:
  static Result<Culling> create(Device& device, VkPipelineLayout layout);

  // Makes room for the scene and, if `depth_floats` > 0, for the depth of all views. May wait for nothing: what is replaced lives on until
  // the frames that use it are done.
  Status fit(const GpuScene::Tables& tables, VkDeviceSize depth_floats, bool shadow);
  static VkDeviceSize depth_floats(VkExtent2D extent);  // of one view with its pyramid

  void begin_frame() { ++frame_; }

  // Fills in the block's fields that belong to culling. For a shadow pass the shadow's list stands in for the late one.
  void describe(gpu::Pass& pass, const GpuScene::Tables& tables, bool shadow) const;

  // They work by the block whose address was pushed last. Each waits for what it reads and leaves its result visible to what comes next.
  void update(VkCommandBuffer cmd, const GpuScene::Tables& tables) const;
  void early(VkCommandBuffer cmd, const GpuScene::Tables& tables, bool jumped);
  void pyramid(VkCommandBuffer cmd, VkImage depth, VkExtent2D extent, uint32_t views) const;
  void late(VkCommandBuffer cmd, const GpuScene::Tables& tables, bool keep_history);
  void recall(VkCommandBuffer cmd);
  void all(VkCommandBuffer cmd, const GpuScene::Tables& tables, bool shadow) const;

  const DrawList& early_list() const { return early_; }
  const DrawList& late_list() const { return late_; }
  const DrawList& shadow_list() const { return shadow_; }
  const Buffer& depth() const { return depth_; }
  const Buffer& seen() const { return seen_[seen_now_]; }  // what the last late() found, less what recall() took out: see gpu::Pass::seen

 private:
  void begin(VkCommandBuffer cmd, const DrawList& list) const;
  void dispatch(VkCommandBuffer cmd, const Pipeline& pipeline, uint32_t threads) const;
  void dispatch_over(VkCommandBuffer cmd, const Pipeline& pipeline, const Buffer& work, VkDeviceSize offset) const;
  void command(VkCommandBuffer cmd, const DrawList& list, uint32_t phase) const;
  Status fit_list(DrawList& list, VkDeviceSize commands, uint32_t instances, uint32_t cells) const;

  Device* device_ = nullptr;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  Pipeline update_, refit_cells_, refit_blocks_, pyramid_, pyramid_rest_, recall_;
  std::array<Pipeline, 7> cull_, cells_, emit_;  // by phase
  DrawList early_, late_, shadow_;
  std::array<Buffer, 2> seen_;
  uint32_t seen_now_ = 0;
  Buffer drawn_, depth_;
  bool fresh_ = false;  // seen_ and drawn_ hold nothing yet
  uint32_t frame_ = 0;
};

}  // namespace shixun
