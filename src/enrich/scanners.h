#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/time.h"

namespace teiten {

/// Limits of the lists of known scanners: thousands of networks, hundreds of organisations.
inline constexpr std::size_t kMaxScannerNetworks = 100'000;
inline constexpr std::size_t kMaxScannerFileBytes = 16U << 20;
inline constexpr std::size_t kMaxOrganisations = 10'000;
inline constexpr std::size_t kMaxOrganisationBytes = 200;

/// Networks from which somebody scans the Internet and says so, each from a day on and perhaps to a
/// day (docs/kinds.md): whose network an address was at a time.
class KnownScanners {
 public:
  /// The list that is built in (data/scanners.toml) and then these files, which go before it.
  static Result<KnownScanners> open(const std::vector<std::string>& files);

  /// Adds `[[scanner]]` tables from TOML text; `origin` stands in messages. invalid_argument with
  /// the line for an unknown or missing key, a wrong type, a network with host bits, days in the
  /// wrong order, or a network given twice for the same day; limit_reached past the limits above.
  Result<void> add(std::string_view toml, const std::string& origin);

  /// 1 + index into organisations() of whose network the address was in at `time` (UTC days), 0 for
  /// nobody. The longest prefix wins; of equal ones the file given last.
  std::uint16_t find(const IpAddress& address, UtcTime time) const;
  const std::vector<std::string>& organisations() const { return organisations_; }
  std::size_t networks() const { return networks_; }

 private:
  struct Validity {
    UtcTime from{};
    UtcTime to = UtcTime::max();  ///< exclusive
    std::uint16_t organisation = 0;
    std::size_t file = 0;
  };
  struct Range {
    IpAddress first;
    IpAddress last;
  };
  using Networks = std::unordered_map<IpAddress, std::vector<Validity>>;

  Result<std::uint16_t> organisation_number(const std::string& name);
  void cover(const Prefix& prefix);

  std::vector<std::string> organisations_;
  std::map<std::string, std::uint16_t, std::less<>> by_name_;
  std::map<int, Networks, std::greater<>> by_length_;  ///< length in the 128-bit space
  std::vector<Range> covered_;  ///< of all networks: sorted, disjoint; most addresses are in none
  std::size_t networks_ = 0;
  std::size_t files_ = 0;
};

}  // namespace teiten
