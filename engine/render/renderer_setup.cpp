#include "engine/render/renderer_private.h"

namespace shixun {

Status Renderer::Private::create_sets() {
  constexpr VkShaderStageFlags kDrawing = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
  const VkDescriptorSetLayoutBinding bindings[] = {{0, VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 1, kAllStages, nullptr},
                                                   {1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, kDrawing, nullptr},
                                                   {2, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, kDrawing, nullptr}};
  const VkDescriptorSetLayoutCreateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, nullptr, 0, 3, bindings};
  if (const VkResult r = vkCreateDescriptorSetLayout(device.handle, &info, nullptr, &set_layout); r != VK_SUCCESS)
    return vulkan_error("vkCreateDescriptorSetLayout", r);
  const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, kBlocks * kFramesInFlight}, {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2 * kBlocks * kFramesInFlight}};
  const VkDescriptorPoolCreateInfo pool_info{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, kBlocks * kFramesInFlight, 2, sizes};
  if (const VkResult r = vkCreateDescriptorPool(device.handle, &pool_info, nullptr, &pool); r != VK_SUCCESS)
    return vulkan_error("vkCreateDescriptorPool", r);
  std::array<VkDescriptorSetLayout, kBlocks> layouts;
  layouts.fill(set_layout);
  for (FrameSlot& slot : slots) {
    const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, pool, kBlocks, layouts.data()};
    if (const VkResult r = vkAllocateDescriptorSets(device.handle, &allocate, slot.sets.data()); r != VK_SUCCESS)
      return vulkan_error("vkAllocateDescriptorSets", r);
    auto blocks = create_buffer(device, kBlocks * kBlockStride, Memory::kUpload, VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT, "pass blocks");
    if (!blocks) return blocks.error();
    slot.blocks = std::move(*blocks);
  }
  return ok();
}

void Renderer::Private::write_sets(const FrameSlot& slot, const GpuScene::Tables& t) const {
  const VkBuffer instances = t.instances ? t.instances : slot.blocks.handle, materials = t.materials ? t.materials : slot.blocks.handle;
  std::array<VkDescriptorBufferInfo, 3 * kBlocks> buffers;
  std::array<VkWriteDescriptorSet, 3 * kBlocks> writes{};
  for (uint32_t i = 0; i < writes.size(); ++i) {
    const uint32_t block = i / 3, binding = i % 3;
    if (binding == 0) buffers[i] = {slot.blocks.handle, block * kBlockStride, sizeof(gpu::Pass)};
    else buffers[i] = {binding == 1 ? instances : materials, 0, VK_WHOLE_SIZE};
    writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    writes[i].dstSet = slot.sets[block];
    writes[i].dstBinding = binding;
    writes[i].descriptorCount = 1;
    writes[i].descriptorType = binding == 0 ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    writes[i].pBufferInfo = &buffers[i];
  }
  vkUpdateDescriptorSets(device.handle, static_cast<uint32_t>(writes.size()), writes.data(), 0, nullptr);
}
void Renderer::Private::use_pass(VkCommandBuffer cmd, const FrameSlot& slot, Block block, const gpu::Pass& pass) const {
  std::memcpy(static_cast<char*>(slot.blocks.mapped) + block * kBlockStride, &pass, sizeof pass);
  bound = block;
  bind_sets(cmd, slot);
}

void Renderer::Private::bind_sets(VkCommandBuffer cmd, const FrameSlot& slot) const {
  const VkDescriptorSet sets[] = {textures->set(), slot.sets[bound]};
  vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, layout, 0, 2, sets, 0, nullptr);
  vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 1, 1, &sets[1], 0, nullptr);
  const VkDeviceAddress address = slot.blocks.address + bound * kBlockStride;
  vkCmdPushConstants(cmd, layout, kAllStages, 0, sizeof address, &address);
}

