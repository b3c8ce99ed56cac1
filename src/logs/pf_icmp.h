#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace teiten {

/// The number of an ICMP type as pf.conf(5) calls it (`echoreq`, `unreach`), as `unknown(42)` or as
/// `42`; nothing for another word. `six`: of ICMPv6, whose words are partly the same.
std::optional<std::uint8_t> pf_icmp_type(bool six, std::string_view word);
/// The same for a code of that type (`port-unr`).
std::optional<std::uint8_t> pf_icmp_code(bool six, std::uint8_t type, std::string_view word);

}  // namespace teiten
