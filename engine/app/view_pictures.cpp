// Pictures without a window: one shot of a scene, or a journal's course with its result.

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/app/view_pages.h"
#include "engine/app/view_room.h"
#include "engine/records/journal.h"
#include "engine/training/describe.h"
#include "engine/training/moments.h"
#include "engine/ui/result.h"

namespace shixun {
namespace {

// A pack and the exercise that a reference or a journal names.
struct Subject {
  std::shared_ptr<const Pack> pack;
  const Exercise* exercise = nullptr;
};

Result<Subject> open_subject(const std::string& ref) {
  auto found = find_exercise(ref);
  if (!found) return found.error();
  PackLoad load = load_pack(found->pack_dir);
  if (!load.pack) return load.errors.empty() ? Error{Code::kFailed, found->pack_dir.string(), "cannot be read", ""} : load.errors[0];
  Subject subject;
  subject.pack = std::make_shared<const Pack>(std::move(*load.pack));
  subject.exercise = subject.pack->find_exercise(found->exercise);
  if (!subject.exercise) return Error{Code::kUsage, ref, "the pack has no exercise '" + found->exercise + "'", ""};
  return subject;
}

// Text that the fonts lacked appears in the second try.
Result<Pixels> picture(Graphics& g, Room* room, const Camera& camera, uint32_t width, uint32_t height, const std::function<void()>& widgets) {
  for (int attempt = 0;; ++attempt) {
    begin_ui(g, width, height, 1.0f / 60);
    widgets();
    // ImGui sizes some panels one frame late; the first frame is only for that and for missing characters, so it needs no scene.
    auto pixels = shoot_frame(g, attempt > 0 ? room : nullptr, camera, width, height);
    if (!pixels || attempt > 0) return pixels;
  }
}

void draw_caption(const Theme& theme, const std::string& title, const std::string& note) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float wish = std::max(text_size(theme.body, title.c_str()).x, text_size(theme.small, note.c_str()).x) + theme.px(40);  // no wider: it hides what is in the hand
  const float width = std::min({wish, screen.x - theme.px(32), theme.px(860)});
  begin_panel(theme, "caption", {theme.px(16), screen.y - theme.px(104)}, {width, theme.px(88)}, false);
  text_in(theme.body, color::kText, title.c_str());
  text_in(theme.small, color::kMuted, note.c_str());
  end_panel();
}

Status write_picture(const fs::path& file, const Result<Pixels>& pixels) {
  if (!pixels) return pixels.error();
  if (const Status made = make_dirs(file.parent_path().empty() ? fs::path(".") : file.parent_path()); !made) return made;
  return write_png(file, *pixels);
}

}  // namespace

Status write_shot(const ViewRequest& request) {
  auto subject = open_subject(request.exercise);
  if (!subject) return subject.error();
  uint64_t seed = request.seed.value_or(1);
  std::vector<Event> events;
  if (!request.journal.empty()) {
    auto journal = read_journal(request.journal);
    if (!journal) return journal.error();
    if (auto known = check_seed_known(journal->header, request.journal.string()); !known) return known;
    seed = journal->header.seed;
    for (const Event& e : journal->events)
      if (e.t_ms <= request.at_ms) events.push_back(e);
  }
  const Scene& scene = subject->pack->scene;
  for (const auto& asked : {std::pair{"--camera", &request.camera}, {"--observer", &request.observer}}) {
    const std::string* name = asked.second;
    if (name->empty() || std::any_of(scene.cameras.begin(), scene.cameras.end(), [&](const CameraDef& c) { return c.name == *name; })) continue;
    std::string names;
    for (const CameraDef& c : scene.cameras) names += (names.empty() ? "" : ", ") + c.name;
    return Error{Code::kUsage, asked.first, "the scene has no camera '" + *name + "'", "It has: " + names};
  }
  auto graphics = open_graphics(false, request.width, request.height, false, *request.lang, "", request.tier);
  if (!graphics) return graphics.error();
  (*graphics)->stereo = request.stereo;
  const auto world = world_after(subject->pack, *subject->exercise, seed, events, UINT32_MAX);
  auto room = open_room(**graphics, subject->pack, *world);
  if (!room) return room.error();
  Camera camera = scene_camera(scene, request.camera);
  if (request.camera.empty() && !events.empty()) camera = look_back(**room, *subject->exercise, *world, events.back());
  (*room)->stage->update(*world, {camera.eye, camera.orientation, true}, 0, true);
  if (request.debug != DebugView::kOff || !request.observer.empty()) {
    // The first frame has nothing to go by: what it draws early would be nothing.
    begin_ui(**graphics, request.width, request.height, 1.0f / 60);
    if (auto before = shoot_frame(**graphics, room->get(), camera, request.width, request.height); !before) return before.error();
    (*graphics)->debug = request.debug;
    if (!request.observer.empty()) (*graphics)->observer = scene_camera(scene, request.observer);
  }
  return write_picture(request.out, picture(**graphics, room->get(), camera, request.width, request.height, [] {}));
}

