#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten::log_test {

struct Seen {
  LogLine line;
  std::string sensor;
  std::string error;
};

/// The records of a text in the format that its content tells.
inline std::vector<Seen> seen_in(const std::string& text) {
  PieceInput input(text);
  const LogFormat* format = recognise_log(input).value();
  std::vector<Seen> result;
  if (format == nullptr) return result;
  const auto reader = open_log(*format, input, {}).value();
  Seen seen;
  while (reader->next(seen.line).value()) {
    seen.line.raw = {};
    const std::uint16_t label = seen.line.packet.sensor_label;
    seen.sensor = label == 0 ? "" : reader->sensor_names()[label - 1U];
    result.push_back(seen);
  }
  return result;
}

/// `time source:port > destination:port protocol flags ×packets sensor`, or why not.
inline std::string said(const Seen& seen) {
  const Packet& p = seen.line.packet;
  if (seen.line.rejection != Rejection::none) return std::string(to_string(seen.line.rejection));
  std::string text = format_utc(p.time) + " " + p.source.to_string();
  if (p.has_ports) text += ":" + std::to_string(p.source_port);
  text += " > " + (p.has_destination ? p.destination.to_string() : "?");
  if (p.has_ports) text += ":" + std::to_string(p.destination_port);
  text += " " + std::to_string(p.protocol);
  if (p.has_icmp_type)
    text += " " + std::to_string(p.icmp_type) + "/" + std::to_string(p.icmp_code);
  if (p.has_flags) text += " flags " + std::to_string(p.tcp_flags);
  if (p.packets != 1) text += " x" + std::to_string(p.packets);
  return seen.sensor.empty() ? text : text + " at " + seen.sensor;
}

inline std::vector<std::string> all_said(const std::string& text) {
  std::vector<std::string> result;
  for (const Seen& seen : seen_in(text))
    result.push_back(said(seen));
  return result;
}

using Said = std::vector<std::string>;

/// An example of the table with one text in the place of another.
inline std::string example(std::string_view name, std::string_view from = "",
                           std::string_view to = "") {
  std::string text(find_log_format(name)->example);
  if (from.empty()) return text;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

}  // namespace teiten::log_test
