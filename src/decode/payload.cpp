#include "decode/payload.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "base/hash.h"

namespace teiten {
namespace {

constexpr std::uint16_t kDns = 53;
constexpr std::uint16_t kRpcbind = 111;
constexpr std::uint16_t kNtp = 123;
constexpr std::uint16_t kMssqlBrowser = 1434;
constexpr std::uint16_t kMdns = 5353;

/// Names in the order of the numbers.
constexpr std::array<std::string_view, kPayloadClassCount> kNames = {"none",
                                                                     "other",
                                                                     "dns_query",
                                                                     "dns_response",
                                                                     "ntp_request",
                                                                     "ntp_monlist",
                                                                     "ntp_control",
                                                                     "ntp_response",
                                                                     "memcached_request",
                                                                     "memcached_response",
                                                                     "ssdp_request",
                                                                     "ssdp_response",
                                                                     "snmp_request",
                                                                     "snmp_response",
                                                                     "cldap_request",
                                                                     "cldap_response",
                                                                     "rpcbind_request",
                                                                     "rpcbind_response",
                                                                     "chargen",
                                                                     "sip_request",
                                                                     "sip_response",
                                                                     "quic_initial",
                                                                     "quic_other",
                                                                     "mssql_ping",
                                                                     "mssql_response",
                                                                     "slammer",
                                                                     "messenger_spam",
                                                                     "bittorrent",
                                                                     "http",
                                                                     "tls_client_hello",
                                                                     "ssh",
                                                                     "rdp",
                                                                     "smb"};

bool has_port(const Packet& packet, std::uint16_t port) {
  return packet.source_port == port || packet.destination_port == port;
}

bool text_at(Bytes bytes, std::uint32_t at, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  return bytes.holds(at + size) && std::memcmp(bytes.field(at, size), text.data(), size) == 0;
}

bool begins(Bytes bytes, std::string_view text) {
  return text_at(bytes, 0, text);
}

/// DNS (RFC 1035 §4.1.1) and multicast DNS: nothing but the port makes twelve bytes a header, so
/// the counts of its sections must make sense too.
PayloadClass dns(Bytes bytes) {
  constexpr std::uint32_t kHeader = 12;
  constexpr std::uint16_t kResponse = 0x8000;
  constexpr std::uint16_t kOpcode = 0x7800;
  constexpr std::uint16_t kLastOpcode = 6 << 11;  // DSO (RFC 8490)
  constexpr std::uint16_t kManyRecords = 512;     // more do not fit into a datagram
  if (!bytes.holds(kHeader)) return PayloadClass::other;
  const std::uint16_t flags = bytes.be16(2);
  if ((flags & kOpcode) > kLastOpcode) return PayloadClass::other;
  const std::uint16_t questions = bytes.be16(4);
  const std::uint16_t answers = bytes.be16(6);
  if (questions > kManyRecords || answers > kManyRecords || bytes.be16(8) > kManyRecords ||
      bytes.be16(10) > kManyRecords) {
    return PayloadClass::other;
  }
  if ((flags & kResponse) != 0) return PayloadClass::dns_response;
  return questions == 0 && answers == 0 ? PayloadClass::other : PayloadClass::dns_query;
}

/// NTP (RFC 5905 §7.3), its control messages of mode 6 (RFC 9327 §2) and the private ones of ntpd's
/// mode 7, whose first byte has the response bit and whose fourth is the request.
PayloadClass ntp(Bytes bytes) {
  constexpr std::uint8_t kResponse = 0x80;
  constexpr std::uint8_t kMonlist = 20;  // MON_GETLIST
  constexpr std::uint8_t kMonlist1 = 42;
  constexpr std::uint32_t kHeader = 48;
  const std::uint8_t first = bytes.u8(0);
  switch (first & 7) {
    case 3:
      return bytes.wire_size() >= kHeader ? PayloadClass::ntp_request : PayloadClass::other;
    case 4:
    case 5:
      return bytes.wire_size() >= kHeader ? PayloadClass::ntp_response : PayloadClass::other;
    case 6:
      if (!bytes.holds(2)) return PayloadClass::other;
      return (bytes.u8(1) & kResponse) != 0 ? PayloadClass::ntp_response
                                            : PayloadClass::ntp_control;
    case 7:
      if ((first & kResponse) != 0) return PayloadClass::ntp_response;
      if (!bytes.holds(4)) return PayloadClass::other;
      return bytes.u8(3) == kMonlist || bytes.u8(3) == kMonlist1 ? PayloadClass::ntp_monlist
                                                                 : PayloadClass::ntp_request;
    default:
      return PayloadClass::other;
  }
}

/// The UDP frame of memcached (doc/protocol.txt): request, number and count of the datagrams, two
/// reserved bytes of 0; then commands and answers as text.
PayloadClass memcached(Bytes bytes) {
  constexpr std::uint32_t kFrame = 8;
  if (!bytes.holds(kFrame) || bytes.be16(6) != 0) return PayloadClass::other;
  for (const std::string_view command :
       {"stats", "get ", "gets ", "version", "set ", "add ", "flush_all"}) {
    if (text_at(bytes, kFrame, command)) return PayloadClass::memcached_request;
  }
  for (const std::string_view answer : {"STAT ", "VALUE ", "VERSION ", "END\r\n", "ERROR\r\n"}) {
    if (text_at(bytes, kFrame, answer)) return PayloadClass::memcached_response;
  }
  return PayloadClass::other;
}

/// Reads tags and lengths of BER (X.690 §8.1), as far as SNMP and LDAP need them.
class BerReader {
 public:
  explicit BerReader(Bytes bytes) : bytes_(bytes) {}

