#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulate/plan.h"
#include "simulate/random.h"
#include "simulate/region_pool.h"
#include "simulate/scenario.h"
#include "simulate/sim_packet.h"

namespace teiten {

/// Turns the plan into packets, one local day after the other: sources visit sensors, a visit tries
/// services, each try is a contact of one or more packets.
class Traffic {
 public:
  /// All three must outlive it. `regions` are the pools' regions, in their order.
  Traffic(const Scenario& scenario, const Plan& plan, const std::vector<RegionPool>& pools,
          std::uint64_t seed);

  /// Appends the packets of the visits that begin on `day`, in the order in which they were thought
  /// of, not of time; some of them may fall on the days after. Days are asked for in order, each
  /// once.
  void generate(int day, std::vector<SimPacket>& packets);

 private:
  struct Source {
    std::uint32_t address = 0;
    std::uint8_t region = 0;
  };
  /// The latest sources of a family at a sensor.
  struct Recent {
    std::vector<Source> ring;
    std::size_t next = 0;
  };
  struct Visit {
    std::uint8_t sensor = 0;
    std::uint8_t family = 0;
    Source source;
    std::uint16_t port = 0;  ///< the source's next ephemeral port
    std::uint16_t ip_id = 0;
    Shape answer = Shape::syn_ack;  ///< of backscatter
    std::vector<SimPacket>* packets = nullptr;
  };

  void generate_cell(int day, std::size_t sensor, std::size_t family,
                     std::vector<SimPacket>& packets);
  Source pick_source(Random& random, std::size_t sensor, std::size_t family, bool fresh);
  void choose_services(Random& random, int day, std::size_t family);
  std::int64_t time_of_day(Random& random, const TrafficFamily& family, std::uint8_t region) const;
  void contact(Random& random, Visit& visit, Service service, std::int64_t time);

  const Scenario& scenario_;
  const Plan& plan_;
  const std::vector<RegionPool>& pools_;
  std::uint64_t seed_;
  std::vector<std::vector<double>> region_limits_;         ///< family → running sum of shares
  std::vector<std::vector<std::uint8_t>> region_indices_;  ///< family → index into pools_
  std::vector<int> hours_east_;                            ///< by pool
  std::vector<Recent> recent_;                             ///< family × sensor
  std::vector<Service> chosen_;                            ///< services of the current visit
};

}  // namespace teiten
