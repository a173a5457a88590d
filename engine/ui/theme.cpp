#include "engine/ui/theme.h"

#include <fontconfig/fontconfig.h>
#include <stb_truetype.h>

#include <algorithm>
#include <cmath>
#include <cstring>

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

constexpr float kLineToEm = 1.24f;  // how far apart lines are set

// Height of a font's own line over the size of its letters.
float line_to_em(const Theme& theme) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(theme.font_bytes.data());
  stbtt_fontinfo info;
  const int offset = stbtt_GetFontOffsetForIndex(bytes, theme.font_index);
  if (offset < 0 || !stbtt_InitFont(&info, bytes, offset)) return kLineToEm;
  return std::clamp(stbtt_ScaleForMappingEmToPixels(&info, 1) / stbtt_ScaleForPixelHeight(&info, 1), 1.0f, 2.0f);
}

// One character of UTF-8 text: its bytes and its code. Stray bytes count as one character each.
struct Glyph {
  int length;
  unsigned code;
};

Glyph glyph_at(const char* c) {
  const auto lead = static_cast<unsigned char>(*c);
  const int length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned code = length == 1 ? lead : lead & (0xffu >> (length + 1));
  for (int i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(c[i]) & 0xC0) != 0x80) return {i, 0xfffd};
    code = code << 6 | (static_cast<unsigned char>(c[i]) & 0x3f);
  }
  return {length, code};
}

// Notes the characters of a text that the font lacks.
void note_missing(const ImFont* font, const char* text) {
  auto* theme = static_cast<Theme*>(ImGui::GetIO().UserData);
  if (!theme || font == theme->huge) return;
  for (const char* c = text; *c;) {
    const Glyph glyph = glyph_at(c);
    const std::string bytes(c, static_cast<size_t>(glyph.length));
    if (glyph.code > 0x7f && glyph.code <= 0xffff && !font->FindGlyphNoFallback(static_cast<ImWchar>(glyph.code)) && theme->missing.find(bytes) == std::string::npos &&
        theme->used.find(bytes) == std::string::npos)
      theme->missing += bytes;
    c += glyph.length;
  }
}

