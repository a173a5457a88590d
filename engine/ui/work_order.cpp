#include "engine/ui/work_order.h"

#include <algorithm>
#include <cstring>

#include "engine/ui/strings.h"

namespace shixun {
namespace {

// The last thing written into a field.
const Event* written(const Session& session, const std::string& field) {
  for (auto it = session.events().rbegin(); it != session.events().rend(); ++it)
    if (it->verb == Verb::kRecord && it->o == field) return &*it;
  return nullptr;
}

std::string written_number(const Event& e, Unit unit) {
  for (const Arg& a : e.args)
    if (!a.is_text && (a.key == "number" || unit_of_key(a.key) == unit)) return format_number(a.number, unit);
  return {};
}

const char* example(Unit unit) {
  switch (unit) {
    case Unit::kLength: return "6.5";
    case Unit::kPressure: return "230";
    case Unit::kTorque: return "98";
    default: return "5";
  }
}

}  // namespace

void dim_screen(const Theme& theme) {
  if (theme.hung) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::GetBackgroundDrawList()->AddRectFilled({0, 0}, screen, IM_COL32(0, 0, 0, 120));
}

WorkOrderAnswer draw_work_order(const Theme& theme, const Pack& pack, const Exercise& exercise, const Session& session, Lang lang, bool enter, WorkOrderDraft& draft) {
  WorkOrderAnswer answer;
  dim_screen(theme);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  size_t choice_rows = 0;
  for (const Field& f : exercise.sheet) choice_rows += f.is_choice ? f.choices.size() - 1 : 0;
  const float width = theme.px(700), height = std::min(screen.y - theme.px(60), theme.px(150) + theme.px(58) * static_cast<float>(exercise.sheet.size()) + theme.px(46) * static_cast<float>(choice_rows));
  const float left = theme.hung ? theme.px(24) : (screen.x - width) / 2;  // beside the keypad
  begin_panel(theme, "work order", {left, (screen.y - height) / 2}, {width, height});
  text_in(theme.title, color::kText, tr(Str::kWorkOrder, lang));
  ImGui::SameLine(0, theme.px(14));
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + theme.px(8));
  text_in(theme.small, color::kMuted, pack.text(exercise.title).in(lang).c_str());
  ImGui::BeginChild("fields", {0, height - theme.px(134)});
  for (const Field& field : exercise.sheet) {
    ImGui::PushID(field.id.c_str());
    const Event* last = written(session, field.id);
    ImGui::AlignTextToFramePadding();
    text_in(theme.body, last ? color::kText : color::kMuted, pack.text(field.name).in(lang).c_str(), theme.px(290));
    ImGui::SameLine(theme.px(300));
    if (field.is_choice) {
      float used = 0;
      for (size_t i = 0; i < field.choices.size(); ++i) {
        // Side by side while they fit.
        const char* label = pack.text(field.name + "." + field.choices[i]).in(lang).c_str();
        const float wide = text_size(theme.body, label).x + theme.px(28);
        if (i > 0) {
          used += wide + theme.px(6);
          if (used < width - theme.px(18 + 300 + 20)) ImGui::SameLine(0, theme.px(6));
          else ImGui::SetCursorPosX(theme.px(300)), used = wide;
        } else {
          used = wide;
        }
        const bool on = last && last->text("value") == field.choices[i];
        const bool pressed = button(theme, label, {wide, theme.px(38)}, on);
        if (pressed && !on) {
          Action a;
          a.verb = Verb::kRecord;
          a.o = field.id;
          a.value = field.choices[i];
          answer.record = a;
        }
      }
    } else {
      std::string& typed = draft.numbers[field.id];
      char buffer[24] = {};
      std::memcpy(buffer, typed.data(), std::min(typed.size(), sizeof buffer - 1));
      ImGui::SetNextItemWidth(theme.px(110));
      ImGui::InputText("##number", buffer, sizeof buffer, ImGuiInputTextFlags_CharsDecimal);
      note_input(buffer);
      const bool entered = enter && (ImGui::IsItemActive() || ImGui::IsItemDeactivated());
      typed = buffer;
      ImGui::SameLine(0, theme.px(6));
      ImGui::AlignTextToFramePadding();
      text_in(theme.body, color::kMuted, unit_name(field.unit, lang));
      ImGui::SameLine(theme.px(474));
      if ((button(theme, tr(Str::kWrite, lang), {theme.px(76), theme.px(38)}, !typed.empty(), !typed.empty()) || entered) && !typed.empty()) {
        auto quantity = parse_quantity(typed + " " + unit_name(field.unit, Lang::kEn));
        if (quantity && quantity->unit == field.unit) {
          Action a;
          a.verb = Verb::kRecord;
          a.o = field.id;
          a.amount = quantity->value;
          answer.record = a;
          draft.complaints.erase(field.id);
        } else {
          draft.complaints[field.id] = {fill(text(Str::kNumberWanted).zh, {"example", example(field.unit)}), fill(text(Str::kNumberWanted).en, {"example", example(field.unit)})};
        }
      }
      if (last) {
        ImGui::SameLine(0, theme.px(10));
        ImGui::AlignTextToFramePadding();
        text_in(theme.body, color::kGood, ("✓ " + written_number(*last, field.unit)).c_str());
      }
    }
    if (const auto it = draft.complaints.find(field.id); it != draft.complaints.end()) text_in(theme.small, color::kWarn, it->second.in(lang).c_str());
    ImGui::PopID();
  }
  ImGui::EndChild();
  if (button(theme, tr(Str::kBack, lang), {theme.px(130), 0})) answer.close = true;
  ImGui::SameLine(width - theme.px(18 + 150));
  if (button(theme, tr(Str::kHandIn, lang), {theme.px(150), 0}, true)) answer.hand_in = true;
  end_panel();
  return answer;
}

