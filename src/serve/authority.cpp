#include "serve/authority.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/private_file.h"
#include "net/ip_address.h"
#include "serve/state_folder.h"

namespace teiten {
namespace {

template <auto function>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;

constexpr std::size_t kMaxPemBytes = 64U << 10;
constexpr int kSerialBytes = 16;
/// A sensor whose clock is behind must be able to use its certificate.
constexpr long kEarlierSeconds = 24L * 3600;
constexpr long kDaySeconds = 24L * 3600;
constexpr const char* kServerFile = "/server.pem";
constexpr std::string_view kSensorUri = "urn:teiten:sensor:";

Error openssl_failure(std::string_view what) {
  char text[256] = "no reason given";
  if (const unsigned long code = ERR_peek_last_error(); code != 0)
    ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return failure(ErrorCode::internal, fmt::format("cannot {}: OpenSSL: {}", what, text));
}

std::string content_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return content_of(bio.get());
}

std::string pem_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return content_of(bio.get());
}

/// No pass phrase is ever asked for on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) {
  return -1;
}

Key key_from(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
}

Certificate certificate_from(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
}

Result<Key> new_key() {
  Key key(EVP_EC_gen("P-256"));
  if (!key) return openssl_failure("make a key");
  return key;
}

std::string serial_of(const X509& certificate) {
  const Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr));
  if (!number) return {};
  char* hex = BN_bn2hex(number.get());
  std::string text = hex == nullptr ? "" : hex;
  OPENSSL_free(hex);
  return text;
}

UtcTime expiry_of(const X509& certificate) {
  std::tm broken_down{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &broken_down) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&broken_down));
}

bool set_random_serial(X509* certificate) {
  unsigned char bytes[kSerialBytes];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7f;  // positive, as RFC 5280 §4.1.2.2 wants it
  bytes[0] |= 0x40;  // and always of the same length
  const Number number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_alternative_names(X509* certificate, const Names& names) {
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_REPLACE) ==
         1;
}

/// A name that is an address becomes one (iPAddress), any other a dNSName.
bool push_host(const Names& names, const std::string& host) {
  unsigned char address[16];
  const bool v4 = ::inet_pton(AF_INET, host.c_str(), address) == 1;
  const bool v6 = !v4 && ::inet_pton(AF_INET6, host.c_str(), address) == 1;
  ASN1_STRING* value = v4 || v6 ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (value == nullptr || name == nullptr) return false;
  if (v4 || v6) {
    ASN1_STRING_set(value, address, v4 ? 4 : 16);
    GENERAL_NAME_set0_value(name, GEN_IPADD, value);
  } else {
    ASN1_STRING_set(value, host.data(), static_cast<int>(host.size()));
    GENERAL_NAME_set0_value(name, GEN_DNS, value);
  }
  return sk_GENERAL_NAME_push(names.get(), name) > 0;
}

bool push_uri(const Names& names, const std::string& uri) {
  ASN1_STRING* value = ASN1_IA5STRING_new();
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (value == nullptr || name == nullptr) return false;
  ASN1_STRING_set(value, uri.data(), static_cast<int>(uri.size()));
  GENERAL_NAME_set0_value(name, GEN_URI, value);
  return sk_GENERAL_NAME_push(names.get(), name) > 0;
}

std::string_view text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

/// Host names and addresses of a certificate as push_host() wrote them, sorted.
std::vector<std::string> hosts_of(const X509& certificate) {
  std::vector<std::string> hosts;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    const std::string_view bytes = text_of(value);
    if (type == GEN_DNS) hosts.emplace_back(bytes);
    if (type != GEN_IPADD) continue;
    char text[INET6_ADDRSTRLEN];
    if (::inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text) !=
        nullptr)
      hosts.emplace_back(text);
  }
  std::sort(hosts.begin(), hosts.end());
  return hosts;
}

std::vector<std::string> normalised(const std::vector<std::string>& names) {
  std::vector<std::string> hosts;
  for (const std::string& name : names) {
    unsigned char address[16];
    char text[INET6_ADDRSTRLEN];
    const bool v6 = ::inet_pton(AF_INET6, name.c_str(), address) == 1;
    hosts.emplace_back(v6 ? ::inet_ntop(AF_INET6, address, text, sizeof text) : name.c_str());
  }
  std::sort(hosts.begin(), hosts.end());
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  return hosts;
}

