#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/report.h"

namespace teiten {
namespace {

/// Text that Markdown must not read as markup; a table cell also hides its bars and line ends.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) result += '\\';
    result += c == '\n' || c == '\r' ? ' ' : c;
  }
  return result;
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells)
    row += fmt::format(" {} |", cell);
  return row + "\n";
}

std::string cell_text(const Cell& cell, const TableColumn& column) {
  if (const auto* text = std::get_if<std::string>(&cell)) return escaped(*text);
  if (const auto* count = std::get_if<std::uint64_t>(&cell)) return format_count(*count);
  const auto* value = std::get_if<double>(&cell);
  if (value == nullptr) return "–";
  switch (column.format) {
    case CellFormat::integer:
      return format_decimal(*value, 0);
    case CellFormat::percent1:
      return column.key == "change" ? format_change(*value) : format_share(*value);
    default:
      return format_decimal(*value, 1);
  }
}

std::string table_text(const Table& table) {
  std::string out = fmt::format("**{}**\n\n", escaped(table.title));
  std::vector<std::string> heads;
  std::vector<std::string> rules;
  for (const TableColumn& column : table.columns) {
    heads.push_back(escaped(column.label));
    rules.emplace_back(column.align == Align::left ? ":--" : "--:");
  }
  out += table_row(heads) + table_row(rules);
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.push_back(cell_text(row[i], table.columns[i]));
    out += table_row(cells);
  }
  return out + "\n";
}

std::string value_text(const std::optional<double>& value, const Figure& figure,
                       std::string_view missing) {
  if (!value) return std::string(missing);
  return figure.axis == AxisKind::month ? format_decimal(*value, 1) : format_decimal(*value, 0);
}

/// Labels that the model carries, by key.
std::string label(const ReportModel& model, std::string_view key) {
  for (const auto& [name, text] : model.labels) {
    if (name == key) return text;
  }
  return std::string(key);
}

std::string shares_table(const ReportModel& model, const Figure& figure) {
  std::string out = table_row({label(model, "item"), escaped(figure.unit), label(model, "share")});
  out += table_row({":--", "--:", "--:"});
  for (const Series& series : figure.series) {
    out += table_row({escaped(series.label),
                      value_text(series.values.at(0), figure, label(model, "missing")),
                      series.share ? format_share(*series.share) : "–"});
  }
  return out;
}

std::string series_table(const ReportModel& model, const Figure& figure) {
  const bool monthly = figure.axis == AxisKind::month;
  std::vector<std::string> heads = {label(model, monthly ? "month" : "day")};
  std::vector<std::string> rules = {":--"};
  for (const Series& series : figure.series) {
    heads.push_back(escaped(series.label));
    rules.emplace_back("--:");
  }
  std::string out = table_row(heads) + table_row(rules);
  for (std::size_t i = 0; i < figure.x.size(); ++i) {
    std::vector<std::string> row = {figure.x[i]};
    for (const Series& series : figure.series) {
      std::string text = value_text(series.values[i], figure, label(model, "missing"));
      if (i < series.low.size() && series.low[i] && series.high[i]) {
        text += fmt::format(" ({}–{})", format_decimal(*series.low[i], 1),
                            format_decimal(*series.high[i], 1));
      }
      row.push_back(std::move(text));
    }
    out += table_row(row);
  }
  return out;
}

std::string figure_text(const ReportModel& model, std::string_view id) {
  const auto found = std::find_if(model.figures.begin(), model.figures.end(),
                                  [id](const Figure& figure) { return figure.id == id; });
  if (found == model.figures.end()) return "";
  const Figure& figure = *found;
  std::string out = fmt::format("**{} {}: {}** ({}: {})\n\n", label(model, "figure"), figure.id,
                                escaped(figure.title), label(model, "unit"), escaped(figure.unit));
  if (!figure.series.empty()) {
    out +=
        figure.chart == Chart::shares ? shares_table(model, figure) : series_table(model, figure);
    out += "\n";
  } else {
    out += label(model, "missing") + "\n\n";
  }
  if (!figure.note.empty()) out += escaped(figure.note) + "\n\n";
  return out;
}

std::string block_text(const ReportModel& model, const Block& block) {
  if (const auto* paragraph = std::get_if<Paragraph>(&block))
    return escaped(paragraph->text) + "\n\n";
  if (const auto* figure = std::get_if<FigureReference>(&block))
    return figure_text(model, figure->figure);
  if (const auto* table = std::get_if<Table>(&block)) return table_text(*table);
  if (const auto* said = std::get_if<FindingParagraph>(&block)) return escaped(said->text) + "\n\n";
  std::string out;
  if (const auto* references = std::get_if<ReferenceList>(&block)) {
    for (const Reference& each : references->items)
      out += fmt::format("- {} <{}>\n", escaped(each.text), each.url);
    return out + "\n";
  }
  for (const std::string& item : std::get<ItemList>(block).items)
    out += fmt::format("- {}\n", escaped(item));
  return out + "\n";
}

std::string section_heading(const Section& section) {
  const std::string marks(static_cast<std::size_t>(section.level) + 1, '#');
  const bool numbered = section.id[0] >= '0' && section.id[0] <= '9';
  return fmt::format("{} {}{}\n\n", marks, numbered ? section.id + " " : "",
                     escaped(section.title));
}

}  // namespace

std::string to_markdown(const ReportModel& model) {
  std::string out = fmt::format("# {}\n\n{}\n\n", escaped(model.title), escaped(model.subtitle));
  for (const HeadlineNumber& each : model.headline) {
    if (!each.value) continue;
    const bool whole = std::trunc(*each.value) == *each.value;
    out += fmt::format("- {}: {}{}{}{}\n", escaped(each.label),
                       whole ? format_decimal(*each.value, 0) : format_rate(*each.value),
                       each.unit.empty() ? "" : " ", escaped(each.unit),
                       each.note.empty() ? "" : fmt::format(" ({})", escaped(each.note)));
  }
  out += "\n";
  for (const Section& section : model.sections) {
    out += section_heading(section);
    for (const Block& block : section.blocks)
      out += block_text(model, block);
  }
  return out;
}

}  // namespace teiten
