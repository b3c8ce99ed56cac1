#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "report/data.h"

namespace teiten {

enum class Language { ja, en };
std::string_view to_string(Language language);

/// A table cell: missing, text, a count, or a number (a share as a fraction of 1).
using Cell = std::variant<std::monostate, std::string, std::uint64_t, double>;

enum class Align { left, right };
enum class CellFormat { text, integer, decimal1, percent1 };

struct TableColumn {
  std::string key;
  std::string label;
  Align align = Align::left;
  CellFormat format = CellFormat::text;
};

struct Table {
  std::string id;
  std::string title;
  std::vector<TableColumn> columns;
  std::vector<std::vector<Cell>> rows;
};

/// Pieces of a section.
struct Paragraph {
  std::string text;
};
struct FigureReference {
  std::string figure;
};
struct ItemList {
  std::vector<std::string> items;
};
using Block = std::variant<Paragraph, FigureReference, Table, ItemList>;

struct Section {
  std::string id;
  std::string title;
  int level = 1;
  std::vector<Block> blocks;
};

using Values = std::vector<std::optional<double>>;  ///< missing is not zero

struct Series {
  std::string key;
  std::string label;
  std::string color;  ///< "#rrggbb"
  Values values;
  Values low;   ///< 95 % interval; empty where the figure has none
  Values high;  ///< as long as `low`
  std::optional<double> share;
};

enum class Chart { grouped_bars, stacked_bars, shares };
enum class AxisKind { none, day, month };

struct Figure {
  std::string id;
  std::string title;
  std::string unit;
  std::string note;
  Chart chart = Chart::stacked_bars;
  AxisKind axis = AxisKind::none;
  std::vector<std::string> x;
  std::vector<Series> series;
};

struct HeadlineNumber {
  std::string label;
  std::optional<double> value;
  std::string unit;
  std::string note;
};

/// A whole report in one language. Strings are final; numbers are not rounded.
struct ReportModel {
  Language language = Language::ja;
  std::string title;
  std::string subtitle;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<HeadlineNumber> headline;
  std::vector<Section> sections;
  std::vector<Figure> figures;
  std::vector<std::pair<std::string, std::string>> method;  ///< key → how it is counted
  ReportData data;                                          ///< what everything was made from
};

}  // namespace teiten
