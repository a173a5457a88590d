// Reading, cooking, posing and picking of models; no device needed. A small triangle model is written and then spoiled, one way a test.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <glm/gtc/matrix_transform.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/asset/cook.h"
#include "engine/base/hash.h"
#include "engine/interact/pick.h"

namespace shixun {
namespace {

using Json = nlohmann::json;

// A square of 2 m in the plane z = 0 facing +Z, hung at node "plate" 1 m up, with a clip "lift" that raises it by 1 m in 1 s.
struct Sample {
  fs::path dir = fs::temp_directory_path() / ("shixun-asset-" + uuid_v4());
  Json json;
  std::string bin;

  Sample() {
    fs::create_directories(dir);
    const float positions[] = {-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0};
    const float normals[] = {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1};
    const float uvs[] = {0, 1, 1, 1, 1, 0, 0, 0};
    const uint16_t indices[] = {0, 1, 2, 0, 2, 3};
    const float times[] = {0, 1};
    const float lift[] = {0, 1, 0, 0, 2, 0};
    json = {{"asset", {{"version", "2.0"}}},
            {"scene", 0},
            {"scenes", {{{"nodes", {0}}}}},
            {"nodes",
             {{{"name", "sample"}, {"children", {1}}},
              {{"name", "plate"}, {"mesh", 0}, {"translation", {0, 1, 0}}, {"extras", {{"axis", "0 0 1"}, {"step", 2.5}, {"lower", -3}, {"box", {1, 2.5, 3}}}}}}},
            {"materials",
             {{{"name", "lamp"},
               {"emissiveFactor", {1, 0.5, 0}},
               {"pbrMetallicRoughness", {{"metallicFactor", 0.25}, {"roughnessFactor", 0.5}}},
               {"extensions", {{"KHR_materials_emissive_strength", {{"emissiveStrength", 4.0}}}, {"KHR_materials_clearcoat", {{"clearcoatFactor", 0.75}}}}}}}},
            {"extensionsUsed", {"KHR_materials_emissive_strength", "KHR_materials_clearcoat"}},
            {"meshes", {{{"name", "plate"}, {"primitives", {{{"attributes", {{"POSITION", 0}, {"NORMAL", 1}, {"TEXCOORD_0", 2}}}, {"indices", 3}, {"material", 0}}}}}}},
            {"animations",
             {{{"name", "lift"},
               {"samplers", {{{"input", 4}, {"output", 5}, {"interpolation", "LINEAR"}}}},
               {"channels", {{{"sampler", 0}, {"target", {{"node", 1}, {"path", "translation"}}}}}}}}},
            {"accessors", Json::array()},
            {"bufferViews", Json::array()}};
    add(positions, sizeof positions, 4, "VEC3", 5126);
    json["accessors"][0]["min"] = {-1, -1, 0};
    json["accessors"][0]["max"] = {1, 1, 0};
    add(normals, sizeof normals, 4, "VEC3", 5126);
    add(uvs, sizeof uvs, 4, "VEC2", 5126);
    add(indices, sizeof indices, 6, "SCALAR", 5123);
    add(times, sizeof times, 2, "SCALAR", 5126);
    json["accessors"][4]["min"] = {0};
    json["accessors"][4]["max"] = {1};
    add(lift, sizeof lift, 2, "VEC3", 5126);
    json["buffers"] = {{{"uri", "sample.bin"}, {"byteLength", bin.size()}}};
  }
  ~Sample() { fs::remove_all(dir); }

