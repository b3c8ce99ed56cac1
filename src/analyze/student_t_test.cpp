#include "analyze/student_t.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

// Printed tables of the distribution.
TEST(StudentT, QuantilesOfTheTables) {
  EXPECT_NEAR(student_quantile(0.025, 9), 2.262157, 1e-6);
  EXPECT_NEAR(student_quantile(0.05, 9), 1.833113, 1e-6);
  EXPECT_NEAR(student_quantile(0.025, 2), 4.302653, 1e-6);
  EXPECT_NEAR(student_quantile(0.025, 1), 12.706205, 1e-5);
  EXPECT_NEAR(student_quantile(0.975, 9), -2.262157, 1e-6);
  EXPECT_NEAR(student_quantile(0.025, 1e6), 1.959966, 1e-5);
}

// One degree of freedom is Cauchy's: 1/2 − atan(t)/π.
TEST(StudentT, TailsWithOneDegreeOfFreedom) {
  EXPECT_NEAR(student_upper_tail(1, 1), 0.25, 1e-12);
  EXPECT_NEAR(student_upper_tail(-1, 1), 0.75, 1e-12);
  EXPECT_NEAR(student_upper_tail(0, 5), 0.5, 1e-12);
  EXPECT_NEAR(student_upper_tail(31.820516, 1), 0.01, 1e-8);
}

}  // namespace
}  // namespace teiten
