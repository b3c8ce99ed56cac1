#include "logs/json_scan.h"

#include <algorithm>
#include <bitset>

#include "logs/container_prefix.h"
#include "logs/json_limits.h"
#include "logs/syslog_header.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

/// Characters to stop at.
class Stops {
 public:
  constexpr explicit Stops(std::string_view characters) {
    for (const char c : characters)
      stop_[static_cast<unsigned char>(c)] = true;
  }
  /// The first of them at or after `at`, or kNone.
  std::size_t find(std::string_view text, std::size_t at) const {
    for (; at < text.size(); ++at) {
      if (stop_[static_cast<unsigned char>(text[at])]) return at;
    }
    return kNone;
  }

 private:
  std::array<bool, 256> stop_{};
};

constexpr Stops kInString("\"\\\n");
constexpr Stops kStructure("{}[]\":,\n");

/// The first name of an object, or nothing.
std::string_view first_key(std::string_view text) {
  const std::size_t quote = skip_json_blank(text, 1);
  if (char_at(text, quote) != '"') return {};
  const std::size_t end = skip_json_string(text, quote);
  if (end == kNone) return {};
  return text.substr(quote + 1, end - quote - 2);
}

/// Names that only a record has: what holds one of them holds no records.
bool is_record_key(std::string_view key) {
  constexpr std::string_view kKeys[] = {
      "timestamp", "@timestamp", "ts",         "time",       "eventid", "event_type", "connection",
      "src_ip",    "source_ip",  "srcaddr",    "sip",        "_index",  "_source",    "_id",
      "ident",     "session_id", "start_time", "is_virtual", "flow_id", "version"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

/// Names of arrays that belong to a record; what a client sent may hold objects of its own making.
bool is_part_of_record(std::string_view key) {
  constexpr std::string_view kKeys[] = {
      "auth_attempts", "credentials", "downloads", "commands", "answers", "loggedin", "urls",
      "body",          "form",        "headers",   "params",   "payload", "request"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

/// Structure of an object while its end is looked for.
class Structure {
 public:
  /// False if it can't be right here.
  bool open(char c, char before) {
    const bool expected = before == ':' || before == '[' || (before == ',' && in_array());
    if (depth_ > 0 && !expected) return false;
    arrays_[depth_] = c == '[';
    ++depth_;
    return true;
  }
  bool close(char c) {
    if (depth_ == 0 || in_array() != (c == ']')) return false;
    --depth_;
    return true;
  }
  bool full() const { return depth_ >= kMaxJsonDepth; }
  bool done() const { return depth_ == 0; }

 private:
  bool in_array() const { return arrays_[depth_ - 1]; }
  std::bitset<kMaxJsonDepth> arrays_;
  std::size_t depth_ = 0;
};

/// Whether another record begins at the line that follows position `at`.
bool record_begins_after(std::string_view text, std::size_t at, const FirstKeys& keys) {
  if (char_at(text, at + 1) == '{') return true;
  const std::size_t next = skip_json_blank(text, at);
  return char_at(text, next) == '{' && keys.match(text.substr(next));
}

/// What may follow a text: a name's colon, or the end of a value.
bool may_follow_string(std::string_view text, std::size_t at) {
  const std::size_t next = skip_json_blank(text, at);
  return next >= text.size() || text[next] == ':' || text[next] == ',' || text[next] == '}' ||
         text[next] == ']';
}

/// Where to go on for the brace at `at`: with its line, if that begins with a header, or where each
/// record has lines of its own with any text, which may be another program's.
std::size_t start_of(std::string_view text, std::size_t at, bool own_lines) {
  const std::size_t end = text.rfind('\n', at);
  if (end == kNone) return at;
  std::size_t line = end + 1;
  while (line < at && is_between_records(text[line]))
    ++line;
  if (line == at) return at;
  const std::string_view before = text.substr(line, at - line);
  const bool header = own_lines || parse_container_prefix(before).has_value() ||
                      find_json_in_line(before).has_header;
  return header ? end + 1 : at;
}

}  // namespace

std::size_t skip_json_string(std::string_view text, std::size_t at) {
  ++at;
  while (true) {
    at = kInString.find(text, at);
    if (at == kNone || text[at] == '\n') return kNone;
    if (text[at] == '"') return at + 1;
    at += 2;
  }
}

std::size_t skip_json_value(std::string_view text, std::size_t at) {
  const char first = char_at(text, at);
  if (first == '"') return skip_json_string(text, at);
  if (first != '{' && first != '[') {
    const std::size_t end = text.find_first_of(",}]\n", at);
    return end;
  }
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_json_string(text, at);
      if (at == kNone) return kNone;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return kNone;
}

void FirstKeys::learn(std::string_view record) {
  if (count_ == kMaxKeys || match(record)) return;
  const std::string_view key = first_key(record);
  if (!key.empty()) keys_[count_++] = key;
}

bool FirstKeys::match(std::string_view text) const {
  const std::size_t quote = skip_json_blank(text, 1);
  if (char_at(text, quote) != '"') return false;
  const std::string_view rest = text.substr(quote + 1);
  return std::any_of(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(count_),
                     [&](const std::string& key) {
                       return rest.starts_with(key) && char_at(rest, key.size()) == '"';
                     });
}

JsonExtent find_object_end(std::string_view text, const FirstKeys& keys) {
  using End = JsonExtent::End;
  Structure structure;
  char before = ':';
  std::size_t at = 0;
  while (true) {
    at = kStructure.find(text, at);
    if (at == kNone) return {End::more, 0};
    const char c = text[at];
    switch (c) {
      case '"': {
        const std::size_t end = skip_json_string(text, at);
        if (end == kNone) {
          return {text.find('\n', at) == kNone ? End::more : End::broken, 0};
        }
        // Else every object that a text of this one seems to begin is searched to the input's end.
        if (!may_follow_string(text, end)) return {End::broken, 0};
        at = end;
        before = c;
        continue;
      }
      case '{':
      case '[':
        if (structure.full()) return {End::too_deep, 0};
        if (!structure.open(c, before)) return {End::broken, 0};
        break;
      case '}':
      case ']':
        if (!structure.close(c)) return {End::broken, 0};
        if (structure.done()) return {End::whole, at + 1};
        break;
      case '\n':
        if (record_begins_after(text, at, keys) && before != '[' && before != ':' &&
            !(before == ',' && char_at(text, at + 1) != '{')) {
          return {End::broken, 0};
        }
        ++at;
        continue;
      default:
        break;
    }
    before = c;
    ++at;
  }
}

std::size_t find_next_object(std::string_view text, const FirstKeys& keys, bool own_lines) {
  for (std::size_t at = text.find('{', 1); at != kNone; at = text.find('{', at + 1)) {
    if (keys.match(text.substr(at))) return start_of(text, at, own_lines);
    std::size_t back = at;
    bool new_line = false;
    while (back > 0 && (is_json_blank(text[back - 1]) || text[back - 1] == ',')) {
      new_line = new_line || text[back - 1] == '\n';
      --back;
    }
    if (text[at - 1] == '\n') return at;
    // Without known names: `}, {` or `{{` on one line, or a line that begins so.
    if (keys.empty() &&
        (new_line || (back > 0 && (text[back - 1] == '}' || text[back - 1] == '{'))))
      return start_of(text, at, own_lines);
  }
  return kNone;
}

std::size_t find_wrapped_array(std::string_view text) {
  text = text.substr(0, kMaxJsonWrapperBytes);
  std::size_t at = skip_json_blank(text, 1);
  while (char_at(text, at) == '"') {
    const std::size_t end = skip_json_string(text, at);
    if (end == kNone) return 0;
    const std::string_view key = text.substr(at + 1, end - at - 2);
    at = skip_json_blank(text, end);
    if (char_at(text, at) != ':' || is_record_key(key)) return 0;
    at = skip_json_blank(text, at + 1);
    const std::size_t inside = skip_json_blank(text, at + 1);
    if (char_at(text, at) == '[' && char_at(text, inside) == '{' && !is_part_of_record(key))
      return at + 1;
    if (key == "hits" && char_at(text, at) == '{') {
      at = inside;
      continue;
    }
    at = skip_json_value(text, at);
    if (at == kNone) return 0;
    at = skip_json_blank(text, at);
    if (char_at(text, at) != ',') return 0;
    at = skip_json_blank(text, at + 1);
  }
  return 0;
}

}  // namespace teiten
