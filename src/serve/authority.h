#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/time.h"
#include "serve/state_folder.h"

struct x509_st;

namespace teiten {

/// How long the collector's own CA is valid: longer than a fleet lives.
inline constexpr int kAuthorityDays = 20 * 365;
/// Validity of a sensor's certificate and of the collector's own.
inline constexpr int kCertificateDays = 398;
/// The collector's own certificate is made anew when less than this is left of it.
inline constexpr int kServerRenewalDays = 60;

/// A certificate with its key, both PEM.
struct IssuedCertificate {
  std::string certificate;
  std::string key;
  std::string serial;  ///< hexadecimal: 128 random bits
  UtcTime expires{};
};

/// Who a verified certificate is for.
struct PeerIdentity {
  std::string sensor;
  std::string serial;
  UtcTime expires{};
};

/// Names of sensors of a fleet: they stand in paths, URLs and certificates. 1 to 64 of A–Z a–z 0–9
/// . _ -, the first one a letter or digit.
bool is_fleet_name(std::string_view name);

/// invalid_argument: one of them is no host name or address, such as https://host or host:8443.
Result<void> check_hosts(const std::vector<std::string>& names);

/// The collector's own certification authority: keys on P-256, certificates signed with SHA-256,
/// kept in a folder (ca.key, ca.crt) that only its owner can read.
class Authority {
 public:
  /// Opens the authority of `folder`, and makes folder and authority on first use. Errors:
  /// malformed (a damaged file), permission_denied, io_error.
  static Result<Authority> open(const std::string& folder);

  /// Whether open() made it: there was no collector here before.
  bool is_new() const { return is_new_; }

  /// The CA's certificate, PEM: what a sensor trusts, and nothing else.
  const std::string& certificate() const { return certificate_; }

  /// A client's certificate that names one sensor. Negative `days`: one that has expired, to try
  /// out what happens then.
  Result<IssuedCertificate> issue_sensor(const std::string& name, int days) const;

  /// Key and certificate of the collector for these host names and addresses, PEM: the ones in the
  /// folder (server.pem) unless they are for other names or near their end; then new ones. busy:
  /// new ones are needed, and another process holds the folder's lock for longer than `patience`.
  Result<IssuedCertificate> server(const std::vector<std::string>& names, UtcTime now,
                                   std::chrono::milliseconds patience = kLockPatience) const;

 private:
  /// What the folder has, if it is for these hosts and not near its end.
  std::optional<IssuedCertificate> stored_server(const std::vector<std::string>& hosts,
                                                 UtcTime now) const;

  bool is_new_ = false;
  std::string folder_;
  std::string certificate_;
  std::string key_;
};

/// What a certificate of issue_sensor() says; nothing for any other.
std::optional<PeerIdentity> identity_of(const x509_st& certificate);

}  // namespace teiten
