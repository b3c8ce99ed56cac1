#pragma once

#include <string_view>

#include "logs/fields.h"
#include "logs/line_parser.h"
#include "logs/local_clock.h"
#include "logs/year_tracker.h"

namespace teiten {

/// The comma-separated part of a line of pf's `filterlog`, which pfSense and OPNsense write
/// (pfSense manual, "Raw Filter Log Format"; the port's description.txt). Everything but the time.
/// Only what pf blocked on its way in is a packet: `allowed` for pass and address translation,
/// `outbound`.
Rejection parse_filterlog(const Fields& fields, Packet& packet);

/// Syslog lines of filterlog in any of syslog's dresses (syslog_header.h). Other programs' lines
/// are `not_a_firewall_line`.
class FilterlogParser final : public LineParser {
 public:
  FilterlogParser(TimeZone zone, int first_year) : years_(first_year), clock_(std::move(zone)) {}
  std::optional<Rejection> parse(std::string_view line, Packet& packet) override;

 private:
  Fields fields_;
  YearTracker years_;
  LocalClock clock_;
};

}  // namespace teiten