Status write_shots(const ViewRequest& request) {
  auto journal = read_journal(request.journal);
  if (!journal) return journal.error();
  const JournalHeader& header = journal->header;
  if (auto same = check_scorer(header.scorer, request.journal.string()); !same) return same.error();
  if (auto known = check_seed_known(header, request.journal.string()); !known) return known;
  auto subject = open_subject(request.exercise.empty() ? header.exercise : request.exercise);
  if (!subject) return subject.error();
  const Pack& pack = *subject->pack;
  const Exercise& exercise = *subject->exercise;
  const Lang lang = request.lang.value_or(header.lang == "en" ? Lang::kEn : Lang::kZh);
  auto graphics = open_graphics(false, request.width, request.height, false, lang, all_pack_text(pack), request.tier);
  if (!graphics) return graphics.error();
  Graphics& g = **graphics;

  const std::vector<Event>& events = journal->events;
  auto world = world_after(subject->pack, exercise, header.seed, {}, 0);
  auto room = open_room(g, subject->pack, *world);
  if (!room) return room.error();

  const auto wanted = [&](const std::string& name) { return request.only.empty() || std::find(request.only.begin(), request.only.end(), name) != request.only.end(); };
  for (const std::string& name : request.only) {
    const bool step = std::any_of(exercise.steps.begin(), exercise.steps.end(), [&](const Step& s) { return s.id == name; });
    if (!step && name != "result") return Error{Code::kUsage, "--only", "the exercise has no step '" + name + "'", "Name steps of its scenario.yaml, or 'result'"};
  }
  // A picture when a step was completed, and of every accident.
  size_t step = 0;
  int number = 0;
  std::vector<Event> past;
  for (const Event& e : events) {
    past.push_back(e);
    const size_t now = current_step(exercise, world->truths(), effective_events(past));
    const bool accident = e.verb == Verb::kDrop || e.verb == Verb::kRoll || e.verb == Verb::kTouch;
    if (now <= step && !accident) continue;
    const std::string title = accident ? describe(e, pack, exercise, lang) : pack.text(exercise.steps[std::min(now, exercise.steps.size()) - 1].title).in(lang);
    const std::string name = accident ? std::string(verb_name(e.verb)) : exercise.steps[std::min(now, exercise.steps.size()) - 1].id;
    step = std::max(step, now);
    ++number;
    if (!wanted(name)) continue;
    world = world_after(subject->pack, exercise, header.seed, events, e.seq);
    const Camera camera = look_back(**room, exercise, *world, e);
    const fs::path file = request.out / fmt::format("{:02}-{}.png", number, name);
    const auto pixels = picture(g, room->get(), camera, request.width, request.height, [&] { draw_caption(g.theme, title, describe(e, pack, exercise, lang)); });
    if (const Status written = write_picture(file, pixels); !written) return written;
  }

  if (!wanted("result")) return ok();
  const Marksheet sheet = grade(pack, exercise, header.mode, header.seed, events);
  ResultScreen screen;
  screen.pack = &pack;
  screen.exercise = &exercise;
  screen.sheet = &sheet;
  screen.events = &events;
  screen.note = header.attempt;
  for (size_t i = sheet.marks.size(); i-- > 0;)
    if (sheet.marks[i].awarded_mp < sheet.marks[i].max_mp) screen.selected = i;
  world = world_after(subject->pack, exercise, header.seed, events, UINT32_MAX);
  const Camera camera = scene_camera(pack.scene, "overview");
  (*room)->stage->use_tool_on(-1);
  (*room)->stage->update(*world, {camera.eye, camera.orientation, true}, 0, true);
  return write_picture(request.out / "result.png", picture(g, room->get(), camera, request.width, request.height, [&] { draw_result(g.theme, screen, lang); }));
}

}  // namespace shixun
