#include "report/html.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "report/assets.h"

namespace teiten {
namespace {

bool has(std::string_view page, std::string_view part) {
  return page.find(part) != std::string_view::npos;
}

std::size_t count(std::string_view page, std::string_view part) {
  std::size_t n = 0;
  for (auto at = page.find(part); at != std::string_view::npos; at = page.find(part, at + 1))
    ++n;
  return n;
}

/// The page without the script and style it carries, which hold any word.
std::string page_of(std::string_view model) {
  std::string page = render_html(model);
  for (const std::string_view asset : {report_script(), report_style()}) {
    const auto at = page.find(asset);
    EXPECT_NE(at, std::string::npos);
    page.erase(at, asset.size());
  }
  return page;
}

TEST(Html, NamesLanguageTitleAndMonth) {
  const std::string page = page_of(R"j({"language":"ja","title":"観測状況","month":"2007-07"})j");
  EXPECT_TRUE(has(page, "<html lang=\"ja\">"));
  EXPECT_TRUE(has(page, "<title>観測状況 – 2007年7月</title>"));
  EXPECT_TRUE(has(page, "<h1>観測状況</h1>"));
  EXPECT_TRUE(has(page, "<p class=\"month\">2007年7月</p>"));
  EXPECT_TRUE(has(page, "目次"));
}

TEST(Html, DoesNotRepeatTheMonthOfTheTitle) {
  const std::string page =
      page_of(R"j({"language":"en","title":"Report, July 2007","month":"2007-07"})j");
  EXPECT_TRUE(has(page, "<title>Report, July 2007</title>"));
  EXPECT_FALSE(has(page, "class=\"month\""));
}

TEST(Html, AllowsItsOwnScriptAndNoRequest) {
  const std::string page = page_of(R"j({"language":"en"})j");
  EXPECT_TRUE(has(page, "default-src 'none'; script-src 'sha256-"));
  EXPECT_FALSE(has(page, "http://"));
  EXPECT_FALSE(has(page, "https://"));
}

TEST(Html, WritesTheDataOfAFigureAsATable) {
  const std::string page = page_of(R"j({"language":"en",
    "sections":[{"id":"2.1","title":"Rise","level":2,"blocks":[{"type":"figure","figure":"2.1.1"}]}],
    "figures":[{"id":"2.1.1","title":"By day","unit":"accesses","note":"Local days.","chart":"stacked_bars",
      "x":{"kind":"day","values":["2007-07-01","2007-07-02"]},
      "series":[{"key":"JP","label":"Japan","values":[1234567,null]},
                {"key":"CN","label":"China","values":[3,null]}]}]})j");
  EXPECT_TRUE(has(
      page, "<h3 id=\"section-2-1-title\"><span class=\"section-number\">2.1</span> Rise</h3>"));
  EXPECT_TRUE(has(page, "<span class=\"figure-number\">Figure 2.1.1</span> By day</figcaption>"));
  EXPECT_TRUE(has(page, "data-figure=\"2.1.1\" role=\"img\""));
  EXPECT_TRUE(has(page, "<p class=\"unit\">Unit: accesses</p>"));
  EXPECT_TRUE(has(page, "<p class=\"note\">Local days.</p>"));
  EXPECT_TRUE(has(page,
                  "<th scope=\"row\">1 July 2007</th><td class=\"number\">1,234,567</td>"
                  "<td class=\"number\">3</td><td class=\"number\">1,234,570</td>"));
  // The second of July: both regions and their total are missing, none is zero.
  EXPECT_EQ(count(page, "<span class=\"hidden\">No data</span>"), 3U);
}

TEST(Html, GivesOneDecimalWhereAValueHasAFraction) {
  const std::string page = page_of(R"j({"language":"ja",
    "sections":[{"id":"1","title":"t","level":1,"blocks":[{"type":"figure","figure":"1.1"}]}],
    "figures":[{"id":"1.1","chart":"grouped_bars","x":{"kind":"month","values":["2007-07"]},
      "series":[{"label":"アクセス数","values":[912.545],"low":[880.04],"high":[946]}]}]})j");
  EXPECT_TRUE(has(page,
                  "<th scope=\"row\">2007年7月</th><td class=\"number\">912.5</td>"
                  "<td class=\"number\">880.0–946.0</td>"));
}

