#include "enrich/scanners.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <toml++/toml.h>

// The names are those of the assembler file.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const char teiten_scanners_toml[];
extern const char teiten_scanners_toml_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace teiten {
namespace {

constexpr const char* kKeys = "prefix, organisation, source, valid_from and, if it ended, valid_to";

Error bad(const std::string& origin, const toml::source_region& where, std::string_view what) {
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{}:{}: {}", origin, where.begin.line, what));
}

/// One [[scanner]] table, checked.
struct Entry {
  Prefix prefix;
  std::string organisation;
  UtcTime from{};
  UtcTime to = UtcTime::max();
};

Result<std::string> text_of(const std::string& origin, const toml::table& table,
                            std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    return bad(origin, table.source(),
               fmt::format("'{}' is missing: a scanner has {}", key, kKeys));
  }
  const auto text = node->value_exact<std::string>();
  const bool printable = text && std::none_of(text->begin(), text->end(), [](char c) {
                           return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
                         });
  if (!text || text->empty() || text->size() > kMaxOrganisationBytes || !printable) {
    return bad(origin, node->source(),
               fmt::format("'{}' must be a text of 1 to {} bytes in one line", key,
                           kMaxOrganisationBytes));
  }
  return *text;
}

Result<std::optional<UtcTime>> day_of(const std::string& origin, const toml::table& table,
                                      std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return std::optional<UtcTime>{};
  const auto date = node->value_exact<toml::date>();
  if (!date) {
    return bad(origin, node->source(),
               fmt::format("'{}' must be a day without quotes, such as 2024-01-31", key));
  }
  const Day day{std::chrono::year{date->year}, std::chrono::month{date->month},
                std::chrono::day{date->day}};
  // Within what a time of nanoseconds can hold.
  if (!day.ok() || date->year < 1970 || date->year > 2200) {
    return bad(origin, node->source(), fmt::format("'{}' must be a day from 1970 to 2200", key));
  }
  return std::optional<UtcTime>{std::chrono::sys_days{day}};
}

Result<Entry> entry_of(const std::string& origin, const toml::table& table) {
  for (const auto& [key, value] : table) {
    if (key != "prefix" && key != "organisation" && key != "source" && key != "valid_from" &&
        key != "valid_to") {
      return bad(origin, value.source(),
                 fmt::format("unknown key '{}': a scanner has {}", key.str(), kKeys));
    }
  }
  Entry entry;
  TEITEN_TRY(const std::string prefix, text_of(origin, table, "prefix"));
  const auto parsed = Prefix::parse(prefix);
  const auto address = IpAddress::parse(std::string_view(prefix).substr(0, prefix.find('/')));
  if (!parsed || !address || parsed->first() != *address) {
    return bad(origin, table.get("prefix")->source(),
               fmt::format("'{}' is no network (such as 192.0.2.0/24 or 2001:db8::/48; host bits "
                           "must be 0)",
                           prefix));
  }
  entry.prefix = *parsed;
  TEITEN_TRY(entry.organisation, text_of(origin, table, "organisation"));
  if (entry.organisation == "-") {
    return bad(origin, table.get("organisation")->source(), "'-' stands for no scanner");
  }
  TEITEN_TRY(const std::string source, text_of(origin, table, "source"));
  TEITEN_TRY(const auto from, day_of(origin, table, "valid_from"));
  if (!from) {
    return bad(origin, table.source(),
               fmt::format("'valid_from' is missing: a scanner has {}", kKeys));
  }
  entry.from = *from;
  TEITEN_TRY(const auto to, day_of(origin, table, "valid_to"));
  if (to) {
    if (*to < entry.from)
      return bad(origin, table.get("valid_to")->source(), "'valid_to' is before 'valid_from'");
    entry.to = *to + std::chrono::days{1};
  }
  return entry;
}

/// Length in the 128-bit space, as addresses are held.
int full_length(const Prefix& prefix) {
  return prefix.is_v4() ? prefix.length() + 96 : prefix.length();
}

/// The address with all but its first `length` bits cleared.
IpAddress first_bits(const IpAddress& address, int length) {
  const auto mask = [](int bits) {
    return bits <= 0 ? 0 : bits >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - bits);
  };
  return IpAddress::v6(address.high() & mask(length), address.low() & mask(length - 64));
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return failure(ErrorCode::not_found,
                   fmt::format("cannot read the list of scanners {}: name a TOML file of "
                               "[[scanner]] tables",
                               path));
  }
  std::string text(kMaxScannerFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxScannerFileBytes) {
    return failure(
        ErrorCode::limit_reached,
        fmt::format("{} is larger than {} bytes: no list of scanners", path, kMaxScannerFileBytes));
  }
  return text;
}

}  // namespace

