#include "access/record_log.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

TEST(RecordLog, KeepsBothEndsOfALongInput) {
  RecordLog log(4);
  for (std::uint64_t number = 0; number < 10; ++number)
    log.add(number, static_cast<RecordHash>(100 + number));
  const auto runs = log.take();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].first, 0U);
  EXPECT_EQ(runs[0].hashes, (std::vector<std::uint32_t>{100, 101}));
  EXPECT_EQ(runs[1].first, 8U);
  EXPECT_EQ(runs[1].hashes, (std::vector<std::uint32_t>{108, 109}));
  EXPECT_TRUE(log.take().empty());
}

TEST(RecordLog, MakesRunsWhereNumbersAreLeftOut) {
  RecordLog log;
  for (const std::uint64_t number : {3U, 4U, 7U})
    log.add(number, 1);
  const auto runs = log.take();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].first, 3U);
  EXPECT_EQ(runs[0].hashes.size(), 2U);
  EXPECT_EQ(runs[1].first, 7U);
}

/// Stored: another value would let no log be known again. XXH3-128 of no byte is
/// 99aa06d3014798d86001c324468d497f.
TEST(RecordLog, HashesAreStable) {
  EXPECT_EQ(record_hash(""), 0x468d497fU);
}

}  // namespace
}  // namespace teiten
