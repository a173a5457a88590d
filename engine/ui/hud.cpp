#include "engine/ui/hud.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/ui/strings.h"

namespace shixun {
namespace {

constexpr float kPi = 3.14159265f;
constexpr float kClickShown = 0.9f;  // s

ImU32 faded(ImU32 c, float alpha) {
  const ImU32 a = static_cast<ImU32>(static_cast<float>(c >> IM_COL32_A_SHIFT & 0xff) * std::clamp(alpha, 0.0f, 1.0f));
  return (c & ~IM_COL32_A_MASK) | a << IM_COL32_A_SHIFT;
}

void panel_box(ImDrawList* draw, const Theme& theme, ImVec2 from, ImVec2 to, float alpha = 1, ImU32 fill = color::kPanel) {
  draw->AddRectFilled(from, to, faded(fill, alpha), theme.px(10));
  draw->AddRect(from, to, faded(color::kPanelEdge, alpha), theme.px(10));
}

// ---------------------------------------------------------------- corners of the screen

constexpr float kMargin = 16, kGoalWidth = 430;  // px at the picture's plain size

void draw_goal(const Theme& theme, const Hud& hud) {
  const Session& session = *hud.session;
  const float width = theme.px(kGoalWidth);
  begin_panel(theme, "goal", {theme.px(kMargin), theme.px(kMargin)}, {width, 0}, false);
  text_in(theme.small, color::kMuted, hud.pack->text(hud.exercise->title).in(hud.lang).c_str());
  ImGui::SameLine(0, theme.px(10));
  tag(theme, mode_title(session.mode()).in(hud.lang).c_str(), !rules_of(session.mode()).open_book ? IM_COL32(150, 70, 60, 255) : color::kAccentDark);
  const float wrap = width - theme.px(36);
  if (!rules_of(session.mode()).open_book) {
    text_in(theme.body, color::kText, hud.pack->text(hud.exercise->brief).in(hud.lang).c_str(), wrap);
  } else {
    const size_t all = hud.exercise->steps.size(), step = session.step();
    if (step >= all) {
      text_in(theme.body, color::kGood, tr(Str::kAllDone, hud.lang), wrap);
    } else {
      const Step& s = hud.exercise->steps[step];
      const std::string of = fill(tr(Str::kStepOf, hud.lang), {"n", std::to_string(step + 1), "all", std::to_string(all)});
      text_in(theme.small, color::kMuted, of.c_str());
      progress(theme, static_cast<float>(step) / static_cast<float>(std::max<size_t>(all, 1)), wrap, color::kAccent, 4);
      text_in(theme.body, color::kText, hud.pack->text(s.title).in(hud.lang).c_str(), wrap);
      if (!s.hint.empty() && (rules_of(session.mode()).auto_hints || hud.hint_level >= 3))
        text_in(theme.small, color::kWarn, hud.pack->text(s.hint).in(hud.lang).c_str(), wrap);
      if (const Text back = taken_back_text(session); !back.en.empty()) text_in(theme.small, color::kBad, back.in(hud.lang).c_str(), wrap);
      // What is not done at a thing.
      if (const Guide& g = hud.guide; g.field) keycap(theme, "Tab", hud.pack->text(g.field->name).in(hud.lang).c_str());
      else if (g.page == Guide::Page::kLines) keycap(theme, "T", tr(Str::kControlsSay, hud.lang));
      else if (g.page == Guide::Page::kFinish) keycap(theme, "F10", tr(Str::kHandIn, hud.lang));
      if (const auto help = doing_for_me(hud)) keycap(theme, "H", tr(*help, hud.lang));
    }
  }
  end_panel();
}

void draw_score(const Theme& theme, const Hud& hud) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const bool marks = shows_live(hud.session->mode());
  const float width = theme.px(marks ? 190 : 120);
  begin_panel(theme, "score", {screen.x - width - theme.px(16), theme.px(16)}, {width, 0}, false);
  text_in(theme.small, color::kMuted, tr(Str::kTime, hud.lang));
  const std::string clock = format_clock(hud.session->t_ms());
  text_in(theme.title, color::kText, clock.c_str());
  if (hud.warning) text_in(theme.small, color::kWarn, hud.warning);
  if (marks) {
    const Marksheet& sheet = hud.session->live_sheet();
    ImGui::SameLine(theme.px(104));
    ImGui::SetCursorPosY(ImGui::GetStyle().WindowPadding.y);
    ImGui::BeginGroup();
    text_in(theme.small, color::kMuted, tr(Str::kScore, hud.lang));
    const std::string points = fmt::format("{:.1f}", static_cast<double>(sheet.total_mp) / 1000.0);
    text_in(theme.title, color::kAccent, points.c_str());
    ImGui::EndGroup();
    progress(theme, static_cast<float>(sheet.total_mp) / static_cast<float>(std::max<int64_t>(sheet.max_mp, 1)), width - theme.px(36), color::kAccent, 5);
  }
  end_panel();
}

void draw_in_hand(const Theme& theme, const Hud& hud) {
  const World& world = hud.session->world();
  const int held = world.held();
  const bool next = in_hand(world, hud.guide);  // the next step is done with what one holds or wears
  if (held < 0 && !next) return;
  static const ObjectDef kNothing;
  const ObjectDef& def = held < 0 ? kNothing : world.scene().objects[static_cast<size_t>(held)];
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const bool setting = def.wrench && def.wrench->clicks;
  const bool reading = def.instrument && world.state(held).reading != 0;
  const std::string hint = next ? fill(tr(Str::kInHandNext, hud.lang), {"name", guide_name(world, hud.guide, hud.lang)}) : "";
  const float width = theme.px(280), wrap = width - theme.px(36);
  const float height = theme.px(held < 0 ? 24 : setting ? 154 : reading ? 104 : 62) + (next ? theme.px(8) + text_size(theme.small, hint.c_str(), wrap).y : 0);
  begin_panel(theme, "in hand", {theme.px(16), screen.y - height - theme.px(56)}, {width, height}, false);
  if (held >= 0) {
    text_in(theme.small, color::kMuted, tr(Str::kInHand, hud.lang));
    ImGui::SameLine();
    text_in(theme.body, color::kText, object_name(*hud.pack, held, hud.lang).c_str());
  }
  if (setting) {
    const int64_t value = world.state(held).setting_dnm + hud.hands->pending_setting() * def.wrench->step_dnm;
    const std::string shown = fmt::format("{}", value / 10) + (value % 10 ? fmt::format(".{}", value % 10) : "");
    text_in(theme.huge, hud.hands->pending_setting() != 0 ? color::kWarn : color::kAccent, shown.c_str());
    ImGui::SameLine();
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + theme.px(20));
    text_in(theme.body, color::kMuted, "N·m");
    text_in(theme.small, color::kMuted, tr(Str::kSettingHow, hud.lang));
  } else if (reading) {
    const std::string shown = format_quantity(world.state(held).reading, def.instrument->unit, hud.lang);
    text_in(theme.title, color::kAccent, shown.c_str());
  }
  if (next) text_in(theme.small, color::kWarn, hint.c_str(), wrap);
  end_panel();
}

