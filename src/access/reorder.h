#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "decode/packet.h"

namespace teiten {

/// A packet on its way through the stage, with the caller's number for it.
struct NumberedPacket {
  Packet packet;
  std::uint64_t id = 0;
};

/// How far out of order packets may come and still be treated as if sorted.
inline constexpr auto kReorderWindow = std::chrono::hours(1);
/// Name of the limit that counts packets which came later than that.
inline constexpr const char* kLatePackets = "late_packets";
/// Most packets held back; a busier hour is released earlier (limit `reorder_packets`).
inline constexpr std::size_t kMaxReorderPackets = 1U << 18;

/// The order in which packets are processed: by time, at equal times what asks before what answers,
/// then by content. A total order up to packets that are equal in every respect, so that the order
/// of arrival cannot matter.
bool processed_before(const Packet& a, const Packet& b);

/// Puts packets into processing order. What arrives up to kReorderWindow behind the newest time
/// comes out in order; what arrives later still comes out at once and is counted as late.
class ReorderBuffer {
 public:
  /// `late` is true where the packet is older than one already given out.
  using Sink = std::function<void(const NumberedPacket&, bool late)>;
  explicit ReorderBuffer(Sink sink, std::size_t max_packets = kMaxReorderPackets);

  void push(const NumberedPacket& packet);
  /// Gives out everything.
  void flush();

  /// How often `max_packets` forced an early release.
  std::uint64_t early_releases() const { return early_releases_; }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kSlots = 4096;  ///< one a second; the window plus some
  void release_second(std::int64_t second);
  void release_until(std::int64_t second);

  Sink sink_;
  std::size_t max_packets_;
  std::vector<std::vector<NumberedPacket>> slots_;
  std::vector<std::vector<NumberedPacket>> spare_;  ///< emptied vectors, to save allocations
  std::int64_t oldest_ = 0;  ///< no packet is held of a second before this one
  std::int64_t newest_ = 0;
  bool any_ = false;
  bool released_any_ = false;
  UtcTime released_{};  ///< newest time given out
  std::size_t size_ = 0;
  std::uint64_t early_releases_ = 0;
};

}  // namespace teiten
