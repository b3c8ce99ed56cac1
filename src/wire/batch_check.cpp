#include "wire/batch_check.h"

#include <algorithm>
#include <ratio>

#include <fmt/format.h>

#include "access/sensors.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

using Quarter = std::chrono::duration<std::int64_t, std::ratio<900>>;
static_assert(Quarter(1) == kRowQuarter);

Error malformed(std::string message) {
  return failure(ErrorCode::malformed, std::move(message));
}

bool is_count_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxCountNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

/// None is so large that the sums below, of a few thousand, could leave 64 bits.
Result<void> check_counts(const Batch& batch) {
  for (const std::uint64_t count : {batch.frames, batch.records, batch.packets_unsolicited,
                                    batch.solicited, batch.dropped, batch.visits.value_or(0)}) {
    if (count > kMaxBatchCount) return malformed(fmt::format("counts {}: too much", count));
  }
  for (const NamedCounts* counts :
       {&batch.ignored, &batch.anomalies, &batch.rejected, &batch.limits}) {
    if (counts->size() > kMaxCountNames) {
      return failure(ErrorCode::limit_reached,
                     fmt::format("names {} counts, more than {}", counts->size(), kMaxCountNames));
    }
    for (const auto& [name, count] : *counts) {
      if (!is_count_name(name)) {
        return malformed(fmt::format("a count's name is not 1 to {} of a-z, 0-9, '_' and '-'",
                                     kMaxCountNameBytes));
      }
      if (count > kMaxBatchCount) return malformed(fmt::format("counts {}: too much", count));
    }
  }
  return {};
}

Result<void> check_times(const Batch& batch) {
  const auto sane = [](const TimeRange& range) {
    return range.from <= range.to && range.from >= kFirstBatchTime && range.to < kLastBatchTime;
  };
  if (!sane(batch.range)) {
    return malformed(fmt::format("its range is no stretch of time between {} and {}",
                                 format_day(kFirstBatchTime), format_day(kLastBatchTime)));
  }
  if (batch.activity.size() > kMaxBatchActivity) {
    return failure(ErrorCode::limit_reached, fmt::format("{} stretches of activity, more than {}",
                                                         batch.activity.size(), kMaxBatchActivity));
  }
  for (const TimeRange& range : batch.activity) {
    if (!sane(range) || range.from < batch.range.from - kMaxOutsideRange ||
        range.to > batch.range.to + kMaxOutsideRange) {
      // Not formatted: the ends of the clock's range have no calendar.
      return malformed(
          fmt::format("activity from {} to {} µs since 1970 is no stretch of time near its range",
                      to_microseconds(range.from), to_microseconds(range.to)));
    }
  }
  return {};
}

bool is_service(Service service) {
  switch (service.protocol()) {
    case protocol::kTcp:
    case protocol::kUdp:
      return true;
    case protocol::kIcmp:
    case protocol::kIcmpV6:
      return service.number() <= 0xff || service.number() == Service::kUnknownType;
    default:
      return service.number() == 0;
  }
}

bool is_region(Region region) {
  const auto letter = [](unsigned c) { return c >= 'A' && c <= 'Z'; };
  return letter(region.code() >> 8U) && letter(region.code() & 0xffU);
}

/// What is wrong with an access; null if nothing is. The caller sees to the times.
const char* fault_of(const Access& access, std::size_t scanners) {
  if (access.packets == 0) return "has no packets";
  if (!is_service(access.service)) return "has a service that is none";
  if (!is_region(access.region)) return "has a region that is not two letters";
  if (access.tool == ToolGuess{Tool::none, true}) return "is sure of no tool";
  if (access.scanner > scanners) return "names a scanner that the batch does not";
  return nullptr;
}

bool is_known(const Access& access) {
  return static_cast<std::uint8_t>(access.kind) < kKindCount &&
         static_cast<std::uint8_t>(access.payload) < kPayloadClassCount &&
         static_cast<std::uint8_t>(access.tool.tool) < kToolCount;
}

Result<void> check_accesses(const Batch& batch) {
  if (batch.accesses.size() > kMaxBatchAccesses) {
    return failure(ErrorCode::limit_reached, fmt::format("{} accesses, more than {}",
                                                         batch.accesses.size(), kMaxBatchAccesses));
  }
  const UtcTime from = std::max<UtcTime>(batch.range.from - kMaxOutsideRange, kFirstBatchTime);
  const UtcTime to = std::min<UtcTime>(batch.range.to + kMaxOutsideRange, kLastBatchTime);
  for (std::size_t i = 0; i < batch.accesses.size(); ++i) {
    const Access& access = batch.accesses[i];
    if (access.first > access.last || access.first < from || access.last > to) {
      return malformed(
          fmt::format("access {} lies from {} to {} µs since 1970, outside its batch's range", i,
                      to_microseconds(access.first), to_microseconds(access.last)));
    }
    if (std::chrono::floor<Quarter>(access.first) != std::chrono::floor<Quarter>(access.last))
      return malformed(fmt::format("access {} goes on past a quarter of an hour", i));
    if (!is_known(access)) {
      return failure(ErrorCode::unsupported,
                     fmt::format("access {} is of a kind, tool or payload that only a newer teiten "
                                 "knows: upgrade this one",
                                 i));
    }
    if (const char* fault = fault_of(access, batch.scanners.size()); fault != nullptr)
      return malformed(fmt::format("access {} {}", i, fault));
  }
  return {};
}

Result<void> check_conservation(const Batch& batch) {
  std::uint64_t packets = 0;
  for (const Access& access : batch.accesses)
    packets += access.packets;
  if (packets != batch.packets_unsolicited) {
    return malformed(fmt::format("conservation: the accesses have {} packets, the batch says {}",
                                 packets, batch.packets_unsolicited));
  }
  const std::uint64_t frames = packets + batch.solicited + total_of(batch.ignored) +
                               total_of(batch.anomalies) + total_of(batch.rejected);
  if (frames != batch.frames) {
    return malformed(fmt::format("conservation: what is counted is {} frames, the batch says {}",
                                 frames, batch.frames));
  }
  return {};
}

}  // namespace

Result<void> check_batch_content(const Batch& batch) {
  if (auto named = check_sensor_name(batch.sensor); !named.ok())
    return malformed(named.error().message);
  TEITEN_CHECK(check_counts(batch));
  TEITEN_CHECK(check_times(batch));
  if (batch.scanners.size() > kMaxBatchScanners)
    return failure(ErrorCode::limit_reached,
                   fmt::format("more than {} scanners", kMaxBatchScanners));
  TEITEN_CHECK(check_accesses(batch));
  return check_conservation(batch);
}

}  // namespace teiten