void draw_controls(const Theme& theme, const Hud& hud) {
  const Lang lang = hud.lang;
  struct Entry {
    const char* key;
    Str meaning;
  };
  std::vector<Entry> entries{{"WASD", Str::kControlsMove}, {lang == Lang::kZh ? "左键" : "LMB", Str::kControlsUse}, {lang == Lang::kZh ? "滚轮/数字" : "Scroll/1-9", Str::kControlsChoose}};
  if (hud.session->world().held() >= 0) entries.push_back({lang == Lang::kZh ? "右键" : "RMB", Str::kControlsPut});
  entries.push_back({"Tab", Str::kControlsSheet});
  if (!hud.exercise->lines.empty()) entries.push_back({"T", Str::kControlsSay});
  if (rules_of(hud.session->mode()).hint_level > 0 && !rules_of(hud.session->mode()).auto_hints && !doing_for_me(hud)) entries.push_back({"H", Str::kControlsHint});
  entries.push_back({"F1", Str::kHelpTitle});
  entries.push_back({"Esc", Str::kControlsMenu});
  float width = theme.px(24);
  for (const Entry& e : entries)
    width += std::max(text_size(theme.small, e.key).x + theme.px(12), theme.px(24)) + theme.px(6) + text_size(theme.small, tr(e.meaning, lang)).x + theme.px(16);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {theme.px(14), theme.px(7)});
  begin_panel(theme, "controls", {(screen.x - width) / 2, screen.y - theme.px(46)}, {width, theme.px(38)}, false, IM_COL32(17, 21, 27, 190));
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, theme.px(16));
    keycap(theme, entries[i].key, tr(entries[i].meaning, lang));
  }
  end_panel();
  ImGui::PopStyleVar();
}

