#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/knowledge_base.h"
#include "report/model.h"
#include "report/text.h"

/// From numbers to the report's parts; used inside src/report only.
namespace teiten {

/// All figures, in the order of their numbers. 2.1.x exist only for services that rose.
std::vector<Figure> compose_figures(const ReportData& data, const ReportText& text);
/// All sections, in order; they refer to the figures by number and to the findings by id.
std::vector<Section> compose_sections(const ReportData& data, const ReportText& text,
                                      const KnowledgeBase& knowledge,
                                      const std::vector<SaidFinding>& said);
std::vector<HeadlineNumber> compose_headline(const ReportData& data, const ReportText& text);

// --- tables
Table months_table(const ReportData& data, const ReportText& text);
Table services_table(const ReportData& data, const ReportText& text,
                     const KnowledgeBase& knowledge);
Table ranking_table(const ReportData& data, const ReportText& text, Dimension dimension);
Table coverage_table(const ReportData& data, const ReportText& text);
Table measures_table(const ReportData& data, const ReportText& text);
Table kinds_table(const ReportData& data, const ReportText& text);
/// Tools known by the month's end, with what they are.
Table tools_table(const ReportData& data, const ReportText& text, const KnowledgeBase& knowledge);
Table evidence_table(const ReportData& data, const ReportText& text,
                     const std::vector<SaidFinding>& said);

/// "2.1.1" for the first service that rose.
std::string surge_figure_id(std::size_t index);
/// That of a service that rose; "" where it has no figure.
std::string surge_figure_of(const MonthFindings& findings, std::string_view service);

/// The whole report in one language.
ReportModel compose(ReportData data, const KnowledgeBase& knowledge, Language language);

}  // namespace teiten
