#include "decode/test_frames.h"

#include <algorithm>
#include <memory>

#include "base/assert.h"

namespace teiten::test {
namespace {

unsigned digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  TEITEN_ASSERT(c >= 'a' && c <= 'f');
  return static_cast<unsigned>(c - 'a' + 10);
}

}  // namespace

std::vector<std::byte> from_hex(std::initializer_list<std::string_view> parts) {
  std::string digits;
  for (const std::string_view part : parts)
    std::copy_if(part.begin(), part.end(), std::back_inserter(digits),
                 [](char c) { return c != ' '; });
  TEITEN_ASSERT(digits.size() % 2 == 0);
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(digit(digits[i]) * 16 + digit(digits[i + 1])));
  return bytes;
}

std::string Outcome::verdict() const {
  switch (decoded.kind) {
    case FrameKind::packet:
      return "packet";
    case FrameKind::not_ip:
      return "not_ip";
    case FrameKind::anomaly:
      break;
  }
  return std::string(to_string(decoded.anomaly));
}

std::string Outcome::layers() const {
  std::string text;
  for (std::size_t i = 0; i < trace.count; ++i) {
    if (!text.empty()) text += ' ';
    text += to_string(trace.layers[i]);
  }
  return text;
}

std::string Outcome::addresses() const {
  return packet.source.to_string() + " > " + packet.destination.to_string();
}

std::string_view fault_of(const Outcome& outcome) {
  const Decoded& decoded = outcome.decoded;
  if ((decoded.kind == FrameKind::anomaly) != (decoded.anomaly != Anomaly::none))
    return "an anomaly without a name, or a name without an anomaly";
  if (decoded.anomaly >= Anomaly::count) return "an anomaly that there is not";
  if (outcome.trace.count > LayerTrace::kMax) return "too many layers";
  if (decoded.kind != FrameKind::packet) return {};
  const Packet& packet = outcome.packet;
  if (!packet.has_destination || !packet.has_ttl || !packet.has_length)
    return "a packet without destination, TTL or length";
  if (packet.fragment == FragmentPosition::later) {
    if (packet.has_ports || packet.has_flags || packet.has_icmp_type)
      return "a later fragment with ports, flags or an ICMP type";
  } else {
    if (packet.has_ports != (packet.is_tcp() || packet.is_udp())) return "ports";
    if (packet.has_icmp_type != packet.is_icmp()) return "an ICMP type";
  }
  if (packet.has_flags && !packet.is_tcp()) return "flags without TCP";
  if (packet.has_sequence && !packet.has_flags) return "a sequence number without flags";
  if (packet.has_quoted && !packet.is_icmp()) return "a quoted packet without ICMP";
  return {};
}

Outcome decode_bytes(LinkType link, const std::vector<std::byte>& bytes,
                     std::uint32_t original_length) {
  const auto block = std::make_unique<std::byte[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block.get());
  Frame frame;
  frame.link = link;
  frame.data = {block.get(), bytes.size()};
  frame.original_length =
      original_length == 0 ? static_cast<std::uint32_t>(bytes.size()) : original_length;
  Outcome outcome;
  outcome.decoded = decode(frame, outcome.packet, &outcome.trace);
  return outcome;
}

Outcome decode_hex(LinkType link, std::initializer_list<std::string_view> parts,
                   std::uint32_t original_length) {
  return decode_bytes(link, from_hex(parts), original_length);
}

Outcome decode_hex(std::initializer_list<std::string_view> parts, std::uint32_t original_length) {
  return decode_hex(LinkType::ethernet, parts, original_length);
}

}  // namespace teiten::test
