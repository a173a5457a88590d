// What developers are given: passes timed one by one, names for captures, shaders that change while the program runs.

#include <algorithm>
#include <thread>
#include <unistd.h>

#include "engine/gpu/shader_watch.h"
#include "tests/gpu/support.h"

namespace shixun::test {
namespace {

class Developers : public GpuTest {};

constexpr uint32_t kWidth = 160, kHeight = 90;

TEST_F(Developers, PassByPassTheSameIsDrawn) {
  ASSERT_TRUE(renderer->set_options(options_of(Tier::kMedium)));
  build_still_life(*scene);
  Frame frame = still_life_frame(*scene);
  draw(kWidth, kHeight, frame);
  const Pixels whole = draw(kWidth, kHeight, frame);
  const FrameStats together = renderer->finished_stats();
  frame.timing = FrameTiming::kIsolated;
  EXPECT_EQ(compare(draw(kWidth, kHeight, frame), whole, 0).beyond, 0u);
  const FrameStats alone = renderer->finished_stats();
  EXPECT_EQ(alone.draws, together.draws);
  EXPECT_EQ(alone.triangles, together.triangles);
  float sum = 0;
  for (const PassTime& p : alone.passes) {
    EXPECT_EQ(p.ran, p.gpu_ms > 0);
    sum += p.gpu_ms;
  }
  EXPECT_NEAR(alone.gpu_ms, sum, sum * 0.01f);
  const auto of = [](const FrameStats& s, FramePass p) { return s.passes[static_cast<size_t>(p)]; };
  for (const FramePass p : {FramePass::kEarlyCull, FramePass::kEarlyDraw, FramePass::kPyramid, FramePass::kLateDraw, FramePass::kAmbient, FramePass::kPicture})
    EXPECT_TRUE(of(alone, p).ran) << pass_name(p);
  EXPECT_FALSE(of(alone, FramePass::kInterface).ran) << "there is none";

  frame.timing = FrameTiming::kPasses;
  draw(kWidth, kHeight, frame);
  const FrameStats stamped = renderer->finished_stats();
  for (uint32_t p = 0; p < kFramePasses; ++p) EXPECT_EQ(stamped.passes[p].ran, alone.passes[p].ran) << pass_name(static_cast<FramePass>(p));
  EXPECT_GT(of(stamped, FramePass::kEarlyDraw).gpu_ms, 0);
  EXPECT_GT(of(stamped, FramePass::kEarlyDraw).record_ms, 0);
}

TEST_F(Developers, EverythingHasAName) {
  ASSERT_TRUE(names_active(*device()));
  ASSERT_TRUE(renderer->set_options(options_of(Tier::kHigh)));
  build_still_life(*scene);
  Frame frame = still_life_frame(*scene);
  draw(kWidth, kHeight, frame);
  frame.debug = DebugView::kBounds;
  draw(kWidth, kHeight, frame);
  const std::vector<ObjectName> all = object_names(*device());
  size_t buffers = 0, images = 0, pipelines = 0;
  for (const ObjectName& o : all) {
    const char* kind = o.type == VK_OBJECT_TYPE_BUFFER ? "buffer" : o.type == VK_OBJECT_TYPE_IMAGE ? "image" : "pipeline";
    EXPECT_FALSE(o.name.empty()) << "a " << kind << " was made without a name";
    ++(o.type == VK_OBJECT_TYPE_BUFFER ? buffers : o.type == VK_OBJECT_TYPE_IMAGE ? images : pipelines);
  }
  EXPECT_GT(buffers, 15u);
  EXPECT_GT(images, 12u);
  EXPECT_GT(pipelines, 25u);
  for (const char* expected : {"instances", "depth pyramid", "light", "shadow of lamps", "probe", "pass blocks"})
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const ObjectName& o) { return o.name == expected; })) << expected;
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const ObjectName& o) { return o.name.starts_with("scene.vert + scene.frag ("); }));

  // What is gone is not listed.
  scene.reset();
  renderer.reset();
  ASSERT_TRUE(device()->wait_idle());
  EXPECT_TRUE(object_names(*device()).empty());
}

TEST_F(Developers, NamesNeedNoValidation) {
  auto bare = create_device({.validation = false, .names = true});
  ASSERT_TRUE(bare) << bare.error().text();
  EXPECT_FALSE(validation_active(**bare));
  EXPECT_TRUE(names_active(**bare));
  auto silent = create_device({.validation = false, .names = false});
  ASSERT_TRUE(silent);
  EXPECT_FALSE(names_active(**silent));
}

// A folder of shaders to write in.
struct Sources {
  fs::path dir = fs::temp_directory_path() / ("shixun-shaders-" + std::to_string(getpid()));
  Sources() {
    fs::remove_all(dir);
    fs::copy(fs::path(SHIXUN_SOURCE_DIR) / "shaders", dir);
  }
  ~Sources() {
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
  std::string read(const char* name) const { return *read_file(dir / name, 1u << 20); }
  void write(const char* name, const std::string& text) const { ASSERT_TRUE(write_file(dir / name, text)); }
};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  if (at != std::string::npos) text.replace(at, what.size(), with);
  return text;
}