Status Renderer::Private::create_pipelines() {
  const auto graphics = [&](Pipeline& out, const GraphicsOptions& o) -> Status {
    auto p = create_graphics_pipeline(device, layout, o);
    if (!p) return p.error();
    out = std::move(*p);
    return ok();
  };
  for (ShadowMaps* maps : {&key_shadow, &cascades, &lamp_shadow}) {
    GraphicsOptions caster;
    caster.vertex = "depth.vert";
    caster.depth = kDepthFormat;
    caster.depth_write = true;
    // What stands between the light and its map casts too. A lamp's map begins near the lamp, and what crosses its plane must be clipped there.
    caster.depth_clamp = maps != &lamp_shadow;
    caster.cull = VK_CULL_MODE_BACK_BIT;
    caster.depth_bias = -1;
    caster.depth_bias_slope = -1.5f;
    caster.view_mask = maps->view_mask;
    if (auto s = graphics(maps->solid, caster); !s) return s;
    caster.fragment = "depth.frag";
    caster.constants = {0};
    caster.cull = VK_CULL_MODE_NONE;
    if (auto s = graphics(maps->alpha_tested, caster); !s) return s;
    caster.fragment.clear();
    if (auto s = graphics(maps->double_sided, caster); !s) return s;
  }

  pipelines = {};
  return create_view_pipelines(1);
}

Status Renderer::Private::create_view_pipelines(uint32_t count) {
  const uint32_t uniform = device.software ? 1 : 0, mask_of_views = count > 1 ? (1u << count) - 1 : 0;
  ViewPipelines& made = pipelines[count - 1];
  const auto graphics = [&](Pipeline& out, const GraphicsOptions& o) -> Status {
    auto p = create_graphics_pipeline(device, layout, o);
    if (!p) return p.error();
    out = std::move(*p);
    return ok();
  };
  const uint32_t features = (options.fine_shadows ? gpu::kFeatureFineShadow : 0) | (options.probe_size > 0 ? gpu::kFeatureProbe : 0) |
                            (options.lamp_shadows > 0 ? gpu::kFeatureLampShadow : 0) |
                            (options.shadow_cascades > 0 ? gpu::kFeatureCascades : 0) | (options.matte ? gpu::kFeatureMatte : 0) |
                            (options.matte && !encodes_srgb(painted_format) ? gpu::kFeatureEncode : 0);
  GraphicsOptions scene;
  scene.view_mask = mask_of_views;
  scene.vertex = "scene.vert";
  scene.fragment = "scene.frag";
  scene.color = painted_format;
  scene.depth = kDepthFormat;
  scene.samples = samples;
  scene.cull = VK_CULL_MODE_BACK_BIT;
  scene.depth_write = true;
  scene.constants = {uniform, gpu::kBucketOpaque, features};
  if (auto s = graphics(made.opaque, scene); !s) return s;
  scene.cull = VK_CULL_MODE_NONE;
  scene.constants = {uniform, gpu::kBucketDouble, features};
  if (auto s = graphics(made.double_sided, scene); !s) return s;
  // With discard a software driver also runs groups without any live lane, where "the one instance of the group" is undefined.
  scene.constants = {0, gpu::kBucketMask, features};
  if (auto s = graphics(made.alpha_tested, scene); !s) return s;
  scene.cull = VK_CULL_MODE_BACK_BIT;
  scene.depth_write = false;
  scene.blend = Blend::kPremultiplied;
  scene.constants = {uniform, gpu::kBucketBlend, features};
  if (auto s = graphics(made.blend, scene); !s) return s;

  GraphicsOptions behind;  // the room, where depth is still at infinity
  behind.view_mask = mask_of_views;
  behind.vertex = "fullscreen.vert";
  behind.fragment = "room.frag";
  behind.color = painted_format;
  behind.depth = kDepthFormat;
  behind.samples = samples;
  behind.constants = {uniform, 0, features};
  if (auto s = graphics(made.room, behind); !s) return s;

  GraphicsOptions outlined;
  outlined.view_mask = mask_of_views;
  outlined.vertex = "depth.vert";
  outlined.fragment = "mask.frag";
  outlined.color = kMaskFormat;
  if (auto s = graphics(made.mask, outlined); !s) return s;

  outlined.fragment = "ids.frag";
  outlined.color = kIdFormat;
  outlined.depth = kDepthFormat;
  outlined.depth_write = true;
  outlined.constants = {0};
  if (auto s = graphics(made.ids_double, outlined); !s) return s;
  outlined.cull = VK_CULL_MODE_BACK_BIT;
  if (auto s = graphics(made.ids, outlined); !s) return s;

  GraphicsOptions full;
  full.view_mask = mask_of_views;
  full.vertex = "fullscreen.vert";
  full.fragment = "occlusion.frag";
  full.color = kOcclusionFormat;
  full.constants = {uniform, static_cast<uint32_t>(samples), options.occlusion_taps};
  if (auto s = graphics(made.occlusion, full); !s) return s;
  if (scaled()) {
    full.fragment = "tonemap.frag";
    full.color = kPictureFormat;
    full.constants = tonemap_constants(kPictureFormat);
    if (auto s = graphics(made.tonemap, full); !s) return s;
  }
  if (samples == VK_SAMPLE_COUNT_1_BIT) return ok();
  full.fragment = "farthest.frag";
  full.color = VK_FORMAT_UNDEFINED;
  full.depth = kDepthFormat;
  full.depth_write = true;
  full.depth_compare = VK_COMPARE_OP_ALWAYS;
  return graphics(made.farthest, full);
}

