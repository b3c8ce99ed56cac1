#include "logs/json_reader.h"

#include <random>

#include <gtest/gtest.h>

#include "logs/json_limits.h"
#include "logs/json_record.h"
#include "logs/json_repair.h"
#include "logs/line_source.h"
#include "logs/log_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

/// A record of Dionaea whose source ends in `host`.
std::string record(int host, const std::string& password = "x") {
  return R"({"connection": {"protocol": "mssqld", "transport": "tcp", "type": "accept"}, "dst_ip": "192.0.2.1", "dst_port": 1433, "src_ip": "198.51.100.)" +
         std::to_string(host) +
         R"(", "src_port": 40000, "timestamp": "2024-05-07T02:57:48.123456", "credentials": [{"password": ")" +
         password + R"("}]})";
}

ReadLog read_json(Input& input) {
  ReadLog result;
  const auto reader = open_log(*find_log_format("dionaea"), input, {}).value();
  LogLine line;
  while (reader->next(line).value()) {
    line.raw = {};
    result.lines.push_back(line);
  }
  result.warning = reader->warning();
  result.counted = reader->lines();
  return result;
}

/// What became of the records of a text, in their order: the last number of the source of one that
/// was read, else the reason.
std::vector<std::string> outcome(const std::string& text,
                                 std::vector<std::size_t> pieces = {1 << 20}) {
  PieceInput input(text, std::move(pieces));
  std::vector<std::string> result;
  for (const LogLine& line : read_json(input).lines) {
    const std::string source = line.packet.source.to_string();
    result.emplace_back(line.rejection == Rejection::none ? source.substr(source.rfind('.') + 1)
                                                          : to_string(line.rejection));
  }
  return result;
}

using Outcome = std::vector<std::string>;

TEST(JsonReader, WhateverHoldsTheRecords) {
  const std::string a = record(1);
  const std::string b = record(2);
  const Outcome both{"1", "2"};
  for (
      const std::string& text : {
          a + "\n" + b + "\n",
          a + "\r\n" + b,
          "[" + a + ",\n" + b + "\n]",
          "[" + a + "," + b + "]",
          "[\n  " + a + ",\n  " + b + "\n]\n",
          a + b,
          a + " " + b,
          "\xef\xbb\xbf" + a + "\n\xef\xbb\xbf" + b,
          "\x1e" + a + "\n\x1e" + b + "\n",
          "{\"connections\":[" + a + "," + b + "]}",
          "{\"total\": 2, \"connections\" : [\n" + a + ",\n" + b + "\n], \"next\": \"x\"}",
          "{\"anything\":[" + a + "]}\n{\"anything\":[" + b + "]}",
          R"({"took":1,"_shards":{"total":1},"hits":{"total":{"value":2},"hits":[{"_index":"i","_source":)" +
              a + R"(},{"_index":"i","_source":)" + b + "}]}}",
          "\n\n" + a + "\n\n\n" + b + "\n\n",
          std::string(3, '\0') + a + std::string(5000, '\0') + b,
      }) {
    EXPECT_EQ(outcome(text), both) << text.substr(0, 60);
    EXPECT_EQ(outcome(text, {1}), both) << text.substr(0, 60);
  }
}

/// As a program indents them, also with an array of objects within.
std::string indented(const std::string& text) {
  std::string result;
  std::string margin = "\n";
  for (const char c : text) {
    if (c == '{' || c == '[') margin += "  ";
    if (c == '}' || c == ']') {
      margin.resize(margin.size() - 2);
      result += margin;
    }
    result += c;
    if (c == '{' || c == '[' || c == ',') result += margin;
  }
  return result;
}

TEST(JsonReader, IndentedRecords) {
  const std::string text = "[" + record(1) + "," + record(2) + "]";
  EXPECT_EQ(outcome(indented(text)), (Outcome{"1", "2"}));
  EXPECT_EQ(outcome(indented("{\"connections\":" + text + "}")), (Outcome{"1", "2"}));
  EXPECT_EQ(outcome(indented(record(1)) + "\n" + indented(record(2))), (Outcome{"1", "2"}));
}

