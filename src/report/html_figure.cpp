#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/numbers.h"

namespace teiten::html {
namespace {

/// A missing value: a dash to look at, the words for a screen reader.
std::string missing_cell(const Context& context) {
  return fmt::format(
      "<td class=\"number missing\"><span aria-hidden=\"true\">–</span>"
      "<span class=\"hidden\">{}</span></td>",
      context.label("missing"));
}

std::string number_cell(const Json& value, int decimals, const Context& context) {
  if (!value.is_number()) return missing_cell(context);
  return fmt::format("<td class=\"number\">{}</td>", format_decimal(value.get<double>(), decimals));
}

std::string column_heading(std::string_view escaped, bool number) {
  return fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"number\"" : "", escaped);
}

std::string row_heading(std::string_view escaped) {
  return fmt::format("<th scope=\"row\">{}</th>", escaped);
}

/// A table that may be wider than a phone scrolls inside its own box, with the keyboard too.
std::string scroll_box(std::string_view escaped_name, std::string_view table) {
  return fmt::format(
      "<div class=\"table-scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</div>\n",
      escaped_name, table);
}

/// How a column of a section's table is written.
struct Column {
  std::string_view key;
  std::string_view format;
  bool number;        ///< aligned to the right
  std::string label;  ///< attribute that names a cell where a row becomes a card, with its blank
};

/// Text cells longer than this (bytes) make a table one of prose, whose rows are cards on a phone.
constexpr std::size_t kProseCell = 60;

std::string number_text(double number, const Column& column) {
  if (column.format == "percent1")
    return column.key == "change" ? format_change(number) : format_share(number);
  if (column.format == "integer") return format_decimal(number, 0);
  if (column.format == "decimal1") return format_decimal(number, 1);
  return format_decimal(number, std::trunc(number) == number ? 0 : 1);
}

std::string body_cell(const Json& value, const Column& column, bool heading,
                      const Context& context) {
  if (value.is_null()) return missing_cell(context);
  if (value.is_number()) {
    return fmt::format("<td class=\"number\"{}>{}</td>", column.label,
                       number_text(value.get<double>(), column));
  }
  const std::string content =
      escape_html(value.is_string() ? value.get<std::string>() : value.dump());
  if (heading) return row_heading(content);
  return fmt::format("<td{}{}>{}</td>", column.number ? " class=\"number\"" : "", column.label,
                     content);
}

const Json& element(const Json& array, std::size_t index) {
  static const Json null_value;
  return array.is_array() && index < array.size() ? array[index] : null_value;
}

/// Whole numbers stay whole; one value with a fraction gives the whole figure one decimal.
int figure_decimals(const Json& series) {
  for (const Json& one : series) {
    for (const Json& value : member(one, "values")) {
      if (!value.is_number()) continue;
      const double number = value.get<double>();
      if (std::trunc(number) != number) return 1;
    }
  }
  return 0;
}

bool has_interval(const Json& series) {
  return member(series, "low").is_array() && member(series, "high").is_array();
}

std::string interval_cell(const Json& series, std::size_t index, int decimals,
                          const Context& context) {
  const Json& low = element(member(series, "low"), index);
  const Json& high = element(member(series, "high"), index);
  if (!low.is_number() || !high.is_number()) return missing_cell(context);
  return fmt::format("<td class=\"number\">{}–{}</td>", format_decimal(low.get<double>(), decimals),
                     format_decimal(high.get<double>(), decimals));
}

/// Sum over the series, null where all are missing.
Json row_total(const Json& series, std::size_t index) {
  double sum = 0;
  bool any = false;
  for (const Json& one : series) {
    const Json& value = element(member(one, "values"), index);
    if (!value.is_number()) continue;
    sum += value.get<double>();
    any = true;
  }
  return any ? Json(sum) : Json();
}

/// Rows are days or months, columns the series.
std::string time_table(const Json& figure, const Context& context) {
  const Json& x = member(figure, "x");
  const Json& series = member(figure, "series");
  const std::string_view chart = text(figure, "chart");
  const bool stacked = (chart == "stacked_bars" || chart == "stacked_area") && series.size() > 1;
  const int decimals = figure_decimals(series);
  std::string head =
      column_heading(context.label(text(x, "kind") == "month" ? "month" : "day"), false);
  for (const Json& one : series) {
    head += column_heading(escape_html(text(one, "label")), true);
    if (has_interval(one)) head += column_heading(context.label("interval"), true);
  }
  if (stacked) head += column_heading(context.label("total"), true);
  std::string body;
  const Json& days = member(x, "values");
  for (std::size_t i = 0; days.is_array() && i < days.size(); ++i) {
    const std::string day = days[i].is_string() ? days[i].get<std::string>() : days[i].dump();
    body += "<tr>" + row_heading(escape_html(format_date(day, context.language)));
    for (const Json& one : series) {
      body += number_cell(element(member(one, "values"), i), decimals, context);
      if (has_interval(one)) body += interval_cell(one, i, decimals, context);
    }
    if (stacked) body += number_cell(row_total(series, i), decimals, context);
    body += "</tr>\n";
  }
  return fmt::format("<table><thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table>", head, body);
}

/// Rows are the series: a count and its share.
std::string share_table(const Json& figure, const Context& context) {
  const Json& series = member(figure, "series");
  const int decimals = figure_decimals(series);
  std::string body;
  for (const Json& one : series) {
    body += "<tr>" + row_heading(escape_html(text(one, "label")));
    body += number_cell(element(member(one, "values"), 0), decimals, context);
    body += body_cell(member(one, "share"), {"share", "percent1", true, ""}, false, context) +
            "</tr>\n";
  }
  return fmt::format("<table><thead><tr>{}{}{}</tr></thead>\n<tbody>\n{}</tbody></table>",
                     column_heading(context.label("item"), false),
                     column_heading(context.label("count"), true),
                     column_heading(context.label("share"), true), body);
}

bool is_prose(const Json& table) {
  for (const Json& row : member(table, "rows")) {
    for (const Json& value : row) {
      if (value.is_string() && value.get_ref<const std::string&>().size() > kProseCell) return true;
    }
  }
  return false;
}

}  // namespace

