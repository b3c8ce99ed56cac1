#include <algorithm>

#include <fmt/format.h>

#include "report/compose.h"
#include "report/facts.h"
#include "report/palette.h"

namespace teiten {
namespace {

constexpr std::string_view kOtherKey = "other";

/// One set of parts that becomes a daily figure, a share figure, or both.
struct PartFigures {
  Dimension dimension;
  Measure measure;
  const Breakdown* shares;
  const DailyBreakdown* daily;  ///< null: no daily figure
  std::string daily_id;
  std::string shares_id;
  std::string service;  ///< of 2.1.x
  bool six_months = false;
};

std::vector<PartFigures> part_figures(const ReportData& data) {
  const Measure volume = data.volume_measure();
  const Measure sources = data.sources_measure();
  std::vector<PartFigures> all;
  const std::vector<std::string> risen = leading_surge_services(data.findings);
  for (std::size_t i = 0; i < data.surge_regions.size(); ++i) {
    const Cut& regions_of_surge = data.surge_regions[i];
    all.push_back({Dimension::region, volume, &regions_of_surge.shares, &regions_of_surge.daily,
                   surge_figure_id(i), "", risen[i]});
  }
  const CutPair& services = data.services;
  const CutPair& regions = data.regions;
  const auto service = Dimension::service;
  const auto region = Dimension::region;
  all.push_back(
      {service, volume, &services.volume.shares, &services.volume.daily, "2.2.1", "2.3.1", ""});
  all.push_back(
      {service, sources, &services.sources.shares, &services.sources.daily, "2.2.2", "2.3.2", ""});
  all.push_back(
      {region, volume, &regions.volume.shares, &regions.volume.daily, "2.4.1", "2.4.2", ""});
  all.push_back(
      {region, sources, &regions.sources.shares, &regions.sources.daily, "2.4.3", "2.4.4", ""});
  all.push_back({service, volume, &services.six_months_volume, nullptr, "", "3.1.1", "", true});
  all.push_back({service, sources, &services.six_months_sources, nullptr, "", "3.1.2", "", true});
  all.push_back({region, volume, &regions.six_months_volume, nullptr, "", "3.2.1", "", true});
  all.push_back({region, sources, &regions.six_months_sources, nullptr, "", "3.2.2", "", true});
  return all;
}

using Colors = std::map<std::string, std::string>;

/// Services and regions have their own colours: no figure shows both.
Colors colors_of(const std::vector<PartFigures>& all, Dimension dimension,
                 const Breakdown& six_months) {
  std::vector<std::string> ranked;
  for (const PartTotal& part : six_months.parts)
    ranked.push_back(part.key);
  std::vector<std::vector<std::string>> figures;
  for (const PartFigures& each : all) {
    if (each.dimension != dimension) continue;
    std::vector<std::string> keys;
    for (const PartTotal& part : each.shares->parts)
      keys.push_back(part.key);
    figures.push_back(std::move(keys));
  }
  return assign_colors(ranked, figures);
}

Series part_series(const PartFigures& part, std::string_view key, const Colors& colors,
                   const ReportText& text) {
  Series series;
  series.key = key;
  if (key == kOtherKey) {
    series.label = text.word("label.other");
    series.color = kOtherColor;
    return series;
  }
  series.label = part.dimension == Dimension::service ? text.service(key) : text.region(key);
  series.color = colors.at(series.key);
  return series;
}

Values daily_values(const ReportData& data, const std::vector<std::uint64_t>& counts) {
  Values values;
  for (std::size_t day = 0; day < counts.size(); ++day) {
    if (data.numbers.days[day].observed()) {
      values.emplace_back(static_cast<double>(counts[day]));
    } else {
      values.emplace_back(std::nullopt);
    }
  }
  return values;
}

std::string joined_notes(std::string first, const std::string& second) {
  // Japanese sentences follow each other without a space.
  const bool ascii = !first.empty() && static_cast<unsigned char>(first.back()) < 0x80;
  if (!second.empty() && ascii) first += " ";
  return first + second;
}

Figure daily_figure(const ReportData& data, const PartFigures& part, const Colors& colors,
                    const ReportText& text) {
  Figure figure;
  figure.id = part.daily_id;
  figure.title = text.figure_title(data, part.daily_id, part.service);
  figure.unit = part.measure == data.volume_measure()
                    ? text.word("unit.volume_day")
                    : text.word("unit.sources_day", data.convention);
  figure.note = joined_notes(text.part_note(data, part.dimension, part.measure, FigureSpan::days),
                             text.missing_days(data));
  figure.chart = Chart::stacked_bars;
  figure.axis = AxisKind::day;
  for (const DayNumbers& day : data.numbers.days)
    figure.x.push_back(format_day(day.day));
  const bool by_part = !part.daily->keys.empty();
  for (std::size_t i = 0; i < part.daily->keys.size(); ++i) {
    Series series = part_series(part, part.daily->keys[i], colors, text);
    series.values = daily_values(data, part.daily->values[i]);
    figure.series.push_back(std::move(series));
  }
  if (!part.daily->other.empty()) {
    Series series = part_series(part, kOtherKey, colors, text);
    if (!by_part) {
      series.key = "total";
      series.label = text.word("label.total");
    }
    series.values = daily_values(data, part.daily->other);
    figure.series.push_back(std::move(series));
  }
  return figure;
}

Figure share_figure(const ReportData& data, const PartFigures& part, const Colors& colors,
                    const ReportText& text) {
  Figure figure;
  figure.id = part.shares_id;
  figure.title = text.figure_title(data, part.shares_id, part.service);
  figure.unit = part.measure == data.volume_measure() ? text.word("unit.volume")
                                                      : text.word("unit.sources", data.convention);
  figure.note =
      joined_notes(text.part_note(data, part.dimension, part.measure,
                                  part.six_months ? FigureSpan::six_months : FigureSpan::month),
                   part.six_months ? text.missing_months(data) : text.missing_days(data));
  figure.chart = Chart::shares;
  const std::uint64_t total = part.shares->total();
  const auto add = [&](std::string_view key, std::uint64_t count) {
    Series series = part_series(part, key, colors, text);
    series.values = {static_cast<double>(count)};
    if (total > 0) series.share = share_of(count, total);
    figure.series.push_back(std::move(series));
  };
  for (const PartTotal& each : part.shares->parts)
    add(each.key, each.count);
  if (part.shares->has_other()) add(kOtherKey, part.shares->other);
  return figure;
}

Series monthly_series(const ReportData& data, CountKind kind, std::string key, std::string label,
                      std::size_t index) {
  Series series;
  series.key = std::move(key);
  series.label = std::move(label);
  series.color = pair_color(index);
  for (const MonthNumbers& month : data.numbers.months) {
    series.values.push_back(compared_rate(data, month, kind));
    std::optional<Interval> interval;
    if (month.observed()) interval = month.interval(kind, data.comparison_denominator());
    series.low.push_back(interval ? std::optional(interval->low) : std::nullopt);
    series.high.push_back(interval ? std::optional(interval->high) : std::nullopt);
  }
  return series;
}

Figure monthly_figure(const ReportData& data, const ReportText& text) {
  Figure figure;
  figure.id = "1.1";
  figure.title = text.figure_title(data, "1.1", "");
  figure.unit = text.word("unit.both_rate");
  figure.note = joined_notes(text.rate_note(data), text.missing_months(data));
  figure.chart = Chart::grouped_bars;
  figure.axis = AxisKind::month;
  for (const MonthNumbers& month : data.numbers.months) {
    figure.x.push_back(fmt::format("{:04}-{:02}", static_cast<int>(month.month.year()),
                                   static_cast<unsigned>(month.month.month())));
  }
  figure.series = {
      monthly_series(data, data.volume_kind(), "accesses", text.word("series.volume"), 0),
      monthly_series(data, data.sources_kind(), "sources",
                     text.word("series.sources", data.convention), 1)};
  return figure;
}

}  // namespace

std::string surge_figure_id(std::size_t index) {
  return fmt::format("2.1.{}", index + 1);
}

std::string surge_figure_of(const MonthFindings& findings, std::string_view service) {
  if (findings.published) return "";
  const std::vector<std::string> services = leading_surge_services(findings);
  const auto found = std::find(services.begin(), services.end(), service);
  if (found == services.end()) return "";
  return surge_figure_id(static_cast<std::size_t>(found - services.begin()));
}

std::vector<Figure> compose_figures(const ReportData& data, const ReportText& text) {
  const std::vector<PartFigures> all = part_figures(data);
  const Colors services = colors_of(all, Dimension::service, data.services.six_months_volume);
  const Colors regions = colors_of(all, Dimension::region, data.regions.six_months_volume);
  std::vector<Figure> figures = {monthly_figure(data, text)};
  for (const PartFigures& part : all) {
    const Colors& colors = part.dimension == Dimension::service ? services : regions;
    if (part.daily != nullptr) figures.push_back(daily_figure(data, part, colors, text));
    if (!part.shares_id.empty()) figures.push_back(share_figure(data, part, colors, text));
  }
  std::sort(figures.begin(), figures.end(),
            [](const Figure& a, const Figure& b) { return a.id < b.id; });
  return figures;
}

}  // namespace teiten