std::vector<uint32_t> Renderer::Private::tonemap_constants(VkFormat format) const {
  return {device.software ? 1u : 0u, static_cast<uint32_t>(samples),
          (encodes_srgb(format) ? 0 : gpu::kToneEncode) | (options.ambient_occlusion ? gpu::kToneOcclusion : 0)};
}

Result<Renderer::Private::Output*> Renderer::Private::output_for(VkFormat format, uint32_t views) {
  for (Output& o : outputs)
    if (o.format == format && o.views == views) return &o;
  Output made{format, views, {}, {}, {}, {}, {}, {}, {}};
  GraphicsOptions o;
  o.vertex = "fullscreen.vert";
  o.fragment = scaled() ? "enlarge.frag" : "tonemap.frag";
  o.color = format;
  o.view_mask = views > 1 ? (1u << views) - 1 : 0;
  o.constants = tonemap_constants(format);
  auto picture = create_graphics_pipeline(device, layout, o);
  if (!picture) return picture.error();
  o.fragment = "outline.frag";
  o.blend = Blend::kAlpha;
  auto outline = create_graphics_pipeline(device, layout, o);
  if (!outline) return outline.error();
  o.vertex = "ui.vert";
  o.fragment = "ui.frag";
  auto ui = create_graphics_pipeline(device, layout, o);
  if (!ui) return ui.error();
  made.picture = std::move(*picture);
  made.outline = std::move(*outline);
  made.ui = std::move(*ui);
  outputs.push_back(std::move(made));
  return &outputs.back();
}

Status Renderer::Private::create_screen(Image2D& screen, VkExtent2D size, VkFormat format, VkSampleCountFlagBits count, uint32_t layers, Textures::Screen binding, const char* name) {
  VkImageUsageFlags usage = VK_IMAGE_USAGE_SAMPLED_BIT | (format == kDepthFormat ? VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT
                                                                                : VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
  if (binding == Textures::Screen::kDepth && count == VK_SAMPLE_COUNT_1_BIT) usage |= VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
  auto image = create_image(device, size, format, usage, {.samples = count, .layers = layers, .array = true});
  if (!image) return image.error();
  name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image->handle, name);
  screen = std::move(*image);
  textures->set_screen(binding, screen.view);
  return ok();
}

Status Renderer::Private::fit_screens(VkExtent2D size, uint32_t layers) {
  const float scale = std::clamp(options.scale, 0.25f, 1.0f);
  size.width = std::max(1u, static_cast<uint32_t>(std::lround(static_cast<float>(size.width) * scale)));
  size.height = std::max(1u, static_cast<uint32_t>(std::lround(static_cast<float>(size.height) * scale)));
  if (size.width == extent.width && size.height == extent.height && layers == light.layers) return ok();
  if (auto s = device.wait(device.submitted); !s) return s;
  extent = {};
  constexpr auto kOne = VK_SAMPLE_COUNT_1_BIT;
  using S = Textures::Screen;
  if (auto s = create_screen(light, size, kLightFormat, samples, layers, S::kLight, "light"); !s) return s;
  if (auto s = create_screen(depth, size, kDepthFormat, samples, layers, S::kDepth, "depth"); !s) return s;
  if (auto s = create_screen(open, {(size.width + 1) / 2, (size.height + 1) / 2}, kOcclusionFormat, kOne, layers, S::kOcclusion, "occlusion"); !s) return s;
  if (scaled())
    if (auto s = create_screen(small_picture, size, kPictureFormat, kOne, layers, S::kPicture, "small picture"); !s) return s;
  if (auto s = create_screen(outline_mask, size, kMaskFormat, kOne, layers, S::kMask, "outline mask"); !s) return s;
  if (samples != kOne) {
    auto one = create_image(device, size, kDepthFormat, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
                            {.layers = layers, .array = true, .name = "depth, one sample"});
    if (!one) return one.error();
    depth_one = std::move(*one);
  }
  extent = size;
  return ok();
}