TEST(JsonReader, LostCommas) {
  EXPECT_EQ(outcome("[" + record(1) + "\n" + record(2) + "\n]"), (Outcome{"1", "2"}));
  std::string lost = record(2);
  lost.erase(lost.find(", \"src_ip\""), 1);
  EXPECT_EQ(outcome(record(1) + "\n" + lost + "\n" + record(3)), (Outcome{"1", "2", "3"}));
}

TEST(JsonReader, QuotesThatEndNoText) {
  for (const char* password : {"a\"b", "\"", "\"\"\"", "a\"b\"c", "x\\", "a{\"b", "}", "{", "[",
                               "\\x41\\", "a\tb", "\x80"}) {
    const std::string text = record(1) + ",\n" + record(2, password) + ",\n" + record(3) + "\n";
    EXPECT_EQ(outcome(text), (Outcome{"1", "2", "3"})) << password;
    EXPECT_EQ(outcome("[" + record(1) + "," + record(2, password) + "," + record(3) + "]"),
              (Outcome{"1", "2", "3"}))
        << password;
  }
}

TEST(JsonReader, ARecordCutShortCostsItselfAtMost) {
  const std::string whole = record(2);
  int saved = 0;
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const Outcome seen =
        outcome(record(1) + "\n" + whole.substr(0, length) + "\n" + record(3) + "\n");
    ASSERT_EQ(seen.size(), 3U) << length;
    EXPECT_EQ(seen[0] + seen[2], "13") << length;
    EXPECT_TRUE(seen[1] == "2" || seen[1] == "invalid_json") << length << seen[1];
    // The ports are whole and so is the time: behind "timestamp" with its closing quote.
    EXPECT_EQ(seen[1] == "2", length >= whole.find("\", \"credentials\"") + 1) << length;
    saved += seen[1] == "2" ? 1 : 0;
    // At the end it may still be written, and what its rest will say is not known.
    for (const char* end : {"", "\n", "\n]\n"}) {
      EXPECT_EQ(outcome(record(1) + "\n" + whole.substr(0, length) + end),
                (Outcome{"1", "invalid_json"}))
          << length;
    }
  }
  EXPECT_GT(saved, 20);
}

TEST(JsonReader, ANumberThatALineCutIsNotBelieved) {
  // The port comes last: 143 or 14 may be what is left of 1433.
  const std::string port = ", \"dst_port\": 1433";
  std::string whole = record(2);
  whole.erase(whole.find(port), port.size());
  whole.insert(whole.size() - 1, port);
  for (const std::size_t lost : {1U, 2U, 3U}) {
    for (const char* end : {"\n", "\r\n", " \n", "\n\n"}) {
      EXPECT_EQ(outcome(record(1) + "\n" + whole.substr(0, whole.size() - lost) + end + record(3)),
                (Outcome{"1", "invalid_json", "3"}))
          << lost;
    }
  }
  EXPECT_EQ(outcome(indented(whole) + "\n" + record(3)), (Outcome{"2", "3"}))
      << "a line may end behind a number";
}

TEST(JsonReader, TwoWritersAtOnce) {
  const std::string first = record(2);
  for (const std::size_t at : {std::size_t{30}, std::size_t{120}, first.size() - 5}) {
    const std::string text = record(1) + "\n" + first.substr(0, at) + record(3) + "\n" +
                             first.substr(at) + "\n" + record(4) + "\n";
    const Outcome seen = outcome(text);
    ASSERT_EQ(seen.size(), 4U) << at;
    EXPECT_EQ(seen[0] + seen[2] + seen[3], "134") << at;
  }
}

TEST(JsonReader, WhatIsNoObjectIsCountedOnce) {
  EXPECT_EQ(outcome(record(1) + "\nhello world\n" + record(2)),
            (Outcome{"1", "invalid_json", "2"}));
  EXPECT_EQ(outcome(record(1) + "\n{}\n{\"a\":1}\n" + record(2)),
            (Outcome{"1", "not_a_connection", "not_a_connection", "2"}));
  EXPECT_EQ(outcome("{" + record(1)), (Outcome{"invalid_json", "1"}));
  EXPECT_EQ(outcome(""), Outcome{});
  EXPECT_EQ(outcome("[]"), Outcome{});
}

