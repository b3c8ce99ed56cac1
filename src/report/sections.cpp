#include "report/compose.h"
#include "report/facts.h"
#include "report/numbers.h"

namespace teiten {
namespace {

/// Gaps listed one by one; more than these are only counted in the table.
constexpr std::size_t kMaxListedGaps = 50;

/// Collects sections; empty sentences leave no paragraph.
class Sections {
 public:
  Sections(const ReportData& data, const ReportText& text) : data_(data), text_(text) {}

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
  const ReportData& data() const { return data_; }
  const ReportText& text() const { return text_; }
  std::vector<Section> take() { return std::move(sections_); }

 private:
  void add(Block block) { sections_.back().blocks.push_back(std::move(block)); }
  const ReportData& data_;
  const ReportText& text_;
  std::vector<Section> sections_;
};

void add_users(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("1", 1);
  sections.paragraph(text.summary(data));
  sections.paragraph(text.meaning(data));
  sections.paragraph(text.not_persons(data));
  if (data.is_partial(data.now())) sections.paragraph(text.partial_coverage(data));
  sections.paragraph(text.six_months(data));
  sections.figure("1.1");
  sections.paragraph(text.trend(data));
  sections.table(months_table(data, text));
}

void add_overview(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("2", 1);
  sections.paragraph(text.against_previous(data));
  sections.paragraph(text.largest_parts(data, Dimension::service));
  sections.paragraph(text.largest_parts(data, Dimension::region));
  sections.paragraph(text.kinds(data));
  sections.paragraph(text.missing_days(data));
}

void add_rises(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("2.1", 2);
  sections.paragraph(text.rises_intro(data));
  if (data.rising.empty()) sections.paragraph(text.word("text.no_rises"));
  for (std::size_t i = 0; i < data.rising.size(); ++i) {
    const std::string id = rise_figure_id(i);
    sections.paragraph(text.rise(data, data.rising[i], id));
    sections.figure(id);
  }
}

void add_figures(Sections& sections, const std::string& id, int last) {
  sections.begin(id, 2);
  sections.paragraph(sections.text().figures_intro(sections.data(), id));
  for (int figure = 1; figure <= last; ++figure)
    sections.figure(id + "." + std::to_string(figure));
}

void add_services(Sections& sections) {
  const ReportText& text = sections.text();
  sections.begin("4", 1);
  Table table = services_table(sections.data(), text);
  sections.paragraph(text.word(table.rows.empty() ? "text.no_services" : "text.services_intro"));
  sections.table(std::move(table));
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
}

void add_appendices(Sections& sections) {
  const ReportData& data = sections.data();
  const ReportText& text = sections.text();
  sections.begin("A", 1);
  sections.paragraph(text.word("method.convention", data.convention));
  sections.paragraph(text.word("text.measures_intro"));
  sections.table(measures_table(data, text));
  sections.list({text.word("method.rate"), text.word("method.interval"), text.word("method.shares"),
                 text.word("method.excluded"), text.word("method.coverage"),
                 text.word("method.comparison"), text.word("method.trend"),
                 text.word("method.rises")});
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

std::vector<std::pair<std::string, std::string>> method_of(const ReportData& data,
                                                           const ReportText& text) {
  std::vector<std::pair<std::string, std::string>> method;
  method.emplace_back("convention", text.word("method.convention", data.convention));
  for (const char* key : {"packets", "accesses", "sources", "source_days", "rate", "interval",
                          "shares", "excluded", "coverage", "comparison", "trend", "rises"})
    method.emplace_back(key, text.word(std::string("method.") + key));
  return method;
}

}  // namespace

std::vector<Section> compose_sections(const ReportData& data, const ReportText& text) {
  Sections sections(data, text);
  add_users(sections);
  add_overview(sections);
  add_rises(sections);
  add_figures(sections, "2.2", 2);
  add_figures(sections, "2.3", 2);
  add_figures(sections, "2.4", 4);
  sections.begin("3", 1);
  sections.paragraph(text.missing_months(data));
  add_figures(sections, "3.1", 2);
  add_figures(sections, "3.2", 2);
  add_services(sections);
  add_changes(sections);
  add_coverage(sections);
  add_appendices(sections);
  return sections.take();
}

std::vector<HeadlineNumber> compose_headline(const ReportData& data, const ReportText& text) {
  const MonthNumbers& now = data.now();
  const auto interval = [&](CountKind kind) {
    return text.interval_note(now.interval(kind, data.denominator()));
  };
  return {{text.word("headline.total"), static_cast<double>(volume_of(data, now)),
           text.word("unit.volume"), text.word("headline.total_note", data.convention)},
          {text.word("headline.sensors"), static_cast<double>(now.exposure.sensors),
           text.word("unit.sensors"), text.sensor_days_note(data)},
          {text.word("headline.rate"), volume_rate(data), text.word("unit.rate"),
           interval(data.volume_kind())},
          {text.word("headline.sources", data.convention), sources_rate(data),
           text.word("unit.sources_rate", data.convention), interval(data.sources_kind())},
          {text.word("headline.per_source", data.convention), volume_per_source(data),
           text.word("unit.per_source"), text.word("headline.per_source_note", data.convention)}};
}

ReportModel compose(ReportData data, Language language) {
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
  model.sections = compose_sections(data, text);
  model.figures = compose_figures(data, text);
  model.method = method_of(data, text);
  model.data = std::move(data);
  return model;
}

}  // namespace teiten
