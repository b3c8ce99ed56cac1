#include "analyze/benjamini_hochberg.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

// By hand: 0.005·4/1 = 0.02, 0.01·4/2 = 0.02, 0.03·4/3 = 0.04, 0.04·4/4 = 0.04.
TEST(BenjaminiHochberg, KeepsTheOrderOfTheTests) {
  const std::vector<double> q = benjamini_hochberg(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  ASSERT_EQ(q.size(), 4U);
  EXPECT_DOUBLE_EQ(q[0], 0.02);
  EXPECT_DOUBLE_EQ(q[1], 0.04);
  EXPECT_DOUBLE_EQ(q[2], 0.04);
  EXPECT_DOUBLE_EQ(q[3], 0.02);
}

// The second of three (0.04·3/2 = 0.06) is saved by the third (0.045·3/3 = 0.045).
TEST(BenjaminiHochberg, ALargerOneCanCarryASmallerOne) {
  const std::vector<double> q = benjamini_hochberg(std::vector<double>{0.001, 0.04, 0.045});
  EXPECT_DOUBLE_EQ(q[0], 0.003);
  EXPECT_DOUBLE_EQ(q[1], 0.045);
  EXPECT_DOUBLE_EQ(q[2], 0.045);
}

// Eight tests of which four are not worth naming: 0.005·8/1 = 0.01·8/2 = 0.04.
TEST(BenjaminiHochberg, TestsThatAreNotGivenCount) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  EXPECT_DOUBLE_EQ(benjamini_hochberg(p, 8)[0], 0.04);
  EXPECT_DOUBLE_EQ(benjamini_hochberg(p, 2)[0], 0.02);
}

TEST(BenjaminiHochberg, NothingAndOne) {
  EXPECT_TRUE(benjamini_hochberg({}).empty());
  EXPECT_DOUBLE_EQ(benjamini_hochberg(std::vector<double>{0.2})[0], 0.2);
}

}  // namespace
}  // namespace teiten
