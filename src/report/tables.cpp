#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "report/compose.h"
#include "report/facts.h"
#include "report/numbers.h"
#include "report/said.h"

namespace teiten {
namespace {

/// Worms and bots named for one service: the youngest.
constexpr std::size_t kMaxListedMalware = 4;

TableColumn text_column(const ReportText& text, std::string key, std::string_view word) {
  return {std::move(key), text.word(word), Align::left, CellFormat::text};
}

TableColumn number_column(std::string key, std::string label, CellFormat format) {
  return {std::move(key), std::move(label), Align::right, format};
}

Cell cell(const std::optional<double>& value) {
  if (!value) return std::monostate{};
  return *value;
}

Cell cell(const std::optional<std::size_t>& value) {
  if (!value) return std::monostate{};
  return static_cast<std::uint64_t>(*value);
}

/// Keys of the month's leading services, by volume, then those that lead by sources only.
std::vector<std::string> leading_services(const ReportData& data) {
  std::vector<std::string> keys;
  for (const Breakdown* shares : {&data.services.volume.shares, &data.services.sources.shares}) {
    for (const PartTotal& part : shares->parts) {
      if (std::find(keys.begin(), keys.end(), part.key) == keys.end()) keys.push_back(part.key);
    }
  }
  return keys;
}

/// What a service is and what accesses to it are known for, and what to check; as known on `day`.
std::pair<std::string, std::string> explained(Service service, Day day, const ReportText& text,
                                              const KnowledgeBase& knowledge) {
  const auto known = knowledge.explain(service, day, text.language());
  if (!known) {
    const auto name = knowledge.name(service, day, text.language());
    return {name ? name->description : text.word("text.unknown_service"), ""};
  }
  const std::string space = text.word("text.between_sentences");
  std::string description = known->listens + space + known->aimed_at;
  std::string malware;
  const std::size_t begin =
      known->malware.size() > kMaxListedMalware ? known->malware.size() - kMaxListedMalware : 0;
  for (std::size_t i = begin; i < known->malware.size(); ++i)
    malware += (malware.empty() ? "" : text.word("text.between_items")) + known->malware[i];
  if (!malware.empty())
    description += space + fmt::format(fmt::runtime(text.word("text.malware")), malware);
  return {description,
          fmt::format(fmt::runtime(text.word("text.check_service")), known->home, known->admin)};
}

std::string iana_name(Service service, Day day, Language language, const KnowledgeBase& knowledge) {
  const auto name = knowledge.name(service, day, language);
  return name && !name->iana.empty() ? name->iana : "–";
}

}  // namespace

Table months_table(const ReportData& data, const ReportText& text) {
  Table table;
  table.id = "months";
  table.title = text.word("table.months");
  table.columns = {
      text_column(text, "month", "column.month"),
      number_column("sensors", text.word("column.sensors"), CellFormat::integer),
      number_column("completeness", text.word("column.completeness"), CellFormat::percent1),
      number_column("accesses", text.word("column.volume"), CellFormat::integer),
      number_column("sources", text.word("column.sources", data.convention), CellFormat::integer),
      number_column("rate_nominal", text.word("column.rate_nominal"), CellFormat::decimal1),
      number_column("rate_observed", text.word("column.rate_observed"), CellFormat::decimal1),
      number_column("sources_rate", text.word("column.sources_rate", data.convention),
                    CellFormat::decimal1)};
  const CountKind volume = data.volume_kind();
  for (const MonthNumbers& month : data.numbers.months) {
    std::vector<Cell> row = {text.month(month.month)};
    if (!month.observed()) {
      row.resize(table.columns.size(), std::monostate{});
      table.rows.push_back(std::move(row));
      continue;
    }
    row.emplace_back(month.exposure.sensors);
    row.emplace_back(month.completeness());
    row.emplace_back(volume_of(data, month));
    row.emplace_back(data.convention == Convention::talot2 ? month.counts.source_days
                                                           : month.sources);
    row.push_back(cell(month.rate(volume, Denominator::nominal)));
    row.push_back(cell(month.rate(volume, Denominator::observed)));
    row.push_back(cell(month.rate(data.sources_kind(), data.denominator())));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table services_table(const ReportData& data, const ReportText& text,
                     const KnowledgeBase& knowledge) {
  Table table;
  table.id = "services";
  table.title = text.word("table.services");
  table.columns = {text_column(text, "service", "column.service"),
                   text_column(text, "iana", "column.iana"),
                   text_column(text, "description", "column.description"),
                   text_column(text, "checks", "column.checks")};
  const Day today = last_day(data.month);
  for (const std::string& key : leading_services(data)) {
    const Service service = Service::parse(key).value_or(Service());
    const auto said = explained(service, today, text, knowledge);
    table.rows.push_back({text.service(key), iana_name(service, today, text.language(), knowledge),
                          said.first,
                          said.second.empty() ? Cell{std::monostate{}} : Cell{said.second}});
  }
  return table;
}

Table evidence_table(const ReportData& data, const ReportText& text,
                     const std::vector<SaidFinding>& said) {
  Table table;
  table.id = "evidence";
  table.title = text.word("table.evidence");
  table.columns = {text_column(text, "finding", "column.finding"),
                   text_column(text, "numbers", "column.numbers")};
  if (!data.is_public()) table.columns.push_back(text_column(text, "query", "column.query"));
  for (const SaidFinding& each : said) {
    std::string numbers;
    for (const EvidenceNumber& number : each.evidence) {
      if (!number.main) continue;
      if (!numbers.empty()) numbers += text.word("text.between_items");
      numbers += fmt::format("{} {}{}{}", number.name, number.value, number.unit.empty() ? "" : " ",
                             number.unit);
    }
    table.rows.push_back(
        {fmt::format("{} [{} v{}]", each.finding.id, each.finding.rule, each.finding.rule_version),
         numbers.empty() ? Cell{std::monostate{}} : Cell{numbers}});
    if (!data.is_public()) table.rows.back().emplace_back(each.finding.query);
  }
  return table;
}

Table ranking_table(const ReportData& data, const ReportText& text, Dimension dimension) {
  const bool by_service = dimension == Dimension::service;
  Table table;
  table.id = by_service ? "service_ranking" : "region_ranking";
  table.title = text.word("table." + table.id);
  table.columns = {number_column("rank", text.word("column.rank"), CellFormat::integer),
                   text_column(text, by_service ? "service" : "region",
                               by_service ? "column.service" : "column.region"),
                   number_column("count", text.word("column.count"), CellFormat::integer),
                   number_column("share", text.word("column.share"), CellFormat::percent1)};
  // A public report tells nothing of a single source.
  if (!data.published) {
    table.columns.push_back(
        number_column("busiest_source", text.word("column.busiest_source"), CellFormat::percent1));
  }
  table.columns.insert(
      table.columns.end(),
      {number_column("rate", text.word("column.rate"), CellFormat::decimal1),
       number_column("previous_rank", text.word("column.previous_rank"), CellFormat::integer),
       number_column("previous_rate", text.word("column.previous_rate"), CellFormat::decimal1),
       number_column("change", text.word("column.change"), CellFormat::percent1)});
  const CutPair& pair = cuts(data, dimension);
  const std::uint64_t total = pair.volume.shares.total();
  for (const RankedPart& part : pair.ranking) {
    std::vector<Cell> row = {static_cast<std::uint64_t>(part.rank),
                             by_service ? text.service(part.key) : text.region(part.key),
                             part.count, share_of(part.count, total)};
    if (!data.published) row.emplace_back(share_of(part.busiest_source.value_or(0), part.count));
    row.insert(row.end(), {cell(part.rate), cell(part.previous_rank), cell(part.previous_rate),
                           cell(part.change)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table coverage_table(const ReportData& data, const ReportText& text) {
  Table table;
  table.id = "coverage";
  table.title = text.word("table.coverage");
  table.columns = {
      text_column(text, "sensor", "column.sensor"),
      number_column("nominal_days", text.word("column.nominal_days"), CellFormat::integer),
      number_column("observed_days", text.word("column.observed_days"), CellFormat::decimal1),
      number_column("completeness", text.word("column.completeness"), CellFormat::percent1),
      number_column("gaps", text.word("column.gaps"), CellFormat::integer),
      number_column("saturated_days", text.word("column.saturated_days"), CellFormat::integer),
      number_column("accesses", text.word("column.volume"), CellFormat::integer),
      number_column("rate", text.word("column.rate_observed"), CellFormat::decimal1)};
  const MonthNumbers& now = data.now();
  for (const SensorMonth& sensor : now.sensors) {
    std::uint64_t gaps = 0;
    for (const SensorCoverage& coverage : data.coverage) {
      if (coverage.sensor != sensor.sensor) continue;
      for (const CoverageGap& gap : coverage.gaps)
        gaps += gap.range.from < now.range.to && now.range.from < gap.range.to ? 1 : 0;
    }
    const std::uint64_t count = count_of(sensor.counts, data.volume_kind());
    table.rows.push_back(
        {sensor.sensor, static_cast<std::uint64_t>(data.numbers.days.size()), sensor.observed_days,
         std::min(1.0, sensor.observed_days / std::max(1.0, sensor.nominal_days)), gaps,
         std::uint64_t{saturated_days_of(data.saturated, sensor.sensor).size()}, count,
         cell(rate_of(count, sensor.observed_days))});
  }
  return table;
}

Table measures_table(const ReportData& data, const ReportText& text) {
  Table table;
  table.id = "measures";
  table.title = text.word("table.measures");
  table.columns = {text_column(text, "measure", "column.measure"),
                   number_column("value", text.word("column.value"), CellFormat::integer),
                   number_column("rate", text.word("column.rate"), CellFormat::decimal1),
                   text_column(text, "definition", "column.definition")};
  const MonthNumbers& now = data.now();
  const Denominator days = data.denominator();
  table.rows = {{text.word("column.packets"), now.counts.packets,
                 cell(now.rate(CountKind::packets, days)), text.word("method.packets")},
                {text.word("column.accesses"), now.counts.accesses,
                 cell(now.rate(CountKind::accesses, days)), text.word("method.accesses")},
                {text.word("column.distinct"), now.sources,
                 cell(now.rate(CountKind::daily_sources, days)), text.word("method.sources")},
                {text.word("column.source_days"), now.counts.source_days,
                 cell(now.rate(CountKind::source_days, days)), text.word("method.source_days")}};
  return table;
}

Table kinds_table(const ReportData& data, const ReportText& text) {
  Table table;
  table.id = "kinds";
  table.title = text.word("table.kinds");
  table.columns = {
      text_column(text, "kind", "column.kind"),
      number_column("packets", text.word("column.packets"), CellFormat::integer),
      number_column("accesses", text.word("column.accesses"), CellFormat::integer),
      number_column("sources", text.word("column.distinct"), CellFormat::integer),
      number_column("source_days", text.word("column.source_days"), CellFormat::integer)};
  for (const KindCount& kind : data.kinds) {
    table.rows.push_back({text.word("kind." + kind.kind), kind.counts.packets, kind.counts.accesses,
                          kind.counts.sources, kind.counts.source_days});
  }
  return table;
}

Table tools_table(const ReportData& data, const ReportText& text, const KnowledgeBase& knowledge) {
  Table table;
  table.id = "tools";
  table.title = text.word("table.tools");
  table.columns = {text_column(text, "tool", "column.tool"),
                   text_column(text, "certainty", "column.certainty"),
                   number_column("packets", text.word("column.packets"), CellFormat::integer),
                   number_column("accesses", text.word("column.accesses"), CellFormat::integer),
                   text_column(text, "explanation", "column.explanation")};
  for (const ToolCount& count : data.tools) {
    const ToolEntry* tool = knowledge.tool(count.tool, data.numbers.days.back().day);
    if (tool == nullptr) continue;  // not known in those days
    table.rows.push_back({tool->name,
                          text.word(count.confirmed ? "tool.confirmed" : "tool.possible"),
                          count.packets, count.accesses, tool->text.in(text.language())});
  }
  return table;
}

}  // namespace teiten
