// Models as they come from the wild: every way a file may store the same geometry gives the same model, and what cannot be read is refused
// with a message. No device needed.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <glm/gtc/matrix_transform.hpp>
#include <limits>
#include <map>
#include <set>

#include "engine/anim/pose.h"
#include "engine/anim/skin.h"
#include "engine/asset/cook.h"
#include "engine/asset/course_bench.h"
#include "engine/asset/mesh_cook.h"
#include "engine/base/gltf.h"
#include "engine/base/gltf_document.h"
#include "tests/import/samples.h"

namespace shixun::test {
namespace {

using Json = nlohmann::json;

::testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "\"" << text << "\" does not speak of \"" << part << "\"";
}

// What a file is refused with; the check must agree with the importer, and the message must name the file and say how to mend it.
std::string refusal(const Gltf& g) {
  const Folder folder;
  const fs::path file = g.write(folder);
  const auto model = load_model(file);
  EXPECT_EQ(static_cast<bool>(check_gltf(file)), static_cast<bool>(model)) << "the check and the importer disagree";
  if (model) return "was accepted";
  EXPECT_EQ(model.error().code, Code::kFailed);
  EXPECT_TRUE(has(model.error().where, folder.dir.string()));
  EXPECT_FALSE(model.error().hint.empty()) << model.error().text();
  return model.error().what;
}

Result<Model> loaded(const Gltf& g) {
  const Folder folder;
  return load_model(g.write(folder));
}

// The corners of all triangles, posed at rest, in the model's frame, as text with millimetres.
std::multiset<std::string> corners(const Model& model) {
  std::multiset<std::string> out;
  const Pose pose = pose_of(model, {});
  for (size_t n = 0; n < model.nodes.size(); ++n)
    for (const uint32_t m : model.nodes[n].meshes)
      for (const uint32_t i : full_indices(model.meshes[m])) {
        const Vertex& v = model.meshes[m].vertices[i];
        const glm::vec3 p(pose[n] * glm::vec4(v.position, 1));
        const auto mm = [](float x) { return std::to_string(std::lround(x * 1000) + 0) + " "; };
        out.insert(mm(p.x) + mm(p.y) + mm(p.z) + "n " + std::to_string(std::lround(v.normal.z * 100)) + " uv " + mm(v.uv.x) + mm(v.uv.y));
      }
  return out;
}

void expect_square(const Gltf& g, const char* what) {
  SCOPED_TRACE(what);
  auto plain = loaded(square());
  ASSERT_TRUE(plain) << plain.error().text();
  auto model = loaded(g);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(corners(*model), corners(*plain));
  EXPECT_EQ(corners(*plain).size(), 6u);
  const Folder folder;
  const auto facts = check_gltf(g.write(folder));
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_EQ(facts->triangles, 2u);
}

TEST(Import, ReadsTheSameSquareHoweverItIsStored) {
  expect_square(square_quantized(), "quantized");
  expect_square(square_meshopt(), "meshopt");
  expect_square(square_draco(), "draco");
  expect_square(square_sparse(), "sparse");

  Gltf unindexed = square();
  unindexed.json["meshes"][0]["primitives"][0].erase("indices");
  for (int a = 0; a < 3; ++a) {  // its corners written out: 0 1 2 0 2 3
    const Json accessor = unindexed.json["accessors"][a];
    const size_t size = a == 2 ? 8 : 12, from = unindexed.json["bufferViews"][accessor["bufferView"].get<size_t>()]["byteOffset"];
    std::string out;
    for (const size_t i : {0, 1, 2, 0, 2, 3}) out += unindexed.bin.substr(from + i * size, size);
    unindexed.json["accessors"][a]["bufferView"] = unindexed.view(out.data(), out.size());
    unindexed.json["accessors"][a]["count"] = 6;
  }
  expect_square(unindexed, "without indices");

  Gltf strip = square();
  strip.json["meshes"][0]["primitives"][0]["indices"] = strip.accessor<uint16_t>({1, 2, 0, 3}, "SCALAR", 1);
  strip.json["meshes"][0]["primitives"][0]["mode"] = 5;
  auto striped = loaded(strip);
  ASSERT_TRUE(striped) << striped.error().text();
  const Mesh& mesh = striped->meshes[0];
  ASSERT_EQ(mesh.indices.size(), 6u);
  for (size_t t = 0; t < 6; t += 3) {
    const glm::vec3 a = mesh.vertices[mesh.indices[t]].position;
    EXPECT_GT(glm::cross(mesh.vertices[mesh.indices[t + 1]].position - a, mesh.vertices[mesh.indices[t + 2]].position - a).z, 0) << "all face +Z";
  }
  Gltf fan = square();
  fan.json["meshes"][0]["primitives"][0]["indices"] = fan.accessor<uint16_t>({0, 1, 2, 3}, "SCALAR", 1);
  fan.json["meshes"][0]["primitives"][0]["mode"] = 6;
  expect_square(fan, "fan");

  Gltf interleaved = square();
  std::string rows;
  for (size_t v = 0; v < 4; ++v) {
    rows += interleaved.bin.substr(v * 12, 12) + interleaved.bin.substr(48 + v * 12, 12);
  }
  const size_t view = interleaved.view(rows.data(), rows.size(), 24);
  for (int a = 0; a < 2; ++a) interleaved.json["accessors"][a]["bufferView"] = view, interleaved.json["accessors"][a]["byteOffset"] = a * 12;
  expect_square(interleaved, "interleaved");

  Gltf no_scene = square();
  no_scene.json.erase("scenes");
  no_scene.json.erase("scene");
  expect_square(no_scene, "no scene: all roots");

  Gltf unused = square();
  unused.json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", 1u << 30}, {"byteLength", 5}});
  unused.json["accessors"].push_back({{"bufferView", 77}, {"componentType", 5126}, {"count", 1}, {"type", "VEC3"}});
  expect_square(unused, "broken parts nobody uses");
}

TEST(Import, ReadsBinaryFilesAndDataUris) {
  const Folder folder;
  auto plain = loaded(square());
  ASSERT_TRUE(plain);
  auto glb = load_model(folder.write("a.glb", square().glb()));
  ASSERT_TRUE(glb) << glb.error().text();
  EXPECT_EQ(corners(*glb), corners(*plain));
  const Gltf g = square();
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string base64 = "data:application/octet-stream;base64,";
  for (size_t i = 0; i + 2 < g.bin.size(); i += 3) {
    const uint32_t n = static_cast<uint32_t>(static_cast<unsigned char>(g.bin[i]) << 16 | static_cast<unsigned char>(g.bin[i + 1]) << 8 | static_cast<unsigned char>(g.bin[i + 2]));
    for (int shift = 18; shift >= 0; shift -= 6) base64 += kDigits[n >> shift & 63];
  }
  ASSERT_EQ(g.bin.size() % 3, 2u);
  const uint32_t n = static_cast<uint32_t>(static_cast<unsigned char>(g.bin[g.bin.size() - 2]) << 16 | static_cast<unsigned char>(g.bin.back()) << 8);
  base64 += {kDigits[n >> 18 & 63], kDigits[n >> 12 & 63], kDigits[n >> 6 & 63], '='};
  auto data = load_model(folder.write("b.gltf", g.with_buffer(base64).dump()));
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_EQ(corners(*data), corners(*plain));
}

TEST(Import, CutShortAnywhereIsRefused) {
  const Folder folder;
  const std::string whole = square().glb();
  for (size_t length = 0; length < whole.size(); ++length) EXPECT_FALSE(load_model(folder.write("cut.glb", whole.substr(0, length)))) << length;
  for (const Gltf& g : {square_meshopt(), square_draco(), bar_skinned()}) {
    const fs::path file = g.write(folder);
    for (size_t length = 0; length < g.bin.size(); length += 3) {
      folder.write("sample.bin", g.bin.substr(0, length));
      EXPECT_FALSE(load_model(file)) << length;
    }
  }
}

TEST(Import, BakesTextureTransforms) {
  Gltf g = square();
  g.json["images"] = {{{"uri", "none.png"}}};
  g.json["textures"] = {{{"source", 0}}};
  const Json transform = {{"KHR_texture_transform", {{"offset", {0.5, 0.25}}, {"rotation", 1.5707963}, {"scale", {2, 3}}}}};
  g.json["materials"] = {{{"pbrMetallicRoughness", {{"baseColorTexture", {{"index", 0}, {"extensions", transform}}}}}}};
  g.json["meshes"][0]["primitives"][0]["material"] = 0;
  g.json["extensionsRequired"] = {"KHR_texture_transform"};
  auto model = loaded(g);
  ASSERT_TRUE(model) << model.error().text();
  // (1, 0), the upper right corner: scaled (2, 0); turned by a quarter, as the extension turns: (0, -2); moved.
  for (const Vertex& v : model->meshes[0].vertices)
    if (v.position.x > 0 && v.position.y > 0) {
      EXPECT_NEAR(v.uv.x, 0.5, 1e-5);
      EXPECT_NEAR(v.uv.y, 0.25 - 2, 1e-5);
    }
}

TEST(Import, TakesTheSetOfCoordinatesTheTextureNames) {
  Gltf g = square();
  const size_t other = g.accessor<float>({5, 5, 6, 5, 6, 6, 5, 6}, "VEC2", 2);
  g.json["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_1"] = other;
  g.json["meshes"][0]["primitives"][0]["material"] = 0;
  g.json["images"] = {{{"uri", "none.png"}}};
  g.json["textures"] = {{{"source", 0}}};
  g.json["materials"] = {{{"pbrMetallicRoughness", {{"baseColorTexture", {{"index", 0}, {"texCoord", 1}}}}},
                          {"emissiveFactor", {1, 1, 1}},
                          {"emissiveTexture", {{"index", 0}}}}};
  auto model = loaded(g);
  ASSERT_TRUE(model) << model.error().text();
  for (const Vertex& v : model->meshes[0].vertices) EXPECT_GE(v.uv.x, 5);
  EXPECT_EQ(model->materials[0].tex_emissive, -1) << "it looks elsewhere";
  EXPECT_EQ(model->materials[0].emissive, glm::vec3(0)) << "the whole surface would glow";
  EXPECT_TRUE(has(model->warnings[0], "left out"));
}

TEST(Import, GivesFacetsWhereNormalsAreMissing) {
  Gltf g = grid(4, 0.2f);
  g.json["meshes"][0]["primitives"][0]["attributes"].erase("NORMAL");
  auto model = loaded(g);
  ASSERT_TRUE(model);
  const Mesh& mesh = model->meshes[0];
  for (size_t t = 0; t < mesh.indices.size(); t += 3) {
    const glm::vec3 a = mesh.vertices[mesh.indices[t]].position, n = mesh.vertices[mesh.indices[t]].normal;
    EXPECT_NEAR(glm::dot(n, glm::normalize(mesh.vertices[mesh.indices[t + 1]].position - a)), 0, 1e-4);
    EXPECT_NEAR(glm::length(n), 1, 1e-5);
  }
}

// A plain picture has its red axis (tangent) to the right and its green axis (bitangent) up; a mirrored one has the tangent to the left.
TEST(Import, TangentsFollowThePicture) {
  auto model = loaded(square());
  ASSERT_TRUE(model);
  for (const Vertex& v : model->meshes[0].vertices) {
    EXPECT_NEAR(v.tangent.x, 1, 1e-5);
    EXPECT_NEAR((glm::cross(v.normal, glm::vec3(v.tangent)) * v.tangent.w).y, 1, 1e-5);
  }
  Gltf mirrored = square();
  mirrored.json["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"] = mirrored.accessor<float>({1, 1, 0, 1, 0, 0, 1, 0}, "VEC2", 2);
  model = loaded(mirrored);
  ASSERT_TRUE(model);
  for (const Vertex& v : model->meshes[0].vertices) {
    EXPECT_NEAR(v.tangent.x, -1, 1e-5);
    EXPECT_NEAR((glm::cross(v.normal, glm::vec3(v.tangent)) * v.tangent.w).y, 1, 1e-5);
  }
}

TEST(Import, KeepsNodesOfAnyKind) {
  Gltf flat = square();
  flat.json["nodes"][1]["scale"] = {1, 0, 1};
  auto model = loaded(flat);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->nodes[1].scale, glm::vec3(1, 0, 1));
  const Folder folder;
  EXPECT_TRUE(load_cooked_model(flat.write(folder), folder.dir / "cache"));

