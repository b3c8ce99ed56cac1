#pragma once

#include <string>
#include <string_view>

namespace teiten {

/// The report as one HTML file that needs nothing else: every sentence, table and number is in the
/// static HTML (a table behind each figure), the model lies in it as JSON, and one script draws the
/// figures from that. A content security policy allows that script only and forbids every request.
/// `model_json` is the text of report.json (docs/report.schema.json), UTF-8; a part that is missing
/// there is left out here. Text that is not JSON is a bug of the caller and aborts.
std::string render_html(std::string_view model_json);

}  // namespace teiten
