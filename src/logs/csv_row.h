#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace teiten {

/// Splits CSV text into rows (RFC 4180): fields in double quotes may hold commas, line ends and
/// doubled quotes; a quote elsewhere is a character like any other. Rows end with `\n`, `\r\n` or
/// `\r`.
class CsvRow {
 public:
  /// More columns than any table here has; further ones are counted, not kept.
  static constexpr std::size_t kMaxFields = 1024;

  enum class End {
    row,       ///< a whole row; `length` bytes with its line end
    more,      ///< the text ends within the row
    in_quote,  ///< the text ends within a quoted field
  };

  /// Reads the row at the beginning of `text`. `last`: nothing comes after `text`, so that its end
  /// ends a row too.
  End read(std::string_view text, bool last);

  /// Bytes of the row just read, with its line end.
  std::size_t length() const { return length_; }
  /// Columns of the row just read, also those that are not kept.
  std::size_t count() const { return count_; }
  /// Field `index` without its quotes, blanks around it cut; empty if there is none. Valid as long
  /// as the text.
  std::string_view field(std::size_t index) const;

 private:
  struct Field {
    std::size_t begin;
    std::size_t length;
    bool unescaped;  ///< in unescaped_, else in the text
  };
  /// Reads the field at `at`, moves `at` to what ended it; false if the text ends in a quote.
  bool read_field(std::string_view text, std::size_t& at);
  bool read_quoted(std::string_view text, std::size_t& at);
  void add(Field field);

  std::string_view text_;
  std::vector<Field> fields_;
  std::string unescaped_;
  std::size_t count_ = 0;
  std::size_t length_ = 0;
};

}  // namespace teiten
