#include "logs/year_tracker.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::PieceInput;
using log_test::read_log;
using log_test::seconds_of;

constexpr const char* kRest =
    " gw kernel: IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TTL=244 ID=1 PROTO=TCP SPT=4 "
    "DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0\n";

/// Days or instants of a log whose lines have these stamps.
std::vector<std::string> times_of(const std::vector<std::string>& stamps, std::int64_t modified,
                                  const LogOptions& options = {}) {
  std::string text;
  for (const std::string& stamp : stamps)
    text += stamp + kRest;
  PieceInput input(text, {1 << 20}, modified);
  std::vector<std::string> result;
  for (const LogLine& line : read_log(input, options).lines) {
    result.push_back(line.rejection == Rejection::none ? format_utc(line.packet.time)
                                                       : std::string(to_string(line.rejection)));
  }
  return result;
}

using Times = std::vector<std::string>;

LogOptions year_option(int year) {
  LogOptions options;
  options.year = year;
  return options;
}

TEST(YearTracker, TheFileTimeGivesTheLastLineItsYear) {
  EXPECT_EQ(times_of({"Aug 16 06:25:20"}, seconds_of(2013, 9, 1)), Times{"2013-08-16T06:25:20Z"});
  EXPECT_EQ(times_of({"Aug 16 06:25:20"}, seconds_of(2014, 2, 1)), Times{"2013-08-16T06:25:20Z"});
  EXPECT_EQ(times_of({"Dec 31 23:59:59"}, seconds_of(2014, 1, 1)), Times{"2013-12-31T23:59:59Z"});
  EXPECT_EQ(times_of({"Jan  1 12:00:00"}, seconds_of(2013, 12, 31, 80'000)),
            Times{"2014-01-01T12:00:00Z"})
      << "a day of tolerance: zones, and clocks that differ";
  EXPECT_EQ(times_of({"Jan  2 12:00:00"}, seconds_of(2013, 12, 31)), Times{"2013-01-02T12:00:00Z"});
}

TEST(YearTracker, ThroughNewYear) {
  EXPECT_EQ(times_of({"Dec 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:00", "Feb  3 01:02:03"},
                     seconds_of(2014, 2, 3, 4000)),
            (Times{"2013-12-30T10:00:00Z", "2013-12-31T23:59:59Z", "2014-01-01T00:00:00Z",
                   "2014-02-03T01:02:03Z"}));
  EXPECT_EQ(times_of({"Dec 31 23:59:59", "Jan  1 00:00:00", "Nov  5 00:00:00", "Jan  9 00:00:00"},
                     seconds_of(2020, 1, 1), year_option(2010)),
            (Times{"2010-12-31T23:59:59Z", "2011-01-01T00:00:00Z", "2011-11-05T00:00:00Z",
                   "2012-01-09T00:00:00Z"}));
}

TEST(YearTracker, SmallStepsBackStayInTheYear) {
  EXPECT_EQ(times_of({"Aug 16 06:25:20", "Aug 16 06:00:00", "Aug 14 06:25:20", "Aug 17 00:00:00"},
                     seconds_of(2013, 8, 17)),
            (Times{"2013-08-16T06:25:20Z", "2013-08-16T06:00:00Z", "2013-08-14T06:25:20Z",
                   "2013-08-17T00:00:00Z"}));
  EXPECT_EQ(times_of({"Dec 31 23:59:50", "Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02"},
                     seconds_of(2014, 1, 1)),
            (Times{"2013-12-31T23:59:50Z", "2014-01-01T00:00:01Z", "2013-12-31T23:59:59Z",
                   "2014-01-01T00:00:02Z"}))
      << "a late line of the old year";
  EXPECT_EQ(
      times_of({"Jan  1 00:00:01", "Dec 31 23:59:59"}, seconds_of(2020, 1, 1), year_option(2014)),
      (Times{"2014-01-01T00:00:01Z", "2013-12-31T23:59:59Z"}));
}

TEST(YearTracker, AClockThatWasNotSetIsNoNewYear) {
  EXPECT_EQ(times_of({"Aug 16 06:25:20", "Jan  1 00:00:20", "Aug 16 06:27:00", "Aug 17 00:00:00"},
                     seconds_of(2013, 8, 17)),
            (Times{"2013-08-16T06:25:20Z", "2014-01-01T00:00:20Z", "2013-08-16T06:27:00Z",
                   "2013-08-17T00:00:00Z"}));
}

TEST(YearTracker, LeapDays) {
  EXPECT_EQ(times_of({"Feb 29 10:00:00"}, seconds_of(2012, 3, 1)), Times{"2012-02-29T10:00:00Z"});
  EXPECT_EQ(times_of({"Feb 29 10:00:00", "Mar  2 10:00:00"}, seconds_of(2015, 3, 3)),
            (Times{"2012-02-29T10:00:00Z", "2012-03-02T10:00:00Z"}))
      << "a file copied three years later";
  EXPECT_EQ(
      times_of({"Dec 30 00:00:00", "Feb 29 10:00:00", "Mar  2 10:00:00"}, seconds_of(2013, 3, 3)),
      (Times{"2011-12-30T00:00:00Z", "2012-02-29T10:00:00Z", "2012-03-02T10:00:00Z"}));
  EXPECT_EQ(times_of({"Feb 29 10:00:00"}, seconds_of(2013, 3, 3), year_option(2013)),
            Times{"invalid_time"});
  EXPECT_EQ(times_of({"Feb 30 10:00:00"}, seconds_of(2013, 3, 3)), Times{"invalid_time"});
}

TEST(YearTracker, StampsWithAYearAnchorThoseWithout) {
  EXPECT_EQ(
      times_of({"Dec 31 23:00:00", "Jan  1 01:00:00", "2010-01-02T00:00:00Z", "Jan  3 00:00:00"},
               seconds_of(2020, 1, 1)),
      (Times{"2009-12-31T23:00:00Z", "2010-01-01T01:00:00Z", "2010-01-02T00:00:00Z",
             "2010-01-03T00:00:00Z"}));
}

TEST(YearTracker, LinesOfOtherProgramsTellTheYearToo) {
  PieceInput input("Dec 31 23:00:00 gw cron[1]: x\nJan  1 01:00:00 gw cron[1]: x\nJan  2 00:00:00" +
                       std::string(kRest),
                   {1 << 20}, seconds_of(2014, 1, 3));
  const auto log = read_log(input, year_option(2008));
  ASSERT_EQ(log.lines.size(), 3U);
  EXPECT_EQ(format_utc(log.lines[2].packet.time), "2009-01-02T00:00:00Z");
}

TEST(YearTracker, NoYearAnywhereIsOneClearError) {
  PieceInput input(std::string("Aug 16 06:25:20") + kRest, {1 << 20}, 0);
  EXPECT_NE(read_log(input).error.find("--year"), std::string::npos);
  PieceInput with_year(std::string("2013-08-16T06:25:20Z") + kRest, {1 << 20}, 0);
  EXPECT_EQ(read_log(with_year).error, "");
}

TEST(LocalClock, StampsAreInTheZoneAsked) {
  LogOptions options;
  options.zone = TimeZone::find("Asia/Tokyo").value();
  EXPECT_EQ(times_of({"Jan  1 08:59:59", "2013-01-01T09:00:00Z"}, seconds_of(2013, 1, 1), options),
            (Times{"2012-12-31T23:59:59Z", "2013-01-01T09:00:00Z"}));
}

// Europe/Berlin, 2013-10-27: 03:00 CEST (UTC+2) became 02:00 CET (UTC+1). 2013-03-31: 02:00 CET
// became 03:00 CEST.
TEST(LocalClock, TheHourThatComesTwice) {
  LogOptions options;
  options.zone = TimeZone::find("Europe/Berlin").value();
  EXPECT_EQ(times_of({"Oct 27 01:59:00", "Oct 27 02:10:00", "Oct 27 02:58:00", "Oct 27 02:01:00",
                      "Oct 27 02:59:00", "Oct 27 03:00:00"},
                     seconds_of(2013, 10, 28), options),
            (Times{"2013-10-26T23:59:00Z", "2013-10-27T00:10:00Z", "2013-10-27T00:58:00Z",
                   "2013-10-27T01:01:00Z", "2013-10-27T01:59:00Z", "2013-10-27T02:00:00Z"}));
}

TEST(LocalClock, TheHourThatIsSkipped) {
  LogOptions options;
  options.zone = TimeZone::find("Europe/Berlin").value();
  EXPECT_EQ(times_of({"Mar 31 01:59:59", "Mar 31 02:30:00", "Mar 31 03:00:00"},
                     seconds_of(2013, 4, 1), options),
            (Times{"2013-03-31T00:59:59Z", "2013-03-31T01:30:00Z", "2013-03-31T01:00:00Z"}));
}

}  // namespace
}  // namespace teiten