  /// Steps over a tag and its length, into its content; false if another tag is there.
  bool enter(std::uint8_t tag) {
    if (!bytes_.holds(2) || bytes_.u8(0) != tag) return false;
    const std::uint8_t first = bytes_.u8(1);
    std::uint32_t header = 2;
    length_ = first;
    if (first >= kLongForm) {
      const std::uint32_t octets = first - kLongForm;
      if (octets == 0 || octets > 4 || !bytes_.holds(2 + octets)) return false;
      length_ = 0;
      for (std::uint32_t i = 0; i < octets; ++i)
        length_ = (length_ << 8) | bytes_.u8(2 + i);
      header += octets;
    }
    bytes_ = bytes_.from(header);
    return true;
  }
  /// Steps over the whole element.
  bool skip(std::uint8_t tag) {
    if (!enter(tag) || !bytes_.holds(length_)) return false;
    bytes_ = bytes_.from(length_);
    return true;
  }
  /// The value of a one-byte integer, or 0xff.
  std::uint8_t small_integer() {
    if (!enter(kInteger) || length_ != 1 || !bytes_.holds(1)) return 0xff;
    const std::uint8_t value = bytes_.u8(0);
    bytes_ = bytes_.from(1);
    return value;
  }
  std::uint8_t tag() const { return bytes_.holds(1) ? bytes_.u8(0) : std::uint8_t{0}; }
  Bytes rest() const { return bytes_; }

  static constexpr std::uint8_t kInteger = 0x02;
  static constexpr std::uint8_t kOctets = 0x04;
  static constexpr std::uint8_t kSequence = 0x30;

