#pragma once
// For view_program.cpp and view_sitting.cpp only: the program in its window.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "engine/app/view_room.h"
#include "engine/app/view_status.h"
#include "engine/desktop/window.h"
#include "engine/records/attempt.h"
#include "engine/training/pack_watch.h"

namespace shixun {

// Everything that lives as long as the window.
struct Program {
  ViewRequest request;
  std::unique_ptr<Graphics> graphics;
  std::unique_ptr<StatusFile> status;
  std::unique_ptr<Room> room;  // of the last attempt's pack
  std::optional<PackWatch> watch;
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();

  Window& window() { return *graphics->window; }
  Lang lang() const { return graphics->lang; }

  // What came in since the last frame. F8 connects a headset that was lost, or lets go of it.
  Input poll(double wait_seconds = 0);
  std::optional<Text> headset_trouble;  // to be told
  // What one who wears the headset is asked: before anything else when nobody has been asked yet.
  Status ask_wearer();
  void wear(const Wearer& answers);  // and keeps them
  const char* device_name() const { return graphics->vr && graphics->vr->headset ? "headset" : "desktop"; }

  // Seconds since the last call.
  float tick();
  void begin(float dt);
  Status loading(const std::string& what);
  Result<Text> next_tier();  // says which
  Text next_loudness();      // says which
  // Sends what an LMS that launched the attempt is waiting for, beside the work; what does not get through now is sent when the program ends, or later.
  void deliver();
  std::string return_url;  // where an LMS that launched the attempt wants its learner back; empty: it does not say
  void toggle_language() { graphics->lang = lang() == Lang::kZh ? Lang::kEn : Lang::kZh; }

 private:
  std::jthread courier_;
};

// One attempt at work, every frame of it (view_sitting.cpp), until it is handed in or stopped. Nothing: it was left, and waits.
struct Worked {
  Attempt attempt;
  Camera camera;  // as it was looked at last
};
Result<std::optional<Worked>> work_on(Program& program, Attempt attempt);

}  // namespace shixun
