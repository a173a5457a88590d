#pragma once
// The passes of a frame in their order, and how closely they are timed. Plain data, without graphics. A new pass of the frame gets a line in
// both lists, is begun with Renderer::Private::enter(), and shows up by itself in captures, in the developer panel and in the bench.

#include <cstdint>

namespace shixun {

enum class FramePass : uint8_t {
  kUpdate,         // what changed in the scene
  kShadow, kLampShadow, kProbe,
  kEarlyCull, kEarlyDraw, kPyramid, kLateCull, kOccluderDraw, kRecall, kLateDraw,
  kAmbient,        // ambient occlusion
  kOutlines, kPicture,
  kInterface, kReadback,
  kCount
};
inline constexpr uint32_t kFramePasses = static_cast<uint32_t>(FramePass::kCount);

constexpr const char* pass_name(FramePass pass) {
  constexpr const char* kNames[] = {"update", "shadow", "lamp shadow", "probe", "early cull", "early draw", "pyramid", "late cull",
                                    "occluder draw", "recall", "late draw", "ambient occlusion", "outlines", "picture", "interface", "readback"};
  static_assert(sizeof kNames / sizeof kNames[0] == kFramePasses);
  return kNames[static_cast<uint8_t>(pass)];
}

// The passes in four parts, for a first look: before the scene, the scene, what is done to its picture, what lies over it.
enum class FramePart : uint8_t { kBefore, kScene, kPost, kOver, kCount };

constexpr FramePart part_of(FramePass pass) {
  return pass < FramePass::kEarlyCull ? FramePart::kBefore : pass < FramePass::kAmbient ? FramePart::kScene : pass < FramePass::kInterface ? FramePart::kPost : FramePart::kOver;
}

// Every stamp may hold up the GPU a little, so a frame is timed no closer than it is asked to be.
enum class FrameTiming : uint8_t {
  kParts,     // a part's first pass bears the time of the whole part
  kPasses,
  kIsolated,  // each pass is submitted and waited for by itself: slow, but true where a driver's timestamps are not
};

}  // namespace shixun
