#include "serve/connection_limits.h"

#include <algorithm>

#include "net/ip_address.h"

namespace teiten {

ConnectionLimits::Eviction ConnectionLimits::evict(const Groups::value_type& group,
                                                   std::string_view reason) {
  const Id oldest = *group.second.begin();
  end(oldest);
  return {oldest, reason};
}

std::optional<ConnectionLimits::Eviction> ConnectionLimits::begin(Id id, const std::string& peer) {
  std::optional<Eviction> evicted;
  if (const auto at = handshakes_.find(peer);
      at != handshakes_.end() && at->second.size() >= kMaxPeerHandshakes) {
    evicted = evict(*at, "crowded_out_by_address");
  } else if (handshaking_ >= kMaxHandshakes) {
    // Of the address that has most: where one floods, only its own are closed.
    const auto most =
        std::max_element(handshakes_.begin(), handshakes_.end(), [](const auto& a, const auto& b) {
          return a.second.size() != b.second.size() ? a.second.size() < b.second.size()
                                                    : *a.second.begin() > *b.second.begin();
        });
    evicted = evict(*most, "crowded_out");
  }
  handshakes_[peer].insert(id);
  ++handshaking_;
  places_[id] = {&handshakes_, peer};
  return evicted;
}

std::optional<ConnectionLimits::Eviction> ConnectionLimits::identify(Id id,
                                                                     const std::string& sensor) {
  end(id);
  std::optional<Eviction> evicted;
  if (const auto at = sensors_.find(sensor);
      at != sensors_.end() && at->second.size() >= kMaxSensorConnections)
    evicted = evict(*at, "newer_connection");
  sensors_[sensor].insert(id);
  places_[id] = {&sensors_, sensor};
  return evicted;
}

void ConnectionLimits::end(Id id) {
  const auto place = places_.find(id);
  if (place == places_.end()) return;
  Groups& groups = *place->second.groups;
  if (&groups == &handshakes_) --handshaking_;
  const auto group = groups.find(place->second.group);
  group->second.erase(id);
  if (group->second.empty()) groups.erase(group);
  places_.erase(place);
}

std::string peer_of(const std::string& address) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return address;
  if (parsed->is_v4()) return parsed->to_string();
  return IpAddress::v6(parsed->high(), 0).to_string();
}

}  // namespace teiten
