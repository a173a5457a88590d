#pragma once
// `shixun play --headless`: plays a trace without a window, a display or a graphics driver, and records it like any attempt.

#include <optional>
#include <string>

#include "engine/training/trace.h"

namespace shixun {

struct HeadlessPlay {
  std::string exercise;               // PACK/EXERCISE
  fs::path trace;                     // empty: the exercise's expert
  std::optional<Mode> mode;           // default: the trace's
  std::optional<uint64_t> seed;       // default: the trace's
  std::string trainee;                // default: the trace's
  std::string token;                  // the school's assessment token: mode, seed and trainee are its own
  std::string launch;                 // the attempt of a cmi5 session: mode and trainee are its own
  Lang lang = Lang::kZh;
  fs::path journal;                   // also copy the finished journal here
  double pace = 0;                    // 0: as fast as it goes; 1: real time
  bool json = false;                  // one object on stdout, nothing else
};

// Exit code: 0 played and recorded (whatever the verdict), else as everywhere.
int run_play_headless(const HeadlessPlay& play);

// For people: totals, codes and every mark with its reason.
std::string marksheet_text(const Marksheet& sheet, Lang lang);

int report(const Error& error);  // prints it to stderr, gives its exit code

}  // namespace shixun
