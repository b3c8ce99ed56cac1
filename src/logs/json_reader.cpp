#include "logs/json_reader.h"

#include <algorithm>

#include "logs/container_prefix.h"
#include "logs/json_limits.h"
#include "logs/json_repair.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

/// How many other records may come between a record that another writer cut in two and its rest.
constexpr unsigned kRecordsBeforeRest = 2;

/// Records that share their line with the one before, less those that begin one: from so many on
/// text at a line's beginning may be the rest of a record that is cut there. One line end may get
/// lost between two writers.
constexpr unsigned kSharing = 2;
constexpr unsigned kMostSharing = 8;

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

bool JsonReader::own_lines() const {
  return sharing_ < kSharing;
}

void JsonReader::note_beginning() {
  // `[{`: lines of other programs do not stand in an array.
  if (records_ == 0 && in_array_) sharing_ = kSharing + 1;
  if (!line_begins_) {
    sharing_ = std::min(sharing_ + 1, kMostSharing);
  } else if (sharing_ > 0) {
    --sharing_;
  }
}

Result<void> JsonReader::seek(std::string_view& text) {
  while (true) {
    TEITEN_TRY(text, window_.peek(1));
    if (pending_ > 0) {
      const std::string_view taken = text.substr(0, pending_);
      if (records_ == 0) {
        const std::size_t last = taken.find_last_not_of(" \t");
        if (last != kNone) in_array_ = taken[last] == '[';
      }
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

/// As find_json_in_line(), also behind what a container's runtime writes: there only at the
/// beginning of a line that the container wrote, for the runtime cuts long ones anywhere.
JsonInLine JsonReader::find_json_behind_prefix(std::string_view text) {
  const auto prefix = parse_container_prefix(text);
  if (!prefix) return find_json_in_line(text);
  bool& cut = container_cut_line_.at(prefix->from_stderr ? 1 : 0);
  JsonInLine found;
  found.has_header = true;
  if (!cut && prefix->ends_line && char_at(text, prefix->message) == '{')
    found.object = prefix->message;
  cut = !prefix->ends_line;
  return found;
}

/// A line with a header is a record, and its object does not go on past it.
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
  const JsonInLine found = find_json_behind_prefix(text);
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
    line.rejection = record_.parse(object) ? finish(object, false, line)
                                           : finish_broken(object, end == kNone, line);
    rest_due_ = 0;
  }
  line.raw = text.substr(0, kMaxRawBytes);
  return true;
}

/// An object that is whole; with `needs_family` only one that some program is known to write.
Result<bool> JsonReader::read_whole(std::string_view text, bool needs_family, LogLine& line) {
  JsonExtent extent = find_object_end(text, keys_);
  if (extent.end == JsonExtent::End::more) {
    TEITEN_TRY(text, window_.peek(kMaxJsonRecordBytes));
    extent = find_object_end(text.substr(0, kMaxJsonRecordBytes), keys_);
  }
  if (extent.end != JsonExtent::End::whole || !record_.parse(text.substr(0, extent.length)))
    return false;
  if (needs_family && family_of(record_, family_) == nullptr) return false;
  take(extent.length);
  line_a_record_ = text.substr(extent.length, 3).find('\n') != kNone;
  line.rejection = finish(text.substr(0, extent.length), false, line);
  return true;
}

Result<bool> JsonReader::read_object(std::string_view text, LogLine& line) {
  if (!keys_.match(text)) {
    TEITEN_TRY(text, window_.peek(kMaxJsonWrapperBytes));
    if (const std::size_t inside = find_wrapped_array(text); inside > 0) {
      // A record may hold an array of what a stranger sent.
      TEITEN_TRY(const bool record, read_whole(text, true, line));
      if (record) return true;
      ++wrappers_;
      take(inside);
      return false;
    }
  }
  if (line_a_record_ && read_line_object(text, line)) return true;
  TEITEN_TRY(const bool whole, read_whole(text, false, line));
  if (!whole) TEITEN_CHECK(read_broken(line));
  return true;
}

Result<void> JsonReader::read_broken(LogLine& line) {
  TEITEN_TRY(std::string_view text, window_.peek(kMaxJsonRecordBytes));
  const bool at_end = text.size() < kMaxJsonRecordBytes;
  text = text.substr(0, kMaxJsonRecordBytes);
  last_family_ = nullptr;
  const std::size_t next = find_next_object(text, keys_, own_lines());
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
  line.rejection = finish_broken(text, next == kNone, line);
  return {};
}

/// `at_end`: nothing follows. A record that is cut there may still be written; what its rest says
/// is not known, and it is read again when it is whole.
Rejection JsonReader::finish_broken(std::string_view text, bool at_end, LogLine& line) {
  line.raw = text.substr(0, kMaxRawBytes);
  JsonRepair repair = repair_object(text);
  repair.text.reserve(repair.text.size() + LineWindow::kPadding);
  Rejection rejection = Rejection::invalid_json;
  const bool ended = !repair.cut || !at_end;
  if (repair.done && ended && record_.parse(repair.text)) rejection = finish(text, true, line);
  if (repair.cut || !repair.done) rest_due_ = kRecordsBeforeRest;
  return rejection;
}

/// Text that is no object; false where it is the rest of what is counted. In a line that begins
/// with it nothing is a record, unless many records have one line: whoever can make a program write
/// could write one.
Result<bool> JsonReader::read_text(LogLine& line) {
  TEITEN_TRY(std::string_view text, window_.peek(kMaxJsonRecordBytes));
  text = text.substr(0, kMaxJsonRecordBytes);
  std::size_t end = end_of_rest(text, keys_);
  const bool whole_line = line_begins_ && own_lines();
  const bool quotes = whole_line && char_at(text, end) == '{';
  if (whole_line) {
    end = std::min(text.find('\n', end), text.size());
    skip_line_ = end == text.size();
  }
  take(end);
  const bool counted = (in_rest_ || rest_due_ > 0) && !quotes;
  in_rest_ = true;
  rest_due_ = 0;
  if (counted) return false;
  line.raw = text.substr(0, std::min(end, kMaxRawBytes));
  line.rejection = Rejection::invalid_json;
  return true;
}

Result<bool> JsonReader::read(LogLine& line) {
  while (true) {
    std::string_view text;
    TEITEN_CHECK(seek(text));
    if (text.empty()) return false;
    line.line = line_;
    last_family_ = nullptr;
    if (text.front() == '{') {
      note_beginning();
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
    TEITEN_TRY(const bool record, read_text(line));
    if (!record) continue;
    line.number = ++records_;
    return true;
  }
}

}  // namespace teiten
