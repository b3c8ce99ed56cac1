#include <bit>
#include <string>

#include "base/assert.h"
#include "capture/capture_test_files.h"
#include "capture/tar_input.h"
#include "capture/test_archive.h"
#include "decode/sample_frames.h"
#include "fuzz_target.h"

namespace teiten::fuzz {
namespace {

using capture_test::operator+;

/// An input that shows no more than it must gives the same frames.
void read_capture(std::span<const std::byte> bytes) {
  const auto whole = capture_test::read_whole(bytes);
  capture_test::StingyInput stingy(Bytes(bytes.begin(), bytes.end()));
  TEITEN_ASSERT(capture_test::read_whole(stingy) == whole);
  std::size_t kept = 0;
  for (const auto& frame : whole.frames) {
    TEITEN_ASSERT(frame.data.size() <= kMaxFrameBytes);
    kept += frame.data.size();
  }
  TEITEN_ASSERT(kept <= bytes.size());
}

/// The first two bytes are the link type, two more how much longer the frame was.
void decode_frame(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return;
  const auto number = [&](std::size_t at) {
    return std::to_integer<unsigned>(bytes[at]) | (std::to_integer<unsigned>(bytes[at + 1]) << 8);
  };
  const Bytes data(bytes.begin() + 4, bytes.end());
  const auto original_length = static_cast<std::uint32_t>(data.size() + number(2));
  const auto outcome = test::decode_bytes(static_cast<LinkType>(number(0)), data, original_length);
  TEITEN_ASSERT(test::fault_of(outcome).empty());
}

/// Content of the input, at most a MiB of it, in steps of `step`.
std::string content(Input& input, std::size_t step) {
  std::string text;
  while (text.size() < (1U << 20)) {
    const auto piece = input.read(step);
    if (!piece.ok() || piece->empty()) break;
    TEITEN_ASSERT(piece->size() <= step);
    text.append(reinterpret_cast<const char*>(piece->data()), piece->size());
  }
  return text;
}

/// A compressed or archived input gives the same bytes in large and in small steps, and again after
/// rewind().
void unpack(std::span<const std::byte> bytes) {
  const auto input = Input::from_memory("fuzz", bytes);
  const std::string whole = content(*input, 1U << 16);
  if (!input->rewind().ok()) return;
  const std::string again = content(*input, 7);
  const std::size_t common = std::min(whole.size(), again.size());
  // Both stop at damage, or behind the first piece that reaches the limit of content().
  TEITEN_ASSERT(whole.compare(0, common, again, 0, common) == 0);
  if (whole.size() < (1U << 20)) TEITEN_ASSERT(whole.size() == again.size());
}

void read_tar(std::span<const std::byte> bytes) {
  TarInput tar(Input::from_memory("fuzz", bytes));
  const std::string whole = content(tar, 1U << 16);
  TEITEN_ASSERT(whole.size() <= 2 * bytes.size());  // and a line end for each header of 512 bytes
  if (!tar.rewind().ok()) return;
  TEITEN_ASSERT(content(tar, 13) == whole);
}

std::vector<Bytes> pcap_seeds() {
  std::vector<Bytes> seeds;
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const capture_test::Writer writer(order);
    for (const std::uint32_t magic : {0xa1b2c3d4U, 0xa1b23c4dU})
      seeds.push_back(writer.pcap_header(magic, 1) +
                      writer.record(1'183'248'000, 7, capture_test::payload(60), 60) +
                      writer.record(1'183'248'001, 8, capture_test::payload(20), 1500));
  }
  return seeds;
}

std::vector<Bytes> pcapng_seeds() {
  std::vector<Bytes> seeds;
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const capture_test::Writer writer(order);
    const Bytes options =
        writer.option(9, writer.u8(9)) + writer.option(14, writer.u64(3600)) + writer.option(0, {});
    const Bytes section =
        writer.section() + writer.interface(1, options) + writer.interface(101) +
        writer.enhanced_packet(0, 1'183'248'000'000'000'007ULL, capture_test::payload(61), 61) +
        writer.old_packet(1, 3, 1'183'248'000'000'000ULL, capture_test::payload(40), 40) +
        writer.simple_packet(capture_test::payload(20), 20) +
        writer.statistics(0, writer.option(5, writer.u64(12))) +
        writer.block(0x0bad, capture_test::payload(9));
    seeds.push_back(section);
    seeds.push_back(section + section);
  }
  return seeds;
}

std::vector<Bytes> frame_seeds() {
  std::vector<Bytes> seeds;
  const capture_test::Writer writer(std::endian::little);
  for (const auto& frame : test::sample_frames())
    seeds.push_back(writer.u16(static_cast<std::uint16_t>(frame.link)) + writer.u16(0) +
                    frame.bytes);
  return seeds;
}

/// Files with these contents.
Bytes archived(const std::vector<std::string>& texts, int (*filter)(archive*),
               int (*format)(archive*)) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& text : texts)
    files.emplace_back("a.log", text);
  return bytes_of(capture_test::archived(files, filter, format));
}

std::vector<Bytes> packed_seeds() {
  std::vector<Bytes> seeds;
  for (const auto filter : {archive_write_add_filter_gzip, archive_write_add_filter_zstd,
                            archive_write_add_filter_xz, archive_write_add_filter_bzip2,
                            archive_write_add_filter_lz4, archive_write_add_filter_compress})
    seeds.push_back(archived({"one line\nand another\n"}, filter, archive_write_set_format_raw));
  seeds.push_back(seeds[0] + seeds[0]);
  seeds.push_back(
      archived({"one\n", "two"}, archive_write_add_filter_gzip, archive_write_set_format_ustar));
  return seeds;
}

std::vector<Bytes> tar_seeds() {
  const std::vector<std::string> texts = {"one line\n", "", std::string(700, 'x')};
  std::vector<Bytes> seeds;
  for (const auto format : {archive_write_set_format_ustar, archive_write_set_format_pax,
                            archive_write_set_format_gnutar, archive_write_set_format_v7tar})
    seeds.push_back(archived(texts, archive_write_add_filter_none, format));
  return seeds;
}

}  // namespace

std::vector<FuzzTarget> capture_targets() {
  return {{"pcap", read_capture, pcap_seeds()},
          {"pcapng", read_capture, pcapng_seeds()},
          {"decode", decode_frame, frame_seeds()},
          {"packed", unpack, packed_seeds()},
          {"tar", read_tar, tar_seeds()}};
}

}  // namespace teiten::fuzz
