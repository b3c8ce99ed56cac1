#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/ip_address.h"
#include "net/time.h"

namespace teiten {

/// A source that comes again after so long pays another visit.
inline constexpr auto kVisitPause = std::chrono::hours(1);

/// Tells visits: a visit is all that one source sends to one sensor without a pause of kVisitPause.
/// Retransmissions, the ports of one sweep and a flow record's packets are one visit, so visits
/// come nearly independent of each other, as the packets do not; silence is judged by them. Of a
/// sensor with many sources at once a few visits count twice: it remembers kRemembered sources.
class Visits {
 public:
  static constexpr std::size_t kRemembered = 64;

  /// True if the packet begins a visit. Times come in order, but for late packets.
  bool begins(std::uint16_t sensor, const IpAddress& source, UtcTime time) {
    if (sensors_.size() <= sensor) sensors_.resize(std::size_t{sensor} + 1);
    Last& last = sensors_[sensor][slot_of(source)];
    const bool again = last.source == source && time - last.time < kVisitPause;
    last.time = last.source == source ? std::max(last.time, time) : time;
    last.source = source;
    return !again;
  }

 private:
  struct Last {
    IpAddress source;  ///< unspecified: nobody yet
    UtcTime time{};
  };

  /// The same on every machine and in every version: what is counted is stored.
  static std::size_t slot_of(const IpAddress& source) {
    const std::uint64_t low = source.low() ^ source.high();
    return (low ^ low >> 8 ^ low >> 16 ^ low >> 24) % kRemembered;
  }

  std::vector<std::array<Last, kRemembered>> sensors_;
};

}  // namespace teiten
