#pragma once

#include <cstdint>
#include <vector>

#include "analyze/service_days.h"
#include "analyze/source_period.h"
#include "analyze/surge.h"

namespace teiten {

/// A rise of packets by one address, as far as days tell it.
struct OneSourceCandidate {
  OneSourceRise rise;  ///< service, days and what was before
  IpAddress address;
};

/// Days in [begin, end) on which one address sent more than half of a service's packets and at
/// least 100, and the service had at least twice its mean and more than on any day of a baseline
/// of at least 14 days; days of one address with pauses of two days at most are one.
std::vector<OneSourceCandidate> find_one_source_rises(const ServiceDays& days, std::int64_t begin,
                                                      std::int64_t end);

/// The candidate with what its whole period counted; the period must follow its address.
OneSourceRise complete(const OneSourceCandidate& candidate, const SourcePeriod& period);

/// True if the rise is one over its whole period, and at least 1 % of the month's packets: smaller
/// ones change no figure.
bool is_worth_telling(const OneSourceRise& rise, std::uint64_t month_packets);

}  // namespace teiten
