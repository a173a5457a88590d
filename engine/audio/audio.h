#pragma once
// Sound: small mono files played at places in the room, heard from where the head is. OpenAL Soft mixes in a thread of its own; everything
// here returns at once. Metres, +Y up, as everywhere. One thread calls.
//
// A machine without a sound device is no error: open() gives a silent Audio, every call of which does nothing.

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

// Something that goes on. `key`: which of the things that go on it is, whoever calls chooses.
struct Loop {
  std::pair<int, int> key;
  int sound = -1;
  float gain = 1;
  std::optional<glm::vec3> at;  // none: from all around
};

class Audio {
 public:
  // The machine's sound device, or silence: the log says why, in one line.
  static std::unique_ptr<Audio> open();
  // Plays nowhere, in its own time: render() gives what would have been heard. For measuring and tests.
  static Result<std::unique_ptr<Audio>> open_offline();
  ~Audio();
  Audio(const Audio&) = delete;
  Audio& operator=(const Audio&) = delete;

  bool silent() const;

  // Reads a mono sound file into memory; the number it is played by. At most kMaxSoundSeconds. In a silent Audio it is read all the same, so
  // that a broken file is found.
  Result<int> load(const fs::path& file);
  void forget_sounds();  // stops everything and gives back what was loaded

  void set_volume(float volume);  // of everything, 0 to 1
  void listen_from(const glm::vec3& eye, const glm::quat& orientation);  // looks along -Z of the orientation
  void play(int sound, float gain, const std::optional<glm::vec3>& at);
  // These go on now: what is new rises, what is missing falls, in a tenth of a second. `dt`: seconds since the last call.
  void keep(const std::vector<Loop>& loops, float dt);
  void stop();  // everything, at once

  // Offline only: the next frames of both ears, interleaved, kOfflineRate of them a second.
  std::vector<float> render(size_t frames);

  struct Private;

 private:
  explicit Audio(std::unique_ptr<Private> p);
  std::unique_ptr<Private> p_;
};

inline constexpr int kOfflineRate = 32000;
inline constexpr int kMaxSoundSeconds = 30;

}  // namespace shixun