Status Renderer::Private::create_maps(ShadowImages& images, uint32_t size, uint32_t layers, bool array, const char* name) {
  const auto make = [&](Image2D& out, VkImageUsageFlags usage) -> Status {
    auto image = create_image(device, {size, size}, kDepthFormat, usage, {.layers = layers, .array = array});
    if (!image) return image.error();
    name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)image->handle, name);
    out = std::move(*image);
    return ok();
  };
  images.written = false;
  if (auto s = make(images.live, kShadowUsage | VK_IMAGE_USAGE_SAMPLED_BIT); !s) return s;
  return make(images.resting, kShadowUsage);
}

Status Renderer::Private::fit_key_maps(bool with_cascades) {
  if (key_images.live.handle && cascaded == with_cascades) return ok();
  if (auto s = device.wait(device.submitted); !s) return s;
  cascaded = with_cascades;
  key_shadow.valid = cascades.valid = false;
  const bool array = options.shadow_cascades > 0;
  if (auto s = create_maps(key_images, key_size(), cascaded ? 1 + cascades.layers : 1, array, "shadow of the key light"); !s) return s;
  using S = Textures::Screen;
  textures->set_screen(array ? S::kCascades : S::kShadow, key_images.live.view);
  textures->set_screen(array ? S::kCascadesDepth : S::kShadowDepth, key_images.live.view);
  return ok();
}

Status Renderer::Private::fit_options(const RenderOptions& wanted) {
  options = wanted;
  options.lamp_shadows = std::min(options.lamp_shadows, gpu::kMaxViews);
  if (options.matte) {
    options.samples = 1;
    options.scale = 1;
    options.ambient_occlusion = false;
    options.probe_size = 0;
  }
  painted_format = options.matte ? VK_FORMAT_R8G8B8A8_UNORM : kLightFormat;
  samples = VK_SAMPLE_COUNT_1_BIT;
  if (options.samples > 1) {
    if (device.samples & VK_SAMPLE_COUNT_4_BIT) samples = VK_SAMPLE_COUNT_4_BIT;
    else spdlog::warn("renderer: {} offers no 4 samples a pixel; drawing with 1", device.name);
  }
  extent = {};
  probe_valid = false;
  if (auto s = textures->set_filtering(options.trilinear, options.anisotropy); !s) return s;
  using S = Textures::Screen;
  options.shadow_cascades = std::min(options.shadow_cascades, gpu::kMaxCascades);
  cascades.first = 1;
  cascades.layers = options.shadow_cascades;
  cascades.view_mask = ((1u << options.shadow_cascades) - 1) << 1;
  key_images = {};
  if (auto s = fit_key_maps(false); !s) return s;
  lamp_shadow.layers = options.lamp_shadows;
  lamp_shadow.valid = false;
  lamp_shadow.view_mask = (1u << options.lamp_shadows) - 1;
  if (options.lamp_shadows > 0) {
    if (auto s = create_maps(lamp_images, options.lamp_shadow_size, options.lamp_shadows, true, "shadow of lamps"); !s) return s;
    textures->set_screen(S::kLampShadow, lamp_images.live.view);
    textures->set_screen(S::kLampDepth, lamp_images.live.view);
  }
  outputs.clear();
  if (auto s = create_pipelines(); !s) return s;
  if (auto s = output_for(VK_FORMAT_R8G8B8A8_UNORM, view_count); !s) return s.error();
  probe.reset();
  if (options.probe_size > 0) {
    auto made = Probe::create(device, *textures, layout, options.probe_size, samples, kLightFormat, kDepthFormat);
    if (!made) return made.error();
    probe = std::move(*made);
  }
  return ok();
}

}  // namespace shixun
