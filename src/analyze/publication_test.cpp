#include "analyze/publication.h"

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using std::chrono::month;
using std::chrono::year;
using test::TemporaryFolder;
using test::utc;

const Service kSql{protocol::kTcp, 1433};
const Service kSsh{protocol::kTcp, 22};
const Service kRare{protocol::kTcp, 6666};
constexpr std::uint32_t kNet1 = 0xc0000200;  // 192.0.2.0
constexpr std::uint32_t kNet2 = 0xc6336400;  // 198.51.100.0
constexpr std::uint32_t kNet3 = 0xcb007100;  // 203.0.113.0

/// Three sensors that watch June and July 2007.
class Traffic {
 public:
  Traffic() {
    for (const char* name : {"a", "b", "c"}) {
      Batch batch;
      batch.sensor = name;
      batch.epoch = 1;
      batch.range = {utc("2007-06-01"), utc("2007-08-01")};
      batch.activity = {batch.range};
      batches_.push_back(batch);
    }
  }
  /// On a day from 1 June; `sensor` from 0.
  void add(std::size_t sensor, int day, std::uint32_t source, Service service,
           std::uint32_t packets = 1, Kind kind = Kind::scan, const char* region = "JP") {
    Access access;
    access.first = access.last = utc("2007-06-01") + std::chrono::hours{24 * day + 1};
    access.source = IpAddress::v4(source);
    access.service = service;
    access.kind = kind;
    access.packets = packets;
    access.region = *Region::parse(region);
    batches_[sensor].accesses.push_back(access);
    batches_[sensor].packets_unsolicited += packets;
    batches_[sensor].frames += packets;
  }
  /// So many sources ask for the service once on each day of [from, to), turning from sensor to
  /// sensor. Those from `first` on are the same every day.
  void crowd(Service service, std::uint32_t first, std::uint32_t sources, int from, int to,
             const char* region = "JP", Kind kind = Kind::scan) {
    for (int day = from; day < to; ++day) {
      for (std::uint32_t i = 0; i < sources; ++i)
        add((i + static_cast<std::uint32_t>(day)) % 3, day, first + i, service, 1, kind, region);
    }
  }
  Publication july() {
    const auto store = Store::open(folder_.file("s.teiten"), StoreMode::write).value();
    EXPECT_TRUE(store->append(batches_).ok());
    const auto last = year(2007) / month(7);
    left_out = left_out_days(*store, last, 2, TimeZone(), watched).value();
    return work_out_publication(*store, last, 2, TimeZone(), left_out, 10).value();
  }

  std::vector<bool> watched = std::vector<bool>(61, true);  ///< from 1 June
  LeftOutDays left_out;                                     ///< once july() has been asked

 private:
  TemporaryFolder folder_;
  std::vector<Batch> batches_;
};

std::vector<std::string> names_of(const PublishedCut& cut) {
  std::vector<std::string> names;
  for (const PublishedPart& part : cut.parts)
    names.push_back(part.key);
  return names;
}

using Names = std::vector<std::string>;

TEST(Publication, NamesWhatHasEnoughSourcesAndSensors) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 61);
  traffic.crowd(kSsh, kNet2, 20, 0, 61, "CN");
  traffic.crowd(kRare, kNet3, 6, 0, 61);  // six sources: rest, every day
  const Publication july = traffic.july();
  EXPECT_EQ(july.months, (std::vector<bool>{true, true}));
  EXPECT_TRUE(traffic.left_out.empty());
  EXPECT_EQ(july.sources, (std::vector<std::uint64_t>{56, 56}));
  const PublishedCut& cut = july.services.months.back();
  EXPECT_EQ(names_of(cut), (Names{"1433/tcp", "22/tcp"}));
  EXPECT_EQ(cut.unnameable, 1u);
  // 31 days of 30, 20 and 6 packets.
  EXPECT_EQ(cut.parts[0].month.counts.packets, 930u);
  EXPECT_EQ(cut.parts[1].month.counts.packets, 620u);
  ASSERT_TRUE(cut.rest.has_value());
  EXPECT_EQ(cut.rest->month.counts, (AdditiveCounts{186, 186, 186}));
  EXPECT_EQ(cut.daily, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(cut.parts[1].days.at(4)->counts.packets, 20u);
  EXPECT_EQ(cut.daily_rest.at(30)->counts.packets, 6u);
  // JP has 36 sources a day, CN 20.
  EXPECT_EQ(names_of(july.regions.months.back()), (Names{"JP", "CN"}));
  EXPECT_FALSE(july.regions.months.back().rest.has_value());
  // 61 days; distinct sources once.
  EXPECT_EQ(july.services.span.parts.at(0).second.counts.packets, 1830u);
  EXPECT_EQ(july.services.span.parts.at(0).second.sources, 30u);
  EXPECT_EQ(july.services.span.rest->counts.packets, 366u);
}

TEST(Publication, ASmallRestTakesTheLastPartWithIt) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 61);
  traffic.crowd(kSsh, kNet2, 20, 0, 61);
  traffic.add(0, 40, kNet3, kRare, 3);  // 11 July, alone: month − 1433 − 22 would tell
  const Publication july = traffic.july();
  const PublishedCut& cut = july.services.months.back();
  EXPECT_EQ(names_of(cut), (Names{"1433/tcp"}));
  EXPECT_EQ(cut.rest->month.counts.packets, 623u);
  // June has no rest and keeps both; all months together name what both name.
  EXPECT_EQ(names_of(july.services.months.front()), (Names{"1433/tcp", "22/tcp"}));
  ASSERT_EQ(july.services.span.parts.size(), 1u);
  EXPECT_EQ(july.services.span.rest->counts.packets, 1223u);
}

