#include "report/html.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/assert.h"
#include "report/assets.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/numbers.h"

namespace teiten {
namespace {

using html::Context;
using html::Json;
using html::member;
using html::text;

/// The month, "" where the title names it already.
std::string separate_month(const Json& model, const Context& context) {
  const std::string month = format_date(text(model, "month"), context.language);
  return text(model, "title").find(month) == std::string_view::npos ? month : std::string();
}

std::string page_title(const Json& model, const Context& context) {
  const std::string month = separate_month(model, context);
  return fmt::format("{}{}{}", text(model, "title"), month.empty() ? "" : " – ", month);
}

std::string head(const Json& model, const Context& context) {
  return fmt::format(
      "<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "script-src '{}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
      "form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"generator\" content=\"{}\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{}</title>\n"
      "<style>\n{}\n</style>\n",
      report_script_hash(), escape_html(text(model, "generator")),
      escape_html(page_title(model, context)), report_style());
}

std::string period(const Json& model, const Context& context) {
  const Json& range = member(model, "period");
  const std::string_view from = text(range, "from");
  const std::string_view to = text(range, "to");
  if (from.empty() || to.empty()) return {};
  return escape_html(fmt::format("{} – {}", format_date(from.substr(0, 10), context.language),
                                 format_date(last_day_before(to), context.language)));
}

std::string masthead(const Json& model, const Context& context) {
  std::string out = "<header class=\"masthead\">\n";
  const std::string month = separate_month(model, context);
  if (!month.empty()) out += fmt::format("<p class=\"month\">{}</p>\n", escape_html(month));
  out += fmt::format("<h1>{}</h1>\n", escape_html(text(model, "title")));
  if (!text(model, "subtitle").empty())
    out += fmt::format("<p class=\"subtitle\">{}</p>\n", escape_html(text(model, "subtitle")));
  return out + "</header>\n";
}

std::string headline_value(const Json& value) {
  if (value.is_string()) return escape_html(value.get<std::string>());
  if (!value.is_number()) return "–";
  const double number = value.get<double>();
  return std::trunc(number) == number ? format_decimal(number, 0) : format_rate(number);
}

std::string headline(const Json& model, const Context& context) {
  const Json& items = member(model, "headline");
  if (!items.is_array() || items.empty()) return {};
  std::string out = fmt::format("<section class=\"headline\" aria-label=\"{}\">\n<dl>\n",
                                context.label("headline"));
  for (const Json& item : items) {
    out += fmt::format("<div class=\"card\"><dt>{}</dt><dd><strong>{}</strong>",
                       escape_html(text(item, "label")), headline_value(member(item, "value")));
    if (!text(item, "unit").empty())
      out += fmt::format(" <span class=\"card-unit\">{}</span>", escape_html(text(item, "unit")));
    if (!text(item, "note").empty())
      out += fmt::format("<small>{}</small>", escape_html(text(item, "note")));
    out += "</dd></div>\n";
  }
  return out + "</dl>\n</section>\n";
}

/// Level 2 and deeper are indented in the contents and are <h3> in the text.
bool is_subsection(const Json& section) {
  const Json& level = member(section, "level");
  return level.is_number() && level.get<double>() > 1;
}

/// "2.1" + "Title"; a title that already begins with its number stays as it is.
std::string section_title(const Json& section) {
  const std::string_view id = text(section, "id");
  const std::string_view title = text(section, "title");
  const bool numbered = !id.empty() && id[0] >= '0' && id[0] <= '9' && !title.starts_with(id);
  if (!numbered) return escape_html(title);
  return fmt::format("<span class=\"section-number\">{}</span> {}", escape_html(id),
                     escape_html(title));
}

std::string contents(const Json& model, const Context& context) {
  std::string items;
  for (const Json& section : member(model, "sections")) {
    items += fmt::format("<li{}><a href=\"#{}\">{}</a></li>\n",
                         is_subsection(section) ? " class=\"sub\"" : "",
                         element_id("section", text(section, "id")), section_title(section));
  }
  return fmt::format(
      "<nav class=\"contents\" aria-labelledby=\"contents-title\">\n"
      "<h2 id=\"contents-title\">{}</h2>\n<ol>\n{}</ol>\n</nav>\n",
      context.label("contents"), items);
}

const Json* find_figure(const Json& model, std::string_view id) {
  for (const Json& figure : member(model, "figures")) {
    if (text(figure, "id") == id) return &figure;
  }
  return nullptr;
}

/// A paragraph's text, escaped; each mention of a figure that exists ("図 2.1.1", "Figure 2.1.1")
/// leads to it.
std::string prose(std::string_view words, const Json& model, const Context& context) {
  const std::string_view name = text(context.labels, "figure");
  std::string out;
  std::size_t done = 0;
  for (auto at = words.find(name); at != std::string_view::npos; at = words.find(name, at + 1)) {
    const std::size_t begin =
        std::min(words.find_first_not_of(' ', at + name.size()), words.size());
    std::size_t end = std::min(words.find_first_not_of("0123456789.", begin), words.size());
    if (end > begin && words[end - 1] == '.') --end;
    const std::string_view id = words.substr(begin, end - begin);
    if (id.empty() || find_figure(model, id) == nullptr) continue;
    out += escape_html(words.substr(done, at - done));
    out += fmt::format("<a href=\"#{}\">{}</a>", element_id("figure", id),
                       escape_html(words.substr(at, end - at)));
    done = end;
  }
  return out + escape_html(words.substr(done));
}

/// The findings that a block names, in its order.
std::vector<const Json*> said_findings(const Json& model, const Json& block) {
  std::vector<const Json*> found;
  for (const Json& id : member(block, "findings")) {
    if (!id.is_string()) continue;
    for (const Json& finding : member(model, "findings")) {
      if (text(finding, "id") == id.get_ref<const std::string&>()) found.push_back(&finding);
    }
  }
  return found;
}

std::string block(const Json& model, const Json& block, const Context& context) {
  const std::string_view type = text(block, "type");
  if (type == "paragraph")
    return fmt::format("<p>{}</p>\n", prose(text(block, "text"), model, context));
  if (type == "findings") {
    std::string out = fmt::format("<p>{}</p>\n", prose(text(block, "text"), model, context));
    const auto has_figure = [&model](std::string_view id) {
      return find_figure(model, id) != nullptr;
    };
    return out + html::evidence(said_findings(model, block), has_figure, context);
  }
  if (type == "references") {
    std::string items;
    for (const Json& item : member(block, "items"))
      items += fmt::format("<li>{}</li>\n", html::reference(item));
    return fmt::format("<ul class=\"references\">\n{}</ul>\n", items);
  }
  if (type == "table") return html::table(member(block, "table"), context);
  if (type == "figure") {
    const Json* figure = find_figure(model, text(block, "figure"));
    return figure == nullptr ? std::string() : html::figure(*figure, context);
  }
  if (type == "list") {
    std::string items;
    for (const Json& item : member(block, "items")) {
      if (item.is_string())
        items +=
            fmt::format("<li>{}</li>\n", prose(item.get_ref<const std::string&>(), model, context));
    }
    return fmt::format("<ul>\n{}</ul>\n", items);
  }
  return {};
}

std::string sections(const Json& model, const Context& context) {
  std::string out;
  for (const Json& section : member(model, "sections")) {
    const std::string anchor = element_id("section", text(section, "id"));
    const char* heading = is_subsection(section) ? "h3" : "h2";
    out += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<{1} id=\"{0}-title\">{2}</{1}>\n",
        anchor, heading, section_title(section));
    for (const Json& one : member(section, "blocks"))
      out += block(model, one, context);
    out += "</section>\n";
  }
  return out;
}

std::string footer(const Json& model, const Context& context) {
  std::string rows;
  const auto row = [&rows, &context](std::string_view key, const std::string& escaped) {
    if (escaped.empty()) return;
    rows += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", context.label(key), escaped);
  };
  row("period", period(model, context));
  row("time_zone", escape_html(text(model, "time_zone")));
  const std::string convention = context.label("convention_name");
  row("convention", convention.empty() ? escape_html(text(model, "convention")) : convention);
  row("generator", escape_html(text(model, "generator")));
  return fmt::format("<footer>\n<h2>{}</h2>\n<dl>\n{}</dl>\n<p>{}</p>\n</footer>\n",
                     context.label("about"), rows, context.label("self_contained"));
}

}  // namespace

std::string render_html(std::string_view model_json) {
  Json model = Json::parse(model_json, nullptr, false);
  TEITEN_ASSERT(!model.is_discarded() && model.is_object());
  Context context;
  context.language = text(model, "language") == "ja" ? "ja" : "en";
  context.labels = html::complete_labels(member(model, "labels"), context.language);
  model["labels"] = context.labels;

  std::string out = fmt::format("<!doctype html>\n<html lang=\"{}\">\n<head>\n", context.language);
  out += head(model, context);
  out += fmt::format(
      "</head>\n<body>\n<a class=\"skip\" href=\"#content\">{}</a>\n<div class=\"page\">\n",
      context.label("skip_to_content"));
  out += masthead(model, context);
  out += contents(model, context);
  out += "<main id=\"content\">\n";
  out += headline(model, context);
  out += sections(model, context);
  out += "</main>\n";
  out += footer(model, context);
  out += "</div>\n<script type=\"application/json\" id=\"report-model\">";
  out += escape_json_for_script(model.dump());
  out += "</script>\n<script>";
  out += report_script();
  out += "</script>\n</body>\n</html>\n";
  return out;
}

}  // namespace teiten
