#include "logs/json_family.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

struct Seen {
  LogLine line;
  std::string sensor;
  std::string error;
};

/// The records of a text in the format that its content tells.
std::vector<Seen> seen_in(const std::string& text) {
  PieceInput input(text);
  const LogFormat* format = recognise_log(input).value();
  std::vector<Seen> result;
  if (format == nullptr) return result;
  const auto reader = open_log(*format, input, {}).value();
  Seen seen;
  while (reader->next(seen.line).value()) {
    seen.line.raw = {};
    const std::uint16_t label = seen.line.packet.sensor_label;
    seen.sensor = label == 0 ? "" : reader->sensor_names()[label - 1U];
    result.push_back(seen);
  }
  return result;
}

/// `time source:port > destination:port protocol flags ×packets sensor`, or why not.
std::string said(const Seen& seen) {
  const Packet& p = seen.line.packet;
  if (seen.line.rejection != Rejection::none) return std::string(to_string(seen.line.rejection));
  std::string text = format_utc(p.time) + " " + p.source.to_string();
  if (p.has_ports) text += ":" + std::to_string(p.source_port);
  text += " > " + (p.has_destination ? p.destination.to_string() : "?");
  if (p.has_ports) text += ":" + std::to_string(p.destination_port);
  text += " " + std::to_string(p.protocol);
  if (p.has_icmp_type)
    text += " " + std::to_string(p.icmp_type) + "/" + std::to_string(p.icmp_code);
  if (p.has_flags) text += " flags " + std::to_string(p.tcp_flags);
  if (p.packets != 1) text += " x" + std::to_string(p.packets);
  return seen.sensor.empty() ? text : text + " at " + seen.sensor;
}

std::vector<std::string> all_said(const std::string& text) {
  std::vector<std::string> result;
  for (const Seen& seen : seen_in(text))
    result.push_back(said(seen));
  return result;
}

using Said = std::vector<std::string>;

