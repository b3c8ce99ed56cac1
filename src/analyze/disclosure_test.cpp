#include "analyze/disclosure.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

/// Sources with so many packets each, one access and one source-day.
CellTally cell_of(std::initializer_list<std::uint64_t> packets) {
  CellTally cell;
  for (const std::uint64_t each : packets)
    cell.add_source({each, 1, 1});
  return cell;
}

PartTally part_of(std::uint64_t sources, std::initializer_list<std::uint16_t> sensors) {
  PartTally part;
  for (std::uint64_t i = 0; i < sources; ++i)
    part.cell.add_source({1, 1, 1});
  for (const std::uint16_t sensor : sensors)
    part.add_sensor(sensor);
  return part;
}

TEST(Disclosure, AsksForFiveSources) {
  EXPECT_FALSE(may_be_published(cell_of({})));
  EXPECT_FALSE(may_be_published(cell_of({1, 1, 1, 1})));
  EXPECT_TRUE(may_be_published(cell_of({1, 1, 1, 1, 1})));
}

TEST(Disclosure, LetsNoSourceHaveMoreThanSeventyPercent) {
  // 70 of 100, then 71 of 101 = 70.3 %.
  EXPECT_TRUE(may_be_published(cell_of({70, 10, 10, 5, 5})));
  EXPECT_FALSE(may_be_published(cell_of({71, 10, 10, 5, 5})));
  // By source-days: one source asked at 14 sensors or services, the others at one each.
  CellTally cell = cell_of({1, 1, 1, 1, 1});
  cell.add_source({1, 1, 14});
  EXPECT_FALSE(may_be_published(cell));
}

TEST(Disclosure, NamesPartsOfTwentySourcesAtThreeSensors) {
  EXPECT_TRUE(may_be_named(part_of(20, {4, 7, 9})));
  EXPECT_FALSE(may_be_named(part_of(19, {4, 7, 9})));
  EXPECT_FALSE(may_be_named(part_of(20, {4, 7, 4, 7, 7})));
  EXPECT_TRUE(may_be_named(part_of(500, {1, 2, 3, 4, 5, 6})));
}

TEST(Disclosure, LastPartsJoinTheRestUntilItHidesWhatItHasTo) {
  const CellTally good = cell_of({1, 1, 1, 1, 1});
  const CellTally small = cell_of({1});
  const CellTally none = cell_of({});
  // rest[n]: all but the first n of three parts.
  EXPECT_EQ(nameable_parts(std::vector{good, good, good, good}), 3u);
  EXPECT_EQ(nameable_parts(std::vector{good, good, good, small}), 2u);
  EXPECT_EQ(nameable_parts(std::vector{good, small, small, small}), 0u);
  EXPECT_EQ(nameable_parts(std::vector{good, good, good, none}), 3u);
  EXPECT_EQ(nameable_parts(std::vector{small, small}), 0u);
}

TEST(Disclosure, ARestThatIsEmptyOnSomeDaysOnlyIsNotPublished) {
  const CellTally good = cell_of({1, 1, 1, 1, 1});
  const CellTally none = cell_of({});
  using Rest = std::vector<CellTally>;
  EXPECT_EQ(nameable_parts(std::vector<Rest>{{good, good, none}, {good, good, none}}), 2u);
  EXPECT_EQ(nameable_parts(std::vector<Rest>{{good, good, none}, {good, good, good}}), 1u);
  EXPECT_EQ(nameable_parts(std::vector<Rest>{}), 0u);
}

TEST(Disclosure, RoundsToFivesAndThreeDigits) {
  EXPECT_EQ(published_count(0), 0u);
  EXPECT_EQ(published_count(2), 0u);
  EXPECT_EQ(published_count(3), 5u);
  EXPECT_EQ(published_count(97), 95u);
  EXPECT_EQ(published_count(98), 100u);
  EXPECT_EQ(published_count(123), 123u);
  EXPECT_EQ(published_count(1234), 1230u);
  EXPECT_EQ(published_count(1235), 1240u);
  EXPECT_EQ(published_count(282889), 283000u);
  EXPECT_EQ(published_count(999500), 1000000u);
  EXPECT_EQ(published_limit(0), 0u);
  EXPECT_EQ(published_limit(1), 5u);
  EXPECT_EQ(published_limit(1231), 1240u);
  EXPECT_DOUBLE_EQ(published_mean(37.4), 37);
  EXPECT_DOUBLE_EQ(published_mean(204.6), 205);
  EXPECT_DOUBLE_EQ(published_mean(1234.5), 1230);
}

}  // namespace
}  // namespace teiten
