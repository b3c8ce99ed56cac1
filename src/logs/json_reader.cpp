#include "logs/json_reader.h"

#include <algorithm>

#include "logs/json_limits.h"
#include "logs/json_repair.h"
#include "logs/syslog_header.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

/// How many other records may come between a record that another writer cut in two and its rest.
constexpr unsigned kRecordsBeforeRest = 2;

/// Where text ends that is no object: with its line, or where a record begins.
std::size_t end_of_rest(std::string_view text, const FirstKeys& keys) {
  std::size_t at = text.find_first_of("{\n");
  while (at != kNone && text[at] == '{' && !keys.empty() && !keys.match(text.substr(at)))
    at = text.find_first_of("{\n", at + 1);
  return std::min(at, text.size());
}

/// What a reason says of a record that had to be mended: only that it is no access stays true.
Rejection reason_of_repaired(Rejection rejection) {
  switch (rejection) {
    case Rejection::none:
    case Rejection::allowed:
    case Rejection::outbound:
    case Rejection::forwarded:
      return rejection;
    default:
      return Rejection::invalid_json;
  }
}

}  // namespace

JsonReader::JsonReader(Input& input, const LogOptions& options, const JsonFamily& family,
                       EveEvents eve)
    : window_(input, kMaxJsonRecordBytes), clock_(options.zone), family_(&family), eve_(eve) {}

void JsonReader::take(std::size_t bytes) {
  pending_ = bytes;
}

Result<void> JsonReader::seek(std::string_view& text) {
  while (true) {
    TEITEN_TRY(text, window_.peek(1));
    if (pending_ > 0) {
      const std::string_view taken = text.substr(0, pending_);
      const auto ends = std::count(taken.begin(), taken.end(), '\n');
      line_ += static_cast<std::uint64_t>(ends);
      const std::size_t end = ends == 0 ? kNone : taken.rfind('\n');
      const std::string_view rest = taken.substr(end == kNone ? 0 : end + 1);
      line_begins_ = (line_begins_ || end != kNone) &&
                     std::all_of(rest.begin(), rest.end(), is_between_records);
      window_.consume(pending_);
      pending_ = 0;
      continue;
    }
    if (skip_line_ && !text.empty()) {
      const std::size_t end = text.find('\n');
      skip_line_ = end == kNone;
      pending_ = std::min(end, text.size());
      if (pending_ > 0) continue;
    }
    const auto end = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_between_records) - text.begin());
    if (end == 0) return {};
    behind_array_ = behind_array_ || text.substr(0, end).find(']') != kNone;
    pending_ = end;
  }
}

/// `],"total":20}`: what follows the array in the object that holds it.
Result<bool> JsonReader::skip_members_behind_array(std::string_view text) {
  if (wrappers_ == 0 || !behind_array_ || text.front() != '"') return false;
  TEITEN_TRY(text, window_.peek(kMaxJsonWrapperBytes));
  const std::size_t name = skip_json_string(text, 0);
  if (name == kNone) return false;
  const std::size_t colon = skip_json_blank(text, name);
  if (char_at(text, colon) != ':') return false;
  const std::size_t end = skip_json_value(text, skip_json_blank(text, colon + 1));
  if (end == kNone) return false;
  take(end);
  return true;
}

Rejection JsonReader::finish(std::string_view raw, bool repaired, LogLine& line) {
  line.raw = raw.substr(0, kMaxRawBytes);
  last_family_ = family_of(record_, family_);
  in_rest_ = false;
  if (rest_due_ > 0) --rest_due_;
  behind_array_ = false;
  if (last_family_ == nullptr)
    return repaired ? Rejection::invalid_json : Rejection::not_a_connection;
  JsonContext context{clock_, sensors_, eve_};
  const Rejection rejection = last_family_->read(record_, context, line.packet);
  if (repaired) return reason_of_repaired(rejection);
  keys_.learn(raw);
  return rejection;
}

/// Nearly every log has a record a line: then the line is the record, and no brace is looked for.
bool JsonReader::read_line_object(std::string_view text, LogLine& line) {
  std::size_t end = text.find('\n');
  if (end == kNone) return false;
  while (end > 0 && (is_json_blank(text[end - 1]) || text[end - 1] == ',' || text[end - 1] == ']'))
    --end;
  if (end == 0 || text[end - 1] != '}') return false;
  if (!record_.parse(text.substr(0, end))) return false;
  take(end);
  line.rejection = finish(text.substr(0, end), false, line);
  return true;
}

