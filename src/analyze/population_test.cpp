#include "analyze/population.h"

#include <vector>

#include <gtest/gtest.h>

namespace teiten {
namespace {

// 0.9 · 40 · 39 / (2 · 21) = 33.43 unseen; variance 33.43 + 0.81·40·79²/(4·21²) +
// 0.81·40²·20·39²/(4·21⁴) = 198.8, so the spread of ln is exp(1.96·√ln(1 + 198.8/33.43²)) = 2.21.
TEST(Chao2, ByHand) {
  const auto population = chao2(100, 40, 20, 10);
  ASSERT_TRUE(population.has_value());
  EXPECT_NEAR(population->estimate, 133.42857, 1e-4);
  EXPECT_NEAR(population->low, 115.12618, 1e-3);
  EXPECT_NEAR(population->high, 173.87649, 1e-3);
}

TEST(Chao2, CountsSensorsOfEachSource) {
  std::vector<std::uint32_t> seen_at(40, 1);
  seen_at.insert(seen_at.end(), 20, 2);
  seen_at.insert(seen_at.end(), 40, 3);
  const auto population = chao2(seen_at, 10);
  ASSERT_TRUE(population.has_value());
  EXPECT_NEAR(population->estimate, 133.42857, 1e-4);
}

TEST(Chao2, SaysNothingWhereItKnowsNothing) {
  EXPECT_FALSE(chao2(100, 40, 20, 4).has_value());  // four sensors
  EXPECT_FALSE(chao2(100, 91, 9, 10).has_value());  // too few doubles
  EXPECT_FALSE(chao2(100, 1, 40, 10).has_value());  // nothing unseen to speak of
  EXPECT_TRUE(chao2(100, 90, 10, 10).has_value());
}

}  // namespace
}  // namespace teiten