/// An example of the table with one text in the place of another.
std::string example(std::string_view name, std::string_view from = "", std::string_view to = "") {
  std::string text(find_log_format(name)->example);
  if (from.empty()) return text;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

constexpr const char* kAccess = "2024-05-07T02:57:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6";

TEST(JsonFamily, Examples) {
  const std::string syn = std::string(kAccess) + " flags 2";
  EXPECT_EQ(all_said(example("suricata")), Said{syn + " x3"});
  EXPECT_EQ(all_said(example("zeek-json")), Said{syn + " x3"});
  EXPECT_EQ(all_said(example("ulogd-json")), Said{syn});
  EXPECT_EQ(all_said(example("dionaea")), Said{syn});
  EXPECT_EQ(all_said(example("cowrie", "2222", "1433")), Said{syn + " at tokyo"});
  const std::string rest = " 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2";
  EXPECT_EQ(all_said(example("honeytrap")), Said{"2024-05-07T02:57:48Z" + rest});
  EXPECT_EQ(all_said(example("tpot")), Said{"2024-05-07T02:57:48.123Z" + rest + " at tokyo"});
  EXPECT_EQ(all_said(example("mhn")),
            Said{"2024-05-07T02:57:48.123Z" + rest + " at 5a1c9e3e-0c3e-11ef-9262-0242ac120002"});
  EXPECT_EQ(all_said(example("vpc-json")), Said{"2024-05-07T02:57:48Z" + rest + " x3"});
  EXPECT_EQ(all_said(example("dshield-json")), Said{"2024-05-07T02:57:48Z" + rest});
  EXPECT_EQ(all_said(example("heralding", ": 22,", ": 1433,")),
            Said{"2024-05-07T02:57:48.123456Z" + rest});
}

TEST(JsonFamily, ValuesThatCannotBe) {
  const auto one = [](std::string_view from, std::string_view to) {
    const Said seen = all_said(example("dionaea", from, to));
    return seen.size() == 1 ? seen.front() : "?";
  };
  EXPECT_EQ(one(": 1433", ": 65536"), "invalid_port");
  EXPECT_EQ(one(": 1433", ": -1"), "invalid_port");
  EXPECT_EQ(one(": 1433", ": \"abc\""), "invalid_port");
  EXPECT_EQ(one(": 1433", ": 14.5"), "invalid_port");
  EXPECT_EQ(one("\"dst_port\": 1433, ", ""), "invalid_port");
  EXPECT_EQ(one(": 1433", ": \"1433\""), std::string(kAccess) + " flags 2");
  EXPECT_EQ(one("198.51.100.7", "0.0.0.0"), "no_source");
  EXPECT_EQ(one("\"198.51.100.7\"", "null"), "no_source");
  EXPECT_EQ(one("\"src_ip\": \"198.51.100.7\", ", ""), "no_source");
  EXPECT_EQ(one("198.51.100.7", "198.51.100.300"), "invalid_source");
  EXPECT_EQ(one("192.0.2.1", "nowhere"), "invalid_destination");
  EXPECT_EQ(one("\"tcp\"", "\"tpc\""), "invalid_protocol");
  EXPECT_EQ(one("2024-05-07", "1970-01-01"), "before_1990");
  EXPECT_EQ(one("2024-05-07", "2024-02-30"), "invalid_time");
  EXPECT_EQ(one("\"2024-05-07T02:57:48.123456\"", "1"), "before_1990");
  EXPECT_EQ(one("\"2024-05-07T02:57:48.123456\"", "1715050668123456"),
            std::string(kAccess) + " flags 2");
  EXPECT_EQ(all_said(example("zeek-json", "1715050668.123456", "0.0")), Said{"before_1990"});
  EXPECT_EQ(all_said(example("zeek-json", "\"orig_pkts\":3", "\"orig_pkts\":0")),
            Said{"no_packets"});
  EXPECT_EQ(all_said(example("zeek-json", "\"orig_pkts\":3", "\"orig_pkts\":9999999999")),
            Said{std::string(kAccess) + " flags 2 x4294967295"});
}

TEST(JsonFamily, WhatDidNotComeIn) {
  EXPECT_EQ(all_said(example("dionaea", "\"accept\"", "\"connect\"")), Said{"outbound"});
  EXPECT_EQ(all_said(example("dionaea", "\"accept\"", "\"listen\"")), Said{"not_a_connection"});
  std::string udp = example("dionaea", "\"accept\"", "\"connect\"");
  udp.replace(udp.find("\"tcp\""), 5, "\"udp\"");
  EXPECT_EQ(all_said(udp),
            Said{"2024-05-07T02:57:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 17"});
  EXPECT_EQ(all_said(example("cowrie", "session.connect", "session.closed")),
            Said{"not_a_connection"});
  EXPECT_EQ(all_said(example("ulogd-json", "\"oob.out\": \"\"", "\"oob.out\": \"eth1\"")),
            Said{"forwarded"});
  EXPECT_EQ(all_said(example("ulogd-json", "\"oob.in\": \"eth0\", \"oob.out\": \"\"",
                             "\"oob.in\": \"\", \"oob.out\": \"eth0\"")),
            Said{"outbound"});
  EXPECT_EQ(all_said(example("ulogd-json", "nft-drop", "ACCEPT")), Said{"allowed"});
  EXPECT_EQ(all_said(example("vpc-json", "\"OK\"", "\"NODATA\"")), Said{"no_data"});
  EXPECT_EQ(all_said(example("vpc-json", "\"OK\"", "\"OK\",\"flow_direction\":\"egress\"")),
            Said{"outbound"});
  EXPECT_EQ(all_said(example("heralding", "\"num_auth", "\"session_ended\": false, \"num_auth")),
            Said{"not_a_connection"});
}

TEST(JsonFamily, ZeekAndVpcDecideAsTheirTextFormsDo) {
  EXPECT_EQ(
      all_said(example("zeek-json", "\"resp_pkts\":0", "\"resp_pkts\":0,\"local_orig\":true")),
      Said{"outbound"});
  // Only the responder sent: backscatter.
  std::string turned = example("zeek-json", "\"history\":\"S\",\"orig_pkts\":3,\"resp_pkts\":0",
                               "\"history\":\"^h\",\"orig_pkts\":0,\"resp_pkts\":2");
  EXPECT_EQ(all_said(turned),
            Said{"2024-05-07T02:57:48.123456Z 192.0.2.1:1433 > 198.51.100.7:40000 6 flags 18 x2"});
  EXPECT_EQ(all_said(example("vpc-json", "\"REJECT\"", "\"ACCEPT\"")), Said{"allowed"});
}

TEST(JsonFamily, SuricataCountsAFlowOnce) {
  const std::string flow = example("suricata") + "\n";
  const auto event = [&](std::string_view name) {
    return example("suricata", "\"event_type\":\"flow\"",
                   "\"event_type\":\"" + std::string(name) + "\"") +
           "\n";
  };
  const std::string counted = std::string(kAccess) + " flags 2 x3";
  EXPECT_EQ(all_said(event("alert") + event("dns") + flow + event("netflow")),
            (Said{"not_a_connection", "not_a_connection", counted, "not_a_connection"}));
  const std::string at = "2024-05-07T02:58:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6";
  EXPECT_EQ(all_said(event("alert") + event("drop")), (Said{"not_a_connection", at}));
  EXPECT_EQ(all_said(event("alert") + event("dns")), (Said{at, "not_a_connection"}));
  std::string late;
  for (int i = 0; i < 2000; ++i)
    late += event("alert");
  const Said seen = all_said(late + flow);
  EXPECT_EQ(seen.front() + " " + seen.back(), "not_a_connection " + counted)
      << "a flow event anywhere decides";
  EXPECT_EQ(all_said("[" + flow + "," + flow + "]"), (Said{counted, counted}));
}

TEST(JsonFamily, MongoDbsExtendedJson) {
  const std::string access =
      "2024-05-07T02:57:48.123Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2 at "
      "5a1c9e3e-0c3e-11ef-9262-0242ac120002";
  const std::string date = "{\"$date\":\"2024-05-07T02:57:48.123Z\"}";
  for (const std::string_view other :
       {"{\"$date\":1715050668123}", "{\"$date\":{\"$numberLong\":\"1715050668123\"}}",
        "{\"$date\":\"2024-05-07T11:57:48.123+0900\"}"}) {
    EXPECT_EQ(all_said(example("mhn", date, other)), Said{access}) << other;
  }
  EXPECT_EQ(all_said(example("mhn", ":1433", ":{\"$numberInt\":\"1433\"}")), Said{access});
  EXPECT_EQ(all_said(example("mhn", "\"mssqld\"", "\"udp\"")),
            Said{"2024-05-07T02:57:48.123Z 198.51.100.7:40000 > 192.0.2.1:1433 17 at "
                 "5a1c9e3e-0c3e-11ef-9262-0242ac120002"});
}

TEST(JsonFamily, HpfeedsPayloads) {
  const auto feed = [](const std::string& channel, const std::string& payload) {
    return R"({"_id":{"$oid":"1"},"ident":"tokyo","timestamp":{"$date":1715050668000},"normalized":true,"channel":")" +
           channel + "\",\"payload\":" + payload + "}\n";
  };
  const std::string access =
      "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2 at tokyo";
  const std::string dionaea =
      R"({"connection_type":"accept","connection_transport":"tcp","connection_protocol":"mssqld","remote_host":"198.51.100.7","remote_port":40000,"local_host":"192.0.2.1","local_port":1433})";
  std::string quoted;
  for (const char c : dionaea)
    quoted += c == '"' ? "\\\"" : std::string(1, c);
  const std::string cowrie =
      R"({"peerIP":"198.51.100.7","peerPort":40000,"hostIP":"192.0.2.1","hostPort":1433})";
  EXPECT_EQ(all_said(feed("dionaea.connections", dionaea) +
                     feed("dionaea.connections", "\"" + quoted + "\"") +
                     feed("cowrie.sessions", cowrie) + feed("mwbinary.dionaea", "\"00\"")),
            (Said{access, access, access, "not_a_connection"}));
}

