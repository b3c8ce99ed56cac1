#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/facts.h"
#include "report/publish.h"
#include "report/report.h"

namespace teiten {
namespace {

using Json = nlohmann::ordered_json;

/// Up to here a double holds every integer (2^53).
constexpr double kMaxExactInteger = 9007199254740992.0;

/// Whole numbers without ".0"; what is missing or not finite is null.
Json number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  if (*value == std::floor(*value) && std::abs(*value) < kMaxExactInteger)
    return static_cast<std::int64_t>(*value);
  return *value;
}

Json numbers(const Values& values) {
  Json list = Json::array();
  for (const auto& value : values)
    list.push_back(number(value));
  return list;
}

std::string month_text(std::chrono::year_month month) {
  return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                     static_cast<unsigned>(month.month()));
}

Json period(TimeRange range, const TimeZone& zone) {
  return {{"from", zone.format(range.from)}, {"to", zone.format(range.to)}};
}

Json to_json(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* count = std::get_if<std::uint64_t>(&cell)) return *count;
  if (const auto* value = std::get_if<double>(&cell)) return number(*value);
  return nullptr;
}

Json to_json(const Table& table) {
  static constexpr std::array kFormats = {"text", "integer", "decimal1", "percent1"};
  Json columns = Json::array();
  for (const TableColumn& column : table.columns) {
    columns.push_back({{"key", column.key},
                       {"label", column.label},
                       {"align", column.align == Align::left ? "left" : "right"},
                       {"format", kFormats.at(static_cast<std::size_t>(column.format))}});
  }
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json cells = Json::array();
    for (const Cell& cell : row)
      cells.push_back(to_json(cell));
    rows.push_back(std::move(cells));
  }
  return {{"id", table.id}, {"title", table.title}, {"columns", columns}, {"rows", rows}};
}

Json to_json(const Block& block) {
  if (const auto* paragraph = std::get_if<Paragraph>(&block))
    return {{"type", "paragraph"}, {"text", paragraph->text}};
  if (const auto* figure = std::get_if<FigureReference>(&block))
    return {{"type", "figure"}, {"figure", figure->figure}};
  if (const auto* table = std::get_if<Table>(&block))
    return {{"type", "table"}, {"table", to_json(*table)}};
  if (const auto* said = std::get_if<FindingParagraph>(&block))
    return {{"type", "findings"}, {"text", said->text}, {"findings", said->findings}};
  if (const auto* references = std::get_if<ReferenceList>(&block)) {
    Json items = Json::array();
    for (const Reference& each : references->items)
      items.push_back({{"text", each.text}, {"url", each.url}});
    return {{"type", "references"}, {"items", std::move(items)}};
  }
  return {{"type", "list"}, {"items", std::get<ItemList>(block).items}};
}

Json to_json(const Section& section) {
  Json blocks = Json::array();
  for (const Block& block : section.blocks)
    blocks.push_back(to_json(block));
  return {{"id", section.id},
          {"title", section.title},
          {"level", section.level},
          {"blocks", std::move(blocks)}};
}

Json to_json(const Figure& figure) {
  static constexpr std::array kCharts = {"grouped_bars", "stacked_bars", "shares"};
  static constexpr std::array kAxes = {"none", "day", "month"};
  Json series = Json::array();
  for (const Series& each : figure.series) {
    Json entry = {{"key", each.key},
                  {"label", each.label},
                  {"color", each.color},
                  {"values", numbers(each.values)}};
    if (!each.low.empty()) {
      entry["low"] = numbers(each.low);
      entry["high"] = numbers(each.high);
    }
    if (figure.chart == Chart::shares) entry["share"] = number(each.share);
    series.push_back(std::move(entry));
  }
  return {{"id", figure.id},
          {"title", figure.title},
          {"unit", figure.unit},
          {"note", figure.note},
          {"chart", kCharts.at(static_cast<std::size_t>(figure.chart))},
          {"x", {{"kind", kAxes.at(static_cast<std::size_t>(figure.axis))}, {"values", figure.x}}},
          {"series", std::move(series)}};
}

Json finding_json(const SaidFinding& said) {
  const Finding& finding = said.finding;
  Json facts = Json::object();
  for (const FindingFact& fact : finding.facts)
    facts[fact.name] = fact.text;
  Json list = Json::array();
  for (const FindingNumber& each : finding.numbers)
    list.push_back({{"name", each.name}, {"value", number(each.value)}, {"unit", each.unit}});
  Json evidence = Json::array();
  for (const EvidenceNumber& each : said.evidence)
    evidence.push_back({{"name", each.name}, {"value", each.value}, {"unit", each.unit}});
  Json interval;
  if (finding.interval) {
    interval = {{"low", number(finding.interval->low)}, {"high", number(finding.interval->high)}};
  }
  return {{"id", finding.id},
          {"type", to_string(finding.type)},
          {"sentence", said.sentence},
          {"background", said.background},
          {"figure", said.figure.empty() ? Json() : Json(said.figure)},
          {"rule", finding.rule},
          {"rule_version", finding.rule_version},
          {"facts", std::move(facts)},
          {"numbers", std::move(list)},
          {"interval", std::move(interval)},
          {"p_value", number(finding.p_value)},
          {"q_value", number(finding.q_value)},
          {"query", finding.query},
          {"evidence", std::move(evidence)}};
}

