#include "logs/json_family.h"

#include <gtest/gtest.h>

#include "logs/json_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

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
  EXPECT_EQ(all_said(example("vpc-json")), Said{"2024-05-07T02:57:48Z" + rest + " x3 at eni-1"});
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
  // More than 32 bits hold is no number that a flow can have had.
  const auto packets = [](std::string_view format, std::string_view name, std::string_view number) {
    const std::string member = "\"" + std::string(name) + "\":";
    const Said seen = all_said(example(format, member + "3", member + std::string(number)));
    return seen.size() == 1 ? seen.front() : "?";
  };
  for (const auto& [format, name] : {std::pair{"zeek-json", "orig_pkts"},
                                     {"suricata", "pkts_toserver"},
                                     {"vpc-json", "packets"}}) {
    for (const char* number :
         {"4294967296", "9999999999", "18446744073709551615", "1e300", "-1", "0.5", "\"many\""})
      EXPECT_EQ(packets(format, name, number), "invalid_packets") << format << number;
    EXPECT_NE(packets(format, name, "4294967295").find(" x4294967295"), std::string::npos);
    EXPECT_NE(packets(format, name, "3.0").find(" x3"), std::string::npos) << format;
    EXPECT_EQ(packets(format, name, "0"), "no_packets");
  }
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

TEST(JsonFamily, VpcsPacketAddressesAndInterface) {
  const std::string rest = ":40000 > 192.0.2.1:1433 6 flags 2 x3 at ";
  EXPECT_EQ(all_said(example("vpc-json", "\"version\":5",
                             R"("version":5,"pkt_srcaddr":"203.0.113.9","pkt_dstaddr":"-")")),
            Said{"2024-05-07T02:57:48Z 203.0.113.9" + rest + "eni-1"});
  EXPECT_EQ(all_said(example("vpc-json", R"("dstaddr":"192.0.2.1")",
                             R"("dstaddr":"192.0.2.9","pkt-dstaddr":"192.0.2.1")")),
            Said{"2024-05-07T02:57:48Z 198.51.100.7" + rest + "eni-1"});
  EXPECT_EQ(
      all_said(example("vpc-json", "\"interface_id\":\"eni-1\"", "\"interface-id\":\"eni-2\"")),
      Said{"2024-05-07T02:57:48Z 198.51.100.7" + rest + "eni-2"});
  EXPECT_EQ(all_said(example("vpc-json", "eni-1", "eni/1")), Said{"invalid_sensor"});
}

// `aws logs filter-log-events`.
TEST(JsonFamily, VpcsEventsOfCloudWatch) {
  const auto event = [](const std::string& message) {
    return R"({"logStreamName":"eni-1-reject","timestamp":1715050668000,"message":")" + message +
           R"(","ingestionTime":1715050700000,"eventId":"1"})";
  };
  const std::string record =
      "2 123456789010 eni-1 198.51.100.7 192.0.2.1 40000 1433 6 3 120 1715050668 1715050700 ";
  const std::string access = "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:1433 6 x3 at ";
  std::string other = record;
  other.replace(other.find("eni-1"), 5, "eni-2");
  EXPECT_EQ(
      all_said("{\"events\": [" + event(record + "REJECT OK") + ",\n" + event(other + "REJECT OK") +
               "," + event(record + "REJECT OK") + "," + event(record + "ACCEPT OK") + "," +
               event("2 1 eni-1 - - - - - - - 1715050668 1715050700 - NODATA") + "," +
               event("hello") + "], \"searchedLogStreams\": []}"),
      (Said{access + "eni-1", access + "eni-2", access + "eni-1", "allowed", "no_data",
            "not_a_connection"}));
}

// What a program logged for a stranger is no flow record.
TEST(JsonFamily, AMessageThatLooksLikeAFlow) {
  const std::string forged =
      R"("message":"2 1 eni-9 203.0.113.9 10.0.0.5 40000 23 6 4294967295 80 1715050668 1715050700 REJECT OK"})";
  const Said said = all_said(
      example("vpc-json") + "\n{\"@timestamp\":\"2024-05-07T02:57:48.123Z\",\"host\":\"web\"," +
      forged + "\n{\"timestamp\":1715050668000,\"level\":\"info\"," + forged);
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[1], "not_a_connection");
  EXPECT_EQ(said[2], "not_a_connection");
}

