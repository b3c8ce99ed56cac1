#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/packet.h"

namespace teiten {

/// How programs write "no value": R, pandas, databases, loggers.
bool is_absent_value(std::string_view text);

/// A whole number; also as `6000.0`, which is how a table with gaps leaves pandas.
std::optional<std::uint32_t> parse_whole_number(std::string_view text, std::uint32_t max);

/// A number or a name in any case.
std::optional<std::uint8_t> parse_csv_protocol(std::string_view text);

/// A number (`18`, `0x12`), names or letters.
std::optional<std::uint8_t> parse_csv_flags(std::string_view text);

/// What a value of every row (`--csv key==text`) must be, where `text` is none that a row under
/// `key` may have; empty where it is one. `key` is one of CsvMapping's but time and source.
std::string_view why_no_csv_value(std::string_view key, std::string_view text);

}  // namespace teiten
