#include "analyze/asking.h"

#include "store/coded_query.h"

namespace teiten {

bool asks_for_service(Kind kind) {
  switch (kind) {
    case Kind::backscatter:
    case Kind::reflection:
    case Kind::misdirected:
    case Kind::p2p:
      return false;
    case Kind::unknown:
    case Kind::scan:
    case Kind::stealth_scan:
    case Kind::ack_scan:
    case Kind::ping:
    case Kind::amplification_probe:
    case Kind::other:
      break;
  }
  return true;
}

bool asks_for_service(const SourceCell& cell) {
  return !cell.known_scanner && asks_for_service(cell.kind);
}

std::vector<Filter> asking_filters() {
  Filter kinds{Dimension::kind, {}, true};
  for (std::uint8_t number = 0; number < kKindCount; ++number) {
    const auto kind = static_cast<Kind>(number);
    if (!asks_for_service(kind)) kinds.values.emplace_back(to_string(kind));
  }
  return {std::move(kinds), {Dimension::scanner, {std::string(kNoScannerName)}, false}};
}

}  // namespace teiten
