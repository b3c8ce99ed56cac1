#include "logs/container_prefix.h"

#include <algorithm>

#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::size_t kMaxFractionDigits = 9;

/// Whether `text` at `at` has the shape of `pattern`, in which `0` stands for any digit.
bool has_shape(std::string_view text, std::size_t at, std::string_view pattern) {
  for (const char wanted : pattern) {
    const char c = char_at(text, at++);
    if (wanted == '0' ? !is_digit(c) : c != wanted) return false;
  }
  return true;
}

/// Behind a stamp of RFC 3339 and the blank that follows it, 0 if none stands at `at`.
std::size_t skip_stamp(std::string_view line, std::size_t at) {
  constexpr std::string_view kSeconds = "0000-00-00T00:00:00";
  if (!has_shape(line, at, kSeconds)) return 0;
  at += kSeconds.size();
  if (char_at(line, at) == '.') {
    const std::size_t first = ++at;
    while (is_digit(char_at(line, at)))
      ++at;
    if (at == first || at - first > kMaxFractionDigits) return 0;
  }
  if (char_at(line, at) == 'Z') {
    ++at;
  } else if (has_shape(line, at, "+00:00") || has_shape(line, at, "-00:00")) {
    at += 6;
  } else {
    return 0;
  }
  return char_at(line, at) == ' ' ? at + 1 : 0;
}

std::optional<ContainerPrefix> parse_kubernetes(std::string_view line) {
  const std::size_t stream = skip_stamp(line, 0);
  if (stream == 0) return std::nullopt;
  const std::string_view rest = line.substr(stream);
  ContainerPrefix prefix;
  constexpr std::size_t kStreamAndTag = std::string_view("stdout F ").size();
  prefix.from_stderr = rest.starts_with("stderr ");
  if (!prefix.from_stderr && !rest.starts_with("stdout ")) return std::nullopt;
  const std::string_view tag = rest.substr(7, 2);
  // A runtime may leave out the blank before an empty line.
  if (!tag.starts_with('F') && !tag.starts_with('P')) return std::nullopt;
  if (tag.size() == 2 && tag.back() != ' ') return std::nullopt;
  prefix.ends_line = tag.front() == 'F';
  prefix.message = std::min(stream + kStreamAndTag, line.size());
  return prefix;
}

bool is_in_name(char c) {
  // `@`: `docker service logs` names the node, `web.1.abc@node`.
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '@';
}

std::optional<ContainerPrefix> parse_compose(std::string_view line) {
  const auto end = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_in_name) -
                                            line.begin());
  if (end == 0 || !(is_letter(line.front()) || is_digit(line.front()))) return std::nullopt;
  const std::size_t bar = line.find_first_not_of(' ', end);
  if (bar == std::string_view::npos || bar == end || line[bar] != '|' ||
      char_at(line, bar + 1) != ' ')
    return std::nullopt;
  ContainerPrefix prefix;
  prefix.message = bar + 2;
  if (const std::size_t behind = skip_stamp(line, prefix.message); behind > 0)
    prefix.message = behind;
  return prefix;
}

}  // namespace

std::optional<ContainerPrefix> parse_container_prefix(std::string_view line) {
  const auto prefix = parse_kubernetes(line);
  return prefix ? prefix : parse_compose(line);
}

}  // namespace teiten
