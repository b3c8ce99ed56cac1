#include "serve/authority.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;

/// A parsed certificate, freed at the end.
class Parsed {
 public:
  explicit Parsed(const std::string& pem) {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    certificate_ = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
  }
  ~Parsed() { X509_free(certificate_); }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
  X509* get() const { return certificate_; }

 private:
  X509* certificate_ = nullptr;
};

/// Whether OpenSSL accepts the certificate for this purpose with that CA alone.
bool verifies(const std::string& certificate, const std::string& ca, int purpose) {
  const Parsed leaf(certificate);
  const Parsed root(ca);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, root.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf.get(), nullptr);
  X509_STORE_CTX_set_purpose(context, purpose);
  X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
  const bool ok = X509_verify_cert(context) == 1;
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return ok;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(Authority, IsMadeOnceAndPrivate) {
  const TemporaryFolder folder;
  const auto first = Authority::open(folder.file("fleet"));
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(mode_of(folder.file("fleet")), 0700U);
  EXPECT_EQ(mode_of(folder.file("fleet/ca.key")), 0600U);
  EXPECT_EQ(mode_of(folder.file("fleet/ca.crt")), 0600U);
  const auto second = Authority::open(folder.file("fleet"));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->certificate(), second->certificate());
}

TEST(Authority, ACertificateNamesOneSensorAndIsForClientsOnly) {
  const TemporaryFolder folder;
  const Authority authority = Authority::open(folder.file("fleet")).value();
  const auto issued = authority.issue_sensor("tokyo-1.a_b", 398);
  ASSERT_TRUE(issued.ok()) << issued.error().message;
  EXPECT_EQ(issued->serial.size(), 32U);  // 128 bits
  EXPECT_NE(issued->serial, authority.issue_sensor("tokyo-1.a_b", 398)->serial);
  const Parsed certificate(issued->certificate);
  const auto identity = identity_of(*certificate.get());
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ(identity->sensor, "tokyo-1.a_b");
  EXPECT_EQ(identity->serial, issued->serial);
  const auto left = identity->expires - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(24 * 398 - 1));
  EXPECT_LE(left, std::chrono::hours(24 * 398));
  EXPECT_TRUE(verifies(issued->certificate, authority.certificate(), X509_PURPOSE_SSL_CLIENT));
  EXPECT_FALSE(verifies(issued->certificate, authority.certificate(), X509_PURPOSE_SSL_SERVER));
}

TEST(Authority, AnotherAuthorityAndAnExpiredCertificateDoNotVerify) {
  const TemporaryFolder folder;
  const Authority authority = Authority::open(folder.file("a")).value();
  const Authority other = Authority::open(folder.file("b")).value();
  const auto issued = authority.issue_sensor("tokyo", 10).value();
  EXPECT_FALSE(verifies(issued.certificate, other.certificate(), X509_PURPOSE_SSL_CLIENT));
  const auto expired = authority.issue_sensor("tokyo", -1).value();
  EXPECT_FALSE(verifies(expired.certificate, authority.certificate(), X509_PURPOSE_SSL_CLIENT));
  EXPECT_LT(expired.expires, std::chrono::system_clock::now());
}

TEST(Authority, TheServersCertificateIsKeptUntilItsNamesOrItsTimeChange) {
  const TemporaryFolder folder;
  const Authority authority = Authority::open(folder.file("fleet")).value();
  const UtcTime now = std::chrono::system_clock::now();
  const std::vector<std::string> names = {"localhost", "192.0.2.1", "2001:DB8::1"};
  const auto first = authority.server(names, now).value();
  EXPECT_TRUE(verifies(first.certificate, authority.certificate(), X509_PURPOSE_SSL_SERVER));
  const Parsed certificate(first.certificate);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "2001:db8::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.1", 0), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "example.net", 0, 0, nullptr), 0);
  EXPECT_FALSE(identity_of(*certificate.get()).has_value());
  EXPECT_EQ(authority.server(names, now)->serial, first.serial);
  EXPECT_EQ(authority.server(names, now + std::chrono::hours(24 * 337))->serial, first.serial);
  EXPECT_NE(authority.server(names, now + std::chrono::hours(24 * 339))->serial, first.serial);
  const auto others = authority.server({"example.net"}, now).value();
  const Parsed other(others.certificate);
  EXPECT_EQ(X509_check_host(other.get(), "example.net", 0, 0, nullptr), 1);
}

TEST(Authority, ADamagedKeyIsSaidAndNotReplaced) {
  const TemporaryFolder folder;
  ASSERT_TRUE(Authority::open(folder.file("fleet")).ok());
  std::ofstream(folder.file("fleet/ca.key")) << "no key";
  const auto damaged = Authority::open(folder.file("fleet"));
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, ErrorCode::malformed);
  std::filesystem::remove(folder.file("fleet/ca.key"));
  const auto without = Authority::open(folder.file("fleet"));
  ASSERT_FALSE(without.ok());
  EXPECT_EQ(without.error().code, ErrorCode::malformed);
}

TEST(Authority, NamesOfSensors) {
  for (const char* good : {"tokyo", "1", "a.b_c-d", "A0"})
    EXPECT_TRUE(is_fleet_name(good)) << good;
  const std::string long_name(65, 'a');
  for (const std::string& bad :
       {std::string(), std::string("-"), std::string(".a"), std::string("../x"), std::string("a/b"),
        std::string("a b"), std::string("東京"), long_name, std::string("a\0b", 3)})
    EXPECT_FALSE(is_fleet_name(bad)) << bad;
  EXPECT_TRUE(is_fleet_name(long_name.substr(1)));
}

TEST(Authority, NamesOfTheCollectorAreHostsOrAddresses) {
  EXPECT_TRUE(check_hosts({"collector.example.net", "192.0.2.1", "2001:db8::1", "host-1"}).ok());
  for (const char* bad : {"", "https://collector.example.net", "collector.example.net:8443",
                          "192.0.2.1:8443", "[2001:db8::1]", "a/b", "a b", "*.example.net"}) {
    const auto checked = check_hosts({"localhost", bad});
    ASSERT_FALSE(checked.ok()) << bad;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace teiten