  Gltf matrix = square();
  matrix.json["nodes"][1].erase("translation");
  matrix.json["nodes"][1]["matrix"] = {0, 2, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 3, 4, 5, 1};  // turned by 90 degrees about Z, flat in Z
  model = loaded(matrix);
  ASSERT_TRUE(model);
  EXPECT_LT(glm::length(glm::vec3(pose_of(*model, {})[1] * glm::vec4(1, 0, 0, 1)) - glm::vec3(3, 6, 5)), 1e-5f);
  EXPECT_LT(glm::length(glm::vec3(pose_of(*model, {})[1] * glm::vec4(0, 1, 7, 1)) - glm::vec3(2, 4, 5)), 1e-5f);

  Gltf names = square();
  names.json["nodes"][1]["name"] = "\xB0\xE5";  // a name in GBK
  model = loaded(names);
  ASSERT_TRUE(model) << model.error().text();

  const std::string text = square().with_buffer("sample.bin").dump();
  std::string gbk = text;
  gbk.replace(gbk.find("\"plate\""), 7, "\"\xB0\xE5\xB0\xE5\xB0\"");
  square().write(folder);
  auto raw = load_model(folder.write("sample.gltf", gbk));
  ASSERT_TRUE(raw) << raw.error().text();
  EXPECT_EQ(raw->nodes[1].name, "?????");

