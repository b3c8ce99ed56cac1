#include "report/knowledge_base.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace teiten {
namespace {

constexpr Day day(int year, unsigned month, unsigned day_of_month) {
  return Day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day_of_month}};
}

Service service(std::string_view text) {
  return Service::parse(text).value();
}

std::vector<std::string> ids(const std::vector<const Advisory*>& advisories) {
  std::vector<std::string> ids;
  for (const Advisory* each : advisories)
    ids.push_back(each->id);
  return ids;
}

std::vector<std::string> ids(const std::vector<const Contact*>& contacts) {
  std::vector<std::string> ids;
  for (const Contact* each : contacts)
    ids.push_back(each->id);
  return ids;
}

bool holds(const std::vector<std::string>& texts, std::string_view wanted) {
  return std::find(texts.begin(), texts.end(), wanted) != texts.end();
}

/// The message of the first fault; "" where there is none.
std::string fault(std::string_view text) {
  const auto file = parse_knowledge("my.toml", text);
  return file.ok() ? "" : file.error().message;
}

constexpr std::string_view kAdvisory = R"toml([[advisory]]
id = "CVE-2030-12345"
title = {ja = "試験用の脆弱性", en = "vulnerability for a test"}
product = {ja = "試験用の製品", en = "product for a test"}
published = 2030-01-15
services = ["1433/tcp", "8/icmp"]
urls = ["https://jvn.jp/"]
)toml";

constexpr std::string_view kContact = R"toml([[contact]]
id = "my-desk"
name = {ja = "試験用の窓口", en = "desk for a test"}
role = {ja = "試験の相談を受け付けます。", en = "Answers questions about tests."}
purpose = "report"
audience = "admin"
country = "JP"
url = "https://jvn.jp/"
valid_from = 2007-07-10
valid_to = 2007-07-20
)toml";

constexpr std::string_view kService = R"toml([[service]]
id = "1433/tcp"
name = ""
en = "Test"
ja = "試験"
listens = {ja = "待つ。", en = "Waits."}
aimed_at = {ja = "古い。", en = "Old."}
home = {ja = "家。", en = "Home."}
admin = {ja = "管理。", en = "Admin."}
malware = ["Later (2012)", "Sooner (2010-06)"]
since = 2010
until = 2019-06-30
[[service.period]]
since = 2012
aimed_at = {ja = "新しい。", en = "New."}
[[service.period]]
since = 2012-07-01
until = 2012-07-31
aimed_at = {ja = "七月。", en = "July."}
hole = {ja = "穴", en = "hole"}
)toml";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  result.replace(result.find(from), from.size(), to);
  return result;
}

