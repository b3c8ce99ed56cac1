#include "decode/payload.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

std::string hex_of(std::string_view text) {
  std::string hex;
  for (const char character : text)
    hex += fmt::format("{:02x}", static_cast<unsigned char>(character));
  return hex;
}

/// A raw IPv4 datagram with this payload; `padding` zero bytes follow it, `cut` were not captured.
Outcome datagram(int protocol_number, int from, int to, std::string hex, int padding = 0,
                 std::uint32_t cut = 0) {
  std::erase(hex, ' ');
  const int header = protocol_number == 17 ? 8 : 20;
  const int payload = static_cast<int>(hex.size() / 2) + padding;
  const std::string ip = fmt::format("4500{:04x}00010000 40{:02x}0000c6336407c0000201",
                                     20 + header + payload, protocol_number);
  const std::string ports = fmt::format("{:04x}{:04x}", from, to);
  const std::string rest = protocol_number == 17 ? fmt::format("{:04x}0000", 8 + payload)
                                                 : std::string("00000001000000025018040000000000");
  const std::string zeros(static_cast<std::size_t>(padding) * 2 - cut * 2, '0');
  return decode_hex(LinkType::raw, {ip, ports, rest, hex, zeros},
                    static_cast<std::uint32_t>(20 + header + payload));
}

std::string udp(int from, int to, const std::string& hex, int padding = 0) {
  return std::string(to_string(datagram(17, from, to, hex, padding).packet.payload));
}

std::string tcp(const std::string& hex, int padding = 0) {
  return std::string(to_string(datagram(6, 40000, 80, hex, padding).packet.payload));
}

TEST(Payload, NamesAreWordsBothWays) {
  for (std::uint8_t i = 0; i < kPayloadClassCount; ++i) {
    const auto payload = static_cast<PayloadClass>(i);
    EXPECT_EQ(parse_payload_class(to_string(payload)), payload) << int{i};
  }
  EXPECT_EQ(to_string(PayloadClass::messenger_spam), "messenger_spam");
  EXPECT_EQ(to_string(PayloadClass::smb), "smb");
  EXPECT_FALSE(parse_payload_class("smtp"));
}

TEST(Payload, Dns) {
  // "version.bind" TXT CH; then its answer; then a header of zeros, as a stray datagram may have.
  EXPECT_EQ(udp(40000, 53, "1a2b 0100 0001 0000 0000 0000 0776657273696f6e0462696e640000100003"),
            "dns_query");
  EXPECT_EQ(udp(53, 40000, "1a2b 8180 0001 0002 0000 0000 0776657273696f6e"), "dns_response");
  EXPECT_EQ(udp(40000, 53, "", 24), "other");
  EXPECT_EQ(udp(40000, 5300, "1a2b 0100 0001 0000 0000 0000 00"), "other") << "no port of DNS";
  EXPECT_EQ(udp(40000, 53, "1a2b 0100 0001 00"), "other");
  EXPECT_EQ(udp(5353, 5353, "0000 8400 0000 0001 0000 0000 00"), "dns_response");
}

TEST(Payload, Ntp) {
  EXPECT_EQ(udp(40000, 123, "1700032a 00000000"), "ntp_monlist");
  EXPECT_EQ(udp(40000, 123, "17000314 00000000"), "ntp_monlist");
  EXPECT_EQ(udp(40000, 123, "17000300 00000000"), "ntp_request");
  EXPECT_EQ(udp(123, 40000, "d700032a 00010048"), "ntp_response");
  EXPECT_EQ(udp(40000, 123, "16020001 00000000 00000000"), "ntp_control");
  EXPECT_EQ(udp(123, 40000, "d6820001 00000000 00000000"), "ntp_response");
  EXPECT_EQ(udp(40000, 123, "e3", 47), "ntp_request");
  EXPECT_EQ(udp(123, 40000, "24", 47), "ntp_response");
  EXPECT_EQ(udp(40000, 123, "e3", 4), "other") << "too short for the time";
  EXPECT_EQ(udp(40000, 124, "1700032a 00000000"), "other");
}

TEST(Payload, Memcached) {
  EXPECT_EQ(udp(40000, 11211, "0000000000010000" + hex_of("stats\r\n")), "memcached_request");
  EXPECT_EQ(udp(11211, 40000, "0000000000010000" + hex_of("STAT pid 1\r\n")), "memcached_response");
  EXPECT_EQ(udp(40000, 11211, hex_of("stats\r\n")), "other") << "without the frame";
}

