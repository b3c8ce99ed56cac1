#include "capture/pcapng_interface.h"

#include <chrono>
#include <limits>

namespace teiten {
namespace {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr unsigned kNanosecondExponent = 9;
/// 10^19 is the largest power of ten in 64 bits.
constexpr unsigned kMaxExponent64 = 19;
constexpr std::uint8_t kPowerOfTwo = 0x80;

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0)
    power *= 10;
  return power;
}

}  // namespace

PcapngClock::PcapngClock(std::uint8_t resolution, std::int64_t offset_seconds)
    : offset_seconds_(offset_seconds) {
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & kPowerOfTwo) != 0) {
    multiplier_ = kNanosecondsPerSecond;
    shift_ = exponent;
  } else if (exponent <= kNanosecondExponent) {
    multiplier_ = power_of_ten(kNanosecondExponent - exponent);
  } else {
    multiplier_ = 1;
    const unsigned excess = exponent - kNanosecondExponent;
    divisor_ = excess <= kMaxExponent64 ? power_of_ten(excess) : 0;
  }
}

PcapngClock PcapngClock::unknown() {
  PcapngClock clock;
  clock.known_ = false;
  return clock;
}

std::optional<UtcTime> PcapngClock::time_of(std::uint64_t count) const {
  if (!known_) return std::nullopt;
  std::uint64_t units = count;
  if (divisor_ != 1) units = divisor_ == 0 ? 0 : count / divisor_;
  // 2^64 · 10^9 and 2^63 · 10^9 both stay far below 2^127.
  const Uint128 since_offset = (Uint128{units} * multiplier_) >> shift_;
  const Int128 nanoseconds =
      static_cast<Int128>(since_offset) + Int128{offset_seconds_} * kNanosecondsPerSecond;
  if (nanoseconds < std::numeric_limits<std::int64_t>::min() ||
      nanoseconds > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return UtcTime(std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds)));
}

}  // namespace teiten