  Gltf deep = square();
  for (int i = 0; i < 200; ++i) deep.node({{"children", {i + 3}}});
  deep.node({{"mesh", 0}});
  deep.json["nodes"][1]["children"] = {2};
  model = loaded(deep);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->nodes.size(), 203u);
  for (int i = 0; i < 100; ++i) deep.node({{"children", {i + 204}}});
  deep.node(Json::object());
  deep.json["nodes"][202]["children"] = {203};
  EXPECT_TRUE(has(refusal(deep), "deeper"));

  Gltf many = square();
  many.json["nodes"][1]["extensions"]["EXT_mesh_gpu_instancing"]["attributes"] = {{"TRANSLATION", many.accessor<float>({0, 0, 0, 9, 0, 0, 0, 9, 0}, "VEC3", 3)}};
  model = loaded(many);
  ASSERT_TRUE(model);
  EXPECT_EQ(corners(*model).size(), 18u);
}

TEST(Import, RefusesWhatIsNotSo) {
  const auto spoiled = [](const auto& spoil) {
    Gltf g = square();
    spoil(g.json);
    return refusal(g);
  };
  EXPECT_TRUE(has(spoiled([](Json& j) { j["nodes"][0]["children"] = {7}; }), "not there"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["nodes"][0]["children"] = {-1}; }), "not there"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["nodes"][1]["children"] = {0}; }), "cycle"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["nodes"][1]["translation"] = {1, 2}; }), "numbers"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["scene"] = 4; }), "scene"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["scenes"][0]["nodes"] = Json::array(); j["nodes"][1].erase("mesh"); j["meshes"] = Json::array(); }), "nothing to show"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["nodes"] = Json::array(); j["scenes"][0]["nodes"] = Json::array(); }), "nothing in it"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["meshes"][0]["primitives"][0]["mode"] = 9; }), "kind"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["accessors"][0]["count"] = -4; }), "length"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["accessors"][3]["byteOffset"] = 1u << 20; }), "beyond"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["accessors"][0]["type"] = "VEC2"; }), "VEC2"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["accessors"][0].erase("bufferView"); }), "buffer view"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["extensionsRequired"] = {"KHR_texture_basisu"}; }), "KHR_texture_basisu"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["extensionsRequired"] = {"VENDOR_curves"}; }), "VENDOR_curves"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["textures"] = {{{"extensions", {{"EXT_texture_webp", {{"source", 0}}}}}}}; }), "EXT_texture_webp"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["meshes"] = {{"a", 1}}; }), "list"));
  EXPECT_TRUE(has(spoiled([](Json& j) { j["accessors"][0] = 3; }), "not an object"));
}