TEST(Payload, TextOverUdp) {
  EXPECT_EQ(udp(40000, 1900, hex_of("M-SEARCH * HTTP/1.1\r\n")), "ssdp_request");
  EXPECT_EQ(udp(1900, 40000, hex_of("HTTP/1.1 200 OK\r\n")), "ssdp_response");
  EXPECT_EQ(udp(5060, 5060, hex_of("OPTIONS sip:100@192.0.2.1 SIP/2.0\r\n")), "sip_request");
  EXPECT_EQ(udp(5060, 5060, hex_of("SIP/2.0 404 Not found\r\n")), "sip_response");
  EXPECT_EQ(udp(5060, 5060, hex_of("OPTIONS * RTSP/1.0\r\n")), "other");
  EXPECT_EQ(udp(40000, 6881, hex_of("d1:ad2:id20:abcdefghij")), "bittorrent");
  EXPECT_EQ(udp(40000, 6881, hex_of("d1:rd2:id20:abcdefghij")), "bittorrent");
  EXPECT_EQ(udp(19, 40000, hex_of("vwxyz{|}~ !\"#$%&'()*")), "chargen");
  EXPECT_EQ(udp(19, 40000, hex_of("vwxyz{|}~ !\"#$%&'()+")), "chargen") << "past the 16 looked at";
  EXPECT_EQ(udp(19, 40000, hex_of("abcdefgh abcdefgh")), "other");
}

TEST(Payload, SnmpAndLdap) {
  // SNMPv2c, community "public", GetBulk (a5); its response (a2); version 3 that asks, and answers.
  EXPECT_EQ(udp(40000, 161, "3026 020101 0406 7075626c6963 a519 02047bbe"), "snmp_request");
  EXPECT_EQ(udp(161, 40000, "30820426 020101 0406 7075626c6963 a2820417"), "snmp_response");
  EXPECT_EQ(udp(40000, 161, "303a 020103 300f 02024a69 020300ffe3 040104 020103"), "snmp_request");
  EXPECT_EQ(udp(161, 40000, "303a 020103 300f 02024a69 020300ffe3 040100 020103"), "snmp_response");
  // A search of the root entry, as scanners and attackers send it, and what a domain controller
  // says.
  EXPECT_EQ(udp(40000, 389, "3025 020101 6320 0400 0a0100 0a0100"), "cldap_request");
  EXPECT_EQ(udp(389, 40000, "3084000009f7 020101 6484000009ee 0400"), "cldap_response");
  EXPECT_EQ(udp(40000, 389, "3025 020101 6020"), "other") << "a bind";
}

TEST(Payload, Rpcbind) {
  EXPECT_EQ(udp(40000, 111, "65720001 00000000 00000002 000186a0 00000002 00000004"),
            "rpcbind_request");
  EXPECT_EQ(udp(111, 40000, "65720001 00000001 00000000 00000000"), "rpcbind_response");
  EXPECT_EQ(udp(40000, 2049, "65720001 00000000 00000002 000186a3 00000002 00000004"), "other")
      << "NFS";
}

TEST(Payload, Quic) {
  // Versions 1, 2, draft 29, a forced negotiation, gone gQUIC; then Handshake and Version
  // Negotiation.
  EXPECT_EQ(udp(40000, 443, "c3 00000001 08"), "quic_initial");
  EXPECT_EQ(udp(40000, 443, "d3 6b3343cf 08"), "quic_initial");
  EXPECT_EQ(udp(40000, 443, "c3 ff00001d 08"), "quic_initial");
  EXPECT_EQ(udp(40000, 443, "c0 1a2a3a4a 08"), "quic_initial");
  EXPECT_EQ(udp(40000, 443, "c3 00000099 08"), "other");
  EXPECT_EQ(udp(40000, 443, "c3 00000001 15"), "other") << "a name of 21 bytes";
  EXPECT_EQ(udp(443, 40000, "e3 00000001 08"), "quic_other");
  EXPECT_EQ(udp(443, 40000, "80 00000000 08"), "quic_other");
}

