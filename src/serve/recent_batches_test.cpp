#include "serve/recent_batches.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using Known = RecentBatches::Known;

TEST(RecentBatches, TellsABatchSentAgainFromAnotherOfItsIdentity) {
  RecentBatches recent;
  EXPECT_EQ(recent.note({"tokyo", 1, 2}, "one"), Known::first);
  EXPECT_EQ(recent.note({"tokyo", 1, 2}, "one"), Known::same);
  EXPECT_EQ(recent.note({"tokyo", 1, 2}, "two"), Known::other);
  EXPECT_EQ(recent.note({"tokyo", 1, 2}, "one"), Known::same);
  EXPECT_EQ(recent.note({"osaka", 1, 2}, "two"), Known::first);
  EXPECT_EQ(recent.note({"tokyo", 2, 2}, "two"), Known::first);
  recent.forget({"tokyo", 1, 2});
  EXPECT_EQ(recent.note({"tokyo", 1, 2}, "two"), Known::first);
}

TEST(RecentBatches, RemembersTheLastOnes) {
  RecentBatches recent(3);
  for (std::uint64_t sequence = 0; sequence < 5; ++sequence)
    recent.note({"tokyo", 1, sequence}, "one");
  EXPECT_EQ(recent.note({"tokyo", 1, 4}, "two"), Known::other);
  EXPECT_EQ(recent.note({"tokyo", 1, 2}, "two"), Known::other);
  EXPECT_EQ(recent.note({"tokyo", 1, 0}, "two"), Known::first);
}

}  // namespace
}  // namespace teiten
