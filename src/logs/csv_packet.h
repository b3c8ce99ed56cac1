#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "logs/csv_row.h"
#include "logs/local_clock.h"
#include "logs/log_reader.h"
#include "logs/sensor_names.h"

namespace teiten {

/// Where a CSV header puts what a mapping asks for.
class CsvColumns {
 public:
  /// invalid_argument, naming the file and its columns, where a mapped column is not there.
  static Result<CsvColumns> find(const CsvMapping& mapping, const CsvRow& header,
                                 std::string_view file);

  /// Columns of the header.
  std::size_t count() const { return count_; }

  /// Fills `packet` from a row with as many columns as the header.
  Rejection read(const CsvRow& row, LocalClock& clock, SensorNames& sensors, Packet& packet) const;

 private:
  static constexpr std::size_t kUnmapped = static_cast<std::size_t>(-1);

  Rejection read_protocol(const CsvRow& row, Packet& packet) const;
  Rejection read_ports(const CsvRow& row, Packet& packet) const;
  Rejection read_icmp(const CsvRow& row, Packet& packet) const;
  Rejection read_labels(const CsvRow& row, SensorNames& sensors, Packet& packet) const;

  std::size_t count_ = 0;
  std::size_t time_ = kUnmapped;
  std::size_t sensor_ = kUnmapped;
  std::size_t source_ = kUnmapped;
  std::size_t destination_ = kUnmapped;
  std::size_t protocol_ = kUnmapped;
  std::size_t icmp_type_ = kUnmapped;
  std::size_t icmp_code_ = kUnmapped;
  std::size_t source_port_ = kUnmapped;
  std::size_t destination_port_ = kUnmapped;
  std::size_t region_ = kUnmapped;
  std::size_t tcp_flags_ = kUnmapped;
  std::size_t ttl_ = kUnmapped;
};

}  // namespace teiten
