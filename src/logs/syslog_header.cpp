#include "logs/syslog_header.h"

#include <algorithm>
#include <array>

#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
/// Longest stamp with a weekday before it and a zone behind.
constexpr std::size_t kMaxStampBytes = 48;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kCee = "@cee:";

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (is_blank(char_at(line, at)))
    ++at;
  return at;
}

/// `<134>` at `at`.
std::size_t skip_priority(std::string_view line, std::size_t at) {
  if (char_at(line, at) != '<') return at;
  std::size_t end = at + 1;
  while (end < at + 4 && is_digit(char_at(line, end)))
    ++end;
  return end > at + 1 && char_at(line, end) == '>' ? end + 1 : at;
}

/// The end of the word at `at`: a message may follow its tag without a blank.
std::size_t end_of_word(std::string_view line, std::size_t at) {
  return std::min(line.find_first_of(" \t{", at), line.size());
}

/// The stamp that begins at `at`, but for a weekday.
std::optional<Stamp> stamp_at(std::string_view line, std::size_t at) {
  if (auto seconds = at == 0 ? epoch_stamp(line) : std::nullopt) return seconds;
  auto stamp = find_stamp(line.substr(0, at + kMaxStampBytes), at);
  if (!stamp) return std::nullopt;
  const bool weekday = stamp->begin == at + 4 && is_letter(line[at]) && line[at + 3] == ' ';
  if (stamp->begin != at && !weekday) return std::nullopt;
  return stamp;
}

/// The end of RFC 5424's structured data at `at` (§6.3), kNone if it is none.
std::size_t skip_structured_data(std::string_view line, std::size_t at) {
  if (char_at(line, at) == '-') return at + 1;
  if (char_at(line, at) != '[') return kNone;
  while (char_at(line, at) == '[') {
    bool quoted = false;
    for (++at; at < line.size() && (quoted || line[at] != ']'); ++at) {
      if (quoted && line[at] == '\\') {
        ++at;
      } else if (line[at] == '"') {
        quoted = !quoted;
      }
    }
    if (at >= line.size()) return kNone;
    ++at;
  }
  return at;
}

void keep_stamp(const std::optional<Stamp>& stamp, SyslogHeader& header) {
  if (stamp && (!header.stamp || stamp->rank() >= header.stamp->rank())) header.stamp = stamp;
}

/// The rest of RFC 5424 behind its stamp: `HOST PROGRAM PROCESS ID DATA MESSAGE`.
bool read_behind_stamp(std::string_view line, std::size_t at, SyslogHeader& header) {
  std::string_view program;
  for (int word = 0; word < 4; ++word) {
    if (char_at(line, at) != ' ') return false;
    const std::size_t end = std::min(line.find(' ', at + 1), line.size());
    if (word == 1) program = line.substr(at + 1, end - at - 1);
    at = end;
  }
  at = skip_structured_data(line, at + 1);
  if (at == kNone) return false;
  at = skip_blanks(line, at);
  if (line.substr(std::min(at, line.size())).starts_with(kByteOrderMark))
    at += kByteOrderMark.size();
  header.program = program == "-" ? std::string_view() : program;
  header.message = at;
  return true;
}

/// RFC 5424 from the version on: `1 STAMP …`. Of a header that is broken behind its stamp there is
/// no message.
bool read_rfc5424(std::string_view line, std::size_t at, SyslogHeader& header) {
  if (line.substr(std::min(at, line.size()), 2) != "1 ") return false;
  at += 2;
  const auto stamp = stamp_at(line, at);
  if (!stamp && line.substr(std::min(at, line.size()), 2) != "- ") return false;
  if (!read_behind_stamp(line, stamp ? stamp->end : at + 1, header)) {
    if (!stamp) return false;
    header.message = line.size();
  }
  keep_stamp(stamp, header);
  return true;
}

/// What programs that log by themselves write behind the stamp.
bool is_level(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kLevels = {
      "trace", "debug", "info",     "notice", "warn",  "warning",
      "error", "err",   "critical", "crit",   "fatal", "alert"};
  return std::any_of(kLevels.begin(), kLevels.end(),
                     [&](std::string_view level) { return equals_ignoring_case(word, level); });
}

/// `suricata[12]:` without what is not the name; empty if a word is no tag.
std::string_view name_of_tag(std::string_view word) {
  if (word.size() < 2 || word.back() != ':' || word.ends_with("::")) return {};
  word.remove_suffix(1);
  if (word.back() == ']') word = word.substr(0, word.rfind('['));
  return word;
}

/// A host's name or address, or a facility: no level of a program's own log, and nothing in
/// brackets.
bool may_be_host(std::string_view word) {
  if (!std::all_of(word.begin(), word.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' ||
               (static_cast<unsigned char>(c) & 0x80U) != 0;
      }))
    return false;
  return !is_level(word);
}

/// `[host] [facility] tag:` behind a stamp; false where no tag stands there.
bool read_tag(std::string_view line, std::size_t at, SyslogHeader& header) {
  for (int words = 0; words < 3; ++words) {
    at = skip_blanks(line, at);
    const std::size_t end = end_of_word(line, at);
    const std::string_view word = line.substr(std::min(at, line.size()), end - at);
    if (const std::string_view name = name_of_tag(word); !name.empty()) {
      if (is_level(name)) return false;
      header.program = name;
      header.message = skip_blanks(line, end);
      return true;
    }
    if (!may_be_host(word)) return false;
    // Only a facility has a second word before the tag: `daemon.info`.
    if (words > 0 && word.find('.') == kNone) return false;
    at = end;
  }
  return false;
}

}  // namespace

std::optional<SyslogHeader> parse_syslog_header(std::string_view line) {
  SyslogHeader header;
  std::size_t at = skip_priority(line, 0);
  if (read_rfc5424(line, at, header)) return header;
  const bool has_priority = at > 0;
  if (char_at(line, at) == '[') ++at;
  const auto stamp = stamp_at(line, at);
  if (!stamp && !has_priority) return std::nullopt;
  if (!stamp) {
    header.message = line.size();
    read_tag(line, at, header);
    return header;
  }
  header.stamp = stamp;
  at = stamp->end + (char_at(line, stamp->end) == ']' ? 1U : 0U);
  if (at < line.size() && !is_blank(line[at]) && line[at] != ':') return std::nullopt;
  header.message = skip_blanks(line, at + (char_at(line, at) == ':' ? 1U : 0U));
  // A relay writes its stamp and the sender's host before the sender's own header. What stands
  // behind a tag is no header, whatever it looks like.
  const std::size_t host = skip_blanks(line, at);
  const std::size_t behind = end_of_word(line, host);
  if (name_of_tag(line.substr(std::min(host, line.size()), behind - host)).empty()) {
    const std::size_t inner = skip_priority(line, skip_blanks(line, behind));
    if (read_rfc5424(line, inner, header)) return header;
    if (const auto senders = stamp_at(line, inner)) {
      keep_stamp(senders, header);
      header.message = skip_blanks(line, senders->end);
      at = senders->end;
    }
  }
  read_tag(line, at, header);
  return header;
}

JsonInLine find_json_in_line(std::string_view line) {
  JsonInLine found;
  std::size_t at = 0;
  if (const auto header = parse_syslog_header(line)) {
    found.has_header = true;
    at = header->message;
  }
  const bool cee = line.substr(std::min(at, line.size())).starts_with(kCee);
  if (cee) at = skip_blanks(line, at + kCee.size());
  found.has_header = found.has_header || cee;
  if (found.has_header && char_at(line, at) == '{') found.object = at;
  return found;
}

}  // namespace teiten
