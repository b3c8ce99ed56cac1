#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/ip_address.h"

/// Writes small MMDB files for tests, after the MaxMind DB file format specification 2.0. Test
/// programs of enrich and of the folders below it use it; no library does.
namespace teiten::test {

using Bytes = std::vector<std::uint8_t>;

/// Values of the data section, encoded.
inline Bytes mmdb_control(int type, std::size_t size) {
  Bytes bytes;
  const std::size_t bits = size < 29 ? size : 29;
  if (type < 8) {
    bytes.push_back(static_cast<std::uint8_t>((static_cast<std::size_t>(type) << 5) | bits));
  } else {
    bytes.push_back(static_cast<std::uint8_t>(bits));
    bytes.push_back(static_cast<std::uint8_t>(type - 7));
  }
  if (size >= 29) bytes.push_back(static_cast<std::uint8_t>(size - 29));
  return bytes;
}

inline void append(Bytes& to, const Bytes& from) {
  to.insert(to.end(), from.begin(), from.end());
}

inline Bytes mmdb_text(std::string_view text) {
  Bytes bytes = mmdb_control(2, text.size());
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

/// Type 5 is uint16, 6 uint32, 9 uint64.
inline Bytes mmdb_number(int type, std::uint64_t value) {
  Bytes digits;
  for (; value > 0; value >>= 8)
    digits.insert(digits.begin(), static_cast<std::uint8_t>(value));
  Bytes bytes = mmdb_control(type, digits.size());
  append(bytes, digits);
  return bytes;
}

inline Bytes mmdb_map(const std::vector<std::pair<std::string, Bytes>>& fields) {
  Bytes bytes = mmdb_control(7, fields.size());
  for (const auto& [key, value] : fields) {
    append(bytes, mmdb_text(key));
    append(bytes, value);
  }
  return bytes;
}

/// {"country_code": "JP"}
inline Bytes flat_record(std::string_view code) {
  return mmdb_map({{"country_code", mmdb_text(code)}});
}

/// {"country": {"geoname_id": 1, "iso_code": "JP"}}
inline Bytes maxmind_record(std::string_view code, const std::string& key = "country") {
  return mmdb_map(
      {{key, mmdb_map({{"geoname_id", mmdb_number(6, 1)}, {"iso_code", mmdb_text(code)}})}});
}

class TestMmdb {
 public:
  int ip_version = 4;
  int record_size = 24;
  std::uint64_t build_epoch = 1'183'248'000;  // 2007-07-01T00:00:00Z
  std::string type = "Test-Country";

  /// `prefix` in text; IPv4 ones lie at ::/96 of an IPv6 tree.
  void add(std::string_view prefix, const Bytes& record) {
    const Prefix parsed = *Prefix::parse(prefix);
    const bool inside_v6 = parsed.is_v4() && ip_version == 6;
    std::vector<int> bits(inside_v6 ? 96 : 0, 0);
    for (int i = 0; i < parsed.length(); ++i) {
      const int at = parsed.is_v4() ? 96 + i : i;
      const std::uint64_t half = at < 64 ? parsed.first().high() : parsed.first().low();
      bits.push_back(static_cast<int>((half >> (63 - at % 64)) & 1));
    }
    link(bits, kData + record_of(record));
  }

  /// Makes an IPv6 prefix lead to the root of IPv4, as MaxMind's writer does for 2002::/16.
  void alias_v4_at(std::string_view prefix) { aliases_.emplace_back(prefix); }

  /// Points a branch of a node at any node (to build what no writer would).
  void set_branch(std::size_t node, std::size_t side, std::uint64_t target) {
    while (nodes_.size() <= node)
      nodes_.push_back({kEmpty, kEmpty});
    nodes_[node][side] = target;
  }

  const std::array<std::uint64_t, 2>& branches(std::size_t node) const { return nodes_[node]; }

  Bytes build() {
    for (const std::string& alias : aliases_) {
      const Prefix prefix = *Prefix::parse(alias);
      std::vector<int> bits;
      for (int i = 0; i < prefix.length(); ++i) {
        const std::uint64_t half = i < 64 ? prefix.first().high() : prefix.first().low();
        bits.push_back(static_cast<int>((half >> (63 - i % 64)) & 1));
      }
      link(bits, v4_root());
    }
    aliases_.clear();
    Bytes bytes;
    for (const auto& node : nodes_)
      append_node(bytes, resolved(node[0]), resolved(node[1]));
    bytes.insert(bytes.end(), 16, 0);
    append(bytes, data_);
    const std::string_view marker = "\xab\xcd\xefMaxMind.com";
    bytes.insert(bytes.end(), marker.begin(), marker.end());
    append(bytes, metadata());
    return bytes;
  }

 private:
  static constexpr std::uint64_t kEmpty = 1ULL << 40;
  static constexpr std::uint64_t kData = 1ULL << 41;

  std::uint64_t record_of(const Bytes& record) {
    const auto [found, added] = offsets_.try_emplace(record, data_.size());
    if (added) append(data_, record);
    return found->second;
  }

  std::uint64_t follow(std::uint64_t node, int bit) {
    const std::uint64_t next = nodes_[node][static_cast<std::size_t>(bit)];
    if (next < kEmpty) return next;
    // What a shorter prefix said holds for both halves of the longer one.
    nodes_.push_back({next, next});
    nodes_[node][static_cast<std::size_t>(bit)] = nodes_.size() - 1;
    return nodes_.size() - 1;
  }

  void link(const std::vector<int>& bits, std::uint64_t target) {
    std::uint64_t node = 0;
    for (std::size_t i = 0; i + 1 < bits.size(); ++i)
      node = follow(node, bits[i]);
    nodes_[node][static_cast<std::size_t>(bits.back())] = target;
  }

  std::uint64_t v4_root() {
    std::uint64_t node = 0;
    for (int i = 0; i < 96; ++i)
      node = follow(node, 0);
    return node;
  }

  std::uint64_t resolved(std::uint64_t value) const {
    if (value == kEmpty) return nodes_.size();
    if (value >= kData) return nodes_.size() + 16 + (value - kData);
    return value;
  }

  void append_node(Bytes& bytes, std::uint64_t left, std::uint64_t right) const {
    const auto byte = [&](std::uint64_t value, int shift) {
      bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    };
    const int top = record_size == 32 ? 24 : 16;
    for (int shift = top; shift >= 0; shift -= 8)
      byte(left, shift);
    if (record_size == 28) byte(((left >> 24) << 4) | (right >> 24), 0);
    for (int shift = top; shift >= 0; shift -= 8)
      byte(right, shift);
  }

  Bytes metadata() const {
    return mmdb_map({{"binary_format_major_version", mmdb_number(5, 2)},
                     {"binary_format_minor_version", mmdb_number(5, 0)},
                     {"build_epoch", mmdb_number(9, build_epoch)},
                     {"database_type", mmdb_text(type)},
                     {"description", mmdb_map({})},
                     {"ip_version", mmdb_number(5, static_cast<std::uint64_t>(ip_version))},
                     {"languages", mmdb_control(11, 0)},
                     {"node_count", mmdb_number(6, nodes_.size())},
                     {"record_size", mmdb_number(5, static_cast<std::uint64_t>(record_size))}});
  }

  std::vector<std::array<std::uint64_t, 2>> nodes_{{kEmpty, kEmpty}};
  std::vector<std::string> aliases_;
  Bytes data_;
  std::map<Bytes, std::uint64_t> offsets_;
};

/// A directory for one test's files, removed with its content.
class TestDirectory {
 public:
  explicit TestDirectory(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              (name + "-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {
    std::filesystem::create_directories(path_);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& file) const { return (path_ / file).string(); }
  std::string write(const std::string& file, const Bytes& bytes) const {
    std::ofstream stream(path(file), std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    return path(file);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace teiten::test
