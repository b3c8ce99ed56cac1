#include "access/ignore_reason.h"

namespace teiten {

std::string_view to_string(IgnoreReason reason) {
  switch (reason) {
    case IgnoreReason::none:
      return "none";
    case IgnoreReason::not_ip:
      return "not_ip";
    case IgnoreReason::no_time:
      return "no_time";
    case IgnoreReason::own:
      return "own";
    case IgnoreReason::to_others:
      return "to_others";
    case IgnoreReason::multicast:
      return "multicast";
    case IgnoreReason::broadcast:
      return "broadcast";
    case IgnoreReason::private_source:
      return "private_source";
    case IgnoreReason::link_local_source:
      return "link_local_source";
    case IgnoreReason::loopback_source:
      return "loopback_source";
    case IgnoreReason::unspecified_source:
      return "unspecified_source";
    case IgnoreReason::invalid_source:
      return "invalid_source";
    case IgnoreReason::fragment:
      return "fragment";
    case IgnoreReason::own_upload:
      return "own_upload";
    case IgnoreReason::count:
      break;
  }
  return "none";
}

}  // namespace teiten
