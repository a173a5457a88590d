#pragma once
// The one generator: PCG32 (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms
// for Random Number Generation", HMC-CS-2014-0905), one stream per named variable so that a new variable shifts no other.

#include <cstdint>
#include <string_view>

namespace shixun {

class Pcg32 {
 public:
  Pcg32(uint64_t seed, std::string_view name) : inc_(fnv(name) << 1 | 1) {
    next();
    state_ += seed;
    next();
  }

  uint32_t next() {
    const uint64_t old = state_;
    state_ = old * 6364136223846793005ull + inc_;
    const auto shifted = static_cast<uint32_t>(((old >> 18) ^ old) >> 27);
    const auto rot = static_cast<uint32_t>(old >> 59);
    return shifted >> rot | shifted << ((32 - rot) & 31);
  }

  // Uniform in [0, n), n > 0, without the bias of a plain remainder.
  uint32_t below(uint32_t n) {
    const uint32_t reject = (0u - n) % n;
    for (;;) {
      if (const uint32_t r = next(); r >= reject) return r % n;
    }
  }

 private:
  static uint64_t fnv(std::string_view s) {  // FNV-1a, 64 bit
    uint64_t h = 14695981039346656037ull;
    for (const char c : s) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return h;
  }

  uint64_t state_ = 0, inc_;
};

}  // namespace shixun
