#pragma once
// What is to be heard: from a pack's sounds, the world as it is and what just happened, which sounds begin and which go on. Plays nothing
// (engine/audio does) and changes nothing; nothing that is scored asks it.

#include <memory>
#include <span>
#include <vector>

#include "engine/training/world.h"

namespace shixun {

// What is being done with a held button: it has no event yet.
struct Effort {
  Verb verb = Verb::kTurn;
  std::string o, tool;   // tool: an item's id or "hand"
  bool clicked = false;  // the click wrench in hand has reached its setting
};

struct Cue {
  int sound = -1;   // index into Pack::sounds
  int object = -1;  // it comes from there; -1: from all around
  bool operator==(const Cue&) const = default;
};

struct Heard {
  std::vector<Cue> once;      // begin now and end by themselves
  std::vector<Cue> going_on;  // to be heard as long as they stand here
  std::vector<int> news;      // sounds of both lists that were not heard just before
};

class SoundCues {
 public:
  explicit SoundCues(std::shared_ptr<const Pack> pack);

  // `events`: since the last call, already in the world. The first call only learns which conditions hold: what is so from the start does
  // not begin.
  Heard listen(const World& world, std::span<const Event> events, const Effort* effort);

  // The world has jumped (a film was wound, an error taken back): what holds now is no news.
  void settle(const World& world);

 private:
  std::shared_ptr<const Pack> pack_;
  std::vector<char> held_;      // by sound: its condition, when last looked at
  std::vector<Cue> going_on_;
  bool settled_ = false, clicked_ = false;
};

}  // namespace shixun