// ---------------------------------------------------------------- at the object

void draw_reticle(const Theme& theme, const Hud& hud, ImDrawList* draw) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize, middle(screen.x / 2, screen.y / 2);
  const bool useful = !hud.hands->choices().empty() && (hud.hands->hovered() >= 0 || hud.hands->hovered_socket() >= 0);
  const ImU32 c = hud.hands->locked() ? color::kMuted : useful ? color::kAccent : IM_COL32(255, 255, 255, 200);
  draw->AddCircleFilled(middle, theme.px(useful ? 4 : 2.5f) + 1, IM_COL32(0, 0, 0, 120));
  draw->AddCircleFilled(middle, theme.px(useful ? 4 : 2.5f), c);
}

// Corner brackets about what is meant: parts of a model cannot glow by themselves, and small things are easily lost.
void draw_brackets(const Theme& theme, const Hud& hud, ImDrawList* draw, int object, ImU32 c) {
  const PickScene::Bounds b = hud.stage->bounds(object);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImVec2 from(1e9f, 1e9f), to(-1e9f, -1e9f);
  for (int corner = 0; corner < 8; ++corner) {
    const glm::vec3 p(corner & 1 ? b.upper.x : b.lower.x, corner & 2 ? b.upper.y : b.lower.y, corner & 4 ? b.upper.z : b.lower.z);
    const glm::vec3 at = world_to_pixel(hud.camera, p, {screen.x, screen.y});
    if (at.z <= 0.02f) return;
    from = {std::min(from.x, at.x), std::min(from.y, at.y)};
    to = {std::max(to.x, at.x), std::max(to.y, at.y)};
  }
  const float grow = theme.px(5), arm = std::clamp((to.x - from.x) * 0.3f, theme.px(6), theme.px(18));
  from.x -= grow, from.y -= grow, to.x += grow, to.y += grow;
  const auto angle = [&](ImVec2 at, float dx, float dy) {
    for (const auto& [shade, thick] : {std::pair{IM_COL32(0, 0, 0, 130), 4.0f}, std::pair{c, 2.0f}}) {
      draw->AddLine(at, {at.x + dx * arm, at.y}, shade, theme.px(thick));
      draw->AddLine(at, {at.x, at.y + dy * arm}, shade, theme.px(thick));
    }
  };
  angle(from, 1, 1);
  angle({to.x, from.y}, -1, 1);
  angle({from.x, to.y}, 1, -1);
  angle(to, -1, -1);
}

