#include "enrich/mmdb_record.h"

#include <array>
#include <optional>
#include <string_view>

namespace teiten {
namespace {

// Type numbers of the MaxMind DB file format, "Output Data Section".
enum class Type : std::uint8_t {
  extended = 0,
  pointer = 1,
  text = 2,
  map = 7,
  array = 11,
  boolean = 14
};

struct Value {
  Type type = Type::extended;
  std::size_t size = 0;     ///< bytes of a scalar, pairs of a map, elements of an array
  std::size_t payload = 0;  ///< offset of what follows the control bytes
};

class RecordReader {
 public:
  explicit RecordReader(std::span<const std::uint8_t> data) : data_(data) {}

  /// The value at `at`, with a pointer followed once (the format forbids pointers to pointers).
  std::optional<Value> value_at(std::size_t at) {
    const auto direct = control_at(at);
    if (!direct || direct->type != Type::pointer) return direct;
    const auto target = control_at(direct->size);
    if (!target || target->type == Type::pointer) return std::nullopt;
    return target;
  }

  /// Offset of the value of `key` in a map, nothing if it has none.
  std::optional<std::size_t> field(const Value& map, std::string_view key) {
    if (map.type != Type::map) return std::nullopt;
    std::size_t at = map.payload;
    for (std::size_t pair = 0; pair < map.size; ++pair) {
      const auto name = value_at(at);
      const auto after_name = after(at);
      if (!name || !after_name) return std::nullopt;
      if (text_of(*name) == key) return after_name;
      const auto after_value = after(*after_name);
      if (!after_value) return std::nullopt;
      at = *after_value;
    }
    return std::nullopt;
  }

  /// Empty for anything but a string inside the section.
  std::string_view text_of(const Value& value) const {
    if (value.type != Type::text || value.size > data_.size() - value.payload) return {};
    return {reinterpret_cast<const char*>(data_.data()) + value.payload, value.size};
  }

 private:
  /// Reads the control byte and what belongs to it; counts a step. For a pointer `size` is its
  /// target.
  std::optional<Value> control_at(std::size_t at) {
    if (++steps_ > kMaxRecordSteps || at >= data_.size()) return std::nullopt;
    const std::uint8_t control = data_[at++];
    Value value{static_cast<Type>(control >> 5), control & 0x1fU, at};
    if (value.type == Type::pointer) return pointer(control, at);
    if (value.type == Type::extended) {
      if (at >= data_.size()) return std::nullopt;
      value.type = static_cast<Type>(7 + data_[at++]);
    }
    if (value.size >= 29) {
      constexpr std::array<std::size_t, 3> kBase = {29, 285, 65821};
      const std::size_t bytes = value.size - 28;
      const auto more = big_endian(at, bytes);
      if (!more) return std::nullopt;
      value.size = kBase[bytes - 1] + *more;
      at += bytes;
    }
    value.payload = at;
    return value;
  }

  std::optional<Value> pointer(std::uint8_t control, std::size_t at) const {
    constexpr std::array<std::size_t, 4> kBase = {0, 2048, 526336, 0};
    const std::size_t width = (control >> 3) & 3U;
    const auto low = big_endian(at, width + 1);
    if (!low) return std::nullopt;
    const std::size_t high = width == 3 ? 0 : (control & 7U);
    return Value{Type::pointer, (high << (8 * (width + 1))) + *low + kBase[width], at + width + 1};
  }

  std::optional<std::size_t> big_endian(std::size_t at, std::size_t bytes) const {
    if (bytes > data_.size() - at) return std::nullopt;
    std::size_t result = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      result = (result << 8) | data_[at + i];
    return result;
  }

  /// Offset of what follows the value at `at`. Nested containers are counted down, not recursed
  /// into, so depth costs nothing.
  std::optional<std::size_t> after(std::size_t at) {
    std::size_t pending = 1;
    while (pending > 0) {
      const auto value = control_at(at);
      if (!value) return std::nullopt;
      --pending;
      at = value->payload;
      if (value->type == Type::map) {
        pending += 2 * value->size;
      } else if (value->type == Type::array) {
        pending += value->size;
      } else if (value->type != Type::pointer && value->type != Type::boolean) {
        if (value->size > data_.size() - at) return std::nullopt;
        at += value->size;
      }
    }
    return at;
  }

  std::span<const std::uint8_t> data_;
  std::uint32_t steps_ = 0;
};

Region nested_code(RecordReader& reader, const Value& record, std::string_view key) {
  const auto at = reader.field(record, key);
  if (!at) return {};
  const auto value = reader.value_at(*at);
  if (!value) return {};
  if (const auto code = reader.field(*value, "iso_code")) {
    const auto text = reader.value_at(*code);
    return text ? Region::parse(reader.text_of(*text)).value_or(Region()) : Region();
  }
  return Region::parse(reader.text_of(*value)).value_or(Region());
}

}  // namespace

Region region_of_record(std::span<const std::uint8_t> data_section, std::size_t offset) {
  RecordReader reader(data_section);
  const auto record = reader.value_at(offset);
  if (!record) return {};
  constexpr std::array<std::string_view, 3> kKeys = {"country", "country_code",
                                                     "registered_country"};
  for (const std::string_view key : kKeys) {
    const Region region = nested_code(reader, *record, key);
    if (!region.is_unknown()) return region;
  }
  return {};
}

}  // namespace teiten
