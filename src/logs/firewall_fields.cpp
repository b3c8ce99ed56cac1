#include "logs/firewall_fields.h"

#include <algorithm>

#include "logs/text.h"

namespace teiten {
namespace {

/// Longest key that matters ("HOPLIMIT").
constexpr std::size_t kMaxKeyBytes = 8;

/// Sets `field` once; a second value means that two lines ran into each other.
void set_once(std::string_view& field, std::string_view value, FirewallFields& fields) {
  if (field.data() != nullptr) fields.spliced = true;
  field = value;
}

/// LEN, ID, SEQ come twice in a whole line (IP, then UDP or echo): the first is meant.
void set_first(std::string_view& field, std::string_view value) {
  if (field.data() == nullptr) field = value;
}

void set_short_key(std::string_view key, std::string_view value, FirewallFields& fields) {
  if (key == "SRC") {
    set_once(fields.source, value, fields);
  } else if (key == "DST") {
    set_once(fields.destination, value, fields);
  } else if (key == "SPT") {
    set_once(fields.source_port, value, fields);
  } else if (key == "DPT") {
    set_once(fields.destination_port, value, fields);
  } else if (key == "TTL") {
    set_once(fields.ttl, value, fields);
  } else if (key == "LEN") {
    set_first(fields.length, value);
  } else if (key == "SEQ") {
    if (fields.icmp_type.data() != nullptr) {
      fields.has_echo_sequence = true;
    } else {
      set_first(fields.sequence, value);
    }
  } else if (key == "ACK") {
    set_first(fields.acknowledgement, value);
  } else if (key == "RES") {
    fields.has_reserved = true;
  } else if (key == "OUT" && !fields.has_out) {
    fields.has_out = true;
    fields.out = value;
  }
}

void set_key(std::string_view key, std::string_view value, FirewallFields& fields) {
  if (key.size() == 3) {
    set_short_key(key, value, fields);
  } else if (key == "PROTO") {
    set_once(fields.protocol, value, fields);
  } else if (key == "HOPLIMIT") {
    set_once(fields.ttl, value, fields);
  } else if (key == "WINDOW") {
    set_first(fields.window, value);
  } else if (key == "URGP") {
    fields.has_urgent_pointer = true;
  } else if (key == "TYPE") {
    set_once(fields.icmp_type, value, fields);
  } else if (key == "CODE") {
    set_once(fields.icmp_code, value, fields);
  } else if (key == "ID") {
    set_first(fields.icmp_type.data() != nullptr ? fields.echo_id : fields.id, value);
  } else if (key == "IN" && !fields.has_in) {
    fields.has_in = true;
    fields.in = value;
  }
}

std::uint8_t flag_of(std::string_view word) {
  if (word.size() != 3) return 0;
  if (word == "SYN") return tcp_flag::kSyn;
  if (word == "ACK") return tcp_flag::kAck;
  if (word == "RST") return tcp_flag::kRst;
  if (word == "FIN") return tcp_flag::kFin;
  if (word == "PSH") return tcp_flag::kPsh;
  if (word == "URG") return tcp_flag::kUrg;
  if (word == "ECE") return tcp_flag::kEce;
  if (word == "CWR") return tcp_flag::kCwr;
  return 0;
}

/// `next` is the character after the blank that follows the word.
void set_word(std::string_view word, char next, FirewallFields& fields) {
  const bool among_flags = fields.window.data() != nullptr || fields.has_reserved;
  if (among_flags && !fields.has_urgent_pointer) {
    const std::uint8_t flag = flag_of(word);
    fields.tcp_flags |= flag;
    fields.has_flag_word = fields.has_flag_word || flag != 0;
  }
  if (word == "MF") {
    fields.more_fragments = true;
  } else if (word.starts_with("FRAG:")) {
    const auto offset = parse_decimal(word.substr(5), 65'535);
    fields.later_fragment = offset.value_or(0) > 0;
  } else if (word == "INCOMPLETE") {
    (next == '[' ? fields.is_incomplete : fields.more_fragments) = true;
  } else if (word.starts_with("TRUNCATED")) {
    fields.is_incomplete = true;
  } else if (word == "ARP") {
    fields.is_arp = true;
  } else if (word == "ESP" && fields.protocol.data() == nullptr) {
    fields.protocol = word;  // within the IPv6 OPT list; no PROTO= follows then
  }
}

/// End of the bracket that opens at `open` (which is a '['), or npos: an inner packet may hold
/// `INCOMPLETE [8 bytes]`.
std::size_t closing_bracket(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '[') ++depth;
    if (text[at] == ']' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

/// Some routers' loggers leave the priority of each part of the line in it: `<1>SRC=…`.
std::string_view without_priority(std::string_view word) {
  if (word.size() > 3 && word[0] == '<' && is_digit(word[1]) && word[2] == '>') {
    word.remove_prefix(3);
  }
  return word;
}

}  // namespace

FirewallFields split_firewall_fields(std::string_view text) {
  FirewallFields fields;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    if (text[at] == '[' && text.substr(at + 1, 4) == "SRC=") {
      const std::size_t close = closing_bracket(text, at);
      if (close == std::string_view::npos) return fields;
      if (fields.quoted.data() == nullptr) fields.quoted = text.substr(at + 1, close - at - 1);
      at = close + 1;
      continue;
    }
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = without_priority(text.substr(at, end - at));
    const std::size_t equals = word.substr(0, kMaxKeyBytes + 1).find('=');
    if (equals == std::string_view::npos) {
      set_word(word, char_at(text, end + 1), fields);
    } else {
      set_key(word.substr(0, equals), word.substr(equals + 1), fields);
    }
    if (end == text.size()) fields.last_word = word;
    at = end + 1;
  }
  return fields;
}

}  // namespace teiten
