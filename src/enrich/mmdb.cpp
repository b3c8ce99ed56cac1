#include "enrich/mmdb.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>

#include <fmt/format.h>
#include <maxminddb.h>

#include "enrich/mmdb_record.h"

namespace teiten {
namespace {

constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;
constexpr int kV4Offset = kV6Bits - kV4Bits;

/// What a record of the search tree leads to.
struct Branch {
  std::uint64_t record = 0;
  std::uint8_t type = MMDB_RECORD_TYPE_EMPTY;
  std::uint32_t data_offset = 0;
};

/// A branch still to be walked: its address bits, left-aligned in 128 bits, and their number.
struct Step {
  Branch branch;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  int depth = 0;
};

class OpenMmdb {
 public:
  OpenMmdb() = default;
  OpenMmdb(const OpenMmdb&) = delete;
  OpenMmdb& operator=(const OpenMmdb&) = delete;
  ~OpenMmdb() {
    if (open_) MMDB_close(&mmdb_);
  }
  int open(const std::string& path) {
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &mmdb_);
    open_ = status == MMDB_SUCCESS;
    return status;
  }
  const MMDB_s& get() const { return mmdb_; }

 private:
  MMDB_s mmdb_{};
  bool open_ = false;
};

class TreeWalk {
 public:
  TreeWalk(const MMDB_s& mmdb, const std::string& path) : mmdb_(mmdb), path_(path) {}

  Result<RegionTable> run() {
    Branch v4_root{0, MMDB_RECORD_TYPE_SEARCH_NODE, 0};
    if (mmdb_.metadata.ip_version == 6) {
      for (int depth = 0; depth < kV4Offset && v4_root.type == MMDB_RECORD_TYPE_SEARCH_NODE;
           ++depth) {
        TEITEN_TRY(const auto children, children_of(v4_root));
        v4_root = children[0];
      }
      v4_root_ = v4_root;
      TEITEN_CHECK(walk({Branch{0, MMDB_RECORD_TYPE_SEARCH_NODE, 0}, 0, 0, 0}, kV6Bits));
    }
    TEITEN_CHECK(walk({v4_root, 0, 0, 0}, kV4Bits));
    table_.finish();
    return std::move(table_);
  }

  bool found_any() const { return found_any_; }

 private:
  Error broken(const char* what) const {
    return failure(
        ErrorCode::malformed,
        fmt::format("the geolocation database {} is broken ({}): fetch it again", path_, what));
  }

  Result<std::array<Branch, 2>> children_of(const Branch& branch) {
    MMDB_search_node_s node;
    if (MMDB_read_node(&mmdb_, static_cast<std::uint32_t>(branch.record), &node) != MMDB_SUCCESS)
      return broken("its search tree cannot be read");
    const std::array<Branch, 2> children = {
        Branch{node.left_record, node.left_record_type, node.left_record_entry.offset},
        Branch{node.right_record, node.right_record_type, node.right_record_entry.offset}};
    for (const Branch& child : children) {
      if (child.type == MMDB_RECORD_TYPE_INVALID)
        return broken("its search tree points outside the file");
    }
    return children;
  }

  /// True for the branches by which some writers repeat the whole of IPv4 inside IPv6
  /// (::ffff:0:0/96, 2002::/16, 64:ff9b::/96), and for ::/96 itself: IPv4 is walked once, on its
  /// own.
  bool is_v4_copy(const Step& step) const {
    if (step.depth == kV4Offset && step.high == 0 && (step.low >> kV4Bits) == 0) return true;
    if (step.depth == kV4Offset && step.high == 0 && (step.low >> kV4Bits) == 0xffff) return true;
    return step.depth > 0 && step.branch.type == MMDB_RECORD_TYPE_SEARCH_NODE &&
           v4_root_.type == MMDB_RECORD_TYPE_SEARCH_NODE && step.branch.record == v4_root_.record;
  }

  Result<void> walk(Step root, int bits) {
    // Depth-first with the left child on top: one entry a level is enough.
    std::array<Step, kV6Bits + 2> stack;
    std::size_t height = 0;
    stack[height++] = root;
    while (height > 0) {
      const Step step = stack[--height];
      const bool inner = step.branch.type == MMDB_RECORD_TYPE_SEARCH_NODE;
      if (!inner || (bits == kV6Bits && is_v4_copy(step))) {
        TEITEN_CHECK(append(step, bits, inner));
        continue;
      }
      if (step.depth >= bits) return broken("its search tree is too deep");
      if (++visits_ > kMaxTreeVisits) {
        return failure(ErrorCode::limit_reached,
                       fmt::format("the geolocation database {} has a search tree of more than {} "
                                   "nodes (kMaxTreeVisits): use a smaller one",
                                   path_, kMaxTreeVisits));
      }
      TEITEN_TRY(const auto children, children_of(step.branch));
      Step right{children[1], step.high, step.low, step.depth + 1};
      set_bit(right, step.depth);
      stack[height++] = right;
      stack[height++] = Step{children[0], step.high, step.low, step.depth + 1};
    }
    return {};
  }

