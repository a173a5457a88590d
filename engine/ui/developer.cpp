#include "engine/ui/developer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/ui/strings.h"

namespace shixun {
namespace {

constexpr float kWidth = 424;
constexpr float kRow = 17.5f;    // of a table
constexpr float kGone_ms = 0.002f;  // a pass that takes less, smoothed, has not run for long

constexpr ImU32 kFrameColor = color::kAccent, kGpuColor = color::kWarn, kRecordColor = color::kGood;

Str name_of(FramePass pass) {
  switch (pass) {
    case FramePass::kUpdate: return Str::kPassUpdate;
    case FramePass::kShadow: return Str::kPassShadow;
    case FramePass::kLampShadow: return Str::kPassLampShadow;
    case FramePass::kProbe: return Str::kPassProbe;
    case FramePass::kEarlyCull: return Str::kPassEarlyCull;
    case FramePass::kEarlyDraw: return Str::kPassEarlyDraw;
    case FramePass::kPyramid: return Str::kPassPyramid;
    case FramePass::kOccluderDraw: return Str::kPassOccluderDraw;
    case FramePass::kLateCull: return Str::kPassLateCull;
    case FramePass::kRecall: return Str::kPassRecall;
    case FramePass::kLateDraw: return Str::kPassLateDraw;
    case FramePass::kAmbient: return Str::kPassAmbient;
    case FramePass::kOutlines: return Str::kPassOutlines;
    case FramePass::kPicture: return Str::kPassPicture;
    case FramePass::kInterface: return Str::kPassInterface;
    case FramePass::kReadback: return Str::kPassReadback;
    case FramePass::kCount: break;
  }
  return Str::kPassUpdate;
}

// 1234567 as "1 234 567".
std::string grouped(uint64_t n) {
  std::string digits = std::to_string(n);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, " ");
  return digits;
}

std::string megabytes(uint64_t bytes) { return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6); }

void draw_right(ImDrawList* draw, ImFont* font, float right, float y, ImU32 c, const std::string& text) {
  draw_text(draw, font, {right - text_size(font, text.c_str()).x, y}, c, text.c_str());
}

// A small switch that is lit while on.
bool chip(const Theme& theme, const char* label, bool on) {
  ImGui::PushFont(theme.small);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {theme.px(8), theme.px(3)});
  ImGui::PushStyleColor(ImGuiCol_Button, on ? color::kAccentDark : color::kInset);
  ImGui::PushStyleColor(ImGuiCol_ButtonHovered, on ? IM_COL32(30, 124, 150, 255) : color::kInsetHover);
  const bool pressed = ImGui::Button(label);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  ImGui::PopFont();
  return pressed;
}

// Before a row of chips, level with them.
void label(const Theme& theme, const char* words) {
  ImGui::PushFont(theme.small);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {theme.px(8), theme.px(3)});
  ImGui::AlignTextToFramePadding();
  text_in(theme.small, color::kMuted, words);
  ImGui::PopStyleVar();
  ImGui::PopFont();
  ImGui::SameLine(theme.px(80));
}

// The smallest round number of milliseconds that holds what is drawn.
float round_top(float ms) {
  for (const float top : {4.0f, 8.0f, 17.0f, 34.0f, 67.0f, 134.0f, 250.0f, 500.0f})
    if (ms <= top) return top;
  return 1000;
}

void draw_graph(const Theme& theme, const DeveloperPanel& panel, Lang lang, float width, float height) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw->AddRectFilled(at, {at.x + width, at.y + height}, color::kInset, theme.px(6));
  float most = 0;
  for (const DeveloperPanel::Sample& s : panel.history) most = std::max({most, s.frame, s.gpu});
  const float top = round_top(most);
  const float legend = theme.px(20);
  const auto y_of = [&](float ms) { return at.y + height - theme.px(3) - std::min(ms / top, 1.0f) * (height - legend - theme.px(6)); };
  // A frame of a sixtieth of a second, where it can be told.
  if (top < 100) {
    const float y = y_of(1000.0f / 60);
    if (y > at.y + legend) draw->AddLine({at.x, y}, {at.x + width, y}, IM_COL32(255, 255, 255, 40), 1);
  }
  const auto line = [&](float DeveloperPanel::Sample::*value, ImU32 c) {
    std::array<ImVec2, DeveloperPanel::kHistory> points;
    for (size_t i = 0; i < points.size(); ++i)
      points[i] = {at.x + width * static_cast<float>(i) / static_cast<float>(points.size() - 1), y_of(panel.history[(panel.next + i) % points.size()].*value)};
    draw->AddPolyline(points.data(), static_cast<int>(points.size()), c, 0, theme.px(1.5f));
  };
  line(&DeveloperPanel::Sample::frame, kFrameColor);
  line(&DeveloperPanel::Sample::gpu, kGpuColor);
  line(&DeveloperPanel::Sample::record, kRecordColor);
  const DeveloperPanel::Sample& now = panel.history[(panel.next + panel.history.size() - 1) % panel.history.size()];
  float x = at.x + theme.px(8);
  for (const auto& [name, value, c] : {std::tuple{Str::kDevFrame, now.frame, kFrameColor}, {Str::kDevGpu, now.gpu, kGpuColor}, {Str::kDevCpu, now.record, kRecordColor}}) {
    const std::string words = fmt::format("{} {:.{}f}", tr(name, lang), value, value < 10 ? 2 : 1);
    draw->AddCircleFilled({x + theme.px(4), at.y + theme.px(12)}, theme.px(3.5f), c);
    draw_text(draw, theme.small, {x + theme.px(12), at.y + theme.px(2)}, color::kText, words.c_str());
    x += theme.px(28) + text_size(theme.small, words.c_str()).x;
  }
  if (x < at.x + width - theme.px(60)) draw_right(draw, theme.small, at.x + width - theme.px(8), at.y + theme.px(2), color::kMuted, fmt::format("{:.0f} ms", top));
  ImGui::Dummy({width, height});
}

