#pragma once
// The developer's panel in a window: F9, its mouse and keys, the observer's camera, and what it asks of the frame. Pages call step() before
// they look at their input and show() before they finish a frame; where a page calls neither, the panel does not exist.

#include <chrono>
#include <optional>

#include "engine/app/view.h"
#include "engine/desktop/window.h"
#include "engine/gpu/shader_watch.h"
#include "engine/ui/developer.h"

namespace shixun {

struct Graphics;

class Developer {
 public:
  // Begins a page. Not allowed: everything is switched off and stays off.
  void enter(bool allowed);

  // Takes what is meant for the panel. While it is open nothing but language and tier is left for the page. `camera`: the page's.
  Input step(Input input, const Camera& camera, float dt);
  bool refused() const { return refused_; }  // F9 was pressed where the panel is not allowed

  // Within a UI frame: draws the panel and does what is chosen. `room_instances`: in the scene.
  Status show(Graphics& graphics, uint32_t room_instances, float below = 0);
  void apply(Frame& frame) const;       // to a frame about to be drawn
  void note(const FrameStats& stats);   // after it

  // --watch-shaders. To be called before a window opens: it may be that it cannot be done.
  Status watch_shaders();
  bool watching() const { return watch_ != nullptr; }
  void take_shaders(Device& device);  // between two frames

  bool open() const { return allowed_ && panel_.open; }

 private:
  bool active() const { return allowed_ && panel_.shown(); }

  DeveloperPanel panel_;
  bool allowed_ = false, refused_ = false, dragging_ = false;
  std::optional<Camera> frozen_;  // where culling looks from while observing
  Camera observer_;
  float yaw_ = 0, pitch_ = 0;
  std::chrono::steady_clock::time_point last_frame_{}, last_look_{};
  DeveloperFacts facts_;
  std::unique_ptr<ShaderWatch> watch_;
};

}  // namespace shixun
