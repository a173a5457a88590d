#pragma once
// Clips by name over time: which one runs, where in it, and the fade from one into the next. Plain functions of the time, so that the same
// moment always shows the same pose, whatever was drawn before. For the eye alone: nothing that is marked depends on it.

#include <span>

#include "engine/anim/pose.h"

namespace shixun {

struct Play {
  std::string clip;
  double from = 0;    // seconds: when it begins
  bool loop = true;   // false: it stays on its last pose
  float fade = 0.3f;  // seconds: over which it takes over from the one before
  float speed = 1;    // seconds of the clip a second
};

// Where in `clip` one is `elapsed` seconds after its beginning. Before the beginning: at its start.
float time_in_clip(const Clip& clip, double elapsed, bool loop);

// The pose at `time`. `plays` in the order of `from`; a clip that the model has not is left out. Before the first one: rest, from which it
// also fades in.
PoseState pose_at(const Model& model, std::span<const Play> plays, double time);

}  // namespace shixun
