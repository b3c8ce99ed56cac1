#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "logs/csv_value.h"
#include "logs/log_reader.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::array<std::string_view, 12> kKeys = {
    "time",      "sensor",      "source",           "destination", "protocol",  "icmp_type",
    "icmp_code", "source_port", "destination_port", "region",      "tcp_flags", "ttl"};

constexpr char kConstantMark = '=';

Error mapping_error(std::string_view what) {
  return failure(
      ErrorCode::invalid_argument,
      fmt::format("--csv: {}; it takes key=column pairs (key==value for one value in all "
                  "rows) with commas between them; keys: {}; time and source are needed",
                  what, fmt::join(kKeys, ", ")));
}

}  // namespace

Result<CsvMapping> CsvMapping::parse(std::string_view text) {
  CsvMapping mapping;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
      return mapping_error(fmt::format("'{}' is no key=column pair", pair));
    }
    const std::string_view key = trim(pair.substr(0, equals));
    std::string column(trim(pair.substr(equals + 1)));
    const bool constant = column.starts_with(kConstantMark);
    if (constant) column = kConstantMark + std::string(trim(std::string_view(column).substr(1)));
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      return mapping_error(fmt::format("'{}' is no key", key));
    }
    if (column.empty() || column.size() == (constant ? 1U : 0U)) {
      return mapping_error(fmt::format("'{}' has no column", key));
    }
    if (constant && (key == "time" || key == "source")) {
      return mapping_error(fmt::format("'{}' differs from row to row and needs a column", key));
    }
    if (constant) {
      const std::string_view value = std::string_view(column).substr(1);
      if (const std::string_view wanted = why_no_csv_value(key, value); !wanted.empty())
        return mapping_error(
            fmt::format("'{}=={}' gives no {}: it takes {}", key, value, key, wanted));
    }
    if (!mapping.columns.emplace(key, std::move(column)).second) {
      return mapping_error(fmt::format("'{}' is there twice", key));
    }
  }
  for (const std::string_view needed : {"time", "source"}) {
    if (!mapping.columns.contains(std::string(needed))) {
      return mapping_error(fmt::format("'{}' is missing", needed));
    }
  }
  return mapping;
}

}  // namespace teiten
