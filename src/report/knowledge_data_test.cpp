#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "report/knowledge_base.h"

/// Walks everything that the program ships as knowledge: what a reader sees must be whole, in the
/// right language and of its time.
namespace teiten {
namespace {

const KnowledgeBase& shipped() {
  static const Result<KnowledgeBase> kBase = KnowledgeBase::load();
  return kBase.value();
}

/// Code points of valid UTF-8.
std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    points.push_back(point);
    i += length;
  }
  return points;
}

bool is_japanese(char32_t point) {
  return (point >= 0x3041 && point <= 0x30ff) || (point >= 0x4e00 && point <= 0x9fff);
}

bool has_japanese(std::string_view text) {
  const auto points = code_points(text);
  return std::any_of(points.begin(), points.end(), is_japanese);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

/// ASCII punctuation right after a Japanese character, full-width letters and digits, or a blank
/// between Japanese characters: slips of a Japanese keyboard's mode.
std::string japanese_slip(std::string_view text) {
  const auto points = code_points(text);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i] >= 0xff10 && points[i] <= 0xff5a && points[i] != 0xff5e) return "full-width";
    if (i == 0) continue;
    const bool after = is_japanese(points[i - 1]);
    if (after && (points[i] == '.' || points[i] == ',' || points[i] == ';' || points[i] == ':'))
      return "ASCII punctuation";
    if (after && points[i] == ' ' && i + 1 < points.size() && is_japanese(points[i + 1]))
      return "blank";
  }
  return "";
}

void expect_sentences(const LocalizedText& text, const std::string& where) {
  SCOPED_TRACE(where);
  EXPECT_TRUE(has_japanese(text.ja)) << text.ja;
  EXPECT_TRUE(text.ja.ends_with("。")) << text.ja;
  EXPECT_EQ(japanese_slip(text.ja), "") << text.ja;
  EXPECT_EQ(text.ja.find("ぜい弱"), std::string::npos) << text.ja;
  EXPECT_TRUE(is_ascii(text.en)) << text.en;
  EXPECT_TRUE(text.en.ends_with('.')) << text.en;
  EXPECT_EQ(text.en.find("  "), std::string::npos) << text.en;
  EXPECT_NE(text.en, text.ja);
}

/// `japanese` where the Japanese phrase must hold Japanese characters; a product's name need not.
void expect_phrase(const LocalizedText& text, const std::string& where, bool japanese) {
  SCOPED_TRACE(where);
  EXPECT_TRUE(!japanese || has_japanese(text.ja)) << text.ja;
  EXPECT_EQ(text.ja.find("。"), std::string::npos) << text.ja;
  EXPECT_EQ(japanese_slip(text.ja), "") << text.ja;
  EXPECT_TRUE(is_ascii(text.en)) << text.en;
  EXPECT_FALSE(text.en.ends_with('.')) << text.en;
}

/// The latest year from 1980 to 2039 that a text names as four digits of their own; 0 where none.
int latest_year(std::string_view text) {
  int latest = 0;
  for (std::size_t i = 0; i + 4 <= text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    if ((i > 0 && digit(i - 1)) || digit(i + 4)) continue;
    if (!digit(i) || !digit(i + 1) || !digit(i + 2) || !digit(i + 3)) continue;
    const int year = std::stoi(std::string(text.substr(i, 4)));
    // "1900/udp" and "2003/tcp" are ports.
    if (year >= 1980 && year <= 2039 && text.substr(i + 4, 1) != "/")
      latest = std::max(latest, year);
  }
  return latest;
}

int year_of(const std::optional<Day>& day, int fallback) {
  return day ? int{day->year()} : fallback;
}

void expect_of_its_time(const LocalizedText& text, int year, const std::string& where) {
  EXPECT_LE(latest_year(text.ja), year) << where << ": " << text.ja;
  EXPECT_LE(latest_year(text.en), year) << where << ": " << text.en;
}

/// Texts without `since` are used for 2006 too.
constexpr int kEarliestReport = 2006;

void expect_texts(const TopicTexts& texts, int year, const std::string& where) {
  for (std::size_t i = 0; i < kTopics; ++i) {
    if (!texts[i]) continue;
    const auto topic = static_cast<Topic>(i);
    if (topic == Topic::product) {
      expect_phrase(*texts[i], where, false);
    } else if (topic == Topic::hole) {
      expect_phrase(*texts[i], where, true);
    } else {
      expect_sentences(*texts[i], where);
    }
    expect_of_its_time(*texts[i], year, where);
  }
}

TEST(KnowledgeData, ChecksCanFail) {
  EXPECT_EQ(japanese_slip("確認してください."), "ASCII punctuation");
  EXPECT_EQ(japanese_slip("４４５番"), "full-width");
  EXPECT_EQ(japanese_slip("確認 してください。"), "blank");
  EXPECT_EQ(japanese_slip("SQL Serverの445/tcp、PHP 8.1。"), "");
  EXPECT_EQ(latest_year("CVE-2017-17215, port 2003/tcp, 2020年"), 2020);
  EXPECT_EQ(latest_year("12003, 445/tcp"), 0);
  EXPECT_FALSE(has_japanese("MySQL。"));
}

