#include <algorithm>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

/// Numbers that are the same everywhere (Knuth's MMIX generator, upper half).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<std::size_t>(state_ >> 33) % limit;
  }

 private:
  std::uint64_t state_;
};

/// One to four changes: a byte, a piece taken out, a piece put in twice, an odd byte in between.
std::string damaged(std::string text, Random& random) {
  constexpr std::string_view kOdd{"\0\xff\n\r\t ,=\"-.0{}[]\\%9", 19};
  for (std::size_t changes = 1 + random.below(4); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random.below(text.size());
    const std::size_t size = 1 + random.below(40);
    switch (random.below(4)) {
      case 0:
        text[at] = kOdd[random.below(kOdd.size())];
        break;
      case 1:
        text.erase(at, size);
        break;
      case 2:
        text.insert(random.below(text.size()), text.substr(at, size));
        break;
      default:
        text.insert(at, 1, kOdd[random.below(kOdd.size())]);
    }
  }
  return text;
}

TEST(HostileLogs, EveryFormatSurvivesDamagedExamples) {
  for (const LogFormat& format : log_formats()) {
    if (format.example.empty() || format.name == "csv") continue;
    Random random(7);
    std::string whole;
    for (int i = 0; i < 3; ++i)
      whole += std::string(format.example) + "\n";
    for (int round = 0; round < 300; ++round) {
      const std::string text = damaged(whole, random);
      PieceInput input(text, {1 + random.below(100), 1 + random.below(1000)});
      LogOptions options;
      options.year = 2013;
      const ReadLog log = read_log_as(format.name, input, options);
      ASSERT_EQ(log_test::fault_of(log), "") << format.name << ": " << text;
      ASSERT_LE(log.lines.size(), text.size()) << format.name;
    }
  }
}

// JSON behind headers, in docker's log and among other programs' lines, whole and in pieces.
TEST(HostileLogs, JsonWithinOtherTextSurvivesDamage) {
  const std::string other = "Aug 16 06:00:00 host sshd[9]: Invalid user {\"src_ip\": \"x\"}\n";
  for (const std::string_view name : {"suricata", "cowrie", "dionaea", "vpc-json"}) {
    const std::string record(find_log_format(name)->example);
    std::string escaped;
    for (const char c : record)
      escaped += c == '"' ? "\\\"" : std::string(1, c);
    const std::string whole =
        "Aug 16 06:00:00 host suricata[1]: " + record + "\n" + other +
        "<141>1 2024-05-07T11:57:48+09:00 gw suricata 12 - [a b=\"c\"] @cee: " + record + "\n" +
        "{\"log\":\"" + escaped + "\\n\",\"stream\":\"stdout\",\"time\":\"2024\"}\n" + record +
        "\n" + other;
    Random random(13);
    for (int round = 0; round < 300; ++round) {
      const std::string text = damaged(whole, random);
      PieceInput input(text);
      const ReadLog log = read_log_as(name, input);
      ASSERT_EQ(fault_of(log), "") << text;
      PieceInput pieces(text, {1 + random.below(100), 1 + random.below(1000)});
      ASSERT_EQ(read_log_as(name, pieces).rejections(), log.rejections()) << text;
    }
  }
}

/// A reader sees the same records however the bytes come.
TEST(HostileLogs, PiecesOfAnySizeGiveTheSameRecords) {
  for (const LogFormat& format : log_formats()) {
    if (format.example.empty() || format.name == "csv") continue;
    Random random(11);
    const std::string text =
        damaged(std::string(format.example) + "\n" + std::string(format.example), random);
    LogOptions options;
    options.year = 2013;
    PieceInput whole(text);
    const auto expected = read_log_as(format.name, whole, options).rejections();
    for (const std::size_t size : {1U, 2U, 61U}) {
      PieceInput pieces(text, {size});
      EXPECT_EQ(read_log_as(format.name, pieces, options).rejections(), expected) << format.name;
    }
  }
}

}  // namespace
}  // namespace teiten