class UserFile {
 public:
  UserFile(const std::string& name, std::string_view text)
      : path_((std::filesystem::path(testing::TempDir()) / name).string()) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  UserFile(const UserFile&) = delete;
  UserFile& operator=(const UserFile&) = delete;
  ~UserFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<KnowledgeBase> load_with(const std::vector<std::string>& paths) {
  return KnowledgeBase::load(paths);
}

TEST(KnowledgeBase, SpeaksOfJuly2007AsInJuly2007) {
  const auto base = KnowledgeBase::load();
  ASSERT_TRUE(base.ok()) << base.error().message;
  const Day then = day(2007, 7, 31);
  const auto telnet = base.value().explain(service("23/tcp"), then, Language::en);
  ASSERT_TRUE(telnet);
  EXPECT_TRUE(telnet->malware.empty());
  EXPECT_EQ(telnet->aimed_at.find("Mirai"), std::string::npos);
  const auto smb = base.value().explain(service("445/tcp"), then, Language::ja);
  ASSERT_TRUE(smb);
  EXPECT_EQ(smb->malware, (std::vector<std::string>{"Agobot", "Deloder", "Sasser", "Zotob"}));
  EXPECT_FALSE(base.value().explain(service("2375/tcp"), then, Language::ja));
  // Nor is it called so then.
  EXPECT_FALSE(base.value().name(service("2375/tcp"), then, Language::ja));
  const auto symantec = base.value().explain(service("2967/tcp"), then, Language::ja);
  ASSERT_TRUE(symantec);
  EXPECT_EQ(symantec->hole, "Symantec社のセキュリティ対策ソフトの脆弱性");
  EXPECT_FALSE(base.value().tool("mirai", then));
  EXPECT_TRUE(base.value().tool("nmap", then));
}

TEST(KnowledgeBase, SpeaksOf2018AsIn2018) {
  const auto base = KnowledgeBase::load();
  ASSERT_TRUE(base.ok());
  const auto telnet = base.value().explain(service("23/tcp"), day(2018, 1, 31), Language::en);
  ASSERT_TRUE(telnet);
  EXPECT_NE(telnet->aimed_at.find("Mirai"), std::string::npos);
  EXPECT_TRUE(holds(telnet->malware, "Mirai"));
  EXPECT_FALSE(holds(telnet->malware, "Mozi"));
  EXPECT_TRUE(base.value().tool("mirai", day(2016, 1, 1)));
  EXPECT_FALSE(base.value().tool("mirai", day(2015, 12, 31)));
  EXPECT_FALSE(base.value().tool("no such tool", day(2018, 1, 1)));
}

TEST(KnowledgeBase, NamesTheSeedsAdvisories) {
  const auto base = KnowledgeBase::load();
  ASSERT_TRUE(base.ok());
  const auto before = [&](std::string_view id) {
    return ids(base.value().advisories_before(service(id), day(2007, 8, 1)));
  };
  EXPECT_TRUE(holds(before("135/tcp"), "MS03-026"));
  EXPECT_TRUE(holds(before("445/tcp"), "MS04-011"));
  EXPECT_TRUE(holds(before("445/tcp"), "MS06-040"));
  EXPECT_FALSE(holds(before("445/tcp"), "MS17-010"));
  EXPECT_EQ(before("1434/udp"), (std::vector<std::string>{"MS02-039"}));
  EXPECT_EQ(before("2967/tcp"), (std::vector<std::string>{"SYM06-010"}));
  EXPECT_EQ(before("5900/tcp"), (std::vector<std::string>{"JVNVU#117929"}));
  EXPECT_EQ(before("1026/udp"), (std::vector<std::string>{"MS03-043"}));
  EXPECT_TRUE(before("9/udp").empty());
}

TEST(KnowledgeBase, FindsAdvisoriesInAWindowWithBothEnds) {
  const UserFile file("window.toml", kAdvisory);
  const auto base = load_with({file.path()});
  ASSERT_TRUE(base.ok()) << base.error().message;
  const auto found = [&](Day from, Day to) {
    return ids(base.value().advisories(service("8/icmp"), from, to)).size();
  };
  EXPECT_EQ(found(day(2030, 1, 15), day(2030, 1, 15)), 1u);
  EXPECT_EQ(found(day(2030, 1, 1), day(2030, 1, 14)), 0u);
  EXPECT_EQ(found(day(2030, 1, 16), day(2030, 2, 1)), 0u);
  EXPECT_TRUE(base.value().advisories_before(service("8/icmp"), day(2030, 1, 15)).empty());
  EXPECT_EQ(base.value().advisories_before(service("8/icmp"), day(2030, 1, 16)).size(), 1u);
}

TEST(KnowledgeBase, NamesOnlyContactsThatWereThere) {
  const auto base = KnowledgeBase::load();
  ASSERT_TRUE(base.ok());
  const auto in_2007 = ids(base.value().contacts(day(2007, 7, 31)));
  EXPECT_TRUE(holds(in_2007, "ccc"));
  EXPECT_TRUE(holds(in_2007, "jpcert-cc"));
  EXPECT_FALSE(holds(in_2007, "notice"));
  EXPECT_TRUE(holds(ids(base.value().contacts(day(2011, 3, 31))), "ccc"));
  EXPECT_FALSE(holds(ids(base.value().contacts(day(2011, 4, 1))), "ccc"));
  EXPECT_FALSE(holds(ids(base.value().contacts(day(2019, 2, 19))), "notice"));
  EXPECT_TRUE(holds(ids(base.value().contacts(day(2019, 2, 20))), "notice"));
}

TEST(KnowledgeBase, AUsersEntryReplacesTheBuiltInOne) {
  const UserFile first("first.toml", std::string(kService) + std::string(kContact));
  const UserFile second("second.toml", replaced(kContact, "試験用の窓口", "別の窓口"));
  const auto base = load_with({first.path(), second.path()});
  ASSERT_TRUE(base.ok()) << base.error().message;
  const ServiceEntry* entry = base.value().service(service("1433/tcp"));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->description.ja, "試験");
  EXPECT_EQ(entry->iana, "");
  const auto there = base.value().contacts(day(2007, 7, 20));
  ASSERT_TRUE(holds(ids(there), "my-desk"));
  EXPECT_EQ(there.back()->name.ja, "別の窓口");
  EXPECT_FALSE(holds(ids(base.value().contacts(day(2007, 7, 9))), "my-desk"));
  EXPECT_FALSE(holds(ids(base.value().contacts(day(2007, 7, 21))), "my-desk"));
}

