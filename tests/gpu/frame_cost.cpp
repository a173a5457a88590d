// What a frame costs the CPU: nothing is allocated, and what is uploaded is what moved; where a software driver's memory and workers are.

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>

#include "engine/gpu/command_memory.h"
#include "engine/gpu/driver_threads.h"
#include "tests/gpu/support.h"

namespace {
thread_local uint64_t allocations = 0;
}

// Where the program's own code lies (set by the linker).
extern "C" const char __executable_start, etext;

// Counts what the program asks for; drivers share this operator.
__attribute__((noinline)) void* operator new(std::size_t bytes) {
  const auto* caller = static_cast<const char*>(__builtin_return_address(0));
  if (caller >= &__executable_start && caller < &etext) ++allocations;
  if (void* p = std::malloc(bytes)) return p;
  throw std::bad_alloc();
}
__attribute__((noinline)) void operator delete(void* p) noexcept { std::free(p); }
__attribute__((noinline)) void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace shixun::test {
namespace {

class FrameCost : public GpuTest {};

TEST_F(FrameCost, AllocatesNothingOnceEverythingIsThere) {
  // Without the validation layer: it borrows the program's std::string, so that its allocations look like ours.
  auto bare = create_device({.validation = false});
  ASSERT_TRUE(bare) << bare.error().text();
  auto bare_renderer = Renderer::create(**bare, {.samples = 1, .shadow_size = 512, .scale = 1});
  ASSERT_TRUE(bare_renderer) << bare_renderer.error().text();
  auto bare_scene = GpuScene::create(**bare, (*bare_renderer)->textures());
  ASSERT_TRUE(bare_scene) << bare_scene.error().text();
  GpuScene& room = **bare_scene;
  build_still_life(room);
  const auto ball = room.add_model(model_of(sphere_mesh(0.2f, 6), plain({1, 0, 0, 1}, 0, 1)));
  ASSERT_TRUE(ball);
  const ObjectId moving = room.add_object(*ball, glm::mat4(1));
  const auto tube = room.add_model(tube_figure());
  ASSERT_TRUE(tube);
  const ObjectId figure = room.add_object(*tube, glm::translate(glm::mat4(1), glm::vec3(0.5f, 0, -0.5f)));
  std::vector<PoseState> poses;
  for (int i = 0; i < 7; ++i) poses.push_back({{{"wave", 0.1f * static_cast<float>(i)}, {"swell", 0.5f, 0.1f * static_cast<float>(i)}}, {}});
  Frame frame = still_life_frame(room);
  auto canvas = create_canvas(**bare, 160, 90);
  ASSERT_TRUE(canvas);
  const auto draw_one = [&](int i) {
    room.set_transform(moving, glm::translate(glm::mat4(1), glm::vec3(0.01f * static_cast<float>(i % 7), 0.5f, 0)));
    room.set_pose(figure, poses[static_cast<size_t>(i % 7)]);
    return (*bare_renderer)->draw(canvas->target(), frame);
  };
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(draw_one(i));
  const uint64_t before = allocations;
  for (int i = 10; i < 30; ++i) ASSERT_TRUE(draw_one(i));
  EXPECT_EQ(allocations - before, 0u) << "in 20 frames";
}

TEST_F(FrameCost, UploadsWhatMovedAndLittleMore) {
  const auto ball = scene->add_model(model_of(sphere_mesh(0.2f, 4), plain({1, 0, 0, 1}, 0, 1)));
  ASSERT_TRUE(ball);
  std::vector<gpu::Instance> many;
  const GpuScene::Part part = scene->parts(*ball).at(0);
  for (int i = 0; i < 5000; ++i) {
    gpu::Instance g{};
    g.row0 = {1, 0, 0, static_cast<float>(i % 70)};
    g.row1 = {0, 1, 0, 0};
    g.row2 = {0, 0, 1, static_cast<float>(i / 70)};
    g.mesh = part.mesh;
    g.material = part.material;
    g.flags = part.flags;
    many.push_back(g);
  }
  const uint32_t first = scene->add_scenery(many);
  Frame frame;
  frame.scene = scene.get();
  frame.camera = look_at({35, 20, 90}, {35, 0, 35});
  draw(160, 90, frame);
  EXPECT_EQ(renderer->finished_stats().uploaded_bytes, 5000u * sizeof(gpu::Instance));
  draw(160, 90, frame);
  EXPECT_EQ(renderer->finished_stats().uploaded_bytes, 0u);
  for (uint32_t i = 0; i < 500; ++i) {
    gpu::Instance g = scene->instances()[first + i * 10];
    g.row1.w = 1;
    scene->move_scenery(first + i * 10, g.row0, g.row1, g.row2);
  }
  const Pixels moved = draw(160, 90, frame);
  EXPECT_LE(static_cast<double>(renderer->finished_stats().uploaded_bytes), 1.1 * 64 * 500);
  EXPECT_GE(renderer->finished_stats().uploaded_bytes, 64u * 500);
  // And it is really there: the same as drawn without any culling.
  frame.culling.frustum = frame.culling.occlusion = false;
  EXPECT_EQ(compare(draw(160, 90, frame), moved, 0).beyond, 0u);
}

TEST(DriverThreads, OfASoftwareDriverOneOfEachSetRunsOnEachProcessor) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  const int processors = CPU_COUNT(&allowed);
  const std::vector<int> before = thread_ids();
  auto device = create_device({.validation = false});
  ASSERT_TRUE(device) << device.error().text();
  std::map<size_t, int> workers;  // by processor
  for (const int thread : thread_ids()) {
    cpu_set_t set;
    if (std::find(before.begin(), before.end(), thread) != before.end() || sched_getaffinity(thread, sizeof set, &set) != 0 || CPU_COUNT(&set) != 1 || processors == 1) continue;
    size_t at = 0;
    while (!CPU_ISSET(at, &set)) ++at;
    ++workers[at];
  }
  const char* chosen = std::getenv("LP_NUM_THREADS");
  if (processors == 1 || (*device)->name.find("llvmpipe") == std::string::npos || (chosen && std::atoi(chosen) != processors)) {
    EXPECT_TRUE(workers.empty()) << "another driver, or not one for each processor";
    return;
  }
  EXPECT_EQ(workers.size(), static_cast<size_t>(processors));
  for (const auto& [processor, count] : workers) EXPECT_EQ(count, 2) << "on processor " << processor << ": one for pixels, one for compute";
}

// As the driver uses it: through the callbacks.
TEST(CommandMemory, OneBlockThatStartsAnewAndMallocBeyondIt) {
  CommandMemory memory(4096);
  const VkAllocationCallbacks& c = *memory.callbacks();
  const auto take = [&](size_t bytes, size_t alignment) { return static_cast<unsigned char*>(c.pfnAllocation(c.pUserData, bytes, alignment, VK_SYSTEM_ALLOCATION_SCOPE_COMMAND)); };
  const auto give = [&](void* piece) { c.pfnFree(c.pUserData, piece); };
  auto* pool = take(500, 8);
  EXPECT_EQ(memory.used(), 0u) << "what comes before recording is malloc's";
  memory.open();
  for (int frame = 0; frame < 3; ++frame) {
    auto* small = take(24, 8);
    auto* wide = take(100, 256);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(wide) % 256, 0u);
    std::memset(small, 1, 24);
    std::memset(wide, 2, 100);
    auto* longer = static_cast<unsigned char*>(c.pfnReallocation(c.pUserData, small, 60, 8, VK_SYSTEM_ALLOCATION_SCOPE_COMMAND));
    EXPECT_TRUE(std::all_of(longer, longer + 24, [](unsigned char x) { return x == 1; }));
    std::memset(longer, 3, 60);
    auto* huge = take(10'000, 64);  // does not fit
    std::memset(huge, 4, 10'000);
    EXPECT_TRUE(std::all_of(wide, wide + 100, [](unsigned char x) { return x == 2; }));
    EXPECT_GT(memory.used(), 184u);
    EXPECT_LE(memory.used(), 4096u);
    EXPECT_EQ(c.pfnReallocation(c.pUserData, huge, 0, 64, VK_SYSTEM_ALLOCATION_SCOPE_COMMAND), nullptr) << "frees it";
    give(longer);
    EXPECT_GT(memory.used(), 0u);
    give(wide);
    EXPECT_EQ(memory.used(), 0u) << "all are freed";
    give(nullptr);
  }
  give(pool);
}

}  // namespace
}  // namespace shixun::test
