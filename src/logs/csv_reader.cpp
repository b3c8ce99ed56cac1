#include <algorithm>

#include <fmt/format.h>

#include "logs/formats.h"
#include "logs/readers.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool ends_line(char c) {
  return c == '\n' || c == '\r';
}

}  // namespace

LogFormat csv_format() {
  LogFormat format;
  format.name = "csv";
  format.title = "any table with a header; --csv says which column holds what";
  format.example =
      "time,source,protocol,destination_port\n2013-03-03T21:53:59Z,198.51.100.7,TCP,1433";
  format.open = CsvReader::open;
  return format;
}

Result<std::unique_ptr<LogReader>> CsvReader::open(Input& input, const LogOptions& options) {
  if (!options.csv) {
    return failure(ErrorCode::invalid_argument,
                   "--format csv needs --csv, which says which column holds what: time=…,source=…");
  }
  auto reader = std::make_unique<CsvReader>(input, options);
  TEITEN_TRY(const std::string_view start, reader->window_.peek(kByteOrderMark.size()));
  if (start.starts_with(kByteOrderMark)) reader->window_.consume(kByteOrderMark.size());
  Rejection rejection = Rejection::none;
  TEITEN_TRY(const bool more, reader->read_row(rejection));
  if (!more || rejection != Rejection::none) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: has no CSV header{}", input.name(),
                               more ? fmt::format(" ({})", to_string(rejection)) : ""));
  }
  TEITEN_TRY(reader->columns_, CsvColumns::find(*options.csv, reader->row_, input.name()));
  return std::unique_ptr<LogReader>(std::move(reader));
}

Result<void> CsvReader::skip_physical_line() {
  while (true) {
    TEITEN_TRY(const std::string_view view, window_.peek(2));
    if (view.empty()) return {};
    const auto end =
        static_cast<std::size_t>(std::find_if(view.begin(), view.end(), ends_line) - view.begin());
    // Of a `\r` at the very end of the view it is not known yet whether a `\n` follows.
    if (end == view.size() || (end + 1 == view.size() && end > 0)) {
      window_.consume(end);
      continue;
    }
    window_.consume(end + (view[end] == '\r' && char_at(view, end + 1) == '\n' ? 2 : 1));
    return {};
  }
}

Result<bool> CsvReader::read_row(Rejection& rejection) {
  window_.consume(pending_);
  pending_ = 0;
  rejection = Rejection::none;
  row_line_ = next_line_;
  // Nearly every row is in the window already; only then is more asked for.
  for (std::size_t wanted = 1; true; wanted = kMaxLineBytes + 3) {
    TEITEN_TRY(std::string_view view, window_.peek(wanted));
    if (view.empty()) return false;
    const bool whole = wanted > kMaxLineBytes;
    const bool last = whole && view.size() < wanted;
    const CsvRow::End end = row_.read(view.substr(0, kMaxLineBytes + 2), last);
    if (end == CsvRow::End::row) {
      pending_ = row_.length();
      raw_ = view.substr(0, std::min(pending_, kMaxRawBytes));
      while (!raw_.empty() && ends_line(raw_.back()))
        raw_.remove_suffix(1);
      const auto ends =
          std::count(view.begin(), view.begin() + static_cast<std::ptrdiff_t>(pending_), '\n');
      next_line_ += std::max<std::uint64_t>(1, static_cast<std::uint64_t>(ends));
      return true;
    }
    if (!whole) continue;
    // A quote that never ends would swallow the rest of the file: give up its first line only.
    const bool one_line = std::find_if(view.begin(), view.end(), ends_line) == view.end();
    rejection = end == CsvRow::End::in_quote && (last || !one_line) ? Rejection::unterminated_quote
                                                                    : Rejection::line_too_long;
    broken_.assign(view.begin(), std::find_if(view.begin(),
                                              view.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                 view.size(), kMaxRawBytes)),
                                              ends_line));
    raw_ = broken_;
    ++next_line_;
    TEITEN_CHECK(skip_physical_line());
    return true;
  }
}

Result<bool> CsvReader::read(LogLine& line) {
  TEITEN_TRY(const bool more, read_row(line.rejection));
  if (!more) return false;
  line.number = ++lines_;
  line.line = row_line_;
  line.raw = raw_;
  if (line.rejection != Rejection::none) return true;
  const bool blank = row_.count() == 1 && row_.field(0).empty();
  line.rejection =
      blank ? Rejection::empty_line : columns_.read(row_, clock_, sensors_, line.packet);
  return true;
}

}  // namespace teiten