std::optional<Action> draw_lines(const Theme& theme, const Pack& pack, const Exercise& exercise, const Session& session, Lang lang, int number, bool& close) {
  std::optional<Action> said;
  dim_screen(theme);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = theme.px(640);
  begin_panel(theme, "lines", {(screen.x - width) / 2, screen.y * 0.28f}, {width, 0});
  text_in(theme.title, color::kText, tr(Str::kSayTitle, lang));
  for (size_t i = 0; i < exercise.lines.size(); ++i) {
    const Line& line = exercise.lines[i];
    const bool done = std::any_of(session.events().begin(), session.events().end(), [&](const Event& e) { return e.verb == Verb::kSay && e.o == line.id; });
    ImGui::PushID(line.id.c_str());
    ImGui::PushStyleVar(ImGuiStyleVar_ButtonTextAlign, {0, 0.5f});
    const std::string label = std::to_string(i + 1) + "   " + (done ? "✓ " : "") + pack.text(line.text).in(lang);
    // Long lines wrap: the button only carries the highlight, the words are drawn over it.
    const float inner = width - theme.px(60);
    const float words = text_size(theme.body, label.c_str(), inner).y;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (button(theme, "##say", {width - theme.px(36), theme.px(18) + words}) || number == static_cast<int>(i) + 1) {
      Action a;
      a.verb = Verb::kSay;
      a.o = line.id;
      said = a;
    }
    draw_text(ImGui::GetWindowDrawList(), theme.body, {at.x + theme.px(12), at.y + theme.px(9)}, done ? color::kGood : color::kText, label.c_str(), inner);
    ImGui::PopStyleVar();
    ImGui::PopID();
  }
  ImGui::Dummy({0, theme.px(4)});
  if (button(theme, tr(Str::kBack, lang), {theme.px(130), 0})) close = true;
  end_panel();
  return said;
}

PauseChoice draw_pause(const Theme& theme, const Session& session, Lang lang, bool recorded, bool in_headset, bool& asking_hand_in) {
  PauseChoice choice = PauseChoice::kNone;
  dim_screen(theme);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = theme.px(360);
  const ImVec2 wide(width - theme.px(36), theme.px(46));
  begin_panel(theme, "pause", {(screen.x - width) / 2, screen.y * 0.3f}, {width, 0});
  if (asking_hand_in) {
    text_in(theme.title, color::kText, tr(Str::kHandIn, lang));
    text_in(theme.body, color::kMuted, tr(Str::kHandInAsk, lang), wide.x);
    ImGui::Dummy({0, theme.px(6)});
    if (button(theme, tr(Str::kHandInYes, lang), wide, true)) choice = PauseChoice::kHandIn;
    if (button(theme, tr(Str::kBack, lang), wide)) asking_hand_in = false;
  } else {
    text_in(theme.title, color::kText, tr(session.paused() ? Str::kPaused : Str::kClockRuns, lang));
    text_in(theme.small, color::kMuted, format_clock(session.t_ms()).c_str());
    ImGui::Dummy({0, theme.px(6)});
    if (button(theme, tr(Str::kGoOn, lang), wide, true)) choice = PauseChoice::kGoOn;
    if (button(theme, tr(Str::kHandIn, lang), wide)) asking_hand_in = true;
    if (in_headset && button(theme, tr(Str::kWearer, lang), wide)) choice = PauseChoice::kWearer;
    if (button(theme, tr(recorded ? Str::kSaveAndLeave : Str::kQuit, lang), wide)) choice = PauseChoice::kSaveAndLeave;
    text_in(theme.small, color::kMuted, tr(recorded ? Str::kLeaveNote : Str::kTriedOut, lang), wide.x);
  }
  end_panel();
  return choice;
}

}  // namespace shixun
