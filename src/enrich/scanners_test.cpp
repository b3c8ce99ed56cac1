#include "enrich/scanners.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "enrich/test_mmdb.h"

namespace teiten {
namespace {

UtcTime at(std::string_view time) {
  return *TimeZone().parse(time);
}

std::string scanner(const std::string& prefix, const std::string& organisation,
                    const std::string& days = "valid_from = 2020-01-01") {
  return "[[scanner]]\nprefix = \"" + prefix + "\"\norganisation = \"" + organisation +
         "\"\nsource = \"https://example.org/scanning\"\n" + days + "\n";
}

/// Whose address it was; "-" for nobody's.
std::string who(const KnownScanners& scanners, std::string_view address,
                std::string_view time = "2024-05-01") {
  const std::uint16_t number = scanners.find(*IpAddress::parse(address), at(time));
  return number == 0 ? "-" : scanners.organisations().at(number - 1U);
}

KnownScanners list(std::initializer_list<std::string> files) {
  KnownScanners scanners;
  for (const std::string& text : files) {
    const auto added = scanners.add(text, "test.toml");
    EXPECT_TRUE(added.ok()) << (added.ok() ? "" : added.error().message);
  }
  return scanners;
}

std::string error_of(const std::string& text) {
  KnownScanners scanners;
  const auto added = scanners.add(text, "test.toml");
  return added.ok() ? "" : added.error().message;
}

TEST(KnownScanners, InsideAndOutside) {
  const auto scanners = list({scanner("198.51.100.0/25", "Example Research") +
                              scanner("2001:db8:7::/48", "Example University")});
  EXPECT_EQ(who(scanners, "198.51.100.0"), "Example Research");
  EXPECT_EQ(who(scanners, "198.51.100.127"), "Example Research");
  EXPECT_EQ(who(scanners, "198.51.100.128"), "-");
  EXPECT_EQ(who(scanners, "198.51.99.255"), "-");
  EXPECT_EQ(who(scanners, "2001:db8:7:ffff::1"), "Example University");
  EXPECT_EQ(who(scanners, "2001:db8:8::1"), "-");
  EXPECT_EQ(who(scanners, "::198.51.100.1"), "-") << "no mapped address";
  EXPECT_EQ(scanners.networks(), 2U);
}

TEST(KnownScanners, AsOfTheDay) {
  const auto scanners =
      list({scanner("192.0.2.7/32", "Before", "valid_from = 2020-01-01\nvalid_to = 2022-06-30") +
            scanner("192.0.2.7/32", "After", "valid_from = 2022-07-01")});
  EXPECT_EQ(who(scanners, "192.0.2.7", "2019-12-31T23:59:59"), "-");
  EXPECT_EQ(who(scanners, "192.0.2.7", "2020-01-01"), "Before");
  EXPECT_EQ(who(scanners, "192.0.2.7", "2022-06-30T23:59:59"), "Before") << "the last day counts";
  EXPECT_EQ(who(scanners, "192.0.2.7", "2022-07-01"), "After");
}

TEST(KnownScanners, TheLongestPrefixThatHoldsWins) {
  const auto scanners = list(
      {scanner("198.51.100.0/24", "Provider") +
       scanner("198.51.100.64/26", "Tenant", "valid_from = 2024-01-01\nvalid_to = 2024-12-31") +
       scanner("198.51.0.0/16", "Wide")});
  EXPECT_EQ(who(scanners, "198.51.100.65"), "Tenant");
  EXPECT_EQ(who(scanners, "198.51.100.65", "2023-05-01"), "Provider");
  EXPECT_EQ(who(scanners, "198.51.100.1"), "Provider");
  EXPECT_EQ(who(scanners, "198.51.7.1"), "Wide");
}

TEST(KnownScanners, OwnFilesGoBeforeTheListThatIsBuiltIn) {
  const test::TestDirectory directory("teiten-scanners-test");
  const std::string path = directory.path("own.toml");
  std::ofstream(path) << scanner("162.142.125.0/24", "Ours");
  const auto builtin = KnownScanners::open({});
  ASSERT_TRUE(builtin.ok()) << builtin.error().message;
  EXPECT_EQ(who(*builtin, "162.142.125.9"), "Censys");
  EXPECT_EQ(who(*builtin, "162.142.125.9", "2013-04-01"), "-");
  const auto own = KnownScanners::open({path});
  ASSERT_TRUE(own.ok()) << own.error().message;
  EXPECT_EQ(who(*own, "162.142.125.9"), "Ours");
  const auto missing = KnownScanners::open({path + ".not"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST(KnownScanners, ErrorsNameTheLine) {
  const std::string good = scanner("192.0.2.0/24", "A");
  EXPECT_EQ(error_of(good), "");
  EXPECT_TRUE(error_of(good + "colour = 1\n")
                  .starts_with("test.toml:6: unknown key 'colour': a scanner has prefix, "))
      << error_of(good + "colour = 1\n");
  EXPECT_TRUE(error_of("[[scanners]]\n").starts_with("test.toml:1: unknown key 'scanners'"));
  EXPECT_TRUE(error_of(good + good).starts_with("test.toml:6: 192.0.2.0/24 is given twice"))
      << error_of(good + good);
  EXPECT_NE(error_of(scanner("192.0.2.1/24", "A")).find(":2: '192.0.2.1/24' is no network"),
            std::string::npos);
  EXPECT_NE(error_of(scanner("192.0.2.0/33", "A")).find("is no network"), std::string::npos);
  EXPECT_NE(error_of(scanner("192.0.2.0/24", "-")).find(":3: '-' stands for"), std::string::npos);
  EXPECT_NE(error_of(scanner("192.0.2.0/24", "")).find(":3: 'organisation' must be"),
            std::string::npos);
  EXPECT_NE(error_of(scanner("192.0.2.0/24", "A", "")).find("'valid_from' is missing"),
            std::string::npos);
  EXPECT_NE(error_of(scanner("192.0.2.0/24", "A", "valid_from = \"2020-01-01\"")).find(":5: "),
            std::string::npos);
  EXPECT_NE(error_of(scanner("192.0.2.0/24", "A", "valid_from = 2020-01-02\nvalid_to = 2020-01-01"))
                .find(":6: 'valid_to' is before"),
            std::string::npos);
  EXPECT_NE(error_of("[[scanner]]\norganisation = \"A\"\n").find(":1: 'prefix' is missing"),
            std::string::npos);
  EXPECT_NE(error_of("[[scanner]\n").find("test.toml:1: "), std::string::npos);
}

TEST(KnownScanners, FindsWhatLookingAtEachNetworkFinds) {
  // Nested and neighbouring networks of every length in one /16.
  std::string text;
  std::vector<std::pair<Prefix, std::string>> all;
  std::uint64_t state = 1;
  const auto next = [&](std::uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % below;
  };
  for (int i = 0; i < 200; ++i) {
    const Prefix prefix(IpAddress::v4(0xc6120000U + static_cast<std::uint32_t>(next(65536))),
                        17 + static_cast<int>(next(16)));
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const auto& other) { return other.first == prefix; });
    if (known) continue;
    all.emplace_back(prefix, "Org " + std::to_string(i));
    text += scanner(prefix.to_string(), all.back().second);
  }
  const auto scanners = list({text});
  std::size_t inside = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto address =
        IpAddress::v4(0xc6120000U + static_cast<std::uint32_t>(next(65536 + 4096)));
    std::string expected = "-";
    int longest = -1;
    for (const auto& [prefix, organisation] : all) {
      if (!prefix.contains(address) || prefix.length() <= longest) continue;
      longest = prefix.length();
      expected = organisation;
    }
    inside += longest >= 0 ? 1U : 0U;
    ASSERT_EQ(who(scanners, address.to_string()), expected) << address.to_string();
  }
  EXPECT_GT(inside, 500U);
  EXPECT_LT(inside, 2990U);
}

}  // namespace
}  // namespace teiten
