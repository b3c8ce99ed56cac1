#include "logs/firewall_header.h"

#include <algorithm>
#include <array>

#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::array<std::string_view, 7> kKernelRelays = {
    "kernel", "klogd", "ulogd", "ulogd2", "pvefw-logger", "syslog-ng", "rsyslogd"};

constexpr std::string_view kKernelTag = "kernel:";

/// Removes the first word and the blanks around it.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

/// The program's name and whether it tells a process id: `kernel:`, `sshd[123]:`.
struct Tag {
  std::string_view name;
  bool has_process_id = false;
};

std::optional<Tag> parse_tag(std::string_view word) {
  if (word.size() < 2 || word.back() != ':') return std::nullopt;
  word.remove_suffix(1);
  if (word.back() != ']') return Tag{word, false};
  const std::size_t open = word.rfind('[');
  if (open == 0 || open == std::string_view::npos) return std::nullopt;
  const std::string_view id = word.substr(open + 1, word.size() - open - 2);
  if (!parse_decimal(id, 0xffffffff)) return std::nullopt;
  return Tag{word.substr(0, open), true};
}

/// `[12345.678901]` or `[ 1216.780164]`: seconds since the kernel started.
std::string_view without_uptime(std::string_view text) {
  text = trim(text);
  if (char_at(text, 0) != '[') return text;
  std::size_t at = 1;
  while (char_at(text, at) == ' ' || is_digit(char_at(text, at)))
    ++at;
  if (char_at(text, at) != '.') return text;
  ++at;
  while (is_digit(char_at(text, at)))
    ++at;
  return char_at(text, at) == ']' ? trim(text.substr(at + 1)) : text;
}

/// The part of RFC 5424 §6 after the stamp: host, program, process id, message id, data.
void read_rfc5424(std::string_view rest, FirewallHeader& result) {
  take_word(rest);
  const std::string_view program = take_word(rest);
  const std::string_view process = take_word(rest);
  take_word(rest);
  result.from_kernel = relays_kernel(program);
  result.foreign = !result.from_kernel && parse_decimal(process, 0xffffffff).has_value();
  result.prefix = rest;
}

/// What a host's name, an address or a facility may begin with: no bracket, no quotation mark.
bool may_begin_host(char c) {
  return is_letter(c) || is_digit(c) || c == '<' || c == '_' || c == '-' || c == ':' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// True where text ends inside quotation marks; a backslash before one makes it text.
bool ends_quoted(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    }
  }
  return quoted;
}

/// True if what ends with a stamp is RFC 5424's version and stamp: `<38>1 2013-…`, behind a relay's
/// header too.
bool is_rfc5424(std::string_view text) {
  for (std::size_t at = text.find("1 "); at != std::string_view::npos;
       at = text.find("1 ", at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    if (before != '>' && before != ' ') continue;
    bool year = char_at(text, at + 6) == '-';
    for (std::size_t i = at + 2; i < at + 6; ++i)
      year = year && is_digit(char_at(text, i));
    if (year) return true;
  }
  return false;
}

/// Where the header of RFC 5424 goes on that has no stamp (`<38>1 - host …`); 0 if it is none.
std::size_t behind_nil_stamp(std::string_view header) {
  const std::size_t close = header.substr(0, 5).find('>');
  if (char_at(header, 0) != '<' || close == std::string_view::npos) return 0;
  return header.substr(close + 1, 4) == "1 - " ? close + 4 : 0;
}

/// The part of a syslog line after the stamp: [host] [facility] [tag:] prefix.
void read_syslog(std::string_view rest, FirewallHeader& result) {
  std::string_view after = rest;
  // A host name, OpenWrt's facility and the tag are the first three words at most.
  for (int i = 0; i < 3 && !after.empty(); ++i) {
    const std::string_view word = take_word(after);
    const auto tag = parse_tag(word);
    // `kernel:[ 1234.567890]`: rsyslog's templates may leave out the blank.
    if (!tag && word.starts_with(kKernelTag)) {
      result.from_kernel = true;
      result.prefix = std::string_view(word.data() + kKernelTag.size(),
                                       word.size() - kKernelTag.size() + after.size());
      return;
    }
    if (word == "kernel" || (tag && relays_kernel(tag->name))) {
      result.from_kernel = true;
      result.prefix = after;
      return;
    }
    if (tag && tag->has_process_id) {
      result.foreign = true;
      return;
    }
    if (tag || !may_begin_host(char_at(word, 0))) break;
  }
  // Without a tag the first word is the host's name, if it is a word of its own and not a prefix.
  after = rest;
  const std::string_view host = take_word(after);
  const bool named = is_letter(char_at(host, 0)) || is_digit(char_at(host, 0));
  result.prefix = named && host.back() != ':' && !trim(after).empty() ? after : rest;
}

bool is_one_of(std::string_view word, const auto& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view candidate) {
    return equals_ignoring_case(word, candidate);
  });
}

