#pragma once

#include <string>
#include <string_view>

namespace teiten {

/// The text as valid UTF-8 (RFC 3629), which databases demand: a byte that is part of no valid
/// character becomes `\xNN`. Names of files may hold any bytes.
std::string clean_text(std::string_view text);

}  // namespace teiten
