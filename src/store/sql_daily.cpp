#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/retention.h"
#include "store/sql.h"

namespace teiten {
namespace {

/// As in sql.cpp: whole weeks that keep dividends from being negative.
constexpr std::int64_t kBiasDays = 146'097;

/// The bits of a dimension in a daily count; 0 if no count tells it.
unsigned level_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::sensor:
      return daily_level::kSensor;
    case Dimension::service:
    case Dimension::protocol:
      return daily_level::kService;
    case Dimension::region:
      return daily_level::kRegion;
    case Dimension::kind:
      return daily_level::kKind;
    case Dimension::target:
    case Dimension::tool:
    case Dimension::scanner:
    case Dimension::payload:
      break;
  }
  return 0;
}

}  // namespace

std::optional<unsigned> SqlBuilder::level(std::string_view& untold) const {
  std::vector<Dimension> involved = query_.by;
  for (const CodedFilter& filter : query_.where)
    involved.push_back(filter.dimension);
  unsigned level = 0;
  for (const Dimension dimension : involved) {
    if (level_of(dimension) == 0) {
      untold = to_string(dimension);
      return std::nullopt;
    }
    level |= level_of(dimension);
  }
  return level;
}

std::string SqlBuilder::daily_bucket() const {
  std::string day = dialect_.int64("day");
  switch (query_.bucket) {
    case Bucket::day:
      return day;
    case Bucket::week:
      return fmt::format(
          "({} - {})", dialect_.divide(fmt::format("({} + {})", day, kBiasDays + kEpochWeekday), 7),
          kBiasDays / 7);
    case Bucket::month:
      return dialect_.month_number(fmt::format("({} * {})", day, kDayMicroseconds));
    case Bucket::none:
    case Bucket::hour:
      break;
  }
  return "0";
}

std::string SqlBuilder::daily_columns() const {
  std::string columns = dialect_.int64(daily_bucket()) + " AS b";
  for (std::size_t i = 0; i < query_.by.size(); ++i)
    columns += fmt::format(", {} AS k{}", dialect_.uint32(key(query_.by[i])), i);
  return columns;
}

std::string SqlBuilder::daily_where(std::int64_t first, std::int64_t end) const {
  std::string text = fmt::format(" WHERE day >= {} AND day < {}", first, end);
  for (const CodedFilter& filter : query_.where)
    text += " AND " + condition(filter);
  return text;
}

std::string SqlBuilder::daily_level_cells(unsigned level, std::int64_t first,
                                          std::int64_t end) const {
  constexpr std::array<std::pair<unsigned, const char*>, 4> kColumns = {
      {{daily_level::kSensor, "sensor"},
       {daily_level::kService, "service"},
       {daily_level::kRegion, "region"},
       {daily_level::kKind, "kind"}}};
  std::string columns = "day AS t_day";
  std::string names = "t_day";
  for (const auto& [bit, name] : kColumns) {
    if ((level & bit) == 0) continue;
    columns += fmt::format(", {0} AS t_{0}", name);
    names += fmt::format(", t_{}", name);
  }
  const std::string where = daily_where(first, end);
  const std::string rows = fmt::format(
      "SELECT day, sensor, service, region, kind, packets AS p, accesses AS a, {} AS s FROM "
      "daily{} UNION ALL SELECT day, sensor, service, region, kind, 0 AS p, 0 AS a, -{} AS s FROM "
      "daily_overlap{} AND level = {}",
      dialect_.int64("sources"), where, dialect_.int64("overlap"), where, level);
  return fmt::format("SELECT {0}, {1}, {2} AS p, {3} AS a, {4} AS s FROM ({5}) r GROUP BY {6}, {7}",
                     daily_columns(), columns, dialect_.sum("p"), dialect_.sum("a"),
                     dialect_.sum("s"), rows, cell_names(), names);
}

std::string SqlBuilder::daily_cells(unsigned level, std::int64_t first, std::int64_t end) const {
  return fmt::format("SELECT {0}, {1} AS p, {2} AS a, {3} AS s, {4} AS n FROM ({5}) g GROUP BY {0}",
                     cell_names(), dialect_.uint64(dialect_.sum("p")),
                     dialect_.uint64(dialect_.sum("a")), dialect_.uint64(dialect_.sum("s")),
                     dialect_.uint64("count(*)"), daily_level_cells(level, first, end));
}

std::string SqlBuilder::daily_source_days(unsigned level, std::int64_t first,
                                          std::int64_t end) const {
  return fmt::format(
      "SELECT {0}, {1} AS sd, {2} AS n FROM (SELECT {0}, {3} AS s, count(*) AS c FROM ({4}) g "
      "GROUP BY {0}, t_day, t_sensor, t_service) h GROUP BY {0}",
      cell_names(), dialect_.uint64(dialect_.sum("s")), dialect_.uint64("max(c)"),
      dialect_.sum("s"), daily_level_cells(level, first, end));
}

std::string SqlBuilder::daily_sensors(std::int64_t first, std::int64_t end) const {
  const std::string names = cell_names();
  return fmt::format(
      "SELECT {0}, {1} AS n FROM (SELECT {2}, sensor AS t_sensor FROM daily{3} GROUP BY {0}, "
      "t_sensor) g GROUP BY {0}",
      names, dialect_.uint64("count(*)"), daily_columns(), daily_where(first, end));
}

}  // namespace teiten
