#pragma once

#include <optional>
#include <string_view>

#include "logs/stamp.h"

namespace teiten {

/// What stands before `IN=`: who wrote the line, when, and under which prefix.
struct FirewallHeader {
  /// The stamp nearest to `IN=` (a spliced line holds several), except that one with an offset is
  /// not given up for one without: a relay writes its own before the sender's.
  std::optional<Stamp> stamp;
  /// The rule's --log-prefix, as far as it can be told from host name and tag.
  std::string_view prefix;
  /// The kernel's own tag was seen.
  bool from_kernel = false;
  /// Another program quotes a firewall line, or somebody who talks to it writes one into its log.
  bool foreign = false;
};

/// The kernel itself, and programs that pass on what it says and log under their own name.
bool relays_kernel(std::string_view program);

FirewallHeader parse_firewall_header(std::string_view header);

/// What the words of a prefix say about the packet.
enum class RuleVerdict { blocked, allowed, audited };

/// `allowed` for the whole words ACCEPT, ALLOW, PASS, PERMIT and their participles, in any case,
/// and for the rule suffixes of EdgeOS, VyOS and UniFi (`[WAN_LOCAL-10-A]`, `[LAN_IN-RET-3001]`);
/// `audited` for AUDIT. A word that denies (DROP, DENY, REJECT, BLOCK) beats one that allows. A
/// prefix that says nothing is `blocked`: such rules stand before a DROP.
RuleVerdict verdict_of(std::string_view prefix);

}  // namespace teiten
