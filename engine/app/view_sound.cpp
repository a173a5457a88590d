#include "engine/app/view_sound.h"

#include <spdlog/spdlog.h>

#include "engine/training/check.h"

namespace shixun {

Soundscape::Soundscape(Audio& audio, std::shared_ptr<const Pack> pack) : audio_(audio), pack_(pack), cues_(pack) {
  audio_.forget_sounds();
  std::map<std::string, int> files;  // several sounds may share one
  for (const SoundDef& s : pack_->sounds) {
    auto known = files.find(s.file);
    if (known == files.end()) {
      const auto path = sound_path(*pack_, s.file);
      const auto number = path ? audio_.load(*path) : Result<int>(path.error());
      if (!number) spdlog::warn("{}", number.error().text());
      known = files.emplace(s.file, number ? *number : -1).first;
    }
    loaded_.push_back(known->second);
  }
}

Soundscape::~Soundscape() { audio_.stop(); }

std::vector<int> Soundscape::step(const World& world, const Stage& stage, std::span<const Event> events, const Effort* effort, const Camera& head, float dt) {
  Heard heard = cues_.listen(world, events, effort);
  // What is put away or not to be seen is heard all around: it was at hand a moment ago.
  const auto place = [&](int object) { return object >= 0 && stage.visible(object) ? std::optional(stage.center(object)) : std::nullopt; };
  const auto gain = [&](int sound) { return static_cast<float>(pack_->sounds[static_cast<size_t>(sound)].gain_percent) / 100; };
  audio_.listen_from(head.eye, head.orientation);
  for (const Cue& c : heard.once)
    if (const int number = loaded_[static_cast<size_t>(c.sound)]; number >= 0) audio_.play(number, gain(c.sound), place(c.object));
  std::vector<Loop> loops;
  for (const Cue& c : heard.going_on)
    if (const int number = loaded_[static_cast<size_t>(c.sound)]; number >= 0) loops.push_back({{c.sound, c.object}, number, gain(c.sound), place(c.object)});
  audio_.keep(loops, dt);
  return std::move(heard.news);
}

std::vector<Text> captions(const Pack& pack, const std::vector<int>& news) {
  std::vector<Text> out;
  for (const int sound : news) {
    const std::string& key = pack.sounds[static_cast<size_t>(sound)].caption;
    if (key.empty()) continue;
    const Text& words = pack.text(key);
    out.push_back({"〔" + words.zh + "〕", "[" + words.en + "]"});
  }
  return out;
}

}  // namespace shixun
