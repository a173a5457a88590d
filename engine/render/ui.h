#pragma once
// Dear ImGui drawn through the renderer's own pipeline: same path to a window, a picture and later a panel in VR.
// An ImTextureID is a TextureHandle: ui_texture(handle). Set io.DisplaySize and io.DeltaTime by hand when there is no window, and
// io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset.

#include <cstdint>

#include "engine/render/textures.h"

struct ImDrawData;
struct ImFontAtlas;

namespace shixun {

// Builds the atlas and uploads it; call again after fonts changed (the old handle is replaced).
Result<TextureHandle> upload_fonts(Textures& textures, ImFontAtlas& atlas);

// ImGui::Image(ui_texture<ImTextureID>(handle), ...): ImTextureID is a pointer or an integer depending on ImGui's version.
template <class Id>
Id ui_texture(TextureHandle handle) {
  return (Id)(uintptr_t)handle;
}

// Records the draw lists into a pass that is open on the target. For the renderer.
Status draw_ui(VkCommandBuffer cmd, VkPipelineLayout layout, Arena& arena, const ImDrawData& data, VkExtent2D extent, bool linear_target);

}  // namespace shixun