Json counts_json(const MonthNumbers& month) {
  return {{"packets", month.counts.packets},
          {"accesses", month.counts.accesses},
          {"sources", month.sources},
          {"source_days", month.counts.source_days},
          {"daily_sources", month.counts.daily_sources}};
}

Json counts_json(const FourCounts& counts) {
  return {{"packets", counts.packets},
          {"accesses", counts.accesses},
          {"sources", counts.sources},
          {"source_days", counts.source_days}};
}

constexpr std::array<std::pair<const char*, CountKind>, 4> kCountKinds = {
    {{"packets", CountKind::packets},
     {"accesses", CountKind::accesses},
     {"source_days", CountKind::source_days},
     {"daily_sources", CountKind::daily_sources}}};

Json rates_json(const MonthNumbers& month, Denominator denominator) {
  Json rates = Json::object();
  for (const auto& [name, kind] : kCountKinds) {
    const auto interval = month.interval(kind, denominator);
    rates[name] = {{"rate", number(month.rate(kind, denominator))},
                   {"low", interval ? number(interval->low) : Json(nullptr)},
                   {"high", interval ? number(interval->high) : Json(nullptr)}};
  }
  return rates;
}

Json month_json(const ReportData& data, const MonthNumbers& month) {
  Json entry = {{"month", month_text(month.month)},
                {"period", period(month.range, data.zone)},
                {"observed", month.observed()},
                {"partial", data.is_partial(month)},
                {"sensors", month.exposure.sensors},
                {"nominal_sensor_days", number(month.exposure.nominal_sensor_days)},
                {"observed_sensor_days", number(month.exposure.observed_sensor_days)}};
  if (!month.observed()) {
    entry["counts"] = nullptr;
    return entry;
  }
  entry["counts"] = counts_json(month);
  entry["per_sensor_day_nominal"] = rates_json(month, Denominator::nominal);
  entry["per_sensor_day_observed"] = rates_json(month, Denominator::observed);
  return entry;
}

Json ranking_json(const std::vector<RankedPart>& ranking, const char* key) {
  Json list = Json::array();
  for (const RankedPart& part : ranking) {
    list.push_back({{key, part.key},
                    {"rank", part.rank},
                    {"count", part.count},
                    {"busiest_source", part.busiest_source ? Json(*part.busiest_source) : Json()},
                    {"rate", number(part.rate)},
                    {"previous_rank", part.previous_rank ? Json(*part.previous_rank) : Json()},
                    {"previous_rate", number(part.previous_rate)},
                    {"change", number(part.change)}});
  }
  return list;
}

Json evidence_json(const ReportData& data) {
  Json months = Json::array();
  for (const MonthNumbers& month : data.numbers.months)
    months.push_back(month_json(data, month));
  Json kinds = Json::array();
  for (const KindCount& kind : data.kinds) {
    Json entry = {{"kind", kind.kind}};
    entry.update(counts_json(kind.counts));
    kinds.push_back(std::move(entry));
  }
  Json tools = Json::array();
  for (const ToolCount& count : data.tools) {
    tools.push_back({{"tool", count.tool},
                     {"confirmed", count.confirmed},
                     {"packets", count.packets},
                     {"accesses", count.accesses}});
  }
  const bool observed = data.comparison_denominator() == Denominator::observed;
  return {{"months", std::move(months)},
          {"comparison_denominator", observed ? "observed" : "nominal"},
          {"service_ranking", ranking_json(data.services.ranking, "service")},
          {"region_ranking", ranking_json(data.regions.ranking, "region")},
          {"kinds", std::move(kinds)},
          {"tools", std::move(tools)},
          {"excluded_from_services", counts_json(data.excluded)},
          {"excluded_from_services_six_months", counts_json(data.six_months_excluded)}};
}

Json public_json(const PublicNotes& notes) {
  Json days = Json::array();
  for (const Day day : notes.days)
    days.push_back(format_day(day));
  Json months = Json::array();
  for (const auto month : notes.months)
    months.push_back(month_text(month));
  return {{"rules",
           {{"least_sources", kLeastCellSources},
            {"largest_source_share", static_cast<double>(kLargestSourcePercent) / 100},
            {"least_sources_of_a_part", kLeastPartSources},
            {"least_sensors_of_a_part", kLeastPartSensors},
            {"delay_days", kPublicationDelay.count()},
            {"rounding", "below 100 to 5, else three significant digits"}}},
          {"withheld",
           {{"services_at_most", notes.services_withheld},
            {"regions_at_most", notes.regions_withheld},
            {"services_by_day", notes.services_by_month},
            {"regions_by_day", notes.regions_by_month},
            {"daily_counts", notes.cells_withheld},
            {"findings",
             {{"surges_at_most", notes.findings.surges},
              {"new_services_at_most", notes.findings.new_services},
              {"one_source_at_most", notes.findings.one_source},
              {"co_targetings_at_most", notes.findings.co_targetings},
              {"families_at_most", notes.findings.families},
              {"cannot_tell_at_most", notes.findings.cannot_tell}}},
            {"days", std::move(days)},
            {"months", std::move(months)}}}};
}

