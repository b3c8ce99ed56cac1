#include "sense/bundle.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

std::string bundle(const std::string& more = "") {
  return "sensor = \"home\"\n"
         "collectors = [\"https://collector.example:8443\", \"https://[2001:db8::1]:443\"]\n"
         "ca = \"\"\"\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n\"\"\"\n"
         "certificate = \"-----BEGIN CERTIFICATE-----\\nBBBB\\n\"\n"
         "key = \"-----BEGIN PRIVATE KEY-----\\nCCCC\\n\"\n" +
         more;
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_bundle("b.toml", text);
  return parsed.ok() ? "" : parsed.error().message;
}

TEST(Bundle, HoldsWhatASensorNeeds) {
  const auto parsed = parse_bundle("b.toml", bundle());
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->sensor, "home");
  ASSERT_EQ(parsed->collectors.size(), 2U);
  EXPECT_EQ(parsed->collectors[1], "https://[2001:db8::1]:443");
  EXPECT_EQ(parsed->ca, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_EQ(parsed->key, "-----BEGIN PRIVATE KEY-----\nCCCC\n");
}

TEST(Bundle, AnUnknownKeyListsTheValidOnes) {
  const std::string error = error_of(bundle("colector = \"x\"\n"));
  EXPECT_NE(error.find("'colector'"), std::string::npos) << error;
  EXPECT_NE(error.find("sensor, collectors, ca, certificate, key"), std::string::npos) << error;
  EXPECT_NE(error.find("b.toml:10"), std::string::npos) << error;
}

TEST(Bundle, WhatIsMissingOrWrongIsNamed) {
  const auto without = [](const std::string& key) {
    std::string text = bundle();
    const auto at = text.find(key + " =");
    text.insert(at, "#");
    return error_of(text);
  };
  EXPECT_NE(without("sensor").find("'sensor'"), std::string::npos);
  EXPECT_NE(without("collectors").find("'collectors'"), std::string::npos);
  EXPECT_NE(without("certificate").find("'certificate'"), std::string::npos);
  EXPECT_NE(without("key").find("'key'"), std::string::npos);
  EXPECT_NE(error_of("sensor = 3\n").find("'sensor'"), std::string::npos);
  EXPECT_NE(error_of("sensor = \n").find("b.toml:1"), std::string::npos);
  std::string plain = bundle();
  plain.replace(plain.find("https://coll"), 5, "http:");
  EXPECT_FALSE(error_of(plain).empty());
}

TEST(HostAndPort, OfWhatAUrlMayBe) {
  EXPECT_EQ(*host_and_port("https://a.example:8443"), (HostPort{"a.example", "8443"}));
  EXPECT_EQ(*host_and_port("https://a.example"), (HostPort{"a.example", "443"}));
  EXPECT_EQ(*host_and_port("http://192.0.2.1:3128/"), (HostPort{"192.0.2.1", "3128"}));
  EXPECT_EQ(*host_and_port("https://[2001:db8::1]:9"), (HostPort{"2001:db8::1", "9"}));
  EXPECT_EQ(*host_and_port("https://[2001:db8::1]"), (HostPort{"2001:db8::1", "443"}));
  for (const char* wrong :
       {"", "a.example:1", "ftp://a", "https://", "https://:1", "https://a:", "https://a:0",
        "https://a:65536", "https://a:1x", "https://a/b", "https://u@a", "https://[2001:db8::1",
        "https://[2001:db8::1]1", "https://[2001:db8::1]:", "https://a:123456"}) {
    EXPECT_FALSE(host_and_port(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace teiten
