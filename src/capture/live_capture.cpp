#include "capture/live_capture.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace teiten {
namespace {

struct Closer {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Closer>;

ErrorCode code_of(int status) {
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return ErrorCode::not_found;
    case PCAP_ERROR_PERM_DENIED:
      return ErrorCode::permission_denied;
    default:
      return ErrorCode::io_error;
  }
}

Error activation_error(const std::string& interface, int status, pcap_t* handle) {
  const char* detail = pcap_geterr(handle);
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return failure(ErrorCode::not_found,
                     fmt::format("{}: there is no such interface (ip link lists them)", interface));
    case PCAP_ERROR_PERM_DENIED:
      return failure(
          ErrorCode::permission_denied,
          fmt::format("{}: capturing needs root or CAP_NET_RAW; start the sensor by its service",
                      interface));
    case PCAP_ERROR_IFACE_NOT_UP:
      return failure(ErrorCode::io_error, fmt::format("{}: the interface is down", interface));
    default:
      return failure(
          code_of(status),
          fmt::format("{}: cannot capture: {}", interface,
                      detail != nullptr && *detail != '\0' ? detail : pcap_statustostr(status)));
  }
}

class PcapCapture final : public LiveCapture {
 public:
  PcapCapture(std::string interface, Handle handle)
      : interface_(std::move(interface)),
        handle_(std::move(handle)),
        descriptor_(pcap_get_selectable_fd(handle_.get())),
        link_(static_cast<LinkType>(pcap_datalink(handle_.get()))) {}

  int descriptor() const override { return descriptor_; }
  const std::string& interface() const override { return interface_; }

  Result<std::size_t> read(std::size_t limit, const Sink& sink) override {
    const auto most = static_cast<int>(
        std::min<std::size_t>(limit, static_cast<std::size_t>(std::numeric_limits<int>::max())));
    Call call{&sink, link_};
    const int given = pcap_dispatch(handle_.get(), most, give, reinterpret_cast<u_char*>(&call));
    if (given >= 0) return static_cast<std::size_t>(given);
    return failure(ErrorCode::io_error, fmt::format("{}: cannot capture any more: {}", interface_,
                                                    pcap_geterr(handle_.get())));
  }

  std::uint64_t take_dropped() override {
    pcap_stat now{};
    if (pcap_stats(handle_.get(), &now) != 0) return 0;
    // libpcap's counters have 32 bits and wrap. ps_ifdrop is 0 unless the capture is promiscuous.
    const std::uint32_t dropped = now.ps_drop + now.ps_ifdrop;
    return static_cast<std::uint32_t>(dropped - std::exchange(dropped_, dropped));
  }

 private:
  struct Call {
    const Sink* sink;
    LinkType link;
  };

  static void give(u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
    const auto& call = *reinterpret_cast<const Call*>(user);
    Frame frame;
    // Nanoseconds were asked for: tv_usec holds them.
    frame.time = UtcTime(std::chrono::seconds(header->ts.tv_sec) +
                         std::chrono::nanoseconds(header->ts.tv_usec));
    frame.link = call.link;
    frame.data = std::span(reinterpret_cast<const std::byte*>(bytes), header->caplen);
    frame.original_length = header->len;
    (*call.sink)(frame);
  }

  std::string interface_;
  Handle handle_;
  int descriptor_;
  LinkType link_;
  std::uint32_t dropped_ = 0;
};

}  // namespace

Result<std::unique_ptr<LiveCapture>> LiveCapture::open(const LiveOptions& options) {
  char message[PCAP_ERRBUF_SIZE] = "";
  Handle handle(pcap_create(options.interface.c_str(), message));
  if (!handle) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: cannot capture: {}", options.interface, message));
  }
  pcap_set_snaplen(handle.get(), static_cast<int>(kLiveSnapBytes));
  pcap_set_promisc(handle.get(), 0);
  pcap_set_timeout(handle.get(), static_cast<int>(kLiveHandOver.count()));
  pcap_set_buffer_size(handle.get(), static_cast<int>(options.buffer_bytes));
  if (pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO) != 0) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: libpcap gives no nanoseconds", options.interface));
  }
  const int status = pcap_activate(handle.get());
  if (status < 0) return activation_error(options.interface, status, handle.get());
  if (pcap_setnonblock(handle.get(), 1, message) != 0) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: cannot capture: {}", options.interface, message));
  }
  return std::unique_ptr<LiveCapture>(
      std::make_unique<PcapCapture>(options.interface, std::move(handle)));
}

}  // namespace teiten
