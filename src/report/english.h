#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/time.h"

/// Words and endings that English sentences share; used inside src/report only.
namespace teiten::english {

std::string month_name(std::chrono::month month);  ///< July
std::string month(std::chrono::year_month month);  ///< July 2007
std::string day(Day day);                          ///< 16 July
/// "February to July 2007", "November 2006 to April 2007".
std::string months(std::chrono::year_month first, std::chrono::year_month last);

/// "1 source", "2 sources".
std::string counted(std::uint64_t n, std::string_view one, std::string_view many);
/// "a", "a and b", "a, b and c"; `last` stands before the last.
std::string joined(const std::vector<std::string>& items, std::string_view last = " and ");
/// The first letter as a capital, where it is ASCII.
std::string capital(std::string text);
/// "the United States", "China"; "unknown regions" for ZZ.
std::string region_in_sentence(std::string_view code);

}  // namespace teiten::english
