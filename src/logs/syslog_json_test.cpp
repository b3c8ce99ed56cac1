#include <string>

#include <gtest/gtest.h>

#include "logs/json_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

const std::string kRead =
    "2024-05-07T02:57:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2";

/// A record of Dionaea: one that needs nothing of the lines around it.
std::string record() {
  return example("dionaea");
}

TEST(SyslogJson, RecordsBehindAHeader) {
  for (const std::string header :
       {"Aug 16 06:00:00 host suricata[1]: ",
        "Aug 16 06:00:00 host suricata: ",
        "Aug 16 06:00:00 suricata[1]: ",
        "<141>Aug  6 06:00:00 host suricata[1]: ",
        "Aug 16 06:00:00 host suricata:",
        "Aug 16 2013 06:00:00 host cowrie-1.x/2[7]: ",
        "Thu Aug 16 06:00:00 2013 daemon.info dionaea[12]: ",
        "2024-05-07T11:57:48.003+09:00 host suricata[1]: ",
        "2024-05-07T02:57:48Z host dionaea: ",
        "<141>1 2024-05-07T11:57:48+09:00 gw suricata 12345 - - ",
        "<141>1 2024-05-07T11:57:48+09:00 gw suricata - - [meta a=\"]{\\\"\" b=\"2\"][x y=\"\"] ",
        "<141>1 - - suricata - - - \xef\xbb\xbf",
        "Aug 16 06:00:01 relay Aug 16 06:00:00 host suricata[1]: ",
        "Aug 16 06:00:01 relay 1 2024-05-07T11:57:48+09:00 gw suricata 12345 - - ",
        "2024-05-07T02:57:48.123456789Z ",
        "[2024-05-07 02:57:48] ",
        "@cee: ",
        "@cee:",
        "1376634320 pi cowrie[9]: ",
        "Aug 16 06:00:00 host suricata[1]: @cee: ",
        "Aug 16 06:00:00 host suricata[1]: @cee:",
        "<141>1 2024-05-07T11:57:48+09:00 gw suricata 12345 - - @cee: "}) {
    EXPECT_EQ(all_said(header + record() + "\n" + header + record() + "\r\n" + header + record()),
              (Said{kRead, kRead, kRead}))
        << header;
  }
}

TEST(SyslogJson, OtherProgramsLinesAreCounted) {
  const std::string header = "Aug 16 06:00:00 host dionaea[1]: ";
  EXPECT_EQ(all_said("Aug 16 06:00:00 host sshd[9]: Connection closed\n" + header + record() +
                     "\nAug 16 06:00:00 host cron[3]: a\nAug 16 06:00:00 host cron[3]: b\n" +
                     header + record() + "\n"),
            (Said{"not_a_connection", kRead, "not_a_connection", "not_a_connection", kRead}));
}

// What a stranger says to another program, or to the honeypot itself, stands behind more than a
// tag.
TEST(SyslogJson, OnlyWhatTheProgramWroteIsARecord) {
  const std::string good = "Aug 16 06:00:00 host dionaea[1]: " + record() + "\n";
  for (const std::string header :
       {"Aug 16 06:00:00 host sshd[9]: Invalid user ", "Aug 16 06:00:00 host sshd[9]: user: ",
        "Aug 16 06:00:00 host sshd[9]: Invalid user Aug 16 06:00:00 host dionaea[1]: ",
        "<38>1 2024-05-07T11:57:48Z host sshd 9 - - Invalid user ",
        "<38>1 2024-05-07T11:57:48Z host sshd 9 - - Aug 16 06:00:00 host dionaea[1]: ",
        "Aug 16 06:00:00 sshd[9]: Aug 16 06:00:01 host dionaea[1]: ", "<38>sshd[9]: Invalid user ",
        "<38>1 2024-05-07T11:57:48Z host sshd 9 - [a b=\"c ", "<38>1 2024-05-07T11:57:48Z host ",
        "Aug 16 06:00:00 web: 1 2024-05-07T11:57:48+09:00 gw suricata 12345 - - ",
        "Aug 16 06:00:00 host sshd[9]: Invalid user @cee: ", "2024-05-07T02:57:48Z Invalid user ",
        "Aug 16 06:00:00 host one two three four: ",
        "2024-05-07T02:57:49.000001Z [HoneyPotSSHTransport,0,198.51.100.7] CMD: ",
        "2024-05-07 02:57:48,123 DEBUG payload: ", "2024-05-07 02:57:48 INFO app.handler: ",
        "[2024-05-07 02:57:48] DEBUG: "}) {
    EXPECT_EQ(all_said(good + header + record() + "\n" + good),
              (Said{kRead, "not_a_connection", kRead}))
        << header;
    // Not behind a record whose end a relay cut off either.
    const std::string cut = good.substr(0, 120) + "\n";
    EXPECT_EQ(all_said(good + cut + header + record() + "\n" + good),
              (Said{kRead, "invalid_json", "not_a_connection", kRead}))
        << header;
    EXPECT_EQ(
        all_said(record() + "\n" + record().substr(0, 90) + "\n" + header + record() + "\n" + good),
        (Said{kRead, "invalid_json", "not_a_connection", kRead}))
        << header;
  }
}

