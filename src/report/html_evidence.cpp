#include <fmt/format.h>

#include "report/html_parts.h"
#include "report/html_text.h"

namespace teiten::html {
namespace {

std::string number_rows(const Json& finding) {
  std::string rows;
  for (const Json& number : member(finding, "evidence")) {
    const std::string unit = escape_html(text(number, "unit"));
    rows += fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>\n", escape_html(text(number, "name")),
                        escape_html(text(number, "value")),
                        unit.empty() ? "" : fmt::format(" <small>{}</small>", unit));
  }
  return rows;
}

std::string rule_of(const Json& finding, const Context& context) {
  const Json& version = member(finding, "rule_version");
  std::string rule = fmt::format("<code>{}</code>", escape_html(text(finding, "rule")));
  if (version.is_number_integer())
    rule += fmt::format(" ({} {})", context.label("rule_version"), version.get<std::int64_t>());
  return rule;
}

std::string one(const Json& finding, const std::function<bool(std::string_view)>& has_figure,
                const Context& context) {
  std::string query = escape_html(text(finding, "query"));
  if (!query.empty()) {
    query = fmt::format(
        "<p class=\"query-name\">{}</p>\n<pre class=\"query\" "
        "tabindex=\"0\"><code>{}</code></pre>\n",
        context.label("query"), query);
  }
  std::string rows = fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", context.label("rule"),
                                 rule_of(finding, context));
  if (const std::string_view figure = text(finding, "figure"); has_figure(figure)) {
    rows += fmt::format("<div><dt>{0}</dt><dd><a href=\"#{1}\">{0} {2}</a></dd></div>\n",
                        context.label("figure"), element_id("figure", figure), escape_html(figure));
  }
  rows += number_rows(finding);
  return fmt::format("<h4>{}</h4>\n<dl>\n{}</dl>\n{}", escape_html(text(finding, "id")), rows,
                     query);
}

}  // namespace

std::string evidence(const std::vector<const Json*>& findings,
                     const std::function<bool(std::string_view)>& has_figure,
                     const Context& context) {
  if (findings.empty()) return {};
  std::string all;
  for (const Json* finding : findings)
    all += one(*finding, has_figure, context);
  return fmt::format("<details class=\"evidence\"><summary>{}</summary>\n{}</details>\n",
                     context.label("evidence"), all);
}

std::string reference(const Json& reference) {
  const std::string_view url = text(reference, "url");
  const std::string shown = escape_html(text(reference, "text"));
  if (!url.starts_with("https://") && !url.starts_with("http://"))
    return fmt::format("{} {}", shown, escape_html(url));
  return fmt::format("{0} <a href=\"{1}\" rel=\"noreferrer\">{1}</a>", shown, escape_html(url));
}

}  // namespace teiten::html
