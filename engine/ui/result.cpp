#include "engine/ui/result.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/training/describe.h"
#include "engine/ui/strings.h"
#include "engine/ui/work_order.h"

namespace shixun {
namespace {

// Milli-points for a person: one decimal, more only where marks are finer.
std::string points(int64_t mp) {
  return mp % 1000 == 0 ? fmt::format("{}", mp / 1000) : fmt::format("{:.1f}", static_cast<double>(mp) / 1000.0);
}

ImU32 mark_color(const Mark& m) {
  if (m.severity == Severity::kCritical && m.awarded_mp <= 0) return color::kBad;
  if (m.max_mp == 0) return m.awarded_mp < 0 || !m.code.empty() ? color::kBad : color::kGood;
  if (m.awarded_mp >= m.max_mp) return color::kGood;
  return m.awarded_mp * 2 >= m.max_mp ? color::kWarn : color::kBad;
}

bool lost(const Mark& m) { return m.awarded_mp < m.max_mp || m.severity != Severity::kNone; }

// Once more, or away from here; their right edge is given.
void draw_ways_on(const Theme& theme, const ResultScreen& screen, Lang lang, float right, float y, ResultAnswer& answer) {
  const std::string leave = screen.back.empty() ? tr(Str::kToLauncher, lang) : fill(tr(Str::kBackTo, lang), {"host", screen.back});
  const float leave_width = std::max(theme.px(190), text_size(theme.body, leave.c_str()).x + theme.px(32)), again_width = theme.px(150), gap = theme.px(8);
  ImGui::SetCursorPos({right - leave_width - (screen.back.empty() ? again_width + gap : 0), y});
  if (screen.back.empty()) {
    if (button(theme, tr(Str::kAgain, lang), {again_width, theme.px(42)})) answer.again = true;
    ImGui::SameLine(0, gap);
  }
  if (button(theme, leave.c_str(), {leave_width, theme.px(42)}, true)) answer.leave = true;
}

const Event* find_event(const std::vector<Event>& events, uint32_t seq) {
  const auto it = std::lower_bound(events.begin(), events.end(), seq, [](const Event& e, uint32_t s) { return e.seq < s; });
  return it != events.end() && it->seq == seq ? &*it : nullptr;
}

void draw_summary(const Theme& theme, const ResultScreen& screen, Lang lang, float width) {
  const Marksheet& sheet = *screen.sheet;
  text_in(theme.small, color::kMuted, screen.pack->text(screen.exercise->title).in(lang).c_str());
  const ImU32 verdict = sheet.pass ? color::kGood : sheet.open ? color::kWarn : color::kBad;
  text_in(theme.huge, verdict, points(sheet.total_mp).c_str());
  ImGui::SameLine(0, theme.px(12));
  ImGui::BeginGroup();
  ImGui::Dummy({0, theme.px(2)});
  text_in(theme.title, verdict, tr(screen.page == ResultScreen::Page::kFilm ? Str::kFilmOver : !sheet.finished ? Str::kUnfinished : sheet.pass ? Str::kPass : sheet.open ? Str::kUndecided : Str::kFail, lang));
  text_in(theme.small, color::kMuted, fill(tr(Str::kPointsOf, lang), {"points", points(sheet.total_mp), "max", points(sheet.max_mp)}).c_str());
  ImGui::EndGroup();
  if (sheet.raw_mp != sheet.total_mp)
    text_in(theme.small, color::kBad, fill(tr(Str::kCapped, lang), {"points", points(sheet.total_mp), "raw", points(sheet.raw_mp)}).c_str(), width);
  const auto part = [&](Str name, int64_t got, int64_t max) {
    text_in(theme.small, color::kMuted, tr(name, lang));
    ImGui::SameLine(width - text_size(theme.small, "100.0 / 100.0").x);
    text_in(theme.small, color::kText, (points(got) + " / " + points(max)).c_str());
    progress(theme, static_cast<float>(got) / static_cast<float>(std::max<int64_t>(max, 1)), width, color::kAccent, 5);
  };
  ImGui::Dummy({0, theme.px(4)});
  part(Str::kProcess, sheet.process_mp, sheet.process_max_mp);
  part(Str::kOutcome, sheet.outcome_mp, sheet.outcome_max_mp);
  ImGui::Dummy({0, theme.px(4)});
  text_in(theme.small, color::kMuted, tr(Str::kActiveTime, lang));
  ImGui::SameLine(0, theme.px(10));
  text_in(theme.small, color::kText, format_clock(sheet.active_ms).c_str());
  if (sheet.codes.empty()) {
    text_in(theme.small, color::kGood, tr(Str::kNoCodes, lang));
  } else {
    text_in(theme.small, color::kMuted, tr(Str::kCodes, lang));
    float used = 0;
    for (const std::string& code : sheet.codes) {
      const float size = text_size(theme.small, code.c_str()).x + theme.px(26);
      if (used > 0 && used + size < width) ImGui::SameLine(0, theme.px(6));
      else used = 0;
      used += size;
      tag(theme, code.c_str(), IM_COL32(130, 52, 46, 255));
    }
  }
}

void draw_marks(const Theme& theme, ResultScreen& screen, Lang lang, float width) {
  const Marksheet& sheet = *screen.sheet;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  std::string group;
  for (size_t i = 0; i < sheet.marks.size(); ++i) {
    const Mark& m = sheet.marks[i];
    if (screen.only_lost && !lost(m)) continue;
    if (m.criterion != group) {
      group = m.criterion;
      int64_t got = 0, max = 0;
      for (const Mark& other : sheet.marks)
        if (other.criterion == group) got += other.awarded_mp, max += other.max_mp;
      std::string title = group;
      for (const Criterion& c : screen.exercise->criteria)
        if (c.id == group) title = screen.pack->text(c.title).in(lang);
      ImGui::Dummy({0, theme.px(4)});
      text_in(theme.small, color::kAccent, title.c_str());
      const std::string sum = points(got) + " / " + points(max);
      ImGui::SameLine(width - text_size(theme.small, sum.c_str()).x - theme.px(12));
      text_in(theme.small, color::kAccent, sum.c_str());
    }
    ImGui::PushID(static_cast<int>(i));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string got = m.max_mp > 0 ? points(m.awarded_mp) + " / " + points(m.max_mp) : m.awarded_mp < 0 ? points(m.awarded_mp) : tr(m.code.empty() ? Str::kKept : Str::kBroken, lang);
    ImFont* font = m.max_mp > 0 ? theme.body : theme.small;
    const ImVec2 size = text_size(font, got.c_str());
    const std::string& title = m.title.in(lang);
    const float room = width - size.x - theme.px(42);
    const float height = theme.px(16) + text_size(theme.body, title.c_str(), room).y;
    const bool on = i == screen.selected;
    if (ImGui::InvisibleButton("mark", {width, height})) screen.selected = i;
    const bool hover = ImGui::IsItemHovered();
    if (on || hover) draw->AddRectFilled(at, {at.x + width, at.y + height}, on ? IM_COL32(56, 176, 202, 60) : color::kInset, theme.px(8));
    draw->AddRectFilled({at.x + theme.px(4), at.y + theme.px(8)}, {at.x + theme.px(8), at.y + height - theme.px(8)}, mark_color(m), theme.px(2));
    draw_text(draw, theme.body, {at.x + theme.px(18), at.y + theme.px(8)}, color::kText, title.c_str(), room);
    draw_text(draw, font, {at.x + width - size.x - theme.px(12), at.y + theme.px(m.max_mp > 0 ? 8 : 10)}, mark_color(m), got.c_str());
    ImGui::PopID();
  }
}

std::optional<uint32_t> draw_detail(const Theme& theme, const ResultScreen& screen, Lang lang, float width) {
  std::optional<uint32_t> show;
  const Marksheet& sheet = *screen.sheet;
  if (screen.selected >= sheet.marks.size()) return show;
  const Mark& m = sheet.marks[screen.selected];
  text_in(theme.title, color::kText, m.title.in(lang).c_str(), width);
  const std::string got = fill(tr(Str::kPointsOf, lang), {"points", points(m.awarded_mp), "max", points(m.max_mp)});
  text_in(theme.body, mark_color(m), got.c_str());
  ImGui::SameLine(0, theme.px(12));
  tag(theme, tr(m.lens == Lens::kProcess ? Str::kProcess : Str::kOutcome, lang), IM_COL32(60, 70, 84, 255));
  if (!m.code.empty()) {
    ImGui::SameLine(0, theme.px(8));
    tag(theme, m.code.c_str(), IM_COL32(130, 52, 46, 255));
  }
  if (m.max_mp > 0) progress(theme, static_cast<float>(m.awarded_mp) / static_cast<float>(m.max_mp), width, mark_color(m), 6);
  ImGui::Dummy({0, theme.px(6)});
  text_in(theme.small, color::kMuted, tr(Str::kWhy, lang));
  text_in(theme.body, color::kText, m.why.in(lang).c_str(), width);
  ImGui::Dummy({0, theme.px(6)});
  text_in(theme.small, color::kMuted, tr(Str::kEvidence, lang));
  if (m.events.empty()) text_in(theme.body, color::kMuted, tr(Str::kNoEvidence, lang), width);
  for (const uint32_t seq : m.events) {
    const Event* e = find_event(*screen.events, seq);
    if (!e) continue;
    ImGui::PushID(static_cast<int>(seq));
    const float button_width = theme.px(104);
    const ImVec2 at = ImGui::GetCursorPos();
    ImGui::SetCursorPosY(at.y + theme.px(6));
    text_in(theme.small, color::kText, describe(*e, *screen.pack, *screen.exercise, lang).c_str(), width - button_width - theme.px(16));
    const float below = ImGui::GetCursorPosY();
    ImGui::SetCursorPos({at.x + width - button_width, at.y});
    if (button(theme, tr(Str::kShowMe, lang), {button_width, theme.px(34)})) show = seq;
    ImGui::SetCursorPosY(std::max(below, ImGui::GetCursorPosY()));
    ImGui::PopID();
  }
  return show;
}

ResultAnswer draw_looking_back(const Theme& theme, const ResultScreen& screen, Lang lang) {
  ResultAnswer answer;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const Event* e = find_event(*screen.events, *screen.showing);
  const float width = std::min(size.x - theme.px(40), theme.px(900));
  begin_panel(theme, "looking back", {(size.x - width) / 2, size.y - theme.px(112)}, {width, theme.px(92)});
  text_in(theme.small, color::kWarn, fill(tr(Str::kShowing, lang), {"time", e ? format_clock(e->t_ms) : ""}).c_str());
  ImGui::SameLine(0, theme.px(14));
  text_in(theme.small, color::kMuted, tr(Str::kShowHow, lang, theme.hung));
  if (e) text_in(theme.body, color::kText, describe(*e, *screen.pack, *screen.exercise, lang).c_str());
  ImGui::SetCursorPos({width - theme.px(18 + 170), theme.px(26)});
  if (button(theme, tr(Str::kCloseShow, lang), {theme.px(170), theme.px(42)}, true)) answer.close_show = true;
  // The neighbours of this moment in the same mark's evidence.
  if (screen.selected < screen.sheet->marks.size()) {
    const auto& list = screen.sheet->marks[screen.selected].events;
    const auto at = std::find(list.begin(), list.end(), *screen.showing);
    ImGui::SetCursorPos({width - theme.px(18 + 170 + 104), theme.px(26)});
    if (button(theme, "←", {theme.px(44), theme.px(42)}, false, at != list.end() && at != list.begin())) answer.show = *(at - 1);
    ImGui::SameLine(0, theme.px(6));
    if (button(theme, "→", {theme.px(44), theme.px(42)}, false, at != list.end() && at + 1 != list.end())) answer.show = *(at + 1);
  }
  end_panel();
  return answer;
}

// Where marks are not for the one who worked, or not yet.
ResultAnswer draw_instead(const Theme& theme, const ResultScreen& screen, Lang lang) {
  ResultAnswer answer;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  dim_screen(theme);
  const float width = theme.px(560), height = theme.px(250), inner = width - theme.px(36);
  begin_panel(theme, "instead", {(size.x - width) / 2, (size.y - height) / 2}, {width, height});
  const Marksheet& sheet = *screen.sheet;
  text_in(theme.small, color::kMuted, screen.pack->text(screen.exercise->title).in(lang).c_str());
  text_in(theme.title, color::kText, tr(!sheet.finished ? Str::kUnfinished : screen.page == ResultScreen::Page::kStars ? Str::kWellTried : Str::kHandedIn, lang));
  ImGui::Dummy({0, theme.px(6)});
  switch (screen.page) {
    case ResultScreen::Page::kStars: {
      const int stars = stars_of(sheet.total_mp, sheet.max_mp);
      std::string row;
      for (int i = 0; i < 5; ++i) row += i < stars ? "★" : "☆";
      text_in(theme.title, color::kWarn, row.c_str());
      break;
    }
    case ResultScreen::Page::kVerdict:
      text_in(theme.title, sheet.pass ? color::kGood : sheet.open ? color::kWarn : color::kBad, tr(sheet.pass ? Str::kPass : sheet.open ? Str::kUndecided : Str::kFail, lang));
      text_in(theme.body, color::kMuted, tr(Str::kToBeReleased, lang), inner);
      break;
    case ResultScreen::Page::kJudges: text_in(theme.body, color::kMuted, tr(Str::kJudgesDecide, lang), inner); break;
    case ResultScreen::Page::kFilm: break;  // the note says it
    case ResultScreen::Page::kHandedIn:
    case ResultScreen::Page::kMarks: text_in(theme.body, color::kMuted, tr(Str::kToBeReleased, lang), inner); break;
  }
  text_in(theme.small, color::kMuted, screen.note.c_str(), inner);
  draw_ways_on(theme, screen, lang, width - theme.px(18), height - theme.px(16 + 42), answer);
  end_panel();
  return answer;
}

}  // namespace

ResultAnswer draw_result(const Theme& theme, ResultScreen& screen, Lang lang) {
  if (screen.page != ResultScreen::Page::kMarks) return draw_instead(theme, screen, lang);
  if (screen.showing) return draw_looking_back(theme, screen, lang);
  ResultAnswer answer;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  dim_screen(theme);
  const float margin = theme.px(24), gap = theme.px(14), bottom = theme.px(76);
  const float left = std::max(theme.px(250), (size.x - 2 * margin) * 0.22f), middle = (size.x - 2 * margin) * 0.40f;
  const float right = size.x - 2 * margin - left - middle - 2 * gap, height = size.y - 2 * margin - bottom;
  const float pad = theme.px(36);

  begin_panel(theme, "summary", {margin, margin}, {left, height});
  draw_summary(theme, screen, lang, left - pad);
  end_panel();

  begin_panel(theme, "marks", {margin + left + gap, margin}, {middle, height});
  text_in(theme.title, color::kText, tr(Str::kResult, lang));
  const float all = text_size(theme.body, tr(Str::kAll, lang)).x + theme.px(30), lost_only = text_size(theme.body, tr(Str::kLost, lang)).x + theme.px(30);
  ImGui::SameLine(middle - theme.px(18 + 6) - all - lost_only);
  if (button(theme, tr(Str::kAll, lang), {all, theme.px(34)}, !screen.only_lost)) screen.only_lost = false;
  ImGui::SameLine(0, theme.px(6));
  if (button(theme, tr(Str::kLost, lang), {lost_only, theme.px(34)}, screen.only_lost)) screen.only_lost = true;
  ImGui::BeginChild("list", {0, 0});
  draw_marks(theme, screen, lang, middle - pad - theme.px(12));
  ImGui::EndChild();
  end_panel();

  begin_panel(theme, "detail", {margin + left + middle + 2 * gap, margin}, {right, height});
  ImGui::BeginChild("why", {0, 0});
  answer.show = draw_detail(theme, screen, lang, right - pad - theme.px(12));
  ImGui::EndChild();
  end_panel();

  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {theme.px(14), theme.px(10)});
  begin_panel(theme, "bottom", {margin, size.y - margin - theme.px(62)}, {size.x - 2 * margin, theme.px(62)});
  ImGui::SetCursorPosY(theme.px(20));
  text_in(theme.small, color::kMuted, screen.note.c_str());
  draw_ways_on(theme, screen, lang, size.x - 2 * margin - theme.px(14), theme.px(10), answer);
  end_panel();
  ImGui::PopStyleVar();
  return answer;
}

}  // namespace shixun