// After a log's rotation a quiet Suricata writes its own figures only, every eight seconds.
TEST(JsonFamily, SuricatasFiguresTellTheFormat) {
  std::string text;
  for (int i = 0; i < 70; ++i)
    text +=
        "{\"timestamp\":\"2024-05-07T11:58:48.123456+0900\",\"event_type\":\"stats\","
        "\"stats\":{\"uptime\":8,\"decoder\":{\"pkts\":1}}}\n";
  PieceInput input(text + example("suricata") + "\n");
  const LogFormat* format = recognise_log(input).value();
  ASSERT_NE(format, nullptr);
  EXPECT_EQ(format->name, "suricata");
  const Said said = all_said(text + example("suricata"));
  ASSERT_EQ(said.size(), 71U);
  EXPECT_EQ(said[0], "not_a_connection");
  EXPECT_NE(said[70], "not_a_connection");
}

TEST(JsonFamily, UlogdsTimes) {
  const auto one = [](const std::string& times) {
    const Said seen =
        all_said(example("ulogd-json", R"("timestamp": "2024-05-07T11:57:48.123456+0900")", times));
    return seen.size() == 1 ? seen.front().substr(0, 27) : "?";
  };
  const std::string oob = R"("oob.time.sec": 1715050667, "oob.time.usec": 5)";
  EXPECT_EQ(one(R"("@timestamp": "2024-05-07T11:57:48.123456+0900", "@version": 1)"),
            "2024-05-07T02:57:48.123456Z");
  EXPECT_EQ(one(R"("timestamp": "2024-05-07T11:57:48.123456+0900", )" + oob),
            "2024-05-07T02:57:48.123456Z");
  EXPECT_EQ(one(R"("timestamp": "2024-05-07T11:57:48.123456", )" + oob),
            "2024-05-07T02:57:47.000005Z")
      << "no zone can be wrong then";
  EXPECT_EQ(one(oob), "2024-05-07T02:57:47.000005Z");
  EXPECT_EQ(one(R"("oob.time.sec": 1715050667)"), "2024-05-07T02:57:47Z 198.51");
  EXPECT_EQ(one(R"("oob.time.sec": 1715050667, "oob.time.usec": 1000000)"),
            "2024-05-07T02:57:47Z 198.51");
  EXPECT_EQ(one(R"("timestamp": "2024-05-07T11:57:48.123456")"), "2024-05-07T11:57:48.123456Z");
  EXPECT_EQ(one(R"("oob.hook": 1)"), "invalid_time");
}

TEST(JsonFamily, UlogdsIpv6) {
  std::string text = example("ulogd-json", R"("ip.ttl": 244, "ip.totlen": 40, "ip.id": 54321)",
                             R"("ip6.hoplimit": 55, "ip6.payloadlen": 20, "ip6.nexthdr": 6)");
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"198.51.100.7", "2001:db8::7"},
                                 {"192.0.2.1", "2001:db8::1"},
                                 {"\"ip.protocol\": 6, ", ""}}) {
    ASSERT_NE(text.find(from), std::string::npos);
    text.replace(text.find(from), from.size(), to);
  }
  const auto seen = seen_in(text);
  ASSERT_EQ(seen.size(), 1U);
  const Packet& packet = seen.front().line.packet;
  EXPECT_EQ(packet.source.to_string(), "2001:db8::7");
  EXPECT_TRUE(packet.is_tcp());
  EXPECT_TRUE(packet.has_ttl);
  EXPECT_EQ(packet.ttl, 55);
  EXPECT_TRUE(packet.has_length);
  EXPECT_EQ(packet.length, 60);
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

