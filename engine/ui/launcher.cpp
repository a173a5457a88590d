#include "engine/ui/launcher.h"

#include <algorithm>
#include <cstring>

#include "engine/ui/strings.h"

namespace shixun {
namespace {

void backdrop(ImDrawList* draw, ImVec2 size) {
  draw->AddRectFilledMultiColor({0, 0}, size, IM_COL32(22, 32, 42, 255), IM_COL32(16, 24, 32, 255), IM_COL32(10, 13, 17, 255), IM_COL32(14, 20, 27, 255));
}

bool card(const Theme& theme, const char* id, float width, bool on, const std::string& title, const std::string& note, const std::string& corner) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float inner = width - theme.px(36);
  const ImVec2 note_size = text_size(theme.small, note.c_str(), inner);
  const float height = theme.px(56) + note_size.y;
  const bool pressed = ImGui::InvisibleButton(id, {width, height});
  const bool hover = ImGui::IsItemHovered();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 to(at.x + width, at.y + height);
  draw->AddRectFilled(at, to, on ? IM_COL32(22, 96, 118, 150) : hover ? color::kInsetHover : color::kInset, theme.px(10));
  if (on) draw->AddRect(at, to, color::kAccent, theme.px(10), 0, theme.px(1.5f));
  draw_text(draw, theme.body, {at.x + theme.px(16), at.y + theme.px(12)}, color::kText, title.c_str());
  const ImVec2 corner_size = text_size(theme.small, corner.c_str());
  draw_text(draw, theme.small, {to.x - corner_size.x - theme.px(16), at.y + theme.px(15)}, color::kMuted, corner.c_str());
  draw_text(draw, theme.small, {at.x + theme.px(16), at.y + theme.px(42)}, color::kMuted, note.c_str(), inner);
  return pressed;
}

// A choice of one line, low enough that all modes stand below one another. Says whether it was pressed, and whether the mouse is over it.
struct RowAnswer {
  bool pressed = false, hovered = false;
};
RowAnswer low_card(const Theme& theme, const char* id, float width, bool on, const char* title) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = theme.px(33);
  RowAnswer answer;
  answer.pressed = ImGui::InvisibleButton(id, {width, height});
  answer.hovered = ImGui::IsItemHovered();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 to(at.x + width, at.y + height);
  draw->AddRectFilled(at, to, on ? IM_COL32(22, 96, 118, 150) : answer.hovered ? color::kInsetHover : color::kInset, theme.px(8));
  if (on) draw->AddRect(at, to, color::kAccent, theme.px(8), 0, theme.px(1.5f));
  draw_text(draw, theme.body, {at.x + theme.px(12), at.y + (height - text_size(theme.body, title).y) / 2}, color::kText, title);
  return answer;
}

}  // namespace

