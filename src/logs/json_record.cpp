#include "logs/json_record.h"

#include <charconv>
#include <cmath>

#include <simdjson.h>

#include "logs/json_limits.h"

namespace teiten {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

/// simdjson keeps what it parsed; an object within a text needs a parser of its own.
struct JsonRecord::Parsers {
  simdjson::dom::parser record{kMaxJsonRecordBytes};
  simdjson::dom::parser log{kMaxJsonRecordBytes};
  simdjson::dom::parser payload{kMaxJsonRecordBytes};
};

JsonRecord::JsonRecord() : parsers_(std::make_unique<Parsers>()) {}
JsonRecord::~JsonRecord() = default;

/// Walks a parsed object and notes its values.
struct JsonRecord::Filler {
  JsonRecord& record;
  std::string path;

  void add(const JsonValue& value) {
    if (record.fields_.size() >= kMaxJsonFields) return;
    record.fields_.push_back({record.names_.size(), path.size(), value});
    record.names_ += path;
  }

  void add_scalar(const element& from, bool date) {
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
    add(value);
  }

  /// The value that an object of MongoDB's extended JSON wraps; false if it is another object.
  bool add_wrapped(const object& from, bool date) {
    auto it = from.begin();
    if (it == from.end()) return false;
    const std::string_view key = (*it).key;
    if (!key.starts_with('$')) return false;
    const element inner = (*it).value;
    const bool is_date = date || key == "$date";
    if (inner.is_object()) return add_wrapped(inner.get_object().value_unsafe(), is_date);
    if (is_date && inner.is_string()) {
      const std::string_view text = inner.get_string().value_unsafe();
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc{} && end == text.data() + text.size()) {
        JsonValue value;
        value.type = JsonValue::Type::milliseconds;
        value.integer = number;
        add(value);
        return true;
      }
    }
    add_scalar(inner, is_date);
    return true;
  }

  void add_payload(const element& value) {
    const std::string_view text = value.get_string().value_unsafe();
    if (!text.starts_with('{')) return;
    const auto parsed = record.parsers_->payload.parse(text.data(), text.size(), true);
    object inner;
    if (parsed.error() == simdjson::SUCCESS && parsed.get(inner) == simdjson::SUCCESS)
      add_members(inner, 2);
  }

  void add_value(const element& value, std::size_t depth) {
    switch (value.type()) {
      case element_type::OBJECT: {
        const object inner = value.get_object().value_unsafe();
        if (!add_wrapped(inner, false) && depth < kMaxJsonDepth) add_members(inner, depth + 1);
        break;
      }
      case element_type::ARRAY: {
        path += ".#";
        JsonValue count;
        count.type = JsonValue::Type::integer;
        count.integer = static_cast<std::int64_t>(value.get_array().value_unsafe().size());
        add(count);
        break;
      }
      default:
        add_scalar(value, false);
        if (value.is_string() && depth == 1 && path == "payload") add_payload(value);
    }
  }

  void add_members(const object& from, std::size_t depth) {
    const std::size_t length = path.size();
    for (const auto member : from) {
      if (record.fields_.size() >= kMaxJsonFields) return;
      if (length > 0) path += '.';
      path += member.key;
      add_value(member.value, depth);
      path.resize(length);
    }
  }
};

namespace {

/// docker cuts lines at 16 KiB.
constexpr std::size_t kDockersCut = 16'000;

/// docker's json-file wraps each line that a container wrote: the stream's name.
std::optional<std::string_view> dockers_stream(const object& whole) {
  std::string_view stream;
  std::string_view time;
  if (whole.at_key("stream").get(stream) != simdjson::SUCCESS ||
      whole.at_key("time").get(time) != simdjson::SUCCESS)
    return std::nullopt;
  return stream;
}

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
  object source;
  if (whole.at_key("_source").get(source) == simdjson::SUCCESS) whole = source;
  std::string_view log;
  const auto stream = dockers_stream(whole);
  if (stream && whole.at_key("log").get(log) == simdjson::SUCCESS &&
      begins_dockers_line(*stream, log) && log.starts_with('{')) {
    const auto inner = parsers_->log.parse(log.data(), log.size(), true);
    if (inner.error() == simdjson::SUCCESS && inner.get(source) == simdjson::SUCCESS)
      whole = source;
  }
  Filler filler{*this, {}};
  filler.add_members(whole, 1);
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
