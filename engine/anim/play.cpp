#include "engine/anim/play.h"

#include <algorithm>
#include <cmath>

namespace shixun {

float time_in_clip(const Clip& clip, double elapsed, bool loop) {
  const double length = clip.duration;
  if (!(elapsed > 0) || !(length > 0)) return 0;
  return static_cast<float>(loop ? std::fmod(elapsed, length) : std::min(elapsed, length));
}

PoseState pose_at(const Model& model, std::span<const Play> plays, double time) {
  PoseState state;
  for (const Play& play : plays) {
    if (play.from > time) break;
    const auto clip = std::find_if(model.clips.begin(), model.clips.end(), [&](const Clip& c) { return c.name == play.clip; });
    if (clip == model.clips.end()) continue;
    const double elapsed = time - play.from;
    float weight = 1;
    if (play.fade > 0 && elapsed < play.fade) {
      const float t = static_cast<float>(elapsed) / play.fade;
      weight = t * t * (3 - 2 * t);  // sets off and arrives without a jolt
    }
    if (weight >= 1) state.clips.clear();
    state.clips.push_back({play.clip, time_in_clip(*clip, elapsed * play.speed, play.loop), weight});
  }
  return state;
}

}  // namespace shixun
