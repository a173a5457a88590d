#include "engine/desktop/window.h"

#define GLFW_INCLUDE_VULKAN
#include <GLFW/glfw3.h>

#include <backends/imgui_impl_glfw.h>
#include <imgui.h>

#include <cmath>
#include <cstdlib>

namespace shixun {
namespace {

// GLFW reports why a call failed through its error state.
std::string glfw_reason() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text ? text : "unknown reason";
}

Error no_display() {
  const char* display = std::getenv("DISPLAY");
  const char* wayland = std::getenv("WAYLAND_DISPLAY");
  const bool named = (display && *display) || (wayland && *wayland);
  return {Code::kEnvironment, "display", named ? "the display cannot be opened (" + glfw_reason() + ")" : "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)",
          "Start it in a desktop session, or play without a window: shixun play --headless --trace FILE"};
}

struct Binding {
  Key key;
  int glfw;
};

constexpr Binding kBindings[] = {
    {Key::kForward, GLFW_KEY_W},    {Key::kBack, GLFW_KEY_S},       {Key::kLeft, GLFW_KEY_A},     {Key::kRight, GLFW_KEY_D},
    {Key::kCrouch, GLFW_KEY_C},     {Key::kSlow, GLFW_KEY_LEFT_SHIFT}, {Key::kEscape, GLFW_KEY_ESCAPE}, {Key::kSheet, GLFW_KEY_TAB},
    {Key::kHint, GLFW_KEY_H},       {Key::kSay, GLFW_KEY_T},        {Key::kLanguage, GLFW_KEY_F2}, {Key::kHelp, GLFW_KEY_F1},
    {Key::kDigit1, GLFW_KEY_1},     {Key::kDigit2, GLFW_KEY_2},     {Key::kDigit3, GLFW_KEY_3},   {Key::kDigit4, GLFW_KEY_4},
    {Key::kDigit5, GLFW_KEY_5},     {Key::kDigit6, GLFW_KEY_6},     {Key::kDigit7, GLFW_KEY_7},   {Key::kDigit8, GLFW_KEY_8},
    {Key::kDigit9, GLFW_KEY_9},     {Key::kUp, GLFW_KEY_UP},        {Key::kDown, GLFW_KEY_DOWN},  {Key::kEnter, GLFW_KEY_ENTER},
    {Key::kProne, GLFW_KEY_Z},        {Key::kHandIn, GLFW_KEY_F10}, {Key::kTier, GLFW_KEY_F3}, {Key::kSound, GLFW_KEY_F4}, {Key::kDeveloper, GLFW_KEY_F9},
    {Key::kHeadset, GLFW_KEY_F8},
};

Window* self(GLFWwindow* handle) { return static_cast<Window*>(glfwGetWindowUserPointer(handle)); }

}  // namespace

Window::Window(GLFWwindow* handle) : handle_(handle) {
  glfwSetWindowUserPointer(handle, this);
  glfwSetKeyCallback(handle, on_key);
  glfwSetMouseButtonCallback(handle, on_button);
  glfwSetScrollCallback(handle, on_scroll);
  glfwSetCursorPosCallback(handle, on_move);
  glfwSetWindowFocusCallback(handle, on_focus);
}

Window::~Window() {
  if (imgui_) ImGui_ImplGlfw_Shutdown();
  glfwDestroyWindow(handle_);
  glfwTerminate();
}

Result<std::unique_ptr<Window>> Window::create(const WindowOptions& options) {
  if (!glfwInit()) return no_display();
  if (!glfwVulkanSupported()) {
    glfwTerminate();
    return Error{Code::kEnvironment, "Vulkan", "no Vulkan driver that can show a window was found",
                 "Install one (Debian: mesa-vulkan-drivers from bookworm-backports, or your GPU maker's driver)"};
  }
  glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
  GLFWmonitor* monitor = options.fullscreen ? glfwGetPrimaryMonitor() : nullptr;
  int width = options.width, height = options.height;
  if (monitor) {
    if (const GLFWvidmode* mode = glfwGetVideoMode(monitor)) width = mode->width, height = mode->height;
  }
  GLFWwindow* handle = glfwCreateWindow(width, height, options.title.c_str(), monitor, nullptr);
  if (!handle) {
    Error error = no_display();
    glfwTerminate();
    return error;
  }
  return std::unique_ptr<Window>(new Window(handle));
}

std::vector<const char*> Window::instance_extensions() const {
  uint32_t count = 0;
  const char** names = glfwGetRequiredInstanceExtensions(&count);
  return {names, names + count};
}

