#pragma once

#include <string>
#include <string_view>

#include "logs/fields.h"
#include "logs/line_parser.h"

namespace teiten {

/// One connection of Zeek's conn.log, its fields as text, empty where the log says nothing. The
/// same in the tab-separated and in the JSON form (Zeek manual, "conn.log").
struct ZeekConnection {
  std::string_view source, source_port;            ///< id.orig_h, id.orig_p
  std::string_view destination, destination_port;  ///< id.resp_h, id.resp_p
  std::string_view protocol;                       ///< proto: tcp, udp, icmp, unknown_transport
  std::string_view ip_protocol;                    ///< ip_proto, a number (Zeek 7.1 and later)
  std::string_view history;
  std::string_view state;              ///< conn_state
  std::string_view local_source;       ///< local_orig: "T" or "true" inside the site
  std::string_view local_destination;  ///< local_resp
  std::string_view source_packets, destination_packets;  ///< orig_pkts, resp_pkts
};

/// Everything but the time. Where only the responder sent (Zeek turns a connection round whose
/// first packet looks like an answer: backscatter), its packets are what came in, and it is the
/// source. `outbound` for what a host of the site began.
Rejection read_zeek_connection(ZeekConnection connection, Packet& packet);

/// Zeek's conn.log with its `#` header, in any order of columns; a new header may come at any time.
class ZeekConnParser final : public LineParser {
 public:
  std::optional<Rejection> parse(std::string_view line, Packet& packet) override;

  /// True for the header of a conn.log at the beginning of a file.
  static bool recognises(std::string_view beginning);

 private:
  void read_header(std::string_view line);
  void read_columns(std::string_view names);
  std::string_view field(std::size_t column) const;

  Fields fields_;
  char separator_ = '\t';
  std::string unset_ = "-";
  std::string empty_ = "(empty)";
  std::size_t columns_ = 0;  ///< 0 before a header
  std::size_t time_ = kNoField, source_ = kNoField, source_port_ = kNoField,
              destination_ = kNoField, destination_port_ = kNoField, protocol_ = kNoField,
              ip_protocol_ = kNoField, history_ = kNoField, state_ = kNoField,
              local_source_ = kNoField, local_destination_ = kNoField, source_packets_ = kNoField,
              destination_packets_ = kNoField;
};

}  // namespace teiten
