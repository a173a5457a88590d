#pragma once
// The start page: which exercise, which mode, who; and attempts that were interrupted.

#include <optional>
#include <string>
#include <vector>

#include "engine/records/attempt.h"
#include "engine/records/delivery.h"
#include "engine/ui/theme.h"

namespace shixun {

struct LauncherExercise {
  std::string ref;  // "auto-repair/wheel-change"
  Text pack, title, brief;
};

struct Launcher {
  std::vector<LauncherExercise> exercises;
  std::vector<OpenAttempt> open;
  std::vector<Delivery> deliveries;  // how far sending is
  std::vector<Error> problems;  // packs that could not be read, and what went wrong last
  size_t selected = 0;
  Mode mode = Mode::kPractice;
  std::string trainee = "trainee";
  bool in_headset = false;  // the wearer's questions can be asked
  int tier = 0;  // of the pictures: 0 low, 1 medium, 2 high
};

struct LauncherAnswer {
  bool start = false, quit = false, toggle_language = false, wearer = false;
  std::optional<std::string> resume, grade;  // attempts
  std::optional<int> tier;
};

LauncherAnswer draw_launcher(const Theme& theme, Launcher& launcher, Lang lang);

// A page that says what one waits for, and why below it.
void draw_notice(const Theme& theme, const std::string& what, const char* below);

}  // namespace shixun
