#include "engine/training/sounds.h"

#include <algorithm>

#include "engine/training/moments.h"

namespace shixun {

SoundCues::SoundCues(std::shared_ptr<const Pack> pack) : pack_(std::move(pack)), held_(pack_->sounds.size()) {}

void SoundCues::settle(const World& world) {
  for (size_t i = 0; i < held_.size(); ++i) {
    const SoundDef& s = pack_->sounds[i];
    held_[i] = s.when && world.holds_now(*s.when);
  }
  settled_ = true;
}

Heard SoundCues::listen(const World& world, std::span<const Event> events, const Effort* effort) {
  using Starts = SoundDef::Starts;
  if (!settled_) settle(world);
  Heard heard;
  Event made;  // the effort as the event it will be
  if (effort) {
    made.verb = effort->verb;
    made.o = effort->o;
    made.tool = effort->tool;
  }
  const bool clicks_now = effort && effort->clicked && !clicked_;
  for (size_t i = 0; i < held_.size(); ++i) {
    const SoundDef& s = pack_->sounds[i];
    const int index = static_cast<int>(i);
    const auto from = [&](const std::string& o) { return s.at >= 0 ? s.at : pack_->scene.find_object(o); };
    const bool held = s.when && world.holds_now(*s.when);
    switch (s.starts) {
      case Starts::kOn:
        for (const Event& e : events)
          if (is_of(s.event, world.truths(), e)) heard.once.push_back({index, from(e.o)});
        break;
      case Starts::kDuring:
        if (effort && is_of(s.event, world.truths(), made)) heard.going_on.push_back({index, from(effort->o)});
        break;
      case Starts::kClick:
        if (clicks_now && world.held() == s.wrench) heard.once.push_back({index, from(effort->o)});
        break;
      case Starts::kWhen:
        if (held && !held_[i]) heard.once.push_back({index, s.at});
        break;
      case Starts::kWhile:
        if (held) heard.going_on.push_back({index, s.at});
        break;
      case Starts::kAlways: heard.going_on.push_back({index, s.at}); break;
    }
    held_[i] = held;
  }
  clicked_ = effort && effort->clicked;
  for (const Cue& c : heard.once) heard.news.push_back(c.sound);
  for (const Cue& c : heard.going_on)
    if (std::find(going_on_.begin(), going_on_.end(), c) == going_on_.end()) heard.news.push_back(c.sound);
  going_on_ = heard.going_on;
  return heard;
}

}  // namespace shixun
