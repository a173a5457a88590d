// Packs that must fail, each with the place and the words of its message, and packs that must not.
// tests/packs/base is sound. Every other folder there holds the files in which a case differs, and EXPECT: the place and a part
// of the message, separated by a tab. Cases that would be large or odd on disk are made here.

#include "engine/training/pack.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <set>

#include "engine/base/hash.h"
#include "engine/training/check.h"
#include "engine/training/yaml.h"
#include "tests/unit/wheel_fixture.h"

using namespace shixun;

namespace {

const fs::path kPacks = fs::path(SHIXUN_SOURCE_DIR) / "tests/packs";

class PackFolder : public testing::Test {
 protected:
  void SetUp() override {
    dir = fs::temp_directory_path() / ("shixun-pack-" + uuid_v4());
    fs::create_directories(dir);
    fs::copy(kPacks / "base", dir, fs::copy_options::recursive);
  }
  void TearDown() override {
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
  void write(const std::string& file, const std::string& text) { ASSERT_TRUE(write_file(dir / file, text)); }
  std::string base(const std::string& file) { return *read_file(kPacks / "base" / file); }
  void replace(const std::string& file, const std::string& from, const std::string& to) {
    std::string s = base(file);
    ASSERT_NE(s.find(from), std::string::npos);
    write(file, s.replace(s.find(from), from.size(), to));
  }
  // Checks the pack here and with the program, which must not hang; both must find the same.
  void expect(const std::string& place, const std::string& message, bool program = true) {
    const CheckReport r = check_pack(dir);
    std::string all;
    bool found = false;
    for (const Error& e : r.errors) {
      all += e.text() + "\n";
      found = found || (e.where.find(place) != std::string::npos && e.what.find(message) != std::string::npos);
    }
    EXPECT_TRUE(found) << "expected " << place << " ... " << message << "\ngot:\n" << all;
    if (!program || !fs::exists(fs::path(SHIXUN_BUILD_DIR) / "shixunctl")) return;
    const std::string command = "timeout 10 '" SHIXUN_BUILD_DIR "/shixunctl' check '" + dir.string() + "' 2>&1 >/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_TRUE(pipe);
    std::string said;
    for (char buffer[4096]; const size_t n = fread(buffer, 1, sizeof buffer, pipe);) said.append(buffer, n);
    const int status = pclose(pipe);
    EXPECT_EQ(WEXITSTATUS(status), 1) << said;
    EXPECT_NE(said.find(place), std::string::npos) << said;
  }
  fs::path dir;
};

}  // namespace

TEST_F(PackFolder, TheBaseIsSound) {
  for (const Error& e : check_pack(dir).errors) ADD_FAILURE() << e.text();
}

TEST_F(PackFolder, TheShippedPackIsSound) {
  for (const Error& e : check_pack(shipped_pack_dir()).errors) ADD_FAILURE() << e.text();
}

TEST_F(PackFolder, EveryBrokenPackSaysWhereAndWhat) {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(kPacks)) {
    if (!entry.is_directory() || entry.path().filename() == "base") continue;
    SCOPED_TRACE(entry.path().filename().string());
    ++cases;
    TearDown();
    SetUp();
    fs::copy(entry.path(), dir, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    fs::remove(dir / "EXPECT");
    std::ifstream in(entry.path() / "EXPECT");
    std::string line;
    ASSERT_TRUE(std::getline(in, line));
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos);
    expect(line.substr(0, tab), line.substr(tab + 1));
  }
  EXPECT_GT(cases, 50);
}

TEST_F(PackFolder, WindowsLineEndsAreFine) {
  for (const char* file : {"pack.yaml", "scene.yaml", "data/sheet.yaml", "strings/en.yaml", "exercises/brake/scenario.yaml", "exercises/brake/rubric.yaml", "exercises/brake/traces/expert.jsonl"}) {
    std::string s = base(file), crlf;
    for (const char c : s) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    write(file, crlf);
  }
  for (const Error& e : check_pack(dir).errors) ADD_FAILURE() << e.text();
}

