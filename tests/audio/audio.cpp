// What comes out of the loudspeakers: the library's sounds, where they come from, how long they last, and recorded attempts from beginning to
// end. Played by OpenAL's offline device, sample by sample; no sound device is needed.

#include "engine/audio/audio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "engine/base/log.h"
#include "engine/training/check.h"
#include "engine/training/sounds.h"
#include "engine/training/trace.h"

using namespace shixun;

namespace {

const fs::path kSource = SHIXUN_SOURCE_DIR;

struct Ears {
  double left = 0, right = 0;  // root mean square
  double both() const { return std::sqrt((left * left + right * right) / 2); }
};

Ears hear(Audio& audio, double seconds, double* peak = nullptr) {
  const std::vector<float> out = audio.render(static_cast<size_t>(seconds * kOfflineRate));
  Ears e;
  for (size_t i = 0; i + 1 < out.size(); i += 2) {
    e.left += static_cast<double>(out[i]) * out[i];
    e.right += static_cast<double>(out[i + 1]) * out[i + 1];
    if (peak) *peak = std::max({*peak, std::abs(static_cast<double>(out[i])), std::abs(static_cast<double>(out[i + 1]))});
  }
  const double n = std::max<double>(1, static_cast<double>(out.size() / 2));
  return {std::sqrt(e.left / n), std::sqrt(e.right / n)};
}

class Loudspeakers : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Audio::open_offline();
    ASSERT_TRUE(opened) << opened.error().text();
    audio = std::move(*opened);
  }
  int load(const std::string& name) {
    const auto number = audio->load(kSource / "assets/sounds" / (name + ".flac"));
    EXPECT_TRUE(number) << (number ? "" : number.error().text());
    return number ? *number : 0;
  }
  std::unique_ptr<Audio> audio;
};

}  // namespace

TEST_F(Loudspeakers, EverySoundOfTheLibraryIsHeardWithoutClipping) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kSource / "assets/sounds")) {
    SCOPED_TRACE(entry.path().filename().string());
    const auto number = audio->load(entry.path());
    ASSERT_TRUE(number) << number.error().text();
    double peak = 0;
    audio->play(*number, 1, std::nullopt);
    EXPECT_GT(hear(*audio, 0.3, &peak).both(), 0.003);
    EXPECT_LT(peak, 1.0);
    audio->stop();
    hear(*audio, 0.2);
    ++count;
  }
  EXPECT_GT(count, 25);
}

TEST_F(Loudspeakers, ASoundComesFromItsPlace) {
  const int bell = load("bell");
  audio->listen_from({0, 1.6f, 0}, {1, 0, 0, 0});  // looks along -Z: +X is on the right
  const auto at = [&](const glm::vec3& place) {
    audio->stop();
    hear(*audio, 0.1);
    audio->play(bell, 1, place);
    return hear(*audio, 0.5);
  };
  const Ears right = at({2, 1.6f, 0}), left = at({-2, 1.6f, 0}), far = at({8, 1.6f, 0});
  EXPECT_GT(right.right, 2 * right.left);
  EXPECT_GT(left.left, 2 * left.right);
  EXPECT_GT(right.both(), 2.5 * far.both());
  EXPECT_GT(far.both(), 0.0005);
  // Turned about, left and right change places.
  audio->listen_from({0, 1.6f, 0}, glm::quat(0, 0, 1, 0));
  const Ears turned = at({2, 1.6f, 0});
  EXPECT_GT(turned.left, 2 * turned.right);
}

TEST_F(Loudspeakers, WhatGoesOnGoesOnUntilItEnds) {
  const int belt = load("conveyor_run");
  const std::vector<Loop> running = {{{0, 0}, belt, 1, std::nullopt}};
  double peak = 0;
  audio->keep(running, 0.1f);
  hear(*audio, 0.2);
  audio->keep(running, 0.1f);
  for (int i = 0; i < 10; ++i) EXPECT_GT(hear(*audio, 0.5, &peak).both(), 0.02) << "after " << i * 0.5 << " s";  // longer than the file
  audio->keep({}, 0.05f);
  EXPECT_GT(hear(*audio, 0.05).both(), 0.0);
  audio->keep({}, 0.1f);
  hear(*audio, 0.1);
  EXPECT_EQ(hear(*audio, 0.5).both(), 0.0);
}

