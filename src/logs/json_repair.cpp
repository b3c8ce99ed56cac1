#include "logs/json_repair.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "logs/json_limits.h"
#include "logs/json_scan.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Digits of whole numbers that any 64 bits hold.
constexpr std::size_t kMaxDigits = 18;

/// JSON's numbers and words (RFC 8259 §3, §6).
bool is_scalar(std::string_view word) {
  if (word.size() > kMaxDigits && word.find_first_of(".eE") == std::string_view::npos) return false;
  if (word == "true" || word == "false" || word == "null") return true;
  std::size_t at = word.starts_with('-') ? 1 : 0;
  if (!is_digit(char_at(word, at))) return false;
  const auto digits = [&] {
    const std::size_t from = at;
    while (is_digit(char_at(word, at)))
      ++at;
    return at > from;
  };
  if (word[at] == '0') {
    ++at;
  } else {
    digits();
  }
  if (char_at(word, at) == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (char_at(word, at) == 'e' || char_at(word, at) == 'E') {
    ++at;
    if (char_at(word, at) == '+' || char_at(word, at) == '-') ++at;
    if (!digits()) return false;
  }
  return at == word.size();
}

class Repairer {
 public:
  explicit Repairer(std::string_view text) : text_(text) {}

  JsonRepair run() {
    JsonRepair result;
    result.done = object(0);
    result.cut = cut_;
    result.text = std::move(out_);
    return result;
  }

 private:
  char peek() const { return char_at(text_, at_); }
  bool ended() const { return at_ >= text_.size(); }

  void skip_blank() {
    while (!ended() && (is_json_blank(peek()) || peek() == '\0'))
      ++at_;
  }

  /// `{`, members, `}`. False if nothing can be made of it.
  bool object(std::size_t depth) {
    if (depth >= kMaxJsonDepth) return false;
    out_ += '{';
    ++at_;
    bool any = false;
    while (true) {
      skip_blank();
      while (peek() == ',' && !ended()) {
        ++at_;
        skip_blank();
      }
      if (ended()) {
        cut_ = true;
        break;
      }
      if (peek() == '}') {
        ++at_;
        break;
      }
      const std::size_t before = out_.size();
      if (any) out_ += ',';
      if (!member(depth)) {
        out_.resize(before);
        if (!cut_) return false;
        break;
      }
      any = true;
      if (cut_) break;
    }
    out_ += '}';
    return true;
  }

  /// `"name": value`. False if it is cut (cut_) or is no member.
  bool member(std::size_t depth) {
    if (peek() != '"' || !string(true)) return false;
    skip_blank();
    if (ended()) cut_ = true;
    if (peek() != ':') return false;
    out_ += ':';
    ++at_;
    return value(depth);
  }

  bool value(std::size_t depth) {
    skip_blank();
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string(false);
      default:
        return scalar();
    }
  }

  bool array(std::size_t depth) {
    if (depth >= kMaxJsonDepth) return false;
    out_ += '[';
    ++at_;
    bool any = false;
    while (!cut_) {
      skip_blank();
      while (peek() == ',' && !ended()) {
        ++at_;
        skip_blank();
      }
      if (ended()) {
        cut_ = true;
        break;
      }
      if (peek() == ']') {
        ++at_;
        break;
      }
      const std::size_t before = out_.size();
      if (any) out_ += ',';
      if (peek() == '}' || !value(depth)) {
        out_.resize(before);
        if (!cut_) return false;
        break;
      }
      any = true;
    }
    out_ += ']';
    return true;
  }

  /// Whether what follows a number or word shows that it lost nothing: what ends a value, or where
  /// only the comma is lost, a blank and the next value on the same line.
  bool ends_scalar() const {
    const std::size_t next = skip_json_blank(text_, at_);
    const char c = char_at(text_, next);
    if (c == ',' || c == '}' || c == ']') return true;
    return next > at_ && c != ':' &&
           text_.substr(at_, next - at_).find('\n') == std::string_view::npos;
  }

  bool scalar() {
    const std::size_t from = at_;
    while (!ended() && std::string_view(",}]:\"").find(peek()) == std::string_view::npos &&
           !is_json_blank(peek()))
      ++at_;
    if (skip_json_blank(text_, at_) >= text_.size()) {
      // The number may have lost digits, also where a line ends behind it.
      cut_ = true;
      return false;
    }
    const std::string_view word = text_.substr(from, at_ - from);
    if (word.empty()) return false;
    if (is_scalar(word) && ends_scalar()) {
      out_ += word;
    } else {
      out_ += "null";
    }
    return true;
  }

  /// Whether a quote ends the text: a name goes on with a colon, a value with what may follow one.
  bool ends_text(bool name) const {
    const std::size_t next = skip_json_blank(text_, at_ + 1);
    const char c = char_at(text_, next);
    if (name) return c == ':';
    if (c == '}' || c == ']' || next >= text_.size()) return true;
    if (c == ',') {
      const char after = char_at(text_, skip_json_blank(text_, next + 1));
      return after != ',' && after != '.' && !is_letter(after);
    }
    if (c != '"') return false;
    // A lost comma: the next member's name.
    const std::size_t end = skip_json_string(text_, next);
    return end != std::string_view::npos && char_at(text_, skip_json_blank(text_, end)) == ':';
  }

  void put(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x80) {
      out_ += c;
    } else if (byte >= 0x80) {
      // Bytes of a damaged record may be no UTF-8; no field that matters has any.
      out_ += '?';
    } else if (byte != 0) {
      out_ += fmt::format("\\u00{}{}", kHex[byte >> 4U], kHex[byte & 15U]);
    }
  }

  void escape() {
    const char next = char_at(text_, at_ + 1);
    if (next != '\0' && std::string_view("\"\\/bfnrt").find(next) != std::string_view::npos) {
      out_ += '\\';
      out_ += next;
      at_ += 2;
      return;
    }
    const std::string_view digits = text_.substr(std::min(at_ + 2, text_.size()), 4);
    const bool surrogate = char_at(digits, 0) == 'd' || char_at(digits, 0) == 'D';
    if (next == 'u' && digits.size() == 4 && !surrogate &&
        std::all_of(digits.begin(), digits.end(), is_hex)) {
      out_ += text_.substr(at_, 6);
      at_ += 6;
      return;
    }
    out_ += "\\\\";
    ++at_;
  }

  bool string(bool name) {
    out_ += '"';
    ++at_;
    while (!ended()) {
      const char c = peek();
      if (c == '\\') {
        escape();
        continue;
      }
      if (c == '"' && ends_text(name)) {
        ++at_;
        out_ += '"';
        return true;
      }
      if (c == '"') {
        out_ += "\\\"";
      } else {
        put(c);
      }
      ++at_;
    }
    cut_ = true;
    return false;
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
  bool cut_ = false;
};

}  // namespace

JsonRepair repair_object(std::string_view text) {
  return Repairer(text).run();
}

}  // namespace teiten
