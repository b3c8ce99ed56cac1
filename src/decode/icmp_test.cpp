#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

Outcome raw(std::initializer_list<std::string_view> parts, std::uint32_t original_length = 0) {
  return decode_hex(LinkType::raw, parts, original_length);
}

/// An ICMP message of 36 bytes (56 with IP), what a router sends that quotes 28.
constexpr std::string_view kIpv4Error = "45000038 00020000 80010000 c6336407 c0000201";
/// What 192.0.2.1 sent to 203.0.113.9.
constexpr std::string_view kQuotedIpv4Tcp = "45000028 00010000 01060000 c0000201 cb007109";
constexpr std::string_view kQuotedIpv4Udp = "45000028 00010000 01110000 c0000201 cb007109";
constexpr std::string_view kQuotedIpv4Icmp = "45000028 00010000 01010000 c0000201 cb007109";
/// What 2001:db8::1 sent to 2001:db8::9.
constexpr std::string_view kQuotedIpv6Addresses =
    "20010db8000000000000000000000001 20010db8000000000000000000000009";

TEST(Icmp, Echo) {
  const Outcome got = raw({kIpv4Icmp, kPing});
  ASSERT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.layers(), "raw ipv4 icmp");
  EXPECT_TRUE(got.packet.has_icmp_type);
  EXPECT_EQ(got.packet.icmp_type, 8);
  EXPECT_EQ(got.packet.icmp_code, 0);
  EXPECT_EQ(got.packet.source_port, 0x1234);
  EXPECT_FALSE(got.packet.has_ports);
  EXPECT_FALSE(got.packet.has_quoted);
}

TEST(Icmp, OnlyQueriesHaveAnIdentifier) {
  for (const std::string_view query : {"00", "08", "0d", "0e", "0f", "10", "11", "12", "2a", "2b"})
    EXPECT_EQ(raw({kIpv4Icmp, query, "000000 12340001"}).packet.source_port, 0x1234) << query;
  for (const std::string_view other : {"03", "04", "05", "09", "0a", "0b", "0c", "13"})
    EXPECT_EQ(raw({kIpv4Icmp, other, "000000 12340001"}).packet.source_port, 0) << other;
}

TEST(Icmp, Cut) {
  EXPECT_EQ(raw({kIpv4Icmp, "08000000 1234"}, 28).verdict(), "packet");
  EXPECT_EQ(raw({kIpv4Icmp, "08000000 12"}, 28).verdict(), "truncated_icmp_header");
  const Outcome error = raw({kIpv4Error, "0303"}, 56);
  EXPECT_EQ(error.verdict(), "packet");
  EXPECT_EQ(error.packet.icmp_code, 3);
  EXPECT_FALSE(error.packet.has_quoted);
  EXPECT_EQ(raw({kIpv4Error, "03"}, 56).verdict(), "truncated_icmp_header");
  // 27 bytes: 7 of ICMP.
  EXPECT_EQ(raw({"4500001b 00020000 80010000 c6336407 c0000201", kPing}).verdict(),
            "truncated_icmp_header");
}

TEST(Icmp, ErrorsQuoteAFlow) {
  for (const std::string_view type : {"03", "04", "05", "0b", "0c"}) {
    const Outcome got =
        raw({kIpv4Error, type, "010000 00000000", kQuotedIpv4Tcp, "05991234 11223344"});
    ASSERT_TRUE(got.packet.has_quoted) << type;
    EXPECT_EQ(got.packet.quoted_protocol, 6);
    EXPECT_EQ(got.packet.quoted_source.to_string(), "192.0.2.1");
    EXPECT_EQ(got.packet.quoted_destination.to_string(), "203.0.113.9");
    EXPECT_EQ(got.packet.quoted_source_port, 1433);
    EXPECT_EQ(got.packet.quoted_destination_port, 0x1234);
    EXPECT_EQ(got.addresses(), "198.51.100.7 > 192.0.2.1");
    EXPECT_FALSE(got.packet.has_ports);
    EXPECT_FALSE(got.packet.has_flags);
  }
  EXPECT_FALSE(raw({kIpv4Error, "08 010000 00000000", kQuotedIpv4Tcp, "05991234 11223344"})
                   .packet.has_quoted);
}

TEST(Icmp, QuotedUdpAndPing) {
  const Outcome udp = raw({kIpv4Error, "03030000 00000000", kQuotedIpv4Udp, "00350fa1 00140000"});
  ASSERT_TRUE(udp.packet.has_quoted);
  EXPECT_EQ(udp.packet.quoted_protocol, 17);
  EXPECT_EQ(udp.packet.quoted_source_port, 53);
  EXPECT_EQ(udp.packet.quoted_destination_port, 4001);
  const Outcome ping = raw({kIpv4Error, "0b000000 00000000", kQuotedIpv4Icmp, "08000000 43210001"});
  ASSERT_TRUE(ping.packet.has_quoted);
  EXPECT_EQ(ping.packet.quoted_protocol, 1);
  EXPECT_EQ(ping.packet.quoted_source_port, 0x4321);
  EXPECT_EQ(ping.packet.quoted_destination_port, 0);
}