// Where the next step is: a ring over the thing, or an arrow at the edge when it is out of sight.
void draw_goal_marker(const Theme& theme, const Hud& hud, ImDrawList* draw) {
  const Guide& guide = hud.guide;
  if ((guide.object < 0 && guide.socket < 0) || in_hand(hud.session->world(), guide)) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize, middle(screen.x / 2, screen.y / 2);
  const glm::vec3 at = world_to_pixel(hud.camera, guide_point(*hud.stage, hud.pack->scene, guide), {screen.x, screen.y});
  const float pulse = 0.5f + 0.5f * std::sin(static_cast<float>(hud.time) * 4);
  const float edge = theme.px(60);
  if (at.z > 0 && at.x > edge && at.x < screen.x - edge && at.y > edge && at.y < screen.y - edge) {
    const float r = theme.px(18 + 5 * pulse);
    draw->AddCircle({at.x, at.y}, r, IM_COL32(0, 0, 0, 120), 40, theme.px(4));
    draw->AddCircle({at.x, at.y}, r, color::kWarn, 40, theme.px(2));
    if (const std::string name = guide_name(hud.session->world(), guide, hud.lang); !name.empty()) {
      const ImVec2 size = text_size(theme.small, name.c_str());
      const ImVec2 from(std::clamp(at.x - size.x / 2, theme.px(8), screen.x - size.x - theme.px(8)), at.y - theme.px(30) - size.y);
      panel_box(draw, theme, {from.x - theme.px(7), from.y - theme.px(3)}, {from.x + size.x + theme.px(7), from.y + size.y + theme.px(4)}, 0.8f);
      draw_text(draw, theme.small, from, color::kWarn, name.c_str());
    }
    return;
  }
  ImVec2 dir(at.x - middle.x, at.y - middle.y);
  if (at.z <= 0) dir = {-dir.x, std::abs(dir.y)};
  const float length = std::max(std::hypot(dir.x, dir.y), 1.0f);
  dir = {dir.x / length, dir.y / length};
  const float reach = std::min(middle.x, middle.y) - theme.px(70);
  const ImVec2 tip(middle.x + dir.x * (reach + theme.px(8) * pulse), middle.y + dir.y * (reach + theme.px(8) * pulse));
  const ImVec2 side(-dir.y, dir.x);
  // A chevron, longer than wide, so that it cannot be read any other way.
  const float s = theme.px(13);
  const auto at_back = [&](float along, float across) { return ImVec2(tip.x - dir.x * along + side.x * across, tip.y - dir.y * along + side.y * across); };
  const ImVec2 chevron[] = {at_back(s * 2, s), tip, at_back(s * 2, -s)};
  draw->AddPolyline(chevron, 3, IM_COL32(0, 0, 0, 130), 0, theme.px(9));
  draw->AddPolyline(chevron, 3, color::kWarn, 0, theme.px(6));
}

}  // namespace

std::optional<Str> doing_for_me(const Hud& hud) {
  const ModeRules& rules = rules_of(hud.session->mode());
  if (hud.helping) return Str::kHelpStops;
  if (rules.hint_level < 4 || (!rules.auto_hints && hud.hint_level < 3)) return std::nullopt;
  return rules.hints_cost && hud.hint_level < 4 ? Str::kDoForMeCosts : Str::kDoForMe;
}

Text taken_back_text(const Session& session) {
  const Text &rule = session.taken_back(), &words = text(Str::kRewound);
  return rule.en.empty() ? Text{} : Text{fill(words.zh, {"rule", rule.zh}), fill(words.en, {"rule", rule.en})};
}

std::string menu_title(const Hud& hud, int object) {
  const World& world = hud.session->world();
  const ObjectDef& def = world.scene().objects[static_cast<size_t>(object)];
  std::string title = object_name(*hud.pack, object, hud.lang);
  if (!def.person || hud.hands->locked()) return title;
  const Text said = world.last_words(object);
  return said.en.empty() ? title : title + (hud.lang == Lang::kZh ? "：" : ": ") + said.in(hud.lang);
}

