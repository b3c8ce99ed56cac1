#pragma once

#include <cstdint>
#include <string_view>

namespace teiten {

/// CRC-32C (Castagnoli, RFC 3720 §12.1) of `bytes`; `before` is that of what came before them.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace teiten