void draw_passes(const Theme& theme, const DeveloperPanel& panel, Lang lang, float width) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float row = theme.px(kRow), gpu_right = at.x + width - theme.px(78), cpu_right = at.x + width;
  float most = 0.1f;
  for (const PassTime& p : panel.passes) most = std::max(most, p.gpu_ms);
  float y = at.y;
  draw_right(draw, theme.small, gpu_right, y, color::kMuted, fmt::format("{} ms", tr(Str::kDevGpu, lang)));
  draw_right(draw, theme.small, cpu_right, y, color::kMuted, fmt::format("{} ms", tr(Str::kDevCpu, lang)));
  draw_text(draw, theme.small, {at.x, y}, color::kMuted, tr(Str::kDevPass, lang));
  y += row + theme.px(2);
  for (uint32_t i = 0; i < kFramePasses; ++i) {
    const PassTime& p = panel.passes[i];
    if (!p.ran) continue;
    const float bar = (gpu_right - at.x) * p.gpu_ms / most;
    draw->AddRectFilled({at.x, y + theme.px(2)}, {at.x + std::max(bar, theme.px(2)), y + row}, IM_COL32(240, 176, 64, 56), theme.px(3));
    draw_text(draw, theme.small, {at.x + theme.px(6), y}, color::kText, tr(name_of(static_cast<FramePass>(i)), lang));
    draw_right(draw, theme.small, gpu_right, y, color::kText, fmt::format("{:.2f}", p.gpu_ms));
    draw_right(draw, theme.small, cpu_right, y, color::kMuted, fmt::format("{:.3f}", p.record_ms));
    y += row;
  }
  ImGui::Dummy({width, y - at.y});
}

void draw_counters(const Theme& theme, const DeveloperFacts& facts, Lang lang, float width) {
  const FrameStats& s = facts.stats;
  const std::pair<Str, std::string> cells[] = {
      {Str::kDevInstances, grouped(facts.instances)},
      {Str::kDevDrawn, grouped(s.draws)},
      {Str::kDevTested, grouped(s.instances)},
      {Str::kDevLate, grouped(s.late_draws)},
      {Str::kDevHidden, grouped(s.occluded)},
      {Str::kDevTriangles, grouped(s.triangles)},
      {Str::kDevVideoMemory, megabytes(facts.memory.used_bytes)},
      {Str::kDevUploaded, grouped(s.uploaded_bytes)},
      {Str::kDevBlocks, grouped(facts.memory.allocations)},
      {Str::kDevMemory, megabytes(facts.process_bytes)},
  };
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float row = theme.px(kRow), gap = theme.px(20), column = (width - gap) / 2;
  float y = at.y;
  for (size_t i = 0; i < std::size(cells); ++i) {
    const float x = i % 2 == 0 ? at.x : at.x + column + gap;
    draw_text(draw, theme.small, {x, y}, color::kMuted, tr(cells[i].first, lang));
    draw_right(draw, theme.small, x + column, y, color::kText, cells[i].second);
    if (i % 2) y += row;
  }
  ImGui::Dummy({width, y - at.y});
}

void rule(const Theme& theme, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddLine({at.x, at.y}, {at.x + width, at.y}, IM_COL32(255, 255, 255, 26), 1);
  ImGui::Dummy({width, theme.px(1)});
}

// As many as there is room for; stderr has all of them.
void draw_shader_problems(const Theme& theme, const DeveloperFacts& facts, Lang lang, float width) {
  constexpr size_t kMost = 2;
  text_in(theme.small, color::kBad, tr(Str::kDevShadersBad, lang), width);
  for (size_t i = 0; i < std::min(facts.shader_problems.size(), kMost); ++i) text_in(theme.small, color::kText, facts.shader_problems[i].c_str(), width);
  if (facts.shader_problems.size() > kMost) text_in(theme.small, color::kMuted, fmt::format("+ {}", facts.shader_problems.size() - kMost).c_str());
}

}  // namespace

bool lets_developers_in(Mode mode) { return rules_of(mode).open_book; }

float developer_width(const Theme& theme) { return theme.px(kWidth + 16); }

