#pragma once

#include <string_view>

#include "logs/fields.h"
#include "logs/line_parser.h"
#include "logs/local_clock.h"

namespace teiten {

/// The line that DShield's clients submit (isc.sans.edu, "DShield client specification"; the
/// parsers of its client framework): between tabs the time with its offset, the submitter's number,
/// how many log lines it stands for, source address, source port, target address, target port,
/// protocol, TCP flags (`SFAPRU12`, may be missing). ICMP has its type and code in place of the
/// ports.
class DshieldParser final : public LineParser {
 public:
  explicit DshieldParser(TimeZone zone) : clock_(std::move(zone)) {}
  std::optional<Rejection> parse(std::string_view line, Packet& packet) override;

  static bool recognises(std::string_view line);

 private:
  Fields fields_;
  LocalClock clock_;
};

}  // namespace teiten