TEST(Icmp, QuoteTooShortToTellTheFlow) {
  // Cut within the ports, within the quoted header, and no quote at all.
  EXPECT_FALSE(
      raw({kIpv4Error, "03010000 00000000", kQuotedIpv4Tcp, "059912"}, 56).packet.has_quoted);
  EXPECT_FALSE(raw({kIpv4Error, "03010000 00000000", "45000028 0001"}, 56).packet.has_quoted);
  EXPECT_FALSE(raw({kIpv4Error, "03010000 00000000"}, 56).packet.has_quoted);
  EXPECT_FALSE(
      raw({kIpv4Error, "0b000000 00000000", kQuotedIpv4Icmp, "08000000 43"}, 56).packet.has_quoted);
  // The bytes after the datagram are padding, not the quote's ports.
  EXPECT_FALSE(raw({"45000030 00020000 80010000 c6336407 c0000201", "03010000 00000000",
                    kQuotedIpv4Tcp, "05991234 11223344"})
                   .packet.has_quoted);
}

TEST(Icmp, QuoteOfALaterFragmentTellsNoFlow) {
  EXPECT_FALSE(raw({kIpv4Error, "0b000000 00000000", "45000028 00010003 01060000 c0000201 cb007109",
                    "05991234 11223344"})
                   .packet.has_quoted);
}

TEST(Icmp, QuotedErrorHasNoIdentifier) {
  // An error about an error must not be sent, but is; its bytes 4 and 5 identify nothing.
  const Outcome got = raw({kIpv4Error, "03010000 00000000", kQuotedIpv4Icmp, "0b000000 43210000"});
  ASSERT_TRUE(got.packet.has_quoted);
  EXPECT_EQ(got.packet.quoted_protocol, 1);
  EXPECT_EQ(got.packet.quoted_source_port, 0);
}

TEST(Icmp, QuoteOfNoIp) {
  for (const std::string_view first : {"44", "54", "00"}) {
    EXPECT_FALSE(raw({kIpv4Error, "03010000 00000000", first,
                      "000028 00010000 01060000 c0000201 cb007109", "05991234 11223344"})
                     .packet.has_quoted)
        << first;
  }
}

TEST(Icmp, QuotedOptionsAreSkipped) {
  const Outcome got =
      raw({"4500003c 00020000 80010000 c6336407 c0000201", "03010000 00000000",
           "4600002c 00010000 01060000 c0000201 cb007109 94040000", "05991234 11223344"});
  ASSERT_TRUE(got.packet.has_quoted);
  EXPECT_EQ(got.packet.quoted_source_port, 1433);
}

TEST(Icmp, FirstFragmentHasAType) {
  const Outcome got = raw({"4500001c 00022000 80010000 c6336407 c0000201", kPing});
  EXPECT_TRUE(got.packet.has_icmp_type);
  EXPECT_FALSE(raw({"4500001c 00020001 80010000 c6336407 c0000201", kPing}).packet.has_icmp_type);
}

TEST(IcmpV6, Echo) {
  const Outcome got = raw({"60000000 00083a40", kIpv6Addresses, "80000000 12340001"});
  ASSERT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.layers(), "raw ipv6 icmpv6");
  EXPECT_EQ(got.packet.icmp_type, 128);
  EXPECT_EQ(got.packet.source_port, 0x1234);
  // A router solicitation has no identifier; ICMP's type 8 means nothing here.
  EXPECT_EQ(raw({"60000000 00083aff", kIpv6Addresses, "85000000 12340001"}).packet.source_port, 0);
  EXPECT_EQ(raw({"60000000 00083aff", kIpv6Addresses, "08000000 12340001"}).packet.source_port, 0);
}

TEST(IcmpV6, ErrorsQuoteAFlow) {
  for (const std::string_view type : {"01", "02", "03", "04"}) {
    // 56 = 8 + 40 + 8.
    const Outcome got = raw({"60000000 00383a40", kIpv6Addresses, type, "000000 00000000",
                             "60000000 00141101", kQuotedIpv6Addresses, "00350fa1 00140000"});
    ASSERT_TRUE(got.packet.has_quoted) << type;
    EXPECT_EQ(got.packet.quoted_protocol, 17);
    EXPECT_EQ(got.packet.quoted_source.to_string(), "2001:db8::1");
    EXPECT_EQ(got.packet.quoted_destination.to_string(), "2001:db8::9");
    EXPECT_EQ(got.packet.quoted_source_port, 53);
    EXPECT_EQ(got.packet.quoted_destination_port, 4001);
  }
}

TEST(IcmpV6, QuotedExtensionHeaders) {
  const Outcome got =
      raw({"60000000 00403a40", kIpv6Addresses, "03000000 00000000", "60000000 00143c01",
           kQuotedIpv6Addresses, "1100010400000000", "00350fa1 00140000"});
  ASSERT_TRUE(got.packet.has_quoted);
  EXPECT_EQ(got.packet.quoted_source_port, 53);
  EXPECT_EQ(got.layers(), "raw ipv6 icmpv6");
  // Cut within the extension.
  EXPECT_FALSE(raw({"60000000 00403a40", kIpv6Addresses, "03000000 00000000", "60000000 00143c01",
                    kQuotedIpv6Addresses, "110001"},
                   104)
                   .packet.has_quoted);
}

TEST(IcmpV6, QuoteOfALaterFragmentTellsNoFlow) {
  EXPECT_FALSE(raw({"60000000 00403a40", kIpv6Addresses, "03000000 00000000", "60000000 00142c01",
                    kQuotedIpv6Addresses, "1100000800000001", "00350fa1 00140000"})
                   .packet.has_quoted);
}

TEST(IcmpV6, Cut) {
  EXPECT_EQ(raw({"60000000 00033a40", kIpv6Addresses, "850000 00"}).verdict(),
            "truncated_icmp_header");
  EXPECT_EQ(raw({"60000000 00043a40", kIpv6Addresses, "85000000"}).verdict(), "packet");
}

}  // namespace
}  // namespace teiten::test
