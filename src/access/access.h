#pragma once

#include <cstdint>
#include <string_view>

#include "net/ip_address.h"
#include "net/region.h"
#include "net/service.h"
#include "net/time.h"

namespace teiten {

/// What an access is about (DESIGN: kind). The enumerator's name is the text everywhere.
enum class Kind : std::uint8_t {
  unknown = 0,              ///< a log without TCP flags
  scan = 1,                 ///< somebody asks: SYN, UDP, ICMP information request
  ping = 2,                 ///< ICMP echo request
  backscatter = 3,          ///< an answer to a packet that carried our address as a forged source
  amplification_probe = 4,  ///< kept for the finer rules
  reflection = 5,
  misdirected = 6,
  other = 7,  ///< TCP that is neither, other IP protocols
};
inline constexpr std::uint8_t kKindCount = 8;
std::string_view to_string(Kind kind);

/// Rows end where a quarter of an hour ends: every zone's days and hours begin at such an instant
/// (offsets have been multiples of 15 minutes since 1972), so packets and sources fall on the right
/// side of midnight in each of them.
inline constexpr auto kRowQuarter = std::chrono::minutes(15);

/// One contact attempt: the packets of one 5-tuple whose gaps stay within the timeout. This is a
/// stored row; an attempt that goes on past the end of a quarter of an hour continues in another.
struct Access {
  UtcTime first{};  ///< time of the first packet
  UtcTime last{};   ///< time of the last packet
  IpAddress source;
  Service service;                     ///< for backscatter the other side's: its source port
  Region region;                       ///< set by enrich
  std::uint16_t source_port = 0;       ///< ICMP echo: the identifier
  std::uint16_t destination_port = 0;  ///< ICMP: type × 256 + code
  std::uint16_t sensor = 0;            ///< index into the import's sensors
  Kind kind = Kind::unknown;
  bool continues =
      false;  ///< the row continues an attempt that began in an earlier one: it is no new access
  bool has_region_label = false;  ///< region was given by the input; enrich leaves it
  std::uint32_t target = 0;       ///< index of the monitored address within its sensor
  std::uint32_t packets = 0;
};

}  // namespace teiten
