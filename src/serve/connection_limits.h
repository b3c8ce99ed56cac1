#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace teiten {

/// Connections in all. Past it newcomers are refused: a fleet of kMaxConnections /
/// kMaxSensorConnections sensors fits in whatever they do.
inline constexpr std::size_t kMaxConnections = 4096;
/// Of them such that have not shown a sensor's certificate, in all and from one address.
inline constexpr std::size_t kMaxHandshakes = 256;
inline constexpr std::size_t kMaxPeerHandshakes = 64;
/// Of one sensor: one that uploads, and those it has given up without our knowing.
inline constexpr std::size_t kMaxSensorConnections = 4;

/// Says which connection must go when there are too many of a kind: an older one, never the
/// newcomer, so that nobody is kept out by what others (or a sensor's own dead connections) leave
/// open. Not safe for several threads.
class ConnectionLimits {
 public:
  /// Ascending in the order of accepting.
  using Id = std::uint64_t;
  struct Eviction {
    Id id = 0;
    std::string_view reason;  ///< a word, for the metrics
  };

  /// A connection from this address (peer_of()) begins its handshake. The one to be closed for it
  /// is not known here any more.
  std::optional<Eviction> begin(Id id, const std::string& peer);
  /// Its certificate is this sensor's.
  std::optional<Eviction> identify(Id id, const std::string& sensor);
  /// It is closed. No matter if it had to go.
  void end(Id id);

 private:
  using Groups = std::map<std::string, std::set<Id>>;
  struct Place {
    Groups* groups;
    std::string group;
  };
  Eviction evict(const Groups::value_type& group, std::string_view reason);

  Groups handshakes_;  ///< by peer
  Groups sensors_;     ///< by name
  std::size_t handshaking_ = 0;
  std::map<Id, Place> places_;
};

/// What counts as one peer: an IPv4 address, the /64 of an IPv6 one, in which one machine has as
/// many addresses as it likes. `address` as text; an IPv4-mapped one is an IPv4 address.
std::string peer_of(const std::string& address);

}  // namespace teiten
