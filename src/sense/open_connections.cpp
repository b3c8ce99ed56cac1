#include "sense/open_connections.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace teiten {
namespace {

/// States of include/net/tcp_states.h in which no peer sends anything.
constexpr unsigned kTimeWait = 0x06;
constexpr unsigned kClosed = 0x07;
constexpr unsigned kListening = 0x0a;
constexpr std::size_t kMaxTableBytes = 16U << 20;

/// A number of all its digits.
template <typename T>
std::optional<T> hexadecimal(std::string_view text) {
  if (text.size() != 2 * sizeof(T)) return std::nullopt;
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct End {
  IpAddress address;
  std::uint16_t port = 0;
};

/// "0100007F:0016": words of the address in the machine's order, then the port.
std::optional<End> end_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != 8 && colon != 32) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t at = 0; at < colon; at += 8) {
    const auto word = hexadecimal<std::uint32_t>(text.substr(at, 8));
    if (!word) return std::nullopt;
    std::memcpy(&bytes[at / 2], &*word, sizeof *word);
  }
  const auto port = hexadecimal<std::uint16_t>(text.substr(colon + 1));
  if (!port) return std::nullopt;
  return End{
      colon == 8 ? IpAddress::from_v4_bytes(bytes.data()) : IpAddress::from_v6_bytes(bytes.data()),
      *port};
}

std::string_view next_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = std::min(line.find(' ', begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

std::string read_table(const char* path) {
  std::ifstream file(path);
  std::string text;
  std::array<char, 65'536> part{};
  while (text.size() < kMaxTableBytes && file.read(part.data(), part.size()).gcount() > 0)
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

std::vector<Packet> connections_in(std::string_view table, std::uint8_t protocol_number,
                                   UtcTime time) {
  std::vector<Packet> packets;
  while (!table.empty() && packets.size() < kMaxOpenConnections) {
    std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    next_word(line);  // number
    const auto local = end_of(next_word(line));
    const auto remote = end_of(next_word(line));
    const auto state = hexadecimal<std::uint8_t>(next_word(line));
    if (!local || !remote || !state || remote->port == 0) continue;
    const bool tcp = protocol_number == protocol::kTcp;
    if (tcp && (*state == kTimeWait || *state == kClosed || *state == kListening)) continue;
    Packet packet;
    packet.time = time;
    packet.source = local->address;
    packet.destination = remote->address;
    packet.source_port = local->port;
    packet.destination_port = remote->port;
    packet.protocol = protocol_number;
    packet.has_destination = true;
    packet.has_ports = true;
    packet.has_flags = tcp;
    packet.tcp_flags = tcp ? tcp_flag::kAck : 0;
    packets.push_back(packet);
  }
  return packets;
}

std::vector<Packet> open_connections(UtcTime time) {
  std::vector<Packet> packets;
  for (const auto& [path, number] : {std::pair("/proc/self/net/tcp", protocol::kTcp),
                                     std::pair("/proc/self/net/tcp6", protocol::kTcp),
                                     std::pair("/proc/self/net/udp", protocol::kUdp),
                                     std::pair("/proc/self/net/udp6", protocol::kUdp)}) {
    const std::vector<Packet> found = connections_in(read_table(path), number, time);
    packets.insert(packets.end(), found.begin(), found.end());
  }
  return packets;
}

}  // namespace teiten