TEST(KnowledgeData, ServicesReadWellAndKeepToTheirTime) {
  std::size_t explained = 0;
  for (const auto& [service, entry] : shipped().services()) {
    const std::string where = service.to_string();
    EXPECT_TRUE(is_ascii(entry.description.en)) << where;
    EXPECT_EQ(japanese_slip(entry.description.ja), "") << where;
    if (!entry.explained) continue;
    ++explained;
    const int base_year = year_of(entry.validity.first, kEarliestReport);
    expect_texts(entry.texts, base_year, where);
    for (const ExplanationPeriod& period : entry.periods)
      expect_texts(period.texts, year_of(period.validity.first, base_year), where + " (period)");
    for (const Malware& malware : entry.malware) {
      EXPECT_TRUE(is_ascii(malware.name)) << where;
      EXPECT_GE(int{malware.known_since.year()}, 1988) << malware.name;
      EXPECT_LE(int{malware.known_since.year()}, 2026) << malware.name;
    }
  }
  EXPECT_GE(explained, 75u);
}

TEST(KnowledgeData, ExplainsTheServicesOfTheSeedAndOfToday) {
  for (const char* id : {"135/tcp", "139/tcp", "445/tcp", "1026/udp", "1027/udp", "1028/udp",
                         "8/icmp", "1433/tcp", "1434/udp", "2967/tcp", "3306/tcp", "5900/tcp"}) {
    const auto service = Service::parse(id);
    ASSERT_TRUE(service) << id;
    for (const Language language : {Language::ja, Language::en})
      EXPECT_TRUE(shipped().explain(*service, parse_day("2007-07-31").value(), language)) << id;
  }
  for (const char* id :
       {"22/tcp",    "23/tcp",    "53/udp",    "80/tcp",   "81/tcp",   "123/udp",  "161/udp",
        "389/udp",   "443/tcp",   "1900/udp",  "2323/tcp", "2375/tcp", "3389/tcp", "5060/udp",
        "5555/tcp",  "6379/tcp",  "7547/tcp",  "8080/tcp", "8443/tcp", "8545/tcp", "9200/tcp",
        "11211/udp", "27017/tcp", "37215/tcp", "52869/tcp"}) {
    const auto service = Service::parse(id);
    ASSERT_TRUE(service) << id;
    for (const Language language : {Language::ja, Language::en})
      EXPECT_TRUE(shipped().explain(*service, parse_day("2026-06-30").value(), language)) << id;
  }
}

TEST(KnowledgeData, AdvisoriesAreWholeAndDated) {
  EXPECT_GE(shipped().advisories().size(), 40u);
  std::set<std::string> names;
  for (const Advisory& advisory : shipped().advisories()) {
    expect_phrase(advisory.title, advisory.id, true);
    expect_phrase(advisory.product, advisory.id, false);
    EXPECT_GE(int{advisory.published.year()}, 2002) << advisory.id;
    EXPECT_LE(int{advisory.published.year()}, 2026) << advisory.id;
    // A CVE's year is that of its reservation: at most a little later than it became public.
    std::vector<std::string> all = advisory.also;
    all.push_back(advisory.id);
    for (const std::string& name : all) {
      EXPECT_TRUE(names.insert(name).second) << name;
      if (!name.starts_with("CVE-")) continue;
      EXPECT_LE(std::stoi(name.substr(4, 4)), int{advisory.published.year()}) << name;
    }
    for (const std::string& url : advisory.urls)
      EXPECT_TRUE(url.starts_with("https://")) << advisory.id;
  }
}

TEST(KnowledgeData, ContactsAndToolsReadWell) {
  EXPECT_GE(shipped().contacts().size(), 10u);
  for (const Contact& contact : shipped().contacts()) {
    expect_phrase(contact.name, contact.id, false);
    expect_sentences(contact.role, contact.id);
    EXPECT_LE(int{contact.validity.first->year()}, 2026) << contact.id;
  }
  std::set<std::string> ids;
  for (const ToolEntry& tool : shipped().tools()) {
    expect_sentences(tool.text, tool.id);
    ids.insert(tool.id);
  }
  EXPECT_EQ(ids, (std::set<std::string>{"connect_linux", "connect_windows", "masscan", "mirai",
                                        "nmap", "unicornscan", "xmap", "zmap"}));
}

TEST(KnowledgeData, SomebodyHelpsInEveryYear) {
  for (int year = 2006; year <= 2026; ++year) {
    const Day day{std::chrono::year{year}, std::chrono::December, std::chrono::day{31}};
    std::set<std::string> countries;
    for (const Contact* contact : shipped().contacts(day))
      countries.insert(contact->country);
    EXPECT_TRUE(countries.contains("JP")) << year;
    EXPECT_TRUE(countries.contains("*")) << year;
  }
}

}  // namespace
}  // namespace teiten
