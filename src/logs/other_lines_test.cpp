#include "logs/other_lines.h"

#include <string>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::read_log_as;

/// `count` lines of the format's example behind a syslog header, or as they are.
std::string lines_of(std::string_view format, int count) {
  const std::string head = format == "dionaea" ? "Aug 16 06:00:00 host dionaea[1]: " : "";
  std::string text;
  for (int i = 0; i < count; ++i)
    text += head + std::string(find_log_format(format)->example) + "\n";
  return text;
}

std::string warning_of(std::string_view format, const std::string& text) {
  LogOptions options;
  options.year = 2013;
  return read_log_as(format, text, options).warning.value_or("");
}

TEST(OtherLines, AWarningSaysWhatElseAFileHolds) {
  const std::string mixed = lines_of("iptables", 3) + lines_of("dionaea", 2);
  EXPECT_NE(warning_of("iptables", mixed)
                .find("test.log: holds also lines that look like dionaea "
                      "(2)"),
            std::string::npos)
      << warning_of("iptables", mixed);
  EXPECT_NE(warning_of("iptables", mixed).find("--format dionaea"), std::string::npos);
  EXPECT_NE(warning_of("dionaea", mixed).find("look like iptables (3)"), std::string::npos)
      << warning_of("dionaea", mixed);
  const std::string plain(find_log_format("cowrie")->example);
  EXPECT_NE(warning_of("iptables", mixed + plain + "\n").find("cowrie (1), dionaea (2)"),
            std::string::npos)
      << warning_of("iptables", mixed + plain + "\n");
  EXPECT_NE(warning_of("filterlog", lines_of("filterlog", 1) + mixed)
                .find("look like dionaea (2), iptables (3)"),
            std::string::npos)
      << warning_of("filterlog", lines_of("filterlog", 1) + mixed);
}

TEST(OtherLines, NothingIsSaidOfOneFormatAmongOtherProgramsLines) {
  const std::string other = "Aug 16 06:00:00 host sshd[9]: Invalid user {\"src_ip\": \"x\"}\n";
  EXPECT_EQ(warning_of("iptables", lines_of("iptables", 2) + other), "");
  EXPECT_EQ(warning_of("dionaea", lines_of("dionaea", 2) + other), "");
  // What another program was told.
  EXPECT_EQ(
      warning_of("dionaea", lines_of("dionaea", 1) + "Aug 16 06:00:00 host sshd[9]: Invalid user " +
                                lines_of("iptables", 1)),
      "");
  // The JSON formats are read together.
  EXPECT_EQ(warning_of("dionaea", lines_of("dionaea", 2) + lines_of("cowrie", 2)), "");
}

TEST(OtherLines, AreSearchedForOnlySoFar) {
  std::string text = lines_of("iptables", 1);
  for (std::uint64_t i = 0; i < kMaxUnknownLines; ++i)
    text += "Aug 16 06:00:00 host cron[3]: a\n";
  EXPECT_EQ(warning_of("iptables", text + lines_of("dionaea", 1)), "");
  EXPECT_NE(warning_of("iptables", lines_of("dionaea", 1) + text + lines_of("dionaea", 1))
                .find("dionaea (2)"),
            std::string::npos);
}

}  // namespace
}  // namespace teiten
