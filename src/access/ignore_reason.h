#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace teiten {

/// Why a well-formed packet is no access and no answer. The enumerator's name is the text
/// everywhere.
enum class IgnoreReason : std::uint8_t {
  none,
  not_ip,              ///< ARP, LLDP and the like
  no_time,             ///< the capture gives no time for the frame
  own,                 ///< sent by a monitored address
  to_others,           ///< to an address that nobody monitors
  multicast,           ///< to a group (RFC 5771, RFC 4291 §2.7)
  broadcast,           ///< to 255.255.255.255
  private_source,      ///< RFC 1918, RFC 6598, RFC 4193; kept with --keep-local
  link_local_source,   ///< RFC 3927, fe80::/10; kept with --keep-local
  loopback_source,     ///< kept with --keep-local
  unspecified_source,  ///< 0/8 or ::; kept with --keep-local
  invalid_source,      ///< a group or the broadcast address cannot send
  fragment,            ///< a later fragment: no ports, so no service; its first fragment counts
  own_upload,          ///< from the collector that this sensor sends its batches to
  count,               ///< not a reason: how many there are
};

inline constexpr std::size_t kIgnoreReasonCount = static_cast<std::size_t>(IgnoreReason::count);
std::string_view to_string(IgnoreReason reason);

}  // namespace teiten
