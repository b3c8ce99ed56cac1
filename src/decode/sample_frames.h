#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "decode/test_frames.h"

namespace teiten::test {

struct SampleFrame {
  LinkType link;
  std::vector<std::byte> bytes;
};

/// One frame for every path through the decoder.
inline std::vector<SampleFrame> sample_frames() {
  const auto ethernet = [](std::initializer_list<std::string_view> parts) {
    return SampleFrame{LinkType::ethernet, from_hex(parts)};
  };
  return {
      ethernet({kEthernetIpv4, kIpv4Tcp, kTcpSyn}),
      ethernet({kEthernetIpv4, kIpv4Udp, kUdp}),
      ethernet({kEthernetIpv4, kIpv4Icmp, kPing}),
      ethernet({kEthernetIpv4, "45000038 00020000 80010000 c6336407 c0000201 03030000 00000000",
                "45000028 00010000 01110000 c0000201 cb007109 00350fa1 00140000"}),
      ethernet({kEthernetIpv6, kIpv6Tcp, kIpv6Addresses, kTcpSyn}),
      ethernet({kEthernetIpv6, "60000000 004c0037", kIpv6Addresses, "2b00010400000000",
                "2c00000000000000 3c00000000000001 3300010400000000",
                "060400000000000100000001 000000000000000000000000", kTcpSyn}),
      ethernet({kEthernetIpv6, "60000000 00403a40", kIpv6Addresses, "03000000 00000000",
                "60000000 00143c01", kIpv6Addresses, "1100010400000000 00350fa1 00140000"}),
      ethernet({kMacs, "88a80064 81000065 8847 000100ff 000201ff", kIpv4Tcp, kTcpSyn}),
      ethernet({kMacs, "8864 1100 0001 002a 0021", kIpv4Tcp, kTcpSyn}),
      ethernet({kMacs, "0034 aaaa03 0000f8 8100 00010800", kIpv4Tcp, kTcpSyn}),
      {LinkType::null, from_hex({"02000000", kIpv4Tcp, kTcpSyn})},
      {LinkType::loop, from_hex({"00000018", kIpv6Tcp, kIpv6Addresses, kTcpSyn})},
      {LinkType::raw, from_hex({kIpv4Tcp, kTcpSyn})},
      {LinkType::ppp, from_hex({"ff03 0021", kIpv4Tcp, kTcpSyn})},
      {LinkType::ppp_hdlc, from_hex({"0f00 0800", kIpv4Tcp, kTcpSyn})},
      {LinkType::ppp_ether, from_hex({"1100 0001 002a 0021", kIpv4Tcp, kTcpSyn})},
      {LinkType::c_hdlc, from_hex({"0f00 86dd", kIpv6Tcp, kIpv6Addresses, kTcpSyn})},
      {LinkType::linux_sll,
       from_hex({"0000 0001 0006 0200000000020000 0004 aaaa03 000000 0800", kIpv4Tcp, kTcpSyn})},
      {LinkType::linux_sll2,
       from_hex({"0800 0000 00000002 0001 00 06 0200000000020000", kIpv4Udp, kUdp})},
      {LinkType::nflog,
       from_hex({"02000064 0b000100 08000100 00000000 2c000900", kIpv4Tcp, kTcpSyn})},
      {LinkType::ipv4, from_hex({kIpv4Tcp, kTcpSyn})},
      {LinkType::ipv6, from_hex({kIpv6Tcp, kIpv6Addresses, kTcpSyn})},
  };
}

}  // namespace teiten::test