namespace {

void draw_menu(const Theme& theme, const Hud& hud, ImDrawList* draw) {
  const Hands& hands = *hud.hands;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  if (hands.stroking() || hud.helping) return;
  const int object = hands.hovered() >= 0 ? hands.hovered() : hands.hovered_socket() >= 0 ? hud.session->world().held() : -1;
  if (hands.choices().empty() && !hands.locked()) return;
  const bool idle = object < 0;  // nothing meant: what could be done with what is in hand
  const std::string title = idle ? "" : menu_title(hud, object);
  // Long lines, such as what can be answered, are wrapped; the menu moves aside so that all of it is seen.
  const float most = std::min(theme.px(560), screen.x * 0.6f), pad = theme.px(28), number_width = theme.px(34), row_pad = theme.px(10);
  struct Row {
    std::string number, label;
    float height = 0;
  };
  std::vector<Row> rows;
  float width = std::min(text_size(theme.body, title.c_str()).x, most);
  if (hands.locked()) rows.push_back({"", tr(Str::kLocked, hud.lang)});
  for (size_t i = 0; i < hands.choices().size() && i < 9; ++i) rows.push_back({std::to_string(i + 1), hands.choices()[i].option.label.in(hud.lang)});
  ImFont* font = hands.locked() ? theme.small : theme.body;
  const float title_height = idle ? 0 : text_size(theme.body, title.c_str(), most).y;
  const float head = idle ? theme.px(6) : title_height + theme.px(16);
  float height = head + theme.px(8);
  for (Row& row : rows) {
    const float before = row.number.empty() ? 0 : number_width;
    const ImVec2 size = text_size(font, row.label.c_str(), most - before);
    width = std::max(width, size.x + before);
    row.height = std::max(theme.px(32), size.y + row_pad);
    height += row.height;
  }
  width += pad;
  const ImVec2 from(std::min(screen.x / 2 + theme.px(34), screen.x - width - theme.px(16)), std::min(screen.y / 2 + theme.px(idle ? 60 : 14), std::max(theme.px(130), screen.y - height - theme.px(60))));
  const float alpha = idle ? 0.72f : 1;
  panel_box(draw, theme, from, {from.x + width, from.y + height}, alpha);
  if (!idle) draw_text(draw, theme.body, {from.x + theme.px(14), from.y + theme.px(9)}, color::kMuted, title.c_str(), most);
  float y = from.y + head;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const bool on = !hands.locked() && i == hands.chosen() && !idle;
    if (on) draw->AddRectFilled({from.x + theme.px(6), y + theme.px(1)}, {from.x + width - theme.px(6), y + row.height - theme.px(1)}, color::kAccentDark, theme.px(7));
    if (!row.number.empty()) draw_text(draw, theme.small, {from.x + theme.px(15), y + theme.px(8)}, on ? color::kText : faded(color::kMuted, alpha), row.number.c_str());
    draw_text(draw, font, {from.x + theme.px(row.number.empty() ? 14 : 36), y + theme.px(5)}, hands.locked() ? color::kWarn : faded(color::kText, on ? 1 : 0.8f * alpha), row.label.c_str(),
              most - (row.number.empty() ? 0 : number_width));
    y += row.height;
  }
}

// ---------------------------------------------------------------- the gauge of a running effort

void draw_dial(const Theme& theme, ImDrawList* draw, ImVec2 middle, float fraction, float mark, ImU32 c, const std::string& value, const char* unit, const char* note) {
  const float radius = theme.px(78), from = kPi * 0.75f, sweep = kPi * 1.5f;
  draw->AddCircleFilled(middle, radius + theme.px(20), IM_COL32(13, 16, 21, 196), 64);
  draw->PathArcTo(middle, radius, from, from + sweep, 64);
  draw->PathStroke(IM_COL32(255, 255, 255, 40), 0, theme.px(9));
  for (int i = 0; i <= 10; ++i) {
    const float a = from + sweep * static_cast<float>(i) / 10;
    const ImVec2 d(std::cos(a), std::sin(a));
    const float inner = radius - theme.px(i % 5 == 0 ? 14 : 10);
    draw->AddLine({middle.x + d.x * inner, middle.y + d.y * inner}, {middle.x + d.x * (radius - theme.px(6)), middle.y + d.y * (radius - theme.px(6))}, IM_COL32(255, 255, 255, 90), theme.px(1.5f));
  }
  const float end = from + sweep * std::clamp(fraction, 0.0f, 1.0f);
  if (fraction > 0.002f) {
    draw->PathArcTo(middle, radius, from, end, 64);
    draw->PathStroke(c, 0, theme.px(9));
  }
  if (mark >= 0) {
    const float a = from + sweep * std::clamp(mark, 0.0f, 1.0f);
    const ImVec2 d(std::cos(a), std::sin(a));
    draw->AddLine({middle.x + d.x * (radius - theme.px(8)), middle.y + d.y * (radius - theme.px(8))}, {middle.x + d.x * (radius + theme.px(10)), middle.y + d.y * (radius + theme.px(10))}, color::kText, theme.px(3));
  }
  if (!value.empty()) {
    const ImVec2 size = text_size(theme.huge, value.c_str());
    draw_text(draw, theme.huge, {middle.x - size.x / 2, middle.y - size.y * 0.62f}, color::kText, value.c_str());
    const ImVec2 unit_size = text_size(theme.small, unit);
    draw_text(draw, theme.small, {middle.x - unit_size.x / 2, middle.y + size.y * 0.36f}, color::kMuted, unit);
  }
  if (note && *note) {
    const ImVec2 size = text_size(theme.body, note);
    draw_text(draw, theme.body, {middle.x - size.x / 2, middle.y + radius * 0.62f}, c, note);
  }
}

