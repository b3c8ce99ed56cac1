#include "simulate/random.h"

#include <array>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

namespace teiten {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <typename Draw>
Moments moments(Draw draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = static_cast<double>(draw());
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST(Random, IsTheSameForOneKeyAndAnotherForAnother) {
  Random a{1, 2, 3};
  Random b{1, 2, 3};
  Random c{1, 3, 2};
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, DrawsEveryNumberBelowABoundAlike) {
  Random random{5};
  std::array<int, 7> counts{};
  for (int i = 0; i < kDraws; ++i)
    ++counts.at(random.below(7));
  // 200,000 / 7 = 28,571; five standard deviations (sqrt(n·p·q) = 156) are 782.
  for (const int count : counts)
    EXPECT_NEAR(count, 28'571, 782);
  EXPECT_EQ(random.below(1), 0U);
  for (int i = 0; i < 1000; ++i) {
    const auto value = random.between(-3, 3);
    EXPECT_GE(value, -3);
    EXPECT_LE(value, 3);
  }
}

TEST(Random, HasTheMomentsOfItsDistributions) {
  Random random{7};
  const Moments uniform = moments([&] { return random.uniform(); });
  EXPECT_NEAR(uniform.mean, 0.5, 0.004);
  EXPECT_NEAR(uniform.variance, 0.08333, 0.002);
  // Geometric from 1 with mean m has variance m(m−1).
  const Moments geometric = moments([&] { return random.geometric(2.5); });
  EXPECT_NEAR(geometric.mean, 2.5, 0.03);
  EXPECT_NEAR(geometric.variance, 3.75, 0.15);
  EXPECT_EQ(random.geometric(1.0), 1U);
  const Moments poisson = moments([&] { return random.poisson(3.2); });
  EXPECT_NEAR(poisson.mean, 3.2, 0.02);
  EXPECT_NEAR(poisson.variance, 3.2, 0.06);
  // Made of more than one part.
  const Moments large = moments([&] { return random.poisson(40.3); });
  EXPECT_NEAR(large.mean, 40.3, 0.08);
  EXPECT_NEAR(large.variance, 40.3, 0.7);
  EXPECT_EQ(random.poisson(0), 0U);
  const Moments exponential = moments([&] { return random.exponential(6.0); });
  EXPECT_NEAR(exponential.mean, 6.0, 0.08);
  EXPECT_NEAR(exponential.variance, 36.0, 1.2);
  // Of a lognormal with mean 1: variance e^(σ²) − 1; σ = 0.15 gives 0.022755.
  const Moments lognormal = moments([&] { return random.lognormal(0.15); });
  EXPECT_NEAR(lognormal.mean, 1.0, 0.002);
  EXPECT_NEAR(lognormal.variance, 0.022755, 0.0006);
}

TEST(ReproducibleExp, IsTheExponential) {
  for (const double x : {-700.0, -16.0, -1.0, -0.08, 0.0, 0.15, 1.0, 20.0, 700.0})
    EXPECT_NEAR(reproducible_exp(x) / std::exp(x), 1.0, 1e-8) << x;
}

}  // namespace
}  // namespace teiten
