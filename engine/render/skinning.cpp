#include "engine/render/skinning.h"

#include <algorithm>

namespace shixun {

namespace {
constexpr VkShaderStageFlags kPushStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT;
}

Result<Skinning> Skinning::create(Device& device, VkPipelineLayout layout) {
  auto pipeline = create_compute_pipeline(device, layout, "skin.comp", {});
  if (!pipeline) return pipeline.error();
  Skinning s;
  s.layout_ = layout;
  s.pipeline_ = std::move(*pipeline);
  return s;
}

void Skinning::run(VkCommandBuffer cmd, const GpuScene::Tables& t) const {
  if (t.skin_groups == 0) return;
  // The frame before may still be reading the vertices.
  barrier(cmd, Use::kAll, Use::kCompute);
  vkCmdPushConstants(cmd, layout_, kPushStages, 0, sizeof t.skin_at, &t.skin_at);
  vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_.handle);
  vkCmdDispatch(cmd, std::min(t.skin_groups, gpu::kSkinRow), (t.skin_groups + gpu::kSkinRow - 1) / gpu::kSkinRow, 1);
  barrier(cmd, Use::kCompute, Use::kAll);
}

}  // namespace shixun
