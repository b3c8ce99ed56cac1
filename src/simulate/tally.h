#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "net/service.h"
#include "net/time.h"
#include "simulate/plan.h"
#include "simulate/scenario.h"
#include "simulate/sim_packet.h"

namespace teiten {

/// TruthCounts of one cell, as DESIGN's words mean them. Packets and source_days belong to the
/// local day of the packet; the by_start pair to that of the first packet of its access, which is
/// how a store of accesses counts them. The two differ only for accesses across a midnight.
struct TruthCounts {
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::uint64_t source_days = 0;
  std::uint64_t packets_by_start = 0;
  std::uint64_t source_days_by_start = 0;

  TruthCounts& operator+=(const TruthCounts& other);
};

/// What was written, counted as it is written.
class Tally {
 public:
  struct Month {
    int days = 0;
    TruthCounts total;
    TruthCounts backscatter;
    std::uint64_t sources = 0;  ///< distinct addresses
    std::map<Service, TruthCounts>
        services;                       ///< without backscatter, whose service is the victim's
    std::vector<TruthCounts> regions;   ///< by region index
    std::vector<TruthCounts> sensors;   ///< by sensor index
    std::vector<TruthCounts> families;  ///< by family index
  };

  Tally(const Scenario& scenario, const Plan& plan, std::size_t regions);

  /// The packets of one local day, all of them, in order of days.
  void add_day(int day, const std::vector<SimPacket>& packets);
  /// After the last day.
  void finish();

  const std::map<std::chrono::year_month, Month>& months() const { return months_; }
  const std::vector<TruthCounts>& days() const { return days_; }

 private:
  /// One source at one sensor's service: what a day counts once.
  struct Visitor {
    std::uint32_t source = 0;
    std::uint32_t service = 0;
    std::uint8_t sensor = 0;
    bool backscatter = false;
    std::uint8_t region = 0;
    std::uint8_t family = 0;
    friend auto operator<=>(const Visitor&, const Visitor&) = default;
  };

  Month& month_of(int day);
  void add_packet(int day, const SimPacket& packet);
  void add_visitors(int day, std::vector<Visitor>& visitors, std::uint64_t TruthCounts::*measure);
  void count_sources();

  const Scenario& scenario_;
  const Plan& plan_;
  std::size_t region_count_;
  std::map<std::chrono::year_month, Month> months_;
  std::vector<TruthCounts> days_;
  std::chrono::year_month current_{};
  std::vector<std::uint32_t> month_sources_;
  std::vector<Visitor> visitors_;
  std::vector<Visitor> starters_;
};

}  // namespace teiten