  void add(const void* data, size_t size, size_t count, const char* type, int component) {
    json["accessors"].push_back({{"bufferView", json["bufferViews"].size()}, {"componentType", component}, {"count", count}, {"type", type}});
    json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", bin.size()}, {"byteLength", size}});
    bin.append(static_cast<const char*>(data), size);
  }
  fs::path file() const { return dir / "sample.gltf"; }
  fs::path write() const {
    std::ofstream(dir / "sample.bin", std::ios::binary) << bin;
    std::ofstream(file()) << json.dump();
    return file();
  }
  // The message a spoiled file is refused with.
  std::string refusal() const {
    const auto model = load_model(write());
    if (model) return "was accepted";
    EXPECT_EQ(model.error().code, Code::kFailed);
    EXPECT_NE(model.error().where.find(dir.string()), std::string::npos) << "the message names the file";
    return model.error().what;
  }
};

::testing::AssertionResult has(const std::string& text, const char* part) {
  if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "\"" << text << "\" does not speak of \"" << part << "\"";
}

TEST(Models, AreReadWithNamesExtrasMaterialsAndClips) {
  const Sample sample;
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->nodes.size(), 2u);
  EXPECT_EQ(model->nodes[0].name, "sample");
  const int plate = model->find_node("plate");
  ASSERT_EQ(plate, 1);
  const auto& extras = model->nodes[1].extras;
  EXPECT_EQ(extras.at("axis"), "0 0 1");
  EXPECT_EQ(extras.at("step"), "2.5");
  EXPECT_EQ(extras.at("lower"), "-3");
  EXPECT_EQ(extras.at("box"), "1 2.5 3");
  EXPECT_EQ(joint_axis(model->nodes[1]), glm::vec3(0, 0, 1));
  ASSERT_EQ(model->meshes.size(), 1u);
  const Mesh& mesh = model->meshes[0];
  EXPECT_EQ(mesh.indices.size(), 6u);
  EXPECT_EQ(mesh.lower, glm::vec3(-1, -1, 0));
  for (const Vertex& v : mesh.vertices) {
    EXPECT_FLOAT_EQ(v.uv.y, v.position.y < 0 ? 1.0f : 0.0f) << "v = 0 is the top of the image";
    EXPECT_FLOAT_EQ(v.occlusion, 1);
    EXPECT_NEAR(glm::length(glm::vec3(v.tangent)), 1, 1e-5);
    EXPECT_FLOAT_EQ(std::abs(v.tangent.w), 1);
  }
  const Material& lamp = model->materials[mesh.material];
  EXPECT_EQ(lamp.name, "lamp");
  EXPECT_EQ(lamp.emissive, glm::vec3(4, 2, 0)) << "times the emissive strength";
  EXPECT_FLOAT_EQ(lamp.metallic, 0.25f);
  EXPECT_FLOAT_EQ(lamp.clearcoat, 0.75f);
  ASSERT_EQ(model->clips.size(), 1u);
  EXPECT_EQ(model->clips[0].name, "lift");
  EXPECT_FLOAT_EQ(model->clips[0].duration, 1);
}

TEST(Models, ArePosedByClipsAndByNodes) {
  const Sample sample;
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(glm::vec3(pose_of(*model, {})[1][3]), glm::vec3(0, 1, 0));
  EXPECT_EQ(glm::vec3(pose_of(*model, {{{"lift", 0.5f}}, {}})[1][3]), glm::vec3(0, 1.5f, 0));
  EXPECT_EQ(glm::vec3(pose_of(*model, {{{"lift", 9.0f}}, {}})[1][3]), glm::vec3(0, 2, 0)) << "held after its end";
  EXPECT_EQ(glm::vec3(pose_of(*model, {{{"no such clip", 1.0f}}, {}})[1][3]), glm::vec3(0, 1, 0));
  const PoseState moved{{}, {{"plate", glm::translate(glm::mat4(1), glm::vec3(3, 0, 0))}}};
  EXPECT_EQ(glm::vec3(pose_of(*model, moved)[1][3]), glm::vec3(3, 1, 0));
}

TEST(Models, WithTruncatedBufferAreRefused) {
  Sample sample;
  sample.bin.resize(sample.bin.size() - 1);
  EXPECT_TRUE(has(sample.refusal(), "truncated"));
}

TEST(Models, WithoutTheirBufferAreRefused) {
  const Sample sample;
  sample.write();
  fs::remove(sample.dir / "sample.bin");
  const auto model = load_model(sample.file());
  ASSERT_FALSE(model);
  EXPECT_TRUE(has(model.error().text(), "sample.bin"));
}

TEST(Models, CutShortAtAnyByteAreRefusedOrWhole) {
  const Sample sample;
  sample.write();
  const std::string text = sample.json.dump();
  for (size_t length = 0; length < text.size(); length += 7) {
    std::ofstream(sample.file(), std::ios::trunc) << text.substr(0, length);
    EXPECT_FALSE(load_model(sample.file())) << "cut at " << length;
  }
}

TEST(Models, WithIndexOutOfRangeAreRefused) {
  Sample sample;
  const uint16_t wrong = 4;
  std::memcpy(sample.bin.data() + sample.json["bufferViews"][3]["byteOffset"].get<size_t>(), &wrong, sizeof wrong);
  EXPECT_TRUE(has(sample.refusal(), "out of range"));
}

TEST(Models, WithNumbersThatAreNotFiniteAreRefused) {
  Sample sample;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(sample.bin.data(), &nan, sizeof nan);
  EXPECT_TRUE(has(sample.refusal(), "not finite"));
}

TEST(Models, WithANodeCycleAreRefused) {
  Sample sample;
  sample.json["nodes"].push_back({{"name", "a"}, {"children", {3}}});
  sample.json["nodes"].push_back({{"name", "b"}, {"children", {2}}});
  EXPECT_TRUE(has(sample.refusal(), "cycle"));
  sample.json["nodes"] = {{{"name", "self"}, {"mesh", 0}, {"children", {0}}}};
  EXPECT_NE(sample.refusal(), "was accepted");
}

TEST(Models, NestedTooDeepAreRefused) {
  const Sample sample;
  sample.write();
  std::ofstream(sample.file(), std::ios::trunc) << std::string(100000, '[');
  EXPECT_FALSE(load_model(sample.file()));
}

TEST(Models, WithAccessorsBeyondTheirBufferAreRefused) {
  for (const uint64_t count : {uint64_t{5}, uint64_t{400}, uint64_t{1} << 40, UINT64_MAX}) {
    Sample sample;
    sample.json["accessors"][0]["count"] = count;
    EXPECT_NE(sample.refusal(), "was accepted") << count;
  }
  Sample offset;
  offset.json["bufferViews"][0]["byteOffset"] = UINT64_MAX - 8;
  EXPECT_NE(offset.refusal(), "was accepted");
}

TEST(Models, WithoutTheirImagesShowACheckerboard) {
  Sample sample;
  sample.json["images"] = {{{"uri", "textures/none.png"}}};
  sample.json["textures"] = {{{"source", 0}}};
  sample.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"] = {{"index", 0}};
  sample.json["materials"][0]["normalTexture"] = {{"index", 0}};
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->warnings.size(), 2u) << "one for each use";
  EXPECT_TRUE(has(model->warnings[0], "textures/none.png"));
  const Material& lamp = model->materials[model->meshes[0].material];
  ASSERT_GE(lamp.tex_base, 0);
  EXPECT_EQ(lamp.tex_normal, -1) << "no relief rather than a wrong one";
  auto pixels = decode_image(model->images[static_cast<size_t>(lamp.tex_base)]);
  ASSERT_TRUE(pixels);
  EXPECT_NE(std::memcmp(pixels->rgba.data(), pixels->rgba.data() + 8 * 4, 4), 0) << "two colours";
}

