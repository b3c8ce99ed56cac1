#include "report/english.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/countries.h"
#include "report/numbers.h"

namespace teiten::english {
namespace {

constexpr std::array kMonthNames = {"January",   "February", "March",    "April",
                                    "May",       "June",     "July",     "August",
                                    "September", "October",  "November", "December"};

/// Countries that take the article within a sentence.
constexpr std::array<std::string_view, 14> kWithArticle = {
    "US", "GB", "NL", "PH", "AE", "DO", "BS", "MV", "CF", "CD", "KM", "SC", "SB", "MH"};

}  // namespace

std::string month_name(std::chrono::month month) {
  return kMonthNames.at(static_cast<unsigned>(month) - 1);
}

std::string month(std::chrono::year_month month) {
  return fmt::format("{} {}", month_name(month.month()), static_cast<int>(month.year()));
}

std::string day(Day day) {
  return fmt::format("{} {}", static_cast<unsigned>(day.day()), month_name(day.month()));
}

std::string months(std::chrono::year_month first, std::chrono::year_month last) {
  if (first.year() == last.year())
    return fmt::format("{} to {}", month_name(first.month()), month(last));
  return fmt::format("{} to {}", month(first), month(last));
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", format_count(n), n == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& items, std::string_view last) {
  std::string list;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) list += i + 1 == items.size() ? last : ", ";
    list += items[i];
  }
  return list;
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string region_in_sentence(std::string_view code) {
  if (code == "ZZ") return "unknown regions";
  const bool article =
      std::find(kWithArticle.begin(), kWithArticle.end(), code) != kWithArticle.end();
  return (article ? "the " : "") + region_name(code, Language::en);
}

}  // namespace teiten::english