TEST_F(Loudspeakers, VolumeZeroIsSilence) {
  const int bell = load("bell");
  audio->set_volume(0.5f);
  audio->play(bell, 1, std::nullopt);
  const double half = hear(*audio, 0.5).both();
  audio->stop();
  hear(*audio, 0.2);
  audio->set_volume(1);
  audio->play(bell, 1, std::nullopt);
  EXPECT_NEAR(hear(*audio, 0.5).both(), 2 * half, 0.2 * half);
  audio->set_volume(0);
  hear(*audio, 0.1);
  audio->play(bell, 1, std::nullopt);
  EXPECT_EQ(hear(*audio, 0.5).both(), 0.0);
}

TEST_F(Loudspeakers, ManySoundsAtOnceTakeTheOldestsVoice) {
  const int click = load("wrench_click");
  for (int i = 0; i < 200; ++i) audio->play(click, 0.02f, glm::vec3(0, 1, -1));
  EXPECT_GT(hear(*audio, 0.1).both(), 0.0);
}

TEST_F(Loudspeakers, ABrokenFileIsToldNotPlayed) {
  const fs::path file = fs::temp_directory_path() / "shixun-broken.flac";
  ASSERT_TRUE(write_file(file, "fLaC and then nothing of the kind"));
  const auto broken = audio->load(file);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().where.find("shixun-broken.flac"), std::string::npos);
  EXPECT_FALSE(audio->load(fs::temp_directory_path() / "shixun-there-is-none.flac"));
  fs::remove(file);
}

// Each pack's expert, listened to from beginning to end: silence until something sounds, and every sound that begins is heard as it begins.
TEST_F(Loudspeakers, ARecordedAttemptSoundsAsItHappens) {
  for (const char* name : {"auto-repair", "smart-manufacturing", "tourism-service"}) {
    SCOPED_TRACE(name);
    PackLoad load = load_pack(kSource / "scenarios" / name);
    ASSERT_TRUE(load.pack);
    const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
    const Exercise& exercise = pack->exercises.front();
    auto trace = expert_trace(exercise);
    ASSERT_TRUE(trace);
    Session session(pack, exercise, {Mode::kPractice, trace->seed}, [](const Event&) { return ok(); });
    ASSERT_TRUE(play(session, *trace));
    const std::vector<Event>& events = session.events();
    audio->forget_sounds();
    std::vector<int> numbers;
    for (const SoundDef& s : pack->sounds) {
      const auto path = sound_path(*pack, s.file);
      ASSERT_TRUE(path) << path.error().text();
      const auto number = audio->load(*path);
      ASSERT_TRUE(number) << number.error().text();
      numbers.push_back(*number);
    }
    World world(pack, exercise, trace->seed);
    SoundCues cues(pack);
    constexpr int64_t kStep_ms = 100;
    size_t done = 0, cues_heard = 0;
    int64_t last_ms = -10000;
    for (int64_t t = 0; t < events.back().t_ms; t += kStep_ms) {
      const size_t first = done;
      while (done < events.size() && events[done].t_ms <= t) world.apply(events[done++]);
      world.advance(t);
      const Heard heard = cues.listen(world, std::span(events).subspan(first, done - first), nullptr);
      for (const Cue& c : heard.once) audio->play(numbers[static_cast<size_t>(c.sound)], 1, std::nullopt);
      const double now = hear(*audio, kStep_ms / 1000.0).both();
      if (!heard.once.empty()) {
        last_ms = t;
        ++cues_heard;
        EXPECT_GT(now, 0.002) << pack->sounds[static_cast<size_t>(heard.once[0].sound)].id << " at " << t << " ms";
      } else if (t - last_ms > 3000) {
        EXPECT_EQ(now, 0.0) << "something sounds at " << t << " ms, " << t - last_ms << " ms after the last that began";
      }
    }
    EXPECT_GT(cues_heard, 30u);
  }
}

TEST(NoLoudspeakers, AMachineWithoutASoundDeviceIsSilentAndGoesOn) {
  const char* drivers = std::getenv("ALSOFT_DRIVERS");
  if (!drivers || std::string_view(drivers) != "none") GTEST_SKIP() << "asked for with ALSOFT_DRIVERS=none, as tests/e2e/sounds.sh does";
  init_log();
  testing::internal::CaptureStderr();
  const auto audio = Audio::open();
  const std::string said = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(audio);
  EXPECT_TRUE(audio->silent());
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  const auto bell = audio->load(kSource / "assets/sounds/bell.flac");
  ASSERT_TRUE(bell);
  audio->set_volume(0.5f);
  audio->listen_from({0, 1, 0}, {1, 0, 0, 0});
  audio->play(*bell, 1, std::nullopt);
  audio->keep({{{0, 0}, *bell, 1, std::nullopt}}, 0.1f);
  audio->keep({}, 0.1f);
  audio->stop();
}
