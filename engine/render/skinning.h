#pragma once
// Skinning: once in a frame, before anything is judged or drawn, the figures whose pose changed get their vertices and their boxes. Culling,
// shadows, outlines and the rest then know no difference between a figure and a box.

#include "engine/gpu/commands.h"
#include "engine/gpu/pipeline.h"
#include "engine/render/scene.h"

namespace shixun {

class Skinning {
 public:
  static Result<Skinning> create(Device& device, VkPipelineLayout layout);

  // What tables.skin_at tells; nothing when no pose changed. Its result is visible to all that comes next.
  void run(VkCommandBuffer cmd, const GpuScene::Tables& tables) const;

 private:
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  Pipeline pipeline_;
};

}  // namespace shixun