/// What all certificates have: version, serial, name, time, key.
Result<Certificate> begin_certificate(const std::string& common_name, EVP_PKEY* key, int days) {
  Certificate certificate(X509_new());
  if (!certificate) return openssl_failure("make a certificate");
  X509* x = certificate.get();
  X509_NAME* name = X509_get_subject_name(x);
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  // An expired one is valid for a day that is over.
  const long begins = days < 0 ? days * kDaySeconds - kEarlierSeconds : -kEarlierSeconds;
  const bool made = X509_set_version(x, X509_VERSION_3) == 1 && set_random_serial(x) &&
                    X509_gmtime_adj(X509_getm_notBefore(x), begins) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(x), days * kDaySeconds) != nullptr &&
                    X509_set_pubkey(x, key) == 1 &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text,
                                               static_cast<int>(common_name.size()), -1, 0) == 1;
  if (!made) return openssl_failure("make a certificate");
  return certificate;
}

Result<Certificate> make_authority(EVP_PKEY* key) {
  TEITEN_TRY(Certificate certificate,
             begin_certificate("teiten collector CA", key, kAuthorityDays));
  X509* x = certificate.get();
  const bool made = X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
                    add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(x, x, NID_subject_key_identifier, "hash") &&
                    X509_sign(x, key, EVP_sha256()) > 0;
  if (!made) return openssl_failure("sign the CA's certificate");
  return certificate;
}

Result<IssuedCertificate> issue(const std::string& ca_certificate, const std::string& ca_key,
                                const std::string& common_name, int days, const char* usage,
                                const Names& names) {
  const Certificate issuer = certificate_from(ca_certificate);
  const Key issuer_key = key_from(ca_key);
  if (!issuer || !issuer_key) return openssl_failure("read the CA");
  TEITEN_TRY(const Key key, new_key());
  TEITEN_TRY(const Certificate certificate, begin_certificate(common_name, key.get(), days));
  X509* x = certificate.get();
  const bool made = X509_set_issuer_name(x, X509_get_subject_name(issuer.get())) == 1 &&
                    add_extension(x, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(x, issuer.get(), NID_key_usage, "critical,digitalSignature") &&
                    add_extension(x, issuer.get(), NID_ext_key_usage, usage) &&
                    add_extension(x, issuer.get(), NID_subject_key_identifier, "hash") &&
                    add_extension(x, issuer.get(), NID_authority_key_identifier, "keyid:always") &&
                    add_alternative_names(x, names) &&
                    X509_sign(x, issuer_key.get(), EVP_sha256()) > 0;
  if (!made) return openssl_failure(fmt::format("issue a certificate for {}", common_name));
  return IssuedCertificate{pem_of(x), pem_of(key.get()), serial_of(*x), expiry_of(*x)};
}

Error damaged(const std::string& path) {
  ERR_clear_error();
  return failure(ErrorCode::malformed,
                 fmt::format("{} is damaged: put back a copy of it, or move its folder away and "
                             "enrol every sensor again",
                             path));
}

}  // namespace

