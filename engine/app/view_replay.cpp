// A recorded attempt in a window.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/app/view_film.h"
#include "engine/app/view_pages.h"
#include "engine/app/view_sound.h"
#include "engine/desktop/window.h"
#include "engine/records/journal.h"
#include "engine/training/describe.h"
#include "engine/ui/strings.h"

namespace shixun {
namespace {

constexpr float kCaptionLife = 3.5f;   // s
constexpr int64_t kEffortHeard = 900;   // ms that an effort is heard from its event on: how long it took is not recorded

struct Film {
  double t_ms = 0, end_ms = 1, speed = 1;
  bool runs = true, scrubbed = false, skipped = false;
};

void draw_timeline(const Theme& theme, Film& film, const std::string& line, Lang lang, float beside) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = screen.x - theme.px(48) - beside;
  begin_panel(theme, "timeline", {theme.px(24), screen.y - theme.px(124)}, {width, theme.px(104)});
  text_in(theme.body, color::kText, line.c_str());
  if (button(theme, tr(film.runs ? Str::kHalt : Str::kPlay, lang), {theme.px(90), theme.px(38)}, true)) film.runs = !film.runs;
  ImGui::SameLine();
  ImGui::SetNextItemWidth(width - theme.px(36 + 90 + 10 + 150 + 90));
  float seconds = static_cast<float>(film.t_ms / 1000);
  if (ImGui::SliderFloat("##time", &seconds, 0, static_cast<float>(film.end_ms / 1000), "")) {
    film.t_ms = seconds * 1000.0;
    film.scrubbed = true;
  }
  ImGui::SameLine();
  text_in(theme.body, color::kMuted, (format_clock(static_cast<int64_t>(film.t_ms)) + " / " + format_clock(static_cast<int64_t>(film.end_ms))).c_str());
  ImGui::SameLine(width - theme.px(18 + 80));
  if (button(theme, fmt::format("{}x", film.speed).c_str(), {theme.px(80), theme.px(38)})) film.speed = film.speed >= 8 ? 0.5 : film.speed * 2;
  end_panel();
}

// What is heard and tells something, above the timeline.
void draw_captions(const Theme& theme, const std::vector<std::pair<float, Text>>& read_out, Lang lang) {
  ImDrawList* draw = ImGui::GetBackgroundDrawList();
  const ImVec2 screen = ImGui::GetIO().DisplaySize, pad(theme.px(12), theme.px(6));
  float y = screen.y - theme.px(136);
  for (const auto& [age, words] : read_out) {
    const ImVec2 size = text_size(theme.body, words.in(lang).c_str());
    y -= size.y + 2 * pad.y + theme.px(6);
    const ImVec2 from((screen.x - size.x) / 2 - pad.x, y);
    draw->AddRectFilled(from, {from.x + size.x + 2 * pad.x, y + size.y + 2 * pad.y}, color::kPanel, theme.px(8));
    draw_text(draw, theme.body, {from.x + pad.x, y + pad.y}, color::kText, words.in(lang).c_str());
  }
}

}  // namespace

