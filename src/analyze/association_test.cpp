#include "analyze/association.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace teiten {
namespace {

// 10.5 × 81.5 / (5.5 × 4.5) = 34.5758; √(1/10.5 + 1/5.5 + 1/4.5 + 1/81.5) = 0.71523.
TEST(Association, OddsRatioByHand) {
  const OddsRatio odds = odds_ratio({10, 5, 4, 81});
  EXPECT_NEAR(odds.ratio, 34.575758, 1e-5);
  EXPECT_NEAR(odds.log_error, 0.7152261, 1e-6);
  EXPECT_NEAR(odds.low(), 3.286036, 1e-5);
  EXPECT_NEAR(odds.z(), 4.953892, 1e-5);
  EXPECT_NEAR(odds_ratio({0, 3, 2, 5}).ratio, 0.3142857, 1e-6);
}

// With one stratum the estimate is ad/bc = 40.5 and the variance of Robins, Breslow and Greenland
// is Woolf's: 1/10 + 1/5 + 1/4 + 1/81.
TEST(Association, OneStratumIsWoolf) {
  const std::array strata = {FourfoldTable{10, 5, 4, 81}};
  const OddsRatio odds = stratified_odds_ratio(strata);
  EXPECT_NEAR(odds.ratio, 40.5, 1e-9);
  EXPECT_NEAR(odds.log_error, 0.7498971, 1e-6);
}

// R = 810/100 + 600/100, S = 20/100 + 400/100: 14.1/4.2 = 3.35714.
TEST(Association, TwoStrata) {
  const std::array strata = {FourfoldTable{10, 5, 4, 81}, FourfoldTable{20, 40, 10, 30}};
  const OddsRatio odds = stratified_odds_ratio(strata);
  EXPECT_NEAR(odds.ratio, 3.3571429, 1e-6);
  EXPECT_NEAR(odds.log_error, 0.3649512, 1e-6);
  EXPECT_NEAR(odds.low(), 1.0102609, 1e-5);
}

// Within each region one thing says nothing of the other; together they seem to go with each other.
TEST(Association, SimpsonsParadox) {
  const std::array strata = {FourfoldTable{640, 160, 160, 40}, FourfoldTable{10, 90, 90, 810}};
  EXPECT_NEAR(odds_ratio({650, 250, 250, 850}).ratio, 8.8167019, 1e-5);
  const OddsRatio odds = stratified_odds_ratio(strata);
  EXPECT_NEAR(odds.ratio, 1.0, 1e-12);
  EXPECT_NEAR(odds.log_error, 0.1722602, 1e-6);
}

TEST(Association, EmptyCellsGiveFiniteAnswers) {
  // Nothing against: 3.5 × 2.5 / (0.5 × 0.5) = 35. Of five, three have a and three b; 1.8 would
  // have both by chance, variance 3·2·3·2 / (25·4) = 0.36: z = 2, error ln 35 / 2.
  const std::array perfect = {FourfoldTable{3, 0, 0, 2}, FourfoldTable{0, 0, 0, 0},
                              FourfoldTable{0, 0, 4, 7}};
  EXPECT_NEAR(stratified_odds_ratio(perfect).ratio, 35.0, 1e-9);
  EXPECT_NEAR(stratified_odds_ratio(perfect).log_error, 1.7776740, 1e-6);
  EXPECT_NEAR(stratified_odds_ratio(perfect).z(), 2.0, 1e-9);
  // Nothing at all.
  const std::array silent = {FourfoldTable{0, 0, 4, 2}};
  EXPECT_EQ(stratified_odds_ratio(silent).ratio, 1);
  EXPECT_EQ(stratified_odds_ratio(silent).low(), 0);
}

TEST(Association, Jaccard) {
  EXPECT_DOUBLE_EQ(jaccard({3, 1, 2, 100}), 0.5);
  EXPECT_EQ(jaccard({0, 0, 0, 100}), 0);
}

TEST(Association, NormalTail) {
  EXPECT_NEAR(normal_upper_tail(1.96), 0.0249979, 1e-7);
  EXPECT_NEAR(normal_upper_tail(-1.96), 0.9750021, 1e-7);
}

}  // namespace
}  // namespace teiten
