#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace teiten {

/// One value of a record.
struct JsonValue {
  enum class Type : std::uint8_t { text, integer, real, boolean, null, milliseconds };
  Type type = Type::null;
  bool truth = false;
  std::int64_t integer = 0;  ///< integer, milliseconds (since 1970: MongoDB's $date)
  double real = 0;
  std::string_view text;
};

/// The values of a JSON object by their paths: `{"a":{"b":1}}` and `{"a.b":1}` both hold "a.b".
/// What MongoDB's extended JSON wraps (`{"$numberLong":"1"}`, `{"$date":…}`, `{"$oid":…}`) is the
/// value itself. Of a search engine's hit only its `_source`, or its `fields` with a list of one
/// for each value where there is none, is the record, of docker's json-file
/// (`log` beside `stream` and `time`) the object that `log` is as text, and a text `payload` that
/// is an object itself (hpfeeds) is read as one. Arrays are left out but for the number of their
/// elements ("a.#"). Names and values are valid until the record is filled again.
class JsonRecord {
 public:
  JsonRecord();
  ~JsonRecord();
  JsonRecord(const JsonRecord&) = delete;
  JsonRecord& operator=(const JsonRecord&) = delete;

  /// Reads one whole object; false if it is none. LineWindow::kPadding bytes behind `text` must be
  /// readable.
  bool parse(std::string_view text);

  /// Null where there is no such value.
  const JsonValue* find(std::string_view path) const;
  bool has(std::string_view path) const { return find(path) != nullptr; }
  /// The text of a value; empty if there is none or it is no text.
  std::string_view text(std::string_view path) const;
  /// A whole number, also one written as text or as 80.0; nothing for anything else.
  std::optional<std::int64_t> number(std::string_view path) const;
  std::size_t size() const { return fields_.size(); }

 private:
  struct Parsers;
  struct Field {
    std::size_t name_begin = 0;
    std::size_t name_length = 0;
    JsonValue value;
  };
  struct Filler;

  /// False where the same stream's last piece was cut within its line: what follows may be anything
  /// that somebody made the program write.
  bool begins_dockers_line(std::string_view stream, std::string_view log);

  std::unique_ptr<Parsers> parsers_;
  std::array<bool, 2> dockers_line_cut_{};  ///< of stdout and stderr
  std::vector<Field> fields_;
  std::string names_;
};

}  // namespace teiten