TEST(Models, WhoseFilesLieOutsideTheirFolderAreRefused) {
  for (const char* uri : {"/etc/hostname", "file:///etc/hostname", "http://example.org/a.png", "../../../../etc/hostname", "..%2f..%2fetc/hostname",
                          "C:\\a.png", "a/../../../b.png"}) {
    Sample image;
    image.json["images"] = {{{"uri", uri}}};
    EXPECT_TRUE(has(image.refusal(), "outside")) << uri;
    Sample buffer;
    buffer.json["buffers"][0]["uri"] = uri;
    EXPECT_TRUE(has(buffer.refusal(), "outside")) << uri;
  }
  Sample up;
  up.json["buffers"][0]["uri"] = "../sample.bin";
  EXPECT_TRUE(has(up.refusal(), "outside")) << "only images may lie beside the folder";
}

TEST(Models, ThatAreNoModelsAreRefused) {
  EXPECT_FALSE(load_model("no/such/model.gltf"));
  EXPECT_FALSE(load_model("/etc/hostname"));
}

TEST(Models, OfTheLibraryAreAllReadable) {
  const fs::path dir = fs::path(SHIXUN_SOURCE_DIR) / "assets" / "models";
  int count = 0;
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() != ".gltf") continue;
    ++count;
    auto model = load_model(entry.path());
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_EQ(model->nodes[0].name, entry.path().stem().string()) << "the root bears the file's name";
    for (const Image& image : model->images) EXPECT_TRUE(fs::is_regular_file(image.path)) << image.path;
  }
  EXPECT_GT(count, 0);
}

TEST(Cook, GivesBackTheSameModel) {
  const Sample sample;
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  const std::string bytes = cook_model(*model, sample.dir);
  auto again = uncook_model(bytes, sample.dir);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(cook_model(*again, sample.dir), bytes);
}

TEST(Cook, RefusesWhatIsCutShortOrAltered) {
  const Sample sample;
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  const std::string bytes = cook_model(*model, sample.dir);
  for (size_t length = 0; length < bytes.size(); ++length) EXPECT_FALSE(uncook_model(std::string_view(bytes).substr(0, length), sample.dir)) << length;
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string altered = bytes;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    EXPECT_FALSE(uncook_model(altered, sample.dir)) << at;
  }
  EXPECT_FALSE(uncook_model(bytes + "x", sample.dir));
}