bool is_fleet_name(std::string_view name) {
  constexpr std::size_t kMaxNameBytes = 64;
  const auto alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (name.empty() || name.size() > kMaxNameBytes || !alphanumeric(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

Result<void> check_hosts(const std::vector<std::string>& names) {
  constexpr std::size_t kMaxNameBytes = 253;
  for (const std::string& name : names) {
    const bool is_name = !name.empty() && name.size() <= kMaxNameBytes &&
                         std::all_of(name.begin(), name.end(), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                                  (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
                         });
    if (is_name || IpAddress::parse(name)) continue;
    return failure(ErrorCode::invalid_argument,
                   fmt::format("--name {}: it is a host name or an address, such as "
                               "collector.example.net, without https://, port or path",
                               name.substr(0, kMaxNameBytes)));
  }
  return {};
}

Result<Authority> Authority::open(const std::string& folder) {
  TEITEN_CHECK(make_private_folder(folder));
  TEITEN_TRY(const FolderLock lock, FolderLock::take(folder));
  const std::string key_path = folder + "/ca.key";
  const std::string certificate_path = folder + "/ca.crt";
  Authority authority;
  authority.folder_ = folder;
  auto key_text = read_small_file(key_path, kMaxPemBytes);
  if (!key_text.ok() && key_text.error().code != ErrorCode::not_found) return key_text.error();
  if (!key_text.ok()) {
    // A certificate without its key is of no use, but throwing it away is not ours to decide.
    if (std::filesystem::exists(certificate_path)) return damaged(key_path);
    authority.is_new_ = true;
    TEITEN_TRY(const Key key, new_key());
    key_text = pem_of(key.get());
    TEITEN_CHECK(write_private_file(key_path, *key_text));
  }
  authority.key_ = *key_text;
  const Key key = key_from(authority.key_);
  if (!key) return damaged(key_path);
  auto certificate_text = read_small_file(certificate_path, kMaxPemBytes);
  if (!certificate_text.ok()) {
    if (certificate_text.error().code != ErrorCode::not_found) return certificate_text.error();
    TEITEN_TRY(const Certificate made, make_authority(key.get()));
    certificate_text = pem_of(made.get());
    TEITEN_CHECK(write_private_file(certificate_path, *certificate_text));
  }
  authority.certificate_ = *certificate_text;
  const Certificate certificate = certificate_from(authority.certificate_);
  if (!certificate || X509_check_private_key(certificate.get(), key.get()) != 1)
    return damaged(certificate_path);
  return authority;
}

Result<IssuedCertificate> Authority::issue_sensor(const std::string& name, int days) const {
  if (!is_fleet_name(name)) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: a sensor's name has 1 to 64 letters, digits, '.', '_' and '-' "
                               "and begins with a letter or digit",
                               name));
  }
  const Names names(GENERAL_NAMES_new());
  if (!names || !push_uri(names, std::string(kSensorUri) + name))
    return openssl_failure("name the sensor");
  return issue(certificate_, key_, name, days, "clientAuth", names);
}

std::optional<IssuedCertificate> Authority::stored_server(const std::vector<std::string>& hosts,
                                                          UtcTime now) const {
  const auto text = read_small_file(folder_ + kServerFile, kMaxPemBytes);
  if (!text.ok()) return std::nullopt;
  const Certificate certificate = certificate_from(*text);
  const Key key = key_from(*text);
  const Certificate issuer = certificate_from(certificate_);
  const Key issuer_key = key_from(key_);
  if (certificate && key && issuer && issuer_key && hosts_of(*certificate) == hosts &&
      expiry_of(*certificate) - now > std::chrono::hours(24 * kServerRenewalDays) &&
      X509_check_private_key(certificate.get(), key.get()) == 1 &&
      X509_verify(certificate.get(), issuer_key.get()) == 1) {
    return IssuedCertificate{pem_of(certificate.get()), pem_of(key.get()), serial_of(*certificate),
                             expiry_of(*certificate)};
  }
  ERR_clear_error();
  return std::nullopt;
}

Result<IssuedCertificate> Authority::server(const std::vector<std::string>& names, UtcTime now,
                                            std::chrono::milliseconds patience) const {
  const std::vector<std::string> hosts = normalised(names);
  if (auto stored = stored_server(hosts, now)) return *std::move(stored);
  TEITEN_TRY(const FolderLock lock, FolderLock::take(folder_, patience));
  const Names alternative(GENERAL_NAMES_new());
  if (!alternative) return openssl_failure("name the collector");
  for (const std::string& host : hosts) {
    if (!push_host(alternative, host)) return openssl_failure("name the collector");
  }
  TEITEN_TRY(IssuedCertificate issued, issue(certificate_, key_, "teiten collector",
                                             kCertificateDays, "serverAuth", alternative));
  TEITEN_CHECK(write_private_file(folder_ + kServerFile, issued.key + issued.certificate));
  return issued;
}

std::optional<PeerIdentity> identity_of(const x509_st& certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return std::nullopt;
  int type = 0;
  const auto* value = static_cast<const ASN1_STRING*>(
      GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), 0), &type));
  if (type != GEN_URI) return std::nullopt;
  std::string_view uri = text_of(value);
  if (!uri.starts_with(kSensorUri)) return std::nullopt;
  uri.remove_prefix(kSensorUri.size());
  if (!is_fleet_name(uri)) return std::nullopt;
  return PeerIdentity{std::string(uri), serial_of(certificate), expiry_of(certificate)};
}

}  // namespace teiten
