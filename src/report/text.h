#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "report/model.h"

namespace teiten {

/// What one figure covers.
enum class FigureSpan { days, month, six_months };

/// Every word and sentence of the report in one language. The composer (compose.h) decides what is
/// said; this decides how. Numbers come from ReportData, so that both languages say the same.
class ReportText {
 public:
  virtual ~ReportText() = default;
  static const ReportText& in(Language language);

  virtual Language language() const = 0;
  /// A fixed word or title by key ("label.other", "section.2.3", "unit.volume"). A key that is not
  /// there is a bug and aborts.
  std::string word(std::string_view key) const;
  /// The same, with the convention's own where there is one: "unit.sources.talot2" before
  /// "unit.sources".
  std::string word(std::string_view key, Convention convention) const;
  /// The same, with the words of a public report where `data` is of one and there are such:
  /// "text.evidence_intro_public" before "text.evidence_intro".
  std::string word(std::string_view key, const ReportData& data) const;
  /// All fixed words: key, text.
  virtual std::span<const std::pair<std::string_view, std::string_view>> words() const = 0;

  // --- names
  virtual std::string month(std::chrono::year_month month) const = 0;  ///< 2007年7月, July 2007
  virtual std::string day(Day day) const = 0;                          ///< 7月16日, 16 July
  std::string service(std::string_view id) const;                      ///< 1433(TCP)
  std::string region(std::string_view code) const;                     ///< 中国
  virtual std::string months(const ReportData& data) const = 0;        ///< first to last of the six
  virtual std::string sensors(std::uint64_t count) const = 0;          ///< 10観測点, 10 sensors

  // --- titles
  virtual std::string title(const ReportData& data) const = 0;
  virtual std::string subtitle(const ReportData& data) const = 0;
  /// "2.3.1" → its title; `service` for 2.1.x.
  virtual std::string figure_title(const ReportData& data, std::string_view id,
                                   std::string_view service) const = 0;

  // --- sentences of section 1
  virtual std::string summary(const ReportData& data) const = 0;
  virtual std::string meaning(const ReportData& data) const = 0;
  virtual std::string not_persons(const ReportData& data) const = 0;
  virtual std::string partial_coverage(const ReportData& data) const = 0;
  virtual std::string six_months(const ReportData& data) const = 0;
  /// The months with the most and the fewest accesses, where no trend can be named.
  virtual std::string extremes(const ReportData& data) const = 0;

  // --- sentences of the other sections
  /// That the numbers here are divided otherwise than in section 1; "" where they are not.
  virtual std::string comparison_note(const ReportData& data) const = 0;
  virtual std::string largest_parts(const ReportData& data, Dimension dimension) const = 0;
  /// Which of these parts one source makes for the most part; "" if none.
  virtual std::string one_source_parts(const ReportData& data, Dimension dimension) const = 0;
  virtual std::string kinds(const ReportData& data) const = 0;
  /// "Figure 2.2.1 shows …" for a section of figures.
  virtual std::string figures_intro(const ReportData& data, std::string_view section) const = 0;
  virtual std::string ranking_intro(const ReportData& data) const = 0;
  virtual std::string coverage_intro(const ReportData& data) const = 0;
  /// Days of a sensor at its ceiling.
  virtual std::string saturated(const SaturatedSensor& sensor) const = 0;
  virtual std::string coverage_gap(const ReportData& data, std::string_view sensor,
                                   TimeRange gap) const = 0;
  virtual std::string databases_intro(const ReportData& data) const = 0;
  /// One Batch::region_source as a reader sees it.
  std::string database(std::string_view region_source) const;

  // --- notes under figures: how it was counted
  virtual std::string rate_note(const ReportData& data) const = 0;
  virtual std::string part_note(const ReportData& data, Dimension dimension, Measure measure,
                                FigureSpan span) const = 0;
  /// Days or months without coverage, and those observed in part; "" if there are none.
  virtual std::string missing_days(const ReportData& data) const = 0;
  virtual std::string missing_months(const ReportData& data) const = 0;

  // --- of a public report
  /// What it shows and what not, and why: one item a rule.
  virtual std::vector<std::string> public_rules(const ReportData& data) const = 0;

  // --- headline notes
  virtual std::string interval_note(const std::optional<Interval>& interval) const = 0;
  virtual std::string sensor_days_note(const ReportData& data) const = 0;
};

}  // namespace teiten
