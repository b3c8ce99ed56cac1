#include "analyze/ewma.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

// By hand: 0.3, 0.3·2 + 0.7·0.3 = 0.81, −0.3 + 0.7·0.81 = 0.267; deviation
// √(0.3/1.7 · (1 − 0.7⁶)) = 0.3945997973.
TEST(Ewma, ThreeResiduals) {
  Ewma ewma(0.3);
  EXPECT_EQ(ewma.score(), 0.0);
  for (const double residual : {1.0, 2.0, -1.0})
    ewma.add(residual);
  EXPECT_NEAR(ewma.value(), 0.267, 1e-12);
  EXPECT_NEAR(ewma.deviation(), 0.3945997973, 1e-9);
  EXPECT_NEAR(ewma.score(), 0.6766349143, 1e-9);
}

// √(0.9 · 0.3/1.7 · (1 − 0.7⁶) + 0.1 · (1 − 0.7³)²).
TEST(Ewma, WhatResidualsShareDoesNotAverageOut) {
  Ewma ewma(0.3, 0.1);
  for (const double residual : {1.0, 2.0, -1.0})
    ewma.add(residual);
  EXPECT_NEAR(ewma.deviation(), 0.4281389961, 1e-9);
}

}  // namespace
}  // namespace teiten