LauncherAnswer draw_launcher(const Theme& theme, Launcher& launcher, Lang lang) {
  LauncherAnswer answer;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  ImDrawList* draw = ImGui::GetBackgroundDrawList();
  backdrop(draw, size);
  const float margin = theme.px(48), gap = theme.px(20), top = theme.px(104);
  draw_text(draw, theme.title, {margin, theme.px(40)}, color::kText, tr(Str::kProduct, lang));
  const float name = text_size(theme.title, tr(Str::kProduct, lang)).x;
  draw->AddRectFilled({margin, theme.px(78)}, {margin + name, theme.px(81)}, color::kAccent, theme.px(2));

  // How far sending is, below; what is stuck stands out. On one line, or else one below the other under the exercises, which give way.
  const float right = theme.px(400), left = size.x - 2 * margin - right - gap, height = size.y - top - margin;
  const float line_height = text_size(theme.small, "A").y;
  float across = 0, down = 0;
  for (const Delivery& d : launcher.deliveries) {
    const std::string line = delivery_text(d, lang);
    across += text_size(theme.small, line.c_str()).x + theme.px(32);
    down += text_size(theme.small, line.c_str(), left).y;
  }
  const bool one_line = across - theme.px(32) <= size.x - 2 * margin;
  const float given = one_line ? 0 : std::min(down - line_height, height / 2);
  ImVec2 line_at(margin, size.y - theme.px(34) - given);
  for (const Delivery& d : launcher.deliveries) {
    const std::string line = delivery_text(d, lang);
    draw_text(draw, theme.small, line_at, d.paused.empty() && d.count.parked == 0 ? color::kMuted : color::kWarn, line.c_str(), one_line ? 0 : left);
    if (one_line) line_at.x += text_size(theme.small, line.c_str()).x + theme.px(32);
    else line_at.y += text_size(theme.small, line.c_str(), left).y;
  }

  if (launcher.in_headset) {
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    const float wide = text_size(theme.body, tr(Str::kWearer, lang)).x + theme.px(36);
    begin_panel(theme, "headset", {margin + name + theme.px(36), theme.px(38)}, {wide, theme.px(40)}, true, IM_COL32(0, 0, 0, 0));
    answer.wearer = button(theme, tr(Str::kWearer, lang), {wide, theme.px(38)});
    end_panel();
    ImGui::PopStyleVar();
  }

  // How fine the pictures are, and the language, upper right.
  constexpr Str kTiers[] = {Str::kTierLow, Str::kTierMedium, Str::kTierHigh};
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  const float label = text_size(theme.small, tr(Str::kTier, lang)).x;
  draw_text(draw, theme.small, {size.x - margin - theme.px(190 + 30 + 264 + 12) - label, theme.px(49)}, color::kMuted, tr(Str::kTier, lang));
  begin_panel(theme, "tier", {size.x - margin - theme.px(190 + 30 + 264), theme.px(38)}, {theme.px(264), theme.px(40)}, true, IM_COL32(0, 0, 0, 0));
  for (int t = 0; t < 3; ++t) {
    if (t > 0) ImGui::SameLine(0, theme.px(6));
    if (button(theme, tr(kTiers[t], lang), {theme.px(84), theme.px(38)}, launcher.tier == t) && launcher.tier != t) answer.tier = t;
  }
  end_panel();
  ImGui::PopStyleVar();

  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  begin_panel(theme, "language", {size.x - margin - theme.px(190), theme.px(38)}, {theme.px(190), theme.px(40)}, true, IM_COL32(0, 0, 0, 0));
  if (button(theme, "中文", {theme.px(92), theme.px(38)}, lang == Lang::kZh) && lang != Lang::kZh) answer.toggle_language = true;
  ImGui::SameLine(0, theme.px(6));
  if (button(theme, "English", {theme.px(92), theme.px(38)}, lang == Lang::kEn) && lang != Lang::kEn) answer.toggle_language = true;
  end_panel();
  ImGui::PopStyleVar();

  begin_panel(theme, "exercises", {margin, top}, {left, height - given});
  const float inner = left - theme.px(36) - theme.px(10);
  if (!launcher.open.empty()) {
    text_in(theme.small, color::kMuted, tr(Str::kContinueTitle, lang));
    for (const OpenAttempt& a : launcher.open) {
      ImGui::PushID(a.uuid.c_str());
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const bool usable = a.damage.empty() && !a.in_use;
      ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + inner, at.y + theme.px(52)}, IM_COL32(240, 176, 64, 26), theme.px(10));
      draw_text(ImGui::GetWindowDrawList(), theme.body, {at.x + theme.px(16), at.y + theme.px(5)}, color::kText, a.title.in(lang).c_str());
      const ImVec2 back = ImGui::GetCursorPos();
      const float grade = text_size(theme.body, tr(Str::kGradeAsIs, lang)).x + theme.px(28);
      // What is long stands last and ends before the buttons.
      const std::string note = mode_title(a.mode).in(lang) + " · " + format_clock(a.t_ms) + " · " + a.started_utc.substr(0, 16) + " · " + a.trainee;
      ImGui::PushClipRect(at, {at.x + inner - theme.px(110 + 14 + 12) - grade, at.y + theme.px(52)}, true);
      draw_text(ImGui::GetWindowDrawList(), theme.small, {at.x + theme.px(16), at.y + theme.px(29)}, color::kMuted, a.damage.empty() ? note.c_str() : a.damage.c_str());
      ImGui::PopClipRect();
      ImGui::SetCursorPos({back.x + inner - theme.px(110 + 14) - grade, back.y + theme.px(8)});
      if (button(theme, tr(Str::kGradeAsIs, lang), {grade, theme.px(36)}, false, usable)) answer.grade = a.uuid;
      ImGui::SameLine(0, theme.px(6));
      if (button(theme, tr(Str::kContinue, lang), {theme.px(110), theme.px(36)}, true, usable)) answer.resume = a.uuid;
      ImGui::SetCursorPos({back.x, back.y + theme.px(60)});
      ImGui::PopID();
    }
    ImGui::Dummy({0, theme.px(6)});
  }
  text_in(theme.small, color::kMuted, tr(Str::kExercise, lang));
  ImGui::BeginChild("list", {0, 0});
  for (const Error& p : launcher.problems) text_in(theme.small, color::kBad, p.text().c_str(), inner);
  if (launcher.exercises.empty()) text_in(theme.body, color::kWarn, tr(Str::kNoPacks, lang));
  for (size_t i = 0; i < launcher.exercises.size(); ++i) {
    const LauncherExercise& e = launcher.exercises[i];
    if (card(theme, e.ref.c_str(), inner, i == launcher.selected, e.title.in(lang), e.brief.in(lang), e.pack.in(lang))) launcher.selected = i;
  }
  ImGui::EndChild();
  end_panel();

  begin_panel(theme, "settings", {margin + left + gap, top}, {right, height});
  const float wide = right - theme.px(36);
  text_in(theme.small, color::kMuted, tr(Str::kMode, lang));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {theme.px(4), theme.px(4)});
  Mode told = launcher.mode;
  for (int i = 0; i < kModeCount; ++i) {
    const auto mode = static_cast<Mode>(i);
    const RowAnswer row = low_card(theme, mode_name(mode), wide, launcher.mode == mode, mode_title(mode).in(lang).c_str());
    if (row.pressed) launcher.mode = mode;
    if (row.hovered) told = mode;
  }
  const float below = ImGui::GetCursorPosY() + theme.px(4);
  ImGui::SetCursorPosY(below);
  text_in(theme.small, color::kText, mode_note(told).in(lang).c_str(), wide);
  ImGui::SetCursorPosY(below + theme.px(46));  // two lines, so that nothing below moves
  ImGui::PopStyleVar();
  text_in(theme.small, color::kMuted, tr(Str::kTrainee, lang));
  char buffer[65] = {};
  std::memcpy(buffer, launcher.trainee.data(), std::min(launcher.trainee.size(), sizeof buffer - 1));
  ImGui::SetNextItemWidth(wide);
  ImGui::InputText("##trainee", buffer, sizeof buffer);
  note_input(buffer);
  launcher.trainee = buffer;
  const bool known = is_pseudonym(launcher.trainee);
  text_in(theme.small, known ? color::kMuted : color::kWarn, tr(Str::kTraineeRule, lang));
  ImGui::SetCursorPosY(height - theme.px(16 + 52 + 8 + 42));
  if (button(theme, tr(Str::kStart, lang), {wide, theme.px(52)}, true, known && !launcher.exercises.empty())) answer.start = true;
  if (button(theme, tr(Str::kQuit, lang), {wide, theme.px(42)})) answer.quit = true;
  end_panel();
  return answer;
}

void draw_notice(const Theme& theme, const std::string& what, const char* below) {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  ImDrawList* draw = ImGui::GetBackgroundDrawList();
  backdrop(draw, size);
  const ImVec2 title = text_size(theme.title, what.c_str()), note = text_size(theme.body, below);
  draw_text(draw, theme.title, {(size.x - title.x) / 2, size.y * 0.44f}, color::kText, what.c_str());
  draw_text(draw, theme.body, {(size.x - note.x) / 2, size.y * 0.44f + theme.px(44)}, color::kMuted, below);
}

}  // namespace shixun