// ---------------------------------------------------------------- messages

void draw_messages(const Theme& theme, const Hud& hud, ImDrawList* draw) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  float side_y = theme.px(130), high_y = screen.y * 0.24f, low_y = screen.y - theme.px(104);
  for (const Message& m : *hud.messages) {
    const float alpha = std::clamp((m.life - m.age) / 0.5f, 0.0f, 1.0f) * std::clamp(m.age / 0.12f, 0.0f, 1.0f);
    const std::string& words = m.text.in(hud.lang);
    const bool side = m.kind == Message::Kind::kGain || m.kind == Message::Kind::kLoss || m.kind == Message::Kind::kInfo;
    ImFont* font = m.kind == Message::Kind::kCritical ? theme.title : side ? theme.small : theme.body;
    const float beside_goal = theme.px(kMargin + kGoalWidth + kMargin);
    const ImVec2 pad(theme.px(14), theme.px(8));
    const float wrap = side ? theme.px(300) : std::min(screen.x * 0.6f, screen.x - beside_goal - 2 * pad.x - theme.px(kMargin));
    const ImVec2 size = text_size(font, words.c_str(), wrap);
    const ImU32 edge = m.kind == Message::Kind::kGain ? color::kGood : m.kind == Message::Kind::kInfo || m.kind == Message::Kind::kSpeech || m.kind == Message::Kind::kCaption ? color::kAccent : m.kind == Message::Kind::kRefusal ? color::kWarn : color::kBad;
    ImVec2 from;
    if (side) {
      from = {screen.x - theme.px(16) - size.x - 2 * pad.x - theme.px(6), side_y};
      side_y += size.y + 2 * pad.y + theme.px(8);
    } else if (m.kind == Message::Kind::kCritical) {
      from = {std::max((screen.x - size.x) / 2 - pad.x, beside_goal), high_y};  // the goal's words stay readable
      high_y += size.y + 2 * pad.y + theme.px(8);
    } else {
      low_y -= size.y + 2 * pad.y + theme.px(8);
      from = {(screen.x - size.x) / 2 - pad.x, low_y};
    }
    const ImVec2 to(from.x + size.x + 2 * pad.x, from.y + size.y + 2 * pad.y);
    panel_box(draw, theme, from, to, alpha, m.kind == Message::Kind::kCritical ? IM_COL32(120, 24, 22, 235) : color::kPanel);
    draw->AddRectFilled(from, {from.x + theme.px(4), to.y}, faded(edge, alpha), theme.px(3));
    draw_text(draw, font, {from.x + pad.x, from.y + pad.y}, faded(color::kText, alpha), words.c_str(), wrap);
  }
}

