#include "access/tool.h"

#include <array>

namespace teiten {
namespace {

/// Names in the order of the numbers.
constexpr std::array<std::string_view, kToolCount> kNames = {
    "none", "mirai", "masscan", "zmap", "unicornscan", "nmap", "connect_windows", "connect_linux"};

}  // namespace

std::string to_string(const ToolGuess& guess) {
  const auto index = static_cast<std::size_t>(guess.tool);
  if (index == 0 || index >= kNames.size()) return std::string(kNames[0]);
  return std::string(kNames[index]) + (guess.confirmed ? "" : "?");
}

std::optional<ToolGuess> parse_tool(std::string_view text) {
  if (text == kNames[0]) return ToolGuess{};
  const bool possible = text.ends_with('?');
  if (possible) text.remove_suffix(1);
  for (std::size_t i = 1; i < kNames.size(); ++i)
    if (kNames[i] == text) return ToolGuess{static_cast<Tool>(i), !possible};
  return std::nullopt;
}

}  // namespace teiten
