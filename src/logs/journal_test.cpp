#include "logs/journal.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

const std::string kMessage =
    "[UFW BLOCK] IN=ens3 OUT= SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 "
    "ID=54321 PROTO=TCP SPT=40000 DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0";

std::string sized(const std::string& name, const std::string& value) {
  std::string field = name + "\n";
  for (unsigned i = 0; i < 8; ++i)
    field += static_cast<char>(static_cast<std::uint64_t>(value.size()) >> (8 * i));
  return field + value + "\n";
}

std::string head(const std::string& transport = "kernel") {
  return "__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1700000000123456\n_TRANSPORT=" + transport + "\n";
}

log_test::ReadLog read_journal(const std::string& text) {
  return log_test::read_log_as("journal-export", text);
}

TEST(Journal, ReadsTextAndSizedFields) {
  const auto log = read_journal(head() + "MESSAGE=" + kMessage + "\n\n" +
                                sized("OTHER", std::string("\0\n=\n\n", 5)) + head() +
                                sized("MESSAGE", kMessage + "\n") + "\n");
  ASSERT_EQ(log.rejections(), std::vector(2, Rejection::none));
  for (const LogLine& line : log.lines) {
    EXPECT_EQ(format_utc(line.packet.time), "2023-11-14T22:13:20.123456Z");
    EXPECT_EQ(line.packet.source.to_string(), "198.51.100.7");
    EXPECT_EQ(line.packet.destination_port, 1433);
    EXPECT_EQ(line.packet.tcp_flags, 0x02);
  }
  EXPECT_EQ(log.lines[0].line, 1U);
  EXPECT_EQ(log.lines[1].line, 6U);
}

TEST(Journal, BelievesOnlyTheKernelAndWhoSpeaksForIt) {
  EXPECT_EQ(read_journal(head("syslog") + "SYSLOG_IDENTIFIER=sshd\nMESSAGE=" + kMessage + "\n\n")
                .rejections(),
            std::vector{Rejection::not_a_firewall_line});
  EXPECT_EQ(read_journal(head("syslog") + "SYSLOG_IDENTIFIER=ulogd\nMESSAGE=" + kMessage + "\n\n")
                .rejections(),
            std::vector{Rejection::none});
  EXPECT_EQ(read_journal(head() + "MESSAGE=usb 1-1: new device\n\n").rejections(),
            std::vector{Rejection::not_a_firewall_line});
  EXPECT_EQ(
      read_journal(head() + "MESSAGE=[UFW ALLOW] " + kMessage.substr(12) + "\n\n").rejections(),
      std::vector{Rejection::allowed});
  EXPECT_EQ(read_journal(head() + "PRIORITY=4\n\n").rejections(),
            std::vector{Rejection::not_a_firewall_line});
}

TEST(Journal, NamesWhatIsWrongWithAnEntry) {
  const std::string tail = "_TRANSPORT=kernel\nMESSAGE=" + kMessage + "\n\n";
  EXPECT_EQ(read_journal("__CURSOR=1\n" + tail).rejections(), std::vector{Rejection::invalid_time});
  EXPECT_EQ(read_journal("__REALTIME_TIMESTAMP=12\n" + tail).rejections(),
            std::vector{Rejection::before_1990});
  EXPECT_EQ(read_journal("__REALTIME_TIMESTAMP=99999999999999999999\n" + tail).rejections(),
            std::vector{Rejection::invalid_time});
  EXPECT_EQ(read_journal(head() + "MESSAGE=" + std::string(70'000, 'x') + "\n\n").rejections(),
            std::vector{Rejection::line_too_long});
  EXPECT_EQ(read_journal(head() + "MESSAGE=" + std::string(300'000, 'x') + "\n\n" + head() +
                         "MESSAGE=" + kMessage + "\n\n")
                .rejections(),
            (std::vector{Rejection::line_too_long, Rejection::none}));
  EXPECT_EQ(read_journal(head() + sized("MESSAGE", std::string(300'000, '\n')) + "\n").rejections(),
            std::vector{Rejection::line_too_long});
}

TEST(Journal, EndsWithinAField) {
  const std::string whole = head() + sized("MESSAGE", kMessage) + "\n";
  // A size that the file does not hold, as a hostile one would say.
  std::string huge = whole + "MESSAGE\n" + std::string(8, '\xff') + "abc";
  for (const std::string& text : {whole + "MESSAGE\n\x05", whole + "MESSAG", huge}) {
    const auto log = read_journal(text);
    EXPECT_EQ(log.rejections(), (std::vector{Rejection::none, Rejection::truncated_line}));
    EXPECT_TRUE(log.warning.has_value());
  }
  // The last entry may lack its empty line.
  EXPECT_EQ(read_journal(head() + "MESSAGE=" + kMessage + "\n").rejections(),
            std::vector{Rejection::none});
  EXPECT_TRUE(read_journal("\n\n\n").lines.empty());
}

TEST(Journal, ReadsTheSameInPiecesOfAnySize) {
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += head() + sized("MESSAGE", kMessage) + sized("X", std::string(1000, '\n')) + "\n";
  for (const std::size_t piece : {1U, 7U, 100U, 4096U}) {
    log_test::PieceInput input(text, {piece});
    EXPECT_EQ(log_test::read_log_as("journal-export", input).rejections(),
              std::vector(20, Rejection::none));
  }
}

}  // namespace
}  // namespace teiten