std::optional<ShaderWatch::News> wait_for_news(ShaderWatch& watch) {
  for (int i = 0; i < 600; ++i) {
    if (auto news = watch.take()) return news;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << "no news of the shaders";
  return std::nullopt;
}

TEST_F(Developers, ABrokenShaderKeepsThePictureAndAMendedOneChangesIt) {
  const Sources sources;
  build_still_life(*scene);
  const RenderOptions options = renderer->options();
  const Frame frame = still_life_frame(*scene);
  draw(kWidth, kHeight, frame);
  const Pixels before = draw(kWidth, kHeight, frame);
  auto watch = ShaderWatch::start(sources.dir, std::chrono::milliseconds(100));
  ASSERT_TRUE(watch) << watch.error().text();

  const std::string good = sources.read("tonemap.frag");
  const auto lines = [&](size_t end) { return std::count(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(end), '\n') + 1; };
  const size_t body = good.find("void main() {");
  ASSERT_NE(body, std::string::npos);
  sources.write("tonemap.frag", replaced(good, "void main() {", "void main() { no_such_thing += 1;"));
  auto news = wait_for_news(**watch);
  ASSERT_TRUE(news);
  EXPECT_TRUE(news->compiled.empty());
  ASSERT_FALSE(news->problems.empty());
  EXPECT_TRUE(news->problems[0].starts_with("tonemap.frag:" + std::to_string(lines(body)) + ": ")) << news->problems[0];
  EXPECT_NE(news->problems[0].find("no_such_thing"), std::string::npos) << news->problems[0];
  EXPECT_EQ(compare(draw(kWidth, kHeight, frame), before, 0).beyond, 0u);

  // Mended, and everything red.
  const size_t end = good.rfind('}');
  sources.write("tonemap.frag", good.substr(0, end) + "  out_color = vec4(1, 0, 0, 1);\n}\n");
  news = wait_for_news(**watch);
  ASSERT_TRUE(news);
  EXPECT_TRUE(news->problems.empty()) << news->problems[0];
  ASSERT_EQ(news->compiled.size(), 1u);
  ASSERT_TRUE(replace_shaders(*device(), news->compiled));
  const Pixels red = draw(kWidth, kHeight, frame);
  EXPECT_EQ(red.rgba[0], 255);
  EXPECT_EQ(red.rgba[1], 0);
  // Pipelines made later know it too.
  ASSERT_TRUE(renderer->set_options(options_of(Tier::kLow)));
  EXPECT_EQ(draw(kWidth, kHeight, frame).rgba[1], 0);

  // Nonsense instead of a shader: nothing changes.
  EXPECT_FALSE(replace_shaders(*device(), {{"tonemap.frag", "not a shader"}}));
  EXPECT_EQ(draw(kWidth, kHeight, frame).rgba[1], 0);

  // What includes a changed file is compiled again: here all that shades; and as it was, the picture is as it was.
  sources.write("tonemap.frag", good);
  sources.write("pbr.glsl", sources.read("pbr.glsl") + "\n");
  std::set<std::string> compiled;
  while (!compiled.contains("scene.frag") || !compiled.contains("tonemap.frag")) {
    news = wait_for_news(**watch);
    ASSERT_TRUE(news);
    EXPECT_TRUE(news->problems.empty()) << news->problems[0];
    for (const CompiledShader& s : news->compiled) compiled.insert(s.name);
    ASSERT_TRUE(replace_shaders(*device(), news->compiled));
  }
  EXPECT_FALSE(compiled.contains("ui.frag"));
  ASSERT_TRUE(renderer->set_options(options));
  draw(kWidth, kHeight, frame);
  EXPECT_EQ(compare(draw(kWidth, kHeight, frame), before, 0).beyond, 0u);

  // The program was compiled with shared.h: shaders may not go ahead of it.
  sources.write("shared.h", sources.read("shared.h") + "\n");
  news = wait_for_news(**watch);
  ASSERT_TRUE(news);
  EXPECT_TRUE(news->compiled.empty());
  ASSERT_EQ(news->problems.size(), 1u);
  EXPECT_TRUE(news->problems[0].starts_with("shared.h: ")) << news->problems[0];
  // The device is shared by the tests.
  device()->pipelines->replaced.clear();
}

TEST_F(Developers, WithoutSourcesNothingIsWatched) {
  auto watch = ShaderWatch::start(fs::temp_directory_path() / "shixun-no-such-folder");
  ASSERT_FALSE(watch);
  EXPECT_EQ(watch.error().code, Code::kEnvironment);
  EXPECT_NE(watch.error().what.find("came without them"), std::string::npos);
}

}  // namespace
}  // namespace shixun::test
