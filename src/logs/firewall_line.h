#pragma once

#include <string_view>

#include "decode/packet.h"
#include "logs/firewall_header.h"
#include "logs/rejection.h"

namespace teiten {

/// Reads one line of a kernel's firewall log. `packet` is overwritten and, for Rejection::none,
/// complete but for its time; `header` is that of the record used. Where several records ran into
/// one line, the last whole one is used; `truncated_line` if none is whole.
Rejection parse_firewall_line(std::string_view line, FirewallHeader& header, Packet& packet);

}  // namespace teiten
