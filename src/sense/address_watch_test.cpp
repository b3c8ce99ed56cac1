#include "sense/address_watch.h"

#include <cstring>
#include <random>

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace teiten {
namespace {

using Bytes = std::vector<std::byte>;

void append(Bytes& to, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(data);
  to.insert(to.end(), bytes, bytes + size);
  while (to.size() % 4 != 0)
    to.push_back(std::byte{0});
}

struct Attribute {
  unsigned short type;
  Bytes value;
};

Bytes value_of(std::initializer_list<int> bytes) {
  Bytes value;
  for (const int byte : bytes)
    value.push_back(static_cast<std::byte>(byte));
  return value;
}

Bytes address_message(unsigned short type, unsigned char family, unsigned interface,
                      const std::vector<Attribute>& attributes, unsigned char flags = 0) {
  Bytes body;
  ifaddrmsg header{};
  header.ifa_family = family;
  header.ifa_flags = flags;
  header.ifa_index = interface;
  append(body, &header, sizeof header);
  for (const Attribute& attribute : attributes) {
    rtattr part{};
    part.rta_len = static_cast<unsigned short>(sizeof part + attribute.value.size());
    part.rta_type = attribute.type;
    append(body, &part, sizeof part);
    append(body, attribute.value.data(), attribute.value.size());
  }
  nlmsghdr outer{};
  outer.nlmsg_len = static_cast<std::uint32_t>(sizeof outer + body.size());
  outer.nlmsg_type = type;
  Bytes message;
  append(message, &outer, sizeof outer);
  append(message, body.data(), body.size());
  return message;
}

Bytes plain_message(unsigned short type) {
  nlmsghdr outer{};
  outer.nlmsg_len = sizeof outer;
  outer.nlmsg_type = type;
  Bytes message;
  append(message, &outer, sizeof outer);
  return message;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Bytes kV4 = value_of({192, 0, 2, 7});
const Bytes kV6 = value_of({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x42});

std::vector<std::string> texts(const std::vector<Prefix>& prefixes) {
  std::vector<std::string> all;
  for (const Prefix& prefix : prefixes)
    all.push_back(prefix.to_string());
  return all;
}

TEST(AddressNews, BothFamiliesAndBothDirections) {
  const AddressNews news = read_address_news(
      address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, kV4}}) +
      address_message(RTM_DELADDR, AF_INET6, 4, {{IFA_ADDRESS, kV6}}) + plain_message(NLMSG_DONE));
  ASSERT_EQ(news.changes.size(), 2U);
  EXPECT_EQ(news.changes[0], (AddressNews::Change{true, 3, *IpAddress::parse("192.0.2.7")}));
  EXPECT_EQ(news.changes[1], (AddressNews::Change{false, 4, *IpAddress::parse("2001:db8::42")}));
  EXPECT_TRUE(news.end_of_list);
  EXPECT_FALSE(news.repeat);
}

TEST(AddressNews, TheOtherEndOfAPointToPointLinkIsNotOurs) {
  const AddressNews news = read_address_news(address_message(
      RTM_NEWADDR, AF_INET, 3, {{IFA_ADDRESS, value_of({198, 51, 100, 1})}, {IFA_LOCAL, kV4}}));
  ASSERT_EQ(news.changes.size(), 1U);
  EXPECT_EQ(news.changes[0].address, *IpAddress::parse("192.0.2.7"));
}

TEST(AddressNews, LeavesOutWhatNobodyElsewhereCanReach) {
  const auto changes = [](const Bytes& message) {
    return read_address_news(message).changes.size();
  };
  EXPECT_EQ(
      changes(address_message(RTM_NEWADDR, AF_INET, 1, {{IFA_LOCAL, value_of({127, 0, 0, 1})}})),
      0U);
  EXPECT_EQ(
      changes(address_message(RTM_NEWADDR, AF_INET, 1, {{IFA_LOCAL, value_of({169, 254, 3, 4})}})),
      0U);
  EXPECT_EQ(changes(address_message(
                RTM_NEWADDR, AF_INET6, 1,
                {{IFA_ADDRESS, value_of({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})}})),
            0U);
  EXPECT_EQ(
      changes(address_message(RTM_NEWADDR, AF_INET, 1, {{IFA_LOCAL, value_of({10, 0, 0, 1})}})),
      1U);
}

