#include "logs/csv_row.h"

#include <algorithm>

#include "logs/text.h"

namespace teiten {
namespace {

/// What ends an unquoted field.
std::size_t find_field_end(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r')
    ++at;
  return at;
}

}  // namespace

void CsvRow::add(Field field) {
  ++count_;
  if (fields_.size() < kMaxFields) fields_.push_back(field);
}

std::string_view CsvRow::field(std::size_t index) const {
  if (index >= fields_.size()) return {};
  const Field& field = fields_[index];
  const std::string_view from = field.unescaped ? std::string_view(unescaped_) : text_;
  return trim(from.substr(field.begin, field.length));
}

bool CsvRow::read_quoted(std::string_view text, std::size_t& at) {
  const std::size_t begin = unescaped_.size();
  std::size_t from = at + 1;
  while (true) {
    const std::size_t quote = text.find('"', from);
    if (quote == std::string_view::npos) return false;
    unescaped_.append(text.substr(from, quote - from));
    if (char_at(text, quote + 1) != '"') {
      at = quote + 1;
      break;
    }
    unescaped_.push_back('"');
    from = quote + 2;
  }
  // What follows the closing quote is no part of RFC 4180; other readers append it too.
  const std::size_t end = find_field_end(text, at);
  unescaped_.append(text.substr(at, end - at));
  at = end;
  add({begin, unescaped_.size() - begin, true});
  return true;
}

bool CsvRow::read_field(std::string_view text, std::size_t& at) {
  if (char_at(text, at) == '"') return read_quoted(text, at);
  const std::size_t end = find_field_end(text, at);
  add({at, end - at, false});
  at = end;
  return true;
}

CsvRow::End CsvRow::read(std::string_view text, bool last) {
  text_ = text;
  fields_.clear();
  unescaped_.clear();
  count_ = 0;
  length_ = 0;
  std::size_t at = 0;
  while (true) {
    if (!read_field(text, at)) return End::in_quote;
    if (at == text.size()) {
      if (!last) return End::more;
      length_ = at;
      return End::row;
    }
    if (text[at] == ',') {
      ++at;
      continue;
    }
    // A `\r` at the end of the text may be half of `\r\n`.
    if (text[at] == '\r' && at + 1 == text.size() && !last) return End::more;
    length_ = at + (text[at] == '\r' && char_at(text, at + 1) == '\n' ? 2 : 1);
    return End::row;
  }
}

}  // namespace teiten