TEST(Html, WritesSharesInPercent) {
  const std::string page = page_of(R"j({"language":"en",
    "sections":[{"id":"1","title":"t","level":1,"blocks":[{"type":"figure","figure":"2.3.1"}]}],
    "figures":[{"id":"2.3.1","chart":"shares","x":{"kind":"none","values":[]},
      "series":[{"label":"135(TCP)","values":[77250],"share":0.27307}]}]})j");
  EXPECT_TRUE(has(page,
                  "<th scope=\"row\">135(TCP)</th><td class=\"number\">77,250</td>"
                  "<td class=\"number\">27.3%</td>"));
}

TEST(Html, FormatsTheColumnsOfATable) {
  const std::string page = page_of(R"j({"language":"en",
    "sections":[{"id":"4","title":"4 Notes","level":1,"blocks":[{"type":"table","table":{"title":"Ranks",
      "columns":[{"label":"Service","align":"left","format":"text"},{"label":"Rank","align":"right","format":"integer"},
                 {"label":"Change","align":"right","format":"percent1","key":"change"}],
      "rows":[["135(TCP)",1,-0.1234],["445(TCP)",null,0.05]]}}]}]})j");
  EXPECT_TRUE(has(page, "<h2 id=\"section-4-title\">4 Notes</h2>"));
  EXPECT_TRUE(has(page, "<p class=\"table-title\">Ranks</p>"));
  EXPECT_TRUE(has(page,
                  "<th scope=\"row\">135(TCP)</th><td class=\"number\">1</td>"
                  "<td class=\"number\">−12.3%</td>"));
  EXPECT_TRUE(has(page, "<td class=\"number\">+5.0%</td>"));
  EXPECT_TRUE(has(page, "<span class=\"hidden\">No data</span>"));
}

TEST(Html, ShowsHeadlineNumbersAndThePeriod) {
  const std::string page = page_of(R"j({"language":"en","time_zone":"Asia/Tokyo",
    "period":{"from":"2007-07-01T00:00:00+09:00","to":"2007-08-01T00:00:00+09:00"},
    "headline":[{"label":"Accesses","value":282889,"unit":"in all"},{"label":"Per day","value":912.545},
                {"label":"Per source","value":3.29}]})j");
  EXPECT_TRUE(has(page, "<strong>282,889</strong> <span class=\"card-unit\">in all</span>"));
  EXPECT_TRUE(has(page, "<strong>913</strong>"));
  EXPECT_TRUE(has(page, "<strong>3.3</strong>"));
  EXPECT_TRUE(has(page, "<dd>1 July 2007 – 31 July 2007</dd>"));
}

TEST(Html, OpensTheEvidenceOfASentence) {
  const std::string page = page_of(R"j({"language":"ja",
    "sections":[{"id":"2.1","title":"t","level":2,"blocks":[
      {"type":"findings","text":"増加しました(図2.1.1)。","findings":["surge 1433/tcp","none"]},
      {"type":"figure","figure":"2.1.1"}]}],
    "findings":[{"id":"surge 1433/tcp","rule":"surge.prediction","rule_version":1,"figure":"2.1.1",
      "query":"teiten count --where 'service=?/icmp'","evidence":[
        {"name":"基準","value":"105.2","unit":"発信元/日"},{"name":"W","value":"8.20","unit":""}]}],
    "figures":[{"id":"2.1.1","chart":"lines"}]})j");
  EXPECT_TRUE(has(page,
                  "<p>増加しました(<a href=\"#figure-2-1-1\">図2.1.1</a>)。</p>\n"
                  "<details class=\"evidence\"><summary>根拠を見る</summary>\n"
                  "<h4>surge 1433/tcp</h4>\n<dl>\n"
                  "<div><dt>規則</dt><dd><code>surge.prediction</code> (規則集の版 1)</dd></div>\n"
                  "<div><dt>図</dt><dd><a href=\"#figure-2-1-1\">図 2.1.1</a></dd></div>\n"
                  "<div><dt>基準</dt><dd>105.2 <small>発信元/日</small></dd></div>\n"
                  "<div><dt>W</dt><dd>8.20</dd></div>\n</dl>\n"));
  EXPECT_TRUE(has(page, "<code>teiten count --where &#39;service=?/icmp&#39;</code>"));
  EXPECT_EQ(count(page, "<details class=\"evidence\">"), 1U);
}