TEST_F(PackFolder, AStringOfTenMegabytes) {
  write("strings/en.yaml", base("strings/en.yaml") + "asp.long: " + std::string(10 << 20, 'x') + "\n");
  expect("en.yaml:1:1", "at most");
}

TEST_F(PackFolder, AStringThatFitsNoPanel) {
  replace("strings/en.yaml", "Brake let go", std::string(5000, 'x'));
  expect("en.yaml:16", "at most 2000 fit");
}

TEST_F(PackFolder, DeepNesting) {
  for (const size_t depth : {25u, 1000u, 400'000u}) {
    write("scene.yaml", "start: " + std::string(depth, '[') + std::string(depth, ']') + "\n");
    expect("scene.yaml:1", depth > 1000 ? "" : "nested deeper", depth == 1000);
  }
  std::string maps = "a:\n", dashes;
  for (int i = 1; i < 600; ++i) maps += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  write("scene.yaml", maps);
  expect("scene.yaml:", "nested deeper");
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  write("scene.yaml", dashes + "x\n");
  expect("scene.yaml:1", "nested deeper");
  for (const char* odd : {"? ", "{", "!", "&a ", "*", "[{", "\"", "'", "|", ">", "%", "@", "`", "a: "}) {
    std::string many;
    for (int i = 0; i < 50'000; ++i) many += odd;
    write("scene.yaml", many);
    expect("scene.yaml:", "", false);
  }
}

TEST_F(PackFolder, HugeLists) {
  std::string list, map, stars = "*";
  for (int i = 0; i < 100'000; ++i) list += "\"*\",";
  replace("exercises/brake/scenario.yaml", "on: brake, where: {state: pulled}", "on: [" + list + "\"*\"]");
  expect("scenario.yaml:6", "5000 entries");
  TearDown(), SetUp();
  for (int i = 0; i < 60'000; ++i) map += "k" + std::to_string(i) + ": {}\n";
  write("data/sheet.yaml", map);
  expect("sheet.yaml:", "");
  TearDown(), SetUp();
  for (int i = 0; i < 3000; ++i) map = i ? map + "  o" + std::to_string(i) + ": {scenery: true}\n" : "";
  replace("scene.yaml", "  brake: {", map + "  brake: {");
  list.clear();
  for (int i = 0; i < 4000; ++i) list += "\"*\",";
  replace("exercises/brake/scenario.yaml", "on: brake, where: {state: pulled}", "on: [" + list + "\"*\"]");
  expect("scenario.yaml:6", "too many things");
  TearDown(), SetUp();
  for (int i = 0; i < 60; ++i) stars += "a*";
  replace("scene.yaml", "  brake: {", "  " + std::string(60, 'a') + ": {scenery: true}\n  brake: {");
  replace("exercises/brake/scenario.yaml", "on: brake, where: {state: pulled}", "on: \"" + stars + "b\"");
  expect("scenario.yaml:6", "nothing in the scene");
}

TEST_F(PackFolder, ALinkOutOfThePack) {
  fs::create_directories(dir / "models");
  fs::create_symlink("/etc/passwd", dir / "models/x.glb");
  expect("models/x.glb", "symbolic link");
  fs::remove(dir / "models/x.glb");
  fs::create_directory_symlink("/etc", dir / "media");
  expect("media", "symbolic link");
}

TEST_F(PackFolder, APipeInAFilesPlace) {
  fs::remove(dir / "scene.yaml");
  ASSERT_EQ(mkfifo((dir / "scene.yaml").c_str(), 0600), 0);
  expect("scene.yaml:1:1", "not a regular file");
}

TEST_F(PackFolder, ATruncatedModel) {
  const auto u32 = [](uint32_t v) { return std::string(reinterpret_cast<const char*>(&v), 4); };
  std::string json = R"({"asset":{"version":"2.0"},"buffers":[{"byteLength":1024}],"bufferViews":[{"buffer":0,"byteLength":1024}],"nodes":[{"name":"a"}]})";
  while (json.size() % 4) json += ' ';
  const std::string bin(1024, '\1');
  const std::string whole = "glTF" + u32(2) + u32(static_cast<uint32_t>(28 + json.size() + bin.size())) + u32(static_cast<uint32_t>(json.size())) + "JSON" + json + u32(1024) + std::string("BIN\0", 4) + bin;
  replace("scene.yaml", "    in: bench.hook", "    model: models/x.glb\n    in: bench.hook");
  for (const size_t keep : {size_t{0}, size_t{3}, size_t{12}, size_t{20}, size_t{60}, 20 + json.size(), whole.size() - 1}) {
    write("models/x.glb", whole.substr(0, keep));
    expect("models/x.glb", "", keep == 60);
  }
  for (size_t i = 0; i < 20; ++i) {
    std::string bad = whole;
    bad[i] = static_cast<char>(bad[i] ^ 0x81);
    write("models/x.glb", bad);
    expect("models/x.glb", "", false);
  }
}

TEST_F(PackFolder, TexturesHaveABudget) {
  // Two pictures that say they are 4096 x 4096: 64 MB each once unpacked, a third more for their smaller levels.
  const std::string head = "\x89PNG\r\n\x1a\n" + std::string("\0\0\0\rIHDR\0\0\x10\0\0\0\x10\0\x08\x06\0\0\0", 21);
  write("models/a.png", head);
  write("models/b.png", head);
  write("models/x.gltf", R"({"asset":{"version":"2.0"},"images":[{"uri":"a.png"},{"uri":"b.png"}],"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"name":"a","mesh":0}],)"
        R"("meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[0,0,0]}],)"
        R"("bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"byteLength":36,"uri":"data:application/octet-stream;base64,)" + std::string(48, 'A') + R"("}]})");
  replace("scene.yaml", "    in: bench.hook", "    model: models/x.gltf\n    in: bench.hook");
  expect("scene.yaml:1:1", "textures take 171 MB; the budget is 96 MB");
}

