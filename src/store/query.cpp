#include "store/query.h"

#include <array>

#include <fmt/format.h>

namespace teiten {
namespace {

/// Names in the order of the enumerators: the words of the command line, the database and JSON.
constexpr std::array<std::string_view, 5> kBuckets = {"none", "hour", "day", "week", "month"};
constexpr std::array<std::string_view, 9> kDimensions = {
    "service", "region", "sensor", "kind", "protocol", "target", "tool", "scanner", "payload"};
constexpr std::array<std::string_view, 5> kMeasures = {"packets", "accesses", "sources",
                                                       "source_days", "sensors"};

template <typename Enum, std::size_t N>
std::optional<Enum> parse_name(const std::array<std::string_view, N>& names,
                               std::string_view text) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == text) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Bucket bucket) {
  return kBuckets.at(static_cast<std::size_t>(bucket));
}

std::string_view to_string(Dimension dimension) {
  return kDimensions.at(static_cast<std::size_t>(dimension));
}

std::string_view to_string(Measure measure) {
  return kMeasures.at(static_cast<std::size_t>(measure));
}

std::optional<Bucket> parse_bucket(std::string_view text) {
  return parse_name<Bucket>(kBuckets, text);
}

std::optional<Dimension> parse_dimension(std::string_view text) {
  return parse_name<Dimension>(kDimensions, text);
}

std::optional<Measure> parse_measure(std::string_view text) {
  return parse_name<Measure>(kMeasures, text);
}

std::string format_bucket(Bucket bucket, UtcTime start, const TimeZone& zone) {
  const Day day = zone.day_of(start);
  switch (bucket) {
    case Bucket::none:
      return "";
    case Bucket::hour: {
      // "2007-07-16T03:00:00+09:00": the seconds (and a fraction, if any) are left out.
      const std::string text = zone.format(start);
      constexpr std::size_t kToMinutes = 16;
      constexpr std::size_t kToSeconds = 19;
      return text.substr(0, kToMinutes) + text.substr(text.find_first_of("Z+-", kToSeconds));
    }
    case Bucket::day:
    case Bucket::week:
      return format_day(day);
    case Bucket::month:
      return fmt::format("{:04}-{:02}", static_cast<int>(day.year()),
                         static_cast<unsigned>(day.month()));
  }
  return "";
}

}  // namespace teiten
