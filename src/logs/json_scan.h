#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace teiten {

/// The names with which the objects of an input begin, learned from whole records: where a broken
/// record hides its own end, the next one is found by them.
class FirstKeys {
 public:
  /// Learns from a whole record.
  void learn(std::string_view record);
  /// Whether `text`, which begins with `{`, goes on with a known name.
  bool match(std::string_view text) const;
  bool empty() const { return count_ == 0; }

 private:
  static constexpr std::size_t kMaxKeys = 8;
  std::array<std::string, kMaxKeys> keys_;
  std::size_t count_ = 0;
};

/// What stands between `{` at the beginning of a text and its end.
struct JsonExtent {
  enum class End {
    whole,     ///< `length` bytes with the closing brace
    broken,    ///< it can't be a whole object
    too_deep,  ///< more than kMaxJsonDepth
    more,      ///< the text ends within it
  };
  End end = End::more;
  std::size_t length = 0;
};

/// Finds the brace that closes the object at the beginning of `text`. Looks at the structure alone;
/// gives up as soon as it can't be right, so that a lost brace costs no more than its record.
JsonExtent find_object_end(std::string_view text, const FirstKeys& keys);

/// Where to go on after a broken record at the beginning of `text`: where the next one begins, or
/// the line that holds it, if that may be another program's. With `own_lines` no line holds parts
/// of two records; npos if nothing tells.
std::size_t find_next_object(std::string_view text, const FirstKeys& keys, bool own_lines);

/// If the object at the beginning of `text` only holds the records in an array (`{"connections":
/// [{…`, `{"hits":{"hits":[{…`), the offset behind that array's bracket; else 0.
std::size_t find_wrapped_array(std::string_view text);

constexpr bool is_json_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// What may stand between records: blanks, commas, brackets of arrays and objects around them, a
/// record separator (RFC 7464 §2.2), a byte order mark, NUL of a file with holes.
constexpr bool is_between_records(char c) {
  return is_json_blank(c) || c == ',' || c == '[' || c == ']' || c == '}' || c == '\0' ||
         c == '\x1e' || c == '\xef' || c == '\xbb' || c == '\xbf';
}

/// The first position at or after `at` that is not blank.
constexpr std::size_t skip_json_blank(std::string_view text, std::size_t at) {
  while (at < text.size() && is_json_blank(text[at]))
    ++at;
  return at;
}

/// The end of the value at `at` (of a number or word: what follows it), or npos.
std::size_t skip_json_value(std::string_view text, std::size_t at);

/// The end of the string whose opening quote is at `at`: the position behind its closing quote, or
/// npos where the text or the line ends before.
std::size_t skip_json_string(std::string_view text, std::size_t at);

}  // namespace teiten