TEST(Payload, SqlServer) {
  EXPECT_EQ(udp(40000, 1434, "02"), "mssql_ping");
  EXPECT_EQ(udp(40000, 1434, "04" + hex_of("MSSQLSERVER")), "mssql_ping");
  EXPECT_EQ(udp(1434, 40000, "05 1000" + hex_of("ServerName;")), "mssql_response");
  EXPECT_EQ(udp(40000, 1434, "0401", 374), "slammer");
  EXPECT_EQ(udp(40000, 1434, "0401", 373), "other");
  EXPECT_EQ(udp(40000, 1435, "0401", 374), "other");
  // The worm by its length on the wire, though the capture kept little of it.
  EXPECT_EQ(to_string(datagram(17, 1043, 1434, "0401", 374, 340).packet.payload), "slammer");
}

TEST(Payload, MessengerSpam) {
  const std::string start = "04002800 10000000 00000000000000000000000000000000";
  EXPECT_EQ(udp(4000, 1026, start + "f8917b5a00ffd011a9b200c04fb6e6fc", 200), "messenger_spam");
  EXPECT_EQ(udp(4000, 1026, start + "5a7b91f8ff0011d0a9b200c04fb6e6fc", 200), "other")
      << "big-endian";
}

TEST(Payload, Tcp) {
  EXPECT_EQ(tcp(hex_of("GET / HTTP/1.0\r\n\r\n")), "http");
  EXPECT_EQ(tcp(hex_of("OPTIONS / HTTP/1.1\r\n")), "http");
  EXPECT_EQ(tcp(hex_of("OPTIONS sip:nm SIP/2.0\r\n")), "sip_request");
  EXPECT_EQ(tcp(hex_of("SSH-2.0-Go\r\n")), "ssh");
  EXPECT_EQ(tcp("16 03 01 00c8 01 0000c4 0303"), "tls_client_hello");
  EXPECT_EQ(tcp("16 03 03 0040 02 00003c 0303"), "other") << "a server's hello";
  EXPECT_EQ(tcp("0300 0013 0e e0 0000 0000 00 0100080003000000"), "rdp");
  EXPECT_EQ(tcp("00000085 ff534d42 72"), "smb");
  EXPECT_EQ(tcp("00000054 fe534d42 40"), "smb");
  EXPECT_EQ(tcp("13" + hex_of("BitTorrent protocol")), "bittorrent");
  EXPECT_EQ(tcp(hex_of("hello")), "other");
}

TEST(Payload, NoneOnlyWhereNothingFollows) {
  EXPECT_EQ(udp(40000, 53, ""), "none");
  EXPECT_EQ(tcp(""), "none");
  const Outcome empty = datagram(6, 40000, 80, "");
  EXPECT_TRUE(empty.packet.has_payload);
  EXPECT_EQ(empty.packet.payload_digest, 0U);
  // Ethernet's padding is no payload.
  const Outcome padded = decode_hex({kEthernetIpv4, kIpv4Tcp, kTcpSyn, "00000000 0000"});
  EXPECT_EQ(padded.packet.payload, PayloadClass::none);
  // All of it was cut: there is one, and nobody knows which.
  EXPECT_EQ(to_string(datagram(17, 40000, 53, "", 24, 24).packet.payload), "other");
}

TEST(Payload, DigestIsOfTheFirst64Bytes) {
  const auto digest = [](int from, int to, const std::string& hex, int padding = 0) {
    return datagram(17, from, to, hex, padding).packet.payload_digest;
  };
  EXPECT_EQ(digest(1, 2, "0102", 62), digest(3, 4, "0102", 90));
  EXPECT_NE(digest(1, 2, "0102", 61), digest(1, 2, "0102", 62));
  EXPECT_NE(digest(1, 2, "0102"), digest(1, 2, "0103"));
  // The identifier of a DNS question does not count, the question does.
  EXPECT_EQ(digest(1, 53, "1111 0100 0001 0000 0000 0000 00 00ff 0001"),
            digest(1, 53, "2222 0100 0001 0000 0000 0000 00 00ff 0001"));
  EXPECT_NE(digest(1, 53, "1111 0100 0001 0000 0000 0000 00 00ff 0001"),
            digest(1, 53, "1111 0100 0001 0000 0000 0000 00 0001 0001"));
}

}  // namespace
}  // namespace teiten::test
