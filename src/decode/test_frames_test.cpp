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
