#pragma once
// Pipelines from the compiled shaders that lie beside the program (shaders/NAME.spv). All share one layout: sixteen bytes of push
// constants (an address and a number) and, for drawing, the bindless texture set and the set of the frame's blocks.

#include <vulkan/vulkan.h>

#include <string>
#include <vector>

#include "engine/gpu/device.h"

namespace shixun {

struct Pipeline {
  Device* device = nullptr;
  VkPipeline handle = VK_NULL_HANDLE;

  Pipeline() = default;
  Pipeline(Pipeline&& o) noexcept { *this = std::move(o); }
  Pipeline& operator=(Pipeline&& o) noexcept;
  ~Pipeline() { reset(); }
  void reset();
};

enum class Blend {
  kNone,
  kPremultiplied,       // colour only; the target's alpha stays
  kPremultipliedAlpha,  // colour and alpha
  kAlpha,               // colour by alpha, for the user interface
};

inline constexpr uint32_t kViewsConstant = 15;

struct GraphicsOptions {
  std::string vertex, fragment;  // shader file names without .spv; no fragment: depth only
  std::vector<uint32_t> constants;  // specialization constants 0, 1, ... of both stages
  VkFormat color = VK_FORMAT_UNDEFINED;
  VkFormat depth = VK_FORMAT_UNDEFINED;
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
  VkCullModeFlags cull = VK_CULL_MODE_NONE;
  bool depth_write = false;
  VkCompareOp depth_compare = VK_COMPARE_OP_GREATER_OR_EQUAL;  // reversed depth
  bool depth_clamp = false;
  float depth_bias = 0, depth_bias_slope = 0;
  Blend blend = Blend::kNone;
  bool lines = false;  // a line list instead of triangles
  uint32_t view_mask = 0;  // also told to the shaders, as constant kViewsConstant: how many views
};

Result<VkPipelineLayout> create_pipeline_layout(Device& device, const std::vector<VkDescriptorSetLayout>& sets);
Result<Pipeline> create_graphics_pipeline(Device& device, VkPipelineLayout layout, const GraphicsOptions& options);
Result<Pipeline> create_compute_pipeline(Device& device, VkPipelineLayout layout, const std::string& shader, const std::vector<uint32_t>& constants = {});

}  // namespace shixun
