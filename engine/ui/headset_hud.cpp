#include "engine/ui/headset_hud.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/ui/strings.h"

namespace shixun {
namespace {

void draw_goal(const Theme& theme, const Hud& hud, float wrap) {
  const Session& session = *hud.session;
  const ModeRules& rules = rules_of(session.mode());
  text_in(theme.small, color::kMuted, hud.pack->text(hud.exercise->title).in(hud.lang).c_str());
  ImGui::SameLine(0, theme.px(10));
  tag(theme, mode_title(session.mode()).in(hud.lang).c_str(), rules.open_book ? color::kAccentDark : IM_COL32(150, 70, 60, 255));
  text_in(theme.title, color::kText, format_clock(session.t_ms()).c_str());
  if (shows_live(session.mode())) {
    ImGui::SameLine(0, theme.px(24));
    text_in(theme.title, color::kAccent, fmt::format("{:.1f}", static_cast<double>(session.live_sheet().total_mp) / 1000.0).c_str());
  }
  if (!rules.open_book) {
    text_in(theme.body, color::kText, hud.pack->text(hud.exercise->brief).in(hud.lang).c_str(), wrap);
    return;
  }
  const size_t all = hud.exercise->steps.size(), at = session.step();
  if (at >= all) {
    text_in(theme.body, color::kGood, tr(Str::kAllDone, hud.lang), wrap);
    return;
  }
  const Step& s = hud.exercise->steps[at];
  progress(theme, static_cast<float>(at) / static_cast<float>(std::max<size_t>(all, 1)), wrap, color::kAccent, 4);
  text_in(theme.body, color::kText, hud.pack->text(s.title).in(hud.lang).c_str(), wrap);
  if (!s.hint.empty() && (rules.auto_hints || hud.hint_level >= 3)) text_in(theme.small, color::kWarn, hud.pack->text(s.hint).in(hud.lang).c_str(), wrap);
  if (const Text back = taken_back_text(session); !back.en.empty()) text_in(theme.small, color::kBad, back.in(hud.lang).c_str(), wrap);
  // What is not done at a thing.
  if (const Guide& g = hud.guide; g.field) keycap(theme, tr(Str::kControlsSheet, hud.lang), hud.pack->text(g.field->name).in(hud.lang).c_str());
  else if (g.page == Guide::Page::kLines) text_in(theme.small, color::kWarn, tr(Str::kControlsSay, hud.lang));
  else if (g.page == Guide::Page::kFinish) keycap(theme, tr(Str::kControlsMenu, hud.lang), tr(Str::kHandIn, hud.lang));
}

void draw_in_hand(const Theme& theme, const Hud& hud, HeadsetHudAnswer& answer) {
  const World& world = hud.session->world();
  const int held = world.held();
  // The next step is done with what one holds or wears.
  if (in_hand(world, hud.guide)) text_in(theme.small, color::kWarn, fill(tr(Str::kInHandNext, hud.lang, true), {"name", guide_name(world, hud.guide, hud.lang)}).c_str(), theme.px(kBoardWidth - 36));
  if (held < 0) return;
  const ObjectDef& def = world.scene().objects[static_cast<size_t>(held)];
  ImGui::Separator();
  text_in(theme.small, color::kMuted, tr(Str::kInHand, hud.lang));
  ImGui::SameLine();
  text_in(theme.body, color::kText, object_name(*hud.pack, held, hud.lang).c_str());
  if (def.wrench && def.wrench->clicks) {
    const int64_t value = world.state(held).setting_dnm + hud.hands->pending_setting() * def.wrench->step_dnm;
    text_in(theme.title, hud.hands->pending_setting() != 0 ? color::kWarn : color::kAccent, format_quantity(value, Unit::kTorque, hud.lang).c_str());
    for (const int notches : {-10, -1, 1, 10}) {
      ImGui::SameLine(0, theme.px(8));
      const std::string label = fmt::format("{:+}", notches);
      if (button(theme, label.c_str(), {theme.px(58), theme.px(38)})) answer.setting = notches;
    }
  } else if (def.instrument && world.state(held).reading != 0) {
    text_in(theme.title, color::kAccent, format_quantity(world.state(held).reading, def.instrument->unit, hud.lang).c_str());
  } else if (const auto face = world.display(held)) {
    text_in(theme.title, color::kAccent, face->in(hud.lang).c_str());
  }
}

void draw_news(const Theme& theme, const Hud& hud, float wrap) {
  constexpr size_t kShown = 3;
  const std::vector<Message>& all = *hud.messages;
  for (size_t i = all.size() > kShown ? all.size() - kShown : 0; i < all.size(); ++i) {
    using Kind = Message::Kind;
    const Kind kind = all[i].kind;
    const ImU32 c = kind == Kind::kGain ? color::kGood : kind == Kind::kInfo || kind == Kind::kSpeech ? color::kText : kind == Kind::kRefusal ? color::kWarn : color::kBad;
    text_in(kind == Kind::kCritical ? theme.title : theme.body, c, all[i].text.in(hud.lang).c_str(), wrap);
  }
}

void draw_board(const Theme& theme, const Hud& hud, HeadsetHudAnswer& answer) {
  const float width = theme.px(kBoardWidth), wrap = width - theme.px(36);
  begin_panel(theme, "board", {0, 0}, {width, 0});
  draw_goal(theme, hud, wrap);
  draw_in_hand(theme, hud, answer);
  draw_news(theme, hud, wrap);
  ImGui::Dummy({0, theme.px(2)});
  const ModeRules& rules = rules_of(hud.session->mode());
  bool first = true;
  const auto offer = [&](Str label, bool& pressed, bool there = true) {
    if (!there) return;
    if (!first) ImGui::SameLine(0, theme.px(6));
    first = false;
    pressed = button(theme, tr(label, hud.lang));
  };
  offer(Str::kControlsSheet, answer.sheet);
  offer(Str::kControlsSay, answer.lines, !hud.exercise->lines.empty());
  offer(Str::kControlsHint, answer.hint, rules.hint_level > 0 && !rules.auto_hints && !doing_for_me(hud));
  if (const auto help = doing_for_me(hud)) answer.hint = button(theme, tr(*help, hud.lang));
  offer(Str::kControlsMenu, answer.pause);
  answer.board_height = ImGui::GetWindowHeight();
  end_panel();
}

void draw_choices(const Theme& theme, const Hud& hud, HeadsetHudAnswer& answer) {
  const Hands& hands = *hud.hands;
  if (has_gauge(hud)) {
    constexpr float kHalf = 110;
    draw_gauge(theme, hud, ImGui::GetBackgroundDrawList(), {theme.px(kChoicesLeft + kHalf), theme.px(kHalf)});
    answer.choices_height = theme.px(2 * kHalf);
  }
  if (hands.choices().empty() && !hands.locked()) return;
  const int object = hands.hovered() >= 0 ? hands.hovered() : hands.hovered_socket() >= 0 ? hud.session->world().held() : -1;
  const float width = theme.px(kChoicesWidth), inner = width - theme.px(36), words = inner - theme.px(52);
  // While an effort goes on its row must stay where it is pressed, under the gauge.
  begin_panel(theme, "choices", {theme.px(kChoicesLeft), answer.choices_height}, {width, 0});
  if (object >= 0) text_in(theme.body, color::kMuted, menu_title(hud, object).c_str(), inner);
  if (hands.locked()) text_in(theme.body, color::kWarn, tr(Str::kLocked, hud.lang), inner);
  for (size_t i = 0; i < hands.choices().size() && i < 9; ++i) {
    const std::string label = hands.choices()[i].option.label.in(hud.lang);
    const float height = text_size(theme.body, label.c_str(), words).y;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushID(static_cast<int>(i));
    button(theme, "##choice", {inner, std::max(theme.px(46), height + theme.px(18))}, i == hands.chosen() && object >= 0);
    if (ImGui::IsItemActivated()) answer.choice = static_cast<int>(i) + 1;
    answer.choice_held |= ImGui::IsItemActive();
    ImGui::PopID();
    draw_text(ImGui::GetWindowDrawList(), theme.small, {at.x + theme.px(12), at.y + theme.px(14)}, color::kMuted, std::to_string(i + 1).c_str());
    draw_text(ImGui::GetWindowDrawList(), theme.body, {at.x + theme.px(36), at.y + theme.px(11)}, color::kText, label.c_str(), words);
  }
  answer.choices_height += ImGui::GetWindowHeight();
  end_panel();
}

void draw_caption(const Theme& theme, const Hud& hud, HeadsetHudAnswer& answer) {
  const World& world = hud.session->world();
  if ((hud.guide.object < 0 && hud.guide.socket < 0) || in_hand(world, hud.guide)) return;
  answer.marked = true;
  const std::string name = guide_name(world, hud.guide, hud.lang);
  if (name.empty()) return;
  const float wrap = theme.px(kCaptionWidth - 36), width = std::min(wrap, text_size(theme.body, name.c_str()).x) + theme.px(36);
  begin_panel(theme, "guide", {theme.px(kCaptionLeft), 0}, {width, 0}, false);
  text_in(theme.body, color::kWarn, name.c_str(), wrap);
  answer.caption = {width, ImGui::GetWindowHeight()};
  end_panel();
}

// ---------------------------------------------------------------- keys

constexpr std::array<char, 14> kKeys{'7', '8', '9', '4', '5', '6', '1', '2', '3', '.', '0', '\b', '-', '\r'};
constexpr float kKeysLeft = 756, kKeysTop = 190, kKey = 78, kGap = 8;

struct Box {
  ImVec2 from, to;
  bool holds(ImVec2 p) const { return p.x >= from.x && p.x < to.x && p.y >= from.y && p.y < to.y; }
};

Box key_box(const Theme& theme, size_t i) {
  const float x = kKeysLeft + static_cast<float>(i % 3) * (kKey + kGap), y = kKeysTop + static_cast<float>(i / 3) * (kKey + kGap);
  const float wide = kKeys[i] == '\r' ? 2 * kKey + kGap : kKey;
  return {{theme.px(x), theme.px(y)}, {theme.px(x + wide), theme.px(y + kKey)}};
}

}  // namespace

HeadsetHudAnswer draw_headset_hud(const Theme& theme, const Hud& hud) {
  HeadsetHudAnswer answer;
  draw_board(theme, hud, answer);
  if (hud.at_work && !hud.helping) draw_choices(theme, hud, answer);
  draw_caption(theme, hud, answer);
  return answer;
}

bool over_keypad(const Theme& theme, ImVec2 pointer) {
  return Box{{theme.px(kKeysLeft - kGap), theme.px(kKeysTop - kGap)}, {theme.px(kKeysLeft + 3 * (kKey + kGap)), theme.px(kKeysTop + 5 * (kKey + kGap))}}.holds(pointer);
}

char draw_keypad(const Theme& theme, Lang lang, ImVec2 pointer, bool pressed) {
  ImDrawList* draw = ImGui::GetForegroundDrawList();
  draw->AddRectFilled({theme.px(kKeysLeft - 12), theme.px(kKeysTop - 12)}, {theme.px(kKeysLeft + 3 * (kKey + kGap) + 4), theme.px(kKeysTop + 5 * (kKey + kGap) + 4)}, color::kPanel, theme.px(10));
  note_reach(theme.px(kKeysLeft - 12), theme.px(kKeysLeft + 3 * (kKey + kGap) + 4));
  char typed = 0;
  for (size_t i = 0; i < kKeys.size(); ++i) {
    const Box box = key_box(theme, i);
    const bool over = box.holds(pointer);
    const char key = kKeys[i];
    const std::string label = key == '\b' ? tr(Str::kErase, lang) : key == '\r' ? tr(Str::kWrite, lang) : key == '-' ? "−" : std::string(1, key);
    draw->AddRectFilled(box.from, box.to, over ? color::kAccentDark : color::kInsetHover, theme.px(8));
    ImFont* font = key == '\b' || key == '\r' ? theme.body : theme.title;
    const ImVec2 size = text_size(font, label.c_str());
    const ImVec2 middle((box.from.x + box.to.x) / 2, (box.from.y + box.to.y) / 2);
    draw_text(draw, font, {middle.x - size.x / 2, middle.y - size.y / 2}, color::kText, label.c_str());
    if (over && pressed) typed = key;
  }
  return typed;
}

}  // namespace shixun
