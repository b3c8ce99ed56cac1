#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace teiten {

/// ISO 3166-1 alpha-2 code of a source's region; `ZZ` (user-assigned in ISO 3166) is "unknown".
class Region {
 public:
  constexpr Region() = default;  ///< ZZ
  constexpr Region(char first, char second)
      : code_(static_cast<std::uint16_t>((static_cast<unsigned char>(first) << 8) |
                                         static_cast<unsigned char>(second))) {}
  /// Two letters in either case; nothing for anything else.
  static constexpr std::optional<Region> parse(std::string_view text) {
    if (text.size() != 2) return std::nullopt;
    char letters[2] = {text[0], text[1]};
    for (char& c : letters) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (c < 'A' || c > 'Z') return std::nullopt;
    }
    return Region(letters[0], letters[1]);
  }
  static constexpr Region from_code(std::uint16_t code) {
    return Region(static_cast<char>(code >> 8), static_cast<char>(code & 0xff));
  }
  /// First letter × 256 + second letter (ASCII): the stored form.
  constexpr std::uint16_t code() const { return code_; }
  constexpr bool is_unknown() const { return code_ == Region().code_; }
  std::string to_string() const {
    return {static_cast<char>(code_ >> 8), static_cast<char>(code_ & 0xff)};
  }
  friend constexpr auto operator<=>(const Region&, const Region&) = default;

 private:
  std::uint16_t code_ = ('Z' << 8) | 'Z';
};

}  // namespace teiten
