#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/time.h"

namespace teiten {

/// Link-layer type of a frame: the LINKTYPE_ number of capture files (tcpdump.org's list).
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  ppp = 9,
  raw_dlt_bsd = 12,
  raw_dlt_openbsd = 14,
  ppp_hdlc = 50,
  ppp_ether = 51,
  raw = 101,
  c_hdlc = 104,
  loop = 108,
  linux_sll = 113,
  ipv4 = 228,
  ipv6 = 229,
  nflog = 239,
  linux_sll2 = 276,
};

/// One captured frame: a view, valid until the reader's next call.
struct Frame {
  UtcTime time{};
  /// Any LINKTYPE_ number, also one without an enumerator.
  LinkType link = LinkType::ethernet;
  /// False where the file gives no time for this frame (a pcapng simple packet block).
  bool has_time = true;
  /// The captured bytes; at most kMaxFrameBytes.
  std::span<const std::byte> data;
  /// Bytes on the wire, ≥ data.size() in a sane file.
  std::uint32_t original_length = 0;
};

/// No link carries more; a length beyond it means a damaged file (Wireshark uses 262,144 too).
inline constexpr std::uint32_t kMaxFrameBytes = 262'144;

}  // namespace teiten
