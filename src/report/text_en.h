#pragma once

#include "report/text.h"

namespace teiten {

/// Plain English, British spelling of numbers and dates.
class EnglishText final : public ReportText {
 public:
  Language language() const override { return Language::en; }
  std::span<const std::pair<std::string_view, std::string_view>> words() const override;
  std::string month(std::chrono::year_month month) const override;
  std::string day(Day day) const override;
  std::string months(const ReportData& data) const override;
  std::string sensors(std::uint64_t count) const override;
  std::string title(const ReportData& data) const override;
  std::string subtitle(const ReportData& data) const override;
  std::string figure_title(const ReportData& data, std::string_view id,
                           std::string_view service) const override;
  std::string summary(const ReportData& data) const override;
  std::string meaning(const ReportData& data) const override;
  std::string not_persons(const ReportData& data) const override;
  std::string partial_coverage(const ReportData& data) const override;
  std::string six_months(const ReportData& data) const override;
  std::string extremes(const ReportData& data) const override;
  std::string comparison_note(const ReportData& data) const override;
  std::string largest_parts(const ReportData& data, Dimension dimension) const override;
  std::string one_source_parts(const ReportData& data, Dimension dimension) const override;
  std::string kinds(const ReportData& data) const override;
  std::string figures_intro(const ReportData& data, std::string_view section) const override;
  std::string ranking_intro(const ReportData& data) const override;
  std::string coverage_intro(const ReportData& data) const override;
  std::string saturated(const SaturatedSensor& sensor) const override;
  std::string coverage_gap(const ReportData& data, std::string_view sensor,
                           TimeRange gap) const override;
  std::string databases_intro(const ReportData& data) const override;
  std::string rate_note(const ReportData& data) const override;
  std::string part_note(const ReportData& data, Dimension dimension, Measure measure,
                        FigureSpan span) const override;
  std::string missing_days(const ReportData& data) const override;
  std::string missing_months(const ReportData& data) const override;
  std::vector<std::string> public_rules(const ReportData& data) const override;
  std::string interval_note(const std::optional<Interval>& interval) const override;
  std::string sensor_days_note(const ReportData& data) const override;
};

}  // namespace teiten
