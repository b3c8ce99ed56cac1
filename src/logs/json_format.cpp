#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "logs/container_prefix.h"
#include "logs/formats.h"
#include "logs/json_family.h"
#include "logs/json_limits.h"
#include "logs/json_reader.h"
#include "logs/syslog_header.h"
#include "logs/text.h"

namespace teiten {
namespace {

/// Bytes of the longest text that may_hold() looks for, with blanks between its words.
constexpr std::size_t kOverlap = 64;
/// What may stand before the first object of an input.
constexpr std::string_view kBeforeObject{" \t\r\n,\0\x1e\xef\xbb\xbf", 10};

/// What decides whether an event is counted where the input has it.
EveEvents kind_of(std::string_view event) {
  if (event == "flow") return EveEvents::flow;
  if (event == "netflow") return EveEvents::netflow;
  return event == "drop" ? EveEvents::drop : EveEvents::alert;
}

/// The best kind of event that a text may hold: also where quotation marks are escaped, as in
/// docker's log, and where it only quotes one.
EveEvents may_hold(std::string_view text) {
  constexpr std::string_view kKey = "event_type";
  constexpr std::string_view kBetween = "\\\" \t\r\n:";
  EveEvents best = EveEvents::alert;
  for (std::size_t at = text.find(kKey); at != std::string_view::npos;
       at = text.find(kKey, at + kKey.size())) {
    const std::size_t begin = text.find_first_not_of(kBetween, at + kKey.size());
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of("\\\"", begin), text.size());
    best = std::min(best, kind_of(text.substr(begin, end - begin)));
  }
  return best;
}

/// The best kind of event that the whole input may hold, found without reading records.
Result<EveEvents> may_hold(Input& input) {
  EveEvents best = EveEvents::alert;
  LineWindow window(input);
  while (best != EveEvents::flow) {
    TEITEN_TRY(const std::string_view view, window.peek(LineWindow::kMaxWanted));
    best = std::min(best, may_hold(view));
    if (view.size() < LineWindow::kMaxWanted) break;
    window.consume(view.size() - kOverlap);
  }
  return best;
}

/// Which events of an EVE log are the accesses: the first kind in the order of EveEvents of which
/// the whole input has one. Its records tell, in their own words: what they or other programs quote
/// is not asked. Leaves the input at its beginning.
Result<EveEvents> find_events(Input& input) {
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(const EveEvents possible, may_hold(input));
  TEITEN_CHECK(input.rewind());
  EveEvents best = EveEvents::alert;
  const JsonFamily suricata = suricata_family();
  JsonReader reader(input, {}, suricata, EveEvents::flow);
  LogLine line;
  while (best > possible) {
    TEITEN_TRY(const bool more, reader.next(line));
    if (!more) break;
    if (reader.last_family() == nullptr || reader.last_family()->name != suricata.name) continue;
    best = std::min(best, kind_of(reader.last_record().text("event_type")));
  }
  TEITEN_CHECK(input.rewind());
  return best;
}

/// The object directly behind a line's header.
std::optional<std::string_view> json_behind_header(std::string_view line) {
  if (line.find('{') == std::string_view::npos) return std::nullopt;
  const auto prefix = parse_container_prefix(line);
  const std::size_t at = prefix ? prefix->message : find_json_in_line(line).object;
  if (char_at(line, at) != '{') return std::nullopt;
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
    format.reads_objects = true;
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
