#include "report/facts.h"

#include <gtest/gtest.h>

#include "report/compose.h"

namespace teiten {
namespace {

/// One month of five sensors that watched ten days each and counted these packets.
ReportData month_of(std::initializer_list<std::uint64_t> packets) {
  ReportData data;
  MonthNumbers month;
  month.month = std::chrono::year{2007} / 7;
  for (const std::uint64_t count : packets) {
    SensorMonth sensor;
    sensor.nominal_days = sensor.observed_days = 10;
    sensor.counts = {count, count, count, count};
    month.counts += sensor.counts;
    month.exposure.sensors += 1;
    month.exposure.nominal_sensor_days += 10;
    month.exposure.observed_sensor_days += 10;
    month.sensors.push_back(sensor);
  }
  data.numbers.months.push_back(month);
  return data;
}

TEST(Facts, NoIntervalWhereSensorsCountAlike) {
  EXPECT_FALSE(has_interval(month_of({7, 7, 7, 7, 7})));
  EXPECT_TRUE(has_interval(month_of({7, 9, 4, 7, 11})));
  EXPECT_FALSE(has_interval(month_of({7, 9, 4, 7})));
}

TEST(Facts, OneIsSingular) {
  const ReportData data = month_of({10, 10, 10, 10, 10});
  const auto headline = compose_headline(data, ReportText::in(Language::en));
  // 50 accesses in all; one a sensor and day, one a source-day.
  ASSERT_EQ(headline.size(), 5U);
  EXPECT_EQ(headline[0].unit, "accesses");
  EXPECT_EQ(headline[2].unit, "access");
  EXPECT_EQ(headline[3].unit, "source-day");
  EXPECT_EQ(headline[4].unit, "access");
}

TEST(Facts, AMonthThatNobodyWatchedHasNoTotal) {
  ReportData data = month_of({10});
  data.numbers.months.back() = MonthNumbers();
  const auto headline = compose_headline(data, ReportText::in(Language::en));
  ASSERT_EQ(headline.size(), 5U);
  EXPECT_FALSE(headline[0].value);
}

}  // namespace
}  // namespace teiten
