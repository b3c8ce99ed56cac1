#pragma once

#include <cstdint>
#include <string_view>

#include "logs/fields.h"
#include "logs/line_parser.h"

namespace teiten {

/// Whether a flow of a VPC flow log is one that came in unasked for: see VpcFlowParser. `packet`
/// has its addresses and flags.
Rejection vpc_verdict(std::string_view action, std::string_view direction, const Packet& packet);
/// `tcp-flags`: FIN, SYN and RST of all packets or-ed, and ACK only for a SYN-ACK; 0 is none of
/// these. Sets what the first packet showed.
void set_vpc_flags(std::uint8_t bits, Packet& packet);

/// AWS VPC flow logs as text (Amazon VPC user guide, "Flow log records"): the default version 2
/// without a header, or any fields in any order under a header, as files in S3 have it. Lines of a
/// CloudWatch export carry a stamp before the record.
///
/// REJECT is a packet that nobody let in. ACCEPT is `allowed`, except where the flow log itself
/// says that the other side began: TCP flags with SYN and without ACK, and a direction that is
/// ingress (by flow-direction, or from a global to a local address). A flow's answers start in the
/// same second as its questions, so that order could not tell which was which.
class VpcFlowParser final : public LineParser {
 public:
  VpcFlowParser();
  std::optional<Rejection> parse(std::string_view line, Packet& packet) override;

  /// True for a header and for a record of version 2: what a file begins with.
  static bool recognises(std::string_view line);

 private:
  void read_header();
  std::string_view field(std::size_t column) const;
  Rejection read_transport(Packet& packet) const;

  Fields fields_;
  std::size_t columns_ = 0;
  std::size_t source_ = kNoField, destination_ = kNoField, packet_source_ = kNoField,
              packet_destination_ = kNoField, source_port_ = kNoField, destination_port_ = kNoField,
              protocol_ = kNoField, packets_ = kNoField, start_ = kNoField, action_ = kNoField,
              status_ = kNoField, interface_ = kNoField, flags_ = kNoField, direction_ = kNoField;
};

}  // namespace teiten