// What is wrong with the pack's files, where an author looks for it: file, line and column first.
void draw_problems(const Theme& theme, const Hud& hud) {
  if (!hud.problems || hud.problems->empty()) return;
  constexpr size_t kShown = 5;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(theme.px(900), screen.x - theme.px(32)), wrap = width - theme.px(36);
  begin_panel(theme, "problems", {(screen.x - width) / 2, theme.px(150)}, {width, 0}, false, IM_COL32(64, 20, 20, 236));
  text_in(theme.body, color::kText, tr(Str::kWatchBroken, hud.lang), wrap);
  for (size_t i = 0; i < hud.problems->size() && i < kShown; ++i) {
    const Error& e = (*hud.problems)[i];
    text_in(theme.small, color::kWarn, e.where.c_str(), wrap);
    text_in(theme.small, color::kText, (e.hint.empty() ? e.what : e.what + ". " + e.hint).c_str(), wrap);
  }
  if (hud.problems->size() > kShown) text_in(theme.small, color::kMuted, fill(tr(Str::kWatchMore, hud.lang), {"n", std::to_string(hud.problems->size() - kShown)}).c_str());
  end_panel();
}

void draw_help(const Theme& theme, const Hud& hud) {
  const Lang lang = hud.lang;
  const bool zh = lang == Lang::kZh;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = theme.px(560);
  begin_panel(theme, "help", {std::max((screen.x - width) / 2, theme.px(462)), theme.px(64)}, {width, 0}, false);
  text_in(theme.title, color::kText, tr(Str::kHelpTitle, lang));
  const std::pair<const char*, Str> lines[] = {
      {"W A S D", Str::kHelpMove},     {zh ? "鼠标" : "Mouse", Str::kHelpLook}, {"C", Str::kHelpCrouch},   {zh ? "左键" : "LMB", Str::kHelpUse},
      {zh ? "滚轮 / 1-9" : "Scroll / 1-9", Str::kHelpChoose}, {zh ? "右键" : "RMB", Str::kHelpCancel}, {zh ? "滚轮" : "Scroll", Str::kHelpSetting},
      {"Tab", Str::kHelpSheet},        {"T", Str::kHelpSay},                    {"H", Str::kHelpHint},     {"F2", Str::kHelpLang},
      {"F3", Str::kHelpTier},          {"F4", Str::kHelpSound},                 {"F9", Str::kHelpDeveloper}, {"Esc", Str::kHelpMenu}};
  for (const auto& [key, meaning] : lines) {
    text_in(theme.small, color::kAccent, key);
    ImGui::SameLine(theme.px(140));
    text_in(theme.small, color::kText, tr(meaning, lang), width - theme.px(160));
  }
  end_panel();
}

}  // namespace

const std::string& object_name(const Pack& pack, int object, Lang lang) {
  return pack.text(pack.scene.objects[static_cast<size_t>(object)].name).in(lang);
}

glm::vec3 guide_point(const Stage& stage, const Scene& scene, const Guide& guide) {
  constexpr float kBelowTop = 0.13f;  // m: where a face is
  if (guide.object < 0) return stage.socket_point(guide.socket);
  glm::vec3 at = stage.center(guide.object);
  if (scene.objects[static_cast<size_t>(guide.object)].person) at.y = stage.bounds(guide.object).upper.y - kBelowTop;
  return at;
}

std::string guide_name(const World& world, const Guide& guide, Lang lang) {
  const Scene& scene = world.scene();
  if (guide.pair) return world.pack().text(guide.pair->name).in(lang);
  const int socket = guide.object < 0 ? guide.socket : world.state(guide.object).spot.kind == Spot::Kind::kSocket ? world.state(guide.object).spot.socket : -1;
  if (socket >= 0) {
    if (const Text& name = world.pack().text("place." + scene.sockets[static_cast<size_t>(socket)].id); !name.en.empty()) return name.in(lang);
  }
  if (guide.home) return tr(Str::kPutBack, lang);
  if (guide.hand_over) return fill(tr(Str::kHandOver, lang), {"name", object_name(world.pack(), guide.object, lang)});
  return guide.object < 0 ? std::string() : object_name(world.pack(), guide.object, lang);
}

bool has_gauge(const Hud& hud) { return hud.hands->stroking() || hud.click_age < kClickShown; }

