#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "decode/decode.h"

/// Frames as text for the tests of this folder: hexadecimal digits, blanks are ignored. Addresses
/// are for documentation (RFC 5737, RFC 3849); checksums are 0, nobody looks at them.
namespace teiten::test {

/// From 198.51.100.7 to 192.0.2.1 where nothing else is said.
inline constexpr std::string_view kMacs = "020000000001 020000000002";
inline constexpr std::string_view kEthernetIpv4 = "020000000001 020000000002 0800";
inline constexpr std::string_view kEthernetIpv6 = "020000000001 020000000002 86dd";
/// Total length 40, identification 54321, TTL 244, TCP.
inline constexpr std::string_view kIpv4Tcp = "45000028 d4310000 f4060000 c6336407 c0000201";
/// Port 40000 to 1433, sequence 0x11223344, SYN, window 1024.
inline constexpr std::string_view kTcpSyn = "9c400599 11223344 00000000 50020400 00000000";
/// Total length 32, TTL 51, UDP.
inline constexpr std::string_view kIpv4Udp = "45000020 00010000 33110000 c6336407 c0000201";
/// Port 5353 to 1026, four bytes of payload.
inline constexpr std::string_view kUdp = "14e90402 000c0000 deadbeef";
/// Total length 28, TTL 128, ICMP.
inline constexpr std::string_view kIpv4Icmp = "4500001c 00020000 80010000 c6336407 c0000201";
/// Echo request, identifier 0x1234, sequence 1.
inline constexpr std::string_view kPing = "08000000 12340001";
/// From 2001:db8::7 to 2001:db8::1; put version to hop limit before it.
inline constexpr std::string_view kIpv6Addresses =
    "20010db8000000000000000000000007 20010db8000000000000000000000001";
/// Payload length 20, TCP, hop limit 55; the addresses follow.
inline constexpr std::string_view kIpv6Tcp = "60000000 00140637";

/// The bytes of hexadecimal text.
std::vector<std::byte> from_hex(std::initializer_list<std::string_view> parts);

/// What decode() made of a frame.
struct Outcome {
  Decoded decoded;
  Packet packet;
  LayerTrace trace;

  /// "packet", "not_ip" or the name of the anomaly.
  std::string verdict() const;
  /// "ethernet ipv4 tcp".
  std::string layers() const;
  /// "198.51.100.7 > 192.0.2.1".
  std::string addresses() const;
};

/// What does not hold together in an outcome, whatever the frame was; empty if it is sound. A
/// verdict is one of three, and an anomaly always has its name.
std::string_view fault_of(const Outcome& outcome);

/// Decodes a copy in a heap block of exactly that size, so that a sanitizer sees a read past the
/// end. `original_length` 0: nothing was cut.
Outcome decode_bytes(LinkType link, const std::vector<std::byte>& bytes,
                     std::uint32_t original_length = 0);
Outcome decode_hex(LinkType link, std::initializer_list<std::string_view> parts,
                   std::uint32_t original_length = 0);
/// Ethernet, which most frames are.
Outcome decode_hex(std::initializer_list<std::string_view> parts,
                   std::uint32_t original_length = 0);

}  // namespace teiten::test
