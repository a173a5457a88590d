// The program in its window: the start page, an attempt, its result.

#include <fmt/format.h>
#include <spawn.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <random>

#include "engine/app/view_film.h"
#include "engine/app/view_pages.h"
#include "engine/app/view_program.h"
#include "engine/base/log.h"
#include "engine/desktop/walker.h"
#include "engine/records/cmi5.h"
#include "engine/records/config.h"
#include "engine/records/purge.h"
#include "engine/training/pack_file.h"
#include "engine/training/trace.h"
#include "engine/ui/launcher.h"
#include "engine/ui/result.h"
#include "engine/ui/strings.h"
#include "engine/ui/wearer_page.h"

namespace shixun {

Input Program::poll(double wait_seconds) {
  Input input = poll_input(*graphics, wait_seconds);
  if (input.was_pressed(Key::kHeadset)) {
    if (graphics->vr && graphics->vr->headset) graphics->vr->headset->leave();
    else if (const Status again = connect_headset(*graphics); !again) headset_trouble = Text{again.error().text(), again.error().text()};
  }
  return input;
}

Status Program::ask_wearer() {
  Wearer answers = graphics->vr->wearer.value_or(Wearer{});
  tick();
  while (graphics->vr && graphics->vr->headset && !window().wants_close()) {
    const Input input = poll();
    if (input.was_pressed(Key::kLanguage)) toggle_language();
    const bool worn = graphics->in_headset();
    if (!worn && input.was_pressed(Key::kEscape)) return ok();
    begin(tick());
    WearerAnswer answer;
    if (worn) answer = draw_wearer(graphics->theme, lang(), answers);
    else draw_notice(graphics->theme, tr(Str::kWearerWait, lang()), tr(Str::kWearerWaitNote, lang()));
    if (const Status drawn = show_frame(*graphics, nullptr, {}); !drawn) return drawn;
    if (status) status->page(worn ? "wearer" : "waiting for the headset");
    if (answer.toggle_language) toggle_language();
    if (!answer.done) continue;
    wear(answers);
    return ok();
  }
  return ok();
}

void Program::wear(const Wearer& answers) {
  if (graphics->vr) graphics->vr->wear(answers);
  if (const Status kept = save_wearer(wearer_file(), answers); !kept) {
    const Text& told = text(Str::kWearerNotKept);
    headset_trouble = Text{fill(told.zh, {"why", kept.error().text()}), fill(told.en, {"why", kept.error().text()})};
  }
}

float Program::tick() {
  const auto now = std::chrono::steady_clock::now();
  const float dt = std::chrono::duration<float>(now - last).count();
  last = now;
  return std::min(dt, 1.0f);
}

void Program::begin(float dt) {
  const VkExtent2D size = window().framebuffer_size();
  begin_ui(*graphics, std::max(size.width, 1u), std::max(size.height, 1u), dt);
}

Status Program::loading(const std::string& what) {
  if (status) status->page("loading");
  window().capture_mouse(false);
  begin(1.0f / 60);
  draw_notice(graphics->theme, what, tr(Str::kLoading, lang()));
  return show_frame(*graphics, nullptr, {});
}

Result<Text> Program::next_tier() {
  constexpr Str kNames[] = {Str::kTierLow, Str::kTierMedium, Str::kTierHigh};
  const int next = (static_cast<int>(graphics->tier) + 1) % 3;
  if (const Status set = set_tier(*graphics, static_cast<Tier>(next)); !set) return set.error();
  const Text &what = text(Str::kTier), &name = text(kNames[next]);
  return Text{what.zh + "：" + name.zh, what.en + ": " + name.en};
}

Text Program::next_loudness() {
  constexpr Str kNames[] = {Str::kSoundOff, Str::kSoundHalf, Str::kSoundFull};
  set_loudness(*graphics, (graphics->loudness + 2) % 3);
  const Text &what = text(Str::kSound), &name = text(graphics->audio->silent() ? Str::kNoSoundDevice : kNames[graphics->loudness]);
  return {what.zh + "：" + name.zh, what.en + ": " + name.en};
}

void Program::deliver() {
  if (request.launch.empty()) return;
  courier_ = std::jthread([attempt = request.launch] {
    if (const Status sent = deliver_session(attempt); !sent) spdlog::warn("{}", sent.error().text());
  });
}

namespace {

std::shared_ptr<const Pack> load(const fs::path& dir, std::vector<Error>& problems) {
  PackLoad loaded = load_pack(dir);
  problems.insert(problems.end(), loaded.errors.begin(), loaded.errors.end());
  if (!loaded.pack) return nullptr;
  return std::make_shared<const Pack>(std::move(*loaded.pack));
}

uint64_t draw_seed() {
  std::random_device random;
  return (uint64_t{random()} << 20 ^ random()) % 1'000'000'000;
}

enum class Next { kQuit, kLauncher, kAgain };

std::string host_of(const std::string& url) {
  const size_t from = url.find("://") + 3;
  const std::string authority = url.substr(from, url.find_first_of("/?#", from) - from);
  return authority.substr(authority.rfind('@') + 1);
}

// No shell reads the address; whoever pressed has seen its host. The program ends behind it.
void open_in_browser(std::string url) {
  std::string program = "xdg-open";
  char* args[] = {program.data(), url.data(), nullptr};
  pid_t child = 0;
  if (const int failed = posix_spawnp(&child, args[0], nullptr, nullptr, args, environ); failed != 0) spdlog::warn("xdg-open cannot be started: {}", std::strerror(failed));
}

// ---------------------------------------------------------------- the result

// What the one who worked may see now. A configuration that cannot be read allows nothing.
ResultScreen::Page page_after(Mode mode) {
  using Page = ResultScreen::Page;
  switch (rules_of(mode).shown) {
    case MarksShown::kNever: return Page::kFilm;
    case MarksShown::kJudges: return Page::kJudges;
    case MarksShown::kStars: return Page::kStars;
    case MarksShown::kReleased: {
      const auto config = load_config();
      const Release release = config ? config->assessment_shows : Release::kHandedIn;
      return release == Release::kMarks ? Page::kMarks : release == Release::kVerdict ? Page::kVerdict : Page::kHandedIn;
    }
    case MarksShown::kLive:
    case MarksShown::kLiveWhy:
    case MarksShown::kAfter: break;
  }
  return Page::kMarks;
}

// What the status file tells: no more than the screen.
nlohmann::json told_of(const ClosedAttempt& closed, ResultScreen::Page page) {
  nlohmann::json told = {{"attempt", closed.uuid}, {"journal", closed.journal.string()}};
  if (page == ResultScreen::Page::kMarks) told.update({{"total_mp", closed.sheet.total_mp}, {"pass", closed.sheet.pass}, {"codes", closed.sheet.codes}});
  if (page == ResultScreen::Page::kVerdict) told["pass"] = closed.sheet.pass;
  if (page == ResultScreen::Page::kStars) told["stars"] = stars_of(closed.sheet.total_mp, closed.sheet.max_mp);
  return told;
}

// `events` are the attempt's; the room shows its last state until a moment is looked back at.
Result<Next> show_result(Program& program, std::shared_ptr<const Pack> pack, const Exercise& exercise, const ClosedAttempt& closed, const std::vector<Event>& events,
                         Camera camera) {
  ResultScreen screen;
  screen.page = page_after(closed.sheet.mode);
  screen.pack = pack.get();
  screen.exercise = &exercise;
  screen.sheet = &closed.sheet;
  if (!program.return_url.empty()) screen.back = host_of(program.return_url);
  screen.events = &events;
  for (size_t i = 0; i < closed.sheet.marks.size(); ++i)
    if (closed.sheet.marks[i].awarded_mp < closed.sheet.marks[i].max_mp) {
      screen.selected = i;
      break;
    }
  const uint64_t seed = closed.sheet.seed;
  auto world = world_after(pack, exercise, seed, events, UINT32_MAX);
  Room& room = *program.room;
  room.stage->update(*world, {camera.eye, camera.orientation, true}, 0, true);
  const Camera resting = camera;
  Walker viewer;  // while looking back
  program.window().capture_mouse(false);
  program.tick();
  for (;;) {
    Input input = program.poll();
    const float dt = program.tick();
    if (program.window().wants_close()) return Next::kQuit;
    if (input.was_pressed(Key::kLanguage)) program.toggle_language();
    if (screen.showing) look_about(viewer, input, camera, dt);
    screen.note = closed.uuid.empty() ? tr(Str::kTriedOut, program.lang()) : fmt::format("{} {}", tr(Str::kAttempt, program.lang()), closed.uuid);
    if (closed.queued > 0) screen.note += "    " + fill(tr(Str::kQueued, program.lang()), {"n", std::to_string(closed.queued)});
    if (closed.proctor_lost) screen.note += fmt::format("    {}", tr(Str::kProctorLost, program.lang()));
    for (const Error& w : closed.warnings) screen.note += "    " + w.text();
    program.begin(dt);
    const ResultAnswer answer = draw_result(program.graphics->theme, screen, program.lang());
    if (const Status drawn = show_frame(*program.graphics, &room, camera); !drawn) return drawn.error();
    if (program.status) {
      if (screen.showing) program.status->page("looking back", {{"seq", *screen.showing}});
      else program.status->page(screen.page == ResultScreen::Page::kMarks ? "result" : "handed in", told_of(closed, screen.page));
    }
    if (answer.show) {
      const auto it = std::find_if(events.begin(), events.end(), [&](const Event& e) { return e.seq == *answer.show; });
      if (it != events.end()) {
        screen.showing = it->seq;
        world = world_after(pack, exercise, seed, events, it->seq);
        camera = look_back(room, exercise, *world, *it);
        viewer.feet = {camera.eye.x, 0, camera.eye.z};
        viewer.eye_height = camera.eye.y;
        const glm::vec3 ahead = camera.orientation * glm::vec3(0, 0, -1);
        face(viewer, camera.eye + ahead);
      }
    }
    if (answer.close_show || (screen.showing && input.was_pressed(Key::kEscape))) {
      screen.showing.reset();
      camera = resting;
      world = world_after(pack, exercise, seed, events, UINT32_MAX);
      room.stage->use_tool_on(-1);
      room.stage->update(*world, {camera.eye, camera.orientation, true}, 0, true);
    }
    if (answer.again) return Next::kAgain;
    if (answer.leave && !screen.back.empty()) open_in_browser(program.return_url);
    if (answer.leave) return screen.back.empty() ? Next::kLauncher : Next::kQuit;
  }
}

// ---------------------------------------------------------------- the start page

struct Choice3 {
  bool quit = false;
  std::string ref, resume;  // one of them
};

Result<Choice3> choose(Program& program, Launcher& launcher) {
  program.window().capture_mouse(false);
  const auto refresh = [&] {
    auto open = list_open_attempts();
    if (open) launcher.open = std::move(*open);
    else launcher.problems.push_back(open.error());
    if (auto deliveries = list_deliveries()) launcher.deliveries = std::move(*deliveries);
    else launcher.problems.push_back(deliveries.error());
  };
  refresh();
  program.tick();
  for (;;) {
    // Nothing moves by itself here: sleep until something happens, but not so long that a blinking caret stops.
    const Input input = program.poll(0.1);
    if (program.window().wants_close()) return Choice3{true, "", ""};
    program.begin(program.tick());
    launcher.tier = static_cast<int>(program.graphics->tier);
    launcher.in_headset = program.graphics->in_headset();
    const LauncherAnswer answer = draw_launcher(program.graphics->theme, launcher, program.lang());
    if (const Status drawn = show_frame(*program.graphics, nullptr, {}); !drawn) return drawn.error();
    if (program.status) program.status->page("launcher", {{"exercises", launcher.exercises.size()}, {"open", launcher.open.size()}});
    if (answer.toggle_language || input.was_pressed(Key::kLanguage)) program.toggle_language();
    if (answer.tier)
      if (const Status set = set_tier(*program.graphics, static_cast<Tier>(*answer.tier)); !set) return set.error();
    if (answer.wearer)
      if (const Status asked = program.ask_wearer(); !asked) return asked.error();
    if (answer.quit) return Choice3{true, "", ""};
    if (answer.start) return Choice3{false, launcher.exercises[launcher.selected].ref, ""};
    if (answer.resume) return Choice3{false, "", *answer.resume};
    if (answer.grade) {
      if (auto closed = close_interrupted(*answer.grade); !closed) launcher.problems = {closed.error()};
      refresh();
    }
  }
}

// Fills the list of exercises from every pack that came with the program; gives all their words.
std::string list_exercises(Launcher& launcher) {
  std::string words;
  auto root = data_root();
  if (!root) {
    launcher.problems.push_back(root.error());
    return words;
  }
  std::vector<fs::path> dirs;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(*root / "scenarios", ignored))
    if (fs::is_regular_file(entry.path() / "pack.yaml") || is_pack_file(entry.path())) dirs.push_back(entry.path());
  std::sort(dirs.begin(), dirs.end());
  for (const fs::path& dir : dirs) {
    const auto pack = load(dir, launcher.problems);
    if (!pack) continue;
    words += all_pack_text(*pack);
    for (const Exercise& e : pack->exercises)
      launcher.exercises.push_back({pack->id + "/" + e.id, pack->text(pack->title), pack->text(e.title), pack->text(e.brief)});
  }
  return words;
}

Error no_editing() { return {Code::kUsage, "--watch", "a pack can change only where nothing counts", "Choose --mode guided or --mode practice"}; }

Error no_watching() {
  return {Code::kUsage, "--watch-shaders", "an assessment cannot be done with it: who changes shaders can look through walls", "Start the program without it"};
}

// The room as the world is, opened when it is another pack's.
Status enter_room(Program& program, const std::shared_ptr<const Pack>& pack, const Exercise& exercise, const World& world) {
  if (const Status shown = program.loading(pack->text(exercise.title).in(program.lang())); !shown) return shown;
  if (!program.room || program.room->pack->sha256 != pack->sha256) {
    program.room.reset();
    auto room = open_room(*program.graphics, pack, world);
    if (!room) return room.error();
    program.room = std::move(*room);
  } else {
    program.room->stage->use_tool_on(-1);
    program.room->stage->update(world, {}, 0, true);
  }
  return ok();
}

// The expert's attempt as a film. It is recorded, as hours, once it has been seen: whoever leaves before has not been taught.
Result<Next> demonstrate(Program& program, const std::shared_ptr<const Pack>& pack, const Exercise& exercise, const std::string& trainee) {
  auto trace = expert_trace(exercise);
  if (!trace) return trace.error();
  const SessionOptions sitting{Mode::kDemo, program.request.seed.value_or(trace->seed)};
  Session expert(pack, exercise, sitting, [](const Event&) { return ok(); });
  if (const Status played = play(expert, *trace); !played) return played.error();
  const auto world = world_after(pack, exercise, sitting.seed, {}, 0);
  if (const Status entered = enter_room(program, pack, exercise, *world); !entered) return entered.error();
  auto end = show_film(*program.graphics, *program.room, {pack, &exercise, sitting.seed, &expert.events(), 1, "demo"}, true, program.status.get());
  program.graphics->developer.enter(false);
  if (!end) return end.error();
  if (*end == FilmEnd::kClosed) return Next::kQuit;
  if (*end == FilmEnd::kLeft) return Next::kLauncher;
  if (*end == FilmEnd::kWatched) {
    auto attempt = begin_attempt(pack, exercise, sitting, trainee, program.lang(), program.device_name());
    if (!attempt) return attempt.error();
    if (const Status played = play(attempt->session(), *trace); !played) return played.error();
    if (auto closed = close_attempt(std::move(*attempt)); !closed) return closed.error();
  }
  const Marksheet nobodys;
  ResultScreen screen;
  screen.page = ResultScreen::Page::kFilm;
  screen.pack = pack.get();
  screen.exercise = &exercise;
  screen.sheet = &nobodys;
  program.tick();
  for (;;) {
    const Input input = program.poll();
    if (program.window().wants_close()) return Next::kQuit;
    if (input.was_pressed(Key::kLanguage)) program.toggle_language();
    screen.note = tr(*end == FilmEnd::kWatched ? Str::kFilmCounts : Str::kFilmSkipped, program.lang());
    program.begin(program.tick());
    const ResultAnswer answer = draw_result(program.graphics->theme, screen, program.lang());
    if (const Status drawn = show_frame(*program.graphics, program.room.get(), scene_camera(pack->scene, "")); !drawn) return drawn.error();
    if (program.status) program.status->page("demo over", {{"counts", *end == FilmEnd::kWatched}});
    if (answer.again) return Next::kAgain;
    if (answer.leave) return Next::kLauncher;
  }
}

// One attempt from loading to its result.
Result<Next> sit(Program& program, Attempt attempt) {
  if (const Status entered = enter_room(program, attempt.pack(), attempt.exercise(), attempt.session().world()); !entered) return entered.error();
  auto worked = work_on(program, std::move(attempt));
  program.graphics->developer.enter(false);
  if (!worked) return worked.error();
  if (!*worked) return program.window().wants_close() ? Next::kQuit : Next::kLauncher;
  Attempt done = std::move((*worked)->attempt);
  const auto pack = done.pack();
  const Exercise& exercise = done.exercise();
  const std::vector<Event> events = done.session().events();
  auto closed = close_attempt(std::move(done));
  if (!closed) return closed.error();
  program.deliver();
  if (!program.request.journal.empty()) {
    auto bytes = read_file(closed->journal, kMaxJournalBytes);
    if (!bytes) return bytes.error();
    if (const Status kept = write_file(program.request.journal, *bytes); !kept) return kept.error();
  }
  return show_result(program, pack, exercise, *closed, events, (*worked)->camera);
}

}  // namespace

