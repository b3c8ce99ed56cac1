#include "logs/json_record.h"

#include <charconv>
#include <cmath>

#include <simdjson.h>

#include "logs/json_limits.h"

namespace teiten {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

namespace {

/// An object whose members are yet to be noted, and its path within the names.
struct Pending {
  object members;
  std::size_t path_begin = 0;
  std::size_t path_length = 0;
  std::size_t depth = 1;
};

}  // namespace

/// simdjson keeps what it parsed; an object within a text needs a parser of its own.
struct JsonRecord::Parsers {
  simdjson::dom::parser record{kMaxJsonRecordBytes};
  simdjson::dom::parser log{kMaxJsonRecordBytes};
  simdjson::dom::parser payload{kMaxJsonRecordBytes};
  std::vector<Pending> pending;
};

JsonRecord::JsonRecord() : parsers_(std::make_unique<Parsers>()) {}
JsonRecord::~JsonRecord() = default;

/// Walks a parsed object and notes its values, those nearest to its top first and those of a text
/// last: however much one of its objects holds, it hides nothing that stands beside it.
struct JsonRecord::Filler {
  JsonRecord& record;
  bool lists = false;  ///< each value is an array of one (a search hit's `fields`)
  std::optional<Pending> payload = std::nullopt;

  bool full() const { return record.fields_.size() >= kMaxJsonFields; }

  void add(const Pending& at, const JsonValue& value) {
    if (!full()) record.fields_.push_back({at.path_begin, at.path_length, value});
  }

  void add_scalar(const Pending& at, const element& from, bool date) {
    JsonValue value;
    switch (from.type()) {
      case element_type::STRING:
        value.type = JsonValue::Type::text;
        value.text = from.get_string().value_unsafe();
        break;
      case element_type::INT64:
        value.type = date ? JsonValue::Type::milliseconds : JsonValue::Type::integer;
        value.integer = from.get_int64().value_unsafe();
        break;
      case element_type::DOUBLE:
        value.type = JsonValue::Type::real;
        value.real = from.get_double().value_unsafe();
        break;
      case element_type::UINT64:
        // Above every number that a record can mean.
        value.type = JsonValue::Type::real;
        value.real = static_cast<double>(from.get_uint64().value_unsafe());
        break;
      case element_type::BOOL:
        value.type = JsonValue::Type::boolean;
        value.truth = from.get_bool().value_unsafe();
        break;
      default:
        break;
    }
    add(at, value);
  }

  /// The value that an object of MongoDB's extended JSON wraps; false if it is another object.
  bool add_wrapped(const Pending& at, const object& from, bool date) {
    auto it = from.begin();
    if (it == from.end()) return false;
    const std::string_view key = (*it).key;
    if (!key.starts_with('$')) return false;
    const element inner = (*it).value;
    const bool is_date = date || key == "$date";
    if (inner.is_object()) return add_wrapped(at, inner.get_object().value_unsafe(), is_date);
    if (is_date && inner.is_string()) {
      const std::string_view text = inner.get_string().value_unsafe();
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc{} && end == text.data() + text.size()) {
        JsonValue value;
        value.type = JsonValue::Type::milliseconds;
        value.integer = number;
        add(at, value);
        return true;
      }
    }
    add_scalar(at, inner, is_date);
    return true;
  }

  void add_array(Pending at, const simdjson::dom::array& from) {
    if (lists && at.depth == 1 && from.size() == 1)
      return add_scalar(at, from.at(0).value_unsafe(), false);
    constexpr std::string_view kCount = ".#";
    record.names_ += kCount;
    at.path_length += kCount.size();
    JsonValue count;
    count.type = JsonValue::Type::integer;
    count.integer = static_cast<std::int64_t>(from.size());
    add(at, count);
  }

  /// Once a record: the parser keeps one text's values.
  void keep_payload(const Pending& at, const element& value) {
    const std::string_view text = value.get_string().value_unsafe();
    if (payload || !text.starts_with('{')) return;
    const auto parsed = record.parsers_->payload.parse(text.data(), text.size(), true);
    Pending inner = at;
    ++inner.depth;
    if (parsed.error() == simdjson::SUCCESS && parsed.get(inner.members) == simdjson::SUCCESS)
      payload = inner;
  }

  /// `at` is the value's own path, which is the last of the names.
  void add_value(Pending at, const element& value) {
    switch (value.type()) {
      case element_type::OBJECT:
        at.members = value.get_object().value_unsafe();
        if (add_wrapped(at, at.members, false) || at.depth >= kMaxJsonDepth) return;
        ++at.depth;
        if (record.parsers_->pending.size() < kMaxJsonFields)
          record.parsers_->pending.push_back(at);
        return;
      case element_type::ARRAY:
        return add_array(at, value.get_array().value_unsafe());
      default:
        add_scalar(at, value, false);
        if (value.is_string() && at.depth == 1 && name_of(at) == "payload") keep_payload(at, value);
    }
  }

