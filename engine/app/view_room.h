#pragma once
// A scene ready to be looked at: the device, the renderer, a pack's stage with its light. Shared by play, replay and pictures.

#include <memory>
#include <optional>
#include <string>

#include "engine/app/view.h"
#include "engine/app/view_developer.h"
#include "engine/app/view_vr.h"
#include "engine/audio/audio.h"
#include "engine/desktop/walker.h"
#include "engine/gpu/swapchain.h"
#include "engine/interact/stage.h"
#include "engine/render/capture.h"
#include "engine/render/renderer.h"
#include "engine/ui/theme.h"

struct ImGuiContext;

namespace shixun {

class Window;

// Device, renderer, fonts; with a window or without.
struct Graphics {
  Graphics() = default;
  Graphics(const Graphics&) = delete;
  Graphics& operator=(const Graphics&) = delete;
  ~Graphics();

  ImGuiContext* imgui = nullptr;
  std::unique_ptr<Window> window;  // null offscreen
  std::unique_ptr<Device> device;
  std::unique_ptr<Renderer> renderer;
  std::unique_ptr<Swapchain> swapchain;
  Theme theme;
  Lang lang = Lang::kZh;
  Tier tier = Tier::kHigh;
  double last_frame_s = 0;
  DebugView debug = DebugView::kOff;
  std::optional<Camera> observer;
  bool stereo = false;  // pictures show both eyes, the left one left
  Developer developer;
  std::unique_ptr<Audio> audio;  // null without a window
  float volume = 0.7f;           // as configured; `loudness` of it is heard
  int loudness = 2;              // 0 off, 1 half, 2 full
  bool captions = true;
  std::unique_ptr<Vr> vr;  // null: there is no headset
  VrOptions vr_options;
  uint64_t pictures = 0;  // shown so far, in the window or the headset
  bool in_headset() const { return vr && vr->live(); }
};

// `headset`: what was asked for of one. `words`: text that will be shown, for the fonts. `tier`: low, medium, high; empty: what SHIXUN_TIER says, else what the machine is
// found fit for in a window, high without one.
Result<std::unique_ptr<Graphics>> open_graphics(bool with_window, uint32_t width, uint32_t height, bool fullscreen, Lang lang, const std::string& words,
                                                const std::string& tier = "", const ViewRequest* headset = nullptr);

// Connects the headset again after it was lost.
Status connect_headset(Graphics& graphics);

// What happened since the last frame, at the window and in the headset. In a headset this is what paces the frames.
Input poll_input(Graphics& graphics, double wait_seconds = 0);

// Off, half, full of the configured volume.
void set_loudness(Graphics& graphics, int loudness);

// Draws with another tier from the next frame on.
Status set_tier(Graphics& graphics, Tier tier);

// Every word of a pack, for the fonts.
std::string all_pack_text(const Pack& pack);

struct Room {
  std::shared_ptr<const Pack> pack;
  std::unique_ptr<GpuScene> scene;
  std::unique_ptr<Stage> stage;  // refers to scene
  Lighting lighting;
};

// Loads models (cook cache), uploads them, places them as `world` says.
Result<std::unique_ptr<Room>> open_room(Graphics& graphics, std::shared_ptr<const Pack> pack, const World& world);

// One ImGui frame: begin, then draw widgets, then finish gives the draw data.
void begin_ui(Graphics& graphics, uint32_t width, uint32_t height, float dt);

// Draws to the window, or waits a little while it is minimized. `room` null: only the UI.
Status show_frame(Graphics& graphics, Room* room, const Camera& camera);

// The same to a picture.
Result<Pixels> shoot_frame(Graphics& graphics, Room* room, const Camera& camera, uint32_t width, uint32_t height);

// The world after the events up to and including `seq`; all of them for UINT32_MAX.
std::unique_ptr<World> world_after(std::shared_ptr<const Pack> pack, const Exercise& exercise, uint64_t seed, const std::vector<Event>& events, uint32_t seq);

// Shows that world at once, with the camera at the event's place and the tool on what it worked on. Gives the camera.
Camera look_back(Room& room, const Exercise& exercise, const World& world, const Event& event);

// One frame of looking about without an exercise: walks anywhere, at the eye's height, and turns while the left button drags (not over a panel).
void look_about(Walker& viewer, Input input, Camera& camera, float dt);

// Where to look from at a spot: from where one may stand, with a free view, from the side it faces (zero: any).
Camera camera_at(const Room& room, const glm::vec3& spot, float radius, const glm::vec3& facing = glm::vec3(0));
Camera scene_camera(const Scene& scene, const std::string& name);  // a named camera, or where one starts

}  // namespace shixun
