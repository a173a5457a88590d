#pragma once
// Measuring the renderer: generated scenes (or a hall of rooms from a file), a camera path, and ways to draw each frame in turn. Times are
// only worth something against each other: within one run the ways alternate frame by frame, and on a software driver the CPU time of the
// whole process is the steadier figure.
//
// Ways to draw ("variants"):
//   gpu     the product: culling on the GPU
//   oracle  only the instances that own a pixel, from a list made beforehand: no renderer that draws whole instances can do less
//   all     everything, in one indirect draw a bucket
//   cpu     frustum culling on the CPU and one recorded draw an instance
//   no-frustum, no-occlusion, no-clusters, no-lod   gpu without that part
//   still   gpu, but nothing moves for it: what the moving ones add to a frame
// All of one run draw by one history: what is drawn second at a pose knows it already. With `still` the order turns round from frame to frame,
// so that both have that; others that go by the history (gpu and those without a part) are compared by two runs with the oracle.
//
// Two views are the lopsided, canted eyes of a made-up headset, each as large as the one view is. Where one and two are measured in turn, each
// has its own renderer and scene, so that neither goes by what the other saw.
//
// Surfaces are matte and nothing is done to the picture afterwards, so that what is measured is geometry: heavy shading would hide its share.
//
// A hall (`--scene FILE`, format "hall-1") is a JSON file beside its binaries: meshes (float positions and normals, 16-bit indices), instances
// of 36 bytes (position, quaternion xyzw, scale as floats; mesh, material as 16 bits), walls of 24 bytes (centre, half size), 64 colours, a
// light and camera poses (eye, target).

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

struct BenchRequest {
  std::vector<std::string> scenes;  // field, maze, workshop, wall, cad, cad-whole, course; empty: all, or `file`
  fs::path file;                    // a hall
  uint32_t count = 10000;           // instances of a generated scene
  uint32_t frames = 48;             // of a generated scene's path
  uint32_t stride = 1, walk = 1;    // a hall: every how many poses; frames from one pose to the next
  uint32_t moving = 0;              // instances that move each frame
  float lod_pixels = 0;             // 0: always full detail
  bool shadows = false;
  std::vector<uint32_t> views{1};   // drawn at once: 1, or 2 (the eyes of a made-up headset); both: frame by frame in turn
  bool isolate_passes = false;      // submit and wait pass by pass, and tell what each took; whole frames then take longer than they do
  uint64_t seed = 1;
  uint32_t width = 1280, height = 720;
  std::vector<std::string> variants{"gpu"};
  fs::path json_file;               // rows are appended here; `json`: on stdout
  bool json = false;
  fs::path png;                     // folder for the frames of the first variant
};

Status run_bench(const BenchRequest& request);

}  // namespace shixun
