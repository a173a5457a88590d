#include "engine/render/probe.h"

#include <bit>
#include <glm/gtc/constants.hpp>
#include <glm/mat3x3.hpp>

#include "engine/gpu/commands.h"

namespace shixun {

namespace {

constexpr uint32_t kMatteSize = 16;
constexpr VkImageLayout kGeneral = VK_IMAGE_LAYOUT_GENERAL;
constexpr VkImageAspectFlags kColorAspect = VK_IMAGE_ASPECT_COLOR_BIT;

}  // namespace

Probe::Views& Probe::Views::operator=(Views&& o) noexcept {
  if (this == &o) return *this;
  reset();
  device = o.device;
  at = std::move(o.at);
  o.at.clear();
  return *this;
}

void Probe::Views::reset() {
  if (!at.empty())
    device->retire([vk = device->handle, views = std::move(at)] {
      for (VkImageView v : views) vkDestroyImageView(vk, v, nullptr);
    });
  at.clear();
}

Result<Probe::Views> Probe::face_views(const Image2D& cube, uint32_t mips) {
  Views views;
  views.device = cube.device;
  for (uint32_t mip = 0; mip < mips; ++mip)
    for (uint32_t face = 0; face < kCubeFaces; ++face) {
      VkImageViewCreateInfo info{};
      info.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
      info.image = cube.handle;
      info.viewType = VK_IMAGE_VIEW_TYPE_2D;
      info.format = cube.format;
      info.subresourceRange = {kColorAspect, mip, 1, face, 1};
      VkImageView view = VK_NULL_HANDLE;
      if (const VkResult r = vkCreateImageView(cube.device->handle, &info, nullptr, &view); r != VK_SUCCESS) return vulkan_error("vkCreateImageView", r);
      views.at.push_back(view);
    }
  return views;
}

Result<Probe> Probe::create(Device& device, Textures& textures, VkPipelineLayout layout, uint32_t size, VkSampleCountFlagBits samples, VkFormat light,
                            VkFormat depth) {
  Probe p;
  size = std::bit_floor(std::max(size, 64u));
  constexpr VkImageUsageFlags kDrawn = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
  const auto image = [&](Image2D& out, uint32_t side, VkFormat format, VkImageUsageFlags usage, const ImageOptions& o, const char* name) -> Status {
    auto made = create_image(device, {side, side}, format, usage, o);
    if (!made) return made.error();
    name_object(device, VK_OBJECT_TYPE_IMAGE, (uint64_t)made->handle, name);
    out = std::move(*made);
    return ok();
  };
  const auto full_chain = static_cast<uint32_t>(std::bit_width(size));
  if (auto s = image(p.face_light, size, light, kDrawn, {.samples = samples}, "probe face"); !s) return s.error();
  if (auto s = image(p.face_depth, size, depth, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT, {.samples = samples}, "probe face depth"); !s) return s.error();
  if (auto s = image(p.raw, size, light, kDrawn | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT, {.mips = full_chain, .cube = true}, "probe"); !s)
    return s.error();
  if (auto s = image(p.mirrored, size, light, kDrawn, {.mips = kProbeLevels, .cube = true}, "probe mirrored"); !s) return s.error();
  if (auto s = image(p.matte, kMatteSize, light, kDrawn, {.cube = true}, "probe matte"); !s) return s.error();

  const auto views = [&](Views& out, const Image2D& cube, uint32_t mips) -> Status {
    auto made = face_views(cube, mips);
    if (!made) return made.error();
    out = std::move(*made);
    return ok();
  };
  if (auto s = views(p.raw_faces, p.raw, 1); !s) return s.error();
  if (auto s = views(p.mirrored_faces, p.mirrored, kProbeLevels); !s) return s.error();
  if (auto s = views(p.matte_faces, p.matte, 1); !s) return s.error();

  const auto pipeline = [&](Pipeline& out, const char* shader) -> Status {
    GraphicsOptions o;
    o.vertex = "fullscreen.vert";
    o.fragment = shader;
    o.color = light;
    o.constants = {0, static_cast<uint32_t>(samples)};
    auto made = create_graphics_pipeline(device, layout, o);
    if (!made) return made.error();
    out = std::move(*made);
    return ok();
  };
  if (auto s = pipeline(p.store_face, "probe_face.frag"); !s) return s.error();
  if (auto s = pipeline(p.mirror, "probe_mirror.frag"); !s) return s.error();
  if (auto s = pipeline(p.spread, "probe_matte.frag"); !s) return s.error();

  textures.set_screen(Textures::Screen::kProbeFace, p.face_light.view);
  textures.set_screen(Textures::Screen::kProbe, p.raw.view);
  textures.set_screen(Textures::Screen::kMirrored, p.mirrored.view);
  textures.set_screen(Textures::Screen::kMatte, p.matte.view);
  return p;
}

Camera Probe::camera(glm::vec3 position, uint32_t face) {
  // The cube's faces in Vulkan's order. A camera is right-handed and a cube's face left-handed: storing turns the picture round.
  static const glm::vec3 kForward[] = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
  static const glm::vec3 kUp[] = {{0, 1, 0}, {0, 1, 0}, {0, 0, -1}, {0, 0, 1}, {0, 1, 0}, {0, 1, 0}};
  const glm::vec3 forward = kForward[face], up = kUp[face];
  Camera c;
  c.eye = position;
  c.orientation = glm::quat_cast(glm::mat3(glm::cross(forward, up), up, -forward));
  c.fov_y = glm::half_pi<float>();
  c.near_m = 0.05f;
  return c;
}

void Probe::begin(VkCommandBuffer cmd) const {
  for (const Image2D* cube : {&raw, &mirrored, &matte})
    transition(cmd, cube->handle, kColorAspect, VK_IMAGE_LAYOUT_UNDEFINED, kGeneral, Use::kAll, Use::kAll);
}

void Probe::draw(VkCommandBuffer cmd, VkPipelineLayout layout, const Pipeline& pipeline, VkImageView face, uint32_t size, uint32_t number, float value) const {
  VkRenderingAttachmentInfo target{};
  target.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO;
  target.imageView = face;
  target.imageLayout = kGeneral;
  target.loadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
  target.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  VkRenderingInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDERING_INFO;
  info.renderArea = {{0, 0}, {size, size}};
  info.layerCount = 1;
  info.colorAttachmentCount = 1;
  info.pColorAttachments = &target;
  vkCmdBeginRendering(cmd, &info);
  const VkViewport viewport{0, 0, static_cast<float>(size), static_cast<float>(size), 0, 1};
  vkCmdSetViewport(cmd, 0, 1, &viewport);
  vkCmdSetScissor(cmd, 0, 1, &info.renderArea);
  vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.handle);
  struct {
    uint32_t face;
    float value;
  } const push{number, value};
  vkCmdPushConstants(cmd, layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, &push);
  vkCmdDraw(cmd, 3, 1, 0, 0);
  vkCmdEndRendering(cmd);
}