TEST(Cook, MakesADamagedFileAgain) {
  const Sample sample;
  const fs::path cache = sample.dir / "cache";
  ASSERT_TRUE(load_cooked_model(sample.write(), cache));
  fs::path cooked;
  for (const auto& entry : fs::recursive_directory_iterator(cache))
    if (entry.path().extension() == ".cooked") cooked = entry.path();
  ASSERT_FALSE(cooked.empty());
  const auto whole = fs::file_size(cooked);
  fs::resize_file(cooked, whole / 2);
  auto model = load_cooked_model(sample.file(), cache);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(fs::file_size(cooked), whole);
}

TEST(Cook, ClearsOutWhatIsOldWhenNobodyElseUsesTheCache) {
  const Sample sample;
  const fs::path cache = sample.dir / "cache", models = cache / "models";
  ASSERT_TRUE(load_cooked_model(sample.write(), cache));
  fs::path cooked;
  for (const auto& entry : fs::directory_iterator(models)) cooked = entry.path();
  const auto bytes = read_file(cooked, 1u << 30);
  ASSERT_TRUE(bytes);
  const auto now = fs::file_time_type::clock::now();
  const auto put = [&](const char* name, uint32_t version, std::chrono::hours age) {
    std::string altered = *bytes;
    if (version != 0) std::memcpy(altered.data() + 4, &version, 4);
    EXPECT_TRUE(write_file(models / name, altered));
    fs::last_write_time(models / name, now - age);
  };
  constexpr std::chrono::hours kDays(24);
  const auto put_all = [&] {
    put("earlier.cooked", 1, {});
    put("later.cooked", 1000, {});
    put("unused.cooked", 0, 91 * kDays);
    put("used.cooked", 0, 89 * kDays);
    put("half.cooked.new.4711", 0, 2 * kDays);
    put("being-written.cooked.new.4712", 0, {});
    put("notes.txt", 1, 400 * kDays);
  };
  const auto there = [&](const char* name) { return fs::exists(models / name); };
  put_all();
  {
    const CacheShare one = share_cache(cache);
    EXPECT_FALSE(there("earlier.cooked"));
    EXPECT_FALSE(there("unused.cooked"));
    EXPECT_FALSE(there("half.cooked.new.4711"));
    for (const char* kept : {"later.cooked", "used.cooked", "being-written.cooked.new.4712", "notes.txt"}) EXPECT_TRUE(there(kept)) << kept;
    EXPECT_TRUE(fs::exists(cooked));
    // A second program removes nothing under the first one's hands.
    put_all();
    const CacheShare two = share_cache(cache);
    EXPECT_TRUE(there("earlier.cooked"));
    EXPECT_TRUE(there("unused.cooked"));
  }
  const CacheShare three = share_cache(cache);
  EXPECT_FALSE(there("earlier.cooked"));
  EXPECT_FALSE(there("unused.cooked"));

  // Being used is what keeps a file.
  fs::last_write_time(cooked, now - 91 * kDays);
  ASSERT_TRUE(load_cooked_model(sample.file(), cache));
  EXPECT_GT(fs::last_write_time(cooked), now - kDays);
}

TEST(Cook, FollowsAChangedModel) {
  Sample sample;
  const fs::path cache = sample.dir / "cache";
  ASSERT_TRUE(load_cooked_model(sample.write(), cache));
  sample.json["nodes"][1]["name"] = "renamed";
  auto model = load_cooked_model(sample.write(), cache);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->nodes[1].name, "renamed");
}

TEST(Pick, MeetsThePosedPlate) {
  const Sample sample;
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  PickScene scene;
  const auto shape = std::make_shared<PickShape>(*model);
  const glm::mat4 place = glm::translate(glm::mat4(1), glm::vec3(10, 0, 0)) * glm::scale(glm::mat4(1), glm::vec3(2));
  scene.set(4, shape, place, {});
  auto hit = scene.cast({{10.5f, 2.5f, 7}, {0, 0, -1}}, 100);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->object, 4u);
  EXPECT_EQ(hit->node, 1);
  EXPECT_NEAR(hit->distance, 7, 1e-4);
  EXPECT_NEAR(hit->normal.z, 1, 1e-5);
  EXPECT_FALSE(scene.cast({{10.5f, 2.5f, 7}, {0, 0, -1}}, 6.9f)) << "out of reach";
  EXPECT_FALSE(scene.cast({{10.5f, 2.5f, 7}, {0, 0, 1}}, 100)) << "behind";
  EXPECT_FALSE(scene.cast({{12.1f, 2.5f, 7}, {0, 0, -1}}, 100)) << "beside";
  EXPECT_TRUE(scene.cast({{10.5f, 2.5f, -7}, {0, 0, 1}}, 100)) << "from behind as well";
  scene.set(4, shape, place, {{{"lift", 1.0f}}, {}});
  EXPECT_FALSE(scene.cast({{10.5f, 1.5f, 7}, {0, 0, -1}}, 100)) << "lifted by the clip";
  EXPECT_FALSE(scene.cast({{10.5f, 5, 7}, {0, 0, -1}}, 100, [](uint32_t object, int) { return object == 4; }));
  scene.remove(4);
  EXPECT_FALSE(scene.cast({{10.5f, 5, 7}, {0, 0, -1}}, 100));
}

