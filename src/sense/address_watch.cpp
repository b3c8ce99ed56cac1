#include "sense/address_watch.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include "net/special_purpose.h"

namespace teiten {
namespace {

constexpr std::size_t kDatagramBytes = 32'768;
constexpr int kAnswerMilliseconds = 5000;

/// A structure of the kernel's at the beginning of `bytes`; nothing if they are too few.
template <typename T>
std::optional<T> header_at(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

/// Without the first `size` bytes and what aligns the next to 4 (NLMSG_ALIGN, RTA_ALIGN).
std::span<const std::byte> after(std::span<const std::byte> bytes, std::size_t size) {
  const std::size_t aligned = (size + 3) & ~std::size_t{3};
  return bytes.subspan(std::min(aligned, bytes.size()));
}

std::optional<IpAddress> address_in(unsigned family, std::span<const std::byte> value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(value.data());
  if (family == AF_INET && value.size() == 4) return IpAddress::from_v4_bytes(bytes);
  if (family == AF_INET6 && value.size() == 16) return IpAddress::from_v6_bytes(bytes);
  return std::nullopt;
}

bool is_reachable(const IpAddress& address) {
  switch (use_of(address)) {
    case AddressUse::loopback:
    case AddressUse::link_local:
    case AddressUse::unspecified:
    case AddressUse::multicast:
    case AddressUse::broadcast:
      return false;
    default:
      return true;
  }
}

std::optional<AddressNews::Change> change_in(bool added, std::span<const std::byte> body) {
  const auto header = header_at<ifaddrmsg>(body);
  if (!header) return std::nullopt;
  std::uint32_t flags = header->ifa_flags;
  std::optional<IpAddress> local;
  std::optional<IpAddress> other;
  for (auto rest = after(body, sizeof(ifaddrmsg)); !rest.empty();) {
    const auto attribute = header_at<rtattr>(rest);
    if (!attribute || attribute->rta_len < sizeof(rtattr) || attribute->rta_len > rest.size())
      break;
    const auto value = rest.subspan(sizeof(rtattr), attribute->rta_len - sizeof(rtattr));
    if (attribute->rta_type == IFA_LOCAL) local = address_in(header->ifa_family, value);
    if (attribute->rta_type == IFA_ADDRESS) other = address_in(header->ifa_family, value);
    if (attribute->rta_type == IFA_FLAGS) flags = header_at<std::uint32_t>(value).value_or(flags);
    rest = after(rest, attribute->rta_len);
  }
  // On a point-to-point link IFA_ADDRESS is the other end.
  const auto address = local ? local : other;
  if (!address || !is_reachable(*address)) return std::nullopt;
  const bool unusable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0;
  if (added && unusable) return std::nullopt;
  return AddressNews::Change{added, header->ifa_index, *address};
}

}  // namespace

AddressNews read_address_news(std::span<const std::byte> datagram) {
  AddressNews news;
  for (auto rest = datagram; !rest.empty();) {
    const auto header = header_at<nlmsghdr>(rest);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest.size()) break;
    const auto body = rest.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
    if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0) news.repeat = true;
    switch (header->nlmsg_type) {
      case RTM_NEWADDR:
      case RTM_DELADDR:
        if (const auto change = change_in(header->nlmsg_type == RTM_NEWADDR, body))
          news.changes.push_back(*change);
        break;
      case NLMSG_DONE:
        news.end_of_list = true;
        break;
      case NLMSG_ERROR:
        news.refused = true;
        break;
      default:
        break;
    }
    rest = after(rest, header->nlmsg_len);
  }
  return news;
}

