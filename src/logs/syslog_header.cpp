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
/// RFC 5424's, with the blank behind it.
constexpr std::string_view kVersion = "1 ";
constexpr std::string_view kNilStamp = "- ";
/// A host's name, a facility and the tag.
constexpr int kWordsWithTag = 3;

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

bool version_at(std::string_view line, std::size_t at) {
  return line.substr(std::min(at, line.size())).starts_with(kVersion);
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

/// What behind RFC 5424's stamp leads to its message; false if that is broken.
bool read_behind_stamp(std::string_view line, std::size_t at, SyslogHeader& header) {
  const SyslogSender sender = read_rfc5424_sender(line, at);
  at = skip_structured_data(line, sender.message);
  if (at == kNone) return false;
  at = skip_blanks(line, at);
  if (line.substr(std::min(at, line.size())).starts_with(kByteOrderMark))
    at += kByteOrderMark.size();
  header.program = sender.program;
  header.message = at;
  return true;
}

/// RFC 5424 from the version on: `1 STAMP …`. Of a header that is broken behind its stamp there is
/// no message.
bool read_rfc5424(std::string_view line, std::size_t at, SyslogHeader& header) {
  if (!version_at(line, at)) return false;
  at += kVersion.size();
  const auto stamp = stamp_at(line, at);
  if (!stamp && !line.substr(std::min(at, line.size())).starts_with(kNilStamp)) return false;
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

/// `suricata[12]:`; nothing if a word is no tag.
std::optional<SyslogSender> parse_tag(std::string_view word) {
  if (word.size() < 2 || word.back() != ':' || word.ends_with("::")) return std::nullopt;
  word.remove_suffix(1);
  SyslogSender tag;
  tag.program = word;
  if (word.back() == ']') {
    const std::size_t open = word.rfind('[');
    if (open == 0) return std::nullopt;
    tag.program = word.substr(0, open);
    if (open != kNone)
      tag.has_process_id =
          parse_decimal(word.substr(open + 1, word.size() - open - 2), 0xffffffff).has_value();
  }
  return tag;
}

/// `kernel`, `kernel:message`, `kernel[12]`: how many bytes of the word are the tag; 0 for none.
std::size_t bare_tag(std::string_view word, std::string_view program) {
  if (program.empty() || !word.starts_with(program)) return 0;
  const char next = char_at(word, program.size());
  if (next == ':') return program.size() + 1;
  return next == '\0' || (next == '[' && word.back() == ']') ? word.size() : 0;
}

/// What a host's name, an address or a facility may begin with: no bracket, no quotation mark.
bool may_begin_host(char c) {
  return is_letter(c) || is_digit(c) || c == '<' || c == '_' || c == '-' || c == ':' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// A host's name or address, or a facility: no level of a program's own log, and nothing in
/// brackets.
bool may_be_host(std::string_view word) {
  if (!std::all_of(word.begin(), word.end(), [](char c) {
        // syslog-ng chains hosts: `relay/gw`, `source@gw`.
        return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' ||
               c == '/' || c == '@' || (static_cast<unsigned char>(c) & 0x80U) != 0;
      }))
    return false;
  return !is_level(word);
}

/// `<16.6>` or `<local0.info>`: what FreeBSD's syslogd -v puts before the host.
bool is_facility(std::string_view word) {
  if (word.size() < 3 || word.front() != '<' || word.back() != '>') return false;
  word = word.substr(1, word.size() - 2);
  return word.find('.') != kNone && std::all_of(word.begin(), word.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '.';
         });
}

/// The tag behind a stamp; false where none is there for certain.
bool read_tag(std::string_view line, std::size_t at, std::string_view bare, SyslogHeader& header) {
  const auto sender = find_syslog_tag(line, at, bare);
  if (!sender || !sender->is_certain) return false;
  header.program = sender->program;
  header.message = skip_blanks(line, sender->message);
  return true;
}

}  // namespace

std::string_view syslog_word(std::string_view line, std::size_t at) {
  at = std::min(at, line.size());
  return line.substr(at, std::min(line.find_first_of(" \t{", at), line.size()) - at);
}

std::optional<SyslogSender> find_syslog_tag(std::string_view line, std::size_t at,
                                            std::string_view bare) {
  std::optional<SyslogSender> doubtful;
  bool certain = true;
  at = skip_blanks(line, at);
  if (const std::string_view word = syslog_word(line, at); is_facility(word)) at += word.size();
  for (int words = 0; words < kWordsWithTag; ++words) {
    at = skip_blanks(line, at);
    const std::string_view word = syslog_word(line, at);
    if (auto tag = parse_tag(word)) {
      tag->is_certain = certain && !is_level(tag->program);
      tag->message = at + word.size();
      // `app[web.1]:` is a tag, but if another follows, that one's program is whose words these
      // are.
      if (tag->has_process_id || !word.ends_with("]:")) return tag;
      if (!doubtful) doubtful = tag;
    } else if (const std::size_t size = bare_tag(word, bare); size > 0) {
      return SyslogSender{bare, false, certain, at + size};
    }
    if (!may_begin_host(char_at(word, 0))) break;
    // Only a facility has a second word before the tag: `daemon.info`.
    certain = certain && may_be_host(word) && (words == 0 || word.find('.') != kNone);
    at += word.size();
  }
  return doubtful;
}

SyslogSender read_rfc5424_sender(std::string_view line, std::size_t at) {
  SyslogSender sender;
  for (int words = 0; words < 4; ++words) {
    at = skip_blanks(line, at);
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string_view word = line.substr(std::min(at, line.size()), end - at);
    if (words == 1 && word != "-") sender.program = word;
    if (words == 2) sender.has_process_id = parse_decimal(word, 0xffffffff).has_value();
    at = end;
  }
  sender.is_certain = true;
  sender.message = skip_blanks(line, at);
  return sender;
}

bool follows_rfc5424_version(std::string_view line, const Stamp& stamp) {
  if (stamp.begin < kVersion.size() || char_at(line, stamp.begin + 4) != '-') return false;
  const std::size_t version = stamp.begin - kVersion.size();
  if (!version_at(line, version)) return false;
  return version == 0 || line[version - 1] == '>' || line[version - 1] == ' ';
}

std::size_t behind_nil_stamp(std::string_view line) {
  const std::size_t at = skip_priority(line, 0);
  if (at == 0 || !version_at(line, at)) return 0;
  const std::size_t stamp = at + kVersion.size();
  return line.substr(stamp).starts_with(kNilStamp) ? stamp + kNilStamp.size() : 0;
}

std::optional<SyslogHeader> parse_syslog_header(std::string_view line, std::string_view bare) {
  SyslogHeader header;
  std::size_t at = skip_priority(line, 0);
  if (read_rfc5424(line, at, header)) return header;
  const bool has_priority = at > 0;
  if (has_priority) at = skip_blanks(line, at);
  if (char_at(line, at) == '[') ++at;
  const auto stamp = stamp_at(line, at);
  if (!stamp && !has_priority) return std::nullopt;
  if (!stamp) {
    header.message = line.size();
    read_tag(line, at, bare, header);
    return header;
  }
  header.stamp = stamp;
  at = stamp->end + (char_at(line, stamp->end) == ']' ? 1U : 0U);
  if (at < line.size() && !is_blank(line[at]) && line[at] != ':') return std::nullopt;
  header.message = skip_blanks(line, at + (char_at(line, at) == ':' ? 1U : 0U));
  // A relay writes its stamp and the sender's host before the sender's own header. What stands
  // behind a tag is no header, whatever it looks like.
  const std::size_t host = skip_blanks(line, at);
  const std::string_view word = syslog_word(line, host);
  if (!parse_tag(word)) {
    const std::size_t inner = skip_priority(line, skip_blanks(line, host + word.size()));
    if (read_rfc5424(line, inner, header)) return header;
    if (const auto senders = stamp_at(line, inner)) {
      keep_stamp(senders, header);
      header.message = skip_blanks(line, senders->end);
      at = senders->end;
    }
  }
  read_tag(line, at, bare, header);
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