TEST_F(PackFolder, FilesHaveABudget) {
  write("media/film.bin", std::string((25u << 20) + 1, 'x'));
  expect("scene.yaml:1:1", "MB on the disk; the budget is 25 MB");
}

TEST_F(PackFolder, AMissingFileIsNamed) {
  for (const char* file : {"pack.yaml", "scene.yaml", "strings/en.yaml", "exercises/brake/rubric.yaml"}) {
    TearDown(), SetUp();
    fs::remove(dir / file);
    expect(fs::path(file).filename().string(), "cannot read");
  }
}

TEST_F(PackFolder, TheHashNamesEveryByteAndTheScoringHashOnlyWhatScores) {
  const Pack a = *load_pack(dir).pack;
  replace("strings/en.yaml", "Brake let go", "Brake slipped");
  const Pack text = *load_pack(dir).pack;
  EXPECT_NE(a.sha256, text.sha256);
  EXPECT_EQ(a.scoring_sha256, text.scoring_sha256);
  replace("exercises/brake/rubric.yaml", "severity: minor", "severity: major");
  EXPECT_NE(load_pack(dir).pack->scoring_sha256, a.scoring_sha256);
}

TEST_F(PackFolder, TruthsDrawnStayInTheirRangeAndEverySeedHasItsOwn) {
  const Scene& s = wheel_pack()->scene;
  std::set<std::vector<int64_t>> different;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Truths t = draw_truths(s, seed);
    EXPECT_EQ(t.numbers, draw_truths(s, seed).numbers);
    different.insert(t.numbers);
    for (size_t i = 0; i < s.truths.size(); ++i) {
      const Truth& d = s.truths[i];
      const bool range = d.choose.empty() && d.min_of.empty() && d.cases.empty() && d.group.empty();
      EXPECT_TRUE(!range || (t.numbers[i] >= d.from && t.numbers[i] <= d.to && (t.numbers[i] - d.from) % d.step == 0)) << d.name;
      EXPECT_EQ(t.words[i].empty(), !d.is_word) << d.name;
    }
  }
  EXPECT_GT(different.size(), 290u);
}