void AddressList::apply(const AddressNews& news) {
  for (const AddressNews::Change& change : news.changes) {
    if (!interfaces_.contains(change.interface)) continue;
    const Entry entry{change.interface, change.address};
    for (std::set<Entry>* entries : {&entries_, listed_ ? &*listed_ : nullptr}) {
      if (entries == nullptr) continue;
      if (!change.added) {
        entries->erase(entry);
      } else if (entries->size() < kMaxWatchedAddresses) {
        entries->insert(entry);
      }
    }
  }
  if (news.end_of_list && listed_) {
    entries_ = std::move(*listed_);
    listed_.reset();
  }
}

std::vector<Prefix> AddressList::prefixes() const {
  std::set<IpAddress> addresses;
  for (const auto& [interface, address] : entries_)
    addresses.insert(address);
  std::vector<Prefix> prefixes;
  prefixes.reserve(addresses.size());
  for (const IpAddress& address : addresses)
    prefixes.emplace_back(address, address.is_v4() ? 32 : 128);
  return prefixes;
}

Result<AddressWatch> AddressWatch::open(const std::vector<std::string>& interfaces) {
  std::set<std::uint32_t> indices;
  for (const std::string& name : interfaces) {
    const unsigned index = if_nametoindex(name.c_str());
    if (index == 0) {
      return failure(ErrorCode::not_found,
                     fmt::format("{}: there is no such interface (ip link lists them)", name));
    }
    indices.insert(index);
  }
  FileDescriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl local{};
  local.nl_family = AF_NETLINK;
  local.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (!socket.is_open() ||
      bind(socket.number(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    return failure(
        ErrorCode::io_error,
        fmt::format("cannot follow the interfaces' addresses: {}; give them by --address",
                    std::strerror(errno)));
  }
  AddressWatch watch(std::move(socket), AddressList(std::move(indices)));
  TEITEN_CHECK(watch.ask());
  TEITEN_CHECK(watch.wait_for_list());
  return watch;
}

Result<void> AddressWatch::ask() {
  struct {
    nlmsghdr header;
    ifaddrmsg body;
  } request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETADDR;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.header.nlmsg_seq = 1;
  request.body.ifa_family = AF_UNSPEC;
  if (send(socket_.number(), &request, sizeof request, 0) < 0) {
    return failure(ErrorCode::io_error, fmt::format("cannot ask for the interfaces' addresses: {}",
                                                    std::strerror(errno)));
  }
  list_.begin_list();
  listing_ = true;
  return {};
}

Result<void> AddressWatch::read() {
  while (true) {
    TEITEN_TRY(const bool more, read_datagram());
    if (!more) return {};
  }
}

Result<bool> AddressWatch::read_datagram() {
  alignas(nlmsghdr) std::array<std::byte, kDatagramBytes> buffer;
  sockaddr_nl from{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const ssize_t size = recvmsg(socket_.number(), &message, 0);
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return errno == EINTR;
    // The socket's buffer ran over: what was missed is in the list.
    if (errno != ENOBUFS) {
      return failure(ErrorCode::io_error, fmt::format("cannot follow the interfaces' addresses: {}",
                                                      std::strerror(errno)));
    }
    TEITEN_CHECK(ask());
    return true;
  }
  if (from.nl_pid != 0) return true;  // not the kernel
  const AddressNews news =
      read_address_news(std::span(buffer).first(static_cast<std::size_t>(size)));
  if (news.refused) {
    return failure(ErrorCode::io_error,
                   "the kernel does not tell the interfaces' addresses; give them by --address");
  }
  list_.apply(news);
  if (news.end_of_list) listing_ = false;
  if (news.repeat || (message.msg_flags & MSG_TRUNC) != 0) TEITEN_CHECK(ask());
  return true;
}

Result<void> AddressWatch::wait_for_list() {
  while (listing_) {
    pollfd wait{socket_.number(), POLLIN, 0};
    if (poll(&wait, 1, kAnswerMilliseconds) <= 0) {
      return failure(ErrorCode::io_error,
                     "the kernel does not tell the interfaces' addresses; give them by --address");
    }
    TEITEN_CHECK(read());
  }
  return {};
}

}  // namespace teiten
