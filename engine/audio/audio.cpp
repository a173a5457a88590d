#include "engine/audio/audio.h"

#include <AL/al.h>
#include <AL/alc.h>
#include <AL/alext.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <glm/geometric.hpp>

#include "engine/base/log.h"

namespace shixun {
namespace {

constexpr size_t kVoices = 24;       // sounds at once; beyond that the oldest gives way
constexpr float kFade_s = 0.1f;      // in which what goes on rises and falls
constexpr float kFullAt_m = 0.7f;    // nearer than this a sound is as loud as it is; farther it falls with the distance
constexpr float kHeardAt_m = 25.0f;

struct DeviceCloser {
  void operator()(ALCdevice* d) const { alcCloseDevice(d); }
};
struct ContextCloser {
  void operator()(ALCcontext* c) const {
    alcMakeContextCurrent(nullptr);
    alcDestroyContext(c);
  }
};

// Sound drivers tell stderr of everything they tried in vain, ten lines and more; while this lives, they tell nobody.
class Hush {
 public:
  Hush() : stderr_(dup(STDERR_FILENO)), nowhere_(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    if (stderr_ >= 0 && nowhere_ >= 0) dup2(nowhere_, STDERR_FILENO);
  }
  ~Hush() {
    if (stderr_ >= 0 && nowhere_ >= 0) dup2(stderr_, STDERR_FILENO);
    for (const int fd : {stderr_, nowhere_})
      if (fd >= 0) close(fd);
  }
  Hush(const Hush&) = delete;
  Hush& operator=(const Hush&) = delete;

 private:
  int stderr_, nowhere_;
};

}  // namespace

struct Audio::Private {
  std::unique_ptr<ALCdevice, DeviceCloser> device;  // null: silent
  std::unique_ptr<ALCcontext, ContextCloser> context;
  std::vector<ALuint> buffers;
  std::array<ALuint, kVoices> voices{};
  size_t next_voice = 0;
  struct Going {
    Loop loop;
    ALuint source = 0;
    float level = 0;
    bool wanted = true;
  };
  std::vector<Going> going;

  bool start(ALCdevice* opened, const ALCint* attributes) {
    device.reset(opened);
    if (!device) return false;
    context.reset(alcCreateContext(opened, attributes));
    if (!context || !alcMakeContextCurrent(context.get())) {
      context.reset();
      device.reset();
      return false;
    }
    alGenSources(static_cast<ALsizei>(voices.size()), voices.data());
    alDistanceModel(AL_INVERSE_DISTANCE_CLAMPED);
    if (alGetError() == AL_NO_ERROR) return true;
    context.reset();
    device.reset();
    return false;
  }

  void put(ALuint source, const std::optional<glm::vec3>& at) const {
    const glm::vec3 place = at.value_or(glm::vec3(0));
    alSourcei(source, AL_SOURCE_RELATIVE, at ? AL_FALSE : AL_TRUE);
    alSource3f(source, AL_POSITION, place.x, place.y, place.z);
    alSourcef(source, AL_REFERENCE_DISTANCE, kFullAt_m);
    alSourcef(source, AL_MAX_DISTANCE, kHeardAt_m);
  }

