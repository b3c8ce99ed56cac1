#include "logs/log_format.h"

#include <set>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

const LogFormat* recognised(const std::string& text) {
  PieceInput input(text);
  const LogFormat* format = recognise_log(input).value();
  EXPECT_EQ(input.offset(), 0U);
  return format;
}

std::string name_of(const LogFormat* format) {
  return format == nullptr ? "" : std::string(format->name);
}

TEST(LogFormat, EachExampleIsRecognisedAsItself) {
  for (const LogFormat& format : log_formats()) {
    if (format.recognises == nullptr && format.recognises_line == nullptr) continue;
    if (format.example.empty()) continue;
    const std::string example(format.example);
    EXPECT_EQ(name_of(recognised(example)), format.name);
    EXPECT_EQ(name_of(recognised(example + "\n")), format.name);
  }
}

TEST(LogFormat, NoOtherFormatTakesAnExampleForItsOwn) {
  for (const LogFormat& example : log_formats()) {
    const LogBeginning beginning = beginning_of(example.example);
    for (const LogFormat& other : log_formats()) {
      if (other.name == example.name) continue;
      EXPECT_FALSE(other.recognises != nullptr && other.recognises(beginning))
          << other.name << " takes " << example.name;
      // Lines are looked at only where no format knows the beginning.
      if (example.recognises != nullptr) continue;
      for (const std::string_view line : beginning.lines) {
        EXPECT_FALSE(other.recognises_line != nullptr && other.recognises_line(line))
            << other.name << " takes a line of " << example.name;
      }
    }
  }
}

TEST(LogFormat, EachExampleHoldsARecord) {
  for (const LogFormat& format : log_formats()) {
    if (format.example.empty()) continue;
    PieceInput input{std::string(format.example)};
    LogOptions options;
    options.year = 2013;
    if (format.name == "csv") {
      options.csv = CsvMapping::parse(
                        "time=time,source=source,protocol=protocol,destination_port="
                        "destination_port")
                        .value();
    }
    auto reader = open_log(format, input, options);
    ASSERT_TRUE(reader.ok()) << format.name << ": " << reader.error().message;
    LogLine line;
    ASSERT_TRUE((*reader)->next(line).value()) << format.name;
    EXPECT_EQ(to_string(line.rejection), "none") << format.name;
    EXPECT_EQ(line.packet.source.to_string().substr(0, 7), "198.51.") << format.name;
  }
}

TEST(LogFormat, NamesAreThereOnce) {
  std::set<std::string_view> names{"auto", "pcap", "pcapng"};
  std::size_t count = names.size();
  for (const LogFormat& format : log_formats()) {
    EXPECT_EQ(find_log_format(format.name), &format);
    EXPECT_FALSE(format.title.empty());
    for (const std::string_view name : {format.name, format.alias}) {
      if (name.empty()) continue;
      names.insert(name);
      ++count;
    }
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(find_log_format(""), nullptr);
  EXPECT_EQ(find_log_format("auto"), nullptr);
}

TEST(LogFormat, WhatIsNoLogIsNotRecognised) {
  for (const std::string text :
       {"", "\n\n", "hello\n", "a,b,c\n1,2,3\n", "{}", "[]", "{\"a\":1}\n", "<xml/>",
        "\x7f"
        "ELF"}) {
    EXPECT_EQ(name_of(recognised(text)), "") << text;
  }
  EXPECT_EQ(name_of(recognised(std::string(200'000, '\0'))), "");
}

// What somebody sent stands in a text of a record, and has a file of its own kind of line.
TEST(LogFormat, OfAnObjectOnlyJsonIsAsked) {
  const std::string flow(find_log_format("suricata")->example);
  const std::string words = "x srcaddr dstaddr y";
  std::string record = flow;
  record.insert(1, "\"http_user_agent\":\"" + words + "\",");
  EXPECT_EQ(name_of(recognised(record + "\n" + flow + "\n")), "suricata");
  EXPECT_EQ(name_of(recognised("[" + record + "]")), "suricata");
  EXPECT_EQ(name_of(recognised("{\"a\":\"" + words + "\"}\n")), "");
  EXPECT_EQ(name_of(recognised(words + "\n")), "vpc") << "as a line of its own it decides";
  const std::string firewall(find_log_format("iptables")->example);
  EXPECT_EQ(name_of(recognised("{\"a\":1} " + firewall + "\n")), "");
  EXPECT_EQ(name_of(recognised("{\"a\":1}\n" + firewall + "\n")), "iptables");
}

TEST(LogFormat, BeginningHoldsLinesThatSaySomething) {
  EXPECT_EQ(beginning_of("\xef\xbb\xbf\r\n# a\r\n \t\nb").lines,
            (std::vector<std::string_view>{"# a", "b"}));
  const std::string cut = "first\n" + std::string(kBeginningBytes, 'x');
  EXPECT_EQ(beginning_of(cut).lines, std::vector<std::string_view>{"first"})
      << "of a line that goes on past the beginning only part is known";
}

TEST(LogFormat, TimesAfterTheImportAreTheFuture) {
  const std::string text =
      "t,s,p,d\n2014-01-01T23:59:59Z,198.51.100.7,TCP,23\n2014-01-02T00:00:00Z,198.51.100.7,TCP,"
      "23\n"
      "2014-01-02T00:00:01Z,198.51.100.7,TCP,23\n";
  LogOptions options;
  options.csv = CsvMapping::parse("time=t,source=s,protocol=p,destination_port=d").value();
  options.now = UtcTime{std::chrono::seconds{seconds_of(2014, 1, 1)}};
  EXPECT_EQ(read_log(text, options).rejections(),
            (std::vector<Rejection>{Rejection::none, Rejection::none, Rejection::future_time}));
  options.now = UtcTime{std::chrono::seconds{seconds_of(2000, 1, 1)}};
  PieceInput changed(text, {1 << 20}, seconds_of(2013, 12, 31, 86'400));
  EXPECT_EQ(read_log(changed, options).rejections(),
            (std::vector<Rejection>{Rejection::none, Rejection::none, Rejection::future_time}))
      << "a machine whose clock is behind: the file's last change tells";
  options.now.reset();
  EXPECT_EQ(read_log(text, options).rejections(), std::vector<Rejection>(3, Rejection::none));
}

TEST(LogFormat, RecordsCarryTheirLineAndText) {
  LogOptions options;
  options.csv = CsvMapping::parse("time=t,source=s").value();
  PieceInput input("t,s\n1,\"a\nb\"\n\n2,3\n");
  const auto reader = open_log(*find_log_format("csv"), input, options).value();
  LogLine line;
  std::vector<std::pair<std::uint64_t, std::string>> seen;
  while (reader->next(line).value())
    seen.emplace_back(line.line, line.raw);
  EXPECT_EQ(seen, (std::vector<std::pair<std::uint64_t, std::string>>{
                      {2, "1,\"a\nb\""}, {4, ""}, {5, "2,3"}}));
  PieceInput long_line(std::string(5000, 'x') + "\nshort\n");
  const auto firewall = open_log(*find_log_format("firewall"), long_line, options).value();
  ASSERT_TRUE(firewall->next(line).value());
  EXPECT_EQ(line.raw.size(), kMaxRawBytes);
  ASSERT_TRUE(firewall->next(line).value());
  EXPECT_EQ(line.raw, "short");
  EXPECT_EQ(line.line, 2U);
}

}  // namespace
}  // namespace teiten
