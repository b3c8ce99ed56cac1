#include "serve/bundle.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

TEST(Bundle, HoldsWhatASensorNeeds) {
  IssuedCertificate issued;
  issued.certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  issued.key = "-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n";
  issued.expires = std::chrono::sys_days{std::chrono::year{2030} / 2 / 1};
  EXPECT_EQ(
      bundle_text("tokyo", {"https://192.0.2.1:8443", "https://c.example.net:1"}, "CA\n", issued),
      "# Enrols the sensor tokyo with its collector: teiten sense --bundle FILE.\n"
      "# Keep it secret: whoever has the key can write as this sensor. Its certificate ends "
      "on 2030-02-01.\n"
      "sensor = \"tokyo\"\n"
      "collectors = [\"https://192.0.2.1:8443\", \"https://c.example.net:1\"]\n"
      "ca = \"\"\"\nCA\n\"\"\"\n"
      "certificate = \"\"\"\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END "
      "CERTIFICATE-----\n\"\"\"\n"
      "key = \"\"\"\n-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n\"\"\"\n");
}

TEST(Bundle, UrlsOfCollectors) {
  for (const char* good :
       {"https://192.0.2.1:8443", "https://[2001:db8::1]:1", "https://collector.example.net:65535"})
    EXPECT_TRUE(check_collector_url(good).ok()) << good;
  for (const char* bad :
       {"", "https://", "http://192.0.2.1:8443", "https://192.0.2.1", "https://192.0.2.1:0",
        "https://192.0.2.1:65536", "https://192.0.2.1:8443/", "https://a@b:1", "https://a\"b:1",
        "https://2001:db8::1:1", "https://:1", "https://a\\:1"})
    EXPECT_FALSE(check_collector_url(bad).ok()) << bad;
}

}  // namespace
}  // namespace teiten
