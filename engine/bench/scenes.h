#pragma once
// What is measured: a scene on the GPU with its light and path.

#include <functional>
#include <memory>

#include "engine/bench/bench.h"
#include "engine/render/renderer.h"

namespace shixun {

struct BenchScene {
  std::string name;
  std::unique_ptr<GpuScene> scene;
  Lighting lighting;
  std::vector<Camera> path;
  bool jumps = false;               // the path is a row of cuts, not a walk
  uint32_t moving = 0;              // instances that move each frame, where the request does not say
  uint32_t first_slot = 0, slots = 0;  // of its scenery
};

Result<BenchScene> make_bench_scene(const std::string& name, Device& device, Textures& textures, const BenchRequest& request);
Result<BenchScene> load_hall(Device& device, Textures& textures, const BenchRequest& request);

// A cooked model of one mesh, smooth where triangles share corners; without texture coordinates.
Model plain_model(const std::vector<glm::vec3>& positions, std::vector<uint32_t> indices, glm::vec3 color, float roughness, bool chunks = true);
Model slab_model(glm::vec3 color);  // a cube of 1 m
gpu::Instance placed(const GpuScene::Part& part, glm::vec3 at, const glm::mat3& axes);

}  // namespace shixun
