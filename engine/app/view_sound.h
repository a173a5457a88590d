#pragma once
// What a room sounds like: a pack's sounds, played where its things are while someone works or a record is shown.

#include <map>
#include <span>
#include <vector>

#include "engine/audio/audio.h"
#include "engine/interact/stage.h"
#include "engine/render/views.h"
#include "engine/training/sounds.h"

namespace shixun {

class Soundscape {
 public:
  // Loads the pack's sounds. One that cannot be read is left out, and the log says why. `audio` outlives this.
  Soundscape(Audio& audio, std::shared_ptr<const Pack> pack);
  ~Soundscape();  // silence
  Soundscape(const Soundscape&) = delete;
  Soundscape& operator=(const Soundscape&) = delete;

  // What is heard in this frame, from the head; `events` happened since the last call. Gives the indices of the pack's sounds that are news.
  std::vector<int> step(const World& world, const Stage& stage, std::span<const Event> events, const Effort* effort, const Camera& head, float dt);
  void settle(const World& world) { cues_.settle(world); }

 private:
  Audio& audio_;
  std::shared_ptr<const Pack> pack_;
  SoundCues cues_;
  std::vector<int> loaded_;  // by sound of the pack: its number in Audio, -1
};

// Of sounds that are news, those a person should read of who does not hear them.
std::vector<Text> captions(const Pack& pack, const std::vector<int>& news);

}  // namespace shixun
