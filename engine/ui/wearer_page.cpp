#include "engine/ui/wearer_page.h"

#include "engine/ui/strings.h"
#include "engine/ui/work_order.h"

namespace shixun {
namespace {

constexpr float kWidth = 660, kLabel = 190, kGap = 8;

// A question and its answers in one row; the answer that was pressed, or -1.
template <size_t N>
int ask(const Theme& theme, const char* question, const std::array<const char*, N>& answers, size_t chosen) {
  int pressed = -1;
  const float top = ImGui::GetCursorPosY(), wide = (kWidth - 36 - kLabel - kGap * (N - 1)) / N;
  ImGui::SetCursorPosY(top + theme.px(12));
  text_in(theme.body, color::kText, question);
  for (size_t i = 0; i < N; ++i) {
    ImGui::SetCursorPos({theme.px(18 + kLabel + static_cast<float>(i) * (wide + kGap)), top});
    if (button(theme, answers[i], {theme.px(wide), theme.px(44)}, i == chosen)) pressed = static_cast<int>(i);
  }
  return pressed;
}

}  // namespace

WearerAnswer draw_wearer(const Theme& theme, Lang lang, Wearer& wearer) {
  WearerAnswer answer;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = theme.px(kWidth), inner = width - theme.px(36);
  dim_screen(theme);
  begin_panel(theme, "wearer", {(screen.x - width) / 2, screen.y * 0.14f}, {width, 0});
  text_in(theme.title, color::kText, tr(Str::kWearer, lang));
  text_in(theme.small, color::kMuted, tr(Str::kWearerHow, lang), inner);
  ImGui::Dummy({0, theme.px(4)});
  if (const int lang_at = ask<2>(theme, tr(Str::kWearerLanguage, lang), {"中文", "English"}, lang == Lang::kEn); lang_at >= 0) answer.toggle_language = (lang_at == 1) != (lang == Lang::kEn);
  if (const int hand = ask<2>(theme, tr(Str::kWearerHand, lang), {tr(Str::kWearerLeft, lang), tr(Str::kWearerRight, lang)}, !wearer.left_handed); hand >= 0) wearer.left_handed = hand == 0;
  if (const int height = ask<2>(theme, tr(Str::kWearerHeight, lang), {tr(Str::kWearerStands, lang), tr(Str::kWearerSits, lang)}, wearer.seated); height >= 0) wearer.seated = height == 1;
  if (const int text = ask<2>(theme, tr(Str::kWearerText, lang), {tr(Str::kWearerNormal, lang), tr(Str::kWearerLarge, lang)}, wearer.large_text); text >= 0) wearer.large_text = text == 1;
  size_t turn = 0;
  while (turn + 1 < kTurns.size() && kTurns[turn] != wearer.turn_deg) ++turn;
  if (const int step = ask<4>(theme, tr(Str::kWearerTurn, lang), {"15°", "30°", "45°", "90°"}, turn); step >= 0) wearer.turn_deg = kTurns[static_cast<size_t>(step)];
  if (const int move = ask<2>(theme, tr(Str::kWearerMove, lang), {tr(Str::kWearerJumps, lang), tr(Str::kWearerGlides, lang)}, wearer.glides); move >= 0) wearer.glides = move == 1;
  text_in(theme.small, color::kMuted, tr(wearer.glides ? Str::kWearerGlideNote : Str::kWearerJumpNote, lang), inner);
  ImGui::Dummy({0, theme.px(4)});
  answer.done = button(theme, tr(Str::kWearerDone, lang), {inner, theme.px(50)}, true);
  end_panel();
  return answer;
}

}  // namespace shixun
