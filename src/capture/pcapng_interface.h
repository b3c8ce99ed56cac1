#pragma once

#include <cstdint>
#include <optional>

#include "capture/frame.h"
#include "net/time.h"

namespace teiten {

/// How the clock of one pcapng interface counts. A frame's 64-bit count becomes nanoseconds since
/// 1970, rounded down; the counts of all resolutions and offsets stay exact.
class PcapngClock {
 public:
  /// Microseconds, as if_tsresol would say it.
  static constexpr std::uint8_t kDefaultResolution = 6;

  /// Microseconds since 1970, where the file says nothing else.
  PcapngClock() = default;
  /// `resolution` is if_tsresol as written (draft-ietf-opsawg-pcapng §4.2): a negative power of
  /// ten, or of two where the highest bit is set; `offset_seconds` is if_tsoffset.
  PcapngClock(std::uint8_t resolution, std::int64_t offset_seconds);
  /// A clock of which the file's description is damaged: it tells no time.
  static PcapngClock unknown();

  /// Nothing where the time lies outside what UtcTime can hold (1677 to 2262): no time is better
  /// than a wrong one.
  std::optional<UtcTime> time_of(std::uint64_t count) const;

 private:
  std::uint64_t multiplier_ = 1000;  ///< nanoseconds a unit …
  std::uint64_t divisor_ = 1;        ///< … or units a nanosecond; 0: no count reaches one
  unsigned shift_ = 0;               ///< then divided by this power of two
  std::int64_t offset_seconds_ = 0;
  bool known_ = true;
};

/// What a pcapng interface description block says.
struct PcapngInterface {
  LinkType link = LinkType::null;
  /// Where a simple packet block cuts its frames; 0 is no limit.
  std::uint32_t snap_length = 0;
  PcapngClock clock;
  /// Frames dropped so far, by the newest statistics block.
  std::uint64_t dropped = 0;
};

}  // namespace teiten