Status show_program(const ViewRequest& request) {
  Program program;
  program.request = request;
  if (!request.status_file.empty()) {
    auto status = StatusFile::open(request.status_file);
    if (!status) return status.error();
    program.status = std::move(*status);
  }
  Launcher launcher;
  launcher.trainee = request.trainee;
  launcher.mode = request.mode;
  if (request.problem) launcher.problems.push_back(*request.problem);

  // What was asked for on the command line is checked before a window opens.
  std::shared_ptr<const Pack> pack;
  const Exercise* exercise = nullptr;
  std::string words;
  const auto open_exercise = [&](const std::string& ref) -> Status {
    auto found = find_exercise(ref);
    if (!found) return found.error();
    std::vector<Error> problems;
    if (!pack || pack->source != found->pack_dir) pack = load(found->pack_dir, problems);
    if (!pack) return problems.empty() ? Error{Code::kFailed, found->pack_dir.string(), "cannot be read", ""} : problems[0];
    exercise = pack->find_exercise(found->exercise);
    if (!exercise) return Error{Code::kUsage, ref, "the pack has no exercise '" + found->exercise + "'", "See shixunctl check for what it has"};
    return ok();
  };
  if (!is_pseudonym(request.trainee)) return Error{Code::kUsage, "--trainee", "'" + request.trainee + "' is not a pseudonym", "Use 1 to 64 letters, digits or . _ -"};
  if (request.what == ViewRequest::What::kPlay) {
    if (const Status found = open_exercise(request.exercise); !found) return found;
    words = all_pack_text(*pack);
    if (request.watch && !may_edit(request.mode)) return no_editing();
    if (request.watch) program.watch.emplace(pack);
  } else {
    words = list_exercises(launcher) + delivery_words();
  }
  std::optional<Developer> developer;
  if (request.watch_shaders) {
    if (request.what == ViewRequest::What::kPlay && !lets_developers_in(request.mode)) return no_watching();
    if (const Status watching = developer.emplace().watch_shaders(); !watching) return watching;
  }
  auto graphics = open_graphics(true, request.width, request.height, request.fullscreen, *request.lang, words, request.tier, &request);
  if (!graphics) return graphics.error();
  program.graphics = std::move(*graphics);
  if (!request.sound) set_loudness(*program.graphics, 0);
  if (program.status) {
    program.status->tell_drawn(program.graphics->theme);
    program.status->tell([&g = *program.graphics](nlohmann::json& line) {
      line["pictures"] = g.pictures;
      line["cpu_s"] = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
      if (g.vr) line["headset"] = g.vr->status();
    });
  }
  if (developer) program.graphics->developer = std::move(*developer);
  const std::jthread keeper([] {
    if (const auto gone = apply_retention(); !gone) spdlog::warn("{}", gone.error().text());
  });

  if (program.graphics->vr && !program.graphics->vr->wearer)
    if (const Status asked = program.ask_wearer(); !asked) return asked;
  bool ask = request.what == ViewRequest::What::kLauncher;
  std::string ref = request.exercise;
  const std::string exercise_id = exercise ? exercise->id : "";
  for (;;) {
    std::string resume;
    if (ask) {
      if (launcher.exercises.empty()) list_exercises(launcher);
      auto choice = choose(program, launcher);
      if (!choice) return choice.error();
      if (choice->quit) return ok();
      ref = choice->ref;
      resume = choice->resume;
    }
    ask = true;  // unless "once more" is chosen
    const bool demo = resume.empty() && rules_of(launcher.mode).plays_expert;
    Status ready = ok();
    std::optional<Attempt> attempt;
    const auto take = [&](Result<Attempt> begun) {
      if (begun) attempt = std::move(*begun);
      else ready = begun.error();
    };
    if (!resume.empty()) {
      take(resume_attempt(resume));
      if (attempt && developer && !lets_developers_in(attempt->session().mode())) ready = no_watching();
    } else if (developer && !lets_developers_in(launcher.mode)) {
      ready = no_watching();
    } else if (program.watch) {
      pack = program.watch->pack();
      exercise = pack->find_exercise(exercise_id);
      if (exercise) take(try_out(pack, *exercise, {launcher.mode, request.seed.value_or(draw_seed())}));
      else ready = Error{Code::kFailed, pack->source.string(), "has no exercise '" + exercise_id + "' any more", ""};
    } else if (const Status found = open_exercise(ref); !found) {
      ready = found;
    } else if (!request.launch.empty()) {
      if (auto session = find_session(request.launch); session && *session) program.return_url = (*session)->data.return_url;
      take(begin_launched(pack, *exercise, request.launch, draw_seed(), program.lang(), program.device_name()));
      program.deliver();
    } else if (!request.token.empty()) {
      take(begin_assessment(pack, *exercise, request.token, program.lang(), program.device_name()));
    } else if (!demo) {
      const uint64_t seed = rules_of(launcher.mode).sealed_seed ? draw_seed() : request.seed.value_or(draw_seed());
      take(begin_attempt(pack, *exercise, {launcher.mode, seed}, launcher.trainee, program.lang(), program.device_name()));
    }
    Result<Next> next = !ready ? Result<Next>(ready.error()) : demo ? demonstrate(program, pack, *exercise, launcher.trainee) : sit(program, std::move(*attempt));
    if (!next && (!ready || demo) && request.what != ViewRequest::What::kPlay) {
      launcher.problems = {next.error()};
      continue;
    }
    if (!next) return next.error();
    if (*next == Next::kQuit || !request.launch.empty() || (program.watch && *next == Next::kLauncher)) return ok();
    ask = *next == Next::kLauncher || ref.empty();
  }
}

}  // namespace shixun
