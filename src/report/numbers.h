#pragma once

#include <cstdint>
#include <string>

/// Numbers as a reader of either language sees them: thousands by comma, halves rounded up, a true
/// minus sign.
namespace teiten {

/// "282,889".
std::string format_count(std::uint64_t value);
/// "1,234.5" with so many decimals.
std::string format_decimal(double value, int decimals);
/// Whole from 10 on (TALOT2 printed 913), one decimal below, two below 1.
std::string format_rate(double value);
/// A fraction of 1 as "27.3%".
std::string format_share(double fraction);
/// A change as "+3.1%", "−3.1%" or "±0.0%".
std::string format_change(double fraction);

}  // namespace teiten
