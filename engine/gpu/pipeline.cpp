#include "engine/gpu/pipeline.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "engine/base/file.h"
#include "engine/gpu/resources.h"

namespace shixun {

namespace {

struct Module {
  VkDevice device = VK_NULL_HANDLE;
  VkShaderModule handle = VK_NULL_HANDLE;
  Module() = default;
  Module(Module&& o) noexcept : device(o.device), handle(std::exchange(o.handle, VK_NULL_HANDLE)) {}
  Module& operator=(Module&& o) noexcept {
    std::swap(device, o.device);
    std::swap(handle, o.handle);
    return *this;
  }
  ~Module() {
    if (handle) vkDestroyShaderModule(device, handle, nullptr);
  }
};

Result<std::string> shader_bytes(const Device& device, const std::string& name, const fs::path& path) {
  if (const auto it = device.pipelines->replaced.find(name); it != device.pipelines->replaced.end()) return it->second;
  return read_file(path);
}

Result<Module> load_module(const Device& device, const std::string& name) {
  const fs::path path = program_dir() / "shaders" / (name + ".spv");
  auto bytes = shader_bytes(device, name, path);
  if (!bytes) {
    Error e = bytes.error();
    e.code = Code::kEnvironment;
    e.hint = "The compiled shaders lie beside the program; build or install it again";
    return e;
  }
  uint32_t magic = 0;
  if (bytes->size() >= 4) std::memcpy(&magic, bytes->data(), 4);
  if (bytes->size() % 4 != 0 || magic != 0x07230203u)
    return Error{Code::kEnvironment, path.string(), "is not a compiled shader", "Build or install the program again"};
  std::vector<uint32_t> words(bytes->size() / 4);
  std::memcpy(words.data(), bytes->data(), bytes->size());
  VkShaderModuleCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  info.codeSize = bytes->size();
  info.pCode = words.data();
  Module m;
  m.device = device.handle;
  if (const VkResult r = vkCreateShaderModule(device.handle, &info, nullptr, &m.handle); r != VK_SUCCESS) return vulkan_error(path.c_str(), r);
  return m;
}

struct Constants {
  std::vector<VkSpecializationMapEntry> entries;
  VkSpecializationInfo info{};
  std::vector<uint32_t> values;
  // `views`: how many are drawn at once; 0: not a drawing pipeline.
  explicit Constants(std::vector<uint32_t> given, uint32_t views = 0) : values(std::move(given)) {
    for (uint32_t i = 0; i < values.size(); ++i) entries.push_back({i, i * 4, 4});
    if (views > 0) {
      entries.push_back({kViewsConstant, static_cast<uint32_t>(values.size()) * 4, 4});
      values.push_back(views);
    }
    info = {static_cast<uint32_t>(entries.size()), entries.data(), values.size() * 4, values.data()};
  }
};

VkPipelineShaderStageCreateInfo stage_of(VkShaderStageFlagBits stage, VkShaderModule module, const VkSpecializationInfo& constants) {
  return {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, nullptr, 0, stage, module, "main", &constants};
}

VkPipelineColorBlendAttachmentState blend_of(Blend blend) {
  VkPipelineColorBlendAttachmentState s{};
  s.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
  if (blend == Blend::kNone) return s;
  s.blendEnable = VK_TRUE;
  s.srcColorBlendFactor = blend == Blend::kAlpha ? VK_BLEND_FACTOR_SRC_ALPHA : VK_BLEND_FACTOR_ONE;
  s.dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  s.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
  s.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  if (blend == Blend::kPremultiplied) s.colorWriteMask &= ~static_cast<VkColorComponentFlags>(VK_COLOR_COMPONENT_A_BIT);
  return s;
}

// "scene.vert + scene.frag (1, 0, 7)": its shaders and what they are specialized for.
void name_pipeline(Device& device, const Pipeline& pipeline, std::string name, const std::vector<uint32_t>& constants) {
  if (!names_active(device)) return;
  for (size_t i = 0; i < constants.size(); ++i) name += (i == 0 ? " (" : ", ") + std::to_string(constants[i]);
  if (!constants.empty()) name += ")";
  list_object(device, VK_OBJECT_TYPE_PIPELINE, (uint64_t)pipeline.handle);
  name_object(device, VK_OBJECT_TYPE_PIPELINE, (uint64_t)pipeline.handle, name.c_str());
}

}  // namespace

Pipeline& Pipeline::operator=(Pipeline&& o) noexcept {
  if (this == &o) return *this;
  reset();
  device = std::exchange(o.device, nullptr);
  handle = std::exchange(o.handle, VK_NULL_HANDLE);
  if (handle)
    if (auto node = device->pipelines->recipes.extract(&o)) {
      node.key() = this;
      device->pipelines->recipes.insert(std::move(node));
    }
  return *this;
}

void Pipeline::reset() {
  if (handle) {
    device->pipelines->recipes.erase(this);
    unlist_object(*device, VK_OBJECT_TYPE_PIPELINE, (uint64_t)handle);
  }
  if (handle) device->retire([vk = device->handle, p = handle] { vkDestroyPipeline(vk, p, nullptr); });
  handle = VK_NULL_HANDLE;
}

Result<VkPipelineLayout> create_pipeline_layout(Device& device, const std::vector<VkDescriptorSetLayout>& sets) {
  const VkPushConstantRange push{VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT, 0, 16};
  const VkPipelineLayoutCreateInfo info{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, nullptr, 0, static_cast<uint32_t>(sets.size()), sets.data(), 1, &push};
  VkPipelineLayout layout = VK_NULL_HANDLE;
  if (const VkResult r = vkCreatePipelineLayout(device.handle, &info, nullptr, &layout); r != VK_SUCCESS) return vulkan_error("vkCreatePipelineLayout", r);
  return layout;
}

Result<Pipeline> create_graphics_pipeline(Device& device, VkPipelineLayout layout, const GraphicsOptions& o) {
  const Constants constants(o.constants, o.view_mask ? static_cast<uint32_t>(std::bit_width(o.view_mask)) : 1);
  auto vertex = load_module(device, o.vertex);
  if (!vertex) return vertex.error();
  Module fragment;
  std::vector<VkPipelineShaderStageCreateInfo> stages{stage_of(VK_SHADER_STAGE_VERTEX_BIT, vertex->handle, constants.info)};
  if (!o.fragment.empty()) {
    auto f = load_module(device, o.fragment);
    if (!f) return f.error();
    fragment = std::move(*f);
    stages.push_back(stage_of(VK_SHADER_STAGE_FRAGMENT_BIT, fragment.handle, constants.info));
  }
  VkPipelineVertexInputStateCreateInfo input{};  // vertices are fetched by address
  input.sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO;
  VkPipelineInputAssemblyStateCreateInfo assembly{};
  assembly.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO;
  assembly.topology = o.lines ? VK_PRIMITIVE_TOPOLOGY_LINE_LIST : VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
  VkPipelineViewportStateCreateInfo viewport{};
  viewport.sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO;
  viewport.viewportCount = viewport.scissorCount = 1;
  VkPipelineRasterizationStateCreateInfo raster{};
  raster.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO;
  raster.cullMode = o.cull;
  raster.frontFace = VK_FRONT_FACE_COUNTER_CLOCKWISE;
  raster.lineWidth = 1;
  raster.depthClampEnable = o.depth_clamp;
  raster.depthBiasEnable = o.depth_bias != 0 || o.depth_bias_slope != 0;
  raster.depthBiasConstantFactor = o.depth_bias;
  raster.depthBiasSlopeFactor = o.depth_bias_slope;
  VkPipelineMultisampleStateCreateInfo multisample{};
  multisample.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO;
  multisample.rasterizationSamples = o.samples;
  VkPipelineDepthStencilStateCreateInfo depth{};
  depth.sType = VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO;
  depth.depthTestEnable = o.depth != VK_FORMAT_UNDEFINED;
  depth.depthWriteEnable = o.depth_write;
  depth.depthCompareOp = o.depth_compare;
  const VkPipelineColorBlendAttachmentState attachment = blend_of(o.blend);
  VkPipelineColorBlendStateCreateInfo blend{};
  blend.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO;
  blend.attachmentCount = o.color != VK_FORMAT_UNDEFINED ? 1 : 0;
  blend.pAttachments = &attachment;
  const VkDynamicState dynamic_states[] = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  VkPipelineDynamicStateCreateInfo dynamic{};
  dynamic.sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO;
  dynamic.dynamicStateCount = 2;
  dynamic.pDynamicStates = dynamic_states;
  VkPipelineRenderingCreateInfo rendering{};
  rendering.sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO;
  rendering.viewMask = o.view_mask;
  rendering.colorAttachmentCount = blend.attachmentCount;
  rendering.pColorAttachmentFormats = &o.color;
  rendering.depthAttachmentFormat = o.depth;
  VkGraphicsPipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO;
  info.pNext = &rendering;
  info.stageCount = static_cast<uint32_t>(stages.size());
  info.pStages = stages.data();
  info.pVertexInputState = &input;
  info.pInputAssemblyState = &assembly;
  info.pViewportState = &viewport;
  info.pRasterizationState = &raster;
  info.pMultisampleState = &multisample;
  info.pDepthStencilState = &depth;
  info.pColorBlendState = &blend;
  info.pDynamicState = &dynamic;
  info.layout = layout;
  Pipeline p;
  p.device = &device;
  if (const VkResult r = vkCreateGraphicsPipelines(device.handle, VK_NULL_HANDLE, 1, &info, nullptr, &p.handle); r != VK_SUCCESS)
    return vulkan_error(("making the pipeline " + o.vertex + "/" + o.fragment).c_str(), r);
  device.pipelines->recipes[&p] = {layout, "", o};
  name_pipeline(device, p, o.vertex + (o.fragment.empty() ? "" : " + " + o.fragment), o.constants);
  return p;
}

Result<Pipeline> create_compute_pipeline(Device& device, VkPipelineLayout layout, const std::string& shader, const std::vector<uint32_t>& values) {
  const Constants constants(values);
  auto module = load_module(device, shader);
  if (!module) return module.error();
  VkComputePipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  info.stage = stage_of(VK_SHADER_STAGE_COMPUTE_BIT, module->handle, constants.info);
  info.layout = layout;
  Pipeline p;
  p.device = &device;
  if (const VkResult r = vkCreateComputePipelines(device.handle, VK_NULL_HANDLE, 1, &info, nullptr, &p.handle); r != VK_SUCCESS)
    return vulkan_error(("making the pipeline " + shader).c_str(), r);
  PipelineRecipe recipe{layout, shader, {}};
  recipe.graphics.constants = values;
  device.pipelines->recipes[&p] = std::move(recipe);
  name_pipeline(device, p, shader, values);
  return p;
}

Status replace_shaders(Device& device, const std::vector<CompiledShader>& shaders) {
  PipelineShelf& shelf = *device.pipelines;
  const auto before = shelf.replaced;
  for (const CompiledShader& s : shaders) shelf.replaced[s.name] = s.spirv;
  std::vector<std::pair<Pipeline*, PipelineRecipe>> old;
  for (const auto& entry : shelf.recipes)
    if (std::any_of(shaders.begin(), shaders.end(), [&](const CompiledShader& s) { return entry.second.uses(s.name); })) old.push_back(entry);
  std::vector<Pipeline> made;
  for (const auto& [pipeline, recipe] : old) {
    auto p = recipe.compute.empty() ? create_graphics_pipeline(device, recipe.layout, recipe.graphics)
                                    : create_compute_pipeline(device, recipe.layout, recipe.compute, recipe.graphics.constants);
    if (!p) {
      shelf.replaced = before;
      return p.error();
    }
    made.push_back(std::move(*p));
  }
  for (size_t i = 0; i < old.size(); ++i) *old[i].first = std::move(made[i]);
  return ok();
}

}  // namespace shixun
