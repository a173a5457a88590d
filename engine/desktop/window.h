#pragma once
// The window: GLFW's window, keyboard and mouse, and Dear ImGui's input from them. One at a time; main thread only.

#include <vulkan/vulkan.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"

struct GLFWwindow;

namespace shixun {

struct WindowOptions {
  int width = 1280, height = 720;
  std::string title = "Shixun";
  bool fullscreen = false;
};

// Keys by meaning, so that nothing outside this file knows GLFW.
enum class Key {
  kForward, kBack, kLeft, kRight, kCrouch, kSlow,       // held
  kEscape, kSheet, kHint, kSay, kLanguage, kHelp,       // pressed
  kDigit1, kDigit2, kDigit3, kDigit4, kDigit5, kDigit6, kDigit7, kDigit8, kDigit9,
  kUp, kDown, kEnter, kProne, kHandIn, kTier, kSound, kDeveloper, kHeadset,
  kCount
};

// What happened since the last frame. Mouse motion in pixels, y down; notches of the scroll wheel, up positive.
struct Input {
  bool held[static_cast<int>(Key::kCount)] = {};
  bool pressed[static_cast<int>(Key::kCount)] = {};
  bool left_held = false, left_pressed = false, left_released = false;
  bool right_pressed = false;
  double look_x = 0, look_y = 0;  // only while the mouse is captured
  double scroll = 0;
  bool focus_lost = false;

  bool is_held(Key k) const { return held[static_cast<int>(k)]; }
  bool was_pressed(Key k) const { return pressed[static_cast<int>(k)]; }
};

class Window {
 public:
  // Code::kEnvironment with one clear message when there is no display or no Vulkan loader.
  static Result<std::unique_ptr<Window>> create(const WindowOptions& options);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  std::vector<const char*> instance_extensions() const;
  Result<VkSurfaceKHR> create_surface(VkInstance instance) const;

  // Connects ImGui's current context to this window's events. Call once, after ImGui::CreateContext().
  void attach_imgui();

  // Handles waiting events; with `wait_seconds` > 0 sleeps until one comes or the time is over.
  Input poll(double wait_seconds = 0);
  void new_imgui_frame();

  void wait(double seconds);  // sleeps until an event comes or the time is over; poll() then tells of it

  bool wants_close() const;
  void request_close();
  void dismiss_close();  // the request was answered with "stay"
  VkExtent2D framebuffer_size() const;  // 0 x 0 while minimized

  // Captured: the pointer is hidden and held, motion turns the head. Released: the pointer is free for panels.
  void capture_mouse(bool captured);
  bool mouse_captured() const { return captured_; }

 private:
  explicit Window(GLFWwindow* handle);
  static void on_key(GLFWwindow* handle, int key, int scancode, int action, int mods);
  static void on_button(GLFWwindow* handle, int button, int action, int mods);
  static void on_scroll(GLFWwindow* handle, double dx, double dy);
  static void on_move(GLFWwindow* handle, double x, double y);
  static void on_focus(GLFWwindow* handle, int focused);

  GLFWwindow* handle_;
  Input input_;
  bool captured_ = false, imgui_ = false;
  bool fresh_capture_ = true;  // the first motion after a capture jumps; it is dropped
  double last_x_ = 0, last_y_ = 0;
};

}  // namespace shixun
