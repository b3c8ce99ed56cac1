#include "simulate/pcap_writer.h"

#include <array>
#include <initializer_list>

namespace teiten {
namespace {

constexpr std::uint32_t kMagic = 0xa1b2c3d4;
constexpr std::uint32_t kVersion = 2 | (4 << 16);
constexpr std::uint32_t kEthernet = 1;

template <std::size_t kWords>
std::array<std::uint8_t, 4 * kWords> little_endian(const std::array<std::uint32_t, kWords>& words) {
  std::array<std::uint8_t, 4 * kWords> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
  return bytes;
}

}  // namespace

Result<PcapWriter> PcapWriter::create(const std::string& path) {
  TEITEN_TRY(OutputFile file, OutputFile::create(path));
  PcapWriter writer(std::move(file));
  const auto header = little_endian<6>(
      {kMagic, kVersion, 0, 0, static_cast<std::uint32_t>(kSnapLength), kEthernet});
  TEITEN_CHECK(writer.file_.write(header));
  return writer;
}

Result<void> PcapWriter::write(std::int64_t time, const FrameBuilder::Frame& frame) {
  const auto header = little_endian<4>(
      {static_cast<std::uint32_t>(time / 1'000'000), static_cast<std::uint32_t>(time % 1'000'000),
       static_cast<std::uint32_t>(frame.captured.size()), frame.length});
  TEITEN_CHECK(file_.write(header));
  return file_.write(frame.captured);
}

}  // namespace teiten
