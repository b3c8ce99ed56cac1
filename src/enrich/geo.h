#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/region.h"
#include "net/time.h"

namespace teiten {

/// Databases one run may open: ten years of monthly ones.
inline constexpr std::size_t kMaxGeoFiles = 120;

/// `--geo FILE[@DATE]`; without a date the database's own build date counts.
struct GeoFile {
  std::string path;
  std::optional<Day> date;
  /// "file.mmdb" or "file.mmdb@2013-04-01". An '@' that digits do not follow belongs to the path.
  static Result<GeoFile> parse(std::string_view text);
};

/// Regions as of a date, from one or more MMDB files.
class GeoDatabases {
 public:
  /// No file given: the one that TEITEN_GEO names, else the one installed with the program, else
  /// the one npm installed. A missing or broken file is one error that names it and says what to
  /// do.
  static Result<GeoDatabases> open(const std::vector<GeoFile>& files);
  GeoDatabases(GeoDatabases&&) noexcept;
  GeoDatabases& operator=(GeoDatabases&&) noexcept;
  ~GeoDatabases();

  /// Region of `address` at `time` by the newest database dated at or before `time`, else by the
  /// oldest. ZZ where unknown; special-purpose addresses are never looked up. Safe to call from
  /// several threads.
  Region region_of(const IpAddress& address, UtcTime time) const;

  struct Description {
    std::string name;  ///< the file's name without its ending: what the database is known by
    std::string path;
    Day date;  ///< the date it counts from
  };
  /// Oldest first.
  const std::vector<Description>& databases() const;
  /// "geo-whois-asn-country 2026-06-17" for the database that serves `time`.
  std::string source_at(UtcTime time) const;

  /// A network and its region, for the simulator. IPv4 comes first and once, whatever copies of it
  /// the file has inside IPv6; neighbours of one region are joined; each family in address order.
  struct Network {
    Prefix prefix;
    Region region;
  };
  /// Of the newest database.
  Result<std::vector<Network>> networks() const;
  /// Of the database that serves `time`.
  Result<std::vector<Network>> networks_at(UtcTime time) const;

 private:
  struct State;
  explicit GeoDatabases(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace teiten
