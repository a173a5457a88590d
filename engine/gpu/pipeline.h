#pragma once
// Pipelines from the compiled shaders that lie beside the program (shaders/NAME.spv). All share one layout: sixteen bytes of push
// constants (an address and a number) and, for drawing, the bindless texture set and the set of the frame's blocks.

#include <vulkan/vulkan.h>

#include <map>
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

// How a pipeline was made, so that it can be made again.
struct PipelineRecipe {
  VkPipelineLayout layout = VK_NULL_HANDLE;
  std::string compute;  // a compute shader, or empty
  GraphicsOptions graphics;  // of a compute pipeline: only the constants
  bool uses(const std::string& shader) const { return shader == compute || shader == graphics.vertex || shader == graphics.fragment; }
};

// The pipelines a device has, wherever they are kept, and the shaders that took the place of those beside the program.
struct PipelineShelf {
  std::map<Pipeline*, PipelineRecipe> recipes;
  std::map<std::string, std::string> replaced;  // by name: SPIR-V
};

struct CompiledShader {
  std::string name;   // "scene.frag"
  std::string spirv;  // its bytes
};

// Makes every pipeline again that uses one of these shaders, for use from the next frame on; pipelines made later use them too. When one
// cannot be made, all stay as they are.
Status replace_shaders(Device& device, const std::vector<CompiledShader>& shaders);

Result<VkPipelineLayout> create_pipeline_layout(Device& device, const std::vector<VkDescriptorSetLayout>& sets);
Result<Pipeline> create_graphics_pipeline(Device& device, VkPipelineLayout layout, const GraphicsOptions& options);
Result<Pipeline> create_compute_pipeline(Device& device, VkPipelineLayout layout, const std::string& shader, const std::vector<uint32_t>& constants = {});

}  // namespace shixun