/// A line with a syslog header is a record, and its object does not go on past it.
Result<bool> JsonReader::read_line_with_header(std::string_view text, LogLine& line) {
  text = text.substr(0, kMaxJsonRecordBytes);
  std::size_t end = text.find('\n');
  if (end == kNone && text.size() < kMaxJsonRecordBytes) {
    TEITEN_TRY(text, window_.peek(kMaxJsonRecordBytes));
    text = text.substr(0, kMaxJsonRecordBytes);
    end = text.find('\n');
  }
  const bool too_long = end == kNone && text.size() == kMaxJsonRecordBytes;
  text = text.substr(0, end);
  const JsonInLine found = find_json_in_line(text);
  if (!found.has_header) return false;
  take(text.size());
  skip_line_ = too_long;
  in_rest_ = false;
  rest_due_ = 0;
  if (too_long) {
    line.rejection = Rejection::record_too_long;
  } else if (found.object == kNone) {
    line.rejection = Rejection::not_a_connection;
  } else {
    const std::string_view object = trim(text.substr(found.object));
    line.rejection =
        record_.parse(object) ? finish(object, false, line) : finish_broken(object, line);
    rest_due_ = 0;
  }
  line.raw = text.substr(0, kMaxRawBytes);
  return true;
}

Result<bool> JsonReader::read_object(std::string_view text, LogLine& line) {
  if (!keys_.match(text)) {
    TEITEN_TRY(text, window_.peek(kMaxJsonWrapperBytes));
    if (const std::size_t inside = find_wrapped_array(text); inside > 0) {
      ++wrappers_;
      take(inside);
      return false;
    }
  }
  if (line_a_record_ && read_line_object(text, line)) return true;
  JsonExtent extent = find_object_end(text, keys_);
  if (extent.end == JsonExtent::End::more) {
    TEITEN_TRY(text, window_.peek(kMaxJsonRecordBytes));
    extent = find_object_end(text.substr(0, kMaxJsonRecordBytes), keys_);
  }
  if (extent.end == JsonExtent::End::whole && record_.parse(text.substr(0, extent.length))) {
    take(extent.length);
    line_a_record_ = text.substr(extent.length, 3).find('\n') != kNone;
    line.rejection = finish(text.substr(0, extent.length), false, line);
    return true;
  }
  TEITEN_CHECK(read_broken(line));
  return true;
}

Result<void> JsonReader::read_broken(LogLine& line) {
  TEITEN_TRY(std::string_view text, window_.peek(kMaxJsonRecordBytes));
  const bool at_end = text.size() < kMaxJsonRecordBytes;
  text = text.substr(0, kMaxJsonRecordBytes);
  last_family_ = nullptr;
  const std::size_t next = find_next_object(text, keys_);
  if (next == kNone && !at_end) {
    take(text.size());
    line.raw = text.substr(0, kMaxRawBytes);
    line.rejection = Rejection::record_too_long;
    rest_due_ = kRecordsBeforeRest;
    return {};
  }
  text = text.substr(0, next);
  // Else each of many broken objects on one line would be searched for its end.
  line_a_record_ = text.ends_with('\n');
  take(text.size());
  line.rejection = finish_broken(text, line);
  return {};
}

Rejection JsonReader::finish_broken(std::string_view text, LogLine& line) {
  line.raw = text.substr(0, kMaxRawBytes);
  JsonRepair repair = repair_object(text);
  repair.text.reserve(repair.text.size() + LineWindow::kPadding);
  Rejection rejection = Rejection::invalid_json;
  if (repair.done && record_.parse(repair.text)) rejection = finish(text, true, line);
  if (repair.cut || !repair.done) rest_due_ = kRecordsBeforeRest;
  return rejection;
}

Result<bool> JsonReader::read(LogLine& line) {
  while (true) {
    std::string_view text;
    TEITEN_CHECK(seek(text));
    if (text.empty()) return false;
    line.line = line_;
    last_family_ = nullptr;
    if (text.front() == '{') {
      TEITEN_TRY(const bool record, read_object(text, line));
      if (!record) continue;
      line.number = ++records_;
      return true;
    }
    if (line_begins_) {
      TEITEN_TRY(const bool record, read_line_with_header(text, line));
      if (record) {
        line.number = ++records_;
        return true;
      }
      TEITEN_TRY(text, window_.peek(1));
    }
    TEITEN_TRY(const bool member, skip_members_behind_array(text));
    if (member) continue;
    TEITEN_TRY(text, window_.peek(kMaxJsonRecordBytes));
    const std::size_t end = end_of_rest(text, keys_);
    take(end);
    const bool counted = in_rest_ || rest_due_ > 0;
    in_rest_ = true;
    rest_due_ = 0;
    if (counted) continue;
    line.raw = text.substr(0, std::min(end, kMaxRawBytes));
    line.rejection = Rejection::invalid_json;
    line.number = ++records_;
    return true;
  }
}

}  // namespace teiten
