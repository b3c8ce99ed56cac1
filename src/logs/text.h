#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace teiten {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// Space or tab: what separates words within a line.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr std::string_view trim(std::string_view text) {
  const auto outer = [](char c) { return is_blank(c) || c == '\r' || c == '\n'; };
  while (!text.empty() && outer(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && outer(text.back()))
    text.remove_suffix(1);
  return text;
}

/// ASCII only; `lower` must be lower case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// All of `text` as a decimal number of at most `max` (and at most ten digits), without sign or
/// space; nothing for anything else.
constexpr std::optional<std::uint32_t> parse_decimal(std::string_view text, std::uint32_t max) {
  if (text.empty() || text.size() > 10) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > max) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

/// The digits at [at, at + count) as a number; -1 where they are not all there.
constexpr int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at > text.size() || text.size() - at < count) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// The character at `at`, or NUL past the end.
constexpr char char_at(std::string_view text, std::size_t at) {
  return at < text.size() ? text[at] : '\0';
}

}  // namespace teiten
