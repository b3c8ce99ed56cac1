#define ZLIB_CONST
#include <zlib.h>

#include "base/assert.h"
#include "capture/decompressor.h"

namespace teiten {
namespace {

/// Decompressed bytes made at a time.
constexpr std::size_t kBlockBytes = std::size_t{1} << 17;
/// The largest window of deflate, and 16 to ask zlib for gzip's header and trailer.
constexpr int kGzipWindowBits = 15 + 16;

/// gzip (RFC 1952): any number of members, one after the other.
class GzipDecompressor final : public Decompressor {
 public:
  explicit GzipDecompressor(CompressedBytes source) : source_(source) {
    TEITEN_ASSERT(inflateInit2(&stream_, kGzipWindowBits) == Z_OK);
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }
  GzipDecompressor(const GzipDecompressor&) = delete;
  GzipDecompressor& operator=(const GzipDecompressor&) = delete;

  Result<bool> append_to(std::vector<std::byte>& content) override {
    const std::size_t before = content.size();
    content.resize(before + kBlockBytes);
    stream_.next_out = reinterpret_cast<Bytef*>(content.data() + before);
    stream_.avail_out = static_cast<uInt>(kBlockBytes);
    const auto more = fill();
    content.resize(content.size() - stream_.avail_out);
    if (!more) return more.error();
    return content.size() > before;
  }

 private:
  /// Decompresses until the room is used up or the stream is at its end.
  Result<void> fill() {
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) TEITEN_CHECK(refill());
      if (between_members_ && !begins_member()) return {};
      if (stream_.avail_in == 0)
        return failure(ErrorCode::malformed, "the file ends before its compressed data do");
      if (between_members_) inflateReset(&stream_);
      between_members_ = false;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        between_members_ = true;
      } else if (status != Z_OK) {
        return failure(ErrorCode::malformed,
                       stream_.msg != nullptr ? stream_.msg : "not decompressible");
      }
    }
    return {};
  }

  Result<void> refill() {
    TEITEN_TRY(const auto piece, source_.next());
    stream_.next_in = reinterpret_cast<const Bytef*>(piece.data());
    stream_.avail_in = static_cast<uInt>(piece.size());
    return {};
  }

  /// After a member: what follows is either another one or padding, which gzip ignores as well.
  bool begins_member() const {
    constexpr Bytef kFirstMagicByte = 0x1f;
    return stream_.avail_in > 0 && *stream_.next_in == kFirstMagicByte;
  }

  CompressedBytes source_;
  z_stream stream_{};
  bool between_members_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> make_gzip_decompressor(CompressedBytes source) {
  return std::make_unique<GzipDecompressor>(source);
}

}  // namespace teiten