TEST(JsonFamily, DionaeasSip) {
  const auto text = [](const std::string& type, const std::string& service,
                       const std::string& transport, const std::string& port) {
    const std::string ends = R"("remote_host":"198.51.100.7","remote_port":40000,)"
                             R"("local_host":"192.0.2.1","local_port":)" +
                             port;
    return R"({"connection":{"protocol":")" + service + R"(","transport":")" + transport +
           R"(","type":")" + type + R"("},"dst_ip":"192.0.2.1","dst_port":)" + port +
           R"(,"src_ip":"198.51.100.7","src_port":40000,"timestamp":"2024-05-07T02:57:48"})" +
           "\n" + R"({"ident":"tokyo","timestamp":{"$date":1715050668000},"channel":"dionaea",)" +
           R"("payload":{"connection_type":")" + type + R"(","connection_transport":")" +
           transport + R"(","connection_protocol":")" + service + "\"," + ends + "}}\n";
  };
  const auto access = [](const std::string& rest) {
    const std::string one = "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:" + rest;
    return Said{one, one + " at tokyo"};
  };
  const auto both = [](const std::string& reason) { return Said{reason, reason}; };
  EXPECT_EQ(all_said(text("connect", "SipSession", "udp", "5060")), access("5060 17"));
  EXPECT_EQ(all_said(text("connect", "SipSession", "tcp", "5060")), access("5060 6 flags 2"));
  EXPECT_EQ(all_said(text("connect", "SipSession", "tls", "5061")), access("5061 6 flags 2"));
  EXPECT_EQ(all_said(text("connect", "SipCall", "udp", "5060")), both("not_a_connection"));
  EXPECT_EQ(all_said(text("connect", "TftpServerHandler", "udp", "69")), access("69 17"));
  EXPECT_EQ(all_said(text("connect", "TftpClient", "udp", "32768")), both("outbound"));
  EXPECT_EQ(all_said(text("connect", "remoteshell", "tcp", "445")), both("outbound"));
  EXPECT_EQ(all_said(text("pending", "smbd", "tcp", "445")), access("445 6 flags 2"));
  EXPECT_EQ(all_said(text("bind", "smbd", "tcp", "445")), both("not_a_connection"));
}

