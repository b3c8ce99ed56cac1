#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "report/compose.h"
#include "report/facts.h"
#include "report/numbers.h"
#include "report/said.h"

namespace teiten {
namespace {

/// Gaps listed one by one; more than these are only counted in the table.
constexpr std::size_t kMaxListedGaps = 50;
/// Families told in the text, the largest; all are in report.json and the appendix.
constexpr std::size_t kMaxToldFamilies = 6;

/// Collects sections; empty sentences leave no paragraph.
class Sections {
 public:
  Sections(const ReportData& data, const ReportText& text, const std::vector<SaidFinding>& said)
      : data_(data), text_(text), said_(said) {}

  void begin(std::string id, int level) {
    Section section;
    section.title = text_.word("section." + id);
    section.id = std::move(id);
    section.level = level;
    sections_.push_back(std::move(section));
  }
  void paragraph(std::string sentence) {
    if (!sentence.empty()) add(Paragraph{std::move(sentence)});
  }
  void figure(std::string id) { add(FigureReference{std::move(id)}); }
  void table(Table table) {
    if (!table.rows.empty()) add(std::move(table));
  }
  void list(std::vector<std::string> items) {
    if (!items.empty()) add(ItemList{std::move(items)});
  }
  /// The sentences of these findings, one after the other, `before` them.
  void findings(const std::vector<std::string>& ids, std::string before = "") {
    FindingParagraph block;
    block.text = std::move(before);
    for (const std::string& id : ids) {
      const SaidFinding* said = find_said(said_, id);
      if (said == nullptr) continue;
      if (!block.text.empty()) block.text += text_.word("text.between_sentences");
      block.text += said->text();
      block.findings.push_back(id);
    }
    if (!block.findings.empty()) add(std::move(block));
  }
  void references(std::vector<Reference> items) {
    if (!items.empty()) add(ReferenceList{std::move(items)});
  }
  const ReportData& data() const { return data_; }
  const ReportText& text() const { return text_; }
  std::vector<Section> take() { return std::move(sections_); }