TEST(KnowledgeBase, ChoosesTheTextOfTheTime) {
  const UserFile file("times.toml", kService);
  const auto base = load_with({file.path()});
  ASSERT_TRUE(base.ok()) << base.error().message;
  const auto on = [&](Day when) {
    return base.value().explain(service("1433/tcp"), when, Language::en);
  };
  EXPECT_FALSE(on(day(2009, 12, 31)));
  ASSERT_TRUE(on(day(2010, 1, 1)));
  EXPECT_EQ(on(day(2010, 1, 1))->aimed_at, "Old.");
  EXPECT_TRUE(on(day(2010, 5, 31))->malware.empty());
  EXPECT_EQ(on(day(2010, 6, 1))->malware, std::vector<std::string>{"Sooner"});
  EXPECT_EQ(on(day(2011, 12, 31))->aimed_at, "Old.");
  EXPECT_EQ(on(day(2012, 1, 1))->aimed_at, "New.");
  EXPECT_EQ(on(day(2012, 1, 1))->malware, (std::vector<std::string>{"Sooner", "Later"}));
  EXPECT_EQ(on(day(2012, 1, 1))->hole, "");
  EXPECT_EQ(on(day(2012, 7, 31))->aimed_at, "July.");
  EXPECT_EQ(on(day(2012, 7, 31))->hole, "hole");
  EXPECT_EQ(on(day(2012, 7, 31))->home, "Home.");
  EXPECT_EQ(on(day(2012, 8, 1))->aimed_at, "New.");
  EXPECT_TRUE(on(day(2019, 6, 30)));
  EXPECT_FALSE(on(day(2019, 7, 1)));
}

