#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace teiten {

/// The program that sent a SYN, as far as its header gives it away (docs/kinds.md). The
/// enumerator's name is the text everywhere, its number is stored: new ones come at the end.
enum class Tool : std::uint8_t {
  none = 0,   ///< no rule fits, or the record lacks what the rules look at
  mirai = 1,  ///< and its forks
  masscan = 2,
  zmap = 3,  ///< and XMap, which sends the same header
  unicornscan = 4,
  nmap = 5,
  connect_windows = 6,  ///< no scanner's header: a system's connect(), by its retransmissions
  connect_linux = 7,
};
inline constexpr std::uint8_t kToolCount = 8;

/// Version of the rules for kinds, payload classes and tools, stored with each batch; 0 is a batch
/// from before there was one. Goes up with each change of what they answer.
inline constexpr std::uint16_t kRuleSetVersion = 1;

/// A tool and how sure that is: one packet that fits is `possible`, since 16 bits fit by chance
/// once in 65,536; `confirmed` takes more of the same source (tool_memory.h).
struct ToolGuess {
  Tool tool = Tool::none;
  bool confirmed = false;

  /// What is stored: twice the tool, plus 1 if confirmed.
  std::uint8_t code() const {
    return static_cast<std::uint8_t>(static_cast<unsigned>(tool) * 2 + (confirmed ? 1 : 0));
  }
  static ToolGuess from_code(std::uint8_t code) {
    return {static_cast<Tool>(code / 2), (code & 1) != 0};
  }
  friend auto operator<=>(const ToolGuess&, const ToolGuess&) = default;
};

/// "mirai" if confirmed, "mirai?" if possible, "none".
std::string to_string(const ToolGuess& guess);
std::optional<ToolGuess> parse_tool(std::string_view text);

}  // namespace teiten