 private:
  static constexpr std::uint8_t kLongForm = 0x80;
  Bytes bytes_;
  std::uint32_t length_ = 0;
};

/// SNMP: version, community and the PDU's tag (RFC 1157 §4, RFC 3416 §3); of version 3 the flag
/// that wants a report, which only questions have (RFC 3412 §6.4).
PayloadClass snmp(Bytes bytes) {
  constexpr std::uint8_t kResponsePdu = 0xa2;
  constexpr std::uint8_t kFirstPdu = 0xa0;
  constexpr std::uint8_t kLastPdu = 0xa8;
  constexpr std::uint8_t kReportable = 0x04;
  BerReader reader(bytes);
  if (!reader.enter(BerReader::kSequence)) return PayloadClass::other;
  const std::uint8_t version = reader.small_integer();
  if (version == 3) {
    if (!reader.enter(BerReader::kSequence) || !reader.skip(BerReader::kInteger) ||
        !reader.skip(BerReader::kInteger) || !reader.enter(BerReader::kOctets) ||
        !reader.rest().holds(1)) {
      return PayloadClass::other;
    }
    return (reader.rest().u8(0) & kReportable) != 0 ? PayloadClass::snmp_request
                                                    : PayloadClass::snmp_response;
  }
  if (version > 1 || !reader.skip(BerReader::kOctets)) return PayloadClass::other;
  if (reader.tag() < kFirstPdu || reader.tag() > kLastPdu) return PayloadClass::other;
  return reader.tag() == kResponsePdu ? PayloadClass::snmp_response : PayloadClass::snmp_request;
}

/// LDAP over UDP: message number, then a search request or the entries that answer it (RFC 4511
/// §4.5).
PayloadClass cldap(Bytes bytes) {
  constexpr std::uint8_t kSearch = 0x63;
  constexpr std::uint8_t kEntry = 0x64;
  constexpr std::uint8_t kDone = 0x65;
  BerReader reader(bytes);
  if (!reader.enter(BerReader::kSequence) || !reader.skip(BerReader::kInteger))
    return PayloadClass::other;
  if (reader.tag() == kSearch) return PayloadClass::cldap_request;
  if (reader.tag() == kEntry || reader.tag() == kDone) return PayloadClass::cldap_response;
  return PayloadClass::other;
}

/// ONC RPC (RFC 5531 §9): a call of version 2 to the port mapper's program 100000, or a reply from
/// its port.
PayloadClass rpcbind(Bytes bytes, const Packet& packet) {
  constexpr std::uint32_t kProgram = 100'000;
  if (!bytes.holds(12)) return PayloadClass::other;
  const std::uint32_t message = bytes.be32(4);
  if (message == 0 && bytes.be32(8) == 2 && bytes.holds(16) && bytes.be32(12) == kProgram)
    return PayloadClass::rpcbind_request;
  if (message == 1 && bytes.be32(8) <= 1 && packet.source_port == kRpcbind)
    return PayloadClass::rpcbind_response;
  return PayloadClass::other;
}

PayloadClass sip(Bytes bytes) {
  if (begins(bytes, "SIP/2.0 ")) return PayloadClass::sip_response;
  for (const std::string_view method : {"OPTIONS ", "REGISTER ", "INVITE ", "SUBSCRIBE ", "NOTIFY ",
                                        "MESSAGE ", "CANCEL ", "BYE ", "ACK ", "PUBLISH "}) {
    const auto after = static_cast<std::uint32_t>(method.size());
    if (begins(bytes, method) && (text_at(bytes, after, "sip:") || text_at(bytes, after, "sips:")))
      return PayloadClass::sip_request;
  }
  return PayloadClass::other;
}

/// A long header (RFC 9000 §17.2): both high bits, a version, a connection's name of 20 bytes at
/// most. Version 0 negotiates (§17.2.1), 0x?a?a?a?a forces that (§15); version 2 counts its types
/// otherwise (RFC 9369 §3.2).
PayloadClass quic(Bytes bytes) {
  constexpr std::uint32_t kVersion2 = 0x6b3343cf;
  constexpr std::uint8_t kMaxConnectionName = 20;
  if (!bytes.holds(6) || (bytes.u8(0) & 0x80) == 0 || bytes.u8(5) > kMaxConnectionName)
    return PayloadClass::other;
  const std::uint32_t version = bytes.be32(1);
  if (version == 0) return PayloadClass::quic_other;
  const bool known = version == 1 || version == kVersion2 || (version >> 8) == 0xff0000 ||
                     (version & 0x0f0f0f0f) == 0x0a0a0a0a;
  if ((bytes.u8(0) & 0x40) == 0 || !known) return PayloadClass::other;
  const unsigned type = (bytes.u8(0) >> 4) & 3U;
  return type == (version == kVersion2 ? 1U : 0U) ? PayloadClass::quic_initial
                                                  : PayloadClass::quic_other;
}

/// SQL Server's browser ([MC-SQLR] §2.2) and the worm that came as one of its requests: 376 bytes
/// that begin with 04 (CERT CA-2003-04).
PayloadClass mssql(Bytes bytes, const Packet& packet) {
  constexpr std::uint32_t kSlammerBytes = 376;
  constexpr std::uint32_t kLongestRequest = 40;  // an instance's name has at most 32 bytes
  const std::uint8_t first = bytes.u8(0);
  if (packet.destination_port == kMssqlBrowser) {
    if (first == 0x04 && bytes.wire_size() == kSlammerBytes) return PayloadClass::slammer;
    const bool request = first == 0x02 || first == 0x03 || first == 0x04 || first == 0x0f;
    if (request && bytes.wire_size() <= kLongestRequest) return PayloadClass::mssql_ping;
  }
  if (packet.source_port == kMssqlBrowser && first == 0x05) return PayloadClass::mssql_response;
  return PayloadClass::other;
}

/// DCE/RPC over UDP (C706 §12.5): version 4, a request, flags 28 00; the interface follows in the
/// sender's byte order, which here is always little-endian:
/// 5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc.
bool is_messenger_spam(Bytes bytes) {
  constexpr std::uint32_t kInterface = 24;
  return begins(bytes, std::string_view("\x04\x00\x28\x00", 4)) &&
         text_at(bytes, kInterface,
                 std::string_view("\xf8\x91\x7b\x5a\x00\xff\xd0\x11"
                                  "\xa9\xb2\x00\xc0\x4f\xb6\xe6\xfc",
                                  16));
}

/// A character generator's line (RFC 864): each byte the next one of the 95 printable characters.
bool is_chargen(Bytes bytes) {
  constexpr std::uint32_t kEnough = 16;
  if (!bytes.holds(kEnough)) return false;
  for (std::uint32_t i = 0; i < kEnough; ++i) {
    const std::uint8_t character = bytes.u8(i);
    if (character < ' ' || character > '~') return false;
    if (i == 0) continue;
    const std::uint8_t before = bytes.u8(i - 1);
    if (character != (before == '~' ? ' ' : before + 1)) return false;
  }
  return true;
}

PayloadClass of_udp(Bytes bytes, const Packet& packet) {
  if (has_port(packet, kDns) || has_port(packet, kMdns)) {
    if (const auto found = dns(bytes); found != PayloadClass::other) return found;
  }
  if (has_port(packet, kNtp)) {
    if (const auto found = ntp(bytes); found != PayloadClass::other) return found;
  }
  if (has_port(packet, kMssqlBrowser)) {
    if (const auto found = mssql(bytes, packet); found != PayloadClass::other) return found;
  }
  if (begins(bytes, "M-SEARCH ")) return PayloadClass::ssdp_request;
  if (begins(bytes, "HTTP/1.")) return PayloadClass::ssdp_response;
  if (begins(bytes, "d1:ad2:id20:") || begins(bytes, "d1:rd2:id20:"))
    return PayloadClass::bittorrent;
  if (is_messenger_spam(bytes)) return PayloadClass::messenger_spam;
  for (const auto rule : {snmp, cldap, memcached, sip, quic}) {
    if (const auto found = rule(bytes); found != PayloadClass::other) return found;
  }
  if (const auto found = rpcbind(bytes, packet); found != PayloadClass::other) return found;
  return is_chargen(bytes) ? PayloadClass::chargen : PayloadClass::other;
}

PayloadClass of_tcp(Bytes bytes) {
  for (const std::string_view method : {"GET ", "POST ", "HEAD ", "OPTIONS ", "PUT ", "CONNECT ",
                                        "DELETE ", "TRACE ", "PATCH ", "PROPFIND ", "HTTP/1."}) {
    if (!begins(bytes, method)) continue;
    // OPTIONS is SIP's word too.
    const auto found = sip(bytes);
    return found == PayloadClass::other ? PayloadClass::http : found;
  }
  if (begins(bytes, "SSH-")) return PayloadClass::ssh;
  if (begins(bytes,
             "\x13"
             "BitTorrent protocol"))
    return PayloadClass::bittorrent;
  // Handshake record of TLS 1.x or SSL 3 (RFC 8446 §5.1), message 1.
  if (bytes.holds(6) && bytes.u8(0) == 0x16 && bytes.u8(1) == 3 && bytes.u8(5) == 1)
    return PayloadClass::tls_client_hello;
  // TPKT (RFC 1006 §6) around an X.224 connection request.
  if (bytes.holds(6) && bytes.be16(0) == 0x0300 && (bytes.u8(5) & 0xf0) == 0xe0)
    return PayloadClass::rdp;
  // A NetBIOS session message (RFC 1002 §4.3.1) around SMB 1, 2 or 3.
  if (bytes.holds(8) && bytes.u8(0) == 0 &&
      (text_at(bytes, 4, "\xffSMB") || text_at(bytes, 4, "\xfeSMB"))) {
    return PayloadClass::smb;
  }
  return sip(bytes);
}

}  // namespace

std::string_view to_string(PayloadClass payload) {
  const auto index = static_cast<std::size_t>(payload);
  return kNames[index < kNames.size() ? index : 0];
}

std::optional<PayloadClass> parse_payload_class(std::string_view text) {
  const auto at = std::find(kNames.begin(), kNames.end(), text);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<PayloadClass>(at - kNames.begin());
}

PayloadClass classify_payload(Bytes payload, const Packet& packet) {
  if (payload.wire_size() == 0) return PayloadClass::none;
  if (payload.size() == 0) return PayloadClass::other;
  return packet.is_udp() ? of_udp(payload, packet) : of_tcp(payload);
}

std::uint32_t payload_digest(Bytes payload, PayloadClass payload_class) {
  const bool dns =
      payload_class == PayloadClass::dns_query || payload_class == PayloadClass::dns_response;
  const Bytes counted = dns ? payload.from(2) : payload;
  const std::uint32_t size = std::min(counted.size(), kPayloadDigestBytes);
  const auto* bytes = reinterpret_cast<const std::byte*>(counted.field(0, size));
  return static_cast<std::uint32_t>(digest_of(std::span(bytes, size)).low);
}

bool is_response(PayloadClass payload) {
  switch (payload) {
    case PayloadClass::dns_response:
    case PayloadClass::ntp_response:
    case PayloadClass::memcached_response:
    case PayloadClass::ssdp_response:
    case PayloadClass::snmp_response:
    case PayloadClass::cldap_response:
    case PayloadClass::rpcbind_response:
    case PayloadClass::chargen:
    case PayloadClass::sip_response:
    case PayloadClass::mssql_response:
      return true;
    default:
      return false;
  }
}

bool is_amplification_request(PayloadClass payload) {
  switch (payload) {
    case PayloadClass::dns_query:
    case PayloadClass::ntp_monlist:
    case PayloadClass::ntp_control:
    case PayloadClass::memcached_request:
    case PayloadClass::ssdp_request:
    case PayloadClass::snmp_request:
    case PayloadClass::cldap_request:
    case PayloadClass::rpcbind_request:
      return true;
    default:
      return false;
  }
}

}  // namespace teiten
