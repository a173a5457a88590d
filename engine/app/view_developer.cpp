#include "engine/app/view_developer.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "engine/app/view_room.h"
#include "engine/base/log.h"

namespace shixun {

namespace {

constexpr float kFlySpeed = 3, kSlowFlySpeed = 0.6f;  // m/s
constexpr float kRadiansPerPixel = 0.004f;
constexpr float kMaxPitch = 1.5f;

uint64_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"), std::fclose);
  unsigned long total = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &total, &resident) != 2) return 0;
  return uint64_t{resident} * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void Developer::enter(bool allowed) {
  if (!allowed) panel_ = {};
  allowed_ = allowed;
  refused_ = false;
  panel_.open = false;
  frozen_.reset();
}

Input Developer::step(Input input, const Camera& camera, float dt) {
  const bool asked = input.was_pressed(Key::kDeveloper);
  refused_ = asked && !allowed_;
  if (!allowed_) return input;
  if (asked) panel_.open = !panel_.open;
  else if (panel_.open && input.was_pressed(Key::kEscape)) panel_ = {.history = panel_.history, .next = panel_.next};
  else if (!panel_.open) return input;

  // From outside one cannot work: who closes the panel is back where they stand.
  if (!panel_.open) panel_.observing = false;
  if (panel_.observing && !frozen_) {
    frozen_ = observer_ = camera;
    const glm::vec3 ahead = camera.orientation * glm::vec3(0, 0, -1);
    yaw_ = std::atan2(-ahead.x, -ahead.z);
    pitch_ = std::asin(std::clamp(ahead.y, -1.0f, 1.0f));
  }
  if (!panel_.observing) frozen_.reset();
  if (frozen_) {
    // What the mouse did in the frame of the press may lie before it.
    const bool held = input.left_held && !ImGui::GetIO().WantCaptureMouse;
    if (held && dragging_) {
      const ImVec2 moved = ImGui::GetIO().MouseDelta;
      yaw_ = std::remainder(yaw_ - moved.x * kRadiansPerPixel, 2 * 3.14159265f);
      pitch_ = std::clamp(pitch_ - moved.y * kRadiansPerPixel, -kMaxPitch, kMaxPitch);
    }
    dragging_ = held;
    observer_.orientation = look_orientation(yaw_, pitch_);
    glm::vec3 way(0);
    if (input.is_held(Key::kForward)) way.z -= 1;
    if (input.is_held(Key::kBack)) way.z += 1;
    if (input.is_held(Key::kLeft)) way.x -= 1;
    if (input.is_held(Key::kRight)) way.x += 1;
    observer_.eye += observer_.orientation * way * (input.is_held(Key::kSlow) ? kSlowFlySpeed : kFlySpeed) * std::min(dt, 0.25f);
  }
  Input rest;
  for (const Key key : {Key::kLanguage, Key::kTier}) rest.pressed[static_cast<int>(key)] = input.was_pressed(key);
  rest.focus_lost = input.focus_lost;
  return rest;
}

Status Developer::show(Graphics& graphics, uint32_t room_instances, float below) {
  if (!active()) return ok();
  facts_.stats = graphics.renderer->stats();
  facts_.instances = room_instances;
  facts_.tier = graphics.tier;
  facts_.device = graphics.device->name;
  // What is slow to find out is found out twice a second.
  if (const auto now = std::chrono::steady_clock::now(); now - last_look_ > std::chrono::milliseconds(500)) {
    last_look_ = now;
    facts_.memory = device_memory(*graphics.device);
    facts_.process_bytes = resident_bytes();
  }
  const DeveloperAnswer answer = draw_developer(graphics.theme, panel_, facts_, graphics.lang, below);
  return answer.tier ? set_tier(graphics, *answer.tier) : ok();
}

void Developer::apply(Frame& frame) const {
  if (!active()) return;
  frame.timing = FrameTiming::kPasses;
  frame.debug = panel_.view;
  frame.culling.frustum = panel_.frustum;
  frame.culling.occlusion = panel_.occlusion;
  if (!panel_.levels) frame.culling.lod_pixels = 0;
  if (!frozen_) return;
  frame.camera = *frozen_;
  frame.observer = &observer_;
}

Status Developer::watch_shaders() {
  auto root = data_root();
  if (!root) return root.error();
  auto watch = ShaderWatch::start(*root / "shaders");
  if (!watch) return watch.error();
  watch_ = std::move(*watch);
  facts_.watching = true;
  return ok();
}

void Developer::take_shaders(Device& device) {
  if (!watch_) return;
  auto news = watch_->take();
  if (!news) return;
  facts_.shader_problems = std::move(news->problems);
  if (!news->compiled.empty()) {
    if (const Status replaced = replace_shaders(device, news->compiled)) {
      ++facts_.shader_changes;
      std::string names;
      for (const CompiledShader& s : news->compiled) names += " " + s.name;
      spdlog::info("shaders taken over:{}", names);
    } else {
      facts_.shader_problems.push_back(replaced.error().text());
    }
  }
  for (const std::string& problem : facts_.shader_problems) spdlog::error("shader: {}", problem);
}

void Developer::note(const FrameStats& stats) {
  const auto now = std::chrono::steady_clock::now();
  if (active()) note_frame(panel_, stats, std::chrono::duration<float, std::milli>(now - last_frame_).count());
  last_frame_ = now;
}

}  // namespace shixun
