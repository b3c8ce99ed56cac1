#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace teiten {

/// One zstd frame (RFC 8878) that tells its content's size and carries a checksum of it.
std::string compress_frame(std::string_view content);

/// Content of a frame, and how long it is.
struct FrameContent {
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;
  std::string_view view() const { return {bytes.get(), size}; }
};

/// Reads what compress_frame() wrote: nothing is allocated before the frame's own word on its size
/// was compared with `most`, and the frame is all there is. Errors: malformed, limit_reached.
Result<FrameContent> decompress_frame(std::string_view frame, std::size_t most);

}  // namespace teiten