// Notes what was drawn, for the status file.
void note(Drawn::Kind kind, const char* text, ImVec2 from, ImVec2 to) {
  auto* theme = static_cast<Theme*>(ImGui::GetIO().UserData);
  const bool hidden = *text == 0 ? kind != Drawn::Kind::kInput : std::strncmp(text, "##", 2) == 0;
  if (theme && theme->noting && !hidden) theme->drawn.push_back({kind, theme->panel, text, from, to});
}
void note_item(Drawn::Kind kind, const char* text) {
  if (ImGui::IsItemVisible()) note(kind, text, ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
}
void note_panel(const char* id) {
  if (auto* theme = static_cast<Theme*>(ImGui::GetIO().UserData)) theme->panel = id;
}

bool is_wide(unsigned code) { return code >= 0x2e80; }
// Chinese may break anywhere but before closing and after opening marks.
bool may_not_begin(unsigned code) {
  constexpr unsigned kClosing[] = {0x3001, 0x3002, 0xff0c, 0xff1b, 0xff1a, 0xff1f, 0xff01, 0xff09, 0x201d, 0x300b, 0x2026};
  return std::find(std::begin(kClosing), std::end(kClosing), code) != std::end(kClosing);
}

// The text with line breaks so that no line is wider than `width`: Latin breaks at blanks, Chinese between characters. (ImGui knows blanks only.)
std::string wrapped(const ImFont* font, const char* text, float width) {
  std::string out, line;
  size_t breakable = 0;  // length of `line` up to the last place where it may break
  unsigned before = 0;
  for (const char* c = text; *c;) {
    const auto [length, code] = glyph_at(c);
    if (code == '\n') {
      out += line + "\n";
      line.clear();
      breakable = 0;
    } else {
      const bool gap = !line.empty() && (before == ' ' || ((is_wide(code) || is_wide(before)) && !may_not_begin(code) && code != ' ' && before != 0xff08 && before != 0x201c));
      if (gap) breakable = line.size();
      line.append(c, static_cast<size_t>(length));
      if (code != ' ' && font->CalcTextSizeA(font->FontSize, 1e9f, 0, line.c_str()).x > width && line.size() > static_cast<size_t>(length)) {
        const size_t cut = breakable > 0 ? breakable : line.size() - static_cast<size_t>(length);
        std::string head = line.substr(0, cut);
        while (!head.empty() && head.back() == ' ') head.pop_back();
        out += head + "\n";
        line.erase(0, cut);
        breakable = 0;
      }
    }
    before = code;
    c += length;
  }
  return out + line;
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
  // Sizes here are of the letters (em). ImGui counts a font's whole line, which in fonts with Chinese is half as high again as the letters:
  // the atlas is made that much larger, and the lines are set closer afterwards.
  const float ratio = line_to_em(theme);
  const auto add = [&](float em, const ImWchar* glyphs) {
    ImFontConfig config;
    config.FontNo = theme.font_index;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = 2;
    config.OversampleV = 1;
    config.RasterizerMultiply = 1.15f;  // light text on dark looks thin otherwise
    config.GlyphOffset.y = -std::round((ratio - kLineToEm) / 2 * em * scale);
    return atlas.AddFontFromMemoryTTF(theme.font_bytes.data(), static_cast<int>(theme.font_bytes.size()), std::round(em * ratio * scale), &config, glyphs);
  };
  theme.scale = scale;
  theme.fonts_hung = theme.hung;
  theme.used = used_text;
  theme.missing.clear();
  ImGui::GetIO().UserData = &theme;  // so that the widgets can tell what is missing
  const std::pair<ImFont**, float> sizes[] = {{&theme.body, 18.0f}, {&theme.small, theme.hung ? 18.0f : 15.0f}, {&theme.title, 25.0f}, {&theme.huge, 42.0f}};
  for (const auto& [font, em] : sizes) *font = add(em, font == &theme.huge ? kDigits : theme.glyphs.Data);
  auto handle = upload_fonts(textures, atlas);
  if (!handle) return handle.error();
  for (const auto& [font, em] : sizes) (*font)->FontSize = std::round(em * kLineToEm * scale);
  apply_style(theme);
  return ok();
}

Status renew_fonts(Theme& theme, Textures& textures, float scale) {
  if (theme.missing.empty() && theme.fonts_hung == theme.hung && std::abs(scale - theme.scale) < 0.04f) return ok();
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
  note_panel(id);
  note_reach(ImGui::GetWindowPos().x, ImGui::GetWindowPos().x + ImGui::GetWindowSize().x);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  return open;
}

void end_panel() {
  ImGui::End();
  note_panel("");
}

bool button(const Theme& theme, const char* label, ImVec2 size, bool primary, bool enabled) {
  note_missing(theme.body, label);
  if (size.y <= 0) size.y = theme.px(40);
  if (!enabled) ImGui::BeginDisabled();
  ImGui::PushStyleColor(ImGuiCol_Button, primary ? color::kAccentDark : color::kInset);
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, primary ? IM_COL32(30, 124, 150, 255) : color::kInsetHover);
  ImGui::PushStyleColor(ImGuiCol_ButtonActive, color::kAccent);
  const bool pressed = ImGui::Button(label, size);
  note_item(Drawn::Kind::kButton, label);
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
  ImGui::TextUnformatted(wrap_width > 0 ? wrapped(font, text, wrap_width).c_str() : text);
  note_item(Drawn::Kind::kText, text);
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

ImVec2 text_size(ImFont* font, const char* text, float wrap_width) {
  return font->CalcTextSizeA(font->FontSize, 1e9f, 0, wrap_width > 0 ? wrapped(font, text, wrap_width).c_str() : text);
}

void draw_text(ImDrawList* draw, ImFont* font, ImVec2 pos, ImU32 c, const char* text, float wrap_width) {
  note_missing(font, text);
  draw->AddText(font, font->FontSize, pos, c, wrap_width > 0 ? wrapped(font, text, wrap_width).c_str() : text);
  const ImVec2 size = text_size(font, text, wrap_width);
  note(Drawn::Kind::kText, text, pos, {pos.x + size.x, pos.y + size.y});
}

void note_reach(float left, float right) {
  auto* theme = static_cast<Theme*>(ImGui::GetIO().UserData);
  if (!theme) return;
  theme->left = std::min(theme->left, left);
  theme->right = std::max(theme->right, right);
}

void note_input(const char* typed) { note_item(Drawn::Kind::kInput, typed); }

}  // namespace shixun
