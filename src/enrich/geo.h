#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/region.h"
#include "net/time.h"

namespace teiten {

/// `--geo FILE[@DATE]`; without a date the database's own build date counts.
struct GeoFile {
  std::string path;
  std::optional<Day> date;
  /// "file.mmdb" or "file.mmdb@2013-04-01".
  static Result<GeoFile> parse(std::string_view text);
};

/// Regions as of a date, from one or more MMDB files.
class GeoDatabases {
 public:
  /// No file given: the database npm installed (or TEITEN_GEO names one). A missing or broken file
  /// is one error that names it and says what to do.
  static Result<GeoDatabases> open(const std::vector<GeoFile>& files);
  GeoDatabases(GeoDatabases&&) noexcept;
  GeoDatabases& operator=(GeoDatabases&&) noexcept;
  ~GeoDatabases();

  /// Region of `address` at `time` by the newest database dated at or before `time`, else by the
  /// oldest. ZZ where unknown; special-purpose addresses are never looked up. Safe to call from
  /// several threads.
  Region region_of(const IpAddress& address, UtcTime time) const;

  struct Description {
    std::string name;  ///< the database's own type name
    std::string path;
    Day date;  ///< the date it counts from
  };
  /// Oldest first.
  const std::vector<Description>& databases() const;
  /// "geo-whois-asn-country 2026-06-17" for the database that serves `time`.
  std::string source_at(UtcTime time) const;

  /// A network and its region, for the simulator: every network of the newest database, in address
  /// order.
  struct Network {
    Prefix prefix;
    Region region;
  };
  Result<std::vector<Network>> networks() const;

 private:
  struct State;
  explicit GeoDatabases(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace teiten