TEST(Publication, APartWithASmallDayIsToldByMonthOnly) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 61);
  traffic.crowd(kSsh, kNet2, 20, 0, 45);
  traffic.crowd(kSsh, kNet2, 4, 45, 46);  // 16 July: four sources
  traffic.crowd(kSsh, kNet2, 20, 46, 61);
  traffic.crowd(kRare, kNet3, 6, 0, 61);
  const Publication july = traffic.july();
  const PublishedCut& cut = july.services.months.back();
  EXPECT_EQ(names_of(cut), (Names{"1433/tcp", "22/tcp"}));
  EXPECT_EQ(cut.daily, (std::vector<std::size_t>{0}));
  EXPECT_TRUE(cut.parts[1].days.empty());
  EXPECT_EQ(cut.daily_rest.at(15)->counts.packets, 10u);  // 4 and 6
  EXPECT_EQ(cut.daily_rest.at(16)->counts.packets, 26u);
}

/// The day, from 1 June, as left_out_days() gives it.
std::int64_t day_number(int day) {
  return utc("2007-06-01").time_since_epoch() / std::chrono::days(1) + day;
}

TEST(Publication, ADayOfOneSourceIsInNoNumber) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 61);
  traffic.crowd(kSsh, kNet2, 20, 0, 61);
  traffic.add(1, 32, kNet3, kSsh, 200);  // 3 July: 200 of 250
  traffic.add(1, 10, kNet3, kSql, 200);  // 11 June
  const Publication july = traffic.july();
  EXPECT_EQ(traffic.left_out, (LeftOutDays{day_number(10), day_number(32)}));
  EXPECT_EQ(july.sources, (std::vector<std::uint64_t>{50, 50}));
  const PublishedCut& cut = july.services.months.back();
  EXPECT_EQ(names_of(cut), (Names{"1433/tcp", "22/tcp"}));
  // 30 days of 30 and 20: nothing of the day, neither in the month nor in the days.
  EXPECT_EQ(cut.parts[0].month.counts.packets, 900u);
  EXPECT_EQ(cut.parts[1].month.counts.packets, 600u);
  EXPECT_EQ(cut.parts[1].month.sources, 20u);
  EXPECT_FALSE(cut.rest.has_value());
  EXPECT_EQ(cut.daily, (std::vector<std::size_t>{0, 1}));
  EXPECT_FALSE(cut.parts[1].days.at(2).has_value());
  EXPECT_EQ(cut.parts[1].days.at(1)->counts.packets, 20u);
  // 29 days of June besides.
  EXPECT_EQ(july.services.span.parts.at(0).second.counts.packets, 1770u);
  EXPECT_EQ(july.regions.months.back().parts.at(0).month.counts.packets, 1500u);
}

TEST(Publication, ADayOfFewSourcesIsInNoNumber) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 40);
  traffic.crowd(kSql, kNet1, 3, 40, 41);  // 11 July
  traffic.crowd(kSql, kNet1, 30, 42, 60);
  traffic.watched.back() = false;  // 31 July; 12 July was watched, and nobody came
  const Publication july = traffic.july();
  EXPECT_EQ(traffic.left_out, (LeftOutDays{day_number(40), day_number(41)}));
  EXPECT_EQ(july.services.months.back().parts.at(0).month.counts.packets, 840u);
}

TEST(Publication, WithoutADayThatMayBePublishedThereIsNoMonth) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 30);
  for (int day = 30; day < 61; ++day)
    traffic.crowd(kSql, kNet1 + static_cast<std::uint32_t>(day), 4, day, day + 1);
  const Publication july = traffic.july();
  EXPECT_EQ(traffic.left_out.size(), 31u);
  EXPECT_EQ(july.months, (std::vector<bool>{true, false}));
}

TEST(Publication, AnswersAreInNoServiceButInTheRest) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 0, 61);
  traffic.crowd(kSsh, kNet2, 20, 0, 61, "CN", Kind::backscatter);
  const Publication july = traffic.july();
  const PublishedCut& cut = july.services.months.back();
  EXPECT_EQ(names_of(cut), (Names{"1433/tcp"}));
  EXPECT_EQ(cut.rest->month.counts.packets, 620u);
  EXPECT_EQ(names_of(july.regions.months.back()), (Names{"JP", "CN"}));
}

TEST(Publication, AMonthOfTwoSensorsIsNotPublished) {
  Traffic traffic;
  traffic.crowd(kSql, kNet1, 30, 30, 61);
  for (std::uint32_t i = 0; i < 30; ++i)
    traffic.add(i % 2, 3, kNet1 + i, kSql);
  std::fill_n(traffic.watched.begin(), 30, false);
  const Publication july = traffic.july();
  EXPECT_EQ(july.months, (std::vector<bool>{false, true}));
  EXPECT_TRUE(july.services.months.front().parts.empty());
  EXPECT_EQ(july.services.span.parts.at(0).second.counts.packets, 930u);
}

}  // namespace
}  // namespace teiten
