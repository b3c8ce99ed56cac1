#include "simulate/tally.h"

#include <algorithm>
#include <tuple>

namespace teiten {

TruthCounts& TruthCounts::operator+=(const TruthCounts& other) {
  packets += other.packets;
  accesses += other.accesses;
  source_days += other.source_days;
  packets_by_start += other.packets_by_start;
  source_days_by_start += other.source_days_by_start;
  return *this;
}

Tally::Tally(const Scenario& scenario, const Plan& plan, std::size_t regions)
    : scenario_(scenario), plan_(plan), region_count_(regions) {
  days_.resize(static_cast<std::size_t>(plan.day_count()));
  for (int day = 0; day < plan.day_count(); ++day)
    ++month_of(day).days;
}

Tally::Month& Tally::month_of(int day) {
  const Day date = plan_.day(day);
  Month& month = months_[date.year() / date.month()];
  if (month.regions.empty()) {
    month.regions.resize(region_count_);
    month.sensors.resize(scenario_.sensors.size());
    month.families.resize(scenario_.families.size());
  }
  return month;
}

void Tally::add_packet(int day, const SimPacket& packet) {
  const auto add = [&](int on, const TruthCounts& counts) {
    Month& month = month_of(on);
    days_[static_cast<std::size_t>(on)] += counts;
    month.total += counts;
    if (is_backscatter(packet.shape)) {
      month.backscatter += counts;
    } else {
      month.services[service_of(packet)] += counts;
    }
    month.regions[packet.region] += counts;
    month.sensors[packet.sensor] += counts;
    month.families[packet.family] += counts;
  };
  TruthCounts counts{.packets = 1, .accesses = packet.starts_access ? 1U : 0U};
  if (packet.days_after_start == 0) {
    counts.packets_by_start = 1;
  } else {
    add(day - packet.days_after_start, TruthCounts{.packets_by_start = 1});
  }
  add(day, counts);
}

void Tally::add_visitors(int day, std::vector<Visitor>& visitors,
                         std::uint64_t TruthCounts::*measure) {
  std::sort(visitors.begin(), visitors.end());
  // Two families may share a source and a service: it still counts once, for the first of them.
  const auto same = [](const Visitor& a, const Visitor& b) {
    return std::tie(a.source, a.service, a.sensor) == std::tie(b.source, b.service, b.sensor);
  };
  visitors.erase(std::unique(visitors.begin(), visitors.end(), same), visitors.end());
  Month& month = month_of(day);
  for (const Visitor& visitor : visitors) {
    TruthCounts one;
    one.*measure = 1;
    days_[static_cast<std::size_t>(day)] += one;
    month.total += one;
    if (visitor.backscatter) {
      month.backscatter += one;
    } else {
      month.services[Service::from_code(visitor.service)] += one;
    }
    month.regions[visitor.region] += one;
    month.sensors[visitor.sensor] += one;
    month.families[visitor.family] += one;
  }
}

void Tally::add_day(int day, const std::vector<SimPacket>& packets) {
  const Day date = plan_.day(day);
  if (const auto month = date.year() / date.month(); month != current_) {
    count_sources();
    current_ = month;
  }
  visitors_.clear();
  starters_.clear();
  for (const SimPacket& packet : packets) {
    add_packet(day, packet);
    const Visitor visitor{packet.source, service_of(packet).code(),
                          packet.sensor, is_backscatter(packet.shape),
                          packet.region, packet.family};
    visitors_.push_back(visitor);
    if (packet.starts_access) starters_.push_back(visitor);
  }
  add_visitors(day, visitors_, &TruthCounts::source_days);
  add_visitors(day, starters_, &TruthCounts::source_days_by_start);
  for (const Visitor& visitor : visitors_)
    month_sources_.push_back(visitor.source);
}

void Tally::count_sources() {
  std::sort(month_sources_.begin(), month_sources_.end());
  const auto end = std::unique(month_sources_.begin(), month_sources_.end());
  if (!month_sources_.empty())
    months_[current_].sources = static_cast<std::uint64_t>(end - month_sources_.begin());
  month_sources_.clear();
}

void Tally::finish() {
  count_sources();
}

}  // namespace teiten
