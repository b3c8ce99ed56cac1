#include "analyze/disclosure.h"

#include <algorithm>
#include <cmath>

namespace teiten {
namespace {

bool dominated(std::uint64_t largest, std::uint64_t all) {
  return largest * 100 > all * kLargestSourcePercent;
}

/// 10 for 1,000 to 9,999: the unit of the third digit.
std::uint64_t third_digit(std::uint64_t count) {
  std::uint64_t unit = 1;
  while (count / unit >= 1000)
    unit *= 10;
  return unit;
}

std::uint64_t step_of(std::uint64_t count) {
  return count < 100 ? 5 : third_digit(count);
}

AdditiveCounts larger(const AdditiveCounts& a, const AdditiveCounts& b) {
  return {std::max(a.packets, b.packets), std::max(a.accesses, b.accesses),
          std::max(a.source_days, b.source_days)};
}

bool is_empty(const CellTally& cell) {
  return cell.sources == 0;
}

}  // namespace

AdditiveCounts& AdditiveCounts::operator+=(const AdditiveCounts& other) {
  packets += other.packets;
  accesses += other.accesses;
  source_days += other.source_days;
  return *this;
}

void CellTally::add_source(const AdditiveCounts& one) {
  if (!one.any()) return;
  ++sources;
  counts += one;
  largest = larger(largest, one);
}

void PartTally::add_sensor(std::uint16_t sensor) {
  const auto end = seen_.begin() + static_cast<std::ptrdiff_t>(sensors);
  if (end == seen_.end() || std::find(seen_.begin(), end, sensor) != end) return;
  *end = sensor;
  ++sensors;
}

bool may_be_published(const CellTally& cell) {
  return cell.sources >= kLeastCellSources &&
         !dominated(cell.largest.packets, cell.counts.packets) &&
         !dominated(cell.largest.accesses, cell.counts.accesses) &&
         !dominated(cell.largest.source_days, cell.counts.source_days);
}

bool may_be_named(const PartTally& part) {
  return part.cell.sources >= kLeastPartSources && part.sensors >= kLeastPartSensors &&
         may_be_published(part.cell);
}

std::size_t nameable_parts(std::span<const CellTally> rest) {
  for (std::size_t n = rest.size(); n > 0; --n) {
    if (is_empty(rest[n - 1]) || may_be_published(rest[n - 1])) return n - 1;
  }
  return 0;
}

std::size_t nameable_parts(std::span<const std::vector<CellTally>> rest) {
  if (rest.empty()) return 0;
  for (std::size_t n = rest.front().size(); n > 0; --n) {
    const auto of = [n](const std::vector<CellTally>& cell) { return cell.at(n - 1); };
    const bool none =
        std::all_of(rest.begin(), rest.end(), [&](const auto& cell) { return is_empty(of(cell)); });
    const bool all = std::all_of(rest.begin(), rest.end(),
                                 [&](const auto& cell) { return may_be_published(of(cell)); });
    if (none || all) return n - 1;
  }
  return 0;
}

std::uint64_t published_count(std::uint64_t count) {
  const std::uint64_t step = step_of(count);
  return (count + step / 2) / step * step;
}

double published_mean(double mean) {
  if (mean < 100) return std::floor(mean + 0.5);
  const double unit = std::pow(10, std::floor(std::log10(mean)) - 2);
  return std::floor(mean / unit + 0.5) * unit;
}

std::uint64_t published_limit(std::uint64_t count) {
  const std::uint64_t step = step_of(count);
  return (count + step - 1) / step * step;
}

}  // namespace teiten
