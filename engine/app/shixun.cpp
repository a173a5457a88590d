// The program: windows, pictures, replays; and headless play, which needs no graphics library at all.
// What draws is in libshixun_view.so beside the program and is loaded only when a picture is needed.

#include <dlfcn.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <iostream>

#include "engine/app/run_launch_listen.h"
#include "engine/app/run_play_headless.h"
#include "engine/app/view.h"
#include "engine/base/log.h"
#include "engine/base/process.h"
#include "engine/records/cmi5.h"

namespace shixun {
namespace {

int show(const ViewRequest& request) {
  const fs::path file = program_dir() / "libshixun_view.so";
  void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) {
    const char* reason = dlerror();
    return report({Code::kEnvironment, file.filename().string(), std::string("the part that draws cannot be loaded: ") + (reason ? reason : "unknown reason"),
                   "Run tools/setup and build again; without graphics use: shixun play --headless --trace FILE"});
  }
  const auto view = reinterpret_cast<int (*)(const ViewRequest*)>(dlsym(module, "shixun_view"));
  if (!view) return report({Code::kEnvironment, file.filename().string(), "is not the part that draws of this version", "Build again"});
  return view(&request);  // stays loaded: its threads and exit handlers may still run
}

Result<std::pair<uint32_t, uint32_t>> parse_size(const std::string& text) {
  unsigned width = 0, height = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%ux%u%n", &width, &height, &used) != 2 || static_cast<size_t>(used) != text.size() || width < 64 || height < 64 || width > 8192 || height > 8192)
    return Error{Code::kUsage, "--size", "'" + text + "' is not a size", "Write WIDTHxHEIGHT, 64 to 8192 each, such as 1280x720"};
  return std::pair<uint32_t, uint32_t>{width, height};
}

// "83", "1:23" or "1:23.5" as milliseconds.
Result<int64_t> parse_time(const std::string& text) {
  double minutes = 0, seconds = 0;
  int used = 0;
  const bool clock = std::sscanf(text.c_str(), "%lf:%lf%n", &minutes, &seconds, &used) == 2 && static_cast<size_t>(used) == text.size();
  const bool plain = !clock && std::sscanf(text.c_str(), "%lf%n", &seconds, &used) == 1 && static_cast<size_t>(used) == text.size();
  if (plain) minutes = 0;
  const double ms = (minutes * 60 + seconds) * 1000;
  if ((!clock && !plain) || !(ms >= 0) || ms > 1e9) return Error{Code::kUsage, "--at", "'" + text + "' is not a time", "Write seconds or M:SS, such as 83 or 1:23"};
  return static_cast<int64_t>(ms);
}

// "YAW,PITCH", and further what is wanted of ",DISTANCE,HEIGHT".
Result<StudioView> parse_view(const std::string& text) {
  StudioView v;
  std::vector<float> numbers;
  bool whole = true;
  const char* at = text.c_str();
  for (;;) {
    char* end = nullptr;
    numbers.push_back(std::strtof(at, &end));
    whole &= end != at && std::isfinite(numbers.back());
    if (*end != ',') {
      whole &= *end == 0;
      break;
    }
    at = end + 1;
  }
  if (!whole || numbers.size() < 2 || numbers.size() > 4 || std::abs(numbers[0]) > 360 || std::abs(numbers[1]) > 85 ||
      (numbers.size() > 2 && !(numbers[2] > 0 && numbers[2] < 1000)) || (numbers.size() > 3 && !(numbers[3] >= 0 && numbers[3] < 1000)))
    return Error{Code::kUsage, "--view", "'" + text + "' is not a view",
                 "Write YAW,PITCH or YAW,PITCH,DISTANCE or YAW,PITCH,DISTANCE,HEIGHT: degrees (pitch -85 to 85) and metres, such as 35,20"};
  v.yaw_deg = numbers[0];
  v.pitch_deg = numbers[1];
  if (numbers.size() > 2) v.distance = numbers[2];
  if (numbers.size() > 3) v.height = numbers[3];
  return v;
}

Result<Cmi5Session> open_launch(const std::string& link) {
  auto read = read_link(link);
  if (!read) return read.error();
  return open_session(*read);
}

}  // namespace
}  // namespace shixun

