#include "tests/gpu/support.h"

#include <cmath>
#include <fmt/format.h>
#include <imgui/imgui.h>
#include <string>

#include "engine/asset/mesh_cook.h"
#include "engine/base/log.h"
#include "engine/render/ui.h"

namespace shixun::test {

namespace {

struct Made {
  std::unique_ptr<Device> device;
  std::string why;
};

// Destroyed before main returns' end; tests hold nothing of it then.
Made& made() {
  static Made m = [] {
    Made x;
    auto d = create_device({.validation = true});
    // Without the layer the pictures can still be tested, but not under --require-gpu: there silence would prove nothing.
    if (!d && !gpu_required()) d = create_device({.validation = false});
    if (d) x.device = std::move(*d);
    else x.why = d.error().text();
    return x;
  }();
  return m;
}

}  // namespace

Device* device(std::string* why) {
  if (why) *why = made().why;
  return made().device.get();
}

void GpuTest::SetUp() {
  std::string why;
  Device* d = device(&why);
  if (!d && gpu_required()) FAIL() << why;
  if (!d) GTEST_SKIP() << "no graphics device: " << why;
  messages_before_ = validation_messages(*d);
  auto r = Renderer::create(*d, {.samples = 1, .shadow_size = 512, .fine_shadows = false, .trilinear = false, .anisotropy = 1});
  ASSERT_TRUE(r) << r.error().text();
  renderer = std::move(*r);
  auto s = GpuScene::create(*d, renderer->textures());
  ASSERT_TRUE(s) << s.error().text();
  scene = std::move(*s);
}

void GpuTest::TearDown() {
  scene.reset();
  renderer.reset();
  if (Device* d = device()) {
    EXPECT_TRUE(d->wait_idle());
    EXPECT_EQ(validation_messages(*d), messages_before_) << "the validation layer has spoken; see the log above";
  }
}

Pixels GpuTest::draw(uint32_t width, uint32_t height, const Frame& frame) {
  auto canvas = create_canvas(*device(), width, height);
  EXPECT_TRUE(canvas) << canvas.error().text();
  if (!canvas) return {};
  const Status drawn = renderer->draw(canvas->target(), frame);
  EXPECT_TRUE(drawn) << drawn.error().text();
  if (!drawn) return {};
  auto pixels = capture(*device(), *canvas);
  EXPECT_TRUE(pixels) << pixels.error().text();
  return pixels ? std::move(*pixels) : Pixels{};
}

std::array<Pixels, 2> GpuTest::draw_both(uint32_t width, uint32_t height, const Frame& frame) {
  std::array<Pixels, 2> layers;
  auto canvas = create_canvas(*device(), width, height, 2);
  EXPECT_TRUE(canvas) << canvas.error().text();
  if (!canvas) return layers;
  const Status drawn = renderer->draw(canvas->target(), frame);
  EXPECT_TRUE(drawn) << drawn.error().text();
  if (!drawn) return layers;
  for (uint32_t i = 0; i < 2; ++i) {
    auto pixels = capture(*device(), *canvas, i);
    EXPECT_TRUE(pixels) << pixels.error().text();
    if (pixels) layers[i] = std::move(*pixels);
  }
  return layers;
}

void GpuTest::use(const RenderOptions& options) {
  scene.reset();
  auto r = Renderer::create(*device(), options);
  ASSERT_TRUE(r) << r.error().text();
  renderer = std::move(*r);
  auto s = GpuScene::create(*device(), renderer->textures());
  ASSERT_TRUE(s) << s.error().text();
  scene = std::move(*s);
}

namespace {

void expect_at_most(const Difference& d, size_t pixels, const Pixels& a, const Pixels& b, const std::string& what) {
  EXPECT_TRUE(d.same_size) << what;
  EXPECT_LE(d.beyond, pixels) << what << ": the pictures differ, by up to " << d.largest;
  if (d.beyond > pixels) static_cast<void>(write_png(output_dir() / "differs.png", difference_picture(a, b)));
}

}  // namespace

void expect_same(const Pixels& a, const Pixels& b, const std::string& what) { expect_at_most(compare(a, b, 0), 0, a, b, what); }

void expect_same_but_rounded(const Pixels& a, const Pixels& b, const std::string& what) {
  expect_at_most(compare(a, b, 0), size_t{a.width} * a.height / 1000 + 1, a, b, what);
  expect_at_most(compare(a, b, 2), 0, a, b, what);
}

Material plain(glm::vec4 color, float metallic, float roughness) {
  Material m;
  m.name = "plain";
  m.base_color = color;
  m.metallic = metallic;
  m.roughness = roughness;
  return m;
}

Mesh sphere_mesh(float radius, uint32_t rings) {
  Mesh mesh;
  mesh.name = "sphere";
  const uint32_t columns = 2 * rings;
  for (uint32_t i = 0; i <= rings; ++i)
    for (uint32_t j = 0; j <= columns; ++j) {
      const float t = glm::pi<float>() * static_cast<float>(i) / static_cast<float>(rings);
      const float p = glm::two_pi<float>() * static_cast<float>(j) / static_cast<float>(columns);
      Vertex v{};
      v.normal = {std::sin(t) * std::cos(p), std::cos(t), std::sin(t) * std::sin(p)};
      v.position = v.normal * radius;
      v.tangent = {-std::sin(p), 0, std::cos(p), 1};
      v.uv = {static_cast<float>(j) / static_cast<float>(columns), static_cast<float>(i) / static_cast<float>(rings)};
      v.occlusion = 1;
      mesh.vertices.push_back(v);
    }
  for (uint32_t i = 0; i < rings; ++i)
    for (uint32_t j = 0; j < columns; ++j) {
      const uint32_t a = i * (columns + 1) + j, c = a + columns + 1;
      for (uint32_t k : {a, a + 1, c, a + 1, c + 1, c}) mesh.indices.push_back(k);
    }
  mesh.lower = glm::vec3(-radius);
  mesh.upper = glm::vec3(radius);
  return mesh;
}

Mesh box_mesh(glm::vec3 half) {
  Mesh mesh;
  mesh.name = "box";
  for (int axis = 0; axis < 3; ++axis)
    for (float side : {-1.0f, 1.0f}) {
      glm::vec3 n(0), u(0);
      n[axis] = side;
      u[(axis + 1) % 3] = 1;
      const glm::vec3 v = glm::cross(n, u);
      const auto first = static_cast<uint32_t>(mesh.vertices.size());
      for (glm::vec2 c : {glm::vec2(-1, -1), glm::vec2(1, -1), glm::vec2(1, 1), glm::vec2(-1, 1)}) {
        Vertex x{};
        x.position = (n + u * c.x + v * c.y) * half;
        x.normal = n;
        x.tangent = glm::vec4(u, 1);
        x.uv = c * 0.5f + 0.5f;
        x.occlusion = 1;
        mesh.vertices.push_back(x);
      }
      for (uint32_t k : {0u, 1u, 2u, 0u, 2u, 3u}) mesh.indices.push_back(first + k);
    }
  mesh.lower = -half;
  mesh.upper = half;
  return mesh;
}

Mesh quad_mesh(float half) {
  Mesh mesh;
  mesh.name = "quad";
  for (glm::vec2 c : {glm::vec2(-1, -1), glm::vec2(-1, 1), glm::vec2(1, 1), glm::vec2(1, -1)}) {
    Vertex x{};
    x.position = {c.x * half, 0, c.y * half};
    x.normal = {0, 1, 0};
    x.tangent = {1, 0, 0, 1};
    x.uv = c * 0.5f + 0.5f;
    x.occlusion = 1;
    mesh.vertices.push_back(x);
  }
  mesh.indices = {0, 1, 2, 0, 2, 3};
  mesh.lower = {-half, 0, -half};
  mesh.upper = {half, 0, half};
  return mesh;
}

Model model_of(Mesh mesh, Material material) {
  Model model;
  model.name = mesh.name;
  Node root;
  root.name = mesh.name;
  root.meshes = {0};
  model.nodes.push_back(root);
  model.meshes.push_back(std::move(mesh));
  model.materials.push_back(std::move(material));
  return model;
}

Model tube_figure() {
  constexpr float kStep = 0.5f;  // metres between the joints
  Model model;
  model.name = "tube";
  Node root;
  root.name = "tube";
  root.skin = 0;
  root.meshes = {0, 1};
  root.translation = {7, 8, 9};  // plays no part for skinned meshes, but the joints hang below it
  model.nodes.push_back(root);
  Skin skin;
  for (int j = 0; j < 4; ++j) {
    Node joint;
    joint.name = fmt::format("joint_{}", j);
    joint.parent = j;
    joint.translation = j == 0 ? glm::vec3(-7, -8, -9) : glm::vec3(0, kStep, 0);
    model.nodes.push_back(joint);
    skin.joints.push_back(j + 1);
    skin.inverse_bind.push_back(glm::translate(glm::mat4(1), glm::vec3(0, -kStep * static_cast<float>(j), 0)));
  }
  model.skins.push_back(skin);
  for (int half = 0; half < 2; ++half) {
    Mesh mesh;
    mesh.name = fmt::format("half_{}", half);
    mesh.material = static_cast<uint32_t>(half);
    constexpr int kRings = 24, kColumns = 24;
    for (int i = 0; i <= kRings; ++i)
      for (int c = 0; c <= kColumns; ++c) {
        const float y = static_cast<float>(half) + static_cast<float>(i) / kRings, a = glm::two_pi<float>() * static_cast<float>(c) / kColumns;
        Vertex v{};
        v.normal = {std::cos(a), 0, -std::sin(a)};
        v.position = v.normal * (0.2f + 0.02f * std::sin(9 * y)) + glm::vec3(0, y, 0);
        v.tangent = {0, 1, 0, 1};
        v.uv = {static_cast<float>(c) / kColumns, y};
        v.occlusion = 0.5f + 0.5f * static_cast<float>(i) / kRings;
        mesh.vertices.push_back(v);
        // Up to four joints, each as far as its reach.
        std::array<float, 4> pull;
        float sum = 0;
        for (int j = 0; j < 4; ++j) sum += pull[static_cast<size_t>(j)] = std::max(0.0f, 1 - std::abs(y - kStep * (static_cast<float>(j) + 0.5f)) / (1.6f * kStep));
        SkinVertex s;
        int left = 255;
        for (size_t j = 0; j < 4; ++j) {
          s.joints[j] = static_cast<uint8_t>(j);
          s.weights[j] = static_cast<uint8_t>(std::lround(255 * pull[j] / sum));
          left -= s.weights[j];
        }
        *std::max_element(s.weights.begin(), s.weights.end()) += static_cast<uint8_t>(left);
        mesh.skin.push_back(s);
      }
    for (uint32_t i = 0; i < kRings; ++i)
      for (uint32_t c = 0; c < kColumns; ++c) {
        const uint32_t a = i * (kColumns + 1) + c, b = a + kColumns + 1;
        for (const uint32_t k : {a, a + 1, b, a + 1, b + 1, b}) mesh.indices.push_back(k);
      }
    model.meshes.push_back(mesh);
    model.materials.push_back(plain(half ? glm::vec4(0.8f, 0.2f, 0.1f, 1) : glm::vec4(0.1f, 0.3f, 0.8f, 1), 0, 0.6f));
    model.materials.back().double_sided = true;
  }
  cook_meshes(model);
  const auto clip = [&](const char* name, float duration) -> Clip& {
    Clip c;
    c.name = name;
    c.duration = duration;
    model.clips.push_back(c);
    return model.clips.back();
  };
  Clip& wave = clip("wave", 2);
  for (int j = 0; j < 4; ++j) {
    Channel c;
    c.node = j + 1;
    c.rotation_times = {0, 1, 2};
    const float k = static_cast<float>(j);
    c.rotations = {glm::quat(1, 0, 0, 0), glm::angleAxis(0.9f, glm::normalize(glm::vec3(1, 0.4f * k, 0.7f - k))), glm::quat(1, 0, 0, 0)};
    wave.channels.push_back(c);
  }
  Clip& swell = clip("swell", 1);
  for (int j = 1; j < 4; ++j) {
    Channel c;
    c.node = j + 1;
    c.scale_times = {0, 1};
    c.scales = {glm::vec3(1), glm::vec3(1.6f, 0.7f, 1.2f)};
    c.rotation_times = {0, 1};
    c.rotations = {glm::quat(1, 0, 0, 0), glm::angleAxis(0.6f, glm::vec3(0, 0, 1))};
    swell.channels.push_back(c);
  }
  Channel c;
  c.node = 1;
  c.rotation_times = {0};
  c.rotations = {glm::angleAxis(0.5f, glm::vec3(0, 0, 1))};
  clip("lean", 0.5f).channels.push_back(c);
  return model;
}

namespace {

// A checked picture on disk: outside textures are what real models have.
Image checker() {
  const fs::path path = output_dir() / "checker.png";
  Pixels p{64, 64, {}};
  for (uint32_t y = 0; y < 64; ++y)
    for (uint32_t x = 0; x < 64; ++x) {
      const uint8_t v = ((x / 8 + y / 8) % 2) ? 200 : 90;
      p.rgba.insert(p.rgba.end(), {v, v, static_cast<uint8_t>(v - 20), 255});
    }
  EXPECT_TRUE(write_png(path, p));
  Image image;
  image.path = path;
  image.srgb = true;
  return image;
}

}  // namespace

BlueWindow::BlueWindow(Textures& textures, float width, float height, const std::function<void()>& more) : context_(ImGui::CreateContext()) {
  IMGUI_CHECKVERSION();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = {width, height};
  io.DeltaTime = 1.0f / 60;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  io.Fonts->AddFontDefault();
  const auto fonts = upload_fonts(textures, *io.Fonts);
  EXPECT_TRUE(fonts) << (fonts ? "" : fonts.error().text());
  ImGui::NewFrame();
  ImGui::SetNextWindowPos({20, 20});
  ImGui::SetNextWindowSize({120, 80});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImVec4(0, 0, 1, 1));
  ImGui::Begin("w", nullptr, ImGuiWindowFlags_NoDecoration);
  ImGui::TextUnformatted("HELLO");
  if (more) more();
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::Render();
}