TEST(KnowledgeBase, RefusesFilesItCannotUse) {
  const auto missing = load_with({"/nonexistent/knowledge.toml"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("/nonexistent/knowledge.toml"), std::string::npos);

  const auto folder = load_with({testing::TempDir()});
  EXPECT_FALSE(folder.ok());

  const UserFile large("large.toml", std::string(kMaxKnowledgeBytes + 1, '#'));
  const auto refused = load_with({large.path()});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::limit_reached);

  const UserFile tool("tool.toml",
                      "[[tool]]\nid = \"zmap\"\nname = \"Z\"\nsince = 2013\n"
                      "text = {ja = \"道具。\", en = \"A tool.\"}\n");
  const auto no_tools = load_with({tool.path()});
  ASSERT_FALSE(no_tools.ok());
  EXPECT_NE(no_tools.error().message.find("[[service]], [[advisory]] and [[contact]]"),
            std::string::npos);

  const UserFile bad("bad.toml", replaced(kAdvisory, "published", "publshed"));
  const auto misspelt = load_with({bad.path()});
  ASSERT_FALSE(misspelt.ok());
  EXPECT_EQ(misspelt.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(misspelt.error().message.find(bad.path() + ":5: "), 0u) << misspelt.error().message;
}

TEST(KnowledgeParser, AcceptsWhatTheTestsBreak) {
  EXPECT_EQ(fault(kAdvisory), "");
  EXPECT_EQ(fault(kContact), "");
  EXPECT_EQ(fault(kService), "");
  EXPECT_EQ(fault(""), "");
}

TEST(KnowledgeParser, SaysFileLineEntryAndWhatToDo) {
  EXPECT_EQ(fault("[[advisory]\n").find("my.toml:1: "), 0u);
  EXPECT_EQ(fault("[[scanner]]\n"),
            "my.toml:1: the file: unknown key 'scanner' (valid: service, advisory, contact, tool)");
  EXPECT_EQ(fault(replaced(kAdvisory, "urls =", "url =")),
            "my.toml:7: [[advisory]]: unknown key 'url' (valid: id, also, title, product, "
            "published, services, urls)");
  EXPECT_EQ(fault(replaced(kAdvisory, ", en = \"product for a test\"", "")),
            "my.toml:4: [[advisory]] CVE-2030-12345: product: 'en' is missing: give a text");
  EXPECT_EQ(fault(replaced(kAdvisory, "2030-01-15", "\"15 January 2030\"")),
            "my.toml:5: [[advisory]] CVE-2030-12345: 'published' must be a date such as "
            "2007-07-16, without quotes");
  EXPECT_EQ(fault(replaced(kAdvisory, "1433/tcp", "1433/tpc")),
            "my.toml:6: [[advisory]] CVE-2030-12345: '1433/tpc' is no service: write 445/tcp, "
            "1026/udp, 8/icmp, 128/icmpv6 or 47/ip");
  EXPECT_EQ(fault(replaced(kAdvisory, "https://jvn.jp/", "javascript:alert(1)")),
            "my.toml:7: [[advisory]] CVE-2030-12345: 'javascript:alert(1)' is no address such as "
            "https://jvn.jp/ (http and https only, without blanks or quotes)");
  EXPECT_EQ(fault(std::string(kAdvisory) + std::string(kAdvisory)),
            "my.toml:9: [[advisory]]: 'CVE-2030-12345' is there twice: keep one of them");
  EXPECT_EQ(fault(replaced(kService, "home = {ja = \"家。\", en = \"Home.\"}\n", "")),
            "my.toml:1: [[service]] 1433/tcp: an explanation needs 'home' too, in both languages "
            "(home.ja = \"…\", home.en = \"…\")");
  EXPECT_EQ(fault(replaced(kService, "Later (2012)", "Later")),
            "my.toml:10: [[service]] 1433/tcp: 'Later' must tell when it became known: "
            "\"Mirai (2016-09)\" or \"Mirai (2016)\"");
  EXPECT_EQ(fault(replaced(kContact, "\"report\"", "\"reprt\"")),
            "my.toml:5: [[contact]] my-desk: 'reprt' is no purpose (valid: clean_up, report, "
            "advice)");
}

TEST(KnowledgeParser, RefusesEveryOtherFault) {
  const auto refused = [](std::string_view text, std::string_view from, std::string_view to,
                          std::string_view line) {
    const std::string message = fault(replaced(text, from, to));
    EXPECT_EQ(message.find(std::string("my.toml:") + std::string(line) + ": "), 0u)
        << to << ": " << message;
  };
  refused(kAdvisory, "CVE-2030-12345", "CVE-30-1", "2");
  refused(kAdvisory, "CVE-2030-12345", "no name at all", "2");
  refused(kAdvisory, "2030-01-15", "2130-01-15", "5");
  refused(kAdvisory, "[\"1433/tcp\", \"8/icmp\"]", "[]", "6");
  refused(kAdvisory, "1433/tcp", "01433/tcp", "6");
  refused(kAdvisory, "[\"https://jvn.jp/\"]", "[]", "7");
  refused(kAdvisory, "https://jvn.jp/", "https:///jvn.jp", "7");
  refused(kAdvisory, "https://jvn.jp/", "https://jvn.jp/ x", "7");
  refused(kAdvisory, "vulnerability for a test", "vulnerability “for” a test", "3");
  refused(kAdvisory, "試験用の製品", "", "4");
  refused(kAdvisory, "試験用の製品", "試験用の\\n製品", "4");
  refused(kAdvisory, "試験用の製品", std::string(2001, 'x'), "4");
  refused(kContact, "\"JP\"", "\"jp\"", "7");
  refused(kContact, "\"JP\"", "\"Japan\"", "7");
  refused(kContact, "\"admin\"", "\"admins\"", "6");
  refused(kContact, "2007-07-20", "2007-07-09", "10");
  refused(kContact, "valid_from = 2007-07-10", "", "1");
  refused(kContact, "my-desk", "My desk", "2");
  refused(kContact, "https://jvn.jp/", "ftp://jvn.jp/", "8");
  refused(kService, "\"1433/tcp\"", "\"1433\"", "2");
  refused(kService, "ja = \"試験\"", "", "1");
  refused(kService, "Sooner (2010-06)", "Sooner (2010-13)", "10");
  refused(kService, "Sooner (2010-06)", "Sooner (10)", "10");
  refused(kService, "since = 2010", "since = 1810", "11");
  refused(kService, "since = 2010", "since = \"2010\"", "11");
  refused(kService, "until = 2019-06-30", "until = 2009", "12");
  refused(kService, "[[service.period]]\nsince = 2012\n", "[[service.period]]\n", "13");
}

}  // namespace
}  // namespace teiten
