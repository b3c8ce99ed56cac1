#include "capture/decompressor.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace teiten {
namespace {

using namespace std::string_view_literals;

/// Compressed bytes handed over at a time.
constexpr std::size_t kPieceBytes = std::size_t{1} << 16;
constexpr auto kGzipMagic = "\x1f\x8b"sv;  // RFC 1952 §2.3.1

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<std::span<const std::byte>> CompressedBytes::next() {
  const std::size_t size = std::min(kPieceBytes, file_->size() - given_);
  TEITEN_TRY(const auto piece, file_->view(given_, size, *name_));
  given_ += size;
  return piece;
}

bool looks_compressed(std::span<const std::byte> beginning) {
  constexpr std::array kMagics = {
      kGzipMagic,
      "\x1f\x9d"sv,          // compress (.Z)
      "\x28\xb5\x2f\xfd"sv,  // Zstandard, RFC 8878 §3.1.1
      "\xfd\x37zXZ\0"sv,     // xz file format §2.1.1.1
      "BZh"sv,               // bzip2
      "\x04\x22\x4d\x18"sv,  // LZ4 frame
      "\x02\x21\x4c\x18"sv,  // LZ4 legacy frame
  };
  const std::string_view text = text_of(beginning);
  if (std::any_of(kMagics.begin(), kMagics.end(),
                  [&](std::string_view magic) { return text.starts_with(magic); })) {
    return true;
  }
  // A skippable frame (184D2A50 to 184D2A5F, RFC 8878 §3.1.2) may precede Zstandard and LZ4 frames.
  return text.size() >= 4 && (static_cast<unsigned char>(text[0]) & 0xf0U) == 0x50 &&
         text.substr(1, 3) == "\x2a\x4d\x18"sv;
}

std::unique_ptr<Decompressor> make_decompressor(std::span<const std::byte> beginning,
                                                CompressedBytes source) {
  return text_of(beginning).starts_with(kGzipMagic) ? make_gzip_decompressor(source)
                                                    : make_archive_decompressor(source);
}

}  // namespace teiten