void Probe::store(VkCommandBuffer cmd, VkPipelineLayout layout, uint32_t face) const {
  draw(cmd, layout, store_face, raw_faces.at[face], raw.extent.width, face, 0);
}

void Probe::filter(VkCommandBuffer cmd, VkPipelineLayout layout) const {
  barrier(cmd, Use::kAll, Use::kAll);
  for (uint32_t mip = 1; mip < raw.mips; ++mip) {
    const auto side = static_cast<int32_t>(raw.extent.width >> mip);
    VkImageBlit blit{};
    blit.srcSubresource = {kColorAspect, mip - 1, 0, kCubeFaces};
    blit.srcOffsets[1] = {side * 2, side * 2, 1};
    blit.dstSubresource = {kColorAspect, mip, 0, kCubeFaces};
    blit.dstOffsets[1] = {side, side, 1};
    vkCmdBlitImage(cmd, raw.handle, kGeneral, raw.handle, kGeneral, 1, &blit, VK_FILTER_LINEAR);
    barrier(cmd, Use::kCopyTarget, Use::kCopySource);
  }
  barrier(cmd, Use::kCopyTarget, Use::kSampled);
  for (uint32_t level = 0; level < kProbeLevels; ++level)
    for (uint32_t face = 0; face < kCubeFaces; ++face)
      draw(cmd, layout, mirror, mirrored_faces.at[level * kCubeFaces + face], mirrored.extent.width >> level, face,
           static_cast<float>(level) / (kProbeLevels - 1));
  for (uint32_t face = 0; face < kCubeFaces; ++face) draw(cmd, layout, spread, matte_faces.at[face], kMatteSize, face, 1);
  barrier(cmd, Use::kColor, Use::kSampled);
}

}  // namespace shixun
