#pragma once
// Dear ImGui drawn through the renderer's own pipeline: same path to a window, a picture and later a panel in VR.
// An ImTextureID is a TextureHandle: ui_texture(handle). Set io.DisplaySize and io.DeltaTime by hand when there is no window, and
// io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset.

#include <cstdint>

#include "engine/render/textures.h"

struct ImFontAtlas;

namespace shixun {

// Builds the atlas and uploads it; call again after fonts changed (the old handle is replaced).
Result<TextureHandle> upload_fonts(Textures& textures, ImFontAtlas& atlas);

// ImGui::Image(ui_texture<ImTextureID>(handle), ...): ImTextureID is a pointer or an integer depending on ImGui's version.
template <class Id>
Id ui_texture(TextureHandle handle) {
  return (Id)(uintptr_t)handle;
}

}  // namespace shixun
