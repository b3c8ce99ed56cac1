#include <fmt/format.h>

#include "report/report.h"

namespace teiten {
namespace {

/// RFC 4180 §2. A text that a spreadsheet would run as a formula starts with an apostrophe.
std::string field(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
    text.insert(0, 1, '\'');
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

/// The shortest digits that read back as the same number.
std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

std::string share_rows(const Figure& figure) {
  std::string out = "key,label,count,share\r\n";
  for (const Series& series : figure.series) {
    out += fmt::format("{},{},{},{}\r\n", field(series.key), field(series.label),
                       number(series.values.at(0)), number(series.share));
  }
  return out;
}

std::string series_rows(const Figure& figure) {
  std::string out = figure.axis == AxisKind::month ? "month" : "day";
  for (const Series& series : figure.series) {
    out += "," + field(series.key);
    if (!series.low.empty()) out += fmt::format(",{0}_low,{0}_high", series.key);
  }
  out += "\r\n";
  for (std::size_t i = 0; i < figure.x.size(); ++i) {
    out += figure.x[i];
    for (const Series& series : figure.series) {
      out += "," + number(series.values[i]);
      if (!series.low.empty()) out += "," + number(series.low[i]) + "," + number(series.high[i]);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> figures_csv(const ReportModel& model) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const Figure& figure : model.figures) {
    files.emplace_back(fmt::format("figure-{}.csv", figure.id),
                       figure.chart == Chart::shares ? share_rows(figure) : series_rows(figure));
  }
  return files;
}

}  // namespace teiten