Result<FilmEnd> show_film(Graphics& graphics, Room& room, const FilmRequest& request, bool leave_at_end, StatusFile* status) {
  Graphics& g = graphics;
  const auto& [pack, exercise, seed, all_events, speed, page] = request;
  const std::vector<Event>& events = *all_events;
  auto world = world_after(pack, *exercise, seed, {}, 0);
  room.stage->update(*world, {}, 0, true);
  Film film;
  film.speed = speed;
  film.end_ms = events.empty() ? 1 : static_cast<double>(events.back().t_ms) + 1500;
  Camera camera = scene_camera(pack->scene, ""), wanted = camera;
  Walker viewer;
  g.developer.enter(true);  // what was recorded stays as it is
  bool own_camera = false;  // the person took the camera
  size_t shown = 0;         // events that happened
  Soundscape sounds(*g.audio, pack);
  std::vector<std::pair<float, Text>> read_out;  // captions, with the seconds they have stood
  auto last = std::chrono::steady_clock::now();
  for (;;) {
    Input input = poll_input(g);
    const auto now = std::chrono::steady_clock::now();
    const float dt = std::min(std::chrono::duration<float>(now - last).count(), 0.5f);
    last = now;
    input = g.developer.step(input, camera, dt);
    if (g.window->wants_close()) return FilmEnd::kClosed;
    if (input.was_pressed(Key::kEscape)) return FilmEnd::kLeft;
    film.skipped |= film.runs && film.speed > 1;
    if (leave_at_end && film.t_ms >= film.end_ms) return film.skipped ? FilmEnd::kSkipped : FilmEnd::kWatched;
    if (input.was_pressed(Key::kSound)) set_loudness(g, (g.loudness + 2) % 3);
    if (input.was_pressed(Key::kLanguage)) g.lang = g.lang == Lang::kZh ? Lang::kEn : Lang::kZh;
    if (film.runs) film.t_ms = std::min(film.t_ms + dt * 1000.0 * film.speed, film.end_ms);

    const size_t due = static_cast<size_t>(std::upper_bound(events.begin(), events.end(), static_cast<int64_t>(film.t_ms), [](int64_t t, const Event& e) { return t < e.t_ms; }) - events.begin());
    std::span<const Event> unheard;
    if (due != shown) {
      const bool jump = due < shown || film.scrubbed;
      if (!jump) unheard = std::span(events).subspan(shown, due - shown);
      shown = due;
      world = world_after(pack, *exercise, seed, events, due == 0 ? 0 : events[due - 1].seq);
      if (jump) sounds.settle(*world);
      if (due > 0) {
        const Event& e = events[due - 1];
        const int at = pack->scene.find_object(e.o), object = at < 0 && e.verb == Verb::kMeasure ? pack->scene.find_object(e.text("red")) : at;
        const bool with_tool = (e.verb == Verb::kTurn || e.verb == Verb::kMeasure) && object >= 0 && world->held() >= 0;
        // What is taken or put on is shown where it was: afterwards it is in the hand, or not seen.
        const bool was_seen = object >= 0 && room.stage->visible(object);
        const glm::vec3 was_at = was_seen ? room.stage->center(object) : glm::vec3(0);
        room.stage->use_tool_on(with_tool ? object : -1);
        room.stage->update(*world, {camera.eye, camera.orientation, true}, jump ? 0 : dt, jump);
        if (object >= 0 && e.verb != Verb::kState) {
          const bool is_there = object != world->held() && room.stage->visible(object);
          if (is_there || was_seen) wanted = camera_at(room, is_there ? room.stage->center(object) : was_at, std::min(room.stage->radius(object), 1.2f), room.stage->facing(object));
        }
      }
    }
    film.skipped |= film.scrubbed;
    film.scrubbed = false;
    const bool panel = ImGui::GetIO().WantCaptureMouse;
    if ((input.left_pressed && !panel) || input.is_held(Key::kForward) || input.is_held(Key::kBack) || input.is_held(Key::kLeft) || input.is_held(Key::kRight)) {
      if (!own_camera) {
        viewer.feet = {camera.eye.x, 0, camera.eye.z};
        viewer.eye_height = camera.eye.y;
        face(viewer, camera.eye + camera.orientation * glm::vec3(0, 0, -1));
      }
      own_camera = true;
    }
    if (own_camera) {
      look_about(viewer, input, camera, dt);
      if (input.right_pressed) own_camera = false;
    } else {
      const float way = 1 - std::exp(-dt * 3);
      camera.eye = glm::mix(camera.eye, wanted.eye, way);
      camera.orientation = glm::slerp(camera.orientation, wanted.orientation, way);
      camera.fov_y += (wanted.fov_y - camera.fov_y) * way;
    }
    room.stage->update(*world, {camera.eye, camera.orientation, true}, dt);
    world->advance(static_cast<int64_t>(film.t_ms));  // devices live on between events
    std::optional<Effort> effort;
    if (const Event* e = shown == 0 || !film.runs ? nullptr : &events[shown - 1]; e && static_cast<int64_t>(film.t_ms) < e->t_ms + kEffortHeard)
      effort = Effort{e->verb, e->o, e->tool, e->number("clicked") != 0};
    const std::vector<int> news = sounds.step(*world, *room.stage, unheard, effort ? &*effort : nullptr, camera, dt);
    if (status) status->heard(*pack, news);
    if (g.captions)
      for (Text& words : captions(*pack, news)) read_out.emplace_back(0, std::move(words));
    for (auto& [age, words] : read_out) age += dt;
    std::erase_if(read_out, [](const auto& c) { return c.first > kCaptionLife; });
    const VkExtent2D size = g.window->framebuffer_size();
    begin_ui(g, std::max(size.width, 1u), std::max(size.height, 1u), dt);
    draw_timeline(g.theme, film, shown == 0 ? pack->text(exercise->title).in(g.lang) : describe(events[shown - 1], *pack, *exercise, g.lang), g.lang,
                  g.developer.open() ? developer_width(g.theme) : 0);
    draw_captions(g.theme, read_out, g.lang);
    if (const Status panel_shown = g.developer.show(g, room.scene->tables().instance_count, g.theme.px(112)); !panel_shown) return panel_shown.error();
    if (const Status drawn = show_frame(g, &room, camera); !drawn) return drawn.error();
    if (status) status->page(g.developer.open() ? "developer" : page, {{"t_ms", static_cast<int64_t>(film.t_ms)}, {"events", shown}});
  }
}

Status show_replay(const ViewRequest& request) {
  auto journal = read_journal(request.journal);
  if (!journal) return journal.error();
  const JournalHeader& header = journal->header;
  if (auto known = check_seed_known(header, request.journal.string()); !known) return known;
  auto found = find_exercise(header.exercise);
  if (!found) return found.error();
  PackLoad load = load_pack(found->pack_dir);
  if (!load.pack) return load.errors.empty() ? Error{Code::kFailed, found->pack_dir.string(), "cannot be read", ""} : load.errors[0];
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  const Exercise* exercise = pack->find_exercise(found->exercise);
  if (!exercise) return Error{Code::kFailed, request.journal.string(), "its exercise '" + header.exercise + "' is not in the pack", ""};

  std::unique_ptr<StatusFile> status;
  if (!request.status_file.empty()) {
    auto opened = StatusFile::open(request.status_file);
    if (!opened) return opened.error();
    status = std::move(*opened);
  }
  std::optional<Developer> developer;  // before a window opens: what was asked for may not be possible
  if (request.watch_shaders) {
    if (const Status watching = developer.emplace().watch_shaders(); !watching) return watching;
  }
  auto graphics = open_graphics(true, request.width, request.height, request.fullscreen, *request.lang, all_pack_text(*pack), request.tier);
  if (!graphics) return graphics.error();
  Graphics& g = **graphics;
  if (developer) g.developer = std::move(*developer);
  if (status) status->tell_drawn(g.theme);
  auto world = world_after(pack, *exercise, header.seed, {}, 0);
  auto opened_room = open_room(g, pack, *world);
  if (!opened_room) return opened_room.error();
  auto end = show_film(g, **opened_room, {pack, exercise, header.seed, &journal->events, request.speed, "replay"}, false, status.get());
  return end ? ok() : Status(end.error());
}

}  // namespace shixun