BlueWindow::~BlueWindow() { ImGui::DestroyContext(context_); }

const ImDrawData* BlueWindow::draw_data() const { return ImGui::GetDrawData(); }

void build_still_life(GpuScene& scene, bool moved) {
  const auto place = [&](const Model& model, glm::vec3 at) {
    auto id = scene.add_model(model);
    ASSERT_TRUE(id) << id.error().text();
    scene.add_object(*id, glm::translate(glm::mat4(1), at));
  };
  Model floor = model_of(quad_mesh(2), plain({1, 1, 1, 1}, 0, 0.5f));
  floor.images.push_back(checker());
  floor.materials[0].tex_base = 0;
  place(floor, {0, 0, 0});
  place(model_of(sphere_mesh(0.3f, 24), plain({0.56f, 0.57f, 0.58f, 1}, 1, 0.15f)), {-0.8f, 0.3f, 0});
  Material paint = plain({0.5f, 0.02f, 0.02f, 1}, 0, 0.4f);
  paint.clearcoat = 1;
  paint.clearcoat_roughness = 0.05f;
  place(model_of(sphere_mesh(0.3f, 24), paint), {moved ? 0.25f : 0, 0.3f, 0.2f});
  place(model_of(box_mesh({0.2f, 0.25f, 0.2f}), plain({0.1f, 0.25f, 0.6f, 1}, 0, 0.6f)), {0.8f, 0.25f, -0.1f});
  Material label = plain({1, 0.9f, 0.2f, 0.9f}, 0, 0.7f);
  label.alpha = Material::Alpha::kBlend;
  place(model_of(quad_mesh(0.1f), label), {0.8f, 0.5005f, -0.1f});
  Material glass = plain({0.8f, 0.95f, 0.9f, 1}, 0, 0.05f);
  glass.transmission = 0.95f;
  place(model_of(box_mesh({0.15f, 0.2f, 0.02f}), glass), {0.35f, 0.2f, 0.7f});
  Material hot = plain({0, 0, 0, 1}, 0, 1);
  hot.emissive = {3, 0.6f, 0.1f};
  place(model_of(sphere_mesh(0.08f, 12), hot), {-0.3f, 0.08f, 0.7f});
}

Frame still_life_frame(GpuScene& scene) {
  Frame f;
  f.scene = &scene;
  f.camera = look_at({0.6f, 1.1f, 2.4f}, {0, 0.2f, 0}, 0.8f);
  f.lighting = workshop_lighting({-4, 0, -4}, {4, 3.5f, 4});
  return f;
}

fs::path output_dir() {
  const fs::path dir = fs::path(SHIXUN_BUILD_DIR) / "gpu_pictures";
  EXPECT_TRUE(make_dirs(dir));
  return dir;
}

}  // namespace shixun::test
