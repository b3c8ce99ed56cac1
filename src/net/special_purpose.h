#pragma once

#include <string_view>

#include "net/ip_address.h"

namespace teiten {

/// What an address is for. RFC 6890 and its updates (RFC 6598 shared space, RFC 3849 and 5737
/// documentation, RFC 4193 unique local).
enum class AddressUse {
  global,         ///< ordinary unicast
  unspecified,    ///< 0.0.0.0/8, ::
  loopback,       ///< 127/8, ::1
  private_use,    ///< 10/8, 172.16/12, 192.168/16, fc00::/7
  shared,         ///< 100.64/10
  link_local,     ///< 169.254/16, fe80::/10
  documentation,  ///< 192.0.2/24, 198.51.100/24, 203.0.113/24, 2001:db8::/32
  benchmarking,   ///< 198.18/15, 2001:2::/48
  reserved,       ///< 192.0.0/24, 240/4, and the IPv6 blocks outside 2000::/3
  multicast,      ///< 224/4, ff00::/8
  broadcast,      ///< 255.255.255.255
};

AddressUse use_of(const IpAddress& address);
/// snake_case name of the enumerator.
std::string_view to_string(AddressUse use);

/// Private or link-local by the meaning of `--keep-local`: a source on the sensor's own side of the
/// Internet (private_use, shared, link_local, loopback, unspecified).
bool is_local(AddressUse use);
/// True where a geolocation database must not be asked: everything but global.
inline bool is_special(AddressUse use) {
  return use != AddressUse::global;
}

}  // namespace teiten