TEST(JsonReader, LinesAreThoseOfTheInput) {
  PieceInput input("[\n" + record(1) + ",\n\n" + record(2) + "\nx\n]\n");
  std::vector<std::uint64_t> lines;
  for (const LogLine& line : read_json(input).lines)
    lines.push_back(line.line);
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{2, 4, 5}));
}

TEST(JsonReader, ARecordThatIsTooLongIsSkipped) {
  const std::string fits = record(2, std::string(kMaxJsonRecordBytes - 1000, 'p'));
  EXPECT_EQ(outcome(record(1) + "\n" + fits + "\n" + record(3)), (Outcome{"1", "2", "3"}));
  const std::string huge = record(2, std::string(5 * kMaxJsonRecordBytes, 'p'));
  EXPECT_EQ(outcome(record(1) + "\n" + huge + "\n" + record(3)),
            (Outcome{"1", "record_too_long", "3"}));
}

TEST(JsonReader, ManyBrokenObjectsOnOneLineCostTheirLength) {
  // Searched to the end of the line each, they would take minutes.
  EXPECT_EQ(outcome(std::string(1 << 20, '{')).size(), std::size_t{1} << 20);
  // Each is the beginning of an object whose texts go on to the end, and is within the one before.
  const std::string first = R"({"connection":"\")";
  std::string nested;
  for (int i = 0; i < 50'000; ++i)
    nested += first;
  EXPECT_EQ(outcome(record(1) + "\n" + nested + "\n" + record(2)).size(), 50'002U);
}

// A line end in the midst of an array that is one line costs a record, not the rest of the array.
TEST(JsonReader, ALineEndInAnArrayOfOneLine) {
  std::string text = "[" + record(1) + "," + record(2) + "," + record(3) + "," + record(4) + "," +
                     record(5) + "," + record(6) + "]";
  const std::size_t at = text.find("\"src_port\"", text.find("198.51.100.4"));
  EXPECT_EQ(outcome(text.insert(at, "\n")), (Outcome{"1", "2", "3", "4", "5", "6"}));
  EXPECT_EQ(outcome(text.insert(at + 5, "\n")), (Outcome{"1", "2", "3", "4", "5", "6"}));
  // In the first one's name of what tells its kind.
  EXPECT_EQ(outcome(text.insert(10, "\n")), (Outcome{"invalid_json", "2", "3", "4", "5", "6"}));
  const std::size_t between = text.rfind(",{\"connection\"");
  EXPECT_EQ(outcome(text.insert(between, "\nx")),
            (Outcome{"invalid_json", "2", "3", "4", "5", "invalid_json", "6"}));
  // Where two writers lost the line end between their records, that is not usual.
  const std::string pair = record(1) + record(2) + "\n";
  EXPECT_EQ(outcome(record(3) + "\n" + pair + "Invalid user " + record(4) + "\n" + pair),
            (Outcome{"3", "1", "2", "invalid_json", "1", "2"}));
}

TEST(JsonReader, WhatAClientSentInARecordIsNoRecord) {
  for (const std::string name : {"body", "request", "anything"}) {
    // Not before a name that only records have.
    std::string text = record(2);
    text.insert(
        1, "\"method\": \"POST\", \"" + name + "\": [" + record(66) + ", " + record(67) + "], ");
    EXPECT_EQ(outcome(text + "\n" + text + "\n"), (Outcome{"2", "2"})) << name;
    EXPECT_EQ(outcome("[" + text + "," + text + "]"), (Outcome{"2", "2"})) << name;
  }
  // Of a program that is not known.
  EXPECT_EQ(outcome("{\"method\":\"POST\",\"body\":[" + record(66) + "]}\n" + record(1)),
            (Outcome{"not_a_connection", "1"}));
}

TEST(JsonReader, DepthHasALimit) {
  const std::string deep = std::string(200'000, '[');
  EXPECT_EQ(outcome(record(1) + "\n{\"a\":" + deep + "\n" + record(2)),
            (Outcome{"1", "invalid_json", "2"}));
  std::string objects;
  for (int i = 0; i < 100'000; ++i)
    objects += "{\"a\":";
  EXPECT_EQ(outcome(record(1) + "\n" + objects + "\n" + record(2)),
            (Outcome{"1", "invalid_json", "2"}));
}

TEST(JsonReader, WholeInOnePieceEqualsByteByByte) {
  std::mt19937 random(7);
  std::string clean;
  for (int i = 0; i < 40; ++i)
    clean += record(i + 1) + (i % 3 == 0 ? "\n" : ",");
  for (int round = 0; round < 60; ++round) {
    std::string text = clean;
    for (int i = 0; i < 6; ++i) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text.erase(at, 1 + random() % 40);
          break;
        case 1:
          text.insert(at, 1, "\"{}[],:\\\n\0x"[random() % 11]);
          break;
        case 2:
          text[at] = static_cast<char>(random() % 256);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 300));
      }
    }
    const Outcome seen = outcome(text);
    EXPECT_EQ(seen, outcome(text, {1, 7, 100})) << round;
    const auto whole = std::count_if(seen.begin(), seen.end(),
                                     [](const std::string& one) { return one.size() < 3; });
    EXPECT_GE(whole, 40 - 6 * 3) << "each damage costs few records";
  }
}

// Else an object's long name would be kept once for each of its values.
TEST(JsonRecord, PathsHaveALimit) {
  const auto object = [](std::size_t name) {
    return "{\"" + std::string(name, 'n') + "\":1,\"a\":{\"" + std::string(name - 2, 'n') +
           "\":1},\"b\":2}";
  };
  for (const std::size_t name : {kMaxJsonPathBytes, kMaxJsonPathBytes + 1}) {
    std::string text = object(name);
    text.reserve(text.size() + LineWindow::kPadding);
    JsonRecord record;
    ASSERT_TRUE(record.parse(text));
    EXPECT_EQ(record.size(), name == kMaxJsonPathBytes ? 3U : 1U);
    EXPECT_TRUE(record.has("b"));
  }
}

// A payload is read once: the texts of a second one would take the place of the first one's.
TEST(JsonRecord, OfTwoPayloadsTheFirstIsRead) {
  std::string text = R"({"payload":"{\"a\":\"first\"}","payload":"{\"a\":\"second)" +
                     std::string(5000, 'x') + R"(\"}"})";
  text.reserve(text.size() + LineWindow::kPadding);
  JsonRecord record;
  ASSERT_TRUE(record.parse(text));
  EXPECT_EQ(record.text("payload.a"), "first");
}

