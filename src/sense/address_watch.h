#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "net/ip_address.h"

namespace teiten {

/// What one datagram of the kernel's address notifications says (rtnetlink(7)).
struct AddressNews {
  struct Change {
    bool added = false;  ///< else removed
    std::uint32_t interface = 0;
    IpAddress address;
    friend bool operator==(const Change&, const Change&) = default;
  };
  std::vector<Change> changes;
  bool end_of_list = false;  ///< the answer to a request for all addresses is complete
  bool repeat = false;       ///< something was missed, or the list changed meanwhile: ask again
  bool refused = false;      ///< the request failed
};

/// Reads a datagram; bytes that are no whole message end it. Addresses that are not yet usable, and
/// those that only a link or this host knows, are left out: nobody can send to them from elsewhere.
AddressNews read_address_news(std::span<const std::byte> datagram);

/// Addresses of some interfaces, by the messages about them.
class AddressList {
 public:
  explicit AddressList(std::set<std::uint32_t> interfaces) : interfaces_(std::move(interfaces)) {}
  /// A list of all addresses was asked for.
  void begin_list() { listed_.emplace(); }
  void apply(const AddressNews& news);
  /// Each once, in order.
  std::vector<Prefix> prefixes() const;

 private:
  using Entry = std::pair<std::uint32_t, IpAddress>;
  std::set<std::uint32_t> interfaces_;
  std::set<Entry> entries_;
  std::optional<std::set<Entry>> listed_;  ///< while a list is under way
};

/// More addresses than a host's interfaces have; what comes beyond is not watched.
inline constexpr std::size_t kMaxWatchedAddresses = 4096;

/// Follows the addresses of interfaces through a netlink socket. After open() no call opens
/// anything.
class AddressWatch {
 public:
  /// Returns when the addresses are known. Errors: not_found (an interface), io_error.
  static Result<AddressWatch> open(const std::vector<std::string>& interfaces);

  /// Readable (poll) when there is news.
  int descriptor() const { return socket_.number(); }
  /// Takes what the kernel has told; never waits.
  Result<void> read();
  std::vector<Prefix> prefixes() const { return list_.prefixes(); }

 private:
  AddressWatch(FileDescriptor socket, AddressList list)
      : socket_(std::move(socket)), list_(std::move(list)) {}
  Result<void> ask();
  /// False if nothing waits.
  Result<bool> read_datagram();
  Result<void> wait_for_list();

  FileDescriptor socket_;
  AddressList list_;
  bool listing_ = false;
};

}  // namespace teiten
