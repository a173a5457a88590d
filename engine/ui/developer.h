#pragma once
// The developer's panel: what a frame costs and how it was drawn. It only looks and switches how the picture is made; nothing it does reaches
// the attempt. Seeing through things is help, so it is not there where no help is.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/gpu/device.h"
#include "engine/render/renderer.h"
#include "engine/training/grade.h"
#include "engine/ui/theme.h"

namespace shixun {

bool lets_developers_in(Mode mode);

struct DeveloperPanel {
  bool open = false;    // has mouse and keys; the page behind it gets none
  bool pinned = false;  // while not open, a small one stays that only shows
  DebugView view = DebugView::kOff;
  bool frustum = true, occlusion = true, levels = true;
  bool observing = false;  // culling goes by where the camera was when this was switched on; look from anywhere

  // The last frames, milliseconds, a ring; `next` is the oldest.
  static constexpr size_t kHistory = 180;
  struct Sample {
    float frame = 0, gpu = 0, record = 0;
  };
  std::array<Sample, kHistory> history{};
  size_t next = 0;
  std::array<PassTime, kFramePasses> passes{};  // smoothed; `ran`: lately

  bool shown() const { return open || pinned; }
};

// After every frame while the panel is shown. `frame_ms`: since the frame before.
void note_frame(DeveloperPanel& panel, const FrameStats& stats, float frame_ms);

// What else the panel tells.
struct DeveloperFacts {
  FrameStats stats;
  uint32_t instances = 0;  // in the scene
  Tier tier = Tier::kLow;
  DeviceMemory memory;
  uint64_t process_bytes = 0;
  std::string device;
  bool watching = false;                     // shaders are compiled again when they change
  std::vector<std::string> shader_problems;  // "file:line: message"
  uint32_t shader_changes = 0;               // taken over so far
};

struct DeveloperAnswer {
  std::optional<Tier> tier;
};

// The open panel takes this many pixels at the right of the screen. `below`: pixels at the bottom that the small one leaves to the page.
float developer_width(const Theme& theme);
DeveloperAnswer draw_developer(const Theme& theme, DeveloperPanel& panel, const DeveloperFacts& facts, Lang lang, float below);

}  // namespace shixun
