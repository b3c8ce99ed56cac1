#include "logs/firewall_header.h"

#include <algorithm>
#include <array>

#include "logs/syslog_header.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::array<std::string_view, 7> kKernelRelays = {
    "kernel", "klogd", "ulogd", "ulogd2", "pvefw-logger", "syslog-ng", "rsyslogd"};

constexpr std::string_view kKernel = "kernel";

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

/// The part of RFC 5424 §6 after the stamp, which ends at `at`.
void read_rfc5424(std::string_view header, std::size_t at, FirewallHeader& result) {
  const SyslogSender sender = read_rfc5424_sender(header, at);
  result.from_kernel = relays_kernel(sender.program);
  result.foreign = !result.from_kernel && sender.has_process_id;
  result.prefix = header.substr(std::min(sender.message, header.size()));
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

/// The part of a syslog line after the stamp, which ends at `at`: [host] [facility] [tag:] prefix.
void read_syslog(std::string_view header, std::size_t at, FirewallHeader& result) {
  if (const auto sender = find_syslog_tag(header, at, kKernel)) {
    result.from_kernel = relays_kernel(sender->program);
    result.foreign = !result.from_kernel && sender->has_process_id;
    result.prefix = header.substr(sender->message);
    if (result.from_kernel || result.foreign) return;
  }
  // Else the first word is the host's name, if it is a word of its own and not a prefix.
  result.prefix = header.substr(std::min(at, header.size()));
  const std::string_view rest = trim(result.prefix);
  const std::string_view host = syslog_word(rest, 0);
  const bool named = is_letter(char_at(host, 0)) || is_digit(char_at(host, 0));
  if (named && host.back() != ':' && host.size() < rest.size())
    result.prefix = rest.substr(host.size());
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
  // Who spoke after an earlier stamp may have been told all that follows by somebody else.
  bool quoted = false;
  if (const std::size_t nil = behind_nil_stamp(header); nil > 0) {
    FirewallHeader whole;
    read_rfc5424(header, nil, whole);
    quoted = whole.foreign;
  }
  const auto read_behind = [header](const Stamp& stamp, FirewallHeader& part) {
    if (follows_rfc5424_version(header, stamp)) {
      read_rfc5424(header, stamp.end, part);
    } else {
      read_syslog(header, stamp.end, part);
    }
  };
  auto stamp = epoch_stamp(header);
  if (!stamp) stamp = find_stamp(header);
  if (!stamp) read_syslog(header, 0, result);
  while (stamp) {
    if (!result.stamp || stamp->rank() >= result.stamp->rank()) result.stamp = stamp;
    const auto next = find_stamp(header, stamp->end);
    if (next) {
      FirewallHeader earlier;
      read_behind(*stamp, earlier);
      quoted = quoted || earlier.foreign;
    } else {
      read_behind(*stamp, result);
    }
    stamp = next;
  }
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
