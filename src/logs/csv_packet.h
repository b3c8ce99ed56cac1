#pragma once

#include <cstddef>
#include <string>
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
  /// A column, or what stands in its place in every row.
  struct Column {
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
    std::size_t index = kNowhere;
    std::string constant;
    bool is_mapped() const { return index != kNowhere || !constant.empty(); }
    std::string_view of(const CsvRow& row) const {
      return constant.empty() ? row.field(index) : std::string_view(constant);
    }
  };

  Rejection read_protocol(const CsvRow& row, Packet& packet) const;
  Rejection read_ports(const CsvRow& row, Packet& packet) const;
  Rejection read_icmp(const CsvRow& row, Packet& packet) const;
  Rejection read_labels(const CsvRow& row, SensorNames& sensors, Packet& packet) const;

  std::size_t count_ = 0;
  Column time_;
  Column sensor_;
  Column source_;
  Column destination_;
  Column protocol_;
  Column icmp_type_;
  Column icmp_code_;
  Column source_port_;
  Column destination_port_;
  Column region_;
  Column tcp_flags_;
  Column ttl_;
};

}  // namespace teiten
