#include "access/access.h"

namespace teiten {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::unknown:
      return "unknown";
    case Kind::scan:
      return "scan";
    case Kind::ping:
      return "ping";
    case Kind::backscatter:
      return "backscatter";
    case Kind::amplification_probe:
      return "amplification_probe";
    case Kind::reflection:
      return "reflection";
    case Kind::misdirected:
      return "misdirected";
    case Kind::other:
      return "other";
    case Kind::stealth_scan:
      return "stealth_scan";
    case Kind::ack_scan:
      return "ack_scan";
    case Kind::p2p:
      return "p2p";
  }
  return "unknown";
}

}  // namespace teiten