 private:
  void add(Block block) { sections_.back().blocks.push_back(std::move(block)); }
  const ReportData& data_;
  const ReportText& text_;
  const std::vector<SaidFinding>& said_;
  std::vector<Section> sections_;
};

std::string finding_id(FindingType type, const OverallStatement& statement) {
  return fmt::format("{} {}", to_string(type), to_string(statement.kind));
}

/// The six months' trend; where none can be named, the extremes and why.
void add_trend(Sections& sections) {
  const ReportData& data = sections.data();
  std::vector<std::string> told;
  for (const OverallStatement& statement : data.findings.overall) {
    if (statement.trend.word != TrendWord::cannot_tell)
      told.push_back(finding_id(FindingType::trend, statement));
  }
  if (!told.empty()) return sections.findings(told);
  const std::string extremes = sections.text().extremes(data);
  const bool comparable = observed_months(data).size() > 1;
  if (!comparable || data.findings.overall.empty()) return sections.paragraph(extremes);
  sections.findings({finding_id(FindingType::trend, data.findings.overall.front())}, extremes);
}

void add_users(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("1", 1);
  sections.paragraph(text.summary(data));
  sections.paragraph(text.meaning(data));
  sections.paragraph(text.not_persons(data));
  sections.findings({std::string(kScannersId)});
  if (data.is_partial(data.now())) sections.paragraph(text.partial_coverage(data));
  if (data.is_public()) sections.paragraph(text.word("text.public_notice"));
  sections.paragraph(text.six_months(data));
  sections.figure("1.1");
  add_trend(sections);
  sections.table(months_table(data, text));
}

/// The month against the one before, by volume and by sources; the latter only where it adds
/// something.
void add_level(Sections& sections) {
  std::vector<std::string> told;
  for (const OverallStatement& statement : sections.data().findings.overall) {
    if (!told.empty() && statement.level.word == TrendWord::cannot_tell) continue;
    told.push_back(finding_id(FindingType::level, statement));
  }
  sections.findings(told);
}

bool tells(const MonthFindings& findings, CannotTellReason reason) {
  return std::any_of(findings.cannot_tell.begin(), findings.cannot_tell.end(),
                     [reason](const CannotTell& said) { return said.reason == reason; });
}

void add_overview(Sections& sections, const FindingContext& context) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  const MonthFindings& findings = data.findings;
  sections.begin("2", 1);
  add_level(sections);
  sections.paragraph(text.comparison_note(data));
  if (!findings.surges.empty() || findings.rises_tested)
    sections.paragraph(FindingText::in(text.language()).surges(context, findings.surges));
  for (const CannotTell& said : findings.cannot_tell)
    sections.findings({finding_id(said)});
  sections.paragraph(text.largest_parts(data, Dimension::service));
  sections.paragraph(text.one_source_parts(data, Dimension::service));
  if (!tells(findings, CannotTellReason::no_regions)) {
    sections.paragraph(text.largest_parts(data, Dimension::region));
    sections.paragraph(text.one_source_parts(data, Dimension::region));
  }
  sections.paragraph(text.kinds(data));
  sections.paragraph(text.missing_days(data));
}

void add_advice(Sections& sections, const KnowledgeBase& knowledge) {
  const ReportText& text = sections.text();
  // Those who read a report with Japan's days are in Japan, as far as one can know.
  const std::string_view country = sections.data().zone.name() == "Asia/Tokyo" ? "JP" : "";
  Advice advice = advice_of(sections.data().findings, knowledge, text.language(), country);
  if (advice.infection) {
    sections.paragraph(
        text.word(advice.contacts.empty() ? "text.infection" : "text.infection_contacts"));
    sections.references(std::move(advice.contacts));
  }
  if (!advice.checks.empty()) {
    sections.paragraph(text.word("text.checks"));
    sections.list(std::move(advice.checks));
  }
  if (!advice.references.empty()) {
    sections.paragraph(text.word("text.references"));
    sections.references(std::move(advice.references));
  }
}

/// What rose, from where, and what the same sources also asked for; then who travels together.
void add_rises(Sections& sections, const KnowledgeBase& knowledge) {
  const MonthFindings& findings = sections.data().findings;
  const ReportText& text = sections.text();
  sections.begin("2.1", 2);
  const bool nothing =
      findings.surges.empty() && findings.new_services.empty() && findings.one_source.empty();
  if (nothing) {
    sections.paragraph(
        text.word(findings.rises_tested ? "text.no_rises" : "text.rises_unknown", sections.data()));
  }
  std::set<std::string> shown;
  for (std::size_t i = 0; i < findings.surges.size(); ++i) {
    sections.findings({finding_id(findings.surges[i])});
    const std::string figure = surge_figure_of(findings, findings.surges[i].service);
    if (!figure.empty() && shown.insert(figure).second) sections.figure(figure);
    for (const CoTargeting* targeting : untold_co_targetings(findings, i))
      sections.findings({finding_id(*targeting)});
  }
  if (!findings.surges.empty()) sections.paragraph(text.word("text.ports_prove_nothing"));
  for (const NewService& service : findings.new_services)
    sections.findings({finding_id(service)});
  for (const OneSourceRise& rise : findings.one_source)
    sections.findings({finding_id(rise)});
  const std::size_t families = std::min(findings.families.size(), kMaxToldFamilies);
  for (std::size_t i = 0; i < families; ++i)
    sections.findings({finding_id(findings.families[i])});
  add_advice(sections, knowledge);
}

void add_figures(Sections& sections, const std::string& id, int last) {
  sections.begin(id, 2);
  sections.paragraph(sections.text().figures_intro(sections.data(), id));
  for (int figure = 1; figure <= last; ++figure)
    sections.figure(id + "." + std::to_string(figure));
}

void add_services(Sections& sections, const KnowledgeBase& knowledge) {
  const ReportText& text = sections.text();
  sections.begin("4", 1);
  Table table = services_table(sections.data(), text, knowledge);
  sections.paragraph(
      text.word(table.rows.empty() ? "text.no_services" : "text.services_intro", sections.data()));
  sections.table(std::move(table));
  Table tools = tools_table(sections.data(), text, knowledge);
  if (tools.rows.empty()) return;
  sections.paragraph(text.word("text.tools_intro"));
  sections.table(std::move(tools));
}

void add_changes(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("5", 1);
  sections.paragraph(text.ranking_intro(data));
  sections.table(ranking_table(data, text, Dimension::service));
  sections.table(ranking_table(data, text, Dimension::region));
}

void add_coverage(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("6", 1);
  sections.paragraph(text.coverage_intro(data));
  if (data.is_public()) return sections.paragraph(text.word("text.public_coverage"));
  sections.table(coverage_table(data, text));
  const TimeRange month = data.now().range;
  std::vector<std::string> gaps;
  for (const SensorCoverage& sensor : data.coverage) {
    for (const CoverageGap& gap : sensor.gaps) {
      if (gap.range.from >= month.to || gap.range.to <= month.from) continue;
      if (gaps.size() < kMaxListedGaps)
        gaps.push_back(text.coverage_gap(data, sensor.sensor, gap.range));
    }
  }
  sections.list(std::move(gaps));
  std::vector<std::string> saturated;
  for (const SaturatedSensor& sensor : data.saturated)
    saturated.push_back(text.saturated(sensor));
  sections.list(std::move(saturated));
}

void add_appendices(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("A", 1);
  sections.paragraph(text.word("method.convention", data.convention));
  sections.paragraph(text.word("text.measures_intro"));
  sections.table(measures_table(data, text));
  sections.list({text.word("method.rate"), text.word("method.interval"),
                 text.word("method.shares", data), text.word("method.excluded", data),
                 text.word("method.coverage"), text.word("method.comparison"),
                 text.word("method.level"), text.word("method.trend"), text.word("method.surges"),
                 text.word("method.families")});
  sections.table(kinds_table(data, text));
  sections.begin("B", 1);
  if (data.databases.empty()) {
    sections.paragraph(text.word("text.no_databases"));
  } else {
    sections.paragraph(text.databases_intro(data));
    std::vector<std::string> names;
    for (const std::string& name : data.databases)
      names.push_back(text.database(name));
    sections.list(std::move(names));
  }
}

void add_evidence(Sections& sections, const std::vector<SaidFinding>& said) {
  if (said.empty()) return;
  const ReportText& text = sections.text();
  sections.begin("C", 1);
  sections.paragraph(text.word("text.evidence_intro", sections.data()));
  sections.table(evidence_table(sections.data(), text, said));
}

void add_publication(Sections& sections) {
  const ReportText& text = sections.text();
  sections.begin("D", 1);
  sections.paragraph(text.word("text.public_why"));
  sections.list(text.public_rules(sections.data()));
}

std::vector<std::pair<std::string, std::string>> method_of(const ReportData& data,
                                                           const ReportText& text) {
  std::vector<std::pair<std::string, std::string>> method;
  method.emplace_back("convention", text.word("method.convention", data.convention));
  for (const char* key :
       {"packets", "accesses", "sources", "source_days", "rate", "interval", "shares", "excluded",
        "coverage", "comparison", "level", "trend", "surges", "families"})
    method.emplace_back(key, text.word(std::string("method.") + key, data));
  return method;
}

}  // namespace

