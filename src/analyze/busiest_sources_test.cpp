#include "analyze/busiest_sources.h"

#include <vector>

#include <gtest/gtest.h>

#include "analyze/profile_test_data.h"

namespace teiten {
namespace {

using test::cell;

TEST(BusiestSources, SumsOneSourceOverDaysAndSensors) {
  BusiestSources busiest(Measure::packets);
  busiest.add(std::vector<SourceCell>{cell("1469/udp", "IN", 0, Kind::scan, 40),
                                      cell("1469/udp", "IN", 1, Kind::scan, 2),
                                      cell("80/tcp", "IN", 1, Kind::scan, 5)});
  busiest.add(std::vector<SourceCell>{cell("1469/udp", "IN", 0, Kind::scan, 41)});
  EXPECT_EQ(busiest.of(Dimension::service, "1469/udp"), 42U);
  EXPECT_EQ(busiest.of(Dimension::service, "80/tcp"), 5U);
  EXPECT_EQ(busiest.of(Dimension::service, "81/tcp"), 0U);
  EXPECT_EQ(busiest.of(Dimension::region, "IN"), 47U);
  EXPECT_EQ(busiest.of(Dimension::region, "JP"), 0U);
}

TEST(BusiestSources, AnswersHaveARegionButAskForNoService) {
  BusiestSources busiest(Measure::packets);
  busiest.add(std::vector<SourceCell>{cell("80/tcp", "US", 0, Kind::backscatter, 9),
                                      cell("53/udp", "US", 0, Kind::reflection, 7)});
  EXPECT_EQ(busiest.of(Dimension::service, "80/tcp"), 0U);
  EXPECT_EQ(busiest.of(Dimension::service, "53/udp"), 0U);
  EXPECT_EQ(busiest.of(Dimension::region, "US"), 16U);
}

TEST(BusiestSources, CountsAccessesWhereAskedTo) {
  BusiestSources busiest(Measure::accesses);
  busiest.add(std::vector<SourceCell>{cell("23/tcp", "BR", 0, Kind::scan, 90),
                                      cell("23/tcp", "BR", 1, Kind::scan, 90)});
  EXPECT_EQ(busiest.of(Dimension::service, "23/tcp"), 2U);
}

}  // namespace
}  // namespace teiten
