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
    if (tag || char_at(word, 0) == '[') break;
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
  const bool rfc5424 = header.size() > 4 && header[0] == '<' &&
                       header.substr(0, 6).find(">1 ") != std::string_view::npos;
  const auto read_after = [&](std::size_t at, bool first, FirewallHeader& part) {
    if (rfc5424 && first) {
      read_rfc5424(header.substr(at), part);
    } else {
      read_syslog(header.substr(at), part);
    }
  };
  std::size_t after_stamp = 0;
  bool first = true;
  // Who spoke after an earlier stamp may have been told all that follows by somebody else.
  bool quoted = false;
  auto stamp = epoch_stamp(header);
  if (!stamp) stamp = find_stamp(header);
  while (stamp) {
    after_stamp = stamp->end;
    if (!result.stamp || stamp->rank() >= result.stamp->rank()) result.stamp = stamp;
    stamp = find_stamp(header, after_stamp);
    if (!stamp) break;
    FirewallHeader earlier;
    read_after(after_stamp, first, earlier);
    quoted = quoted || earlier.foreign;
    first = false;
  }
  read_after(after_stamp, first && result.stamp, result);
  // Of the kernel's own line only what stands before its tag.
  const std::string_view outside = result.from_kernel ? header.substr(0, after_stamp) : header;
  quoted = quoted || std::count(outside.begin(), outside.end(), '"') % 2 != 0;
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