/// `-A]`, `-A-2147483647]`, `-RET-3001]` at the end of a rule's name in brackets.
bool has_accepting_rule_suffix(std::string_view prefix) {
  const std::size_t close = prefix.rfind(']');
  if (close == std::string_view::npos) return false;
  std::string_view name = prefix.substr(0, close);
  const std::size_t number = name.rfind('-');
  if (number == std::string_view::npos) return false;
  if (parse_decimal(name.substr(number + 1), 0xffffffff)) name = name.substr(0, number);
  return name.ends_with("-A") || name.ends_with("-RET");
}

}  // namespace

bool relays_kernel(std::string_view program) {
  return std::find(kKernelRelays.begin(), kKernelRelays.end(), program) != kKernelRelays.end();
}

FirewallHeader parse_firewall_header(std::string_view header) {
  FirewallHeader result;
  std::size_t after_stamp = 0;
  std::size_t before_stamp = 0;  // the end of the stamp before, or the line's beginning
  const auto read_after_stamp = [&](FirewallHeader& part) {
    if (is_rfc5424(header.substr(before_stamp, after_stamp - before_stamp))) {
      read_rfc5424(header.substr(after_stamp), part);
    } else {
      read_syslog(header.substr(after_stamp), part);
    }
  };
  // Who spoke after an earlier stamp may have been told all that follows by somebody else.
  bool quoted = false;
  if (const std::size_t nil = behind_nil_stamp(header); nil > 0) {
    FirewallHeader whole;
    read_rfc5424(header.substr(nil), whole);
    quoted = whole.foreign;
  }
  auto stamp = epoch_stamp(header);
  if (!stamp) stamp = find_stamp(header);
  while (stamp) {
    before_stamp = after_stamp;
    after_stamp = stamp->end;
    if (!result.stamp || stamp->rank() >= result.stamp->rank()) result.stamp = stamp;
    stamp = find_stamp(header, after_stamp);
    if (!stamp) break;
    FirewallHeader earlier;
    read_after_stamp(earlier);
    quoted = quoted || earlier.foreign;
  }
  read_after_stamp(result);
  // Of the kernel's own line only what stands before its message.
  const auto message = static_cast<std::size_t>(result.prefix.data() - header.data());
  quoted = quoted || ends_quoted(result.from_kernel ? header.substr(0, message) : header);
  result.foreign = result.foreign || quoted;
  result.prefix = without_uptime(result.prefix);
  return result;
}

RuleVerdict verdict_of(std::string_view prefix) {
  static constexpr std::array<std::string_view, 8> kAllow = {
      "accept", "accepted", "allow", "allowed", "pass", "passed", "permit", "permitted"};
  static constexpr std::array<std::string_view, 8> kDeny = {
      "drop", "dropped", "deny", "denied", "reject", "rejected", "block", "blocked"};
  bool allows = false;
  bool denies = false;
  for (std::size_t at = 0; at < prefix.size();) {
    if (!is_letter(prefix[at])) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (is_letter(char_at(prefix, end)) || is_digit(char_at(prefix, end)))
      ++end;
    const std::string_view word = prefix.substr(at, end - at);
    if (equals_ignoring_case(word, "audit")) return RuleVerdict::audited;
    allows = allows || is_one_of(word, kAllow);
    denies = denies || is_one_of(word, kDeny);
    at = end;
  }
  if (denies) return RuleVerdict::blocked;
  return allows || has_accepting_rule_suffix(prefix) ? RuleVerdict::allowed : RuleVerdict::blocked;
}

}  // namespace teiten
