#pragma once
// A PLC's digital inputs and its tag table. Its program is a Machine whose guards are tags.
// Source: IEC 61131-2 digital inputs for 24 V DC: type 1 is off below 5 V and on from 15 V, type 3 off below 5 V and on from 11 V; between
// the two the input keeps what it was. Filter 8 ms, one tick of 1/120 s.

#include <cstdint>
#include <string>
#include <vector>

namespace shixun {

struct PlcInput {
  int64_t off_uv = 5'000'000;  // at or below: off
  int64_t on_uv = 15'000'000;  // at or above: on
  int64_t filter_ticks = 1;    // a change must last this long
};

struct PlcInputNow {
  bool on = false;           // what the program and the LED see
  bool wanted = false;       // what the voltage asks for
  int64_t since_tick = 0;    // ... since then
  bool operator==(const PlcInputNow&) const = default;
};

inline void step(const PlcInput& input, PlcInputNow& now, int64_t tick, int64_t uv) {
  const bool wanted = uv >= input.on_uv ? true : uv <= input.off_uv ? false : now.wanted;
  if (wanted != now.wanted) {
    now.wanted = wanted;
    now.since_tick = tick;
  }
  if (now.wanted != now.on && tick - now.since_tick >= input.filter_ticks) now.on = now.wanted;
}

// Names of input bits. A fault maps a tag to the wrong bit: the LED is right, the program is blind.
struct Tag {
  std::string id;
  int bit = 0;  // 0 .. 63
};
inline constexpr size_t kMaxTags = 64;
inline bool tag_on(const Tag& t, uint64_t image) { return (image >> (t.bit & 63) & 1) != 0; }

// The input image: bit i is input i.
template <class Inputs>
uint64_t image_of(const Inputs& inputs) {
  uint64_t image = 0;
  int bit = 0;
  for (const PlcInputNow& i : inputs) image |= static_cast<uint64_t>(i.on) << (bit++ & 63);
  return image;
}

}  // namespace shixun
