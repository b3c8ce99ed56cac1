#include "decode/test_frames.h"

#include <algorithm>
#include <memory>

#include "base/assert.h"

namespace teiten::test {
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
