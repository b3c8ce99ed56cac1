#include "capture/capture_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "capture/archive_reader.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace teiten {
namespace {

/// As many of the first bytes as tell the format.
constexpr std::size_t kNeededBytes = std::max(PcapReader::kMagicBytes, PcapngReader::kMagicBytes);

}  // namespace

Result<bool> CaptureReader::recognises(Input& input) {
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(const auto beginning, input.peek(kNeededBytes));
  return PcapReader::recognise(beginning).has_value() || PcapngReader::recognise(beginning);
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open_part(Input& input) {
  TEITEN_TRY(const auto beginning, input.peek(kNeededBytes));
  if (const auto magic = PcapReader::recognise(beginning)) return PcapReader::open(input, *magic);
  if (PcapngReader::recognise(beginning)) return PcapngReader::open(input);
  return failure(ErrorCode::malformed,
                 fmt::format("{}: is no capture file (pcap or pcapng)", input.name()));
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(Input& input) {
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(auto reader, open_part(input));
  if (input.part_name().empty()) return reader;
  return std::unique_ptr<CaptureReader>(std::make_unique<ArchiveReader>(input, std::move(reader)));
}

}  // namespace teiten
