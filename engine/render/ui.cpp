#include "engine/render/ui.h"

#include <imgui.h>

#include <algorithm>
#include <cstring>

#include "shaders/shared.h"

namespace shixun {

static_assert(sizeof(ImDrawVert) == sizeof(gpu::UiVertex));

Result<TextureHandle> upload_fonts(Textures& textures, ImFontAtlas& atlas) {
  if (atlas.TexID) textures.remove(static_cast<TextureHandle>((uintptr_t)atlas.TexID));
  unsigned char* data = nullptr;
  int width = 0, height = 0;
  atlas.GetTexDataAsRGBA32(&data, &width, &height);
  if (!data || width <= 0 || height <= 0)
    return Error{Code::kEnvironment, "fonts", "the letters could not be drawn", "Install a font with Chinese letters: fonts-noto-cjk"};
  Pixels pixels{static_cast<uint32_t>(width), static_cast<uint32_t>(height), {}};
  pixels.rgba.assign(data, data + size_t{4} * pixels.width * pixels.height);
  auto handle = textures.add(pixels, {.srgb = false, .mipmaps = false, .repeat = false, .name = "letters"});
  if (!handle) return handle.error();
  atlas.SetTexID(ui_texture<ImTextureID>(*handle));
  atlas.ClearTexData();
  return *handle;
}

Status draw_ui(VkCommandBuffer cmd, VkPipelineLayout layout, Arena& arena, const ImDrawData& data, VkExtent2D extent, bool linear_target) {
  if (data.TotalVtxCount <= 0 || data.TotalIdxCount <= 0 || data.DisplaySize.x <= 0 || data.DisplaySize.y <= 0) return ok();
  auto vertices = arena.take(sizeof(ImDrawVert) * static_cast<size_t>(data.TotalVtxCount));
  if (!vertices) return vertices.error();
  auto indices = arena.take(sizeof(ImDrawIdx) * static_cast<size_t>(data.TotalIdxCount));
  if (!indices) return indices.error();
  auto block = arena.take(sizeof(gpu::UiPass));
  if (!block) return block.error();
  auto* vertex = static_cast<ImDrawVert*>(vertices->mapped);
  auto* index = static_cast<ImDrawIdx*>(indices->mapped);
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    std::memcpy(vertex, list.VtxBuffer.Data, sizeof(ImDrawVert) * static_cast<size_t>(list.VtxBuffer.Size));
    std::memcpy(index, list.IdxBuffer.Data, sizeof(ImDrawIdx) * static_cast<size_t>(list.IdxBuffer.Size));
    vertex += list.VtxBuffer.Size;
    index += list.IdxBuffer.Size;
  }
  gpu::UiPass pass{};
  pass.scale = {2 / data.DisplaySize.x, 2 / data.DisplaySize.y};
  pass.offset = glm::vec2(-1) - glm::vec2(data.DisplayPos.x, data.DisplayPos.y) * pass.scale;
  pass.vertices = vertices->address;
  pass.flags = linear_target ? gpu::kPassLinearTarget : 0;
  std::memcpy(block->mapped, &pass, sizeof pass);
  vkCmdPushConstants(cmd, layout, VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT | VK_SHADER_STAGE_COMPUTE_BIT, 0, 8, &block->address);
  vkCmdBindIndexBuffer(cmd, indices->buffer, indices->offset, sizeof(ImDrawIdx) == 2 ? VK_INDEX_TYPE_UINT16 : VK_INDEX_TYPE_UINT32);

  const float sx = data.FramebufferScale.x, sy = data.FramebufferScale.y;
  uint32_t vertex_base = 0, index_base = 0;
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    for (const ImDrawCmd& c : list.CmdBuffer) {
      if (c.UserCallback) continue;  // callbacks draw by themselves in other back ends; none of our screens uses one
      const float x0 = std::max((c.ClipRect.x - data.DisplayPos.x) * sx, 0.0f), y0 = std::max((c.ClipRect.y - data.DisplayPos.y) * sy, 0.0f);
      const float x1 = std::min((c.ClipRect.z - data.DisplayPos.x) * sx, static_cast<float>(extent.width));
      const float y1 = std::min((c.ClipRect.w - data.DisplayPos.y) * sy, static_cast<float>(extent.height));
      if (x1 <= x0 || y1 <= y0 || c.ElemCount == 0) continue;
      const VkRect2D scissor{{static_cast<int32_t>(x0), static_cast<int32_t>(y0)}, {static_cast<uint32_t>(x1 - x0), static_cast<uint32_t>(y1 - y0)}};
      if (scissor.extent.width == 0 || scissor.extent.height == 0) continue;
      vkCmdSetScissor(cmd, 0, 1, &scissor);
      vkCmdDrawIndexed(cmd, c.ElemCount, 1, index_base + c.IdxOffset, static_cast<int32_t>(vertex_base + c.VtxOffset),
                       static_cast<uint32_t>((uintptr_t)c.GetTexID()));
    }
    vertex_base += static_cast<uint32_t>(list.VtxBuffer.Size);
    index_base += static_cast<uint32_t>(list.IdxBuffer.Size);
  }
  return ok();
}

}  // namespace shixun
