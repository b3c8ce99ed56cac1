#pragma once

#include <span>
#include <string_view>
#include <utility>

/// The fixed words of the report (ReportText::words()). Both languages have the same keys.
namespace teiten {

using Word = std::pair<std::string_view, std::string_view>;
std::span<const Word> japanese_words();
std::span<const Word> english_words();

}  // namespace teiten
