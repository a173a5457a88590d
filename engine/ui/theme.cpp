#include "engine/ui/theme.h"

#include <fontconfig/fontconfig.h>

#include <algorithm>
#include <cmath>

#include "engine/base/file.h"
#include "engine/render/ui.h"

namespace shixun {
namespace {

constexpr uint64_t kMaxFontFile = 256u << 20;

struct FontFile {
  std::string path;
  int index = 0;
};

// fontconfig always finds some font; one without the characters is as good as none.
Result<FontFile> find_font() {
  const Error missing{Code::kEnvironment, "fonts", "no font with Chinese characters is installed", "Install one (Debian: apt-get install fonts-noto-cjk)"};
  FcConfig* config = FcInitLoadConfigAndFonts();
  if (!config) return Error{Code::kEnvironment, "fonts", "fontconfig cannot be started", "Check /etc/fonts/fonts.conf"};
  FcPattern* wanted = FcPatternCreate();
  FcPatternAddString(wanted, FC_FAMILY, reinterpret_cast<const FcChar8*>("sans-serif"));
  FcPatternAddString(wanted, FC_LANG, reinterpret_cast<const FcChar8*>("zh-cn"));
  FcPatternAddInteger(wanted, FC_WEIGHT, FC_WEIGHT_REGULAR);
  FcConfigSubstitute(config, wanted, FcMatchPattern);
  FcDefaultSubstitute(wanted);
  FcResult result = FcResultNoMatch;
  FcPattern* found = FcFontMatch(config, wanted, &result);
  Result<FontFile> font = missing;
  if (found) {
    FcChar8* path = nullptr;
    FcCharSet* characters = nullptr;
    int index = 0;
    FcPatternGetInteger(found, FC_INDEX, 0, &index);
    const bool chinese = FcPatternGetCharSet(found, FC_CHARSET, 0, &characters) == FcResultMatch && FcCharSetHasChar(characters, 0x8BAD) &&
                         FcCharSetHasChar(characters, 0x4E2D);
    if (chinese && FcPatternGetString(found, FC_FILE, 0, &path) == FcResultMatch) font = FontFile{reinterpret_cast<const char*>(path), index & 0xffff};
    FcPatternDestroy(found);
  }
  FcPatternDestroy(wanted);
  FcConfigDestroy(config);
  return font;
}

// Notes the characters of a text that the font lacks.
void note_missing(const ImFont* font, const char* text) {
  auto* theme = static_cast<Theme*>(ImGui::GetIO().UserData);
  if (!theme || font == theme->huge) return;
  for (const char* c = text; *c;) {
    const auto lead = static_cast<unsigned char>(*c);
    const int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned code = length == 1 ? lead : lead & (0xff >> (length + 1));
    int read = 1;
    while (read < length && c[read]) code = code << 6 | (static_cast<unsigned char>(c[read++]) & 0x3f);
    if (code > 0x7f && code <= 0xffff && !font->FindGlyphNoFallback(static_cast<ImWchar>(code)) && theme->missing.find(std::string(c, static_cast<size_t>(read))) == std::string::npos &&
        theme->used.find(std::string(c, static_cast<size_t>(read))) == std::string::npos)
      theme->missing.append(c, static_cast<size_t>(read));
    c += read;
  }
}

ImVec4 rgba(ImU32 c) { return ImGui::ColorConvertU32ToFloat4(c); }

}  // namespace

Status make_fonts(Theme& theme, Textures& textures, const std::string& used_text, float scale) {
  if (theme.font_bytes.empty()) {
    auto font = find_font();
    if (!font) return font.error();
    auto bytes = read_file(font->path, kMaxFontFile);
    if (!bytes) return bytes.error();
    theme.font_bytes = std::move(*bytes);
    theme.font_index = font->index;
  }
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  ImFontGlyphRangesBuilder builder;
  builder.AddRanges(atlas.GetGlyphRangesDefault());
  builder.AddText(used_text.c_str());
  builder.AddText("·–—…°×±≤≥μ←→↑↓✓");
  theme.glyphs.clear();
  builder.BuildRanges(&theme.glyphs);
  static constexpr ImWchar kDigits[] = {0x20, 0x7e, 0xb7, 0xb7, 0x2212, 0x2212, 0};
  const auto add = [&](float size, const ImWchar* glyphs) {
    ImFontConfig config;
    config.FontNo = theme.font_index;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = 1;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    config.RasterizerMultiply = 1.15f;  // light text on dark looks thin otherwise
    return atlas.AddFontFromMemoryTTF(theme.font_bytes.data(), static_cast<int>(theme.font_bytes.size()), std::round(size * scale), &config, glyphs);
  };
  theme.scale = scale;
  theme.used = used_text;
  theme.missing.clear();
  ImGui::GetIO().UserData = &theme;  // so that the widgets can tell what is missing
  theme.body = add(19, theme.glyphs.Data);
  theme.small = add(15, theme.glyphs.Data);
  theme.title = add(26, theme.glyphs.Data);
  theme.huge = add(44, kDigits);
  auto handle = upload_fonts(textures, atlas);
  if (!handle) return handle.error();
  apply_style(theme);
  return ok();
}

Status renew_fonts(Theme& theme, Textures& textures, float scale) {
  if (theme.missing.empty() && std::abs(scale - theme.scale) < 0.04f) return ok();
  return make_fonts(theme, textures, theme.used + theme.missing, scale);
}

void apply_style(const Theme& theme) {
  ImGuiStyle style;
  style.WindowRounding = theme.px(12);
  style.ChildRounding = theme.px(10);
  style.FrameRounding = theme.px(8);
  style.PopupRounding = theme.px(8);
  style.ScrollbarRounding = theme.px(8);
  style.GrabRounding = theme.px(8);
  style.WindowPadding = {theme.px(18), theme.px(16)};
  style.FramePadding = {theme.px(12), theme.px(7)};
  style.ItemSpacing = {theme.px(10), theme.px(8)};
  style.ItemInnerSpacing = {theme.px(8), theme.px(6)};
  style.ScrollbarSize = theme.px(10);
  style.GrabMinSize = theme.px(14);
  style.WindowBorderSize = 1;
  style.FrameBorderSize = 0;
  ImVec4* c = style.Colors;
  c[ImGuiCol_Text] = rgba(color::kText);
  c[ImGuiCol_TextDisabled] = rgba(color::kMuted);
  c[ImGuiCol_WindowBg] = rgba(color::kPanel);
  c[ImGuiCol_ChildBg] = {0, 0, 0, 0};
  c[ImGuiCol_PopupBg] = rgba(IM_COL32(24, 29, 37, 250));
  c[ImGuiCol_Border] = rgba(color::kPanelEdge);
  c[ImGuiCol_FrameBg] = rgba(color::kInset);
  c[ImGuiCol_FrameBgHovered] = rgba(color::kInsetHover);
  c[ImGuiCol_FrameBgActive] = rgba(color::kInsetHover);
  c[ImGuiCol_Button] = rgba(color::kInset);
  c[ImGuiCol_ButtonHovered] = rgba(color::kInsetHover);
  c[ImGuiCol_ButtonActive] = rgba(color::kAccentDark);
  c[ImGuiCol_Header] = rgba(IM_COL32(56, 176, 202, 56));
  c[ImGuiCol_HeaderHovered] = rgba(IM_COL32(56, 176, 202, 84));
  c[ImGuiCol_HeaderActive] = rgba(color::kAccentDark);
  c[ImGuiCol_ScrollbarBg] = {0, 0, 0, 0};
  c[ImGuiCol_ScrollbarGrab] = rgba(IM_COL32(255, 255, 255, 40));
  c[ImGuiCol_ScrollbarGrabHovered] = rgba(IM_COL32(255, 255, 255, 70));
  c[ImGuiCol_ScrollbarGrabActive] = rgba(color::kAccent);
  c[ImGuiCol_SliderGrab] = rgba(color::kAccent);
  c[ImGuiCol_SliderGrabActive] = rgba(color::kAccent);
  c[ImGuiCol_TextSelectedBg] = rgba(color::kAccentDark);
  c[ImGuiCol_NavHighlight] = rgba(color::kAccent);
  c[ImGuiCol_CheckMark] = rgba(color::kAccent);
  ImGui::GetStyle() = style;
}

bool begin_panel(const Theme& theme, const char* id, ImVec2 pos, ImVec2 size, bool interactive, ImU32 background) {
  ImGui::SetNextWindowPos(pos);
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, background);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, theme.px(12));
  ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNavFocus;
  if (!interactive) flags |= ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoFocusOnAppearing;
  if (size.y <= 0) flags |= ImGuiWindowFlags_AlwaysAutoResize;
  const bool open = ImGui::Begin(id, nullptr, flags);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  return open;
}