TEST(Import, RefusesPointsAndLinesAlone) {
  for (const int mode : {0, 1, 2, 3}) {
    Gltf g = square();
    g.json["meshes"][0]["primitives"][0]["mode"] = mode;
    EXPECT_NE(refusal(g), "was accepted") << mode;
  }
  Gltf both = square();
  Json line = both.json["meshes"][0]["primitives"][0];
  line["mode"] = 1;
  both.json["meshes"][0]["primitives"].push_back(line);
  auto model = loaded(both);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->meshes.size(), 1u);
  EXPECT_TRUE(has(model->warnings[0], "points or lines"));
}

TEST(Import, RefusesWhatIsTooLargeBeforeItIsRead) {
  // Ten million triangles are claimed; the buffer need not be there for the answer.
  Gltf g = square();
  g.json["accessors"][3]["count"] = 30'000'000;
  const std::string why = refusal(g);
  EXPECT_TRUE(has(why, "10000000 triangles"));
  EXPECT_TRUE(has(why, std::to_string(kMaxModelTriangles)));
  // The same four vertices shown a million times over by one mesh.
  Gltf again = square();
  Json& primitives = again.json["meshes"][0]["primitives"];
  again.json["accessors"][3]["count"] = 3'000'000;
  for (int i = 0; i < 20; ++i) primitives.push_back(primitives[0]);
  EXPECT_TRUE(has(refusal(again), "at most"));
  // A small file that would become gigabytes of parsed JSON.
  const Folder folder;
  std::string text = "{\"asset\":{\"version\":\"2.0\"},\"a\":[";
  for (int i = 0; i < 5'000'000; ++i) text += "0,";
  EXPECT_TRUE(has(load_model(folder.write("sample.gltf", text + "0]}")).error().what, "values"));
}

// Skins and keys -------------------------------------------------------------------------------------------------------------------------

glm::vec3 skinned(const Mesh& mesh, size_t v, const std::vector<glm::mat4>& joints) {
  glm::vec4 sum(0);
  for (size_t i = 0; i < 4; ++i)
    sum += joints[mesh.skin[v].joints[i]] * glm::vec4(mesh.vertices[v].position, 1) * (static_cast<float>(mesh.skin[v].weights[i]) / 255.0f);
  return glm::vec3(sum);
}

TEST(Import, BendsASkinnedBar) {
  auto model = loaded(bar_skinned());
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->skins.size(), 1u);
  const int strip = model->find_node("strip");
  ASSERT_GE(strip, 0);
  const Skin& skin = model->skins[static_cast<size_t>(model->nodes[static_cast<size_t>(strip)].skin)];
  EXPECT_EQ(model->nodes[static_cast<size_t>(skin.joints[1])].name, "upper");
  const Mesh& mesh = model->meshes[0];
  ASSERT_EQ(mesh.skin.size(), mesh.vertices.size());
  for (const SkinVertex& s : mesh.skin) EXPECT_EQ(s.weights[0] + s.weights[1] + s.weights[2] + s.weights[3], 255);
  const auto rest = joint_matrices(skin, pose_of(*model, {}));
  // Half way: turned by 45 degrees; the step not yet made; the spline at 0.5 * 1 + 0.125 * 1 m.
  const auto half = joint_matrices(skin, pose_of(*model, {{{"bend", 0.5f}}, {}}));
  const float shift = 0.5f + 0.125f, turn = std::sqrt(0.5f);
  for (size_t v = 0; v < mesh.vertices.size(); ++v) {
    const glm::vec3 p = mesh.vertices[v].position;
    EXPECT_LT(glm::distance(skinned(mesh, v, rest), p), 1e-5f) << "at rest each vertex stays, wherever the mesh's own node is";
    const glm::vec3 now = skinned(mesh, v, half);
    glm::vec3 expected = p + glm::vec3(shift, 0, 0);
    if (p.y == 2) expected = glm::vec3(shift + (p.x - 1) * turn, 1 + (p.x + 1) * turn, 0);
    if (p.y == 0 || p.y == 2) {
      EXPECT_LT(glm::distance(now, expected), 1e-5f);
    }
  }
  const auto end = joint_matrices(skin, pose_of(*model, {{{"bend", 1.0f}}, {}}));
  EXPECT_NEAR(end[1][0][1], 2, 1e-5) << "turned by 90 degrees, and the step to twice the size is made at its key";
}

