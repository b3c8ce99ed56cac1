#pragma once

#include <cstdint>

#include "net/time.h"

namespace teiten {

/// Local days as numbers that differ by one from day to day: days since 1970-01-01.
inline Day day_from_number(std::int64_t number) {
  using namespace std::chrono;
  return Day{sys_days{days{static_cast<days::rep>(number)}}};
}
inline std::int64_t number_of_day(Day day) {
  return std::chrono::sys_days{day}.time_since_epoch().count();
}
inline std::chrono::year_month month_of_day(std::int64_t number) {
  const Day day = day_from_number(number);
  return day.year() / day.month();
}

}  // namespace teiten