TEST(AddressNews, AnAddressUnderTestIsNotThereYet) {
  EXPECT_TRUE(read_address_news(
                  address_message(RTM_NEWADDR, AF_INET6, 1, {{IFA_ADDRESS, kV6}}, IFA_F_TENTATIVE))
                  .changes.empty());
  // The 32 bits of IFA_FLAGS go before the 8 of the header.
  Bytes flags(4);
  const std::uint32_t permanent = IFA_F_PERMANENT;
  std::memcpy(flags.data(), &permanent, sizeof permanent);
  EXPECT_EQ(
      read_address_news(address_message(RTM_NEWADDR, AF_INET6, 1,
                                        {{IFA_ADDRESS, kV6}, {IFA_FLAGS, flags}}, IFA_F_TENTATIVE))
          .changes.size(),
      1U);
}

TEST(AddressNews, DamageEndsTheDatagramAndNothingElse) {
  const Bytes good = address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, kV4}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_TRUE(read_address_news(cut).changes.empty()) << size;
    EXPECT_EQ(read_address_news(good + cut).changes.size(), 1U) << size;
  }
  Bytes shorter = good;  // a length below the header's own
  const std::uint32_t three = 3;
  std::memcpy(shorter.data(), &three, sizeof three);
  EXPECT_TRUE(read_address_news(shorter).changes.empty());
  Bytes attribute = good;  // an attribute of length 0, which would go on for ever
  attribute[sizeof(nlmsghdr) + sizeof(ifaddrmsg)] = std::byte{0};
  EXPECT_TRUE(read_address_news(attribute).changes.empty());
  Bytes longer = good;  // an address of 5 bytes
  longer[sizeof(nlmsghdr) + sizeof(ifaddrmsg)] = std::byte{9};
  EXPECT_TRUE(read_address_news(longer).changes.empty());
}

TEST(AddressNews, AnyBytesAreRead) {
  std::mt19937 random(7);
  const Bytes good = address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, kV4}}) +
                     address_message(RTM_DELADDR, AF_INET6, 4, {{IFA_ADDRESS, kV6}});
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = good;
    for (int i = 0; i < 1 + round % 8; ++i)
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    // On the heap with its exact size: AddressSanitizer sees every byte too far.
    EXPECT_LE(read_address_news(Bytes(bytes)).changes.size(), 16U);
  }
}

TEST(AddressList, FollowsItsInterfacesOnly) {
  AddressList list({3, 4});
  list.begin_list();
  list.apply(read_address_news(address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, kV4}}) +
                               address_message(RTM_NEWADDR, AF_INET6, 5, {{IFA_ADDRESS, kV6}}) +
                               plain_message(NLMSG_DONE)));
  EXPECT_EQ(texts(list.prefixes()), std::vector<std::string>({"192.0.2.7/32"}));
  list.apply(read_address_news(address_message(RTM_NEWADDR, AF_INET6, 4, {{IFA_ADDRESS, kV6}})));
  EXPECT_EQ(texts(list.prefixes()), std::vector<std::string>({"192.0.2.7/32", "2001:db8::42/128"}));
  list.apply(read_address_news(address_message(RTM_DELADDR, AF_INET, 3, {{IFA_LOCAL, kV4}})));
  EXPECT_EQ(texts(list.prefixes()), std::vector<std::string>({"2001:db8::42/128"}));
}

TEST(AddressList, OneAddressOnTwoInterfacesStaysUntilBothAreGone) {
  AddressList list({3, 4});
  list.apply(read_address_news(address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, kV4}}) +
                               address_message(RTM_NEWADDR, AF_INET, 4, {{IFA_LOCAL, kV4}})));
  list.apply(read_address_news(address_message(RTM_DELADDR, AF_INET, 3, {{IFA_LOCAL, kV4}})));
  EXPECT_EQ(texts(list.prefixes()), std::vector<std::string>({"192.0.2.7/32"}));
}

TEST(AddressList, ANewListForgetsWhatWasMissed) {
  AddressList list({3});
  list.apply(read_address_news(address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, kV4}})));
  list.begin_list();
  const auto other = value_of({192, 0, 2, 8});
  list.apply(read_address_news(address_message(RTM_NEWADDR, AF_INET, 3, {{IFA_LOCAL, other}})));
  EXPECT_EQ(list.prefixes().size(), 2U);
  list.apply(read_address_news(plain_message(NLMSG_DONE)));
  EXPECT_EQ(texts(list.prefixes()), std::vector<std::string>({"192.0.2.8/32"}));
}

}  // namespace
}  // namespace teiten