Result<KnownScanners> KnownScanners::open(const std::vector<std::string>& files) {
  KnownScanners scanners;
  TEITEN_CHECK(scanners.add({teiten_scanners_toml, teiten_scanners_toml_end}, "scanners.toml"));
  for (const std::string& path : files) {
    TEITEN_TRY(const std::string text, read_file(path));
    TEITEN_CHECK(scanners.add(text, path));
  }
  return scanners;
}

Result<std::uint16_t> KnownScanners::organisation_number(const std::string& name) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) return known->second;
  if (organisations_.size() == kMaxOrganisations) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("more than {} organisations of scanners", kMaxOrganisations));
  }
  organisations_.push_back(name);
  const auto number = static_cast<std::uint16_t>(organisations_.size());
  by_name_[name] = number;
  return number;
}

void KnownScanners::cover(const Prefix& prefix) {
  Range range{prefix.first(), prefix.last()};
  // Networks lie within one another or apart.
  auto at = std::lower_bound(covered_.begin(), covered_.end(), range.first,
                             [](const Range& r, const IpAddress& first) { return r.last < first; });
  if (at != covered_.end() && at->first <= range.first && range.last <= at->last) return;
  auto end = at;
  while (end != covered_.end() && end->first <= range.last)
    ++end;
  covered_.insert(covered_.erase(at, end), range);
}

Result<void> KnownScanners::add(std::string_view text, const std::string& origin) {
  toml::table document;
  try {
    document = toml::parse(text, std::string_view(origin));
  } catch (const toml::parse_error& error) {
    return bad(origin, error.source(), error.description());
  }
  const std::size_t file = files_++;
  for (const auto& [key, value] : document) {
    const toml::array* tables = value.as_array();
    if (key != "scanner" || tables == nullptr) {
      return bad(
          origin, value.source(),
          fmt::format("unknown key '{}': the file is a list of [[scanner]] tables", key.str()));
    }
    for (const auto& element : *tables) {
      const toml::table* table = element.as_table();
      if (table == nullptr)
        return bad(origin, element.source(), "write [[scanner]] for each network");
      TEITEN_TRY(const Entry entry, entry_of(origin, *table));
      if (networks_ == kMaxScannerNetworks) {
        return failure(
            ErrorCode::limit_reached,
            fmt::format("{}: more than {} networks of scanners", origin, kMaxScannerNetworks));
      }
      TEITEN_TRY(const std::uint16_t organisation, organisation_number(entry.organisation));
      auto& validities = by_length_[full_length(entry.prefix)][entry.prefix.first()];
      for (const Validity& other : validities) {
        if (other.file == file && entry.from < other.to && other.from < entry.to) {
          return bad(origin, table->source(),
                     fmt::format("{} is given twice for the same day", entry.prefix.to_string()));
        }
      }
      validities.push_back({entry.from, entry.to, organisation, file});
      cover(entry.prefix);
      ++networks_;
    }
  }
  return {};
}

std::uint16_t KnownScanners::find(const IpAddress& address, UtcTime time) const {
  const auto range =
      std::lower_bound(covered_.begin(), covered_.end(), address,
                       [](const Range& r, const IpAddress& wanted) { return r.last < wanted; });
  if (range == covered_.end() || address < range->first) return 0;
  for (const auto& [length, networks] : by_length_) {
    const auto found = networks.find(first_bits(address, length));
    if (found == networks.end()) continue;
    // Files that were given later stand later.
    for (auto validity = found->second.rbegin(); validity != found->second.rend(); ++validity)
      if (validity->from <= time && time < validity->to) return validity->organisation;
  }
  return 0;
}

}  // namespace teiten
