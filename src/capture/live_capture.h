#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "capture/frame.h"

namespace teiten {

/// Bytes of a frame that are captured: headers of every layer, the packet that an ICMP error
/// quotes, and what a payload is known by.
inline constexpr std::uint32_t kLiveSnapBytes = 512;
/// The kernel hands a block of frames over when it is full, or after so long.
inline constexpr std::chrono::milliseconds kLiveHandOver{100};

struct LiveOptions {
  std::string interface;
  std::uint32_t buffer_bytes = 8U << 20;
};

/// Frames of an interface as they pass, in both directions, by libpcap (TPACKET_V3). Opening needs
/// CAP_NET_RAW; nothing after it does, and no call opens a file.
class LiveCapture {
 public:
  using Sink = std::function<void(const Frame&)>;

  /// Errors: not_found (no such interface), permission_denied, io_error (it is down, libpcap
  /// failed).
  static Result<std::unique_ptr<LiveCapture>> open(const LiveOptions& options);
  virtual ~LiveCapture() = default;

  /// Readable (poll) when frames wait.
  virtual int descriptor() const = 0;
  virtual const std::string& interface() const = 0;
  /// Gives up to about `limit` frames that wait, and how many; never waits itself. io_error where
  /// the interface is gone.
  virtual Result<std::size_t> read(std::size_t limit, const Sink& sink) = 0;
  /// Frames that the kernel dropped since the last call because nobody fetched them.
  virtual std::uint64_t take_dropped() = 0;
};

}  // namespace teiten
