#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/bytes.h"
#include "decode/packet.h"

namespace teiten {

/// The enumerator's name.
std::string_view to_string(PayloadClass payload);
std::optional<PayloadClass> parse_payload_class(std::string_view text);

/// Bytes of a payload that its digest covers: enough to tell one probe from another, and within
/// what a capture of 128 bytes a frame keeps.
inline constexpr std::uint32_t kPayloadDigestBytes = 64;

/// Class of the payload of a UDP datagram or a TCP segment. `payload` is what follows the transport
/// header (its wire size as on the wire, its bytes as captured); ports and protocol are read from
/// `packet`. `none` for an empty payload, `other` where no rule fits or too little was captured.
PayloadClass classify_payload(Bytes payload, const Packet& packet);

/// 32 bits that are equal for equal payloads: the digest of the first kPayloadDigestBytes captured
/// bytes. The identifier that a DNS message begins with is left out: it differs each time.
std::uint32_t payload_digest(Bytes payload, PayloadClass payload_class);

/// A server's answer to something that this address did not ask for.
bool is_response(PayloadClass payload);
/// A request whose answer is much longer, which is what reflection attacks abuse.
bool is_amplification_request(PayloadClass payload);

}  // namespace teiten