void end_panel() { ImGui::End(); }

bool button(const Theme& theme, const char* label, ImVec2 size, bool primary, bool enabled) {
  note_missing(theme.body, label);
  if (size.y <= 0) size.y = theme.px(40);
  if (!enabled) ImGui::BeginDisabled();
  ImGui::PushStyleColor(ImGuiCol_Button, primary ? color::kAccentDark : color::kInset);
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, primary ? IM_COL32(30, 124, 150, 255) : color::kInsetHover);
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, color::kAccent);
  const bool pressed = ImGui::Button(label, size);
  ImGui::PopStyleColor(3);
  if (!enabled) ImGui::EndDisabled();
  return pressed;
}

void keycap(const Theme& theme, const char* key, const char* meaning) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 key_size = text_size(theme.small, key), word_size = text_size(theme.small, meaning);
  const float pad = theme.px(6), height = key_size.y + theme.px(4), width = std::max(key_size.x + 2 * pad, height);
  draw->AddRectFilled(at, {at.x + width, at.y + height}, IM_COL32(255, 255, 255, 30), theme.px(5));
  draw->AddRect(at, {at.x + width, at.y + height}, IM_COL32(255, 255, 255, 60), theme.px(5));
  draw_text(draw, theme.small, {at.x + (width - key_size.x) / 2, at.y + theme.px(2)}, color::kText, key);
  draw_text(draw, theme.small, {at.x + width + pad, at.y + theme.px(2)}, color::kMuted, meaning);
  ImGui::Dummy({width + pad + word_size.x, height});
}