TEST(Import, StepsHoldAndSplinesSwing) {
  auto model = loaded(bar_skinned());
  ASSERT_TRUE(model);
  const size_t upper = static_cast<size_t>(model->find_node("upper")), lower = static_cast<size_t>(model->find_node("lower"));
  const auto size_at = [&](float t) { return glm::length(glm::vec3(pose_of(*model, {{{"bend", t}}, {}})[upper][0])); };
  EXPECT_NEAR(size_at(0.999f), 1, 1e-4);
  EXPECT_NEAR(size_at(1), 2, 1e-4);
  for (const float t : {0.0f, 0.25f, 0.5f, 0.9f, 1.0f}) {
    const float expected = -2 * t * t * t + 3 * t * t + (t * t * t - 2 * t * t + t);
    EXPECT_NEAR(pose_of(*model, {{{"bend", t}}, {}})[lower][3].x, expected, 1e-5) << t;
  }
  Gltf wrong = bar_skinned();
  wrong.json["animations"][0]["samplers"][1]["interpolation"] = "CUBICSPLINE";
  EXPECT_TRUE(has(refusal(wrong), "one value for each key"));
  wrong.json["animations"][0]["samplers"][1]["interpolation"] = "BEZIER";
  EXPECT_TRUE(has(refusal(wrong), "BEZIER"));
}

TEST(Import, RefusesSkinsThatDoNotFit) {
  Gltf joint = bar_skinned();
  joint.json["skins"][0]["joints"] = {2};
  EXPECT_NE(loaded(joint) ? "was accepted" : loaded(joint).error().what, "was accepted");
  Gltf gone = bar_skinned();
  gone.json["skins"][0]["joints"] = {2, 99};
  EXPECT_TRUE(has(refusal(gone), "joint"));
  Gltf half = bar_skinned();
  half.json["meshes"][0]["primitives"][0]["attributes"].erase("WEIGHTS_0");
  EXPECT_TRUE(has(refusal(half), "weights"));
}

TEST(Import, SurvivesTheCookWithItsSkin) {
  const Folder folder;
  const fs::path file = bar_skinned().write(folder);
  ASSERT_TRUE(load_cooked_model(file, folder.dir / "cache"));
  auto again = load_cooked_model(file, folder.dir / "cache");
  ASSERT_TRUE(again) << again.error().text();
  ASSERT_EQ(again->skins.size(), 1u);
  ASSERT_EQ(again->meshes[0].skin.size(), again->meshes[0].vertices.size());
  const auto rest = joint_matrices(again->skins[0], pose_of(*again, {}));
  for (size_t v = 0; v < again->meshes[0].vertices.size(); ++v)
    EXPECT_LT(glm::distance(skinned(again->meshes[0], v, rest), again->meshes[0].vertices[v].position), 1e-5f);
  EXPECT_EQ(again->clips[0].channels.size(), 2u);
}

// OBJ and FBX ----------------------------------------------------------------------------------------------------------------------------

TEST(Import, ReadsObj) {
  const Folder folder;
  const fs::path file = folder.write("box.obj", box_obj());
  auto bare = load_model(file);
  ASSERT_TRUE(bare) << bare.error().text() << ": a missing material library is no reason";
  folder.write("box.mtl", box_mtl());
  auto model = load_model(file);
  ASSERT_TRUE(model) << model.error().text();
  size_t triangles = 0;
  glm::vec3 lower(9), upper(-9);
  for (const Mesh& m : model->meshes) {
    triangles += m.indices.size() / 3;
    lower = glm::min(lower, m.lower), upper = glm::max(upper, m.upper);
    EXPECT_EQ(model->materials[m.material].name, "red");
    EXPECT_EQ(model->materials[m.material].alpha, Material::Alpha::kBlend);
  }
  EXPECT_EQ(triangles, 12u) << "six quads, one of them by negative indices";
  EXPECT_EQ(lower, glm::vec3(-1));
  EXPECT_EQ(upper, glm::vec3(1));
  EXPECT_TRUE(has(model->warnings.at(0), "red.png"));
  folder.write("pentagon.obj", "v 0 0 0\nv 2 0 0\nv 3 2 0\nv 1 3 0\nv -1 2 0\nf 1 2 3 4 5\n");
  auto pentagon = load_model(folder.dir / "pentagon.obj");
  ASSERT_TRUE(pentagon) << pentagon.error().text();
  EXPECT_EQ(pentagon->meshes[0].indices.size(), 9u);
  for (const char* broken : {"f 1 2 3\n", "v 0 0 0\nf 1 2 9\n", "v nan inf 0\nv 0 1 0\nv 1 0 0\nf 1 2 3\n", "\xff\xfe\x00garbage", "", "v 0 0 0\nv 1 0 0\nl 1 2\n"}) {
    const auto bad = load_model(folder.write("bad.obj", broken));
    ASSERT_FALSE(bad) << broken;
    EXPECT_TRUE(has(bad.error().where, "bad.obj"));
  }
}

TEST(Import, CooksObjAndFollowsItsMaterials) {
  const Folder folder;
  folder.write("box.mtl", "newmtl red\nKd 1 0 0\n");
  const fs::path file = folder.write("box.obj", box_obj()), cache = folder.dir / "cache";
  const auto red_of = [&] {
    auto model = load_cooked_model(file, cache);
    return model ? model->materials.at(model->meshes.at(0).material).base_color.r : -1.0f;
  };
  const auto count = [&] { return std::distance(fs::directory_iterator(cache / "models"), fs::directory_iterator()); };
  EXPECT_EQ(red_of(), 1);
  EXPECT_EQ(red_of(), 1);
  EXPECT_EQ(count(), 1);
  folder.write("box.mtl", "newmtl red\nKd 0.5 0 0\n");
  EXPECT_EQ(red_of(), 0.5f);
  EXPECT_EQ(count(), 2);
}