int main(int argc, char** argv) {
  using namespace shixun;
  init_log();
  write_no_core_files();
  CLI::App app{"Shixun: virtual training. Without a command: the start page."};
  app.set_version_flag("--version", SHIXUN_VERSION);
  app.require_subcommand(0, 1);
  app.failure_message(CLI::FailureMessage::simple);

  ViewRequest request;
  std::string debug, mode, lang, size, at, seed, view, studio;
  const auto common = [&](CLI::App* a) {
    a->add_option("--lang", lang, "Language")->check(CLI::IsMember({"zh-CN", "en"}));
    a->add_option("--size", size, "WIDTHxHEIGHT of the window or picture, such as 1280x720");
    a->add_option("--tier", request.tier, "How fine the pictures are: low, medium or high")->check(CLI::IsMember({"low", "medium", "high"}));
    a->add_option("--status-file", request.status_file, "Write what is on the screen to this file, as JSON lines");
  };
  const auto headset = [&](CLI::App* a) {
    auto* vr = a->add_flag_callback("--vr", [&] { request.vr = ViewRequest::Vr::kYes; }, "In a headset, through OpenXR");
    a->add_flag_callback("--vr-optional", [&] { request.vr = ViewRequest::Vr::kOptional; }, "In a headset if one can be had, else in the window")->excludes(vr);
    a->add_option("--vr-scale", request.vr_scale, "Size of the headset's pictures, of what its runtime recommends")->check(CLI::Range(0.5, 2.0))->capture_default_str();
    auto* frames = a->add_option("--vr-frames", request.vr_frames, "Close after so many pictures for the headset");
    a->add_option("--capture-eyes", request.capture_eyes, "Write the last of them to this PNG file, the left eye left")->needs(frames);
  };
  bool gpu_names = false;
  const auto developer = [&](CLI::App* a) {
    a->add_flag("--gpu-names", gpu_names, "For developers: name objects and passes for tools that record frames, as SHIXUN_GPU_NAMES=1 does");
    a->add_flag("--watch-shaders", request.watch_shaders, "For developers: compile shaders again when their sources change (not in an assessment)");
  };
  common(&app);
  developer(&app);
  headset(&app);
  app.add_flag("--fullscreen", request.fullscreen, "Fill the screen");
  app.add_option("--trainee", request.trainee, "Pseudonym of the trainee")->capture_default_str();

  auto* play = app.add_subcommand("play", "Do an exercise");
  bool headless = false, json = false;
  HeadlessPlay quiet;
  fs::path trace, journal, shots;
  std::string trainee;
  play->add_option("exercise", request.exercise, "PACK/EXERCISE, such as my-pack/my-exercise")->required();
  play->add_option("--mode", mode, fmt::format("{}", fmt::join(mode_names(), ", ")))->check(CLI::IsMember(mode_names()));
  play->add_option("--trainee", trainee, "Pseudonym of the trainee");
  play->add_option("--seed", seed, "What is so in this attempt follows from this number");
  fs::path token;
  auto* play_token = play->add_option("--token", token, "Begin the assessment that this token of the school is for (shixunctl token issue)");
  for (const char* other : {"--mode", "--trainee", "--seed"}) play_token->excludes(play->get_option(other));
  auto* play_journal = play->add_option("--journal", journal, "Also copy the finished journal here");
  play->add_flag("--fullscreen", request.fullscreen, "Fill the screen");
  auto* play_headless = play->add_flag("--headless", headless, "Play a trace without window, display or graphics driver");
  play->add_flag("--watch", request.watch, "For authors: take over what you save in the pack's files while you play; nothing is recorded (guided and practice only)")
      ->excludes(play_headless)
      ->excludes(play_journal);
  play->add_option("--trace", trace, "The recorded actions to play")->needs("--headless");
  play->add_option("--pace", quiet.pace, "Headless: 0 as fast as it goes, 1 real time")->needs("--headless");
  play->add_option("--shots", shots, "Headless: write pictures of every step and of the result into this folder")->needs("--headless");
  play->add_flag("--json", json, "Headless: one JSON object on stdout")->needs("--headless");
  common(play);
  developer(play);
  headset(play);

  auto* launch = app.add_subcommand("launch", "Do the exercise that a learning management system (cmi5) has given a link to");
  std::string link;
  uint16_t listen = 0;
  auto* launch_link = launch->add_option("link", link, "The launch link; - reads it from standard input");
  auto* launch_listen = launch->add_option("--listen", listen, "Wait for the link at http://127.0.0.1:PORT/launch (0: a free port, which is told)")->type_name("PORT")->excludes(launch_link);
  launch->add_flag("--fullscreen", request.fullscreen, "Fill the screen");
  auto* launch_headless = launch->add_flag("--headless", headless, "Play a trace without window, display or graphics driver");
  launch->add_option("--trace", trace, "The recorded actions to play")->needs(launch_headless);
  launch->add_option("--pace", quiet.pace, "Headless: 0 as fast as it goes, 1 real time")->needs(launch_headless);
  launch->add_flag("--json", json, "Headless: one JSON object on stdout")->needs(launch_headless);
  common(launch);
  headset(launch);

  auto* replay = app.add_subcommand("replay", "Look at a recorded attempt");
  replay->add_option("journal", request.journal, "The journal")->required();
  replay->add_option("--speed", request.speed, "How fast")->capture_default_str()->check(CLI::Range(0.1, 100.0));
  auto* replay_headless = replay->add_flag("--headless", headless, "No window: write pictures");
  replay->add_option("--shots", shots, "Folder for the pictures")->needs(replay_headless);
  replay->add_option("--only", request.only, "Headless: only these pictures, by the steps' ids and 'result'")->delimiter(',')->needs(replay_headless);
  common(replay);
  developer(replay);

  auto* shot = app.add_subcommand("shot", "Write one picture of an exercise, or of a model");
  auto* shot_exercise = shot->add_option("exercise", request.exercise, "PACK/EXERCISE");
  auto* shot_out = shot->add_option("out", request.out, "The PNG file");
  shot->add_option("--out", request.out, "The PNG file")->excludes(shot_out);
  auto* shot_model = shot->add_option("--model", request.model, "A model alone: a file, or a name of assets/models")->excludes(shot_exercise);
  shot->add_option("--view", view, "YAW,PITCH[,DISTANCE[,HEIGHT]] in degrees and metres; 0,0 looks at the model's front")->needs(shot_model);
  auto* shot_clip = shot->add_option("--clip", request.clip, "Pose the model by this clip of its")->needs(shot_model);
  shot->add_option("--clip-at", request.clip_s, "The second of the clip; it goes round")->needs(shot_clip)->check(CLI::Range(0.0, 86400.0));
  shot->add_option("--studio", studio, "white: soft lights on a grey ground; room: in the workshop")->needs(shot_model)->check(CLI::IsMember({"white", "room"}));
  shot->add_option("--camera", request.camera, "A camera of the scene");
  shot->add_option("--debug", debug, "How it was drawn: levels (of detail), late (what came into sight), overdraw, bounds")
      ->check(CLI::IsMember({"levels", "late", "overdraw", "bounds"}))
      ->needs(shot_exercise);
  shot->add_option("--observer", request.observer, "Look from this camera of the scene at what is drawn for the other one")->needs(shot_exercise);
  shot->add_flag("--stereo", request.stereo, "Both eyes side by side, the left one left, each half as wide")->needs(shot_exercise);
  shot->add_option("--journal", request.journal, "Show the state after this journal's events");
  shot->add_option("--at", at, "The moment in the journal, such as 83 or 1:23")->needs("--journal");
  common(shot);

  auto* bench = app.add_subcommand("bench", "Measure the renderer; ratios within one run count, not times");
  BenchRequest& b = request.bench;
  bench->add_option("scenes", b.scenes, "field, maze, workshop, wall, cad, cad-whole, course; default: all")
      ->check(CLI::IsMember({"field", "maze", "workshop", "wall", "cad", "cad-whole", "course"}));
  bench->add_option("--scene", b.file, "A hall of rooms from this file instead (format hall-1)");
  bench->add_option("--count", b.count, "Instances of a generated scene")->capture_default_str()->check(CLI::Range(1u, 20000000u));
  bench->add_option("--frames", b.frames, "Frames of a generated scene's path")->capture_default_str()->check(CLI::Range(1u, 100000u));
  bench->add_option("--stride", b.stride, "Hall: every how many poses")->capture_default_str()->check(CLI::Range(1u, 1000u));
  bench->add_option("--walk", b.walk, "Hall: frames from one pose to the next; 1 jumps")->capture_default_str()->check(CLI::Range(1u, 1000u));
  bench->add_option("--variants", b.variants, "gpu, oracle, all, cpu, no-frustum, no-occlusion, no-clusters, no-lod, still")->delimiter(',');
  bench->add_option("--moving", b.moving, "Instances that move each frame");
  bench->add_option("--lod", b.lod_pixels, "Tolerated error of simplified surfaces, pixels; 0 draws all in full")->check(CLI::Range(0.0, 100.0));
  bench->add_option("--views", b.views, "Drawn at once: 1, 2 (both eyes), or 1,2 to measure both in turn")->delimiter(',')->check(CLI::Range(1u, 2u));
  bench->add_flag("--shadows", b.shadows, "Draw the key light's shadow");
  bench->add_flag("--isolate-passes", b.isolate_passes, "Submit and wait pass by pass and tell what each took; the frames' own times are then too long");
  bench->add_option("--size", size, "WIDTHxHEIGHT, default 1280x720");
  bench->add_option("--seed", b.seed, "Of generated scenes");
  bench->add_flag("--json", b.json, "One JSON object a row on stdout");
  bench->add_option("--json-file", b.json_file, "Write the rows into this file too");
  bench->add_option("--png", b.png, "Keep the frames of the first variant in this folder");

  auto* doctor = app.add_subcommand("doctor", "Say what this machine has for pictures, windows and headsets; exit 3 when no picture can be drawn");
  doctor->add_option("--lang", lang, "Language")->check(CLI::IsMember({"zh-CN", "en"}));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(Code::kUsage);
  }

  if (*launch) {
    if (launch_link->empty() && launch_listen->empty()) return report({Code::kUsage, "launch", "no link", "Give the launch link, or --listen PORT to wait for one"});
    // The link holds a secret: it must not stand where everybody's programs are listed.
    for (int i = 1; i < argc; ++i)
      if (link == argv[i] && link != "-") std::fill_n(argv[i], link.size(), '-');
    if (link == "-" && !std::getline(std::cin, link)) return report({Code::kUsage, "launch", "no link came from standard input", ""});
  }
  if (gpu_names) setenv("SHIXUN_GPU_NAMES", "1", 1);
  if (!lang.empty()) request.lang = lang == "en" ? Lang::kEn : Lang::kZh;
  if (!size.empty()) {
    auto parsed = parse_size(size);
    if (!parsed) return report(parsed.error());
    request.width = parsed->first;
    request.height = parsed->second;
    request.sized = true;
  }
  if (!seed.empty()) {
    char* end = nullptr;
    errno = 0;
    request.seed = std::strtoull(seed.c_str(), &end, 10);
    if (*end || errno || seed[0] == '-') return report({Code::kUsage, "--seed", "'" + seed + "' is not a number", "Write a whole number from 0"});
  }
  if (!mode.empty()) request.mode = *mode_from_name(mode);
  if (!trainee.empty()) request.trainee = trainee;
  if (!token.empty()) {
    auto text = read_file(token, 64u << 10);
    if (!text) return report(text.error());
    request.token = std::move(*text);
    request.mode = Mode::kAssessment;
  }

  if (*launch) {
    if (headless && trace.empty()) return report({Code::kUsage, "launch --headless", "nothing to play", "Name the recorded actions with --trace FILE"});
    if (!launch_listen->empty()) {
      auto came = wait_for_link(listen);
      if (!came) return report(came.error());
      link = std::move(*came);
    }
    auto session = open_launch(link);
    if (!session) {
      const int code = report(session.error());
      if (headless) return code;
      request.problem = session.error();  // whoever followed a link sees no terminal
      show(request);
      return code;
    }
    const Cmi5Session& s = *session;
    request.exercise = quiet.exercise = s.data.exercise;
    request.mode = s.data.mode;
    request.trainee = s.registration;
    request.launch = quiet.launch = s.attempt;
    request.sound = s.sound;
    if (!request.lang) request.lang = s.lang;
    quiet.trace = trace;
    quiet.mode = s.data.mode;
    quiet.json = json;
    if (request.lang) quiet.lang = *request.lang;
    request.what = ViewRequest::What::kPlay;
    const int code = headless ? run_play_headless(quiet) : show(request);
    if (const Status sent = deliver_session(s.attempt); !sent) report(sent.error());
    return code;
  }
  if (*play && headless) {
    if (trace.empty() && mode != mode_name(Mode::kDemo)) return report({Code::kUsage, "play --headless", "nothing to play", "Name the recorded actions with --trace FILE"});
    quiet.exercise = request.exercise;
    quiet.trace = trace;
    if (!mode.empty()) quiet.mode = request.mode;
    quiet.seed = request.seed;
    quiet.trainee = trainee;
    quiet.token = request.token;
    if (request.lang) quiet.lang = *request.lang;
    quiet.journal = journal;
    quiet.json = json;
    const bool keep = !journal.empty();
    if (!shots.empty() && !keep) {
      if (const Status made = make_dirs(shots); !made) return report(made.error());
      quiet.journal = shots / "journal.jsonl";
    }
    if (const int code = run_play_headless(quiet); code != 0 || shots.empty()) return code;
    request.what = ViewRequest::What::kShots;
    request.journal = quiet.journal;
    request.out = shots;
    return show(request);
  }
  // A trace is played to test; who sits down to be assessed does not choose what is so.
  if (*play && request.seed && rules_of(request.mode).sealed_seed)
    return report({Code::kUsage, "--seed", fmt::format("in the mode {} the seed is sealed: the program draws it", mode_name(request.mode)), "Leave --seed out"});
  if (*bench) {
    request.what = ViewRequest::What::kBench;
    b.width = request.width;
    b.height = request.height;
  }
  if (*doctor) request.what = ViewRequest::What::kDoctor;
  if (*play) {
    request.what = ViewRequest::What::kPlay;
    request.journal = journal;
  } else if (*replay) {
    request.what = headless ? ViewRequest::What::kShots : ViewRequest::What::kReplay;
    if (headless && shots.empty()) return report({Code::kUsage, "replay --headless", "nowhere to put the pictures", "Name a folder with --shots DIR"});
    request.out = shots;
  } else if (*shot) {
    request.what = ViewRequest::What::kShot;
    if (request.exercise.empty() == request.model.empty()) return report({Code::kUsage, "shot", "nothing to draw", "Name an exercise, or a model with --model"});
    if (request.out.empty()) return report({Code::kUsage, "shot", "nowhere to put the picture", "Name the PNG file with --out"});
    for (const DebugView v : {DebugView::kLevels, DebugView::kLate, DebugView::kOverdraw, DebugView::kBounds})
      if (debug == debug_view_name(v)) request.debug = v;
    if (studio == "room") request.studio = StudioView::Place::kRoom;
    if (!view.empty()) {
      auto parsed = parse_view(view);
      if (!parsed) return report(parsed.error());
      request.view = *parsed;
    }
    if (!at.empty()) {
      auto parsed = parse_time(at);
      if (!parsed) return report(parsed.error());
      request.at_ms = *parsed;
    } else {
      request.at_ms = INT64_MAX;
    }
  }
  return show(request);
}
