#include "engine/sim/fixed.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/random.h"
#include "engine/sim/scalar.h"
#include "engine/sim/table.h"
#include "tests/sim/circuits.h"

using namespace shixun;

namespace {
constexpr long double kUlp = 1.0L / 4294967296.0L;
long double real(Fx x) { return static_cast<long double>(x) * kUlp; }
Fx draw(Pcg32& r, int bits) {  // signed, below 2^bits
  const uint64_t v = (uint64_t{r.next()} << 32 | r.next()) >> (64 - bits);
  return r.below(2) != 0 ? -static_cast<Fx>(v) : static_cast<Fx>(v);
}
}  // namespace

// The one place where the simulators meet a float: to be told how far they are from it.
TEST(SimFixed, StaysWithinItsStatedErrors) {
  Pcg32 r(1, "fixed");
  long double exp_worst = 0, ln_worst = 0, sqrt_worst = 0, sin_worst = 0, cos_worst = 0, times_worst = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Fx x = draw(r, 1 + static_cast<int>(r.below(36)));
    if (x < 31 * 2977044471) {
      const long double e = std::exp(real(x));
      exp_worst = std::max(exp_worst, std::abs(real(fx_exp(x)) - e) / (kUlp + e * std::pow(2.0L, -54)));
      const int64_t y = draw(r, 1 + static_cast<int>(r.below(50)));
      const long double product = static_cast<long double>(y) * e;
      if (std::abs(product) < 9e18L) times_worst = std::max(times_worst, std::abs(static_cast<long double>(times_exp(y, x)) - product) / (0.5L + std::abs(product) * std::pow(2.0L, -54)));
    }
    const Fx positive = std::abs(draw(r, 1 + static_cast<int>(r.below(62)))) + 1;
    ln_worst = std::max(ln_worst, std::abs(real(fx_ln(positive)) - std::log(real(positive))) / kUlp);
    sqrt_worst = std::max(sqrt_worst, std::abs(real(fx_sqrt(positive)) - std::sqrt(real(positive))) / kUlp);
    const Fx turns = draw(r, 40);
    const long double angle = 2 * std::acos(-1.0L) * real(turns & 0xffffffff);
    sin_worst = std::max(sin_worst, std::abs(real(fx_sin(turns)) - std::sin(angle)) / kUlp);
    cos_worst = std::max(cos_worst, std::abs(real(fx_cos(turns)) - std::cos(angle)) / kUlp);
  }
  EXPECT_LE(exp_worst, 1);
  EXPECT_LE(times_worst, 1);
  EXPECT_LE(ln_worst, 1);
  EXPECT_LT(sqrt_worst, 1);
  EXPECT_LE(sin_worst, 1);
  EXPECT_LE(cos_worst, 1);
}