TEST(Import, ReadsFbxInMetres) {
  const Folder folder;
  const auto width = [&](const char* name, const std::string& bytes) {
    auto model = load_model(folder.write(name, bytes));
    EXPECT_TRUE(model) << model.error().text();
    if (!model) return 0.0f;
    const Pose pose = pose_of(*model, {});
    glm::vec3 lower(1e9f), upper(-1e9f);
    for (size_t n = 0; n < model->nodes.size(); ++n)
      for (const uint32_t m : model->nodes[n].meshes)
        for (const Vertex& v : model->meshes[m].vertices) {
          const glm::vec3 p(pose[n] * glm::vec4(v.position, 1));
          lower = glm::min(lower, p), upper = glm::max(upper, p);
        }
    return upper.x - lower.x;
  };
  EXPECT_NEAR(width("centimetres.fbx", box_fbx_ascii(1)), 2, 1e-4);
  EXPECT_NEAR(width("metres.fbx", box_fbx_ascii(100)), 200, 1e-2);
  EXPECT_NEAR(width("binary.fbx", box_fbx_binary()), 2, 1e-4);
  EXPECT_FALSE(load_model(folder.write("cut.fbx", box_fbx_binary().substr(0, 200))));
  EXPECT_FALSE(load_model(folder.write("empty.fbx", "")));
}

// Images ---------------------------------------------------------------------------------------------------------------------------------

// 8 x 8 pixels of (200, 100, 40), or of the grey said, in each form.
TEST(Import, ReadsImagesOfAnyForm) {
  const struct { const char* what; const char* base64; int r, g, b; } forms[] = {
      {"palette PNG", "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAABlBMVEUAAADIZCgO/3huAAAADElEQVR4nGP4z4ACAT/QB/lZ0JoNAAAAAElFTkSuQmCC", 200, 100, 40},
      {"16-bit PNG", "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIEAAAAACx9D0UAAAAE0lEQVR4nGM8cYIBBTAxMAyEAADW8AGgWpnVAQAAAABJRU5ErkJggg==", 200, 200, 200},
      {"grey PNG", "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAEElEQVR4nGP0ZYAAJgaKGAAX4wBdgwicJgAAAABJRU5ErkJggg==", 77, 77, 77},
      {"CMYK JPEG",
       "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsR"
       "AP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2"
       "Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5"
       "+v/aAA4EQwBNAFkASwAAPwD7ArzSvhSv1Tr/2Q==",
       200, 100, 40},
      {"progressive JPEG",
       "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsN"
       "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAVAQEBAAAAAAAAAAAA"
       "AAAAAAAGB//aAAwDAQACEAMQAAABgAFJ/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABBQJ//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEBPwF//8QAFBEBAAAAAAAAAAAAAAAA"
       "AAAAAP/aAAgBAgEBPwF//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAGPwJ//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPyF//9oADAMBAAIAAwAAABD/AP/EABQRAQAAAAAA"
       "AAAAAAAAAAAAAAD/2gAIAQMBAT8Qf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Qf//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAT8Qf//Z",
       200, 100, 40}};
  for (const auto& form : forms) {
    SCOPED_TRACE(form.what);
    Image image;
    const auto bytes = decode_data_uri(std::string("data:;base64,") + form.base64);
    ASSERT_TRUE(bytes);
    image.embedded = *bytes;
    const auto pixels = decode_image(image);
    ASSERT_TRUE(pixels) << pixels.error().text();
    ASSERT_EQ(pixels->width, 8u);
    for (size_t i = 0; i < pixels->rgba.size(); i += 4) {
      EXPECT_NEAR(pixels->rgba[i], form.r, 6);
      EXPECT_NEAR(pixels->rgba[i + 1], form.g, 6);
      EXPECT_NEAR(pixels->rgba[i + 2], form.b, 6);
      EXPECT_EQ(pixels->rgba[i + 3], 255);
    }
    for (size_t length = 0; length < image.embedded.size(); length += 5) {
      Image cut;
      cut.embedded = image.embedded.substr(0, length);
      (void)decode_image(cut).ok();  // as far as it goes, or refused: never a crash
    }
  }
}

TEST(Import, TakesRedForOcclusionOnlyWhereTheFileSaysSo) {
  Gltf g = square();
  g.json["images"] = {{{"uri", "none.png"}}};
  g.json["textures"] = {{{"source", 0}}};
  g.json["materials"] = {{{"pbrMetallicRoughness", {{"metallicRoughnessTexture", {{"index", 0}}}}}}};
  g.json["meshes"][0]["primitives"][0]["material"] = 0;
  auto without = loaded(g);
  g.json["materials"][0]["occlusionTexture"] = {{"index", 0}};
  auto with = loaded(g);
  ASSERT_TRUE(without && with);
  EXPECT_TRUE(without->images[0].open);
  EXPECT_FALSE(with->images[0].open);
}

TEST(Import, ImageBombsAreRefused) {
  // A PNG that claims the largest size in 16 bits and four channels, with no data to speak of.
  const unsigned char png[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0x20, 0, 0, 0, 0x20, 0, 16, 6, 0, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 2, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0, 0, 0, 0, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0, 0, 0, 0};
  Image image;
  image.embedded.assign(reinterpret_cast<const char*>(png), sizeof png);
  const auto pixels = decode_image(image);
  ASSERT_FALSE(pixels);
  EXPECT_TRUE(has(pixels.error().text(), "8192"));
  image.embedded[18] = 0x7f;  // wider than anything
  EXPECT_FALSE(decode_image(image));
}

