#pragma once

#include <cstdint>
#include <string_view>

#include "access/tool.h"
#include "decode/packet.h"
#include "net/ip_address.h"
#include "net/region.h"
#include "net/service.h"
#include "net/time.h"

namespace teiten {

/// What an access is about (docs/kinds.md). The enumerator's name is the text everywhere, its
/// number is stored: new ones come at the end.
enum class Kind : std::uint8_t {
  unknown = 0,              ///< a log without TCP flags
  scan = 1,                 ///< somebody asks: SYN, UDP, ICMP information request
  ping = 2,                 ///< ICMP echo request
  backscatter = 3,          ///< an answer to a packet that carried our address as a forged source
  amplification_probe = 4,  ///< looks for a server that can be made to answer at length
  reflection = 5,           ///< such a server's answer to a request with our forged address
  misdirected = 6,          ///< part of a TCP connection that nobody here opened
  other = 7,                ///< other IP protocols, other ICMP
  stealth_scan = 8,         ///< TCP flags that no connection begins with: FIN, NULL, XMAS, SYN+FIN
  ack_scan = 9,             ///< a bare ACK: asks what a firewall lets through
  p2p = 10,  ///< a peer-to-peer network's packet, meant for who had the address before
};
inline constexpr std::uint8_t kKindCount = 11;
std::string_view to_string(Kind kind);
/// The service is the other side's, its source port: it answers, it does not ask.
constexpr bool is_others_side(Kind kind) {
  return kind == Kind::backscatter || kind == Kind::reflection;
}

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
  std::uint32_t payload_digest = 0;           ///< of the first packet with a payload
  PayloadClass payload = PayloadClass::none;  ///< of the same packet
  ToolGuess tool;  ///< by its SYN, and by what was known of its source when the row was closed
  /// Known scanner that the source belonged to: 1 + index into Batch::scanners, 0 for none; set by
  /// enrich.
  std::uint16_t scanner = 0;
};

}  // namespace teiten