TEST(JsonRepair, GuessesNothing) {
  EXPECT_EQ(repair_object("{\"a\":1,\"b\":12").text, "{\"a\":1}") << "digits may be lost";
  EXPECT_EQ(repair_object("{\"a\":1,\"b\":\"x").text, "{\"a\":1}");
  EXPECT_TRUE(repair_object("{\"a\":1,\"b\":\"x").cut);
  EXPECT_EQ(repair_object("{\"a\":NaN,\"b\":01}").text, "{\"a\":null,\"b\":null}");
  EXPECT_EQ(repair_object("{\"a\":1 \"b\":[1 2,],}").text, "{\"a\":1,\"b\":[1,2]}");
  EXPECT_EQ(repair_object("{\"a\":99999999999999999999}").text, "{\"a\":null}")
      << "more than 64 bits hold";
  EXPECT_EQ(repair_object("{\"a\":1,\"b\":12\n").text, "{\"a\":1}") << "nor before a line's end";
  EXPECT_EQ(repair_object("{\"a\":1\n,\"b\":12\n\"c\":3\n}").text, "{\"a\":1,\"b\":null,\"c\":3}");
  EXPECT_EQ(repair_object("{\"a\":1\"b\":true\"c\":2}").text, "{\"a\":null,\"b\":null,\"c\":2}");
  EXPECT_FALSE(repair_object("{a:1}").done);
  EXPECT_FALSE(repair_object("{\"a\":1}").cut);
}

}  // namespace
}  // namespace teiten
