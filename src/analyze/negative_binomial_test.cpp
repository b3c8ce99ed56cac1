#include "analyze/negative_binomial.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

void expect_close(double actual, double expected) {
  EXPECT_NEAR(actual / expected, 1.0, 1e-10) << actual << " for " << expected;
}

// Expected: sums of exact fractions in another language, to 60 digits.
TEST(NegativeBinomial, ProbabilitiesAndTails) {
  const NegativeBinomial small(3, 2);
  expect_close(small.probability(7), 0.035831808);
  expect_close(small.at_most(7), 0.929456128);
  expect_close(small.at_least(7), 0.10637568);
  const NegativeBinomial rare(0.5, 0.5);
  expect_close(rare.probability(5), 0.0054379549822695912);
  expect_close(rare.at_least(5), 0.010119559735433714);
  const NegativeBinomial rarer(0.05, 0.5);
  expect_close(rarer.at_least(3), 0.00024325611128491717);
  expect_close(rarer.at_most(3), 0.99998060343727946);
  const NegativeBinomial large(100, 20.5);
  expect_close(large.probability(160), 0.0011002058800806242);
  expect_close(large.at_least(160), 0.014500239114794953);
  expect_close(NegativeBinomial(50, 500).at_least(61), 0.081922243687925167);
  expect_close(NegativeBinomial(50, 500).at_most(61), 0.93543154254847538);
}

// A tail is not what is left of 1: it keeps its digits.
TEST(NegativeBinomial, SmallTailsAreExact) {
  expect_close(NegativeBinomial(10, 20).at_least(80), 3.7020709125623184e-22);
}

TEST(NegativeBinomial, EndsOfTheRange) {
  EXPECT_EQ(NegativeBinomial(10, 20).at_least(0), 1.0);
  EXPECT_EQ(NegativeBinomial(0, 20).at_least(1), 0.0);
  EXPECT_EQ(NegativeBinomial(0, 20).at_most(0), 1.0);
  EXPECT_EQ(NegativeBinomial(0, 20).probability(0), 1.0);
}

TEST(NegativeBinomial, Quantiles) {
  EXPECT_EQ(NegativeBinomial(10, 20).quantile(0.9), 15U);
  EXPECT_EQ(NegativeBinomial(100, 20.5).quantile(0.9), 132U);
  EXPECT_EQ(NegativeBinomial(3, 2).quantile(0.99), 12U);
  EXPECT_EQ(NegativeBinomial(0.05, 0.5).quantile(0.9), 0U);
}

TEST(Normal, CdfAndQuantile) {
  expect_close(normal_cdf(-2.5), 0.0062096653257761392);
  expect_close(normal_quantile(0.9), 1.2815515655446004);
  expect_close(normal_quantile(0.0062096653257761392), -2.5);
}

}  // namespace
}  // namespace teiten
