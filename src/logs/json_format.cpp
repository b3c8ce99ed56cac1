#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "logs/formats.h"
#include "logs/json_family.h"
#include "logs/json_limits.h"
#include "logs/json_reader.h"

namespace teiten {
namespace {

/// Bytes of the longest pattern that find_events() looks for, but one.
constexpr std::size_t kOverlap = 64;

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

/// Which events of an EVE log are the accesses: the first kind in the order of EveEvents of which
/// the whole input has one. Leaves the input at its beginning.
Result<EveEvents> find_events(Input& input) {
  TEITEN_CHECK(input.rewind());
  EveEvents best = EveEvents::alert;
  {
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
  }
  TEITEN_CHECK(input.rewind());
  return best;
}

/// The family of the first record that has one, in the beginning of an input.
const JsonFamily* family_in(const LogBeginning& beginning) {
  if (beginning.lines.empty()) return nullptr;
  const std::string_view first = beginning.lines.front();
  const std::size_t at = first.find_first_not_of(std::string_view(" \t,\0\x1e", 5));
  if (at == std::string_view::npos || (first[at] != '{' && first[at] != '[')) return nullptr;
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