TEST(Pick, SightGoesThroughAPaneAndABodyDoesNot) {
  const Sample sample;
  auto model = load_model(sample.write());
  ASSERT_TRUE(model) << model.error().text();
  PickScene opaque, glass;
  opaque.set(0, std::make_shared<PickShape>(*model), glm::mat4(1), {});
  Model pane = *model;
  for (Mesh& m : pane.meshes) m.material = static_cast<uint32_t>(pane.materials.size());
  pane.materials.push_back({});
  pane.materials.back().transmission = 0.9f;
  glass.set(0, std::make_shared<PickShape>(pane), glm::mat4(1), {});
  const Ray ray{{0.25f, 1.25f, 7}, {0, 0, -1}};
  const auto solid = opaque.cast(ray, 100), body = glass.cast(ray, 100, {}, PickScene::Panes::kStop);
  ASSERT_TRUE(solid && body);
  EXPECT_EQ(body->distance, solid->distance);
  EXPECT_FALSE(glass.cast(ray, 100));
}

// Against brute force: random rays at a bumpy surface.
TEST(Pick, AgreesWithBruteForce) {
  Model model;
  model.nodes.push_back({});
  model.nodes[0].meshes = {0};
  model.meshes.push_back({});
  Mesh& mesh = model.meshes[0];
  constexpr int kSide = 40;
  uint32_t state = 7;
  const auto random = [&state] { return static_cast<float>((state = state * 1664525u + 1013904223u) >> 8) / 16777216.0f; };
  mesh.lower = glm::vec3(0);
  mesh.upper = glm::vec3(kSide, 2, kSide);
  for (int z = 0; z <= kSide; ++z)
    for (int x = 0; x <= kSide; ++x) mesh.vertices.push_back({glm::vec3(x, random() * 2, z), {0, 1, 0}, {}, {}, 1});
  for (uint32_t z = 0; z < kSide; ++z)
    for (uint32_t x = 0; x < kSide; ++x) {
      const uint32_t a = z * (kSide + 1) + x, b = a + kSide + 1;
      mesh.indices.insert(mesh.indices.end(), {a, b, a + 1, a + 1, b, b + 1});
    }
  PickScene scene;
  scene.set(0, std::make_shared<PickShape>(model), glm::mat4(1), {});
  for (int i = 0; i < 300; ++i) {
    const glm::vec3 origin(random() * kSide, 5, random() * kSide);
    const glm::vec3 direction = glm::normalize(glm::vec3(random() - 0.5f, -random(), random() - 0.5f));
    float nearest = 1000;
    for (size_t t = 0; t < mesh.indices.size(); t += 3) {
      const glm::dvec3 a = mesh.vertices[mesh.indices[t]].position, b = mesh.vertices[mesh.indices[t + 1]].position,
                       c = mesh.vertices[mesh.indices[t + 2]].position;
      const glm::dvec3 n = glm::cross(b - a, c - a), d = direction, o = origin;
      const double along = glm::dot(n, d);
      if (along == 0) continue;
      const double distance = glm::dot(n, a - o) / along;
      const glm::dvec3 p = o + distance * d;
      const bool inside = glm::dot(glm::cross(b - a, p - a), n) >= 0 && glm::dot(glm::cross(c - b, p - b), n) >= 0 && glm::dot(glm::cross(a - c, p - c), n) >= 0;
      if (inside && distance > 0 && distance < nearest) nearest = static_cast<float>(distance);
    }
    const auto hit = scene.cast({origin, direction}, 1000);
    ASSERT_EQ(hit.has_value(), nearest < 1000) << i;
    if (hit) {
      EXPECT_NEAR(hit->distance, nearest, 1e-3);
    }
  }
}

TEST(Images, ThatAreNoImagesAreRefused) {
  Image image;
  image.embedded = "not an image";
  EXPECT_FALSE(decode_image(image));
  image.path = "no/such/image.png";
  EXPECT_FALSE(decode_image(image));
}

}  // namespace
}  // namespace shixun
