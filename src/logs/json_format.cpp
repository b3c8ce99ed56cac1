#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "logs/formats.h"
#include "logs/json_family.h"
#include "logs/json_limits.h"
#include "logs/json_reader.h"
#include "logs/syslog_header.h"
#include "logs/text.h"

namespace teiten {
namespace {

/// Bytes of the longest pattern that find_events() looks for, but one.
constexpr std::size_t kOverlap = 64;
/// What may stand before the first object of an input.
constexpr std::string_view kBeforeObject{" \t\r\n,\0\x1e\xef\xbb\xbf", 10};

bool is_event(std::string_view text, std::string_view name) {
  constexpr std::string_view kKey = "\"event_type\"";
  for (std::size_t at = text.find(kKey); at != std::string_view::npos;
       at = text.find(kKey, at + 1)) {
    std::size_t value = skip_json_blank(text, at + kKey.size());
    if (value >= text.size() || text[value] != ':') continue;
    value = skip_json_blank(text, value + 1);
    const std::string_view rest = text.substr(std::min(value, text.size()));
    if (rest.starts_with('"') && rest.substr(1).starts_with(name) &&
        rest.substr(1 + name.size()).starts_with('"'))
      return true;
  }
  return false;
}

/// Where a line's object is all of the line: then a quoted name in it is that of a member, for
/// within a text quotes are escaped.
Result<bool> begins_with_object(Input& input) {
  LineWindow window(input);
  TEITEN_TRY(const std::string_view view, window.peek(kBeginningBytes));
  const std::size_t at = view.find_first_not_of(kBeforeObject);
  const std::string_view text = view.substr(std::min(at, view.size()));
  return (text.starts_with('{') || text.starts_with('[')) && !text.starts_with("{\"log\":");
}

/// find_events() of an input whose records stand within other text, from each record's own words.
Result<EveEvents> find_events_of_records(Input& input) {
  EveEvents best = EveEvents::alert;
  JsonReader reader(input, {}, json_families().front(), EveEvents::flow);
  LogLine line;
  while (best != EveEvents::flow) {
    TEITEN_TRY(const bool more, reader.next(line));
    if (!more) break;
    if (reader.last_family() == nullptr) continue;
    const std::string_view event = reader.last_record().text("event_type");
    if (event == "flow") {
      best = EveEvents::flow;
    } else if (event == "netflow") {
      best = EveEvents::netflow;
    } else if (event == "drop" && best > EveEvents::drop) {
      best = EveEvents::drop;
    }
  }
  return best;
}

Result<EveEvents> find_events_of_text(Input& input) {
  EveEvents best = EveEvents::alert;
  LineWindow window(input);
  while (best != EveEvents::flow) {
    TEITEN_TRY(const std::string_view view, window.peek(LineWindow::kMaxWanted));
    if (is_event(view, "flow")) {
      best = EveEvents::flow;
    } else if (best > EveEvents::netflow && is_event(view, "netflow")) {
      best = EveEvents::netflow;
    } else if (best > EveEvents::drop && is_event(view, "drop")) {
      best = EveEvents::drop;
    }
    if (view.size() < LineWindow::kMaxWanted) break;
    window.consume(view.size() - kOverlap);
  }
  return best;
}

/// Which events of an EVE log are the accesses: the first kind in the order of EveEvents of which
/// the whole input has one. Leaves the input at its beginning.
Result<EveEvents> find_events(Input& input) {
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(const bool plain, begins_with_object(input));
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(const EveEvents events,
             plain ? find_events_of_text(input) : find_events_of_records(input));
  TEITEN_CHECK(input.rewind());
  return events;
}

/// The object directly behind a line's syslog header.
std::optional<std::string_view> json_behind_header(std::string_view line) {
  if (line.find('{') == std::string_view::npos) return std::nullopt;
  const std::size_t at = find_json_in_line(line).object;
  if (at == std::string_view::npos) return std::nullopt;
  return trim(line.substr(at));
}

/// The family of the first record that has one, in the beginning of an input.
const JsonFamily* family_in(const LogBeginning& beginning) {
  if (beginning.lines.empty()) return nullptr;
  const std::string_view first = beginning.lines.front();
  const std::size_t at = first.find_first_not_of(kBeforeObject);
  if (at == std::string_view::npos) return nullptr;
  if (first[at] != '{' && first[at] != '[' && !json_behind_header(first)) return nullptr;
  const auto input = Input::from_memory("", std::as_bytes(std::span(beginning.text)));
  JsonReader reader(*input, {}, json_families().front(), EveEvents::flow);
  LogLine line;
  for (std::size_t i = 0; i < kMaxJsonProbe; ++i) {
    const auto more = reader.next(line);
    if (!more.ok() || !*more) return nullptr;
    if (reader.last_family() != nullptr) return reader.last_family();
  }
  return nullptr;
}

/// A LogFormat holds plain functions: one of each a family, by its place in the table.
template <std::size_t place>
struct Functions {
  static bool recognises(const LogBeginning& beginning) {
    return family_in(beginning) == &json_families()[place];
  }
  static bool recognises_line(std::string_view line) {
    const auto object = json_behind_header(line);
    if (!object) return false;
    std::string padded;
    padded.reserve(object->size() + LineWindow::kPadding);
    padded = *object;
    JsonRecord record;
    return record.parse(padded) && family_of(record, nullptr) == &json_families()[place];
  }
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options) {
    const JsonFamily& family = json_families()[place];
    EveEvents events = EveEvents::flow;
    if (family.name == suricata_family().name) {
      TEITEN_TRY(events, find_events(input));
    }
    return std::unique_ptr<LogReader>(std::make_unique<JsonReader>(input, options, family, events));
  }
  static LogFormat format() {
    const JsonFamily& family = json_families()[place];
    LogFormat format;
    format.name = family.name;
    format.title = family.title;
    format.example = family.example;
    format.recognises = recognises;
    format.recognises_line = recognises_line;
    format.open = open;
    return format;
  }
};

template <std::size_t... places>
std::array<LogFormat, sizeof...(places)> formats_at(std::index_sequence<places...> /*unused*/) {
  return {Functions<places>::format()...};
}

}  // namespace

std::span<const JsonFamily> json_families() {
  // T-Pot's last: its records are those of the honeypots, told apart by what only these have.
  static const std::array<JsonFamily, kJsonFamilies> families = {
      suricata_family(),     zeek_json_family(), cowrie_family(),       dionaea_family(),
      honeytrap_family(),    mhn_family(),       heralding_family(),    ulogd_json_family(),
      journal_json_family(), vpc_json_family(),  dshield_json_family(), tpot_family()};
  return families;
}

const JsonFamily* family_of(const JsonRecord& record, const JsonFamily* likely) {
  if (likely != nullptr && likely->is(record) && likely->name != "tpot") return likely;
  for (const JsonFamily& family : json_families()) {
    if (family.is(record)) return &family;
  }
  return nullptr;
}

std::array<LogFormat, kJsonFamilies> json_formats() {
  return formats_at(std::make_index_sequence<kJsonFamilies>());
}

}  // namespace teiten
