#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "analyze/finding.h"
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
/// Sentences made from findings; a reader can ask each finding for its evidence.
struct FindingParagraph {
  std::string text;
  std::vector<std::string> findings;  ///< their ids, in the order of the sentences
};
struct Reference {
  std::string text;
  std::string url;  ///< http or https
};
struct ReferenceList {
  std::vector<Reference> items;
};
using Block =
    std::variant<Paragraph, FigureReference, Table, ItemList, FindingParagraph, ReferenceList>;

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

/// A number of a finding as a reader sees it.
struct EvidenceNumber {
  std::string name;
  std::string value;
  std::string unit;  ///< "" where it needs none
  bool main = true;  ///< of the finding itself, not of one of its regions or pairs
};

/// A finding with what is said of it.
struct SaidFinding {
  Finding finding;
  std::string sentence;    ///< made from the finding alone
  std::string background;  ///< what is known of its service, "" where nothing is said
  std::string figure;      ///< that shows it; "" without one
  std::vector<EvidenceNumber> evidence;
  std::string text() const;  ///< sentence and background
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
  std::vector<SaidFinding> findings;
  std::vector<std::pair<std::string, std::string>> method;  ///< key → how it is counted
  ReportData data;                                          ///< what everything was made from
};

}  // namespace teiten
