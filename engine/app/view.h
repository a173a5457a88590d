#pragma once
// The border between the program and its view module (libshixun_view.so), which holds everything that draws. The program stays free of
// graphics libraries and loads the module when a window or a picture is asked for. Both are built together, so plain C++ types may cross.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/bench/bench.h"
#include "engine/render/debug_view.h"
#include "engine/training/grade.h"

namespace shixun {

// Where `shixun shot --model` looks from. Degrees: yaw 0 from the model's front, growing to its left side; pitch up.
struct StudioView {
  enum class Place { kWhite, kRoom };
  float yaw_deg = 35, pitch_deg = 20;
  float distance = 0;  // metres from the model's middle; 0: so that it fills the picture
  float height = -1;   // metres above the model's base to look at; negative: its middle
};

struct ViewRequest {
  enum class What {
    kLauncher,  // the start page
    kPlay,      // one exercise in a window
    kReplay,    // a journal in a window
    kShot,      // one picture of an exercise
    kShots,     // a journal as pictures: one at the end of each step, and the result
    kBench,     // figures of the renderer
    kDoctor,    // what this machine has, as text
  } what = What::kLauncher;
  std::string exercise;                 // PACK/EXERCISE
  Mode mode = Mode::kPractice;
  std::optional<uint64_t> seed;         // default: drawn
  std::string trainee = "trainee";
  std::string token;                    // play: the school's assessment token that begins it; else empty
  std::string launch;                   // play: the attempt of a cmi5 session (cmi5.h); else empty
  std::optional<Error> problem;         // launcher: why what was asked for cannot be done
  bool sound = true;                    // off: silent from the start
  std::optional<Lang> lang;             // default: from the environment's locale
  fs::path journal;                     // replay, shots; play: copy the finished journal here
  fs::path out;                         // shot: the PNG; shots: the folder
  std::vector<std::string> only;        // shots: these steps, and `result`; empty: all
  std::string camera;                   // shot: a camera of the scene; default: where one starts
  std::string model;                    // shot: a model alone instead of an exercise, a file or a name of the library
  std::string clip;                     // of that model, shown at clip_s
  double clip_s = 0;
  StudioView view;
  StudioView::Place studio = StudioView::Place::kWhite;
  std::string tier;                     // low, medium, high; empty: by measurement in a window, high for pictures
  int64_t at_ms = 0;                    // shot with a journal: the moment
  uint32_t width = 1280, height = 720;
  bool sized = false;                   // the size was asked for
  double speed = 1;                     // replay
  bool fullscreen = false;
  DebugView debug = DebugView::kOff;    // shot: how it was drawn
  std::string observer;                 // shot: a camera of the scene to look from at what is drawn for `camera`
  bool stereo = false;                  // shot: both eyes side by side
  BenchRequest bench;
  bool watch_shaders = false;           // windows: compile shaders again when they change
  enum class Vr { kNo, kOptional, kYes } vr = Vr::kNo;  // play, launcher: in a headset; optional: at the screen when there is none
  double vr_scale = 1;                  // of the picture size that the headset's runtime recommends
  uint32_t vr_frames = 0;               // close after so many pictures; 0: never
  fs::path capture_eyes;                // write the last of them here
  bool watch = false;                   // play: take over changes of the pack while it is played; nothing is recorded
  fs::path status_file;                 // what is on the screen, as JSON lines; for tests and assistive tools
};

}  // namespace shixun

// The module's only function; gives the exit code. Errors have been printed.
extern "C" int shixun_view(const shixun::ViewRequest* request);