std::string table(const Json& table, const Context& context) {
  const bool prose = is_prose(table);
  std::vector<Column> columns;
  std::string head;
  for (const Json& column : member(table, "columns")) {
    const bool number = text(column, "align") == "right";
    const std::string label =
        prose ? fmt::format(" data-label=\"{}\"", escape_html(text(column, "label"))) : "";
    columns.push_back({text(column, "key"), text(column, "format"), number, label});
    head += column_heading(escape_html(text(column, "label")), number);
  }
  std::string body;
  for (const Json& row : member(table, "rows")) {
    body += "<tr>";
    for (std::size_t i = 0; i < columns.size(); ++i)
      body += body_cell(element(row, i), columns[i], i == 0 && !columns[i].number, context);
    body += "</tr>\n";
  }
  // Not a <caption>: that would be as wide as the table and scroll away with it.
  const std::string title = escape_html(text(table, "title"));
  std::string out;
  if (!title.empty()) out = fmt::format("<p class=\"table-title\">{}</p>\n", title);
  return out +
         scroll_box(title.empty() ? context.label("table") : title,
                    fmt::format("<table{}><thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table>",
                                prose ? " class=\"prose\"" : "", head, body));
}

std::string figure(const Json& figure, const Context& context) {
  const std::string id = escape_html(text(figure, "id"));
  const std::string anchor = element_id("figure", text(figure, "id"));
  const std::string title = escape_html(text(figure, "title"));
  const std::string unit = escape_html(text(figure, "unit"));
  const std::string note = escape_html(text(figure, "note"));
  const std::string number = fmt::format("{} {}", context.label("figure"), id);
  std::string out = fmt::format(
      "<figure id=\"{0}\" aria-labelledby=\"{0}-title\">\n"
      "<figcaption id=\"{0}-title\"><span class=\"figure-number\">{1}</span> {2}</figcaption>\n",
      anchor, number, title);
  if (!unit.empty())
    out += fmt::format("<p class=\"unit\">{}: {}</p>\n", context.label("unit"), unit);
  out += fmt::format(
      "<div class=\"chart\" data-figure=\"{}\" role=\"img\" aria-label=\"{} {} {}\"></div>\n", id,
      number, title, context.label("chart_alternative"));
  if (!note.empty()) out += fmt::format("<p class=\"note\">{}</p>\n", note);
  const bool shares = text(figure, "chart") == "shares";
  out +=
      fmt::format("<details class=\"data\"><summary>{}</summary>\n{}</details>\n</figure>\n",
                  context.label("show_table"),
                  scroll_box(fmt::format("{} {}", number, title),
                             shares ? share_table(figure, context) : time_table(figure, context)));
  return out;
}

}  // namespace teiten::html
