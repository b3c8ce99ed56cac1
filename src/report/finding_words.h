#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "analyze/surge.h"
#include "net/time.h"
#include "report/model.h"

/// Small things that sentences of findings in both languages need.
namespace teiten {

/// From this share of the packets on, one source is worth a sentence even in a wide rise.
inline constexpr double kDominantShare = 0.5;
/// A trend is told of so many months before the report's.
inline constexpr int kTrendReach = 5;

/// A ratio to fewer expected sources a day than this is left unsaid: it tells of the few.
inline constexpr double kLeastRatioBaseline = 0.5;

/// Of sources whose region is not known: no sentence says that a rise comes from there.
inline constexpr std::string_view kUnknownRegion = "ZZ";

/// Whether a rise began before the month and is still there.
bool is_continuing(const Surge& surge, std::chrono::year_month month);

/// Packets or sources a day in a sentence: format_rate(), but "0" for next to nothing.
std::string format_daily(double value);
/// A day's count of sources: whole where it was observed throughout, "7" and not "7.0".
std::string format_peak(double value);

/// Whether a change on this day may be called one of the month's second half.
bool is_second_half(Day day);

/// "1433(TCP)" of "1433/tcp".
std::string display_of(std::string_view service);

/// The same of several, "1433/tcp,22/tcp", with `between` between them.
std::string displays_of(std::string_view services, std::string_view between);

/// An estimate, with three significant digits: "108,000".
std::string format_about(double value);

/// A number's name for a reader: "baseline" is 基準, "share.JP" 日本の割合.
std::string evidence_name(std::string_view name, Language language);
std::string evidence_unit(std::string_view unit, Language language);
/// A number as the evidence shows it, by its unit.
std::string evidence_value(double value, std::string_view unit);

/// "Mainly from" names regions that together hold at least this share of the sources.
inline constexpr double kMainShare = 0.5;

}  // namespace teiten