// Cooking --------------------------------------------------------------------------------------------------------------------------------

Result<Model> cooked(const Gltf& g) {
  const Folder folder;
  return load_cooked_model(g.write(folder), folder.dir / "cache");
}

float distance_to(const glm::vec3& p, const Mesh& mesh, std::span<const uint32_t> triangles) {
  float nearest = std::numeric_limits<float>::max();
  for (size_t t = 0; t < triangles.size(); t += 3) {
    const glm::vec3 a = mesh.vertices[triangles[t]].position, b = mesh.vertices[triangles[t + 1]].position, c = mesh.vertices[triangles[t + 2]].position;
    // Inside the triangle's prism: the plane's distance; else that of the nearest edge.
    const glm::vec3 n = glm::cross(b - a, c - a);
    const auto inside = [&](const glm::vec3& from, const glm::vec3& to) { return glm::dot(glm::cross(n, to - from), p - from) >= 0; };
    if (inside(a, b) && inside(b, c) && inside(c, a)) {
      nearest = std::min(nearest, std::abs(glm::dot(n, p - a)) / glm::length(n));
      continue;
    }
    for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, c}, std::pair{c, a}}) {
      const float along = glm::clamp(glm::dot(p - from, to - from) / glm::dot(to - from, to - from), 0.0f, 1.0f);
      nearest = std::min(nearest, glm::distance(p, from + (to - from) * along));
    }
  }
  return nearest;
}

TEST(Lods, FallInSizeAndRiseInError) {
  auto model = cooked(grid(60, 0.05f));
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->meshes.size(), 1u);
  const Mesh& mesh = model->meshes[0];
  ASSERT_EQ(mesh.lods.size(), 4u) << "7,200 triangles of a smooth surface";
  EXPECT_EQ(mesh.lods[0].first_index, 0u);
  EXPECT_EQ(mesh.lods[0].index_count, 7200u * 3);
  EXPECT_EQ(mesh.lods[0].error, 0);
  for (size_t l = 1; l < mesh.lods.size(); ++l) {
    EXPECT_EQ(mesh.lods[l].first_index, mesh.lods[l - 1].first_index + mesh.lods[l - 1].index_count);
    EXPECT_LT(mesh.lods[l].index_count, mesh.lods[l - 1].index_count * 3 / 4);
    EXPECT_GT(mesh.lods[l].error, mesh.lods[l - 1].error);
  }
  EXPECT_LT(mesh.lods[3].index_count / 3, 500u);
  EXPECT_LT(mesh.lods[1].error, 0.02f) << "metres, of a metre";
  for (const uint32_t i : mesh.indices) ASSERT_LT(i, mesh.vertices.size());
}

TEST(Clusters, MakeUpTheirLevelInOrder) {
  auto model = cooked(grid(60, 0.05f));
  ASSERT_TRUE(model) << model.error().text();
  const Mesh& mesh = model->meshes[0];
  uint32_t next = 0;
  for (const MeshLod& lod : mesh.lods) {
    EXPECT_GT(lod.cluster_count, 1u);
    EXPECT_LE(lod.cluster_count, kMaxLodClusters);
    EXPECT_EQ(lod.first_cluster, next);
    next += lod.cluster_count;
    uint32_t end = lod.first_index;
    for (const MeshCluster& c : std::span(mesh.clusters).subspan(lod.first_cluster, lod.cluster_count)) {
      EXPECT_EQ(c.first_index, end);
      end += c.index_count;
      for (const uint32_t v : std::span(mesh.indices).subspan(c.first_index, c.index_count)) {
        const glm::vec3& p = mesh.vertices[v].position;
        ASSERT_TRUE(glm::all(glm::greaterThanEqual(p, c.lower)) && glm::all(glm::lessThanEqual(p, c.upper)));
      }
    }
    EXPECT_EQ(end, lod.first_index + lod.index_count);
  }
  EXPECT_EQ(next, mesh.clusters.size());
}

TEST(Clusters, AreRefusedWhereTheyLeaveAHoleInTheirLevel) {
  const Folder folder;
  auto model = cooked(grid(20, 0.05f));
  ASSERT_TRUE(model);
  ASSERT_TRUE(uncook_model(cook_model(*model, folder.dir), folder.dir));
  const auto spoil = [&](auto&& how) {
    Model spoilt = *model;
    how(spoilt.meshes[0]);
    return uncook_model(cook_model(spoilt, folder.dir), folder.dir).ok();
  };
  EXPECT_FALSE(spoil([](Mesh& m) { m.clusters[1].index_count -= 3; }));
  EXPECT_FALSE(spoil([](Mesh& m) { m.clusters[1].first_index += 3; }));
  EXPECT_FALSE(spoil([](Mesh& m) { m.lods[0].cluster_count -= 1; }));
  EXPECT_FALSE(spoil([](Mesh& m) { m.lods[0].cluster_count = 1000; }));
  EXPECT_FALSE(spoil([](Mesh& m) { m.lods[0].first_cluster = 0xffffffff; }));
  EXPECT_FALSE(spoil([](Mesh& m) { m.clusters.pop_back(); }));
}

