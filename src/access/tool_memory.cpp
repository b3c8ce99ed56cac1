#include "access/tool_memory.h"

#include <bit>
#include <limits>

namespace teiten {
namespace {

/// ZMap and XMap write this identification into each packet (ZMap until 4.0).
constexpr std::uint16_t kZmapId = 54321;
/// ZMap from 4.1 on, whose identification is random, sends Windows' options with a TTL that begins
/// at 255; Windows begins at 128.
constexpr std::uint8_t kHighTtl = 200;
constexpr std::uint16_t kZmapWindow = 65535;
constexpr TcpOptionCode kZmapOptions = tcp_options({2, 1, 3, 1, 1, 4});
/// Masscan: until 1.3.2 without options, after that with a window of one more and an MSS of 1460.
constexpr std::uint16_t kMasscanWindow = 1024;
constexpr std::uint16_t kMasscanNewWindow = 1025;
constexpr std::uint16_t kMasscanMss = 1460;
constexpr std::uint8_t kPlainHeader = 20;
constexpr std::uint8_t kMssHeader = 24;

bool looks_like_masscan(const Packet& packet) {
  if (packet.window == kMasscanWindow) return packet.tcp_header == kPlainHeader;
  return packet.window == kMasscanNewWindow && packet.tcp_header == kMssHeader &&
         (!packet.has_options || packet.mss == kMasscanMss);
}

/// Unicornscan writes its key into the sequence number, mixed with the address (in one byte order
/// or the other) and the ports: the keys that a SYN would have been made with.
std::array<std::uint32_t, 2> unicornscan_keys(const Packet& syn) {
  const std::uint32_t target = syn.destination.v4_bits();
  const std::uint32_t swapped =
      (target >> 24) | ((target >> 8) & 0xff00U) | ((target << 8) & 0xff0000U) | (target << 24);
  const std::uint32_t ports =
      (static_cast<std::uint32_t>(syn.destination_port) << 16) + syn.source_port;
  return {syn.sequence ^ target ^ ports, syn.sequence ^ swapped ^ ports};
}

}  // namespace

ToolMarks marks_of_syn(const Packet& packet) {
  ToolMarks marks;
  if (!packet.has_sequence || !packet.source.is_v4() || !packet.has_destination) return marks;
  const std::uint32_t target = packet.destination.v4_bits();
  if (packet.sequence == target) marks.set(Tool::mirai);
  if (!packet.has_ttl) return marks;
  if (packet.ip_id == ((target ^ packet.destination_port ^ packet.sequence) & 0xffffU) &&
      looks_like_masscan(packet)) {
    marks.set(Tool::masscan);
  }
  const bool new_zmap = packet.ttl > kHighTtl && packet.window == kZmapWindow &&
                        packet.has_options && packet.options == kZmapOptions;
  if (packet.ip_id == kZmapId || new_zmap) marks.set(Tool::zmap);
  return marks;
}

ToolMemory::ToolMemory(std::size_t sources)
    : sets_(std::bit_ceil(std::max(sources, kWays)) / kWays) {}

std::size_t ToolMemory::set_of(const IpAddress& source) const {
  return (static_cast<std::size_t>(source.hash()) & (sets_ - 1)) * kWays;
}

const ToolMemory::Record* ToolMemory::find(const IpAddress& source) const {
  if (records_.empty()) return nullptr;
  const std::size_t first = set_of(source);
  for (std::size_t i = first; i < first + kWays; ++i)
    if (records_[i].used && records_[i].source == source) return &records_[i];
  return nullptr;
}

ToolMemory::Record& ToolMemory::record_of(const IpAddress& source, UtcTime time) {
  if (records_.empty()) records_.resize(sets_ * kWays);
  const std::size_t first = set_of(source);
  std::size_t oldest = first;
  for (std::size_t i = first; i < first + kWays; ++i) {
    Record& record = records_[i];
    if (record.used && record.source == source) {
      if (time - record.last <= kToolMemoryTime) return record;
      oldest = i;
      break;
    }
    if (!record.used) {
      oldest = i;
      break;
    }
    if (record.last < records_[oldest].last) oldest = i;
  }
  Record& record = records_[oldest];
  if (record.used && time - record.last <= kToolMemoryTime) ++forgotten_;
  record = Record{};
  record.used = true;
  record.source = source;
  record.last = time;
  return record;
}

void ToolMemory::note_pair(Record& record, const Packet& syn,
                           const std::array<std::uint32_t, 2>& keys, ToolMarks& marks) {
  const std::uint32_t difference = record.sequence ^ syn.sequence;
  const bool nmap = difference >> 16 == (difference & 0xffffU);
  const bool unicornscan = syn.source.is_v4() && (keys[0] == record.unicornscan_keys[0] ||
                                                  keys[1] == record.unicornscan_keys[1]);
  if (nmap) marks.set(Tool::nmap);
  if (unicornscan) marks.set(Tool::unicornscan);
  // Two numbers in turn, as two tries of one run send them, are one relation over and over.
  if (nmap && !unicornscan && record.nmap > 0 && record.nmap_difference == difference) return;
  ++record.pairs;
  if (unicornscan) ++record.unicornscan;
  if (nmap) {
    ++record.nmap;
    record.nmap_difference = difference;
  }
}

ToolMarks ToolMemory::note(const Packet& syn) {
  ToolMarks marks = marks_of_syn(syn);
  if (!syn.has_sequence || !syn.has_destination) return marks;
  Record& record = record_of(syn.source, syn.time);
  record.last = std::max(record.last, syn.time);
  if (record.syns == std::numeric_limits<std::uint16_t>::max()) {
    for (std::uint16_t* count : {&record.syns, &record.pairs, &record.mirai, &record.masscan,
                                 &record.zmap, &record.unicornscan, &record.nmap}) {
      *count = static_cast<std::uint16_t>(*count / 2);
    }
  }
  const bool seen_before = record.syns > 0;
  const bool same_number = seen_before && record.sequence == syn.sequence;
  // The same number again, or Masscan's relation over the same bits, is the same evidence again.
  // Mirai's number is the address, so that one is always the same at one sensor.
  const bool same_relation =
      marks.has(Tool::masscan) && record.masscan > 0 && record.masscan_id == syn.ip_id;
  if (same_relation || (same_number && !marks.has(Tool::mirai))) return marks;
  const auto keys = unicornscan_keys(syn);
  if (seen_before && !same_number) note_pair(record, syn, keys, marks);
  ++record.syns;
  record.sequence = syn.sequence;
  record.unicornscan_keys = keys;
  if (marks.has(Tool::mirai)) ++record.mirai;
  if (marks.has(Tool::zmap)) ++record.zmap;
  if (marks.has(Tool::masscan)) {
    ++record.masscan;
    record.masscan_id = syn.ip_id;
  }
  return marks;
}

bool ToolMemory::confirms(std::uint16_t matching, std::uint16_t all) {
  return matching >= kConfirmingSyns && matching * 100U >= all * kConfirmingPercent;
}

ToolGuess ToolMemory::judge(const IpAddress& source, ToolMarks marks) const {
  if (const Record* record = find(source); record != nullptr) {
    if (marks.has(Tool::mirai) && confirms(record->mirai, record->syns)) return {Tool::mirai, true};
    if (marks.has(Tool::masscan) && confirms(record->masscan, record->syns))
      return {Tool::masscan, true};
    if (marks.has(Tool::zmap) && confirms(record->zmap, record->syns)) return {Tool::zmap, true};
    if (confirms(record->unicornscan, record->pairs)) return {Tool::unicornscan, true};
    if (confirms(record->nmap, record->pairs)) return {Tool::nmap, true};
  }
  for (const Tool tool : {Tool::mirai, Tool::masscan, Tool::zmap, Tool::unicornscan, Tool::nmap}) {
    if (marks.has(tool)) return {tool, false};
  }
  return {};
}

}  // namespace teiten