void draw_gauge(const Theme& theme, const Hud& hud, ImDrawList* draw, ImVec2 middle) {
  const Hands& hands = *hud.hands;
  const World& world = hud.session->world();
  const bool flash = hud.click_age < kClickShown;
  if (!has_gauge(hud)) return;
  const int object = hands.stroke_object();
  const ObjectDef* def = object < 0 ? nullptr : &world.scene().objects[static_cast<size_t>(object)];
  if (def && def->lift) {
    int body = -1;
    for (size_t b = 0; b < world.scene().objects.size(); ++b)
      if (world.scene().objects[b].body) body = static_cast<int>(b);
    const int64_t clear = body < 0 ? 0 : world.clearance_um(body);
    const float f = static_cast<float>(world.state(object).height_um - def->lift->min_um) / static_cast<float>(std::max<int64_t>(def->lift->max_um - def->lift->min_um, 1));
    draw_dial(theme, draw, middle, f, -1, color::kAccent, format_number(body < 0 ? world.state(object).height_um : world.state(body).lift_um, Unit::kLength), "mm",
              clear > 0 ? format_quantity(clear, Unit::kLength, hud.lang).insert(0, "↑ ").c_str() : "");
    return;
  }
  if (def && def->vessel) {
    const int64_t value = world.state(object).pressure_pa;
    draw_dial(theme, draw, middle, static_cast<float>(value) / static_cast<float>(std::max<int64_t>(def->vessel->max_pa, 1)), -1, color::kAccent, format_number(value, Unit::kPressure), "kPa", "");
    return;
  }
  const int held = world.held();
  const ObjectDef* tool = held < 0 ? nullptr : &world.scene().objects[static_cast<size_t>(held)];
  const int64_t setting = tool && tool->wrench && tool->wrench->clicks ? world.state(held).setting_dnm : 0;
  const float full = setting > 0 ? static_cast<float>(setting) * 1.35f : tool ? 2000.0f : 60.0f;
  // Of the fastener being turned; after the stroke, what it came to.
  const int64_t torque_dnm = object >= 0 ? world.state(object).torque_dnm : world.live_torque_dnm();
  const float torque = static_cast<float>(torque_dnm);
  const bool clicked = flash || hands.clicked(world);
  // A real wrench has no display: in an assessment the effort is felt, not read.
  const bool readable = rules_of(hud.session->mode()).open_book;
  draw_dial(theme, draw, middle, torque / full, setting > 0 ? static_cast<float>(setting) / full : -1, clicked ? color::kWarn : color::kAccent,
            readable ? format_number(torque_dnm, Unit::kTorque) : "", "N·m", clicked ? tr(Str::kClick, hud.lang) : "");
  if (flash) {
    const float t = hud.click_age / kClickShown;
    draw->AddCircle(middle, theme.px(98 + 40 * t), faded(color::kWarn, 1 - t), 64, theme.px(4));
  }
}

void draw_hud(const Theme& theme, const Hud& hud) {
  ImDrawList* draw = ImGui::GetBackgroundDrawList();
  const int object = hud.at_work ? hud.hands->hovered() : -1;
  if (hud.at_work) draw_goal_marker(theme, hud, draw);
  if (object >= 0 && (hud.stage->is_part(object) || hud.stage->radius(object) < 0.06f))
    draw_brackets(theme, hud, draw, object, hud.hands->locked() ? color::kMuted : color::kAccent);
  if (hud.at_work) {
    draw_reticle(theme, hud, draw);
    draw_menu(theme, hud, draw);
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    draw_gauge(theme, hud, draw, {screen.x / 2 - theme.px(220), screen.y / 2 + theme.px(20)});
  }
  draw_goal(theme, hud);
  draw_score(theme, hud);
  draw_in_hand(theme, hud);
  draw_controls(theme, hud);
  draw_messages(theme, hud, draw);
  if (hud.show_help) draw_help(theme, hud);
  draw_problems(theme, hud);
}

}  // namespace shixun