Json coverage_json(const ReportData& data) {
  const MonthNumbers& now = data.now();
  Json list = Json::array();
  if (data.is_public()) return list;
  for (const SensorMonth& sensor : now.sensors) {
    Json gaps = Json::array();
    Json saturated = Json::array();
    Json life;
    for (const std::int64_t day : saturated_days_of(data.saturated, sensor.sensor))
      saturated.push_back(format_day(day_from_number(day)));
    for (const SensorCoverage& coverage : data.coverage) {
      if (coverage.sensor != sensor.sensor) continue;
      life = period(coverage.life, data.zone);
      for (const CoverageGap& gap : coverage.gaps) {
        if (gap.range.from >= now.range.to || gap.range.to <= now.range.from) continue;
        Json entry = period(gap.range, data.zone);
        entry["inferred"] = gap.inferred;
        gaps.push_back(std::move(entry));
      }
    }
    list.push_back({{"sensor", sensor.sensor},
                    {"life", life},
                    {"nominal_days", number(sensor.nominal_days)},
                    {"observed_days", number(sensor.observed_days)},
                    {"gaps", std::move(gaps)},
                    {"saturated_days", std::move(saturated)},
                    {"packets", sensor.counts.packets},
                    {"accesses", sensor.counts.accesses},
                    {"source_days", sensor.counts.source_days},
                    {"daily_sources", sensor.counts.daily_sources}});
  }
  return list;
}

Json totals_json(const ReportData& data) {
  Json totals = counts_json(data.now());
  totals["sensors"] = data.now().exposure.sensors;
  totals["nominal_sensor_days"] = number(data.now().exposure.nominal_sensor_days);
  totals["observed_sensor_days"] = number(data.now().exposure.observed_sensor_days);
  totals["accesses_per_sensor_day"] = number(volume_rate(data));
  totals["sources_per_sensor_day"] = number(sources_rate(data));
  totals["accesses_per_source"] = number(volume_per_source(data));
  totals["without_scanners"] = nullptr;
  if (const auto& scanners = data.findings.scanners) {
    totals["without_scanners"] = {{"packets", scanners->without.packets},
                                  {"accesses", scanners->without.accesses},
                                  {"sources", scanners->without.sources},
                                  {"source_days", scanners->without.source_days}};
  }
  totals["denominator"] = data.denominator() == Denominator::nominal ? "nominal" : "observed";
  return totals;
}

template <typename T>
Json list_of(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items)
    list.push_back(to_json(item));
  return list;
}

Json pairs(const std::vector<std::pair<std::string, std::string>>& entries) {
  Json object = Json::object();
  for (const auto& [key, text] : entries)
    object[key] = text;
  return object;
}

}  // namespace

std::string to_json(const SaidFinding& said) {
  return finding_json(said).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_json(const ReportModel& model) {
  const ReportData& data = model.data;
  Json months = Json::array();
  for (const MonthNumbers& month : data.numbers.months)
    months.push_back(month_text(month.month));
  Json headline = Json::array();
  for (const HeadlineNumber& each : model.headline) {
    headline.push_back({{"label", each.label},
                        {"value", number(each.value)},
                        {"unit", each.unit},
                        {"note", each.note}});
  }
  Json findings = Json::array();
  for (const SaidFinding& said : model.findings)
    findings.push_back(finding_json(said));
  Json json = {{"schema_version", 1},
               {"generator", "teiten " TEITEN_VERSION},
               {"language", to_string(model.language)},
               {"month", month_text(data.month)},
               {"time_zone", data.zone.name()},
               {"convention", to_string(data.convention)},
               {"title", model.title},
               {"subtitle", model.subtitle},
               {"period", period(data.now().range, data.zone)},
               {"months", std::move(months)},
               {"labels", pairs(model.labels)},
               {"headline", std::move(headline)},
               {"sections", list_of(model.sections)},
               {"figures", list_of(model.figures)},
               {"findings", std::move(findings)},
               {"totals", totals_json(data)},
               {"evidence", evidence_json(data)},
               {"coverage", coverage_json(data)},
               {"method", pairs(model.method)},
               {"databases", data.databases}};
  if (data.findings.without_scanners) json["without_scanners"] = true;
  if (data.published) json["public"] = public_json(*data.published);
  // Sensor names come from outside; bytes that are not UTF-8 become U+FFFD.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace teiten
