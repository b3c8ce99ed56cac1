#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/model.h"
#include "report/text.h"

/// From numbers to the report's parts; used inside src/report only.
namespace teiten {

/// All figures, in the order of their numbers. 2.1.x exist only for services that rose.
std::vector<Figure> compose_figures(const ReportData& data, const ReportText& text);
/// All sections, in order; they refer to the figures by number.
std::vector<Section> compose_sections(const ReportData& data, const ReportText& text);
std::vector<HeadlineNumber> compose_headline(const ReportData& data, const ReportText& text);

// --- tables
Table months_table(const ReportData& data, const ReportText& text);
Table services_table(const ReportData& data, const ReportText& text);
Table ranking_table(const ReportData& data, const ReportText& text, Dimension dimension);
Table coverage_table(const ReportData& data, const ReportText& text);
Table measures_table(const ReportData& data, const ReportText& text);
Table kinds_table(const ReportData& data, const ReportText& text);

/// "2.1.1" for the first service that rose.
std::string rise_figure_id(std::size_t index);

/// The whole report in one language.
ReportModel compose(ReportData data, Language language);

}  // namespace teiten
