#include "enrich/geo.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/assert.h"
#include "enrich/mmdb.h"
#include "net/special_purpose.h"

namespace teiten {
namespace {

constexpr const char* kGeoVariable = "TEITEN_GEO";

/// The database that was installed with the program (/usr/bin/teiten has
/// /usr/share/teiten/NAME.mmdb), else the one of the tree in which it was built.
std::string default_mmdb() {
  const std::filesystem::path built = TEITEN_DEFAULT_MMDB;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto installed =
        program.parent_path().parent_path() / "share" / "teiten" / built.filename();
    if (std::filesystem::exists(installed, error)) return installed;
  }
  return built;
}

/// Appends the fewest prefixes that cover [first, last], in address order.
void append_prefixes(std::vector<GeoDatabases::Network>& networks, IpAddress first,
                     const IpAddress& last, Region region) {
  const bool v4 = first.is_v4();
  const int bits = v4 ? 32 : 128;
  for (;;) {
    const int zeros = first.low() != 0
                          ? std::countr_zero(first.low())
                          : 64 + (first.high() != 0 ? std::countr_zero(first.high()) : 64);
    int length = bits - std::min(bits, zeros);
    while (length < bits && Prefix(first, length).last() > last)
      ++length;
    const Prefix prefix(first, length);
    networks.push_back({prefix, region});
    const IpAddress end = prefix.last();
    if (end >= last) return;
    const std::uint64_t low = end.low() + 1;
    first = IpAddress::v6(end.high() + (low == 0 ? 1 : 0), low);
  }
}

}  // namespace

Result<GeoFile> GeoFile::parse(std::string_view text) {
  const std::size_t at = text.rfind('@');
  GeoFile file{std::string(text), std::nullopt};
  // A path may hold an '@' of its own (npm's scopes do): only what looks like a date is one.
  if (at != std::string_view::npos && at + 1 < text.size() &&
      text.find_first_not_of("0123456789-", at + 1) == std::string_view::npos) {
    const auto date = parse_day(text.substr(at + 1));
    if (!date) {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("'{}' in --geo {} is not a date: write FILE@YYYY-MM-DD",
                                 text.substr(at + 1), text));
    }
    file = {std::string(text.substr(0, at)), date};
  }
  if (file.path.empty()) {
    return failure(ErrorCode::invalid_argument,
                   "--geo needs the path of an MMDB file: FILE or FILE@YYYY-MM-DD");
  }
  return file;
}

struct GeoDatabases::State {
  struct Database {
    Description description;
    UtcTime from{};
    RegionTable table;
  };
  std::vector<Database> databases;  ///< oldest first
  std::vector<Description> descriptions;

  const Database& at(UtcTime time) const {
    TEITEN_ASSERT(!databases.empty());
    const auto after =
        std::upper_bound(databases.begin(), databases.end(), time,
                         [](UtcTime t, const Database& database) { return t < database.from; });
    return after == databases.begin() ? databases.front() : *std::prev(after);
  }
};

GeoDatabases::GeoDatabases(std::unique_ptr<State> state) : state_(std::move(state)) {}
GeoDatabases::GeoDatabases(GeoDatabases&&) noexcept = default;
GeoDatabases& GeoDatabases::operator=(GeoDatabases&&) noexcept = default;
GeoDatabases::~GeoDatabases() = default;

Result<GeoDatabases> GeoDatabases::open(const std::vector<GeoFile>& files) {
  std::vector<GeoFile> named = files;
  if (named.empty()) {
    const char* variable = std::getenv(kGeoVariable);
    TEITEN_TRY(GeoFile file,
               GeoFile::parse(variable != nullptr && *variable != '\0' ? std::string(variable)
                                                                       : default_mmdb()));
    named.push_back(std::move(file));
  }
  if (named.size() > kMaxGeoFiles) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("{} geolocation databases given, at most {} can be open",
                               named.size(), kMaxGeoFiles));
  }
  auto state = std::make_unique<State>();
  for (const GeoFile& file : named) {
    TEITEN_TRY(MmdbRegions regions, read_mmdb(file.path));
    const Day date = file.date.value_or(regions.build_day);
    state->databases.push_back({{std::filesystem::path(file.path).stem().string(), file.path, date},
                                UtcTime{std::chrono::sys_days{date}},
                                std::move(regions.table)});
  }
  // Stable: of two with one date the one named last serves.
  std::stable_sort(state->databases.begin(), state->databases.end(),
                   [](const auto& a, const auto& b) { return a.from < b.from; });
  for (const auto& database : state->databases)
    state->descriptions.push_back(database.description);
  return GeoDatabases(std::move(state));
}

Region GeoDatabases::region_of(const IpAddress& address, UtcTime time) const {
  if (is_special(use_of(address))) return {};
  return state_->at(time).table.find(address);
}

const std::vector<GeoDatabases::Description>& GeoDatabases::databases() const {
  return state_->descriptions;
}

std::string GeoDatabases::source_at(UtcTime time) const {
  const Description& description = state_->at(time).description;
  return fmt::format("{} {}", description.name, format_day(description.date));
}

Result<std::vector<GeoDatabases::Network>> GeoDatabases::networks() const {
  return networks_at(UtcTime::max());
}

Result<std::vector<GeoDatabases::Network>> GeoDatabases::networks_at(UtcTime time) const {
  std::vector<Network> networks;
  for (const auto& range : state_->at(time).table.ranges())
    append_prefixes(networks, range.first, range.last, range.region);
  return networks;
}

}  // namespace teiten