TEST(JsonFamily, PayloadsOfTheOthers) {
  const auto feed = [](const std::string& channel, const std::string& payload) {
    return R"({"ident":"tokyo","timestamp":{"$date":1715050668000},"channel":")" + channel +
           "\",\"payload\":{" + payload + "}}\n";
  };
  const std::string source = R"("source_ip":"198.51.100.7",)";
  const std::string access = "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:";
  EXPECT_EQ(
      all_said(
          feed("wordpot.events",
               source + R"("source_port":40000,"dest_ip":"192.0.2.1","dest_port":80)") +
          feed("shockpot.events", source + R"("dest_host":"shop.example","dest_port":"80")") +
          feed(
              "elastichoney.events",
              R"("source":"198.51.100.7","honeypot":"192.0.2.1","url":"/_search","type":"attack")") +
          feed("suricata.events",
               source +
                   R"("source_port":40000,"destination_ip":"192.0.2.1","destination_port":53,)" +
                   "\"protocol\":\"UDP\"") +
          feed("thug.events", R"("source":"example","url":"http://x.example/")")),
      (Said{access + "80 6 flags 2 at tokyo",
            "2024-05-07T02:57:48Z 198.51.100.7:0 > ?:80 6 flags 2 at tokyo",
            "2024-05-07T02:57:48Z 198.51.100.7:0 > 192.0.2.1:9200 6 flags 2 at tokyo",
            access + "53 17 at tokyo", "not_a_connection"}));
}

TEST(JsonFamily, ASessionOfNoSensor) {
  EXPECT_EQ(
      all_said(example("mhn", ",\"identifier\":\"5a1c9e3e-0c3e-11ef-9262-0242ac120002\"", "")),
      Said{"2024-05-07T02:57:48.123Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2"});
}

TEST(JsonFamily, HoneytrapsVirtualConnections) {
  EXPECT_EQ(all_said(example("honeytrap", "\"is_virtual\": false", "\"is_virtual\": true")),
            Said{"not_a_connection"});
}

TEST(JsonFamily, HpfeedsLogger) {
  const auto event = [](const std::string& type, const std::string& more) {
    return R"({"type":")" + type +
           R"(","sensor":"5a1c","src_ip":"198.51.100.7","src_port":40000,)" +
           R"("dest_ip":"192.0.2.1","dest_port":1433,"protocol":"ip","direction":"inbound",)" +
           more + R"(,"timestamp":"2015-08-02T20:31:48.761000"})" + "\n";
  };
  const auto dionaea = [&](const std::string& action, const std::string& transport) {
    return event("dionaea.connections", R"("app":"dionaea","dionaea_action":")" + action +
                                            R"(","transport":")" + transport + "\"");
  };
  const std::string access = "2015-08-02T20:31:48.761Z 198.51.100.7:40000 > 192.0.2.1:1433 ";
  EXPECT_EQ(
      all_said(dionaea("accept", "tcp") + dionaea("listen", "tcp") + dionaea("connect", "tcp") +
               dionaea("connect", "udp") + dionaea("reject", "tls")),
      (Said{access + "6 flags 2 at 5a1c", "not_a_connection", "outbound", access + "17 at 5a1c",
            access + "6 flags 2 at 5a1c"}));
  const std::string cowrie = R"("app":"cowrie","transport":"tcp","signature":")";
  EXPECT_EQ(all_said(event("cowrie.sessions", cowrie + "SSH session on cowrie honeypot\"") +
                     event("cowrie.sessions", cowrie + "SSH login attempted on cowrie honeypot\"") +
                     event("p0f.events", "\"app\":\"p0f\",\"transport\":\"tcp\"") +
                     event("snort.alerts", "\"app\":\"snort\",\"transport\":\"icmp\"")),
            (Said{access + "6 flags 2 at 5a1c", "not_a_connection", "not_a_connection",
                  "2015-08-02T20:31:48.761Z 198.51.100.7 > 192.0.2.1 1 at 5a1c"}));
}

// Whatever a payload holds, it hides nothing that stands behind it.
TEST(JsonFamily, APayloadOfManyValues) {
  std::string payload = "{";
  for (int i = 0; i < 3000; ++i)
    payload += "\\\"k" + std::to_string(i) + "\\\":1,";
  payload += R"(\"peerIP\":\"198.51.100.7\"})";
  std::string hidden = example("dionaea");
  hidden.insert(1, "\"payload\":\"" + payload + "\",");
  const Said read{"2024-05-07T02:57:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2"};
  EXPECT_EQ(all_said(hidden), read);
  // Nor an object.
  std::string many = "\"a\":{\"b\":{\"c\":0";
  for (int i = 0; i < 3000; ++i)
    many += ",\"k" + std::to_string(i) + "\":1";
  std::string nested = example("dionaea");
  nested.insert(1, many + "}},");
  EXPECT_EQ(all_said(nested), read);
}

TEST(JsonFamily, AnAddressWithItsPort) {
  const auto source = [](const std::string& text) {
    const Said seen = all_said(example("dionaea", R"("src_ip": "198.51.100.7", "src_port": 40000)",
                                       "\"src_ip\": \"" + text + "\""));
    return seen.size() == 1 ? seen.front().substr(0, 60) : "?";
  };
  const std::string time = "2024-05-07T02:57:48.123456Z ";
  EXPECT_EQ(source("198.51.100.7:40000").substr(0, 46), time + "198.51.100.7:40000");
  EXPECT_EQ(source("198.51.100.7").substr(0, 42), time + "198.51.100.7:0");
  EXPECT_EQ(source("198.51.100.7:65536"), "invalid_source");
  EXPECT_EQ(source("198.51.100.7:"), "invalid_source");
  EXPECT_EQ(source("198.51.100:7"), "invalid_source");
  EXPECT_EQ(source("[2001:db8::7]:40000").substr(0, 46), time + "2001:db8::7:40000 ");
  EXPECT_EQ(source("0.0.0.0:40000"), "no_source");
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