  static void set_bit(Step& step, int position) {
    if (position < 64) {
      step.high |= 1ULL << (63 - position);
    } else {
      step.low |= 1ULL << (127 - position);
    }
  }

  Result<void> append(const Step& step, int bits, bool skipped) {
    const Region region = skipped ? Region() : region_at(step.branch);
    if (bits == kV4Bits) {
      table_.append_v4(static_cast<std::uint32_t>(step.high >> 32), region);
    } else {
      table_.append_v6(IpAddress::v6(step.high, step.low), region);
    }
    if (table_.range_count() > kMaxRegionRanges) {
      return failure(ErrorCode::limit_reached,
                     fmt::format("the geolocation database {} has more than {} ranges "
                                 "(kMaxRegionRanges): use one by country",
                                 path_, kMaxRegionRanges));
    }
    return {};
  }

  /// Decodes a record once: neighbours share theirs. The cache is direct-mapped, so that a file
  /// with millions of different records cannot make it grow.
  Region region_at(const Branch& branch) {
    if (branch.type != MMDB_RECORD_TYPE_DATA) return {};
    Cached& cached = cache_[(branch.data_offset ^ (branch.data_offset >> 12)) % kCacheSize];
    if (cached.offset != branch.data_offset) {
      cached.offset = branch.data_offset;
      cached.region = region_of_record(std::span(mmdb_.data_section, mmdb_.data_section_size),
                                       branch.data_offset);
    }
    found_any_ = found_any_ || !cached.region.is_unknown();
    return cached.region;
  }

  struct Cached {
    std::uint32_t offset = std::numeric_limits<std::uint32_t>::max();
    Region region;
  };
  static constexpr std::size_t kCacheSize = 4096;

  const MMDB_s& mmdb_;
  const std::string& path_;
  RegionTable table_;
  Branch v4_root_;
  std::uint64_t visits_ = 0;
  bool found_any_ = false;
  std::array<Cached, kCacheSize> cache_{};
};

Error cannot_open(const std::string& path, int status) {
  std::error_code error;
  const auto file = std::filesystem::status(path, error);
  if (!std::filesystem::exists(file)) {
    return failure(ErrorCode::not_found,
                   fmt::format("no geolocation database at {}: run 'make setup' (it installs one "
                               "from npm), or name an MMDB file with --geo FILE or the environment "
                               "variable TEITEN_GEO",
                               path));
  }
  const bool denied = status == MMDB_FILE_OPEN_ERROR;
  return failure(denied ? ErrorCode::permission_denied : ErrorCode::malformed,
                 fmt::format("cannot read the geolocation database {}: {}; name another MMDB file "
                             "with --geo FILE or the environment variable TEITEN_GEO",
                             path, MMDB_strerror(status)));
}

}  // namespace

Result<MmdbRegions> read_mmdb(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("the geolocation database {} is a directory: name the MMDB file "
                               "inside it with --geo FILE",
                               path));
  }
  OpenMmdb file;
  if (const int status = file.open(path); status != MMDB_SUCCESS) return cannot_open(path, status);
  const MMDB_s& mmdb = file.get();
  if (mmdb.metadata.ip_version != 4 && mmdb.metadata.ip_version != 6) {
    return failure(ErrorCode::malformed,
                   fmt::format("the geolocation database {} is broken (IP version {}): fetch it "
                               "again",
                               path, mmdb.metadata.ip_version));
  }
  MmdbRegions result;
  TreeWalk walk(mmdb, path);
  TEITEN_TRY(result.table, walk.run());
  if (!walk.found_any()) {
    return failure(ErrorCode::unsupported,
                   fmt::format("the geolocation database {} has no country codes (country/iso_code "
                               "or country_code): name one that has with --geo FILE",
                               path));
  }
  const char* type = mmdb.metadata.database_type;
  result.type = type == nullptr ? "" : type;
  // Past the year 9999 the calendar text would no longer be a date; no database is built there.
  constexpr std::uint64_t kLastEpoch = 253'402'300'799;
  const std::uint64_t epoch = std::min(mmdb.metadata.build_epoch, kLastEpoch);
  result.build_day = Day{std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(epoch)}})};
  return result;
}

}  // namespace teiten