  void end(Going& g) const {
    alSourceStop(g.source);
    alDeleteSources(1, &g.source);
  }
};

Audio::Audio(std::unique_ptr<Private> p) : p_(std::move(p)) {}

Audio::~Audio() {
  if (silent()) return;
  forget_sounds();
  alDeleteSources(static_cast<ALsizei>(p_->voices.size()), p_->voices.data());
}

std::unique_ptr<Audio> Audio::open() {
  auto p = std::make_unique<Private>();
  bool playing = false;
  {
    const Hush hush;
    playing = p->start(alcOpenDevice(nullptr), nullptr);
  }
  if (!playing) spdlog::warn("no sound device: going on in silence");
  return std::unique_ptr<Audio>(new Audio(std::move(p)));
}

Result<std::unique_ptr<Audio>> Audio::open_offline() {
  const Error missing{Code::kEnvironment, "OpenAL", "cannot play without a device", "Install OpenAL Soft (libopenal1)"};
  if (!alcIsExtensionPresent(nullptr, "ALC_SOFT_loopback")) return missing;
  const auto open_loopback = reinterpret_cast<LPALCLOOPBACKOPENDEVICESOFT>(alcGetProcAddress(nullptr, "alcLoopbackOpenDeviceSOFT"));
  auto p = std::make_unique<Private>();
  const ALCint attributes[] = {ALC_FORMAT_CHANNELS_SOFT, ALC_STEREO_SOFT, ALC_FORMAT_TYPE_SOFT, ALC_FLOAT_SOFT, ALC_FREQUENCY, kOfflineRate, ALC_HRTF_SOFT, ALC_FALSE, 0};
  if (!p->start(open_loopback(nullptr), attributes)) return missing;
  return std::unique_ptr<Audio>(new Audio(std::move(p)));
}

bool Audio::silent() const { return !p_->device; }

Result<int> Audio::load(const fs::path& file) {
  const auto bad = [&](std::string what) { return Error{Code::kFailed, file.string(), std::move(what), "A sound is a mono FLAC file; assets/README.md says how the shared ones are made"}; };
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> sound(sf_open(file.c_str(), SFM_READ, &info), sf_close);
  if (!sound) return bad(std::string("cannot be read as a sound: ") + sf_strerror(nullptr));
  if (info.channels != 1) return bad(fmt::format("has {} channels", info.channels));
  if (info.samplerate < 8000 || info.samplerate > 48000) return bad(fmt::format("has {} samples a second", info.samplerate));
  if (info.frames <= 0 || info.frames > static_cast<sf_count_t>(kMaxSoundSeconds) * info.samplerate) return bad(fmt::format("must last up to {} s", kMaxSoundSeconds));
  std::vector<short> samples(static_cast<size_t>(info.frames));
  if (sf_readf_short(sound.get(), samples.data(), info.frames) != info.frames) return bad("ends too early");
  ALuint buffer = 0;
  if (!silent()) {
    alGenBuffers(1, &buffer);
    alBufferData(buffer, AL_FORMAT_MONO16, samples.data(), static_cast<ALsizei>(samples.size() * sizeof(short)), info.samplerate);
  }
  p_->buffers.push_back(buffer);
  return static_cast<int>(p_->buffers.size()) - 1;
}

void Audio::forget_sounds() {
  stop();
  if (!silent()) alDeleteBuffers(static_cast<ALsizei>(p_->buffers.size()), p_->buffers.data());
  p_->buffers.clear();
}

void Audio::set_volume(float volume) {
  if (!silent()) alListenerf(AL_GAIN, volume);
}

void Audio::listen_from(const glm::vec3& eye, const glm::quat& orientation) {
  if (silent()) return;
  const glm::vec3 ahead = orientation * glm::vec3(0, 0, -1), up = orientation * glm::vec3(0, 1, 0);
  const ALfloat axes[] = {ahead.x, ahead.y, ahead.z, up.x, up.y, up.z};
  alListener3f(AL_POSITION, eye.x, eye.y, eye.z);
  alListenerfv(AL_ORIENTATION, axes);
}

void Audio::play(int sound, float gain, const std::optional<glm::vec3>& at) {
  if (silent()) return;
  const ALuint voice = p_->voices[p_->next_voice];
  p_->next_voice = (p_->next_voice + 1) % kVoices;
  alSourceStop(voice);
  alSourcei(voice, AL_BUFFER, static_cast<ALint>(p_->buffers[static_cast<size_t>(sound)]));
  alSourcef(voice, AL_GAIN, gain);
  p_->put(voice, at);
  alSourcePlay(voice);
}

void Audio::keep(const std::vector<Loop>& loops, float dt) {
  if (silent()) return;
  for (Private::Going& g : p_->going) g.wanted = false;
  for (const Loop& l : loops) {
    auto g = std::find_if(p_->going.begin(), p_->going.end(), [&](const Private::Going& x) { return x.loop.key == l.key; });
    if (g == p_->going.end()) {
      ALuint source = 0;
      alGenSources(1, &source);
      alSourcei(source, AL_BUFFER, static_cast<ALint>(p_->buffers[static_cast<size_t>(l.sound)]));
      alSourcei(source, AL_LOOPING, AL_TRUE);
      alSourcef(source, AL_GAIN, 0);
      g = p_->going.insert(p_->going.end(), {l, source, 0, true});
      p_->put(source, l.at);
      alSourcePlay(source);
    }
    g->loop = l;
    g->wanted = true;
  }
  for (Private::Going& g : p_->going) {
    g.level = std::clamp(g.level + (g.wanted ? dt : -dt) / kFade_s, 0.0f, 1.0f);
    alSourcef(g.source, AL_GAIN, g.level * g.loop.gain);
    p_->put(g.source, g.loop.at);
    if (!g.wanted && g.level <= 0) p_->end(g);
  }
  std::erase_if(p_->going, [](const Private::Going& g) { return !g.wanted && g.level <= 0; });
}

void Audio::stop() {
  if (silent()) return;
  for (Private::Going& g : p_->going) p_->end(g);
  p_->going.clear();
  for (const ALuint voice : p_->voices) {
    alSourceStop(voice);
    alSourcei(voice, AL_BUFFER, 0);
  }
}

std::vector<float> Audio::render(size_t frames) {
  static const auto render_samples = reinterpret_cast<LPALCRENDERSAMPLESSOFT>(alcGetProcAddress(nullptr, "alcRenderSamplesSOFT"));
  std::vector<float> out(frames * 2);
  render_samples(p_->device.get(), out.data(), static_cast<ALCsizei>(frames));
  return out;
}

}  // namespace shixun
