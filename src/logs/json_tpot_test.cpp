#include <string>

#include <gtest/gtest.h>

#include "logs/json_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

TEST(JsonTpot, OneFileOfManyHoneypots) {
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

TEST(JsonTpot, SuricatasAlertsNeverCount) {
  const std::string hit = R"({"_source":{"@timestamp":"2024-05-07T02:57:48.000Z",)";
  const std::string ends =
      R"("src_ip":"198.51.100.7","src_port":40000,"dest_ip":"192.0.2.1","dest_port":1433,)";
  const std::string suricata = hit + "\"type\":\"Suricata\"," + ends +
                               R"("timestamp":"2024-05-07T02:57:48.000000+0000","flow_id":7,)" +
                               "\"proto\":\"TCP\",\"t-pot_hostname\":\"tokyo\",\"event_type\":";
  const std::string alert = suricata + "\"alert\"}}\n";
  const std::string flow = suricata + "\"flow\"}}\n";
  const std::string honeytrap = hit + "\"type\":\"Honeytrap\"," + ends +
                                "\"protocol\":\"tcp\",\"t-pot_hostname\":\"tokyo\"}}\n";
  const std::string access =
      "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2 at tokyo";
  EXPECT_EQ(all_said(alert + honeytrap), (Said{"not_a_connection", access}));
  EXPECT_EQ(all_said(honeytrap + alert), (Said{access, "not_a_connection"}));
  EXPECT_EQ(all_said(alert + alert), (Said{"not_a_connection", "not_a_connection"}));
  EXPECT_EQ(all_said(flow),
            Said{"2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:1433 6 at tokyo"});
}

TEST(JsonTpot, OtherHoneypots) {
  const std::string hit = R"({"_source":{"@timestamp":"2024-05-07T02:57:48.000Z",)";
  const std::string ends = R"("src_ip":"198.51.100.7","src_port":40000,"dest_ip":"192.0.2.1",)";
  const std::string access = "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:";
  EXPECT_EQ(
      all_said(hit + "\"type\":\"ConPot\",\"event_type\":\"NEW_CONNECTION\"," + ends +
               "\"data_type\":\"s7comm\",\"dest_port\":102}}\n" + hit +
               "\"type\":\"Sentrypeer\",\"transport_type\":\"UDP\"," + ends +
               "\"dest_port\":5060}}\n" + hit + "\"type\":\"Sentrypeer\"," +
               R"("transport_type":"UDP","source_ip":"198.51.100.7:40000",)" +
               R"("destination_ip":"192.0.2.1","destination_port":5060}})" + "\n" + hit +
               "\"type\":\"Honeytrap\",\"attack_connection\":{\"protocol\":\"udp\"}," + ends +
               "\"dest_port\":53}}\n"),
      (Said{access + "102 6 flags 2", access + "5060 17", access + "5060 17", access + "53 17"}));
}

// At T-Pot a honeypot's own address is its container's.
TEST(JsonTpot, TheMachineIsTheDestination) {
  const std::string host = R"("t-pot_hostname":"tokyo","t-pot_ip_int":"10.0.0.4",)";
  const auto seen = [&](const std::string& more, const std::string& destination) {
    const Said said = all_said(
        R"({"_source":{"@timestamp":"2024-05-07T02:57:48.000Z","timestamp":"2024-05-07T02:57:48",)" +
        host + more + R"("src_ip":"198.51.100.7","src_port":40000,"dest_port":80,"dest_ip":")" +
        destination + "\"}}\n");
    const std::string& text = said.front();
    return text.substr(text.find("> ") + 2, text.rfind(":80") - text.find("> ") - 2);
  };
  for (const std::string more :
       {R"("type":"Adbhoney",)", R"("type":"Cowrie","eventid":"cowrie.session.connect",)",
        R"("type":"Dionaea","connection":{"transport":"tcp","type":"accept"},)"}) {
    EXPECT_EQ(seen(more, "172.20.0.5"), "10.0.0.4") << more;
    EXPECT_EQ(seen(more, "10.0.0.4"), "10.0.0.4") << more;
    EXPECT_EQ(seen(more, "192.0.2.1"), "192.0.2.1") << more;
  }
}

// Kibana's answers to Discover have no `_source`.
TEST(JsonTpot, HitsOfFieldsAlone) {
  const std::string fields =
      R"("fields":{"src_ip":["198.51.100.7"],"src_ip.keyword":["198.51.100.7"],"src_port":[40000],)"
      R"("dest_ip":["192.0.2.1"],"dest_port":[80],"type":["Honeytrap"],"tags":["a","b"],)"
      R"("@timestamp":["2024-05-07T02:57:48.000Z"],"t-pot_hostname":["tokyo"]})";
  const std::string access =
      "2024-05-07T02:57:48Z 198.51.100.7:40000 > 192.0.2.1:80 6 flags 2 at tokyo";
  EXPECT_EQ(all_said(R"({"_index":"i","_id":"1","_score":null,)" + fields + "}"), Said{access});
  EXPECT_EQ(all_said("{" + fields + R"(,"_id":"1","_index":"i"})"), Said{access});
  EXPECT_EQ(all_said(R"({"hits":{"total":1,"hits":[{"_index":"i",)" + fields +
                     R"(},{"_index":"i",)" + fields + "}]}}"),
            (Said{access, access}));
  EXPECT_EQ(all_said("{" + fields + "}"), Said{}) << "no hit";
}

}  // namespace
}  // namespace teiten