TEST(JsonFamily, OneFileOfManyHoneypots) {
  const std::string hit = R"({"_index":"i","_source":{"@timestamp":"2024-05-07T02:57:48.000Z",)";
  const std::string ends =
      R"("src_ip":"198.51.100.7","src_port":40000,"dest_ip":"192.0.2.1","dest_port":1433,)";
  const std::string access = "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:1433 ";
  EXPECT_EQ(
      all_said(hit + "\"type\":\"Adbhoney\"," + ends + "\"protocol\":\"adb\"}}\n" + hit +
               "\"type\":\"Ddospot\"," + ends + "\"t-pot_hostname\":\"tokyo\"}}\n" + hit +
               "\"type\":\"Cowrie\"," + ends +
               "\"eventid\":\"cowrie.login.failed\",\"timestamp\":\"2024-05-07T02:57:48Z\"}}\n" +
               hit + "\"type\":\"P0f\"," + ends + "\"mod\":\"syn\"}}\n" + hit +
               "\"type\":\"Suricata\"," + ends + "\"event_type\":\"alert\"}}\n"),
      (Said{access + "6 flags 2", access + "17 at tokyo", "not_a_connection", "not_a_connection",
            "not_a_connection"}));
}

TEST(JsonFamily, ZeeksHistoryTellsTheFirstPacket) {
  const auto flags = [](std::string_view history) {
    const auto seen = seen_in(
        example("zeek-json", "\"history\":\"S\"", "\"history\":\"" + std::string(history) + "\""));
    return seen.front().line.packet.has_flags ? seen.front().line.packet.tcp_flags : 255;
  };
  EXPECT_EQ(flags("ShADadFf"), 2);
  EXPECT_EQ(flags("^hADr"), 16) << "the responder's letters are small";
  EXPECT_EQ(flags("R"), 4);
  EXPECT_EQ(flags("H"), 18);
  EXPECT_EQ(flags("D"), 24);
  EXPECT_EQ(flags("F"), 17);
  EXPECT_EQ(flags(""), 2) << "S0: a SYN that nobody answered";
  EXPECT_EQ(
      all_said(
          R"({"ts":1715050668,"id.orig_h":"198.51.100.7","id.orig_p":8,"id.resp_h":"192.0.2.1","id.resp_p":0,"proto":"icmp","conn_state":"OTH","orig_pkts":2})"),
      Said{"2024-05-07T02:57:48Z 198.51.100.7 > 192.0.2.1 1 8/0 x2"});
  EXPECT_EQ(
      all_said(
          R"({"ts":1715050668,"id.orig_h":"198.51.100.7","id.orig_p":8,"id.resp_h":"192.0.2.1","id.resp_p":53,"proto":"udp","query":"x"})"),
      Said{"not_a_connection"});
}

}  // namespace
}  // namespace teiten
