#include "logs/sensor_names.h"

#include "logs/text.h"

namespace teiten {
namespace {

/// Bytes of the UTF-8 sequence at the beginning of `text` (RFC 3629 §4), 0 if it is none or a
/// control character.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x20 || first == 0x7f) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return continues(1) && byte(1) >= (first == 0xc2 ? 0xa0U : 0U) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool past_end = first == 0xf4 && byte(1) > 0x8f;
    return continues(1) && continues(2) && continues(3) && !overlong && !past_end ? 4 : 0;
  }
  return 0;
}

bool may_name_a_sensor(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

/// Blanks, marks that are not seen and marks that turn the writing round: two names would look
/// alike, or a line on the screen would say something else.
bool is_unseen(std::string_view character) {
  if (character == "\u00a0" || character == "\u00ad" || character == "\u3000" ||
      character == "\ufeff")
    return true;
  // U+2000 to U+206F.
  if (character >= "\u2000" && character <= "\u206f") return true;
  return character >= "\U000e0000" && character <= "\U000e0fff";
}

}  // namespace

bool is_sensor_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxSensorNameBytes || name == "-") return false;
  if (name.find_first_not_of('.') == std::string_view::npos) return false;
  while (!name.empty()) {
    const std::size_t bytes = character_bytes(name);
    if (bytes == 0 || (bytes == 1 && !may_name_a_sensor(name.front()))) return false;
    if (is_unseen(name.substr(0, bytes))) return false;
    name.remove_prefix(bytes);
  }
  return true;
}

std::optional<std::uint16_t> SensorNames::label_of(std::string_view name) {
  if (name.empty() || name == "-") return std::uint16_t{0};
  if (const auto it = labels_.find(name); it != labels_.end()) return it->second;
  if (names_.size() >= kMaxSensors || !is_sensor_name(name)) return std::nullopt;
  names_.emplace_back(name);
  const auto label = static_cast<std::uint16_t>(names_.size());
  labels_.emplace(name, label);
  return label;
}

}  // namespace teiten
