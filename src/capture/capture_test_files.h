#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "capture/capture_reader.h"

/// Builds small capture files in memory, in either byte order, and reads them whole. For tests
/// only.
namespace teiten::capture_test {

using Bytes = std::vector<std::byte>;

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Bytes written out by hand.
template <typename... T>
Bytes literal(T... values) {
  return Bytes{static_cast<std::byte>(values)...};
}

inline Bytes text(std::string_view characters) {
  const auto* begin = reinterpret_cast<const std::byte*>(characters.data());
  return Bytes(begin, begin + characters.size());
}

/// A payload of which every byte tells where it stands.
inline Bytes payload(std::size_t size, unsigned first = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>((first + i) & 0xffU);
  return bytes;
}

/// Writes numbers, byte by byte, in one byte order.
class Writer {
 public:
  explicit Writer(std::endian order) : order_(order) {}
  Bytes u8(std::uint8_t value) const { return number(value, 1); }
  Bytes u16(std::uint16_t value) const { return number(value, 2); }
  Bytes u32(std::uint32_t value) const { return number(value, 4); }
  Bytes u64(std::uint64_t value) const { return number(value, 8); }

  // pcap

  Bytes pcap_header(std::uint32_t magic, std::uint32_t link, std::uint16_t major = 2,
                    std::uint16_t minor = 4) const {
    return u32(magic) + u16(major) + u16(minor) + u32(0) + u32(0) + u32(65535) + u32(link);
  }
  Bytes record(std::uint32_t seconds, std::uint32_t fraction, const Bytes& data,
               std::uint32_t original) const {
    return record_header(seconds, fraction, static_cast<std::uint32_t>(data.size()), original) +
           data;
  }
  Bytes record_header(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured,
                      std::uint32_t original) const {
    return u32(seconds) + u32(fraction) + u32(captured) + u32(original);
  }

  // pcapng

  Bytes block(std::uint32_t type, Bytes body) const {
    while (body.size() % 4 != 0)
      body.push_back(std::byte{0});
    const auto length = u32(static_cast<std::uint32_t>(body.size() + 12));
    return u32(type) + length + body + length;
  }
  Bytes section(std::uint16_t major = 1, std::uint16_t minor = 0) const {
    return block(0x0a0d0d0a, u32(0x1a2b3c4d) + u16(major) + u16(minor) + u64(~0ULL));
  }
  Bytes option(std::uint16_t code, Bytes value) const {
    Bytes head = u16(code) + u16(static_cast<std::uint16_t>(value.size()));
    while (value.size() % 4 != 0)
      value.push_back(std::byte{0});
    return head + value;
  }
  Bytes interface(std::uint16_t link, const Bytes& options = {},
                  std::uint32_t snap_length = 65535) const {
    return block(1, u16(link) + u16(0) + u32(snap_length) + options);
  }
  Bytes enhanced_packet(std::uint32_t interface_number, std::uint64_t time, const Bytes& data,
                        std::uint32_t original, const Bytes& options = {}) const {
    return block(6, u32(interface_number) + packet_tail(time, data, original, options));
  }
  Bytes old_packet(std::uint16_t interface_number, std::uint16_t drops, std::uint64_t time,
                   const Bytes& data, std::uint32_t original) const {
    return block(2, u16(interface_number) + u16(drops) + packet_tail(time, data, original, {}));
  }
  Bytes simple_packet(const Bytes& data, std::uint32_t original) const {
    return block(3, u32(original) + data);
  }
  Bytes statistics(std::uint32_t interface_number, const Bytes& options) const {
    return block(5, u32(interface_number) + u64(0) + options);
  }

 private:
  Bytes packet_tail(std::uint64_t time, Bytes data, std::uint32_t original,
                    const Bytes& options) const {
    const Bytes head = u32(static_cast<std::uint32_t>(time >> 32)) +
                       u32(static_cast<std::uint32_t>(time)) +
                       u32(static_cast<std::uint32_t>(data.size())) + u32(original);
    while (data.size() % 4 != 0)
      data.push_back(std::byte{0});
    return head + data + options;
  }
  Bytes number(std::uint64_t value, unsigned size) const {
    Bytes bytes(size);
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = order_ == std::endian::little ? 8 * i : 8 * (size - 1 - i);
      bytes[i] = static_cast<std::byte>((value >> shift) & 0xffU);
    }
    return bytes;
  }
  std::endian order_;
};

/// The same bytes in a heap block of exactly their size, so that a sanitizer sees a step beyond.
class ExactCopy {
 public:
  explicit ExactCopy(std::span<const std::byte> bytes)
      : bytes_(new std::byte[bytes.size()]), size_(bytes.size()) {
    if (size_ > 0) std::memcpy(bytes_.get(), bytes.data(), size_);
  }
  std::span<const std::byte> span() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_;
};

/// An input that never shows more than it is asked for, each time in another place: what a reader
/// must not rely on.
class StingyInput final : public Input {
 public:
  explicit StingyInput(Bytes content) : content_(std::move(content)) {}
  const std::string& name() const override { return name_; }
  Result<std::span<const std::byte>> peek(std::size_t size) override {
    shown_.emplace(std::span(content_).subspan(offset_, std::min(size, content_.size() - offset_)));
    return shown_->span();
  }
  void skip(std::size_t size) override { offset_ += size; }
  std::uint64_t offset() const override { return offset_; }
  Result<void> rewind() override {
    offset_ = 0;
    return {};
  }
  std::int64_t modified_seconds() const override { return 0; }

 private:
  std::string name_ = "stingy";
  Bytes content_;
  std::optional<ExactCopy> shown_;
  std::size_t offset_ = 0;
};

/// One frame, kept.
struct KeptFrame {
  std::int64_t nanoseconds = 0;
  bool has_time = true;
  std::uint16_t link = 0;
  Bytes data;
  std::uint32_t original_length = 0;
  friend bool operator==(const KeptFrame&, const KeptFrame&) = default;
};

/// All that a reader gives of a file.
struct Whole {
  std::vector<KeptFrame> frames;
  std::string warning;
  std::optional<Error> error;
  std::string format;
  std::uint64_t dropped = 0;
  friend bool operator==(const Whole& a, const Whole& b) {
    return a.frames == b.frames && a.format == b.format && a.dropped == b.dropped &&
           a.warning.empty() == b.warning.empty() && a.error.has_value() == b.error.has_value();
  }
};

inline Whole read_whole(Input& input) {
  Whole whole;
  auto reader = CaptureReader::open(input);
  if (!reader) {
    whole.error = reader.error();
    return whole;
  }
  whole.format = (*reader)->format();
  Frame frame;
  while (true) {
    const auto more = (*reader)->next(frame);
    if (!more) whole.error = more.error();
    if (!more || !*more) break;
    whole.frames.push_back({frame.time.time_since_epoch().count(), frame.has_time,
                            static_cast<std::uint16_t>(frame.link),
                            Bytes(frame.data.begin(), frame.data.end()), frame.original_length});
  }
  whole.warning = (*reader)->warning().value_or("");
  whole.dropped = (*reader)->dropped();
  return whole;
}

inline Whole read_whole(std::span<const std::byte> content) {
  const ExactCopy copy(content);
  const auto input = Input::from_memory("test", copy.span());
  return read_whole(*input);
}

}  // namespace teiten::capture_test