TEST(Lods, LieNoFartherOffThanTheySay) {
  auto model = cooked(grid(48, 0.08f));
  ASSERT_TRUE(model);
  const Mesh& mesh = model->meshes[0];
  for (size_t l = 1; l < mesh.lods.size(); ++l) {
    const auto triangles = std::span(mesh.indices).subspan(mesh.lods[l].first_index, mesh.lods[l].index_count);
    float farthest = 0;
    for (size_t v = 0; v < mesh.vertices.size(); v += 3) farthest = std::max(farthest, distance_to(mesh.vertices[v].position, mesh, triangles));
    EXPECT_LT(farthest, mesh.lods[l].error * 2) << "level " << l << ": an estimate from samples, but not an idle one";
    EXPECT_GT(farthest, mesh.lods[l].error * 0.02f) << "level " << l;
  }
}

// On a flat plane positions alone would let every inner vertex go at no error; its shade would go with them.
TEST(Lods, CountTextureAndShadeAsError) {
  Gltf g = grid(40, 0);
  auto plain = cooked(g);
  ASSERT_TRUE(plain);
  std::vector<float> colors;
  for (size_t v = 0; v < 41 * 41; ++v) {
    const float shade = (v / 41 / 4 + v % 41 / 4) % 2 ? 1.0f : 0.0f;
    colors.insert(colors.end(), {shade, shade, shade});
  }
  g.json["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"] = g.accessor(colors, "VEC3", 3);
  auto shaded = cooked(g);
  ASSERT_TRUE(shaded);
  ASSERT_GT(plain->meshes[0].lods.size(), 1u);
  ASSERT_GT(shaded->meshes[0].lods.size(), 1u);
  EXPECT_LT(plain->meshes[0].lods[1].error, 1e-4f);
  EXPECT_GT(shaded->meshes[0].lods[1].error, 1e-3f);
}

TEST(Lods, SmallMeshesKeepOne) {
  auto model = cooked(grid(7, 0.1f));
  ASSERT_TRUE(model);
  EXPECT_EQ(model->meshes[0].lods.size(), 1u);
}

TEST(Chunks, HoldEveryTriangleOnceAndFitAtAllButTheLastLevel) {
  const Gltf g = grid(110, 0.03f);  // 24,200 triangles
  auto raw = loaded(g);
  auto model = cooked(g);
  ASSERT_TRUE(raw);
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_GE(model->meshes.size(), 6u);
  EXPECT_EQ(corners(*raw), corners(*model));
  for (const Mesh& m : model->meshes) EXPECT_LE(full_indices(m).size() / 3, kChunkTriangles);
  // The rim edges of each chunk: as long as only the careful simplifier worked they are the same at every level, so that neighbours of different
  // levels leave no gap.
  using Point = std::array<float, 3>;
  const auto rim = [](const Mesh& m, const MeshLod& lod) {
    std::map<std::pair<Point, Point>, int> edges;
    const auto at = [&](uint32_t i) { return Point{m.vertices[i].position.x, m.vertices[i].position.y, m.vertices[i].position.z}; };
    for (uint32_t i = lod.first_index; i < lod.first_index + lod.index_count; i += 3)
      for (uint32_t c = 0; c < 3; ++c) {
        Point a = at(m.indices[i + c]), b = at(m.indices[i + (c + 1) % 3]);
        if (b < a) std::swap(a, b);
        ++edges[{a, b}];
      }
    std::set<std::pair<Point, Point>> open;
    for (const auto& [edge, count] : edges)
      if (count == 1) open.insert(edge);
    return open;
  };
  for (const Mesh& m : model->meshes) {
    ASSERT_GE(m.lods.size(), 3u);
    for (size_t l = 1; l < 3; ++l) EXPECT_EQ(rim(m, m.lods[0]), rim(m, m.lods[l])) << m.name << " level " << l;
  }
  // Compact: the boxes together hardly cover more than the thing itself.
  float area = 0;
  for (const Mesh& m : model->meshes) area += (m.upper.x - m.lower.x) * (m.upper.z - m.lower.z);
  EXPECT_LT(area, 1.25f);
}

TEST(Cook, OrdersTrianglesForTheVertexCacheAndKeepsVerticesInOrderOfUse) {
  auto model = cooked(grid(60, 0.05f));
  ASSERT_TRUE(model);
  const Mesh& mesh = model->meshes[0];
  // Misses of a 16-entry first-in-first-out cache a triangle: 0.5 is ideal, rows of 60 squares have 1.0, and clusters do not share their rims.
  std::vector<uint32_t> cache(16, ~0u);
  size_t misses = 0, next = 0;
  uint32_t seen = 0;
  for (const uint32_t i : full_indices(mesh)) {
    EXPECT_LE(i, seen) << "first uses rise by one";
    seen = std::max(seen, i + 1);
    if (std::find(cache.begin(), cache.end(), i) != cache.end()) continue;
    ++misses;
    cache[next++ % cache.size()] = i;
  }
  EXPECT_LT(static_cast<double>(misses) / (static_cast<double>(full_indices(mesh).size()) / 3), 0.85);
}

// Its times in seconds are `shixun bench course`'s to tell: here only that the cache is worth having, whatever else the machine does.
TEST(Course, LoadsFromTheCacheInAFractionOfTheTime) {
  const Folder folder;
  auto times = bench_course(folder.dir / "course");
  ASSERT_TRUE(times) << times.error().text();
  EXPECT_GT(times->triangles, 1'400'000u);
  EXPECT_LT(times->warm_s, times->cold_s / 3);
}

}  // namespace
}  // namespace shixun::test
