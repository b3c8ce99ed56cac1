#include "net/special_purpose.h"

namespace teiten {
namespace {

struct V4Block {
  std::uint32_t first;
  std::uint32_t last;
  AddressUse use;
};

// RFC 6890 §2.2.2 as updated by the IANA registry; sorted, disjoint.
constexpr V4Block kV4Blocks[] = {
    {0x00000000, 0x00ffffff, AddressUse::unspecified},    // 0/8
    {0x0a000000, 0x0affffff, AddressUse::private_use},    // 10/8
    {0x64400000, 0x647fffff, AddressUse::shared},         // 100.64/10
    {0x7f000000, 0x7fffffff, AddressUse::loopback},       // 127/8
    {0xa9fe0000, 0xa9feffff, AddressUse::link_local},     // 169.254/16
    {0xac100000, 0xac1fffff, AddressUse::private_use},    // 172.16/12
    {0xc0000000, 0xc00000ff, AddressUse::reserved},       // 192.0.0/24
    {0xc0000200, 0xc00002ff, AddressUse::documentation},  // 192.0.2/24
    {0xc0a80000, 0xc0a8ffff, AddressUse::private_use},    // 192.168/16
    {0xc6120000, 0xc613ffff, AddressUse::benchmarking},   // 198.18/15
    {0xc6336400, 0xc63364ff, AddressUse::documentation},  // 198.51.100/24
    {0xcb007100, 0xcb0071ff, AddressUse::documentation},  // 203.0.113/24
    {0xe0000000, 0xefffffff, AddressUse::multicast},      // 224/4
    {0xf0000000, 0xfffffffe, AddressUse::reserved},       // 240/4
    {0xffffffff, 0xffffffff, AddressUse::broadcast},
};

AddressUse use_of_v4(std::uint32_t bits) {
  for (const V4Block& block : kV4Blocks) {
    if (bits < block.first) return AddressUse::global;
    if (bits <= block.last) return block.use;
  }
  return AddressUse::global;
}

AddressUse use_of_v6(std::uint64_t high, std::uint64_t low) {
  if (high == 0 && low == 0) return AddressUse::unspecified;
  if (high == 0 && low == 1) return AddressUse::loopback;
  if ((high >> 56) == 0xff) return AddressUse::multicast;
  if ((high >> 54) == (0xfe80 >> 6)) return AddressUse::link_local;
  if ((high >> 57) == (0xfc >> 1)) return AddressUse::private_use;
  if ((high >> 32) == 0x20010db8) return AddressUse::documentation;
  if ((high >> 44) == 0x3fff0) return AddressUse::documentation;           // RFC 9637: 3fff::/20
  if ((high >> 16) == 0x200100020000ULL) return AddressUse::benchmarking;  // 2001:2::/48
  // Only 2000::/3 is allocated for global unicast; 64:ff9b::/96 translates IPv4 (RFC 6052).
  if ((high >> 61) == 1) return AddressUse::global;
  if (high == 0x0064ff9b00000000ULL && (low >> 32) == 0) return AddressUse::global;
  return AddressUse::reserved;
}

}  // namespace

AddressUse use_of(const IpAddress& address) {
  return address.is_v4() ? use_of_v4(address.v4_bits()) : use_of_v6(address.high(), address.low());
}

std::string_view to_string(AddressUse use) {
  switch (use) {
    case AddressUse::global:
      return "global";
    case AddressUse::unspecified:
      return "unspecified";
    case AddressUse::loopback:
      return "loopback";
    case AddressUse::private_use:
      return "private_use";
    case AddressUse::shared:
      return "shared";
    case AddressUse::link_local:
      return "link_local";
    case AddressUse::documentation:
      return "documentation";
    case AddressUse::benchmarking:
      return "benchmarking";
    case AddressUse::reserved:
      return "reserved";
    case AddressUse::multicast:
      return "multicast";
    case AddressUse::broadcast:
      return "broadcast";
  }
  return "global";
}

bool is_local(AddressUse use) {
  switch (use) {
    case AddressUse::unspecified:
    case AddressUse::loopback:
    case AddressUse::private_use:
    case AddressUse::shared:
    case AddressUse::link_local:
      return true;
    default:
      return false;
  }
}

}  // namespace teiten
