#include "logs/repeated_run.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace teiten {
namespace {

using Hashes = std::vector<RecordHash>;

TEST(RepeatedRun, TwoRotationsThatOverlap) {
  EXPECT_EQ(repeated_run(Hashes{1, 2, 3, 4}, Hashes{3, 4, 5}), (RecordRun{0, 2}));
  EXPECT_EQ(repeated_run(Hashes{3, 4, 5}, Hashes{1, 2, 3, 4}), (RecordRun{2, 4}));
}

TEST(RepeatedRun, OneFileHoldsTheOther) {
  EXPECT_EQ(repeated_run(Hashes{1, 2, 3, 4, 5}, Hashes{2, 3, 4}), (RecordRun{0, 3}));
  EXPECT_EQ(repeated_run(Hashes{2, 3, 4}, Hashes{1, 2, 3, 4, 5}), (RecordRun{1, 4}));
  EXPECT_EQ(repeated_run(Hashes{1, 2}, Hashes{1, 2}), (RecordRun{0, 2}));
}

TEST(RepeatedRun, WhatDoesNotTouchAnEndIsNoContinuation) {
  EXPECT_EQ(repeated_run(Hashes{1, 7, 8, 2}, Hashes{3, 7, 8, 4}), std::nullopt);
}

TEST(RepeatedRun, EqualLinesAtASeamAreRetransmissions) {
  EXPECT_EQ(repeated_run(Hashes{1, 2, 9}, Hashes{9, 3, 4}), std::nullopt);
  EXPECT_EQ(repeated_run(Hashes{1, 9, 9}, Hashes{9, 9, 3, 4}), std::nullopt);
  EXPECT_EQ(repeated_run(Hashes{1, 9, 9, 8}, Hashes{9, 9, 8, 3}), (RecordRun{0, 3}));
}

TEST(RepeatedRun, NothingHasNothingInCommon) {
  EXPECT_EQ(repeated_run(Hashes{}, Hashes{1, 2}), std::nullopt);
  EXPECT_EQ(repeated_run(Hashes{1, 2}, Hashes{}), std::nullopt);
}

/// Every placement tried one by one.
std::optional<RecordRun> naive_run(const Hashes& known, const Hashes& input) {
  std::optional<RecordRun> longest;
  const auto k = static_cast<std::ptrdiff_t>(known.size());
  const auto n = static_cast<std::ptrdiff_t>(input.size());
  for (std::ptrdiff_t shift = 1 - n; shift < k; ++shift) {  // input[0] lies on known[shift]
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, -shift);
    const std::ptrdiff_t to = std::min(n, k - shift);
    bool same = true;
    bool all_equal = true;
    for (std::ptrdiff_t i = from; i < to; ++i) {
      const RecordHash record = input[static_cast<std::size_t>(i)];
      same = same && record == known[static_cast<std::size_t>(i + shift)];
      all_equal = all_equal && record == input[static_cast<std::size_t>(from)];
    }
    if (!same || all_equal) continue;
    if (!longest || static_cast<std::uint64_t>(to - from) > longest->to - longest->from) {
      longest = RecordRun{static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to)};
    }
  }
  return longest;
}

TEST(RepeatedRun, IsAsLongAsTheNaiveAnswer) {
  std::mt19937 random(7);
  int found = 0;
  for (int round = 0; round < 20'000; ++round) {
    Hashes known(random() % 9);
    Hashes input(random() % 9);
    for (RecordHash& record : known)
      record = static_cast<RecordHash>(random() % 3);
    for (RecordHash& record : input)
      record = static_cast<RecordHash>(random() % 3);
    const auto expected = naive_run(known, input);
    const auto answer = repeated_run(known, input);
    ASSERT_EQ(answer.has_value(), expected.has_value()) << "round " << round;
    if (!answer) continue;
    ++found;
    EXPECT_EQ(answer->to - answer->from, expected->to - expected->from) << "round " << round;
  }
  EXPECT_GT(found, 2'000);
}

}  // namespace
}  // namespace teiten