TEST(SimFixed, KnowsTheExactPlacesAndTheEnds) {
  EXPECT_EQ(fx_exp(0), kFxOne);
  EXPECT_EQ(fx_ln(kFxOne), 0);
  EXPECT_EQ(fx_ln(0), INT64_MIN);
  EXPECT_EQ(fx_ln(-1), INT64_MIN);
  EXPECT_EQ(fx_exp(INT64_MAX), kFxMax);
  EXPECT_EQ(fx_exp(INT64_MIN), 0);
  EXPECT_EQ(fx_sqrt(fx(49)), fx(7));
  EXPECT_EQ(fx_sqrt(INT64_MAX) >> 32, 46340);
  EXPECT_EQ(root_of_squares(-3'000'000'000'000, 4'000'000'000'000), 5'000'000'000'000);
  EXPECT_EQ(root_of_squares(INT64_MIN, INT64_MIN), INT64_MAX);
  EXPECT_EQ(fx_sin(0), 0);
  EXPECT_EQ(fx_sin(kFxOne / 4), kFxOne);
  EXPECT_EQ(fx_cos(kFxOne / 2), -kFxOne);
  EXPECT_NEAR(fx_sin(-kFxOne / 12), -kFxOne / 2, 2);  // -30 degrees, as near as a step of the angle allows
  EXPECT_EQ(times_exp(INT64_MAX, INT64_MAX), INT64_MAX);
  EXPECT_EQ(times_exp(INT64_MIN, INT64_MAX), INT64_MIN);
  EXPECT_EQ(times_exp(INT64_MIN, INT64_MIN), 0);
  EXPECT_EQ(mul_div(INT64_MIN, INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(mul_div(7, 1, 2), 4);
  EXPECT_EQ(mul_div(-7, 1, 2), -4);
  EXPECT_EQ(fx_round(fx_ratio(-5, 2)), -3);
}

TEST(SimFixed, TheBusDecaysAsTheDataSheetSays) {  // courses.md A3: 60 V at 132 s, 6 V at 300 s; weak bleeder 60 V at 705 s, 78 V at 600 s
  EXPECT_EQ(decay(350'000'000, 0, 75'000), 350'000'000);
  EXPECT_NEAR(decay(350'000'000, 132'000, 75'000), 60'000'000, 400'000);
  EXPECT_NEAR(decay(350'000'000, 300'000, 75'000), 6'000'000, 500'000);
  EXPECT_NEAR(decay(350'000'000, 600'000, 400'000), 78'000'000, 200'000);
  EXPECT_NEAR(decay(350'000'000, 705'000, 400'000), 60'000'000, 200'000);
  EXPECT_EQ(decay(350'000'000, 1'000'000'000'000, 1), 0);
  EXPECT_EQ(approach(20'00, 90'00, 0, 120'000), 20'00);
  EXPECT_EQ(approach(20'00, 90'00, 120'000, 120'000), 64'25);  // 90 - 70/e
}

TEST(SimFixed, AGaugeRoundsHalvesAwayAndRestsOnItsStops) {
  constexpr Gauge g{0, 1'000'000, 20'000};
  EXPECT_EQ(show(g, 409'999).value, 400'000);
  EXPECT_EQ(show(g, 410'000).value, 420'000);
  EXPECT_FALSE(show(g, 410'000).pegged);
  EXPECT_EQ(show(g, 1'300'000).value, 1'000'000);
  EXPECT_TRUE(show(g, 1'300'000).pegged);
}

TEST(SimTable, AnNtcFollowsItsPointsInTheLogarithm) {
  const Table ntc = circuits::coolant_ntc();
  EXPECT_TRUE(check(ntc).empty());
  for (const auto& p : ntc.points) EXPECT_EQ(look_up(ntc, p.x), p.y);
  EXPECT_EQ(look_up(ntc, -5000), 5'900'000);
  EXPECT_EQ(look_up(ntc, 20000), 300'000);
  for (int64_t t = 0; t <= 8000; t += 7) {
    size_t i = 0;
    while (ntc.points[i + 1].x < t) ++i;
    const long double f = static_cast<long double>(t - ntc.points[i].x) / static_cast<long double>(ntc.points[i + 1].x - ntc.points[i].x);
    const long double a = static_cast<long double>(ntc.points[i].y), b = static_cast<long double>(ntc.points[i + 1].y);
    const long double truth = a * std::exp(f * std::log(b / a));
    EXPECT_LE(std::abs(static_cast<long double>(look_up(ntc, t)) - truth), 0.5L + truth * std::pow(2.0L, -30)) << t;
  }
  // The other form of the data sheet, R = 2.5 k exp(3590 (1/T - 1/293.15)), agrees within 4 %.
  for (int64_t t = 0; t <= 8000; t += 500) {
    const long double law = 2'500'000 * std::exp(3590 * (1 / (273.15L + static_cast<long double>(t) / 100) - 1 / 293.15L));
    EXPECT_NEAR(static_cast<double>(look_up(ntc, t)), static_cast<double>(law), static_cast<double>(law) * 0.05) << t;
  }
}

TEST(SimTable, IsStraightBetweenLinearPointsAndRefusesWhatIsNoTable) {
  const Table line{"flow", Curve::kLinear, {{-10, 100}, {0, 0}, {3, 10}}};
  EXPECT_EQ(look_up(line, -5), 50);
  EXPECT_EQ(look_up(line, 1), 3);
  EXPECT_EQ(look_up(line, 2), 7);
  EXPECT_EQ(look_up(line, INT64_MIN), 100);
  EXPECT_EQ(check({"t", Curve::kLinear, {}}).size(), 1u);
  EXPECT_EQ(check({"t", Curve::kLinear, {{1, 0}, {1, 0}}}).size(), 1u);
  EXPECT_EQ(check({"t", Curve::kLogarithmic, {{1, 0}, {2, 5}}}).size(), 1u);
  EXPECT_EQ(check({"t", Curve::kLinear, {{INT64_MIN, INT64_MAX}}}).size(), 1u);
}
