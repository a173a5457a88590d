#pragma once
// The simulators' arithmetic: 64-bit integers only, no float and no libm, so that a state is the same bit for bit on every CPU and
// compiler. A fixed-point number (Fx) is Q32: value x 2^32, range about +-2.1e9. Quantities (uV, mohm, Pa, ...) stay plain integers
// and meet an Fx only as a factor (times_exp).
// Error bounds below were checked against long double by tests/unit/sim_fixed.cpp; "ulp" is 2^-32.
// Sources: range reduction and Taylor series (exp, sin, cos), 2 atanh((m-1)/(m+1)) (ln); Abramowitz & Stegun 4.1, 4.2, 4.3.

#include <cstdint>

namespace shixun {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

using Fx = int64_t;
inline constexpr Fx kFxOne = Fx{1} << 32;
inline constexpr int64_t kFxMax = INT64_MAX;  // what an overflow gives; INT64_MIN below

// a * b / c, rounded half away from zero, held within int64; c != 0. Exact before the one rounding.
int64_t mul_div(int64_t a, int64_t b, int64_t c);

inline Fx fx(int64_t whole) { return mul_div(whole, kFxOne, 1); }
inline Fx fx_ratio(int64_t a, int64_t b) { return mul_div(a, kFxOne, b); }  // a / b; b != 0
inline Fx fx_mul(Fx a, Fx b) { return mul_div(a, b, kFxOne); }
inline int64_t fx_round(Fx x) { return mul_div(x, 1, kFxOne); }

Fx fx_exp(Fx x);   // e^x; error at most 1 ulp + 2^-54 of the value; kFxMax from 21.4876 (31 ln 2) on
Fx fx_ln(Fx x);    // natural logarithm; error at most 1 ulp; INT64_MIN when x <= 0
Fx ln_of(int64_t n);  // the same of a plain integer
Fx fx_sqrt(Fx x);  // largest Fx whose square is at most x (error under 1 ulp); 0 when x <= 0
int64_t root_of_squares(int64_t a, int64_t b);  // sqrt(a^2 + b^2) rounded down, held within int64: the size of a phasor
Fx fx_sin(Fx turns);  // of an angle in whole turns, any number of them; error at most 1 ulp
Fx fx_cos(Fx turns);

// round(y * e^x): error at most 0.5 + 2^-54 of the result. A factor e^x beyond 2^61 gives the end of int64, and so does an overflow.
int64_t times_exp(int64_t y, Fx x);

}  // namespace shixun
