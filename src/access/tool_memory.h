#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "access/tool.h"
#include "decode/packet.h"
#include "net/ip_address.h"

namespace teiten {

/// The tools whose header a SYN shows, alone or together with the SYN before it: bit Tool.
class ToolMarks {
 public:
  void set(Tool tool) { bits_ = static_cast<std::uint8_t>(bits_ | bit(tool)); }
  bool has(Tool tool) const { return (bits_ & bit(tool)) != 0; }
  bool empty() const { return bits_ == 0; }
  friend bool operator==(const ToolMarks&, const ToolMarks&) = default;

 private:
  static unsigned bit(Tool tool) { return 1U << static_cast<unsigned>(tool); }
  std::uint8_t bits_ = 0;
};

/// What a single SYN shows: Mirai, Masscan and ZMap sign each packet (METHODS: docs/kinds.md). The
/// monitored address is part of two of the signatures and is not kept.
ToolMarks marks_of_syn(const Packet& packet);

/// Sources remembered for their tools by all trackers together, 64 bytes each.
inline constexpr std::size_t kMaxToolSources = 1U << 17;
/// A source that was silent longer begins anew: its address may be another machine's by now.
inline constexpr auto kToolMemoryTime = std::chrono::hours(24);
/// `confirmed`: so many of a source's SYNs show the tool, and so many of a hundred of all of them.
inline constexpr unsigned kConfirmingSyns = 2;
inline constexpr unsigned kConfirmingPercent = 90;

/// What the SYNs of each source had in common, in a table of fixed size: what is silent longest
/// makes room. A function of the SYNs in their order, and of nothing else.
class ToolMemory {
 public:
  /// Holds `sources`, rounded up to a power of two of at least kWays; allocated with the first SYN.
  explicit ToolMemory(std::size_t sources);

  /// Takes note of the first SYN of an access. Its retransmissions are not told: they are copies,
  /// no further evidence.
  ToolMarks note(const Packet& syn);
  /// The tool of an access whose SYN had these marks, by what is known of its source now. Nmap and
  /// Unicornscan show in pairs: a confirmed source's first SYN is theirs too.
  ToolGuess judge(const IpAddress& source, ToolMarks marks) const;

  /// Sources that were forgotten within kToolMemoryTime.
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  static constexpr std::size_t kWays = 8;
  struct Record {
    IpAddress source;
    UtcTime last{};
    std::uint32_t sequence = 0;  ///< of the latest SYN
    std::array<std::uint32_t, 2> unicornscan_keys{};
    std::uint32_t nmap_difference = 0;  ///< of the latest pair that counted
    std::uint16_t masscan_id = 0;       ///< of the latest match that counted
    std::uint16_t syns = 0;             ///< that counted; all counts are halved where one is full
    std::uint16_t pairs = 0;
    std::uint16_t mirai = 0;
    std::uint16_t masscan = 0;
    std::uint16_t zmap = 0;
    std::uint16_t unicornscan = 0;
    std::uint16_t nmap = 0;
    bool used = false;
  };

  std::size_t set_of(const IpAddress& source) const;
  const Record* find(const IpAddress& source) const;
  Record& record_of(const IpAddress& source, UtcTime time);
  static void note_pair(Record& record, const Packet& syn, const std::array<std::uint32_t, 2>& keys,
                        ToolMarks& marks);
  static bool confirms(std::uint16_t matching, std::uint16_t all);

  std::size_t sets_;
  std::vector<Record> records_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace teiten
