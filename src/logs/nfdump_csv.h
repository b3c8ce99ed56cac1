#pragma once

#include <cstddef>
#include <string_view>

#include "logs/fields.h"
#include "logs/line_parser.h"
#include "logs/local_clock.h"

namespace teiten {

/// What `nfdump -o csv` prints of NetFlow v5, v9 and IPFIX (nfdump(1)): the columns of nfdump 1.6
/// and 1.7 up to 1.7.3 (`ts,te,td,sa,da,…`), those of later versions (`firstSeen,…,srcAddr,…`) in
/// any order, and those of `csv-fast`. The summary at the end is no record. Stamps are in the zone
/// of the machine that printed them.
class NfdumpParser final : public LineParser {
 public:
  explicit NfdumpParser(TimeZone zone) : clock_(std::move(zone)) {}
  std::optional<Rejection> parse(std::string_view line, Packet& packet) override;

  /// True for one of these headers.
  static bool recognises(std::string_view line);

 private:
  void read_header();
  std::string_view field(std::size_t column) const;
  Rejection read_transport(Packet& packet) const;

  Fields fields_;
  LocalClock clock_;
  std::size_t columns_ = 0;  ///< 0 before a header and in a summary
  bool summary_ = false;
  std::size_t time_ = kNoField, source_ = kNoField, destination_ = kNoField,
              source_port_ = kNoField, destination_port_ = kNoField, protocol_ = kNoField,
              flags_ = kNoField, packets_ = kNoField, icmp_type_ = kNoField, icmp_code_ = kNoField;
};

}  // namespace teiten
