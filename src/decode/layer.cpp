#include "decode/decode.h"

namespace teiten {

// No default: the compiler names the enumerator that is missing.
std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::ethernet:
      return "ethernet";
    case Layer::vlan:
      return "vlan";
    case Layer::mpls:
      return "mpls";
    case Layer::pppoe:
      return "pppoe";
    case Layer::ppp:
      return "ppp";
    case Layer::null:
      return "null";
    case Layer::loop:
      return "loop";
    case Layer::raw:
      return "raw";
    case Layer::sll:
      return "sll";
    case Layer::sll2:
      return "sll2";
    case Layer::c_hdlc:
      return "c_hdlc";
    case Layer::nflog:
      return "nflog";
    case Layer::llc_snap:
      return "llc_snap";
    case Layer::ipv4:
      return "ipv4";
    case Layer::ipv6:
      return "ipv6";
    case Layer::ipv6_hop_by_hop:
      return "ipv6_hop_by_hop";
    case Layer::ipv6_routing:
      return "ipv6_routing";
    case Layer::ipv6_fragment:
      return "ipv6_fragment";
    case Layer::ipv6_destination:
      return "ipv6_destination";
    case Layer::ipv6_mobility:
      return "ipv6_mobility";
    case Layer::ipv6_ah:
      return "ipv6_ah";
    case Layer::ipv6_hip:
      return "ipv6_hip";
    case Layer::ipv6_shim6:
      return "ipv6_shim6";
    case Layer::tcp:
      return "tcp";
    case Layer::udp:
      return "udp";
    case Layer::icmp:
      return "icmp";
    case Layer::icmpv6:
      return "icmpv6";
    case Layer::other:
      return "other";
  }
  return "other";
}

}  // namespace teiten
