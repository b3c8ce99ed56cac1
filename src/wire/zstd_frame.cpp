#include "wire/zstd_frame.h"

#include <fmt/format.h>
#include <zstd.h>

#include "base/assert.h"

namespace teiten {
namespace {

/// The fastest level: columns of integers gain little from the slower ones (docs/wire.md).
constexpr int kLevel = 1;

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

std::string compress_frame(std::string_view content) {
  // Kept, because making one costs as much as a small batch.
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  TEITEN_ASSERT(context != nullptr);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string frame(ZSTD_compressBound(content.size()), '\0');
  const std::size_t size =
      ZSTD_compress2(context.get(), frame.data(), frame.size(), content.data(), content.size());
  TEITEN_ASSERT(ZSTD_isError(size) == 0);
  frame.resize(size);
  return frame;
}

Result<FrameContent> decompress_frame(std::string_view frame, std::size_t most) {
  const unsigned long long claimed = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR)
    return failure(ErrorCode::malformed, "no zstd frame (RFC 8878)");
  if (claimed == ZSTD_CONTENTSIZE_UNKNOWN)
    return failure(ErrorCode::malformed, "a zstd frame that does not tell its content's size");
  if (claimed > most) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("holds {} bytes, more than the limit of {}", claimed, most));
  }
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
    return failure(ErrorCode::malformed, "a zstd frame cut short, or bytes behind it");
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  TEITEN_ASSERT(context != nullptr);
  // In one go into a block of the claimed size: no window is allocated, whatever the frame says.
  FrameContent content;
  content.size = static_cast<std::size_t>(claimed);
  content.bytes = std::make_unique_for_overwrite<char[]>(content.size);
  const std::size_t size = ZSTD_decompressDCtx(context.get(), content.bytes.get(), content.size,
                                               frame.data(), frame.size());
  if (ZSTD_isError(size) != 0 || size != content.size) {
    return failure(ErrorCode::malformed,
                   fmt::format("a damaged zstd frame ({})", ZSTD_getErrorName(size)));
  }
  return content;
}

}  // namespace teiten