TEST(SyslogJson, ALineIsARecordWhateverIsBroken) {
  const std::string header = "Aug 16 06:00:00 host dionaea[1]: ";
  std::string quote = record();
  quote.replace(quote.find("\"src_hostname\": \"\""), 18, "\"src_hostname\": \"a\"b\"");
  EXPECT_EQ(all_said(header + record() + "\n" + header + quote + "\n" + header + "{\n" + header +
                     record() + " x\n" + header + record() + "\n"),
            (Said{kRead, kRead, "invalid_json", kRead, kRead}));
  const std::string huge = record().insert(1, "\"a\":\"" + std::string(3 << 20, 'x') + "\",");
  for (const std::vector<std::size_t>& pieces :
       {std::vector<std::size_t>{1 << 20}, std::vector<std::size_t>{4093}}) {
    PieceInput input(
        header + record() + "\n" + header + huge + record() + "\n" + header + record() + "\n",
        pieces);
    EXPECT_EQ(read_log_as("dionaea", input).rejections(),
              (std::vector{Rejection::none, Rejection::record_too_long, Rejection::none}));
  }
}

TEST(SyslogJson, IsKnownBehindOtherProgramsLines) {
  const std::string other = "Aug 16 06:00:00 host sshd[9]: Connection closed\n";
  PieceInput input(other + other + "Aug 16 06:00:00 host cowrie[1]: " + example("cowrie") + "\n");
  const LogFormat* format = recognise_log(input).value();
  ASSERT_NE(format, nullptr);
  EXPECT_EQ(format->name, "cowrie");
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string docker(const std::string& text) {
  return "{\"log\":\"" + escaped(text) +
         "\\n\",\"stream\":\"stdout\",\"time\":\"2024-05-07T02:57:49.003456789Z\"}\n";
}

TEST(SyslogJson, DockersLog) {
  EXPECT_EQ(all_said(docker(record()) + docker(record())), (Said{kRead, kRead}));
  EXPECT_EQ(all_said(docker("starting") + docker(record())), (Said{"not_a_connection", kRead}));
  // What follows a piece that docker cut is the rest of a line, not a record.
  const std::string cut = "{\"log\":\"" + std::string(16'384, 'x') +
                          "\",\"stream\":\"stdout\",\"time\":\"2024-05-07T02:57:49Z\"}\n";
  EXPECT_EQ(all_said(cut + docker(record()) + docker(record())),
            (Said{"not_a_connection", "not_a_connection", kRead}));
  // A record of another kind that has such a name.
  std::string own = record();
  own.insert(1, "\"log\":\"{}\",");
  EXPECT_EQ(all_said(own), Said{kRead});
}

// Which of Suricata's events count is told by its own words, not by what a stranger writes.
TEST(SyslogJson, EventsOfSuricataBehindHeadersAndInDocker) {
  const std::string flow = example("suricata");
  const std::string alert = example("suricata", "\"event_type\":\"flow\"",
                                    "\"event_type\":\"alert\",\"payload_printable\":\"" +
                                        escaped("{\"event_type\":\"flow\"}") + "\"");
  const std::string header = "Aug 16 06:00:00 host suricata[1]: ";
  const std::string counted =
      "2024-05-07T02:57:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2 x3";
  const std::string at = "2024-05-07T02:58:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6";
  EXPECT_EQ(all_said(header + alert + "\n" + header + flow + "\n"),
            (Said{"not_a_connection", counted}));
  EXPECT_EQ(all_said(docker(alert) + docker(flow)), (Said{"not_a_connection", counted}));
  EXPECT_EQ(all_said(docker(alert) + docker(alert)), (Said{at, at}));
  EXPECT_EQ(all_said(header + alert + "\nAug 16 06:00:00 host sshd[9]: user " + flow + "\n"),
            (Said{at, "not_a_connection"}));
  // In whatever order docker writes the names.
  const auto stream_first = [](const std::string& text) {
    return R"({"stream":"stdout","time":"2024-05-07T02:57:49.003456789Z","log":")" + escaped(text) +
           "\\n\"}\n";
  };
  EXPECT_EQ(all_said(stream_first(alert) + stream_first(flow)),
            (Said{"not_a_connection", counted}));
  EXPECT_EQ(all_said("[" + docker(alert) + "," + docker(flow) + "]"),
            (Said{"not_a_connection", counted}));
  // Not by what other programs' lines quote, however the file or the line begins.
  const std::string quote = "sshd[9]: Invalid user " + flow + "\n";
  for (const std::string& first : {"[2024-05-07 02:57:48] " + alert, alert})
    EXPECT_EQ(all_said(first + "\n[2024-05-07 02:57:48] " + quote), (Said{at, "not_a_connection"}));
  EXPECT_EQ(all_said(alert + "\n" + quote), (Said{at, "invalid_json"}));
  // A stranger's words within the record itself.
  EXPECT_EQ(all_said(alert + "\n" + alert + "\n"), (Said{at, at}));
}

}  // namespace
}  // namespace teiten