Result<VkSurfaceKHR> Window::create_surface(VkInstance instance) const {
  VkSurfaceKHR surface = VK_NULL_HANDLE;
  if (glfwCreateWindowSurface(instance, handle_, nullptr, &surface) != VK_SUCCESS)
    return Error{Code::kEnvironment, "Vulkan", "cannot draw into the window: " + glfw_reason(), "Check the graphics driver with vulkaninfo"};
  return surface;
}

void Window::attach_imgui() {
  ImGui_ImplGlfw_InitForOther(handle_, true);  // chains to the callbacks above
  imgui_ = true;
}

Input Window::poll(double wait_seconds) {
  if (wait_seconds > 0) glfwWaitEventsTimeout(wait_seconds);
  else glfwPollEvents();
  for (const Binding& b : kBindings) input_.held[static_cast<int>(b.key)] = glfwGetKey(handle_, b.glfw) == GLFW_PRESS;
  input_.held[static_cast<int>(Key::kSlow)] |= glfwGetKey(handle_, GLFW_KEY_RIGHT_SHIFT) == GLFW_PRESS;
  input_.left_held = glfwGetMouseButton(handle_, GLFW_MOUSE_BUTTON_LEFT) == GLFW_PRESS;
  const Input now = input_;
  input_ = {};
  return now;
}

void Window::new_imgui_frame() { ImGui_ImplGlfw_NewFrame(); }

void Window::wait(double seconds) { glfwWaitEventsTimeout(seconds); }
void Window::request_close() { glfwSetWindowShouldClose(handle_, GLFW_TRUE); }

bool Window::wants_close() const { return glfwWindowShouldClose(handle_); }
void Window::dismiss_close() { glfwSetWindowShouldClose(handle_, GLFW_FALSE); }

VkExtent2D Window::framebuffer_size() const {
  int width = 0, height = 0;
  glfwGetFramebufferSize(handle_, &width, &height);
  return {static_cast<uint32_t>(std::max(width, 0)), static_cast<uint32_t>(std::max(height, 0))};
}

void Window::capture_mouse(bool captured) {
  if (captured == captured_) return;
  captured_ = captured;
  fresh_capture_ = true;
  glfwSetInputMode(handle_, GLFW_CURSOR, captured ? GLFW_CURSOR_DISABLED : GLFW_CURSOR_NORMAL);
  if (captured && glfwRawMouseMotionSupported()) glfwSetInputMode(handle_, GLFW_RAW_MOUSE_MOTION, GLFW_TRUE);
  if (imgui_) {
    // ImGui would otherwise show its own pointer again and react to the hidden one.
    ImGuiIO& io = ImGui::GetIO();
    if (captured) io.ConfigFlags |= ImGuiConfigFlags_NoMouse | ImGuiConfigFlags_NoMouseCursorChange;
    else io.ConfigFlags &= ~(ImGuiConfigFlags_NoMouse | ImGuiConfigFlags_NoMouseCursorChange);
  }
  if (!captured) {
    int width = 0, height = 0;
    glfwGetWindowSize(handle_, &width, &height);
    glfwSetCursorPos(handle_, width / 2.0, height / 2.0);
  }
}

void Window::on_key(GLFWwindow* handle, int key, int, int action, int) {
  if (action != GLFW_PRESS) return;
  for (const Binding& b : kBindings)
    if (b.glfw == key) self(handle)->input_.pressed[static_cast<int>(b.key)] = true;
  if (key == GLFW_KEY_KP_ENTER) self(handle)->input_.pressed[static_cast<int>(Key::kEnter)] = true;
}

void Window::on_button(GLFWwindow* handle, int button, int action, int) {
  Input& input = self(handle)->input_;
  if (button == GLFW_MOUSE_BUTTON_LEFT) (action == GLFW_PRESS ? input.left_pressed : input.left_released) = true;
  if (button == GLFW_MOUSE_BUTTON_RIGHT && action == GLFW_PRESS) input.right_pressed = true;
}

void Window::on_scroll(GLFWwindow* handle, double, double dy) { self(handle)->input_.scroll += dy; }

void Window::on_move(GLFWwindow* handle, double x, double y) {
  Window& w = *self(handle);
  if (w.captured_ && !w.fresh_capture_) {
    w.input_.look_x += x - w.last_x_;
    w.input_.look_y += y - w.last_y_;
  }
  w.fresh_capture_ = false;
  w.last_x_ = x;
  w.last_y_ = y;
}

void Window::on_focus(GLFWwindow* handle, int focused) {
  Window& w = *self(handle);
  if (!focused) w.input_.focus_lost = true;
  w.fresh_capture_ = true;
}

}  // namespace shixun