void progress(const Theme& theme, float fraction, float width, ImU32 fill, float height) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float h = theme.px(height), f = std::clamp(fraction, 0.0f, 1.0f);
  draw->AddRectFilled(at, {at.x + width, at.y + h}, IM_COL32(255, 255, 255, 26), h / 2);
  if (f > 0) draw->AddRectFilled(at, {at.x + std::max(width * f, h), at.y + h}, fill, h / 2);
  ImGui::Dummy({width, h});
}

void tag(const Theme& theme, const char* label, ImU32 fill) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos(), size = text_size(theme.small, label);
  const float pad = theme.px(8), height = size.y + theme.px(6);
  draw->AddRectFilled(at, {at.x + size.x + 2 * pad, at.y + height}, fill, height / 2);
  draw_text(draw, theme.small, {at.x + pad, at.y + theme.px(3)}, IM_COL32(255, 255, 255, 255), label);
  ImGui::Dummy({size.x + 2 * pad, height});
}

void text_in(ImFont* font, ImU32 c, const char* text, float wrap_width) {
  note_missing(font, text);
  ImGui::PushFont(font);
  ImGui::PushStyleColor(ImGuiCol_Text, c);
  if (wrap_width > 0) ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + wrap_width);
  ImGui::TextUnformatted(text);
  if (wrap_width > 0) ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

ImVec2 text_size(ImFont* font, const char* text) { return font->CalcTextSizeA(font->FontSize, 1e9f, 0, text); }

void draw_text(ImDrawList* draw, ImFont* font, ImVec2 pos, ImU32 c, const char* text, float wrap_width) {
  note_missing(font, text);
  draw->AddText(font, font->FontSize, pos, c, text, nullptr, wrap_width);
}

}  // namespace shixun