void note_frame(DeveloperPanel& panel, const FrameStats& stats, float frame_ms) {
  panel.history[panel.next] = {frame_ms, stats.gpu_ms, stats.record_ms};
  panel.next = (panel.next + 1) % panel.history.size();
  for (uint32_t i = 0; i < kFramePasses; ++i) {
    PassTime& p = panel.passes[i];
    const PassTime& now = stats.passes[i];
    // A pass that begins to run is shown as it is, then smoothed; one that stopped fades out.
    const float share = p.ran || !now.ran ? 0.1f : 1.0f;
    p.gpu_ms += ((now.ran ? now.gpu_ms : 0) - p.gpu_ms) * share;
    p.record_ms += ((now.ran ? now.record_ms : 0) - p.record_ms) * share;
    p.ran = now.ran || (p.ran && p.gpu_ms > kGone_ms);
  }
}

DeveloperAnswer draw_developer(const Theme& theme, DeveloperPanel& panel, const DeveloperFacts& facts, Lang lang, float below) {
  DeveloperAnswer answer;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = theme.px(kWidth), inner = width - theme.px(36);
  if (!panel.open) {
    const float height = theme.px(facts.shader_problems.empty() ? 82 : 150), small = theme.px(330);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {theme.px(8), theme.px(8)});
    begin_panel(theme, "developer, small", {screen.x - small - theme.px(16), screen.y - height - theme.px(56) - below}, {small, height}, false);
    if (facts.shader_problems.empty()) draw_graph(theme, panel, lang, small - theme.px(16), theme.px(66));
    else draw_shader_problems(theme, facts, lang, small - theme.px(16));
    end_panel();
    ImGui::PopStyleVar();
    return answer;
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {theme.px(4), theme.px(5)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {theme.px(18), theme.px(12)});
  begin_panel(theme, "developer", {screen.x - width - theme.px(16), theme.px(12)}, {width, screen.y - theme.px(24)}, true, IM_COL32(17, 21, 27, 240));
  text_in(theme.body, color::kText, tr(Str::kDevTitle, lang));
  ImGui::SameLine(inner + theme.px(18) - text_size(theme.small, tr(Str::kDevClose, lang)).x - theme.px(36));
  keycap(theme, "F9", tr(Str::kDevClose, lang));
  if (facts.shader_problems.empty()) draw_graph(theme, panel, lang, inner, theme.px(96));
  else draw_shader_problems(theme, facts, lang, inner);
  draw_passes(theme, panel, lang, inner);
  rule(theme, inner);
  draw_counters(theme, facts, lang, inner);
  rule(theme, inner);

  label(theme, tr(Str::kTier, lang));
  constexpr Str kTiers[] = {Str::kTierLow, Str::kTierMedium, Str::kTierHigh};
  for (int i = 0; i < 3; ++i) {
    if (i > 0) ImGui::SameLine();
    if (chip(theme, fmt::format("{}##tier", tr(kTiers[i], lang)).c_str(), static_cast<int>(facts.tier) == i)) answer.tier = static_cast<Tier>(i);
  }
  label(theme, tr(Str::kDevView, lang));
  constexpr std::pair<DebugView, Str> kViews[] = {{DebugView::kOff, Str::kDevViewOff}, {DebugView::kLevels, Str::kDevViewLevels}, {DebugView::kLate, Str::kDevViewLate},
                                                  {DebugView::kOverdraw, Str::kDevViewOverdraw}, {DebugView::kBounds, Str::kDevViewBounds}};
  for (const auto& [view, name] : kViews) {
    if (view != DebugView::kOff) ImGui::SameLine();
    if (chip(theme, fmt::format("{}##view", tr(name, lang)).c_str(), panel.view == view)) panel.view = view;
  }
  label(theme, tr(Str::kDevCulling, lang));
  if (chip(theme, tr(Str::kDevFrustum, lang), panel.frustum)) panel.frustum = !panel.frustum;
  ImGui::SameLine();
  if (chip(theme, tr(Str::kDevOcclusion, lang), panel.occlusion)) panel.occlusion = !panel.occlusion;
  ImGui::SameLine();
  if (chip(theme, fmt::format("{}##culling", tr(Str::kDevLevels, lang)).c_str(), panel.levels)) panel.levels = !panel.levels;
  label(theme, tr(Str::kDevCamera, lang));
  if (chip(theme, tr(Str::kDevObserve, lang), panel.observing)) panel.observing = !panel.observing;
  ImGui::SameLine();
  if (chip(theme, tr(Str::kDevPin, lang), panel.pinned)) panel.pinned = !panel.pinned;
  text_in(theme.small, color::kMuted, panel.observing ? tr(Str::kDevObserveHow, lang) : facts.device.c_str(), inner);
  if (facts.watching && facts.shader_problems.empty())
    text_in(theme.small, color::kMuted, fill(tr(Str::kDevShadersGood, lang), {"n", std::to_string(facts.shader_changes)}).c_str(), inner);
  end_panel();
  ImGui::PopStyleVar(2);
  return answer;
}

}  // namespace shixun
