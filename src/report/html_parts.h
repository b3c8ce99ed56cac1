#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

/// The pieces that render_html() puts together; used inside src/report only. Every function takes
/// the parts of the model as they come and leaves out what is missing or of another type.
namespace teiten::html {

using Json = nlohmann::ordered_json;

/// The member `key` if `object` has one, else null.
const Json& member(const Json& object, std::string_view key);

/// The member `key` as text, "" if it is no string.
std::string_view text(const Json& object, std::string_view key);

/// What every piece needs to know of the model around it.
struct Context {
  std::string language;  ///< "ja" or "en"
  Json labels;           ///< fixed words of the page, complete: see complete_labels()

  /// A fixed word, escaped.
  std::string label(std::string_view key) const;
};

/// `labels` of the model, with this page's own words in `language` where the model has none.
Json complete_labels(const Json& labels, std::string_view language);

/// A table of a section: {"title", "columns": [{"label", "align", "format"}], "rows": [[…]]}.
std::string table(const Json& table, const Context& context);

/// One figure: caption, unit, the place for the chart, note and the table of its data.
std::string figure(const Json& figure, const Context& context);

/// What findings were made of, closed until a reader asks: their rule, numbers with units, figure,
/// and the command that gives the rows. "" without a finding. Only a figure that `has_figure` says
/// is there becomes a link.
std::string evidence(const std::vector<const Json*>& findings,
                     const std::function<bool(std::string_view)>& has_figure,
                     const Context& context);

/// A reference with its address; only http and https become links.
std::string reference(const Json& reference);

}  // namespace teiten::html