TEST(Html, LinksOnlyWebAddresses) {
  const std::string page = page_of(R"j({"language":"en","sections":[{"id":"1","title":"t","level":1,
    "blocks":[{"type":"references","items":[{"text":"A","url":"https://a.example/?x=1&y"},
      {"text":"B","url":"javascript:alert(1)"}]}]}]})j");
  EXPECT_TRUE(has(page,
                  "<li>A <a href=\"https://a.example/?x=1&amp;y\" "
                  "rel=\"noreferrer\">https://a.example/?x=1&amp;y</a></li>"));
  EXPECT_TRUE(has(page, "<li>B javascript:alert(1)</li>"));
}

TEST(Html, NoTextOfTheModelBecomesMarkup) {
  const std::string page = page_of(R"j({"language":"en","title":"</title><script>alert(1)</script>",
    "labels":{"missing":"<b>"},"headline":[{"label":"<i>","value":"<u>","unit":"\"><a>"}],
    "sections":[{"id":"\"><s>","title":"<!--","level":1,"blocks":[
      {"type":"paragraph","text":"</p><img src=x onerror=alert(1)>"},{"type":"list","items":["<li>","a & b"]},
      {"type":"figure","figure":"\"><q>"}]}],
    "figures":[{"id":"\"><q>","title":"<em>","unit":"<var>","note":"<sub>","chart":"lines",
      "x":{"kind":"day","values":["<x>"]},"series":[{"label":"<y>","values":[null]}]}]})j");
  for (const std::string_view tag : {"<b>", "<i>", "<u>", "<a>", "<s>", "<!--", "<img", "<q>",
                                     "<em>", "<var>", "<sub>", "<x>", "<y>", "alert(1)</script>"}) {
    EXPECT_FALSE(has(page, tag)) << tag;
  }
  EXPECT_EQ(count(page, "<script"), 2U);
  EXPECT_EQ(count(page, "</script"), 2U);
  EXPECT_TRUE(has(page, "a &amp; b"));
  EXPECT_TRUE(has(page, "\\u003c!--"));
}

TEST(Html, LinksTheFiguresThatAParagraphNames) {
  const std::string page = page_of(R"j({"language":"ja",
    "sections":[{"id":"1","title":"t","level":1,"blocks":[
      {"type":"paragraph","text":"<図>2.1.1、図 2.1.1と図9.9、図2.1.1.参照。図"},{"type":"figure","figure":"2.1.1"}]}],
    "figures":[{"id":"2.1.1","chart":"lines"}]})j");
  EXPECT_TRUE(has(page,
                  "<p>&lt;図&gt;2.1.1、<a href=\"#figure-2-1-1\">図 2.1.1</a>と図9.9、"
                  "<a href=\"#figure-2-1-1\">図2.1.1</a>.参照。図</p>"));
}

TEST(Html, LeavesOutWhatIsOfAnotherType) {
  const std::string page = page_of(R"j({"language":7,"title":[],"headline":{"a":1},"labels":3,
    "sections":[1,"a",{"id":3,"blocks":[null,{"type":"table","table":{"columns":[{}],"rows":[3,{"a":1},[[1]]]}},
      {"type":"figure","figure":"f"}]}],
    "figures":[4,{"id":"f","x":{"values":"2007"},"series":{"a":{"values":{"b":1}}}}]})j");
  EXPECT_TRUE(has(page, "<html lang=\"en\">"));
  EXPECT_TRUE(has(page, "<figure id=\"figure-f\""));
}

}  // namespace
}  // namespace teiten
