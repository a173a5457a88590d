#pragma once
// The look: fonts, colours, and the few widgets every screen is made of. Sizes are for a window 720 px high; `Theme::scale` follows the window.

#include <imgui.h>

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/text.h"
#include "engine/render/textures.h"

namespace shixun {

namespace color {
inline constexpr ImU32 kPanel = IM_COL32(17, 21, 27, 226);
inline constexpr ImU32 kPanelEdge = IM_COL32(255, 255, 255, 20);
inline constexpr ImU32 kInset = IM_COL32(255, 255, 255, 14);
inline constexpr ImU32 kInsetHover = IM_COL32(255, 255, 255, 30);
inline constexpr ImU32 kText = IM_COL32(236, 240, 244, 255);
inline constexpr ImU32 kMuted = IM_COL32(158, 168, 180, 255);
inline constexpr ImU32 kAccent = IM_COL32(56, 176, 202, 255);
inline constexpr ImU32 kAccentDark = IM_COL32(22, 96, 118, 255);
inline constexpr ImU32 kGood = IM_COL32(96, 196, 120, 255);
inline constexpr ImU32 kWarn = IM_COL32(240, 176, 64, 255);
inline constexpr ImU32 kBad = IM_COL32(236, 92, 84, 255);
}  // namespace color

// Something a frame showed, in pixels. For the status file: what tests and assistive tools read is what was drawn.
struct Drawn {
  enum class Kind { kText, kButton, kInput } kind = Kind::kText;
  std::string panel;  // where it stands; empty: over the picture
  std::string text;   // of a button its label, of an input what is typed
  ImVec2 from, to;
};

struct Theme {
  float scale = 1;
  ImFont* small = nullptr;  // letters of 15 px; 18 where screens hang
  ImFont* body = nullptr;   // 18 px
  ImFont* title = nullptr;  // 25 px
  ImFont* huge = nullptr;   // 42 px, digits and signs only
  // The font file is large and stays the same: it is read once. `glyphs`: the ranges the atlas was made from (it keeps a pointer).
  std::string font_bytes;
  int font_index = 0;
  ImVector<ImWchar> glyphs;
  std::string used;     // what the fonts were made for
  std::string missing;  // characters met since that they lack; see renew_fonts
  bool hung = false;         // the screens hang in a room, before one who wears a headset
  bool fonts_hung = false;   // what the fonts were made for
  float left = 0, right = 0; // as far as the panels of this frame reach
  bool noting = false;       // whether the widgets note what they draw
  std::vector<Drawn> drawn;  // since the frame began; nothing that is scrolled out of sight
  std::string panel;         // the one being drawn
  float px(float at_720) const { return at_720 * scale; }
};

// Finds a font for zh-CN through fontconfig, makes an atlas of exactly the characters in `used_text`, uploads it. Called again when
// the scale changed. Code::kEnvironment when no Chinese font is installed.
Status make_fonts(Theme& theme, Textures& textures, const std::string& used_text, float scale);

// Called before every frame: makes the fonts again when text appeared that they lack (a reason in a marksheet, a name in a journal) or
// the scale changed. Cheap when nothing is to be done.
Status renew_fonts(Theme& theme, Textures& textures, float scale);

// ImGui's own style for what is left of its look.
void apply_style(const Theme& theme);

// ---- widgets. Positions and sizes in pixels.
// A panel: rounded, dark, translucent. `interactive` false lets the mouse through. Call end_panel() always.
bool begin_panel(const Theme& theme, const char* id, ImVec2 pos, ImVec2 size, bool interactive = true, ImU32 background = color::kPanel);
void end_panel();

bool button(const Theme& theme, const char* label, ImVec2 size = {0, 0}, bool primary = false, bool enabled = true);
void keycap(const Theme& theme, const char* key, const char* meaning);  // inline: "[Tab] work order"
void progress(const Theme& theme, float fraction, float width, ImU32 fill, float height = 6);
void tag(const Theme& theme, const char* label, ImU32 fill);            // inline chip
void note_reach(float left, float right);                                // of what is drawn outside panels
void note_input(const char* typed);                                     // after an input of ImGui's own
void text_in(ImFont* font, ImU32 color, const char* text, float wrap_width = 0);
ImVec2 text_size(ImFont* font, const char* text, float wrap_width = 0);
void draw_text(ImDrawList* draw, ImFont* font, ImVec2 pos, ImU32 color, const char* text, float wrap_width = 0);

}  // namespace shixun
