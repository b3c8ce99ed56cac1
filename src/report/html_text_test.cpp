#include "report/html_text.h"

#include <string>

#include <gtest/gtest.h>

namespace teiten {
namespace {

TEST(HtmlText, EscapesMarkupAndControls) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(escape_html(std::string("a\0b\x07\n", 5)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\n");
  EXPECT_EQ(escape_html("観測点"), "観測点");
}

TEST(HtmlText, EscapesJsonForAScript) {
  EXPECT_EQ(escape_json_for_script("{\"a\":\"</script><!-- & \xE2\x80\xA8\xE2\x80\xA9\"}"),
            "{\"a\":\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\u2028\\u2029\"}");
  EXPECT_EQ(escape_json_for_script("\"\xE2\x80\x93\xE2\x80\""), "\"\xE2\x80\x93\xE2\x80\"");
}

TEST(HtmlText, MakesIdsOfAnyText) {
  EXPECT_EQ(element_id("figure", "2.1.1"), "figure-2-1-1");
  EXPECT_EQ(element_id("section", "\"> 図"), "section-------");
}

TEST(HtmlText, FormatsDates) {
  EXPECT_EQ(format_date("2007-07-16", "ja"), "2007年7月16日");
  EXPECT_EQ(format_date("2007-07-16", "en"), "16 July 2007");
  EXPECT_EQ(format_date("2007-02", "ja"), "2007年2月");
  EXPECT_EQ(format_date("2007-02", "en"), "February 2007");
  for (const char* no_date : {"", "2007", "2007-13", "2007-02-30", "2007/02/01", "abcd-ef-gh"})
    EXPECT_EQ(format_date(no_date, "en"), no_date);
}

TEST(HtmlText, FindsTheLastDayOfAPeriod) {
  EXPECT_EQ(last_day_before("2007-08-01T00:00:00+09:00"), "2007-07-31");
  EXPECT_EQ(last_day_before("2008-03-01T00:00:00Z"), "2008-02-29");
  EXPECT_EQ(last_day_before("2007-01-01"), "2006-12-31");
  EXPECT_EQ(last_day_before("2007-07-31T12:00:00Z"), "2007-07-31");
  EXPECT_EQ(last_day_before(""), "");
}

}  // namespace
}  // namespace teiten
