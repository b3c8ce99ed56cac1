#pragma once

#include <string>
#include <string_view>

/// Text and numbers as they stand in report.html. Everything that comes from outside (a sensor's
/// name, a region's label of a file) passes through here.
namespace teiten {

/// `text` for element content and quoted attributes: & < > " ' become character references,
/// control characters other than tab and newline become U+FFFD.
std::string escape_html(std::string_view text);

/// A valid JSON text, made safe inside <script>: < > & and the line separators U+2028 and U+2029
/// become \uXXXX escapes, which only strings can contain. Nothing in it can end the element or open
/// a comment (HTML Standard §4.12.1.3).
std::string escape_json_for_script(std::string_view json);

/// An element's id from a figure's or section's id: ASCII letters, digits, - and _ stay, all others
/// become -.
std::string element_id(std::string_view prefix, std::string_view id);

/// "2007-07-16" is "2007年7月16日" (ja) or "16 July 2007" (en); "2007-07" is "2007年7月" or "July
/// 2007". What is no such date comes back as it is.
std::string format_date(std::string_view iso, std::string_view language);

/// The last local day of a period that ends before `iso` (RFC 3339): "2007-08-01T00:00:00+09:00" is
/// "2007-07-31", "2007-07-31T12:00:00Z" is "2007-07-31".
std::string last_day_before(std::string_view iso);

}  // namespace teiten