std::vector<Section> compose_sections(const ReportData& data, const ReportText& text,
                                      const KnowledgeBase& knowledge,
                                      const std::vector<SaidFinding>& said) {
  Sections sections(data, text, said);
  add_users(sections);
  add_overview(sections, finding_context(data.findings, knowledge, text.language()));
  add_rises(sections, knowledge);
  add_figures(sections, "2.2", 2);
  add_figures(sections, "2.3", 2);
  add_figures(sections, "2.4", 4);
  sections.begin("3", 1);
  sections.paragraph(text.missing_months(data));
  add_figures(sections, "3.1", 2);
  add_figures(sections, "3.2", 2);
  add_services(sections, knowledge);
  add_changes(sections);
  add_coverage(sections);
  add_appendices(sections);
  add_evidence(sections, said);
  if (data.is_public()) add_publication(sections);
  return sections.take();
}

std::vector<HeadlineNumber> compose_headline(const ReportData& data, const ReportText& text) {
  const MonthNumbers& now = data.now();
  const auto interval = [&](CountKind kind) {
    return text.interval_note(now.interval(kind, data.denominator()));
  };
  // A number printed as 1 takes the singular.
  const auto unit = [&](std::string_view name, std::optional<double> value) {
    const bool one = value && (*value == 1 || format_rate(*value) == "1.0");
    return text.word(fmt::format("{}.{}", one ? "unit_one" : "unit", name), data.convention);
  };
  // Where nobody watched, nothing was counted: that is no 0.
  const std::optional<double> total =
      now.observed() ? std::optional(static_cast<double>(volume_of(data, now))) : std::nullopt;
  return {{text.word("headline.total"), total, unit("volume", total),
           text.word("headline.total_note", data.convention)},
          {text.word("headline.sensors"), static_cast<double>(now.exposure.sensors),
           text.word("unit.sensors"), text.sensor_days_note(data)},
          {text.word("headline.rate"), volume_rate(data), unit("rate", volume_rate(data)),
           interval(data.volume_kind())},
          {text.word("headline.sources", data.convention), sources_rate(data),
           unit("sources_rate", sources_rate(data)), interval(data.sources_kind())},
          {text.word("headline.per_source", data.convention), volume_per_source(data),
           unit("per_source", volume_per_source(data)),
           text.word("headline.per_source_note", data.convention)}};
}

ReportModel compose(ReportData data, const KnowledgeBase& knowledge, Language language) {
  const ReportText& text = ReportText::in(language);
  ReportModel model;
  model.language = language;
  model.title = text.title(data);
  model.subtitle = text.subtitle(data);
  for (const auto& [key, word] : text.words()) {
    if (constexpr std::string_view kPrefix = "label."; key.starts_with(kPrefix))
      model.labels.emplace_back(key.substr(kPrefix.size()), word);
  }
  model.labels.emplace_back("convention_name", text.word("convention", data.convention));
  model.headline = compose_headline(data, text);
  model.findings = say_findings(data.findings, knowledge, language);
  model.sections = compose_sections(data, text, knowledge, model.findings);
  model.figures = compose_figures(data, text);
  model.method = method_of(data, text);
  model.data = std::move(data);
  return model;
}

}  // namespace teiten
