#include "engine/sim/fixed.h"

#include <bit>
#include <cassert>

namespace shixun {

namespace {

// Inside, numbers are Q62: 2^-62 steps, range +-2, in 128 bits so that products and small overshoots fit.
constexpr Int128 kOne62 = Int128{1} << 62;
constexpr int64_t kLn2_62 = 3196577161300663915;    // round(ln 2 * 2^62)
constexpr int64_t kTwoPi_60 = 7244019458077122842;  // round(2 pi * 2^60)

int64_t held(Int128 x) { return x > INT64_MAX ? INT64_MAX : x < INT64_MIN ? INT64_MIN : static_cast<int64_t>(x); }

Int128 mul62(Int128 a, Int128 b) { return (a * b) >> 62; }  // >> floors, also below zero: C++20 says so

// x / 2^shift rounded half away from zero; a negative shift multiplies: only by 2, and only a mantissa.
Int128 shifted(Int128 x, int shift) {
  if (shift <= 0) return x << -shift;
  if (shift > 126) return 0;
  const Int128 half = Int128{1} << (shift - 1);
  return x >= 0 ? (x + half) >> shift : -((-x + half) >> shift);
}

// e^x = mantissa * 2^power with the mantissa in [0.7, 1.42] as Q62.
struct Power { Int128 mantissa; int64_t power; };
Power exp_parts(Fx x) {
  const Int128 x62 = Int128{x} << 30;
  Int128 k = (x62 + kLn2_62 / 2) / kLn2_62;
  if (x62 + kLn2_62 / 2 < 0 && k * kLn2_62 != x62 + kLn2_62 / 2) --k;  // floor
  const Int128 r = x62 - k * kLn2_62;  // |r| <= ln 2 / 2; its own error is |k| * 2^-63
  Int128 s = kOne62;
  for (int n = 17; n >= 1; --n) s = kOne62 + mul62(s, r) / n;  // 0.347^18 / 18! < 2^-62
  return {s, static_cast<int64_t>(k)};
}

// ln of n * 2^-scale, n > 0.
Fx ln_scaled(int64_t n, int scale) {
  const int top = std::bit_width(static_cast<uint64_t>(n)) - 1;
  const Int128 m = Int128{n} << (62 - top);                          // [1, 2)
  const Int128 z = (((m - kOne62) << 62) + (m + kOne62) / 2) / (m + kOne62);  // [0, 1/3)
  const Int128 zz = mul62(z, z);
  Int128 sum = 0;
  for (int n2 = 41; n2 >= 1; n2 -= 2) sum = mul62(sum, zz) + kOne62 / n2;  // (1/9)^21 / 43 < 2^-62
  return held(shifted(2 * mul62(z, sum) + Int128{top - scale} * kLn2_62, 30));
}

Uint128 root(Uint128 x) {  // rounded down; one binary digit at a time
  Uint128 rest = x, out = 0;
  for (Uint128 bit = Uint128{1} << 126; bit != 0; bit >>= 2) {
    if (rest >= out + bit) {
      rest -= out + bit;
      out = (out >> 1) + bit;
    } else {
      out >>= 1;
    }
  }
  return out;
}

// sin or cos of an angle within an eighth turn, as Q62.
Int128 series(Int128 angle62, bool cosine) {
  const Int128 square = mul62(angle62, angle62);
  Int128 s = kOne62;
  for (int n = cosine ? 20 : 21; n >= 2; n -= 2) s = kOne62 - mul62(s, square) / (n * (n - 1));
  return cosine ? s : mul62(s, angle62);
}

Fx circular(Fx turns, int quarter) {
  const uint64_t part = static_cast<uint64_t>(turns) & 0xffffffffu;
  const uint64_t nearest = (part + (uint64_t{1} << 29)) >> 30;  // the nearest quarter turn
  const int64_t rest = static_cast<int64_t>(part) - static_cast<int64_t>(nearest << 30);
  const Int128 angle62 = (Int128{rest} * kTwoPi_60) >> 30;
  const int which = static_cast<int>((nearest + static_cast<uint64_t>(quarter)) & 3);
  const Int128 v = series(angle62, (which & 1) != 0);
  return held(shifted(which >= 2 ? -v : v, 30));
}

}  // namespace

int64_t mul_div(int64_t a, int64_t b, int64_t c) {
  assert(c != 0);
  Int128 num = Int128{a} * b, den = c;
  if (den < 0) {
    num = -num;
    den = -den;
  }
  return held(num >= 0 ? (num + den / 2) / den : -((-num + den / 2) / den));
}

Fx fx_exp(Fx x) {
  if (x >= 31 * (kLn2_62 >> 30)) return kFxMax;
  if (x < -23 * kFxOne) return 0;  // below half an ulp
  const Power p = exp_parts(x);
  return held(shifted(p.mantissa, static_cast<int>(30 - p.power)));
}

Fx fx_ln(Fx x) { return x <= 0 ? INT64_MIN : ln_scaled(x, 32); }
Fx ln_of(int64_t n) { return n <= 0 ? INT64_MIN : ln_scaled(n, 0); }

Fx fx_sqrt(Fx x) { return x <= 0 ? 0 : static_cast<Fx>(root(Uint128(x) << 32)); }

int64_t root_of_squares(int64_t a, int64_t b) {
  const Uint128 r = root(static_cast<Uint128>(Int128{a} * a) + static_cast<Uint128>(Int128{b} * b));
  return r > static_cast<Uint128>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(r);
}

Fx fx_sin(Fx turns) { return circular(turns, 0); }
Fx fx_cos(Fx turns) { return circular(turns, 1); }

int64_t times_exp(int64_t y, Fx x) {
  if (y == 0 || x < -64 * kFxOne) return 0;  // |y| < 2^63 = e^43.7
  const Power p = x > 64 * kFxOne ? Power{kOne62, 62} : exp_parts(x);
  if (p.power >= 62) return y > 0 ? INT64_MAX : INT64_MIN;
  return held(shifted(Int128{y} * p.mantissa, static_cast<int>(62 - p.power)));
}

}  // namespace shixun
