#include "capture/capture_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace teiten {
namespace {

/// As many of the first bytes as tell the format; leaves the input at offset 0.
Result<std::span<const std::byte>> beginning_of(Input& input) {
  constexpr std::size_t kNeeded = std::max(PcapReader::kMagicBytes, PcapngReader::kMagicBytes);
  TEITEN_CHECK(input.rewind());
  return input.peek(kNeeded);
}

}  // namespace

Result<bool> CaptureReader::recognises(Input& input) {
  TEITEN_TRY(const auto beginning, beginning_of(input));
  return PcapReader::recognise(beginning).has_value() || PcapngReader::recognise(beginning);
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(Input& input) {
  TEITEN_TRY(const auto beginning, beginning_of(input));
  if (const auto magic = PcapReader::recognise(beginning)) return PcapReader::open(input, *magic);
  if (PcapngReader::recognise(beginning)) return PcapngReader::open(input);
  return failure(ErrorCode::malformed,
                 fmt::format("{}: is no capture file (pcap or pcapng)", input.name()));
}

}  // namespace teiten