  std::string_view name_of(const Pending& at) const {
    return std::string_view(record.names_).substr(at.path_begin, at.path_length);
  }

  void add_members(const Pending& from) {
    std::string& names = record.names_;
    for (const auto member : from.members) {
      if (full()) return;
      const bool within = from.path_length > 0;
      const std::size_t length = from.path_length + (within ? 1 : 0) + member.key.size();
      if (length > kMaxJsonPathBytes) continue;
      Pending at;
      at.path_begin = names.size();
      at.path_length = length;
      at.depth = from.depth;
      if (within) {
        names.append(names, from.path_begin, from.path_length);
        names += '.';
      }
      names += member.key;
      add_value(at, member.value);
    }
  }

  void fill(const object& whole) {
    std::vector<Pending>& pending = record.parsers_->pending;
    pending.clear();
    add_members({whole});
    // Grows while it is walked.
    for (std::size_t i = 0; i < pending.size() && !full(); ++i)
      add_members(Pending(pending[i]));
    const std::size_t behind = pending.size();
    if (payload) add_members(*payload);
    for (std::size_t i = behind; i < pending.size() && !full(); ++i)
      add_members(Pending(pending[i]));
  }
};

namespace {

/// docker cuts lines at 16 KiB.
constexpr std::size_t kDockersCut = 16'000;

/// What holds a record, by the members that tell.
struct Envelope {
  std::optional<object> source;  ///< a search engine's hit
  std::optional<object> fields;  ///< a hit that was asked for its fields alone
  bool is_hit = false;
  std::optional<std::string_view> stream, time, log;  ///< docker's json-file

  explicit Envelope(const object& whole) {
    for (const auto member : whole) {
      const std::string_view key = member.key;
      if (key == "_source") {
        keep(member.value, source);
      } else if (key == "fields") {
        keep(member.value, fields);
      } else if (key == "_index") {
        is_hit = true;
      } else if (key == "stream") {
        keep(member.value, stream);
      } else if (key == "time") {
        keep(member.value, time);
      } else if (key == "log") {
        keep(member.value, log);
      }
    }
  }

 private:
  template <typename T>
  static void keep(const element& value, std::optional<T>& place) {
    T found{};
    if (!place && value.get(found) == simdjson::SUCCESS) place = found;
  }
};

}  // namespace

bool JsonRecord::begins_dockers_line(std::string_view stream, std::string_view log) {
  bool& cut = dockers_line_cut_.at(stream == "stderr" ? 1 : 0);
  const bool begins = !cut;
  cut = !log.ends_with('\n') && (cut || log.size() >= kDockersCut);
  return begins;
}

bool JsonRecord::parse(std::string_view text) {
  fields_.clear();
  names_.clear();
  const auto parsed = parsers_->record.parse(text.data(), text.size(), false);
  object whole;
  if (parsed.error() != simdjson::SUCCESS || parsed.get(whole) != simdjson::SUCCESS) return false;
  Filler filler{*this};
  Envelope envelope(whole);
  if (envelope.source) {
    whole = *envelope.source;
    envelope = Envelope(whole);
  } else if (envelope.is_hit && envelope.fields) {
    whole = *envelope.fields;
    filler.lists = true;
  }
  if (envelope.stream && envelope.time && envelope.log &&
      begins_dockers_line(*envelope.stream, *envelope.log) && envelope.log->starts_with('{')) {
    const auto inner = parsers_->log.parse(envelope.log->data(), envelope.log->size(), true);
    object container;
    if (inner.error() == simdjson::SUCCESS && inner.get(container) == simdjson::SUCCESS)
      whole = container;
  }
  filler.fill(whole);
  return true;
}

const JsonValue* JsonRecord::find(std::string_view path) const {
  for (const Field& field : fields_) {
    if (field.name_length == path.size() &&
        std::string_view(names_).substr(field.name_begin, field.name_length) == path)
      return &field.value;
  }
  return nullptr;
}

std::string_view JsonRecord::text(std::string_view path) const {
  const JsonValue* value = find(path);
  return value != nullptr && value->type == JsonValue::Type::text ? value->text
                                                                  : std::string_view();
}

std::optional<std::int64_t> JsonRecord::number(std::string_view path) const {
  const JsonValue* value = find(path);
  if (value == nullptr) return std::nullopt;
  if (value->type == JsonValue::Type::integer) return value->integer;
  if (value->type == JsonValue::Type::real) {
    constexpr double kMax = 9e15;
    if (!(std::abs(value->real) < kMax) || std::floor(value->real) != value->real)
      return std::nullopt;
    return static_cast<std::int64_t>(value->real);
  }
  if (value->type != JsonValue::Type::text) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace teiten
