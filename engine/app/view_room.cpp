#include "engine/app/view_room.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "engine/base/log.h"
#include "engine/desktop/window.h"
#include "engine/records/config.h"
#include "engine/training/moments.h"
#include "engine/ui/strings.h"

namespace shixun {

namespace {

glm::vec3 vec(const std::array<double, 3>& v) { return {v[0], v[1], v[2]}; }

constexpr float kFov = 1.02f;  // rad, vertical
constexpr size_t kDrawnLamps = 12;

void add_spots(Lighting& light, const Scene& scene) {
  constexpr float kDegree = 3.14159265f / 180;
  for (const SpotDef& def : scene.lamps) {
    Lamp lamp = spot_lamp(vec(def.at), vec(def.look), static_cast<float>(def.candela), static_cast<float>(def.inner_deg) * kDegree,
                          static_cast<float>(def.outer_deg) * kDegree, static_cast<float>(def.range_m));
    lamp.color = vec(def.color);
    light.lamps.push_back(lamp);
  }
}

// The room's modelled lamps light it; without any, the renderer's own rows do.
Lighting light_for(const Stage& stage) {
  const glm::vec3 lower = stage.room_lower(), upper = stage.room_upper();
  Lighting light = workshop_lighting(lower, upper);
  std::vector<Stage::LampPlace> places = stage.lamps();
  if (places.empty()) return light;
  if (places.size() > kDrawnLamps) places.resize(kDrawnLamps);
  const Lamp pattern = light.lamps.empty() ? Lamp{} : light.lamps[0];
  light.lamps.clear();
  for (const Stage::LampPlace& place : places) {
    Lamp lamp = pattern;
    const bool x = place.half_size.x >= place.half_size.z;
    lamp.position = place.position - glm::vec3(0, place.half_size.y + 0.01f, 0);
    lamp.direction = {0, -1, 0};
    lamp.along = x ? glm::vec3(1, 0, 0) : glm::vec3(0, 0, 1);
    lamp.half_size = x ? glm::vec2(place.half_size.x, place.half_size.z) : glm::vec2(place.half_size.z, place.half_size.x);
    light.lamps.push_back(lamp);
  }
  return light;
}

}  // namespace

Graphics::~Graphics() {
  if (device) {
    if (const Status idle = device->wait_idle(); !idle) spdlog::warn("{}", idle.error().text());
  }
  vr.reset();
  swapchain.reset();
  renderer.reset();
  if (imgui) ImGui::SetCurrentContext(imgui);
  // The window lets go of ImGui's input before ImGui goes; the device owns the surface and goes before the window.
  device.reset();
  window.reset();
  if (imgui) ImGui::DestroyContext(imgui);
}

Result<std::unique_ptr<Graphics>> open_graphics(bool with_window, uint32_t width, uint32_t height, bool fullscreen, Lang lang, const std::string& words,
                                                const std::string& tier, const ViewRequest* headset) {
  auto g = std::make_unique<Graphics>();
  g->lang = lang;
  DeviceOptions options;
  if (headset && headset->vr != ViewRequest::Vr::kNo) {
    g->vr_options = {static_cast<float>(headset->vr_scale), static_cast<int>(headset->vr_frames), headset->capture_eyes};
    auto connected = Headset::connect();
    if (!connected && headset->vr == ViewRequest::Vr::kYes) return connected.error();
    if (connected) {
      g->vr = std::make_unique<Vr>(std::move(*connected), g->vr_options);
      g->vr->headset->fit(options);
    } else {
      spdlog::warn("{}", connected.error().text());
    }
  }
  if (with_window) {
    auto window = Window::create({static_cast<int>(width), static_cast<int>(height), tr(Str::kProduct, lang), fullscreen});
    if (!window) return window.error();
    g->window = std::move(*window);
    options.instance_extensions = g->window->instance_extensions();
    options.create_surface = [w = g->window.get()](VkInstance instance) { return w->create_surface(instance); };
  }
  auto device = create_device(options);
  if (!device) return device.error();
  g->device = std::move(*device);
  const char* environment = std::getenv("SHIXUN_TIER");
  const std::string wanted = !tier.empty() ? tier : environment ? environment : "";
  const std::optional<Tier> named = tier_from_name(wanted);
  if (!wanted.empty() && !named) return Error{Code::kUsage, "SHIXUN_TIER", "'" + wanted + "' is not a tier", "Use low, medium or high"};
  const bool measured = with_window && !named;
  g->tier = named.value_or(measured ? Tier::kLow : Tier::kHigh);
  auto renderer = Renderer::create(*g->device, options_of(g->tier));
  if (!renderer) return renderer.error();
  g->renderer = std::move(*renderer);
  if (measured) {
    auto found = measure_tier(*g->device, *g->renderer);
    if (!found) return found.error();
    g->tier = found->tier;
  }
  if (with_window) {
    auto swapchain = Swapchain::create(*g->device, g->window->framebuffer_size(), !g->vr);  // the headset paces the frames
    if (!swapchain) return swapchain.error();
    g->swapchain = std::move(*swapchain);
  }
  g->imgui = ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  if (g->window) g->window->attach_imgui();
  if (const Status fonts = make_fonts(g->theme, g->renderer->textures(), all_ui_text() + words, static_cast<float>(height) / 720.0f); !fonts) return fonts.error();
  if (with_window) {
    g->audio = Audio::open();
    // A configuration that cannot be read is told of where it matters: when results are to be kept or sent.
    if (const auto config = load_config()) {
      g->volume = static_cast<float>(config->volume) / 100;
      g->captions = config->captions;
    }
    set_loudness(*g, 2);
  }
  if (g->vr)
    if (const Status opened = g->vr->open(*g); !opened) {
      if (headset->vr == ViewRequest::Vr::kYes) return opened.error();
      spdlog::warn("{}", opened.error().text());
      g->vr.reset();
    }
  return g;
}

void set_loudness(Graphics& graphics, int loudness) {
  graphics.loudness = loudness;
  if (graphics.audio) graphics.audio->set_volume(graphics.volume * static_cast<float>(loudness) / 2);
}

Status connect_headset(Graphics& graphics) {
  auto connected = Headset::connect();
  if (!connected) return connected.error();
  auto vr = std::make_unique<Vr>(std::move(*connected), graphics.vr_options);
  if (const Status opened = vr->open(graphics); !opened) return opened;
  graphics.vr = std::move(vr);
  return ok();
}

Input poll_input(Graphics& graphics, double wait_seconds) {
  Input input = graphics.window->poll(graphics.vr && graphics.vr->headset ? 0 : wait_seconds);
  if (graphics.vr) graphics.vr->begin(graphics, input);
  return input;
}

Status set_tier(Graphics& graphics, Tier tier) {
  graphics.tier = tier;
  return graphics.renderer->set_options(options_of(tier));
}

std::string all_pack_text(const Pack& pack) {
  std::string all;
  for (const auto& [key, words] : pack.strings) all += words.zh + words.en;
  return all;
}

Result<std::unique_ptr<Room>> open_room(Graphics& graphics, std::shared_ptr<const Pack> pack, const World& world) {
  auto room = std::make_unique<Room>();
  room->pack = pack;
  auto root = data_root();
  if (!root) return root.error();
  auto stage = Stage::create(pack, *root / "assets" / "models", places().cache);
  if (!stage) return stage.error();
  room->stage = std::move(*stage);
  room->stage->speak(graphics.lang);
  auto scene = GpuScene::create(*graphics.device, graphics.renderer->textures());
  if (!scene) return scene.error();
  room->scene = std::move(*scene);
  if (const Status shown = room->stage->show_in(*room->scene, graphics.renderer->textures(), graphics.theme.font_bytes, graphics.theme.font_index); !shown) return shown.error();
  room->stage->update(world, {}, 0, true);
  room->lighting = light_for(*room->stage);
  add_spots(room->lighting, pack->scene);
  return room;
}

void begin_ui(Graphics& graphics, uint32_t width, uint32_t height, float dt) {
  ImGui::SetCurrentContext(graphics.imgui);
  graphics.theme.drawn.clear();
  const bool hung = graphics.in_headset();
  graphics.theme.hung = hung;
  if (hung) width = static_cast<uint32_t>(graphics.vr->canvas_width()), height = static_cast<uint32_t>(kCanvasHeight);
  graphics.theme.left = graphics.theme.right = static_cast<float>(width) / 2;
  if (const Status fonts = renew_fonts(graphics.theme, graphics.renderer->textures(), std::clamp(static_cast<float>(height) / 720.0f, 0.6f, 4.0f)); !fonts)
    spdlog::warn("{}", fonts.error().text());
  if (hung) graphics.vr->point_in_ui();
  else if (graphics.window) graphics.window->new_imgui_frame();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  io.DisplayFramebufferScale = {hung ? kCanvasWidth / io.DisplaySize.x : 1, 1};  // a page fills the whole texture
  io.DeltaTime = std::max(dt, 1e-4f);
  ImGui::NewFrame();
  ImGui::PushFont(graphics.theme.body);
}

namespace {

Frame finish_frame(const Graphics& graphics, Room* room, const Camera& camera) {
  ImGui::PopFont();
  ImGui::Render();
  Frame frame;
  frame.camera = camera;
  if (room) {
    room->stage->speak(graphics.lang);  // from the next update on
    frame.scene = room->scene.get();
    frame.lighting = room->lighting;
  }
  frame.ui = ImGui::GetDrawData();
  frame.debug = graphics.debug;
  if (graphics.observer) frame.observer = &*graphics.observer;
  if (room) graphics.developer.apply(frame);
  return frame;
}

}  // namespace

Status show_frame(Graphics& graphics, Room* room, const Camera& camera) {
  ++graphics.pictures;
  Frame frame = finish_frame(graphics, room, camera);
  if (graphics.in_headset()) return graphics.vr->show(graphics, room, frame);
  graphics.swapchain->resize(graphics.window->framebuffer_size());
  auto target = graphics.swapchain->acquire();
  if (!target) return target.error();
  if (!*target) return ok();  // minimized
  graphics.developer.take_shaders(*graphics.device);
  if (const Status drawn = graphics.renderer->draw(**target, frame); !drawn) return drawn;
  graphics.developer.note(graphics.renderer->stats());
  return graphics.swapchain->present();
}

Result<Pixels> shoot_frame(Graphics& graphics, Room* room, const Camera& camera, uint32_t width, uint32_t height) {
  Frame frame = finish_frame(graphics, room, camera);
  const uint32_t eyes = graphics.stereo ? 2 : 1;
  width /= eyes;
  auto canvas = create_canvas(*graphics.device, width, height, eyes);
  if (!canvas) return canvas.error();
  // Each eye sees what the camera sees up and down; straight ahead, so that the pair can be looked at on a screen.
  const float up = frame.camera.fov_y / 2, aside = std::atan(std::tan(up) * static_cast<float>(width) / static_cast<float>(height));
  const auto views = headset_views(frame.camera, {-aside, aside, up, -up}, 0);
  if (graphics.stereo) frame.views = views;
  if (const Status drawn = graphics.renderer->draw(canvas->target(), frame); !drawn) return drawn.error();
  auto left = capture(*graphics.device, *canvas);
  if (!left || !graphics.stereo) return left;
  auto right = capture(*graphics.device, *canvas, 1);
  if (!right) return right.error();
  return beside(*left, *right);
}

std::unique_ptr<World> world_after(std::shared_ptr<const Pack> pack, const Exercise& exercise, uint64_t seed, const std::vector<Event>& events, uint32_t seq) {
  auto world = std::make_unique<World>(std::move(pack), exercise, seed);
  std::vector<Event> past;
  for (const Event& e : events)
    if (e.seq <= seq) past.push_back(e);
  for (const Event& e : effective_events(past)) world->apply(e);
  return world;
}

Camera look_back(Room& room, const Exercise& exercise, const World& world, const Event& event) {
  const Scene& scene = room.pack->scene;
  const bool with_tool = event.verb == Verb::kTurn || event.verb == Verb::kMeasure || event.find("pressure_pa");
  int object = scene.find_object(event.o);
  if (object < 0 && event.verb == Verb::kMeasure) object = scene.find_object(event.text("red"));  // between two points: at one of them
  room.stage->use_tool_on(with_tool && object >= 0 && world.held() >= 0 ? object : -1);
  room.stage->update(world, {}, 0, true);
  const int socket = object < 0 ? scene.find_socket(event.o) : -1;
  // Words and the work order have no place of their own: where the meter in the hand measures, or where the first step about them looks.
  if (object < 0 && socket < 0 && (event.verb == Verb::kRecord || event.verb == Verb::kSay)) {
    object = world.leads().red;
    for (const Step& step : exercise.steps) {
      if (object >= 0) break;
      const int at = scene.find_object(step.look_at);
      if (at >= 0 && !scene.objects[static_cast<size_t>(at)].item && std::find(step.unlock.begin(), step.unlock.end(), event.o) != step.unlock.end()) object = at;
    }
  }
  Camera camera = scene_camera(scene, "overview");
  // What is worn is not seen; it was taken from where it belongs.
  int home = socket;
  if (object >= 0 && !room.stage->visible(object)) {
    if (const auto& item = scene.objects[static_cast<size_t>(object)].item) home = item->home;
    object = -1;
  }
  if (object >= 0 && scene.objects[static_cast<size_t>(object)].body) object = home = -1;  // the whole car: the overview shows it best
  if (object >= 0) camera = camera_at(room, room.stage->center(object), std::min(room.stage->radius(object), 1.2f), room.stage->facing(object));
  else if (home >= 0) camera = camera_at(room, room.stage->socket_point(home), 0.1f);
  // Once more, so that what is in the hand is before this camera.
  room.stage->update(world, {camera.eye, camera.orientation, true}, 0, true);
  return camera;
}

void look_about(Walker& viewer, Input input, Camera& camera, float dt) {
  const Floor everywhere{{-1e3f, -1e3f}, {1e3f, 1e3f}, {}};
  const bool turns = input.left_held && !ImGui::GetIO().WantCaptureMouse;
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  input.look_x = turns ? static_cast<double>(moved.x) : 0;
  input.look_y = turns ? static_cast<double>(moved.y) : 0;
  const float height = viewer.eye_height;
  walk(viewer, input, everywhere, dt);
  viewer.eye_height = height;
  camera.eye = viewer.eye();
  camera.orientation = look_orientation(viewer.yaw, viewer.pitch);
}

Camera camera_at(const Room& room, const glm::vec3& spot, float radius, const glm::vec3& facing) {
  const Scene& scene = room.pack->scene;
  const float distance = std::clamp(0.75f + radius * 1.8f, 0.8f, 3.2f);
  glm::vec3 best_eye = vec(scene.start_eye);
  float best = std::numeric_limits<float>::max();
  // From where one may stand, nearest to the wanted distance with a free view; slightly from above.
  for (int i = 0; i < 24; ++i) {
    const float a = static_cast<float>(i) * 0.2618f;
    for (const float lift : {0.35f, 0.7f}) {
      glm::vec3 eye = spot + glm::vec3(std::cos(a), lift, std::sin(a)) * distance;
      eye = glm::clamp(eye, vec(scene.walk_lower), vec(scene.walk_upper) + glm::vec3(0, 2.2f, 0));
      eye.y = std::max(eye.y, 0.35f);
      const glm::vec3 way = spot - eye;
      const float length = glm::length(way);
      const auto hit = room.stage->cast({eye, way / length}, length, -1);
      const float blocked = hit ? std::max(0.0f, length - hit->distance - radius - 0.05f) : 0;
      const float cost = blocked * 20 + std::abs(length - distance) * 2 + glm::length(eye - vec(scene.start_eye)) * 0.2f + (1 + glm::dot(way / length, facing)) * 1.5f;
      if (cost < best) best = cost, best_eye = eye;
    }
  }
  return look_at(best_eye, spot, 0.9f);
}

Camera scene_camera(const Scene& scene, const std::string& name) {
  for (const CameraDef& c : scene.cameras)
    if (c.name == name) return look_at(vec(c.eye), vec(c.look), static_cast<float>(c.fov_deg * 3.14159265 / 180));
  return look_at(vec(scene.start_eye), vec(scene.start_look), kFov);
}

}  // namespace shixun
